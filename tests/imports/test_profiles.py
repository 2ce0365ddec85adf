"""Profiles from a file."""

import csv
import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.passwords import fits
from app.cli import tasks
from app.notifications.mailer import kept_letters
from app.outbox import Effect
from app.parks.models import Membership, MembershipStatus
from app.permissions import Role
from app.profiles import service
from app.profiles.models import Availability, Profile
from app.web.database import db
from app.worker import drain
from tests.conftest import KEY
from tests.factories import make_park, make_user
from tests.imports.conftest import PROFILE, told


def person(session: Session, email: str = "amina@example.org") -> User | None:
    session.expire_all()
    return session.scalar(select(User).where(User.email == email))


def count(session: Session, model: type = Profile) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_row_becomes_a_person_and_a_profile(session: Session, run, written):
    done = run("profiles", "import", written(PROFILE, {}))
    assert done.exit_code == 0, done.output
    assert "1 imported, 0 here already, 0 refused." in done.output
    user = person(session)
    assert (user.name, user.role, user.is_demo) == ("Amina Khan", Role.FREELANCER, False)
    profile = service.of_user(session, user)
    assert profile.published_at is None
    draft = service.draft_of(profile)
    assert [skill.label for skill in draft.skills] == ["React", "TypeScript"]
    assert draft.past_titles == ("Web developer", "Intern")
    assert (draft.rate_minor, draft.currency) == (1250, "EUR")
    assert (draft.availability, draft.hours_per_week) == (Availability.LIMITED, 25)
    assert sorted(draft.languages) == ["en", "ur"]
    assert draft.links == ("https://example.org/work", "https://example.org/more")


def test_only_who_has_agreed_is_public_at_once(session: Session, run, written):
    path = written(PROFILE, {}, {"email": "bo@example.org", "published": "no"})
    assert run("profiles", "import", path, "--they-agreed").exit_code == 0
    public = [
        service.of_user(session, person(session, email)).published_at is not None
        for email in ("amina@example.org", "bo@example.org")
    ]
    assert public == [True, False]


def test_everybody_who_is_new_is_written_to_once(session: Session, run, written):
    path = written(PROFILE, {}, {"email": "bo@example.org"})
    for _ in range(2):
        done = run("profiles", "import", path)
    assert "The worker writes" not in done.output, "nobody was new the second time"
    assert sorted(told(session)) == [
        ("amina@example.org", "imported"),
        ("bo@example.org", "imported"),
    ]


def test_a_refused_row_is_no_letter(session: Session, run, written):
    run("profiles", "import", written(PROFILE, {"rate": "ten"}))
    assert told(session) == []


@pytest.mark.parametrize("agreed", [False, True])
def test_the_letter_leads_to_what_was_imported_and_to_its_end(
    session: Session, run, written, visitor, agreed: bool
):
    run("profiles", "import", written(PROFILE, {}), *["--they-agreed"] * agreed)
    drain(db.engine, tasks())
    (letter,) = kept_letters(session, KEY)
    assert letter.recipient == "amina@example.org"
    assert ("As you agreed, everyone can see" in letter.body) is agreed
    link = re.search(r"/new-password/\S+", letter.body)[0]
    form = {"password": "seven tall cedar trees"}
    assert visitor.post(link, form).status == 303
    assert "http://127.0.0.1:8000/profile\n" in letter.body
    own = visitor.get("/profile")
    assert PROFILE["headline"] in own.text
    turn = "/profile/withdrawal" if agreed else "/profile/publication"
    assert own.soup.main.find("form", action=turn)
    assert visitor.post("/profile/erasure").path == "/profile/edit"
    session.expire_all()
    profile = service.of_user(session, person(session))
    assert service.draft_of(profile) == service.ProfileDraft()
    assert profile.published_at is None


def test_its_text_waits_to_be_encoded(session: Session, run, written):
    run("profiles", "import", written(PROFILE, {}))
    assert "matching.embed" in session.scalars(select(Effect.task)).all()


def test_nobody_can_sign_in_before_setting_a_password(session: Session, run, written):
    run("profiles", "import", written(PROFILE, {}))
    user = person(session)
    assert user.email_verified_at is None
    for password in ("", "!", "amina@example.org"):
        assert not fits(user.password_hash, password)


def test_the_same_file_again_changes_nothing(session: Session, run, written):
    path = written(PROFILE, {}, {"email": "Bo@Example.org", "name": "Bo"})
    assert run("profiles", "import", path).exit_code == 0
    done = run("profiles", "import", path)
    assert done.exit_code == 0
    assert "0 imported, 2 here already, 0 refused." in done.output
    assert count(session) == 2
    assert person(session, "bo@example.org") is not None


def test_a_file_may_hold_only_what_is_needed(session: Session, run, written):
    needed = ("email", "name", "headline", "summary", "skills")
    path = written({name: PROFILE[name] for name in needed}, {})
    assert run("profiles", "import", path).exit_code == 0
    profile = service.of_user(session, person(session))
    assert profile.published_at is None
    assert (profile.rate_minor, profile.hours_per_week) == (None, 30)


