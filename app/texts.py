"""What people may type: bounded text in NFC without control or direction-changing characters."""

import unicodedata

from app.errors import Invalid

# Overrides and embeddings can make a line read as something else (Unicode TR36). The marks
# U+200E, U+200F and U+061C, and ZWNJ and ZWJ, are ordinary in Urdu and stay.
DIRECTION_CHANGERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = frozenset("\n\t")


def clean(text: str, *, longest: int, one_line: bool = False) -> str:
    """Return `text` in NFC, trimmed, with \\n line ends.

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
    return text


def message(text: str) -> str:
    """Mark an English sentence for the translators; it is translated where it is shown."""
    return text
