"""Fill a seeded site with encoded texts without encoding a million: python -m bench.filling

The first people and all jobs are encoded as the worker does. Each further profile takes the
titles and the words of one of the first who lists a skill like it, and a vector near that one's,
as far off as two people of one trade are; its facts are its own. What a page then quotes need
not be what brought the points: the site is for measuring time, not worth.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.clock import now
from app.factory import create_app
from app.matching import facts, refresh
from app.matching.models import Embedding, Subject
from app.matching.sources import searched
from app.profiles.models import Profile
from app.web.database import db

FIRST = 4000
BATCH = 1000
COSINE = 0.85
"""Between two profiles of one trade: the median of the nearest neighbours among real ones."""


def main() -> None:
    """Encode the first, then fill the rest, saying how far it is."""
    app = create_app()
    with app.app_context():
        encoder = app.extensions["hunar"].matcher.encoder
        with Session(db.engine) as session:
            profiles = list(session.scalars(searched(Subject.PROFILE).order_by("id")))
            jobs = list(session.scalars(searched(Subject.JOB).order_by("id")))
            done = {subject: _done(session, subject) for subject in Subject}
        for subject, ids in ((Subject.JOB, jobs[:FIRST]), (Subject.PROFILE, profiles[:FIRST])):
            for batch in _batches([one for one in ids if one not in done[subject]]):
                refresh.embed(db.engine, encoder, subject, batch, threads=2)
        left = [one for one in profiles[FIRST:] if one not in done[Subject.PROFILE]]
        with Session(db.engine, expire_on_commit=False) as session:
            first = session.scalars(
                select(Embedding).where(Embedding.subject == Subject.PROFILE).limit(FIRST)
            ).all()
            luck = np.random.default_rng(7)
            for number, batch in enumerate(_batches(left), 1):
                session.execute(insert(Embedding), _rows(session, first, batch, luck))
                session.commit()
                print(f"\r{number * BATCH:,} of {len(left):,}", end="", file=sys.stderr)


def _done(session: Session, subject: Subject) -> set[int]:
    return set(session.scalars(select(Embedding.subject_id).where(Embedding.subject == subject)))


def _rows(
    session: Session,
    first: Sequence[Embedding],
    ids: Sequence[int],
    luck: np.random.Generator,
) -> list[dict]:
    given = facts.read(session, Subject.PROFILE, ids)
    # Else the worker would encode them all.
    times = select(Profile.id, Profile.updated_at).where(Profile.id.in_(ids))
    saved = dict(session.execute(times).all())
    rows = []
    for one in sorted(given):
        like = first[int(luck.integers(len(first)))]
        rows.append(
            {
                "subject": Subject.PROFILE,
                "subject_id": one,
                "model": like.model,
                "fingerprint": f"{one:064x}",
                "body": _near(np.frombuffer(like.body, np.float32), luck).tobytes(),
                "titles": like.titles,
                # In another order: the same one is taken for a copy of the profile.
                "terms": " ".join(luck.permutation(like.terms.split())),
                "facts": given[one].written(),
                "version": 1,
                "source_updated_at": saved[one],
                # Long ago: what is new would be looked for beside the index.
                "updated_at": now() - timedelta(hours=1),
            }
        )
    return rows


def _near(vector: np.ndarray, luck: np.random.Generator) -> np.ndarray:
    noise = luck.standard_normal(len(vector)).astype(np.float32)
    noise -= vector * (noise @ vector)
    noise /= np.linalg.norm(noise)
    return (COSINE * vector + np.sqrt(1 - COSINE**2) * noise).astype(np.float32)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


if __name__ == "__main__":
    main()
