"""The one who encodes and builds is killed at any moment: nobody is ever wrong or missing."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.db import Base, connect, transaction
from app.matching import facts, refresh, snapshot
from app.matching.columns import FactColumns
from app.matching.manifest import Damaged, Manifest, manifest_path
from app.matching.models import Embedding, Subject
from app.matching.pool import Pool
from app.profiles.models import Availability, Profile
from tests.doubles.encoder import HashingEncoder
from tests.factories import make_profile

KILLS = 200
PEOPLE = 40


def work(url: str, folder: Path, seed: int) -> None:
    """What a worker does, again and again, and more often than it would."""
    engine, encoder, luck = connect(url), HashingEncoder(), random.Random(seed)
    while True:
        refresh.refresh_all(engine, encoder)
        try:
            big = Manifest.read(manifest_path(folder, Subject.PROFILE)).parts[0]
            if luck.random() < 0.7:
                snapshot.extend(engine, encoder, folder, Subject.PROFILE, big)
                continue
        except (FileNotFoundError, Damaged):
            pass
        snapshot.build(engine, encoder, folder, Subject.PROFILE)


def killed(url: str, folder: Path, seed: int, seconds: float) -> None:
    """Let a worker work for so long, and kill it."""
    process = multiprocessing.get_context("fork").Process(target=work, args=(url, folder, seed))
    process.start()
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL, "The worker ended by itself."


def change(session: Session, luck: random.Random, number: int) -> None:
    """What people do meanwhile: say something else, go away, leave, or come."""
    profile = luck.choice(session.scalars(select(Profile)).all())
    profile.updated_at = clock.now()
    match luck.choice(("summary", "summary", "away", "leave", "come")):
        case "summary":
            profile.summary = f"Said for the {number}th time."
        case "away":
            profile.availability = luck.choice(list(Availability))
        case "leave":
            profile.published_at = None
        case "come":
            profile.published_at = profile.published_at or clock.now()


def encoded(session: Session) -> dict[int, str]:
    """The truth that an index is a copy of."""
    rows = select(Embedding.subject_id, Embedding.facts).where(Embedding.facts != "")
    return dict(session.execute(rows).all())


def found(session: Session, pool: Pool) -> dict[int, list]:
    view = pool.view(session, HashingEncoder())
    columns = [one.facts.take(one.is_alive.nonzero()[0]) for one in view.segments]
    return {int(one): _row(part, at) for part in columns for at, one in enumerate(part.ids)}


def _row(columns: FactColumns, at: int) -> list:
    return [columns.availability[at], columns.published[at], columns.owner[at]]


def expected(rows: dict[int, str]) -> dict[int, list]:
    columns = FactColumns.of((one, rows[one]) for one in sorted(rows))
    return {int(one): _row(columns, at) for at, one in enumerate(columns.ids)}


def test_a_worker_killed_at_any_moment_leaves_nobody_wrong_or_missing(request, tmp_path):
    if request.config.getoption("--database") == "postgresql":
        pytest.skip("The files are the same; the rows are SQLite's business here.")
    clock.use(None)  # the workers' clock is the machine's
    url, folder = f"sqlite:///{tmp_path / 'kills.db'}", tmp_path / "index"
    engine, luck = connect(url), random.Random(7)
    Base.metadata.create_all(engine)
    with transaction(engine) as session:
        for _ in range(PEOPLE):
            make_profile(session)
    long_open, indexes = Pool(folder, Subject.PROFILE), set()
    for number in range(KILLS):
        with transaction(engine) as session:
            change(session, luck, number)
        killed(url, folder, number, luck.uniform(0.01, 0.25))
        with Session(engine) as session:
            truth = expected(encoded(session))
            assert found(session, long_open) == truth
            assert found(session, Pool(folder, Subject.PROFILE)) == truth
        path = manifest_path(folder, Subject.PROFILE)
        indexes.add(path.read_text() if path.exists() else "")
    assert len(indexes) > 5, "Hardly any worker came far enough to be killed in its work."
    refresh.refresh_all(engine, HashingEncoder())
    with Session(engine) as session:
        ids = session.scalars(select(Profile.id).where(Profile.published_at.is_not(None))).all()
        known = facts.read(session, Subject.PROFILE, ids)
        assert encoded(session) == {one: known[one].written() for one in known}
        assert found(session, long_open) == expected(encoded(session))


def test_an_index_that_remembers_somebody_who_is_gone_is_seen(tmp_path, held_clock):
    # The planted fault: a row is deleted outright, so that no process hears of it.
    engine, folder = connect(f"sqlite:///{tmp_path / 'fault.db'}"), tmp_path / "index"
    Base.metadata.create_all(engine)
    with transaction(engine) as session:
        first = make_profile(session).id
        make_profile(session)
    refresh.refresh_all(engine, HashingEncoder())
    held_clock.forward(hours=1)
    snapshot.build(engine, HashingEncoder(), folder, Subject.PROFILE)
    pool = Pool(folder, Subject.PROFILE)
    with Session(engine) as session:
        assert found(session, pool) == expected(encoded(session))
    with transaction(engine) as session:
        session.execute(delete(Embedding).where(Embedding.subject_id == first))
    with Session(engine) as session:
        assert found(session, pool) != expected(encoded(session))
