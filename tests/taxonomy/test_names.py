"""The forms a name is looked up by."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.taxonomy.names import LONGEST_KEY, joined, name_key, slug, unversioned

# "ϓ́" composes after the first folding, "İ" grows a dot when it is made small.
awkward = st.text(st.characters(codec=None), max_size=300)


@given(awkward)
@example("İ")
@example("ϓ́")
@example("a\u0345\u0301")
@example("c+ +.+#.net..")
@example("\ud800x\x00")
@example("½ + ﷺ")
@example("ß" * 130)
def test_a_key_is_its_own_key(text: str):
    key = name_key(text)
    assert name_key(key) == key
    assert len(key) <= LONGEST_KEY
    key.encode()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("  Node.JS ", "node.js"),
        ("C++", "c++"),
        ("C#", "c#"),
        (".NET", ".net"),
        ("ASP.NET", "asp.net"),
        ("C, C++ and C#.", "c c++ and c#"),
        ("R&D", "r and d"),
        ("UI / UX", "ui ux"),
        ("UI/UX", "ui ux"),
        ("e-commerce", "e commerce"),
        ("snake_case", "snake case"),
        ("Driver’s licence", "drivers licence"),
        ("Driver's licence", "drivers licence"),
        ("Ｐｙｔｈｏｎ", "python"),
        ("Java\u200bScript", "javascript"),
        ("two\nlines", "two lines"),
        ("Python 3.11", "python 3.11"),
        ("+1 # . !", "1"),
        ("Straße", "strasse"),
        ("اردو ترجمہ", "اردو ترجمہ"),
        ("हिन्दी", "हिन्दी"),
        ("!?", ""),
    ],
)
def test_names_fold_to_keys(typed: str, key: str):
    assert name_key(typed) == key


@pytest.mark.parametrize(
    ("key", "plain"),
    [
        ("python 3.11", "python"),
        ("python3", "python"),
        ("html5", "html"),
        ("angular v17", "angular"),
        ("laravel 10.x", "laravel"),
        ("windows server 2019", "windows server"),
        ("s3", "s3"),
        ("c++", "c++"),
        ("365", "365"),
        ("", ""),
    ],
)
def test_a_version_can_be_dropped(key: str, plain: str):
    assert unversioned(key) == plain


def test_blanks_and_dots_can_be_dropped_but_not_meaning():
    assert joined(name_key("Power BI")) == joined(name_key("PowerBI"))
    assert joined(name_key("Node JS")) == joined(name_key("node.js"))
    assert len({joined(name_key(name)) for name in ("C", "C++", "C#")}) == 3


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        (".NET", "dot-net"),
        ("Node.js", "node-js"),
        ("Structured query language (SQL)", "structured-query-language-sql"),
        ("Café design", "cafe-design"),
    ],
)
def test_a_slug_is_ascii_and_keeps_languages_apart(label: str, expected: str):
    assert slug(label) == expected
