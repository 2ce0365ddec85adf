"""The title side of a text model: made of the shipped vocabulary, kept in a file, checked.

The file names the text model and the vocabulary it was made of. Where either is another, titles
are encoded as any text is, and the log says how to make the title side anew.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.matching import kept
from app.matching.encoder import TextEncoder, Vectors
from app.matching.encoding import spread
from app.matching.engine.titles import Named, TitleSide
from app.matching.kept import Unfit
from app.taxonomy import occupations
from app.taxonomy.occupations import Occupation

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "titles.npz"
FILE = "titles.npz"
"""Its name beside the exported model it was made for."""
SEED = 7
_NAME_DIGITS = 8
_MARK = "+titles@"
_WHAT = "title side"


class TitleEncoder:
    """A text model whose titles are placed among the occupations; texts are left as they are."""

    def __init__(self, encoder: TextEncoder, side: TitleSide, digest: str) -> None:
        self._encoder = encoder
        self._side = side
        self._name = f"{encoder.name}{_MARK}{digest[:_NAME_DIGITS]}"

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
    return kept.save(
        target,
        model=text_model(encoder),
        taxonomy=taxonomy,
        adapter=side.adapter.astype(np.float16),
        centroids=side.centroids,
        scales=side.scales,
    )


def load(encoder: TextEncoder, path: Path, *, taxonomy: Path = occupations.DEFAULT) -> TitleEncoder:
    """Return `encoder` with the title side of `path`; raises `Unfit` with a sentence."""
    arrays, digest = kept.read(path, _WHAT, model=text_model(encoder), taxonomy=taxonomy)
    try:
        adapter = arrays["adapter"].astype(np.float32)
        side = TitleSide(adapter, arrays["centroids"], arrays["scales"])
    except KeyError as error:
        raise Unfit(f"The {_WHAT} cannot be read.") from error
    return TitleEncoder(encoder, side, digest)


def text_model(encoder: TextEncoder) -> str:
    """The name of the text model alone, without its title side."""
    return text_model_named(encoder.name)


def text_model_named(name: str) -> str:
    """The name without that of a title side."""
    return name.partition(_MARK)[0]


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
