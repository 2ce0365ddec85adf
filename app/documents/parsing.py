"""A program of its own: a PDF or DOCX on its input, its text on its output, under hard limits.

`app.documents.files` runs it by its path. The first line it writes is one word, `text` or why
there is none; behind the text stand the addresses its words are linked to. The process has no
files, no network and little memory by the time it reads.
"""

import codecs
import contextlib
import importlib
import io
import pkgutil
import resource
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

import docx
import pypdf
from docx.oxml.ns import qn
from pypdf.errors import PdfReadError

MOST_TEXT_BYTES = 200_000
MOST_PAGES = 60
MOST_LINKS = 50
LONGEST_LINK = 300
MOST_NOTES = 1000
SEPARATOR = "\x1e"
MOST_UNPACKED_BYTES = 40 * 1024 * 1024
MOST_PARTS = 2000
CPU_SECONDS = 10
MEMORY_BYTES = 768 * 1024 * 1024
# What files name. All that could be imported later is imported before the limits.
_CODECS = """latin-1 cp1252 cp437 mac-roman ascii utf-8 utf-16 utf-16-be utf-16-le gbk gb18030
big5 big5hkscs cp949 euc-kr shift-jis euc-jp charmap unicode-escape raw-unicode-escape"""
_GAPS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}
# A text box is written twice: the fallback is the copy for old programs.
_COPY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class Refused(Exception):
    """There is no text to be had; the words are for `app.documents.files`."""


def main(kind: str) -> None:
    """Read the input as a `kind`, "pdf" or "docx", and write what was found."""
    data = sys.stdin.buffer.read()
    bind_hands()
    text, links = "", ""
    try:
        text, found = read_pdf(data) if kind == "pdf" else read_docx(data)
        links = "\n".join(dict.fromkeys(filter(_is_address, found)))
        word = "text" if text.strip() else "empty"
    except Refused as refusal:
        word, text = str(refusal), ""
    except (MemoryError, RecursionError, pypdf.errors.LimitReachedError):
        word, text = "large", ""
    except Exception:
        # Whatever a parser trips over in a stranger's file means that the file is broken.
        word, text = "broken", ""
    packed = text.replace(SEPARATOR, " ").encode("utf-8", "replace")[:MOST_TEXT_BYTES]
    packed += (SEPARATOR + links).encode("utf-8", "replace")
    sys.stdout.buffer.write(word.encode() + b"\n" + packed)


def bind_hands() -> None:
    """Take away memory, time, and with every further file descriptor also the network."""
    for codec in _CODECS.split():
        codecs.lookup(codec)
    for part in pkgutil.walk_packages(pypdf.__path__, "pypdf."):
        with contextlib.suppress(ImportError):  # what ciphers would need
            importlib.import_module(part.name)
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 2 * MOST_TEXT_BYTES),
        (resource.RLIMIT_CORE, 0),
        # The three that are open stay; a file or a socket would need a fourth.
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(limit, (most, most))


def read_pdf(data: bytes) -> tuple[str, list[str]]:
    """The text of a PDF's first pages and what its words are linked to.

    One that only guards its printing opens without a word.
    """
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        _unlock(reader)
    pages = reader.pages[:MOST_PAGES]
    text = _joined(page.extract_text() + "\n\n" for page in pages)
    return text, [link for page in pages for link in _links_of(page)][:MOST_LINKS]


def _links_of(page: Any) -> Iterator[str]:
    """The addresses of a page's links. A link that is broken breaks nothing else."""
    with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError, PdfReadError):
        for note in islice(page.annotations or (), MOST_NOTES):
            action = note.get_object().get("/A")
            if action is not None and "/URI" in action.get_object():
                yield str(action.get_object()["/URI"])


def _is_address(link: str) -> bool:
    """Tell the addresses of pages from those of mail, telephones and places in the file."""
    is_web = link[:8].lower().startswith(("http://", "https://"))
    return is_web and len(link) <= LONGEST_LINK and link.isprintable()


def _unlock(reader: pypdf.PdfReader) -> None:
    try:
        opened = reader.decrypt("")
    except Exception as error:
        raise Refused("locked") from error
    if not opened:
        raise Refused("locked")


def read_docx(data: bytes) -> tuple[str, list[str]]:
    """The text of a Word document in its order, and what its words are linked to."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise Refused("large")
    if "word/document.xml" not in {part.filename for part in parts}:
        raise Refused("other")
    document = docx.Document(io.BytesIO(data))
    parts = document.part.rels
    names = (link.get(qn("r:id")) for link in document.element.body.iter(qn("w:hyperlink")))
    links = [parts[name].target_ref for name in names if name in parts and parts[name].is_external]
    return _joined(_pieces(document.element.body)), links[:MOST_LINKS]


def _joined(pieces: Iterator[str]) -> str:
    """Join the pieces until they are more than is taken."""
    kept, length = [], 0
    for piece in pieces:
        kept.append(piece)
        length += len(piece)
        if length > MOST_TEXT_BYTES:
            break
    return "".join(kept)


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _GAPS:
            yield _GAPS[child.tag]
        elif child.tag != _COPY and not _is_hidden(child):
            yield from _pieces(child)
            if child.tag == qn("w:p"):
                yield "\n"


def _is_hidden(element: Any) -> bool:
    return element.tag == qn("w:r") and element.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None


if __name__ == "__main__":
    main(sys.argv[1])
