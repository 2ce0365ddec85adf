"""How far one part may carry somebody: beyond a bound, more counts ever less."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

FURTHEST = 4.0
"""In standard deviations over the candidates; at 3.5 a labelled set loses .012 of nDCG@10."""
SLOPE = 0.25


def held_in(column: npt.NDArray[np.floating]) -> Numbers:
    """Return float64[n] with what lies far above the others drawn in; the order stays.

    x deviations above the mean become F + S * log(1 + (x - F) / S) where x > F.
    """
    values = np.asarray(column, np.float64)
    spread = float(values.std()) if len(values) else 0.0
    if not np.isfinite(spread) or spread == 0:
        return values
    beyond = (values - values.mean()) / spread - FURTHEST
    drawn_in = values.mean() + spread * (FURTHEST + SLOPE * np.log1p(np.maximum(beyond, 0) / SLOPE))
    return np.where(beyond > 0, drawn_in, values)
