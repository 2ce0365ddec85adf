"""Effects promised in a transaction and carried out after it: add, claim, finish, fail, and what
an operator does about those that were given up.

A row is claimed by one UPDATE, so two workers never hold the same one. Whoever carries an effect
out must be able to do it twice: a worker that dies after the effect leaves the row claimed, and
the claim runs out.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    SmallInteger,
    String,
    Text,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.clock import now
from app.db import Base, UtcDateTime, remove_some
from app.errors import Conflict, NotFound

LETTER = "mail.send"
CLAIM_LASTS = timedelta(minutes=2)
_MINUTES = (1, 2, 5, 10, 20, 40, *[90] * 47)
PAUSES = {LETTER: tuple(timedelta(minutes=n) for n in _MINUTES)}
"""How long a task of each kind waits after each failure; one that fails after the last pause is
given up. A mail server may be away for a weekend, so letters are tried for three days."""
USUAL_PAUSES = tuple(timedelta(seconds=2**n) for n in range(1, 8))
FIRST, LATER = 0, 1
"""What somebody waits for, and what merely makes a page say more."""
LONG_WAIT = timedelta(minutes=15)
FINISHED_STAYS = timedelta(days=7)
GIVEN_UP_STAYS = timedelta(days=90)
PAGE = 25


class Away(Exception):
    """What carries such effects out cannot be reached: others of the kind need not try now."""


class Refused(Exception):
    """This will not be done however often it is tried; the message says why."""


class Effect(Base):
    """Something the world is owed: a letter to send, a text to encode."""

    __tablename__ = "effects"
    __table_args__ = (Index(None, "finished_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(SmallInteger, default=FIRST, server_default="0")
    """Of two that are due, the lower goes first."""
    promised_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was carried out, or an operator let it go: then `gave_up_at` is set as well."""
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(String(200))
    """Why an operator let it go."""


def add(session: Session, task: str, *, priority: int = FIRST, **payload: Any) -> None:
    """Promise an effect, in the transaction that makes it due."""
    session.add(Effect(task=task, payload=payload, priority=priority, due_at=now()))


