"""Commands: `flask worker`, `flask seed`, and the other doors that are not pages."""

import logging
import os
import signal
import threading
from functools import partial

import click
from flask import Flask, current_app
from sqlalchemy.orm import Session

from app import outbox, worker
from app.accounts import links, wishes
from app.accounts.commands import people
from app.config import Config
from app.db import transaction
from app.demo import commands as demo
from app.imports import commands as imports
from app.matching import commands as matching
from app.moving import commands as moving
from app.notifications import mailer
from app.notifications.kinds import KINDS
from app.notifications.message import Letter
from app.outbox import LETTER, Effect
from app.searches import commands as searches
from app.searches import endings
from app.taxonomy.commands import taxonomy
from app.web import limits, once
from app.web.database import db
from app.web.letters import render_letter

END_SECONDS = 5.0
"""After this a stopping worker ends whatever it does."""
LEAVE_SECONDS = 1.0
"""How long a stopping worker waits for a letter on its way; sent anew, it is folded into one."""
log = logging.getLogger(__name__)


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
    warn_of_kept_letters(current_app.extensions["hunar"].config)
    stop = stop_when_told()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    letters = threading.Thread(target=_send_letters, args=(app, stop), daemon=True)
    letters.start()
    worker.run(worker.Lane(db.engine, tasks(), but={LETTER}), sweeps(), stop)
    letters.join(LEAVE_SECONDS)


def stop_when_told() -> threading.Event:
    """An event that is set when the process is told to stop; soon after that it ends anyhow."""
    stop = threading.Event()

    def told(*_: object) -> None:
        stop.set()
        # What takes longer, such as a large index, outlives a kill and so this.
        end = threading.Timer(END_SECONDS, os._exit, (0,))
        end.daemon = True
        end.start()

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, told)
    return stop


def _send_letters(app: Flask, stop: threading.Event) -> None:
    """Send letters beside everything else: a slow mail server keeps no text from being encoded."""
    with app.app_context():
        worker.run(worker.Lane(db.engine, tasks(), only={LETTER}), [], stop)


def warn_of_kept_letters(config: Config) -> None:
    """Say in the log that nobody gets letters, where that is so and nobody meant it."""
    if not (config.smtp_url or config.demo):
        log.warning(
            "SMTP_URL is not set: letters are kept, nobody gets them and nothing shows them."
        )


def tasks() -> dict[str, worker.Task]:
    """What can be promised in the outbox, by name."""
    return {LETTER: send_mail, "accounts.wish": grant_wish, **matching.tasks()}


def sweeps() -> list[worker.Sweep]:
    """What the worker does again and again."""
    forget = [
        matching.Paced(partial(one, db.engine))
        for one in (limits.forget, once.forget, outbox.forget, mailer.forget, links.forget)
    ]
    return [*matching.sweeps(), *searches.sweeps(), *forget]


def grant_wish(effect: Effect) -> None:
    """Promise the letter that somebody asked for, if one is due."""
    with transaction(db.engine) as session:
        wishes.grant(session, effect.payload)


def send_mail(effect: Effect) -> None:
    """Render a promised letter and hand it to the mailer.

    Its link is made now and stands in no row; a letter that is kept is kept without it.
    """
    services = current_app.extensions["hunar"]
    config, given = services.config, effect.payload
    values = dict(given["params"])
    if "kind" in values:
        values["sentence"] = KINDS[values.pop("kind")]
    if link := given.get("link"):
        values["path"] = links.PLACE
        if not services.mailer.keeps:
            with Session(db.engine) as session:
                values["path"] = links.path(session, config.secret_key, link)
    ends_at = None
    if "ends" in values:
        ends_at = config.public_url + endings.path(config.secret_key, values["ends"])
        values["ends"] = ends_at
    subject, body = render_letter(
        given["letter"], given["language"], name=given["name"], params=values
    )
    services.mailer.send(Letter(given["to"], subject, body, ends_at), effect_id=effect.id)
