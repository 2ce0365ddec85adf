"""Letters of one alphabet that look like those of another: a word is read as it is seen."""

import re
from collections.abc import Mapping

# Letters drawn alike in ordinary type, of the alphabets people can type; Unicode's
# confusables.txt has the rest. Each small letter stands here with its capital.
_CYRILLIC = dict(
    zip(
        "\u0430\u0441\u0435\u0456\u0458\u043e\u0440\u0455\u0443\u0445\u04bb\u0501\u051b\u051d"
        "\u0410\u0421\u0415\u0406\u0408\u041e\u0420\u0405\u0423\u0425\u04ba\u0500\u051a\u051c"
        "\u0412\u041a\u041c\u041d\u0422",
        "aceijopsyxhdqw" + "ACEIJOPSYXHDQW" + "BKMHT",
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5\u03c7"
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aivopux" + "ABEZHIKMNOPTYX",
        strict=True,
    )
)
_OTHERS = dict(zip("\u0251\u0261\u0131\u0585\u057d\u0578", "agioun", strict=True))
_LATIN_OF = _CYRILLIC | _GREEK | _OTHERS

# A word with its accents, which stand behind their letters in decomposed text.
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])+")
_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
_GREEK_LETTER = re.compile("[\u0370-\u03ff]")
_ANY = re.compile(f"[\u0370-\u052f{''.join(_OTHERS)}]")
_ONLY_CYRILLIC = re.compile(f"(?![{''.join(_CYRILLIC)}])[\u0400-\u052f]")
_ONLY_GREEK = re.compile(f"(?![{''.join(_GREEK)}])[\u0370-\u03ff]")


def as_seen(text: str) -> str:
    """Return decomposed `text` with each word in the one alphabet a reader takes it for.

    A word is Cyrillic or Greek if it has a letter that only that alphabet has, and else Latin
    if its other letters look Latin. Words of other alphabets, and single letters, stay.
    """
    if not _ANY.search(text):
        return text
    return _WORD.sub(lambda match: _in_one_alphabet(match[0]), text)


def _in_one_alphabet(word: str) -> str:
    if _ONLY_CYRILLIC.search(word):
        return word if _GREEK_LETTER.search(word) else word.translate(_TO_CYRILLIC)
    if _ONLY_GREEK.search(word):
        return word if _CYRILLIC_LETTER.search(word) else word.translate(_TO_GREEK)
    return word.translate(_TO_LATIN)


def _reversed(letters: Mapping[str, str]) -> dict[int, str]:
    """From Latin; not for a small letter whose capital looks like none, so that case is all one."""
    every = {latin: letter for letter, latin in letters.items()}
    return {ord(latin): letter for latin, letter in every.items() if latin.upper() in every}


_TO_LATIN = {ord(letter): latin for letter, latin in _LATIN_OF.items()}
_TO_CYRILLIC = _reversed(_CYRILLIC)
_TO_GREEK = _reversed(_GREEK)
