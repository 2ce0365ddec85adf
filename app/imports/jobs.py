"""A row of jobs: a client, and a job of theirs that the file has its own key for."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import lengths, texts
from app.accounts import letters
from app.accounts.models import User
from app.accounts.service import find_by_email
from app.errors import Invalid
from app.imports import cells as read
from app.imports.rows import Cells, Fate, Problem, Refused, gathered
from app.imports.tables import Columns
from app.jobs import posts
from app.jobs.forms import JobForm
from app.jobs.models import Job, JobStatus, PayKind
from app.notifications.service import notify_once
from app.permissions import Role

COLUMNS = Columns(
    needed=(
        *("key", "client_email", "client_name", "title", "description", "skills"),
        *("pay_kind", "least", "most", "currency", "weeks", "answer_by"),
    ),
    others=("languages", "published"),
)
PAGE = "/my-jobs"
_CLIENT = {"name": "client_name", "email": "client_email"}
_FIELDS = {"answer_by_on": "answer_by", "budget": "most"}


def import_row(
    session: Session, cells: Cells, *, they_agreed: bool = False
) -> tuple[Fate, list[Problem]]:
    """Make the client and the job; a key the client has used already stays as it is.

    The job is a draft until the client publishes it, unless `they_agreed`. Either way they are
    told: a client who is new by the one letter with their login, who is known by the tray.
    """
    problems: list[Problem] = []
    with gathered(problems):
        key = _key(cells["key"])
    known = find_by_email(session, cells["client_email"])
    with gathered(problems):
        client = read.person(
            session, cells["client_name"], cells["client_email"], Role.CLIENT, _CLIENT
        )
    if not problems and _find(session, client, key):
        return Fate.KNOWN, []
    with gathered(problems):
        is_published = read.answer(cells["published"], "published")
    with gathered(problems):
        form, warnings = _form(session, cells)
    if problems:
        raise Refused(*problems)
    job = posts.create(session, client, form.draft())
    job.import_key = key
    session.flush()
    if is_published and they_agreed:
        posts.publish(session, job, by=client)
    if known is None:
        is_public = job.status is JobStatus.OPEN
        letters.send_imported(session, client, page=PAGE, is_public=is_public)
    else:
        notify_once(session, client, "job.imported", path=PAGE)
    return Fate.IMPORTED, warnings


def _key(cell: str) -> str:
    try:
        key = texts.clean(cell, longest=lengths.CAPTION, one_line=True)
    except Invalid as refusal:
        raise Refused(Problem(str(refusal), "key")) from refusal
    if not key:
        raise Refused(Problem("Give each job a key of your own.", "key"))
    return key


def _find(session: Session, client: User, key: str) -> Job | None:
    return session.scalar(select(Job).where(Job.client_id == client.id, Job.import_key == key))


def _form(session: Session, cells: Cells) -> tuple[JobForm, list[Problem]]:
    values = MultiDict({name: cells[name] for name in ("title", "description", "skills", "weeks")})
    values["pay_kind"] = cells["pay_kind"].lower()
    values["currency"] = cells["currency"].upper()
    values["answer_by_on"] = cells["answer_by"]
    values.update(_amounts(cells))
    languages = [code.lower() for code in read.listed(cells["languages"])]
    values.setlist("languages", languages or ["en"])
    if read.is_yes(cells["published"]):
        values["publish"] = "1"
    form = JobForm(formdata=values, **read.NO_REQUEST)
    return form, read.checked(session, form, _FIELDS)


def _amounts(cells: Cells) -> dict[str, str]:
    """The amounts as the form has them; where one end is empty, it is the other."""
    least, most = cells["least"] or cells["most"], cells["most"] or cells["least"]
    if cells["pay_kind"].lower() == PayKind.HOURLY:
        return {"least": least, "most": most}
    if least != most:
        raise Refused(Problem("A fixed price has one amount: leave this empty.", "least"))
    return {"budget": most}
