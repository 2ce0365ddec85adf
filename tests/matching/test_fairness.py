"""Who is seen, counted once a day: in the order, on the page and by the command."""

from datetime import timedelta

import numpy as np

from app.accounts.models import User
from app.clock import now
from app.matching import audit, exposure, facts, report, shortlist
from app.matching.columns import FactColumns
from app.matching.engine.fairness import PART
from app.matching.models import Exposure, FairnessReport, Shown, Subject
from app.permissions import Role
from tests.factories import make_job, make_membership, make_park, make_profile, make_user
from tests.matching.demo_site import DemoSite
from tests.world import make_world

LONG_AGO = timedelta(days=200)
TEXT = {"headline": "Baker", "summary": "Bread and cakes."}


def make_old(session, **given):
    return make_profile(session, created_at=now() - LONG_AGO, **{**TEXT, **given})


def shown(session, profile_id: int) -> Shown:
    """Somebody saw a list with this profile in the first place."""
    row = Shown(
        subject=Subject.JOB,
        subject_id=1,
        viewer_id=make_user(session).id,
        shown_at=now(),
        model="m",
        weights={},
        entries=[{"place": 1, "id": profile_id, "total": 1, "parts": {}}],
        digest="d",
    )
    session.add(row)
    session.flush()
    return row


def order(app, session, job) -> list[tuple[int, dict[str, float]]]:
    job = shortlist.get_own(session, job.id, session.get_one(User, job.client_id))
    found = shortlist.for_job(session, app.extensions["hunar"].matcher, job)
    return [(match.profile.id, match.score.parts) for match in found.matches]


def test_of_equals_a_newcomer_and_a_member_of_a_small_park_stand_first(app, session, encode):
    old, member = make_old(session), make_old(session)
    make_membership(session, member.user, make_park(session))
    new = make_profile(session, **TEXT)
    make_old(session, headline="Tailor", summary="Dresses.")
    job = make_job(session, title="Baker")
    encode()
    found = order(app, session, job)
    assert {who for who, _ in found[:2]} == {member.id, new.id}
    assert [who for who, _ in found[2:3]] == [old.id]
    assert found[0][1][PART] > found[2][1][PART]


def test_somebody_with_a_contract_or_an_old_profile_is_no_newcomer(session):
    hired = make_world(session).profile
    other = make_profile(session)
    old = make_old(session)
    assert exposure.newcomers(session) & {hired.id, other.id, old.id} == {other.id}
    ids = [hired.id, other.id, old.id]
    columns = FactColumns.of_facts(facts.read(session, Subject.PROFILE, ids))
    needs = exposure.needs_of(session, columns, np.zeros(1, np.int64))
    assert needs[other.id] > needs[old.id] == needs[hired.id]


def test_who_was_seen_less_stands_above_an_equal_from_the_next_count_on(
    app, session, connection, encode
):
    seen, unseen = make_old(session, **TEXT), make_old(session, **TEXT)
    job = make_job(session, title="Baker")
    shown(session, seen.id)
    encode()
    matcher = app.extensions["hunar"].matcher
    assert [who for who, _ in order(app, session, job)] == [seen.id, unseen.id]
    report.measure(connection, matcher)
    session.expire_all()
    assert [who for who, _ in order(app, session, job)] == [unseen.id, seen.id]
    shown(session, unseen.id)  # within the day the order stays
    assert [who for who, _ in order(app, session, job)] == [unseen.id, seen.id]


def test_it_is_counted_once_a_day(app, session, connection, encode, held_clock):
    make_job(session)
    encode()
    matcher = app.extensions["hunar"].matcher
    assert [report.measure_if_due(connection, matcher) for _ in range(2)] == [1, 0]
    held_clock.forward(days=1)
    assert report.measure_if_due(connection, matcher) == 1


def test_what_was_shown_long_ago_or_is_gone_is_not_counted(app, session, connection, encode):
    profile = make_profile(session)
    shown(session, profile.id).shown_at = now() - LONG_AGO
    shown(session, 2**31 - 1)
    encode()
    report.measure(connection, app.extensions["hunar"].matcher)
    assert session.query(Exposure).count() == 0


def test_the_page_is_public_and_shows_the_last_count(app, session, connection, visitor, encode):
    park = make_park(session, name="Skardu IT Park")
    member = make_profile(session, make_user(session, Role.FREELANCER))
    make_membership(session, member.user, park)
    make_old(session)
    make_job(session)
    shown(session, member.id)
    assert "Nothing has been counted yet." in visitor.get("/fairness").text
    encode()
    report.measure(connection, app.extensions["hunar"].matcher)
    page = visitor.get("/fairness")
    for words in ("Skardu IT Park 1 50.0% 100.0%", "No park 1 50.0% 0.0%", "Quality given up"):
        assert words in page.text


def test_the_command_prints_what_the_page_shows(app, session, encode):
    make_profile(session)
    make_job(session)
    encode()
    result = app.test_cli_runner().invoke(args=["matching", "fairness"])
    assert result.exit_code == 0, result.output
    assert "1 open jobs. Gini@10 by fit alone" in result.output
    assert "newcomers: 1 people, 100.0% of all" in result.output
    assert session.query(FairnessReport).count() == 1


def test_being_seen_is_spread_wider_at_a_small_price(demo_site: DemoSite, held_clock):
    demo_site.fill(300, 60)
    demo_site.encode()
    viewer = make_user(demo_site.session, Role.OPERATOR)
    for _ in range(3):
        for job in demo_site.open_jobs(60):
            found = shortlist.for_job(demo_site.session, demo_site.matcher, job)
            audit.record(demo_site.connection, found.showing, viewer_id=viewer.id)
        held_clock.forward(days=1)
        demo_site.session.commit()
        figures = report.measure(demo_site.connection, demo_site.matcher)
    assert figures["gini_fair"] < figures["gini_plain"] - 0.02
    assert 0 <= figures["ndcg_given_up"] < 0.01
