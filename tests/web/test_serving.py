"""Slow lines hold no thread, late and greedy ones are sent away, and a process goes in order."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.web import serving
from app.web.serving import Server

PATIENCE = 10


class Serving:
    """A server of the tests in a thread of its own; `/wait` answers when the test says so."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.server = Server(self.answer, [self.listener], is_behind_proxy=False)
        self.lines: list[socket.socket] = []
        self.go_on = threading.Event()
        self.is_leaving = threading.Event()
        self.is_over = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def answer(self, environ, start_response):
        if environ["PATH_INFO"].startswith(("/wait", *serving.HASHING)):
            self.go_on.wait(PATIENCE)
        body = b"x" * 8_000_000 if environ["PATH_INFO"] == "/much" else b"done"
        size = len(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Length", str(len(body))), ("X-Size", str(size))])
        return [body]

    def _run(self) -> None:
        while not self.is_leaving.is_set():
            self.server.turn()
        for _ in self.server.drain():
            pass
        self.is_over.set()

    def line(self) -> socket.socket:
        self.lines.append(socket.create_connection(self.address, timeout=PATIENCE))
        return self.lines[-1]


@pytest.fixture
def serving_site(monkeypatch) -> Iterator[Serving]:
    monkeypatch.setattr(serving, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(serving, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(serving, "IDLE_DRAIN_SECONDS", 0.2)
    site = Serving()
    yield site
    site.go_on.set()
    for line in site.lines:
        line.close()
    site.is_leaving.set()
    assert site.is_over.wait(PATIENCE)


def request(path: str = "/", method: str = "GET", *, body: int = 0) -> bytes:
    length = f"Content-Length: {body}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n".encode()


def answer(line: socket.socket) -> bytes:
    """All that comes until the server closes or the short answer is whole."""
    got = b""
    while not got.endswith(b"done") and (piece := line.recv(65536)):
        got += piece
    return got


def status(line: socket.socket) -> int:
    return int(answer(line).split(b" ")[1])


def test_forms_and_answers_under_way_hold_no_thread(serving_site: Serving):
    slow = [serving_site.line() for _ in range(4 * (serving.READERS + serving.WRITERS))]
    for number, line in enumerate(slow):
        given = (request(method="POST", body=500) + b"a", request("/much"), b"GET / HT")
        line.sendall(given[number % 3])
    for method in ("GET", "POST"):
        quick = serving_site.line()
        quick.sendall(request(method=method))
        assert status(quick) == 200


def test_who_reads_does_not_wait_behind_those_who_write(serving_site: Serving):
    writers = [serving_site.line() for _ in range(3 * serving.WRITERS)]
    for line in writers:
        line.sendall(request("/wait", "POST"))
    reader = serving_site.line()
    reader.sendall(request())
    assert status(reader) == 200
    serving_site.go_on.set()
    assert all(status(line) == 200 for line in writers)


def test_who_saves_does_not_wait_behind_passwords_that_are_hashed(serving_site: Serving):
    hashing = [serving_site.line() for _ in range(2 * (serving.HASHERS + serving.WRITERS))]
    for number, line in enumerate(hashing):
        line.sendall(request(("/sign-in", "/verify/1-a", "/new-password/1-a")[number % 3], "POST"))
    saving = serving_site.line()
    saving.sendall(request("/jobs", "POST"))
    assert status(saving) == 200
    serving_site.go_on.set()
    assert all(status(line) == 200 for line in hashing)


def test_the_lane_of_passwords_knows_the_pages_that_hash(app):
    own = {str(rule) for rule in app.url_map.iter_rules() if str(rule).startswith(serving.HASHING)}
    assert {"/sign-in", "/verify/<token>", "/new-password/<token>"} <= own


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_request_of_two_lengths_is_refused_and_nothing_after_it_is_read(serving_site, version):
    line = serving_site.line()
    two = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    hidden = request("/hidden").decode()
    line.sendall(f"POST / HTTP/{version}\r\nHost: localhost\r\n{two}\r\n0\r\n\r\n{hidden}".encode())
    said = answer(line)
    assert said.split(b" ")[1] == b"400"
    assert said.count(b"HTTP/1") == 1


def test_who_asks_first_whether_to_send_is_told_no_at_once(serving_site: Serving):
    line = serving_site.line()
    asking = request(method="POST", body=serving.MOST_BODY_BYTES + 1)
    line.sendall(asking.replace(b"Host", b"Expect: 100-continue\r\nHost"))
    assert status(line) == 413


def test_who_asks_and_has_nothing_to_send_is_answered(serving_site: Serving):
    line = serving_site.line()
    line.sendall(request().replace(b"Host", b"Expect: 100-continue\r\nHost"))
    assert status(line) == 200


@pytest.mark.parametrize("begun", [b"GET / HT", request(method="POST", body=50) + b"a=1"])
def test_a_request_that_never_ends_is_sent_away(serving_site: Serving, monkeypatch, begun):
    monkeypatch.setattr(serving, "LINGER_SECONDS", 0.1)
    line = serving_site.line()
    line.sendall(begun)
    assert status(line) == 408


def test_a_large_file_has_the_time_a_slow_line_needs(serving_site: Serving, monkeypatch):
    monkeypatch.setattr(serving, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(serving, "SLOWEST_BYTES_A_SECOND", 1_000)
    line = serving_site.line()
    line.sendall(request(method="POST", body=2_000))
    for _ in range(4):
        time.sleep(0.15)
        line.sendall(b"a" * 500)
    assert b"X-Size: 2000" in answer(line)


def test_an_answer_that_is_never_read_is_given_up(serving_site: Serving, monkeypatch):
    monkeypatch.setattr(serving, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(serving, "SLOWEST_BYTES_A_SECOND", 10**9)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    line.settimeout(PATIENCE)
    line.connect(serving_site.address)
    serving_site.lines.append(line)
    line.sendall(request("/much"))
    until(lambda: not serving_site.server._all(serving.Connection))


def test_an_address_has_its_share_of_lines_and_no_more(serving_site: Serving, monkeypatch):
    monkeypatch.setattr(serving, "MOST_OF_ONE_ADDRESS", 5)
    held = [serving_site.line() for _ in range(5)]
    held[0].sendall(request())  # before the next comes: an older line stays
    assert status(held[0]) == 200
    assert status(serving_site.line()) == 503
    held[1].sendall(request())
    assert status(held[1]) == 200


def test_bodies_under_way_are_bounded_together(serving_site: Serving, monkeypatch):
    monkeypatch.setattr(serving, "MOST_BYTES_UNDER_WAY", 10_000)
    small, large = serving_site.line(), serving_site.line()
    small.sendall(request(method="POST", body=4_000) + b"a" * 3_000)
    large.sendall(request(method="POST", body=90_000) + b"a" * 9_000)
    assert status(large) == 503
    small.sendall(b"a" * 1_000)
    assert status(small) == 200


def test_a_body_beyond_all_bounds_is_refused_before_it_comes(serving_site: Serving):
    line = serving_site.line()
    line.sendall(request(method="POST", body=serving.MOST_BODY_BYTES + 1))
    assert status(line) == 413


def test_a_process_that_goes_finishes_what_is_under_way(serving_site: Serving):
    idle, sending, waiting = (serving_site.line() for _ in range(3))
    idle.sendall(request())
    answer(idle)
    sending.sendall(request(method="POST", body=4) + b"ab")
    waiting.sendall(request("/wait"))
    until(lambda: len(serving_site.server._all(serving.Connection)) == 3)
    serving_site.is_leaving.set()
    time.sleep(0.1)
    with pytest.raises(ConnectionRefusedError):
        serving_site.line()
    idle.sendall(request())  # it came along a line that was kept open: answered, then closed
    assert status(idle) == 200
    assert b"Connection: close" in _last(idle, sending, b"cd", serving_site)
    serving_site.go_on.set()
    assert status(waiting) == 200
    assert serving_site.is_over.wait(PATIENCE)


def _last(idle: socket.socket, sending: socket.socket, rest: bytes, site: Serving) -> bytes:
    assert idle.recv(10) == b""
    assert not site.is_over.is_set()
    sending.sendall(rest)
    return answer(sending)


def until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
