"""Why a text fits: the words in it that show an asked-for skill, as spans that can be quoted."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from app.matching.engine.texts import stem
from app.matching.engine.words import Word, words

# What may stand between the words of one name: "front-end", "CI/CD", "UI & UX", "Word (Office)".
_JOIN = re.compile(r"[\s\-\u2010-\u2013_/&(]{0,3}")
# Everyday words in lower case, and letters: only in exact case, and not in "R&D" or "go-getter".
_EXACT_WORDS = frozenset(["Go"])
_CLINGS_BEFORE = re.compile(r"[\w&'\u2019.\-+#@]")
_CLINGS_BEHIND = re.compile(r"[&'\u2019\-+#@]|\.\w")
_SIGNS = re.compile(r"[^\w\s\-\u2010-\u2013_/&().,'\u2019]")

MOST_TEXTS = 64
"""Texts whose words a process keeps at hand, about 1 MB: on one page a job is held against ten
profiles, and a search looks into each text four times. Half of the time of saying why."""
MOST_SKILLS = 512
"""Skills whose names are kept so, about 1 MB: a quarter of that time."""


@dataclass(frozen=True)
class Asked:
    """A skill that is asked for, and the other names that mean the same."""

    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Where a text shows a skill: `words` is `sections[section][start:end]`, to the letter."""

    skill: str
    words: str
    section: str
    start: int
    end: int


@dataclass(frozen=True)
class SharedTerm:
    """A term two texts share: `words` is `document_text[start:end]`, to the letter."""

    term: str
    words: str
    start: int
    end: int


def coverage(
    asked: Sequence[Asked], sections: Mapping[str, str]
) -> tuple[list[Evidence], list[str]]:
    """Return evidence for each asked skill that is shown, and the labels of those that are not.

    Both in the order asked. The evidence is the first place, in the first section that has one,
    where whole words equal the label or an alias, apart from case, accents and keyboard; of
    names that begin there the longest. `c++ c# .net node.js` are words of their own, so "C" is
    not found in "C++". A single letter, and Go, must be in exact case and stand free.
    """
    read = {section: _section(text) for section, text in sections.items()}
    covered: list[Evidence] = []
    missing: list[str] = []
    for skill in asked:
        evidence = _shown(skill.label, _names_of(skill), read)
        if evidence:
            covered.append(evidence)
        else:
            missing.append(skill.label)
    return covered, missing


def shared_terms(
    query_text: str, document_text: str, limit: int, *, idf: Callable[[str], float]
) -> list[SharedTerm]:
    """Return the `limit` terms both texts hold with the highest `idf`, where first in the document.

    Highest first, equal ones in the order of the document. `idf` takes a term as `tokenise`
    makes it. Raises ValueError when `limit` is negative.
    """
    if limit < 0:
        raise ValueError("The number of terms asked for is negative.")
    asked = set(stem([word.key for word in _section(query_text).words]))
    found = _section(document_text).words
    first: dict[str, Word] = {}
    for term, word in zip(stem([word.key for word in found]), found, strict=True):
        if term in asked:
            first.setdefault(term, word)
    ordered = sorted(first.items(), key=lambda item: (-idf(item[0]), item[1].start))
    return [
        SharedTerm(term, document_text[word.start : word.end], word.start, word.end)
        for term, word in ordered[:limit]
    ]


class _Section:
    """A text, its words, and where each word stands among them, read when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._small = text.lower() if text.isascii() else None

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(words(self.text))

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            found.setdefault(word.key, []).append(place)
        return found

    def may_hold(self, keys: Sequence[str]) -> bool:
        """Whether the letters of the words stand in it at all, which is cheap to ask."""
        if self._small is not None:
            for key in keys:
                if key not in self._small:
                    return False
        return True


@lru_cache(MOST_TEXTS)
def _section(text: str) -> _Section:
    return _Section(text)


@dataclass(frozen=True)
class _Name:
    """One name of a skill: its folded words, and how strictly it is to be found."""

    written: str
    keys: tuple[str, ...]
    is_exact: bool


@lru_cache(MOST_SKILLS)
def _names_of(skill: Asked) -> tuple[_Name, ...]:
    names = (skill.label, *skill.aliases)
    return tuple(_read_name(name.strip()) for name in names if name.strip())


def _read_name(name: str) -> _Name:
    found = list(words(name))
    inside = {place for word in found for place in range(word.start, word.end)}
    if any(match.start() not in inside for match in _SIGNS.finditer(name)):
        # A sign outside the words tells the name apart, as in "A*": find it as it is written.
        return _Name(name, (), is_exact=False)
    keys = tuple(word.key for word in found)
    return _Name(name, keys, is_exact=name in _EXACT_WORDS or [*map(len, keys)] == [1])


def _shown(label: str, names: Sequence[_Name], sections: Mapping[str, _Section]) -> Evidence | None:
    for title, section in sections.items():
        spans = [span for name in names if (span := _first(name, section))]
        if spans:
            start, end = min(spans, key=lambda span: (span[0], -span[1]))
            return Evidence(label, section.text[start:end], title, start, end)
    return None


def _first(name: _Name, section: _Section) -> tuple[int, int] | None:
    """Return the first span of the section's text that says `name`."""
    if not name.keys:
        literal = rf"(?<!\w){re.escape(name.written)}(?!\w)"
        match = re.search(literal, section.text, re.IGNORECASE)
        return match.span() if match else None
    if not section.may_hold(name.keys):
        return None
    for place in section.places.get(name.keys[0], ()):
        run = section.words[place : place + len(name.keys)]
        if tuple(word.key for word in run) != name.keys or not _is_joined(section.text, run):
            continue
        start, end = run[0].start, run[-1].end
        if not name.is_exact or _stands_free(section.text, start, end, name.written):
            return start, end
    return None


def _is_joined(text: str, run: Sequence[Word]) -> bool:
    return all(_JOIN.fullmatch(text, one.end, other.start) for one, other in pairwise(run))


def _stands_free(text: str, start: int, end: int, name: str) -> bool:
    clings = (start and _CLINGS_BEFORE.match(text, start - 1)) or _CLINGS_BEHIND.match(text, end)
    return text[start:end] == name and not clings
