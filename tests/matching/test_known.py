"""What is encoded already is not encoded again, and what reads otherwise now is."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from app.accounts.models import User
from app.clock import now
from app.jobs.models import Job
from app.matching import facts, queries, refresh, shortlist, sources
from app.matching.candidates import find
from app.matching.encoding import Known, encode_all
from app.matching.engine.originality import Copied, Wanted, copied
from app.matching.matcher import Matcher
from app.matching.memory import Memory
from app.matching.models import Subject
from app.matching.own_words import Read
from app.permissions import Role
from tests.doubles.encoder import HashingEncoder
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)

COMPOSED = ("Baker. Bread daily.", ("Baker", "Cook"), ("baker", "bread"))
TITLE = "Booking page for a hotel by the sea"
TEXT = (
    "People book rooms with us by phone today. We want them to choose a day, see which rooms are "
    "free, and pay a small part at once, in Urdu and English, on any telephone."
)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


def test_only_what_is_unknown_is_encoded_and_the_vectors_are_the_same(encoder):
    (whole,) = encode_all(encoder, [COMPOSED])
    known = Known({COMPOSED[0]: whole.body}, {"Baker": whole.titles[0]})
    encoder.encoded = 0
    (again,) = encode_all(encoder, [COMPOSED], known=known)
    assert encoder.encoded == 1  # the other title
    assert (again.body == whole.body).all()
    assert (again.titles == whole.titles).all()


def test_known_is_what_still_reads_as_it_was_encoded(session, connection, encoder):
    same, other = make_profile(session), make_profile(session, headline="Tailor")
    session.commit()
    refresh.refresh_all(connection, encoder)
    session.expire_all()
    other.headline = "Cook"
    session.flush()
    people = sources.load(session, Subject.PROFILE, [same.id, other.id])
    texts = [sources.source_of(one) for one in people]
    known = queries.known_of(session, encoder, Subject.PROFILE, texts)
    (text,) = (text for text in texts if text.id == same.id)
    assert list(known.bodies) == [text.body]
    assert list(known.titles) == [*text.titles]
    assert np.array_equal(known.bodies[text.body], encoder.encode([text.body])[0])


@pytest.fixture
def copied_job(session, connection, encoder) -> Callable[[str], tuple[Job, int]]:
    """Make a job, and a profile of its title with this summary; return the job and its id."""

    def make(summary: str) -> tuple[Job, int]:
        client = make_user(session, Role.CLIENT)
        job_id = make_job(session, client, title=TITLE, description=TEXT).id
        given = {"headline": TITLE, "summary": summary, "past_titles": ("Baker",)}
        profile_id = make_profile(session, **given).id
        make_profile(session, headline="Tailor", summary="Dresses and coats.")
        session.commit()
        refresh.refresh_all(connection, encoder)
        session.expire_all()
        return shortlist.get_own(session, job_id, session.merge(client)), profile_id

    return make


OWN = "I bake bread for weddings and for schools."


@pytest.mark.parametrize("summary", [OWN, TEXT])
def test_who_copies_is_read_anew_but_for_what_is_known(
    session, encoder, tmp_path, copied_job, summary
):
    job, copying = copied_job(summary)
    encoder.encoded = 0
    found = find(session, Matcher(lambda: encoder, tmp_path), job)
    (text,) = sources.read(session, Subject.PROFILE, [copying])
    told = copied(text.terms, found.wanted)
    assert (told.is_any, told.is_most) == (True, summary == TEXT)
    # What is left of the body; of a text that is rather the job's, nothing.
    assert encoder.encoded == (not told.is_most)


@pytest.mark.parametrize("summary", [OWN, TEXT])
def test_a_second_look_reads_nothing_anew_and_finds_the_same(
    session, encoder, tmp_path, copied_job, summary
):
    job, copying = copied_job(summary)
    matcher = Matcher(lambda: encoder, tmp_path)
    first = find(session, matcher, job)
    encoder.encoded = 0
    again = find(session, matcher.pinned(), job)
    assert encoder.encoded == 0
    assert again.scores() == first.scores()
    assert again.values_of(copying) == first.values_of(copying)
    assert again.notes == first.notes


def test_a_text_that_was_saved_since_is_read_as_it_is_now(
    session, connection, encoder, tmp_path, copied_job
):
    job, copying = copied_job(OWN)
    matcher = Matcher(lambda: encoder, tmp_path)
    before = find(session, matcher, job).values_of(copying)["meaning"]
    (profile,) = sources.load(session, Subject.PROFILE, [copying])
    later = now() + timedelta(seconds=1)
    profile.summary, profile.updated_at = "Rooms, hotels and the sea.", later
    session.flush()
    # The worker has not read it yet; then it has.
    meanwhile = find(session, matcher, job).values_of(copying)["meaning"]
    assert meanwhile != before
    session.commit()
    refresh.refresh_all(connection, encoder)
    session.expire_all()
    job = shortlist.get_own(session, job.id, session.get_one(User, job.client_id))
    after = find(session, matcher, job).values_of(copying)["meaning"]
    fresh = Matcher(lambda: encoder, tmp_path)
    assert after == find(session, fresh, job).values_of(copying)["meaning"] != before


def test_so_many_are_kept_and_those_unused_longest_go_first():
    kept: Memory = Memory(most=2)
    reads = {name: Read(Copied(1, 0, 5), None, None) for name in "abc"}
    kept.keep(("a", ""), reads["a"])
    kept.keep(("b", ""), reads["b"])
    assert kept.find(("a", "")) is reads["a"]
    kept.keep(("c", ""), reads["c"])
    assert kept.find(("b", "")) is None
    assert kept.find(("a", "")) is reads["a"]
    assert kept.find(("a", "other")) is None


def test_facts_without_skills_say_all_else_alike(session):
    skills = (make_skill(session, "Django"),)
    profile = make_profile(session, skills=skills)
    make_membership(session, profile.user, make_park(session))
    job = make_job(session, skills=skills)
    for subject, one in ((Subject.PROFILE, profile), (Subject.JOB, job)):
        (whole,) = facts.read(session, subject, [one.id]).values()
        (rest,) = facts.read(session, subject, [one.id], with_skills=False).values()
        assert whole.skills
        assert {**vars(whole), "skills": ()} == vars(rest)


def test_other_runs_have_another_digest():
    one = Wanted.of(["a", "b", "c"], ["d", "e", "f", "g", "h"])
    assert one.digest == Wanted.of(["a", "b", "c"], ["d", "e", "f", "g", "h"]).digest
    others = [Wanted.of([], ["d", "e", "f", "g", "h"]), Wanted.of(["a", "b", "c"], [])]
    swapped = Wanted(one.description, one.title)
    assert len({one.digest, swapped.digest, *(other.digest for other in others)}) == 4
