"""Arrays as files: read whole or memory-mapped, and refused when they are not what was saved."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]


def read_array(file: Path, kind: type[np.generic], mmap: bool) -> npt.NDArray[Any]:
    """Open a saved array of one dimension; raises OSError or ValueError when it is none."""
    values = np.asarray(np.load(file, mmap_mode="r" if mmap else None))
    if values.dtype != kind or values.ndim != 1:
        raise ValueError("its arrays are of other types.")
    return values


def check_starts(starts: Offsets, *parted: npt.NDArray[Any]) -> None:
    """Raise ValueError if `starts` does not part each array; a wrong number inside is not seen."""
    if not len(starts) or starts[0] != 0 or any(starts[-1] != len(one) for one in parted):
        raise ValueError("its arrays do not fit together.")
