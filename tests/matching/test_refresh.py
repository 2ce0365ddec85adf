"""Keeping the encoded texts up to date: nothing is lost, nothing is encoded twice."""

import pytest
from sqlalchemy import select, update

from app.clock import now
from app.jobs.models import JobStatus
from app.matching import refresh
from app.matching.models import Embedding, Subject
from app.profiles.models import Availability, Profile
from tests.doubles.encoder import HashingEncoder
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)


class Killed(BaseException):
    """What ends a process in the middle of its work."""


class DyingEncoder(HashingEncoder):
    """Encodes, and dies before anyone has the vectors."""

    def encode(self, texts):
        super().encode(texts)
        raise Killed


class SlowEncoder(HashingEncoder):
    """Takes so long that somebody saves the profile meanwhile."""

    def __init__(self, meanwhile) -> None:
        super().__init__()
        self.meanwhile = meanwhile

    def encode(self, texts):
        vectors = super().encode(texts)
        self.meanwhile()
        return vectors


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


def stale(session, encoder) -> list[tuple[Subject, int]]:
    session.commit()
    return refresh.stale(session, encoder.name)


def kept(session, subject_id: int) -> Embedding | None:
    session.expire_all()
    return session.scalar(select(Embedding).where(Embedding.subject_id == subject_id))


def is_blank(row: Embedding) -> bool:
    """Whether it only tells every process that something is gone."""
    return not (row.facts or row.terms or row.body or row.titles or row.fingerprint)


def test_what_was_never_encoded_is_stale(session, encoder):
    profile, job = make_profile(session), make_job(session)
    assert stale(session, encoder) == [(Subject.PROFILE, profile.id), (Subject.JOB, job.id)]


def test_drafts_are_not_encoded(session, encoder):
    make_profile(session, published=False)
    make_job(session, status=JobStatus.DRAFT)
    make_job(session, status=JobStatus.CLOSED)
    assert stale(session, encoder) == []


def test_a_sweep_encodes_what_is_stale_and_then_rests(session, connection, encoder):
    make_profile(session)
    make_job(session)
    session.commit()
    assert refresh.sweep(connection, encoder) == 2
    assert refresh.sweep(connection, encoder) == 0
    assert stale(session, encoder) == []


def test_vectors_are_kept_as_the_model_made_them(session, connection, encoder):
    skill = make_skill(session, "Django")
    profile = make_profile(
        session, headline="Coder", past_titles=("Baker",), skills=(skill,), summary="Shops."
    )
    session.commit()
    refresh.sweep(connection, encoder)
    row = kept(session, profile.id)
    body, *titles = encoder.encode(["Coder. Django. Baker. Shops.", "Coder", "Baker"])
    assert row.body == body.tobytes()
    assert row.titles == b"".join(title.tobytes() for title in titles)
    assert row.terms.split() == ["coder", "django", "baker", "shop"]


def test_a_changed_text_is_encoded_again(session, connection, encoder, held_clock):
    profile = make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    before = kept(session, profile.id).fingerprint
    held_clock.forward(seconds=1)
    profile.summary, profile.updated_at = "Something else.", now()
    assert stale(session, encoder) == [(Subject.PROFILE, profile.id)]
    refresh.sweep(connection, encoder)
    row = kept(session, profile.id)
    assert row.fingerprint != before
    assert row.updated_at == now()


def test_a_save_without_a_change_keeps_the_vectors_and_their_date(
    session, connection, encoder, held_clock
):
    profile = make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    encoded, date = encoder.encoded, now()
    held_clock.forward(seconds=1)
    profile.updated_at = now()
    session.commit()
    assert refresh.sweep(connection, encoder) == 1
    assert encoder.encoded == encoded
    assert kept(session, profile.id).updated_at == date
    assert stale(session, encoder) == []


def test_a_text_whose_date_went_back_is_stale_too(session, connection, encoder, held_clock):
    profile = make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    held_clock.forward(days=-1)
    profile.summary, profile.updated_at = "Restored.", now()
    assert stale(session, encoder) == [(Subject.PROFILE, profile.id)]


def test_one_killed_between_encoding_and_saving_loses_nothing(session, connection, encoder):
    profile = make_profile(session)
    session.commit()
    with pytest.raises(Killed):
        refresh.embed_one(connection, DyingEncoder(), Subject.PROFILE, profile.id)
    assert kept(session, profile.id) is None
    assert refresh.sweep(connection, encoder) == 1
    assert kept(session, profile.id)


def test_a_profile_saved_while_it_is_encoded_is_encoded_again(session, connection, held_clock):
    profile = make_profile(session)
    session.commit()

    def save() -> None:
        held_clock.forward(seconds=1)
        session.execute(update(Profile).values(summary="Newer.", updated_at=now()))
        session.commit()

    slow = SlowEncoder(save)
    refresh.embed_one(connection, slow, Subject.PROFILE, profile.id)
    assert stale(session, slow) == [(Subject.PROFILE, profile.id)]
    slow.meanwhile = lambda: None
    refresh.sweep(connection, slow)
    assert kept(session, profile.id).terms.split()[-1] == "newer"


