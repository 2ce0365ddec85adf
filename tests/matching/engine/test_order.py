"""The one order of answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.order import best

LAW = settings(max_examples=150, deadline=None, derandomize=True)


@LAW
@given(
    st.dictionaries(st.integers(-99, 99), st.sampled_from([-1.0, 0.0, 0.5, 2.0])),
    st.integers(0, 30),
)
def test_the_best_come_first_and_ties_by_id(scored: dict[int, float], k: int) -> None:
    ids, scores = best(np.array([*scored], np.int64), np.array([*scored.values()], float), k)
    expected = sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:k]
    assert list(zip(ids.tolist(), scores.tolist(), strict=True)) == expected


def test_a_negative_number_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        best(np.arange(2), np.zeros(2), -1)
    with pytest.raises(ValueError, match="differ"):
        best(np.arange(2), np.zeros(3), 1)
