import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.cli import tasks
from app.notifications.mailer import kept_letters
from app.permissions import Role
from app.web.database import db
from app.worker import drain
from tests.conftest import KEY


def add(app, *words):
    return app.test_cli_runner().invoke(args=["people", "add-operator", *words])


def test_an_operator_chooses_a_password_by_the_mailed_link(app, session, visitor):
    assert add(app, "Op@Example.org", "Omar Khan").exit_code == 0
    drain(db.engine, tasks())
    (letter,) = kept_letters(session, KEY)
    path = next(word for word in letter.body.split() if "/new-password/" in word)
    path = path[path.index("/new-password/") :]
    page = visitor.post(path, {"password": "correct horse battery"})
    assert visitor.follow(page).path == "/operations"
    operator = session.scalar(select(User).where(User.email == "op@example.org"))
    assert operator.role is Role.OPERATOR
    assert operator.email_verified_at


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no address", "Omar"), "This is not an e-mail address"),
        (("op@example.org", " "), "Please fill this in"),
        (("op@example.org", "<b>Omar</b>"), "without the signs"),
    ],
)
def test_what_is_no_address_or_no_name_is_refused(app, session, words, said):
    done = add(app, *words)
    assert done.exit_code == 1
    assert said in done.output
    assert session.scalars(select(User)).all() == []


def test_an_address_with_an_account_stays_what_it_is(app, session):
    add(app, "op@example.org", "Omar Khan")
    done = add(app, "OP@example.org", "Somebody Else")
    assert done.exit_code == 1
    assert "has an account already" in done.output
