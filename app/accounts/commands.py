"""`flask people`: who must exist before anyone can use the pages that make the others."""

import secrets

import click
from werkzeug.datastructures import MultiDict

from app.accounts import service
from app.accounts.forms import OperatorForm
from app.accounts.letters import send_reset
from app.db import transaction
from app.permissions import Role
from app.web.database import db


@click.group("people")
def people() -> None:
    """People who cannot sign themselves up."""


@people.command("add-operator")
@click.argument("email")
@click.argument("name")
def add_operator(email: str, name: str) -> None:
    """Make a login for an operator and mail the link to choose its password."""
    form = OperatorForm(formdata=MultiDict({"email": email, "name": name}), meta={"csrf": False})
    if not form.validate():
        wrong = [f"{form[field].label.text}: {said[0]}" for field, said in form.errors.items()]
        raise click.ClickException(" ".join(wrong))
    draft = service.SignUpDraft(
        name=form.name.data,
        email=form.email.data.lower(),
        password=secrets.token_urlsafe(32),  # nobody knows it; the letter lets them choose
        role=Role.OPERATOR,
        language="en",
    )
    with transaction(db.engine) as session:
        operator = service.sign_up(session, draft)
        if operator is None:
            raise click.ClickException(f"{email} has an account already.")
        send_reset(session, operator)
    click.echo(f"{draft.email} is an operator. The worker mails the link to choose a password.")
