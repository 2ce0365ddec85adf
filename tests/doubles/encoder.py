"""A text model for tests: a bag of hashed words. Fast, the same everywhere, and never asleep."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from app.matching.encoder import Vectors

_WORD = re.compile(r"\w+")


class HashingEncoder:
    """Texts that share words are near each other; nothing else is known about them."""

    def __init__(self, name: str = "hashing", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.encoded = 0
        """How many texts were encoded so far."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32[n, dimension], one unit vector for each text."""
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            # One axis that all texts share a little, so that none is empty and none is opposite.
            row[0] = 0.1
            for word in _WORD.findall(text.lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
                row[int.from_bytes(digest) % self.dimension] += 1
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        return vectors / lengths[:, np.newaxis]

    def encode_titles(self, titles: Sequence[str]) -> Vectors:
        """The same for titles."""
        return self.encode(titles)
