import pytest

from app.jobs.models import JobStatus
from app.permissions import Role
from tests.factories import make_job, make_letter, make_profile, make_skill, make_user


def test_a_visitor_sees_the_newest_open_jobs_and_nothing_closed(session, visitor):
    skill = make_skill(session, "Zither tuning")
    make_job(session, title="Tune our zithers", skills=(skill,))
    make_job(session, title="Secret draft", status=JobStatus.DRAFT)
    make_job(session, title="Long closed", status=JobStatus.CLOSED)
    session.commit()
    page = visitor.get("/")
    assert "Tune our zithers" in page.text
    assert "Zither tuning" in page.text
    assert "Secret draft" not in page.text
    assert "Long closed" not in page.text


def test_the_front_page_counts_only_what_is_public(session, visitor):
    make_profile(session)
    make_profile(session, published=False)
    session.commit()
    numbers = visitor.get("/").soup.find("dl", class_="numbers").get_text(" ").split()
    assert numbers == ["Freelancers", "1", "Open", "jobs", "0", "Parks", "0"]


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.FREELANCER, "/feed"),
        (Role.CLIENT, "/my-jobs"),
        (Role.MANAGER, "/my-parks"),
        (Role.OPERATOR, "/operations"),
    ],
)
def test_everybody_starts_at_their_own_work(session, visitor, role, first):
    visitor.sign_in(make_user(session, role))
    page = visitor.get("/")
    assert page.path == first
    assert visitor.follow(page).status == 200


def test_the_operator_is_told_of_what_was_given_up_and_what_waits(session, visitor, held_clock):
    visitor.sign_in(make_user(session, Role.OPERATOR))
    assert "Nothing was given up." in visitor.get("/operations").text
    make_letter(session, gave_up_at=held_clock())
    make_letter(session)
    make_letter(session)
    session.commit()
    held_clock.forward(hours=1)
    page = visitor.get("/operations")
    assert "1 task failed too often" in page.text
    assert "2 tasks have waited" in page.text
    for sort in ("given-up", "waiting"):
        assert page.soup.find("a", href=f"/operations/tasks/{sort}")


@pytest.mark.parametrize("role", [Role.FREELANCER, Role.CLIENT, Role.MANAGER])
def test_operations_are_for_operators(session, visitor, role):
    assert visitor.sign_in(make_user(session, role)).get("/operations").status == 403


def test_the_health_check_answers(visitor):
    assert visitor.get("/healthz").response.json == {"status": "ok"}
