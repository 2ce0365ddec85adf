"""Putting phrases into sentences: -ing forms, articles, lists, and tasks of O*NET as acts.

A phrase says what somebody does, as it stands after "I": "clean lists and ~note their sources".
A tilde marks each further verb that changes together with the first.
"""

import re
from collections.abc import Sequence

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
)
_DOUBLED = frozenset(
    {"begin", "confer", "cut", "get", "let", "map", "model", "plan", "put", "run", "set", "stop"}
)
_SPOKEN_VOWEL = re.compile(r"(?:[aeio]|u(?!ni|se|x|i\b)|HR\b|SEO|SQL|MERN)", re.IGNORECASE)
_CONSONANT_FIRST = re.compile(r"(?:UX|UI|one|eu)", re.IGNORECASE)
_AS_HERE = (
    (re.compile(r"\bWeb site"), "website"),
    (re.compile(r"\bWeb\b"), "web"),
    (re.compile(r"\b([Aa]naly)z"), r"\1s"),
)


def act_of_task(task: str) -> str:
    """Turn a task as O*NET writes it into a phrase, in the spelling of this site."""
    text = task[0].lower() + task[1:].removesuffix(".")
    for pattern, replacement in _AS_HERE:
        text = pattern.sub(replacement, text)
    return text


def doing(phrase: str) -> str:
    """Turn "set up shops and ~mend them" into "setting up shops and mending them"."""
    return "".join(map(_ing, phrase.split("~")))


def plain(phrase: str) -> str:
    """The phrase without its marks."""
    return phrase.replace("~", "")


def a(noun: str) -> str:
    """Put the article before a noun: "a UX designer", "an SEO specialist"."""
    is_vowel = _SPOKEN_VOWEL.match(noun) and not _CONSONANT_FIRST.match(noun)
    return f"{'an' if is_vowel else 'a'} {noun}"


def large(text: str) -> str:
    """Begin with a large letter, unless the first word has one further on, as "iOS" has."""
    return text[:1].upper() + text[1:] if text.split(" ", 1)[0].islower() else text


def small(text: str) -> str:
    """Begin with a small letter, unless the first word is a name or an acronym."""
    first = text.split(" ", 1)[0]
    is_common = first[:1].isupper() and first[1:].islower() and first not in _PROPER
    return text[:1].lower() + text[1:] if is_common else text


def listed(things: Sequence[str]) -> str:
    """Join as "a, b and c"."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def number(count: int) -> str:
    """Write a small number as a word."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def years(count: int) -> str:
    """Write a span of years in words."""
    return "a year" if count <= 1 else f"{number(count)} years"


_PROPER = frozenset(
    {
        *("Amazon", "Android", "Arabic", "Daraz", "English", "Etsy", "German", "Instagram", "Java"),
        *("Pakistan", "Pashto", "Persian", "Python", "Quran", "Sindhi", "Urdu", "Walmart"),
    }
)


def _ing(phrase: str) -> str:
    verb, blank, rest = phrase.partition(" ")
    if verb in _DOUBLED:
        verb += verb[-1]
    elif verb.endswith("e") and not verb.endswith("ee"):
        verb = verb[:-1]
    return f"{verb}ing{blank}{rest}"
