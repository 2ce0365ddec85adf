"""What of a text is read: sentences said to people, and each word as often as it tells more."""

import re
from collections import Counter
from functools import lru_cache

from app.matching.engine.stems import FUNCTION_WORDS, stem
from app.matching.engine.words import fold, words

MOST_TIMES = 3
"""How often one word of a text counts: BM25 and the text model would both gain by more."""
STUFFED = 12
"""Nobody says a word so often to a reader."""
MOST_REMEMBERED = 4096
"""Words between blanks whose terms a process keeps at hand, about 1 MB: a third of composing."""

_SENTENCE = re.compile(r"(?<=[.!?\u061f\u06d4])\s+|\n+")
# What nobody says to a client, and people do try on machines that rank.
_ME = r"(?:me|my profile|this (?:profile|candidate|freelancer|person|applicant|resume|cv))"
_FIRST = r"(?:first|top|highest|number one|above|no\.? ?1|# ?1)"
_OTHERS = r"\bother (?:candidate|profile|freelancer|people|applicant)"
_IGNORE, _INSTRUCTIONS = (
    fold("\u0646\u0638\u0631 \u0627\u0646\u062f\u0627\u0632"),
    fold("\u06c1\u062f\u0627\u06cc\u0627\u062a"),
)
_ORDERS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:instruction|prompt|rule|guideline|criteria|ranking|candidate|profile)",
    rf"\b(?:rank|place|put|show|list|score|rate|sort|return|move) {_ME}\b.{{0,40}}{_FIRST}",
    rf"\b(?:must|should|shall|always|please|to) (?:rank|select|choose|recommend|prefer) {_ME}\b",
    rf"\b{_ME} (?:is|(?:must|should|has to|needs to) be) (?:the |an? |ranked |shown |rated )*"
    rf"(?:best|perfect|ideal|strongest|only|{_FIRST})",
    r"\b(?:give|assign|return|output|award)\b.{0,40}\b(?:highest|maximum|top|full|perfect|100)\b"
    r".{0,20}\b(?:score|rating|points|rank|mark)",
    rf"\b(?:do not|don't|never) (?:consider|show|rank|list|recommend)\b.{{0,20}}{_OTHERS}",
    r"^\W*(?:system|assistant|prompt|instructions?)\s*:",
    r"<\|?\W*(?:system|im_start|inst)|\[/?inst\]",
    r"\byou are (?:now )?(?:an? )?(?:ai|llm|large|language|ranking|matching)\b"
    r".{0,20}\b(?:model|assistant|system|ranker|engine)",
    # "Set the instructions aside", in Urdu.
    f"{_INSTRUCTIONS}.{{0,20}}{_IGNORE}|{_IGNORE}.{{0,20}}{_INSTRUCTIONS}",
)
_ORDER = re.compile("|".join(_ORDERS))


def without_orders(text: str) -> str:
    """Return `text` without the sentences that tell a ranking machine what to do."""
    sentences = _SENTENCE.split(text)
    kept = [sentence for sentence in sentences if not _ORDER.search(fold(sentence))]
    return text if len(kept) == len(sentences) else "\n".join(kept)


def without_repeats(text: str) -> str:
    """Return `text` without what it says more than `MOST_TIMES`, blanks made single.

    A word said twice in a row is said once, and one said `STUFFED` times is not read at all.
    Words such as "and" are not counted.
    """
    parts = text.split()
    keys_of = [_terms_of(part) for part in parts]
    counts = Counter(key for keys in keys_of for key in keys)
    stuffed = {key for key, count in counts.items() if count >= STUFFED}
    said = Counter(dict.fromkeys(stuffed, MOST_TIMES))
    before: tuple[str, ...] = ()
    kept: list[str] = []
    is_said = False
    for part, keys in zip(parts, keys_of, strict=True):
        telling = [key for key in keys if key not in FUNCTION_WORDS]
        # What joins a word that is dropped to the next, as in "of the", goes with it.
        is_said = all(said[key] >= MOST_TIMES for key in telling) if telling else is_said
        if not is_said and not (keys and keys == before):
            kept.append(part)
            said.update(telling)
        before = keys or before
    return " ".join(kept)


@lru_cache(MOST_REMEMBERED)
def _terms_of(part: str) -> tuple[str, ...]:
    return tuple(stem([word.key for word in words(part)]))
