"""What slow lines cost everybody else: python -m bench.slow_lines [--servers ours threads nginx]

Starts the site of the instance folder once for each server, on loopback, and measures somebody who
opens a page and saves a form ten times a second: first alone, then beside 200 lines that send the
headers of a request a byte a second, 200 that send a form so, 100 that send a file of 5 MB at 400
kbit/s, and 100 that read their answer so slowly that it never ends. Prints a table. `ours` is what
`gunicorn.conf.py` says, `threads` are gunicorn's own, `nginx` stands in front of those where it is
installed. Needs a filled demo (run `./run` once); all of it stays on this machine.
"""

import argparse
import asyncio
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import numpy as np
import requests

from bench.freshness import Browser, filled

HOST = "127.0.0.1"
SERVERS = ("ours", "threads", "nginx")
HEADERS, FORMS, FILES, READERS = 200, 200, 100, 100
FILE_BYTES = 5_000_000
LINE_BYTES_A_SECOND = 50_000  # 400 kbit/s
EVERY_SECONDS = 0.1
PATIENCE = 30
BIN = Path(sys.executable).parent
THREADS = ["--worker-class", "gthread", "--threads", "4"]  # as ./run started it before
NGINX = """
{user} daemon off; error_log stderr crit; pid {folder}/pid;
events {{ worker_connections 4096; }}
http {{ access_log off; client_max_body_size 26m; keepalive_timeout 60;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port} backlog=1024;
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $http_host; }} }} }}
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    print(f"{'':>8}{'':>8}{'page ms':>16}{'save ms':>18}")
    print(f"{'server':>8}{'lines':>8}{'p50':>8}{'p99':>8}{'p50':>10}{'p99':>8}{'MB':>7}  answers")
    for server in given.servers:
        if server == "nginx" and not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
            print(f"{server:>8}  is not installed here")
            continue
        with _served(server) as (port, process):
            url = f"http://{HOST}:{port}"
            browser = Browser(url, "freelancer")
            form = filled(browser.page("/jobs").find("form", class_="tongue"))
            for slow in (False, True):
                with _slow_lines(port) if slow else nullcontext():
                    lines = _open_lines(port)
                    times, answers = _measure(url, browser, form, given.seconds)
                    memory = _megabytes(process.pid)
                print(_row(server, lines, times, memory), dict(sorted(answers.items())), flush=True)


def _row(server: str, lines: int, times: dict[str, list[float]], memory: float) -> str:
    page = np.quantile(times["page"], [0.5, 0.99]) * 1e3
    save = np.quantile(times["save"], [0.5, 0.99]) * 1e3
    times_of = f"{page[0]:8.0f}{page[1]:8.0f}{save[0]:10.0f}{save[1]:8.0f}"
    return f"{server:>8}{lines:8}{times_of}{memory:7.0f} "


@contextmanager
def _served(server: str):
    port, behind = _free_port(), _free_port()
    bound = behind if server == "nginx" else port
    command = [BIN / "gunicorn", *("--bind", f"{HOST}:{bound}", "--log-level", "critical")]
    command += [*([] if server == "ours" else THREADS), "wsgi:app"]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "HUNAR_URL": f"http://{HOST}:{port}"}
        processes = [subprocess.Popen(command, env=environ)]
        if server == "nginx":
            settings = Path(folder, "nginx.conf")
            user = "" if os.geteuid() else "user root;"  # its files lie in our folder
            settings.write_text(NGINX.format(user=user, folder=folder, port=port, behind=behind))
            nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
            processes.append(subprocess.Popen([nginx, "-c", settings, "-p", folder]))
        try:
            _wait(port)
            yield port, processes[0]
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _wait(port: int) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with suppress(requests.RequestException):
            if requests.get(f"http://{HOST}:{port}/healthz", timeout=5).ok:
                return
        time.sleep(0.1)
    raise SystemExit("The site does not start: run ./run once, then this.")


def _megabytes(master: int) -> float:
    """Memory that the processes have to themselves, gunicorn's master and its workers."""
    found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout
    total = 0
    for pid in [str(master), *found.split()]:
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return total / 1024


