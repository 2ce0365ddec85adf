"""Nothing typed is lost and nothing is done twice, in Chromium, with script and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from app import db
from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.jobs.models import Job
from app.web.database import db as web_db
from tests.browser.conftest import Site, Window

# Flask-Compress leaves the file it compresses to the garbage collector.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:unclosed file")]

PASSWORD = "three old apricot trees"
WORDS = "Two hundred Balti folk songs wait on tapes: write them down & publish <an archive>."


@pytest.fixture
def client(site: Site) -> User:
    """The client of the world, who knows a password."""
    user = site.world.people["client"]
    with site.app.app_context(), db.transaction(web_db.engine) as session:
        known = {"password_hash": hash_password(PASSWORD), "language": "en"}
        session.execute(update(User).where(User.id == user.id).values(known))
    return user


def titled(site: Site, title: str) -> int:
    with site.app.app_context(), db.transaction(web_db.engine) as session:
        return session.scalar(select(func.count(Job.id)).where(Job.title == title)) or 0


def begin(window: Window, title: str) -> None:
    window.go("/jobs/new")
    for name, text in {
        "title": title,
        "description": WORDS,
        "skills": "Django",
        "budget": "900",
    }.items():
        window.page.locator(f'main [name="{name}"]').fill(text)
    window.page.locator('[name="languages"][value="ur"]').check()


def publish(window: Window) -> None:
    with window.page.expect_navigation():
        window.page.locator('main button[name="publish"]').click()


@pytest.mark.parametrize("script", [True, False])
def test_another_language_keeps_a_half_filled_form(context, site: Site, client: User, script):
    opened = context(java_script_enabled=script)
    opened.add_cookies([site.cookie(client, "en")])
    window = Window(opened, site)
    begin(window, "")
    for language in ("ur", "en"):
        with window.page.expect_navigation():
            window.page.locator(f'header button[value="{language}"]').click()
        expect(window.page.locator("html")).to_have_attribute("lang", language)
        expect(window.page.locator('main [name="description"]')).to_have_value(WORDS)
        expect(window.page.locator('[name="languages"][value="ur"]')).to_be_checked()
    publish(window)
    expect(window.page.locator('[name="title"]')).to_have_attribute("aria-invalid", "true")
    with window.page.expect_navigation():
        window.page.locator('header button[value="ur"]').click()
    assert window.path == "/jobs/new"
    expect(window.page.locator('main [name="description"]')).to_have_value(WORDS)
    assert titled(site, "") == 0


def test_a_double_click_posts_one_job(window: Callable[..., Window], site: Site, client: User):
    browser = window(client)
    begin(browser, "Songs, pressed twice")
    browser.page.locator('main button[name="publish"]').dblclick(no_wait_after=True)
    browser.page.wait_for_url("**/shortlist")
    assert titled(site, "Songs, pressed twice") == 1


@pytest.mark.parametrize("language", ["en", "ur"])
def test_who_signed_out_elsewhere_signs_in_and_sends(
    window: Callable[..., Window], site: Site, client: User, language: str
):
    browser = window(client, language)
    title = f"Songs after signing out, {language}"
    begin(browser, title)
    other = browser.context.new_page()
    other.goto(f"{site.url}/account")
    with other.expect_navigation():
        other.locator('form[action="/sign-out"] button').click()
    publish(browser)
    browser.page.locator('main [name="email"]').fill(client.email)
    browser.page.locator('main [name="password"]').fill(PASSWORD)
    with browser.page.expect_navigation():
        browser.page.locator("main form button").click()
    expect(browser.page.locator('main [name="description"]')).to_have_value(WORDS)
    with browser.page.expect_navigation():
        browser.page.locator("#main-form button").click()
    assert browser.path.endswith("/shortlist")
    assert titled(site, title) == 1


def test_the_older_of_two_windows_sees_both(
    window: Callable[..., Window], site: Site, client: User
):
    browser = window(client)
    begin(browser, "Songs of two windows")
    publish(browser)
    path = browser.path.replace("shortlist", "edit")
    browser.go(path)
    older = Window(browser.context, site)
    older.go(path)
    for one, field, text in ((browser, "budget", "1500"), (older, "weeks", "9")):
        one.page.locator(f'main [name="{field}"]').fill(text)
        with one.page.expect_navigation():
            one.page.locator("main form .row.part button").click()
    both = older.page.locator(".changes")
    expect(both).to_contain_text("1500")
    expect(both).to_contain_text("9")


def test_enter_presses_the_forms_own_button_and_not_the_language(
    window: Callable[..., Window], site: Site, client: User
):
    browser = window(client)
    begin(browser, "Songs, sent with Enter")
    with browser.page.expect_navigation():
        browser.page.locator('main [name="budget"]').press("Enter")
    assert browser.path.endswith("/shortlist")
    expect(browser.page.locator("html")).to_have_attribute("lang", "en")
    browser.go("/account")
    with browser.page.expect_navigation():
        browser.page.locator('form[action="/sign-out"] button').click()
    browser.go("/sign-in")
    browser.page.locator('main [name="email"]').fill(client.email)
    browser.page.locator('main [name="password"]').fill(PASSWORD)
    with browser.page.expect_navigation():
        browser.page.locator('main [name="password"]').press("Enter")
    assert browser.path != "/sign-in"
