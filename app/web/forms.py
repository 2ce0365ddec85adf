"""What every form shares: our refusals in words, and fields that keep what was typed."""

from typing import Any

from flask import g, has_app_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, ValidationError
from wtforms.validators import InputRequired, StopValidation

from app import lengths, texts
from app.errors import DomainError, Invalid


def is_only_shown() -> bool:
    """Tell whether this request only shows a form, with what was typed in it, and saves nothing."""
    return bool(has_app_context() and g.get("is_only_shown"))


def show_only(*, empty: bool = False) -> None:
    """Let this request's forms be shown and never be read as sent; `empty` ones hold nothing."""
    g.is_only_shown = True
    g.is_shown_empty = empty


class Form(FlaskForm):
    """A form whose `draft()` (in each subclass) gives the typed values of a valid one."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take what was typed, unless it was typed into another form."""
            is_other = has_app_context() and g.get("is_shown_empty")
            return None if is_other else super().wrap_formdata(form, formdata)

    def is_submitted(self) -> bool:
        """Tell whether somebody sent the form for what it does."""
        return not is_only_shown() and bool(super().is_submitted())

    @property
    def changes(self) -> tuple[Any, ...]:
        """Fields that somebody else changed meanwhile (`app.web.versions`)."""
        return ()

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
