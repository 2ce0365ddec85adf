"""The longest of everything: each field and the column it ends in, and what really arrives."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Column, String, Text, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from wtforms import StringField
from wtforms.fields.core import UnboundField

import app
from app import lengths, worker
from app.accounts.models import SignUp, User
from app.cli import tasks
from app.contracts.models import Contract, Milestone
from app.db import Base
from app.jobs.models import Invitation, Job, Proposal, ProposalStep
from app.notifications.kinds import KINDS
from app.notifications.models import KeptLetter
from app.outbox import Effect
from app.parks.models import Operator, Park, TenantCompany
from app.profiles.models import PastTitle, PortfolioLink, Profile
from app.searches.models import SavedSearch
from app.web.forms import Form, Plain
from app.web.limits import Attempt
from tests.jobs.typed import job_form, proposal_form
from tests.parks.test_operator_pages import GOOD as PARK
from tests.profiles.test_views import TYPED as PROFILE
from tests.world import World, make_world

Kept = InstrumentedAttribute[Any]

ONLY_ASKED: tuple[Kept, ...] = ()
"""It is looked for or read as a number or a list, and not kept as it was typed."""
PERSON = {
    "name": (User.name, SignUp.name),
    "email": (User.email, SignUp.email, KeptLetter.recipient, Attempt.key),
}
ENDS: dict[str, tuple[Kept, ...]] = {
    **{f"accounts.SignUpForm.{name}": kept for name, kept in PERSON.items()},
    **{f"accounts.OperatorForm.{name}": kept for name, kept in PERSON.items()},
    **{f"imports.PersonForm.{name}": kept for name, kept in PERSON.items()},
    **{f"parks.AppointForm.{name}": kept for name, kept in PERSON.items()},
    "accounts.SignInForm.email": (Attempt.key,),
    "accounts.SignInForm.next": ONLY_ASKED,
    "accounts.ForgottenForm.email": (Attempt.key,),
    # Of a password its hash is kept.
    "accounts.WelcomeForm.name": (User.name,),
    "accounts.WelcomeForm.password": ONLY_ASKED,
    "accounts.SignInForm.password": ONLY_ASKED,
    "accounts.NewPasswordForm.password": ONLY_ASKED,
    "profiles.ProfileForm.headline": (Profile.headline,),
    "profiles.ProfileForm.summary": (Profile.summary,),
    "profiles.ProfileForm.skills": ONLY_ASKED,
    "profiles.ProfileForm.past_titles": (PastTitle.title,),
    "profiles.ProfileForm.rate": ONLY_ASKED,
    "profiles.ProfileForm.hours_per_week": ONLY_ASKED,
    "profiles.ProfileForm.links": (PortfolioLink.url,),
    "jobs.JobForm.title": (Job.title, Contract.title),
    "jobs.JobForm.description": (Job.description,),
    **{f"jobs.JobForm.{name}": ONLY_ASKED for name in ("skills", "budget", "least", "most")},
    "jobs.JobForm.weeks": ONLY_ASKED,
    "jobs.ProposalForm.letter": (Proposal.letter,),
    "jobs.ProposalForm.questions": (Proposal.questions,),
    "jobs.StepRow.title": (ProposalStep.title, Milestone.title),
    "jobs.StepRow.amount": ONLY_ASKED,
    "jobs.StepRow.days": ONLY_ASKED,
    "jobs.InviteForm.profile_id": ONLY_ASKED,
    "jobs.InviteForm.message": (Invitation.message,),
    "jobs.DeclineForm.note": (Proposal.decline_reason,),
    "jobs.SearchForm.q": ONLY_ASKED,
    "jobs.SearchForm.skill": ONLY_ASKED,
    "parks.SearchForm.q": ONLY_ASKED,
    "parks.RollForm.q": ONLY_ASKED,
    "parks.PageForm.about": (Park.about,),
    "parks.ParkForm.name": (Park.name,),
    "parks.ParkForm.operator": (Operator.name,),
    "parks.ParkForm.city": (Park.city,),
    "parks.ParkForm.district": (Park.district,),
    "parks.CompanyForm.name": (TenantCompany.name,),
    "parks.CompanyForm.about": (TenantCompany.about,),
    "searches.SaveForm.name": (SavedSearch.name,),
    "searches.FilterForm.words": ONLY_ASKED,  # in JSON, which has no length
    **{f"searches.{name}.rate": ONLY_ASKED for name in ("FilterForm", "FreelancerFilters")},
    "searches.JobFilters.rate": ONLY_ASKED,
    "web.UploadForm.text": ONLY_ASKED,
    "web.Versioned.version": ONLY_ASKED,
    "home.NoteForm.note": (Effect.note,),
}
# Fields that bound what is typed by themselves: of a list, each entry.
OWN_BOUND = {
    "profiles.ProfileForm.past_titles": lengths.TITLE,
    "profiles.ProfileForm.links": lengths.LINK,
    "jobs.StepRow.title": lengths.TITLE,
}
BEFORE_A_KEY = len("forgotten by mail:")
"""Of what is counted, the kind stands before the address."""


def kinds_of(form: type) -> Iterator[type]:
    for kind in form.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def typed_fields() -> dict[str, UnboundField]:
    """Every field that somebody types into, of every form of the application."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith(("forms", "_field", ".cells", ".uploads")):
            importlib.import_module(module.name)
    own = importlib.import_module("app.jobs.steps_field").StepRow
    return {
        f"{kind.__module__.split('.')[1]}.{kind.__name__}.{name}": field
        for kind in (*kinds_of(Form), own)
        if kind.__module__.startswith("app.")
        for name, field in vars(kind).items()
        if isinstance(field, UnboundField) and issubclass(field.field_class, StringField)
    }


