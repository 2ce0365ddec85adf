"""Effects are promised with the act, claimed by one worker at a time, and tried a bounded number
of times."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app import db, outbox
from app.clock import now
from app.errors import Conflict, NotFound
from app.outbox import CLAIM_LASTS, LETTER, PAUSES, USUAL_PAUSES, Effect

MOST_ATTEMPTS = len(PAUSES[LETTER]) + 1


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


def waits_until_given_up(session: Session, held_clock, task: str) -> list[float]:
    """Let a task fail whenever it is due; return how many seconds it waited each time."""
    outbox.add(session, task)
    waits = []
    while (effect := outbox.claim(session)) is not None:
        outbox.fail(session, effect, "the server is away")
        session.flush()
        assert outbox.claim(session) is None
        waits.append((effect.due_at - now()).total_seconds())
        held_clock.forward(seconds=waits[-1])
    assert effect is None
    return waits[:-1]


def test_a_letter_is_tried_for_three_days_with_growing_pauses(session: Session, held_clock):
    began = now()
    waits = waits_until_given_up(session, held_clock, LETTER)
    assert 60 <= waits[0] <= 66
    assert waits == sorted(waits)
    assert max(waits) <= 2 * 3600
    assert sum(waits) > 71 * 3600
    effect = session.scalars(select(Effect)).one()
    assert effect.gave_up_at - began < timedelta(days=3, hours=8)
    assert effect.last_error == "the server is away"


def test_a_letter_survives_a_mail_server_that_is_away_for_two_days(session: Session, held_clock):
    outbox.add(session, LETTER)
    back = now() + timedelta(days=2)
    while now() < back:
        if effect := outbox.claim(session):
            outbox.fail(session, effect, "away")
            session.flush()
        held_clock.forward(minutes=10)
    held_clock.forward(hours=2)
    assert outbox.claim(session) is not None


def test_other_tasks_are_given_up_after_minutes(session: Session, held_clock):
    waits = waits_until_given_up(session, held_clock, "matching.embed")
    assert len(waits) == len(USUAL_PAUSES)
    assert sum(waits) < 300


def test_what_failed_together_does_not_come_back_in_the_same_second(session: Session):
    for _ in range(100):
        outbox.add(session, LETTER)
    while effect := outbox.claim(session):
        outbox.fail(session, effect, "away")
        session.flush()
    seconds = {effect.due_at.replace(microsecond=0) for effect in session.scalars(select(Effect))}
    assert len(seconds) >= 5


def test_only_some_kinds_are_claimed_or_all_but_some(session: Session):
    for task in ("a", "b", "c"):
        outbox.add(session, task)
    assert outbox.claim(session, but={"a"}).task == "b"
    assert outbox.claim(session, only={"c"}).task == "c"
    assert outbox.claim(session, only={"c"}) is None
    assert outbox.claim(session).task == "a"


def given_up(session: Session, **payload) -> Effect:
    outbox.add(session, LETTER, **payload)
    effect = outbox.claim(session)
    outbox.give_up(session, effect, "550 no such mailbox")
    session.flush()
    return effect


def test_what_is_refused_for_ever_is_not_tried_again(session: Session, held_clock):
    given_up(session)
    held_clock.forward(days=5)
    assert outbox.claim(session) is None


def test_an_operator_has_it_tried_again_from_the_beginning(session: Session):
    effect = given_up(session, word="first")
    outbox.try_again(session, effect)
    session.expire_all()
    assert outbox.claim(session).payload == {"word": "first"}
    assert (effect.attempts, effect.gave_up_at) == (1, None)


def test_all_of_a_kind_are_tried_again_and_no_others(session: Session):
    given_up(session)
    given_up(session)
    outbox.add(session, "matching.embed")
    outbox.give_up(session, outbox.claim(session), "broken")
    session.flush()
    assert outbox.count_by_task(session, outbox.given_up()) == {LETTER: 2, "matching.embed": 1}
    assert outbox.try_all_again(session, LETTER, outbox.given_up()) == 2
    assert outbox.count_by_task(session, outbox.given_up()) == {"matching.embed": 1}
    assert outbox.count_due(session) == 2


def test_what_a_worker_holds_is_not_touched(session: Session):
    outbox.add(session, LETTER)
    effect = outbox.claim(session)
    with pytest.raises(Conflict, match="at this moment"):
        outbox.try_again(session, effect)
    with pytest.raises(Conflict, match="at this moment"):
        outbox.let_go(session, effect, "never mind")
    assert outbox.try_all_again(session, LETTER, Effect.id > 0) == 0


def test_what_was_let_go_is_over_and_says_why(session: Session, held_clock):
    effect = given_up(session)
    outbox.let_go(session, effect, "wrong address")
    session.refresh(effect)
    assert (effect.note, effect.finished_at) == ("wrong address", now())
    with pytest.raises(NotFound):
        outbox.get(session, effect.id)
    held_clock.forward(days=2)
    assert outbox.claim(session) is None
    with pytest.raises(Conflict):
        outbox.try_again(session, effect)


def test_what_waits_long_is_what_was_promised_a_while_ago(session: Session, held_clock):
    given_up(session)
    outbox.add(session, LETTER, word="long")
    session.flush()
    held_clock.forward(minutes=16)
    outbox.add(session, LETTER, word="new")
    session.flush()
    found = outbox.listed(session, outbox.waits_long())
    assert [effect.payload for effect in found] == [{"word": "long"}]


def kept(session: Session) -> list[int]:
    session.expire_all()
    return list(session.scalars(select(Effect.id).order_by(Effect.id)))


def test_what_is_finished_goes_after_a_week_and_what_is_owed_stays(
    connection, session: Session, held_clock
):
    for _ in range(3):
        outbox.add(session, LETTER)
        session.flush()
    first, second, third = kept(session)
    outbox.finish(session, outbox.claim(session))
    outbox.give_up(session, outbox.claim(session), "no such mailbox")
    session.commit()
    held_clock.forward(days=6)
    assert outbox.forget(connection) == 0
    held_clock.forward(days=2)
    assert outbox.forget(connection) == 1
    assert kept(session) == [second, third]
    held_clock.forward(days=83)
    assert outbox.forget(connection) == 1
    assert kept(session) == [third]


def test_the_number_of_an_effect_is_never_given_twice(connection, session: Session, held_clock):
    for _ in range(2):
        outbox.add(session, LETTER)
        session.flush()
    numbers = kept(session)
    for _ in numbers:
        outbox.finish(session, outbox.claim(session))
    session.commit()
    held_clock.forward(days=30)
    assert outbox.forget(connection) == 1
    outbox.add(session, LETTER)
    session.commit()
    assert kept(session)[-1] > numbers[-1]


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
