"""The form field of milestones: rows of title, amount and days; blank rows are passed over."""

from collections.abc import Iterable
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, StringField

from app import lengths, money, texts
from app.errors import Invalid
from app.jobs.proposals import MOST_STEPS, StepDraft
from app.money import Money

MOST_DAYS = 365
SHOWN_ROWS = 4


class StepRow(wtforms.Form):
    """One milestone as typed."""

    title = StringField(_l("What you hand over"))
    amount = StringField(_l("Amount"))
    days = StringField(_l("Days of work"))

    @property
    def is_blank(self) -> bool:
        return all(texts.is_blank(field.data or "") for field in self)

    def read(self, currency: str) -> StepDraft | None:
        """The milestone, or None with a refusal beside each field that is wrong."""
        title = self._read(self.title, _title)
        amount = self._read(self.amount, lambda typed: _amount(typed, currency))
        days = self._read(self.days, _days)
        return None if self.errors else StepDraft(title, amount, days)

    def _read(self, field: StringField, parse: Any) -> Any:
        try:
            return parse(field.data or "")
        except Invalid as error:
            field.errors = [_(error.message, **error.params)]
            return None


class StepsField(FieldList):
    """Milestones; after validating, `steps` are the typed ones and `total` what they add up to.

    The form that holds it names their currency as `currency`. Four rows are shown, and those that
    were typed into; `show_all` shows as many as fit.
    """

    def __init__(self, label=None, **kwargs) -> None:
        super().__init__(
            FormField(StepRow), label, min_entries=SHOWN_ROWS, max_entries=MOST_STEPS, **kwargs
        )
        self.steps: tuple[StepDraft, ...] = ()
        self._overflows = False

    def show_all(self) -> None:
        """Show all the rows there can be, keeping what was typed."""
        while len(self.entries) < MOST_STEPS:
            self.append_entry()

    def total(self, currency: str) -> Money | None:
        """What the amounts that can be read add up to so far; None when none can be read."""
        amounts = []
        for entry in self.entries:
            try:
                amounts.append(_amount(entry.form.amount.data or "", currency))
            except Invalid:
                continue
        return sum(amounts[1:], amounts[0]) if amounts else None

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Read every row that is not blank; there must be one."""
        self.errors = []
        read = []
        for number, entry in enumerate(self.entries, start=1):
            if entry.form.is_blank:
                continue
            read.append(entry.form.read(form.currency))
            for reason in (said for field in entry.form for said in field.errors):
                self.errors.append(
                    _("Milestone %(number)d: %(reason)s", number=number, reason=reason)
                )
        if self._overflows:
            self.errors.append(_("At most %(most)d milestones fit.", most=MOST_STEPS))
        if not read:
            self.errors.append(_("Write at least one milestone: what you hand over and its price."))
        self.steps = () if self.errors else tuple(read)
        return not self.errors

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterable[int]:
        # Numbers come from us alone: whatever else a request calls a row is refused, not read.
        places = [f"{prefix}-{number}-" for number in range(MOST_STEPS)]
        names = [name for name in formdata if name.startswith(f"{prefix}-")]
        self._overflows = any(
            not name.startswith(tuple(places)) and "".join(formdata.getlist(name)).strip()
            for name in names
        )
        typed = [n for n, place in enumerate(places) if any(x.startswith(place) for x in names)]
        return range(max(typed, default=-1) + 1)


def _title(typed: str) -> str:
    title = texts.clean(typed, longest=lengths.TITLE, one_line=True)
    if not title:
        raise Invalid("Say what you hand over.")
    return title


def _amount(typed: str, currency: str) -> Money:
    return money.parse(texts.clean(typed, longest=lengths.NUMBER, one_line=True), currency)


def _days(typed: str) -> int:
    typed = texts.clean(typed, longest=lengths.NUMBER, one_line=True)
    number = int(typed) if typed.isdecimal() and len(typed) <= 4 else 0
    if not 1 <= number <= MOST_DAYS:
        raise Invalid("Write the days as a whole number from 1 to %(most)d.", most=MOST_DAYS)
    return number
