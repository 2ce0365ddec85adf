"""The forms of jobs outside a request, as an import uses them: every rule is in the form."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from app.jobs.decisions import REASONS
from app.jobs.forms import DeclineForm, InviteForm, JobForm, ProposalForm
from app.jobs.models import JobStatus, PayKind
from app.money import Money
from tests.factories import make_job, make_skill
from tests.jobs.typed import DESCRIPTION, RLO, job_form, proposal_form


@pytest.fixture
def read(app, session):
    """Fill the form of a job without a request."""
    for label in ("WordPress", "PHP"):
        make_skill(session, label)

    def fill(**changes) -> JobForm:
        form = JobForm(formdata=MultiDict(job_form(**changes)), meta={"csrf": False})
        form.skills.normalise(session)
        form.validate()
        return form

    with app.app_context():
        yield fill


def proposal(*steps, **changes) -> ProposalForm:
    typed = MultiDict(proposal_form(*steps, **changes))
    form = ProposalForm(formdata=typed, meta={"csrf": False})
    form.currency = "USD"
    form.validate()
    return form


def test_a_fixed_price_is_a_range_of_one(read):
    form = read(budget="1,200.50")
    assert form.errors == {}
    draft = form.draft()
    assert draft.title == "Online shop for a bakery"
    assert draft.description == DESCRIPTION
    assert [skill.label for skill in draft.skills] == ["WordPress", "PHP"]
    assert draft.pay_kind is PayKind.FIXED
    assert draft.least == draft.most == Money(120_050, "USD")
    assert (draft.weeks, draft.languages) == (4, ("en",))
    assert draft.answer_by_on == date(2026, 12, 24)


def test_an_hourly_range_needs_no_budget(read):
    form = read(pay_kind="hourly", currency="EUR", budget="", least="15", most="۲۵")
    assert form.errors == {}
    assert (form.draft().least, form.draft().most) == (Money(1500, "EUR"), Money(2500, "EUR"))


def test_what_is_left_out_takes_its_default(read):
    form = read(pay_kind=None, currency=None)
    assert form.errors == {}
    assert form.draft().pay_kind is PayKind.FIXED


def test_a_draft_may_lack_words_skills_and_languages(read):
    form = read(description="", skills="", languages=[])
    assert form.errors == {}
    assert form.draft().skills == ()


def test_publishing_needs_all_of_it(read):
    form = read(description="Short.", skills="", languages=[], publish="1")
    assert set(form.errors) == {"description", "skills", "languages"}
    assert read(publish="1").errors == {}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 121),
        ("title", "two\nlines"),
        ("title", f"Shop {RLO}gpj"),
        ("title", "Shop\0"),
        ("description", "x" * 8001),
        ("description", f"{DESCRIPTION}{RLO}"),
        ("description", f"{DESCRIPTION}\0"),
        ("skills", "WordPress, Wizardry of the north"),
        ("skills", "PHP\0"),
        ("skills", ", ".join(f"skill {n}" for n in range(31))),
        ("languages", ["klingon"]),
        ("languages", ["en", "xx"]),
        ("pay_kind", "gold"),
        ("currency", "PKR"),
        ("currency", ""),
        ("budget", ""),
        ("budget", "0"),
        ("budget", "-5"),
        ("budget", "12.345"),
        ("budget", "1e5"),
        ("budget", "NaN"),
        ("budget", "a lot"),
        ("budget", "1000000"),
        ("budget", "9" * 4000),
        ("budget", "<b>5</b>"),
        ("budget", f"5{RLO}"),
        ("weeks", ""),
        ("weeks", "0"),
        ("weeks", "105"),
        ("weeks", "-1"),
        ("weeks", "2.5"),
        ("weeks", "²"),
        ("weeks", "9" * 5000),
        ("answer_by_on", ""),
        ("answer_by_on", "2026-11-22"),
        ("answer_by_on", "2027-02-22"),
        ("answer_by_on", "24.12.2026"),
        ("answer_by_on", "2026-02-30"),
        ("answer_by_on", "99999-01-01"),
        ("answer_by_on", "2026-12-24\0"),
    ],
)
def test_a_field_that_is_wrong_says_so_and_keeps_what_was_typed(read, field, typed):
    form = read(**{field: typed})
    assert list(form.errors) == [field]
    assert all(form.errors[field])


@pytest.mark.parametrize("day", ["2026-11-23", "2027-02-21", "۲۰۲۶-۱۲-۲۴"])
def test_the_last_day_is_from_today_to_ninety_days_ahead(read, day):
    assert read(answer_by_on=day).errors == {}


@pytest.mark.parametrize(
    ("least", "most", "wrong"),
    [
        ("", "20", ["least"]),
        ("15", "", ["most"]),
        ("", "", ["least", "most"]),
        ("20", "15", ["most"]),
        ("a", "b", ["least", "most"]),
    ],
)
def test_an_hourly_range_must_be_one(read, least, most, wrong):
    assert list(read(pay_kind="hourly", budget="", least=least, most=most).errors) == wrong


def test_emoji_markup_and_urdu_are_only_words(read):
    title = "بیکری 🥐 <b>shop</b> %(name)s"
    form = read(title=title)
    assert form.errors == {}
    assert form.draft().title == title


def test_the_form_opens_on_what_a_job_says(app, session):
    skill = make_skill(session, "WordPress")
    job = make_job(
        session,
        skills=(skill,),
        pay_kind=PayKind.HOURLY,
        least_minor=1250,
        most_minor=2000,
        currency="GBP",
    )
    with app.test_request_context():
        form = JobForm.of(job)
        assert form.is_public
        assert (form.least.data, form.most.data, form.budget.data) == ("12.50", "20", "")
        assert (form.currency.data, form.skills.data) == ("GBP", "WordPress")
        assert form.answer_by_on.data == date(2026, 12, 24)
        assert not JobForm.of(make_job(session, status=JobStatus.CLOSED)).is_public


def test_the_steps_of_a_proposal_are_read_and_blank_rows_passed_over(app):
    with app.app_context():
        form = proposal(("Design", "100", "5"), ("", " ", ""), ("Build", "350.50", "۱۰"))
        assert form.errors == {}
        steps = form.draft().steps
    assert [(s.title, s.amount.minor, s.days) for s in steps] == [
        ("Design", 10_000, 5),
        ("Build", 35_050, 10),
    ]


@pytest.mark.parametrize(
    "steps",
    [
        [("", "", "")],
        [("Design", "", "5")],
        [("", "100", "5")],
        [("Design", "100", "")],
        [("Design", "0", "5")],
        [("Design", "9" * 5000, "5")],
        [("Design", "1e3", "5")],
        [("Design", "100", "366")],
        [("Design", "100", "0")],
        [("Design", "100", "²")],
        [("Design", "100", "9" * 5000)],
        [("x" * 121, "100", "5")],
        [(f"De{RLO}sign", "100", "5")],
        [("De\0sign", "100", "5")],
        [("Fine", "100", "5"), ("Half", "", "")],
    ],
)
def test_a_step_that_is_wrong_is_refused(app, steps):
    with app.app_context():
        form = proposal(*steps)
        assert list(form.errors) == ["steps"]
        assert all(isinstance(said, str) for said in form.errors["steps"])
        assert form.steps.steps == ()


def test_a_refusal_names_the_milestone(app):
    with app.app_context():
        form = proposal(("Design", "100", "5"), ("Build", "many", "5"))
        assert form.errors["steps"] == [
            "Milestone 2: Write the amount in digits, for example 1200 or 1200.50."
        ]
        assert form.steps.entries[1].form.amount.errors
        assert not form.steps.entries[0].form.amount.errors


@pytest.mark.parametrize("name", ["steps-8-title", "steps-²-title", "steps-99999-x", "steps-x"])
def test_a_row_that_is_not_ours_is_refused(app, name):
    with app.app_context():
        assert list(proposal(**{name: "A ninth"}).errors) == ["steps"]


@pytest.mark.parametrize("letter", ["", "  ", "x" * 5001, f"{RLO}", "Hello\0"])
def test_a_letter_that_is_wrong_is_refused(app, letter):
    with app.app_context():
        assert list(proposal(letter=letter).errors) == ["letter"]


def test_questions_are_bounded(app):
    with app.app_context():
        assert list(proposal(questions="x" * 2001).errors) == ["questions"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"reason": "price"}, REASONS["price"]),
        ({"reason": "price", "note": " Sorry. "}, f"{REASONS['price']}\nSorry."),
        ({"reason": "other", "note": "We hired a cousin."}, "We hired a cousin."),
    ],
)
def test_a_reason_is_our_sentence_and_the_clients_words(app, typed, stored):
    with app.app_context():
        form = DeclineForm(formdata=MultiDict(typed), meta={"csrf": False})
        assert form.validate()
        assert form.draft() == stored


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"note": "No."}, "reason"),
        ({"reason": "bribe"}, "reason"),
        ({"reason": "other"}, "note"),
        ({"reason": "other", "note": "  "}, "note"),
        ({"reason": "price", "note": "x" * 1001}, "note"),
        ({"reason": "price", "note": RLO}, "note"),
    ],
)
def test_a_reason_that_is_none_is_refused(app, typed, wrong):
    with app.app_context():
        form = DeclineForm(formdata=MultiDict(typed), meta={"csrf": False})
        assert not form.validate()
        assert list(form.errors) == [wrong]


@pytest.mark.parametrize(
    ("typed", "picked"),
    [("7", 7), ("", 0), ("-1", 0), ("x", 0), ("²", 0), (str(2**31), 0), ("9" * 5000, 0)],
)
def test_an_id_that_is_none_picks_nobody(app, typed, picked):
    with app.app_context():
        form = InviteForm(formdata=MultiDict({"profile_id": typed}), meta={"csrf": False})
        assert form.picked_id == picked
