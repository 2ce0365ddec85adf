"""Acts that begin together: real sessions on a real database, each with its own line."""

import threading
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import db


def at_once(engine: Engine, *acts: Callable[[Session], None]) -> list[str]:
    """Run the acts in transactions that begin together; "" for each that was done."""
    gate = threading.Barrier(len(acts))
    ends: list[str] = [""] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            with db.transaction(engine) as session:
                acts[place](session)
        except Exception as error:
            ends[place] = type(error).__name__

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return ends
