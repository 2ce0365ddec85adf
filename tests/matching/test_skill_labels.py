"""The encoded labels of skills: made, kept, checked against what they were made of."""

import pytest

from app.matching import skill_labels
from app.matching.encoder import Encoder, NotReady
from app.matching.kept import Unfit
from app.matching.matcher import Matcher
from app.matching.skill_labels import SkillSense
from app.taxonomy.source import pack
from tests.doubles.encoder import HashingEncoder

SKILLS = [
    ["bread", "Bake bread", "skill", 10, [], "esco"],
    ["oven", "OvenMaster Pro", "tool", 900, [], "onet"],
    ["zoo", "Zoo regulations", "knowledge", 0, [], "esco"],
    ["law", "Bread law", "knowledge", 10, [], "esco"],
]


def vocabulary(path, skills=SKILLS):
    content = {"notices": {}, "inputs": {}, "skills": skills, "occupations": []}
    path.write_bytes(pack(content))
    return path


@pytest.fixture
def taxonomy(tmp_path):
    return vocabulary(tmp_path / "taxonomy.json.xz")


@pytest.fixture
def made(tmp_path, taxonomy):
    path = tmp_path / skill_labels.FILE
    skill_labels.make(HashingEncoder(), path, taxonomy=taxonomy)
    return path


def test_tools_and_what_no_digital_work_needs_are_left_out(taxonomy):
    assert [skill.key for skill in skill_labels.wanted(taxonomy)] == ["bread", "law"]


def test_what_a_text_means_is_told_by_the_keys_of_skills(made, taxonomy):
    sense = SkillSense.load(HashingEncoder(), made, taxonomy=taxonomy)
    assert sense.meant("At night I bake bread.", HashingEncoder()) == [("bread", "bake bread")]


def test_it_is_found_under_a_model_with_a_title_side(made, taxonomy):
    assert SkillSense.load(HashingEncoder("hashing+titles@0a"), made, taxonomy=taxonomy)


def test_made_twice_it_has_the_same_bytes(made, taxonomy, tmp_path):
    again = tmp_path / "again.npz"
    skill_labels.make(HashingEncoder(), again, taxonomy=taxonomy)
    assert again.read_bytes() == made.read_bytes()


def test_another_text_model_is_refused(made, taxonomy):
    with pytest.raises(Unfit, match="another text model"):
        SkillSense.load(HashingEncoder("other"), made, taxonomy=taxonomy)


def test_another_vocabulary_is_refused(made, tmp_path):
    other = vocabulary(tmp_path / "other.json.xz", SKILLS[:2])
    with pytest.raises(Unfit, match="another vocabulary"):
        SkillSense.load(HashingEncoder(), made, taxonomy=other)


def test_a_damaged_file_is_refused(made, taxonomy):
    made.write_bytes(made.read_bytes()[:-200])
    with pytest.raises(Unfit, match="cannot be read"):
        SkillSense.load(HashingEncoder(), made, taxonomy=taxonomy)


def test_without_one_that_fits_nothing_is_meant_and_the_log_says_so(tmp_path, caplog):
    assert skill_labels.best(HashingEncoder("other"), tmp_path) is None
    assert "made for another text model. Run “flask matching encode-skills”" in caplog.text
    matcher = Matcher(HashingEncoder, tmp_path)
    assert matcher.skills_meant("At night I bake bread.") == []


def test_a_matcher_keeps_what_it_has_read(made, taxonomy, tmp_path):
    read = []

    def load(encoder):
        read.append(encoder)
        return SkillSense.load(encoder, made, taxonomy=taxonomy)

    matcher = Matcher(HashingEncoder, tmp_path, load)
    for _ in range(2):
        assert matcher.skills_meant("I bake bread.") == [("bread", "bake bread")]
    assert len(read) == 1


def test_while_the_text_model_is_not_ready_nothing_is_meant(tmp_path):
    def refuse():
        raise NotReady("Not yet.")

    assert Matcher(refuse, tmp_path).skills_meant("I bake bread.") == []


def test_what_is_shipped_fits_what_is_shipped(exported, tmp_path):
    assert skill_labels.SHIPPED.stat().st_size < 700_000
    encoder = Encoder.load(exported)
    sense = skill_labels.best(encoder, tmp_path)
    meant = dict(sense.meant("I move company systems to the cloud.", encoder))
    assert "plan-migration-to-cloud" in meant
