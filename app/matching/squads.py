"""A team for a job: few people who cover its skills, with somebody of another park behind each.

Everybody on it comes out of the shortlist's own ranking, so its conditions and its fairness hold.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.jobs.models import Job, PayKind
from app.matching import proof, ranking, roster, shortlist
from app.matching.audit import Showing
from app.matching.conditions import Condition
from app.matching.engine import fairness, squads
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.ranking import Match
from app.matching.reasons import Reasons
from app.matching.roster import Member, Roster
from app.matching.trials import Due
from app.matching.view import Eligible
from app.money import Money

MOST_SEATS = 4
FIRST = fairness.TOP
"""These may take a seat for any skill; who stands behind, only for one they do not show as well."""
MORE = 3


@dataclass(frozen=True)
class Seat:
    """A person of the team, what the seat takes, and who stands by. The reasons are the seat's."""

    match: Match
    takes: tuple[str, ...]
    also: tuple[str, ...]
    """What else of the job its holder covers."""
    is_extra: bool
    """Whether all that can be covered was covered before: the seat adds hands."""
    equals: int
    """How many others could take as much, and show it less or have no more points."""
    standby: Match | None

    @property
    def people(self) -> tuple[Match, ...]:
        """The holder and the standby."""
        return (self.match, self.standby) if self.standby else (self.match,)


@dataclass(frozen=True)
class Squad:
    """A team for a job and what it asks; without seats nobody covers anything."""

    job: Job
    seats: tuple[Seat, ...]
    fewest: int
    """How many it takes to cover what a team can cover."""
    most: int
    """How large a team can be."""
    left: tuple[str, ...]
    """Skills that somebody covers, but nobody of this team."""
    nobodys: tuple[str, ...]
    """Skills that nobody who was read covers."""
    eligible: Eligible
    is_being_read: bool
    """Whether there are people, and nobody's profile is encoded yet."""
    showing: Showing

    @property
    def fulfil(self) -> int:
        """How many people fulfil the conditions."""
        return self.eligible.count

    @property
    def covered(self) -> int:
        """How many of the job's skills the team covers."""
        return len(self.job.skills) - len(self.left) - len(self.nobodys)

    @property
    def parks(self) -> int:
        """How many parks the team is of."""
        return len({seat.match.standing.park.id for seat in self.seats if seat.match.standing})

    @property
    def hours_per_week(self) -> int:
        """How much the team can work."""
        return sum(seat.match.profile.hours_per_week for seat in self.seats)

    @property
    def totals(self) -> tuple[Money, ...]:
        """What the team asks an hour: a sum for each currency, for they are never added."""
        sums: dict[str, Money] = {}
        for rate in self._rates:
            sums[rate.currency] = sums[rate.currency] + rate if rate.currency in sums else rate
        return tuple(sums[currency] for currency in sorted(sums))

    @property
    def unnamed(self) -> int:
        """How many of the team name no rate."""
        return len(self.seats) - len(self._rates)

    @property
    def hours_paid(self) -> int | None:
        """How many hours of the whole team a fixed price pays; None where that cannot be said."""
        totals = self.totals
        if self.job.pay_kind is not PayKind.FIXED or self.unnamed or len(totals) != 1:
            return None
        if totals[0].currency != self.job.currency:
            return None
        return self.job.most_minor // totals[0].minor

    @property
    def greatest_part(self) -> float:
        """The most points any part has: the length of the longest bar."""
        scores = [match.score for seat in self.seats for match in seat.people]
        return max((points for one in scores for points in one.parts.values()), default=0.0) or 1.0

    @property
    def _rates(self) -> list[Money]:
        people = [seat.match.profile for seat in self.seats]
        return [Money(one.rate_minor, one.currency) for one in people if one.rate_minor is not None]


def for_job(
    session: Session,
    matcher: Matcher,
    job: Job,
    *,
    people: int | None = None,
    relax: Collection[Condition] = (),
) -> Squad:
    """Put a team of so many people together and explain it; else of the fewest that cover most.

    The job must be loaded as for its shortlist. The same for everyone who asks the same.
    """
    read = roster.read(session, matcher, job, relax)
    crowd = read.crowd()
    every = squads.seats(crowd, squads.nominees(crowd.shows, FIRST, MORE), MOST_SEATS)
    fewest = sum(not seat.covered_before for seat in every)
    team = every[: fewest if people is None else min(max(people, 1), MOST_SEATS)]
    seats, due = _explained(session, matcher, read, team, squads.standbys(crowd, team))
    covered = {label for seat in seats for label in (*seat.takes, *seat.also)}
    known = {label for member in read.members for label in member.shows}
    return Squad(
        job=job,
        seats=seats,
        fewest=fewest,
        most=len(every),
        left=tuple(label for label in read.labels if label in known - covered),
        nobodys=tuple(label for label in read.labels if label not in known),
        eligible=read.found.eligible,
        is_being_read=ranking.is_being_read(session, Subject.PROFILE, read.found.view),
        showing=_showing(matcher, job, seats, due),
    )


def _explained(
    session: Session,
    matcher: Matcher,
    read: Roster,
    team: Sequence[squads.Seat],
    spare: Sequence[squads.Standby | None],
) -> tuple[tuple[Seat, ...], Due]:
    named = {seat.id for seat in team} | {one.id for one in spare if one}
    members = {one.person.id: one for one in read.members if one.person.id in named}
    said = [(one.person, one.reasons) for one in members.values()]
    proven = proof.of_texts(session, matcher, read.found, said)
    whys = dict(zip(members, proven.reasons, strict=True))
    seats = []
    for seat, standby in zip(team, spare, strict=True):
        takes = read.labels_of(seat.takes)
        stands_by = (members[standby.id], whys[standby.id]) if standby else None
        seats.append(
            Seat(
                match=_match(read.job, members[seat.id], whys[seat.id], takes),
                takes=takes,
                also=read.labels_of(seat.also),
                is_extra=bool(seat.covered_before),
                equals=seat.equals,
                standby=_match(read.job, *stands_by, takes) if stands_by else None,
            )
        )
    return tuple(seats), proven.due


def _match(job: Job, member: Member, why: Reasons, takes: Collection[str]) -> Match:
    """A member with the reasons that speak of what the seat takes."""
    about = replace(
        why,
        covered=tuple(
            one for one in why.covered if one.skill in takes and one.skill in member.shows
        ),
        listed=tuple(label for label in why.listed if label in takes),
        missing=tuple(label for label in takes if label not in member.shows),
        mentioned=tuple(label for label in why.mentioned if label in takes),
        untried=tuple(label for label in why.untried if label in takes),
    )
    return Match(member.place, member.person, job, member.score, about, member.standing)


def _showing(matcher: Matcher, job: Job, seats: Sequence[Seat], due: Due) -> Showing:
    """What is written down: everybody on the page, in its order."""
    shown = [match.score for seat in seats for match in seat.people]
    return Showing(Subject.JOB, job.id, matcher.encoder.name, shortlist.WEIGHTS, 1, shown, due)
