"""What texts say beside what they copy from a job, as vectors: made once for a text and a job."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.matching import guard
from app.matching.encoder import TextEncoder
from app.matching.encoding import Encoded, Known, encode_all
from app.matching.engine.originality import Copied, Wanted, copied
from app.matching.sources import Source
from app.matching.trials import Record

MOST_KEPT = 512
"""Texts that a process keeps at hand, some 8 kB each. The same people copy the same job at every
look: fourteen of them cost 20 ms to load, compose and take apart, and 3 when they are at hand."""

Key = tuple[str, str]
"""The fingerprint of a text and the digest of what it may have copied."""


@dataclass(frozen=True)
class Read:
    """How much a text copies, and its records that this makes worth looking at."""

    told: Copied
    whole: Record | None
    """None for a text that is rather the job's."""
    own: Record | None
    """Its other words; None too where nothing is copied."""


def read(
    encoder: TextEncoder, wanted: Wanted, texts: Sequence[Source], known: Known | None = None
) -> list[Read]:
    """Read texts and what is left of those that copy; the model runs for what is not `known`."""
    told = [copied(text.terms, wanted) for text in texts]
    others = [
        guard.own_words(text, wanted) if one.is_any and not one.is_most else None
        for text, one in zip(texts, told, strict=True)
    ]
    whole = [text for text, one in zip(texts, told, strict=True) if not one.is_most]
    wanted_texts = [*whole, *(text for text in others if text)]
    encoded = encode_all(encoder, [text.composed for text in wanted_texts], known=known)
    records = {
        id(text): _record(text, one) for text, one in zip(wanted_texts, encoded, strict=True)
    }
    return [
        Read(one, records.get(id(text)), records.get(id(own)) if own else None)
        for text, own, one in zip(texts, others, told, strict=True)
    ]


def _record(text: Source, encoded: Encoded) -> Record:
    return encoded.body.tobytes(), encoded.titles.tobytes(), " ".join(text.terms)
