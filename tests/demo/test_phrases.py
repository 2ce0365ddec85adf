"""Phrases as they stand in sentences."""

import pytest

from app.demo import phrases, sources
from app.taxonomy import occupations


@pytest.mark.parametrize(
    ("phrase", "doing"),
    [
        ("write tests", "writing tests"),
        ("set up shops and ~mend them", "setting up shops and mending them"),
        ("plan and ~install upgrades", "planning and installing upgrades"),
        ("confer with a team", "conferring with a team"),
        ("carry on", "carrying on"),
        ("see to it", "seeing to it"),
    ],
)
def test_what_somebody_does_as_doing(phrase: str, doing: str):
    assert phrases.doing(phrase) == doing


@pytest.mark.parametrize(
    ("noun", "with_article"),
    [
        ("web developer", "a web developer"),
        ("illustrator", "an illustrator"),
        ("UX designer", "a UX designer"),
        ("SEO specialist", "an SEO specialist"),
        ("iOS developer", "an iOS developer"),
        ("HR specialist", "an HR specialist"),
        ("university lecturer", "a university lecturer"),
        ("Urdu teacher", "an Urdu teacher"),
    ],
)
def test_the_article_follows_the_sound(noun: str, with_article: str):
    assert phrases.a(noun) == with_article


def test_names_keep_their_large_letter():
    assert phrases.small("Customer support") == "customer support"
    assert phrases.small("Urdu translation") == "Urdu translation"
    assert phrases.small("SEO writing") == "SEO writing"
    assert phrases.large("iOS developer") == "iOS developer"
    assert phrases.large("web developer") == "Web developer"


def test_lists_are_joined():
    assert phrases.listed(["a", "b", "c"]) == "a, b and c"
    assert phrases.listed(["a"]) == "a"


def test_a_task_becomes_an_act():
    task = "Develop databases that support Web applications and Web sites."
    assert (
        phrases.act_of_task(task) == "develop databases that support web applications and websites"
    )


def test_the_tasks_of_trades_are_tasks_of_their_occupations():
    tasks = {
        occupation.code: {phrases.act_of_task(task) for task in occupation.tasks}
        for occupation in occupations.digital()
    }
    borrowed = [
        act
        for trade in sources.read().trades.values()
        for act in trade.acts
        if any(phrases.plain(act) in tasks[code] for code in trade.codes)
    ]
    assert len(borrowed) >= 40
