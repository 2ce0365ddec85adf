"""`flask people`: who must exist before anyone can use the pages that make the others."""

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
    email = form.email.data
    with transaction(db.engine) as session:
        operator = service.open_login(
            session, name=form.name.data, email=email, role=Role.OPERATOR, language="en"
        )
        if operator is None:
            raise click.ClickException(f"{email} has an account already.")
        send_reset(session, operator)
    click.echo(f"{email} is an operator. The worker mails the link to choose a password.")
