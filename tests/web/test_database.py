"""One request is one transaction: kept when the answer is good, dropped when it is not."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.db import transaction
from app.web.database import db
from app.web.limits import Attempt


@pytest.fixture
def rows(served: Flask) -> Iterator:
    """Name the rows that were kept; they are gone after the test."""

    def keys() -> list[str]:
        with served.app_context():
            return list(db.session.scalars(select(Attempt.key).order_by(Attempt.id)))

    yield keys
    with served.app_context(), transaction(db.engine) as session:
        session.execute(delete(Attempt))


def test_what_a_good_answer_wrote_is_kept(served: Flask, rows):
    assert served.test_client().post("/test/write").status_code == 200
    assert rows() == ["kept"]


def test_what_a_refused_request_wrote_is_dropped(served: Flask, rows):
    assert served.test_client().post("/test/write_and_refuse").status_code == 422
    assert rows() == []


def test_a_counted_try_outlives_the_refusal_and_nothing_else_does(served: Flask, rows):
    client = served.test_client()
    answers = [client.post("/test/count_and_refuse").status_code for _ in range(3)]
    assert answers == [409, 409, 429]
    assert rows() == ["counted", "counted"]


def test_the_health_page_asks_the_database(served: Flask):
    answer = served.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
