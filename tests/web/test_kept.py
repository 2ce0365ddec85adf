"""What was typed is not lost: whatever refuses a form, its text is on the page that answers."""

import pytest

from app.accounts.passwords import hash_password
from app.errors import Busy
from app.jobs import posts
from app.jobs.models import Job
from app.permissions import Role
from app.web import kept
from tests.factories import make_job, make_park, make_proposal, make_skill, make_user
from tests.jobs.typed import DESCRIPTION, job_form
from tests.web.test_once import count

OURS = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "three old apricot trees"


@pytest.fixture
def client(session):
    for label in ("WordPress", "PHP"):
        make_skill(session, label)
    return make_user(session, Role.CLIENT, name="Lena Vogel")


@pytest.fixture(autouse=True)
def checked_tokens(app):
    app.config["WTF_CSRF_ENABLED"] = True


def send_kept(visitor, page):
    """Press the button of a page that kept what was typed."""
    form = page.soup.find(id="main-form")
    sent = [(f["name"], f.get("value", "")) for f in form.find_all("input") if f.get("name")]
    sent += [(f["name"], f.text.removeprefix("\n")) for f in form.find_all("textarea")]
    data = {name: [v for n, v in sent if n == name] for name, _ in sent}
    return visitor.post(form["action"], data, headers=OURS)


def test_a_form_of_an_earlier_visit_comes_back_and_is_sent_with_one_press(visitor, session, client):
    visitor.sign_in(client)
    page = visitor.post("/jobs/new", job_form(publish="1", csrf_token="old"), headers=OURS)
    assert page.status == 403
    assert page.value("description") == DESCRIPTION
    assert count(session, Job) == 0
    assert send_kept(visitor, page).path.endswith("/shortlist")
    assert count(session, Job) == 1


def test_a_form_of_who_is_signed_out_waits_behind_the_sign_in_page(visitor, session, client, app):
    client.password_hash = hash_password(PASSWORD)
    session.commit()
    page = visitor.post("/jobs/new", job_form(csrf_token="old"), headers=OURS)
    assert page.status == 403
    assert "What you typed is kept" in page.text
    assert DESCRIPTION not in page.text
    given = {"email": client.email, "kept": page.value("kept")}
    wrong = visitor.post("/sign-in", {**given, "password": "not this one"}, headers=OURS)
    given["kept"] = wrong.value("kept")
    page = visitor.post("/sign-in", {**given, "password": PASSWORD}, headers=OURS)
    assert page.status == 200
    assert "You are signed in as Lena Vogel." in page.text
    assert page.value("description") == DESCRIPTION
    assert send_kept(visitor, page).status == 303
    assert session.query(Job).one().client_id == client.id


def test_who_signed_in_elsewhere_meanwhile_goes_on_with_what_waits(visitor, client):
    page = visitor.post("/jobs/new", job_form(csrf_token="old"), headers=OURS)
    waiting = {"email": "", "password": "", "kept": page.value("kept"), "csrf_token": "old"}
    visitor.sign_in(client)
    page = visitor.post("/sign-in", waiting, headers=OURS)
    assert page.status == 200
    assert page.value("description") == DESCRIPTION
    assert send_kept(visitor, page).status == 303


def test_a_refused_sign_in_carries_on_what_waits_behind_it(visitor, session, client):
    client.password_hash = hash_password(PASSWORD)
    session.commit()
    page = visitor.post("/jobs/new", job_form(csrf_token="old"), headers=OURS)
    given = {"email": client.email, "kept": page.value("kept"), "csrf_token": "of no visit"}
    page = visitor.post("/sign-in", given | {"password": PASSWORD}, headers=OURS)
    assert page.status == 403
    given = {"email": page.value("email"), "kept": page.value("kept"), "password": PASSWORD}
    page = visitor.post("/sign-in", given, headers=OURS)
    assert page.value("description") == DESCRIPTION


def test_a_forgotten_password_leaves_the_page_open_that_keeps_what_was_typed(visitor):
    plain = visitor.get("/sign-in").soup.select_one('main a[href="/forgotten"]')
    assert "target" not in plain.attrs
    page = visitor.post("/jobs/new", job_form(csrf_token="old"), headers=OURS)
    assert page.soup.select_one('main a[href="/forgotten"]')["target"] == "_blank"


