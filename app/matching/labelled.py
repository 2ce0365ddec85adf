"""Reading labelled sets: folders in which people said what belongs to what.

Three formats, told apart by their files; docs/matching.md describes them.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.matching.engine.texts import Composed, compose_job, compose_profile

Kind = Literal["titles", "to_profiles", "to_jobs", "skills"]
TITLES = ("queries.tsv", "corpus.tsv", "qrels.tsv")
DOCUMENTS = ("jobs.jsonl", "resumes.jsonl", "pairs.tsv")
LABELS = "skills_en_label.txt"
SENTENCES = "_annotations.csv"
# Job titles that say that there is none.
_NO_TITLE = frozenset({"", "unknown", "n/a", "none"})


class BadSet(ValueError):
    """A folder that is no labelled set; the message says why."""


@dataclass(frozen=True)
class Text:
    """What is looked for or found: as it was written, and as the site composes it."""

    written: str
    composed: Composed


@dataclass(frozen=True)
class LabelledSet:
    """Queries, what they are looked for among, and what is right for each."""

    name: str
    kind: Kind
    queries: Sequence[Text]
    documents: Sequence[Text]
    grades: Sequence[dict[int, float]]
    """For each query the places in `documents` that are right, with a grade above 0."""


def read(folder: Path) -> list[LabelledSet]:
    """Read the sets of a folder; raises `BadSet` with a sentence when it holds none."""
    try:
        if _has(folder, TITLES):
            return [_titles(folder)]
        if _has(folder, DOCUMENTS):
            return list(_documents(folder))
        if _has(folder, (LABELS,)) and any(folder.glob(f"*{SENTENCES}")):
            return list(_skills(folder))
    except (KeyError, ValueError, OSError) as error:
        raise BadSet(f"{folder} cannot be read: {type(error).__name__} {error}.") from error
    raise BadSet(f"{folder} holds the files of no known format.")


def _has(folder: Path, names: Sequence[str]) -> bool:
    return all((folder / name).is_file() for name in names)


def _titles(folder: Path) -> LabelledSet:
    queries, corpus = _table(folder / "queries.tsv"), _table(folder / "corpus.tsv")
    places = {row["c_id"]: place for place, row in enumerate(corpus)}
    right: dict[str, dict[int, float]] = {row["q_id"]: {} for row in queries}
    for line in _lines(folder / "qrels.tsv"):
        query, _, document, grade = line.split()
        if float(grade) > 0:
            right[query][places[document]] = float(grade)
    return _set(
        folder.name,
        "titles",
        [_title(row["jobtitle"]) for row in queries],
        [_title(row["jobtitle"]) for row in corpus],
        [right[row["q_id"]] for row in queries],
    )


def _documents(folder: Path) -> Iterator[LabelledSet]:
    jobs, resumes = _records(folder / "jobs.jsonl"), _records(folder / "resumes.jsonl")
    of_job = {str(row["jd_id"]): place for place, row in enumerate(jobs)}
    of_resume = {str(row["resume_id"]): place for place, row in enumerate(resumes)}
    to_profiles: list[dict[int, float]] = [{} for _ in jobs]
    to_jobs: list[dict[int, float]] = [{} for _ in resumes]
    for row in _table(folder / "pairs.tsv"):
        job, resume = of_job[row["jd_id"]], of_resume[row["resume_id"]]
        if (grade := float(row.get("relevance") or 1)) > 0:
            to_profiles[job][resume] = to_jobs[resume][job] = grade
    asked, offered = [_job(row) for row in jobs], [_resume(row) for row in resumes]
    yield _set(f"{folder.name}: to profiles", "to_profiles", asked, offered, to_profiles)
    yield _set(f"{folder.name}: to jobs", "to_jobs", offered, asked, to_jobs)


def _skills(folder: Path) -> Iterator[LabelledSet]:
    labels = _lines(folder / LABELS)
    places = {label: place for place, label in enumerate(labels)}
    documents = [_title(label) for label in labels]
    for file in sorted(folder.glob(f"*{SENTENCES}")):
        right: dict[str, dict[int, float]] = {}
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                # A span whose skill the labels lack says nothing of how they are ordered.
                if row["label"] in places:
                    right.setdefault(row["sentence"], {})[places[row["label"]]] = 1.0
        sentences = [_title(sentence) for sentence in right]
        name = f"{folder.name}: {file.name.removesuffix(SENTENCES)}"
        yield _set(name, "skills", sentences, documents, list(right.values()))


def _set(
    name: str,
    kind: Kind,
    queries: Sequence[Text],
    documents: Sequence[Text],
    grades: Sequence[dict[int, float]],
) -> LabelledSet:
    """Leave out the queries for which nothing is right: no order of theirs is better."""
    kept = [place for place, own in enumerate(grades) if own]
    if not kept:
        raise ValueError("nothing in it is right for any query")
    return LabelledSet(name, kind, [queries[i] for i in kept], documents, [grades[i] for i in kept])


def _title(text: str) -> Text:
    return Text(text, compose_job(text, (), ""))


def _job(row: dict[str, Any]) -> Text:
    skills = row.get("skills", ())
    return Text(row["jd"], compose_job(_named(row["jd_job_title"]), skills, row["jd"]))


def _resume(row: dict[str, Any]) -> Text:
    headline, past = _named(row["resume_job_title"]), row.get("past_titles", ())
    skills = row.get("skills", ())
    return Text(row["resume"], compose_profile(headline, skills, past, row["resume"], ()))


def _named(title: str | None) -> str:
    title = (title or "").strip()
    return "" if title.casefold() in _NO_TITLE else title


def _table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))


def _records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _lines(file)]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
