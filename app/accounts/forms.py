"""Forms of signing up, signing in and passwords."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length, StopValidation

from app import lengths
from app.accounts import addresses, passwords
from app.accounts.service import SignUpDraft
from app.errors import Invalid
from app.permissions import Role
from app.web.forms import Form, Given, Name, Plain

_LONGEST = Length(max=lengths.PASSWORD, message=_l("The address or the password is not right."))


class Address(Plain):
    """An e-mail address, put back in its one spelling."""

    def __init__(self) -> None:
        super().__init__(lengths.ADDRESS, one_line=True)

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        try:
            field.data = addresses.canonical(field.data)
        except Invalid as error:
            raise StopValidation(_(error.message)) from error


ADDRESS = [Given(), Address()]


class PasswordRule:
    """Long enough to resist guessing, short enough to hash, and not one of the obvious ones."""

    def __call__(self, form: Any, field: Any) -> None:
        said = _l("Use between %(min)d and %(max)d characters.")
        Length(passwords.SHORTEST, lengths.PASSWORD, said)(form, field)
        try:
            passwords.check(field.data, form.known)
        except Invalid as error:
            raise ValidationError(_(error.message)) from error


class SignUpForm(Form):
    """Joining."""

    role = RadioField(
        _l("I am here to"),
        choices=[
            SelectChoice(Role.FREELANCER.value, _l("find work")),
            SelectChoice(Role.CLIENT.value, _l("hire")),
        ],
        default=Role.FREELANCER.value,
        invalid_choice_message=_l("Choose one of these."),
    )
    name = StringField(_l("Your name"), [Given(), Name()])
    email = EmailField(_l("E-mail"), ADDRESS)

    def draft(self, language: str) -> SignUpDraft:
        """The typed values of a valid form."""
        return SignUpDraft(self.name.data, self.email.data, Role(self.role.data), language)


class WelcomeForm(Form):
    """What whoever holds the mailbox says of themselves; a stranger may have typed the rest."""

    role = SignUpForm.role
    name = SignUpForm.name
    password = PasswordField(_l("Password"), [Given(), PasswordRule()])

    def __init__(self, email: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.email = email

    @property
    def known(self) -> tuple[str, ...]:
        """What others know of the person, and would guess."""
        return self.email, self.name.data or ""


class OperatorForm(Form):
    """A login for an operator, made by a command."""

    name = StringField(_l("Name"), [Given(), Name()])
    email = EmailField(_l("E-mail"), ADDRESS)


class SignInForm(Form):
    """Signing in."""

    email = EmailField(_l("E-mail"), [Given(), Plain(lengths.ADDRESS, one_line=True)])
    password = PasswordField(_l("Password"), [Given(), _LONGEST])
    next = HiddenField()


class ForgottenForm(Form):
    """Asking for a link to a new password."""

    email = EmailField(_l("E-mail"), ADDRESS)


class NewPasswordForm(Form):
    """Choosing a new password."""

    password = PasswordField(_l("New password"), [Given(), PasswordRule()])

    def __init__(self, known: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = known
