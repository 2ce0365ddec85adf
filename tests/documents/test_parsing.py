"""The hands of the parser are bound: no file, no socket, little memory and little time."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

import app.documents

PLACE = Path(app.documents.__file__).parent


def bound(then: str) -> str:
    """What the last line of a Python with bound hands says."""
    code = f"import sys, socket; sys.path.insert(0, {str(PLACE)!r}); import parsing\n"
    code += f"parsing.bind_hands()\n{then}"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    return (ran.stdout + ran.stderr).strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("socket.socket()", "Too many open files"),
        ("socket.create_connection(('127.0.0.1', 9))", "Too many open files"),
        ("open('/etc/passwd')", "Too many open files"),
        ("bytearray(parsing.MEMORY_BYTES)", "MemoryError"),
    ],
)
def test_it_reaches_nothing(then: str, words: str):
    assert words in bound(then)


def test_its_time_is_limited():
    said = bound("print(parsing.resource.getrlimit(parsing.resource.RLIMIT_CPU))")
    assert said == "(10, 10)"


def test_it_writes_no_more_than_it_may():
    said = bound("print(parsing.resource.getrlimit(parsing.resource.RLIMIT_FSIZE)[0])")
    assert said == "400000"


def test_our_own_process_stays_free():
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 3
