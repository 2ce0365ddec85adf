"""The shipped vocabulary: what it holds, and that a name means one skill."""

from collections import Counter

import pytest

from app.taxonomy import occupations
from app.taxonomy.names import name_key
from app.taxonomy.occupations import DEFAULT, Occupation, Taxonomy

# What freelancers are asked for; each must be a label.
SOUGHT = """
    Next.js|Tailwind CSS|Flutter|Figma|Laravel|Shopify|WordPress|Docker|FastAPI|React|Node.js
    Amazon product listing|Urdu translation|Video editing|Data entry|Virtual assistance|TikTok
    JavaScript|Python|PostgreSQL|Kubernetes|AWS|SEO|UI/UX design|Machine learning|AutoCAD
    QuickBooks|Content writing|Bookkeeping|C|C++|C#|.NET|R|Go|Microsoft Excel|Logo design|Urdu
    Shina|Burushaski|Customer support|Power BI|Medical billing|Online tutoring|COBOL|Apache Hadoop
"""


def labels(taxonomy: Taxonomy) -> set[str]:
    return {skill.label for skill in taxonomy.skills}


@pytest.mark.parametrize("label", [name.strip() for name in SOUGHT.replace("\n", "|").split("|")])
def test_what_freelancers_sell_is_there(taxonomy: Taxonomy, label: str):
    assert not label or label in labels(taxonomy)


def test_the_file_is_small():
    assert DEFAULT.stat().st_size < 1_500_000


def test_the_sources_are_thanked_as_they_ask(taxonomy: Taxonomy):
    esco, onet = taxonomy.notices["ESCO"], taxonomy.notices["O*NET"]
    assert "This service uses the ESCO classification of the European Commission." in esco
    assert "1.2" in esco
    assert "Changes:" in esco
    assert "O*NET 29.2 Database" in onet
    assert "U.S. Department of Labor, Employment and Training Administration" in onet
    assert "CC BY 4.0" in onet
    assert "modified" in onet
    assert all(len(digest) == 64 for digest in taxonomy.inputs.values())
    assert len(taxonomy.inputs) == 10


def test_a_name_means_one_skill(taxonomy: Taxonomy):
    names = [name_key(name) for skill in taxonomy.skills for name in (skill.label, *skill.aliases)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert all(names)


def test_skills_have_keys_and_kinds_that_fit_the_tables(taxonomy: Taxonomy):
    keys = [skill.key for skill in taxonomy.skills]
    assert len(keys) == len(set(keys)) > 20_000
    assert {skill.kind for skill in taxonomy.skills} == {"tool", "knowledge", "skill", "language"}
    assert max(len(name) for s in taxonomy.skills for name in (s.key, s.label, *s.aliases)) <= 200


def test_the_well_known_come_first(taxonomy: Taxonomy):
    popularity = [skill.popularity for skill in taxonomy.skills]
    assert popularity == sorted(popularity, reverse=True)
    assert taxonomy.skills[0].label == "Microsoft Excel"


def test_the_names_of_both_sources_meet_in_one_skill(taxonomy: Taxonomy):
    by_label = {skill.label: skill for skill in taxonomy.skills}
    assert by_label["Java"].source == "esco+house+onet"
    assert by_label["Apache Hadoop"].source == "esco+onet"
    assert "Hadoop" in by_label["Apache Hadoop"].aliases


def test_occupations_for_freelancers_have_tools_that_are_skills(taxonomy: Taxonomy):
    keys = {skill.key for skill in taxonomy.skills}
    digital = taxonomy.digital()
    assert 150 <= len(digital) <= 250
    assert digital == occupations.digital()
    for occupation in digital:
        assert len(occupation.tools) >= 8, occupation.title
        assert len(set(occupation.tools)) == len(occupation.tools)
        assert set(occupation.tools) <= keys
        assert occupation.description


@pytest.mark.parametrize(
    ("code", "title", "tools"),
    [
        ("15-1254.00", "Web Developers", {"javascript", "next-js", "tailwind-css", "html"}),
        ("esco:2514.2.2", "Mobile application developer", {"flutter", "react-native"}),
        ("27-3091.00", "Interpreters and Translators", {"urdu-translation"}),
        ("43-9021.00", "Data Entry Keyers", {"data-entry", "microsoft-excel"}),
    ],
)
def test_an_occupation_uses_what_is_asked_for_today(
    taxonomy: Taxonomy, code: str, title: str, tools: set[str]
):
    found: Occupation = next(o for o in taxonomy.occupations if o.code == code)
    assert found.title == title
    assert tools <= set(found.tools)


def test_codes_and_titles_are_unique_and_bounded(taxonomy: Taxonomy):
    codes = [occupation.code for occupation in taxonomy.occupations]
    assert len(codes) == len(set(codes)) > 4000
    for occupation in taxonomy.occupations:
        assert len(occupation.titles) <= 12
        assert len(occupation.tasks) <= 10
        assert all(len(task) <= 150 for task in occupation.tasks)
