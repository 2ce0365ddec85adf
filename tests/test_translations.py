"""Every sentence a person may see has an Urdu one: filled, certain, with the same placeholders."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from app.errors import DomainError
from app.notifications.kinds import KINDS

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "app/translations/ur/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
URDU_LETTER = re.compile(r"[\u0621-\u06d3]")
OTHER_DIGIT = re.compile(r"[\u0660-\u0669\u06f0-\u06f9]")
# The yeh, alef maksura and kaf of an Arabic keyboard: they look alike and are never found again.
ARABIC_LETTER = re.compile(r"[\u064a\u0649\u0643]")
# Names and signs that read the same in both languages.
SAME = frozenset({"Hunar", "English", "USD", "EUR", "GBP"})


def keywords() -> dict:
    """What marks a sentence: as the command in CONTRIBUTING.md says, so that both stay one."""
    command = re.search(r"pybabel extract.*", (ROOT / "CONTRIBUTING.md").read_text())
    return DEFAULT_KEYWORDS | parse_keywords(re.findall(r"-k (\S+)", command[0]))


def sentences() -> Catalog:
    """Every sentence that the sources mark."""
    with open(ROOT / "babel.cfg") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog()
    found = extract_from_dir(ROOT, methods, options, keywords(), directory_filter=is_ours)
    for file, line, text, _comments, context in found:
        catalog.add(text, locations=[(file, line)], context=context)
    return catalog


def is_ours(folder: str) -> bool:
    path = Path(folder).relative_to(ROOT)
    return path.parts[0] == "app" and path.name != "__pycache__"


def faults(wanted: Catalog, catalogue: Catalog) -> Iterator[str]:
    """Say what the catalogue lacks or gets wrong of the wanted sentences."""
    for message in wanted:
        if message.id:
            found = catalogue.get(message.id, message.context)
            place = ", ".join(f"{file}:{line}" for file, line in message.locations)
            reason = _fault(message, found)
            if reason:
                yield f"{reason}: {message.id!r} ({place})"


def _fault(message: Message, found: Message | None) -> str | None:
    if found is None:
        return "missing"
    texts = found.string if isinstance(found.string, tuple | list) else [found.string]
    if not all(texts):
        return "empty"
    if found.fuzzy:
        return "uncertain (fuzzy)"
    ids = message.id if isinstance(message.id, tuple | list) else [message.id]
    for text in texts:
        if not set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(ids[-1])):
            return "a placeholder that is not in the English"
        # A singular may say "one" instead of its number; everything else must be there.
        if len(ids) == 1 and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(ids[0])):
            return "a placeholder is lost"
        if OTHER_DIGIT.search(text):
            return "digits that are not Western"
        if ARABIC_LETTER.search(text):
            return "Arabic letters that only look like Urdu"
        words = PLACEHOLDER.sub("", ids[0])
        if not URDU_LETTER.search(text) and re.search("[A-Za-z]{3}", words) and text not in SAME:
            return "not in Urdu"
    return None


def catalogue(id_: str | tuple[str, str], text: str | tuple[str, ...], *flags: str) -> Catalog:
    made = Catalog(locale="ur")
    made.add(id_, text, flags=flags)
    return made


def test_every_sentence_has_its_urdu():
    with open(CATALOGUE, "rb") as file:
        found = list(faults(sentences(), read_po(file, locale="ur")))
    assert not found, f"{len(found)} sentences:\n" + "\n".join(found)


def test_no_letter_about_a_notification_begins_with_a_name():
    # In mail the first letter decides the direction of the line, and a name may be Latin.
    with open(CATALOGUE, "rb") as file:
        catalogue = read_po(file, locale="ur")
    for sentence in KINDS.values():
        assert URDU_LETTER.match(catalogue[sentence].string), sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Sign in",  # a template
        "We send a letter to this address. Its link lets you choose a password.",
        "%(num)d minute ago",  # a plural
        "The amount must be more than zero.",  # a refusal of the domain
        "%(person)s proposed for “%(job)s”.",  # a notification
        "Freelancer",  # a lazy label
        "A new password for Hunar",  # a letter
    ],
)
def test_sentences_of_every_kind_are_found(sentence: str):
    assert sentence in sentences()


def test_every_kind_of_refusal_is_looked_for(application):
    waiting = [DomainError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        assert kind is DomainError or kind.__name__ in keywords(), kind


@pytest.mark.parametrize(
    ("id_", "text", "flags", "words"),
    [
        ("Sign in", "", (), "empty"),
        ("Sign in", "سائن ان", ("fuzzy",), "uncertain"),
        ("Sign in", "Sign in", (), "not in Urdu"),
        ("Hello %(name)s,", "سلام،", (), "lost"),
        ("Hello %(name)s,", "سلام %(nam)s،", (), "not in the English"),
        ("Use 10 words", "۱۰ لفظ لکھیں", (), "not Western"),
        ("Work", "\u0643ام", (), "Arabic letters"),
        (("%(num)d day", "%(num)d days"), ("%(num)d دن", ""), (), "empty"),
        (("%(num)d day", "%(num)d days"), ("ایک دن", "%(n)d دن"), (), "not in the English"),
    ],
)
def test_a_planted_fault_is_found(id_, text, flags, words):
    wanted = Catalog()
    wanted.add(id_)
    [fault] = faults(wanted, catalogue(id_, text, *flags))
    assert words in fault


def test_a_missing_sentence_is_found_and_a_good_one_passes():
    wanted = Catalog()
    wanted.add(("%(num)d day", "%(num)d days"))
    wanted.add("Hello %(name)s,")
    good = catalogue(("%(num)d day", "%(num)d days"), ("ایک دن", "%(num)d دن"))
    assert [fault.partition(":")[0] for fault in faults(wanted, good)] == ["missing"]
    good.add("Hello %(name)s,", "سلام %(name)s،")
    assert list(faults(wanted, good)) == []