def longest(name: str, field: UnboundField) -> int | None:
    given = (*field.args, *field.kwargs.get("validators", ()))
    listed = [one for part in given for one in (part if isinstance(part, list) else [part])]
    return OWN_BOUND.get(name) or next((x.longest for x in listed if isinstance(x, Plain)), None)


def too_short(name: str, field: UnboundField, column: Column[Any]) -> str:
    """What is wrong with a column that a field's text ends in; "" when it has room."""
    if isinstance(column.type, Text):
        return "" if longest(name, field) else f"{name} takes texts of any length"
    most = longest(name, field) or 0
    needed = most + (BEFORE_A_KEY if column.table.name == "attempts" else 0)
    room = column.type.length
    return "" if 0 < needed <= room else f"{name} takes {most}, {column} has room for {room}"


def test_every_field_has_a_column_with_room():
    fields = typed_fields()
    assert fields.keys() == ENDS.keys()
    columns = [(name, kept.property.columns[0]) for name, every in ENDS.items() for kept in every]
    assert [fault for name, to in columns if (fault := too_short(name, fields[name], to))] == []


def test_a_planted_column_without_room_is_seen():
    field, table = StringField("x", [Plain(300)]), User.__table__
    assert "has room for 120" in too_short("x", field, table.c.name)
    assert "has room for 254" in too_short("x", field, table.c.email)
    assert "takes 0" in too_short("x", StringField("x"), table.c.name)
    assert "any length" in too_short("x", StringField("x"), Job.__table__.c.description)
    beside = StringField("x", [Plain(lengths.KEY)])  # no room for the word before it
    assert "has room for 300" in too_short("x", beside, Attempt.__table__.c.key)


def test_every_bounded_column_has_room_for_what_is_put_together_in_it():
    # A subject is made of two names and a sentence: such columns have no bound.
    assert isinstance(KeptLetter.__table__.c.subject.type, Text)
    ours = {"task": 60, "kind": 40, "model": 120, "path": lengths.PATH}
    assert max(map(len, KINDS)) <= ours["kind"]
    assert len("/parks//managers") + lengths.SLUG <= ours["path"]


# Four bytes each: what a column counts in bytes, or a form in halves, shows here.
SIGN, LETTER_SIGN = "🎉", "𐎀"


def signs(count: int) -> str:
    return SIGN * count


def letters(count: int) -> str:
    return LETTER_SIGN * count


def link(count: int) -> str:
    return "https://example.org/".ljust(count, SIGN)


Case = tuple[str, str, dict[str, Any], dict[str, tuple[str, Kept]]]


