"""One part that stands out far counts ever less, and never changes an order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.outliers import FURTHEST, held_in

LAW = settings(max_examples=100, deadline=None, derandomize=True)


def test_who_stands_out_far_is_drawn_in() -> None:
    column = np.array([0.0, 1.0] * 50 + [100.0])
    held = held_in(column)
    assert (held[:-1] == column[:-1]).all()
    assert FURTHEST < (held[-1] - column.mean()) / column.std() < FURTHEST + 1


@LAW
@given(st.lists(st.integers(-1000, 1000), max_size=40))
def test_the_order_stays(values: list[int]) -> None:
    column = np.array(values, np.float64)
    held = held_in(column)
    assert (
        np.sign(np.subtract.outer(held, held)) == np.sign(np.subtract.outer(column, column))
    ).all()
