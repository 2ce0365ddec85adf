"""Telling something in sentences: templates filled with what is known, nothing said twice."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from string import Formatter

from app.demo import phrases
from app.demo.dice import Dice
from app.taxonomy.occupations import SkillEntry

# Which series a placeholder takes its next thing from, and how it is written there.
_SERIES: dict[str, tuple[str, Callable[[str], str]]] = {
    "make": ("makes", str),
    "do": ("acts", phrases.plain),
    "doing": ("acts", phrases.doing),
    "done": ("done", str),
    "tool": ("tools", str),
    "skill": ("skills", str),
}
# Kept as tools by the vocabulary, but nobody says "my tools are iOS and Instagram".
_NO_TOOLS = frozenset({"Android", "iOS", "Facebook", "Instagram", "TikTok"})
_ONCE = frozenset({"years", "employer", "a_title"})
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "eighty", "ninety")
_HUNDREDS = ("two", "three", "four", "six", "seven", "nine")
_ROUND = re.compile(rf"\b(?:{'|'.join(_TENS)})\b(?! thousand)")
_MANY = re.compile(rf"\b(?:{'|'.join(_HUNDREDS)}) hundred\b")


class Telling:
    """A text that grows by a sentence at a time."""

    def __init__(
        self, dice: Dice, facts: Mapping[str, str], series: Mapping[str, Sequence[str]]
    ) -> None:
        self.sentences: list[str] = []
        self._used: set[str] = set()
        self._dice = dice
        self._facts = dict(facts)
        self._series = {name: list(things) for name, things in series.items()}

    def say(self, templates: Sequence[str]) -> None:
        """Add a sentence from one of the templates for which enough is left to say."""
        fitting = [
            template
            for template in templates
            if template not in self._used and self._has_all(template)
        ]
        if fitting:
            template = self._dice.pick(fitting)
            self._used.add(template)
            self.sentences.append(self._fill(template))

    def text(self, *, in_two: bool = False) -> str:
        """All sentences, in one paragraph or two."""
        middle = (len(self.sentences) + 1) // 2 if in_two and len(self.sentences) > 3 else 0
        parts = [self.sentences[:middle], self.sentences[middle:]]
        return "\n\n".join(" ".join(part) for part in parts if part)

    def _has_all(self, template: str) -> bool:
        facts, series = _needs(template)
        return all(name in self._facts for name in facts) and all(
            len(self._series.get(name, ())) >= count for name, count in series
        )

    def _fill(self, template: str) -> str:
        values = {}
        for name in _names(template):
            base = _base(name)
            if base in _SERIES:
                series, written = _SERIES[base]
                value = written(self._series[series].pop(0))
            else:
                value = self._facts.pop(base) if base in _ONCE else self._facts[base]
            values[name] = phrases.large(value) if name[0].isupper() else value
        return phrases.large(template.format_map(values))


def with_client(dice: Dice, line: str, clients: Sequence[str]) -> str:
    """Finish a line about work done: other round numbers, and for whom it was.

    A line with a full stop, or with a "for" of its own, says that already.
    """
    line = _ROUND.sub(lambda _: dice.pick(_TENS), line)
    line = _MANY.sub(lambda _: f"{dice.pick(_HUNDREDS)} hundred", line)
    if line.endswith(".") or " for " in line:
        return line.removesuffix(".")
    return f"{line} for {dice.pick(clients)}"


def tools_of(dice: Dice, skills: Sequence[SkillEntry], title: str = "") -> list[str]:
    """A few of the tools among the skills, the strongest first; none that the title names."""
    labels = [s.label for s in skills if s.kind == "tool" and s.label not in _NO_TOOLS]
    return dice.some_in_order([label for label in labels if label not in title][:6], 4)


@lru_cache(maxsize=512)
def _names(template: str) -> tuple[str, ...]:
    """The placeholders of a template in their order, each once."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(template) if name))


@lru_cache(maxsize=512)
def _needs(template: str) -> tuple[tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The facts a template names, and how many things of which series."""
    bases = [_base(name) for name in _names(template)]
    counts = Counter(_SERIES[base][0] for base in bases if base in _SERIES)
    return tuple(base for base in bases if base not in _SERIES), tuple(counts.items())


def _base(name: str) -> str:
    return name.rstrip("23").lower()
