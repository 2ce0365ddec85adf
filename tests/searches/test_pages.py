"""The search boxes, as people without script meet them."""

from pathlib import Path

import brotli
import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts.models import User
from app.clock import now
from app.jobs.models import JobStatus, PayKind
from app.matching.models import Shown
from app.parks import verifications
from app.parks.models import Area
from app.permissions import Role
from app.profiles.models import Availability
from app.searches import views
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)
from tests.test_hostile_forms import HOSTILE
from tests.world import crowd, make_world

HEAVIEST = 14 * 1024


def person(session, name: str, **given):
    return make_profile(session, make_user(session, name=name), **given)


def names(page) -> list[str]:
    return [link.get_text() for link in page.soup.select("main .match h2 a")]


def test_typed_words_find_people_with_reasons(session, visitor, encode, seen_again):
    make_skill(session, "JavaScript", "JS")
    person(session, "Zahra", headline="Web developer", summary="Ten years of JS in the browser.")
    person(session, "Bano", headline="Baker", summary="I bake bread.")
    encode()
    page = seen_again(visitor, "/search/freelancers?words=JS+developer")
    assert page.status == 200
    assert names(page) == ["Zahra", "Bano"]
    assert "Understood as: JavaScript" in page.text
    assert [mark.text for mark in page.soup.select("q mark")] == ["JS", "developer"]
    assert "Not found: JavaScript" in page.text, "Bano's card says what is missing"


def test_typed_words_find_jobs_with_reasons(session, visitor, encode, seen_again):
    django = make_skill(session, "Django")
    make_job(session, title="Cake photographs", description="We bake cakes.")
    make_job(session, title="Booking pages", description="In Django, please.", skills=(django,))
    encode()
    page = seen_again(visitor, "/search/jobs?words=booking+django")
    assert names(page) == ["Booking pages", "Cake photographs"]
    assert "Listed: Django" in page.text
    assert "In Django , please." in page.text


def test_little_words_are_no_reasons(session, visitor, encode, seen_again):
    person(session, "Zahra", summary="I work for shops and for schools.")
    encode()
    page = seen_again(visitor, "/search/freelancers?words=someone+for+schools")
    assert [mark.text for mark in page.soup.select("q mark")] == ["schools"]


def test_no_page_shows_how_to_reach_a_person(session, visitor, encode):
    profile = person(session, "Zahra")
    encode()
    page = visitor.get("/search/freelancers?words=web")
    assert "Zahra" in page.text
    assert session.get_one(User, profile.user_id).email not in page.soup.get_text()


def test_hidden_people_and_jobs_are_not_found(session, visitor, encode):
    person(session, "Seen")
    person(session, "Draft", published=False)
    person(session, "Away", availability=Availability.AWAY)
    suspended = make_user(session, name="Suspended")
    make_profile(session, suspended)
    make_job(session, title="Open")
    for status in (JobStatus.DRAFT, JobStatus.CLOSED, JobStatus.HIRED):
        make_job(session, title=f"Is {status}", status=status)
    make_job(session, title="Late", answer_by_on=clock.today().replace(day=1))
    bad = make_user(session, Role.CLIENT)
    make_job(session, bad, title="Of a suspended client")
    encode()
    suspended.suspended_at = bad.suspended_at = now()
    session.commit()
    for words in ("", "words=web+developer"):
        assert names(visitor.get(f"/search/freelancers?{words}")) == ["Seen"]
        assert names(visitor.get(f"/search/jobs?{words}")) == ["Open"]


