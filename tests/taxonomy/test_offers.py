"""What a person is asked to confirm of the skills a text of theirs holds."""

import pytest

from app.taxonomy import offers
from app.taxonomy.offers import offered
from app.taxonomy.reading import skills_in
from tests.factories import make_skill

TEXT = "Skills: WordPress. I keep online shops fast."


@pytest.fixture
def found(session):
    make_skill(session, "WordPress")
    return skills_in(session, TEXT)


def told(offered):
    return [(one.skill.label, one.words, one.is_named) for one in offered]


def test_what_is_named_comes_first_and_what_is_meant_is_told_apart(session, found):
    speed = make_skill(session, "Web performance")
    meant = [(speed.key, "keep online shops fast")]
    assert told(offered(session, found, meant)) == [
        ("WordPress", "WordPress", True),
        ("Web performance", "keep online shops fast", False),
    ]


def test_what_is_named_is_not_asked_about_again(session, found):
    key = found[0].skill.key
    assert len(offered(session, found, [(key, "online shops")])) == 1


def test_what_is_read_from_a_name_alone_is_no_further_skill(session, found):
    other = make_skill(session, "Blogging")
    assert len(offered(session, found, [(other.key, "wordpress")])) == 1


def test_a_skill_that_the_database_lacks_is_passed_over(session, found):
    assert len(offered(session, found, [("no-such-skill", "online shops")])) == 1


def test_no_more_are_asked_about_than_one_reads(session):
    skills = [make_skill(session, f"Meant {number}") for number in range(12)]
    meant = [(skill.key, f"words {number}") for number, skill in enumerate(skills)]
    asked = offered(session, [], meant)
    assert [one.skill for one in asked] == skills[: offers.MOST_MEANT]
