"""A client's jobs through the verbs: written, published, closed, opened again, and found."""

from datetime import date

import pytest
from flask_login import AnonymousUserMixin
from sqlalchemy import select

from app.errors import Conflict, Invalid, NotFound
from app.jobs import posts
from app.jobs.decisions import JOB_CLOSED
from app.jobs.drafts import Incomplete
from app.jobs.models import Invitation, JobStatus, ProposalStatus
from app.lifecycle import Event
from app.money import Money
from app.outbox import Effect
from app.permissions import Role
from tests.factories import make_job, make_profile, make_proposal, make_skill, make_user
from tests.jobs.typed import job_draft, told

NOBODY = AnonymousUserMixin()


@pytest.fixture
def client(session):
    return make_user(session, Role.CLIENT, name="Bäckerei Lisboa")


@pytest.fixture
def skills(session):
    return tuple(make_skill(session, label) for label in ("WordPress", "PHP", "Kubernetes"))


def embeddings_asked(session) -> list[dict]:
    return [e.payload for e in session.scalars(select(Effect)) if e.task == "matching.embed"]


def test_a_new_job_is_a_draft_with_all_that_was_said(session, client, skills):
    made = posts.create(session, client, job_draft(skills=skills[:2], languages=("ur", "en")))
    session.expire_all()
    job = posts.get(session, made.id, client)
    assert job.status is JobStatus.DRAFT
    assert [row.skill.label for row in job.skills] == ["WordPress", "PHP"]
    assert [row.code for row in job.languages] == ["en", "ur"]
    assert (job.least_minor, job.most_minor, job.currency) == (50_000, 50_000, "USD")
    assert embeddings_asked(session) == []


def test_a_skill_or_language_said_twice_counts_once(session, client, skills):
    draft = job_draft(skills=(skills[0], skills[1], skills[0]), languages=("en", "en"))
    job = posts.create(session, client, draft)
    assert [row.skill.label for row in job.skills] == ["WordPress", "PHP"]
    assert [row.code for row in job.languages] == ["en"]


def test_the_skills_of_a_job_can_be_exchanged_and_reordered(session, client, skills):
    wordpress, php, kubernetes = skills
    job = posts.create(session, client, job_draft(skills=(wordpress, php)))
    posts.update(session, job, job_draft(skills=(kubernetes, wordpress), languages=("de", "en")))
    session.expire_all()
    job = posts.get(session, job.id, client)
    assert [row.skill.label for row in job.skills] == ["Kubernetes", "WordPress"]
    assert [row.code for row in job.languages] == ["de", "en"]


def test_some_skills_of_a_job_begin_a_draft_of_their_own(session, client, skills):
    job = make_job(session, client, skills=skills, title="Shop", languages=("de", "en"))
    part = posts.split(session, job, [skills[2].id, skills[0].id], by=client)
    session.expire_all()
    part, job = posts.get(session, part.id, client), posts.get(session, job.id, client)
    assert (part.title, part.status) == ("Shop: WordPress, Kubernetes", JobStatus.DRAFT)
    assert [row.skill.label for row in part.skills] == ["WordPress", "Kubernetes"]
    assert [row.code for row in part.languages] == ["de", "en"]
    for same in ("description", "pay_kind", "most_minor", "currency", "weeks", "answer_by_on"):
        assert getattr(part, same) == getattr(job, same)
    assert (job.status, len(job.skills)) == (JobStatus.OPEN, 3)


def test_a_long_title_still_fits_with_the_skills(session, client, skills):
    job = make_job(session, client, skills=skills, title="x" * 118)
    assert posts.split(session, job, [skills[0].id], by=client).title == "x" * 118 + ":"


@pytest.mark.parametrize("skill_ids", [[], [10**30], [-1]])
def test_a_part_needs_a_skill_of_the_job(session, client, skills, skill_ids):
    job = make_job(session, client, skills=skills)
    with pytest.raises(Conflict, match="at least one skill"):
        posts.split(session, job, skill_ids, by=client)


