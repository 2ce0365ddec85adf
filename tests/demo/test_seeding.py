"""A seeded database: whole, marked as demo, and with something on every page of the sign-ins."""

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.contracts.models import Contract
from app.demo import seeding
from app.demo.people import plain
from app.errors import Conflict
from app.jobs.models import Job, JobStatus, Proposal, ProposalStatus
from app.lifecycle import Event
from app.outbox import Effect
from app.parks import memberships
from app.parks.models import Membership, MembershipStatus, Park, ParkManager, TenantCompany
from app.permissions import Role
from app.profiles.models import PortfolioLink, Profile, ProfileSkill
from tests.conftest import MORNING
from tests.demo.conftest import FREELANCERS, JOBS, plan_of
from tests.visitor import Visitor


def count(session: Session, model: type, *conditions) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def sign_in(session: Session, role: Role) -> User:
    return session.scalars(select(User).where(User.email == f"{role.value}@demo.example")).one()


def test_as_many_are_there_as_were_asked_for(seeded: Session):
    assert count(seeded, User, User.role == Role.FREELANCER) == FREELANCERS
    assert count(seeded, Profile) == FREELANCERS
    assert count(seeded, Job) == JOBS
    assert count(seeded, Park) == count(seeded, ParkManager) == 40
    assert count(seeded, TenantCompany) > 80


@pytest.mark.parametrize("model", [User, Profile, Job, Park, TenantCompany])
def test_everything_is_marked_as_demo(seeded: Session, model: type):
    assert count(seeded, model, model.is_demo.is_(False)) == 0


def test_every_profile_lists_skills_in_order(seeded: Session):
    listed = select(ProfileSkill.profile_id, func.count(), func.max(ProfileSkill.position))
    rows = seeded.execute(listed.group_by(ProfileSkill.profile_id)).all()
    assert len(rows) == FREELANCERS
    assert all(number == last + 1 for _, number, last in rows)


def test_moves_are_written_down_as_the_verbs_would(seeded: Session):
    confirmed = count(seeded, Membership, Membership.status == MembershipStatus.CONFIRMED)
    assert confirmed > FREELANCERS / 2
    assert count(seeded, Event, Event.act == "confirm") == confirmed
    assert count(seeded, Event, Event.act == "publish") == count(
        seeded, Job, Job.published_at.is_not(None)
    )
    assert count(seeded, Event, Event.act == "hire") == count(seeded, Contract)
    assert count(seeded, Event, Event.at > MORNING) == 0


def test_confirmed_members_stand_with_their_parks(seeded: Session):
    ids = seeded.scalars(select(User.id).where(User.role == Role.FREELANCER)).all()
    standing = memberships.standing_of(seeded, ids)
    seen = [one for one in standing.values() if one.seen_in_person]
    assert len(standing) > FREELANCERS / 2
    assert 0 < len(seen) < len(standing)


def test_nobody_at_example_org_is_owed_a_letter(seeded: Session):
    # What is left is for the text model alone.
    tasks = set(seeded.scalars(select(Effect.task)))
    assert {task for task in tasks if not task.startswith("matching.")} == set()


def test_there_are_proposals_of_every_kind_that_waits(seeded: Session):
    there = set(seeded.scalars(select(Proposal.status).distinct()))
    assert {ProposalStatus.SENT, ProposalStatus.SHORTLISTED, ProposalStatus.ACCEPTED} <= there
    late = select(func.count()).where(Proposal.sent_at > MORNING)
    assert seeded.scalar(late) == 0


def test_the_demo_client_has_open_jobs_and_a_hire(seeded: Session):
    jobs = seeded.scalars(select(Job).where(Job.client_id == sign_in(seeded, Role.CLIENT).id))
    statuses = [job.status for job in jobs]
    assert statuses.count(JobStatus.OPEN) == 3
    assert statuses.count(JobStatus.HIRED) == 1


def test_the_demo_freelancer_belongs_to_gilgit(seeded: Session):
    membership = memberships.current(seeded, sign_in(seeded, Role.FREELANCER).id)
    assert membership is not None
    assert membership.park.slug == "gilgit"
    assert membership.status is MembershipStatus.CONFIRMED


@pytest.mark.parametrize(
    ("role", "path", "words"),
    [
        (Role.CLIENT, "/my-jobs", "Booking page for a hotel by the sea"),
        (Role.CLIENT, "/contracts", "Zainab Karim"),
        (Role.CLIENT, "/notifications", "proposed for"),
        (Role.FREELANCER, "/profile", "Front-end developer"),
        (Role.FREELANCER, "/my-proposals", "You are invited"),
        (Role.FREELANCER, "/contracts", "Faster and more accessible website"),
        (Role.FREELANCER, "/notifications", "You are hired"),
        (Role.MANAGER, "/my-parks", "Gilgit SCO Technology Park"),
        (Role.MANAGER, "/notifications", "asks to join"),
        (Role.OPERATOR, "/operations", "40"),
    ],
)
def test_the_pages_of_the_sign_ins_have_something_to_show(
    site: Flask, seeded: Session, role: Role, path: str, words: str
):
    page = Visitor(site, seeded).sign_in(sign_in(seeded, role)).get(path)
    assert page.status == 200
    assert words in page.text


def test_a_database_with_people_is_left_as_it_is(engine: Engine, seeded: Session):
    with pytest.raises(Conflict, match="left as it is"):
        next(seeding.seed(engine, plan_of(90, 50)))
    assert count(seeded, User, User.role == Role.FREELANCER) == FREELANCERS


def test_profiles_belong_to_the_people_they_were_written_for(seeded: Session):
    linked = select(User.name, PortfolioLink.url).join(Profile, Profile.user_id == User.id)
    rows = seeded.execute(linked.join(PortfolioLink)).all()
    assert len(rows) > 10
    assert all(plain(name).replace(".", "-") in url for name, url in rows)
