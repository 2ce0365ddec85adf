"""Why a proposal is turned down, and how all live ones of a job get their answer at once."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import User
from app.clock import now
from app.errors import Invalid
from app.jobs.models import Job, Proposal, ProposalStatus
from app.lifecycle import advance
from app.notifications.service import notify
from app.profiles.models import Profile
from app.texts import message

LIVE = (ProposalStatus.SENT, ProposalStatus.SHORTLISTED)

# What a client may choose from; the English sentence is what is stored.
REASONS = {
    "skills": message("Another profile fits the skills of this job better."),
    "price": message("The price is above the budget."),
    "timing": message("The dates do not fit."),
    "detail": message("The proposal does not say enough about this job."),
    "plans": message("The plans for this job have changed."),
}
ANOTHER_CHOSEN = message("Another freelancer was chosen.")
JOB_CLOSED = message("The job was closed without a hire.")
OUR_SENTENCES = frozenset({*REASONS.values(), ANOTHER_CHOSEN, JOB_CLOSED})


def turn_down(session: Session, proposal: Proposal, by: User, *, reason: str) -> None:
    """Decline one live proposal; the reason is never empty, somebody spent an evening on it."""
    if not reason.strip():
        raise Invalid("Say why: the freelancer has spent time on this proposal.")
    advance(session, proposal, "decline", by=by)
    proposal.decline_reason = reason.strip()
    proposal.decided_at = now()


def turn_down_rest(session: Session, job: Job, by: User, *, reason: str, kind: str) -> None:
    """Decline every live proposal of a job and tell each freelancer `kind`."""
    live = (
        select(Proposal)
        .where(Proposal.job_id == job.id, Proposal.status.in_(LIVE))
        .options(joinedload(Proposal.profile, innerjoin=True).joinedload(Profile.user))
        .order_by(Proposal.id)
        .with_for_update(of=Proposal)
    )
    for proposal in session.scalars(live).all():
        turn_down(session, proposal, by, reason=reason)
        path = f"/proposals/{proposal.id}"
        notify(session, proposal.profile.user, kind, path=path, job=job.title)


def split_reason(reason: str) -> tuple[str, str]:
    """Part a stored reason into our sentence ("" when none was chosen) and the client's words."""
    first, _, rest = reason.partition("\n")
    return (first, rest.strip()) if first in OUR_SENTENCES else ("", reason)
