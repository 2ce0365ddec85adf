"""Commands: `flask worker`, `flask seed`, and the other doors that are not pages."""

import logging
import signal
import threading

import click
from flask import Flask, current_app

from app import worker
from app.accounts.commands import people
from app.demo import commands as demo
from app.imports import commands as imports
from app.matching import commands as matching
from app.moving import commands as moving
from app.notifications.kinds import KINDS
from app.notifications.mailer import Letter
from app.outbox import Effect
from app.searches import commands as searches
from app.taxonomy.commands import taxonomy
from app.web import limits, once
from app.web.database import db
from app.web.letters import render_letter


def register_commands(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(work)
    app.cli.add_command(people)
    app.cli.add_command(demo.seed_command)
    app.cli.add_command(demo.demo)
    app.cli.add_command(imports.profiles)
    app.cli.add_command(imports.jobs)
    app.cli.add_command(matching.matching)
    app.cli.add_command(moving.move_to)
    app.cli.add_command(taxonomy)


@click.command("worker")
def work() -> None:
    """Carry out what the outbox promises, until stopped."""
    matching.give_way()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    worker.run(db.engine, tasks(), sweeps(), stop)


def tasks() -> dict[str, worker.Task]:
    """What can be promised in the outbox, by name."""
    return {"mail.send": send_mail, **matching.tasks()}


def sweeps() -> list[worker.Sweep]:
    """What the worker does again and again."""
    forget = [
        matching.Paced(lambda: limits.forget(db.engine)),
        matching.Paced(lambda: once.forget(db.engine)),
    ]
    return [*matching.sweeps(), *searches.sweeps(), *forget]


def send_mail(effect: Effect) -> None:
    """Render a promised letter and hand it to the mailer."""
    given = effect.payload
    values = dict(given["params"])
    if "kind" in values:
        values["sentence"] = KINDS[values.pop("kind")]
    subject, body = render_letter(
        given["letter"], given["language"], name=given["name"], params=values
    )
    current_app.extensions["hunar"].mailer.send(
        Letter(given["to"], subject, body), effect_id=effect.id
    )
