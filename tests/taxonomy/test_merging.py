"""Merging skills of several sources."""

from app.taxonomy.merging import Draft, Vocabulary

NONE: frozenset[str] = frozenset()


def tool(label: str, *same: str, source: str = "onet", loose: tuple[str, ...] = ()) -> Draft:
    return Draft(label, "tool", {source}, list(same), list(loose))


def finished(*drafts: Draft) -> dict:
    vocabulary = Vocabulary()
    for draft in drafts:
        vocabulary.add(draft)
    return {skill.draft.label: skill for skill in vocabulary.finish(NONE)}


def test_skills_whose_names_coincide_are_one():
    merged = finished(tool("JavaScript"), tool("Javascript", source="esco", loose=("CSJS",)))
    assert list(merged) == ["JavaScript"]
    assert merged["JavaScript"].aliases == ("CSJS",)
    assert merged["JavaScript"].draft.sources == {"onet", "esco"}


def test_a_same_name_folds_a_skill_into_the_house_s():
    merged = finished(
        tool("SQL", "Structured query language", source="house"),
        tool("Structured query language (SQL)", "Structured query language", loose=("SEQUEL",)),
    )
    assert list(merged) == ["SQL"]
    assert "SEQUEL" not in merged["SQL"].aliases


def test_a_loose_name_is_no_reason_to_fold():
    assert len(finished(tool("Apache Pig", loose=("Pig",)), tool("Pig"))) == 2


def test_a_label_beats_a_loose_alias_of_a_better_known_skill():
    known = tool("Apache Pig", loose=("Pig",))
    known.hot = True
    merged = finished(known, tool("Pig"))
    assert merged["Apache Pig"].aliases == ()


def test_an_alias_two_skills_claim_goes_to_the_better_known():
    known = tool("Address Management System", loose=("AMS",))
    known.hot = True
    merged = finished(tool("Agency Management System", loose=("AMS",)), known)
    assert merged["Address Management System"].aliases == ("AMS",)
    assert merged["Agency Management System"].aliases == ()


def test_skills_with_one_slug_have_two_keys():
    merged = finished(tool("Weibull++"), tool("Weibull plus plus"))
    assert {skill.key for skill in merged.values()} == {
        "weibull-plus-plus",
        "weibull-plus-plus-2",
    }


def test_use_by_freelancers_counts_for_more():
    draft = tool("Figma")
    draft.hot, draft.used_by = True, {"15-1255.00"}
    assert draft.popularity(frozenset({"15-1255.00"})) > draft.popularity(NONE)
