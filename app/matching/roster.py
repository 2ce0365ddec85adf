"""Those of a job's ranking of whom a team can be made, and which of its skills each covers."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching import candidates, conditions, ranking, shortlist, sources
from app.matching.candidates import Candidates
from app.matching.conditions import Condition
from app.matching.engine.rank import Score
from app.matching.engine.squads import Crowd
from app.matching.engine.texts import tokenise
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.proof import quoted
from app.matching.reasons import Reasons, explain
from app.parks.memberships import Standing, standing_of
from app.profiles.models import Profile, ProfileSkill
from app.taxonomy.skills import names_of

READ = ranking.MOST_PLACES
"""So many of the ranking are read: those whom a client finds on the shortlist too."""
THIN = 5
"""A skill that fewer of those cover is looked up: who lists it may stand further down."""
MOST_LISTING = 50


@dataclass(frozen=True)
class Member:
    """One of the ranking, with what their profile says to the job."""

    place: int
    score: Score
    person: Profile
    reasons: Reasons
    standing: Standing | None

    @cached_property
    def shows(self) -> dict[str, int]:
        """The asked-for skills this person covers, and how well each is shown.

        A point each for listing it, for words that say it, and for being called by it. Another
        listed skill whose name holds it is none: who lists React Native does not list React.
        """
        titles = [row.title for row in self.person.past_titles]
        called = _words(" ".join([self.person.headline, *titles]))
        points = Counter(self.reasons.listed)
        for quote in quoted(self.reasons):
            said = _words(quote.words)
            points[quote.skill] += 2 if said and said <= called else 1
        return dict(points)


@dataclass(frozen=True)
class Roster:
    """Those who were read, in the order of the ranking."""

    job: Job
    found: Candidates
    members: tuple[Member, ...]

    @property
    def labels(self) -> list[str]:
        """The skills the job asks for, in its order."""
        return [row.skill.label for row in self.job.skills]

    def labels_of(self, skills: Iterable[int]) -> tuple[str, ...]:
        """The names of these columns of the crowd."""
        return tuple(self.labels[skill] for skill in skills)

    def crowd(self) -> Crowd:
        """The same as numbers, a row each; the skills are columns in the job's order."""
        members, labels = self.members, self.labels
        parks = [one.standing.park if one.standing else None for one in members]
        cities = ["", *sorted({park.city for park in parks if park})]
        shown = [member.shows for member in members]
        shows = [[one.get(label, 0) for label in labels] for one in shown]
        return Crowd(
            ids=np.array([one.person.id for one in members], np.int64),
            shows=np.array(shows, np.int64).reshape(len(members), len(labels)),
            fit=np.array([one.score.total for one in members], np.float64),
            parks=np.array([park.id if park else 0 for park in parks], np.int64),
            cities=np.array([cities.index(park.city if park else "") for park in parks], np.int64),
        )


def read(session: Session, matcher: Matcher, job: Job, relax: Collection[Condition]) -> Roster:
    """Read the first of a job's ranking, and whoever lists a skill that few of them cover.

    The job's skills and languages must be loaded. All who are read fulfil its conditions.
    """
    found = candidates.find(session, matcher, job, relax=relax)
    roster = _of(session, job, found, {}, ())
    rare = [
        row.skill_id
        for row in job.skills
        if sum(row.skill.label in member.shows for member in roster.members) < THIN
    ]
    known = {member.person.id: member for member in roster.members}
    also = _listing(session, rare) - known.keys()
    if not also:
        return roster
    found = candidates.find(session, matcher, job, relax=relax, also=tuple(sorted(also)))
    return _of(session, job, found, known, also)


def _of(
    session: Session,
    job: Job,
    found: Candidates,
    known: Mapping[int, Member],
    also: Collection[int],
) -> Roster:
    """The first of a ranking and those of `also` in it; whoever is `known` is not read again."""
    ranked = list(enumerate(found.scores(), 1))
    looked_at = [(place, score) for place, score in ranked if place <= READ or score.id in also]
    ids = [score.id for _, score in looked_at]
    true = conditions.still_true(session, found.asked, ids)
    wanted = [(place, score) for place, score in looked_at if score.id in true]
    unread = [score.id for _, score in wanted if score.id not in known]
    names = names_of(session, [row.skill_id for row in job.skills])
    said = {one.person.id: (one.person, one.reasons) for one in known.values()}
    for profile_id, person in shortlist.people(session, unread).items():
        said[profile_id] = (person, explain(person, job, names))
    standings = standing_of(session, [person.user_id for person, _ in said.values()])
    members = [
        Member(place, score, *said[score.id], standings.get(said[score.id][0].user_id))
        for place, score in wanted
    ]
    return Roster(job, found, tuple(members))


def _listing(session: Session, skill_ids: Iterable[int]) -> set[int]:
    """The profiles that list these skills; for each those first whose strength it is."""
    listing: set[int] = set()
    for skill_id in skill_ids:
        rows = (
            select(ProfileSkill.profile_id)
            .where(
                ProfileSkill.skill_id == skill_id,
                ProfileSkill.profile_id.in_(sources.searched(Subject.PROFILE)),
            )
            .order_by(ProfileSkill.position, ProfileSkill.profile_id)
            .limit(MOST_LISTING)
        )
        listing.update(session.scalars(rows))
    return listing


def _words(text: str) -> set[str]:
    return set(tokenise(text))
