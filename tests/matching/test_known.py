"""What is encoded already is not encoded again, and what reads otherwise now is."""

import numpy as np
import pytest

from app.matching import facts, queries, refresh, shortlist, sources
from app.matching.candidates import find
from app.matching.encoding import Known, encode_all
from app.matching.engine.originality import copied
from app.matching.matcher import Matcher
from app.matching.models import Subject
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


@pytest.mark.parametrize(
    ("summary", "is_most", "encoded"),
    [
        ("I bake bread for weddings and for schools.", False, 1),  # what is left of the body
        (TEXT, True, 0),
    ],
)
def test_who_copies_is_read_anew_but_for_what_is_known(
    session, connection, encoder, tmp_path, summary, is_most, encoded
):
    client = make_user(session, Role.CLIENT)
    job_id = make_job(session, client, title=TITLE, description=TEXT).id
    copying = make_profile(session, headline=TITLE, summary=summary, past_titles=("Baker",)).id
    session.commit()
    refresh.refresh_all(connection, encoder)
    session.expire_all()
    job = shortlist.get_own(session, job_id, session.merge(client))
    encoder.encoded = 0
    found = find(session, Matcher(lambda: encoder, tmp_path), job)
    (text,) = sources.read(session, Subject.PROFILE, [copying])
    told = copied(text.terms, found.wanted)
    assert (told.is_any, told.is_most) == (True, is_most)
    assert encoder.encoded == encoded


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
