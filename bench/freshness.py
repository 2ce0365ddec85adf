"""How long from a saved profile to the other process's shortlist: python bench/freshness.py A B

A and B are the addresses of two web processes of one running demo, for example two gunicorns over
one instance folder beside its worker. Prints a table of medians; the peer is the plain page of the
same profile, which is read from the database and needs no index.
"""

import re
import statistics
import sys
import time

import requests
from bs4 import BeautifulSoup

ROUNDS = 20
PASSWORD = "hunar-demo-2026"
LONGEST_SECONDS = 30


class Browser(requests.Session):
    """Somebody signed in at one process."""

    def __init__(self, url: str, who: str) -> None:
        super().__init__()
        self.url = url
        token = self.page("/sign-in").find(attrs={"name": "csrf_token"})["value"]
        given = {"csrf_token": token, "email": f"{who}@demo.example", "password": PASSWORD}
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
    """The fields of a form as they stand."""
    fields: dict[str, list[str]] = {}
    for field in form.find_all(["input", "textarea", "select"]):
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


def main(one: str, other: str) -> None:
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
    print(f"{'until it shows on':20}{'median s':>10}{'worst s':>10}")
    for name, times in (("its own page", on_its_page), ("the shortlist", on_the_shortlist)):
        print(f"{name:20}{statistics.median(times):10.3f}{max(times):10.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
