"""Nothing on any page keeps anybody out: axe finds nothing, nothing sticks out of the window, and
no page complains, in both languages on a phone and on a desk."""

from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.access import address, pages
from tests.browser.conftest import Site, Window

# Flask-Compress leaves the file it compresses to the garbage collector.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:unclosed file")]

WIDTHS = (360, 1280)
NARROWEST = 320
ENGINE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
PLANTED = {
    "a picture without words": ('<img src="/static/star.svg">', "image-alt"),
    "a field without a label": ('<input name="x">', "label"),
    "a button without a name": ("<button></button>", "button-name"),
    "a heading out of turn": ("<h6>deep</h6>", "heading-order"),
}


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, a line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(ENGINE)
    answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {found['help']}: {node['target']}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]


def sticks_out(page: Page) -> list[str]:
    """What is wider than the window, so that a reader would have to scroll sideways."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            ['the page'].concat([...document.querySelectorAll('body *')]
                .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
                .map(one => one.outerHTML.slice(0, 120)).slice(0, 3))"""
    )


def cases() -> list[tuple[str, str, str]]:
    """Every page in both languages; what a stranger's empty lists look like in one."""
    return [
        (endpoint, actor, language)
        for endpoint, actor in pages()
        for language in ("en", "ur")
        if language == "en" or not actor.startswith("another")
    ]


@pytest.mark.parametrize(("endpoint", "actor", "language"), cases())
def test_the_page_is_open_to_everybody(
    endpoint: str, actor: str, language: str, site: Site, window: Callable[..., Window]
):
    looking = window(site.world.people[actor], language)
    looking.go(address(site.app, site.world, endpoint))
    found = []
    for width in WIDTHS:
        looking.page.set_viewport_size({"width": width, "height": 800})
        found += [f"at {width}: {fault}" for fault in faults(looking.page)]
    looking.page.set_viewport_size({"width": NARROWEST, "height": 800})
    found += [f"sticks out at {NARROWEST}: {one}" for one in sticks_out(looking.page)]
    found += looking.complaints
    html = looking.page.locator("html")
    assert html.get_attribute("lang") == language
    assert html.get_attribute("dir") == {"en": "ltr", "ur": "rtl"}[language]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found(planted: str, window: Callable[..., Window]):
    looking = window()
    looking.go("/sign-in")
    assert faults(looking.page) == []
    html, rule = PLANTED[planted]
    looking.page.evaluate("html => document.querySelector('main').innerHTML += html", html)
    assert [fault for fault in faults(looking.page) if fault.startswith(rule)]


def test_pale_words_are_found(window: Callable[..., Window]):
    looking = window()
    looking.go("/sign-in")
    looking.page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert [fault for fault in faults(looking.page) if fault.startswith("color-contrast")]


def test_what_sticks_out_is_found(window: Callable[..., Window]):
    looking = window()
    looking.go("/sign-in")
    looking.page.set_viewport_size({"width": NARROWEST, "height": 800})
    assert sticks_out(looking.page) == []
    looking.page.evaluate("document.querySelector('h1').textContent = 'x'.repeat(200)")
    looking.page.evaluate("document.querySelector('h1').style.whiteSpace = 'nowrap'")
    assert sticks_out(looking.page)


def test_a_complaint_of_a_page_is_heard(window: Callable[..., Window]):
    looking = window()
    looking.go("/sign-in")
    assert looking.complaints == []
    # The policy forbids scripts that do not come from a file of ours.
    looking.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    assert any("Content Security Policy" in complaint for complaint in looking.complaints)
