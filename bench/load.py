"""An open loop of requests: python -m bench.load http://127.0.0.1:PORT [--rates 25 50 100 150]

Requests begin when they are due, whether or not earlier ones have been answered, and a time is
measured from when it was due: a slow answer delays nobody's clock. Nine of ten read (shortlists,
feeds, searches, lists, profiles), one saves a profile. Prints a row for each rate; the knee is
where the last rate stops being answered in time. Read beside the instance folder that the site
runs on (HUNAR_INSTANCE); pin this and the site to different cores with `taskset`.

With `--gunicorn PID` a row says how much processor time its processes spent on a request, which
other programs on the machine change least. With `--meanwhile COMMAND` each rate is run again while
the command runs, again and again: `--meanwhile "flask --app wsgi matching build-index"`.
"""

import argparse
import os
import random
import shlex
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.factory import create_app
from app.jobs.models import Job, JobStatus
from app.profiles.models import Profile
from app.web.database import db
from bench.freshness import PASSWORD, filled

PEOPLE = 8
WORKERS = 64
WORDS = ("django website", "logo design", "urdu translation", "bookkeeping", "mobile app", "video")
SHARE_OF_WRITES = 0.1
PATIENCE = 30


@dataclass(frozen=True)
class Somebody:
    """A signed-in person's browser and what they look at."""

    browser: requests.Session
    paths: tuple[str, ...]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rates", type=int, nargs="+", default=[25, 50, 100, 150])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--gunicorn", type=int, metavar="PID")
    parser.add_argument("--meanwhile", metavar="COMMAND")
    given = parser.parse_args()
    clients, freelancers, paths = _cast(given.url)
    luck = random.Random(7)
    print(
        f"{'requests/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'worst':>9}{'late':>7}"
        f"{'slowest s':>11}{'cpu ms':>8}  answers"
    )
    for rate in given.rates:
        acts = [_act(luck, clients, freelancers, paths) for _ in range(rate * given.seconds)]
        for command in [None, given.meanwhile] if given.meanwhile else [None]:
            began = _processor_seconds(given.gunicorn)
            with _running(command):
                times, answers = _run(given.url, acts, rate)
            spent = 1000 * (_processor_seconds(given.gunicorn) - began) / len(acts)
            print(_row(rate, times, answers, spent), "meanwhile" if command else "", flush=True)


def _row(rate: int, times: list[float], answers: Counter, spent: float) -> str:
    in_order = sorted(times)
    late = sum(one > 0.25 for one in times)
    # The slowest second: the p99 of what was due in it.
    seconds = [_p99(sorted(times[start : start + rate])) for start in range(0, len(times), rate)]
    return (
        f"{rate:>10}{1000 * in_order[len(times) // 2]:>9.0f}{1000 * _p99(in_order):>9.0f}"
        f"{1000 * in_order[-1]:>9.0f}{late:>7}{1000 * max(seconds):>11.0f}{spent:>8.1f}"
        f"  {dict(answers)}"
    )


def _p99(in_order: list[float]) -> float:
    return in_order[min(len(in_order) - 1, int(0.99 * len(in_order)))]


@contextmanager
def _running(command: str | None) -> Iterator[None]:
    """Carry `command` out again and again meanwhile."""
    stop = threading.Event()

    def repeat() -> None:
        while command and not stop.is_set():
            subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)

    thread = threading.Thread(target=repeat)
    thread.start()
    yield
    stop.set()
    thread.join()


def _processor_seconds(master: int | None) -> float:
    """What the processes that gunicorn started have spent until now."""
    if master is None:
        return 0.0
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[1]) == master:  # its parent; then user and system time
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _cast(url: str) -> tuple[list[Somebody], list[Somebody], list[str]]:
    app = create_app()
    with app.app_context(), Session(db.engine) as session:
        jobs = session.execute(
            select(User.email, Job.id).join(Job.client).where(Job.status == JobStatus.OPEN)
        ).all()
        people = session.scalars(
            select(User.email)
            .join(Profile, Profile.user_id == User.id)
            .where(Profile.published_at.is_not(None))
            .order_by(User.id)
            .limit(PEOPLE)
        ).all()
        shown = session.scalars(
            select(Profile.id).where(Profile.published_at.is_not(None)).limit(2000)
        ).all()
    owned: dict[str, list[int]] = {}
    for email, job in jobs:
        owned.setdefault(email, []).append(job)
    hiring = sorted(owned, key=lambda email: (-len(owned[email]), email))[:PEOPLE]
    clients = [
        Somebody(_signed_in(url, email), tuple(f"/jobs/{one}/shortlist" for one in owned[email]))
        for email in hiring
    ]
    freelancers = [Somebody(_signed_in(url, email), ("/feed", "/profile")) for email in people]
    paths = ["/", "/jobs", *(f"/jobs/{one}" for _, one in jobs[:200])]
    paths += [f"/freelancers/{one}" for one in shown]
    return clients, freelancers, paths


def _signed_in(url: str, email: str) -> requests.Session:
    browser = requests.Session()
    page = BeautifulSoup(browser.get(url + "/sign-in", timeout=PATIENCE).text, "html.parser")
    token = page.find(attrs={"name": "csrf_token"})["value"]
    fields = {"csrf_token": token, "email": email, "password": PASSWORD}
    browser.post(url + "/sign-in", data=fields, timeout=PATIENCE).raise_for_status()
    return browser


def _act(luck, clients, freelancers, paths):
    """One thing somebody does: a browser's cookies, a path, and whether it is a save."""
    if luck.random() < SHARE_OF_WRITES:
        return luck.choice(freelancers), "/profile/edit", True
    drawn = luck.random()
    if drawn < 0.25:
        who = luck.choice(clients)
        return who, luck.choice(who.paths), False
    if drawn < 0.5:
        return luck.choice(freelancers), "/feed", False
    if drawn < 0.6:
        return luck.choice(clients), f"/search/freelancers?words={luck.choice(WORDS)}", False
    return luck.choice(freelancers), luck.choice(paths), False


def _run(url: str, acts, rate: int) -> tuple[list[float], Counter]:
    times = [0.0] * len(acts)
    answers: Counter = Counter()
    lock = threading.Lock()
    began = time.perf_counter() + 0.5

    def carry_out(number: int) -> None:
        due = began + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        who, path, is_save = acts[number]
        try:
            answer = _saved(url, who) if is_save else _read(url, who, path)
        except requests.RequestException as error:
            answer = type(error).__name__
        with lock:
            times[number] = time.perf_counter() - due
            answers[answer] += 1

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(carry_out, range(len(acts))))
    return times, answers


def _read(url: str, who: Somebody, path: str) -> int:
    cookies = who.browser.cookies.get_dict()
    return requests.get(url + path, cookies=cookies, timeout=PATIENCE).status_code


_forms: dict[int, dict] = {}


def _saved(url: str, who: Somebody) -> int:
    cookies = who.browser.cookies.get_dict()
    if id(who) not in _forms:
        page = requests.get(url + "/profile/edit", cookies=cookies, timeout=PATIENCE).text
        form = BeautifulSoup(page, "html.parser").main.find("form", method="post")
        _forms[id(who)] = filled(form) | {"publish": ["1"]}
    fields = _forms[id(who)] | {"headline": [f"Booking pages, as said at {time.time():.3f}"]}
    answer = requests.post(
        url + "/profile/edit",
        data=fields,
        cookies=cookies,
        timeout=PATIENCE,
        allow_redirects=False,
    )
    return answer.status_code


if __name__ == "__main__":
    main()
