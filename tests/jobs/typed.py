"""What people type into the forms of jobs, and the tray they read, as the tests need them."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.jobs.drafts import JobDraft
from app.jobs.models import PayKind
from app.jobs.proposals import ProposalDraft, StepDraft
from app.money import Money
from app.notifications.models import Notification

DESCRIPTION = "We bake in Lisbon and want an online shop with pick-up times. Photos are there."
RLO = "\u202e"


def job_form(**changes: Any) -> dict[str, Any]:
    """A job as its form sends it; None leaves a field out."""
    typed = {
        "title": "Online shop for a bakery",
        "description": DESCRIPTION,
        "skills": "WordPress, PHP",
        "languages": ["en"],
        "pay_kind": "fixed",
        "currency": "USD",
        "budget": "500",
        "least": "",
        "most": "",
        "weeks": "4",
        "answer_by_on": "2026-12-24",
        **changes,
    }
    return {name: value for name, value in typed.items() if value is not None}


def job_draft(**changes: Any) -> JobDraft:
    """A job as the verbs take it."""
    return JobDraft(
        **{
            "title": "Online shop for a bakery",
            "description": DESCRIPTION,
            "pay_kind": PayKind.FIXED,
            "least": Money(50_000, "USD"),
            "most": Money(50_000, "USD"),
            "weeks": 4,
            "languages": ("en",),
            "answer_by_on": date(2026, 12, 24),
            **changes,
        }
    )


def proposal_form(*steps: tuple[str, str, str], **changes: Any) -> dict[str, Any]:
    """A proposal as its form sends it; without steps, one for everything."""
    typed = {"letter": "I have built three shops for bakeries.", "questions": "", **changes}
    for number, step in enumerate(steps or [("Everything", "450", "14")]):
        for name, value in zip(("title", "amount", "days"), step, strict=True):
            typed[f"steps-{number}-{name}"] = value
    return typed


def proposal_draft(*amounts: int, currency: str = "USD") -> ProposalDraft:
    """A proposal as the verbs take it, with a week for each of the amounts."""
    steps = tuple(
        StepDraft(f"Part {number}", Money(amount, currency), 7)
        for number, amount in enumerate(amounts or (45_000,), start=1)
    )
    return ProposalDraft(letter="I have built three.", questions="", steps=steps)


def told(session: Session, user: User) -> list[str]:
    """The kinds of what a person was told, in order."""
    kinds = select(Notification.kind).where(Notification.user_id == user.id)
    return list(session.scalars(kinds.order_by(Notification.id)))
