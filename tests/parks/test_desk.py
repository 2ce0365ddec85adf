"""A manager's pages: who asks, who belongs, what the park's page says, and whose park it is."""

import pytest
from sqlalchemy import select

from app.clock import today
from app.parks import appointments, companies
from app.parks.companies import CompanyDraft
from app.parks.models import MembershipStatus, TenantCompany, Verification
from app.permissions import Role
from tests.factories import make_membership, make_park, make_user

RLO = "\u202e"
ACTS = ("confirmation", "refusal", "end", "verification")


@pytest.fixture
def manager(session):
    return make_user(session, Role.MANAGER, name="Gul Nisa")


@pytest.fixture
def park(session, manager):
    return make_park(session, managers=(manager,), name="Gilgit Park", slug="gilgit")


@pytest.fixture
def asked(session, park):
    amina = make_user(session, name="Amina")
    return make_membership(session, amina, park, status=MembershipStatus.ASKED)


@pytest.fixture
def desk(visitor, manager, park):
    return visitor.sign_in(manager)


@pytest.fixture
def stranger(visitor, session, park):
    other = make_user(session, Role.MANAGER)
    make_park(session, managers=(other,))
    return visitor.sign_in(other)


def test_a_manager_sees_their_parks_and_who_waits(desk, session, park, asked):
    session.commit()
    page = desk.get("/my-parks")
    assert page.soup.find("a", href=f"/my-parks/{park.id}")
    assert "1 person asks to join" in page.text


def test_a_manager_without_a_park_is_told_why(visitor, session):
    visitor.sign_in(make_user(session, Role.MANAGER))
    page = visitor.get("/my-parks")
    assert page.status == 200
    assert "You do not manage a park yet." in page.text


def test_the_desk_names_who_asks_and_who_belongs(desk, session, park, asked):
    make_membership(session, make_user(session, name="Bilal"), park)
    make_membership(session, make_user(session, name="Elsewhere"), make_park(session))
    session.commit()
    page = desk.get(f"/my-parks/{park.id}")
    assert {"Amina", "Bilal"} < set(page.headings)
    assert "Elsewhere" not in page.text
    assert "I have seen this person and their papers at a desk today." in page.text


def test_confirming_with_the_tick_makes_a_verification(desk, session, park, asked):
    session.commit()
    answer = desk.post(f"/memberships/{asked.id}/confirmation", {"seen_in_person": "y"})
    page = desk.follow(answer)
    assert "Amina is a member now." in page.text
    assert "Seen in person" in page.text
    assert session.scalars(select(Verification.user_id)).all() == [asked.user_id]


def test_confirming_without_the_tick_makes_none(desk, session, park, asked):
    session.commit()
    page = desk.follow(desk.post(f"/memberships/{asked.id}/confirmation"))
    assert "not seen in person" in page.text
    assert session.scalars(select(Verification)).all() == []


def test_a_member_is_seen_later_from_the_list(desk, session, park, asked):
    asked.status = MembershipStatus.CONFIRMED
    asked.from_on = today()
    session.commit()
    page = desk.follow(desk.post(f"/memberships/{asked.id}/verification"))
    assert "Noted: you have seen Amina today." in page.text


@pytest.mark.parametrize(
    ("first", "again"),
    [("refusal", "refusal"), ("confirmation", "confirmation"), ("refusal", "confirmation")],
)
def test_a_request_is_answered_once(desk, session, asked, first, again):
    session.commit()
    assert desk.post(f"/memberships/{asked.id}/{first}").status == 303
    assert desk.post(f"/memberships/{asked.id}/{again}").status == 409


def test_a_membership_is_ended_once(desk, session, park, asked):
    session.commit()
    assert desk.post(f"/memberships/{asked.id}/end").status == 409
    desk.post(f"/memberships/{asked.id}/confirmation")
    assert desk.post(f"/memberships/{asked.id}/end").status == 303
    assert desk.post(f"/memberships/{asked.id}/end").status == 409


@pytest.mark.parametrize("act", ACTS)
def test_another_manager_finds_no_such_membership(stranger, session, asked, act):
    session.commit()
    assert stranger.post(f"/memberships/{asked.id}/{act}", {"seen_in_person": "y"}).status == 404
    session.refresh(asked)
    assert asked.status is MembershipStatus.ASKED
    assert session.scalars(select(Verification)).all() == []


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [Role.FREELANCER, Role.CLIENT, Role.OPERATOR])
def test_only_managers_answer(visitor, session, asked, act, role):
    visitor.sign_in(make_user(session, role))
    assert visitor.post(f"/memberships/{asked.id}/{act}").status == 403


def test_nobody_confirms_themselves(visitor, session, asked):
    visitor.sign_in(asked.user)
    assert visitor.post(f"/memberships/{asked.id}/confirmation").status == 403


@pytest.mark.parametrize("path", ["", "/edit", "/companies"])
def test_another_managers_park_is_not_found(stranger, session, park, path):
    session.commit()
    assert stranger.get(f"/my-parks/{park.id}{path}").status == 404
    assert stranger.get(f"/my-parks/999999{path}").status == 404