@pytest.fixture
def people(session, encode):
    """Amal fits every filter; each of the others fails one."""
    skardu = make_park(session, slug="skardu")
    lahore = make_park(session, slug="lahore", area=Area.PUNJAB)
    officer = make_user(session, Role.MANAGER)
    all_fine = {"rate_minor": 2000, "languages": ("en", "de")}
    given = {
        "Amal": ({}, skardu, True),
        "Lahori": ({}, lahore, True),
        "Alone": ({}, None, False),
        "Unseen": ({}, skardu, False),
        "English": ({"languages": ("en",)}, skardu, True),
        "Dear": ({"rate_minor": 2001}, skardu, True),
        "Euro": ({"currency": "EUR"}, skardu, True),
        "Unnamed": ({"rate_minor": None}, skardu, True),
        "Busy": ({"availability": Availability.LIMITED}, skardu, True),
    }
    for name, (change, park, is_seen) in given.items():
        profile = person(session, name, **{**all_fine, **change})
        if park:
            membership = make_membership(session, profile.user, park)
            if is_seen:
                verifications.record(session, membership, by=officer)
    encode()
    return set(given)


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("", set()),
        ("park=skardu", {"Lahori", "Alone"}),
        ("area=PK-GB", {"Lahori", "Alone"}),
        ("seen=y", {"Alone", "Unseen"}),
        ("language=de", {"English"}),
        ("rate=20&currency=USD", {"Dear", "Euro"}),
        ("currency=EUR", set()),
        ("availability=open", {"Busy"}),
        (
            "park=skardu&seen=y&language=de&rate=20&availability=open",
            {"Lahori", "Alone", "Unseen", "English", "Dear", "Euro", "Busy"},
        ),
    ],
)
@pytest.mark.parametrize("words", ["", "&words=web+developer"])
def test_each_filter_lets_through_who_fits(visitor, people, query, missing, words):
    page = visitor.get(f"/search/freelancers?{query}{words}")
    assert page.status == 200
    assert set(names(page)) == people - missing


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", {"Fixed", "Well", "Badly", "Euro"}),
        ("pay_kind=hourly", {"Well", "Badly", "Euro"}),
        ("rate=20", {"Fixed", "Well"}),
        ("rate=20&currency=EUR", {"Euro"}),
        ("language=de", {"Well"}),
    ],
)
def test_each_filter_lets_through_jobs_that_fit(session, visitor, encode, query, left):
    hourly = {"pay_kind": PayKind.HOURLY, "least_minor": 500}
    make_job(session, title="Fixed")
    make_job(session, title="Well", **hourly, most_minor=2000, languages=("en", "de"))
    make_job(session, title="Badly", **hourly, most_minor=1999)
    make_job(session, title="Euro", **hourly, most_minor=9000, currency="EUR")
    encode()
    assert set(names(visitor.get(f"/search/jobs?words=work&{query}"))) == left
    assert set(names(visitor.get(f"/search/jobs?{query}"))) == left


def test_an_empty_answer_names_the_filter_that_removed_most(session, visitor, people):
    page = visitor.get("/search/freelancers?words=web&area=PK-SD&language=de")
    assert names(page) == []
    assert "Belong to no park in this area : 9" in page.text
    again = page.soup.select_one(".empty a.button")
    assert again.text == "Show them too"
    assert set(names(visitor.get(again["href"]))) == people - {"English"}


