"""Job titles as vectors that know the trades: an adapted vector and the occupations near it.

Two names of one trade ("realtor", "property broker") share few words. The adapter turns the text
model's vectors so that names of one occupation are near each other, and near what is done in it;
the nearest occupations' centroids are then added, so that both are drawn to the same place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.order import best

Vectors = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]
Places = npt.NDArray[np.int64]

NEAREST = 10
"""So many occupations are added to a title."""
SHARPNESS = 0.05
"""Their weights are the softmax of their cosines over this."""
TOLD = 0.5
"""What its description weighs in a centroid, the mean of its titles weighing 1."""

BATCH = 512
STEPS = 600
TEMPERATURE = 0.1
RATE = 0.001
_BETAS = (0.9, 0.999)
_TINY = 1e-8


@dataclass(frozen=True)
class Named:
    """The vectors of n occupations' titles and descriptions."""

    titles: Vectors
    """float32[m, d]."""
    owners: Places
    """int64[m]: whose title each is, ascending from 0 to n - 1."""
    descriptions: Vectors
    """float32[n, d]."""


@dataclass(frozen=True)
class TitleSide:
    """A linear adapter and the centroids of the occupations, in eight bits with a scale each."""

    adapter: Vectors
    """float32[d, d]."""
    centroids: Bytes
    """int8[n, d]."""
    scales: Vectors
    """float32[n]: a centroid is its row times its scale."""

    @classmethod
    def of(cls, named: Named, *, seed: int, steps: int = STEPS) -> Self:
        """Learn from what the occupations are called, and how they are described."""
        # Kept in 16 bits: what is learned is what is stored.
        kept = trained(named, seed=seed, steps=steps).astype(np.float16)
        adapter = kept.astype(np.float32)
        starts = np.searchsorted(named.owners, np.unique(named.owners))
        called = unit(np.add.reduceat(unit(named.titles @ adapter), starts, axis=0))
        centroids = unit(called + TOLD * unit(named.descriptions @ adapter))
        scales = np.abs(centroids).max(axis=1) / 127
        rounded = np.rint(centroids / scales[:, np.newaxis]).astype(np.int8)
        return cls(adapter, rounded, scales.astype(np.float32))

    @cached_property
    def _wide(self) -> Vectors:
        return self.centroids.astype(np.float32) * self.scales[:, np.newaxis]

    def place(self, vectors: Vectors) -> Vectors:
        """Return the unit vectors float32[n, d] of titles whose own vectors are `vectors`.

        One by one, so that a title's vector never depends on its neighbours.
        """
        placed = np.empty_like(vectors)
        centroids = self._wide
        every = np.arange(len(centroids))
        for row, vector in enumerate(vectors):
            adapted = unit(vector @ self.adapter)
            cosines = centroids @ adapted
            near, _ = best(every, cosines, NEAREST)
            shares = np.exp((cosines[near] - cosines[near[0]]) / SHARPNESS)
            placed[row] = unit(adapted + unit(shares @ centroids[near]))
        return placed


def unit(vectors: Vectors) -> Vectors:
    """Return the rows, or the one vector, with length 1."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return np.asarray(vectors / lengths[..., np.newaxis], np.float32)


def trained(named: Named, *, seed: int, steps: int = STEPS) -> Vectors:
    """Learn float32[d, d] by InfoNCE against a batch of other occupations.

    Two titles of one occupation belong together, and a title and its description. Starts from
    the identity. An occupation is drawn by the root of its number of titles, so that those with
    many names do not rule. Raises ValueError when fewer than two have two titles.
    """
    groups = [group for group in _groups(named.owners) if len(group) > 1]
    if len(groups) < 2:
        raise ValueError("There are too few titles to learn from.")
    random = np.random.default_rng(seed)
    chances = np.sqrt([len(group) for group in groups])
    chances /= chances.sum()
    adapter = np.eye(named.titles.shape[1], dtype=np.float32)
    first, second = np.zeros_like(adapter), np.zeros_like(adapter)
    size = min(BATCH, len(groups))
    for step in range(1, steps + 1):
        drawn = random.choice(len(groups), size, replace=False, p=chances)
        pairs = np.array([random.choice(groups[one], 2, replace=False) for one in drawn])
        one, other = named.titles[pairs[:, 0]], named.titles[pairs[:, 1]]
        described = named.descriptions[named.owners[pairs[:, 0]]]
        slope = _slope(adapter, one, other) + _slope(adapter, one, described)
        # Adam (Kingma and Ba, 2015), with a rate that falls to nothing.
        first = _BETAS[0] * first + (1 - _BETAS[0]) * slope
        second = _BETAS[1] * second + (1 - _BETAS[1]) * slope * slope
        mean, spread = first / (1 - _BETAS[0] ** step), second / (1 - _BETAS[1] ** step)
        rate = RATE * (1 - step / steps)
        adapter = (adapter - rate * mean / (np.sqrt(spread) + _TINY)).astype(np.float32)
    return adapter


def _groups(owners: Places) -> Sequence[Places]:
    return np.split(np.arange(len(owners)), np.flatnonzero(np.diff(owners)) + 1)


def _slope(adapter: Vectors, one: Vectors, other: Vectors) -> Vectors:
    """The gradient of the loss of both directions, one to other and other to one."""
    left, right = one @ adapter, other @ adapter
    left_length = np.linalg.norm(left, axis=1, keepdims=True)
    right_length = np.linalg.norm(right, axis=1, keepdims=True)
    left, right = left / left_length, right / right_length
    cosines = left @ right.T / TEMPERATURE
    forth = np.exp(cosines - cosines.max(axis=1, keepdims=True))
    back = np.exp(cosines - cosines.max(axis=0, keepdims=True))
    share = forth / forth.sum(axis=1, keepdims=True) + back / back.sum(axis=0, keepdims=True)
    wrong = (share / 2 - np.eye(len(one))) / (len(one) * TEMPERATURE)
    to_left, to_right = wrong @ right, wrong.T @ left
    to_left = (to_left - left * (left * to_left).sum(axis=1, keepdims=True)) / left_length
    to_right = (to_right - right * (right * to_right).sum(axis=1, keepdims=True)) / right_length
    return np.asarray(one.T @ to_left + other.T @ to_right, np.float32)
