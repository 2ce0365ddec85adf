"""What every form shares: our refusals in words, and fields that keep what was typed."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, ValidationError
from wtforms.validators import InputRequired, StopValidation

from app import lengths, texts
from app.errors import DomainError, Invalid


class Form(FlaskForm):
    """A form whose `draft()` (in each subclass) gives the typed values of a valid one."""

    @property
    def status(self) -> int:
        """What a page with this form is answered with: 200 as it opens, 422 when refused."""
        return 422 if self.is_submitted() else 200

    def refuse(self, field: str, error: DomainError) -> None:
        """Put a refusal of the domain beside the field it is about."""
        self[field].errors = [*self[field].errors, _(error.message, **error.params)]


class Plain:
    """Bounded, visible text (see `app.texts.clean`), put back clean into the field."""

    def __init__(self, longest: int, *, one_line: bool = False) -> None:
        self.longest = longest
        self.one_line = one_line
        self.field_flags = {"maxlength": longest}

    def __call__(self, form: Any, field: Field) -> None:
        try:
            field.data = self.clean(field.data or "")
        except Invalid as error:
            raise StopValidation(_(error.message, **error.params)) from error

    def clean(self, typed: str) -> str:
        """Return the text as it is kept; raises `Invalid` with the reason."""
        return texts.clean(typed, longest=self.longest, one_line=self.one_line)


class Given(InputRequired):
    """Something other than blanks must be there."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _l("Please fill this in."))

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and texts.is_blank(field.data):
            field.errors[:] = []
            raise StopValidation(str(self.message))


class Name(Plain):
    """What a person or a thing is called: one line with a letter or a digit, and no markup."""

    def __init__(self, longest: int = lengths.NAME) -> None:
        super().__init__(longest, one_line=True)

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if "<" in field.data or ">" in field.data:
            raise ValidationError(_("Write this without the signs < and >."))
        if field.data and not texts.says_a_name(field.data):
            raise ValidationError(_("Write this with at least one letter or digit."))
