"""`read`: what a file's bytes say, told by its first bytes and parsed in a process apart."""

import os
import re
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path
from typing import NamedTuple

from app.errors import Conflict, Invalid, TooLarge
from app.texts import DIRECTION_CHANGERS, message

MOST_FILE_BYTES = 5 * 1024 * 1024
MOST_TEXT_BYTES = 200_000
WALL_SECONDS = 15
_LONG_GAP = re.compile(r"[ \t]{2,}")
_EMPTY_LINES = re.compile(r"\n{3,}")
_LONG_WORD = re.compile(r"\S{300}(?=\S)")
_SEPARATOR = "\x1e"
"""Between the text and the links, as the parser writes them."""
_PARSER = Path(__file__).with_name("parsing.py")
# Each takes much of a core and of memory; whoever waits longer than one takes is sent away.
_PLACES = threading.BoundedSemaphore(2)

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TAKEN = message("Send a PDF, a DOCX or a plain text file.")
_TOO_MUCH = message("This file is too large inside. Send a shorter one, or paste its text.")
_NO_TEXT = message("There is no text in this file. Is it a scan? Paste the text instead.")
_REFUSALS = {
    "empty": _NO_TEXT,
    "locked": message("This file is locked with a password. Save it without one and try again."),
    "large": _TOO_MUCH,
    "broken": message("This file is broken. Save it anew, or paste its text."),
    "other": _TAKEN,
}


class Document(NamedTuple):
    """A file's text, clean, and the addresses of pages that its words are linked to, as found."""

    text: str
    links: tuple[str, ...] = ()


def read(data: bytes) -> Document:
    """Return what the file says; raises `Invalid` with what is wrong and how to mend it."""
    if len(data) > MOST_FILE_BYTES:
        raise TooLarge("The file is larger than 5 MB. Send a smaller one, or paste its text.")
    if not data.strip():
        raise Invalid("This file is empty.")
    kind = _kind(data)
    found = _parsed(data, kind) if kind else Document(_decoded(data))
    text = tidy(found.text)
    if not text:
        raise Invalid(_NO_TEXT)
    return Document(text, found.links)


def tidy(text: str) -> str:
    """Return text in NFC without what no form takes: control and direction-changing characters.

    The private characters that PDFs draw bullets with become bullets. Long runs of blanks, and of
    anything but blanks, are cut: whatever reads the text later need not fear them.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    seen = "".join(_plain(character) for character in text)
    lines = (_LONG_GAP.sub("  ", line.rstrip()) for line in seen.split("\n"))
    return _LONG_WORD.sub(r"\g<0> ", _EMPTY_LINES.sub("\n\n", "\n".join(lines))).strip()


def _plain(character: str) -> str:
    kind = unicodedata.category(character)
    if character in "\n\t" or kind not in ("Cc", "Cs", "Co", "Zl", "Zp", "Zs", "Cf"):
        return character
    if character in "\r\v\f\u2028\u2029\x85":
        return "\n"
    if kind == "Zs":
        return " "
    if kind == "Co":
        return "\u2022"
    is_mark = kind == "Cf" and character not in DIRECTION_CHANGERS and character != "\ufeff"
    return character if is_mark else ""


def _kind(data: bytes) -> str:
    """Name the parser; empty for plain text."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    if data.startswith(_OLD_WORD):
        raise Invalid(
            "This is an old Word file, or one with a password. "
            "Save it as DOCX or PDF without a password."
        )
    return ""


def _decoded(data: bytes) -> str:
    encodings = ("utf-8-sig", "cp1252")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16", "utf-16-le")
    elif b"\0" in data or data.startswith(b"{\\rtf"):
        raise Invalid(_TAKEN)
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text[:MOST_TEXT_BYTES]
    raise Invalid(_TAKEN)


def _parsed(data: bytes, kind: str) -> Document:
    if not _PLACES.acquire(timeout=WALL_SECONDS):
        raise Conflict("Many files are being read just now. Try again in a minute.")
    try:
        answer = _run(data, kind)
    finally:
        _PLACES.release()
    word, _, packed = answer.partition(b"\n")
    if word == b"text":
        text, _, links = packed.decode("utf-8", "ignore").rpartition(_SEPARATOR)
        return Document(text, tuple(filter(None, links.split("\n"))))
    # No word at all: the system ended the process, for its memory or its time.
    raise Invalid(_REFUSALS.get(word.decode("ascii", "replace"), _TOO_MUCH))


def _run(data: bytes, kind: str) -> bytes:
    # Isolated (-I): no environment, no folder of ours on its path. Its output is a file in
    # memory, so that the limit on file sizes holds for it, and it never lies on a disk.
    with os.fdopen(os.memfd_create("text"), "w+b") as output:
        try:
            subprocess.run(  # noqa: S603  (our own program, and no word of it from outside)
                [sys.executable, "-I", str(_PARSER), kind],
                input=data,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return b"large\n"
        output.seek(0)
        return output.read(2 * MOST_TEXT_BYTES)