def claim(
    session: Session, *, only: Collection[str] = (), but: Collection[str] = ()
) -> Effect | None:
    """Take the effect that is due and comes first, for a while; None when nothing is.

    Of `only` some kinds of tasks, if any are named, and of none that `but` names.
    """
    moment = now()
    _give_up_the_deadly(session, moment)
    due = (
        select(Effect.id)
        .where(*_due(moment), Effect.task.not_in(but))
        .order_by(Effect.priority, Effect.due_at, Effect.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if only:
        due = due.where(Effect.task.in_(only))
    taken = session.execute(
        update(Effect)
        .where(Effect.id == due.scalar_subquery())
        .values(claimed_until=moment + CLAIM_LASTS, attempts=Effect.attempts + 1)
        .returning(Effect.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return session.get(Effect, taken, populate_existing=True) if taken else None


def count_due(session: Session) -> int:
    """How many effects wait to be claimed now."""
    return session.scalar(select(func.count(Effect.id)).where(*_due(now()))) or 0


def finish(session: Session, effect: Effect) -> None:
    """Note that the effect has been carried out."""
    session.get_one(Effect, effect.id).finished_at = now()


def fail(session: Session, effect: Effect, error: str) -> None:
    """Note a failure; try again later and later, and give up after the last pause of its kind."""
    row = session.get_one(Effect, effect.id)
    pauses = _pauses(row.task)
    if row.attempts > len(pauses):
        return give_up(session, effect, error)
    row.last_error = error[:2000]
    row.claimed_until = None
    pause = pauses[row.attempts - 1]
    # What failed together does not come back in the same second: up to a tenth is added.
    row.due_at = now() + pause + pause * (row.id * 61 % 100) / 1000
    return None


def give_up(session: Session, effect: Effect, error: str) -> None:
    """Note that the effect is not tried again, unless an operator says so."""
    row = session.get_one(Effect, effect.id)
    row.last_error = error[:2000]
    row.claimed_until = None
    row.gave_up_at = now()


def given_up() -> ColumnElement[bool]:
    """What was given up and waits for an operator."""
    return and_(Effect.finished_at.is_(None), Effect.gave_up_at.is_not(None))


def waits_long() -> ColumnElement[bool]:
    """What is still tried and was promised a good while ago."""
    return and_(
        Effect.finished_at.is_(None),
        Effect.gave_up_at.is_(None),
        Effect.promised_at < now() - LONG_WAIT,
    )


def listed(
    session: Session, which: ColumnElement[bool], *, before_id: int | None = None, limit: int = PAGE
) -> list[Effect]:
    """Effects of one sort, the newest first."""
    query = select(Effect).where(which)
    if before_id:
        query = query.where(Effect.id < before_id)
    return list(session.scalars(query.order_by(Effect.id.desc()).limit(limit)))


def count_by_task(session: Session, which: ColumnElement[bool]) -> dict[str, int]:
    """How many effects of one sort there are, by kind."""
    query = select(Effect.task, func.count()).where(which).group_by(Effect.task)
    return dict(session.execute(query.order_by(Effect.task)).all())


def get(session: Session, effect_id: int) -> Effect:
    """An effect that is still owed; raises `NotFound` when there is none."""
    owed = select(Effect).where(Effect.id == effect_id, Effect.finished_at.is_(None))
    effect = session.scalar(owed)
    if effect is None:
        raise NotFound("This has been done meanwhile, or was let go.")
    return effect


def try_again(session: Session, effect: Effect) -> None:
    """Have an effect tried now, as if it had never failed."""
    if not _begin_anew(session, Effect.id == effect.id):
        raise Conflict("This is being tried at this moment. Look again in a minute.")


def try_all_again(session: Session, task: str, which: ColumnElement[bool]) -> int:
    """Have all effects of a kind and a sort tried now; return how many."""
    return _begin_anew(session, and_(Effect.task == task, which))


def let_go(session: Session, effect: Effect, note: str) -> None:
    """End an effect that will not be carried out, with an operator's word on why."""
    ended = {"finished_at": now(), "gave_up_at": func.coalesce(Effect.gave_up_at, now())}
    if not _change(session, Effect.id == effect.id, **ended, note=note):
        raise Conflict("This is being tried at this moment. Look again in a minute.")


def forget(bind: Engine | Connection) -> int:
    """Remove some of what is long over; return how many.

    The newest row stays: SQLite would give its number to the next one, and a letter is known to
    mailboxes by the number of its effect.
    """
    moment = now()
    old = or_(
        Effect.finished_at < moment - FINISHED_STAYS,
        and_(Effect.finished_at.is_(None), Effect.gave_up_at < moment - GIVEN_UP_STAYS),
    )
    newest = select(func.max(Effect.id)).scalar_subquery()
    return remove_some(bind, Effect, old, Effect.id < newest)


def _due(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Effect.finished_at.is_(None),
        Effect.gave_up_at.is_(None),
        Effect.due_at <= moment,
        _is_free(moment),
    )


def _is_free(moment: datetime) -> ColumnElement[bool]:
    return or_(Effect.claimed_until.is_(None), Effect.claimed_until < moment)


def _pauses(task: str) -> tuple[timedelta, ...]:
    return PAUSES.get(task, USUAL_PAUSES)


def _give_up_the_deadly(session: Session, moment: datetime) -> None:
    """Give up what kills whoever carries it out, and so never comes to `fail`."""
    tries = {task: len(pauses) + 1 for task, pauses in PAUSES.items()}
    most = case(tries, value=Effect.task, else_=len(USUAL_PAUSES) + 1)
    session.execute(
        update(Effect)
        .where(
            Effect.finished_at.is_(None),
            Effect.gave_up_at.is_(None),
            Effect.attempts >= most,
            Effect.claimed_until < moment,
        )
        .values(gave_up_at=moment, last_error="The worker died at every try.")
        .execution_options(synchronize_session=False)
    )


def _begin_anew(session: Session, which: ColumnElement[bool]) -> int:
    return _change(session, which, attempts=0, due_at=now(), gave_up_at=None, claimed_until=None)


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> int:
    """Change effects that are owed and that no worker holds; return how many there were."""
    owed = (which, Effect.finished_at.is_(None), _is_free(now()))
    asked = update(Effect).where(*owed).values(**values)
    changed = session.execute(
        asked.returning(Effect.id).execution_options(synchronize_session=False)
    )
    return len(changed.all())
