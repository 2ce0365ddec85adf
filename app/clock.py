"""The one clock. Everything that needs the time asks here, so that tests can hold it still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime


def _wall_clock() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _wall_clock


def now() -> datetime:
    """Tell the time, aware and in UTC."""
    return _source()


def today() -> date:
    """Tell the date in UTC."""
    return now().date()


def use(source: Callable[[], datetime] | None) -> None:
    """Take the time from `source`; None goes back to the machine's clock."""
    global _source
    _source = source or _wall_clock


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment, as when a story is told of days gone by; then give it back."""
    global _source
    before, _source = _source, lambda: moment
    try:
        yield
    finally:
        _source = before
