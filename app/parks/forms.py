"""Forms of the directory, of a park's page and its companies, and of appointing managers."""

import re
from datetime import date
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    IntegerField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app import lengths
from app.accounts.forms import ADDRESS
from app.clock import today
from app.parks.appointments import AppointmentDraft
from app.parks.companies import CompanyDraft
from app.parks.models import Area, Park, ParkKind
from app.parks.service import PageDraft, ParkDraft
from app.web.forms import Form, Given, Name, Plain
from app.web.labels import LABELS
from app.web.versions import Versioned

MOST_SEATS = 100_000
EARLIEST = date(1980, 1, 1)
_CHOOSE = _l("Choose one from the list.")
_TAG = re.compile(r"<[a-zA-Z/!?]")


class Prose(Plain):
    """Text of several lines; markup would be shown as it stands, so it is refused."""

    def __call__(self, form, field) -> None:
        super().__call__(form, field)
        if _TAG.search(field.data):
            raise ValidationError(_("Write plain text, without HTML tags."))


def _choices(codes: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(code.value, LABELS[code.value]) for code in codes]


class Seats(IntegerField):
    """How many people a park has room for."""

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        if valuelist and not 1 <= (self.data or 0) <= MOST_SEATS:
            self.data = None
            raise ValueError(_("Write a whole number from 1 to %(most)d.", most=MOST_SEATS))


class PastDay(DateField):
    """A day that has been."""

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        if valuelist and not EARLIEST <= (self.data or date.min) <= today():
            self.data = None
            raise ValueError(_("Write a day until today, for example 2021-06-30."))


class SearchForm(Form):
    """Looking for a park. It only reads, so it needs no token and its address can be shared."""

    class Meta:
        csrf = False

    q = SearchField(_l("Park, city or operator"), [Plain(lengths.WORDS, one_line=True)])
    area = SelectField(
        _l("Area"),
        choices=[SelectChoice("", _l("All of Pakistan")), *_choices(Area)],
        default="",
        invalid_choice_message=_CHOOSE,
    )

    @property
    def picked_area(self) -> Area | None:
        """The area of a valid form, or None for all."""
        return Area(self.area.data) if self.area.data else None


class RollForm(Form):
    """Looking for a member by name."""

    class Meta:
        csrf = False

    q = SearchField(_l("Name"), [Plain(lengths.WORDS, one_line=True)])


class PageForm(Versioned):
    """What a manager keeps of a park."""

    about = TextAreaField(_l("About the park"), [Prose(lengths.ABOUT)])
    seats = Seats(_l("Seats"), [Optional()])

    @classmethod
    def of(cls, park: Park) -> "PageForm":
        """The request's form, opened on what the park's page says."""
        return cls.opened({"about": park.about, "seats": park.seats}, park.version)

    def draft(self) -> PageDraft:
        """The typed values of a valid form."""
        return PageDraft(about=self.about.data, seats=self.seats.data)


class ParkForm(PageForm):
    """Adding a park."""

    name = StringField(_l("Name of the park"), [Given(), Name()])
    kind = SelectField(_l("What it is"), choices=_choices(ParkKind), invalid_choice_message=_CHOOSE)
    operator = StringField(_l("Who runs it"), [Given(), Name()])
    city = StringField(_l("City or town"), [Given(), Name(lengths.PLACE)])
    district = StringField(_l("District"), [Given(), Name(lengths.PLACE)])
    area = SelectField(_l("Area"), choices=_choices(Area), invalid_choice_message=_CHOOSE)
    opened_on = PastDay(_l("Opened on"), [Optional()])

    def draft(self) -> ParkDraft:  # type: ignore[override]
        """The typed values of a valid form."""
        return ParkDraft(
            name=self.name.data,
            kind=ParkKind(self.kind.data),
            operator=self.operator.data,
            city=self.city.data,
            district=self.district.data,
            area=Area(self.area.data),
            opened_on=self.opened_on.data,
            page=super().draft(),
        )


class CompanyForm(Form):
    """Adding a company to a park."""

    name = StringField(_l("Name of the company"), [Given(), Name()])
    about = StringField(_l("What it does"), [Name(lengths.LINE)])
    since_on = PastDay(_l("In the park since"), default=today)

    def draft(self) -> CompanyDraft:
        """The typed values of a valid form."""
        return CompanyDraft(
            name=self.name.data, about=self.about.data, since_on=self.since_on.data or today()
        )


class AppointForm(Form):
    """Appointing a manager."""

    email = EmailField(_l("E-mail"), ADDRESS)
    name = StringField(_l("Name"), [Name()])

    def draft(self, language: str) -> AppointmentDraft:
        """The typed values of a valid form."""
        return AppointmentDraft(email=self.email.data, name=self.name.data, language=language)
