"""Keeping the encoded texts and their facts up to date, encoding outside any transaction.

Stale is what a comparison finds, never a flag: a crash between two steps leaves nothing to mend.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from app.clock import now
from app.db import transaction
from app.matching import facts
from app.matching.encoder import TextEncoder
from app.matching.encoding import Encoded, encode_all
from app.matching.models import Embedding, Subject
from app.matching.sources import THINGS, Source, read, searched
from app.profiles.models import Profile

BATCH = 64
AT_ONCE = 1000
KEPT_BESIDE = timedelta(days=1)
INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Bind = Engine | Connection
Progress = Callable[[int, int], None]


def reading(bind: Bind) -> Session:
    """A session to look with; on a test's connection it stays inside that one's transaction."""
    return Session(bind, join_transaction_mode="create_savepoint")


def stale(session: Session, model: str, *, limit: int = BATCH) -> list[tuple[Subject, int]]:
    """What may be found and was never encoded by `model`, or has changed since; at most `limit`."""
    found: list[tuple[Subject, int]] = []
    for subject in Subject:
        ids = session.scalars(_stale(subject, model).limit(limit - len(found)))
        found += [(subject, subject_id) for subject_id in ids]
    return found


def count_stale(session: Session, model: str) -> int:
    """How many texts wait to be encoded by `model`."""
    counts = (select(func.count()).select_from(_stale(s, model).subquery()) for s in Subject)
    return sum(session.scalar(count) or 0 for count in counts)


def embed_person(bind: Bind, encoder: TextEncoder, user_id: int) -> None:
    """Bring the profile of a person up to date, of whom something else was said than in it."""
    with reading(bind) as session:
        ids = session.scalars(select(Profile.id).where(Profile.user_id == user_id)).all()
    embed(bind, encoder, Subject.PROFILE, ids)


def embed_one(bind: Bind, encoder: TextEncoder, subject: Subject, subject_id: int) -> None:
    """Bring one profile's or job's encoded text up to date, or remove it if it is not searched."""
    embed(bind, encoder, subject, [subject_id])


def sweep(bind: Bind, encoder: TextEncoder, *, limit: int = BATCH) -> int:
    """Encode what a crash or an import left behind and forget what is gone; return how many."""
    remove_gone(bind)
    with reading(bind) as session:
        found = stale(session, encoder.name, limit=limit)
    for subject in Subject:
        if ids := [subject_id for kind, subject_id in found if kind is subject]:
            embed(bind, encoder, subject, ids)
    return len(found)


def refresh_all(
    bind: Bind, encoder: TextEncoder, *, progress: Progress | None = None, threads: int = 1
) -> int:
    """Compare every text with what was encoded of it and encode the differences; return how many.

    Slower than a sweep and sees more: also what changed without a date, such as a person's name.
    """
    remove_gone(bind)
    with reading(bind) as session:
        ids = {subject: session.scalars(searched(subject)).all() for subject in Subject}
    total = sum(map(len, ids.values()))
    seen = encoded = 0
    for subject in Subject:
        ascending = sorted(ids[subject])
        for start in range(0, len(ascending), BATCH):
            batch = ascending[start : start + BATCH]
            encoded += embed(bind, encoder, subject, batch, threads=threads)
            seen += len(batch)
            if progress:
                progress(seen, total)
    return encoded


def remove_gone(bind: Bind) -> int:
    """Remove the encoded texts of what is deleted or no longer to be found; return how many."""
    removed = 0
    for subject in Subject:
        gone = and_(Embedding.facts != "", Embedding.subject_id.not_in(searched(subject)))
        with reading(bind) as session:
            rows = select(Embedding.subject_id).where(Embedding.subject == subject, gone)
            ids = session.scalars(rows.limit(BATCH)).all()
        if ids:  # looked for without the write lock, which is everyone's
            with transaction(bind) as session:
                _remove(session, subject, ids)
        removed += len(ids)
    return removed


def forget_models(bind: Bind, but: str) -> int:
    """Delete some of what other models encoded and no page asks for any more; return how many.

    For a day it stays: until then the model before may be set again without encoding anew.
    """
    removed = 0
    for subject in Subject:
        others = (
            Embedding.subject == subject,
            or_(Embedding.model < but, Embedding.model > but),  # an index can find these
            Embedding.updated_at < now() - KEPT_BESIDE,
        )
        with reading(bind) as session:
            rows = select(Embedding.subject_id).where(*others).limit(AT_ONCE)
            ids = session.scalars(rows).all()
        if ids:
            with transaction(bind) as session:
                session.execute(
                    delete(Embedding)
                    .where(*others, Embedding.subject_id.in_(ids))
                    .execution_options(synchronize_session=False)
                )
        removed += len(ids)
    return removed


def embed(
    bind: Bind,
    encoder: TextEncoder,
    subject: Subject,
    ids: Collection[int],
    *,
    threads: int = 1,
) -> int:
    """Read, encode and save the texts of `ids` and their facts; return how many had changed.

    The encoding is in no transaction, and each save in a short one. Who reads an older text
    and saves it last leaves it stale, and the next sweep finds it.
    """
    with reading(bind) as session:
        given = facts.read(session, subject, ids)
        sources = [source for source in read(session, subject, ids) if source.id in given]
        known = _known(session, subject, encoder.name, ids)
    named = [(source, source.fingerprint(encoder.name)) for source in sources]
    changed = [(source, name) for source, name in named if known.get(source.id) != name]
    texts = encode_all(encoder, [source.composed for source, _ in changed], threads=threads)
    unchanged = [source for source, name in named if known.get(source.id) == name]
    with transaction(bind) as session:
        for (source, name), encoded in zip(changed, texts, strict=True):
            row = _row(subject, encoder.name, source, name, encoded)
            _save(session, {**row, "facts": given[source.id].written()})
        for source in unchanged:
            _keep_facts(session, subject, encoder.name, source, given[source.id].written())
        if gone := set(ids) - {source.id for source in sources}:
            _remove(session, subject, gone)
    return len(changed)


def _known(session: Session, subject: Subject, model: str, ids: Collection[int]) -> dict[int, str]:
    rows = select(Embedding.subject_id, Embedding.fingerprint).where(
        Embedding.subject == subject, Embedding.model == model, Embedding.subject_id.in_(ids)
    )
    return dict(session.execute(rows).all())


def _stale(subject: Subject, model: str) -> Any:
    thing = THINGS[subject]
    encoded = and_(
        Embedding.subject == subject, Embedding.subject_id == thing.id, Embedding.model == model
    )
    never, since = Embedding.subject_id.is_(None), Embedding.source_updated_at != thing.updated_at
    query = searched(subject).outerjoin(Embedding, encoded)
    return query.where(or_(never, since, Embedding.facts == "")).order_by(thing.id)


def _row(
    subject: Subject, model: str, source: Source, fingerprint: str, encoded: Encoded
) -> dict[str, Any]:
    return {
        "subject": subject,
        "subject_id": source.id,
        "model": model,
        "fingerprint": fingerprint,
        "body": encoded.body.tobytes(),
        "titles": encoded.titles.tobytes(),
        "terms": " ".join(source.terms),
        "source_updated_at": source.updated_at,
        "updated_at": now(),
    }


def _save(session: Session, row: dict[str, Any]) -> None:
    insert = INSERTS[session.connection().dialect.name](Embedding).values(row)
    key = ("subject", "subject_id", "model")
    session.execute(
        insert.on_conflict_do_update(
            index_elements=key,
            set_={
                "version": Embedding.version + 1,
                **{name: insert.excluded[name] for name in row if name not in key},
            },
        )
    )


def _keep_facts(
    session: Session, subject: Subject, model: str, source: Source, written: str
) -> None:
    """Keep the vectors of a text that was saved as it was; only other facts are news."""
    row = (
        Embedding.subject == subject,
        Embedding.subject_id == source.id,
        Embedding.model == model,
    )
    session.execute(
        update(Embedding)
        .where(*row, Embedding.source_updated_at != source.updated_at)
        .values(source_updated_at=source.updated_at)
    )
    session.execute(
        update(Embedding)
        .where(*row, Embedding.facts != written)
        .values(facts=written, version=Embedding.version + 1, updated_at=now())
    )


def _remove(session: Session, subject: Subject, ids: Collection[int]) -> None:
    """Take out what is no longer to be found; the empty row tells every process of it."""
    session.execute(
        update(Embedding)
        .where(Embedding.subject == subject, Embedding.subject_id.in_(ids), Embedding.facts != "")
        .values(
            facts="",
            fingerprint="",
            body=b"",
            titles=b"",
            terms="",
            version=Embedding.version + 1,
            updated_at=now(),
        )
    )