def test_publishing_opens_a_job_and_asks_for_its_encoding(session, client, skills):
    job = posts.create(session, client, job_draft(skills=skills))
    posts.publish(session, job, by=client)
    assert job.status is JobStatus.OPEN
    assert job.published_at is not None
    assert embeddings_asked(session) == [{"subject": "job", "subject_id": job.id}]
    event = session.scalars(select(Event)).one()
    assert (event.subject, event.act, event.before, event.after, event.by_id) == (
        *("jobs", "publish", "draft", "open"),
        client.id,
    )


@pytest.mark.parametrize(
    ("lacking", "says"),
    [
        ({"skills": ()}, "List at least one skill."),
        ({"languages": ()}, "Tick at least one language."),
        ({"description": "Short."}, "Describe the work in at least 40 characters."),
        ({"answer_by_on": date(2026, 11, 22)}, "The last day to propose has passed."),
    ],
)
def test_an_incomplete_job_is_not_published(session, client, skills, lacking, says):
    job = posts.create(session, client, job_draft(**{"skills": skills, **lacking}))
    with pytest.raises(Incomplete, match=says):
        posts.publish(session, job, by=client)
    assert job.status is JobStatus.DRAFT


def test_a_job_is_published_once(session, client, skills):
    job = posts.create(session, client, job_draft(skills=skills))
    posts.publish(session, job, by=client)
    with pytest.raises(Conflict):
        posts.publish(session, job, by=client)


def test_a_public_job_stays_complete(session, client, skills):
    job = make_job(session, client, skills=skills)
    with pytest.raises(Incomplete):
        posts.update(session, job, job_draft(skills=()))
    assert job.title == "Website for a bakery"


def test_a_job_somebody_is_hired_for_stays_as_it_is(session, client, skills):
    job = make_job(session, client, skills=skills, status=JobStatus.HIRED)
    with pytest.raises(Conflict):
        posts.update(session, job, job_draft(skills=skills))


def test_the_currency_stays_once_somebody_has_proposed(session, client, skills):
    job = make_job(session, client, skills=skills)
    euros = {"least": Money(40_000, "EUR"), "most": Money(40_000, "EUR")}
    posts.update(session, job, job_draft(skills=skills, **euros))
    assert job.currency == "EUR"
    make_proposal(session, job)
    with pytest.raises(posts.CurrencyStays):
        posts.update(session, job, job_draft(skills=skills))
    assert job.currency == "EUR"


def test_closing_answers_everybody_who_waits(session, client):
    job = make_job(session, client)
    waiting = make_proposal(session, job)
    shortlisted = make_proposal(session, job, status=ProposalStatus.SHORTLISTED)
    withdrawn = make_proposal(session, job, status=ProposalStatus.WITHDRAWN)
    posts.close(session, job, by=client)
    assert job.status is JobStatus.CLOSED
    for proposal in (waiting, shortlisted):
        assert (proposal.status, proposal.decline_reason) == (ProposalStatus.DECLINED, JOB_CLOSED)
        assert proposal.decided_at is not None
        assert told(session, proposal.profile.user) == ["job.closed"]
    assert withdrawn.status is ProposalStatus.WITHDRAWN
    assert told(session, withdrawn.profile.user) == []


def test_a_closed_job_can_be_opened_again(session, client, skills, held_clock):
    job = make_job(session, client, skills=skills)
    posts.close(session, job, by=client)
    held_clock.forward(days=2)
    posts.reopen(session, job, by=client)
    assert job.status is JobStatus.OPEN
    assert job.closed_at is None
    assert posts.open_jobs(session) == [job]


def test_a_closed_job_is_not_opened_with_a_day_that_has_passed(session, client, skills, held_clock):
    job = make_job(session, client, skills=skills)
    posts.close(session, job, by=client)
    held_clock.forward(days=60)
    with pytest.raises(Incomplete):
        posts.reopen(session, job, by=client)
    assert job.status is JobStatus.CLOSED


def test_a_draft_that_was_dropped_comes_back_only_complete(session, client):
    job = posts.create(session, client, job_draft())
    posts.close(session, job, by=client)
    with pytest.raises(Incomplete):
        posts.reopen(session, job, by=client)


