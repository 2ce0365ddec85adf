"""Reading a CV into a draft of a profile. Rules, no model: the person checks every line.

The name, e-mail address and telephone number of the person never reach the texts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import lengths
from app.errors import Invalid
from app.profiles.entries import clean_link, clean_title
from app.profiles.languages import languages_in
from app.taxonomy.names import name_key
from app.taxonomy.offers import Offered, offered
from app.taxonomy.reading import is_title, skills_in

MOST_SKILLS = 30
MOST_TITLES = 10
MOST_LINKS = 10
LONGEST_HEADLINE = lengths.TITLE
LONGEST_SUMMARY = 2000
_MOST_READ = 40_000
_LONGEST_HEADING = 40
_LONGEST_TITLE_LINE = 300
_TOP_LINES = 10
_SHORTEST_PARAGRAPH = 60

_SECTIONS = {
    "summary": r"(?:professional |career |executive |personal )?(?:summary|objective|profile)|about"
    r"(?: me)?|summary or objective|خلاصہ|تعارف",
    "work": r"(?:professional |work |relevant |employment )?(?:experience|history|background)"
    r"|employment|career|work|تجربہ|ملازمت",
    "languages": r"languages?(?: skills)?|spoken languages|زبانیں|زبان",
    "other": r"(?:technical |key |core |soft |professional )?(?:skills|competenc\w+|expertise)"
    r"(?: summary)?|tools|technologies|education|academic\w*(?: \w+)?|projects?|certificat\w+"
    r"|licenses?|references?|interests|hobbies|awards?|publications|contact(?: details)?|links"
    r"|personal (?:information|details)|portfolio|volunteer\w*(?: \w+)?|مہارتیں|ہنر|تعلیم|رابطہ",
}
_HEADINGS = {name: re.compile(words, re.IGNORECASE) for name, words in _SECTIONS.items()}
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\(?\d[\d\s().-]{6,18}\d(?!\w)")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'،,|]+"
    r"|\b(?:[\w-]+\.)?(?:github|gitlab|linkedin|behance|dribbble|kaggle|bitbucket|codepen|medium"
    r"|stackoverflow|upwork|fiverr|figma)\.(?:com|net|org|io)/[^\s<>\"'،,|]+",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(rf"\b{_YEAR}\b|\b(?:present|current|till date|to date)\b|تاحال", re.IGNORECASE)
_PARTS = re.compile(r"\s*[|,;•·–—\t()]\s*|\s+[-@/]\s+|\s{2,}|\s+(?:at|for)\s+|:\s+")
_BULLET = re.compile(r"^[ \t]*[-*•·●▪◦–o][ \t]+")
_SENTENCE = re.compile(r"(?<=[.!?۔])\s+")
_SPEAKS = re.compile(r"languages?\s*:|\b(?:fluent|native|bilingual|speaks?)\b|زبان", re.IGNORECASE)


@dataclass(frozen=True)
class Cv:
    """What a CV says, as far as the rules can tell; empty where they cannot."""

    headline: str = ""
    summary: str = ""
    offered: tuple[Offered, ...] = ()
    """Skills to be confirmed."""
    past_titles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    text: str
    section: str


def read(
    session: Session,
    text: str,
    *,
    name: str,
    meant: Iterable[tuple[str, str]] = (),
    linked: Iterable[str] = (),
) -> Cv:
    """Read the tidy text of the CV of a person with this name.

    `meant` are keys of skills that the text may mean without naming them, each with the words;
    `linked` are addresses that its words are linked to.
    """
    text = text[:_MOST_READ]
    lines = list(_lines(text))
    names = _names(lines, name)
    titles = tuple(_past_titles(lines, names))
    headline = _headline(lines, names) or (titles[0] if titles else "")
    return Cv(
        headline=headline,
        summary=_summary(lines, names, headline),
        offered=offered(session, skills_in(session, text, MOST_SKILLS), meant),
        past_titles=titles,
        languages=_languages(lines),
        links=links_in(text, linked),
    )


def links_in(text: str, linked: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the addresses of web pages in a text that a profile may show, then those that its
    words are linked to; each once, with and without a slash at its end."""
    found: dict[str, str] = {}
    written = (match[0].rstrip(".,;:)]}") for match in _LINK.finditer(text))
    for address in (*written, *linked):
        try:
            link = clean_link(address)
            found.setdefault(link.partition("://")[2].removeprefix("www.").rstrip("/"), link)
        except Invalid:
            continue
    return tuple(found.values())[:MOST_LINKS]


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines, each with the section it stands in; headings are left out."""
    section = "top"
    for line in text.split("\n"):
        heading = _section(line)
        if heading:
            section = heading
            line = line.partition(":")[2]
            if not line.strip():
                continue
        yield _Line(line.strip(), section)


def _section(line: str) -> str:
    """The section a line opens; empty for a line that is no heading."""
    words, colon, _rest = line.partition(":")
    words = words.strip(" \t#*_=-–—•")
    if not words or len(words) > _LONGEST_HEADING:
        return ""
    for name, heading in _HEADINGS.items():
        if heading.fullmatch(words) and (colon or line.strip()[:1] not in "-•"):
            return name
    return ""


def _names(lines: list[_Line], account: str) -> frozenset[str]:
    """The words of the person's name: the account's, and those of a CV's first line."""
    first = next((line.text for line in lines if line.text), "")
    first = _PARTS.split(first)[0]
    is_name = (
        1 < len(first.split()) <= 5
        and all(word[:1].isupper() for word in first.split())
        and not re.search(r"[\d@]", first)
        and not is_title(first)
    )
    words = re.findall(r"[^\W\d_]{2,}", account.casefold())
    words += re.findall(r"[^\W\d_]{2,}", first.casefold()) if is_name else []
    return frozenset(words) - {"curriculum", "vitae", "resume"}


