"""What the fair share costs on labelled sets: measured, seeded, and seen by the command."""

import json

import pytest

from app.matching import fair_price
from app.matching.engine.rank import rank

PEOPLE = 40


def alike(queries: int):
    """All but ten fit every query nearly alike, and the same few always a little better."""
    ids = list(range(PEOPLE))
    values = [1 - 0.001 * one if one < PEOPLE - 10 else 0.0 for one in ids]
    scores = rank(ids, {"meaning": values}, {"meaning": 1.0})
    return [scores] * queries


def test_being_seen_is_spread_and_the_price_is_said():
    found = fair_price.price("set", alike(5), [{0: 1.0}] * 5, draws=3)
    assert found.map_plain == 1.0
    assert found.gini_of_days < found.gini_plain - 0.1
    assert found.gini_fair <= found.gini_plain
    assert 0 < found.given_up < 1, "the best is not always shown first"
    low, high = found.given_up_within
    assert low <= found.given_up <= high


def test_where_one_fits_and_nobody_else_does_it_costs_nothing():
    ids = list(range(PEOPLE))
    values = [1.0] + [0.01 * (one % 2) for one in ids[1:]]
    lists = [rank(ids, {"meaning": values}, {"meaning": 1.0})] * 3
    assert fair_price.price("set", lists, [{0: 1.0}] * 3, draws=3).given_up == 0


def test_measured_twice_it_is_the_same():
    once, again = (fair_price.price("set", alike(3), [{4: 1.0}] * 3, draws=2) for _ in range(2))
    assert once == again


@pytest.fixture
def people(tmp_path):
    folder = tmp_path / "people"
    folder.mkdir()
    trades = ("baker", "driver", "tailor")
    jobs = [{"jd_id": i, "jd_job_title": one, "jd": one} for i, one in enumerate(trades)]
    resumes = [
        {"resume_id": i, "resume_job_title": trades[i % 3], "resume": f"{trades[i % 3]} {i}"}
        for i in range(12)
    ]
    rows = ["jd_id\tresume_id", *(f"{i % 3}\t{i}" for i in range(12))]
    (folder / "jobs.jsonl").write_text("\n".join(map(json.dumps, jobs)))
    (folder / "resumes.jsonl").write_text("\n".join(map(json.dumps, resumes)))
    (folder / "pairs.tsv").write_text("\n".join(rows))
    return folder


@pytest.mark.parametrize("options", [(), ("--fairness",)])
def test_the_command_says_it_when_asked(app, people, options):
    result = app.test_cli_runner().invoke(args=["matching", "evaluate", str(people), *options])
    assert result.exit_code == 0, result.output
    assert ("people: to profiles: the fair share" in result.output) == bool(options)
    assert "people: to jobs: the fair share" not in result.output
