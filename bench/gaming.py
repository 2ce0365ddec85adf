"""How many attacks reach the first ten, without and with protection: python -m bench.gaming

Fills a database of its own with demo data (about two minutes), tries the eight attacks of
tests/matching/gaming.py on 200 jobs, and prints the table of docs/matching.md.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from app import clock
from app.config import Config
from app.factory import create_app
from app.matching import candidates, titles
from app.matching.encoder import Encoder
from app.matching.engine import measures
from app.matching.engine.rank import FOR_JOB, rank
from app.matching.matcher import Matcher, model_folder
from app.web.database import db
from tests.matching.demo_site import DemoSite, Remembering
from tests.matching.gaming_trial import tally

PEOPLE, JOBS = 1000, 200
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def main() -> None:
    """Print the table."""
    clock.use(lambda: MORNING)
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        url = f"sqlite:///{where / 'gaming.db'}"
        app = create_app(Config(database_url=url, secret_key="x" * 40, instance=where))
        with app.app_context():
            upgrade()
            with db.engine.connect().execution_options(will_write=True) as connection:
                connection.begin()
                session = Session(connection, join_transaction_mode="create_savepoint")
                _measure(DemoSite(session, connection, _matcher(where)))


def _matcher(where: Path) -> Matcher:
    instance = Path(__file__).parent.parent / "instance"
    exported = model_folder(Config(database_url="", secret_key="", instance=instance))
    encoder = Remembering(titles.best(Encoder.load(exported), exported))
    return Matcher(lambda: encoder, where / "index")


def _measure(site: DemoSite) -> None:
    site.fill(PEOPLE, JOBS + 60)
    site.encode()
    jobs = site.open_jobs(JOBS)
    found = tally(site, jobs)
    print(f"{'attack':20}{'unprotected':>13}{'protected':>11}   of {found.jobs} jobs")
    for name, before, after in found.rates():
        print(f"{name:20}{before:13.1%}{after:11.1%}")
    print(f"honest nDCG@10, unprotected and protected: {_gain(site, jobs)}")


def _gain(site: DemoSite, jobs: list) -> str:
    """By the share of the asked-for skills that people list, there being no better judge."""
    gains = []
    for job in jobs:
        found = candidates.find(site.session, site.matcher, job)
        share = found.parts["skills"] if job.skills else np.zeros(len(found.ids))
        grades = dict(zip(found.ids.tolist(), share.tolist(), strict=True))
        graded = {key: grade for key, grade in grades.items() if grade > 0}
        orders = (rank(found.ids, found.parts, FOR_JOB), found.plain_scores())
        if graded:
            gains.append([_ndcg([score.id for score in one], graded) for one in orders])
    before, after = np.mean(gains, axis=0)
    return f"{before:.4f} {after:.4f}"


def _ndcg(order: list[int], grades: dict[int, float]) -> float:
    return measures.measure(order, grades)["nDCG@10"]


if __name__ == "__main__":
    main()
