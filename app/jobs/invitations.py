"""Invitations: a client asks a freelancer to propose."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import User
from app.clock import now, today
from app.db import lock
from app.errors import Conflict
from app.jobs.models import Invitation, Job, JobStatus, Proposal
from app.jobs.posts import takes_proposals
from app.notifications.service import notify
from app.profiles.models import Profile

MOST_FOR_A_JOB = 40
MOST_SHOWN = 50


def send(session: Session, job: Job, profile: Profile, message: str, by: User) -> Invitation:
    """Invite a freelancer with a published profile, once for each job."""
    lock(session, job)
    if not takes_proposals(job):
        raise Conflict("This job no longer accepts proposals.")
    if profile.published_at is None or profile.user.suspended_at:
        raise Conflict("This profile is not public now.")
    if profile.user.email_verified_at is None:
        raise Conflict(
            "This freelancer has not opened their account yet, so nobody can invite them."
        )
    if profile.user_id == by.id:
        raise Conflict("You cannot invite yourself.")
    invited = ids_invited(session, job)
    if profile.id in invited:
        raise Conflict("You have already invited this freelancer.")
    if len(invited) >= MOST_FOR_A_JOB:
        raise Conflict("At most %(n)d people can be invited for one job.", n=MOST_FOR_A_JOB)
    if _has_proposed(session, job, profile):
        raise Conflict("This freelancer has already proposed.")
    invitation = Invitation(job=job, profile=profile, message=message, sent_at=now())
    session.add(invitation)
    session.flush()
    notify(
        session,
        profile.user,
        "invitation.received",
        path=f"/jobs/{job.id}",
        client=job.client.name,
        job=job.title,
    )
    return invitation


def find(session: Session, job: Job, profile: Profile) -> Invitation | None:
    """The invitation of this freelancer to this job, or None."""
    return session.scalar(
        select(Invitation).where(Invitation.job_id == job.id, Invitation.profile_id == profile.id)
    )


def ids_invited(session: Session, job: Job) -> set[int]:
    """The ids of the profiles invited to a job."""
    invited = select(Invitation.profile_id).where(Invitation.job_id == job.id)
    return set(session.scalars(invited))


def of_profile(session: Session, profile: Profile) -> list[Invitation]:
    """Invitations that still wait for this freelancer's proposal, the newest first."""
    return list(
        session.scalars(
            select(Invitation)
            .join(Invitation.job)
            .where(
                Invitation.profile_id == profile.id,
                Job.status == JobStatus.OPEN,
                Job.answer_by_on >= today(),
                ~_proposals(Invitation.job_id, Invitation.profile_id),
            )
            .options(joinedload(Invitation.job).joinedload(Job.client))
            .order_by(Invitation.id.desc())
            .limit(MOST_SHOWN)
        )
    )


def _has_proposed(session: Session, job: Job, profile: Profile) -> bool:
    return bool(session.scalar(select(_proposals(job.id, profile.id))))


def _proposals(job_id, profile_id):
    return exists().where(Proposal.job_id == job_id, Proposal.profile_id == profile_id)
