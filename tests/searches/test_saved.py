"""Saved searches: kept by their owner, told of by letters once, and read as feeds."""

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from app.clock import now
from app.errors import Conflict
from app.money import Money
from app.outbox import Effect
from app.parks.models import Area
from app.permissions import Role
from app.profiles.models import Availability
from app.searches import alerts, saved
from app.searches.models import Kind, SavedSearch, Told
from app.searches.wanted import Wanted
from app.web.letters import render_letter
from tests.factories import make_job, make_profile, make_search, make_skill, make_user

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def user(session):
    return make_user(session, name="Zahra")


@pytest.fixture
def letters(session, connection, matcher, encode, held_clock):
    """Let hours pass and the worker look; give the titles each new letter tells."""

    def after(**passing: float) -> list[list[str]]:
        encode()
        held_clock.forward(**passing)
        sent = select(Effect).where(Effect.task == "mail.send").order_by(Effect.id)
        before = len(session.scalars(sent).all())
        alerts.tell_due(connection, matcher)
        session.expire_all()
        return [one.payload["params"]["titles"].split("\n") for one in session.scalars(sent)][
            before:
        ]

    return after


def test_what_is_asked_survives_being_kept():
    wanted = Wanted(
        Kind.FREELANCERS,
        words="django",
        language="de",
        pay=Money(1550, "EUR"),
        park="skardu",
        area=Area.SINDH,
        availability=Availability.OPEN,
        seen=True,
    )
    assert Wanted.of(Kind.FREELANCERS, wanted.asked) == wanted
    assert Wanted(Kind.JOBS).asked == {}


def test_a_search_is_saved_from_its_page_and_asked_again(session, visitor, user, encode):
    make_job(session, title="Booking pages")
    encode()
    visitor.sign_in(user)
    found = visitor.get("/search/jobs?words=booking&rate=5.50&currency=EUR&language=en")
    link = next(a for a in found.soup.select("main a") if a.text == "Save this search")
    form = visitor.get(link["href"])
    assert form.value("name") == "booking"
    answer = visitor.post(link["href"], {"name": "Bookings", "alerts": "y"})
    assert (answer.status, answer.path) == (303, "/saved-searches")
    kept = session.scalars(select(SavedSearch)).one()
    assert (kept.name, kept.kind, kept.user_id) == ("Bookings", Kind.JOBS, user.id)
    asked = {"words": "booking", "language": "en", "rate": "5.50", "currency": "EUR"}
    assert kept.asked == asked
    assert kept.alerts_began_at == now()
    again = visitor.follow(answer).soup.find("a", string="Bookings")["href"]
    page = visitor.get(again)
    assert {name: page.value(name) for name in ("words", "rate")} == {
        "words": "booking",
        "rate": "5.50",
    }


def test_a_visitor_signs_in_first(visitor):
    answer = visitor.get("/saved-searches/new?kind=jobs&words=django")
    assert answer.status == 303
    assert answer.path.startswith("/sign-in?next=")


def test_a_search_needs_a_name(session, visitor, user):
    visitor.sign_in(user)
    page = visitor.post("/saved-searches/new?kind=jobs&words=django", {"name": "  "})
    assert page.status == 422
    assert "Please fill this in." in page.text
    assert session.scalar(select(func.count(SavedSearch.id))) == 0


def test_filters_that_make_no_sense_are_not_kept_but_shown(session, visitor, user):
    visitor.sign_in(user)
    path = "/saved-searches/new?kind=jobs&rate=cheap&endpoint=x&_external=1&_scheme=ftp"
    answer = visitor.post(path, {"name": "Cheap"})
    assert urlsplit(answer.path)[:3] == ("", "", "/search/jobs")
    assert visitor.follow(answer).status == 422
    assert session.scalar(select(func.count(SavedSearch.id))) == 0


def test_one_too_many_is_refused(session, user):
    for _ in range(saved.MOST_SAVED):
        saved.save(session, user, Wanted(Kind.JOBS), name="All", with_alerts=False)
    with pytest.raises(Conflict):
        saved.save(session, user, Wanted(Kind.JOBS), name="All", with_alerts=False)
    saved.save(session, make_user(session), Wanted(Kind.JOBS), name="All", with_alerts=False)


def test_a_deleted_search_takes_what_it_told_along(session, visitor, user):
    search = make_search(session, user)
    session.add(Told(search_id=search.id, thing_id=7, told_at=now()))
    visitor.sign_in(user)
    assert visitor.post(f"/saved-searches/{search.id}/deletion").status == 303
    assert session.scalar(select(func.count()).select_from(SavedSearch)) == 0
    assert session.scalar(select(func.count()).select_from(Told)) == 0


def test_a_letter_tells_what_is_new_and_fits_once(session, user, letters):
    make_job(session, title="An older bakery website")
    search = make_search(session, user, asked={"words": "bakery website", "language": "en"})
    assert letters(hours=1) == []
    make_job(session, title="A bakery website")
    make_job(session, title="Translation", description="A contract.")
    make_job(session, title="A bakery website in German", languages=("de",))
    assert letters(hours=2) == [["A bakery website"]]
    assert letters(days=2) == [], "it was told"
    told = session.execute(select(Told.search_id, Told.thing_id)).all()
    assert len(told) == 1
    assert session.get_one(SavedSearch, search.id).last_alerted_at is not None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("django website", ["Wagtail site in Django"]),
        ("django docker", ["Wagtail site in Django"]),
        ("django docker react", []),
        ("wedding photographs", []),
        ("photographs for the wedding", []),
        ("photographs of cakes", ["Cakes, in photographs"]),
    ],
)
def test_a_letter_tells_only_what_says_enough_of_the_words(session, user, letters, words, told):
    for label in ("Django", "Docker", "React"):
        make_skill(session, label)
    make_search(session, user, asked={"words": words})
    letters(hours=1)
    make_job(session, title="Wagtail site in Django", description="For a school.")
    make_job(session, title="Cakes, in photographs", description="For a catalogue.")
    assert letters(hours=1) == ([told] if told else [])


