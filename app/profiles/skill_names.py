"""A list of skills as people type one: names between commas or on lines of their own."""

import re
from collections.abc import Iterable, Mapping

from app.taxonomy.names import name_key

# The Urdu comma and semicolon too, and the bullet that comes along when a list is pasted.
_SEPARATORS = re.compile(r"[,;\n\t،؛•]+")


def names_in(text: str) -> list[str]:
    """Return the names in a typed list, in their order, without blanks around them."""
    return [name for part in _SEPARATORS.split(text) if (name := part.strip())]


def written(labels: Iterable[str]) -> str:
    """Write labels as a list that `names_in` reads back; a label's own commas are dropped."""
    return ", ".join(" ".join(_SEPARATORS.sub(" ", label).split()) for label in labels)


def exchange(text: str, picks: Mapping[str, str]) -> str:
    """Put what was picked in the place of typed names; `picks` goes by `name_key`.

    A name for which "" was picked is left out. Without a pick, the text stays as it was typed.
    """
    names = names_in(text)
    if not any(name_key(name) in picks for name in names):
        return text
    exchanged = (picks.get(name_key(name), name) for name in names)
    return written(name for name in exchanged if name.strip())


def extended(text: str, labels: Iterable[str]) -> str:
    """Write labels at the end of a list; without any, the text stays as it was typed."""
    more = [label for label in labels if label.strip()]
    return (
        ", ".join(part for part in (text.rstrip(" \n,،"), written(more)) if part) if more else text
    )
