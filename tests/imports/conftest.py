"""Files as people make them, and the command that reads them."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.outbox import LETTER, Effect
from tests.factories import make_skill

PROFILE = {
    "email": "amina@example.org",
    "name": "Amina Khan",
    "headline": "Web developer",
    "summary": "I build websites for shops and clinics, and look after them.",
    "skills": "React; TypeScript",
    "past_titles": "Web developer; Intern",
    "rate": "12.50",
    "currency": "EUR",
    "availability": "limited",
    "hours_per_week": "25",
    "languages": "en; ur",
    "links": "https://example.org/work; https://example.org/more",
    "published": "yes",
    "park": "",
}
JOB = {
    "key": "A-17",
    "client_email": "lena@example.org",
    "client_name": "Lena Brandt",
    "title": "Website for a bakery",
    "description": "We need a small website with a menu, opening hours and a form.",
    "skills": "React; TypeScript",
    "pay_kind": "fixed",
    "least": "",
    "most": "900",
    "currency": "EUR",
    "weeks": "4",
    "languages": "en; de",
    "answer_by": "2026-12-20",
    "published": "yes",
}


def told(session: Session) -> list[tuple[str, str]]:
    """To whom letters are promised, and which."""
    session.expire_all()
    promised = session.scalars(select(Effect).where(Effect.task == LETTER).order_by(Effect.id))
    return [(effect.payload["to"], effect.payload["letter"]) for effect in promised]


@pytest.fixture(autouse=True)
def skills(session: Session) -> None:
    make_skill(session, "React", "ReactJS")
    make_skill(session, "TypeScript")
    session.commit()


@pytest.fixture
def run(app: Flask) -> Callable:
    return lambda *args: app.test_cli_runner().invoke(args=[str(arg) for arg in args])


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write rows to a file; each is given by what differs from the usual one."""

    def write(usual: dict[str, str], *rows: dict[str, str], name: str = "rows.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(usual))
            writer.writeheader()
            writer.writerows({**usual, **row} for row in rows)
        return path

    return write
