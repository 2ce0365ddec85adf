"""Finding in what people write the skills and job titles that the vocabulary knows. No model.

The same text always gives the same skills, and each with the words it was read from.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.taxonomy import occupations
from app.taxonomy.models import Skill, SkillName
from app.taxonomy.names import name_key, unversioned
from app.taxonomy.skills import look_up

MOST_WORDS = 4000
"""A longer text is read as far as this."""
MOST_TYPED_WORDS = 40
_LONGEST_NAME = 5
_CHUNK = 5000
_LISTED_WORTH = 3.0
_MOST_COUNTED = 4

_WORD = re.compile(r"(?:\.(?=[^\W_]))?[^\W_]+(?:['’.](?=[^\W_])[^\W_]+)*[+#]*")
# What may stand between the words of one name; a comma or an empty line ends it.
_GAP = re.compile(r"[ \t]*\n?[ \t]*|[ \t]?[-/&][ \t]?")
# Addresses, and what a price is for: in "$15/hr" nobody asks for HR.
_NO_PROSE = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+|\b[\w.-]+\.(?:com|org|net|pk|dev|me)/\S*"
    r"|(?<=\d) ?/ ?(?:hr|h|mo|m|yr|y)\b"
)
# A name that stands alone between these is one item of a list.
_BEFORE = re.compile(
    r"(?:^|[\n\t,;:|/()\[\]•·●▪◦،؛]|\s[-*–—]|\b(?:and|or|with|using|in|including|&))"
    r"[ \t]*[-*•]?[ \t]*$"
)
_AFTER = re.compile(
    r"[ \t]*(?:$|[\n\t,;|/()\[\]•·●▪◦،؛]|[.!?](?:\s|$)|[-–—]\s|(?:and|or|with|for|&)\b)"
)
_STARTS_SENTENCE = re.compile(r"(?:^|[.!?:\n•])[ \t]*[-*•]?[ \t]*$")
# Tools named after everyday words that the descriptions of occupations do not hold.
_EVERYDAY_NAMES = """slack notion zoom unity flask cursor expo chef hive epic rhino ember mocha
jest meteor gemini hugo sketch framer elixir dart flutter cypress puppet apex claude swift teams
scratch ionic maya blender oracle outlook access word excel canvas monday harvest buffer segment
stripe square drift linear affinity audition echo gin phoenix nest next solid ruby julia crystal
groovy fusion revolution origin prism vault consul nomad pig"""
_EVERYDAY = frozenset(_EVERYDAY_NAMES.split())
# Too common, or the labels of a CV's own lines.
_NEVER_MEANT = """it etc first fit less base basic case fields call choose pass mix email phone
mobile address resume plan"""
_NEVER = frozenset(_NEVER_MEANT.split())
# Among a few typed words these are words, although skills are called so too.
_NEVER_TYPED = frozenset({"designer", "fast", "it", "make"})
_VERY_COMMON = 10
_WELL_KNOWN = 400
_RANKS = re.compile(
    r"^(?:(?:senior|junior|lead|principal|staff|chief|head|freelance|remote|associate|trainee|"
    r"intern|sr|jr|mid|level|full|part|time)[.\s/-]*)+",
    re.IGNORECASE,
)
_MOST_TITLE_WORDS = 6
_FEWEST_HEADS = 3


@dataclass(frozen=True)
class Found:
    """A skill a text names: `words` is how, `text[start:end]` where for the first time."""

    skill: Skill
    words: str
    start: int
    end: int
    count: int


@dataclass(frozen=True)
class _Word:
    start: int
    end: int


@dataclass(frozen=True)
class _Run:
    """Some words in a row that may be a name."""

    first: int
    last: int
    start: int
    end: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    start: int
    end: int
    listed: bool


def skills_in(session: Session, text: str, limit: int = 30) -> list[Found]:
    """Return the skills the text names, those first that it lists, repeats, and that many know.

    Names are looked up by `name_key`, so "ReactJS", "react.js" and "React 18" are one skill. The
    longest name wins. Everyday words that also name a tool count in a list, or written as
    the tool is; languages of people are no skills here.
    """
    readable = _NO_PROSE.sub(lambda match: " " * len(match[0]), text)
    runs = _runs(readable, MOST_WORDS)
    names = _named(session, {key for run in runs for key in run.keys})
    keys = {run: key for run in runs if (key := next((k for k in run.keys if k in names), None))}

    def is_meant(run: _Run) -> bool:
        name, skill = names[keys[run]]
        return skill.kind != "language" and _is_meant(readable, run, keys[run], name, skill)

    places: dict[Skill, list[_Place]] = defaultdict(list)
    for run in _longest(keys, is_meant):
        listed = _is_listed(readable, run.start, run.end)
        places[names[keys[run]][1]].append(_Place(run.start, run.end, listed))
    found = [_found(text, skill, places[skill]) for skill in places]
    found.sort(key=lambda pair: (-pair[0], pair[1].start, pair[1].skill.id))
    return [one for _, one in found[:limit]]


def named_in(session: Session, typed: str) -> list[Skill]:
    """Return the skills that a few typed words name, in their order; everyday words too.

    "react native and js" is React Native and JavaScript, not React as well.
    """
    runs = _runs(typed, MOST_TYPED_WORDS)
    meant = look_up(session, sorted({run.keys[0] for run in runs} - _NEVER_TYPED))
    taken = _longest((run for run in runs if run.keys[0] in meant), lambda run: True)
    return list(dict.fromkeys(meant[run.keys[0]] for run in taken))


def is_title(text: str) -> bool:
    """Tell whether a few words are a job title: a known one, or one ending as known ones do."""
    words = _RANKS.sub("", text.strip()).split()
    if not 1 <= len(words) <= _MOST_TITLE_WORDS:
        return False
    titles, heads = _titles()
    key = name_key(" ".join(words))
    if key in titles:
        return True
    last = key.rpartition(" ")[2]
    is_named = all(word[:1].isupper() or not word[:1].isalpha() for word in (words[0], words[-1]))
    return len(words) > 1 and last in heads and is_named


def _longest(runs: Iterable[_Run], is_meant: Callable[[_Run], bool]) -> list[_Run]:
    """Of the meant runs those that share no word with a longer or an earlier one, in order."""
    taken: dict[int, _Run] = {}
    for run in sorted(runs, key=lambda run: (run.first - run.last, run.first)):
        words = range(run.first, run.last + 1)
        if taken.keys().isdisjoint(words) and is_meant(run):
            taken |= dict.fromkeys(words, run)
    return list(dict.fromkeys(taken[word] for word in sorted(taken)))


def _found(text: str, skill: Skill, places: list[_Place]) -> tuple[float, Found]:
    first = places[0]
    count = len(places)
    worth = (
        _LISTED_WORTH * any(place.listed for place in places)
        + min(count, _MOST_COUNTED)
        + math.log10(1 + skill.popularity)
        - 2 * first.start / max(1, len(text))
    )
    words = " ".join(text[first.start : first.end].split())
    return worth, Found(skill, words, first.start, first.end, count)


def _runs(text: str, most: int) -> list[_Run]:
    """The runs of up to five words that no separator parts, with the forms they go by."""
    words = [_Word(*match.span()) for match in islice(_WORD.finditer(text), most)]
    return list(_runs_of(text, words))


def _runs_of(text: str, words: list[_Word]) -> Iterator[_Run]:
    for first, word in enumerate(words):
        for last in range(first, min(first + _LONGEST_NAME, len(words))):
            if last > first and not _GAP.fullmatch(text, words[last - 1].end, words[last].start):
                break
            start, end = word.start, words[last].end
            key = name_key(text[start:end])
            if key:
                yield _Run(first, last, start, end, _forms(key))


def _forms(key: str) -> tuple[str, ...]:
    plain = unversioned(key)
    forms = [key, plain]
    if " " in plain:  # the plural of one word is often another word: teams, access
        forms += [f"{plain}s", plain.removesuffix("s")]
    return tuple(dict.fromkeys(forms))


def _named(session: Session, keys: set[str]) -> dict[str, tuple[str, Skill]]:
    """Look the keys up, thousands at once; each leads to the name as written and its skill."""
    wanted = sorted(keys)
    found: dict[str, tuple[str, Skill]] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(SkillName.key, SkillName.name, Skill)
            .join(Skill, Skill.id == SkillName.skill_id)
            .where(SkillName.key.in_(wanted[start : start + _CHUNK]))
        )
        found.update((key, (name, skill)) for key, name, skill in rows)
    return found


def _is_listed(text: str, start: int, end: int) -> bool:
    line = text[max(0, start - 20) : start] if start else ""
    before = _BEFORE.search(line) if start <= 20 or line.strip() else True
    return bool(before) and _AFTER.match(text, end) is not None


def _is_meant(text: str, run: _Run, key: str, name: str, skill: Skill) -> bool:
    """Tell a skill from an everyday word, by its letters and by what stands around it."""
    if " " in key or not key.isalpha() or not key.isascii():
        return True
    if key in _NEVER:
        return False
    is_listed = _is_listed(text, run.start, run.end)
    written = text[run.start : run.end]
    as_written = written == name
    if name.isupper() and written.islower() and skill.popularity < _WELL_KNOWN:
        return False  # "apps" are not the system APPS; but "sql" is SQL
    if len(key) == 1:
        return as_written and is_listed
    common = _everyday_words()[key] if key not in _EVERYDAY else 1
    if not common and len(key) == 2:
        return as_written or is_listed
    if not common:
        return True
    if common >= _VERY_COMMON and name[:1].isupper() and not as_written:
        return False
    if is_listed:
        return True
    is_mid_sentence = not _STARTS_SENTENCE.search(text[max(0, run.start - 20) : run.start])
    return common < _VERY_COMMON and as_written and name != key and is_mid_sentence


@lru_cache(maxsize=1)
def _everyday_words() -> Counter[str]:
    """How often the descriptions of occupations hold each small-letter word."""
    words: Counter[str] = Counter()
    for occupation in occupations.read().occupations:
        told = " ".join((occupation.description, *occupation.tasks))
        words.update(re.findall(r"(?<![\w.])[a-z]+(?!\w)", told))
    return words


@lru_cache(maxsize=1)
def _titles() -> tuple[frozenset[str], frozenset[str]]:
    """The keys of all titles, and the words that titles of digital work often end in."""
    titles = set()
    heads: Counter[str] = Counter()
    for occupation in occupations.read().occupations:
        keys = {name_key(title) for title in (occupation.title, *occupation.titles)}
        titles |= keys | {key.removesuffix("s") for key in keys}
        if occupation.digital:
            heads.update(key.rpartition(" ")[2].removesuffix("s") for key in keys)
    often = (word for word, count in heads.items() if count >= _FEWEST_HEADS and word.isalpha())
    return frozenset(titles), frozenset(often)