def test_another_sites_form_is_not_kept(visitor, client):
    visitor.sign_in(client)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        page = visitor.post("/jobs/new", job_form(csrf_token="old"), headers=headers)
        assert page.status == 403
        assert not page.soup.select("main form button")


def test_a_kept_text_that_somebody_changed_leads_to_the_start(app):
    for text in ("", "x", kept.FIELD):
        with app.test_request_context("/sign-in", method="POST", data={"kept": text}):
            assert kept.resume() is None


@pytest.mark.parametrize("language", ["ur", "en"])
@pytest.mark.parametrize("role", [Role.CLIENT])
def test_another_language_keeps_what_is_typed(visitor, session, client, language, role):
    visitor.sign_in(client)
    typed = job_form(title="", budget="a lot", shown_in=language, publish="1")
    page = visitor.post("/jobs/new", typed, headers=OURS)
    assert page.status == 200
    assert page.soup.html["lang"] == language
    assert page.value("description") == DESCRIPTION
    assert page.value("budget") == "a lot"
    assert not page.soup.select(".wrong-note")
    assert count(session, Job) == 0
    assert visitor.get("/jobs/new").soup.html["lang"] == language


def test_the_switch_on_a_page_with_errors_leads_back_to_it(visitor, session):
    proposal = make_proposal(session)
    visitor.sign_in(proposal.job.client)
    page = visitor.post(f"/proposals/{proposal.id}/refusal", {"note": "Too dear for us."})
    assert page.status == 422
    button = page.soup.select_one("header button[name=shown_in]")
    form = page.soup.find(id=button["form"])
    typed = {"note": page.value("note"), "shown_in": button["value"]}
    page = visitor.post(form["action"], typed)
    assert (page.status, page.soup.html["lang"]) == (200, "ur")
    assert page.value("note") == "Too dear for us."


def test_the_switch_of_a_refused_act_leads_to_the_page_before(visitor, session):
    job = make_job(session)
    visitor.sign_in(job.client)
    before = {"Referer": f"http://localhost/jobs/{job.id}?x=1"}
    page = visitor.post(f"/jobs/{job.id}/reopening", headers=before)
    assert page.status == 409
    assert page.soup.select_one("header [name=next]")["value"] == f"/jobs/{job.id}?x=1"
    elsewhere = visitor.post(f"/jobs/{job.id}/reopening", headers={"Referer": "http://evil/x"})
    assert elsewhere.soup.select_one("header [name=next]")["value"] == "/"


def test_too_busy_says_when_to_come_back_and_keeps_what_was_typed(
    visitor, session, client, monkeypatch
):
    def be_busy(*_args):
        raise Busy("Many people save at this moment. Send it again in a few seconds.")

    visitor.sign_in(client)
    monkeypatch.setattr(posts, "create", be_busy)
    page = visitor.post("/jobs/new", job_form(publish="1"), headers=OURS)
    assert page.status == 503
    assert page.response.headers["Retry-After"] == "5"
    assert page.value("description") == DESCRIPTION
    monkeypatch.undo()
    assert send_kept(visitor, page).path.endswith("/shortlist")


def test_a_page_that_keeps_a_form_never_holds_a_password(visitor):
    given = {"name": "Zahra", "email": "zahra@example.org", "password": PASSWORD}
    page = visitor.post("/sign-up", {**given, "csrf_token": "old"}, headers=OURS)
    assert page.status == 403
    assert page.value("email") == "zahra@example.org"
    assert page.value("password") == ""
    assert PASSWORD not in page.response.get_data(as_text=True)


def test_a_refused_company_keeps_its_words_beside_the_form(visitor, session):
    manager = make_user(session, Role.MANAGER)
    park = make_park(session, managers=(manager,))
    visitor.sign_in(manager)
    path = f"/my-parks/{park.id}/companies"
    typed = {"name": "Karakoram Software", "about": "Maps.", "since_on": "2026-01-01"}
    assert visitor.post(path, typed).status == 303
    page = visitor.post(path, typed)
    assert page.status == 409
    assert page.value("about") == "Maps."
