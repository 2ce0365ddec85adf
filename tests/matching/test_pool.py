"""What a process finds: the index and what is fresh as one answer, whatever lies on the disk."""

import json
import random
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.clock import now
from app.matching import snapshot
from app.matching.holding import Holding, Query, merged
from app.matching.models import Embedding, Subject
from app.matching.pool import Found, Pool
from app.matching.rows import read_all
from tests.doubles.encoder import HashingEncoder

WORDS = ("python", "django", "flask", "shop", "baker", "bread", "logo", "brand", "audio", "rust")
JOB = ("python django for a shop", "python coder")


@dataclass
class World:
    """A table of encoded texts, and an index of it on the disk."""

    session: Session
    connection: Connection
    folder: Path
    encoder: HashingEncoder

    def put(self, subject_id: int, *texts: str) -> None:
        """Encode a body and its titles, as a save of a profile would."""
        vectors = self.encoder.encode(texts)
        row = Embedding(
            subject=Subject.PROFILE,
            subject_id=subject_id,
            model=self.encoder.name,
            fingerprint=f"{hash(texts):x}"[:64],
            body=vectors[0].tobytes(),
            titles=vectors[1:].tobytes(),
            terms=texts[0],
            source_updated_at=now(),
            updated_at=now(),
        )
        self.session.merge(row)
        self.session.flush()

    def remove(self, subject_id: int) -> None:
        self.session.execute(delete(Embedding).where(Embedding.subject_id == subject_id))

    def ids(self) -> list[int]:
        return sorted(self.session.scalars(select(Embedding.subject_id)))

    def build(self) -> Path:
        self.session.flush()
        self.session.commit()
        snapshot.build(self.connection, self.encoder, self.folder, Subject.PROFILE)
        return snapshot.manifest_path(self.folder, Subject.PROFILE)

    def pool(self, **given) -> Pool:
        return Pool(self.folder, Subject.PROFILE, **given)

    def query(self, *, terms: tuple[str, ...] = ()) -> Query:
        vectors = self.encoder.encode(JOB)
        return Query(vectors[0], vectors[1:], terms, "bm25")

    def find(self, pool: Pool, allowed=None, **given) -> Found:
        ids = np.array(self.ids() if allowed is None else sorted(allowed), np.int64)
        return pool.find(self.session, self.encoder, self.query(**given), ids)

    def rebuilt(self, allowed, k: int) -> Found:
        """What an index of this very moment says."""
        rows = read_all(self.session, Subject.PROFILE, self.encoder.name, self.encoder.dimension)
        holding = Holding.build(rows)
        known = np.intersect1d(np.array(sorted(allowed), np.int64), holding.ids)
        ids = merged(k, holding.nearest(self.query(), k, known))
        return Found(ids, holding.scores(self.query(), ids))


@pytest.fixture
def world(session, connection, tmp_path) -> World:
    return World(session, connection, tmp_path / "index", HashingEncoder(dimension=32))


@pytest.fixture
def built(world, held_clock) -> World:
    """Nine texts in an index that is an hour old but for one minute."""
    for number in range(1, 10):
        world.put(number, WORDS[number], f"{WORDS[number - 1]} coder")
    held_clock.forward(minutes=10)
    world.build()
    held_clock.forward(minutes=49)
    return world


