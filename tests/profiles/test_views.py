"""The pages of a profile."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.outbox import Effect
from app.permissions import Role
from app.profiles import service
from app.profiles.models import Availability, Profile
from tests.factories import make_membership, make_park, make_profile, make_skill, make_user

TYPED = {
    "headline": "WordPress developer",
    "summary": "I have made twelve online shops for small firms in Lahore.",
    "skills": "WordPress, PHP",
    "past_titles": "Web developer",
    "rate": "15.50",
    "currency": "EUR",
    "hours_per_week": "20",
    "availability": "limited",
    "languages": ["en", "ur"],
    "links": "https://example.org/shop",
}


@pytest.fixture
def freelancer(session):
    for label in ("WordPress", "PHP", "Kubernetes"):
        make_skill(session, label)
    return make_user(session, name="Amina Baig")


@pytest.fixture
def browser(visitor, freelancer):
    """The freelancer's browser."""
    return visitor.sign_in(freelancer)


def saved(session, user) -> Profile | None:
    session.expire_all()
    return service.of_user(session, user)


def test_somebody_without_a_profile_is_led_to_the_form(browser):
    page = browser.follow(browser.get("/profile"))
    assert page.headings[0] == "Your profile"


def test_a_draft_is_saved_and_shown_to_its_owner(browser, session, freelancer):
    page = browser.follow(browser.post("/profile/edit", TYPED))
    assert "Saved as a draft." in page.text
    assert "Only you can see this page." in page.text
    for shown in (
        "Amina Baig",
        "WordPress developer",
        "€15.50",
        "English",
        "Urdu",
        "Web developer",
    ):
        assert shown in page.text
    profile = saved(session, freelancer)
    assert profile.published_at is None
    assert profile.availability is Availability.LIMITED


def test_the_form_opens_on_what_was_saved(browser):
    browser.post("/profile/edit", TYPED)
    page = browser.get("/profile/edit")
    for field in ("headline", "summary", "skills", "past_titles", "rate", "hours_per_week"):
        assert page.value(field) == TYPED[field]
    ticked = [box["value"] for box in page.soup.select("[name=languages][checked]")]
    assert ticked == ["en", "ur"]
    assert page.soup.select_one("[name=availability][checked]")["value"] == "limited"
    assert page.soup.select_one("[name=currency] [selected]")["value"] == "EUR"


def test_a_complete_profile_can_be_saved_and_published_at_once(browser, session, freelancer):
    page = browser.follow(browser.post("/profile/edit", {**TYPED, "publish": "1"}))
    assert "Everyone can see it." in page.text
    assert saved(session, freelancer).published_at is not None


def test_an_incomplete_profile_is_not_published_and_nothing_typed_is_lost(
    browser, session, freelancer
):
    page = browser.post("/profile/edit", {**TYPED, "summary": "Short", "rate": "", "publish": "1"})
    assert page.status == 422
    assert "Write a summary of at least 40 characters." in page.text
    assert "Name your rate for an hour of work." in page.text
    assert page.value("headline") == TYPED["headline"]
    assert page.value("summary") == "Short"
    assert saved(session, freelancer) is None


def test_publishing_an_incomplete_draft_says_all_that_is_missing(browser, session, freelancer):
    browser.post("/profile/edit", {"headline": "Coder"})
    page = browser.post("/profile/publication")
    assert page.status == 409
    for reason in (
        "Write a summary",
        "List at least one skill.",
        "Name your rate",
        "Tick at least",
    ):
        assert reason in page.text
    assert "Write a headline." not in page.text
    assert saved(session, freelancer).published_at is None


def test_a_profile_is_published_and_made_a_draft_again(browser, visitors, session, freelancer):
    browser.post("/profile/edit", TYPED)
    path = f"/freelancers/{saved(session, freelancer).id}"
    stranger = visitors()
    assert stranger.get(path).status == 404
    assert "public" in browser.follow(browser.post("/profile/publication")).text
    assert stranger.get(path).status == 200
    browser.post("/profile/withdrawal")
    assert stranger.get(path).status == 404
    assert browser.get(path).status == 200


