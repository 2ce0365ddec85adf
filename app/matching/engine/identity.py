"""Taking out of a text what tells who wrote it, so that matching cannot depend on it."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.matching.engine.words import DIACRITICS, fold, plain

_ENDINGS = "com|org|net|io|me|dev|pk|co|info|biz|app|xyz|site|online|tech|edu|gov|ai"
# Tools whose names look like addresses.
_TOOLS = r"(?:asp|ado|vb)\.net|(?:socket|draw|fly|bubble)\.io|(?:monday|make|salesforce)\.com"
_CONTACT = re.compile(
    rf"""
      (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+          # e-mail
    | (?<![\w+.-])[a-z][a-z0-9+.-]*://\S+               # address with a scheme
    | (?<!\w)www\.\S+
    | (?<![\w.@-])(?!(?:{_TOOLS})(?!\w))(?:[\w-]+\.)+(?:{_ENDINGS})(?![\w-])(?:/\S*)?
    | (?<![\w.])@\w[\w.-]*                              # handle
    | (?<!\w)(?:skype|telegram|discord)(?:\s+id)?\s*:\s*\S+
    | (?<!\w)\d{{5}}-\d{{7}}-\d(?!\w)                   # CNIC: its last digit tells the gender
    | (?<![\w+])(?:\+|00)\d[\d\s().-]{{6,18}}\d         # telephone, with a country's code
    | (?<!\w)\(?0\d{{2,4}}\)?[\s.-]?\d{{3,4}}[\s.-]?\d{{3,5}}(?!\w)
    | (?<!\w)\(?\d{{3}}\)?[\s.-]\d{{3}}[\s.-]\d{{4}}(?!\w)
    | (?<!\w)\d{{10,}}(?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PIECE = re.compile(rf"\w[\w{DIACRITICS}]*(?:['\u2018\u2019\u02bc]s(?!\w))?")
_POSSESSIVE = re.compile(r"['\u2018\u2019\u02bc]s$")
_INSIDE_PIECE = re.compile(r"[_\d]+")
# What may stand between the words of one name, and behind them.
_GAP = re.compile(r"[^\w]{0,3}")
_NEXT_TO = re.compile(r"[\s'\u2018\u2019-]{0,3}")
_NEXT_TO_SHORTENED = re.compile(r"[\s.'\u2018\u2019-]{0,3}")
_TAIL = re.compile(r"\.*(?:['\u2018\u2019\u02bc]s(?!\w))?")
_SPACED_STOP = re.compile(r"\s+([.,;:!?])")

_PRONOUNS = frozenset(["he", "she", "him", "her", "his", "hers", "himself", "herself"])
# Words in front of or behind a name; alone they may mean other things (MS Office, never miss).
_BESIDE_NAMES = """mr mrs ms miss mx mister sir madam madame sahib sahab saheb sahiba begum bibi
bhai baji مس بی بھائی باجی"""
_HONORIFICS = frozenset(fold(_BESIDE_NAMES).split())
_TITLES = frozenset(["Mr", "Mrs", "Mr.", "Mrs.", "mr.", "mrs.", "MR.", "MRS.", "Ms.", "Mx."])
_URDU_TITLES_AS_WRITTEN = "جناب محترم محترمہ صاحب صاحبہ مسٹر مسز بیگم"
_URDU_TITLES = frozenset(fold(_URDU_TITLES_AS_WRITTEN).split())


class _Piece(NamedTuple):
    """A run of letters and digits, `text[start:end]`, and its folded form."""

    key: str
    start: int
    end: int


def without_identity(text: str, names: Iterable[str]) -> str:
    """Return `text` without the person's `names`, contacts, gendered pronouns and titles.

    Gone are every word of every name, in any case, accent or keyboard and also written together
    or in a handle; single letters of a name where they stand beside the rest of it; e-mail and
    web addresses, @handles, telephone and identity card numbers; he, she, Mr, Mrs and their
    kind. Blanks are made single. Two people who wrote the same apart from their names get
    the same text. A name is words joined by blanks, dots, hyphens or apostrophes. A word of
    a name that also names a tool is lost with it; gender in Urdu verbs stays.
    Raises ValueError when `names` is one string instead of a list.
    """
    if isinstance(names, str):
        raise ValueError("Names must be a list of names, not a string.")
    readable = _CONTACT.sub(" ", plain(text))
    pieces = [
        _Piece(_key(match[0]), match.start(), match.end()) for match in _PIECE.finditer(readable)
    ]
    gone = _named(readable, pieces, [_parts(name) for name in names])
    for place, piece in enumerate(pieces):
        gone[place] = gone[place] or _is_gendered(readable, piece)
    kept = "".join(_remaining(readable, pieces, gone))
    return _SPACED_STOP.sub(r"\1", " ".join(kept.split()))


def _key(piece: str) -> str:
    # Hardly a piece is a possessive, and to ask is cheaper than to replace.
    return fold(piece if piece.isalpha() else _POSSESSIVE.sub("", piece))


def _is_gendered(text: str, piece: _Piece) -> bool:
    word = text[piece.start : piece.end]
    is_title = word in _TITLES or (word + text[piece.end : piece.end + 1]) in _TITLES
    return is_title or piece.key in _PRONOUNS or piece.key in _URDU_TITLES


def _parts(name: str) -> list[str]:
    keys = [fold(match[0]) for match in _PIECE.finditer(plain(name))]
    return [key for key in keys if key]


def _named(text: str, pieces: Sequence[_Piece], names: Sequence[Sequence[str]]) -> list[bool]:
    """Say for each piece whether it is of a name, or an initial or honorific beside one."""
    if not names:
        return [False] * len(pieces)
    # "Ayesha Khan" is also "ayeshakhan" in a handle; but the "A. I." of a name is not AI.
    whole = {
        "".join(parts[first:last])
        for parts in names
        for first in range(len(parts))
        for last in range(first + 1, len(parts) + 1)
        if max(map(len, parts[first:last])) > 1
    }
    initials = {key for parts in names for key in parts if len(key) == 1}
    gone = [
        piece.key in whole
        or (not piece.key.isalpha() and not whole.isdisjoint(_INSIDE_PIECE.split(piece.key)))
        for piece in pieces
    ]
    for beside in (initials, _HONORIFICS):
        _spread(text, pieces, gone, beside)
    return gone


def _spread(text: str, pieces: Sequence[_Piece], gone: list[bool], keys: Iterable[str]) -> None:
    """Mark the pieces with one of `keys` that touch a marked piece, in both directions."""
    for step in (1, -1):
        places = range(len(pieces)) if step == 1 else range(len(pieces) - 1, -1, -1)
        for place in places:
            neighbour = place - step
            if gone[place] or pieces[place].key not in keys:
                continue
            if 0 <= neighbour < len(pieces) and gone[neighbour]:
                first, second = sorted((pieces[place], pieces[neighbour]), key=lambda p: p.start)
                # "M. Ali", but not "I am Ali. M is a language".
                is_shortened = step == -1 or len(first.key) == 1
                between = _NEXT_TO_SHORTENED if is_shortened else _NEXT_TO
                gone[place] = between.fullmatch(text, first.end, second.start) is not None


def _remaining(text: str, pieces: Sequence[_Piece], gone: Sequence[bool]) -> Iterable[str]:
    end = 0
    removed_before = False
    for piece, is_gone in zip(pieces, gone, strict=True):
        if not is_gone:
            removed_before = False
            continue
        # What joins the words of one name goes with them, as do the dots of "M." and "Mr.".
        if not (removed_before and _GAP.fullmatch(text, end, piece.start)):
            yield text[end : piece.start]
        yield " "
        tail = _TAIL.match(text, piece.end)
        end = tail.end() if tail else piece.end
        removed_before = True
    yield text[end:]
