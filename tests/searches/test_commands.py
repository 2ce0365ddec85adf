"""What the worker does for saved searches."""

from app.matching.encoder import NotReady
from app.matching.matcher import Matcher
from app.outbox import Effect
from app.searches import commands
from tests.factories import make_job, make_search, make_user


def test_the_worker_promises_the_letters_that_are_due(session, app, encode, held_clock):
    make_search(session, make_user(session), asked={"words": "bakery"})
    held_clock.forward(hours=1)
    make_job(session, title="Website for a bakery")
    encode()
    (sweep,) = commands.sweeps()
    assert [sweep(), sweep()] == [1, 0]
    (letter,) = session.query(Effect).where(Effect.task == "mail.send")
    assert letter.payload["params"]["titles"] == "Website for a bakery"


def test_without_a_text_model_it_waits(session, app, tmp_path, held_clock):
    def missing():
        raise NotReady("There is no text model.")

    search = make_search(session, make_user(session), asked={"words": "bakery"})
    held_clock.forward(hours=1)
    make_job(session, title="Website for a bakery")
    session.commit()
    app.extensions["hunar"].matcher = Matcher(missing, tmp_path)
    assert commands.tell_due() == 0
    session.expire_all()
    assert search.looked_at is None, "it is looked at again as soon as there is one"
