"""Filling an empty database with demo data: first a whole small site, then any number of people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import transaction
from app.demo import cast, freelancers, jobs, parks, rows, sources
from app.demo.dice import Dice
from app.demo.freelancers import Freelancer
from app.demo.jobs import Post
from app.demo.people import Client
from app.demo.rows import Known
from app.demo.sources import Sources
from app.demo.story import Hand, Offer, Story, tell
from app.errors import Conflict
from app.permissions import Role
from app.taxonomy import occupations, skills

# Large enough to be fast, small enough that a million people pass through little memory.
BATCH = 1000
FIRST = 2000


@dataclass(frozen=True)
class Plan:
    """How much to write; the same plan at the same moment writes the same rows."""

    freelancers: int
    jobs: int
    seed: int
    moment: datetime
    password_hash: str
    first: int = FIRST
    """So many people, and at most so many jobs, are written together with what happened."""


def seed(engine: Engine | Connection, plan: Plan) -> Iterator[int]:
    """Write demo data; yields how many freelancers and jobs each step has added.

    All a visitor needs (the parks, the sign-ins, the first people and jobs, what happened between
    them) is one transaction. Raises `Conflict` where there are people already.
    """
    with transaction(engine) as session:
        refuse_people(session)
        skills.load(session, occupations.read())
    maker = Maker(sources.read(), plan)
    with transaction(engine) as session:
        refuse_people(session)
        known = maker.begin(session)
        yield from maker.first(session, known)
    yield from maker.rest(engine, known)


def refuse_people(session: Session) -> None:
    """Raise `Conflict` where anybody has a login."""
    if session.scalar(select(User.id).limit(1)) is not None:
        raise Conflict("There are people in this database already; it is left as it is.")


class Maker:
    """Makes people and jobs by their numbers and writes them in batches."""

    def __init__(self, given: Sources, plan: Plan) -> None:
        self.sources = given
        self.plan = plan
        self.clients = jobs.clients(given, plan.seed, plan.jobs)
        self.parts = cast.parts(given, self.clients)
        self._client_ids: dict[str, int] = {}

    def begin(self, session: Session) -> Known:
        """Write the parks with their managers, the operator and everybody who hires."""
        plan = self.plan
        placed = parks.add(session, self.sources, plan.seed, plan.moment, plan.password_hash)
        known = Known(plan.password_hash, rows.skill_ids(session), placed)
        since = plan.moment - timedelta(days=500)
        operator = cast.person(self.sources, Role.OPERATOR)
        rows.add(session, User, [rows.user(operator, Role.OPERATOR, since, plan.password_hash)])
        self._add_clients(session, [cast.client(self.sources), *self.clients])
        return known

    def first(self, session: Session, known: Known) -> Iterator[int]:
        """Write the first people and jobs, and tell what happened between them."""
        hands: list[Hand] = []
        for numbers in _batches(1, min(self.plan.freelancers, self.plan.first)):
            people = [self._freelancer(number) for number in numbers]
            ids = rows.add_freelancers(session, people, known)
            hands += map(Hand, numbers, ids, people)
            yield len(ids)
        offers: list[Offer] = []
        for numbers in _batches(1, min(self.plan.jobs, self.plan.first)):
            posts = [self._job(number) for number in numbers]
            ids = rows.add_jobs(session, posts, self._client_ids, known)
            owners = [self._client_ids[post.client.person.email] for post in posts]
            offers += map(Offer, numbers, ids, posts, owners)
            yield len(ids)
        story = Story(session, self.sources, self.plan.seed, self.plan.moment)
        tell(story, hands, offers)

    def rest(self, engine: Engine | Connection, known: Known) -> Iterator[int]:
        """Write everybody else, each batch for itself."""
        for numbers in _batches(self.plan.first + 1, self.plan.freelancers):
            people = [self._freelancer(number) for number in numbers]
            with transaction(engine) as session:
                rows.add_freelancers(session, people, known)
            yield len(people)
        for numbers in _batches(self.plan.first + 1, self.plan.jobs):
            posts = [self._job(number) for number in numbers]
            with transaction(engine) as session:
                rows.add_jobs(session, posts, self._client_ids, known)
            yield len(posts)

    def _freelancer(self, number: int) -> Freelancer:
        plan = self.plan
        if number == cast.DEMO_FREELANCER:
            return cast.demo_freelancer(self.sources, plan.moment)
        return freelancers.make(
            self.sources, plan.seed, number, plan.moment, cast.FREELANCERS.get(number)
        )

    def _job(self, number: int) -> Post:
        plan = self.plan
        return jobs.make(
            self.sources,
            plan.seed,
            number,
            plan.moment,
            by=self.clients,
            part=self.parts.get(number),
        )

    def _add_clients(self, session: Session, clients: Sequence[Client]) -> None:
        for numbers in _batches(0, len(clients) - 1):
            people = [clients[number].person for number in numbers]
            users = [
                rows.user(person, Role.CLIENT, self._since(person.email), self.plan.password_hash)
                for person in people
            ]
            ids = rows.add(session, User, users)
            self._client_ids |= zip((person.email for person in people), ids, strict=True)

    def _since(self, email: str) -> datetime:
        days = Dice(self.plan.seed, "since", email).between(130, 480)
        return self.plan.moment - timedelta(days=days)


def _batches(first: int, last: int) -> Iterator[range]:
    """Part the numbers from first to last, both included."""
    for start in range(first, last + 1, BATCH):
        yield range(start, min(start + BATCH, last + 1))
