"""What may be there only once, or so many times: sixteen who try it at the same moment."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app import db
from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.service import SignUpDraft
from app.contracts import service as contracts
from app.contracts.models import Contract
from app.db import Base
from app.imports.cells import person
from app.jobs import invitations, posts, proposals
from app.jobs.models import Invitation, Job, Proposal
from app.parks import appointments, companies, memberships
from app.parks import service as parks
from app.parks.appointments import MOST_APPOINTED, AppointmentDraft
from app.parks.companies import CompanyDraft
from app.parks.models import (
    Area,
    Membership,
    Operator,
    Park,
    ParkKind,
    ParkManager,
    TenantCompany,
)
from app.parks.service import PageDraft, ParkDraft
from app.permissions import Role
from app.profiles import service as profiles
from app.profiles.models import Profile
from app.profiles.service import ProfileDraft
from app.searches import saved
from app.searches.models import Kind, SavedSearch
from app.searches.wanted import Wanted
from app.taxonomy import skills
from app.taxonomy.models import Skill
from app.web.database import db as web
from tests.at_once import at_once
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_proposal,
    make_search,
    make_user,
)
from tests.jobs.typed import proposal_draft
from tests.taxonomy.small import entry, vocabulary_of

MANY = 16
Act = Callable[[Session, int], object]
"""What the one of this number tries."""


def refusals(engine: Engine, act: Act) -> list[str]:
    """Let sixteen try it at once; the kinds of refusal, each once per refused."""
    acts = [lambda session, n=number: act(session, n) for number in range(MANY)]
    return [end for end in at_once(engine, *acts) if end]


def count(engine: Engine, model: type[Base]) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def arrange(engine: Engine, make: Callable[[Session], Base]) -> int:
    with db.transaction(engine) as session:
        return make(session).id


def test_a_person_saves_as_many_searches_as_one_may(engine):
    owner = arrange(engine, make_user)
    with db.transaction(engine) as session:
        for _ in range(saved.MOST_SAVED - 3):
            make_search(session, session.get_one(User, owner))

    def save(session: Session, _number: int) -> None:
        user = session.get_one(User, owner)
        saved.save(session, user, Wanted(Kind.JOBS), name="Again", with_alerts=False)

    assert refusals(engine, save) == ["Conflict"] * (MANY - 3)
    assert count(engine, SavedSearch) == saved.MOST_SAVED


def test_a_company_stands_once_in_a_park_however_it_is_spelled(engine):
    park_id = arrange(engine, make_park)
    spelled = ("Éclair Straße", "éclair STRASSE", "E\u0301CLAIR  strasse", "Éclair Stra\u200bße")

    def add(session: Session, number: int) -> None:
        draft = CompanyDraft(spelled[number % len(spelled)], "", date(2026, 1, 1))
        companies.add(session, session.get_one(Park, park_id), draft)

    assert refusals(engine, add) == ["Conflict"] * (MANY - 1)
    assert count(engine, TenantCompany) == 1


def park_draft(name: str, city: str) -> ParkDraft:
    return ParkDraft(
        name=name,
        kind=ParkKind.TECHNOLOGY_PARK,
        operator="Ünivers of Skardu",
        city=city,
        district="Skardu",
        area=Area.GILGIT_BALTISTAN,
        opened_on=None,
        page=PageDraft("", None),
    )


def test_a_park_is_added_once(engine):
    spelled = ("Parc İstanbul", "PARC i\u0307STANBUL", "Parc  I\u0307stanbul")

    def add(session: Session, number: int) -> None:
        parks.add(session, park_draft(spelled[number % len(spelled)], "SKARDU"))

    assert refusals(engine, add) == ["Conflict"] * (MANY - 1)
    assert count(engine, Park) == 1


def test_parks_of_one_name_in_many_cities_have_addresses_of_their_own_and_one_operator(engine):
    def add(session: Session, number: int) -> None:
        parks.add(session, park_draft("Technology Park", f"City {number}"))

    assert refusals(engine, add) == []
    with Session(engine) as session:
        assert len(set(session.scalars(select(Park.slug)))) == MANY
    assert count(engine, Operator) == 1


def test_a_person_asks_one_park_at_a_time(engine):
    with db.transaction(engine) as session:
        manager = make_user(session, Role.MANAGER)
        park_ids = [make_park(session, managers=(manager,)).id for _ in range(MANY)]
        asking = make_user(session).id

    def ask(session: Session, number: int) -> None:
        park = session.get_one(Park, park_ids[number])
        memberships.ask(session, session.get_one(User, asking), park)

    assert refusals(engine, ask) == ["Conflict"] * (MANY - 1)
    assert count(engine, Membership) == 1


def test_a_request_is_answered_once(engine):
    with db.transaction(engine) as session:
        manager = make_user(session, Role.MANAGER)
        park = make_park(session, managers=(manager,))
        asked = make_membership(session, make_user(session), park, status="asked").id

    def confirm(session: Session, _number: int) -> None:
        by = session.get_one(User, manager.id)
        found = memberships.get_managed(session, asked, by)
        memberships.confirm(session, found, by=by, seen_in_person=True)

    ended = refusals(engine, confirm)
    assert len(ended) == MANY - 1
    # Both are shown as "someone changed this at the same moment" or a sentence of their own.
    assert set(ended) <= {"Conflict", "Stale", "StaleDataError"}


def test_a_park_has_as_many_managers_as_it_may(engine):
    with db.transaction(engine) as session:
        appointed = [make_user(session, Role.MANAGER) for _ in range(MOST_APPOINTED - 3)]
        park_id = make_park(session, managers=tuple(appointed)).id

    def appoint(session: Session, number: int) -> None:
        draft = AppointmentDraft(f"manager{number}@example.org", "Gul Nisa", "en")
        appointments.appoint(session, session.get_one(Park, park_id), draft)

    assert refusals(engine, appoint) == ["Conflict"] * (MANY - 3)
    assert count(engine, ParkManager) == MOST_APPOINTED


def test_one_new_manager_is_appointed_once_in_a_park(engine):
    park_id = arrange(engine, make_park)

    def appoint(session: Session, _number: int) -> None:
        draft = AppointmentDraft("gul@example.org", "Gul Nisa", "en")
        appointments.appoint(session, session.get_one(Park, park_id), draft)

    assert refusals(engine, appoint) == ["Conflict"] * (MANY - 1)
    assert count(engine, User) == 1


def test_one_address_has_one_login(engine):
    def open_login(session: Session, _number: int) -> None:
        draft = SignUpDraft("Amina", "amina@example.org", Role.CLIENT, "en")
        accounts.open_login(session, draft)

    assert refusals(engine, open_login) == []
    assert count(engine, User) == 1


def test_two_files_that_name_one_new_person_make_one_login(empty):
    web.create_all()
    columns = {"name": "name", "email": "email"}

    def take(session: Session, _number: int) -> None:
        with empty.app_context():
            person(session, "Amina", "amina@example.org", Role.CLIENT, columns)

    assert refusals(web.engine, take) == []
    assert count(web.engine, User) == 1


def test_a_freelancer_is_invited_once(engine):
    with db.transaction(engine) as session:
        job, profile = make_job(session), make_profile(session)

    def invite(session: Session, _number: int) -> None:
        client = session.get_one(User, job.client_id)
        asked = profiles.get(session, profile.id, client)
        invitations.send(session, posts.get(session, job.id, client), asked, "", by=client)

    assert refusals(engine, invite) == ["Conflict"] * (MANY - 1)
    assert count(engine, Invitation) == 1


def test_a_job_invites_as_many_as_it_may(engine):
    with db.transaction(engine) as session:
        job = make_job(session)
        people = [make_profile(session).id for _ in range(MANY)]
        for _ in range(invitations.MOST_FOR_A_JOB - 3):
            invited = make_profile(session)
            session.add(Invitation(job=job, profile=invited, message="", sent_at=job.created_at))

    def invite(session: Session, number: int) -> None:
        client = session.get_one(User, job.client_id)
        asked = profiles.get(session, people[number], client)
        invitations.send(session, posts.get(session, job.id, client), asked, "", by=client)

    assert refusals(engine, invite) == ["Conflict"] * (MANY - 3)


def test_a_freelancer_proposes_once(engine):
    with db.transaction(engine) as session:
        job, profile = make_job(session), make_profile(session)

    def propose(session: Session, _number: int) -> None:
        own = profiles.of_user(session, profile.user)
        proposals.send(session, posts.get(session, job.id, profile.user), own, proposal_draft())

    assert refusals(engine, propose) == ["Conflict"] * (MANY - 1)
    assert count(engine, Proposal) == 1


def test_a_job_is_hired_for_once(engine):
    with db.transaction(engine) as session:
        job = make_job(session)
        sent = [make_proposal(session, job).id for _ in range(MANY)]

    def accept(session: Session, number: int) -> None:
        client = session.get_one(User, job.client_id)
        contracts.begin(session, proposals.get(session, sent[number], client), by=client)

    assert refusals(engine, accept) == ["Conflict"] * (MANY - 1)
    assert count(engine, Contract) == 1


def test_a_job_is_published_once(engine):
    job = arrange(engine, lambda session: make_job(session, status="draft"))

    def publish(session: Session, _number: int) -> None:
        client = session.get_one(User, session.get_one(Job, job).client_id)
        posts.publish(session, posts.get(session, job, client), by=client)

    assert set(refusals(engine, publish)) <= {"Conflict", "Incomplete"}


def test_a_person_has_one_profile(engine):
    owner = arrange(engine, make_user)

    def save(session: Session, number: int) -> None:
        draft = ProfileDraft(headline=f"From window {number}", past_titles=("One", "Two"))
        profiles.save(session, session.get_one(User, owner), draft)

    assert refusals(engine, save) == []
    assert count(engine, Profile) == 1


def test_the_vocabulary_is_loaded_once(engine):
    taxonomy = vocabulary_of(entry("Python", "Python 3"), entry("Éclairage"))

    def load(session: Session, _number: int) -> None:
        skills.load(session, taxonomy)

    assert refusals(engine, load) == []
    assert count(engine, Skill) == 2
