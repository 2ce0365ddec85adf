"""Loading the vocabulary, finding the skill a name means, and suggesting."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.taxonomy import skills
from app.taxonomy.models import Skill, SkillName
from app.taxonomy.names import name_key
from app.taxonomy.occupations import Taxonomy
from tests.taxonomy.small import entry, vocabulary_of

typed_text = st.text(st.characters(codec=None), max_size=200)
on_one_database = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def labels(found: list[Skill] | tuple[Skill, ...]) -> list[str]:
    return [skill.label for skill in found]


def queries_of(session: Session):
    """Count the statements a session sends from here on."""
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
    return statements


def test_loading_fills_the_tables_and_loading_again_changes_nothing(session: Session):
    small = vocabulary_of(entry("JavaScript", "JS"), entry("Python"))
    assert skills.load(session, small) == 2
    assert skills.load(session, small) == 0
    assert session.scalar(select(func.count(Skill.id))) == 2
    assert session.scalar(select(func.count(SkillName.id))) == 3


def test_loading_follows_a_changed_vocabulary(session: Session):
    skills.load(session, vocabulary_of(entry("JS", "Mocha", key="js"), entry("Rust", "Oxide")))
    js = skills.normalise(session, "mocha")
    newer = vocabulary_of(
        entry("JavaScript", "JS", key="js", popularity=9), entry("Mocha", "Oxide"), entry("Rust")
    )
    assert skills.load(session, newer) == 2
    assert (js.label, js.popularity) == ("JavaScript", 9)
    assert skills.normalise(session, "js") is js
    assert skills.normalise(session, "mocha").label == "Mocha"
    assert skills.normalise(session, "oxide").label == "Mocha"


def test_a_skill_that_left_the_vocabulary_stays_with_its_names(session: Session):
    skills.load(session, vocabulary_of(entry("Flash", "Macromedia"), entry("Rust")))
    assert skills.load(session, vocabulary_of(entry("Rust"))) == 0
    assert skills.normalise(session, "macromedia").label == "Flash"


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("JS", "JavaScript"),
        ("reactjs", "React"),
        ("React.JS", "React"),
        ("Python 3.11", "Python"),
        ("python3", "Python"),
        ("Vue 3", "Vue.js"),
        ("java script", "JavaScript"),
        ("Power-BI", "Power BI"),
        ("ms  excel", "Microsoft Excel"),
        ("k8s", "Kubernetes"),
        ("Postgres", "PostgreSQL"),
        ("GCP", "Google Cloud Platform"),
        ("ML", "Machine learning"),
        ("VA", "Virtual assistance"),
        ("WP", "WordPress"),
        ("RN", "React Native"),
        ("UI / UX", "UI/UX design"),
        ("search engine optimisation", "SEO"),
        ("search engine optimization", "SEO"),
        ("c++", "C++"),
        ("c", "C"),
        ("C sharp", "C#"),
        (".net", ".NET"),
        ("asp.net mvc", "ASP.NET"),
        ("Wireframe", "Wireframing"),
        ("smart contracts", "Smart contracts"),
        ("اردو", "Urdu"),
    ],
)
def test_the_names_people_type_mean_a_skill(vocabulary: Session, typed: str, label: str):
    assert skills.normalise(vocabulary, typed).label == label


@pytest.mark.parametrize("typed", ["", "   ", "!!", "zzqqx", "%", "_", "c.s.", "a" * 5000])
def test_other_names_mean_none(vocabulary: Session, typed: str):
    assert skills.normalise(vocabulary, typed) is None


def test_every_name_of_the_file_means_its_skill(vocabulary: Session, taxonomy: Taxonomy):
    owners = dict(
        vocabulary.execute(
            select(SkillName.key, Skill.key).join(Skill, Skill.id == SkillName.skill_id)
        ).all()
    )
    for skill in taxonomy.skills:
        for name in (skill.label, *skill.aliases):
            assert owners[name_key(name)] == skill.key


@on_one_database
@given(data=st.data())
def test_any_alias_normalises_to_its_skill(
    vocabulary: Session, taxonomy: Taxonomy, data: st.DataObject
):
    skill = data.draw(st.sampled_from(taxonomy.skills))
    name = data.draw(st.sampled_from((skill.label, *skill.aliases)))
    assert skills.normalise(vocabulary, f" {name.upper()} ").key == skill.key


def test_many_names_are_told_apart_in_order_and_once(vocabulary: Session):
    typed = ["JS", "", "javscript", "Python", "javascript", "Javscript", "  "]
    known, unknown = skills.normalise_all(vocabulary, typed)
    assert labels(known) == ["JavaScript", "Python"]
    assert [name.typed for name in unknown] == ["javscript"]
    assert labels(unknown[0].suggestions)[0] == "JavaScript"


def test_many_names_cost_few_queries(vocabulary: Session, taxonomy: Taxonomy):
    typed = [skill.label for skill in taxonomy.skills[:40]]
    typed += [f"{skill.label} xq" for skill in taxonomy.skills[:40]]
    statements = queries_of(vocabulary)
    known, unknown = skills.normalise_all(vocabulary, typed)
    assert len(known) == len(unknown) == 40
    assert len(statements) <= 3


def test_no_names_cost_no_query(vocabulary: Session):
    statements = queries_of(vocabulary)
    assert skills.normalise_all(vocabulary, ["", " "]) == ([], [])
    assert statements == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("javscript", "JavaScript"),
        ("phyton", "Python"),
        ("wrodpress", "WordPress"),
        ("data entery", "Data entry"),
        ("adobe ilustrator", "Adobe Illustrator"),
        ("machine lerning", "Machine learning"),
        ("React developer", "React"),
        ("expert in digital marketing", "Digital marketing"),
    ],
)
def test_an_unknown_name_comes_with_a_guess(vocabulary: Session, typed: str, meant: str):
    _, (unknown,) = skills.normalise_all(vocabulary, [typed])
    assert labels(unknown.suggestions)[0] == meant
    assert len(unknown.suggestions) <= 5


def test_a_name_like_no_skill_comes_without_a_guess(vocabulary: Session):
    _, unknown = skills.normalise_all(vocabulary, ["zzqqx", "!!"])
    assert [name.suggestions for name in unknown] == [(), ()]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("javas", "JavaScript"),
        ("r", "R"),
        ("c", "C"),
        ("c+", "C++"),
        (".net", ".NET"),
        ("rea", "React"),
        ("j", "Java"),
        ("go", "Go"),
        ("pho", "Adobe Photoshop"),
        ("exc", "Microsoft Excel"),
        ("video e", "Video editing"),
        ("ui", "UI design"),
        ("urdu tr", "Urdu translation"),
        ("javscript", "JavaScript"),
        ("kubernets", "Kubernetes"),
    ],
)
def test_the_best_known_skill_is_suggested_first(vocabulary: Session, typed: str, first: str):
    assert labels(skills.suggest(vocabulary, typed))[0] == first


def test_beginnings_come_before_words_and_words_before_parts(session: Session):
    skills.load(
        session,
        vocabulary_of(
            entry("Boatman", popularity=9),
            entry("Night manager", popularity=8),
            entry("Mantis", popularity=1),
            entry("Man", popularity=0),
        ),
    )
    assert labels(skills.suggest(session, "man")) == [
        "Man",
        "Mantis",
        "Night manager",
        "Boatman",
    ]


def test_signs_with_a_meaning_in_sql_are_letters_like_others(session: Session):
    skills.load(session, vocabulary_of(entry("Data entry"), entry("Coating 100")))
    assert skills.suggest(session, "%") == []
    assert skills.suggest(session, "da_a") == []
    assert skills.suggest(session, "data%") == skills.suggest(session, "data")


def test_suggestions_are_as_many_as_asked_for(vocabulary: Session):
    assert len(skills.suggest(vocabulary, "a")) == 8
    assert len(skills.suggest(vocabulary, "a", limit=3)) == 3
    assert skills.suggest(vocabulary, "a", limit=0) == []
    assert len(set(skills.suggest(vocabulary, "data", limit=50))) == 50


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "!"])
def test_nothing_typed_suggests_nothing(vocabulary: Session, typed: str):
    assert skills.suggest(vocabulary, typed) == []


@on_one_database
@given(typed=typed_text)
@example("\ud800")
@example("\\")
@example("%_\\%")
@example("x" * 10_000)
def test_any_text_can_be_typed(vocabulary: Session, typed: str):
    assert len(skills.suggest(vocabulary, typed)) <= 8
    skills.normalise_all(vocabulary, [typed, f"{typed} javscript"])


def test_the_names_of_skills_begin_with_their_labels(session: Session):
    skills.load(session, vocabulary_of(entry("JavaScript", "JS", "ECMAScript"), entry("Rust")))
    javascript, rust = (skills.normalise(session, name) for name in ("js", "rust"))
    assert skills.names_of(session, [javascript.id, rust.id, 10**6]) == {
        javascript.id: ("JavaScript", "JS", "ECMAScript"),
        rust.id: ("Rust",),
    }
    assert skills.names_of(session, []) == {}
