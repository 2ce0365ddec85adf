"""The server: gunicorn keeps the processes, waitress gathers requests and gives answers.

A phone on a slow line takes minutes to send a form and minutes to read a page. Here that costs a
socket and some memory: no thread sees a request before its last byte has come, and none waits
until an answer has gone. gunicorn loads this file before the application is there.
"""

import logging
import math
import os
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

READERS = 4
WRITERS = 4
HASHERS = 2
"""Threads of a process for requests that only read, for those that may write, and for those that
hash a password: a tenth of a second of all cores, which nobody's saving should wait behind."""
HASHING = ("/sign-in", "/new-password/", "/verify/")
MOST_CONNECTIONS = 4_000
MOST_OF_ONE_ADDRESS = 1_000
"""Connections of a process; a park's hundreds of people may share one address."""
MOST_BODY_BYTES = 26 * 1024 * 1024
MOST_BYTES_UNDER_WAY = 1024**3
"""Of all bodies that a process has begun to receive; they lie in unnamed files on the disk."""
LINGER_SECONDS = 60
"""How long a request may take to arrive and an answer to go, beside the time its size allows."""
SLOWEST_BYTES_A_SECOND = 4_000
DRAIN_SECONDS = 120
"""How long a process that was told to go waits for what is still under way."""
IDLE_DRAIN_SECONDS = 2
WATCH_SECONDS = 1
LOOK_SECONDS = 0.5
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


SENTENCES = {
    408: (
        "The form took too long to arrive. Go back and send it again.",
        "فارم بہت دیر میں پہنچا۔ واپس جائیں اور اسے دوبارہ بھیجیں۔",
    ),
    413: (
        "That is larger than anything this site takes. Go back and choose a smaller file.",
        "یہ اس سائٹ کی حد سے بڑا ہے۔ واپس جائیں اور چھوٹی فائل چنیں۔",
    ),
    503: (
        "Too much is being sent at this moment. Wait a minute, go back and send it again.",
        "اس وقت بہت کچھ بھیجا جا رہا ہے۔ ایک منٹ بعد واپس جائیں اور دوبارہ بھیجیں۔",
    ),
}
NOT_UNDERSTOOD = (
    "The request could not be understood. Go back and try again.",
    "درخواست سمجھ میں نہیں آئی۔ واپس جائیں اور دوبارہ کوشش کریں۔",
)
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{reason} · Hunar</title>
<main><h1>Hunar</h1><p>{english}</p><p lang="ur" dir="rtl">{urdu}</p>
<p><a href="/">Go to the start</a> ·
<a href="/" lang="ur">شروع کے صفحے پر جائیں</a></p></main></html>
"""


class Refusal(Error):
    """What a person reads whose request never came to the application, in both languages."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__("")
        self.code = code
        self.reason = reason

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        english, urdu = SENTENCES.get(self.code, NOT_UNDERSTOOD)
        page = PAGE.format(reason=self.reason, english=english, urdu=urdu).encode()
        headers = [("Content-Type", "text/html; charset=utf-8")]
        if self.code == CROWDED.code:
            headers.append(("Retry-After", "60"))
        return f"{self.code} {self.reason}", headers, page


LATE = Refusal(408, "Request Timeout")
CROWDED = Refusal(503, "Service Unavailable")


class Lanes:
    """Threads for reading, for writing and for hashing: who does one waits behind no other."""

    def __init__(self, readers: ThreadedTaskDispatcher) -> None:
        self._readers = readers
        self._writers = _threads(WRITERS)
        self._hashers = _threads(HASHERS)

    def add_task(self, channel: HTTPChannel) -> None:
        request = channel.requests[0]
        lane = self._hashers if request.path.startswith(HASHING) else self._writers
        (self._readers if request.command in SAFE else lane).add_task(channel)

    def shutdown(self) -> None:
        for lane in (self._readers, self._writers, self._hashers):
            lane.shutdown()


def _threads(count: int) -> ThreadedTaskDispatcher:
    lane = ThreadedTaskDispatcher()
    lane.set_thread_count(count)
    return lane


class Request(HTTPRequestParser):
    """A request that knows when its first byte came."""

    command = "GET"  # until the first line has come
    path = ""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.completed:  # refused by its headers, or without a body: nothing is waited for
            self.expect_continue = False
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        # Whoever stands in front may have read its length from the other header, and taken for
        # its body what we would answer as the next request.
        if "TRANSFER_ENCODING" in self.headers or (
            self.chunked and "CONTENT_LENGTH" in self.headers
        ):
            raise ParsingError("A request says its length in two ways")

    def is_late(self, moment: float) -> bool:
        """Tell whether it takes longer to arrive than a slow line excuses."""
        size = max(self.content_length, self.body_bytes_received)
        return moment > self.began + LINGER_SECONDS + size / SLOWEST_BYTES_A_SECOND


