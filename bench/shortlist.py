"""A shortlist end to end over HTTP: python -m bench.shortlist http://127.0.0.1:PORT [--looks N]

Signs in as the demo's client, opens each of their jobs' shortlists again and again, one after the
other, and prints what a page costs; a job's first look stands apart. The peer, measured in the
same run over the same texts, is what a tutorial would do: sentence-transformers as it comes for
the job, a flat index of every body, the conditions applied to what it found, and no reasons.
Read beside the instance folder that the site runs on (HUNAR_INSTANCE).
"""

import argparse
import re
import statistics
import time
from collections.abc import Callable
from functools import partial

import faiss
import numpy as np
import requests
from bs4 import BeautifulSoup
from sentence_transformers import SentenceTransformer
from sqlalchemy.orm import Session, selectinload

from app.factory import create_app
from app.jobs.models import Job
from app.matching import conditions, facts
from app.matching.columns import FactColumns
from app.matching.encoder import source_folder
from app.matching.models import Subject
from app.web.database import db

PASSWORD = "hunar-demo-2026"
FOUND_FIRST = 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--looks", type=int, default=20)
    parser.add_argument("--tutorial", action="store_true", help="measure the peer as well")
    given = parser.parse_args()
    browser = requests.Session()
    form = BeautifulSoup(browser.get(given.url + "/sign-in", timeout=60).text, "html.parser")
    token = form.find(attrs={"name": "csrf_token"})["value"]
    fields = {"csrf_token": token, "email": "client@demo.example", "password": PASSWORD}
    browser.post(given.url + "/sign-in", data=fields, timeout=60).raise_for_status()
    page = browser.get(given.url + "/my-jobs", timeout=60).text
    jobs = sorted({int(one) for one in re.findall(r"/jobs/(\d+)/shortlist", page)})
    first = [_seconds(browser, given.url, job) for job in jobs]
    again = [_seconds(browser, given.url, job) for _ in range(given.looks) for job in jobs]
    print(f"{len(jobs)} jobs")
    print(f"{'milliseconds':32}{'p50':>9}{'p99':>9}{'worst':>9}")
    _print("a job's first look", first)
    _print("looks after it", again)
    if given.tutorial:
        app = create_app()
        with app.app_context(), Session(db.engine) as session:
            _print("a tutorial's way", _tutorial(session, app, jobs))


def _seconds(browser: requests.Session, url: str, job: int) -> float:
    began = time.perf_counter()
    browser.get(f"{url}/jobs/{job}/shortlist", timeout=60).raise_for_status()
    return time.perf_counter() - began


def _tutorial(session: Session, app, jobs: list[int]) -> list[float]:
    matcher = app.extensions["hunar"].matcher
    view = matcher.profiles.view(session, matcher.encoder)
    bodies = view.segments[0].holding.bodies
    places = np.arange(len(bodies))
    index = faiss.IndexFlatIP(bodies.dimension)
    for start in range(0, len(places), 10_000):
        index.add(bodies.vectors_at(places[start : start + 10_000]))
    stock = SentenceTransformer(str(source_folder("all-MiniLM-L6-v2")), device="cpu")
    look = partial(_look, session, stock, index, bodies.ids)
    return [_timed(partial(look, job)) for job in jobs]


def _look(session: Session, stock, index, ids, job_id: int) -> list[int]:
    job = session.get_one(Job, job_id, options=[selectinload(Job.languages)])
    vector = stock.encode([f"{job.title}. {job.description}"], normalize_embeddings=True)
    _, found = index.search(vector, FOUND_FIRST)
    near = [int(ids[one]) for one in found[0]]
    columns = FactColumns.of_facts(facts.read(session, Subject.PROFILE, near))
    fits = set(columns.ids[conditions.for_job(job).holds(columns)].tolist())
    return [one for one in near if one in fits][:10]


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _print(name: str, seconds: list[float]) -> None:
    times = sorted(1000 * one for one in seconds)
    last = times[min(len(times) - 1, round(0.99 * len(times)))]
    print(f"{name:32}{statistics.median(times):9.1f}{last:9.1f}{times[-1]:9.1f}")


if __name__ == "__main__":
    main()
