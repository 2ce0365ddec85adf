"""Generated people and jobs in the database of one test, and the answers the site gives them."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.demo import seeding
from app.jobs.models import Job, JobStatus
from app.matching import feed, refresh, shortlist, trials
from app.matching.encoder import TextEncoder, Vectors
from app.matching.matcher import Matcher
from app.profiles import service as profiles
from app.profiles.models import Profile
from tests.conftest import MORNING


class Remembering:
    """An encoder that encodes a text once; the same text always has the same vector."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], Vectors] = {}
        self.name, self.dimension = encoder.name, encoder.dimension

    def encode(self, texts) -> Vectors:
        return self._each(self._encoder.encode, "text", texts)

    def encode_titles(self, titles) -> Vectors:
        return self._each(self._encoder.encode_titles, "title", titles)

    def _each(self, encode, kind: str, texts) -> Vectors:
        for text in texts:
            if (kind, text) not in self._known:
                self._known[kind, text] = encode([text])
        return np.concatenate([encode([]), *(self._known[kind, text] for text in texts)])


@dataclass
class DemoSite:
    """Generated people and jobs, with the text model the site would use."""

    session: Session
    connection: Connection
    matcher: Matcher

    def fill(self, people: int, jobs: int, *, seed: int = 7) -> None:
        """Write so many freelancers and jobs; nothing has happened between them."""
        plan = seeding.Plan(people, jobs, seed, MORNING, "not a hash", first=0)
        for _ in seeding.seed(self.connection, plan):
            pass
        self.session.expire_all()

    def encode(self) -> int:
        """Encode what has changed; return how many texts that were."""
        self.session.commit()
        count = refresh.refresh_all(self.connection, self.matcher.encoder)
        self.session.expire_all()
        return count

    def prove(self, due: trials.Due) -> int:
        """Encode what the reasons of a page need; return how many texts that were."""
        return trials.make(self.connection, self.matcher.encoder, due.cuts)

    def profiles(self) -> list[Profile]:
        return list(self.session.scalars(select(Profile).order_by(Profile.id)))

    def open_jobs(self, most: int) -> list[Job]:
        """The first open jobs, with what their pages load."""
        query = select(Job).where(Job.status == JobStatus.OPEN).order_by(Job.id).limit(most)
        return list(self.session.scalars(query.options(*feed.LOADED)))

    def places(self, job: Job, *, pages: int = 10) -> list[tuple[int, float]]:
        """Who stands in which place for a job, with the points, down to the last page."""
        found: list[tuple[int, float]] = []
        for page in range(1, pages + 1):
            answer = shortlist.for_job(self.session, self.matcher, job, page=page)
            found += [(match.profile.id, match.score.total) for match in answer.matches]
            if not answer.has_more:
                break
        return found

    def own(self, profile: Profile) -> Profile:
        """A profile as its owner's pages load it."""
        return profiles.of_user(self.session, self.session.get_one(User, profile.user_id))
