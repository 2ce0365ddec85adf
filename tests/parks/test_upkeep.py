"""Adding parks, appointing managers, and keeping the list of companies."""

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts import links
from app.accounts.models import PasswordLink
from app.clock import now
from app.errors import Conflict, Invalid, NotFound
from app.notifications.models import Notification
from app.outbox import Effect
from app.parks import appointments, companies, directory, service
from app.parks.appointments import AppointmentDraft
from app.parks.companies import CompanyDraft
from app.parks.models import Area, Operator, ParkKind
from app.parks.service import PageDraft, ParkDraft
from app.permissions import Role
from tests.conftest import KEY
from tests.factories import make_park, make_user


def park_draft(**given) -> ParkDraft:
    return ParkDraft(
        **{
            "name": "Gilgit Technology Park",
            "kind": ParkKind.TECHNOLOGY_PARK,
            "operator": "SCO",
            "city": "Gilgit",
            "district": "Gilgit",
            "area": Area.GILGIT_BALTISTAN,
            "opened_on": date(2020, 1, 1),
            "page": PageDraft(about="", seats=40),
            **given,
        }
    )


def company(name: str = "Karakoram Soft") -> CompanyDraft:
    return CompanyDraft(name=name, about="Makes apps.", since_on=date(2024, 1, 1))


def whom(**given) -> AppointmentDraft:
    return AppointmentDraft(**{"email": "gul@example.org", "name": "Gul", "language": "en"} | given)


def test_a_park_gets_an_address_from_its_name(session):
    assert service.add(session, park_draft()).slug == "gilgit-technology-park"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("New", "new-2"), ("پارک", "park"), ("Ärfa & Söhne!", "arfa-sohne"), ("x" * 120, "x" * 70)],
)
def test_an_address_is_plain_and_free(session, name, slug):
    assert service.add(session, park_draft(name=name)).slug == slug


def test_parks_of_one_name_in_two_cities_get_two_addresses(session):
    first = service.add(session, park_draft())
    second = service.add(session, park_draft(city="Hunza"))
    assert (first.slug, second.slug) == ("gilgit-technology-park", "gilgit-technology-park-2")


def test_one_name_stands_once_in_a_city(session):
    service.add(session, park_draft())
    with pytest.raises(Conflict):
        service.add(session, park_draft(name="GILGIT technology park"))


def test_an_operator_is_known_by_name_or_short_name(session):
    session.add(Operator(key="sco", name="Special Communications Organization"))
    session.flush()
    service.add(session, park_draft())
    service.add(session, park_draft(city="Hunza", operator="special communications organization"))
    assert [operator.key for operator in service.operators(session)] == ["sco"]


def test_a_new_operator_is_added_once(session):
    service.add(session, park_draft(operator="Karakoram University of Technology"))
    service.add(session, park_draft(city="Hunza", operator="Karakoram University of Technology"))
    assert len(service.operators(session)) == 1


def test_operators_with_like_names_get_keys_of_their_own(session):
    service.add(session, park_draft(operator="Karakoram University East"))
    service.add(session, park_draft(city="Hunza", operator="Karakoram University West"))
    assert len({operator.key for operator in service.operators(session)}) == 2


def test_the_page_of_a_park_is_changed(session):
    park = make_park(session)
    service.edit(session, park, PageDraft(about="Power day and night.", seats=None))
    assert (park.about, park.seats) == ("Power day and night.", None)


def test_a_known_manager_is_appointed_and_told(session):
    park, user = make_park(session), make_user(session, Role.MANAGER, email="gul@example.org")
    assert appointments.appoint(session, park, whom(email="GUL@example.org", name="")) is user
    assert appointments.of_park(session, park) == [user]
    assert directory.managed_by(session, user) == [park]
    kinds = session.scalars(select(Notification.kind).where(Notification.user_id == user.id))
    assert kinds.all() == ["park.appointed"]


def test_an_unknown_address_gets_a_login_and_a_letter_that_opens_it(session):
    user = appointments.appoint(session, make_park(session), whom())
    assert (user.role, user.email_verified_at) == (Role.MANAGER, None)
    letter = session.scalars(select(Effect)).one().payload
    assert (letter["to"], letter["letter"]) == ("gul@example.org", "appointed")
    token = links.path(session, KEY, letter["link"]).removeprefix("/new-password/")
    assert links.get_live(session, KEY, PasswordLink, token).user is user


def test_an_unknown_address_without_a_name_is_refused(session):
    with pytest.raises(Invalid):
        appointments.appoint(session, make_park(session), whom(name=""))


@pytest.mark.parametrize("role", [Role.FREELANCER, Role.CLIENT, Role.OPERATOR])
def test_a_login_in_another_role_is_refused(session, role):
    make_user(session, role, email="gul@example.org")
    with pytest.raises(Conflict):
        appointments.appoint(session, make_park(session), whom())


def test_a_suspended_manager_is_refused(session):
    make_user(session, Role.MANAGER, email="gul@example.org", suspended_at=now())
    with pytest.raises(Conflict):
        appointments.appoint(session, make_park(session), whom())


def test_appointing_twice_is_refused(session):
    park = make_park(session)
    appointments.appoint(session, park, whom())
    with pytest.raises(Conflict):
        appointments.appoint(session, park, whom())


def test_a_park_has_a_bounded_number_of_managers(session):
    managers = tuple(make_user(session, Role.MANAGER) for _ in range(20))
    with pytest.raises(Conflict):
        appointments.appoint(session, make_park(session, managers=managers), whom())


def test_a_dismissed_manager_manages_it_no_more(session):
    manager = make_user(session, Role.MANAGER)
    park = make_park(session, managers=(manager,))
    assert appointments.dismiss(session, park, manager.id) is manager
    assert directory.managed_by(session, manager) == []
    with pytest.raises(NotFound):
        appointments.dismiss(session, park, manager.id)


def test_a_company_stands_once_in_a_park(session):
    park = make_park(session)
    companies.add(session, park, company())
    companies.add(session, make_park(session), company())
    with pytest.raises(Conflict) as refusal:
        companies.add(session, park, company("KARAKORAM soft"))
    assert str(refusal.value) == "KARAKORAM soft is already on the list."


def test_companies_come_by_name_page_by_page(session, monkeypatch):
    monkeypatch.setattr(companies, "MOST_LISTED", 2)
    park = make_park(session)
    for name in ("Gamma", "Alpha", "Beta"):
        companies.add(session, park, company(name))
    first = companies.of_park(session, park)
    second = companies.of_park(session, park, after=first.next)
    shown = [one.name for one in (*first.companies, *second.companies)]
    assert shown == ["Alpha", "Beta", "Gamma"]
    assert (first.total, second.total, second.next) == (3, 3, None)


def test_a_company_of_another_park_cannot_be_removed(session):
    park, other = make_park(session), make_park(session)
    theirs = companies.add(session, other, company())
    with pytest.raises(NotFound):
        companies.remove(session, park, theirs.id)
    assert companies.remove(session, other, theirs.id) == "Karakoram Soft"
    assert companies.of_park(session, other).total == 0
