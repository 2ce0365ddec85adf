"""Which quoted words count: each is taken out of its text on trial, and the points must fall.

Taking a word away may help: without "Python", the title "Python developer" may be nearer to what
was asked. Such words are not given as a reason, and neither are those not tried yet. The scale is
held still, and the trials were encoded by the worker: no model runs here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.matching import trials
from app.matching.comparison import Compared
from app.matching.cuts import Cut, Thing, subject_of
from app.matching.engine.rank import Scale
from app.matching.holding import PARTS, Numbers, Query
from app.matching.matcher import Matcher
from app.matching.models import Embedding
from app.matching.reasons import Quote, Reasons
from app.matching.rows import Rows
from app.matching.trials import Due, Record
from app.profiles.models import Profile

MOST_TRIED = 8
"""Quotes of one profile or job for one asker."""
LEAST = 1e-6
"""Of 100 points: less than this is the rounding of vectors, not the loss of a word."""

_KEPT = select(
    Embedding.subject_id,
    Embedding.fingerprint,
    Embedding.source_updated_at,
    Embedding.body,
    Embedding.titles,
    Embedding.terms,
).where(
    Embedding.subject == bindparam("subject"),
    Embedding.model == bindparam("model"),
    Embedding.subject_id.in_(bindparam("ids", expanding=True)),
)

Said = tuple[Thing, Reasons]


@dataclass(frozen=True)
class Proof:
    """The reasons, in the order given, and what their proof still needs."""

    reasons: tuple[Reasons, ...]
    due: Due


@dataclass(frozen=True)
class _Try:
    """A quote of the text in this place of what was given."""

    place: int
    quote: Quote
    cut: Cut


def of_texts(session: Session, matcher: Matcher, compared: Compared, said: Sequence[Said]) -> Proof:
    """Keep the quotes without which a found profile or job would have fewer points.

    All are of one kind, with what they say loaded.
    """
    model = matcher.encoder.name
    kept = _kept(session, model, [thing for thing, reasons in said if quoted(reasons)])
    tries = [
        _Try(place, quote, Cut.of(thing, kept[thing.id][0], quote))
        for place, (thing, reasons) in enumerate(said)
        if thing.id in kept
        for quote in quoted(reasons)[:MOST_TRIED]
    ]
    looked = trials.look(session, model, [one.cut for one in tries])
    tried = [one for one in tries if one.cut.digest in looked.known]
    if not tried:
        return _proof(said, {}, looked.due)
    whole = [kept[said[one.place][0].id][1] for one in tried]
    left = [looked.known[one.cut.digest] for one in tried]
    columns = compared.view.score(compared.query, _rows(matcher, [*whole, *left]))
    points = _points(compared, compared.scale(), columns)
    falls = points[: len(tried)] - points[len(tried) :] > LEAST
    verdicts = {
        (one.place, one.quote.skill): bool(fell) for one, fell in zip(tried, falls, strict=True)
    }
    return _proof(said, verdicts, looked.due)


def of_query(
    session: Session,
    matcher: Matcher,
    compared: Compared,
    asker: tuple[Profile, str],
    said: Sequence[Said],
) -> Proof:
    """Keep the quotes without which a profile would find each of these jobs with fewer points.

    `asker` is the profile that asks, whose words are quoted, and its text's fingerprint.
    """
    model = matcher.encoder.name
    tries = [
        _Try(place, quote, Cut.of(*asker, quote))
        for place, (_, reasons) in enumerate(said)
        for quote in quoted(reasons)[:MOST_TRIED]
    ]
    looked = trials.look(session, model, [one.cut for one in tries])
    tried = [one for one in tries if one.cut.digest in looked.known]
    kept = _kept(session, model, [said[place][0] for place in {one.place for one in tried}])
    records = {
        place: kept[thing.id][1] for place, (thing, _) in enumerate(said) if thing.id in kept
    }
    if not records:
        return _proof(said, {}, looked.due)
    scale = compared.scale()

    def points(query: Query, places: Sequence[int]) -> dict[int, float]:
        rows = _rows(matcher, [records[place] for place in places])
        worth = _points(compared, scale, compared.view.score(query, rows))
        return dict(zip(places, worth.tolist(), strict=True))

    whole = points(compared.query, list(records))
    verdicts: dict[tuple[int, str], bool] = {}
    for digest, record in looked.known.items():
        own = [one for one in tried if one.cut.digest == digest and one.place in records]
        if own:
            left = points(_query(matcher, record), sorted({one.place for one in own}))
            verdicts |= {
                (one.place, one.quote.skill): whole[one.place] - left[one.place] > LEAST
                for one in own
            }
    return _proof(said, verdicts, looked.due)


def quoted(reasons: Reasons) -> list[Quote]:
    """Those that quote more than the list of skills."""
    return [quote for quote in reasons.covered if quote.section != "skills"]


def _kept(session: Session, model: str, things: Sequence[Thing]) -> dict[int, tuple[str, Record]]:
    """The fingerprints and encoded texts of things, those that are of what they say now."""
    if not things:
        return {}
    as_it_reads = {thing.id: thing.updated_at for thing in things}
    which = {"subject": subject_of(things[0]), "model": model, "ids": list(as_it_reads)}
    rows = session.execute(_KEPT, which)
    return {
        row.subject_id: (row.fingerprint, (row.body, row.titles, row.terms))
        for row in rows
        if row.source_updated_at == as_it_reads[row.subject_id]
    }


def _rows(matcher: Matcher, records: Sequence[Record]) -> Rows:
    numbered = ((place, *record) for place, record in enumerate(records))
    return Rows.of(numbered, matcher.encoder.dimension)


def _query(matcher: Matcher, record: Record) -> Query:
    body, titles, terms = record
    vectors = np.frombuffer(titles, np.float32).reshape(-1, matcher.encoder.dimension)
    return Query(np.frombuffer(body, np.float32), vectors, tuple(terms.split()))


def _points(compared: Compared, scale: Scale, columns: Mapping[str, Numbers]) -> Numbers:
    """What the parts that read texts are worth together; the others are the same on trial."""
    bounded = {part: compared.bounded(part, columns[part]) for part in PARTS}
    points = [scale.points(part, np.asarray(bounded[part], np.float64)) for part in PARTS]
    return np.asarray(np.sum(points, axis=0))


def _proof(said: Sequence[Said], verdicts: Mapping[tuple[int, str], bool], due: Due) -> Proof:
    reasons = (
        _judged(given, {skill: fell for (at, skill), fell in verdicts.items() if at == place})
        for place, (_, given) in enumerate(said)
    )
    return Proof(tuple(reasons), due)


def _judged(reasons: Reasons, fell: Mapping[str, bool]) -> Reasons:
    covered = tuple(
        quote
        for quote in reasons.covered
        if quote.section == "skills" or fell.get(quote.skill, False)
    )
    named = {quote.skill for quote in covered} | {*reasons.listed}
    others = [quote.skill for quote in reasons.covered if quote.skill not in named]
    tried = tuple(skill for skill in others if skill in fell)
    return replace(
        reasons,
        covered=covered,
        mentioned=(*tried, *reasons.mentioned),
        untried=tuple(skill for skill in others if skill not in fell),
    )
