"""How people stand with their parks: what matching and profiles show."""

from datetime import date

import pytest
from sqlalchemy import event

from app.clock import now
from app.parks import memberships, verifications
from app.parks.models import MembershipStatus, Verification
from app.permissions import Role
from tests.factories import make_membership, make_park, make_user


def see(session, user, park, **given) -> Verification:
    seen = Verification(
        **{
            "user_id": user.id,
            "park_id": park.id,
            "seen_at": now(),
            "ends_on": date(2027, 1, 1),
            **given,
        }
    )
    session.add(seen)
    session.flush()
    return seen


def seen_in_person(session, user) -> bool:
    return memberships.standing_of(session, [user.id])[user.id].seen_in_person


def test_a_confirmed_member_stands_with_the_park(session):
    user, park = make_user(session), make_park(session, name="Skardu Hub")
    make_membership(session, user, park)
    standing = memberships.standing_of(session, [user.id])
    assert standing[user.id].park.name == "Skardu Hub"
    assert standing[user.id].seen_in_person is False


@pytest.mark.parametrize(
    "status", [MembershipStatus.ASKED, MembershipStatus.DECLINED, MembershipStatus.ENDED]
)
def test_who_is_not_confirmed_stands_nowhere(session, status):
    user, park = make_user(session), make_park(session)
    make_membership(session, user, park, status=status)
    see(session, user, park)
    assert memberships.standing_of(session, [user.id]) == {}


def test_a_verification_counts_to_its_last_day(session, held_clock):
    user, park = make_user(session), make_park(session)
    make_membership(session, user, park)
    see(session, user, park, ends_on=date(2026, 11, 23))
    assert seen_in_person(session, user)
    held_clock.forward(days=1)
    assert not seen_in_person(session, user)


def test_a_revoked_verification_does_not_count(session):
    user, park = make_user(session), make_park(session)
    make_membership(session, user, park)
    see(session, user, park, revoked_at=now())
    assert not seen_in_person(session, user)


def test_what_another_park_saw_does_not_count(session):
    user, park = make_user(session), make_park(session)
    make_membership(session, user, park)
    see(session, user, make_park(session))
    assert not seen_in_person(session, user)


def test_two_verifications_make_one_standing(session):
    user, park = make_user(session), make_park(session)
    make_membership(session, user, park)
    see(session, user, park)
    see(session, user, park, ends_on=date(2027, 6, 1))
    assert len(memberships.standing_of(session, [user.id])) == 1
    until = verifications.seen_until(session, park, [user.id])
    assert until == {user.id: date(2027, 6, 1)}


def test_thousands_are_asked_for_in_few_bounded_queries(session, connection):
    user, park = make_user(session), make_park(session)
    make_membership(session, user, park)
    statements = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        statements.append(len(parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        found = memberships.standing_of(session, [*range(10**6, 10**6 + 1999), user.id, user.id])
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert list(found) == [user.id]
    assert len(statements) == 4
    assert max(statements) < 600


def test_nobody_asked_for_is_nobody_found(session):
    assert memberships.standing_of(session, []) == {}


def test_seen_until_leaves_out_who_was_never_seen(session):
    manager = make_user(session, Role.MANAGER)
    assert verifications.seen_until(session, make_park(session), [manager.id]) == {}
