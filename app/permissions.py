"""Who may do what, on one page: predicates on a user and a thing. They look, they never load.

A view loads a thing through a scope first (out of scope is 404) and then asks here (no is 403);
a template asks the same predicate, so a button never promises what the server refuses.
"""

from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a person is here for; one login has one role."""

    FREELANCER = "freelancer"
    CLIENT = "client"
    MANAGER = "manager"
    OPERATOR = "operator"


def is_freelancer(user: Any) -> bool:
    return getattr(user, "role", None) is Role.FREELANCER


def is_client(user: Any) -> bool:
    return getattr(user, "role", None) is Role.CLIENT


def is_manager(user: Any) -> bool:
    return getattr(user, "role", None) is Role.MANAGER


def is_operator(user: Any) -> bool:
    return getattr(user, "role", None) is Role.OPERATOR


def can_edit_profile(user: Any, profile: Any) -> bool:
    return is_freelancer(user) and profile.user_id == user.id


def can_edit_job(user: Any, job: Any) -> bool:
    return is_client(user) and job.client_id == user.id


def can_propose(user: Any, job: Any) -> bool:
    return is_freelancer(user) and job.client_id != user.id


def can_decide(user: Any, proposal: Any) -> bool:
    """Shortlist, decline or accept: the client whose job it is."""
    return is_client(user) and proposal.job.client_id == user.id


def can_withdraw(user: Any, proposal: Any) -> bool:
    return is_freelancer(user) and proposal.profile.user_id == user.id


def can_manage_park(user: Any, park: Any) -> bool:
    """Confirm members and keep the park's page; `park.managers` must be loaded."""
    return is_manager(user) and any(manager.user_id == user.id for manager in park.managers)
