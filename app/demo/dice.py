"""Chance that can be repeated: the same seed and the same thing give the same throws."""

import random
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Things that are drawn more or less often."""

    def __init__(self, shares: Mapping[T, int] | Sequence[tuple[T, int]]) -> None:
        pairs = list(shares.items()) if isinstance(shares, Mapping) else list(shares)
        self.things = [thing for thing, _ in pairs]
        self.sums = list(accumulate(share for _, share in pairs))


class Dice:
    """The throws for one person or one job."""

    def __init__(self, seed: int, *of: object) -> None:
        # Not for secrets: what it makes is to be made again.
        self._random = random.Random(f"{seed}:{of}")  # noqa: S311

    def pick(self, things: Sequence[T]) -> T:
        """One of the things, each as likely as another."""
        return things[int(self._random.random() * len(things))]

    def draw(self, weighted: Weighted[T]) -> T:
        """One of the things by their shares."""
        return self._random.choices(weighted.things, cum_weights=weighted.sums)[0]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """Several different things; fewer where there are not so many."""
        return self._random.sample(things, min(count, len(things)))

    def some_in_order(self, things: Sequence[T], count: int) -> list[T]:
        """Several different things in the order they have."""
        places = self.some(range(len(things)), count)
        return [things[place] for place in sorted(places)]

    def chance(self, percent: float) -> bool:
        """Whether it happens, `percent` times in a hundred."""
        return self._random.random() * 100 < percent

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self._random.random() * (most - least + 1))
