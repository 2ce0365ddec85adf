"""What pages of jobs show, gathered in a few queries: part of a long list, one side of a job."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import DomainError
from app.jobs import drafts, invitations, posts, proposals
from app.jobs.models import Invitation, Job, JobStatus, Proposal, ProposalStatus
from app.profiles import service as profiles
from app.profiles.models import Profile
from app.taxonomy.models import Skill
from app.taxonomy.skills import normalise, suggest

PAGE = posts.PAGE
MOST_SUGGESTIONS = 5
# What the list of a job's proposals can be narrowed to.
PILES = {
    "waiting": (ProposalStatus.SENT,),
    "shortlisted": (ProposalStatus.SHORTLISTED,),
    "answered": (ProposalStatus.ACCEPTED, ProposalStatus.DECLINED, ProposalStatus.WITHDRAWN),
}
Row = TypeVar("Row", Job, Proposal)


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Part of a long list; `next` is the id to go on after, None at the end."""

    rows: list[Row]
    next: int | None


@dataclass(frozen=True)
class Board:
    """Part of the open jobs, how many were found in all, and what an unknown skill may mean."""

    jobs: Part[Job]
    total: int
    skill: Skill | None
    suggestions: list[Skill]


@dataclass(frozen=True)
class FreelancerSide:
    """What a freelancer sees on a job: why they cannot propose, and what they already did."""

    profile: Profile | None
    obstacle: DomainError | None
    latest: Proposal | None
    invitation: Invitation | None


@dataclass(frozen=True)
class ClientSide:
    """What a client sees on an own job: the proposals by pile, and what it lacks to be public."""

    piles: dict[str, int]
    missing: dict[str, str]


def board(session: Session, q: str, skill_name: str, before_id: int | None) -> Board:
    """Look through the open jobs, with the skill by whatever name was typed."""
    skill = normalise(session, skill_name) if skill_name else None
    if skill_name and skill is None:
        meant = suggest(session, skill_name, limit=MOST_SUGGESTIONS)
        return Board(Part([], None), 0, None, meant)
    found = posts.open_jobs(session, q=q, skill=skill, before_id=before_id, limit=PAGE + 1)
    return Board(_part(found), posts.count_open(session, q=q, skill=skill), skill, [])


def jobs_of(session: Session, client: User, before_id: int | None) -> Part[Job]:
    """Part of a client's own jobs."""
    return _part(posts.of_client(session, client, before_id=before_id, limit=PAGE + 1))


def pile(session: Session, job: Job, name: str, before_id: int | None) -> Part[Proposal]:
    """Part of a pile of a job's proposals; of all of them for a name that is no pile's."""
    statuses = PILES.get(name, tuple(ProposalStatus))
    found = proposals.of_job(session, job, statuses=statuses, before_id=before_id, limit=PAGE + 1)
    return _part(found)


def proposals_of(session: Session, profile: Profile, before_id: int | None) -> Part[Proposal]:
    """Part of what a freelancer has proposed."""
    found = proposals.of_profile(session, profile, before_id=before_id, limit=PAGE + 1)
    return _part(found)


def piles(session: Session, job: Job) -> dict[str, int]:
    """How many proposals lie on each pile."""
    counts = proposals.counts(session, [job.id])[job.id]
    return {name: sum(counts.get(one, 0) for one in held) for name, held in PILES.items()}


def freelancer_side(session: Session, job: Job, user: User) -> FreelancerSide:
    """How a freelancer stands to a job."""
    profile = profiles.find_of_user(session, user)
    return FreelancerSide(
        profile=profile,
        obstacle=proposals.obstacle(session, job, profile),
        latest=proposals.latest(session, job, profile) if profile else None,
        invitation=invitations.find(session, job, profile) if profile else None,
    )


def client_side(session: Session, job: Job) -> ClientSide:
    """What a client may do next with a job."""
    is_shown = job.status in (JobStatus.OPEN, JobStatus.HIRED)
    lacks = {} if is_shown else drafts.missing(drafts.draft_of(job))
    return ClientSide(piles=piles(session, job), missing=lacks)


def _part(found: list[Row]) -> Part[Row]:
    """Cut a list that was asked for one row too many."""
    more = len(found) > PAGE
    return Part(found[:PAGE], next=found[PAGE - 1].id if more else None)
