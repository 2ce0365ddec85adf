"""Names people give themselves in their own words, which need not be the name of their account.

Rather one too few than one too many: "I am React Native developer" names a skill.
"""

import re
from functools import lru_cache

from app.taxonomy import occupations

_NAME = r"[A-Z][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_MY_NAME = re.compile(
    rf"\b(?i:my (?:full )?name is|my name['’]s|call me)[ \t]+({_NAME}(?:[ \t]{_NAME}){{0,3}})"
)
_NAME_LINE = re.compile(rf"^[ \t]*(?i:name)[ \t]*:[ \t]*({_NAME}(?:[ \t]{_NAME}){{0,3}})", re.M)
_I_AM = re.compile(
    rf"\bI(?: am|['’]m)[ \t]+({_NAME}(?:[ \t]{_NAME}){{1,2}})"
    r"(?=[ \t]*(?:[,.;:!()\n–—-]|$)|[ \t]+(?:and|from|an?|the|based|with)\b)"
)
_IN_URDU = re.compile(r"میرا نام[ \t]+((?:[^\W\d_]+[ \t]+){1,4}?)ہے")
_WORD = re.compile(r"[^\W\d_]+")
_RANKS = frozenset(["senior", "junior", "lead", "chief", "principal", "freelance", "certified"])


def introduced(text: str) -> list[str]:
    """Return the names by which the writer of a text introduces themselves."""
    found = [_but_work(match[1]) for one in (_MY_NAME, _NAME_LINE) for match in one.finditer(text)]
    found += [match[1].strip() for match in _IN_URDU.finditer(text)]
    # "I am" is followed by what one does at least as often.
    found += [match[1] for match in _I_AM.finditer(text) if not _names_work(match[1])]
    return list(dict.fromkeys(name.rstrip(".") for name in found))


def _but_work(name: str) -> str:
    """Cut the words of work behind a name; the first word is a name, whatever else it is."""
    first, *others = name.split()
    kept = [first]
    for word in others:
        if (kept[-1].endswith(".") and len(kept[-1]) > 2) or _names_work(word):
            break
        kept.append(word)
    return " ".join(kept)


def _names_work(words: str) -> bool:
    return not _words_of_work().isdisjoint(_WORD.findall(words.casefold()))


@lru_cache(maxsize=1)
def _words_of_work() -> frozenset[str]:
    """Every word in the names of the skills and titles of digital work."""
    taxonomy = occupations.read()
    names = [
        name
        for skill in taxonomy.skills
        if skill.popularity and skill.kind != "language"
        for name in (skill.label, *skill.aliases)
    ]
    names += [name for one in taxonomy.digital() for name in (one.title, *one.titles)]
    return _RANKS.union(_WORD.findall(" ".join(names).casefold()))
