"""Composing what is encoded and searched, and its fingerprint."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.texts import (
    BODY_WORDS,
    TERMS_WORDS,
    clip_words,
    compose_job,
    compose_profile,
    fingerprint,
    tokenise,
)
from app.matching.engine.words import fold

LAW = settings(max_examples=150, deadline=None, derandomize=True)


def test_english_is_stemmed_and_tools_and_urdu_are_not() -> None:
    assert tokenise("Developers developing C++ for Node.js, ڈیزائنرز") == [
        "develop",
        "develop",
        "c++",
        "for",
        "node.js",
        fold("ڈیزائنرز"),
    ]


@LAW
@given(st.text(max_size=60))
def test_terms_can_be_stored_with_blanks_between(text: str) -> None:
    terms = tokenise(text)
    assert " ".join(terms).split() == terms


def test_a_profile_puts_headline_and_skills_first() -> None:
    body, titles, terms = compose_profile(
        "Python developer", ["Django", "C++"], ["Analyst"], "I build shops.", ["Ayesha"]
    )
    assert body == "Python developer. Django, C++. Analyst. I build shops."
    assert titles == ("Python developer", "Analyst")
    assert terms == ("python", "develop", "django", "c++", "analyst", "build", "shop")


def test_an_endless_summary_is_cut_and_the_skills_are_kept() -> None:
    body, _, terms = compose_profile(
        "Dev", ["Rust"], [], " ".join(f"word{n}" for n in range(5000)), []
    )
    assert len(body.split()) == BODY_WORDS
    assert "Rust" in body
    assert len(terms) <= TERMS_WORDS


def test_a_name_swapped_in_every_field_changes_nothing() -> None:
    def composed(name: str) -> object:
        return compose_profile(
            f"{name}, designer", ["Figma", name], [f"Head of {name} Studio"], f"I am {name}", [name]
        )

    assert composed("Ayesha Khan") == composed("Bilal")


def test_saying_a_skill_again_gains_nothing() -> None:
    once = compose_profile("Dev", ["Go", "React"], ["Dev"], "I like Go.", [])
    often = compose_profile("Dev", ["Go", "GO", "go ", "React"], ["DEV"], "I like Go. go go", [])
    assert often == once


def test_a_job_gives_no_telephone_number_to_the_encoder() -> None:
    body, titles, terms = compose_job("Logo", ["Figma"], "Call 0300-1234567 or a@b.com, he pays")
    assert body == "Logo. Figma. Call or, pays"
    assert titles == ("Logo",)
    assert terms == ("logo", "figma", "call", "pay")


def test_an_empty_profile_is_empty() -> None:
    assert compose_profile("", [], [], "", []) == ("", (), ())
    assert compose_profile(" ", ["!"], ["  "], "", ["Ali"]) == ("", (), ())


def test_clipping_counts_words() -> None:
    assert clip_words(" a  b\nc ", 2) == "a b"
    assert clip_words("a b", 9) == "a b"


words = st.lists(st.text(max_size=5), max_size=3)


@LAW
@given(st.text(max_size=5), st.text(max_size=5), words, words, words)
def test_fingerprints_tell_where_one_field_ends(
    model: str, body: str, titles: list[str], terms: list[str], others: list[str]
) -> None:
    one = fingerprint(model, body, titles, terms)
    assert len(one) == 64
    assert (one == fingerprint(model, body, titles, others)) == (terms == others)
    assert (one == fingerprint(model, body, terms, titles)) == (terms == titles)
    assert (one == fingerprint(body, model, titles, terms)) == (model == body)


def test_a_fingerprint_never_changes() -> None:
    digest = "ce1cb20114cd9208cc1053fd7e373a4a8dc3051267723f0d486d488ca9341ded"
    assert fingerprint("mini", "b", ["t"], ["x", "y"]) == digest
