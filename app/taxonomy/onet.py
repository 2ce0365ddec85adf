"""Reading the raw files of O*NET: the software tools, and the occupations with their tasks."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.taxonomy.labels import Makers, clean_tool
from app.taxonomy.merging import Draft
from app.taxonomy.names import name_key

FILES = (
    "Technology Skills.txt",
    "Alternate Titles.txt",
    "Sample of Reported Titles.txt",
    "Occupation Data.txt",
    "Task Statements.txt",
)
_MOST_TITLES = 12
_MOST_TASKS = 10
_MOST_TASKS_ELSEWHERE = 3
_LONGEST_TASK = 150
_WORD = re.compile(r"(?<![\w.])[a-z]+(?!\w)")
_IN_BRACKETS = re.compile(r"(?P<outer>.+?) \((?P<inner>[^()]+)\)")


@dataclass(frozen=True)
class RawOccupation:
    """An occupation as O*NET has it, its lists cut to the best."""

    code: str
    title: str
    titles: tuple[str, ...]
    tasks: tuple[str, ...]
    description: str


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one tab-separated file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def plain_words(folder: Path) -> frozenset[str]:
    """Return the words written small at least twice in tasks and descriptions."""
    texts = [row["Task"] for row in rows(folder, "Task Statements.txt")]
    texts += [row["Description"] for row in rows(folder, "Occupation Data.txt")]
    counts = Counter(word for text in texts for word in _WORD.findall(text))
    return frozenset(word for word, count in counts.items() if count > 1)


def verbs(folder: Path) -> frozenset[str]:
    """Return the words that tasks begin with; each names something to do."""
    firsts = (row["Task"].split(maxsplit=1)[0] for row in rows(folder, "Task Statements.txt"))
    return frozenset(word.strip(",").casefold() for word in firsts)


def tools(folder: Path, makers: Makers) -> list[tuple[str, Draft]]:
    """Return every tool as O*NET names it and as a cleaned skill, the most used first."""
    everyday = plain_words(folder)
    used_by: dict[str, set[str]] = defaultdict(set)
    hot = set()
    for row in rows(folder, "Technology Skills.txt"):
        used_by[row["Example"]].add(row["O*NET-SOC Code"])
        if row["Hot Technology"] == "Y":
            hot.add(row["Example"])
    drafts = []
    for name in sorted(used_by, key=lambda name: (-len(used_by[name]), name)):
        cleaned = clean_tool(name, makers, everyday)
        draft = Draft(cleaned.label, "tool", {"onet"}, list(cleaned.same), list(cleaned.loose))
        draft.used_by, draft.hot = used_by[name], name in hot
        drafts.append((name, draft))
    return drafts


def tools_of_occupations(folder: Path) -> dict[str, list[str]]:
    """Return the tools O*NET names for each code, the hot ones first."""
    ranked: dict[str, list[tuple[bool, bool, str]]] = defaultdict(list)
    for row in rows(folder, "Technology Skills.txt"):
        rank = (row["Hot Technology"] != "Y", row["In Demand"] != "Y", row["Example"])
        ranked[row["O*NET-SOC Code"]].append(rank)
    return {code: [name for _, _, name in sorted(found)] for code, found in ranked.items()}


def occupations(folder: Path, digital: frozenset[str]) -> list[RawOccupation]:
    """Return every occupation; those in `digital` keep more of their tasks."""
    titles, tasks = _titles(folder), _tasks(folder)
    return [
        RawOccupation(
            code := row["O*NET-SOC Code"],
            row["Title"],
            _best_titles(row["Title"], titles[code]),
            tuple(tasks[code][: _MOST_TASKS if code in digital else _MOST_TASKS_ELSEWHERE]),
            row["Description"],
        )
        for row in rows(folder, "Occupation Data.txt")
    ]


def _titles(folder: Path) -> dict[str, list[str]]:
    """Return the other titles of each code: those people report first, then the well attested."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row in rows(folder, "Sample of Reported Titles.txt"):
        shown = row["Shown in My Next Move"] == "Y"
        found[row["O*NET-SOC Code"]].append((0 if shown else 1, 0, row["Reported Job Title"]))
    for row in rows(folder, "Alternate Titles.txt"):
        sources = row["Source(s)"].count(",")
        found[row["O*NET-SOC Code"]].append((2, -sources, row["Alternate Title"]))
    titles = defaultdict(list)
    for code, ranked in found.items():
        titles[code] = [title for _, _, title in sorted(ranked)]
    return titles


def _best_titles(title: str, others: Iterable[str]) -> tuple[str, ...]:
    best: dict[str, str] = {}
    for other in others:
        spelled = _spelled_out(other)
        best.setdefault(name_key(spelled), spelled)
    best.pop(name_key(title), None)
    return tuple(best.values())[:_MOST_TITLES]


def _spelled_out(title: str) -> str:
    """Return "Chief Executive Officer" for "CEO (Chief Executive Officer)"."""
    match = _IN_BRACKETS.fullmatch(title)
    return max(match["outer"], match["inner"], key=len) if match else title


def _tasks(folder: Path) -> dict[str, list[str]]:
    """Return the short tasks of each code, the core ones that most people do first."""
    found: dict[str, list[tuple[bool, int, str]]] = defaultdict(list)
    for row in rows(folder, "Task Statements.txt"):
        if len(row["Task"]) <= _LONGEST_TASK:
            asked = row["Incumbents Responding"]
            people = int(asked) if asked.isdigit() else 0
            found[row["O*NET-SOC Code"]].append((row["Task Type"] != "Core", -people, row["Task"]))
    tasks = defaultdict(list)
    for code, ranked in found.items():
        tasks[code] = [task for _, _, task in sorted(ranked)]
    return tasks
