"""Texts without the words of one quote, as vectors: pages look them up, the worker makes them.

A page never runs the model for one. What it does not find it asks for, once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app import db, outbox
from app.clock import today
from app.matching.cuts import Cut
from app.matching.encoder import TextEncoder
from app.matching.encoding import Encoded, encode_all
from app.matching.models import Subject, Trial
from app.matching.refresh import INSERTS, Bind, reading
from app.matching.sources import THINGS, Source, load, source_of

TASK = "matching.try"
MOST_ASKED = 400
"""Asked for and not made yet; the worker makes them in a few seconds. More are asked for later."""
AT_A_TIME = 8
"""Made as one effect: about a tenth of a second, in which nobody's saved text is encoded."""
MOST_KEPT = 200_000
"""About 6 kB each. Those that were used longest ago give way."""
KEPT = timedelta(days=30)
NOTED = timedelta(days=7)
"""A use is noted again only after so long: pages that are looked at hardly ever write."""
AT_ONCE = 1000

_LOOKED_UP = select(Trial.digest, Trial.body, Trial.titles, Trial.terms, Trial.used_on).where(
    Trial.model == bindparam("model"), Trial.digest.in_(bindparam("digests", expanding=True))
)

Record = tuple[bytes, bytes, str]
"""The vectors of the body and of the titles, and the terms, as the tables keep them."""


@dataclass(frozen=True)
class Due:
    """What a look leaves to be done: trials to be made, and those whose use is to be noted."""

    model: str
    cuts: tuple[Cut, ...] = ()
    used: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cuts or self.used)


@dataclass(frozen=True)
class Looked:
    """The trials that are there, by digest, and what is due."""

    known: Mapping[str, Record]
    due: Due


def look(session: Session, model: str, cuts: Sequence[Cut]) -> Looked:
    """Look trials up, all with one query."""
    wanted = {cut.digest: cut for cut in cuts}
    if not wanted:
        return Looked({}, Due(model))
    rows = session.execute(_LOOKED_UP, {"model": model, "digests": list(wanted)}).all()
    known = {row.digest: (row.body, row.titles, row.terms) for row in rows if row.body is not None}
    missing = wanted.keys() - {row.digest for row in rows}
    long_ago = today() - NOTED
    used = (row.digest for row in rows if row.digest in known and row.used_on < long_ago)
    cuts = tuple(cut for digest, cut in wanted.items() if digest in missing)
    return Looked(known, Due(model, cuts, tuple(used)))


def note(bind: Bind, due: Due) -> None:
    """Ask for what is due in a transaction of its own; a page is not refused if that fails."""
    if due:
        db.note(bind, lambda session: ask(session, due))


def ask(session: Session, due: Due) -> None:
    """Note which trials were used, and promise those that nobody has asked for yet."""
    if due.used:
        session.execute(
            update(Trial)
            .where(Trial.model == due.model, Trial.digest.in_(due.used))
            .values(used_on=today())
        )
    asked = session.scalar(select(func.count()).where(Trial.body.is_(None))) or 0
    # In one order, so that two who ask for the same at once wait for each other and go on.
    cuts = sorted(due.cuts, key=lambda cut: cut.digest)
    if not cuts or asked + len(cuts) > MOST_ASKED:
        return
    insert = INSERTS[session.connection().dialect.name](Trial)
    rows = [_row(due.model, cut) for cut in cuts]
    added = insert.values(rows).on_conflict_do_nothing().returning(Trial.digest)
    new = set(session.scalars(added))
    wanted = [cut.as_json for cut in cuts if cut.digest in new]
    for start in range(0, len(wanted), AT_A_TIME):
        part = wanted[start : start + AT_A_TIME]
        outbox.add(session, TASK, priority=outbox.LATER, cuts=part)


