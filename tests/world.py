"""A small world with one of everything, for the tests that visit every page as everybody."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import links
from app.accounts.models import SignUp, User
from app.clock import now, today
from app.contracts.models import Contract, Milestone
from app.jobs.models import Job, JobStatus, Proposal, ProposalStatus
from app.notifications.service import notify
from app.outbox import Effect
from app.parks.models import Membership, MembershipStatus, Park, TenantCompany
from app.permissions import Role
from app.profiles.models import Profile
from app.searches.models import SavedSearch
from tests.conftest import KEY
from tests.factories import (
    make_job,
    make_letter,
    make_membership,
    make_park,
    make_profile,
    make_proposal,
    make_search,
    make_skill,
    make_user,
)


@dataclass
class World:
    """Whose things they are (`people`), strangers of the same roles, and the things."""

    people: dict[str, User | None]
    park: Park
    company: TenantCompany
    membership: Membership
    profile: Profile
    job: Job
    proposal: Proposal
    contract: Contract
    verify_token: str
    reset_token: str
    search: SavedSearch
    effect: Effect

    @property
    def feed_token(self) -> str | None:
        return self.search.feed_token

    def values(self) -> dict[str, object]:
        """What the addresses of all pages are made with."""
        return {
            "slug": self.park.slug,
            "park_id": self.park.id,
            "company_id": self.company.id,
            "membership_id": self.membership.id,
            "profile_id": self.profile.id,
            "job_id": self.job.id,
            "proposal_id": self.proposal.id,
            "contract_id": self.contract.id,
            "user_id": self.people["manager"].id,
            "sign_in_id": 2**31 - 1,
            "search_id": self.search.id,
            "effect_id": self.effect.id,
            "sort": "given-up",
            "page": "verify",
        }


def make_world(session: Session, **user: object) -> World:
    """Arrange it; `user` is given to every person, such as a language."""
    people = {
        name: make_user(session, role, **user)
        for name, role in {
            "freelancer": Role.FREELANCER,
            "another freelancer": Role.FREELANCER,
            "client": Role.CLIENT,
            "another client": Role.CLIENT,
            "manager": Role.MANAGER,
            "another manager": Role.MANAGER,
            "operator": Role.OPERATOR,
        }.items()
    }
    park = make_park(session, managers=(people["manager"],), about="Desks and fast internet.")
    make_park(session, managers=(people["another manager"],))
    company = TenantCompany(park_id=park.id, name="Karakoram Software", since_on=today())
    session.add(company)
    asked = MembershipStatus.ASKED
    membership = make_membership(session, people["freelancer"], park, status=asked)
    skills = (make_skill(session, "Django"), make_skill(session, "PostgreSQL"))
    profile = make_profile(session, people["freelancer"], skills=skills, past_titles=("Coder",))
    make_profile(session, people["another freelancer"], skills=skills)
    job = make_job(session, people["client"], skills=skills)
    proposal = make_proposal(session, job, profile)
    return World(
        people={"visitor": None, **people},
        park=park,
        company=company,
        membership=membership,
        profile=profile,
        job=job,
        proposal=proposal,
        contract=_make_contract(session, people, profile),
        verify_token=links.token(KEY, links.to_join(session, asked_to_join())),
        reset_token=links.token(KEY, links.to_password(session, people["client"])),
        search=make_search(session, people["client"], feed_token="a-feed-of-the-world"),
        effect=make_letter(session, people["client"].email, gave_up_at=now()),
    )


def asked_to_join(email: str = "zara@example.org", **given: object) -> SignUp:
    """What somebody gave to sign up."""
    return SignUp(**{"email": email, "name": "Zara", "role": Role.CLIENT, "language": "en"} | given)


def _make_contract(session: Session, people: dict[str, User], profile: Profile) -> Contract:
    hired = make_job(session, people["client"], status=JobStatus.HIRED, title="A shop")
    accepted = make_proposal(session, hired, profile, status=ProposalStatus.ACCEPTED)
    contract = Contract(
        proposal_id=accepted.id,
        job_id=hired.id,
        client_id=people["client"].id,
        freelancer_id=people["freelancer"].id,
        title=hired.title,
        currency=hired.currency,
        total_minor=accepted.price_minor,
        began_at=accepted.sent_at,
    )
    contract.milestones = [
        Milestone(position=0, title="Everything", amount_minor=45_000, due_on=today())
    ]
    session.add(contract)
    session.flush()
    return contract


LONG_TEXT = (
    "I build and look after websites for shops, schools and clinics: a catalogue, orders, "
    "payments and the letters that go with them. For six years I have worked with clients in "
    "Gilgit, Karachi and Dubai; I answer within a day, write down what was agreed, and hand over "
    "with tests and a page of notes so that the next person can carry on. "
)
SKILLS = [
    "Python",
    "JavaScript",
    "HTML and CSS",
    "React",
    "Figma",
    "Linux",
    "Docker",
    "Redis",
    "GraphQL",
    "TypeScript",
    "Search engine optimisation",
    "Technical writing",
    "Data analysis",
    "Project management",
]


def crowd(session: Session, world: World, *, number: int = 30) -> None:
    """Fill every list of the world to more than a page, with texts of a usual length."""
    skills = tuple(make_skill(session, label) for label in SKILLS)
    job = make_job(
        session,
        world.people["client"],
        skills=skills[:10],
        description=LONG_TEXT * 4,
        languages=("en", "ur", "de"),
    )
    world.job = job
    titles = ("Full stack developer", "Web developer", "Support engineer")
    for one in range(number):
        park = make_park(session, about=LONG_TEXT, name=f"Software Technology Park {one}, Skardu")
        given = {"summary": LONG_TEXT * 3, "headline": f"Full stack web developer number {one}"}
        profile = make_profile(session, skills=skills, past_titles=titles, **given)
        make_membership(session, profile.user, park)
        make_membership(
            session, make_user(session), world.park, status=list(MembershipStatus)[one % 2]
        )
        make_proposal(session, job, profile, letter=LONG_TEXT * 3)
        other = make_job(
            session,
            world.people["client"],
            skills=skills[one % 4 : one % 4 + 8],
            title=f"Website and orders for bakery number {one}",
            description=LONG_TEXT * 3,
        )
        make_proposal(session, other, world.profile, letter=LONG_TEXT * 3)
        session.add(
            TenantCompany(
                park_id=world.park.id,
                name=f"Company {one}",
                about=LONG_TEXT[:250],
                since_on=today(),
            )
        )
        for user in world.people.values():
            if user:
                values = {"person": user.name, "job": other.title}
                notify(session, user, "proposal.received", path=f"/jobs/{other.id}", **values)
    session.flush()
