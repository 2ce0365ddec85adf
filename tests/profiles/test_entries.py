"""What a line of past titles or of links may be."""

import pytest

from app.errors import Invalid
from app.profiles.entries import clean_link, clean_title


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org/work", "https://example.org/work"),
        (" http://example.org ", "http://example.org"),
        ("HTTPS://Example.org/A?b=c#d", "https://Example.org/A?b=c#d"),
        ("github.com/amina", "https://github.com/amina"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://مثال.پاکستان/کام", "https://مثال.پاکستان/کام"),
        ("https://xn--mgbh0fb.xn--kgbechtv/", "https://xn--mgbh0fb.xn--kgbechtv/"),
        ("https://example.org/it's(fine)", "https://example.org/it's(fine)"),
    ],
)
def test_a_link_to_a_web_page_is_kept(typed, kept):
    assert clean_link(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://example.org",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:amina@example.org",
        "ftp://example.org",
        "https:example.org",
        "https://",
        "https:///path",
        "//example.org",
        "https://localhost/x",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://amina:secret@example.org",
        "https://example.org@evil.example",
        "https://example.org\\@evil.example",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://exa mple.org",
        "https://example.org/a b",
        "https://example.org/<script>",
        'https://example.org/"onmouseover="x',
        "https://exam\u200bple.org",
        "https://example.org/\u202egpj",
        "https://example.org/\x00",
        "java\nscript:alert(1)",
        "https://-.org",
        "just words",
        "<b>",
        "https://example.org/" + "a" * 300,
        "e" * 292 + ".example",
    ],
)
def test_anything_else_is_no_link(typed):
    with pytest.raises(Invalid):
        clean_link(typed)


def test_the_refusal_of_another_kind_of_link_says_what_a_link_begins_with():
    with pytest.raises(Invalid, match="begins with https://"):
        clean_link("javascript:alert(1)")


def test_the_refusal_of_a_password_says_so():
    with pytest.raises(Invalid, match="password out of the link"):
        clean_link("https://amina:secret@example.org")


def test_a_title_is_trimmed():
    assert clean_title("  Front-end developer ") == "Front-end developer"


@pytest.mark.parametrize("typed", ["x" * 121, "a\x00b", "a\u202eb", "two\nlines"])
def test_a_title_is_one_short_visible_line(typed):
    with pytest.raises(Invalid):
        clean_title(typed)