def make(bind: Bind, encoder: TextEncoder, cuts: Collection[Cut]) -> int:
    """Encode those of `cuts` that are not made yet and that are still said; return how many.

    The encoding is in no transaction.
    """
    with reading(bind) as session:
        missing = _not_made(session, encoder.name, cuts)
        left = _left(session, encoder.name, missing)
    encoded = encode_all(encoder, [source.composed for _, source in left])
    with db.transaction(bind) as session:
        for (cut, source), one in zip(left, encoded, strict=True):
            _save(session, _row(encoder.name, cut, source, one))
        made = {cut.digest for cut, _ in left}
        gone = [cut.digest for cut in missing if cut.digest not in made]
        _delete(session, Trial.model == encoder.name, Trial.digest.in_(gone), Trial.body.is_(None))
    return len(left)


def prune(bind: Bind, model: str) -> int:
    """Remove some of what is no longer of use; return how many."""
    return sum(_remove_some(bind, which) for which in _of_no_use(bind, model))


def _of_no_use(bind: Bind, model: str) -> list[ColumnElement[bool]]:
    """Long unused, of another model, of what was deleted, never made, or too many."""
    which = [
        Trial.used_on < today() - KEPT,
        or_(Trial.model < model, Trial.model > model),
        (Trial.body.is_(None)) & (Trial.used_on < today()),
    ]
    which += [
        (Trial.subject == subject) & Trial.subject_id.not_in(select(THINGS[subject].id))
        for subject in Subject
    ]
    with reading(bind) as session:
        too_many = (session.scalar(select(func.count()).select_from(Trial)) or 0) - MOST_KEPT
        if too_many > 0:
            oldest = select(Trial.digest).order_by(Trial.used_on, Trial.digest)
            digests = session.scalars(oldest.limit(min(too_many, AT_ONCE))).all()
            which.append(Trial.digest.in_(digests))
    return which


def _remove_some(bind: Bind, which: ColumnElement[bool]) -> int:
    with reading(bind) as session:
        digests = session.scalars(select(Trial.digest).where(which).limit(AT_ONCE)).all()
    if digests:  # looked for without the write lock, which is everyone's
        with db.transaction(bind) as session:
            _delete(session, which, Trial.digest.in_(digests))
    return len(digests)


def _not_made(session: Session, model: str, cuts: Collection[Cut]) -> list[Cut]:
    wanted = {cut.digest: cut for cut in cuts}
    made = select(Trial.digest).where(
        Trial.model == model, Trial.digest.in_(wanted), Trial.body.is_not(None)
    )
    return [wanted[digest] for digest in wanted.keys() - set(session.scalars(made))]


def _left(session: Session, model: str, cuts: Sequence[Cut]) -> list[tuple[Cut, Source]]:
    """What is left of the texts, for the cuts whose text still reads as it did."""
    left: list[tuple[Cut, Source]] = []
    for subject in Subject:
        own = [cut for cut in cuts if cut.subject is subject]
        for thing in load(session, subject, {cut.subject_id for cut in own}) if own else ():
            fingerprint = source_of(thing).fingerprint(model)
            left += [
                (cut, cut.left_of(thing))
                for cut in own
                if cut.subject_id == thing.id and cut.is_of(thing, fingerprint)
            ]
    return left


def _row(
    model: str, cut: Cut, source: Source | None = None, encoded: Encoded | None = None
) -> dict[str, object]:
    return {
        "model": model,
        "digest": cut.digest,
        "subject": cut.subject,
        "subject_id": cut.subject_id,
        "body": encoded.body.tobytes() if encoded else None,
        "titles": encoded.titles.tobytes() if encoded else None,
        "terms": " ".join(source.terms) if source else None,
        "used_on": today(),
    }


def _save(session: Session, row: dict[str, object]) -> None:
    insert = INSERTS[session.connection().dialect.name](Trial).values(row)
    made = {name: insert.excluded[name] for name in ("body", "titles", "terms", "used_on")}
    session.execute(insert.on_conflict_do_update(index_elements=("model", "digest"), set_=made))


def _delete(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(delete(Trial).where(*which).execution_options(synchronize_session=False))
