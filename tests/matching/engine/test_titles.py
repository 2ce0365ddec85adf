"""Titles placed among the occupations."""

import numpy as np
import pytest

from app.matching.engine.titles import Named, TitleSide, unit

STEPS = 30


@pytest.fixture(scope="module")
def titles():
    """Forty occupations of four titles and a description: a direction of each, under noise."""
    random = np.random.default_rng(3)
    noise = unit(random.normal(size=(160, 32)).astype(np.float32))
    noise[:, :8] = 0
    owners = np.repeat(np.arange(40), 4)
    trades = np.zeros((40, 32), np.float32)
    trades[:, :8] = unit(random.normal(size=(40, 8)).astype(np.float32))
    return Named(unit(trades[owners] + 1.5 * noise), owners, trades)


def own_kind_first(vectors, owners) -> float:
    """How often the nearest other title is of the same occupation."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    return float((owners[cosines.argmax(axis=1)] == owners).mean())


def test_titles_of_one_occupation_come_nearer(titles):
    placed = TitleSide.of(titles, seed=1, steps=STEPS).place(titles.titles)
    before = own_kind_first(titles.titles, titles.owners)
    assert own_kind_first(placed, titles.owners) > before + 0.1


def test_a_description_draws_its_titles(titles):
    """Told of an occupation what another does, its titles come nearer to that one's."""
    told = titles.descriptions.copy()
    told[0] = told[1]
    misled = Named(titles.titles, titles.owners, told)
    plain, drawn = (
        TitleSide.of(one, seed=1, steps=STEPS).place(titles.titles[:8]) for one in (titles, misled)
    )
    assert (drawn[:4] @ drawn[4:].T).mean() > (plain[:4] @ plain[4:].T).mean() + 0.01


def test_learning_twice_gives_the_same_numbers(titles):
    one, other = (TitleSide.of(titles, seed=1, steps=STEPS) for _ in range(2))
    assert (one.adapter == other.adapter).all()
    assert (one.centroids == other.centroids).all()


def test_a_title_has_one_vector_whatever_stands_beside_it(titles):
    side = TitleSide.of(titles, seed=1, steps=STEPS)
    assert (side.place(titles.titles)[7] == side.place(titles.titles[7:8])[0]).all()


def test_placed_titles_have_length_one(titles):
    placed = TitleSide.of(titles, seed=1, steps=STEPS).place(titles.titles)
    assert np.allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)


def test_nothing_is_learned_from_one_occupation(titles):
    alone = Named(titles.titles[:4], np.zeros(4, np.int64), titles.descriptions[:1])
    with pytest.raises(ValueError, match="too few titles"):
        TitleSide.of(alone, seed=1, steps=STEPS)
