"""A form on a slow line holds nothing of the database: the transaction begins after the body."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.web.database import begin_request, db

FORM = (
    b"POST /test/change_nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\na=1"
)
PATIENCE = 10


@pytest.fixture
def unfinished(served: Flask) -> Iterator[socket.socket]:
    """A form that a thread of a server waits for: its last bytes have not come."""
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with socket.create_connection(server.socket.getsockname()) as line:
        line.sendall(FORM)
        line.settimeout(PATIENCE)
        yield line
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def planted(served: Flask) -> Iterator[None]:
    """The fault as it was: the transaction begins before the form is read."""
    before = served.before_request_funcs[None]
    others = [step for step in before if step is not begin_request]
    served.before_request_funcs[None] = [begin_request, *others]
    yield
    served.before_request_funcs[None] = before


def held(served: Flask) -> int:
    """The most connections to the database that were in use during a while."""
    most = 0
    for _ in range(60):
        with served.app_context():
            most = max(most, db.engine.pool.checkedout())
        time.sleep(0.01)
    return most


def test_an_unfinished_form_holds_no_connection(served: Flask, unfinished: socket.socket):
    assert held(served) == 0
    assert served.test_client().post("/test/change_nothing").status_code == 200
    unfinished.sendall(b"b" * 47)
    assert unfinished.recv(100).startswith(b"HTTP/1.1 200")


def test_the_check_finds_the_fault(served: Flask, planted, unfinished: socket.socket):
    assert held(served) == 1
    unfinished.sendall(b"b" * 47)
    assert unfinished.recv(100).startswith(b"HTTP/1.1 200")
