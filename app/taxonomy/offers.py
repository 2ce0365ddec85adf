"""The skills a person is asked to confirm after a text of theirs was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.taxonomy.models import Skill
from app.taxonomy.names import name_key
from app.taxonomy.reading import Found

MOST_MEANT = 8


@dataclass(frozen=True)
class Offered:
    """A skill with the words it was read from, which name it, or else only seem to mean it."""

    skill: Skill
    words: str
    is_named: bool


def offered(
    session: Session, found: Sequence[Found], meant: Iterable[tuple[str, str]]
) -> tuple[Offered, ...]:
    """Return what a text names, then what it may mean: keys of skills, each with the words.

    Left out of the latter is what is named anyway, and what was read from nothing but names.
    """
    named = {one.skill.key for one in found}
    covered = {word for one in found for word in name_key(one.words).split()}
    new = {
        key: words
        for key, words in meant
        if key not in named and not covered.issuperset(name_key(words).split())
    }
    rows = session.scalars(select(Skill).where(Skill.key.in_(new)))
    known = {skill.key: skill for skill in rows}
    further = [Offered(known[key], words, False) for key, words in new.items() if key in known]
    return (*(Offered(one.skill, one.words, True) for one in found), *further[:MOST_MEANT])
