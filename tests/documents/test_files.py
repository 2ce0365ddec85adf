"""The text of files: what is read, what is refused and in which words."""

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import files
from app.errors import Conflict, Invalid, TooLarge
from app.texts import clean
from tests.documents import made

SCAN = "no text in this file"
LOCKED = "password"
BROKEN = "broken"
OTHER = "PDF, a DOCX or a plain text"
LARGE = "too large inside"


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        files.read(data)
    return str(caught.value)


def test_a_pdf_is_read():
    assert files.read(made.pdf("Web Developer", "JS and PHP")).text == "Web Developer\nJS and PHP"


def test_a_word_document_is_read_with_its_tables_in_order():
    assert files.read(made.word("Skills", table=("React", "اردو"))).text == "Skills\nReact\nاردو"


LINKS = ("https://example.org/shop", "mailto:a@example.org", "https://example.org/shop")


def test_the_links_behind_the_words_of_a_pdf_are_read():
    read = files.read(made.pdf("Me", "My shop", "Mail", "Again", links=LINKS))
    assert read == ("Me\nMy shop\nMail\nAgain", ("https://example.org/shop",))


def test_the_links_behind_the_words_of_a_document_are_read():
    read = files.read(made.linked_word("My shop", "Mail", "Again", links=LINKS))
    assert read == ("My shop\nMail\nAgain", ("https://example.org/shop",))


def test_what_is_no_address_of_a_page_is_no_link():
    odd = ("javascript:alert(1)", "file:///etc/passwd", "https://example.org/" + "x" * 400, "x.y")
    assert files.read(made.linked_word(*"abcd", links=odd)).links == ()


def test_a_file_full_of_links_is_read_as_far_as_a_profile_needs():
    links = tuple(f"https://example.org/{number}" for number in range(300))
    assert files.read(made.linked_word(*["x"] * 300, links=links)).links == links[:50]
    assert files.read(made.pdf(*["x"] * 300, links=links)).links == links[:50]


def test_a_broken_link_breaks_nothing_else():
    assert files.read(made.pdf_of_a_broken_link("Seen")) == ("Seen", ())


def test_the_mark_between_text_and_links_does_no_harm_in_a_text():
    assert files.read(b"a\x1ehttps://example.org") == ("ahttps://example.org", ())


def test_hidden_words_of_a_document_are_not_read():
    document = docx.Document()
    line = document.add_paragraph("Seen")
    line.add_run(" and hidden").font.hidden = True
    assert files.read(made.saved(document)).text == "Seen"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_is_read_in_its_encoding(encoding: str):
    assert files.read("Café\r\nweb".encode(encoding)).text == "Café\nweb"


def test_urdu_is_read():
    text = "ویب ڈویلپر — پانچ سال کا تجربہ"
    assert files.read(text.encode()).text == text
    assert files.read(made.word(text)).text == text


def test_a_pdf_that_only_guards_its_printing_is_read():
    assert files.read(made.pdf("Open to all", owner="secret")).text == "Open to all"


def test_a_long_text_is_cut():
    assert len(files.read(made.word(*["word " * 2000] * 60)).text.encode()) <= files.MOST_TEXT_BYTES


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (made.scan(), SCAN),
        (made.word(), SCAN),
        (made.pdf("x", password="secret"), LOCKED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, LOCKED),
        (made.pdf("x")[:300], BROKEN),
        (b"%PDF-1.7 and nothing more", BROKEN),
        (made.word("x")[:900], BROKEN),
        (made.packed(word__document_xml=b"<w:document"), BROKEN),
        (made.packed(picture_png=b"no document"), OTHER),
        (made.packed(word__document_xml=b"0" * 60_000_000), LARGE),
        (made.packed(**{f"a{n}": b"" for n in range(2100)}), LARGE),
        (b"\x89PNG\r\n\x1a\n\0\0\0", OTHER),
        (b"{\\rtf1 hello}", OTHER),
        (b"\x7fELF\0\0", OTHER),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_readable_document_is_refused_in_words(data: bytes, words: str):
    assert words in refusal(data)


def test_more_than_5_mb_are_refused_unread():
    with pytest.raises(TooLarge, match="5 MB"):
        files.read(b"%PDF-" + b"0" * files.MOST_FILE_BYTES)


def test_entities_that_would_grow_are_not_followed():
    grown = (
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
        b'<!ENTITY c SYSTEM "file:///etc/passwd">]><d>&b;&c;</d>'
    )
    assert refusal(made.packed(word__document_xml=grown))


def test_while_all_places_are_taken_others_are_asked_to_come_back(monkeypatch):
    monkeypatch.setattr(files, "WALL_SECONDS", 0.01)
    for _ in range(2):
        files._PLACES.acquire()
    try:
        with pytest.raises(Conflict, match="Many files"):
            files.read(made.scan())
    finally:
        files._PLACES.release(2)


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(files, "WALL_SECONDS", 0.01)
    assert LARGE in refusal(made.scan())


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([b"%PDF-1.4\n", b"PK\x03\x04", b""]), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes):
    try:
        text = files.read(start + rest).text
    except Invalid:
        return
    assert text


@settings(deadline=None)
@given(st.text())
def test_a_tidy_text_is_one_that_every_form_takes(text: str):
    tidy = files.tidy(text)
    assert clean(tidy, longest=10_000) == tidy


def test_no_run_in_a_tidy_text_is_long():
    text = files.tidy("a" * 5000 + " " * 5000 + "\n" * 50 + "\uf0b7 b")
    assert max(map(len, text.split())) == 300
    assert text.endswith("a\n\n• b")
