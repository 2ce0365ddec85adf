"""What a profile gains by other people's words: nothing of what it copies from a job or a profile.

The texts of those who stand first are looked at, as the worker has read them.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import StrEnum

import numpy as np
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching.engine import texts
from app.matching.engine.originality import Copied, Wanted, without_copied
from app.matching.holding import PARTS, Numbers
from app.matching.models import Embedding, Subject
from app.matching.sources import Source
from app.texts import message

LOOKED_AT = 60
"""Twice as many as are put in order by fairness."""
MOST_LOOKS = 8
"""Who steps up for those behind whom copies stood is looked at too, so often."""
LEAST = 0.5
"""By how many deviations other words must stand out before a copied title counts at all."""
ROUNDING = 1e-3

_TERMS = select(Embedding.subject_id, Embedding.terms).where(
    Embedding.subject == Subject.PROFILE,
    Embedding.model == bindparam("model"),
    Embedding.subject_id.in_(bindparam("ids", expanding=True)),
)


class Note(StrEnum):
    """Why not every word of a profile counts."""

    COPIED = "copied"
    NEAR_COPY = "near_copy"


_SENTENCES = {
    None: "",
    Note.COPIED: message("Words that also stand in the job are not counted in full."),
    Note.NEAR_COPY: message("Nearly the same text as another profile: no points."),
}


def sentence(note: Note | None) -> str:
    """What a note says (a message id); nothing for none."""
    return _SENTENCES[note]


def wanted_of(job: Job) -> Wanted:
    """The runs of a job's words that may be copied."""
    title = texts.compose_job(job.title, (), "")[2]
    return Wanted.of(title, texts.compose_job("", (), job.description)[2])


def terms_of(session: Session, model: str, ids: Collection[int]) -> dict[int, list[str]]:
    """The terms of profiles in the order of their texts, as they were encoded."""
    rows = session.execute(_TERMS, {"model": model, "ids": ids})
    return {key: terms.split() for key, terms in rows}


def least_worth(parts: Mapping[str, Numbers]) -> dict[str, float]:
    """What a text is worth that is rather the job's: as little as any of the candidates."""
    return {part: float(np.min(column)) for part, column in parts.items() if part != "trust"}


def own_worth(
    whole: Mapping[str, float],
    own: Mapping[str, float],
    told: Copied,
    parts: Mapping[str, Numbers],
) -> dict[str, float]:
    """What a text is worth by each part, `own` being what its other words are worth.

    Who pastes some of a description is worth what the other words are. The title of a job may be
    what somebody is, so it counts the more, the more the other words stand out among the
    candidates', whose values are `parts`, and in full from `LEAST` and one deviations on.
    """
    meanings = parts["meaning"]
    spread = float(np.std(meanings))
    stands_out = (own["meaning"] - float(np.mean(meanings))) / spread if spread else 0.0
    share = 0.0 if told.is_much else min(max(stands_out - LEAST, 0.0), 1.0)
    return {part: own[part] + share * (whole[part] - own[part]) for part in PARTS}


def own_words(text: Source, wanted: Wanted) -> Source:
    """A text without what it copies."""
    body, titles, terms = without_copied(text.composed, wanted)
    return replace(text, body=body, titles=titles, terms=terms)


def differs(values: Mapping[str, float], before: Mapping[str, float]) -> bool:
    """Whether a text is worth something else than before, beyond the rounding of the model."""
    return any(abs(value - before[part]) > ROUNDING for part, value in values.items())
