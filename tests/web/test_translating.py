"""Sentences translated when a template is compiled read as those translated when it is shown."""

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from jinja2 import DictLoader
from jinja2.ext import i18n
from markupsafe import Markup

from app.web.translating import ByLanguage

PAGES = {
    "plain.html": "<p title=\"{{ _('Sign in') }}\">{{ _('Sign in') }}</p>",
    "named.html": "{{ _('Who fits: %(job)s', job=job) }}",
    "later.html": "{{ _(said) }} {% set word = 'Sign in' %}{{ _(word) }}",
    "percent.html": "{{ _('100%% of %(n)d', n=n) }} {{ _('50%%') }}",
    "markup.html": "{{ _('a < b') }} {{ _('a < b') ~ more }}",
    "letter.txt": "{{ _('Who fits: %(job)s', job=job) }} {{ _('a < b') }}",
    "outer.html": "{% from 'macro.html' import said %}{{ said() }}{% include 'plain.html' %}",
    "macro.html": "{% macro said() %}{{ _('Sign in') }}{% endmacro %}",
}


@pytest.fixture
def show(app: Flask):
    """Render one of PAGES in a language, with the app's own globals."""
    templates = ByLanguage(
        app, loader=DictLoader(PAGES), autoescape=app.select_jinja_autoescape, extensions=[i18n]
    )
    templates.globals.update(app.jinja_env.globals)

    def render(name: str, language: str, **given: object) -> str:
        with app.test_request_context(), force_locale(language):
            return templates.get_or_select_template(name).render(**given)

    return render


def test_each_reader_has_their_language_whoever_came_first(show):
    for language, said in (("en", "Sign in"), ("ur", "سائن اِن کریں"), ("en", "Sign in")):
        assert show("plain.html", language) == f'<p title="{said}">{said}</p>'


def test_what_is_imported_and_included_follows(app, show):
    with app.test_request_context(), force_locale("ur"):
        said = gettext("Sign in")
    assert show("outer.html", "en").startswith("Sign in<p")
    assert show("outer.html", "ur").startswith(f"{said}<p")
    assert "Sign in" not in show("outer.html", "ur")


def test_a_sentence_known_only_later_is_translated_then(show):
    assert show("later.html", "ur", said="Sign in") != "Sign in Sign in"
    assert show("later.html", "en", said="Sign in") == "Sign in Sign in"


def test_what_people_wrote_is_escaped_in_a_page(show):
    assert show("named.html", "en", job="<b>") == "Who fits: &lt;b&gt;"
    assert show("named.html", "en", job=Markup("<b>")) == "Who fits: <b>"


def test_a_letter_is_plain_text(show):
    assert show("letter.txt", "en", job="<b>") == "Who fits: <b> a < b"


def test_our_own_signs_stay_as_they_were(show):
    assert show("percent.html", "en", n=5) == "100% of 5 50%"
    assert show("markup.html", "en", more="<i>") == "a < b a < b&lt;i&gt;"
