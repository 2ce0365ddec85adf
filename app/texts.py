"""What people may type: bounded, visible text in NFC without control or direction characters.

Here is also how two such texts are told to be the same: `fold` for names, `key` for what a column
keeps. (Addresses of e-mail have a rule of their own, `app.accounts.addresses`.)
"""

import hashlib
import unicodedata

from app import lengths
from app.errors import Invalid

# Overrides and embeddings can make a line read as something else (Unicode TR36). The marks
# U+200E, U+200F and U+061C, and ZWNJ and ZWJ, are ordinary in Urdu and stay.
DIRECTION_CHANGERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = frozenset("\n\t")
# Letters and signs that fonts draw as nothing: the fillers of Hangul, an empty Braille cell, a
# musical null. What else shows nothing by itself is told by its category: blanks, controls,
# joiners and tags, marks without a letter below them, halves and places that nobody has filled.
_DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
_SHOWS_NOTHING = frozenset(("Cc", "Cf", "Co", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"))


def clean(text: str, *, longest: int, one_line: bool = False) -> str:
    """Return `text` in NFC, trimmed, with \\n line ends; "" when nothing of it can be seen.

    Raises `Invalid` with a sentence that says what is wrong: too long (counted in characters),
    a control character such as NUL, or a character that changes the direction of the text.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > longest:
        raise Invalid(
            "This is %(length)d characters long; at most %(longest)d fit.",
            length=len(text),
            longest=longest,
        )
    allowed = frozenset() if one_line else _LINE_BREAKS
    for character in text:
        if character in DIRECTION_CHANGERS:
            raise Invalid(
                "This holds an invisible character that changes the direction of the text. "
                "Type it again instead of pasting it."
            )
        # Cs: half of a surrogate pair, which no database stores.
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allowed:
            raise Invalid("This holds a control character. Type it again instead of pasting it.")
    return "" if is_blank(text) else text


def is_blank(text: str) -> bool:
    """Tell whether nothing of the text can be seen."""
    return not any(_is_visible(character) for character in text)


def says_a_name(text: str) -> bool:
    """Tell whether somebody can be called by this: it holds a letter or a digit to be seen."""
    return any(_is_visible(one) and unicodedata.category(one)[0] in "LN" for one in text)


def fold(text: str) -> str:
    """Return the form that two spellings of one name share.

    Small and large letters, blanks, and what cannot be seen make no difference. Applying it again
    changes nothing. (The names of skills have a wider rule, `app.taxonomy.names.name_key`.)
    """
    folded = _folded_once(text)
    # A sign that goes can bring two together that compose or fold anew.
    while (again := _folded_once(folded)) != folded:
        folded = again
    return folded


def key(*parts: str) -> str:
    """Return what a column keeps of texts that must be told apart or counted.

    It fits `lengths.KEY`; of what is longer, a digest keeps it apart from all others.
    """
    whole = "\n".join(parts)
    if len(whole) <= lengths.KEY:
        return whole
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return whole[: lengths.KEY - len(digest)] + digest


def message(text: str) -> str:
    """Mark an English sentence for the translators; it is translated where it is shown."""
    return text


def _is_visible(character: str) -> bool:
    if character in _DRAWN_AS_NOTHING or unicodedata.category(character) in _SHOWS_NOTHING:
        return False
    # Unicode keeps these for marks that show nothing, given to a use or not (TR44).
    code = ord(character)
    return not (code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF)


def _folded_once(text: str) -> str:
    caseless = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    shown = (one for one in caseless if one.isspace() or not _vanishes(one))
    return unicodedata.normalize("NFC", " ".join("".join(shown).split()))


def _vanishes(character: str) -> bool:
    return character in _DRAWN_AS_NOTHING or unicodedata.category(character) in ("Cc", "Cf")