def _tells_who(text: str, names: frozenset[str]) -> bool:
    if _MAIL.search(text) or _PHONE.search(text) or _ADDRESS.search(text):
        return True
    return not names.isdisjoint(re.findall(r"[^\W\d_]+", text.casefold()))


def _headline(lines: list[_Line], names: frozenset[str]) -> str:
    """The titles a CV opens with, as they stand on their line."""
    top = [line.text for line in lines if line.section == "top" and line.text][:_TOP_LINES]
    for line in (line for line in top if len(line) <= _LONGEST_TITLE_LINE):
        parts = [part for part in _PARTS.split(line) if part and not _tells_who(part, names)]
        kept = [part for part in parts if is_title(part)]
        if kept:
            return " | ".join(dict.fromkeys(kept))[:LONGEST_HEADLINE].rstrip(" |")
    return ""


def _summary(lines: list[_Line], names: frozenset[str], headline: str) -> str:
    """The section that is one, else the first longer paragraph before any section."""
    told = [line.text for line in lines if line.section == "summary"]
    if not any(told):
        told = [
            line.text
            for line in lines
            if line.section == "top" and len(line.text) >= _SHORTEST_PARAGRAPH
        ]
    paragraphs = "\n".join(told).strip().split("\n\n")
    kept = []
    for paragraph in paragraphs:
        words = " ".join(_BULLET.sub("", line) for line in paragraph.split("\n"))
        said = (s for s in _SENTENCE.split(" ".join(words.split())) if not _tells_who(s, names))
        kept.append(" ".join(said))
    return _cut("\n\n".join(words for words in kept if words and words != headline))


def _cut(text: str) -> str:
    """Cut at the end of a sentence where one is near the longest, else at a word."""
    if len(text) <= LONGEST_SUMMARY:
        return text
    text = text[:LONGEST_SUMMARY]
    ends = [match.start() for match in _SENTENCE.finditer(text)]
    near = ends and ends[-1] > LONGEST_SUMMARY // 2
    return text[: ends[-1]].strip() if near else text.rpartition(" ")[0].strip() or text


def _past_titles(lines: list[_Line], names: frozenset[str]) -> list[str]:
    """The titles near dates under a heading of work; near any date where there is none."""
    has_work = any(line.section == "work" and line.text for line in lines)
    work = [line.text for line in lines if line.text and (line.section == "work" or not has_work)]
    found: dict[str, str] = {}
    for place, line in enumerate(work):
        near = work[max(0, place - 1) : place + 3]
        if len(line) > _LONGEST_TITLE_LINE or _BULLET.match(line):
            continue
        if not any(_DATE.search(one) for one in near):
            continue
        for title in _titles_on(line, names):
            found.setdefault(name_key(title), title)
    return list(found.values())[:MOST_TITLES]


def _titles_on(line: str, names: frozenset[str]) -> Iterable[str]:
    for part in _PARTS.split(line):
        words = part.strip(" .*_#")
        if len(words) > lengths.TITLE or not is_title(words) or _tells_who(words, names):
            continue
        try:
            yield clean_title(words)
        except Invalid:
            continue


def _languages(lines: list[_Line]) -> tuple[str, ...]:
    listed = "\n".join(line.text for line in lines if line.section == "languages")
    said = "\n".join(line.text for line in lines if _SPEAKS.search(line.text))
    return languages_in(f"{listed}\n{said}")