class Connection(HTTPChannel):
    """One client's line: bounded in time, and closed in order when the process goes."""

    parser_class = Request
    request: Request | None
    is_leaving = False
    answered = math.inf
    answer_bytes = 0

    @property
    def is_idle(self) -> bool:
        return not (self.requests or self.request is not None or self.total_outbufs_len)

    @property
    def bytes_under_way(self) -> int:
        return self.request.body_bytes_received if self.request is not None else 0

    def service(self) -> None:
        request = self.requests[0]
        if request.error:  # waitress's own words are for its developers
            request.error = Refusal(request.error.code, request.error.reason)
        if self.is_leaving:  # the answer says that no further request is taken on this line
            request.headers["CONNECTION"] = "close"
        self.answered = time.monotonic()
        super().service()
        self.answered, self.answer_bytes = time.monotonic(), self.total_outbufs_len

    def refuse(self, error: Refusal) -> None:
        """Answer what has come so far with an error, and close."""
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return
            request = self.request or self.parser_class(self.adj)
            self.request = None
            request.error = error
            request.completed = True
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def look(self, moment: float) -> None:
        """End a request that comes, or an answer that goes, slower than any line."""
        if self.request is not None and self.request.is_late(moment):
            self.refuse(LATE)
        excused = self.answered + LINGER_SECONDS + self.answer_bytes / SLOWEST_BYTES_A_SECOND
        if self.total_outbufs_len and not self.requests and moment > excused:
            self.handle_close()


class Server:
    """The connections of one process; whoever runs it calls `turn` again and again."""

    def __init__(
        self, application: Any, sockets: list[socket.socket], *, is_behind_proxy: bool
    ) -> None:
        self._map: dict[int, Any] = {}
        self._is_behind_proxy = is_behind_proxy
        self._watched = 0.0
        reading = create_server(
            application,
            map=self._map,
            sockets=sockets,
            threads=READERS,
            connection_limit=MOST_CONNECTIONS,
            max_request_body_size=MOST_BODY_BYTES,
            channel_timeout=LINGER_SECONDS,
            cleanup_interval=WATCH_SECONDS,
            asyncore_use_poll=True,
            backlog=2048,
            ident=None,
            # The application heeds these headers only behind proxies it was told to trust.
            clear_untrusted_proxy_headers=False,
        )
        self._lanes = Lanes(reading.task_dispatcher)
        self._listening = self._all(BaseWSGIServer)
        for listening in self._listening:
            listening.task_dispatcher = self._lanes
            listening.channel_class = Connection

    def turn(self) -> None:
        """Take and give what can be taken and given now; waits a little where that is nothing."""
        wasyncore.loop(LOOK_SECONDS, use_poll=True, map=self._map, count=1)
        if time.monotonic() > self._watched + WATCH_SECONDS:
            self._watched = time.monotonic()
            self._watch(self._watched)

    def drain(self) -> Iterator[None]:
        """Take nothing new and finish what is under way; each step is a turn of its own."""
        for listening in self._listening:
            listening.accepting = False
            listening.del_channel()
            listening.socket.close()  # whoever comes after a killed first process takes its port
        began = time.monotonic()
        while (connections := self._all(Connection)) and time.monotonic() < began + DRAIN_SECONDS:
            for connection in connections:
                connection.is_leaving = True
                # Somebody's next request may be on its way along a line that is kept open.
                if connection.is_idle and time.monotonic() > began + IDLE_DRAIN_SECONDS:
                    connection.will_close = True
            self.turn()
            yield
        self._lanes.shutdown()
        for listening in self._listening:
            listening.close()

    def _watch(self, moment: float) -> None:
        connections = self._all(Connection)
        for connection in connections:
            connection.look(moment)
        if not self._is_behind_proxy:
            _share(connections)
        if sum(one.bytes_under_way for one in connections) > MOST_BYTES_UNDER_WAY:
            largest = max(connections, key=lambda one: one.bytes_under_way)
            largest.refuse(CROWDED)

    def _all(self, kind: type[Any]) -> list[Any]:
        return [one for one in list(self._map.values()) if isinstance(one, kind)]


def _share(connections: list[Connection]) -> None:
    """Send away the newest lines of an address that has more than its share."""
    held: Counter[str] = Counter()
    for connection in sorted(connections, key=lambda one: one.creation_time):
        held[connection.addr[0]] += 1
        if held[connection.addr[0]] > MOST_OF_ONE_ADDRESS and not connection.requests:
            connection.refuse(CROWDED)


class BufferingWorker(Worker):
    """A gunicorn worker whose requests and answers are gathered by waitress."""

    def run(self) -> None:
        # A queue of requests is what this server is for, not worth a line in the log each time.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
        config = self.wsgi.extensions["hunar"].config
        sockets = [listener.sock for listener in self.sockets]
        server = Server(self.wsgi, sockets, is_behind_proxy=bool(config.trusted_proxies))
        while self.alive and self.ppid == os.getppid():
            self.notify()
            server.turn()
        for _ in server.drain():
            self.notify()
