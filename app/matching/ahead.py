"""What the worker asks for before anybody looks: the trials of a job's first page."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import outbox
from app.jobs.models import Job, JobSkill
from app.matching import shortlist, trials
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.refresh import Bind, reading
from app.matching.sources import searched

MOST_WAITING = 10
"""With more to do than this, as in an import, the worker waits until somebody looks."""


def ask_for_first_page(bind: Bind, matcher: Matcher, job_id: int) -> None:
    """Promise what the reasons of an open job's first page need."""
    with reading(bind) as session:
        if outbox.count_due(session) > MOST_WAITING:
            return
        job = session.scalar(
            select(Job)
            .where(Job.id == job_id, Job.id.in_(searched(Subject.JOB)))
            .options(
                selectinload(Job.skills).joinedload(JobSkill.skill), selectinload(Job.languages)
            )
        )
        if job is None:
            return
        due = shortlist.for_job(session, matcher, job).showing.due
    trials.note(bind, due)
