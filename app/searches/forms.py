"""The search box with its filters, and the form that keeps a search."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import BooleanField, SearchField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice

from app import lengths, money
from app.errors import Invalid
from app.jobs.models import PayKind
from app.money import CURRENCIES, Money
from app.parks import directory
from app.parks.models import Area
from app.profiles.languages import WORK_LANGUAGES
from app.profiles.models import Availability
from app.searches.models import Kind
from app.searches.wanted import Wanted
from app.web.forms import Form, Given, Plain
from app.web.labels import LABELS, language_name

_CHOOSE = _l("Choose one from the list.")


def _languages() -> list[SelectChoice]:
    named = sorted((language_name(code), code) for code in WORK_LANGUAGES)
    return [SelectChoice("", _("Any")), *(SelectChoice(code, name) for name, code in named)]


def _pick(label: Any, choices: Any, default: str = "") -> SelectField:
    return SelectField(label, choices=choices, default=default, invalid_choice_message=_CHOOSE)


class FilterForm(Form):
    """What both kinds of search ask. It only reads, so it needs no token."""

    class Meta:
        csrf = False

    kind: Kind
    below = ("park", "area", "seen", "pay_kind", "language", "availability", "rate", "currency")

    words = SearchField(_l("What do you look for?"), [Plain(lengths.WORDS, one_line=True)])
    rate = StringField(_l("Rate for an hour"), [Plain(lengths.NUMBER, one_line=True)])
    currency = _pick(_l("Currency"), list(CURRENCIES), default=CURRENCIES[0])

    _rate: Money | None = None

    @classmethod
    def of(cls, session: Session, given: Any) -> "FilterForm":
        """The form filled with an address's values."""
        return cls(given)

    def validate_rate(self, field: StringField) -> None:
        """Read the rate; without one, the currency asks for nothing."""
        self._rate = None
        if field.data and self.currency.data in CURRENCIES:
            try:
                self._rate = money.parse(field.data, self.currency.data)
            except Invalid as error:
                raise ValidationError(_(error.message, **error.params)) from error

    @property
    def filters(self) -> list[Any]:
        """The fields below the words."""
        return [self[name] for name in self.below if name in self]

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        asked: Mapping[str, Any] = {field.name: field.data for field in self if field.data}
        rate = self._rate and {"rate": f"{self._rate.major:f}"}
        return Wanted.of(self.kind, {**asked, **(rate or {})})


class FreelancerFilters(FilterForm):
    """Looking for freelancers."""

    kind = Kind.FREELANCERS

    rate = StringField(_l("At most an hour"), [Plain(lengths.NUMBER, one_line=True)])
    park = _pick(_l("Park"), [])
    area = _pick(
        _l("Area"),
        [SelectChoice("", _l("Any")), *(SelectChoice(one.value, LABELS[one]) for one in Area)],
    )
    language = _pick(_l("Language"), _languages)
    availability = _pick(
        _l("Availability"),
        [
            SelectChoice("", _l("Takes work")),
            SelectChoice(Availability.OPEN.value, _l("Fully free")),
            SelectChoice(Availability.LIMITED.value, LABELS["limited"]),
        ],
    )
    seen = BooleanField(_l("Seen in person by their park"))

    @classmethod
    def of(cls, session: Session, given: Any) -> "FilterForm":
        """The form filled with an address's values, with the parks to choose from."""
        form = cls(given)
        parks = (SelectChoice(slug, name) for slug, name in directory.named(session))
        form.park.choices = [SelectChoice("", _("Any")), *parks]
        return form


class JobFilters(FilterForm):
    """Looking for jobs."""

    kind = Kind.JOBS

    rate = StringField(_l("At least an hour"), [Plain(lengths.NUMBER, one_line=True)])
    pay_kind = _pick(
        _l("Pays"),
        [
            SelectChoice("", _l("Any")),
            *(SelectChoice(one.value, LABELS[one.value]) for one in PayKind),
        ],
    )
    language = _pick(_l("Language"), _languages)


FORMS: dict[Kind, type[FilterForm]] = {
    Kind.FREELANCERS: FreelancerFilters,
    Kind.JOBS: JobFilters,
}


class SaveForm(Form):
    """Keeping a search."""

    name = StringField(_l("Name"), [Given(), Plain(lengths.CAPTION, one_line=True)])
    alerts = BooleanField(_l("Write to me about new ones, at most once a day"))