def test_proposals_are_taken_on_the_last_day_and_not_after(session, held_clock):
    job = make_job(session, answer_by_on=date(2026, 11, 24))
    assert posts.takes_proposals(job)
    held_clock.forward(hours=38)
    assert posts.takes_proposals(job)
    held_clock.forward(hours=2)
    assert not posts.takes_proposals(job)


@pytest.mark.parametrize("status", [JobStatus.DRAFT, JobStatus.CLOSED, JobStatus.HIRED])
def test_a_job_that_is_not_open_is_only_its_clients(session, client, status):
    job = make_job(session, client, status=status)
    assert posts.get(session, job.id, client) is job
    for stranger in (NOBODY, make_user(session, Role.CLIENT), make_user(session)):
        with pytest.raises(NotFound):
            posts.get(session, job.id, stranger)


def test_an_open_job_is_everybodys(session, client):
    job = make_job(session, client)
    for viewer in (NOBODY, make_user(session, Role.CLIENT), make_user(session)):
        assert posts.get(session, job.id, viewer) is job


def test_those_who_proposed_or_were_invited_still_see_a_closed_job(session, client):
    job = make_job(session, client, status=JobStatus.CLOSED)
    proposed = make_proposal(session, job).profile
    invited = make_profile(session)
    session.add(Invitation(job=job, profile=invited, sent_at=job.created_at))
    session.flush()
    for profile in (proposed, invited):
        assert posts.get(session, job.id, profile.user) is job


def test_the_job_of_a_suspended_client_is_gone(session, client):
    job = make_job(session, client)
    client.suspended_at = job.created_at
    session.flush()
    assert posts.open_jobs(session) == []
    with pytest.raises(NotFound):
        posts.get(session, job.id, NOBODY)


def test_the_board_shows_only_jobs_that_take_proposals(session, client):
    shown = make_job(session, client)
    make_job(session, client, status=JobStatus.DRAFT)
    make_job(session, client, status=JobStatus.CLOSED)
    make_job(session, client, status=JobStatus.HIRED)
    make_job(session, client, answer_by_on=date(2026, 11, 22))
    assert posts.open_jobs(session) == [shown]
    assert posts.count_open(session) == 1


def test_the_board_finds_words_wherever_they_stand(session, client, skills):
    shop = make_job(session, client, title="100% organic shop_front", skills=skills[:1])
    other = make_job(session, client, title="Logo", description="Draw a fox for us, please.")
    urdu = make_job(session, client, title="اردو ترجمہ")

    def found(q):
        return posts.open_jobs(session, q=q)

    assert found("organic") == found("ORGANIC shop") == found("wordpress") == [shop]
    assert found("fox") == [other]
    assert found("ترجمہ") == [urdu]
    assert found("100%") == found("shop_front") == [shop]
    assert found("organic fox") == found("%%%") == []


def test_the_board_finds_a_skill(session, client, skills):
    wordpress, php, _kubernetes = skills
    both = make_job(session, client, skills=(wordpress, php))
    make_job(session, client, skills=(wordpress,))
    assert posts.open_jobs(session, skill=php) == [both]
    assert posts.count_open(session, skill=wordpress) == 2


def test_the_board_goes_on_by_key_through_jobs_of_one_moment(session, client, held_clock):
    made = [make_job(session, client) for _ in range(3)]
    held_clock.forward(hours=1)
    made += [make_job(session, client) for _ in range(2)]
    seen, before = [], None
    while part := posts.open_jobs(session, before_id=before, limit=2):
        seen += part
        before = part[-1].id
    assert seen == [*reversed(made[3:]), *reversed(made[:3])]


def test_a_board_cannot_go_on_after_a_job_that_never_was(session):
    with pytest.raises(Invalid):
        posts.open_jobs(session, before_id=2**31 - 1)


def test_a_client_sees_all_own_jobs_and_no_others(session, client):
    first = make_job(session, client, status=JobStatus.DRAFT)
    second = make_job(session, client)
    make_job(session)
    assert posts.of_client(session, client) == [second, first]
    assert posts.of_client(session, client, before_id=second.id) == [first]
