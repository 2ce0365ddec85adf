"""What the engine reads of a profile or a job: composed texts, their terms and fingerprint."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.matching.engine.identity import without_identity
from app.matching.engine.prose import without_orders, without_repeats
from app.matching.engine.stems import FUNCTION_WORDS, stem
from app.matching.engine.words import fold, words

__all__ = [
    "Document",
    "clip_words",
    "compose_job",
    "compose_profile",
    "fingerprint",
    "stem",
    "tokenise",
    "without_identity",
]

BODY_WORDS = 200
"""About 256 tokens of MiniLM, which reads no further; 512 measured worse."""
TERMS_WORDS = 400
"""Longer texts gain no more words to be found by."""
MOST_SKILLS = 20
"""The strongest stand first; who lists everything says nothing."""

Composed = tuple[str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Document:
    """A profile or a job as the engine sees it, without names."""

    id: int
    body: str
    """What is encoded as a whole; at most `BODY_WORDS` words."""
    titles: tuple[str, ...]
    """Encoded one by one: the headline or job title first, then past titles."""
    terms: tuple[str, ...]
    """Stems for the lexical index, in the order of the text."""


def tokenise(text: str) -> list[str]:
    """Return the terms of `text` in order: folded words, stemmed if English, without blanks.

    Spellings that `words.fold` calls equal give the same terms. `c++ c# .net node.js asp.net`
    stay whole; words in other scripts are kept unstemmed. The stemmer is Snowball's English
    one (Porter 2, snowballstem.org).
    """
    return stem([word.key for word in words(fold(text))])


def clip_words(text: str, most: int = BODY_WORDS) -> str:
    """Return the first `most` words of `text`, blanks made single; a word is what blanks part."""
    return " ".join(text.split()[:most])


def compose_profile(
    headline: str,
    skills: Sequence[str],
    past_titles: Sequence[str],
    summary: str,
    names: Sequence[str],
) -> Composed:
    """Return the (body, titles, terms) of a profile, none of which holds any of `names`.

    Headline, skills and past titles come before the summary, so that they are surely read.
    A skill or title given twice counts once, a word of the summary three times, and sentences
    that tell a machine how to rank not at all.
    """
    headline = without_identity(without_orders(headline), names)
    past_titles = [without_identity(without_orders(title), names) for title in past_titles]
    titles = _distinct([headline, *past_titles])
    skills = [without_identity(skill, names) for skill in skills[:MOST_SKILLS]]
    return _composed(titles, skills, without_identity(without_orders(summary), names))


def compose_job(title: str, skills: Sequence[str], description: str) -> Composed:
    """Return the (body, titles, terms) of a job, without addresses and telephone numbers."""
    titles = _distinct([without_identity(title, ())])
    skills = [without_identity(skill, ()) for skill in skills]
    return _composed(titles, skills, without_identity(description, ()))


def fingerprint(model_name: str, body: str, titles: Sequence[str], terms: Sequence[str]) -> str:
    """Return the SHA-256, 64 hexadecimal digits, of what is encoded and by which model.

    Hashed as one JSON array, so that no two different inputs are written the same.
    """
    encoded = json.dumps([model_name, body, list(titles), list(terms)], ensure_ascii=True)
    return hashlib.sha256(encoded.encode("ascii")).hexdigest()


def _composed(titles: Sequence[str], skills: Iterable[str], prose: str) -> Composed:
    headline, *past = titles or ("",)
    parts = [headline, ", ".join(_distinct(skills)), ", ".join(past), without_repeats(prose)]
    text = ". ".join(part for part in parts if part)
    keys = [word.key for word in words(fold(clip_words(text, TERMS_WORDS)))]
    terms = stem([key for key in keys if key not in FUNCTION_WORDS])
    return clip_words(text, BODY_WORDS), tuple(titles), tuple(terms)


def _distinct(texts: Iterable[str]) -> list[str]:
    """Return the texts that hold a word, the first of those that fold to the same words."""
    first: dict[tuple[str, ...], str] = {}
    for text in texts:
        first.setdefault(tuple(word.key for word in words(text)), text)
    return [text for key, text in first.items() if key]
