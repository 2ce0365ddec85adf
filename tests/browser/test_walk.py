"""The main path in Chromium, from joining to a contract: in English, in Urdu, without script."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Site, Window

# Flask-Compress leaves the file it compresses to the garbage collector.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:unclosed file")]

WITHIN_SECONDS = 60
PASSWORD = "three old apricot trees"


@dataclass(frozen=True)
class Words:
    """What the two people type."""

    language: str
    freelancer: str
    client: str
    headline: str
    summary: str
    title: str
    description: str
    letter: str
    milestone: str


ENGLISH = Words(
    language="en",
    freelancer="Zahra Batool",
    client="Lena Vogel",
    headline="Archivist of Balti folk songs",
    summary="I record, write down and translate Balti folk songs, and publish archives of them.",
    title="An archive of Balti folk songs",
    description="Two hundred Balti folk songs wait on tapes: write them down, publish an archive.",
    letter="I grew up with these songs and have published forty of them.",
    milestone="The first hundred songs",
)
URDU = Words(
    language="ur",
    freelancer="زہرا بتول",
    client="نادیہ خان",
    headline="بلتی لوک گیتوں کی محافظ",
    summary="میں بلتی لوک گیت ریکارڈ کرتی ہوں، لکھتی ہوں اور ان کا ترجمہ کر کے شائع کرتی ہوں۔",
    title="بلتی لوک گیتوں کا ذخیرہ",
    description="دو سو بلتی لوک گیت ٹیپ پر ہیں: انہیں ریکارڈ کرنا، لکھنا اور شائع کرنا ہے۔",
    letter="میں انہی گیتوں کے ساتھ بڑی ہوئی ہوں اور چالیس گیت شائع کر چکی ہوں۔",
    milestone="پہلے سو گیت",
)
# Nearly the same text under another name would be a copy, and stand last.
WITHOUT_SCRIPT = replace(
    ENGLISH,
    freelancer="Sakina Fatima",
    headline="Keeper of Balti folk songs",
    summary="My village sings; my recordings, notes and English versions keep it for good.",
)


class Person(Window):
    """Somebody at a window, who finds things by what they are and not by their words."""

    def fill(self, **typed: str) -> None:
        for name, text in typed.items():
            self.page.locator(f'main [name="{name}"]').fill(text)

    def tick(self, name: str, value: str) -> None:
        self.page.locator(f'main [name="{name}"][value="{value}"]').check()

    def press(self, selector: str) -> None:
        self.click(self.page.locator(selector).first)
        refused = self.page.locator("main [role=alert]")
        assert not refused.count(), refused.all_inner_texts()

    def click(self, found: Locator) -> None:
        """Press it and wait for the page it leads to."""
        with self.page.expect_navigation():
            found.click()

    def await_(self, selector: str) -> Locator:
        """Look again and again until it is there: the worker brings it."""
        end = time.monotonic() + WITHIN_SECONDS
        while not self.page.locator(selector).count():
            assert time.monotonic() < end, f"no {selector} on {self.page.url}"
            self.page.wait_for_timeout(100)
            self.page.reload()
        return self.page.locator(selector).first

    def join(self, role: str, name: str, email: str, language: str) -> None:
        """Sign up in a language and prove the address from the page of kept letters."""
        self.go("/")
        if self.page.locator("html").get_attribute("lang") != language:
            self.press(f'header button[value="{language}"]')
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        self.press('header a[href^="/sign-up"]')
        self.tick("role", role)
        self.fill(name=name, email=email)
        self.press("main form.stack button")
        assert self.path == "/check-mail"
        self.press('main a[href="/outbox"]')
        letter = f'article:has-text("{email}")'
        self.click(self.await_(letter).locator('a[href*="/verify/"]'))
        self.fill(password=PASSWORD)
        self.press("main form.stack button")
        assert not self.path.startswith(("/sign-in", "/verify"))

    def offer(self, words: Words) -> None:
        """Write a profile and publish it."""
        self.press('header a[href="/profile"]')
        self.fill(headline=words.headline, summary=words.summary, skills="Technical writing")
        self.fill(rate="20", past_titles=words.headline)
        self.tick("languages", "en")
        self.tick("languages", "ur")
        self.press('main button[name="publish"]')
        assert self.path == "/profile"
        expect(self.page.locator("h1")).to_have_text(words.freelancer)

    def ask_for(self, words: Words) -> None:
        """Post a job; the shortlist is the next page."""
        self.press('header a[href="/jobs/new"]')
        self.fill(title=words.title, description=words.description, skills="Technical writing")
        self.fill(budget="1,200")
        self.press('main button[name="publish"]')
        assert self.path.endswith("/shortlist")

    def propose(self, words: Words) -> None:
        """Answer the invitation with a price."""
        self.press('header a[href="/my-proposals"]')
        self.press(f'.card:has-text("{words.title}") a[href$="/propose"]')
        self.fill(letter=words.letter)
        self.fill(**{"steps-0-title": words.milestone, "steps-0-amount": "600"})
        self.fill(**{"steps-0-days": "14", "steps-1-title": words.title})
        self.fill(**{"steps-1-amount": "۶۰۰", "steps-1-days": "14"})
        self.press("main form[method=post] .row.part button:not([name])")
        assert self.path.startswith("/proposals/")


@pytest.fixture
def person(context, site: Site) -> Callable[..., Person]:
    return lambda **kwargs: Person(context(**kwargs), site)


@pytest.mark.parametrize(
    ("words", "script"),
    [(ENGLISH, True), (URDU, True), (WITHOUT_SCRIPT, False)],
    ids=["in English", "in Urdu", "without script"],
)
def test_from_joining_to_a_contract(words: Words, script: bool, person: Callable[..., Person]):
    freelancer, client = (person(java_script_enabled=script) for _ in range(2))
    mark = f"{words.language}-{script}".lower()
    freelancer.join("freelancer", words.freelancer, f"zahra-{mark}@example.org", words.language)
    freelancer.offer(words)
    client.join("client", words.client, f"client-{mark}@example.org", words.language)
    client.ask_for(words)

    found = client.await_(f'li.match:has-text("{words.freelancer}")')
    expect(found).to_contain_text(words.headline)
    client.click(found.locator("form button"))
    assert client.path.endswith("/shortlist")
    freelancer.go("/notifications")
    expect(freelancer.page.locator("main")).to_contain_text(words.title)
    freelancer.propose(words)

    client.go("/notifications")
    client.press(f'main a:has-text("{words.title}")')
    expect(client.page.locator("main")).to_contain_text("$1,200")
    client.press('form[action$="/acceptance"] button')
    assert client.path.startswith("/contracts/")
    expect(client.page.locator("main")).to_contain_text(words.milestone)
    freelancer.go("/contracts")
    freelancer.press(f'main a:has-text("{words.title}")')
    assert freelancer.path == client.path
    assert freelancer.complaints == client.complaints == []
    for one in (freelancer, client):
        expect(one.page.locator("html")).to_have_attribute("lang", words.language)


def test_skills_are_offered_as_one_types(window: Callable[..., Window], site: Site):
    client = window(site.world.people["client"])
    client.go("/jobs/new")
    client.page.locator('[name="skills"]').press_sequentially("Djan")
    expect(client.page.get_by_text("Django", exact=True).first).to_be_visible()
    assert client.complaints == []
