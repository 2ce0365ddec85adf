"""The form of a profile. It holds every rule about what may be typed, so imports use it too."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice

from app import lengths, money, texts
from app.errors import Invalid
from app.money import CURRENCIES, Money
from app.profiles import service
from app.profiles.cv import Cv
from app.profiles.entries import clean_link, clean_title
from app.profiles.language_field import LanguagesField
from app.profiles.languages import WORK_LANGUAGES
from app.profiles.models import Availability, Profile
from app.profiles.service import ProfileDraft
from app.profiles.skill_field import SkillsField
from app.web.forms import Plain
from app.web.versions import Versioned

MOST_SKILLS = 30
MOST_TITLES = 10
MOST_LINKS = 10
MOST_HOURS = 80
_CHOOSE = _l("Choose one of these.")


class LinesField(TextAreaField):
    """A list with one entry on each line; `entries` are the clean ones, each once."""

    def __init__(
        self, label=None, *, clean: Callable[[str], str], longest: int, most: int, **kwargs
    ) -> None:
        super().__init__(label, **kwargs)
        self.clean = clean
        self.longest = longest * most * 2
        self.most = most
        self.entries: tuple[str, ...] = ()

    def process_data(self, value: Any) -> None:
        """Take a text, or entries."""
        self.data = value if isinstance(value, str) else "\n".join(value or ())

    def pre_validate(self, form: Any) -> None:
        """Clean every line; a refusal says which line it is about."""
        try:
            text = texts.clean(self.data, longest=self.longest)
        except Invalid as error:
            raise ValidationError(_(error.message, **error.params)) from error
        lines = [
            (n, line)
            for n, line in enumerate(text.split("\n"), start=1)
            if not texts.is_blank(line)
        ]
        found = dict.fromkeys(self._entry(number, line) for number, line in lines)
        if len(found) > self.most:
            raise ValidationError(
                _("At most %(most)d fit; these are %(count)d.", most=self.most, count=len(found))
            )
        self.entries = tuple(found)

    def _entry(self, number: int, line: str) -> str:
        try:
            return self.clean(line)
        except Invalid as error:
            reason = _(error.message, **error.params)
            raise ValidationError(
                _("Line %(number)d: %(reason)s", number=number, reason=reason)
            ) from error


class ProfileForm(Versioned):
    """What a freelancer says about themselves.

    Outside a request: `ProfileForm(formdata=values, meta={"csrf": False})`, then
    `form.skills.normalise(session)`, `form.validate()` and `form.draft()`. With `publish` among
    the values, only a complete profile is valid.
    """

    headline = StringField(_l("Headline"), [Plain(lengths.TITLE, one_line=True)])
    summary = TextAreaField(_l("Summary"), [Plain(lengths.ABOUT)])
    skills = SkillsField(_l("Skills"), most=MOST_SKILLS)
    past_titles = LinesField(
        _l("Titles you worked under"), clean=clean_title, longest=lengths.TITLE, most=MOST_TITLES
    )
    rate = StringField(_l("Rate for an hour"), [Plain(lengths.NUMBER, one_line=True)])
    currency = SelectField(
        _l("Currency"), choices=list(CURRENCIES), default="USD", invalid_choice_message=_CHOOSE
    )
    hours_per_week = StringField(
        _l("Hours a week"), [Plain(lengths.NUMBER, one_line=True)], default="30"
    )
    availability = RadioField(
        _l("Do you take work now?"),
        choices=[
            SelectChoice(Availability.OPEN.value, _l("Yes")),
            SelectChoice(Availability.LIMITED.value, _l("Some hours")),
            SelectChoice(Availability.AWAY.value, _l("Not now")),
        ],
        default=Availability.OPEN.value,
        invalid_choice_message=_CHOOSE,
    )
    languages = LanguagesField(_l("Languages you can work in"))
    links = LinesField(
        _l("Links to your work"), clean=clean_link, longest=lengths.LINK, most=MOST_LINKS
    )
    publish = SubmitField(_l("Save and publish"))

    is_public = False
    """The profile is public already, so it must stay complete."""
    _rate: Money | None = None
    _hours = 0

    @classmethod
    def of(cls, profile: Profile | None) -> "ProfileForm":
        """The request's form, opened on what `profile` says."""
        said = _typed(service.draft_of(profile)) if profile else {}
        form = cls.opened(said, version_of(profile))
        form.is_public = bool(profile and profile.published_at)
        return form

    @classmethod
    def filled(cls, profile: Profile | None, cv: Cv) -> "ProfileForm":
        """A form that nobody has sent, opened on what a CV adds to what `profile` says."""
        draft = _joined(service.draft_of(profile) if profile else ProfileDraft(), cv)
        values = _typed(draft) | {"version": str(version_of(profile))}
        form = cls(formdata=None, data=values)
        form.skills.offer(cv.offered)
        form.is_public = bool(profile and profile.published_at)
        return form

    def validate(self, extra_validators=None) -> bool:
        """Check every field; a profile that is or becomes public must be complete as well."""
        if not super().validate(extra_validators):
            return False
        lacks = service.missing(self.draft()) if self.publish.data or self.is_public else {}
        for field, sentence in lacks.items():
            self.refuse(field, Invalid(sentence))
        return not lacks

    def validate_rate(self, field: StringField) -> None:
        """Read the rate; a draft may go without."""
        self._rate = None
        if field.data and self.currency.data in CURRENCIES:
            try:
                self._rate = money.parse(field.data, self.currency.data)
            except Invalid as error:
                raise ValidationError(_(error.message, **error.params)) from error

    def validate_hours_per_week(self, field: StringField) -> None:
        """Read the hours; Urdu digits count as digits."""
        is_number = field.data.isdecimal() and len(field.data) <= 3
        self._hours = int(field.data) if is_number else 0
        if not 1 <= self._hours <= MOST_HOURS:
            raise ValidationError(_("Write a whole number from 1 to %(most)d.", most=MOST_HOURS))

    def draft(self) -> ProfileDraft:
        """The typed values of a valid form."""
        return ProfileDraft(
            headline=self.headline.data,
            summary=self.summary.data,
            skills=tuple(self.skills.skills),
            past_titles=self.past_titles.entries,
            rate_minor=self._rate.minor if self._rate else None,
            currency=self.currency.data,
            availability=Availability(self.availability.data),
            hours_per_week=self._hours,
            languages=self.languages.codes,
            links=self.links.entries,
        )


