"""The public pages: the directory, a park's page, and joining one as a freelancer."""

from datetime import date

import pytest

from app.parks import companies, memberships
from app.parks.companies import CompanyDraft
from app.parks.models import Area, MembershipStatus
from app.permissions import Role
from tests.factories import make_membership, make_park, make_user

RLO = "\u202e"


@pytest.fixture
def park(session):
    return make_park(session, slug="gilgit", name="Gilgit Park", about="Two lines and a generator.")


@pytest.fixture
def amina(session):
    return make_user(session, name="Amina")


def test_the_directory_says_so_when_it_is_empty(visitor):
    assert "No park is listed yet." in visitor.get("/parks").text


def test_an_operator_of_an_empty_directory_is_led_to_adding(visitor, session):
    visitor.sign_in(make_user(session, Role.OPERATOR))
    assert visitor.get("/parks").soup.find("a", href="/parks/new")


def test_the_directory_shows_what_is_known_of_a_park(visitor, session, park):
    session.commit()
    page = visitor.get("/parks")
    assert page.status == 200
    assert page.soup.find("a", href="/parks/gilgit").text == "Gilgit Park"
    for said in ("1 park", "Software technology park", "Gilgit-Baltistan", "fewer than 5"):
        assert said in page.text


def test_the_directory_is_filtered_and_keeps_what_was_asked(visitor, session, park):
    make_park(session, name="Arfa Park", city="Lahore", area=Area.PUNJAB)
    session.commit()
    page = visitor.get("/parks?q=arfa&area=PK-PB")
    assert page.value("q") == "arfa"
    assert page.soup.find("option", selected=True)["value"] == "PK-PB"
    assert "1 park found" in page.text
    assert "Gilgit Park" not in page.text


def test_a_search_without_result_offers_the_way_back(visitor, session, park):
    session.commit()
    page = visitor.get("/parks?q=nowhere")
    assert page.status == 200
    assert "No park matches." in page.text
    assert page.soup.find("a", href="/parks")


@pytest.mark.parametrize("typed", ["x" * 201, f"gil{RLO}git"])
def test_a_search_that_does_not_parse_is_refused_and_kept(visitor, session, park, typed):
    session.commit()
    page = visitor.get("/parks", query_string={"q": typed})
    assert page.status == 422
    assert page.value("q") == typed


@pytest.mark.parametrize("query", ["area=PK-XX", "area=%27", "q=a%00b"])
def test_a_made_up_query_is_refused(visitor, query):
    assert visitor.get(f"/parks?{query}").status == 422


def test_html_in_a_search_is_only_text(visitor, session, park):
    session.commit()
    page = visitor.get("/parks", query_string={"q": "<script>x</script>"})
    assert page.value("q") == "<script>x</script>"
    assert page.soup.find("main").find("script") is None


def test_the_directory_goes_on_page_by_page(visitor, session):
    for number in range(30):
        make_park(session, name=f"Park number {number:02}", slug=f"p{number}")
    session.commit()
    first = visitor.get("/parks")
    second = visitor.get(first.soup.find("a", rel="next")["href"])
    cards = [page.soup.select(".park h3") for page in (first, second)]
    assert [len(found) for found in cards] == [24, 6]
    assert second.soup.find("a", rel="next") is None
    assert second.soup.find("a", rel="prev")["href"] == "/parks"


def test_a_park_shows_what_it_is_who_runs_it_and_where(visitor, session, park):
    park.opened_on, park.seats = None, 120
    session.flush()
    companies.add(session, park, CompanyDraft("Karakoram Soft", "Makes apps.", date(2024, 1, 1)))
    session.commit()
    page = visitor.get("/parks/gilgit")
    assert page.headings[0] == "Gilgit Park"
    for said in (
        "Two lines and a generator.",
        "Pakistan Software Export Board",
        "Gilgit-Baltistan",
        "Karakoram Soft",
        "Makes apps.",
        "120",
    ):
        assert said in page.text


