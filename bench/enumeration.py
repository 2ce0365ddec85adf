"""Can the time of an answer tell who has a login? python -m bench.enumeration [--requests 400]

Known and unknown addresses take turns in random order, inside one process, where nothing of a
network hides a difference. AUC is the chance that a known address took longer than an unknown one:
.5 says nothing, 1 says all. The peer does for known addresses what the page once did: it looks for
the login and writes a row for it.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from flask_migrate import upgrade
from scipy.stats import rankdata
from sqlalchemy.orm import Session

from app.accounts import links, service, wishes
from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.clock import now
from app.config import Config
from app.db import transaction
from app.factory import create_app
from app.permissions import Role
from app.web.database import db

WARM_UP = 20
GIVEN = {
    "/sign-in": {"password": "not the password of anybody"},
    "/sign-up": {"name": "Somebody", "role": "client"},
    "/forgotten": {},
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400)
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Config(f"sqlite:///{folder}/hunar.db", secret_key="k" * 32, instance=Path(folder))
        )
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            upgrade()
            _people(requests)
        client = app.test_client()
        print("| page | AUC | median known | median unknown |\n|---|---|---|---|")
        for path in GIVEN:
            _row(path, _measure(client, path, requests))
        with _telling():
            _row("/forgotten, as it was (planted)", _measure(client, "/forgotten", requests))


def auc(known: list[float], unknown: list[float]) -> float:
    """The chance that a known one is the larger, or the smaller, whichever tells more."""
    ranks = rankdata([*known, *unknown])[: len(known)].sum()
    chance = (ranks - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))
    return max(chance, 1 - chance)


def _people(number: int) -> None:
    stored = hash_password("the same for all of them")
    given = {"password_hash": stored, "role": Role.CLIENT, "language": "en", "created_at": now()}
    with transaction(db.engine) as session:
        session.add_all(
            User(email=f"known{n}@example.org", name="N", email_verified_at=now(), **given)
            for n in range(number)
        )


def _measure(client: FlaskClient, path: str, requests: int) -> tuple[list[float], list[float]]:
    """Seconds of each request, of known and of unknown addresses of the same length."""
    wanted = [(who, n) for n in range(requests // 2) for who in ("known", "nobod")]
    random.Random(7).shuffle(wanted)
    times: dict[str, list[float]] = {"known": [], "nobod": []}
    for turn, (who, n) in enumerate([*wanted[:WARM_UP], *wanted]):
        given = {"email": f"{who}{n}@example.org", **GIVEN[path]}
        # Each from a place of its own, so that no limit is met.
        place = {"REMOTE_ADDR": f"10.{turn // 65536}.{turn // 256 % 256}.{turn % 256}"}
        began = time.perf_counter()
        client.post(path, data=given, environ_overrides=place)
        if turn >= WARM_UP:
            times[who].append(time.perf_counter() - began)
    return times["known"], times["nobod"]


@contextmanager
def _telling():
    """Do for known addresses what the page once did."""
    plain: Callable = wishes.new_password

    def telling(session: Session, email: str, language: str) -> None:
        if user := service.find_by_email(session, email):
            links.to_password(session, user)
            plain(session, email, language)

    wishes.new_password = telling
    try:
        yield
    finally:
        wishes.new_password = plain


def _row(name: str, times: tuple[list[float], list[float]]) -> None:
    known, unknown = (sorted(one)[len(one) // 2] * 1000 for one in times)
    print(f"| `{name}` | {auc(*times):.3f} | {known:.1f} ms | {unknown:.1f} ms |", flush=True)


if __name__ == "__main__":
    main()
