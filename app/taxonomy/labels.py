"""Cleaning a tool's name as O*NET writes it: makers, acronyms, and the word "software"."""

import re
from collections.abc import Set
from dataclasses import dataclass

from app.taxonomy.names import name_key

_ACRONYM = re.compile(r"(?P<words>.+?) (?P<acronym>[A-Z0-9][A-Za-z0-9/&+-]*[A-Z0-9])(?P<plural>s?)")
_QUALIFIED = re.compile(r"(?P<name>.+?) \((?P<kind>[^()]+)\)")
# At least this part of an acronym's letters begin the words before it: JSON has three of four.
_INITIALS_SHARE = 0.6
_WORDS_OF_LINK = {"a", "an", "and", "for", "in", "of", "on", "the", "to", "with"}


@dataclass(frozen=True)
class Makers:
    """Who stands in front of a product's name, and how names end; see house/vendors.toml."""

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    endings: tuple[str, ...]
    proper: frozenset[str]


@dataclass(frozen=True)
class Cleaned:
    """A label, the names that surely mean the same, and those that mean it when they are free."""

    label: str
    same: tuple[str, ...]
    loose: tuple[str, ...]


def clean_tool(name: str, makers: Makers, plain_words: Set[str]) -> Cleaned:
    """Clean a tool's name; `plain_words` are the words that read as everyday English."""
    maker, product = _part_maker(name, makers)
    bare = _without_ending(product, makers)
    before = f"{maker} " if maker in makers.kept else ""
    acronym = _acronym_behind(bare)
    if acronym:
        words, short = acronym
        label = f"{before}{words} ({short})"
        expansions = () if before else (words, f"{words} {short}")
        return _cleaned(label, (name, *expansions), (short, words))
    is_proper = bare in makers.proper or not reads_plain(bare, plain_words)
    if not is_proper:
        return _cleaned(name, (), (bare,) if " " in bare and not maker else ())
    # "Salesforce software" is Salesforce, but "Eyeglass design software" is all of its name.
    ends_in_name = not bare.split()[-1].islower() and product == f"{bare} software"
    label = before + (bare if ends_in_name else product)
    return _cleaned(label, (name,) if before else (name, product), (bare,))


def _cleaned(label: str, same: tuple[str, ...], loose: tuple[str, ...]) -> Cleaned:
    return Cleaned(label, _unique(label, same), _unique(label, loose))


def unqualified(label: str) -> str | None:
    """Return "Ruby" for "Ruby (computer programming)", or None where nothing qualifies."""
    match = _QUALIFIED.fullmatch(label)
    return match["name"] if match else None


def sentence_case(label: str) -> str:
    """Write the first letter large, unless the first word has a large letter of its own."""
    first = label.split(" ", 1)[0]
    return label[:1].upper() + label[1:] if first.islower() else label


def reads_plain(text: str, plain_words: Set[str]) -> bool:
    """Say whether every word of a name is an everyday word, so that it names no one product."""
    return all(word in plain_words for word in name_key(text).split())


def _part_maker(name: str, makers: Makers) -> tuple[str, str]:
    known = (maker for maker in (*makers.dropped, *makers.kept) if name.startswith(f"{maker} "))
    maker = max(known, key=len, default="")
    return maker, name[len(maker) :].strip()


def _without_ending(product: str, makers: Makers) -> str:
    words = product.split()
    while len(words) > 1 and words[-1].casefold() in makers.endings:
        words.pop()
    return " ".join(words)


def _acronym_behind(text: str) -> tuple[str, str] | None:
    match = _ACRONYM.fullmatch(text)
    if not match:
        return None
    words, acronym = match["words"], match["acronym"]
    initials = [w[0].casefold() for w in re.findall(r"\w+", words) if w not in _WORDS_OF_LINK]
    letters = [letter.casefold() for letter in acronym if letter.isalnum()]
    enough = _INITIALS_SHARE * len(letters)
    if len(initials) < 2 or len(letters) < 2 or _common(letters, initials) < enough:
        return None
    return words, acronym


def _common(first: list[str], second: list[str]) -> int:
    """Return the length of the longest run of letters that both hold in the same order."""
    row = [0] * (len(second) + 1)
    for letter in first:
        above = row
        row = [0]
        for place, other in enumerate(second):
            best = above[place] + 1 if letter == other else max(row[place], above[place + 1])
            row.append(best)
    return row[-1]


def _unique(label: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name != label)
