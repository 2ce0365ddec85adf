"""Measuring on labelled sets: the three formats, the table, the CSV, and the real sets if here."""

import csv
import json
from pathlib import Path

import pytest

from app.matching import evaluate, labelled, titles
from app.matching.encoder import Encoder
from app.matching.labelled import BadSet
from tests.doubles.encoder import HashingEncoder

BESIDE = Path(__file__).parents[2].parent / "shared" / "data" / "tune"
METHODS = ["BM25", "TF-IDF", "MiniLM", "RRF of BM25 and MiniLM", "ours"]


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


@pytest.fixture
def title_set(tmp_path):
    folder = tmp_path / "names"
    folder.mkdir()
    (folder / "queries.tsv").write_text(lines("q_id\tjobtitle", "1\tbaker", "2\tcook"))
    (folder / "corpus.tsv").write_text(lines("c_id\tjobtitle", "7\tbread baker", "8\tdriver"))
    (folder / "qrels.tsv").write_text(lines("1\t0\t7\t1", "1\t0\t8\t0"))
    return folder


@pytest.fixture
def document_set(tmp_path):
    folder = tmp_path / "people"
    folder.mkdir()
    jobs = [
        {"jd_id": 1, "jd_job_title": "Baker", "jd": "Bake bread every morning."},
        {"jd_id": 2, "jd_job_title": "Driver", "jd": "Drive our truck to the port."},
    ]
    resumes = [
        {"resume_id": 5, "resume_job_title": "Unknown", "resume": "I drive a truck."},
        {"resume_id": 6, "resume_job_title": "Baker", "resume": "Bread and cakes."},
    ]
    (folder / "jobs.jsonl").write_text(lines(*map(json.dumps, jobs)))
    (folder / "resumes.jsonl").write_text(lines(*map(json.dumps, resumes)))
    (folder / "pairs.tsv").write_text(lines("jd_id\tresume_id", "1\t6", "2\t5"))
    return folder


@pytest.fixture
def skill_set(tmp_path):
    folder = tmp_path / "skills"
    folder.mkdir()
    (folder / "skills_en_label.txt").write_text(lines("bake bread", "drive vehicles"))
    rows = ("sentence,span,sub_span,label", "You bake bread,bake,,bake bread", "Be nice,nice,,NONE")
    (folder / "shop_annotations.csv").write_text(lines(*rows))
    return folder


def test_queries_without_anything_right_are_left_out(title_set):
    [given] = labelled.read(title_set)
    assert [query.written for query in given.queries] == ["baker"]
    assert given.grades == [{0: 1.0}]


def test_pairs_are_measured_in_both_directions(document_set):
    to_profiles, to_jobs = labelled.read(document_set)
    assert (to_profiles.kind, to_profiles.grades) == ("to_profiles", [{1: 1.0}, {0: 1.0}])
    assert (to_jobs.kind, to_jobs.grades) == ("to_jobs", [{1: 1.0}, {0: 1.0}])
    assert to_jobs.queries[0].composed[1] == (), "an unknown title is none"


def test_sentences_keep_the_labels_that_exist(skill_set):
    [given] = labelled.read(skill_set)
    assert [query.written for query in given.queries] == ["You bake bread"]


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(BadSet, match="no known format"):
        labelled.read(tmp_path)


def test_a_set_that_names_what_is_not_there_is_refused(document_set):
    (document_set / "pairs.tsv").write_text(lines("jd_id\tresume_id", "1\t99"))
    with pytest.raises(BadSet, match="KeyError '99'"):
        labelled.read(document_set)


@pytest.mark.parametrize("kind", ["title_set", "document_set", "skill_set"])
def test_every_method_is_measured_and_only_ours_has_intervals(kind, request):
    for given in labelled.read(request.getfixturevalue(kind)):
        results = evaluate.evaluate(given, HashingEncoder())
        assert [result.method for result in results] == METHODS
        assert [bool(result.intervals) for result in results] == [False] * 4 + [True]
        assert results[-1].values["MAP"] == 1.0


def test_the_command_prints_a_table_and_writes_a_csv(app, title_set, document_set, tmp_path):
    target = tmp_path / "table.csv"
    folders = [str(title_set), str(document_set), str(tmp_path)]
    result = app.test_cli_runner().invoke(
        args=["matching", "evaluate", *folders, "--csv", str(target)]
    )
    assert result.exit_code == 0, result.output
    assert "Text model: hashing" in result.output
    assert "people: to profiles (2 queries)" in result.output
    assert "gain on MiniLM, 95 %" in result.output
    assert f"Left out: {tmp_path} holds the files of no known format." in result.output
    with target.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 5 * 5
    assert rows[0] | {"value": ""} == {
        "set": "names",
        "method": "BM25",
        "queries": "1",
        "measure": "MAP",
        "value": "",
        "gain_low": "",
        "gain_high": "",
    }


def test_on_real_pairs_ours_is_surely_better_than_plain_minilm(exported, tmp_path):
    if not (BESIDE / "job_resume").is_dir():
        pytest.skip("The labelled sets are not beside this repository.")
    encoder = titles.best(Encoder.load(exported), tmp_path)
    for given in labelled.read(BESIDE / "job_resume"):
        assert evaluate.evaluate(given, encoder)[-1].intervals["MAP"][0] > 0
