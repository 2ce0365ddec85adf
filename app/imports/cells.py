"""From cells to the fields of the pages' own forms, and from their refusals back to columns."""

from collections.abc import Mapping

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts import addresses
from app.accounts.forms import SignUpForm
from app.accounts.models import User
from app.accounts.passwords import UNUSABLE
from app.accounts.service import find_by_email
from app.clock import now
from app.db import take_turns
from app.imports.rows import Problem, Refused
from app.jobs.forms import JobForm
from app.permissions import Role
from app.profiles.forms import ProfileForm
from app.taxonomy.skills import Unknown
from app.web.forms import Form

_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class PersonForm(Form):
    """The two things of signing up that a file gives."""

    name = SignUpForm.name
    email = SignUpForm.email


def person(session: Session, name: str, email: str, role: Role, columns: Mapping[str, str]) -> User:
    """The login with this address, made when it is new; refused when it has another role."""
    take_turns(session, f"sign-up:{addresses.lookup(email)}")
    known = find_by_email(session, email) if email else None
    form = PersonForm(
        formdata=MultiDict({"name": known.name if known else name, "email": email}), **NO_REQUEST
    )
    if not form.validate():
        raise Refused(*_problems(form, columns))
    if known is None:
        known = User(
            email=form.email.data,
            name=form.name.data,
            password_hash=UNUSABLE,
            role=role,
            created_at=now(),
        )
        session.add(known)
        session.flush()
    if known.role is not role:
        raise Refused(Problem(f"This address belongs to a {known.role}.", columns["email"]))
    return known


NO_REQUEST = {"meta": {"csrf": False}}


def listed(cell: str) -> list[str]:
    """The entries of a cell that holds several, parted by semicolons."""
    return [entry.strip() for entry in cell.split(";") if entry.strip()]


def is_yes(cell: str) -> bool:
    """Whether a cell says yes."""
    return _ANSWERS.get(cell.lower(), False)


def answer(cell: str, column: str) -> bool:
    """Read yes or no, empty is no; raises `Refused` for anything else."""
    if cell and cell.lower() not in _ANSWERS:
        raise Refused(Problem("Write yes or no.", column))
    return is_yes(cell)


def checked(
    session: Session, form: ProfileForm | JobForm, columns: Mapping[str, str] | None = None
) -> list[Problem]:
    """Check the form as its page does; raises `Refused`, or returns what was left out.

    With one skill known at least, the unknown ones are left out; a page would ask about them.
    """
    form.skills.normalise(session)
    unknown = [Problem(_unknown(one), form.skills.name) for one in form.skills.unknown]
    if form.skills.skills:
        form.skills.unknown.clear()
    if not form.validate():
        raise Refused(*_problems(form, columns or {}), *unknown)
    return unknown


def _problems(form: Form, columns: Mapping[str, str]) -> list[Problem]:
    """What a form refuses, by the columns its fields are filled from."""
    return [
        Problem(str(error), columns.get(field, field))
        for field, errors in form.errors.items()
        for error in errors
    ]


def _unknown(one: Unknown) -> str:
    close = ", ".join(skill.label for skill in one.suggestions)
    text = f"“{one.typed[:60]}” is left out: no skill we know."
    return f"{text} Close to it: {close}." if close else text
