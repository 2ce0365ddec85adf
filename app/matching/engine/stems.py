"""The terms of a text: words without their endings, and which of them say nothing about work."""

from collections.abc import Sequence
from functools import lru_cache

import Stemmer

MOST_REMEMBERED = 8192
"""Words whose terms a process keeps at hand, about 2 MB: the texts of 300 profiles hold 1,536."""

# Words that say nothing about work; "it", "go", "c" and "r" may be skills, so they stay.
_AS_WRITTEN = """a about all also am an and any are as at be because been being both but by did
do does doing during each few for from further had has have having here how i if in into is just me
more most my myself no nor not of off on once only or other our ours over own same so some such than
that the their them then there these they this those through to too under until up very was we were
what when where which while who whom why will with would you your yours"""
FUNCTION_WORDS = frozenset(_AS_WRITTEN.split())


def stem(keys: Sequence[str]) -> list[str]:
    """Return the term of each folded word of `keys`, as many and in the same order."""
    return list(map(_term, keys))


@lru_cache(MOST_REMEMBERED)
def _term(key: str) -> str:
    if not (key.isascii() and key.replace("'", "").isalpha()):
        return key
    # A stemmer is not safe to share between threads and costs less than a microsecond to make.
    return str(Stemmer.Stemmer("english").stemWord(key))
