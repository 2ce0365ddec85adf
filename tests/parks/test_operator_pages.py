"""An operator's pages: adding a park and appointing who answers for it."""

import pytest
from sqlalchemy import select

from app.accounts import links
from app.accounts.service import find_by_email
from app.outbox import Effect
from app.parks.models import Park, ParkManager
from app.permissions import Role
from app.web.letters import render_letter
from tests.conftest import KEY
from tests.factories import make_park, make_user

RLO = "\u202e"
GOOD = {
    "name": "Skardu Freelancing Hub",
    "kind": "freelancing_hub",
    "operator": "SCO",
    "city": "Skardu",
    "district": "Skardu",
    "area": "PK-GB",
    "opened_on": "2022-11-05",
    "seats": "60",
    "about": "Two lines.",
}


@pytest.fixture
def operator(visitor, session):
    return visitor.sign_in(make_user(session, Role.OPERATOR))


def managers_of(session, park) -> list[int]:
    return session.scalars(select(ParkManager.user_id).where(ParkManager.park_id == park.id)).all()


def test_an_operator_adds_a_park_and_goes_on_to_its_manager(operator, session):
    answer = operator.post("/parks/new", GOOD)
    assert (answer.status, answer.path) == (303, "/parks/skardu-freelancing-hub/managers")
    park = session.scalars(select(Park)).one()
    assert (park.area, park.seats, park.opened_on.year) == ("PK-GB", 60, 2022)
    assert operator.get("/parks/skardu-freelancing-hub").status == 200


def test_what_is_optional_may_be_left_out(operator, session):
    assert (
        operator.post("/parks/new", GOOD | {"opened_on": "", "seats": "", "about": ""}).status
        == 303
    )
    park = session.scalars(select(Park)).one()
    assert (park.opened_on, park.seats, park.about) == (None, None, "")


def test_a_park_already_listed_is_refused_and_kept(operator, session):
    operator.post("/parks/new", GOOD)
    page = operator.post("/parks/new", GOOD)
    assert page.status == 409
    assert "There is already a park of this name in Skardu." in page.text
    assert page.value("about") == "Two lines."


@pytest.mark.parametrize("field", ["name", "operator", "city", "district"])
@pytest.mark.parametrize("typed", ["", "  ", "<b>x</b>", f"a{RLO}b", "a\x00b", "x" * 121])
def test_a_name_that_does_not_parse_is_refused_and_kept(operator, session, field, typed):
    page = operator.post("/parks/new", GOOD | {field: typed})
    assert page.status == 422
    assert page.value(field) == typed
    assert page.value("about") == "Two lines."
    assert session.scalars(select(Park)).all() == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "castle"),
        ("kind", ""),
        ("area", "PK-TA"),
        ("opened_on", "soon"),
        ("opened_on", "2030-01-01"),
        ("seats", "none"),
        ("about", "<h1>Best</h1>"),
        ("about", "x" * 4001),
    ],
)
def test_a_value_that_does_not_parse_is_refused(operator, session, field, typed):
    page = operator.post("/parks/new", GOOD | {field: typed})
    assert page.status == 422
    assert page.value("name") == GOOD["name"]
    assert session.scalars(select(Park)).all() == []


@pytest.mark.parametrize("role", [Role.FREELANCER, Role.CLIENT, Role.MANAGER])
def test_only_operators_add_parks_and_appoint(visitor, session, role):
    park = make_park(session, slug="gilgit")
    user = make_user(session, role)
    visitor.sign_in(user)
    assert visitor.get("/parks/new").status == 403
    assert visitor.post("/parks/new", GOOD).status == 403
    assert visitor.post("/parks/gilgit/managers", {"email": user.email}).status == 403
    assert visitor.post(f"/parks/gilgit/managers/{user.id}/removal").status == 403
    assert managers_of(session, park) == []


def test_a_manager_of_the_park_cannot_appoint_another(visitor, session):
    manager = make_user(session, Role.MANAGER)
    make_park(session, slug="gilgit", managers=(manager,))
    visitor.sign_in(manager)
    assert visitor.get("/parks/gilgit/managers").status == 403


def test_an_operator_appoints_a_manager_by_address(operator, session):
    park = make_park(session, slug="gilgit")
    gul = make_user(session, Role.MANAGER, name="Gul", email="gul@example.org")
    session.commit()
    page = operator.follow(operator.post("/parks/gilgit/managers", {"email": "Gul@Example.org"}))
    assert "Gul manages the park now." in page.text
    assert managers_of(session, park) == [gul.id]


def test_an_unknown_address_is_invited_by_name(operator, session):
    park = make_park(session, slug="gilgit")
    session.commit()
    answer = operator.post("/parks/gilgit/managers", {"email": "new@example.org", "name": "Noor"})
    assert answer.status == 303
    assert managers_of(session, park) == [find_by_email(session, "new@example.org").id]


def test_an_invited_manager_opens_the_login_with_the_letter(operator, session, visitors):
    park = make_park(session, slug="gilgit", name="Gilgit Park")
    session.commit()
    operator.post("/parks/gilgit/managers", {"email": "new@example.org", "name": "Noor"})
    letter = session.scalars(select(Effect)).one().payload
    noor = visitors()
    noor.follow(
        noor.post(links.path(session, KEY, letter["link"]), {"password": "tea in the garden"})
    )
    page = noor.get(f"/my-parks/{park.id}")
    assert page.status == 200
    assert page.headings[0] == "Gilgit Park"


def test_the_letter_of_an_appointment_names_the_park_and_the_way_in(app):
    given = {"path": "/new-password/abc", "park": "Gilgit Park"}
    subject, body = render_letter("appointed", "en", name="Noor", params=given)
    assert subject == "You manage Gilgit Park on Hunar"
    assert "/new-password/abc" in body
    assert body.startswith("Hello,")


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"email": "", "name": "Noor"}, 422),
        ({"email": "not an address", "name": "Noor"}, 422),
        ({"email": "new@example.org", "name": ""}, 422),
        ({"email": "new@example.org", "name": "<b>Noor</b>"}, 422),
        ({"email": "new@example.org", "name": f"No{RLO}or"}, 422),
        ({"email": "new@example.org", "name": "x" * 121}, 422),
        ({"email": "n\x00@example.org", "name": "Noor"}, 422),
        ({"email": "client@example.org", "name": "Noor"}, 409),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_and_kept(operator, session, typed, status):
    park = make_park(session, slug="gilgit")
    make_user(session, Role.CLIENT, email="client@example.org")
    session.commit()
    page = operator.post("/parks/gilgit/managers", typed)
    assert page.status == status
    assert {name: page.value(name) for name in typed} == typed
    assert managers_of(session, park) == []
    assert find_by_email(session, "new@example.org") is None


def test_a_park_is_taken_from_its_manager_once(operator, session):
    gul = make_user(session, Role.MANAGER, name="Gul")
    park = make_park(session, slug="gilgit", managers=(gul,))
    session.commit()
    path = f"/parks/gilgit/managers/{gul.id}/removal"
    page = operator.follow(operator.post(path))
    assert "Gul does not manage the park any more." in page.text
    assert managers_of(session, park) == []
    assert operator.post(path).status == 404


def test_managers_of_an_unknown_park_are_not_found(operator):
    assert operator.get("/parks/hunza/managers").status == 404
    assert operator.post("/parks/hunza/managers", {"email": "a@example.org"}).status == 404
