"""What is looked for: a job's or a profile's text as vectors, encoded on the spot if need be."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.matching.encoder import TextEncoder
from app.matching.encoding import Known, query_of
from app.matching.holding import Query
from app.matching.models import Embedding, Subject
from app.matching.sources import Source
from app.profiles.models import Profile


def query_for(session: Session, encoder: TextEncoder, subject: Subject, source: Source) -> Query:
    """Return the vectors kept for `source` if they are of this very text, else new ones.

    New ones are not kept: the worker is about to, and a page that is only looked at saves nothing.
    """
    known = known_of(session, encoder, subject, [source])
    return query_of(encoder, source.composed, known)


def known_of(
    session: Session, encoder: TextEncoder, subject: Subject, texts: Sequence[Source]
) -> Known:
    """The vectors kept for those of `texts` that still read as they did."""
    rows = session.execute(
        select(Embedding.subject_id, Embedding.fingerprint, Embedding.body, Embedding.titles).where(
            Embedding.subject == subject,
            Embedding.model == encoder.name,
            Embedding.subject_id.in_([text.id for text in texts]),
        )
    )
    kept = {row.subject_id: row for row in rows}
    known = Known()
    for text in texts:
        row = kept.get(text.id)
        if row and row.fingerprint == text.fingerprint(encoder.name):
            vectors = np.frombuffer(row.titles, np.float32).reshape(-1, encoder.dimension)
            known.bodies[text.body] = np.frombuffer(row.body, np.float32)
            known.titles.update(zip(text.titles, vectors, strict=True))
    return known


def fingerprints_of(session: Session, encoder: TextEncoder, ids: Sequence[int]) -> dict[int, str]:
    """The fingerprints of those profiles' texts that were not saved since they were encoded."""
    rows = session.execute(
        select(Embedding.subject_id, Embedding.fingerprint)
        .join(Profile, Profile.id == Embedding.subject_id)
        .where(
            Embedding.subject == Subject.PROFILE,
            Embedding.model == encoder.name,
            Embedding.subject_id.in_(ids),
            Embedding.source_updated_at == Profile.updated_at,
        )
    )
    return dict(rows.all())