@pytest.mark.parametrize(
    ("cell", "column", "reason"),
    [
        ({"email": "amina"}, "email", "This is not an e-mail address"),
        ({"name": "<b>Amina</b>"}, "name", "without the signs < and >"),
        ({"name": " "}, "name", "Please fill this in."),
        ({"headline": "x" * 121}, "headline", "121 characters long; at most 120 fit"),
        ({"summary": "short"}, "summary", "at least 40 characters"),
        ({"summary": "turned \u202e round, and long enough for anyone"}, "summary", "invisible"),
        ({"rate": "ten"}, "rate", "Write the amount in digits"),
        ({"currency": "PKR"}, "currency", "Choose one of these."),
        ({"currency": ""}, "currency", "Choose one of these."),
        ({"availability": "maybe"}, "availability", "Choose one of these."),
        ({"hours_per_week": "90"}, "hours_per_week", "whole number from 1 to 80"),
        ({"languages": "en; klingon"}, "languages", "Choose from the languages listed"),
        ({"links": "javascript:alert(1)"}, "links", "A link begins with"),
        ({"published": "perhaps"}, "published", "Write yes or no."),
        ({"park": "atlantis"}, "park", "There is no park at this address."),
    ],
)
def test_a_bad_row_is_reported_and_the_good_ones_stay(
    session: Session, run, written, cell: dict[str, str], column: str, reason: str
):
    path = written(PROFILE, {}, {"email": "bad@example.org", **cell}, {"email": "c@example.org"})
    done = run("profiles", "import", path)
    assert done.exit_code == 1
    assert f"Line 3, refused, {column}: " in done.output
    assert reason in done.output
    assert "2 imported, 0 here already, 1 refused." in done.output
    assert person(session, "bad@example.org") is None
    assert count(session) == 2
    again = run("profiles", "import", path)
    assert "0 imported, 2 here already, 1 refused." in again.output


def test_all_problems_of_a_row_are_told_at_once(run, written):
    row = {"email": "amina", "rate": "ten", "park": "atlantis", "published": "perhaps"}
    output = run("profiles", "import", written(PROFILE, row)).output
    for column in ("email", "rate", "park", "published"):
        assert f"Line 2, refused, {column}: " in output


def test_unknown_skills_are_left_out_with_a_word(session: Session, run, written):
    done = run("profiles", "import", written(PROFILE, {"skills": "Typescrit; reactjs; Flubber"}))
    assert done.exit_code == 0
    assert (
        "Line 2, skills: “Typescrit” is left out: no skill we know. Close to it: TypeScript."
        in done.output
    )
    assert "“Flubber” is left out" in done.output
    profile = service.of_user(session, person(session))
    assert [row.skill.label for row in profile.skills] == ["React"]


def test_a_row_without_any_known_skill_is_refused(session: Session, run, written):
    done = run("profiles", "import", written(PROFILE, {"skills": "Typescrit"}))
    assert done.exit_code == 1
    assert "Line 2, refused, skills: We do not know “Typescrit”." in done.output
    assert "Close to it: TypeScript." in done.output
    assert person(session) is None


def test_a_park_is_asked_to_confirm(session: Session, run, written):
    manager = make_user(session, Role.MANAGER)
    make_park(session, slug="gilgit", managers=(manager,))
    session.commit()
    assert run("profiles", "import", written(PROFILE, {"park": "gilgit"})).exit_code == 0
    membership = session.scalars(select(Membership)).one()
    assert membership.status is MembershipStatus.ASKED
    assert membership.user_id == person(session).id


def test_an_address_of_a_client_is_refused(session: Session, run, written):
    make_user(session, Role.CLIENT, email="amina@example.org")
    session.commit()
    done = run("profiles", "import", written(PROFILE, {}))
    assert done.exit_code == 1
    assert "Line 2, refused, email: This address belongs to a client." in done.output


def test_somebody_who_has_joined_writes_their_own_profile(session: Session, run, written):
    make_user(session, email="amina@example.org")
    session.commit()
    assert "0 imported, 1 here already" in run("profiles", "import", written(PROFILE, {})).output
    assert count(session) == 0


def test_refused_rows_can_be_mended_and_imported_from_their_own_file(
    session: Session, run, written, tmp_path
):
    path = written(PROFILE, {}, {"email": "bo@example.org", "rate": "ten", "headline": 'Says "hi"'})
    bad = tmp_path / "bad.csv"
    assert run("profiles", "import", path, "--errors", bad).exit_code == 1
    with bad.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1
    assert rows[0]["line"] == "3"
    assert rows[0]["reason"].startswith("rate: Write the amount in digits")
    bad.write_text(bad.read_text("utf-8-sig").replace("ten,EUR", "10,EUR"), "utf-8")
    assert "1 imported" in run("profiles", "import", bad).output
    assert service.of_user(session, person(session, "bo@example.org")).headline == 'Says "hi"'
