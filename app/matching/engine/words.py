"""What a word is: its span in a text, and the folded key under which spellings are equal."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from app.matching.engine.look_alikes import as_seen

LETTER = r"[^\W_]"
# Vowel signs of Arabic script and accents are not letters to `re`, yet belong to their word.
DIACRITICS = r"\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_INVISIBLE = r"\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_APOSTROPHE = r"['\u2018\u2019\u02bc]"
_RUN = rf"{LETTER}(?:{LETTER}+|[{DIACRITICS}]|[{_INVISIBLE}]+(?={LETTER}))*"
# Names of tools keep their signs (c++ c# .net node.js asp.net); a possessive 's is no word.
_WORD = re.compile(
    rf"""(?P<word>
        (?<!{LETTER})(?<!\.)\.net(?!{LETTER})
      | (?:asp|ado|vb)\.net(?!{LETTER})
      | [a-z]\#(?!{LETTER})
      | {_RUN}(?:\.js(?!{LETTER})|\+\+|(?:{_APOSTROPHE}(?!s(?!{LETTER})){_RUN})+)?
    )
    | (?<={LETTER}){_APOSTROPHE}s(?!{LETTER})""",
    re.VERBOSE | re.IGNORECASE,
)
# The same for small ASCII letters, of which nearly all is written: twice as fast.
_PLAIN_WORD = re.compile(
    r"""(?P<word>
        (?<![a-z0-9.])\.net(?![a-z0-9])
      | (?:asp|ado|vb)\.net(?![a-z0-9])
      | [a-z]\#(?![a-z0-9])
      | [a-z0-9]+(?:\.js(?![a-z0-9])|\+\+|(?:'(?!s(?![a-z0-9]))[a-z0-9]+)+)?
    )
    | (?<=[a-z0-9])'s(?![a-z0-9])""",
    re.VERBOSE,
)

# After decomposition: Arabic and Urdu keyboards give different code points for one letter, hamza
# is written or left out, and a few "letters" are blank (fillers, joiners, variation selectors).
_SAME_LETTER: dict[int, int | str | None] = {
    **dict.fromkeys((0x064A, 0x0649), "\u06cc"),  # ye
    **dict.fromkeys((0x0643, 0x06AA), "\u06a9"),  # kaf
    **dict.fromkeys((0x0647, 0x0629, 0x06C3, 0x06D5), "\u06c1"),  # he
    0x0671: "\u0627",  # alef wasla
    **dict.fromkeys((0x0621, 0x0640, 0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0)),
    **dict.fromkeys(range(0xFE00, 0xFE10)),
    **dict.fromkeys((0x2018, 0x2019, 0x02BC), "'"),
}
# Nukta and virama are part of a letter in the scripts of India; every other mark is dropped.
_KEPT_MARKS = (7, 9)


class Word(NamedTuple):
    """A word of a text: its folded `key`, and where it stands, `text[start:end]`."""

    key: str
    start: int
    end: int


class _Plain(dict[int, int | str | None]):
    """A table for `str.translate` that drops invisible characters and writes Western digits."""

    def __missing__(self, code: int) -> int | str | None:
        letter = chr(code)
        category = unicodedata.category(letter)
        plain: int | str | None = code
        if category == "Cf" or self._is_stray_mark(letter):
            plain = None
        elif category == "Nd":
            plain = str(unicodedata.decimal(letter))
        self[code] = plain
        return plain

    def _is_stray_mark(self, letter: str) -> bool:
        return False


class _Folded(_Plain):
    """The same, and one code point for each Urdu letter, without accents and vowel signs."""

    def _is_stray_mark(self, letter: str) -> bool:
        return unicodedata.combining(letter) not in (0, *_KEPT_MARKS)


_PLAIN = _Plain()
_FOLDED = _Folded(_SAME_LETTER)


def plain(text: str) -> str:
    """Return `text` in NFKC with Western digits and without zero-width and bidi controls.

    Words that mix look-alike letters of several alphabets are in one.
    """
    if text.isascii():
        return text
    visible = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return unicodedata.normalize("NFKC", as_seen(unicodedata.normalize("NFKD", visible)))


def fold(text: str) -> str:
    """Return the form that equal spellings share: caseless (Unicode 3.13, D146), without accents.

    Letters of every script stay. Ye, kaf, he and alef have one code point each; hamza, vowel
    signs, tatweel and invisible characters are dropped; digits are Western.
    """
    if text.isascii():
        return text.lower()
    readable = unicodedata.normalize("NFKD", plain(text))
    caseless = unicodedata.normalize("NFKD", readable.casefold())
    return unicodedata.normalize("NFKC", caseless.translate(_FOLDED))


def words(text: str) -> Iterator[Word]:
    """Yield the words of `text` in order; spans count characters of `text` as it is given."""
    if text.isascii():
        for match in _PLAIN_WORD.finditer(text.lower()):
            if match.lastgroup:
                yield Word(match[0], match.start(), match.end())
        return
    for match in _WORD.finditer(text):
        if match["word"]:
            yield Word(fold(match["word"]), match.start(), match.end())
