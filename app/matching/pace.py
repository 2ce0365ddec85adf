"""How the work behind the pages keeps out of their way."""

import logging
import os
import time
from collections.abc import Callable

from app.matching.encoder import NotReady

log = logging.getLogger(__name__)

NOT_READY_SECONDS = 30
# A sweep that finds nothing compares every text with what was encoded of it. It may take this
# part of the worker's time, however many there are.
SHARE_OF_TIME = 0.05
LONGEST_REST_SECONDS = 120
BELOW_PAGES = 10
"""As `nice` counts: of a core that both want, pages get nine parts of ten."""


def give_way() -> None:
    """Let pages go first on a busy core: somebody waits for a page, nobody for an encoded text."""
    os.setpriority(os.PRIO_PROCESS, 0, BELOW_PAGES)


class Paced:
    """A sweep that rests after a run with little to do, the longer the longer that took.

    From `much` on there is more to do at once. What is less may have been saved a moment ago, and
    its own effect is on the way: while people save, every sweep finds something.
    """

    def __init__(
        self,
        run: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
        *,
        much: int = 1,
    ) -> None:
        self._run = run
        self._much = much
        self._clock = clock
        self._next = 0.0

    def __call__(self) -> None:
        began = self._clock()
        if began < self._next:
            return
        try:
            done = self._run()
        except NotReady as error:
            log.warning("Nothing can be encoded. %s", error)
            self._next = began + NOT_READY_SECONDS
            return
        ended = self._clock()
        rest = min(LONGEST_REST_SECONDS, (ended - began) / SHARE_OF_TIME)
        self._next = ended if done >= self._much else ended + rest
