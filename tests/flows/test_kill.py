"""kill -9 at any moment: what was acknowledged is there, what was promised is done."""

import random
import threading
import time

import requests

from tests.flows.people import PROFILE, join, publish_job, publish_profile
from tests.flows.site import PATIENCE, Person, Site, until

KILLS = 12


def test_killing_web_processes_and_the_worker_loses_nothing(site: Site) -> None:
    berta = join(site, "Berta", "client", at="b")
    shortlist = publish_job(berta)
    amina = join(site, "Amina", "freelancer", at="a")
    publish_profile(amina)

    acknowledged: list[int] = []
    stop = threading.Event()

    def save_again_and_again() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                answer = amina.post("/profile/edit", **_profile(number))
            except (requests.RequestException, TypeError):
                time.sleep(0.05)  # the process is down; TypeError: its page was cut short
                continue
            if answer.status_code == 200:
                acknowledged.append(number)

    writer = threading.Thread(target=save_again_and_again)
    writer.start()
    chance = random.Random(7)
    try:
        for _ in range(KILLS):
            # Something was acknowledged since the last kill; the next one comes at a random moment.
            seen = len(acknowledged)
            until(lambda seen=seen: len(acknowledged) > seen, seconds=PATIENCE, what="a save")
            time.sleep(chance.uniform(0.0, 0.3))
            _kill_and_start_again(site, chance.choice(["a", "worker"]))
    finally:
        stop.set()
        writer.join()

    assert len(acknowledged) >= KILLS
    amina.get("/profile/edit")
    kept = int(amina.page.find(attrs={"name": "headline"})["value"].rsplit(" ", 1)[1])
    assert kept >= acknowledged[-1], "an acknowledged save was lost"

    newest = f"Flutter developer number {kept}"
    until(
        lambda: newest in (berta.get(shortlist) and berta.text),
        seconds=PATIENCE,
        what="the last saved headline on the shortlist",
    )


def test_what_a_dead_worker_promised_is_done_by_the_next(site: Site) -> None:
    site.kill("worker")
    person = Person(site)
    person.post("/sign-up", name="Zara", email="zara@example.org", role="client")
    assert "zara@example.org" not in person.get("/outbox").text
    site.start_worker()
    until(
        lambda: "zara@example.org" in person.get("/outbox").text,
        seconds=PATIENCE,
        what="the letter promised while no worker lived",
    )


def _kill_and_start_again(site: Site, name: str) -> None:
    site.kill(name)
    if name == "worker":
        site.start_worker()
    else:
        site.start_web(name)
        site.wait(name)


def _profile(number: int) -> dict:
    return {**PROFILE, "headline": f"Flutter developer number {number}"}