def test_a_public_profile_cannot_be_saved_incomplete(browser, session, freelancer):
    browser.post("/profile/edit", {**TYPED, "publish": "1"})
    page = browser.post("/profile/edit", {**TYPED, "skills": ""})
    assert page.status == 422
    assert "List at least one skill." in page.text
    assert [row.skill.label for row in saved(session, freelancer).skills] == ["WordPress", "PHP"]


def test_an_unknown_skill_is_kept_with_suggestions_to_pick_without_script(
    browser, session, freelancer
):
    page = browser.post("/profile/edit", {**TYPED, "skills": "PHP, kubernets, qqzzkk"})
    assert page.status == 422
    assert page.value("skills") == "PHP, kubernets, qqzzkk"
    assert saved(session, freelancer) is None
    offered = [radio["value"] for radio in page.soup.select("[name=skills-instead-0]")]
    assert offered == ["Kubernetes", ""]
    page = browser.post(
        "/profile/edit",
        {
            **TYPED,
            "skills": page.value("skills"),
            "skills-typed-0": page.value("skills-typed-0"),
            "skills-instead-0": "Kubernetes",
            "skills-typed-1": page.value("skills-typed-1"),
            "skills-instead-1": "",
        },
    )
    assert page.status == 303
    assert [row.skill.label for row in saved(session, freelancer).skills] == ["PHP", "Kubernetes"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("headline", "x" * 121),
        ("headline", "a\u202eb"),
        ("summary", "x" * 4001),
        ("summary", "a\x00b"),
        ("rate", "0"),
        ("rate", "-1"),
        ("rate", "1e3"),
        ("rate", "NaN"),
        ("hours_per_week", "twenty"),
        ("links", "javascript:alert(1)"),
        ("links", "https://a:b@example.org"),
        ("skills", ", ".join(f"Skill {n}" for n in range(31))),
        ("currency", "XXX"),
        ("availability", "no"),
        ("languages", "xx"),
    ],
)
def test_a_refused_field_keeps_the_page_and_saves_nothing(
    browser, session, freelancer, field, typed
):
    browser.post("/profile/edit", TYPED)
    before = service.draft_of(saved(session, freelancer))
    page = browser.post("/profile/edit", {**TYPED, "headline": "New", field: typed})
    assert page.status == 422
    assert page.soup.select_one(".note.bad a[href]")["href"].startswith("#")
    if field not in ("currency", "availability", "languages"):
        assert page.value(field) == typed
    assert service.draft_of(saved(session, freelancer)) == before


def test_urdu_digits_are_a_rate(browser, session, freelancer):
    browser.post("/profile/edit", {**TYPED, "rate": "۱۵٫۵"})
    assert saved(session, freelancer).rate_minor == 1550


def test_markup_and_emoji_are_shown_as_they_were_typed(browser):
    summary = "<script>alert(1)</script> I make shops for people 👩🏽‍💻"
    page = browser.follow(
        browser.post("/profile/edit", {**TYPED, "headline": "<img src=x>", "summary": summary})
    )
    assert "<script>alert(1)</script> I make shops for people 👩🏽‍💻" in page.text
    assert not page.soup.select("main script, main img")


def test_a_body_of_a_megabyte_is_refused(browser, session, freelancer):
    page = browser.post("/profile/edit", {**TYPED, "summary": "x" * 1_000_000})
    assert page.status == 413
    assert saved(session, freelancer) is None


def test_nothing_is_saved_without_the_forms_token(browser, session, freelancer):
    assert browser.post("/profile/edit", {**TYPED, "csrf_token": "forged"}).status == 403
    assert saved(session, freelancer) is None


def test_somebody_elses_draft_does_not_exist(browser, session):
    draft = make_profile(session, published=False)
    session.commit()
    assert browser.get(f"/freelancers/{draft.id}").status == 404
    assert browser.get("/freelancers/999999999999").status == 404
    assert browser.get("/freelancers/x").status == 404


def test_the_edit_form_only_ever_changes_ones_own_profile(browser, session, freelancer):
    owner = make_user(session)
    other = make_profile(session, owner, headline="Not yours")
    session.commit()
    browser.post("/profile/edit", {**TYPED, "id": other.id, "user_id": owner.id})
    assert saved(session, owner).headline == "Not yours"
    assert saved(session, freelancer).headline == TYPED["headline"]