CASES: list[Case] = [
    (
        "freelancer",
        "/profile/edit",
        PROFILE | {"skills": "Django"},
        {
            "headline": (signs(lengths.TITLE), Profile.headline),
            "summary": (signs(lengths.ABOUT), Profile.summary),
            "past_titles": (signs(lengths.TITLE), PastTitle.title),
            "links": (link(lengths.LINK), PortfolioLink.url),
        },
    ),
    (
        "client",
        "/jobs/new",
        job_form(skills="Django"),
        {
            "title": (signs(lengths.TITLE), Job.title),
            "description": (signs(lengths.DESCRIPTION), Job.description),
        },
    ),
    (
        "another freelancer",
        "/jobs/{job_id}/propose",
        proposal_form(),
        {
            "letter": (signs(lengths.LETTER), Proposal.letter),
            "questions": (signs(lengths.QUESTIONS), Proposal.questions),
            "steps-0-title": (signs(lengths.TITLE), ProposalStep.title),
        },
    ),
    (
        "client",
        "/proposals/{proposal_id}/refusal",
        {"reason": "other"},
        {"note": (signs(lengths.MESSAGE), Proposal.decline_reason)},
    ),
    (
        "client",
        "/jobs/{job_id}/invitations",
        {"profile_id": "{stranger_id}"},
        {"message": (signs(lengths.MESSAGE), Invitation.message)},
    ),
    (
        "manager",
        "/my-parks/{park_id}/edit",
        {},
        {"about": (signs(lengths.ABOUT), Park.about)},
    ),
    (
        "manager",
        "/my-parks/{park_id}/companies",
        {"name": "Some", "since_on": "2026-01-01"},
        {
            "name": (letters(lengths.NAME), TenantCompany.name),
            "about": (letters(lengths.LINE), TenantCompany.about),
        },
    ),
    (
        "operator",
        "/parks/new",
        PARK,
        {
            "name": (letters(lengths.NAME), Park.name),
            "operator": (letters(lengths.NAME), Operator.name),
            "city": (letters(lengths.PLACE), Park.city),
            "district": (letters(lengths.PLACE), Park.district),
            "about": (signs(lengths.ABOUT), Park.about),
        },
    ),
    (
        "operator",
        "/parks/{slug}/managers",
        {"email": "gul@example.org"},
        {"name": (letters(lengths.NAME), User.name)},
    ),
    (
        "client",
        "/saved-searches/new?kind=jobs&words=" + signs(lengths.WORDS),
        {},
        {"name": (signs(lengths.CAPTION), SavedSearch.name)},
    ),
]
"""Who sends what where; each field's longest text, and the column it is read back from."""


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def at(path: str, world: World, session: Session) -> str:
    strange = world.people["another freelancer"].id
    if "{stranger_id}" in path:
        of = select(Profile.id).where(Profile.user_id == strange)
        return str(session.scalar(of))
    return path.format(**world.values()) if path.startswith("/") else path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1][:30])
def test_the_longest_of_every_field_arrives_whole(case: Case, world, session, visitor):
    actor, path, base, fields = case
    path = at(path, world, session)
    base = {name: at(x, world, session) if x == "{stranger_id}" else x for name, x in base.items()}
    if world.people[actor]:
        visitor.sign_in(world.people[actor])
    session.commit()
    typed = {name: text for name, (text, _) in fields.items()}
    for name, text in typed.items():
        one_more = text + (LETTER_SIGN if LETTER_SIGN in text else SIGN)
        page = visitor.post(path, base | typed | {name: one_more})
        assert page.status == 422, name
        assert page.value(name) == one_more
    page = visitor.post(path, base | typed)
    assert page.status == 303, page.text
    session.expire_all()
    for name, (text, column) in fields.items():
        assert text in [str(kept) for kept in session.scalars(select(column))], name


def test_a_letter_about_the_longest_names_is_kept(connection, session, world, visitor):
    session.get_one(User, world.people["another freelancer"].id).name = letters(lengths.NAME)
    world.job.title = signs(lengths.TITLE)
    visitor.sign_in(world.people["another freelancer"])
    sent = visitor.post(f"/jobs/{world.job.id}/propose", proposal_form())
    assert sent.status == 303, sent.text
    worker.drain(connection, tasks())
    subject = session.scalars(select(KeptLetter.subject)).one()
    assert letters(lengths.NAME) in subject  # the end of so long a one is cut for mail programs
    assert subject.endswith("…")


def test_no_bounded_text_of_a_model_is_forgotten_here():
    # Whatever is not typed is made by us, of a known length.
    typed = {kept.property.columns[0] for every in ENDS.values() for kept in every}
    ours = {
        *("token_hash", "password_hash", "digest", "fingerprint", "feed_token", "key", "joined"),
        *("nonce", "about"),
        *("browser", "address", "language", "currency", "code", "kind", "path", "task", "act"),
        *("subject", "before", "after", "model", "slug", "label", "import_key"),
    }
    forgotten = [
        str(column)
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, String)
        and column.type.length
        and not hasattr(column.type, "enums")
        and column not in typed
        and column.name not in ours
        and column.table.name != "skill_names"
    ]
    assert forgotten == []
