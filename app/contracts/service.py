"""Contracts: begun by accepting a proposal, seen by the two who agreed."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import outbox
from app.accounts.models import User
from app.clock import now, today
from app.contracts.models import Contract, Milestone
from app.errors import NotFound
from app.jobs import proposals
from app.jobs.models import Proposal, ProposalStep
from app.notifications.service import notify
from app.parks import memberships
from app.parks.models import MembershipStatus

PAGE = 20


def begin(session: Session, proposal: Proposal, by: User) -> Contract:
    """Accept a proposal and make its terms a contract; at most one for each job."""
    proposals.accept(session, proposal, by)
    job, freelancer = proposal.job, proposal.profile.user
    contract = Contract(
        proposal=proposal,
        job=job,
        client=job.client,
        freelancer=freelancer,
        park_id=_park_id(session, freelancer),
        title=job.title,
        currency=job.currency,
        total_minor=proposal.price_minor,
        began_at=now(),
        milestones=plan(proposal.steps),
    )
    session.add(contract)
    session.flush()
    # Whoever has had a contract is no newcomer any more.
    outbox.add(session, "matching.embed_person", user_id=freelancer.id)
    path = f"/contracts/{contract.id}"
    notify(session, freelancer, "proposal.accepted", path=path, job=job.title)
    return contract


def plan(steps: list[ProposalStep]) -> list[Milestone]:
    """The proposed steps as milestones one after another from today."""
    dates = proposals.due_dates(steps, today())
    return [
        Milestone(
            position=step.position,
            title=step.title,
            amount_minor=step.amount_minor,
            due_on=due_on,
        )
        for step, due_on in zip(steps, dates, strict=True)
    ]


def get(session: Session, contract_id: int, viewer: Any) -> Contract:
    """The contract with all its page needs, for the two parties and nobody else."""
    contract = session.scalar(
        select(Contract)
        .where(Contract.id == contract_id, _between(viewer))
        .options(*_PARTIES, joinedload(Contract.proposal), selectinload(Contract.milestones))
    )
    if contract is None:
        raise NotFound("There is no such contract.")
    return contract


def of_user(
    session: Session, user: User, *, before_id: int | None = None, limit: int = PAGE
) -> list[Contract]:
    """The contracts a person is a party of, the newest first."""
    query = select(Contract).where(_between(user))
    if before_id:
        query = query.where(Contract.id < before_id)
    query = query.options(*_PARTIES, selectinload(Contract.milestones))
    return list(session.scalars(query.order_by(Contract.id.desc()).limit(limit)))


_PARTIES = (
    joinedload(Contract.client),
    joinedload(Contract.freelancer),
    joinedload(Contract.park),
)


def _between(user: Any):
    return or_(Contract.client_id == user.id, Contract.freelancer_id == user.id)


def _park_id(session: Session, freelancer: User) -> int | None:
    membership = memberships.current(session, freelancer.id)
    if membership is None or membership.status is not MembershipStatus.CONFIRMED:
        return None
    return membership.park_id
