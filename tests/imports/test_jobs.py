"""Jobs from a file."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.cli import tasks
from app.jobs.models import Job, JobStatus, PayKind
from app.lifecycle import Event
from app.notifications.mailer import kept_letters
from app.notifications.service import tray
from app.permissions import Role
from app.web.database import db
from app.worker import drain
from tests.conftest import KEY
from tests.factories import make_user
from tests.imports.conftest import JOB, told


def jobs(session: Session) -> list[Job]:
    session.expire_all()
    return list(session.scalars(select(Job).order_by(Job.id)))


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_row_becomes_a_client_and_an_open_job(session: Session, run, written):
    done = run("jobs", "import", written(JOB, {}), "--they-agreed")
    assert done.exit_code == 0, done.output
    job = jobs(session)[0]
    assert (job.title, job.import_key, job.status) == ("Website for a bakery", "A-17", "open")
    assert (job.pay_kind, job.least_minor, job.most_minor) == (PayKind.FIXED, 90_000, 90_000)
    assert (job.currency, job.weeks, job.answer_by_on) == ("EUR", 4, date(2026, 12, 20))
    client = session.get(User, job.client_id)
    assert (client.name, client.role) == ("Lena Brandt", Role.CLIENT)
    assert client.email_verified_at is None
    event = session.scalars(select(Event)).one()
    assert (event.act, event.by_id) == ("publish", client.id)


def test_a_row_that_is_not_published_stays_a_draft(session: Session, run, written):
    assert run("jobs", "import", written(JOB, {"published": ""})).exit_code == 0
    assert jobs(session)[0].status is JobStatus.DRAFT


def test_a_job_is_a_draft_until_its_client_publishes_it(session: Session, run, written):
    assert run("jobs", "import", written(JOB, {})).exit_code == 0
    assert jobs(session)[0].status is JobStatus.DRAFT


def test_a_new_client_gets_one_letter_for_all_of_their_jobs(session: Session, run, written):
    run("jobs", "import", written(JOB, {}, {"key": "A-18"}, {"key": "A-19"}))
    assert told(session) == [("lena@example.org", "imported")]


def test_a_client_who_is_here_is_told_once(session: Session, run, written):
    lena = make_user(session, Role.CLIENT, email="lena@example.org")
    session.commit()
    run("jobs", "import", written(JOB, {}, {"key": "A-18"}))
    assert told(session) == [("lena@example.org", "notice")]
    assert [one.kind for one in tray(session, lena)] == ["job.imported"]
    assert jobs(session)[0].status is JobStatus.DRAFT


def test_the_letter_leads_to_the_jobs(session: Session, run, written, visitor):
    run("jobs", "import", written(JOB, {}))
    drain(db.engine, tasks())
    (letter,) = kept_letters(session, KEY)
    link = re.search(r"/new-password/\S+", letter.body)[0]
    form = {"password": "seven tall cedar trees"}
    assert visitor.post(link, form).status == 303
    assert "http://127.0.0.1:8000/my-jobs\n" in letter.body
    assert "Website for a bakery" in visitor.get("/my-jobs").text
    job = jobs(session)[0]
    visitor.post(f"/jobs/{job.id}/publication")
    assert jobs(session)[0].status is JobStatus.OPEN


def test_an_hourly_job_has_a_range(session: Session, run, written):
    run("jobs", "import", written(JOB, {"pay_kind": "Hourly", "least": "15", "most": "22.50"}))
    job = jobs(session)[0]
    assert (job.pay_kind, job.least_minor, job.most_minor) == (PayKind.HOURLY, 1500, 2250)


def test_the_same_file_again_changes_nothing(session: Session, run, written):
    path = written(JOB, {}, {"key": "A-18"})
    assert "2 imported" in run("jobs", "import", path).output
    done = run("jobs", "import", path)
    assert done.exit_code == 0
    assert "0 imported, 2 here already, 0 refused." in done.output
    assert len(jobs(session)) == 2


def test_a_key_is_the_clients_own(session: Session, run, written):
    path = written(JOB, {}, {"client_email": "jan@example.org", "client_name": "Jan"})
    assert "2 imported" in run("jobs", "import", path).output
    assert {job.import_key for job in jobs(session)} == {"A-17"}


def test_a_client_who_is_here_keeps_their_name(session: Session, run, written):
    make_user(session, Role.CLIENT, email="lena@example.org", name="Lena B.")
    session.commit()
    assert run("jobs", "import", written(JOB, {"client_name": ""})).exit_code == 0
    assert session.scalars(select(User.name)).all() == ["Lena B."]


@pytest.mark.parametrize(
    ("cell", "column", "reason"),
    [
        ({"key": ""}, "key", "Give each job a key of your own."),
        ({"key": "k" * 81}, "key", "at most 80 fit"),
        ({"client_email": "lena"}, "client_email", "This is not an e-mail address"),
        ({"client_name": ""}, "client_name", "Please fill this in."),
        ({"title": ""}, "title", "Please fill this in."),
        ({"title": "two\nlines"}, "title", "control character"),
        ({"description": "short"}, "description", "at least 40 characters"),
        ({"pay_kind": "barter"}, "pay_kind", "Choose one of these."),
        ({"least": "100"}, "least", "A fixed price has one amount"),
        ({"most": "-5"}, "most", "Write the amount in digits"),
        ({"most": ""}, "most", "Write the amount in digits"),
        ({"pay_kind": "hourly", "least": "30", "most": "20"}, "most", "upper end"),
        ({"currency": "PKR"}, "currency", "Choose one of these."),
        ({"currency": ""}, "currency", "Choose one of these."),
        ({"weeks": "0"}, "weeks", "whole number from 1 to 104"),
        ({"languages": "en; xx"}, "languages", "Choose from the languages listed"),
        ({"answer_by": "20.12.2026"}, "answer_by", "Write the day like this: 2026-12-24."),
        ({"answer_by": "2026-11-22"}, "answer_by", "Choose a day from today"),
        ({"answer_by": ""}, "answer_by", "Please fill this in."),
        ({"published": "ja"}, "published", "Write yes or no."),
        ({"skills": "Flubber"}, "skills", "We do not know “Flubber”."),
    ],
)
def test_a_bad_row_is_reported_and_nothing_of_it_is_kept(
    session: Session, run, written, cell: dict[str, str], column: str, reason: str
):
    other = {"client_email": "jan@example.org", "client_name": "Jan"}
    path = written(JOB, {}, {**other, "key": "A-18", **cell})
    done = run("jobs", "import", path)
    assert done.exit_code == 1
    assert f"Line 3, refused, {column}: " in done.output
    assert reason in done.output
    assert "1 imported, 0 here already, 1 refused." in done.output
    assert len(jobs(session)) == 1
    assert count(session, User) == 1


def test_an_address_of_a_freelancer_is_refused(session: Session, run, written):
    make_user(session, email="lena@example.org")
    session.commit()
    done = run("jobs", "import", written(JOB, {}))
    assert done.exit_code == 1
    assert "client_email: This address belongs to a freelancer." in done.output
