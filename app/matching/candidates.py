"""Who is ranked for a job and by what: the candidates, and one of them in other words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching import conditions, exposure, guard, own_words, queries, ranking, sources
from app.matching.columns import FactColumns
from app.matching.conditions import Asked, Condition
from app.matching.engine import fairness, originality
from app.matching.engine.order import Ids
from app.matching.engine.originality import Originals, Wanted
from app.matching.engine.outliers import Bound, held_in
from app.matching.engine.rank import FOR_JOB, Scale, Score, rank, scale_of
from app.matching.guard import Note
from app.matching.holding import PARTS, Numbers, Query
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.own_words import Read
from app.matching.rows import Rows
from app.matching.sources import Source
from app.matching.trials import Record
from app.matching.view import Eligible, View

Values = dict[str, float]
"""What one candidate is worth by each part, in the part's own unit."""


@dataclass(frozen=True)
class Candidates:
    """Who is ranked for a job, by ascending id, and what each is worth by each part."""

    asked: Asked
    view: View
    eligible: Eligible
    query: Query
    ids: Ids
    parts: Mapping[str, Numbers]
    facts: FactColumns
    needs: Mapping[int, float]
    """How much those who are seen too little should be lifted."""
    wanted: Wanted = field(default_factory=Wanted)
    """The job's own words, which count for nobody who copies them."""
    notes: Mapping[int, Note] = field(default_factory=dict)
    """Of whom not every word counts, and why."""

    def scores(self, most: int | None = None) -> list[Score]:
        """The order that is shown, the best first; `most` keeps the first so many."""
        ranked = self._ranked(None if most is None else max(most, fairness.TOP))
        return (fairness.lift(ranked, self.needs) + self._last())[:most]

    def plain_scores(self, most: int | None = None) -> list[Score]:
        """The order by fit alone."""
        return (self._ranked(most) + self._last())[:most]

    def with_one(self, profile_id: int, parts: Mapping[str, float]) -> Self:
        """The same, but that one of them is worth something else by `parts`."""
        place = int(np.searchsorted(self.ids, profile_id))
        changed = dict(self.parts)
        for name, value in parts.items():
            changed[name] = np.array(changed[name], np.float64)
            changed[name][place] = value
        return replace(self, parts=changed)

    def values_of(self, profile_id: int) -> Values:
        """What one of them is worth by each part."""
        place = int(np.searchsorted(self.ids, profile_id))
        return {name: float(column[place]) for name, column in self.parts.items()}

    def scale(self) -> Scale:
        """What they are measured by, to be held still."""
        return scale_of(self._held, FOR_JOB)

    def bounded(self, part: str, column: Numbers) -> Numbers:
        """Values of a part as they count here: none carries anybody too far."""
        return Bound.of(self.parts[part]).draw_in(column)

    def _ranked(self, most: int | None) -> list[Score]:
        if most is not None and most <= ranking.MOST_PLACES:
            return self._first[:most]
        return self._rank(most)

    @cached_property
    def _first(self) -> list[Score]:
        # Asked for twice: to look at those who stand first, and then for the page.
        return self._rank(ranking.MOST_PLACES)

    def _rank(self, most: int | None) -> list[Score]:
        kept = np.isin(self.ids, self._copies(), invert=True)
        parts = {name: column[kept] for name, column in self._held.items()}
        return rank(self.ids[kept], parts, FOR_JOB, most)

    def _last(self) -> list[Score]:
        """Near-copies of other profiles, without points, behind everybody else."""
        return [Score(key, 0.0, dict.fromkeys(sorted(self.parts), 0.0)) for key in self._copies()]

    def _copies(self) -> list[int]:
        return sorted(key for key, note in self.notes.items() if note is Note.NEAR_COPY)

    @cached_property
    def _held(self) -> dict[str, Numbers]:
        return {name: held_in(column) for name, column in self.parts.items()}


def find(
    session: Session,
    matcher: Matcher,
    job: Job,
    *,
    relax: Collection[Condition] = (),
    also: tuple[int, ...] = (),
) -> Candidates:
    """Find who may be ranked for a job, and those of `also` who fulfil its conditions.

    The job's skills and languages must be loaded. `relax` sets weak conditions aside.
    """
    encoder = matcher.encoder
    view = matcher.profiles.view(session, encoder)
    asked = conditions.for_job(job, relax)
    eligible = view.sort_out(asked)
    query = queries.query_for(session, encoder, Subject.JOB, sources.of_job(job))
    found = view.find(query, eligible, also=also)
    parts = {**found.parts, "trust": ranking.trust(found.facts)}
    if job.skills:
        listed = [row.skill_id for row in job.skills]
        parts["skills"] = ranking.skills_shared(listed, found.facts)
    needs = exposure.needs_of(session, found.facts, view.park_sizes)
    every = Candidates(asked, view, eligible, query, found.ids, parts, found.facts, needs)
    return guarded(session, matcher, replace(every, wanted=guard.wanted_of(job)), also)


