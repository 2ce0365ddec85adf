"""The forms of jobs. They hold every rule about what may be typed, so imports use them too."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice

from app import lengths, money
from app.clock import today
from app.errors import Invalid
from app.jobs.decisions import REASONS
from app.jobs.description import Description
from app.jobs.drafts import LONGEST_WAIT, MOST_WEEKS, USUAL_WAIT, JobDraft, draft_of, missing
from app.jobs.models import Job, JobStatus, PayKind
from app.jobs.proposals import ProposalDraft
from app.jobs.steps_field import StepsField
from app.money import CURRENCIES, Money
from app.profiles.language_field import LanguagesField
from app.profiles.skill_field import SkillsField
from app.web.forms import Form, Given, Plain
from app.web.paging import HIGHEST_ID
from app.web.versions import Versioned

MOST_SKILLS = 30
OTHER = "other"
_CHOOSE = _l("Choose one of these.")


class DayField(DateField):
    """A day, as a browser's own field sends it: 2026-12-24. Urdu digits count as digits."""

    def process_formdata(self, valuelist: list[str]) -> None:
        plain = ["".join(str(int(c)) if c.isdecimal() else c for c in typed) for typed in valuelist]
        try:
            super().process_formdata(plain)
        except ValueError as error:
            raise ValueError(_("Write the day like this: 2026-12-24.")) from error


class JobForm(Versioned):
    """What a client says about a job.

    Outside a request: `JobForm(formdata=values, meta={"csrf": False})`, then
    `form.skills.normalise(session)`, `form.validate()` and `form.draft()`. With `publish` among
    the values, only a complete job is valid. A fixed price stands in `budget`, an hourly one in
    `least` and `most`.
    """

    title = StringField(_l("Title"), [Given(), Plain(lengths.TITLE, one_line=True)])
    description = TextAreaField(_l("What has to be done"), [Plain(lengths.DESCRIPTION)])
    skills = SkillsField(_l("Skills it needs"), most=MOST_SKILLS)
    languages = LanguagesField(_l("Languages the work needs"), default=["en"])
    pay_kind = RadioField(
        _l("How do you want to pay?"),
        choices=[
            SelectChoice(PayKind.FIXED.value, _l("A fixed price")),
            SelectChoice(PayKind.HOURLY.value, _l("By the hour")),
        ],
        default=PayKind.FIXED.value,
        invalid_choice_message=_CHOOSE,
    )
    currency = SelectField(
        _l("Currency"), choices=list(CURRENCIES), default="USD", invalid_choice_message=_CHOOSE
    )
    budget = StringField(_l("Budget for the whole job"), [Plain(lengths.NUMBER, one_line=True)])
    least = StringField(_l("For an hour, from"), [Plain(lengths.NUMBER, one_line=True)])
    most = StringField(_l("For an hour, to"), [Plain(lengths.NUMBER, one_line=True)])
    weeks = StringField(
        _l("Weeks it will take"), [Plain(lengths.NUMBER, one_line=True)], default="4"
    )
    answer_by_on = DayField(
        _l("Last day to propose"), [Given()], default=lambda: today() + USUAL_WAIT
    )
    publish = SubmitField(_l("Publish"))

    is_public = False
    """The job is public already, so it must stay complete."""
    _amounts: tuple[Money, Money] | None = None
    _weeks = 0

    @classmethod
    def of(cls, job: Job | None) -> "JobForm":
        """The request's form, opened on what `job` says."""
        form = cls.opened(_typed(draft_of(job)), job.version) if job else cls()
        form.is_public = bool(job and job.status is JobStatus.OPEN)
        return form

    @classmethod
    def filled(cls, said: Description) -> "JobForm":
        """A form that nobody has sent, opened on what a description says."""
        pay = _typed_pay(said.pay.kind, said.pay.least, said.pay.most) if said.pay else {}
        values = pay | {"title": said.title, "description": said.text}
        values |= {"languages": said.languages} if said.languages else {}
        values |= {"weeks": str(said.weeks)} if said.weeks else {}
        form = cls(formdata=None, data=values)
        form.skills.offer(said.offered)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a job that is or becomes public must be complete as well."""
        if not super().validate(extra_validators):
            return False
        lacks = missing(self.draft()) if self.publish.data or self.is_public else {}
        for field, sentence in lacks.items():
            self.refuse(field, Invalid(sentence))
        return not lacks

    def validate_budget(self, field: StringField) -> None:
        """Read the fixed price."""
        if self.pay_kind.data == PayKind.FIXED:
            amount = read_amount(field, self.currency.data)
            self._amounts = (amount, amount) if amount else None

    def validate_least(self, field: StringField) -> None:
        """Read the lower end for an hour; the upper end reads it again."""
        if self.pay_kind.data == PayKind.HOURLY:
            read_amount(field, self.currency.data)

    def validate_most(self, field: StringField) -> None:
        """Read the range for an hour."""
        if self.pay_kind.data != PayKind.HOURLY:
            return
        most = read_amount(field, self.currency.data)
        if most is None or self.least.errors:
            return
        least = money.parse(self.least.data, self.currency.data)
        if most.minor < least.minor:
            raise ValidationError(_("The upper end must not be below the lower end."))
        self._amounts = (least, most)

    def validate_weeks(self, field: StringField) -> None:
        """Read the length; Urdu digits count as digits."""
        self._weeks = read_whole(field, MOST_WEEKS)

    def validate_answer_by_on(self, field: DayField) -> None:
        """Hold the last day between today and the longest anybody should wait."""
        if isinstance(field.data, date) and not today() <= field.data <= today() + LONGEST_WAIT:
            raise ValidationError(
                _("Choose a day from today to %(days)d days ahead.", days=LONGEST_WAIT.days)
            )

    def draft(self) -> JobDraft:
        """The typed values of a valid form."""
        least, most = self._amounts  # type: ignore[misc]
        return JobDraft(
            title=self.title.data,
            description=self.description.data,
            skills=tuple(self.skills.skills),
            pay_kind=PayKind(self.pay_kind.data),
            least=least,
            most=most,
            weeks=self._weeks,
            languages=self.languages.codes,
            answer_by_on=self.answer_by_on.data,
        )


class ProposalForm(Form):
    """What a freelancer offers for a job. The price is what the milestones add up to."""

    letter = TextAreaField(_l("Letter to the client"), [Given(), Plain(lengths.LETTER)])
    steps = StepsField(_l("Milestones"))
    add_rows = SubmitField(_l("Add rows"))
    questions = TextAreaField(_l("Questions to the client"), [Plain(lengths.QUESTIONS)])

    currency = ""
    """The job's; the amounts are in it."""

    @classmethod
    def of(cls, job: Job) -> "ProposalForm":
        """The request's form for a proposal to `job`."""
        form = cls()
        form.currency = job.currency
        if form.add_rows.data:
            form.steps.show_all()
        return form

    @property
    def status(self) -> int:
        """Asking for more rows is no refusal."""
        return 200 if self.add_rows.data else super().status

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Tell whether a proposal was sent and is valid; asking for more rows sends none."""
        return not self.add_rows.data and super().validate_on_submit(extra_validators)

    def draft(self) -> ProposalDraft:
        """The typed values of a valid form."""
        return ProposalDraft(self.letter.data, self.questions.data, self.steps.steps)


class InviteForm(Form):
    """Asking one freelancer to propose."""

    profile_id = HiddenField()
    message = TextAreaField(_l("Your message"), [Plain(lengths.MESSAGE)])

    @property
    def picked_id(self) -> int:
        """The profile's id; 0, which nobody has, for anything that is none."""
        typed = self.profile_id.data or ""
        is_id = typed.isdecimal() and len(typed) <= 10 and int(typed) <= HIGHEST_ID
        return int(typed) if is_id else 0