def same(one: Found, other: Found) -> bool:
    return one.ids.tolist() == other.ids.tolist() and all(
        np.array_equal(one.parts[part], other.parts[part]) for part in one.parts
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_index_with_what_is_fresh_answers_as_a_rebuild_would(world, held_clock, seed):
    luck = random.Random(seed)
    pool = world.pool(candidates=4)
    hidden: set[int] = set()
    for _ in range(25):
        act = luck.choice(("put", "put", "put", "remove", "hide", "show", "wait", "build", "drop"))
        number = luck.randrange(1, 16)
        text = " ".join(luck.choices(WORDS, k=luck.randrange(1, 6)))
        titles = [" ".join(luck.choices(WORDS, k=2)) for _ in range(luck.randrange(4))]
        match act:
            case "put":
                world.put(number, text, *titles)
            case "remove":
                world.remove(number)
            case "hide":
                hidden.add(number)
            case "show":
                hidden.discard(number)
            case "wait":
                held_clock.forward(seconds=luck.choice((1, 30, 300)))
            case "build":
                world.build()
            case "drop":
                shutil.rmtree(world.folder, ignore_errors=True)
        allowed = set(world.ids()) - hidden
        assert same(world.find(pool, allowed), world.rebuilt(allowed, 4))


def test_a_text_encoded_after_the_build_is_found_at_once(built):
    pool = built.pool()
    built.find(pool)
    built.put(99, *JOB)
    assert 99 in built.find(pool).ids


def test_a_text_dated_a_little_before_the_build_is_found(built, held_clock):
    built.build()
    pool = built.pool()
    built.find(pool)
    held_clock.forward(seconds=-30)  # the clock of the machine that wrote it
    built.put(99, *JOB)
    held_clock.forward(minutes=5)
    assert 99 in built.find(pool).ids


def test_what_is_not_allowed_is_never_found(built):
    assert built.find(built.pool(), {3, 5}).ids.tolist() == [3, 5]
    assert built.find(built.pool(), set()).ids.tolist() == []


def test_a_fresh_text_is_scored_by_its_words_too(built):
    pool = built.pool()
    built.put(99, "django shop")
    found = built.find(pool, {99}, terms=("django",))
    assert found.parts["words"][0] > 0


def test_a_new_index_is_taken_up_by_a_process_that_holds_the_old_one(built, held_clock):
    pool = built.pool()
    built.find(pool)
    built.put(99, *JOB)
    built.build()
    held_clock.forward(minutes=5)
    shutil.rmtree(built.folder / "gone", ignore_errors=True)
    found = built.find(pool)
    assert 99 in found.ids
    assert same(found, built.rebuilt(built.ids(), 200))


@pytest.mark.parametrize("moment", ["before", "between"])
def test_deleting_the_folder_is_safe(built, moment):
    pool = built.pool()
    expected = built.rebuilt(built.ids(), 200)
    if moment == "between":
        assert same(built.find(pool), expected)
    shutil.rmtree(built.folder)
    assert same(built.find(pool), expected)
    built.put(99, *JOB)
    assert same(built.find(pool), built.rebuilt(built.ids(), 200))


def _files(world: World) -> list[Path]:
    return sorted(file for file in world.folder.rglob("*") if file.is_file())


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(bytes(content))


DAMAGES = {
    "flipped": _flip,
    "cut": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "empty": lambda file: file.write_bytes(b""),
    "gone": Path.unlink,
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"\0" * 64),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("is_open", [False, True])
def test_a_damaged_file_is_never_an_exception_nor_a_wrong_answer(built, damage, is_open):
    expected = built.rebuilt(built.ids(), 200)
    for place in range(len(_files(built))):
        pool = built.pool()
        if is_open:
            built.find(pool)
        DAMAGES[damage](_files(built)[place])
        assert same(built.find(pool), expected)
        assert same(built.find(built.pool()), expected)
        snapshot.rebuild_if_due(built.connection, built.encoder, built.folder)
        shutil.rmtree(built.folder)
        built.build()


def test_a_damaged_index_is_put_away_and_built_anew(built):
    manifest = snapshot.manifest_path(built.folder, Subject.PROFILE)
    snapshot.build(built.connection, built.encoder, built.folder, Subject.JOB)
    _flip(next(built.folder.glob("profiles-*/bodies/vectors.npy")))
    built.find(built.pool())
    assert not manifest.exists()
    due = snapshot.rebuild_if_due(built.connection, built.encoder, built.folder)
    assert due == [Subject.PROFILE]
    assert manifest.exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"folder": "../../etc"}',
        json.dumps(
            {"folder": "../index", "model": "hashing", "count": 1, "digests": {},
             "built_from": "2026-11-23T09:00:00+00:00"}
        ),
        json.dumps(
            {"folder": "x", "model": "hashing", "count": "many", "digests": [], "built_from": 7}
        ),
    ],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_no_manifest(built, content):
    snapshot.manifest_path(built.folder, Subject.PROFILE).write_text(content)
    assert same(built.find(built.pool()), built.rebuilt(built.ids(), 200))


def test_an_index_of_another_model_is_not_asked(built):
    expected = built.find(built.pool())
    other = HashingEncoder("another", dimension=8)
    assert built.pool().find(built.session, other, _query(other), expected.ids).ids.tolist() == []
    assert snapshot.rebuild_if_due(built.connection, other, built.folder) == list(Subject)


def _query(encoder: HashingEncoder) -> Query:
    vectors = encoder.encode(JOB)
    return Query(vectors[0], vectors[1:], (), "bm25")


def _due(world: World) -> bool:
    world.session.commit()
    due = snapshot.rebuild_if_due(world.connection, world.encoder, world.folder)
    return Subject.PROFILE in due


def test_an_index_is_built_anew_after_an_hour_with_changes_and_not_without(built, held_clock):
    assert not _due(built)
    held_clock.forward(minutes=12)
    assert not _due(built)
    built.put(99, *JOB)
    assert _due(built)
    held_clock.forward(minutes=61)
    built.remove(99)
    assert _due(built)
    assert not _due(built)


def test_an_index_is_built_anew_when_much_is_fresh(built, monkeypatch):
    monkeypatch.setattr(snapshot, "MOST_FRESH", 3)
    for number in range(50, 53):
        built.put(number, "bread")
    assert not _due(built)
    built.put(53, "bread")
    assert _due(built)
    assert not _due(built)


def test_what_was_fresh_at_the_build_leaves_the_scan_a_minute_later(built, held_clock, monkeypatch):
    monkeypatch.setattr(snapshot, "MOST_FRESH", 3)
    for number in range(50, 54):
        built.put(number, "bread")
    assert _due(built)
    held_clock.forward(seconds=30)
    assert not _due(built)
    held_clock.forward(seconds=40)
    assert _due(built)
    assert not _due(built)


def test_old_indexes_are_cleaned_up(built, monkeypatch):
    monkeypatch.setattr(snapshot, "_UNFINISHED_SECONDS", -timedelta(days=1).total_seconds())
    for _ in range(4):
        built.build()
    folders = [folder for folder in built.folder.iterdir() if folder.is_dir()]
    assert len(folders) == 2
    assert same(built.find(built.pool()), built.rebuilt(built.ids(), 200))


def test_an_empty_index_finds_nobody(world):
    world.build()
    assert world.find(world.pool(), {1, 2}).ids.tolist() == []
    world.put(1, "bread")
    assert world.find(world.pool(), {1, 2}).ids.tolist() == [1]
