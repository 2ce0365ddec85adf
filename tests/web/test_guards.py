"""What a guard answers: a way to sign in, a refusal, or the page."""

from types import SimpleNamespace

import pytest
from flask import Flask

from app.config import Config
from app.errors import Forbidden
from app.factory import create_app
from app.permissions import Role
from app.web.database import db
from app.web.guards import require
from tests.factories import make_user
from tests.visitor import Visitor

KEY = "a key for the tests, long enough for anyone"


def test_a_stranger_is_asked_to_sign_in_and_sent_back(visitor: Visitor):
    page = visitor.get("/notifications?a=b")
    assert page.status == 303
    assert page.path == "/sign-in?next=/notifications?a%3Db"
    assert "Sign in to go on." in visitor.follow(page).text


def test_a_strangers_write_is_not_repeated_after_signing_in(visitor: Visitor):
    page = visitor.post("/notifications/read")
    assert (page.status, page.path) == (303, "/sign-in")


def test_someone_signed_in_passes(visitor: Visitor, session):
    assert visitor.sign_in(make_user(session)).get("/notifications").status == 200


@pytest.mark.parametrize("role", [Role.FREELANCER, Role.CLIENT, Role.MANAGER])
def test_another_role_is_refused_in_words(visitor: Visitor, session, role):
    page = visitor.sign_in(make_user(session, role)).get("/operations")
    assert page.status == 403
    assert "for people in another role" in page.text


def test_the_role_asked_for_passes(visitor: Visitor, session):
    assert visitor.sign_in(make_user(session, Role.OPERATOR)).get("/operations").status == 200


def test_a_demo_page_exists_only_in_a_demo(application: Flask, visitor: Visitor, tmp_path):
    assert visitor.get("/outbox").status == 200
    url = application.extensions["hunar"].config.database_url
    real = create_app(Config(database_url=url, secret_key=KEY, instance=tmp_path, demo=False))
    assert real.test_client().get("/outbox").status_code == 404
    assert b"/outbox" not in real.test_client().get("/sign-in").data
    with real.app_context():
        db.engine.dispose()


def test_a_predicate_that_says_no_is_a_refusal(app: Flask):
    with app.test_request_context():
        require(lambda user, thing: True, SimpleNamespace())
        with pytest.raises(Forbidden):
            require(lambda user, thing: False, SimpleNamespace())