def test_another_managers_park_cannot_be_changed(stranger, session, park):
    kept = companies.add(session, park, CompanyDraft("Karakoram Soft", "", today()))
    session.commit()
    assert stranger.post(f"/my-parks/{park.id}/edit", {"about": "Mine"}).status == 404
    assert stranger.post(f"/my-parks/{park.id}/companies", {"name": "Mine"}).status == 404
    removal = f"/my-parks/{park.id}/companies/{kept.id}/removal"
    assert stranger.post(removal).status == 404
    session.refresh(park)
    assert park.about == ""
    assert session.scalars(select(TenantCompany.name)).all() == ["Karakoram Soft"]


@pytest.mark.parametrize("path", ["/my-parks", "/my-parks/1", "/my-parks/1/edit"])
def test_a_visitor_signs_in_first(visitor, path):
    assert "/sign-in" in visitor.get(path).path


def test_a_dismissed_manager_loses_the_desk(desk, session, park, manager):
    appointments.dismiss(session, park, manager.id)
    session.commit()
    assert desk.get(f"/my-parks/{park.id}").status == 404


def test_members_are_looked_up_by_name(desk, session, park):
    for name in ("Amina Khan", "Bilal"):
        make_membership(session, make_user(session, name=name), park)
    session.commit()
    page = desk.get(f"/my-parks/{park.id}?q=khan")
    assert "Amina Khan" in page.text
    assert "Bilal" not in page.text
    assert "No member has this" in desk.get(f"/my-parks/{park.id}?q=zz").text


@pytest.mark.parametrize("after", ["x", "-1", "99999999999999999999", "1.5", ""])
def test_a_made_up_place_to_go_on_from_starts_from_the_top(desk, session, park, asked, after):
    session.commit()
    assert desk.get(f"/my-parks/{park.id}", query_string={"after": after}).status == 200


def test_a_lookup_that_does_not_parse_is_refused_and_kept(desk, session, park):
    session.commit()
    page = desk.get(f"/my-parks/{park.id}", query_string={"q": f"a{RLO}b"})
    assert page.status == 422
    assert page.value("q") == f"a{RLO}b"


def test_the_page_of_a_park_is_changed(desk, session, park):
    session.commit()
    answer = desk.post(
        f"/my-parks/{park.id}/edit", {"about": "Two lines.\r\nA roof.", "seats": "120"}
    )
    assert (answer.status, answer.path) == (303, f"/my-parks/{park.id}")
    session.refresh(park)
    assert (park.about, park.seats) == ("Two lines.\nA roof.", 120)


@pytest.mark.parametrize("seats", ["0", "-3", "many", "1e3", "100001", "9" * 5000, "4\x00"])
def test_a_number_of_seats_that_is_none_is_refused_and_kept(desk, session, park, seats):
    session.commit()
    page = desk.post(f"/my-parks/{park.id}/edit", {"about": "Fine words", "seats": seats})
    assert page.status == 422
    assert page.text.count("Write a whole number from 1 to 100000.") == 2
    assert (page.value("about"), page.value("seats")) == ("Fine words", seats)


@pytest.mark.parametrize("about", ["<b>Big</b>", f"a{RLO}b", "a\x00b", "x" * 4001])
def test_a_description_that_does_not_parse_is_refused_and_kept(desk, session, park, about):
    session.commit()
    page = desk.post(f"/my-parks/{park.id}/edit", {"about": about, "seats": "12"})
    assert page.status == 422
    assert (page.value("about"), page.value("seats")) == (about, "12")
    session.refresh(park)
    assert (park.about, park.seats) == ("", None)


def test_a_company_is_added_and_removed(desk, session, park):
    session.commit()
    path = f"/my-parks/{park.id}/companies"
    company = {"name": "Karakoram Soft", "about": "Makes apps.", "since_on": "2024-05-01"}
    page = desk.follow(desk.post(path, company))
    assert "Karakoram Soft" in page.headings
    row = session.scalars(select(TenantCompany)).one()
    assert (row.park_id, row.about, row.since_on.year) == (park.id, "Makes apps.", 2024)
    page = desk.follow(desk.post(f"{path}/{row.id}/removal"))
    assert "Karakoram Soft is off the list." in page.text
    assert desk.post(f"{path}/{row.id}/removal").status == 404


def test_a_company_already_on_the_list_is_refused_and_kept(desk, session, park):
    companies.add(session, park, CompanyDraft("Karakoram Soft", "", today()))
    session.commit()
    page = desk.post(
        f"/my-parks/{park.id}/companies",
        {"name": "karakoram soft", "about": "Again", "since_on": "2024-05-01"},
    )
    assert page.status == 409
    assert "karakoram soft is already on the list." in page.text
    assert page.value("about") == "Again"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "<i>Soft</i>"),
        ("name", f"So{RLO}ft"),
        ("name", "So\x00ft"),
        ("name", "x" * 121),
        ("about", "<script>"),
        ("about", f"a{RLO}b"),
        ("about", "a\x00b"),
        ("about", "x" * 301),
        ("since_on", ""),
        ("since_on", "yesterday"),
        ("since_on", "2024-13-01"),
        ("since_on", "2027-01-01"),
        ("since_on", "0001-01-01"),
        ("since_on", "2024-01-01\x00"),
    ],
)
def test_a_company_that_does_not_parse_is_refused_and_kept(desk, session, park, field, typed):
    session.commit()
    typed_all = {"name": "Soft", "about": "Apps", "since_on": "2024-05-01", field: typed}
    page = desk.post(f"/my-parks/{park.id}/companies", typed_all)
    assert page.status == 422
    assert {name: page.value(name) for name in typed_all} == typed_all
    assert session.scalars(select(TenantCompany)).all() == []