class DeclineForm(Form):
    """Turning a proposal down: a reason, and words of one's own."""

    reason = RadioField(
        _l("Why?"),
        choices=[
            *(SelectChoice(code, _l(sentence)) for code, sentence in REASONS.items()),
            SelectChoice(OTHER, _l("Another reason, which I write below.")),
        ],
        invalid_choice_message=_l("Choose a reason."),
    )
    note = TextAreaField(_l("A word to the freelancer"), [Plain(lengths.MESSAGE)])

    def validate_note(self, field: TextAreaField) -> None:
        """Another reason must be said."""
        if self.reason.data == OTHER and not field.data:
            raise ValidationError(_("Write your reason here."))

    def draft(self) -> str:
        """The reason as it is stored: our sentence, then the client's words."""
        sentence = REASONS.get(self.reason.data, "")
        return f"{sentence}\n{self.note.data}".strip()


class SearchForm(Form):
    """Looking through the open jobs."""

    class Meta:
        csrf = False

    q = StringField(_l("Words"), [Plain(lengths.WORDS, one_line=True)])
    skill = StringField(_l("Skill"), [Plain(lengths.WORDS, one_line=True)])


def read_amount(field: StringField, currency: str) -> Money | None:
    """Read an amount; None where the currency itself was refused. Raises `ValidationError`."""
    if currency not in CURRENCIES:
        return None
    try:
        return money.parse(field.data or "", currency)
    except Invalid as error:
        raise ValidationError(_(error.message, **error.params)) from error


def read_whole(field: StringField, most: int) -> int:
    """Read a whole number from 1 to `most`. Raises `ValidationError`."""
    typed = field.data or ""
    number = int(typed) if typed.isdecimal() and len(typed) <= 4 else 0
    if not 1 <= number <= most:
        raise ValidationError(_("Write a whole number from 1 to %(most)d.", most=most))
    return number


def _typed(draft: JobDraft) -> dict[str, Any]:
    """A job as a person would type it."""
    return {
        "title": draft.title,
        "description": draft.description,
        "skills": draft.skills,
        "languages": draft.languages,
        **_typed_pay(draft.pay_kind, draft.least, draft.most),
        "weeks": str(draft.weeks),
        "answer_by_on": draft.answer_by_on,
    }


def _typed_pay(kind: PayKind, least: Money, most: Money) -> dict[str, Any]:
    is_fixed = kind is PayKind.FIXED
    return {
        "pay_kind": kind.value,
        "currency": least.currency,
        "budget": _written(most) if is_fixed else "",
        "least": "" if is_fixed else _written(least),
        "most": "" if is_fixed else _written(most),
    }


def _written(amount: Money) -> str:
    whole = amount.major == amount.major.to_integral_value()
    return f"{amount.major:.0f}" if whole else str(amount.major)
