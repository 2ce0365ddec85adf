"""Effects are promised with the act, claimed by one worker at a time, and tried a bounded number
of times."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app import db, outbox
from app.clock import now
from app.outbox import CLAIM_LASTS, MOST_ATTEMPTS, Effect


def test_what_is_added_is_claimed_oldest_first(session: Session, held_clock):
    for word in ("first", "second"):
        outbox.add(session, "mail.send", word=word)
        held_clock.forward(seconds=1)
    assert outbox.claim(session).payload == {"word": "first"}
    assert outbox.claim(session).payload == {"word": "second"}
    assert outbox.claim(session) is None


def test_what_somebody_waits_for_goes_before_what_was_promised_earlier(session, held_clock):
    outbox.add(session, "matching.try", priority=outbox.LATER)
    held_clock.forward(seconds=1)
    outbox.add(session, "mail.send")
    assert [outbox.claim(session).task for _ in range(2)] == ["mail.send", "matching.try"]


def test_what_was_never_committed_is_never_owed(engine: Engine):
    with Session(engine) as session:
        db.will_write(session)
        outbox.add(session, "mail.send")
        session.flush()
        session.rollback()
    with db.transaction(engine) as session:
        assert outbox.claim(session) is None


def test_what_is_due_later_waits(session: Session, held_clock):
    session.add(Effect(task="mail.send", payload={}, due_at=now() + timedelta(minutes=1)))
    assert outbox.claim(session) is None
    held_clock.forward(minutes=1)
    assert outbox.claim(session) is not None


def test_a_claim_runs_out_and_the_effect_is_tried_again(session: Session, held_clock):
    outbox.add(session, "mail.send")
    first = outbox.claim(session)
    held_clock.forward(seconds=CLAIM_LASTS.total_seconds() - 1)
    assert outbox.claim(session) is None
    held_clock.forward(seconds=2)
    again = outbox.claim(session)
    assert (again.id, again.attempts) == (first.id, 2)


def test_what_is_finished_is_over(session: Session, held_clock):
    outbox.add(session, "mail.send")
    outbox.finish(session, outbox.claim(session))
    session.flush()
    held_clock.forward(days=30)
    assert outbox.claim(session) is None


def test_a_failure_waits_longer_each_time_and_gives_up(session: Session, held_clock):
    outbox.add(session, "mail.send")
    waits = []
    for _ in range(MOST_ATTEMPTS):
        effect = outbox.claim(session)
        outbox.fail(session, effect, "the mail server is away")
        session.flush()
        assert outbox.claim(session) is None
        waits.append((effect.due_at - now()).total_seconds())
        held_clock.forward(seconds=waits[-1])
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256]
    held_clock.forward(days=30)
    assert outbox.claim(session) is None
    assert effect.gave_up_at is not None
    assert effect.last_error == "the mail server is away"


def test_a_long_error_is_cut(session: Session):
    outbox.add(session, "mail.send")
    effect = outbox.claim(session)
    outbox.fail(session, effect, "x" * 5000)
    assert len(effect.last_error) == 2000


def test_four_workers_claim_two_hundred_effects_and_none_twice(engine: Engine):
    with db.transaction(engine) as session:
        for number in range(200):
            outbox.add(session, "mail.send", number=number)
    together = Barrier(4)

    def work(_worker: int) -> list[int]:
        own = db.connect(engine.url.render_as_string(hide_password=False))
        together.wait()
        claimed = []
        try:
            while True:
                with db.transaction(own) as session:
                    effect = outbox.claim(session)
                if effect is None:
                    return claimed
                claimed.append(effect.payload["number"])
        finally:
            own.dispose()

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, range(4)))
    assert sorted(number for share in shares for number in share) == list(range(200))
    with Session(engine) as session:
        assert session.scalar(select(func.sum(Effect.attempts))) == 200


def test_an_effect_that_kills_every_worker_is_given_up_and_named(session: Session, held_clock):
    outbox.add(session, "mail.send")
    for _ in range(MOST_ATTEMPTS):
        assert outbox.claim(session) is not None
        held_clock.forward(seconds=CLAIM_LASTS.total_seconds() + 1)
    assert outbox.claim(session) is None
    effect = session.scalars(select(Effect)).one()
    session.refresh(effect)
    assert effect.gave_up_at == held_clock()
    assert effect.last_error == "The worker died at every try."
