"""The terms of a text: words without their endings, and which of them say nothing about work."""

from collections.abc import Sequence

import Stemmer

# Words that say nothing about work; "it", "go", "c" and "r" may be skills, so they stay.
_AS_WRITTEN = """a about all also am an and any are as at be because been being both but by did
do does doing during each few for from further had has have having here how i if in into is just me
more most my myself no nor not of off on once only or other our ours over own same so some such than
that the their them then there these they this those through to too under until up very was we were
what when where which while who whom why will with would you your yours"""
FUNCTION_WORDS = frozenset(_AS_WRITTEN.split())


def stem(keys: Sequence[str]) -> list[str]:
    """Return the term of each folded word of `keys`, as many and in the same order."""
    # A stemmer is not safe to share between threads and costs less than a microsecond to make.
    stemmer = Stemmer.Stemmer("english")
    return [
        stemmer.stemWord(key) if key.isascii() and key.replace("'", "").isalpha() else key
        for key in keys
    ]
