"""The title side of a text model: made of the shipped vocabulary, kept in a file, checked.

The file names the text model and the vocabulary it was made of. Where either is another, titles
are encoded as any text is, and the log says how to make the title side anew.
"""

import hashlib
import io
import logging
import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.matching.encoder import TextEncoder, Vectors
from app.matching.encoding import spread
from app.matching.engine.titles import Named, TitleSide
from app.taxonomy import occupations
from app.taxonomy.occupations import Occupation

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "titles.npz"
FILE = "titles.npz"
"""Its name beside the exported model it was made for."""
SEED = 7
_NAME_DIGITS = 8


class Unfit(ValueError):
    """A title side that was not made for this text model and vocabulary, or is damaged."""


class TitleEncoder:
    """A text model whose titles are placed among the occupations; texts are left as they are."""

    def __init__(self, encoder: TextEncoder, side: TitleSide, digest: str) -> None:
        self._encoder = encoder
        self._side = side
        self._name = f"{encoder.name}+titles@{digest[:_NAME_DIGITS]}"

    @property
    def name(self) -> str:
        """The text model's and the title side's: another of either encodes everything anew."""
        return self._name

    @property
    def dimension(self) -> int:
        """As the text model's."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the text model does."""
        return self._encoder.encode(texts)

    def encode_titles(self, titles: Sequence[str]) -> Vectors:
        """Return float32[n, dimension], one unit vector for each title."""
        return self._side.place(self._encoder.encode_titles(titles))


def train(encoder: TextEncoder, target: Path, *, taxonomy: Path = occupations.DEFAULT) -> int:
    """Make the title side of a text model and write it; return the file's size in bytes.

    The same model and vocabulary on the same machine give the same bytes.
    """
    side = TitleSide.of(_named(encoder, occupations.read(taxonomy).occupations), seed=SEED)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        adapter=side.adapter.astype(np.float16),
        centroids=side.centroids,
        scales=side.scales,
        made_of=np.array([encoder.name, digest_of(taxonomy)]),
    )
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as aside:
        aside.write(content.getvalue())
    os.chmod(aside.name, 0o644)
    os.replace(aside.name, target)
    return target.stat().st_size


def load(encoder: TextEncoder, path: Path, *, taxonomy: Path = occupations.DEFAULT) -> TitleEncoder:
    """Return `encoder` with the title side of `path`; raises `Unfit` with a sentence."""
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content)) as kept:
            side = TitleSide(kept["adapter"].astype(np.float32), kept["centroids"], kept["scales"])
            model, vocabulary = kept["made_of"].tolist()
    except FileNotFoundError as error:
        raise Unfit("There is no title side yet.") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise Unfit("The title side cannot be read.") from error
    if model != encoder.name:
        raise Unfit("The title side was made for another text model.")
    if vocabulary != digest_of(taxonomy):
        raise Unfit("The title side was made from another vocabulary.")
    return TitleEncoder(encoder, side, hashlib.sha256(content).hexdigest())


def best(
    encoder: TextEncoder,
    folder: Path,
    *,
    shipped: Path = SHIPPED,
    taxonomy: Path = occupations.DEFAULT,
) -> TextEncoder:
    """Return `encoder` with the title side made in `folder`, else the shipped one, else alone."""
    reason = ""
    for path in (folder / FILE, shipped):
        try:
            return load(encoder, path, taxonomy=taxonomy)
        except Unfit as unfit:
            reason = str(unfit)
    log.warning("%s Run “flask matching train-titles”; until then titles match as texts.", reason)
    return encoder


def _named(encoder: TextEncoder, entries: Sequence[Occupation]) -> Named:
    groups = [tuple(dict.fromkeys((entry.title, *entry.titles))) for entry in entries]
    described = [entry.description or entry.title for entry in entries]
    texts = list(dict.fromkeys((*(title for group in groups for title in group), *described)))
    places = {text: place for place, text in enumerate(texts)}
    vectors = spread(encoder.encode, texts, threads=len(os.sched_getaffinity(0)))
    return Named(
        vectors[[places[title] for group in groups for title in group]],
        np.repeat(np.arange(len(groups)), [len(group) for group in groups]),
        vectors[[places[text] for text in described]],
    )


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
