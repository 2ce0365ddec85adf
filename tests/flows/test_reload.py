"""A reload while people read, save and send slowly loses no request."""

import signal
import socket
import threading

import requests

from tests.flows.site import PATIENCE, Person, Site, until

RELOADS = 2


def test_a_reload_loses_no_request(site: Site) -> None:
    site.start_web("c", workers=2)
    site.wait("c")
    answers: list[int] = []
    faults: list[Exception] = []
    stop = threading.Event()

    def ask_again_and_again(ask) -> None:
        while not stop.is_set():
            try:
                answers.append(ask().status_code)
            except requests.RequestException as fault:
                faults.append(fault)

    def read() -> requests.Response:
        return requests.get(site.url("c") + "/healthz", timeout=PATIENCE)

    reader, writer = Person(site, "c"), Person(site, "c")
    asks = [read, lambda: reader.get("/jobs"), lambda: writer.post("/language", language="en")]
    threads = [threading.Thread(target=ask_again_and_again, args=[ask]) for ask in asks]
    for thread in threads:
        thread.start()
    try:
        for _ in range(RELOADS):
            _reload_beside_a_slow_form(site, answers)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert set(answers) == {200}


def _reload_beside_a_slow_form(site: Site, answers: list[int]) -> None:
    before = site.children("c")
    with socket.create_connection(("127.0.0.1", site.ports["c"]), timeout=PATIENCE) as line:
        line.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: hunar.example\r\nContent-Length: 9\r\n\r\na=1"
        )
        seen = len(answers)
        until(lambda: len(answers) > seen + 5, seconds=PATIENCE, what="answers before")
        site.processes["c"].send_signal(signal.SIGHUP)
        until(lambda: len(site.children("c") - before) == 2, seconds=PATIENCE, what="new processes")
        seen = len(answers)
        until(lambda: len(answers) > seen + 20, seconds=PATIENCE, what="answers from the new ones")
        line.sendall(b"&b=2&c")
        assert line.recv(100).startswith(b"HTTP/1.1 403")  # whole, and without its token
    until(lambda: not site.children("c") & before, seconds=PATIENCE, what="the old ones' end")