def read_anew(matcher: Matcher, found: Candidates, texts: Sequence[Source]) -> list[Values]:
    """What each of `texts` is worth by the parts that read texts. The model runs.

    What is copied from the job counts as `guard` says.
    """
    return _worth(matcher, found, own_words.read(matcher.encoder, found.wanted, texts))


def _worth(matcher: Matcher, found: Candidates, read: Sequence[Read]) -> list[Values]:
    records = [record for one in read for record in (one.whole, one.own) if record]
    values = iter(_scored(matcher, found, records))
    worth = []
    for one in read:
        if one.whole is None:
            worth.append(guard.least_worth(found.parts))
        elif one.own is None:
            worth.append(next(values))
        else:
            worth.append(guard.own_worth(next(values), next(values), one.told, found.parts))
    return worth


def _scored(matcher: Matcher, found: Candidates, records: Sequence[Record]) -> list[Values]:
    if not records:
        return []
    numbered = ((place, *record) for place, record in enumerate(records))
    columns = found.view.score(found.query, Rows.of(numbered, matcher.encoder.dimension))
    return [{part: float(columns[part][n]) for part in PARTS} for n in range(len(records))]


def guarded(
    session: Session, matcher: Matcher, found: Candidates, also: Sequence[int]
) -> Candidates:
    """The same, where copied words bring nothing to `also` and to all who come to stand first."""
    trust = dict(zip(found.ids.tolist(), found.parts["trust"].tolist(), strict=True))
    originals, seen = Originals(), set[int]()
    new = [key for key in also if key in trust]
    for look in range(guard.MOST_LOOKS):
        first = [score.id for score in found.plain_scores(guard.LOOKED_AT)]
        new += [one for one in first if one not in {*seen, *new}]
        if not new:
            break
        seen.update(new)
        terms = guard.terms_of(session, matcher.encoder.name, new)
        if not look:
            found = replace(found, wanted=found.wanted.without_common(terms.values()))
        copying = [key for key in terms if originality.copied(terms[key], found.wanted).is_any]
        found = _by_own_words(session, matcher, found, copying)
        # Of two alike whom a park has seen is the original, then the older profile.
        for key in terms:
            originals.add(key, terms[key], -trust[key])
        copies = dict.fromkeys(originals.copies, Note.NEAR_COPY)
        if not copying and copies.keys() <= found.notes.keys():
            break  # nobody steps up
        found, new = replace(found, notes={**found.notes, **copies}), []
    return found


def _by_own_words(
    session: Session, matcher: Matcher, found: Candidates, copying: Sequence[int]
) -> Candidates:
    if not copying:
        return found
    read = _read(session, matcher, found.wanted, copying)
    notes = dict(found.notes)
    for key, values in zip(read, _worth(matcher, found, [*read.values()]), strict=True):
        if guard.differs(values, found.values_of(key)):
            found = found.with_one(key, values)
            notes[key] = Note.COPIED
    return replace(found, notes=notes)


def _read(
    session: Session, matcher: Matcher, wanted: Wanted, copying: Sequence[int]
) -> dict[int, Read]:
    """What these say beside what they copy, by ascending id; what is at hand is not made anew."""
    encoder, kept = matcher.encoder, matcher.own_words
    current = queries.fingerprints_of(session, encoder, copying)
    keys = {key: (name, wanted.digest) for key, name in current.items()}
    read = {key: one for key, name in keys.items() if (one := kept.find(name))}
    left = [key for key in copying if key not in read]
    people = sources.load(session, Subject.PROFILE, left) if left else []
    texts = [sources.source_of(one) for one in people]
    known = queries.known_of(session, encoder, Subject.PROFILE, texts) if texts else None
    fresh = own_words.read(encoder, wanted, texts, known)
    for text, one in zip(texts, fresh, strict=True):
        read[text.id] = one
        if current.get(text.id) == text.fingerprint(encoder.name):
            kept.keep(keys[text.id], one)
    return dict(sorted(read.items()))