def test_at_most_one_letter_a_day(session, user, letters):
    make_search(session, user, asked={})
    letters(hours=1)
    make_job(session, title="First")
    assert letters(hours=1) == [["First"]]
    make_job(session, title="Second")
    assert letters(hours=23) == []
    make_job(session, title="Third")
    assert letters(hours=1) == [["Third", "Second"]]


def test_two_workers_at_once_tell_it_once(session, user, encode, connection, matcher, held_clock):
    search = make_search(session, user, asked={})
    held_clock.forward(hours=1)
    make_job(session, title="First")
    encode()
    assert alerts.tell(connection, matcher, search.id) == 1
    # The second found the search due before the first had written.
    assert alerts.tell(connection, matcher, search.id) == 0
    letters = select(func.count(Effect.id)).where(Effect.task == "mail.send")
    assert session.scalar(letters) == 1


@pytest.mark.parametrize(
    "given",
    [{"email_verified_at": None}, {"suspended_at": datetime.fromisoformat("2026-11-01T00:00Z")}],
)
def test_nobody_unproven_or_suspended_gets_letters(session, letters, given):
    make_search(session, make_user(session, **given), asked={})
    letters(hours=1)
    make_job(session, title="First")
    assert letters(hours=2) == []


def test_letters_end_and_begin_again_without_what_came_between(session, visitor, user, letters):
    search = make_search(session, user, asked={})
    visitor.sign_in(user)
    turn = f"/saved-searches/{search.id}/alerts"
    assert visitor.post(turn, {"turn": "off"}).status == 303
    make_job(session, title="Between")
    assert letters(hours=2) == []
    visitor.post(turn, {"turn": "on"})
    assert letters(hours=2) == []
    make_job(session, title="After")
    assert letters(hours=2) == [["After"]]
    assert visitor.post(turn, {"turn": "sideways"}).status == 422


def test_the_letter_is_one_a_person_can_read(session, user, letters):
    make_search(session, user, kind=Kind.FREELANCERS, asked={"words": "django"}, name="Coders")
    letters(hours=1)
    made = make_profile(session, make_user(session, name="Bano"), headline="Django <coder>")
    assert letters(hours=1) == [["Bano – Django <coder>"]]
    given = session.scalars(select(Effect).where(Effect.task == "mail.send")).one().payload
    subject, body = render_letter(given["letter"], "en", name="Zahra", params=given["params"])
    assert subject == "New for your search “Coders”"
    assert f"Bano – Django <coder>\nhttp://127.0.0.1:8000/freelancers/{made.id}\n" in body
    assert given["params"]["ends"] in body
    subject, _ = render_letter(given["letter"], "ur", name="Zahra", params=given["params"])
    assert "Coders" in subject


def test_the_feed_is_valid_atom_in_utc(session, visitor, user, encode):
    django = make_skill(session, "Django")
    job = make_job(
        session,
        title="Bakery & <website>",
        description="Cakes \ufffe" + "x " * 400,
        skills=(django,),
    )
    make_search(session, user, feed_token="secret", asked={"words": "bakery"})
    encode()
    answer = visitor.get("/feeds/secret.atom").response
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    here = "http://127.0.0.1:8000/feeds/secret.atom"
    assert [feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")] == [
        here,
        "Hunar: Bakery websites",
        "2026-11-23T09:00:00Z",
    ]
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == here
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Hunar"
    (entry,) = feed.findall(f"{ATOM}entry")
    place = f"http://127.0.0.1:8000/jobs/{job.id}"
    assert entry.findtext(f"{ATOM}id") == place
    assert entry.find(f"{ATOM}link").get("href") == place
    assert entry.findtext(f"{ATOM}title") == "Bakery & <website>"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-23T09:00:00Z"
    assert len(entry.findtext(f"{ATOM}summary")) <= 301


def test_a_feed_shows_freelancers_without_contacts(session, visitor, user, encode):
    person = make_user(session, name="Bano")
    make_profile(session, person, summary="")
    make_search(session, user, feed_token="secret", kind=Kind.FREELANCERS, asked={})
    encode()
    text = visitor.get("/feeds/secret.atom").response.text
    assert "Bano – Web developer" in text
    assert person.email not in text
    assert user.email not in text


def test_a_feed_address_is_made_renewed_and_ended(session, visitor, visitors, user):
    search = make_search(session, user)
    visitor.sign_in(user)
    turn = f"/saved-searches/{search.id}/feed"
    assert visitors().get("/feeds/None.atom").status == 404
    addresses = []
    for _ in range(2):
        visitor.post(turn, {"turn": "on"})
        addresses.append(visitor.get("/saved-searches").soup.select_one("a[href$='.atom']")["href"])
    assert len(set(addresses)) == 2
    assert all(len(one) > 45 for one in addresses)
    assert [visitors().get(one).status for one in addresses] == [404, 200]
    visitor.post(turn, {"turn": "off"})
    assert visitors().get(addresses[1]).status == 404


def test_the_feed_of_somebody_suspended_is_gone(session, visitor):
    owner = make_user(session, Role.CLIENT, suspended_at=now())
    make_search(session, owner, feed_token="secret")
    session.commit()
    assert visitor.get("/feeds/secret.atom").status == 404
