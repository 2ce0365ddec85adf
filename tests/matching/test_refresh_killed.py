"""`flask matching refresh` killed in the middle: what was saved is not encoded again."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app import db
from app.matching import refresh
from app.matching.models import Embedding
from tests.doubles.encoder import HashingEncoder
from tests.factories import make_profile

PROFILES = 2 * refresh.BATCH + 10
# Encodes one batch and a part of the second one, then waits for its end.
REFRESH = """
import sys, time
from app import db
from app.matching import refresh
from tests.matching.test_refresh_killed import NotingEncoder

class Stuck(NotingEncoder):
    def encode(self, texts):
        vectors = super().encode(texts)
        if len(self.noted()) > refresh.BATCH:
            self.notes.with_suffix(".stuck").touch()
            time.sleep(60)
        return vectors

    def encode_titles(self, titles):
        return NotingEncoder.encode_titles(self, titles)

refresh.refresh_all(db.connect(sys.argv[1]), Stuck(sys.argv[2]), threads=2)
"""


class NotingEncoder(HashingEncoder):
    """Writes down each body that it encodes where a killed process leaves it behind."""

    def __init__(self, notes: str | Path) -> None:
        super().__init__()
        self.notes = Path(notes)

    def encode(self, texts):
        with self.notes.open("a") as file:
            file.write("".join(f"{text!r}\n" for text in texts))
        return super().encode(texts)

    def encode_titles(self, titles):
        return HashingEncoder().encode(titles)

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines()


def saved(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Embedding))


def test_after_a_kill_no_more_than_one_batch_is_encoded_twice(engine, tmp_path, pytestconfig):
    with db.transaction(engine) as session:
        for number in range(PROFILES):
            make_profile(session, summary=f"Number {number} paints walls.")
    encoder = NotingEncoder(tmp_path / "notes")
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", REFRESH, url, str(encoder.notes)], cwd=pytestconfig.rootpath
    )
    try:
        end = time.monotonic() + 60
        while not encoder.notes.with_suffix(".stuck").exists():
            assert process.poll() is None, "the refresh has ended by itself"
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    assert saved(engine) == refresh.BATCH

    shown = []
    progress = lambda seen, total: shown.append((seen, total))  # noqa: E731
    encoded = refresh.refresh_all(engine, encoder, progress=progress)

    assert encoded == PROFILES - refresh.BATCH
    assert saved(engine) == PROFILES
    assert shown[-1] == (PROFILES, PROFILES)
    times = Counter(encoder.noted())
    assert len(times) == PROFILES
    twice = [text for text, count in times.items() if count > 1]
    assert 0 < len(twice) <= refresh.BATCH
    assert set(times.values()) <= {1, 2}
