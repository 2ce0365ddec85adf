"""What is ranked by one query, and what each is worth by each part, before it is put in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.matching.engine.order import Ids
from app.matching.engine.rank import Scale, Score, rank, scale_of
from app.matching.holding import Numbers, Query
from app.matching.view import View


class Compared(Protocol):
    """Anything that was ranked by a query."""

    @property
    def view(self) -> View:
        """Among what it was looked for."""

    @property
    def query(self) -> Query:
        """What was looked for."""

    def scale(self) -> Scale:
        """What they are measured by, to be held still."""

    def bounded(self, part: str, column: Numbers) -> Numbers:
        """Values of a part as they count here."""


@dataclass(frozen=True)
class Comparison:
    """What was found by a query, by ascending id, and the weights that put it in order."""

    view: View
    query: Query
    ids: Ids
    parts: Mapping[str, Numbers]
    weights: Mapping[str, float]

    def scores(self, most: int | None = None) -> list[Score]:
        """The order, the best first; `most` keeps the first so many."""
        return rank(self.ids, self.parts, self.weights, most)

    def scale(self) -> Scale:
        """What they are measured by, to be held still."""
        return scale_of(self.parts, self.weights)

    def bounded(self, part: str, column: Numbers) -> Numbers:
        """Values of a part as they count here: as they are."""
        return column