def test_away_people_cannot_be_called_back(session, visitor, encode):
    person(session, "Away", availability=Availability.AWAY)
    encode()
    page = visitor.get("/search/freelancers?words=web")
    assert "Do not take work as you ask : 1" in page.text
    assert "Show them too" not in page.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("rate=cheap", "Write the amount in digits, for example 1200 or 1200.50."),
        ("rate=-5", "Write the amount in digits"),
        ("rate=5&currency=XYZ", "Choose one from the list."),
        ("park=nowhere", "Choose one from the list."),
        ("area=PK", "Choose one from the list."),
        ("language=xx", "Choose one from the list."),
        ("availability=away", "Choose one from the list."),
        ("words=" + "x" * 201, "at most 200 fit"),
        ("words=a%E2%80%AEb", "changes the direction"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_and_what_was_typed_stays(visitor, query, sentence):
    page = visitor.get(f"/search/freelancers?{query}&words=django")
    assert page.status == 422
    assert sentence in page.text
    if "rate" in query:
        assert page.value("words") == "django"
        assert page.value("rate") == query.partition("=")[2].partition("&")[0]
        assert page.soup.select_one("details[open] [name=rate]")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("page", ["freelancers", "jobs"])
def test_no_filter_breaks_whatever_it_is_given(visitor, page, kind):
    text = HOSTILE[kind].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    names = ("words", "rate", "currency", "park", "area", "language", "availability", "pay_kind")
    for given in (dict.fromkeys((*names, "seen", "page"), text), *({name: text} for name in names)):
        answer = visitor.get(f"/search/{page}", query_string=given)
        assert answer.status in (200, 422), given
        if answer.status == 422:
            assert len(answer.text) > 20


def test_pages_go_on_where_the_last_one_ended(session, visitor, encode):
    for number in range(25):
        person(session, f"Person {number}", headline=f"Developer {number % 3}")
    encode()
    first = visitor.get("/search/freelancers?words=developer+1&language=en")
    second = visitor.get(first.soup.select_one("[rel=next]")["href"])
    third = visitor.get(second.soup.select_one("[rel=next]")["href"])
    seen = [*names(first), *names(second), *names(third)]
    assert (len(names(first)), len(seen), len(set(seen))) == (10, 25, 25)
    assert third.soup.select_one("[rel=next]") is None
    assert names(visitor.get("/search/freelancers?words=developer+1&language=en")) == names(first)
    beyond = visitor.get("/search/freelancers?words=developer&page=9")
    assert "There is nothing more." in beyond.text
    for page in ("0", "-1", "99999999999", "x"):
        assert visitor.get(f"/search/freelancers?words=developer&page={page}").status == 200


def test_words_that_say_nothing_give_the_newest(session, visitor, encode, held_clock):
    make_job(session, title="Older")
    held_clock.forward(hours=1)
    make_job(session, title="Newer")
    encode()
    page = visitor.get("/search/jobs?words=%3F%3F")
    assert names(page) == ["Newer", "Older"]
    assert "The newest first." in page.text


def test_a_name_finds_nobody_sooner(session, visitor, encode):
    person(session, "Zahra Batool", headline="Baker")
    person(session, "Other Person", headline="Baker")
    encode()
    page = visitor.get("/search/freelancers?words=Zahra+Batool")
    assert names(page) == ["Zahra Batool", "Other Person"], "by id: neither is nearer"
    assert len({score.text for score in page.soup.select(".score")}) == 1


def test_the_front_page_and_the_navigation_lead_here(session, visitor, encode):
    form = visitor.get("/").soup.select_one("main form[role=search]")
    assert form["action"] == "/search/freelancers"
    assert form.select_one("[formaction]")["formaction"] == "/search/jobs"
    visitor.sign_in(make_user(session, Role.CLIENT))
    assert visitor.get("/jobs").soup.select_one('header nav a[href="/search/freelancers"]')


@pytest.mark.parametrize("language", ["en", "ur"])
def test_full_pages_stay_light(session, visitor, encode, app, language):
    world = make_world(session, language=language)
    crowd(session, world)
    encode()
    visitor.sign_in(world.people["client"])
    css = Path(app.static_folder, "hunar.css").read_bytes()
    for path in (
        "/search/freelancers?words=React+and+Python+web+developer&language=en&rate=90",
        "/search/jobs?words=React+and+Python+website+for+a+bakery&language=en",
        "/saved-searches",
    ):
        page = visitor.get(path)
        weight = len(brotli.compress(css)) + len(brotli.compress(page.response.data))
        assert weight <= HEAVIEST, f"{path}: {weight}"


def test_many_searches_in_a_minute_are_refused_in_words(session, visitor, visitors, held_clock):
    session.commit()
    for _ in range(views.MOST_A_MINUTE):
        assert visitor.get("/search/jobs?words=x").status == 200
    page = visitor.get("/search/freelancers?words=x")
    assert page.status == 429
    assert "These were many searches. Wait a minute, then search again." in page.text
    assert visitor.get("/search/jobs").status == 200, "the empty form costs nothing"
    somebody = visitors().sign_in(make_user(session))
    assert somebody.get("/search/jobs?words=x").status == 200, "at the same address"
    held_clock.forward(minutes=1, seconds=1)
    assert visitor.get("/search/jobs?words=x").status == 200


def test_a_search_is_not_written_down(session, visitor, encode):
    person(session, "Zahra")
    encode()
    visitor.sign_in(make_user(session, Role.CLIENT))
    assert names(visitor.get("/search/freelancers?words=web")) == ["Zahra"]
    assert session.scalar(select(func.count(Shown.id))) == 0
