"""Arrays on the disk, each in a file of its own that several processes may share."""

import tokenize
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

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
