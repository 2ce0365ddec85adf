"""The compiled Urdu that pages read: made anew where it is missing or older than its source."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parent.parent / "app/translations/ur/LC_MESSAGES/messages.po"


def compile_catalogue() -> None:
    """Compile the catalogue; a fresh clone has none, and git does not keep it."""
    compiled = SOURCE.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= SOURCE.stat().st_mtime:
        return
    # Two runs may do this at once, so each writes a file of its own and puts it in place.
    made = compiled.with_suffix(f".{os.getpid()}")
    with open(SOURCE, "rb") as source, open(made, "wb") as target:
        write_mo(target, read_po(source, locale="ur"))
    os.replace(made, compiled)
