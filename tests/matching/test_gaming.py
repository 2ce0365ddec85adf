"""Nobody comes among the first by copying, repeating, hiding or commanding."""

import pytest

from app.matching import candidates, shortlist
from app.matching.engine.rank import FOR_JOB, rank
from app.matching.engine.texts import MOST_SKILLS
from app.matching.guard import Note
from app.matching.outlook import outlook
from app.profiles.models import Profile, ProfileSkill
from tests.factories import make_job, make_profile, make_skill
from tests.matching.gaming import ATTACKS
from tests.matching.gaming_trial import tally

PEOPLE, JOBS = 500, 12


@pytest.fixture
def filled(demo_site):
    demo_site.fill(PEOPLE, JOBS + 10)
    demo_site.encode()
    return demo_site


def test_each_attack_succeeds_unprotected_and_hardly_any_does_on_the_site(filled):
    found = tally(filled, filled.open_jobs(JOBS))
    assert found.jobs == JOBS
    rates = {name: (before, after) for name, before, after in found.rates()}
    assert rates.keys() == ATTACKS.keys()
    assert all(before >= 0.2 for before, _ in rates.values()), rates
    # A small sample of a small site, so a little above the goal that bench/gaming.py measures.
    assert sum(after for _, after in rates.values()) / len(rates) <= 0.08, rates


def test_a_pasted_job_gains_nothing_and_the_client_is_told(filled):
    (job,) = filled.open_jobs(1)
    before = [place[0] for place in filled.places(job)]
    attacker = filled.own(filled.session.get_one(Profile, before[-1]))
    attacker.headline, attacker.summary = job.title, job.description
    filled.encode()
    (job,) = filled.open_jobs(1)
    matches = every_match(filled, job)
    # The rest of the list is as it was, and the attacker stands no higher.
    assert attacker.id not in [match.profile.id for match in matches[:50]]
    found = candidates.find(filled.session, filled.matcher, job, also=(attacker.id,))
    assert found.notes[attacker.id] is Note.COPIED
    ahead = outlook(filled.session, filled.matcher, filled.own(attacker), job)
    assert ahead.note == "Words that also stand in the job are not counted in full."


def test_of_two_near_copies_the_one_known_to_a_park_keeps_the_place(filled):
    (job,) = filled.open_jobs(1)
    best, *_, other = (place[0] for place in filled.places(job))
    first, copy = (filled.own(filled.session.get_one(Profile, key)) for key in (best, other))
    people = candidates.find(filled.session, filled.matcher, job).facts
    known = {*people.owner[people.park > 0].tolist()}
    copy.headline, copy.summary = first.headline, f"Truly. {first.summary}"
    copy.skills = [
        ProfileSkill(skill_id=row.skill_id, position=n) for n, row in enumerate(first.skills)
    ]
    filled.encode()
    (job,) = filled.open_jobs(1)
    found = candidates.find(filled.session, filled.matcher, job, also=(copy.id,))
    notes = {key for key, note in found.notes.items() if note is Note.NEAR_COPY}
    assert first.user_id in known or copy.user_id not in known
    assert notes == {copy.id}
    scores = {score.id: score for score in found.scores()}
    assert scores[copy.id].total == 0
    assert found.scores()[-1].id == copy.id


def every_match(site, job):
    answers = (
        shortlist.for_job(site.session, site.matcher, job, page=page) for page in range(1, 6)
    )
    return [match for answer in answers for match in answer.matches]


def test_honest_shortlists_carry_no_note_and_keep_their_order(filled):
    noted = kept = 0
    jobs = filled.open_jobs(10)
    for job in jobs:
        found = candidates.find(filled.session, filled.matcher, job)
        noted += len(found.notes)
        before = [score.id for score in rank(found.ids, found.parts, FOR_JOB)[:10]]
        kept += len({*before} & {score.id for score in found.plain_scores()[:10]})
    assert noted <= len(jobs)
    assert kept >= 9.5 * len(jobs)


def test_a_skill_beyond_the_twentieth_brings_no_points_and_is_said_to_bring_none(demo_site):
    skills = [make_skill(demo_site.session, f"Skill{n} tool") for n in range(MOST_SKILLS + 1)]
    person = make_profile(demo_site.session, skills=skills)
    make_job(demo_site.session, skills=(skills[0], skills[-1]))
    demo_site.encode()
    (job,) = demo_site.open_jobs(1)
    (match,) = shortlist.for_job(demo_site.session, demo_site.matcher, job).matches
    assert match.reasons.listed == ("Skill0 tool",)
    assert match.reasons.mentioned == (f"Skill{MOST_SKILLS} tool",)
    assert match.reasons.missing == ()
    found = candidates.find(demo_site.session, demo_site.matcher, job)
    assert found.values_of(person.id)["skills"] == 0.5
