"""The form of a profile, used as an import uses it: without a request."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.profiles.forms import ProfileForm
from app.profiles.models import Availability
from app.profiles.service import ProfileDraft
from tests.factories import make_skill

COMPLETE = {
    "headline": "WordPress developer",
    "summary": "I have made twelve online shops for small firms in Lahore.",
    "skills": "WordPress, php",
    "past_titles": "Web developer\n\nSupport engineer\nWeb developer",
    "rate": "15.50",
    "currency": "EUR",
    "hours_per_week": "20",
    "availability": "limited",
    "languages": ["ur", "en", "en"],
    "links": "github.com/amina\nhttps://example.org/shop",
}


@pytest.fixture
def vocabulary(app, session) -> None:
    for label in ("WordPress", "PHP", "JavaScript", "Kubernetes"):
        make_skill(session, label)


@pytest.fixture
def fill(vocabulary, session):
    """Fill the form in and validate it; values given by name change a complete one."""

    def make(**changes) -> ProfileForm:
        form = ProfileForm(formdata=MultiDict({**COMPLETE, **changes}), meta={"csrf": False})
        form.skills.normalise(session)
        form.validate()
        return form

    return make


def test_a_complete_form_gives_a_draft_of_proper_types(fill):
    form = fill(publish="1")
    assert form.errors == {}
    draft = form.draft()
    assert [skill.label for skill in draft.skills] == ["WordPress", "PHP"]
    assert draft == ProfileDraft(
        headline="WordPress developer",
        summary="I have made twelve online shops for small firms in Lahore.",
        skills=draft.skills,
        past_titles=("Web developer", "Support engineer"),
        rate_minor=1550,
        currency="EUR",
        availability=Availability.LIMITED,
        hours_per_week=20,
        languages=("en", "ur"),
        links=("https://github.com/amina", "https://example.org/shop"),
    )


def test_an_empty_form_is_a_draft_with_the_usual_terms(vocabulary, session):
    form = ProfileForm(formdata=MultiDict(), meta={"csrf": False})
    form.skills.normalise(session)
    assert form.validate()
    assert form.draft() == ProfileDraft()


def test_blanks_are_as_good_as_nothing_in_a_draft(fill):
    blank = dict.fromkeys(("headline", "summary", "skills", "past_titles", "rate", "links"), "  ")
    form = fill(**blank, languages=[])
    assert form.errors == {}
    assert form.draft().rate_minor is None


def test_to_publish_everything_that_is_missing_is_said_beside_its_field(fill):
    form = fill(publish="1", headline="", summary="Too short", skills="", rate="", languages=[])
    assert form.errors == {
        "headline": ["Write a headline."],
        "summary": ["Write a summary of at least 40 characters."],
        "skills": ["List at least one skill."],
        "rate": ["Name your rate for an hour of work."],
        "languages": ["Tick at least one language."],
    }


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("1,200.50", 120_050), ("۱۵", 1500), ("١٥٫٥", 1550), (" 7 ", 700), ("0.01", 1)],
)
def test_rates_are_read_as_people_type_them(fill, typed, minor):
    assert fill(rate=typed).draft().rate_minor == minor


@pytest.mark.parametrize(
    "typed",
    ["0", "۰", "-1", "1e3", "NaN", "Infinity", "15 USD", "1.005", "1.2.3", "9" * 12, "9" * 500],
)
def test_other_rates_are_refused(fill, typed):
    form = fill(rate=typed)
    assert list(form.errors) == ["rate"]
    assert form.rate.data == typed


@pytest.mark.parametrize(("typed", "hours"), [("1", 1), ("80", 80), ("۳۰", 30), (" 12 ", 12)])
def test_hours_are_whole_numbers_up_to_eighty(fill, typed, hours):
    assert fill(hours_per_week=typed).draft().hours_per_week == hours


@pytest.mark.parametrize("typed", ["", "0", "81", "-5", "2.5", "1e1", "3_0", "²", "9" * 5000, "x"])
def test_other_hours_are_refused(fill, typed):
    assert list(fill(hours_per_week=typed).errors) == ["hours_per_week"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("headline", "x" * 121),
        ("headline", "two\nlines"),
        ("headline", "a\x00b"),
        ("headline", "a\u202eb"),
        ("summary", "x" * 4001),
        ("summary", "a\x00b"),
        ("summary", "a\u202eb"),
        ("summary", "\ud800"),
        ("skills", "PHP\x00"),
        ("skills", "PHP\u202e"),
        ("skills", "a" * 6001),
        ("past_titles", "x" * 121),
        ("past_titles", "\n".join(f"Title {n}" for n in range(11))),
        ("past_titles", "a\x00b"),
        ("links", "javascript:alert(1)"),
        ("links", "\n".join(f"https://example.org/{n}" for n in range(11))),
        ("currency", "PKR"),
        ("currency", "usd"),
        ("availability", "maybe"),
        ("languages", ["en", "xx"]),
        ("languages", ["<b>"]),
    ],
)
def test_what_breaks_a_rule_is_refused_beside_its_field(fill, field, typed):
    assert list(fill(**{field: typed}).errors) == [field]


def test_a_refused_link_is_named_by_its_line(fill):
    form = fill(links="https://example.org\n\njavascript:alert(1)")
    assert form.errors["links"] == ["Line 3: A link begins with https:// or http://."]


def test_ten_titles_and_ten_links_fit(fill):
    titles = "\n".join(f"Title {n}" for n in range(10))
    links = "\n".join(f"https://example.org/{n}" for n in range(10))
    draft = fill(past_titles=titles, links=links).draft()
    assert (len(draft.past_titles), len(draft.links)) == (10, 10)


def test_emoji_and_marks_of_urdu_are_kept(fill):
    summary = "میں ویب سائٹس بناتا ہوں 👩🏽‍💻 اور آن لائن دکانیں بھی، دس سال سے۔"
    assert fill(summary=summary).draft().summary == summary


def test_markup_is_text_like_any_other(fill):
    assert fill(headline="<b>bold</b>").draft().headline == "<b>bold</b>"


def test_thirty_skills_fit_and_thirty_one_do_not(fill, session):
    for number in range(31):
        make_skill(session, f"Tool {chr(97 + number % 26) * (2 + number // 26)}")
    names = [f"Tool {chr(97 + number % 26) * (2 + number // 26)}" for number in range(31)]
    assert len(fill(skills="\n".join(names[:30])).draft().skills) == 30
    form = fill(skills=",".join(names))
    assert form.errors == {
        "skills": ["At most 30 skills fit; these are 31. Keep the strongest."],
    }


def test_an_unknown_skill_stays_and_comes_with_suggestions(fill):
    form = fill(skills="PHP, kubernets")
    assert form.skills.data == "PHP, kubernets"
    (unknown,) = form.skills.unknown
    assert unknown.typed == "kubernets"
    assert [skill.label for skill in unknown.suggestions] == ["Kubernetes"]
    assert "“kubernets”" in form.errors["skills"][0]


def test_many_unknown_skills_are_named_up_to_five(fill):
    (error,) = fill(skills=", ".join(f"qqzz{c * 3}" for c in "abcdefg")).errors["skills"]
    assert error.count("“") == 5
    assert "…" in error


def test_a_picked_suggestion_takes_the_place_of_what_was_typed(fill):
    form = fill(
        skills="PHP, kubernets, dancing",
        **{
            "skills-typed-0": "kubernets",
            "skills-instead-0": "Kubernetes",
            "skills-typed-1": "dancing",
            "skills-instead-1": "",
        },
    )
    assert form.errors == {}
    assert form.skills.data == "PHP, Kubernetes"
    assert [skill.label for skill in form.draft().skills] == ["PHP", "Kubernetes"]


def test_a_pick_that_is_no_skill_either_is_asked_about_again(fill):
    form = fill(
        skills="kubernets",
        **{"skills-typed-0": "kubernets", "skills-instead-0": "<script>"},
    )
    assert [one.typed for one in form.skills.unknown] == ["<script>"]


def test_long_picks_cannot_blow_the_list_up(fill):
    form = fill(
        skills=",".join("a" for _ in range(2000)),
        **{"skills-typed-0": "a", "skills-instead-0": "b" * 100_000},
    )
    assert list(form.errors) == ["skills"]
    assert len(form.skills.data) < 300_000


def test_a_form_validated_without_its_skills_looked_up_is_our_mistake(vocabulary):
    form = ProfileForm(formdata=MultiDict(COMPLETE), meta={"csrf": False})
    with pytest.raises(RuntimeError, match="normalise"):
        form.validate()


TEXT = st.text(max_size=200) | st.sampled_from(
    ["PHP", "wordpress,,", "1e3", "۱۲", "\x00", "\u202e", "<b>", "https://x", "%(n)d %s", "30"]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from([*COMPLETE, "publish", "skills-typed-0"]), TEXT))
def test_any_text_is_either_refused_or_gives_a_draft_within_the_limits(fill, changes):
    form = fill(**changes)
    if form.errors:
        return
    draft = form.draft()
    assert len(draft.headline) <= 120
    assert draft.rate_minor is None or draft.rate_minor > 0
    assert 1 <= draft.hours_per_week <= 80
    assert all(link.startswith(("https://", "http://")) for link in draft.links)
    assert all(title and len(title) <= 120 for title in draft.past_titles)