def test_the_encoding_is_in_no_transaction(session, connection):
    make_profile(session)
    session.commit()
    inside = []
    watching = SlowEncoder(lambda: inside.append(connection.in_nested_transaction()))
    assert refresh.sweep(connection, watching) == 1
    assert inside == [False, False], "bodies, then titles"


def test_an_older_text_saved_last_is_found_by_the_sweep(session, connection, encoder, held_clock):
    profile = make_profile(session)
    session.commit()

    def save_and_embed() -> None:
        held_clock.forward(seconds=1)
        session.execute(update(Profile).values(summary="Newer.", updated_at=now()))
        session.commit()
        refresh.embed_one(connection, encoder, Subject.PROFILE, profile.id)

    refresh.embed_one(connection, SlowEncoder(save_and_embed), Subject.PROFILE, profile.id)
    assert kept(session, profile.id).terms.split()[-1] != "newer"
    assert refresh.sweep(connection, encoder) == 1
    assert kept(session, profile.id).terms.split()[-1] == "newer"


@pytest.mark.parametrize("gone", ["deleted", "withdrawn"])
def test_the_vectors_of_what_is_gone_are_removed(session, connection, encoder, gone):
    profile, other = make_profile(session), make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    profile_id = profile.id
    if gone == "deleted":
        session.delete(profile)
    else:
        profile.published_at = None
    session.commit()
    refresh.sweep(connection, encoder)
    assert is_blank(kept(session, profile_id))
    assert not is_blank(kept(session, other.id))


def test_a_withdrawn_profile_is_forgotten_by_its_own_task(session, connection, encoder):
    profile = make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    profile.published_at = None
    session.commit()
    refresh.embed_one(connection, encoder, Subject.PROFILE, profile.id)
    assert is_blank(kept(session, profile.id))


def test_what_is_shown_again_is_encoded_again(session, connection, encoder):
    profile = make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    shown, profile.published_at = profile.published_at, None
    session.commit()
    refresh.sweep(connection, encoder)
    profile.published_at = shown
    assert stale(session, encoder) == [(Subject.PROFILE, profile.id)]
    refresh.sweep(connection, encoder)
    assert not is_blank(kept(session, profile.id))


def test_only_the_facts_are_written_when_the_text_is_the_same(session, connection, encoder):
    profile = make_profile(session)
    session.commit()
    refresh.sweep(connection, encoder)
    encoded, version = encoder.encoded, kept(session, profile.id).version
    profile.availability = Availability.AWAY
    session.commit()
    refresh.embed_one(connection, encoder, Subject.PROFILE, profile.id)
    row = kept(session, profile.id)
    assert encoder.encoded == encoded
    assert row.version == version + 1
    assert '"away"' in row.facts


def test_the_word_of_a_park_is_written_beside_the_text(session, connection, encoder):
    user = make_user(session)
    profile = make_profile(session, user)
    session.commit()
    refresh.sweep(connection, encoder)
    membership = make_membership(session, user, make_park(session))
    session.commit()
    refresh.embed_person(connection, encoder, user.id)
    assert f'"park":{membership.park_id}' in kept(session, profile.id).facts


def test_an_unknown_subject_is_no_failure(connection, encoder):
    refresh.embed_one(connection, encoder, Subject.JOB, 4711)


def test_a_sweep_takes_no_more_than_its_limit(session, connection, encoder):
    for _ in range(5):
        make_profile(session)
    session.commit()
    assert [refresh.sweep(connection, encoder, limit=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("threads", [1, 3])
def test_everything_is_compared_with_progress(session, connection, encoder, threads):
    profiles = [make_profile(session, summary=f"Number {number}.") for number in range(5)]
    make_job(session)
    session.commit()
    seen = []
    progress = lambda done, total: seen.append((done, total))  # noqa: E731
    assert refresh.refresh_all(connection, encoder, progress=progress, threads=threads) == 6
    assert seen == [(5, 6), (6, 6)]
    assert refresh.refresh_all(connection, encoder, threads=threads) == 0
    rows = [kept(session, profile.id) for profile in profiles]
    assert [row.terms.split()[-1] for row in rows] == ["0", "1", "2", "3", "4"]


def test_a_comparison_of_everything_sees_a_change_of_name(session, connection, encoder):
    user = make_user(session, name="Somebody Else")
    profile = make_profile(session, user, summary="Bilal paints walls.")
    session.commit()
    refresh.sweep(connection, encoder)
    user.name = "Bilal Khan"
    session.commit()
    assert refresh.sweep(connection, encoder) == 0
    assert refresh.refresh_all(connection, encoder) == 1
    assert "bilal" not in kept(session, profile.id).terms


def test_each_model_keeps_its_own(session, connection, encoder):
    profile = make_profile(session)
    session.commit()
    other = HashingEncoder("another", dimension=16)
    refresh.sweep(connection, encoder)
    assert stale(session, other) == [(Subject.PROFILE, profile.id)]
    refresh.sweep(connection, other)
    assert session.get(Embedding, (Subject.PROFILE, profile.id, "hashing"))
    assert session.get(Embedding, (Subject.PROFILE, profile.id, "another"))
    assert refresh.count_stale(session, "hashing") == refresh.count_stale(session, "another") == 0
