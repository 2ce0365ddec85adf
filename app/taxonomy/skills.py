"""The vocabulary in the database: loading it, finding the skill a name means, suggesting."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db import take_turns
from app.taxonomy.models import Skill, SkillName
from app.taxonomy.names import joined, name_key, unversioned
from app.taxonomy.occupations import Taxonomy

# Joined, shorter names would meet by chance: "c.s." is not "CS".
_SHORTEST_JOINED = 4
# One or two letters are inside nearly every name.
_SHORTEST_PART = 3
_MOST_CANDIDATES = 3000
_MOST_HELPED = 10
_MOST_SUGGESTIONS = 5
_CLOSE = 0.74
_LONGEST_PHRASE = 4
_EXACT_WORTH = 500
_CHUNK = 500

# Made once: every list of matches asks for them.
_NAMES = (
    select(SkillName.skill_id, SkillName.name, Skill.label)
    .join(Skill, Skill.id == SkillName.skill_id)
    .where(SkillName.skill_id.in_(bindparam("ids", expanding=True)))
    .order_by(SkillName.skill_id, SkillName.id)
)

_Column = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Unknown:
    """A typed name that is no skill's, and the skills that may have been meant."""

    typed: str
    suggestions: tuple[Skill, ...]


@dataclass(frozen=True)
class _Candidate:
    key: str
    skill: Skill


def load(session: Session, taxonomy: Taxonomy) -> int:
    """Bring the tables up to the vocabulary; return how many skills were added or changed.

    Skills that the vocabulary no longer has stay, because people may list them.
    """
    take_turns(session, "taxonomy.load")
    wanted = {entry.key: entry for entry in taxonomy.skills}
    found = {row.key: row for row in session.execute(select(*_columns(Skill))).all()}
    fields = ("key", "label", "kind", "popularity")
    rows = [{field: getattr(entry, field) for field in fields} for entry in wanted.values()]
    new = [row for row in rows if row["key"] not in found]
    changed = [
        row | {"id": found[row["key"]].id}
        for row in rows
        if row["key"] in found
        and any(getattr(found[row["key"]], field) != row[field] for field in fields)
    ]
    if new:
        session.execute(insert(Skill), new)
    if changed:
        session.execute(update(Skill), changed)
    is_changed = _load_names(session, taxonomy)
    if new or changed or is_changed:
        session.expire_all()
    return len(new) + len(changed)


def suggest(session: Session, typed: str, limit: int = 8) -> list[Skill]:
    """Return the skills a half-typed name may become, the best known first.

    Names that begin with it come before names with a word that does, and those before names
    that hold it anywhere; a name that is all of it counts for more. Where there are none,
    names that are spelled much like it.
    """
    key = name_key(typed)
    if not key or limit < 1:
        return []
    name = SkillName.key
    rank = case(
        (name == key, 0),
        (name.startswith(key, autoescape=True), 1),
        (name.contains(f" {key}", autoescape=True), 2),
        else_=3,
    )
    is_short = len(key) < _SHORTEST_PART
    matches = name.startswith if is_short else name.contains
    found = (
        select(SkillName.skill_id, func.min(rank).label("rank"))
        .where(matches(key, autoescape=True))
        .group_by(SkillName.skill_id)
        .subquery()
    )
    skills = session.scalars(
        select(Skill)
        .join(found, found.c.skill_id == Skill.id)
        .order_by(*_best_first(found.c.rank))
        .limit(limit)
    ).all()
    return list(skills or _guess(session, [key])[key][:limit])


def normalise(session: Session, typed: str) -> Skill | None:
    """Return the skill a name means, or None."""
    key = name_key(typed)
    return look_up(session, [key]).get(key)


def normalise_all(session: Session, names: Iterable[str]) -> tuple[list[Skill], list[Unknown]]:
    """Return the skills that names mean, in their order and each once, and the unknown names.

    Blank names are passed over. The first ten unknown names come with suggestions.
    """
    typed: dict[str, str] = {}
    for name in names:
        if name.strip():
            typed.setdefault(name_key(name), name.strip())
    meant = look_up(session, list(typed))
    skills = list(dict.fromkeys(meant[key] for key in typed if key in meant))
    unknown = [key for key in typed if key not in meant]
    guesses = _guess(session, unknown[:_MOST_HELPED])
    return skills, [Unknown(typed[key], tuple(guesses.get(key, ()))) for key in unknown]


def look_up(session: Session, keys: Sequence[str]) -> dict[str, Skill]:
    """Find each key as it is, else without its version or plural, else without its blanks."""
    forms = {key: _forms(key) for key in keys if key}
    found = _named(session, SkillName.key, {form for key in forms for form in forms[key]})
    meant = {}
    for key, tried in forms.items():
        skill = next((found[form] for form in tried if form in found), None)
        if skill:
            meant[key] = skill
    close = {key: joined(key) for key in forms if key not in meant}
    wanted = {form for form in close.values() if len(form) >= _SHORTEST_JOINED}
    spelled = _named(session, SkillName.joined, wanted)
    return meant | {key: spelled[form] for key, form in close.items() if form in spelled}


