"""Which words of a profile count for a job: each is taken away, and the points must fall.

Taking a word away may help: without "Python", the title "Python developer" may be nearer to what
was asked. Such words are not given as a reason.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.matching.candidates import Candidates, read_anew
from app.matching.matcher import Matcher
from app.matching.reasons import BETWEEN_TITLES, Quote, Reasons
from app.matching.sources import Source, Wording, of_profile
from app.profiles.models import Profile

MOST_TRIED = 4
"""Quotes of one profile; each costs one text to encode, and a page has ten profiles."""

Said = tuple[Profile, Reasons]


def proven(
    session: Session, matcher: Matcher, found: Candidates, said: Sequence[Said]
) -> list[Reasons]:
    """Keep the quotes without which a profile would have fewer points, all else held still.

    The profiles are among `found`, with their user, skills and past titles loaded.
    """
    tried = [(person, quote) for person, reasons in said for quote in quoted(reasons)[:MOST_TRIED]]
    if not tried:
        return [reasons for _, reasons in said]
    texts = [without(person, quote) for person, quote in tried]
    scale = found.scale()
    counting: set[tuple[int, str]] = set()
    for (person, quote), values in zip(
        tried, read_anew(session, matcher, found, texts), strict=True
    ):
        now = found.values_of(person.id)
        if scale.total({**now, **values}) < scale.total(now):
            counting.add((person.id, quote.skill))
    return [
        _kept(reasons, [one for one in quoted(reasons) if (person.id, one.skill) in counting])
        for person, reasons in said
    ]


def quoted(reasons: Reasons) -> list[Quote]:
    """Those that quote more than the list of skills."""
    return [quote for quote in reasons.covered if quote.section != "skills"]


def without(profile: Profile, quote: Quote) -> Source:
    """Compose a profile without the words of a quote."""
    said = Wording.of(profile)
    if quote.section == "past_titles":
        titles = _cut_titles(said.past_titles, quote)
        return of_profile(profile, replace(said, past_titles=titles))
    if quote.section == "headline":
        return of_profile(profile, replace(said, headline=_cut(said.headline, quote, 0)))
    return of_profile(profile, replace(said, summary=_cut(said.summary, quote, 0)))


def _cut(text: str, quote: Quote, begins: int) -> str:
    return f"{text[: quote.start - begins]} {text[quote.end - begins :]}"


def _cut_titles(titles: Sequence[str], quote: Quote) -> tuple[str, ...]:
    cut = []
    begins = 0
    for title in titles:
        is_here = begins <= quote.start < begins + len(title)
        cut.append(_cut(title, quote, begins) if is_here else title)
        begins += len(title) + len(BETWEEN_TITLES)
    return tuple(cut)


def _kept(reasons: Reasons, counting: Sequence[Quote]) -> Reasons:
    covered = tuple(
        quote for quote in reasons.covered if quote.section == "skills" or quote in counting
    )
    named = {quote.skill for quote in covered} | {*reasons.listed}
    mentioned = tuple(quote.skill for quote in reasons.covered if quote.skill not in named)
    mentioned += reasons.mentioned
    return replace(reasons, covered=covered, mentioned=mentioned)
