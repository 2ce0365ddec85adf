"""The real site for flow tests: two web processes and a worker over one database, as processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests
from bs4 import BeautifulSoup

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
START_WITHIN_SECONDS = 90
PATIENCE = 60
"""Seconds a test waits for what usually takes less than one: the machine may be busy."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Site:
    """Processes that share a database and an instance folder; `stop` ends them all."""

    environ: dict[str, str]
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def flask(self, *command: str) -> str:
        """Run a `flask` command to its end and return what it printed."""
        done = subprocess.run(
            [BIN / "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start_web(self, name: str, *, workers: int = 1) -> None:
        """Start a gunicorn under `name` on a port of its own; a name keeps its port."""
        port = self.ports.setdefault(name, free_port())
        self.processes[name] = subprocess.Popen(
            [
                BIN / "gunicorn",
                *("--workers", str(workers), "--bind", f"127.0.0.1:{port}"),
                *("--log-level", "error", "wsgi:app"),
            ],
            cwd=ROOT,
            env=self.environ,
        )

    def start_worker(self) -> None:
        self.processes["worker"] = subprocess.Popen(
            [BIN / "flask", "--app", "wsgi", "worker"],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self, name: str) -> None:
        """Wait until the web process answers."""
        end = time.monotonic() + START_WITHIN_SECONDS
        while time.monotonic() < end:
            try:
                if requests.get(self.url(name) + "/healthz", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"{name} did not start")

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def children(self, name: str) -> set[int]:
        """The processes that the named one has started."""
        asked = ["pgrep", "-P", str(self.processes[name].pid)]
        found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
        return set(map(int, found.split()))

    def kill(self, name: str) -> None:
        """kill -9, the way the machine's memory killer or a power cut would."""
        children = self.children(name)
        process = self.processes.pop(name)
        for pid in (process.pid, *children):
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Person:
    """Somebody with a browser, over real HTTP, who may go to either web process."""

    def __init__(self, site: Site, home: str = "a") -> None:
        self.site = site
        self.at = home
        self.browser = requests.Session()
        self.page: BeautifulSoup | None = None

    def get(self, path: str) -> requests.Response:
        answer = self.browser.get(self.site.url(self.at) + path, timeout=30)
        self.page = BeautifulSoup(answer.text, "html.parser")
        return answer

    def post(self, path: str, **data) -> requests.Response:
        """Send a form with its token and go where the answer points."""
        token = BeautifulSoup(
            self.browser.get(self.site.url(self.at) + "/sign-in", timeout=30).text, "html.parser"
        ).find(attrs={"name": "csrf_token"})["value"]
        answer = self.browser.post(
            self.site.url(self.at) + path, data={"csrf_token": token, **data}, timeout=30
        )
        self.page = BeautifulSoup(answer.text, "html.parser")
        return answer

    @property
    def text(self) -> str:
        return " ".join(self.page.find("main").get_text(" ").split())

    def link(self, containing: str) -> str:
        """The address of the first link on the page whose address contains this."""
        found = self.page.find("a", href=lambda href: href and containing in href)
        assert found, f"no link with {containing}: {self.text[:500]}"
        return found["href"].replace(self.site.environ["HUNAR_URL"], "")


def until(condition, *, seconds: float, what: str) -> float:
    """Wait for `condition()`; returns how long it took, fails after `seconds`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")