def _joined(draft: ProfileDraft, cv: Cv) -> ProfileDraft:
    """What is written already stays and comes first; nothing of it is lost to a CV."""

    def both(own: Iterable[Any], read: Iterable[Any], most: int) -> tuple[Any, ...]:
        return tuple(dict.fromkeys([*own, *read]))[:most]

    return replace(
        draft,
        headline=draft.headline or cv.headline,
        summary=draft.summary or cv.summary,
        past_titles=both(draft.past_titles, cv.past_titles, MOST_TITLES),
        languages=both(draft.languages, cv.languages, len(WORK_LANGUAGES)),
        links=both(draft.links, cv.links, MOST_LINKS),
    )


def version_of(profile: Profile | None) -> int:
    """Which version of the profile a form is opened on: 0 while there is none."""
    return profile.version if profile else 0


def _typed(draft: ProfileDraft) -> dict[str, Any]:
    """A profile as a person would type it."""
    rate = ""
    if draft.rate_minor is not None:
        major = Money(draft.rate_minor, draft.currency).major
        rate = f"{major:.0f}" if major == major.to_integral_value() else str(major)
    return {
        **{name: getattr(draft, name) for name in ("headline", "summary", "skills", "links")},
        "past_titles": draft.past_titles,
        "rate": rate,
        "currency": draft.currency,
        "hours_per_week": str(draft.hours_per_week),
        "availability": draft.availability.value,
        "languages": draft.languages,
    }