def _open_lines(port: int) -> int:
    """How many connections to the port are open now."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def _measure(
    url: str, browser: Browser, form: dict[str, list[str]], seconds: int
) -> tuple[dict[str, list[float]], Counter]:
    """Somebody's pages and saves, each from when it was due; seconds."""
    cookies = browser.cookies.get_dict()
    fields = form | {"language": ["en"]}
    times: dict[str, list[float]] = {"page": [], "save": []}
    answers: Counter = Counter()

    def act(number: int) -> None:
        due = began + number * EVERY_SECONDS
        time.sleep(max(0.0, due - time.perf_counter()))
        what = ("page", "save")[number % 2]
        given = {"cookies": cookies, "timeout": PATIENCE, "allow_redirects": False}
        try:
            if what == "page":
                answer = requests.get(f"{url}/jobs", **given).status_code
            else:
                answer = requests.post(f"{url}/language", data=fields, **given).status_code
        except requests.RequestException as error:
            answer = type(error).__name__
        times[what].append(time.perf_counter() - due)
        answers[f"{what} {answer}"] += 1

    began = time.perf_counter() + 0.5
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(act, range(round(seconds / EVERY_SECONDS))))
    return times, answers


@contextmanager
def _slow_lines(port: int):
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_crawl, args=(port,), daemon=True)
    process.start()
    time.sleep(5)  # until all of them are under way
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _crawl(port: int) -> None:
    asyncio.run(_all_lines(port))


async def _all_lines(port: int) -> None:
    kinds = [_headers] * HEADERS + [_form] * FORMS + [_file] * FILES + [_reader] * READERS
    await asyncio.gather(*(_again(kind, port, number) for number, kind in enumerate(kinds)))


async def _again(kind, port: int, number: int) -> None:
    await asyncio.sleep(number / 200)
    while True:
        with suppress(OSError, asyncio.TimeoutError):
            line = socket.socket()
            line.setblocking(False)
            if kind is _reader:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            await asyncio.get_running_loop().sock_connect(line, (HOST, port))
            reader, writer = await asyncio.open_connection(sock=line, limit=1024)
            try:
                await kind(reader, writer)
            finally:
                writer.close()
        await asyncio.sleep(0.2)


async def _trickle(writer, data: bytes, *, piece: int, pause: float) -> None:
    for start in range(0, len(data), piece):
        writer.write(data[start : start + piece])
        await writer.drain()
        await asyncio.sleep(pause)


async def _headers(_reader, writer) -> None:
    await _trickle(writer, b"GET /jobs HTTP/1.1\r\nX-A: " + b"a" * 5000, piece=1, pause=1)


async def _form(_reader, writer) -> None:
    kind = b"Content-Type: application/x-www-form-urlencoded"
    head = (
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
        + kind
        + b"\r\nContent-Length: 5000\r\n\r\n"
    )
    writer.write(head)
    await _trickle(writer, b"a=" + b"b" * 4998, piece=1, pause=1)


async def _file(reader, writer) -> None:
    parted = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = parted + b"a" * FILE_BYTES + b"\r\n--x--\r\n"
    head = b"POST /profile/cv HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; "
    writer.write(head + b"boundary=x\r\nContent-Length: %d\r\n\r\n" % len(body))
    piece = round(LINE_BYTES_A_SECOND * 0.1)
    await _trickle(writer, body, piece=piece, pause=0.1)
    await reader.read(1024)


async def _reader(reader, writer) -> None:
    # Twenty answers asked for at once and unpacked: more than the kernel's buffers take.
    writer.write(b"GET /static/hunar.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
    while await reader.read(64):
        await asyncio.sleep(1)


if __name__ == "__main__":
    main()
