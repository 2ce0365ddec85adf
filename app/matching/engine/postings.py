"""An inverted index as flat arrays: for each term the documents that hold it, and how often.

The arrays can be memory-mapped, the vocabulary too, so that processes share them.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Positions32 = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]

MOST_COUNTED = 255
"""A term repeated more often than this in a document counts this often; it fits in a byte."""
_CHUNK_TERMS = 4_000_000
_MOST_REMEMBERED = 100_000


@dataclass(frozen=True)
class Vocabulary:
    """V distinct terms in the order of their code points; `text[starts[i]:starts[i+1]]` is one."""

    text: Bytes
    """UTF-8."""
    starts: Offsets
    """int64[V + 1]."""
    _found: dict[str, int | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, ascending_terms: Sequence[str]) -> Self:
        """Hold the terms, which are distinct and already sorted."""
        encoded = [_encoded(term) for term in ascending_terms]
        starts = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(one) for one in encoded], out=starts[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def __len__(self) -> int:
        """Return V."""
        return len(self.starts) - 1

    def find(self, term: str) -> int | None:
        """Return the number of `term`, in [0, V), or None if no document holds it."""
        # Queries ask for the same words again and again, and a bisection costs a dozen
        # microseconds where a dictionary of all terms would cost 100 MB in every process.
        if term in self._found:
            return self._found[term]
        if len(self._found) >= _MOST_REMEMBERED:
            self._found.clear()
        number = self._found[term] = self._bisected(_encoded(term))
        return number

    def __iter__(self) -> Iterator[str]:
        """Yield the terms in order."""
        for start, end in pairwise(self.starts.tolist()):
            yield self.text[start:end].tobytes().decode("utf-8", "surrogatepass")

    def _bisected(self, wanted: bytes) -> int | None:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = self.text[self.starts[middle] : self.starts[middle + 1]].tobytes()
            if found == wanted:
                return middle
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None


@dataclass(frozen=True)
class Postings:
    """Which of N documents hold which of V terms, in P (term, document) pairs, by term."""

    vocabulary: Vocabulary
    starts: Offsets
    """int64[V + 1]: the pairs of term i are starts[i]:starts[i + 1]."""
    documents: Positions32
    """int32[P]: positions in [0, N), ascending within a term."""
    counts: Bytes
    """uint8[P]: how often the document holds the term, at least 1."""
    lengths: Positions32
    """int32[N]: the number of terms in each document."""

    @classmethod
    def count(cls, documents: Iterable[Sequence[str]]) -> Self:
        """Count the terms of each document; read once, so `documents` may be a stream.

        Memory: about twice what the postings themselves take, 5 bytes a pair.
        Raises ValueError when a document is a string instead of a list of terms.
        """
        numbers: dict[str, int] = {}
        lengths = array("i")
        chunks = [_counted(*chunk) for chunk in _chunks(documents, numbers, lengths)]
        terms = sorted(numbers)
        rank = np.empty(len(terms), np.int64)
        rank[[numbers[term] for term in terms]] = np.arange(len(terms))
        vocabulary = Vocabulary.of(terms)
        return cls(vocabulary, *_gathered(chunks, rank), np.array(lengths, np.int32))

    def of(self, term: str) -> tuple[Positions32, Bytes]:
        """Return the documents that hold `term`, ascending, and how often; empty if none does."""
        number = self.vocabulary.find(term)
        if number is None:
            return self.documents[:0], self.counts[:0]
        part = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.documents[part], self.counts[part]

    def held(self, term: str) -> int:
        """Return the number of documents that hold `term`."""
        return len(self.of(term)[0])

    def save(self, folder: Path) -> None:
        """Write one file for each array into `folder`, which exists."""
        for name, values in self._arrays().items():
            np.save(folder / f"postings-{name}.npy", values)

    @classmethod
    def load(cls, folder: Path, mmap: bool) -> Self:
        """Open what `save` wrote; raises OSError or ValueError when it is damaged."""

        def read(name: str) -> npt.NDArray[Any]:
            file = folder / f"postings-{name}.npy"
            return np.asarray(np.load(file, mmap_mode="r" if mmap else None))

        vocabulary = Vocabulary(read("text"), read("text-starts"))
        loaded = cls(vocabulary, read("starts"), read("documents"), read("counts"), read("lengths"))
        loaded._check()
        return loaded

    def _arrays(self) -> dict[str, npt.NDArray[Any]]:
        return {
            "text": self.vocabulary.text,
            "text-starts": self.vocabulary.starts,
            "starts": self.starts,
            "documents": self.documents,
            "counts": self.counts,
            "lengths": self.lengths,
        }

    def _check(self) -> None:
        """Refuse arrays that do not fit together; a wrong number inside one is not seen."""
        kinds = [values.dtype for values in self._arrays().values()]
        if kinds != [np.uint8, np.int64, np.int64, np.int32, np.uint8, np.int32]:
            raise ValueError("its arrays are of other types.")
        for starts, values in (
            (self.vocabulary.starts, self.vocabulary.text),
            (self.starts, self.documents),
            (self.starts, self.counts),
        ):
            if starts[0] != 0 or starts[-1] != len(values) or (starts[1:] < starts[:-1]).any():
                raise ValueError("its arrays do not fit together.")
        if len(self.vocabulary.starts) != len(self.starts):
            raise ValueError("its arrays do not fit together.")


_Chunk = tuple[Positions32, Positions32, Bytes]


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")


def _chunks(
    documents: Iterable[Sequence[str]], numbers: dict[str, int], lengths: "array[int]"
) -> Iterator[tuple[Positions32, Positions32, int]]:
    """Yield term numbers and the documents' lengths of some documents, and the first's position.

    Fills `numbers`, the number of each term by first appearance, and `lengths` as it goes.
    """
    codes = array("i")
    first = 0
    for terms in documents:
        if isinstance(terms, str):
            raise ValueError("A document must be a list of terms, not a string.")
        codes.extend([numbers.setdefault(term, len(numbers)) for term in terms])
        lengths.append(len(terms))
        if len(codes) >= _CHUNK_TERMS:
            yield np.array(codes, np.int32), np.array(lengths[first:], np.int32), first
            codes, first = array("i"), len(lengths)
    yield np.array(codes, np.int32), np.array(lengths[first:], np.int32), first


def _counted(codes: Positions32, lengths: Positions32, first: int) -> _Chunk:
    """Return the distinct (term, document) pairs of a chunk, by term, and their counts."""
    width = max(len(lengths), 1)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    pairs, counts = np.unique(codes.astype(np.int64) * width + owners, return_counts=True)
    terms, documents = np.divmod(pairs, width)
    return (
        terms.astype(np.int32),
        (documents + first).astype(np.int32),
        np.minimum(counts, MOST_COUNTED).astype(np.uint8),
    )


def _gathered(chunks: list[_Chunk], rank: Offsets) -> tuple[Offsets, Positions32, Bytes]:
    """Join the chunks' pairs by the `rank` of their term; empties `chunks` as it goes."""
    sizes = np.zeros(len(rank), np.int64)
    for terms, _, _ in chunks:
        sizes += np.bincount(terms, minlength=len(rank))
    starts = np.zeros(len(rank) + 1, np.int64)
    np.cumsum(sizes[np.argsort(rank)], out=starts[1:])
    documents = np.empty(starts[-1], np.int32)
    counts = np.empty(starts[-1], np.uint8)
    free = starts[:-1][rank]
    chunks.reverse()
    while chunks:
        terms, chunk_documents, chunk_counts = chunks.pop()
        held = np.bincount(terms, minlength=len(rank))
        before = np.cumsum(held) - held
        places = free[terms] + np.arange(len(terms)) - before[terms]
        documents[places] = chunk_documents
        counts[places] = chunk_counts
        free += held
    return starts, documents, counts
