"""Rows for tests: plain functions with keyword defaults, one for each noun."""

from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.clock import now
from app.jobs.models import Job, JobLanguage, JobSkill, JobStatus, PayKind, Proposal, ProposalStep
from app.outbox import LETTER, Effect
from app.parks.models import (
    Area,
    Membership,
    MembershipStatus,
    Operator,
    Park,
    ParkKind,
    ParkManager,
)
from app.permissions import Role
from app.profiles.models import Availability, PastTitle, Profile, ProfileLanguage, ProfileSkill
from app.searches.models import Kind, SavedSearch
from app.taxonomy.models import Skill, SkillName
from app.taxonomy.skills import name_key

_numbers = count(1)


def make_user(session: Session, role: Role = Role.FREELANCER, **given) -> User:
    number = next(_numbers)
    user = User(
        **{
            "email": f"person{number}@example.org",
            "name": f"Person {number}",
            "password_hash": "not a hash",
            "role": role,
            "language": "en",
            "created_at": now(),
            "email_verified_at": now(),
            **given,
        }
    )
    session.add(user)
    session.flush()
    return user


def make_skill(session: Session, label: str, *aliases: str, popularity: int = 1) -> Skill:
    skill = Skill(key=name_key(label), label=label, kind="tool", popularity=popularity)
    session.add(skill)
    session.flush()
    for name in (label, *aliases):
        session.add(SkillName(skill_id=skill.id, name=name, key=name_key(name)))
    session.flush()
    return skill


def make_profile(
    session: Session,
    user: User | None = None,
    *,
    skills: tuple[Skill, ...] = (),
    past_titles: tuple[str, ...] = (),
    languages: tuple[str, ...] = ("en", "ur"),
    published: bool = True,
    **given,
) -> Profile:
    user = user or make_user(session)
    profile = Profile(
        **{
            "user_id": user.id,
            "headline": "Web developer",
            "summary": "I build websites for shops.",
            "rate_minor": 1500,
            "currency": "USD",
            "availability": Availability.OPEN,
            "hours_per_week": 30,
            "created_at": now(),
            "updated_at": now(),
            "published_at": now() if published else None,
            **given,
        }
    )
    profile.user = user
    profile.skills = [ProfileSkill(skill=s, position=n) for n, s in enumerate(skills)]
    profile.past_titles = [PastTitle(title=t, position=n) for n, t in enumerate(past_titles)]
    profile.languages = [ProfileLanguage(code=code) for code in languages]
    profile.links = []
    session.add(profile)
    session.flush()
    return profile


def make_job(
    session: Session,
    client: User | None = None,
    *,
    skills: tuple[Skill, ...] = (),
    languages: tuple[str, ...] = ("en",),
    status: JobStatus = JobStatus.OPEN,
    **given,
) -> Job:
    client = client or make_user(session, Role.CLIENT)
    job = Job(
        **{
            "client_id": client.id,
            "title": "Website for a bakery",
            "description": "We need a small website with a menu and opening hours.",
            "status": status,
            "pay_kind": PayKind.FIXED,
            "least_minor": 50_000,
            "most_minor": 50_000,
            "currency": "USD",
            "weeks": 4,
            "answer_by_on": date(2026, 12, 24),
            "created_at": now(),
            "updated_at": now(),
            "published_at": None if status is JobStatus.DRAFT else now(),
            **given,
        }
    )
    job.client = client
    job.skills = [JobSkill(skill=s, position=n) for n, s in enumerate(skills)]
    job.languages = [JobLanguage(code=code) for code in languages]
    session.add(job)
    session.flush()
    return job


def make_proposal(
    session: Session, job: Job | None = None, profile: Profile | None = None, **given
) -> Proposal:
    proposal = Proposal(
        job=job or make_job(session),
        profile=profile or make_profile(session),
        **{
            "letter": "I have made three such websites and can start on Monday.",
            "price_minor": 45_000,
            "sent_at": now(),
            **given,
        },
    )
    proposal.steps = [
        ProposalStep(position=0, title="Everything", amount_minor=proposal.price_minor, days=14)
    ]
    session.add(proposal)
    session.flush()
    return proposal


def make_search(session: Session, user: User, **given) -> SavedSearch:
    search = SavedSearch(
        **{
            "user_id": user.id,
            "kind": Kind.JOBS,
            "name": "Bakery websites",
            "asked": {"words": "website bakery"},
            "created_at": now(),
            "alerts_began_at": now(),
            **given,
        }
    )
    session.add(search)
    session.flush()
    return search


def make_park(session: Session, *, managers: tuple[User, ...] = (), **given) -> Park:
    number = next(_numbers)
    operator = Operator(key=f"op{number}", name="Pakistan Software Export Board")
    session.add(operator)
    session.flush()
    park = Park(
        **{
            "slug": f"park-{number}",
            "name": f"Park {number}",
            "kind": ParkKind.TECHNOLOGY_PARK,
            "operator_id": operator.id,
            "city": "Gilgit",
            "district": "Gilgit",
            "area": Area.GILGIT_BALTISTAN,
            **given,
        }
    )
    park.operator = operator
    session.add(park)
    session.flush()
    for manager in managers:
        session.add(ParkManager(park_id=park.id, user_id=manager.id))
    session.flush()
    return park


def make_membership(
    session: Session,
    user: User,
    park: Park,
    *,
    status: MembershipStatus = MembershipStatus.CONFIRMED,
    **given,
) -> Membership:
    membership = Membership(
        park=park,
        user=user,
        status=status,
        **{
            "asked_at": now(),
            "from_on": now().date() if status is MembershipStatus.CONFIRMED else None,
            **given,
        },
    )
    session.add(membership)
    session.flush()
    return membership


def make_letter(session: Session, to: str = "amina@example.org", **given) -> Effect:
    """A promised letter as its row; given nothing else, it has failed once and waits."""
    payload = {"to": to, "name": "Amina", "language": "en", "letter": "known"}
    effect = Effect(
        **{
            "task": LETTER,
            "payload": {**payload, "params": {"path": "/sign-in"}},
            "due_at": now(),
            "attempts": 1,
            "last_error": "451 come again later",
            **given,
        }
    )
    session.add(effect)
    session.flush()
    return effect
