"""What people were shown, written down: the order, the points, the model and the weights."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import note
from app.matching import trials
from app.matching.engine.rank import Score
from app.matching.models import Shown, Subject
from app.matching.refresh import Bind
from app.matching.trials import Due


@dataclass(frozen=True)
class Showing:
    """One page of one answer: what was asked about, and what stood in which place."""

    subject: Subject
    subject_id: int
    model: str
    weights: Mapping[str, float]
    first_place: int
    scores: Sequence[Score]
    due: Due
    """What the reasons on the page still need."""

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The scores as they are kept."""
        return [
            {
                "place": place,
                "id": score.id,
                "total": round(score.total, 3),
                "parts": {part: round(points, 3) for part, points in score.parts.items()},
            }
            for place, score in enumerate(self.scores, self.first_place)
        ]


def record(bind: Bind, showing: Showing, *, viewer_id: int) -> None:
    """Write a showing down, unless it is the last one this viewer saw again, and ask for its due.

    In a transaction of its own, the one exception to one transaction a request: a page that is
    only looked at begins no writing one. A page is not refused because it cannot be written.
    """
    entries = showing.entries
    content = json.dumps([showing.model, dict(showing.weights), entries], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    with Session(bind, join_transaction_mode="create_savepoint") as session:
        is_new = _last(session, showing, viewer_id) != digest

    def write(session: Session) -> None:
        trials.ask(session, showing.due)
        if is_new:
            session.add(
                Shown(
                    subject=showing.subject,
                    subject_id=showing.subject_id,
                    viewer_id=viewer_id,
                    shown_at=now(),
                    model=showing.model,
                    weights=dict(showing.weights),
                    entries=entries,
                    digest=digest,
                )
            )

    if is_new or showing.due:
        note(bind, write)


def _last(session: Session, showing: Showing, viewer_id: int) -> str | None:
    return session.scalar(
        select(Shown.digest)
        .where(
            Shown.subject == showing.subject,
            Shown.subject_id == showing.subject_id,
            Shown.viewer_id == viewer_id,
        )
        .order_by(Shown.id.desc())
        .limit(1)
    )