@pytest.mark.parametrize("path", ["/profile", "/profile/edit"])
@pytest.mark.parametrize("kind", [Role.CLIENT, Role.MANAGER, Role.OPERATOR])
def test_people_in_other_roles_have_no_profile(visitor, session, path, kind):
    assert visitor.sign_in(make_user(session, kind)).get(path).status == 403


@pytest.mark.parametrize(
    "path", ["/profile/edit", "/profile/publication", "/profile/withdrawal", "/profile/erasure"]
)
def test_nobody_writes_without_signing_in(visitor, session, path):
    assert visitor.post(path, TYPED).path.startswith("/sign-in")
    assert session.scalar(select(func.count()).select_from(Profile)) == 0


@pytest.mark.parametrize(
    "path", ["/profile/publication", "/profile/withdrawal", "/profile/erasure"]
)
def test_who_has_no_profile_has_none_to_publish(browser, path):
    assert browser.post(path).status == 404


def test_the_public_page_shows_the_park_and_who_was_seen_in_person(visitor, session):
    profile = make_profile(session)
    park = make_park(session, name="Gilgit Software Technology Park")
    make_membership(session, profile.user, park)
    session.commit()
    page = visitor.get(f"/freelancers/{profile.id}")
    assert "Gilgit Software Technology Park" in page.text
    assert "Seen in person" not in page.text


def test_a_stranger_sees_no_state_no_advice_and_no_address(visitor, session):
    owner = make_user(session)
    profile = make_profile(session, owner)
    session.commit()
    page = visitor.get(f"/freelancers/{profile.id}")
    assert "What would help you" not in page.text
    assert not page.soup.select("main form")
    assert owner.email not in page.response.text


def test_links_lead_out_without_vouching_for_them(browser):
    page = browser.follow(browser.post("/profile/edit", TYPED))
    link = page.soup.find("a", href="https://example.org/shop")
    assert link["rel"] == ["nofollow", "noopener", "noreferrer", "ugc"]


def test_the_owner_reads_what_would_help(browser):
    browser.post("/profile/edit", TYPED)
    page = browser.get("/profile")
    assert "Add 4 more skills" in page.text
    assert "Find your park" in page.text


def test_what_stops_publishing_is_not_said_twice(browser):
    browser.post("/profile/edit", {**TYPED, "rate": ""})
    page = browser.get("/profile")
    assert "Name your rate for an hour of work." in page.text
    assert "Name your rate: a job's budget" not in page.text


def test_a_member_who_waits_is_told_so(browser, session, freelancer):
    park = make_park(session, name="Quetta Park")
    make_membership(session, freelancer, park, status="asked")
    make_profile(session, freelancer)
    session.commit()
    assert "it has not answered yet: Quetta Park" in browser.get("/profile").text


def test_both_pages_read_in_urdu(browser):
    browser.post("/profile/edit", TYPED)
    browser.post("/language", {"language": "ur", "next": "/profile"})
    for path in ("/profile", "/profile/edit"):
        page = browser.get(path)
        assert (page.status, page.soup.html["dir"]) == (200, "rtl")


def test_one_save_promises_one_encoding(browser, session):
    browser.post("/profile/edit", TYPED)
    assert [row.task for row in session.scalars(select(Effect))] == ["matching.embed"]


ANY = st.text(max_size=120) | st.sampled_from(
    ["\x00", "\u202e", "1", "%s %(a)s", "{{ 7*7 }}", "<b>"]
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from([*TYPED, "publish", "skills-instead-0"]), ANY))
def test_any_text_is_saved_whole_or_not_at_all(browser, session, freelancer, changes):
    session.expire_all()
    before = service.of_user(session, freelancer)
    before = before and service.draft_of(before)
    page = browser.post("/profile/edit", {**TYPED, **changes})
    assert page.status in (303, 422)
    if page.status == 422:
        after = saved(session, freelancer)
        assert (after and service.draft_of(after)) == before
    else:
        assert browser.get("/profile").status == 200


def test_a_person_erases_every_word_of_their_profile(browser, freelancer, session):
    browser.post("/profile/edit", TYPED)
    assert browser.get("/profile").soup.main.find("form", action="/profile/erasure")
    page = browser.follow(browser.post("/profile/erasure"))
    assert "Your profile is erased." in page.text
    assert page.value("headline") == ""
    assert TYPED["headline"] not in browser.get("/profile").text
