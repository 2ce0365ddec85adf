"""What is typed into a page goes along with the language button, and says what it was opened on."""

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.access import address, pages
from tests.visitor import Page
from tests.world import make_world

# A tick beside a button is made anew as fast as it was made.
FILLED_IN = "textarea, select, input:not([type=hidden]):not([type=checkbox])"


def written_forms(soup: BeautifulSoup) -> list[Tag]:
    """The forms in which somebody writes something that is then kept."""
    return [form for form in soup.select("main form[method=post]") if form.select(FILLED_IN)]


def left_behind(page: Page) -> list[str]:
    """Why the language button would lose what is typed into the page."""
    soup = page.soup
    if not written_forms(soup):
        return []
    mains = soup.select("form#main-form")
    faults = [] if len(mains) == 1 else [f"{len(mains)} main forms"]
    if not soup.select("header button[name=shown_in][form=main-form]"):
        faults.append("the language button does not belong to the form")
    return faults


def forgotten_on_the_way_back(page: Page) -> list[str]:
    """The fields that a browser empties when its back button leads to the page again."""
    fields = page.soup.select('main [autocomplete="off"]')
    return [f"{field.get('name')} is not kept for the back button" for field in fields]


def without_version(app: Flask, page: Page, path: str) -> list[str]:
    """The forms that change a thing and do not say which version of it they show."""
    urls = app.url_map.bind("localhost")
    faults = []
    for form in written_forms(page.soup):
        where = form.get("action") or path
        try:
            endpoint, _ = urls.match(where.partition("?")[0], method="POST")
        except HTTPException:
            faults.append(f"{where} takes no form")
            continue
        if endpoint.endswith(".edit") and not form.select_one("[name=version][value]"):
            faults.append(where)
    return faults


def test_every_page_keeps_what_is_typed_and_says_its_version(app, session, visitors):
    world = make_world(session)
    session.commit()
    kept, versions, faults = 0, 0, []
    for endpoint, actor in pages():
        visitor = visitors()
        if world.people[actor]:
            visitor.sign_in(world.people[actor])
        path = address(app, world, endpoint)
        page = visitor.get(path)
        kept += bool(written_forms(page.soup))
        versions += len(page.soup.select("#main-form [name=version][value]"))
        found = left_behind(page) + without_version(app, page, path)
        found += forgotten_on_the_way_back(page)
        faults += [f"{endpoint} for the {actor}: {one}" for one in found]
    assert not faults, "\n" + "\n".join(faults)
    assert kept > 15
    assert versions >= 3


@pytest.fixture
def edit(visitor, session):
    world = make_world(session)
    visitor.sign_in(world.people["client"])
    return visitor.get(f"/jobs/{world.job.id}/edit")


@pytest.mark.parametrize(
    ("said", "instead"), [(b'id="main-form"', b'id="other"'), (b'name="shown_in"', b'name="x"')]
)
def test_a_planted_form_that_would_be_lost_is_seen(edit, said, instead):
    assert left_behind(edit) == []
    edit.response.data = edit.response.data.replace(said, instead)
    assert left_behind(edit)


def test_a_planted_field_that_the_back_button_empties_is_seen(edit):
    assert forgotten_on_the_way_back(edit) == []
    edit.response.data = edit.response.data.replace(b"<input ", b'<input autocomplete="off" ')
    assert forgotten_on_the_way_back(edit)


def test_a_planted_form_without_its_version_is_seen(app, edit):
    assert without_version(app, edit, "") == []
    edit.response.data = edit.response.data.replace(b'name="version"', b'name="v"')
    assert without_version(app, edit, "")
