"""The forms a name is looked up by; pure, so that the builder and the queries agree on them."""

import re
import unicodedata

LONGEST_KEY = 120
"""Longer names are cut to this many characters before they are looked up."""

# Signs stay where they carry meaning: C++ and C#, .NET, Node.js, Python 3.11.
_STRAY_SIGN = re.compile(r"(?<![\w+#])[+#]+|\.(?!\w)")
_VERSION = re.compile(r"v?\d+(?:\.(?:\d+|x))*")
_DIGITS_BEHIND = re.compile(r"(?<=[^\W\d]{3})[\d.]+$")


def name_key(text: str) -> str:
    """Return the form that equal names share: " Node.JS" is "node.js", "R&D" is "r and d".

    Applying it again changes nothing. Letters of any script stay; invisible characters go.
    """
    key = _fold(text[: 2 * LONGEST_KEY])
    # Dropping signs can bring characters together that compose or fold anew.
    while (again := _fold(key)) != key:
        key = again
    return key


def unversioned(key: str) -> str:
    """Drop the version from the end of a key: "python 3.11" and "python3" are "python"."""
    words = key.split()
    while len(words) > 1 and _VERSION.fullmatch(words[-1]):
        words.pop()
    if words:
        words[-1] = _DIGITS_BEHIND.sub("", words[-1])
    return " ".join(words)


def joined(key: str) -> str:
    """Return a key without blanks and dots, so that "power bi" finds "powerbi"."""
    return key.replace(" ", "").replace(".", "")


def slug(label: str) -> str:
    """Return a label as an ASCII identifier: "C++" is "c-plus-plus", ".NET" is "dot-net"."""
    ascii_text = unicodedata.normalize("NFKD", name_key(label)).encode("ascii", "ignore").decode()
    spelled = ascii_text.replace("+", " plus ").replace("#", " sharp ")
    if spelled.startswith("."):
        spelled = f"dot {spelled}"
    return "-".join(re.findall(r"[a-z0-9]+", spelled))


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(map(_plain, folded))
    return " ".join(_STRAY_SIGN.sub(" ", plain).split())[:LONGEST_KEY].strip()


def _plain(character: str) -> str:
    if character in "+#.":
        return character
    if character == "&":
        return " and "
    kind = unicodedata.category(character)[0]
    if kind in "LMN":
        return character
    # Apostrophes join ("driver's" is "drivers"), controls and joiners vanish, the rest parts.
    vanishes = character in "'\u2019" or (kind == "C" and not character.isspace())
    return "" if vanishes else " "
