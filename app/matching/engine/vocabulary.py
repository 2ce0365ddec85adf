"""Terms as numbers: a sorted table of distinct terms that can be memory-mapped and shared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.arrays import check_starts, read_array

_MOST_REMEMBERED = 100_000


@dataclass(frozen=True)
class Vocabulary:
    """V distinct terms in the order of their code points; `text[starts[i]:starts[i+1]]` is one."""

    text: npt.NDArray[np.uint8]
    """UTF-8."""
    starts: npt.NDArray[np.int64]
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

    def save(self, folder: Path) -> None:
        """Write the terms into `folder`, which exists."""
        np.save(folder / "terms-text.npy", self.text)
        np.save(folder / "terms-starts.npy", self.starts)

    @classmethod
    def load(cls, folder: Path, mmap: bool) -> Self:
        """Open what `save` wrote; raises OSError or ValueError when it is damaged."""
        text = read_array(folder / "terms-text.npy", np.uint8, mmap)
        starts = read_array(folder / "terms-starts.npy", np.int64, mmap)
        check_starts(starts, text)
        return cls(text, starts)

    def _bisected(self, wanted: bytes) -> int | None:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = self.text[self.starts[middle] : self.starts[middle + 1]].tobytes()
            if found == wanted:
                return middle
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None


def _encoded(term: str) -> bytes:
    return term.encode("utf-8", "surrogatepass")
