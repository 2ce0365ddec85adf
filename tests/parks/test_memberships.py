"""Asking, confirming, declining, leaving and ending: what is kept, who is told, what is refused."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.errors import Conflict, NotFound, TooMany
from app.lifecycle import Event
from app.notifications.models import Notification
from app.parks import memberships
from app.parks.models import Membership, MembershipStatus, Verification
from app.permissions import Role
from tests.factories import make_membership, make_park, make_user

TODAY = date(2026, 11, 23)


@pytest.fixture
def manager(session):
    return make_user(session, Role.MANAGER, name="Gul Nisa")


@pytest.fixture
def park(session, manager):
    return make_park(session, managers=(manager,), name="Gilgit Park", slug="gilgit")


@pytest.fixture
def amina(session):
    return make_user(session, name="Amina")


def told(session, user) -> list[tuple[str, str]]:
    rows = session.scalars(select(Notification).where(Notification.user_id == user.id))
    return [(row.kind, row.path) for row in rows]


def test_asking_makes_a_request_and_tells_every_manager(session, park, amina, manager):
    second = make_user(session, Role.MANAGER)
    other_park = make_park(session, managers=(make_user(session, Role.MANAGER),))
    shared = make_park(session, managers=(manager, second))
    membership = memberships.ask(session, amina, shared)
    assert membership.status is MembershipStatus.ASKED
    assert told(session, manager) == [("membership.asked", f"/my-parks/{shared.id}")]
    assert told(session, second) == [("membership.asked", f"/my-parks/{shared.id}")]
    assert len(session.scalars(select(Notification)).all()) == 2
    assert other_park.id != shared.id


def test_the_manager_reads_who_asks(session, park, amina, manager):
    memberships.ask(session, amina, park)
    params = session.scalars(select(Notification.params)).one()
    assert params == {"person": "Amina", "park": "Gilgit Park"}


def test_asking_twice_is_refused_and_names_the_park(session, park, amina):
    memberships.ask(session, amina, park)
    with pytest.raises(Conflict) as refusal:
        memberships.ask(session, amina, make_park(session))
    assert str(refusal.value) == "You already belong to Gilgit Park, or have asked to."


def test_a_member_cannot_ask_another_park(session, park, amina):
    make_membership(session, amina, park)
    with pytest.raises(Conflict):
        memberships.ask(session, amina, make_park(session))


def test_the_database_refuses_a_second_live_membership(session, park, amina):
    make_membership(session, amina, park)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_membership(session, amina, make_park(session), status=MembershipStatus.ASKED)


def test_asking_again_is_possible_after_a_refusal(session, park, amina, manager):
    memberships.decline(session, memberships.ask(session, amina, park), by=manager)
    assert memberships.ask(session, amina, park).status is MembershipStatus.ASKED


def test_one_park_is_asked_three_times_a_day(session, park, amina, held_clock):
    for _ in range(3):
        memberships.withdraw(session, memberships.ask(session, amina, park), by=amina)
    with pytest.raises(TooMany):
        memberships.ask(session, amina, park)
    held_clock.forward(days=1)
    memberships.ask(session, amina, park)


def test_confirming_dates_the_membership_and_tells_the_person(session, park, amina, manager):
    membership = memberships.ask(session, amina, park)
    memberships.confirm(session, membership, by=manager, seen_in_person=False)
    assert membership.status is MembershipStatus.CONFIRMED
    assert (membership.from_on, membership.to_on) == (TODAY, None)
    assert membership.confirmed_by_id == manager.id
    assert told(session, amina) == [("membership.confirmed", "/parks/gilgit")]
    assert session.scalars(select(Verification)).all() == []


def test_confirming_someone_seen_keeps_it_for_a_year(session, park, amina, manager):
    membership = memberships.ask(session, amina, park)
    memberships.confirm(session, membership, by=manager, seen_in_person=True)
    seen = session.scalars(select(Verification)).one()
    assert (seen.user_id, seen.park_id, seen.seen_by_id) == (amina.id, park.id, manager.id)
    assert seen.ends_on == date(2027, 11, 23)


def test_every_move_is_written_down_with_its_author(session, park, amina, manager):
    membership = memberships.ask(session, amina, park)
    memberships.confirm(session, membership, by=manager, seen_in_person=False)
    memberships.end(session, membership, by=manager)
    moves = session.execute(select(Event.act, Event.by_id).order_by(Event.id)).all()
    assert moves == [("confirm", manager.id), ("end", manager.id)]


def test_declining_tells_the_person(session, park, amina, manager):
    membership = memberships.ask(session, amina, park)
    memberships.decline(session, membership, by=manager)
    assert membership.status is MembershipStatus.DECLINED
    assert told(session, amina) == [("membership.declined", "/parks/gilgit")]


def test_of_two_answers_at_the_same_moment_one_is_kept(session, park, amina, manager):
    membership = memberships.ask(session, amina, park)
    meanwhile = update(Membership).values(version=Membership.version + 1)
    session.execute(meanwhile.execution_options(synchronize_session=False))
    with pytest.raises(StaleDataError):
        memberships.decline(session, membership, by=manager)


@pytest.mark.parametrize("act", ["confirm", "decline", "end", "withdraw"])
def test_nothing_more_can_be_done_with_a_declined_request(session, park, amina, manager, act):
    membership = make_membership(session, amina, park, status=MembershipStatus.DECLINED)
    given = {"seen_in_person": True} if act == "confirm" else {}
    with pytest.raises(Conflict):
        getattr(memberships, act)(session, membership, by=manager, **given)
    assert membership.status is MembershipStatus.DECLINED
    assert session.scalars(select(Verification)).all() == []


def test_confirming_twice_is_refused(session, park, amina, manager):
    membership = make_membership(session, amina, park)
    with pytest.raises(Conflict):
        memberships.confirm(session, membership, by=manager, seen_in_person=True)


def test_a_request_cannot_be_ended_by_the_park(session, park, amina, manager):
    with pytest.raises(Conflict):
        memberships.end(session, memberships.ask(session, amina, park), by=manager)


def test_a_request_is_taken_back(session, park, amina):
    membership = memberships.ask(session, amina, park)
    memberships.withdraw(session, membership, by=amina)
    assert membership.status is MembershipStatus.ENDED
    assert membership.to_on is None
    assert memberships.current(session, amina.id) is None


def test_a_member_leaves_and_the_managers_are_told(session, park, amina, manager):
    membership = make_membership(session, amina, park)
    memberships.withdraw(session, membership, by=amina)
    assert (membership.status, membership.to_on) == (MembershipStatus.ENDED, TODAY)
    assert told(session, manager) == [("membership.left", f"/my-parks/{park.id}")]


def test_ending_dates_the_last_day_and_tells_the_person(session, park, amina, manager):
    membership = make_membership(session, amina, park)
    memberships.end(session, membership, by=manager)
    assert (membership.status, membership.to_on) == (MembershipStatus.ENDED, TODAY)
    assert told(session, amina) == [("membership.ended", "/parks/gilgit")]


def test_a_member_can_be_seen_later(session, park, amina, manager):
    membership = make_membership(session, amina, park)
    memberships.see(session, membership, by=manager)
    assert memberships.standing_of(session, [amina.id])[amina.id].seen_in_person


def test_who_is_not_confirmed_cannot_be_seen(session, park, amina, manager):
    membership = memberships.ask(session, amina, park)
    with pytest.raises(Conflict):
        memberships.see(session, membership, by=manager)


def test_current_is_the_live_membership_with_its_park(session, park, amina):
    make_membership(session, amina, make_park(session), status=MembershipStatus.ENDED)
    make_membership(session, amina, park)
    session.expunge_all()
    assert memberships.current(session, amina.id).park.name == "Gilgit Park"


def test_current_is_none_for_who_never_asked(session, amina):
    assert memberships.current(session, amina.id) is None


def test_somebody_elses_membership_does_not_exist_for_me(session, park, amina):
    membership = make_membership(session, amina, park)
    assert memberships.get_own(session, membership.id, amina) is membership
    with pytest.raises(NotFound):
        memberships.get_own(session, membership.id, make_user(session))


def test_a_membership_exists_only_for_the_managers_of_its_park(session, park, amina, manager):
    membership = make_membership(session, amina, park)
    stranger = make_user(session, Role.MANAGER)
    make_park(session, managers=(stranger,))
    assert memberships.get_managed(session, membership.id, manager) is membership
    for other in (stranger, amina):
        with pytest.raises(NotFound):
            memberships.get_managed(session, membership.id, other)


def test_only_confirmed_members_are_counted(session, park):
    for status in MembershipStatus:
        make_membership(session, make_user(session), park, status=status)
    make_membership(session, make_user(session), park)
    assert memberships.members_count(session, park) == 2
    assert memberships.waiting_count(session, park) == 1


def test_the_roll_goes_on_where_it_stopped(session, park, monkeypatch):
    monkeypatch.setattr(memberships, "MOST_LISTED", 2)
    for name in ("Zara", "amina", "Bilal", "Bilal", "Dawood"):
        make_membership(session, make_user(session, name=name), park)
    names, after = [], None
    for _ in range(3):
        page = memberships.roll(session, park, after=after)
        names.append([one.user.name for one in page.members])
        after = page.next
    assert names == [["amina", "Bilal"], ["Bilal", "Dawood"], ["Zara"]]
    assert after is None


def test_the_roll_is_searched_by_name_and_signs_are_letters(session, park):
    for name in ("Amina Khan", "Bilal", "100%"):
        make_membership(session, make_user(session, name=name), park)
    found = memberships.roll(session, park, "khan").members
    assert [one.user.name for one in found] == ["Amina Khan"]
    assert [one.user.name for one in memberships.roll(session, park, "%").members] == ["100%"]


def test_the_roll_holds_nobody_of_another_park(session, park, amina):
    other = make_membership(session, amina, make_park(session))
    assert memberships.roll(session, park).members == []
    assert memberships.roll(session, park, after=other.id).members == []
