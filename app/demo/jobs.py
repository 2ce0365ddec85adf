"""Invented jobs: whose they are, what has to be done, what they pay and how they stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import lengths
from app.demo import people, phrases, sentences
from app.demo.dice import Dice, Weighted
from app.demo.sources import JobSeed, Sources, Stack, Trade
from app.jobs.models import JobStatus, PayKind
from app.taxonomy.occupations import SkillEntry

_STATUS = Weighted({JobStatus.OPEN: 88, JobStatus.DRAFT: 4, JobStatus.CLOSED: 8})
_WEEKS = Weighted({1: 8, 2: 16, 3: 14, 4: 16, 6: 14, 8: 12, 10: 6, 12: 8, 16: 4, 26: 2})
_HOURLY_IN_A_HUNDRED = 38
_MOST_SKILLS = 7
_LONGEST_TO_ANSWER = 85
_JOBS_A_CLIENT = 6
_MOST_TRIES = 30


@dataclass(frozen=True)
class Post:
    """One job."""

    client: people.Client
    trade: str
    title: str
    description: str
    skills: tuple[str, ...]
    """Keys of the vocabulary, the most wanted first."""
    languages: tuple[str, ...]
    pay_kind: PayKind
    least_minor: int
    most_minor: int
    weeks: int
    answer_by_on: date
    status: JobStatus
    created_at: datetime
    published_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Part:
    """What is settled beforehand about a job that plays a part in the story."""

    client: people.Client
    trade: str
    seed: int
    """Which of the trade's jobs it is."""
    days_ago: int


def clients(sources: Sources, seed: int, jobs: int) -> list[people.Client]:
    """Those who post so many jobs."""
    count = -(-jobs // _JOBS_A_CLIENT)
    return [people.client(sources, seed, number) for number in range(count)]


def make(
    sources: Sources,
    seed: int,
    number: int,
    moment: datetime,
    *,
    by: list[people.Client],
    part: Part | None = None,
) -> Post:
    """The job of this number: the same seed, number and moment make the same one."""
    dice = Dice(seed, "job", number)
    trade = sources.trades[part.trade] if part else dice.draw(sources.trades_by_share)
    about = trade.jobs[part.seed] if part else dice.pick(trade.jobs)
    client = part.client if part else _client(dice, sources, about, by)
    stack = trade.stacks[dice.pick(about.stacks or range(len(trade.stacks)))]
    skills = _skills(dice, about, stack)
    weeks = dice.draw(_WEEKS)
    pay_kind = PayKind.HOURLY if dice.chance(_HOURLY_IN_A_HUNDRED) else PayKind.FIXED
    least, most = _pay(dice, trade, pay_kind, weeks)
    status = JobStatus.OPEN if part else dice.draw(_STATUS)
    created_at, published_at, closed_at = _dates(dice, moment, status, part)
    return Post(
        client=client,
        trade=trade.name,
        title=_title(dice, client, trade, about, stack),
        description=_description(dice, sources, client, about, skills),
        skills=tuple(skill.key for skill in skills),
        languages=about.languages,
        pay_kind=pay_kind,
        least_minor=least * 100,
        most_minor=most * 100,
        weeks=weeks,
        answer_by_on=_answer_by(dice, moment, published_at, status),
        status=status,
        created_at=created_at,
        published_at=published_at,
        closed_at=closed_at,
    )


def _client(dice: Dice, sources: Sources, about: JobSeed, by: list[people.Client]) -> people.Client:
    """Somebody whose business posts such jobs, if a few tries find one."""
    tried = [dice.pick(by) for _ in range(_MOST_TRIES)]
    fits = (one for one in tried if about.fits & sources.businesses[one.business])
    return next(fits, tried[0]) if about.fits else tried[0]


def _title(dice: Dice, client: people.Client, trade: Trade, about: JobSeed, stack: Stack) -> str:
    wanted = stack.title if stack.title and not about.skills else dice.pick(trade.titles)
    title = about.title.format(title=wanted, who=phrases.a(client.business))
    return phrases.large(title)[: lengths.TITLE]


def _description(
    dice: Dice,
    sources: Sources,
    client: people.Client,
    about: JobSeed,
    skills: list[SkillEntry],
) -> str:
    wording = sources.wording["job"]
    facts = {
        "a_business": phrases.a(client.business),
        "place": client.place,
        "people": phrases.number(client.people),
        "work": phrases.listed(about.work),
    }
    telling = sentences.Telling(dice, facts, {"skills": [_named(skill) for skill in skills]})
    if dice.chance(60):
        telling.say(wording["who"])
        telling.sentences.append(about.need)
    else:
        telling.sentences.append(about.need)
        telling.say(wording["who"])
    telling.say(wording["work"])
    if dice.chance(80):
        telling.say(wording["skills"])
    for _ in range(dice.between(0, 2)):
        telling.say(wording["ways"])
    telling.say(wording["endings"])
    return telling.text(in_two=dice.chance(60))


def _named(skill: SkillEntry) -> str:
    return skill.label if skill.kind == "tool" else phrases.small(skill.label)


def _skills(dice: Dice, about: JobSeed, stack: Stack) -> list[SkillEntry]:
    if about.skills:
        return list(about.skills)
    first, rest = list(stack.skills[:2]), list(stack.skills[2:])
    return [*first, *dice.some_in_order(rest, dice.between(1, _MOST_SKILLS - 2))]


def _pay(dice: Dice, trade: Trade, pay_kind: PayKind, weeks: int) -> tuple[int, int]:
    """The lower and the upper end in whole units: of an hour, or of everything."""
    low, high = trade.rate
    hour = low + (high - low) * dice.between(20, 80) / 100
    if pay_kind is PayKind.HOURLY:
        least = max(3, round(hour * 0.7))
        return least, max(least + 1, round(hour * 1.3))
    budget = hour * weeks * dice.between(8, 25)
    step = 10 if budget < 500 else 50 if budget < 3000 else 100
    fixed = max(50, round(budget / step) * step)
    return fixed, fixed


def _dates(
    dice: Dice, moment: datetime, status: JobStatus, part: Part | None
) -> tuple[datetime, datetime | None, datetime | None]:
    is_closed = status is JobStatus.CLOSED
    days = part.days_ago if part else dice.between(*((35, 120) if is_closed else (1, 24)))
    created_at = moment - timedelta(days=days, minutes=dice.between(5, 1400))
    if status is JobStatus.DRAFT:
        return created_at, None, None
    published_at = created_at + timedelta(minutes=dice.between(4, 90))
    closed_at = published_at + timedelta(days=dice.between(8, 30)) if is_closed else None
    return created_at, published_at, closed_at


def _answer_by(
    dice: Dice, moment: datetime, published_at: datetime | None, status: JobStatus
) -> date:
    if status is JobStatus.CLOSED and published_at:
        return (published_at + timedelta(days=dice.between(14, 40))).date()
    waited = (moment - published_at).days if published_at else 0
    return moment.date() + timedelta(days=dice.between(9, _LONGEST_TO_ANSWER - waited))
