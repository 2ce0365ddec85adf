"""Whose words a text is made of: what it copies of a job, and which texts copy each other.

Copied is a run of words that somebody would hardly hit upon again. Everything here counts terms,
as `texts` makes them: without endings and without words such as "and".
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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

    def without_common(self, texts: Collection[Sequence[str]]) -> Self:
        """The same without those of the title that `COMMON` of the texts hold."""
        held = [_runs(text, len(run)) for run in [*self.title][:1] for text in texts]
        common = {run for run in self.title if sum(run in one for one in held) >= COMMON}
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
    of_title = _places(terms, wanted.title)
    return Copied(len(of_title), len(_places(terms, wanted.description) - of_title), len(terms))


def without_copied(composed: Composed, wanted: Wanted) -> Composed:
    """Return a composed text without the runs of `wanted`, and without titles that hold one."""
    body, titles, terms = composed
    runs = wanted.title | wanted.description
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
        self._holders: defaultdict[Run, set[int]] = defaultdict(set)

    def add(self, key: int, terms: Sequence[str], standing: float) -> None:
        """Look at one more text; of two alike, the lower standing is the original, then the id."""
        runs = _runs(terms, 3)
        # Honest texts share hardly a run, so that counting is far less than comparing all pairs.
        shared = Counter(
            other for run in runs if run in self._holders for other in self._holders[run]
        )
        alike = [
            other for other, count in shared.items() if _are_alike(count, runs, self._runs[other])
        ]
        before = [one for one in alike if (self._standings[one], one) < (standing, key)]
        if before:
            self.copies[key] = min(before, key=lambda one: (self._standings[one], one))
            return
        for other in alike:
            self.copies[other] = key
            for run in self._runs.pop(other):
                self._holders[run].discard(other)
        self._standings[key], self._runs[key] = standing, runs
        for run in runs:
            self._holders[run].add(key)


def _are_alike(shared: int, one: frozenset[Run], other: frozenset[Run]) -> bool:
    fewest = min(len(one), len(other))
    return fewest >= LEAST_RUNS and shared >= ALIKE * fewest


def _runs(terms: Sequence[str], length: int) -> frozenset[Run]:
    return frozenset(zip(*(terms[start:] for start in range(length)), strict=False))


def _holds(terms: Sequence[str], length: int, runs: Collection[Run]) -> bool:
    """Whether a run of this length is among `runs`."""
    return any(map(runs.__contains__, zip(*(terms[n:] for n in range(length)), strict=False)))


def _places(terms: Sequence[str], runs: Collection[Run]) -> set[int]:
    lengths = {len(run) for run in runs}
    if not any(_holds(terms, length, runs) for length in lengths):
        return set()  # as nearly always
    return {
        place
        for length in lengths
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
