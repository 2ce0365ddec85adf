"""Reading the raw files of ESCO: digital, language and other skills, and the occupations."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from app.taxonomy.labels import sentence_case, unqualified
from app.taxonomy.merging import Draft
from app.taxonomy.names import name_key

DIGITAL = "digitalSkillsCollection_en.csv"
LANGUAGE = "languageSkillsCollection_en.csv"
TRANSVERSAL = "transversalSkillsCollection_en.csv"
ALL = "skills_uri_preferredLabel.csv"
OCCUPATIONS = "occupations_en.csv"
FILES = (DIGITAL, LANGUAGE, TRANSVERSAL, ALL, OCCUPATIONS)

_STANDING = {DIGITAL: 10, TRANSVERSAL: 10, LANGUAGE: 20, ALL: 0}
_MOST_TITLES = 8
_LONGEST_DESCRIPTION = 300
_KINDS = {"knowledge": "knowledge", "skill/competence": "skill"}
# ESCO spells as in Britain; what people type often does not.
_AMERICAN = (
    (re.compile(r"\b(anal|catal|paral)yse"), r"\1yze"),
    (re.compile(r"\b(mod|lab|trav|canc|sign)ell"), r"\1el"),
    (re.compile(r"\b(behavi|col|fav|lab|neighb|flav|harb)our"), r"\1or"),
    (re.compile(r"\bprogramme(s?)\b"), r"program\1"),
    (re.compile(r"\b(cent|met|fib|theat)re(s?)\b"), r"\1er\2"),
    (re.compile(r"\bcatalogue"), "catalog"),
)
_WITH_S_OR_Z = re.compile(r"\b(\w+i)s(ations?|ing|ed|es?|ers?)\b")
_ALWAYS_S = re.compile(
    "adverti|advi|apprai|compromi|cri|devi|enterpri|entrepri|exerci|experti|fundrai|improvi|"
    "liai|merchandi|noi|practi|preci|premi|rai|revi|ri|supervi",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RawOccupation:
    """An occupation as ESCO has it, its lists cut."""

    code: str
    title: str
    titles: tuple[str, ...]
    description: str


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one comma-separated file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digital_skills(folder: Path) -> Iterator[tuple[str, Draft]]:
    """Yield each digital skill as ESCO writes it, and as a skill."""
    for row in rows(folder, DIGITAL):
        draft = _draft(row["preferredLabel"], _KINDS[row["skillType"]], DIGITAL)
        bare = unqualified(draft.label)
        draft.loose += [bare] if bare else []
        draft.loose += _parted(row["altLabels"], "|")
        yield row["preferredLabel"], draft


def languages(folder: Path) -> Iterator[Draft]:
    """Yield each language once; ESCO also has reading, writing and speaking it, left out here."""
    for row in rows(folder, LANGUAGE):
        language = row["preferredLabel"]
        if row["skillType"] == "knowledge" and " " not in language:
            draft = _draft(language, "language", LANGUAGE)
            draft.same.append(f"{language} language")
            yield draft


def other_skills(folder: Path, verbs: Set[str]) -> Iterator[Draft]:
    """Yield every skill of the classification by its label, but those of languages.

    Where the files do not tell the kind, a label that begins with a verb is a skill.
    """
    kinds = _kinds(folder)
    labels = [row["preferredLabel"] for row in rows(folder, ALL)]
    starts = _verbs(labels, verbs)
    transversal = {row["conceptUri"]: row["altLabels"] for row in rows(folder, TRANSVERSAL)}
    of_languages = {row["conceptUri"] for row in rows(folder, LANGUAGE)}
    for row in rows(folder, ALL):
        label, uri = row["preferredLabel"], row["conceptUri"]
        if uri in of_languages:
            continue
        guess = "skill" if label.split()[0] in starts else "knowledge"
        draft = _draft(label, kinds.get(uri, guess), TRANSVERSAL if uri in transversal else ALL)
        draft.loose += _parted(transversal.get(uri, ""), "|")
        yield draft


def occupations(folder: Path) -> list[RawOccupation]:
    """Return the occupations in the order of their codes."""
    return [
        RawOccupation(
            row["code"],
            sentence_case(title := row["preferredLabel"].strip()),
            _best_titles(title, _parted(row["altLabels"], "\n")),
            _first_sentences(row["description"]),
        )
        for row in sorted(rows(folder, OCCUPATIONS), key=lambda row: row["code"])
    ]


def american(text: str) -> str:
    """Spell a name as in America: "analyse" is "analyze", "optimisation" "optimization"."""
    for pattern, replacement in _AMERICAN:
        text = pattern.sub(replacement, text)
    return _WITH_S_OR_Z.sub(_with_z, text)


def _with_z(match: re.Match[str]) -> str:
    stem, ending = match.groups()
    return match.group() if _ALWAYS_S.fullmatch(stem) else f"{stem}z{ending}"


def _draft(label: str, kind: str, file: str) -> Draft:
    label = " ".join(label.split())
    spelled = american(label)
    draft = Draft(sentence_case(label), kind, {"esco"}, standing=_STANDING[file])
    draft.loose += [sentence_case(spelled)] if spelled != label else []
    return draft


def _parted(text: str, separator: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(separator) if part.strip()]


def _kinds(folder: Path) -> dict[str, str]:
    # The relations between skills name kinds too, but call nearly all of them knowledge.
    return {
        row["conceptUri"]: _KINDS[row["skillType"]]
        for name in (DIGITAL, LANGUAGE, TRANSVERSAL)
        for row in rows(folder, name)
    }


def _verbs(labels: list[str], verbs: Set[str]) -> set[str]:
    """Return the words that begin labels as verbs do.

    Such a word is one of `verbs`, and stands elsewhere at most four times as often: "develop",
    but not "water".
    """
    firsts = Counter(label.split()[0] for label in labels)
    others = Counter(word for label in labels for word in label.split()[1:])
    return {
        word
        for word, count in firsts.items()
        if (word in verbs or american(word) in verbs) and 4 * count >= others[word]
    }


def _best_titles(title: str, others: list[str]) -> tuple[str, ...]:
    best = {name_key(title): title}
    for other in others:
        key = name_key(other)
        if key.removesuffix("s") not in best and f"{key}s" not in best:
            best.setdefault(key, sentence_case(other))
    return tuple(best.values())[1 : _MOST_TITLES + 1]


def _first_sentences(text: str) -> str:
    kept = ""
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        if kept and len(kept) + len(sentence) >= _LONGEST_DESCRIPTION:
            break
        kept = f"{kept} {sentence}".strip()
    return kept
