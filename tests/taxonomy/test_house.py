"""The house's own lists."""

import pytest

from app.errors import Invalid
from app.taxonomy import house
from app.taxonomy.house import HouseSkill
from app.taxonomy.names import name_key

LISTS = house.read()


def test_no_name_is_listed_twice():
    names = [name_key(name) for skill in LISTS.skills for name in {skill.label, *skill.aliases}]
    labels = [skill.label for skill in LISTS.skills]
    assert len(labels) == len(set(labels))
    assert all(names)


def test_a_name_two_skills_claim_is_refused():
    first = HouseSkill("Virtual assistance", "skill", ("VA",), ())
    second = HouseSkill("Vulnerability assessment", "skill", ("va",), ())
    with pytest.raises(Invalid, match="Virtual assistance and Vulnerability assessment"):
        house.refuse_shared_names((first, second))


@pytest.mark.parametrize(
    ("label", "kind"),
    [("React", "tool"), ("Video editing", "skill"), ("Electron", "tool"), ("Shina", "language")],
)
def test_a_skill_has_the_kind_of_its_area_unless_told(label: str, kind: str):
    assert next(skill for skill in LISTS.skills if skill.label == label).kind == kind