def names_of(session: Session, skill_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return every name of the skills, the label first."""
    rows = session.execute(_NAMES, {"ids": set(skill_ids)})
    names: dict[int, dict[str, None]] = {}
    for skill_id, name, label in rows:
        names.setdefault(skill_id, {label: None})[name] = None
    return {skill_id: tuple(found) for skill_id, found in names.items()}


def _best_first(rank: ColumnElement[int]) -> list[ColumnElement[Any] | _Column]:
    # "R" stands above Ruby, but "rea", short for a model hardly anyone knows, not above React.
    worth = Skill.popularity + case((rank == 0, _EXACT_WORTH), else_=0)
    return [case((rank == 0, 1), else_=rank), worth.desc(), Skill.label, Skill.id]


def _forms(key: str) -> list[str]:
    plain = unversioned(key)
    return [key, plain, f"{plain}s", plain.removesuffix("s")] if len(plain) > 3 else [key, plain]


def _named(session: Session, form: _Column, wanted: set[str]) -> dict[str, Skill]:
    """Return the best known skill for each wanted form of a name."""
    if not wanted:
        return {}
    rows = session.execute(
        select(form, Skill)
        .join(Skill, Skill.id == SkillName.skill_id)
        .where(form.in_(sorted(wanted)))
        .order_by(Skill.popularity.desc(), Skill.id)
    )
    found: dict[str, Skill] = {}
    for spelled, skill in rows:
        found.setdefault(spelled, skill)
    return found


def _guess(session: Session, keys: Sequence[str]) -> dict[str, list[Skill]]:
    """Guess what unknown keys mean: a skill named by some of the words, or spelled alike."""
    if not any(keys):
        return {key: [] for key in keys}
    near = or_(*(_is_near(key) for key in keys if key))
    rows = session.execute(
        select(SkillName.key, Skill)
        .join(Skill, Skill.id == SkillName.skill_id)
        .where(near)
        .order_by(Skill.popularity.desc(), SkillName.id)
        .limit(_MOST_CANDIDATES)
    )
    candidates = [_Candidate(key, skill) for key, skill in rows]
    return {key: _best(key, candidates) for key in keys}


def _is_near(key: str) -> ColumnElement[bool]:
    slack = 1 if len(key) < 5 else 2
    alike = or_(
        SkillName.key.startswith(key[:1], autoescape=True),
        SkillName.key.endswith(key[-3:], autoescape=True),
    )
    length = func.length(SkillName.key).between(len(key) - slack, len(key) + slack)
    return or_(SkillName.key.in_(_phrases(key)), length & alike)


def _phrases(key: str) -> list[str]:
    """Return the runs of words inside a key, the longest first."""
    words = key.split()[:8]
    return [
        " ".join(words[start : start + length])
        for length in range(min(len(words), _LONGEST_PHRASE), 0, -1)
        for start in range(len(words) - length + 1)
    ]


def _best(key: str, candidates: list[_Candidate]) -> list[Skill]:
    phrases = {phrase: place for place, phrase in enumerate(_phrases(key))}
    scored = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for candidate in candidates:
        if candidate.key in phrases:
            scored.append((2 - 0.01 * phrases[candidate.key], candidate.skill))
            continue
        matcher.set_seq1(candidate.key)
        is_close = matcher.real_quick_ratio() >= _CLOSE and matcher.quick_ratio() >= _CLOSE
        if is_close and (alike := matcher.ratio()) >= _CLOSE:
            known = min(candidate.skill.popularity, 1000) / 10_000
            scored.append((alike + known, candidate.skill))
    scored.sort(key=lambda found: (-found[0], found[1].id))
    return list(dict.fromkeys(skill for _, skill in scored))[:_MOST_SUGGESTIONS]


def _load_names(session: Session, taxonomy: Taxonomy) -> bool:
    """Bring the names up to the vocabulary; say whether any changed."""
    keys = [entry.key for entry in taxonomy.skills]
    ids = {row.key: row.id for row in session.execute(select(Skill.id, Skill.key))}
    wanted = {
        name_key(name): {"skill_id": ids[entry.key], "name": name, "key": name_key(name)}
        for entry in taxonomy.skills
        for name in (entry.label, *entry.aliases)
    }
    found = {row.key: row for row in session.execute(select(*_columns(SkillName)))}
    new = [row for key, row in wanted.items() if key not in found]
    changed = [
        row | {"id": found[key].id}
        for key, row in wanted.items()
        if key in found and (found[key].skill_id, found[key].name) != (row["skill_id"], row["name"])
    ]
    ours = {ids[key] for key in keys}
    gone = [row.id for key, row in found.items() if key not in wanted and row.skill_id in ours]
    for start in range(0, len(gone), _CHUNK):
        session.execute(delete(SkillName).where(SkillName.id.in_(gone[start : start + _CHUNK])))
    if changed:
        session.execute(update(SkillName), changed)
    if new:
        session.execute(insert(SkillName), new)
    return bool(new or changed or gone)


def _columns(model: type[Skill] | type[SkillName]) -> list[ColumnElement[Any]]:
    return list(model.__table__.columns)
