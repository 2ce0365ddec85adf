"""Arrays made once of a text model and the shipped vocabulary: kept in a file, checked when read.

The file names both; where either is another now, what it holds does not fit and is not used.
"""

import hashlib
import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np


class Unfit(ValueError):
    """A file that was not made for this text model and vocabulary, or is missing or damaged."""


def save(target: Path, *, model: str, taxonomy: Path, **arrays: Any) -> int:
    """Write the arrays to `target` in one step; return the file's size in bytes.

    Equal arrays give equal bytes.
    """
    content = io.BytesIO()
    made_of = np.array([model, digest_of(taxonomy)])
    np.savez_compressed(content, made_of=made_of, **arrays)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as aside:
        aside.write(content.getvalue())
    os.chmod(aside.name, 0o644)
    os.replace(aside.name, target)
    return target.stat().st_size


def read(path: Path, what: str, *, model: str, taxonomy: Path) -> tuple[dict[str, Any], str]:
    """Return the arrays by name and the file's SHA-256; raises `Unfit` with a sentence.

    `what` names what is kept, such as "title side".
    """
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content)) as kept:
            arrays = {name: kept[name] for name in kept.files}
        made_for, vocabulary = arrays.pop("made_of").tolist()
    except FileNotFoundError as error:
        raise Unfit(f"There is no {what} yet.") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise Unfit(f"The {what} cannot be read.") from error
    if made_for != model:
        raise Unfit(f"The {what} was made for another text model.")
    if vocabulary != digest_of(taxonomy):
        raise Unfit(f"The {what} was made from another vocabulary.")
    return arrays, hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