@pytest.mark.parametrize(("number", "said"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5")])
def test_small_groups_are_hidden(visitor, session, park, number, said):
    for _ in range(number):
        make_membership(session, make_user(session), park)
    session.commit()
    facts = visitor.get("/parks/gilgit").soup.select_one(".numbers dd")
    assert facts.text == said


def test_names_of_members_are_not_public(visitor, session, park, amina):
    make_membership(session, amina, park)
    session.commit()
    assert "Amina" not in visitor.get("/parks/gilgit").text


def test_a_park_nobody_listed_is_not_found(visitor):
    assert visitor.get("/parks/hunza").status == 404


def test_what_a_manager_wrote_is_text_and_not_markup(visitor, session, park):
    park.about = "5 < 6 & <script>alert(1)</script>"
    session.commit()
    page = visitor.get("/parks/gilgit")
    assert "5 < 6 & <script>alert(1)</script>" in page.text
    assert page.soup.find("main").find("script") is None


def test_a_visitor_is_asked_to_join_first(visitor, session, park):
    session.commit()
    page = visitor.get("/parks/gilgit")
    assert page.soup.find("a", href="/sign-up?role=freelancer")
    assert page.soup.find("form", action="/parks/gilgit/memberships") is None
    assert "/sign-in" in visitor.post("/parks/gilgit/memberships").path


def test_a_freelancer_asks_and_sees_that_they_wait(visitor, session, park, amina):
    visitor.sign_in(amina)
    answer = visitor.post("/parks/gilgit/memberships")
    assert (answer.status, answer.path) == (303, "/parks/gilgit")
    page = visitor.follow(answer)
    assert "You have asked" in page.headings
    live = memberships.current(session, amina.id)
    assert (live.park_id, live.status) == (park.id, MembershipStatus.ASKED)


def test_asking_a_second_time_is_refused_with_the_name_of_the_park(visitor, session, park, amina):
    make_park(session, slug="hunza")
    make_membership(session, amina, park)
    visitor.sign_in(amina)
    answer = visitor.post("/parks/hunza/memberships")
    assert answer.status == 409
    assert "You already belong to Gilgit Park, or have asked to." in answer.text


def test_a_member_of_another_park_is_shown_the_way(visitor, session, park, amina):
    make_park(session, slug="hunza")
    make_membership(session, amina, park)
    visitor.sign_in(amina)
    page = visitor.get("/parks/hunza")
    assert page.soup.find("aside").find("a", href="/parks/gilgit")
    assert page.soup.find("form", action="/parks/hunza/memberships") is None


@pytest.mark.parametrize("role", [Role.CLIENT, Role.MANAGER, Role.OPERATOR])
def test_only_freelancers_ask(visitor, session, park, role):
    visitor.sign_in(make_user(session, role))
    assert visitor.post("/parks/gilgit/memberships").status == 403
    page = visitor.get("/parks/gilgit")
    assert page.status == 200
    assert page.soup.find("form", action="/parks/gilgit/memberships") is None


def test_asking_a_park_that_is_not_there_is_not_found(visitor, amina):
    assert visitor.sign_in(amina).post("/parks/hunza/memberships").status == 404


def test_a_request_is_taken_back_once(visitor, session, park, amina):
    membership = make_membership(session, amina, park, status=MembershipStatus.ASKED)
    path = f"/memberships/{membership.id}/withdrawal"
    visitor.sign_in(amina)
    page = visitor.follow(visitor.post(path))
    assert "Your request is taken back." in page.text
    assert visitor.post(path).status == 409


def test_a_member_leaves(visitor, session, park, amina):
    membership = make_membership(session, amina, park)
    visitor.sign_in(amina)
    assert "You belong to this park" in visitor.get("/parks/gilgit").headings
    page = visitor.follow(visitor.post(f"/memberships/{membership.id}/withdrawal"))
    assert "You have left the park." in page.text
    assert memberships.current(session, amina.id) is None


def test_somebody_elses_membership_cannot_be_withdrawn(visitor, session, park, amina):
    membership = make_membership(session, make_user(session), park)
    visitor.sign_in(amina)
    assert visitor.post(f"/memberships/{membership.id}/withdrawal").status == 404
    assert visitor.post("/memberships/999999/withdrawal").status == 404
    session.refresh(membership)
    assert membership.status is MembershipStatus.CONFIRMED


def test_a_form_without_its_token_is_refused(visitor, session, park, amina):
    visitor.sign_in(amina)
    answer = visitor.post("/parks/gilgit/memberships", {"csrf_token": "made up"})
    assert answer.status == 403
    assert memberships.current(session, amina.id) is None


def test_urdu_pages_read_from_the_right(visitor, session, park):
    session.commit()
    page = visitor.get("/parks/gilgit", headers={"Accept-Language": "ur"})
    assert page.soup.html["dir"] == "rtl"
