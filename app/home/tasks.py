"""What an operator sees of the tasks that are in trouble: those given up, those that wait long."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import outbox
from app.errors import Conflict, NotFound
from app.outbox import Effect
from app.texts import message

KINDS = {
    outbox.LETTER: message("Letter"),
    "accounts.wish": message("Wish for a letter"),
    "matching.embed": message("Text to encode"),
    "matching.embed_person": message("Facts of a person"),
    "matching.try": message("Reasons to prove"),
}
SORTS = {"given-up": outbox.given_up, "waiting": outbox.waits_long}


@dataclass(frozen=True)
class Trouble:
    """Part of the tasks of one sort; `counts` are of this sort by kind, `totals` of every sort."""

    sort: str
    rows: list[Effect]
    next: int | None
    counts: dict[str, int]
    totals: dict[str, int]


def trouble(session: Session, sort: str, before_id: int | None = None) -> Trouble:
    """Part of the tasks of one sort, the newest first; raises `NotFound` for another sort."""
    which = _sort(sort)
    rows = outbox.listed(session, which, before_id=before_id, limit=outbox.PAGE + 1)
    counts = {name: outbox.count_by_task(session, of()) for name, of in SORTS.items()}
    return Trouble(
        sort=sort,
        rows=rows[: outbox.PAGE],
        next=rows[outbox.PAGE - 1].id if len(rows) > outbox.PAGE else None,
        counts=counts[sort],
        totals={name: sum(of.values()) for name, of in counts.items()},
    )


def try_all_again(session: Session, sort: str, task: str) -> int:
    """Have all tasks of a kind and a sort tried now; return how many."""
    which = _sort(sort)
    # Looked up among those that are there: PostgreSQL takes no NUL, whoever sends one.
    if task not in outbox.count_by_task(session, which):
        raise Conflict("There is no such task in this list any more.")
    return outbox.try_all_again(session, task, which)


def _sort(name: str):
    if name not in SORTS:
        raise NotFound("There is no such list of tasks.")
    return SORTS[name]()
