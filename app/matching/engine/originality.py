"""Whose words a text is made of: what it copies of a job, and which texts copy each other.

Copied is a run of words that somebody would hardly hit upon again. Everything here counts terms,
as `texts` makes them: without endings and without words such as "and".
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

from app.matching.engine.stems import FUNCTION_WORDS, stem
from app.matching.engine.texts import Composed
from app.matching.engine.words import fold, words

RUN = 4
"""Of 30,000 honest pairs of a job and a profile one in fifty shares so many terms in a row."""
SHORTEST_TITLE = 3
COMMON = 3
"""A job's title that so many say is how that work is called, and nobody's words."""
MANY = 8
"""Honest texts share six terms of runs at most, a pasted job nearly all."""
ALIKE = 0.6
"""The share of runs of three of the shorter text; of honest pairs the most alike share .44."""
LEAST_RUNS = 12

Run = tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """The runs of terms in a job's text that a profile may have copied."""

    title: frozenset[Run] = frozenset()
    description: frozenset[Run] = frozenset()

    @classmethod
    def of(cls, title: Sequence[str], description: Sequence[str]) -> Self:
        """Read the terms of a job's title and of its description."""
        length = min(RUN, len(title))
        own = _runs(title, length) if length >= SHORTEST_TITLE else frozenset[Run]()
        return cls(own, _runs(description, RUN) - own)

    @cached_property
    def runs(self) -> frozenset[Run]:
        """All of them."""
        return self.title | self.description

    @cached_property
    def lengths(self) -> frozenset[int]:
        """How many terms they have."""
        return frozenset(map(len, self.runs))

    @cached_property
    def digest(self) -> str:
        """Name them: other runs have another name."""
        written = [sorted(map(" ".join, runs)) for runs in (self.title, self.description)]
        return hashlib.sha256(json.dumps(written).encode()).hexdigest()

    def is_in(self, terms: Sequence[str]) -> bool:
        """Whether any of them stands in a text."""
        return any(
            any(map(self.runs.__contains__, zip(*(terms[n:] for n in range(length)), strict=False)))
            for length in self.lengths
        )

    def without_common(self, texts: Collection[Sequence[str]]) -> Self:
        """The same without those of the title that `COMMON` of the texts hold."""
        if not self.title:
            return self
        # Terms hold no blanks, so that a run is a part of its text's letters.
        written = [_written(text) for text in texts]
        common = {run for run in self.title if _count(_written(run), written) >= COMMON}
        return type(self)(self.title - common, self.description)


@dataclass(frozen=True)
class Copied:
    """How many of a text's terms stand in runs of the job's title, and of its description."""

    title: int
    description: int
    every: int
    """The terms of the text."""

    @property
    def is_any(self) -> bool:
        """Whether there is any."""
        return bool(self.title or self.description)

    @property
    def is_much(self) -> bool:
        """Whether it is more than two people come to write alike."""
        return self.description >= MANY

    @property
    def is_most(self) -> bool:
        """Whether the text is rather the job's than its writer's."""
        return self.is_much and 2 * (self.title + self.description) > self.every


def copied(terms: Sequence[str], wanted: Wanted) -> Copied:
    """Count the terms that are copied."""
    if not wanted.is_in(terms):
        return Copied(0, 0, len(terms))  # as nearly always
    of_title = _places(terms, wanted.title)
    return Copied(len(of_title), len(_places(terms, wanted.description) - of_title), len(terms))


def without_copied(composed: Composed, wanted: Wanted) -> Composed:
    """Return a composed text without the runs of `wanted`, and without titles that hold one."""
    body, titles, terms = composed
    runs = wanted.runs
    of_titles = {title: tuple(_terms_of(title.split())[0]) for title in titles}
    copying = {title for title, own in of_titles.items() if _places(own, runs)}
    runs |= {of_titles[title] for title in copying}
    places = _places(terms, runs)
    return (
        _stripped(body, runs),
        tuple(title for title in titles if title not in copying),
        tuple(term for place, term in enumerate(terms) if place not in places),
    )


class Originals:
    """Texts of which none is nearly another's, found one by one, and whose copy each other is."""

    def __init__(self) -> None:
        self.copies: dict[int, int] = {}
        """Of which text each is nearly a copy."""
        self._standings: dict[int, float] = {}
        self._runs: dict[int, frozenset[Run]] = {}
        self._known: set[Run] = set()

    def add(self, key: int, terms: Sequence[str], standing: float) -> None:
        """Look at one more text; of two alike, the lower standing is the original, then the id."""
        runs = _runs(terms, 3)
        alike = self._alike(runs)
        before = [one for one in alike if (self._standings[one], one) < (standing, key)]
        if before:
            self.copies[key] = min(before, key=lambda one: (self._standings[one], one))
            return
        for other in alike:
            self.copies[other] = key
            del self._runs[other]
        self._standings[key], self._runs[key] = standing, runs
        self._known |= runs

    def _alike(self, runs: frozenset[Run]) -> list[int]:
        # Honest texts share hardly a run with all others together, so pairs are seldom compared.
        shared = self._known & runs
        if len(shared) < ALIKE * LEAST_RUNS:
            return []
        return [
            other for other, own in self._runs.items() if _are_alike(len(shared & own), runs, own)
        ]


def _are_alike(shared: int, one: frozenset[Run], other: frozenset[Run]) -> bool:
    fewest = min(len(one), len(other))
    return fewest >= LEAST_RUNS and shared >= ALIKE * fewest


def _runs(terms: Sequence[str], length: int) -> frozenset[Run]:
    return frozenset(zip(*(terms[start:] for start in range(length)), strict=False))


def _written(terms: Sequence[str]) -> str:
    return f" {' '.join(terms)} "


def _count(run: str, texts: Collection[str]) -> int:
    return sum(run in text for text in texts)


def _places(terms: Sequence[str], runs: Collection[Run]) -> set[int]:
    return {
        place
        for length in {len(run) for run in runs}
        for start in range(len(terms) - length + 1)
        if tuple(terms[start : start + length]) in runs
        for place in range(start, start + length)
    }


def _stripped(text: str, runs: Collection[Run]) -> str:
    """Drop the words of the runs, and what stands between them."""
    parts = text.split()
    terms, owners = _terms_of(parts)
    places = _places(terms, runs)
    gone = {owners[place] for place in places}
    gone |= {
        between
        for one, other in pairwise(sorted(gone))
        for between in range(one + 1, other)
        if between not in owners
    }
    return " ".join(part for number, part in enumerate(parts) if number not in gone)


def _terms_of(parts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The terms of a text's parts, and the place of the part that each stands in."""
    terms: list[str] = []
    owners: list[int] = []
    for place, part in enumerate(parts):
        keys = [word.key for word in words(fold(part))]
        told = stem([key for key in keys if key not in FUNCTION_WORDS])
        terms += told
        owners += [place] * len(told)
    return terms, owners
