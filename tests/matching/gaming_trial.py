"""Trying the attacks on jobs with generated people: how many bring somebody among the first ten.

The attacker is somebody of the lower half of a job's candidates. Unprotected means the same parts
and weights on the text as it is written, with every skill counted.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import update

from app.jobs.models import Job
from app.matching import candidates, guard
from app.matching.candidates import Candidates, Values
from app.matching.engine import fairness
from app.matching.engine.rank import FOR_JOB, Score, rank
from app.matching.engine.stems import stem
from app.matching.engine.texts import MOST_SKILLS
from app.matching.models import Embedding
from app.matching.sources import Source, Wording, of_profile
from app.profiles.models import Profile
from tests.matching.demo_site import DemoSite
from tests.matching.gaming import ATTACKS, COPIES, Target, near_duplicates

TOP = 10
SPELLINGS = 3
"""So many of the forty copies differ; the rest repeat them, to be encoded once."""


@dataclass
class Tally:
    """Of so many jobs, how often each attack came among the first ten."""

    jobs: int = 0
    unprotected: Counter[str] = field(default_factory=Counter)
    protected: Counter[str] = field(default_factory=Counter)

    def rates(self) -> Iterator[tuple[str, float, float]]:
        for name in ATTACKS:
            yield name, self.unprotected[name] / self.jobs, self.protected[name] / self.jobs


def tally(site: DemoSite, jobs: Sequence[Job]) -> Tally:
    """Try every attack once on every job."""
    asked = Counter(row.skill.label for job in jobs for row in job.skills)
    every_skill = tuple(label for label, _ in asked.most_common())
    result = Tally()
    for job in jobs:
        trial = _Trial.of(site, job, every_skill)
        result.jobs += 1
        for is_protected, hits in ((False, result.unprotected), (True, result.protected)):
            hits.update(trial.single(is_protected=is_protected))
            hits["near-duplicates"] += trial.copied(is_protected=is_protected)
    return result


def as_written(profile: Profile, said: Wording) -> Source:
    """A profile's text as a ranker without any protection would read it."""
    sections = (said.headline, ", ".join(said.skills), ", ".join(said.past_titles), said.summary)
    body = ". ".join(filter(None, sections))
    terms = stem(re.findall(r"\w+", body.lower()))
    titles = (said.headline, *said.past_titles)
    return Source(profile.id, profile.updated_at, body, titles, tuple(terms))


@dataclass
class _Trial:
    """One job, who is ranked for it, and somebody who does not fit."""

    site: DemoSite
    job: Job
    found: Candidates
    attacker: Profile
    said: Wording
    target: Target

    @classmethod
    def of(cls, site: DemoSite, job: Job, every_skill: tuple[str, ...]) -> "_Trial":
        found = candidates.find(site.session, site.matcher, job)
        order = [score.id for score in found.scores()]
        chosen = random.Random(job.id).choice(order[len(order) // 2 :])
        best, attacker = (
            site.own(site.session.get_one(Profile, key)) for key in (order[0], chosen)
        )
        skills = tuple(row.skill.label for row in job.skills)
        target = Target(job.title, skills, job.description, Wording.of(best), every_skill)
        return cls(site, job, found, attacker, Wording.of(attacker), target)

    def single(self, *, is_protected: bool) -> list[str]:
        """The attacks of one profile that came among the first."""
        tried = {name: attack for name, attack in ATTACKS.items() if attack is not near_duplicates}
        said = [attack(self.said, self.target) for attack in tried.values()]
        worth = self._read(said, is_protected=is_protected)
        found = (self.found.with_one(self.attacker.id, values) for values in worth)
        firsts = (_first(one, is_protected=is_protected) for one in found)
        return [
            name for name, first in zip(tried, firsts, strict=True) if self.attacker.id in first
        ]

    def copied(self, *, is_protected: bool) -> bool:
        """Whether one of forty new accounts, none known to a park, came among the first."""
        order = [score.id for score in self.found.scores()]
        # New accounts have higher ids than the one they copy.
        sham = sorted(key for key in order[len(order) // 2 :] if key > order[0])[-COPIES:]
        said = [near_duplicates(replace(self.said, summary="x" * n), self.target) for n in range(3)]
        worth = self._read(said, is_protected=is_protected)
        found = self.found
        for place, key in enumerate(sham):
            found = found.with_one(key, {**worth[place % SPELLINGS], "trust": 0.0})
        if is_protected:
            found = self._guarded(found, sham, said)
        return not {*sham}.isdisjoint(_first(found, is_protected=is_protected))

    def _guarded(self, found: Candidates, sham: list[int], said: list[Wording]) -> Candidates:
        """As if the texts of the accounts had been read by the worker; nothing of it stays."""
        session = self.site.session
        with session.begin_nested() as trial:
            for place, key in enumerate(sham):
                terms = " ".join(of_profile(self.attacker, said[place % SPELLINGS]).terms)
                row = update(Embedding).where(
                    Embedding.subject == "profile", Embedding.subject_id == key
                )
                session.execute(row.values(terms=terms))
            matcher = self.site.matcher
            found = candidates.guarded(session, matcher, found, ())
            trial.rollback()
        return found

    def _read(self, said: Sequence[Wording], *, is_protected: bool) -> list[Values]:
        compose = of_profile if is_protected else as_written
        found = self.found if is_protected else replace(self.found, wanted=guard.Wanted())
        texts = [compose(self.attacker, one) for one in said]
        worth = candidates.read_anew(self.site.matcher, found, texts)
        return [
            {**self._skills(one, MOST_SKILLS if is_protected else None), **values}
            for one, values in zip(said, worth, strict=True)
        ]

    def _skills(self, said: Wording, most: int | None) -> Values:
        listed = {*said.skills[:most]}
        share = np.mean([label in listed for label in self.target.skills]) if self.job.skills else 0
        return {"skills": float(share)} if self.job.skills else {}


def _first(found: Candidates, *, is_protected: bool) -> list[int]:
    scores: list[Score] = found.scores()
    if not is_protected:
        scores = fairness.lift(rank(found.ids, found.parts, FOR_JOB), found.needs)
    return [score.id for score in scores[:TOP]]
