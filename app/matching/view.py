"""What can be found this moment: segments of the index, the newest text of each id alone alive.

A big segment lies on the disk, a smaller one of what came since beside it, and the last few
texts in memory. All weigh words by the statistics of the big one, so that scores compare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from app.matching.columns import FactColumns, Mask, joined
from app.matching.conditions import Asked, Removed
from app.matching.engine.lexical import LexicalIndex, Weighed
from app.matching.engine.order import Ids, best, places
from app.matching.holding import PARTS, Bodies, Holding, Numbers, Query, merged
from app.matching.rows import Rows

Counts = npt.NDArray[np.int64]

CANDIDATES = 200
"""How many are taken by each part before they are ranked together."""


@dataclass(frozen=True)
class Segment:
    """Some texts, their facts, and which of them no newer segment holds."""

    holding: Holding
    facts: FactColumns
    is_alive: Mask

    @classmethod
    def of(cls, holding: Holding, facts: FactColumns) -> Self:
        """All of them alive, for now."""
        return cls(holding, facts, np.ones(len(holding), np.bool_))

    def without(self, ids: Ids) -> Self:
        """The same, but that newer texts of `ids` are held elsewhere."""
        at, is_here = places(self.holding.ids, ids)
        if not is_here.any():
            return self
        alive = self.is_alive.copy()
        alive[at[is_here]] = False
        return replace(self, is_alive=alive)

    def searching(self, bodies: Bodies) -> Self:
        """The same, but that meanings are searched elsewhere."""
        return replace(self, holding=self.holding.with_bodies(bodies))

    @cached_property
    def park_counts(self) -> Counts:
        """How many belong to the park of each number, dead ones too."""
        return np.bincount(self.facts.park)


@dataclass(frozen=True)
class Eligible:
    """Who is left in each segment, out of how many, and what removed the others."""

    masks: tuple[Mask, ...]
    count: int
    looked_at: int
    removed: tuple[Removed, ...]

    @property
    def hardest(self) -> Removed | None:
        """The condition that removed most, of two equal ones the first; None if none did."""
        removing = [removed for removed in self.removed if removed.count]
        return max(removing, key=lambda removed: removed.count, default=None)


@dataclass(frozen=True)
class Found:
    """Candidates by ascending id: the score of each by each part, and the facts of each."""

    ids: Ids
    parts: Mapping[str, Numbers]
    facts: FactColumns


@dataclass(frozen=True)
class View:
    """The segments as they stood at one moment, the big one first; immutable."""

    segments: tuple[Segment, ...]
    candidates: int = CANDIDATES

    @property
    def ids(self) -> Ids:
        """All that can be found, int64[n], ascending."""
        return np.sort(np.concatenate([one.facts.ids[one.is_alive] for one in self.segments]))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be found at all."""
        return not any(one.is_alive.any() for one in self.segments)

    def sort_out(self, asked: Asked) -> Eligible:
        """Let through what fulfils every condition, and count what each removed.

        A condition only removes those whom none before it has, so that the counts add up.
        """
        masks = [one.is_alive & asked.base(one.facts) for one in self.segments]
        looked_at = _count(masks)
        left = looked_at
        removed = []
        for key, test in asked.tests.items():
            masks = [m & test(one.facts) for m, one in zip(masks, self.segments, strict=True)]
            removed.append(Removed(key, left - (left := _count(masks)), asked.sentences[key]))
        return Eligible(tuple(masks), left, looked_at, tuple(removed))

    def find(self, query: Query, eligible: Eligible, *, also: Sequence[int] = ()) -> Found:
        """Return the best of the eligible by each part, and those of `also` among them."""
        weighed = self._words.weigh(query.terms)
        ranked = []
        for segment, mask in zip(self.segments, eligible.masks, strict=True):
            nearest = segment.holding.nearest(query, weighed, self.candidates, mask)
            ids = segment.holding.ids
            ranked.append({part: (ids[at], scores) for part, (at, scores) in nearest.items()})
        ids = np.union1d(merged(self.candidates, *ranked), np.array(also, np.int64))
        return self._scored(query, weighed, eligible, ids)

    def score(self, query: Query, texts: Rows) -> dict[str, Numbers]:
        """Score texts that are not held, as if they had been encoded a moment ago."""
        held = Holding.build(texts, self._words.scheme, self._words.statistics)
        return held.scores(query, self._words.weigh(query.terms), np.arange(len(held)))

    def newest(self, eligible: Eligible, most: int) -> list[int]:
        """The ids of those published last, the newest first."""
        pairs = [
            (segment.facts.published[mask], segment.facts.ids[mask])
            for segment, mask in zip(self.segments, eligible.masks, strict=True)
        ]
        published = np.concatenate([one for one, _ in pairs])
        ids = np.concatenate([one for _, one in pairs])
        return [int(one) for one in best(ids, published, most)[0]]

    @cached_property
    def park_sizes(self) -> Counts:
        """How many of those who can be found belong to the park of each number."""
        most = max(len(one.park_counts) for one in self.segments)
        sizes = np.zeros(most, np.int64)
        for one in self.segments:
            sizes[: len(one.park_counts)] += one.park_counts
            sizes -= np.bincount(one.facts.park[~one.is_alive], minlength=most)
        return sizes

    @property
    def _words(self) -> LexicalIndex:
        """By whose statistics all words are weighed."""
        return self.segments[0].holding.words

    def _scored(self, query: Query, weighed: Weighed, eligible: Eligible, ids: Ids) -> Found:
        scores, facts = [], []
        for segment, mask in zip(self.segments, eligible.masks, strict=True):
            at, is_here = places(segment.holding.ids, ids)
            at = at[is_here]
            at = at[mask[at]]
            scores.append(segment.holding.scores(query, weighed, at))
            facts.append(segment.facts.take(at))
        order = np.argsort(np.concatenate([one.ids for one in facts]))
        parts = {part: np.concatenate([one[part] for one in scores])[order] for part in PARTS}
        together = joined(facts)
        return Found(together.ids, parts, together)


def _count(masks: Sequence[Mask]) -> int:
    return sum(int(np.count_nonzero(mask)) for mask in masks)
