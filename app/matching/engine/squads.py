"""A small team that covers what is asked for: whose the seats are, and who stands by for each.

Seats are given one after the other, each to who covers most of what is still open (greedy set
cover); of those who cover as much, to who shows it best. It knows rows and numbers, no people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.matching.engine.order import Ids

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Crowd:
    """Who may be on a team, n people: what each shows of s skills, and how well each fits."""

    ids: Ids
    shows: Ids
    """int64[n, s]: 0 for a skill that is not covered, else the more the better it is shown."""
    fit: Numbers
    parks: Ids
    """The park of each; 0 for who has none."""
    cities: Ids
    """The city of that park, as a number; parks of one city lose power and lines together."""

    def __post_init__(self) -> None:
        size = len(self.ids)
        if len(np.unique(self.ids)) != size:
            raise ValueError("An id is given twice.")
        columns = (self.shows, self.fit, self.parks, self.cities)
        if any(len(column) != size for column in columns) or self.shows.ndim != 2:
            raise ValueError("Ids, skills, fit, parks and cities differ in number.")

    @property
    def covers(self) -> Flags:
        """Which skills each covers, bool[n, s]."""
        return np.asarray(self.shows > 0)


@dataclass(frozen=True)
class Seat:
    """A seat of a team. Skills are columns of `Crowd.shows`."""

    id: int
    takes: tuple[int, ...]
    """What the seat is for: all that its holder covers of the skills covered least before."""
    covered_before: int
    """How many seats before it covered that already: 0 for what was open, else more hands."""
    also: tuple[int, ...]
    """What else its holder covers."""
    equals: int
    """How many others could have been seated for as many skills, and came behind."""


@dataclass(frozen=True)
class Standby:
    """Who could take a seat over, and which of its skills they cover."""

    id: int
    covers: tuple[int, ...]


def nominees(shows: Ids, first: int, more: int) -> Flags:
    """Return for which skills each may be given a seat, bool[n, s]; rows come in order of fit.

    The `first` for all they cover. Who stands behind only for a skill that none of those shows
    as well, and of them the `more` who show it best: whoever lists everything gains no seat by it.
    """
    may = shows > 0
    may[first:] = False
    for skill, column in enumerate(shows.T):
        better = np.where(column > column[:first].max(initial=0), column, 0)
        order = np.argsort(-better, kind="stable")[:more]
        may[order[better[order] > 0], skill] = True
    return np.asarray(may)


def seats(crowd: Crowd, may: Flags, most: int) -> list[Seat]:
    """Give up to `most` seats, in order; the first k of them are the team of k.

    A seat goes to who may take most of the skills that are covered least: first those of nobody
    yet, then, when all is covered that may be taken, those with one pair of hands, and so on. Of
    those alike it goes to who shows them best, then to the greatest fit, then to the lowest id.
    `may` is bool[n, s], and true only for what is covered. Raises ValueError when `most` is
    negative.

    What k seats cover is at least 1 - 1/e of the most that k people may take.
    """
    if most < 0:
        raise ValueError("The number of seats is negative.")
    team: list[Seat] = []
    is_free: Flags = np.asarray(may.any(axis=1))
    hands = np.zeros(may.shape[1], np.int64)
    while len(team) < most and is_free.any():
        depth = int(hands[may[is_free].any(axis=0)].min())
        thinnest = hands == depth
        counts = np.where(is_free, may[:, thinnest].sum(axis=1), -1)
        shown = np.where(may, crowd.shows, 0)[:, thinnest].sum(axis=1)
        row = int(np.lexsort((crowd.ids, -crowd.fit, -shown, -counts))[0])
        covered = crowd.covers[row]
        team.append(
            Seat(
                id=int(crowd.ids[row]),
                takes=tuple(np.flatnonzero(covered & thinnest).tolist()),
                covered_before=depth,
                also=tuple(np.flatnonzero(covered & ~thinnest).tolist()),
                equals=int((counts == counts[row]).sum()) - 1,
            )
        )
        is_free[row] = False
        hands += covered
    return team


def standbys(crowd: Crowd, team: Sequence[Seat]) -> list[Standby | None]:
    """Name for each seat somebody of another park who could take it over, or None.

    Nobody of the team, and nobody twice. Who covers most of the seat's skills; of those alike
    first who is of another city than the holder, then who shows them best, then who is of a park
    that nobody named so far is of, then the greatest fit, then the lowest id. Whoever has no park
    stands by for nobody.
    """
    rows = {int(id_): row for row, id_ in enumerate(crowd.ids)}
    is_free = np.ones(len(crowd.ids), np.bool_)
    is_free &= crowd.parks != 0
    is_free[[rows[seat.id] for seat in team]] = False
    used = {int(crowd.parks[rows[seat.id]]) for seat in team}
    found: list[Standby | None] = []
    for seat in team:
        row = _standby_row(crowd, rows[seat.id], seat.takes, is_free, used)
        if row is None:
            found.append(None)
            continue
        is_free[row] = False
        used.add(int(crowd.parks[row]))
        covered = tuple(skill for skill in seat.takes if crowd.covers[row, skill])
        found.append(Standby(int(crowd.ids[row]), covered))
    return found


def _standby_row(
    crowd: Crowd,
    holder: int,
    takes: Sequence[int],
    is_free: Flags,
    used: set[int],
) -> int | None:
    counts = crowd.covers[:, list(takes)].sum(axis=1)
    can = is_free & (crowd.parks != crowd.parks[holder]) & (counts > 0)
    if not can.any():
        return None
    is_near = crowd.cities == crowd.cities[holder]
    is_used = np.isin(crowd.parks, sorted(used))
    shown = crowd.shows[:, list(takes)].sum(axis=1)
    order = np.lexsort((crowd.ids, -crowd.fit, is_used, -shown, is_near, -counts, ~can))
    return int(order[0])
