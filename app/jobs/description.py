"""Reading a description of a job into a draft of one. Rules, no model: the client checks it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from app import lengths, money
from app.errors import Invalid
from app.jobs.drafts import MOST_WEEKS
from app.jobs.models import PayKind
from app.money import Money
from app.profiles.languages import languages_in
from app.taxonomy.offers import Offered, offered
from app.taxonomy.reading import is_title, skills_in

MOST_SKILLS = 30
_MOST_READ = 40_000
_TOP_LINES = 12
_WEEKS_OF_A_MONTH = Decimal("4.345")

_LABEL = re.compile(
    r"^\W*(?:job\s+title|position|role|title|vacancy)\s*[:\-–—]\s*(?P<title>\S.*)$", re.IGNORECASE
)
_WANTED = re.compile(
    r"\b(?:looking for|hiring|seeking|searching for|in need of|need|want)\s+"
    r"(?:to hire\s+)?(?:an?|the|our next)\s+(?P<title>[^.,;:!?\n]{3,120})",
    re.IGNORECASE,
)
_REST_OF_SENTENCE = re.compile(r"\s+(?:who|to|for|with|that|in|at|on|from)\b.*$", re.IGNORECASE)
_MARKS = " \t#*_=•:-–"
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}
_AMOUNT = r"(\d{1,3}(?:[, ]\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)\s?(k\b)?"
_SIGN = r"(US\$|[$€£]|\b(?:USD|EUR|GBP)\b)"
_TO = r"(?:\s?(?:-|–|—|to|and)\s?"
_PAY = re.compile(
    rf"(?<![A-Z]){_SIGN}\s?{_AMOUNT}{_TO}{_SIGN}?\s?{_AMOUNT})?"
    rf"|(?<![\d.,]){_AMOUNT}{_TO}{_AMOUNT})?\s?{_SIGN}",
    re.IGNORECASE,
)
_HOURLY = re.compile(
    r"\s{0,2}(?:USD|EUR|GBP|dollars?|euros?|pounds?)?\s{0,2}"
    r"(?:/\s?(?:h|hr|hour)\b|(?:per|an|a|each)\s+hour|hourly|p\.?h\.?\b)",
    re.IGNORECASE,
)
_HOURLY_BEFORE = re.compile(r"\bhourly\b[^.\n]{0,25}$|per hour:?\s*$", re.IGNORECASE)
_OTHER_TERM = re.compile(
    r"\s{0,2}(?:USD|EUR|GBP)?\s{0,2}(?:/|per|an?|each)\s?(?:year|yr|annum|month|mo|week|day)\b"
    r"|\s{0,2}(?:yearly|annual|monthly|weekly|daily|p\.?a\.?\b|million|billion|m\b)",
    re.IGNORECASE,
)
_WRITTEN = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = _WRITTEN.split()
_COUNT = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_LENGTH = re.compile(
    rf"(?P<before>[^\n]{{0,30}}?)\b{_COUNT}(?:\s?(?:-|–|to)\s?{_COUNT})?"
    r"[\s-]?(week|month|ہفتے|ماہ)s?\b"
    r"(?P<after>[^\n]{0,20})",
    re.IGNORECASE,
)
_NOT_THE_LENGTH = re.compile(
    r"\b(?:every|notice|experience|vacation|leave|last|past|probation|per|ago)\b", re.IGNORECASE
)
_SPEAKS = re.compile(
    r"languages?\b|fluen|\bspeak|native|spoken|written|proficien|communicat|bilingual|translat"
    r"|\bread|زبان",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Pay:
    """What a description offers: a fixed price has `least` equal to `most`."""

    kind: PayKind
    least: Money
    most: Money


@dataclass(frozen=True)
class Description:
    """What a description says, as far as the rules can tell; empty where they cannot."""

    title: str
    text: str
    offered: tuple[Offered, ...] = ()
    """Skills to be confirmed."""
    pay: Pay | None = None
    weeks: int | None = None
    languages: tuple[str, ...] = ()
    is_cut: bool = False


def read(session: Session, text: str, *, meant: Iterable[tuple[str, str]] = ()) -> Description:
    """Read the tidy text of a description.

    `meant` are keys of skills that the text may mean without naming them, each with the words.
    """
    kept = _cut(text)
    is_cut = len(kept) < len(text)
    text = text[:_MOST_READ]
    return Description(
        title=_title(text),
        text=kept,
        offered=offered(session, skills_in(session, text, MOST_SKILLS), meant),
        pay=pay_in(text),
        weeks=weeks_in(text),
        languages=languages_in("\n".join(s for s in text.split("\n") if _SPEAKS.search(s))),
        is_cut=is_cut,
    )


def pay_in(text: str) -> Pay | None:
    """Return the first price in a currency we use; salaries by the month or year are none."""
    for match in _PAY.finditer(text):
        if _OTHER_TERM.match(text, match.end()):
            continue
        by_hour = _HOURLY.match(text, match.end()) or _HOURLY_BEFORE.search(
            text[max(0, match.start() - 40) : match.start()]
        )
        amounts = _amounts(match)
        if amounts and by_hour:
            return Pay(PayKind.HOURLY, *amounts)
        if amounts:
            return Pay(PayKind.FIXED, amounts[1], amounts[1])
    return None


def weeks_in(text: str) -> int | None:
    """Return how many weeks the work is said to take; of a range, the upper end."""
    for match in _LENGTH.finditer(text):
        around = match["before"] + " " + match["after"]
        if _NOT_THE_LENGTH.search(around):
            continue
        _before, first, last, unit = match.groups()[:4]
        count = Decimal(_number(last or first))
        weeks = round(count * _WEEKS_OF_A_MONTH) if unit.lower() in ("month", "ماہ") else int(count)
        if 1 <= weeks <= MOST_WEEKS:
            return weeks
    return None


def _number(typed: str) -> int:
    word = typed.lower()
    return _NUMBERS.index(word) + 1 if word in _NUMBERS else int(word)


def _amounts(match: re.Match[str]) -> tuple[Money, Money] | None:
    sign, first, first_k, _again, last, last_k = match.groups()[:6]
    if sign is None:
        first, first_k, last, last_k, sign = match.groups()[6:]
    currency = _SIGNS.get(sign.upper(), sign.upper())
    # "$2-3k" means two thousand.
    least = _amount(first, first_k or (last_k if last and len(first) < 3 else None), currency)
    most = _amount(last, last_k, currency) if last else least
    if least is None or most is None:
        return None
    return (least, most) if least.minor <= most.minor else (most, least)


def _amount(digits: str, thousands: str | None, currency: str) -> Money | None:
    plain = Decimal(digits.replace(",", "").replace(" ", "")) * (1000 if thousands else 1)
    try:
        return money.parse(f"{plain:f}", currency)
    except Invalid:
        return None


def _title(text: str) -> str:
    """The title a description labels, asks for, or opens with."""
    lines = [line for line in text.split("\n") if line.strip()][:_TOP_LINES]
    plain = [line.strip(_MARKS) for line in lines]
    for line in plain:
        if labelled := _LABEL.match(line):
            return _short(labelled["title"])
    if plain and len(plain[0]) <= lengths.TITLE and not plain[0].endswith((".", "!", "?")):
        return _short(plain[0])
    for line in plain:
        if wanted := _WANTED.search(line):
            return _short(_REST_OF_SENTENCE.sub("", wanted["title"]))
    return next((_short(line) for line in plain if is_title(line)), "")


def _short(title: str) -> str:
    words = " ".join(title.split()).strip(_MARKS)
    if len(words) > lengths.TITLE:
        words = words[: lengths.TITLE + 1].rpartition(" ")[0] or words[: lengths.TITLE]
    return words[:1].upper() + words[1:]


def _cut(text: str) -> str:
    """Cut at a line or a word where the whole does not fit."""
    if len(text) <= lengths.DESCRIPTION:
        return text
    text = text[: lengths.DESCRIPTION]
    for end in ("\n", " "):
        if (at := text.rfind(end)) > lengths.DESCRIPTION // 2:
            return text[:at].strip()
    return text
