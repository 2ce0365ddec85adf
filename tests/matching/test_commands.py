"""The commands of matching, and what the worker does for it."""

import os
import signal

import pytest
from sqlalchemy import select

from app import worker
from app.cli import tasks
from app.matching import commands, skill_labels, snapshot
from app.matching.encoder import NotReady
from app.matching.matcher import Matcher
from app.matching.models import Embedding, Subject
from app.matching.pace import Paced
from app.outbox import Effect, add
from tests.doubles.encoder import HashingEncoder
from tests.factories import make_job, make_profile


@pytest.fixture
def priorities(monkeypatch) -> list[int]:
    """What the process would have set its own priority to: 19 is the last of all."""
    asked: list[int] = []
    monkeypatch.setattr(os, "setpriority", lambda which, who, priority: asked.append(priority))
    return asked


@pytest.fixture
def run(app, priorities):
    """Run a command and return what it prints; it must not fail."""

    def call(*words: str) -> str:
        result = app.test_cli_runner().invoke(args=["matching", *words])
        assert result.exit_code == 0, result.output
        return result.output

    return call


def encoded(session) -> list[tuple[Subject, int]]:
    session.expire_all()
    rows = session.execute(select(Embedding.subject, Embedding.subject_id))
    return sorted((subject, subject_id) for subject, subject_id in rows)


def test_everything_is_encoded_indexed_and_accounted_for(session, run):
    profile, job = make_profile(session), make_job(session)
    session.commit()
    assert "Texts that wait to be encoded: 2" in run("status")
    assert "2 texts were encoded." in run("refresh")
    assert encoded(session) == [(Subject.JOB, job.id), (Subject.PROFILE, profile.id)]
    assert "0 texts were encoded." in run("refresh")
    assert "profiles: 1 encoded; no index yet" in run("status")
    assert "1 profiles are in the index." in run("build-index")
    status = run("status")
    assert "Texts that wait to be encoded: 0" in status
    assert "profiles: 1 encoded; 1 in the index of 2026-11-23 09:00:00 UTC" in status


def test_work_behind_the_pages_gives_way_to_them(app, run, priorities, monkeypatch):
    run("build-index")
    assert priorities == [10]
    # The loop itself would not end.
    monkeypatch.setattr(worker, "run", lambda *_: priorities.append(0))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert app.test_cli_runner().invoke(args=["worker"]).exit_code == 0
    assert priorities == [10, 10, 0, 0]  # letters have a lane of their own


def test_a_text_model_that_is_none_is_said_in_a_sentence(app, monkeypatch):
    config = app.extensions["hunar"].config
    wrong = type(config)(**{**vars(config), "encoder_model": "/nowhere"})
    monkeypatch.setattr(app.extensions["hunar"], "config", wrong)
    result = app.test_cli_runner().invoke(args=["matching", "export-encoder"])
    assert result.exit_code == 1
    assert "ENCODER_MODEL=/nowhere is no text model" in result.output


def test_the_worker_encodes_what_the_outbox_promises(session, connection, app):
    profile = make_profile(session)
    add(session, "matching.embed", subject="profile", subject_id=profile.id)
    session.commit()
    assert worker.drain(connection, tasks()) == 1
    assert encoded(session) == [(Subject.PROFILE, profile.id)]
    assert session.scalar(select(Effect.finished_at))


def test_the_sweep_encodes_and_builds_what_nobody_promised(session, app):
    make_profile(session)
    session.commit()
    (sweep,) = commands.sweeps()
    sweep()
    assert len(encoded(session)) == 1
    folder = app.extensions["hunar"].matcher.folder
    assert snapshot.manifest_path(folder, Subject.PROFILE).exists()


def test_a_sweep_waits_for_a_text_model_without_noise(session, app, tmp_path, caplog):
    def missing():
        raise NotReady("The text model is not ready yet.")

    app.extensions["hunar"].matcher = Matcher(missing, tmp_path)
    (sweep,) = commands.sweeps()
    for _ in range(3):
        sweep()
    assert [record.message for record in caplog.records] == [
        "Nothing can be encoded. The text model is not ready yet."
    ]


def test_a_sweep_with_nothing_to_do_rests_and_one_with_much_goes_on():
    left = [3, 2, 0, 5]
    seconds = [0.0]

    def run() -> int:
        seconds[0] += 0.1
        return left.pop(0)

    sweep = Paced(run, clock=lambda: seconds[0])
    for _ in range(5):
        sweep()
    assert left == [5]
    seconds[0] += 2.1
    sweep()
    assert left == []


def test_a_sweep_that_finds_what_is_being_saved_rests_too(monkeypatch):
    seconds, found = [0.0], [3, 64, 64, 3]

    def run() -> int:
        seconds[0] += 10
        return found.pop(0)

    sweep = Paced(run, clock=lambda: seconds[0], much=64)
    for _ in range(3):
        sweep()
    assert found == [64, 64, 3]
    seconds[0] += 119
    sweep()
    assert found == [64, 64, 3]
    seconds[0] += 1  # never longer than two minutes
    for _ in range(4):
        sweep()
    assert found == []


def test_the_labels_of_skills_are_encoded_into_a_file(run, monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "model_folder", lambda _config: tmp_path)
    monkeypatch.setattr(commands.Encoder, "load", lambda _folder: HashingEncoder())
    assert "The encoded skills are in" in run("encode-skills")
    assert skill_labels.best(HashingEncoder(), tmp_path, shipped=tmp_path / "none") is not None


def test_without_a_text_model_no_labels_are_encoded(app, monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "model_folder", lambda _config: tmp_path)
    result = app.test_cli_runner().invoke(args=["matching", "encode-skills"])
    assert result.exit_code == 1
    assert "The text model is not ready yet." in result.output
