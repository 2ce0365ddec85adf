"""Forms of signing up, signing in and passwords."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Email, Length

from app import lengths, texts
from app.accounts.service import SHORTEST_PASSWORD, SignUpDraft
from app.permissions import Role
from app.web.forms import Form, Given, Name, Plain


class Address(Plain):
    """An address of e-mail, put back as it is kept (see `app.texts.address`)."""

    def __init__(self) -> None:
        super().__init__(lengths.ADDRESS, one_line=True)

    def clean(self, typed: str) -> str:
        # Once more: a small letter can be two characters (İ).
        return super().clean(texts.address(super().clean(typed)))


ADDRESS = [
    Given(),
    Address(),
    Email(_l("This is not an e-mail address, for example amina@example.org.")),
]
_LONGEST = Length(max=lengths.PASSWORD, message=_l("The address or the password is not right."))


class PasswordRule:
    """Long enough to resist guessing, short enough to hash, and not one of the obvious ones."""

    OBVIOUS = frozenset({"password12", "password123", "1234567890", "qwertyuiop", "pakistan123"})

    def __call__(self, form, field) -> None:
        Length(
            SHORTEST_PASSWORD, lengths.PASSWORD, _l("Use between %(min)d and %(max)d characters.")
        )(form, field)
        if field.data.lower() in self.OBVIOUS or len(set(field.data)) < 4:
            raise ValidationError(_("This password is easy to guess. Use three or four words."))


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
    password = PasswordField(_l("Password"), [Given(), PasswordRule()])

    def draft(self, language: str) -> SignUpDraft:
        """The typed values of a valid form."""
        return SignUpDraft(
            name=self.name.data,
            email=self.email.data,
            password=self.password.data,
            role=Role(self.role.data),
            language=language,
        )


class OperatorForm(Form):
    """A login for an operator, made by a command."""

    name = StringField(_l("Name"), [Given(), Name()])
    email = EmailField(_l("E-mail"), ADDRESS)


class SignInForm(Form):
    """Signing in."""

    email = EmailField(_l("E-mail"), [Given(), Address()])
    password = PasswordField(_l("Password"), [Given(), _LONGEST])
    next = HiddenField()


class ForgottenForm(Form):
    """Asking for a link to a new password."""

    email = EmailField(_l("E-mail"), ADDRESS)


class NewPasswordForm(Form):
    """Choosing a new password."""

    password = PasswordField(_l("New password"), [Given(), PasswordRule()])
