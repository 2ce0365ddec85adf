"""What a text copies of a job, and texts that copy each other."""

from hypothesis import given
from hypothesis import strategies as st

from app.matching.engine.originality import (
    ALIKE,
    COMMON,
    LEAST_RUNS,
    Originals,
    Wanted,
    copied,
    without_copied,
)
from app.matching.engine.texts import compose_job, compose_profile, tokenise

TITLE = "Booking page for a hotel by the sea"
TEXT = "People book with us by phone today, and we want them to do it on our own small website."
WANTED = Wanted.of(compose_job(TITLE, (), "")[2], compose_job("", (), TEXT)[2])


def profile(headline: str, summary: str):
    return compose_profile(headline, ["Angular"], ["Web developer"], summary, [])


def test_a_pasted_description_is_most_of_a_text() -> None:
    told = copied(profile(TITLE, TEXT)[2], WANTED)
    assert (told.title, told.is_much, told.is_most) == (4, True, True)


def test_words_of_ones_own_are_no_copy() -> None:
    told = copied(profile("Web developer", "I book flights by phone for people.")[2], WANTED)
    assert not told.is_any


def test_what_is_copied_is_taken_out_and_nothing_else() -> None:
    composed = profile(f"{TITLE}, quickly", f"I bake bread. {TEXT} Ask me.")
    body, titles, terms = without_copied(composed, WANTED)
    assert titles == ("Web developer",)
    assert all(kept in body for kept in ("bake bread", "Angular", "Ask me"))
    assert not any(gone in body for gone in ("phone", "hotel"))
    assert terms.count("bake") == 1
    assert terms.count("phone") == 0


def test_a_title_that_several_bear_is_the_name_of_the_work() -> None:
    wanted = Wanted.of(["front", "end", "develop"], [])
    others = [["front", "end", "develop", "react"]] * COMMON
    assert wanted.without_common(others[1:]) == wanted
    assert not wanted.without_common(others).title


def test_two_words_are_no_title_to_copy() -> None:
    assert not Wanted.of(["web", "develop"], []).title


def copies_of(*texts, standings=None) -> dict[int, int]:
    """Whose copy each is, of (key, terms) as they come."""
    originals = Originals()
    for key, terms in texts:
        originals.add(key, terms, (standings or {}).get(key, 0))
    return originals.copies


def test_the_later_of_two_near_copies_is_found() -> None:
    one = tokenise("I build booking pages for hotels and small shops, in plain words and on time, ")
    one += tokenise("and I have done so for six years in a park in Gilgit with two friends")
    other = [*one[:8], "really", *one[9:]]
    own = tokenise("Bread and cakes every morning, for weddings and for the school of our village")
    assert copies_of((3, one), (2, own), (7, other)) == {7: 3}
    assert copies_of((7, other), (2, own), (3, one)) == {7: 3}
    assert copies_of((3, one), (2, own), (7, other), standings={7: -1}) == {3: 7}


def test_short_texts_alike_are_no_copies() -> None:
    short = ["word"] * 3 + [str(n) for n in range(LEAST_RUNS - 3)]
    assert copies_of((1, short), (2, short)) == {}


def _alike(one, other) -> bool:
    mine, theirs = ({*zip(text, text[1:], text[2:], strict=False)} for text in (one, other))
    fewest = min(len(mine), len(theirs))
    return fewest >= LEAST_RUNS and len(mine & theirs) >= ALIKE * fewest


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=10, max_size=40), max_size=6))
def test_near_copies_are_those_that_comparing_every_pair_finds(texts):
    expected: dict[int, int] = {}
    for key, text in enumerate(texts):
        earlier = (one for one in range(key) if one not in expected)
        first = next((one for one in earlier if _alike(text, texts[one])), None)
        if first is not None:
            expected[key] = first
    assert copies_of(*enumerate(texts)) == expected


TERMS = st.lists(st.sampled_from(["a", "b", "ab", "c", "c++"]), max_size=14)


def _runs(text, length) -> set[tuple[str, ...]]:
    return {tuple(text[n : n + length]) for n in range(len(text) - length + 1)}


@given(TERMS, TERMS, st.lists(TERMS, max_size=6))
def test_what_is_wanted_and_copied_is_what_comparing_every_run_finds(title, description, texts):
    wanted = Wanted.of(title, description)
    common = {
        run for run in wanted.title if sum(run in _runs(text, len(run)) for text in texts) >= COMMON
    }
    left = wanted.without_common(texts)
    assert (left.title, left.description) == (wanted.title - common, wanted.description)
    for text in texts:
        held = {run for run in left.runs if run in _runs(text, len(run))}
        assert copied(text, left).is_any == bool(held)
        assert left.is_in(text) == bool(held)
