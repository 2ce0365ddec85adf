"""What a client says about a job, and what that needs before everybody may see it."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.clock import today
from app.errors import Conflict
from app.jobs.models import Job, PayKind
from app.money import Money
from app.taxonomy.models import Skill
from app.texts import message

SHORTEST_DESCRIPTION = 40
LONGEST_WAIT = timedelta(days=90)
USUAL_WAIT = timedelta(days=21)
MOST_WEEKS = 104


@dataclass(frozen=True)
class JobDraft:
    """What a client says about a job. A fixed price has `least` equal to `most`."""

    title: str
    pay_kind: PayKind
    least: Money
    most: Money
    weeks: int
    answer_by_on: date
    description: str = ""
    skills: tuple[Skill, ...] = ()
    """The most wanted first."""
    languages: tuple[str, ...] = ()


class Incomplete(Conflict):
    """A public job needs more than this; `missing` says what, by field, as sentences."""

    def __init__(self, missing: dict[str, str]) -> None:
        super().__init__(
            message("This job is not complete yet. %(missing)s"),
            missing=" ".join(missing.values()),
        )
        self.missing = missing


def draft_of(job: Job) -> JobDraft:
    """What a saved job says."""
    return JobDraft(
        title=job.title,
        description=job.description,
        skills=tuple(row.skill for row in job.skills),
        pay_kind=job.pay_kind,
        least=Money(job.least_minor, job.currency),
        most=Money(job.most_minor, job.currency),
        weeks=job.weeks,
        languages=tuple(row.code for row in job.languages),
        answer_by_on=job.answer_by_on,
    )


def missing(draft: JobDraft) -> dict[str, str]:
    """What a job lacks to be public: a sentence (a message id) for each field."""
    needs = {
        "description": (
            len(draft.description) >= SHORTEST_DESCRIPTION,
            message("Describe the work in at least 40 characters."),
        ),
        "skills": (bool(draft.skills), message("List at least one skill.")),
        "languages": (bool(draft.languages), message("Tick at least one language.")),
        "answer_by_on": (
            draft.answer_by_on >= today(),
            message("The last day to propose has passed. Choose a later one."),
        ),
    }
    return {field: sentence for field, (is_there, sentence) in needs.items() if not is_there}
