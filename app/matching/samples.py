"""Texts that an exported model is fitted to and checked on, all of them shipped with Hunar."""

from collections.abc import Sequence

from app.matching.engine.skill_spans import windows
from app.taxonomy import occupations

SAMPLE = (
    "Web developer",
    "Urdu to English translator",
    "Accountant",
    "C++ and embedded systems",
    "3D artist for mobile games",
    "Senior data engineer. Python, SQL, Apache Spark, Airflow. I move data between systems of "
    "banks and keep the nightly loads on time. Six years in payment companies.",
    "Logo and brand design for small shops, restaurants and clinics. Adobe Illustrator, Figma.",
    "We need a small website with a menu and opening hours, in English and German, that loads "
    "fast on a telephone. You get texts and photographs from us. Two rounds of changes.",
    "گلگت سے ویب ڈویلپر، پانچ سال کا تجربہ",
    "Bookkeeping for a chain of bakeries: monthly closing, payroll for forty people, and the "
    "yearly papers for the tax office. Excel and QuickBooks. Please name similar clients.",
    "Unity developer. C#, shaders, Blender. Past titles: gameplay programmer, technical artist.",
    "Customer support by e-mail and chat, evenings in Europe, friendly and exact English.",
)
"""Short and long, and not only English: what profiles and jobs are made of."""
CHECKED = 1000
_DESCRIPTIONS_IN_A_LONG_TEXT = 4


def fitted() -> list[str]:
    """Texts that the ranges of a model's numbers are taken from; none of them is `checked`."""
    titles, described, skills = _shipped()
    parts = [run for text in _spaced(described[1::2], 60) for run in windows(text)]
    texts = [*_spaced(titles[1::2], 350), *_spaced(skills[1::2], 200), *_spaced(parts, 250)]
    return [*SAMPLE, *texts, *_spaced(described[1::2], 200), *_long(described[1::2], 40)]


def checked() -> list[str]:
    """A thousand texts for comparing a model with its original: titles, sentences, long texts."""
    titles, described, skills = _shipped()
    texts = [*_spaced(titles[::2], 400), *_spaced(skills[::2], 150), *_spaced(described[::2], 370)]
    return [*texts, *_long(described[::2], CHECKED - len(texts))]


def _shipped() -> tuple[list[str], list[str], list[str]]:
    vocabulary = occupations.read()
    entries = vocabulary.occupations
    titles = dict.fromkeys(title for entry in entries for title in (entry.title, *entry.titles))
    described = dict.fromkeys(entry.description for entry in entries if entry.description)
    skills = (skill.label for skill in vocabulary.skills)
    labels = dict.fromkeys(label for label in skills if label not in titles)
    return list(titles), list(described), list(labels)


def _spaced(texts: Sequence[str], count: int) -> list[str]:
    """Return `count` of the texts, at equal distances."""
    return [texts[place * len(texts) // count] for place in range(count)]


def _long(described: Sequence[str], count: int) -> list[str]:
    """Return texts of the length of a profile, each of several descriptions."""
    parts = _spaced(described, count * _DESCRIPTIONS_IN_A_LONG_TEXT)
    return [" ".join(parts[first::count]) for first in range(count)]
