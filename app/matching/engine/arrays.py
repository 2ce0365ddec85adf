"""Arrays as files of their own: read whole or memory-mapped, refused when not what was saved."""

import tokenize
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]

# What numpy lets out of its reading of a damaged header, beside ValueError.
_OF_A_DAMAGED_HEADER = (tokenize.TokenError, SyntaxError, OverflowError, MemoryError, TypeError)


def load_array(path: Path, mmap: bool) -> npt.NDArray[Any]:
    """Open what `np.save` wrote; with `mmap` its pages are shared and nothing is read yet.

    Raises ValueError, OSError or EOFError for a file that is missing, of another length than it
    says, or damaged at its head.
    """
    try:
        if mmap:
            mapped = np.lib.format.open_memmap(path, mode="r")
            array, end = np.asarray(mapped), mapped.offset + mapped.nbytes
        else:
            with path.open("rb") as file:
                array, end = np.lib.format.read_array(file, allow_pickle=False), file.tell()
    except _OF_A_DAMAGED_HEADER as error:
        raise ValueError(f"{path.name} is damaged at its head.") from error
    if end != path.stat().st_size:
        raise ValueError(f"{path.name} is of another length than it says.")
    return array


def read_array(file: Path, kind: type[np.generic], mmap: bool) -> npt.NDArray[Any]:
    """Open a saved array of one dimension and one type; raises as `load_array` does."""
    values = load_array(file, mmap)
    if values.dtype != kind or values.ndim != 1:
        raise ValueError("its arrays are of other types.")
    return values


def check_starts(starts: Offsets, *parted: npt.NDArray[Any]) -> None:
    """Raise ValueError if `starts` does not part each array; a wrong number inside is not seen."""
    if not len(starts) or starts[0] != 0 or any(starts[-1] != len(one) for one in parted):
        raise ValueError("its arrays do not fit together.")
