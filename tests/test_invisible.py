"""What nobody can see is nothing: no name, no title, at every door that takes one."""

import pytest
from sqlalchemy import func, select

from app import worker
from app.accounts.models import SignUp, User
from app.cli import tasks
from app.jobs.models import Job, Proposal
from app.parks.models import Park, TenantCompany
from app.profiles.models import Profile
from app.searches.models import SavedSearch
from tests.imports.conftest import PROFILE as ROW
from tests.imports.conftest import run, written  # noqa: F401  (fixtures)
from tests.jobs.typed import job_form, proposal_form
from tests.parks.test_operator_pages import GOOD as PARK
from tests.profiles.test_views import TYPED as PROFILE
from tests.world import make_world

INVISIBLE = {
    "zero width space": "\u200b",
    "fillers of Hangul": "\u115f\u1160\u3164\uffa0",
    "empty Braille": "\u2800\u2800",
    "joiners and marks of direction": "\u200c\u200d\u200e\u200f\u061c",
    "soft hyphens": "\u00ad\u00ad",
    "a vowel separator of Mongolian": "\u180e",
    "variation selectors": "\ufe0f\U000e0100",
    "tags": "\U000e0041\U000e007f",
    "marks on nothing": "\u0301\u064b",
    "wide blanks": "\u3000\u2003\u00a0",
    "a bit of all": " \u200b\u3164\u2800\u034f ",
}
NEW = {"email": "new@example.org", "role": "client"}
DOORS = [
    ("visitor", "/sign-up", NEW, "name", SignUp),
    ("client", "/jobs/new", job_form(skills="Django"), "title", Job),
    ("another freelancer", "/jobs/{job_id}/propose", proposal_form(), "steps-0-title", Proposal),
    ("another freelancer", "/jobs/{job_id}/propose", proposal_form(), "letter", Proposal),
    ("operator", "/parks/new", PARK, "name", Park),
    ("operator", "/parks/new", PARK, "operator", Park),
    ("operator", "/parks/new", PARK, "city", Park),
    ("operator", "/parks/{slug}/managers", {"email": "gul@example.org"}, "name", User),
    ("manager", "/my-parks/{park_id}/companies", {"since_on": ""}, "name", TenantCompany),
    ("client", "/saved-searches/new?kind=jobs&words=web", {}, "name", SavedSearch),
]
GOOD_NAMES = ["می\u200cخواهم", "ثنا\u200f", "Amina\u200c Khan", "X", "3M", "عائشہ ﷺ"]


def count(session, model) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("kind", INVISIBLE)
def test_no_door_takes_it(kind, session, visitors):
    world = make_world(session)
    session.commit()
    for actor, path, base, field, model in DOORS:
        visitor = visitors()
        if world.people[actor]:
            visitor.sign_in(world.people[actor])
        before = count(session, model)
        typed = base | {field: INVISIBLE[kind]}
        page = visitor.post(path.format(**world.values()), typed)
        assert page.status == 422, (path, field)
        assert page.value(field) in (INVISIBLE[kind], ""), (path, field)
        assert count(session, model) == before


@pytest.mark.parametrize("kind", INVISIBLE)
def test_a_profile_of_it_is_not_complete(kind, session, visitor):
    world = make_world(session)
    visitor.sign_in(world.people["freelancer"])
    page = visitor.post(
        "/profile/edit", PROFILE | {"skills": "Django", "headline": INVISIBLE[kind]}
    )
    assert page.status == 422
    assert "Write a headline." in page.text
    assert session.get(Profile, world.profile.id).headline == "Web developer"


@pytest.mark.parametrize("kind", INVISIBLE)
def test_no_file_and_no_command_takes_it(kind, session, app, run, written):  # noqa: F811
    done = run("profiles", "import", written(ROW, {"name": INVISIBLE[kind]}))
    assert "Please fill this in" in done.output
    words = ["people", "add-operator", "op@example.org", INVISIBLE[kind]]
    assert app.test_cli_runner().invoke(args=words).exit_code == 1
    assert count(session, User) == 0


@pytest.mark.parametrize("name", [".", "🎉", "— —"])
def test_signs_are_a_title_and_no_name(name, session, visitor, visitors):
    world = make_world(session)
    page = visitor.post("/sign-up", NEW | {"name": name})
    assert page.status == 422
    assert "at least one letter or digit" in page.text
    client = visitors().sign_in(world.people["client"])
    assert client.post("/jobs/new", job_form(skills="Django", title=name)).status == 303


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_name_of_any_script_with_its_joiners_stays_as_typed(name, session, visitor, connection):
    assert visitor.post("/sign-up", NEW | {"name": name}).status == 303
    worker.drain(connection, tasks())
    assert session.scalar(select(SignUp.name)) == name
