"""How long from a saved profile to the other process's shortlist: python -m bench.freshness A B

A and B are the addresses of two web processes of one running demo, for example two gunicorns over
one instance folder beside its worker. `--writes 20` has other people save their profiles so many
times a second meanwhile. Prints a table of medians; the peer is the plain page of the same
profile, which is read from the database and needs no index.
"""

import argparse
import re
import statistics
import threading
import time
from collections.abc import Sequence

import requests
from bs4 import BeautifulSoup

ROUNDS = 50
PASSWORD = "hunar-demo-2026"
LONGEST_SECONDS = 30


class Browser(requests.Session):
    """Somebody signed in at one process."""

    def __init__(self, url: str, who: str) -> None:
        super().__init__()
        self.url = url
        token = self.page("/sign-in").find(attrs={"name": "csrf_token"})["value"]
        email = who if "@" in who else f"{who}@demo.example"
        given = {"csrf_token": token, "email": email, "password": PASSWORD}
        self.post(url + "/sign-in", data=given, timeout=30).raise_for_status()

    def page(self, path: str) -> BeautifulSoup:
        return BeautifulSoup(self.get(self.url + path, timeout=30).text, "html.parser")

    def seconds_until(self, path: str, said: str) -> float:
        began = time.perf_counter()
        while time.perf_counter() - began < LONGEST_SECONDS:
            if said in self.get(self.url + path, timeout=30).text:
                return time.perf_counter() - began
        raise SystemExit(f"{said} never came to {path}.")


def filled(form: BeautifulSoup) -> dict[str, list[str]]:
    """The fields of a form as they stand, without what would stop it from being sent again."""
    fields: dict[str, list[str]] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        if field["name"] in ("once", "version"):
            continue
        if field.name == "textarea":
            values = [field.text]
        elif field.name == "select":
            values = [option["value"] for option in field.find_all("option", selected=True)]
        elif field.get("type") in ("radio", "checkbox"):
            values = [field["value"]] if field.has_attr("checked") else []
        else:
            values = [field.get("value", "")]
        fields.setdefault(field["name"], []).extend(values)
    return fields


class Writer(threading.Thread):
    """Somebody who saves their profile again and again, `rate` times a second."""

    def __init__(self, url: str, who: str, rate: float) -> None:
        super().__init__(daemon=True)
        self.browser, self.rate = Browser(url, who), rate
        form = self.browser.page("/profile/edit").main.find("form", method="post")
        self.fields = filled(form) | {"publish": ["1"]}
        self.is_over = threading.Event()
        self.saved = 0

    def run(self) -> None:
        due = time.perf_counter()
        while not self.is_over.is_set():
            said = f"Saved for the {self.saved}th time at {time.time():.2f}"
            fields = self.fields | {"headline": [said]}
            path = self.browser.url + "/profile/edit"
            self.browser.post(path, data=fields, timeout=30, allow_redirects=False)
            self.saved += 1
            due += 1 / self.rate
            self.is_over.wait(max(0.0, due - time.perf_counter()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("one")
    parser.add_argument("other")
    parser.add_argument("--writes", type=float, default=0, help="saves by others, a second")
    parser.add_argument("--writers", nargs="*", default=[], help="their e-mail addresses")
    given = parser.parse_args()
    share = given.writes / max(1, len(given.writers))
    writers = [Writer(given.one, who, share) for who in given.writers] if given.writes else []
    began = time.perf_counter()
    for writer in writers:
        writer.start()
    on_its_page, on_the_shortlist = measure(given.one, given.other)
    for writer in writers:
        writer.is_over.set()
    saved = sum(writer.saved for writer in writers) / (time.perf_counter() - began)
    print(f"{saved:.1f} saves a second by others")
    print(f"{'until it shows on':20}{'median s':>10}{'worst s':>10}")
    for name, times in (("its own page", on_its_page), ("the shortlist", on_the_shortlist)):
        print(f"{name:20}{statistics.median(times):10.3f}{max(times):10.3f}")


def measure(one: str, other: str) -> tuple[Sequence[float], Sequence[float]]:
    """Save at one process and look at the other, `ROUNDS` times; return the seconds of both."""
    freelancer, client = Browser(one, "freelancer"), Browser(other, "client")
    jobs = re.findall(r"/jobs/\d+/shortlist", str(client.page("/my-jobs")))
    on_its_page, on_the_shortlist = [], []
    for number in range(ROUNDS):
        form = freelancer.page("/profile/edit").main.find("form", method="post")
        said = f"Booking pages for hotels, as said at {time.time():.0f}-{number}"
        fields = filled(form) | {"headline": [said], "publish": ["1"]}
        answer = freelancer.post(one + "/profile/edit", data=fields, timeout=30)
        profile = re.search(r"/freelancers/\d+", answer.url + answer.text)[0]
        on_the_shortlist.append(client.seconds_until(jobs[-1], said))
        on_its_page.append(client.seconds_until(profile, said))
    return on_its_page, on_the_shortlist


if __name__ == "__main__":
    main()
