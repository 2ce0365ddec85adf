"""Gathering the skills of the house list, O*NET and ESCO, and the tools of each occupation."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from app.taxonomy import esco, onet
from app.taxonomy.house import House
from app.taxonomy.labels import unqualified
from app.taxonomy.merging import Draft, Merged, Vocabulary

_MOST_TOOLS = 50
_MOST_NEW_TOOLS = 25
_ENOUGH_TOOLS = 12
"""Tools that are not in wide demand fill a list up to this many."""


@dataclass
class Gathered:
    """The skills of all sources, and what the tools and the house list's areas became."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    of_tool: dict[str, Draft] = field(default_factory=dict)
    """By the tool's name in O*NET."""
    fits: dict[str, list[Draft]] = field(default_factory=lambda: defaultdict(list))
    """By the occupation's code."""


def gather(esco_folder: Path, onet_folder: Path, lists: House) -> Gathered:
    """Add the sources in the order of their say: the house, O*NET, digital ESCO, all of ESCO."""
    gathered = Gathered()
    vocabulary = gathered.vocabulary
    for skill in lists.skills:
        draft = vocabulary.add(Draft(skill.label, skill.kind, {"house"}, list(skill.aliases)))
        for code in skill.fits:
            gathered.fits[code].append(draft)
    for name, draft in onet.tools(onet_folder, lists.makers):
        gathered.of_tool[name] = vocabulary.add(draft)
    for written, draft in esco.digital_skills(esco_folder):
        _add_digital(vocabulary, written, draft)
    for draft in esco.languages(esco_folder):
        vocabulary.add(draft)
    for draft in esco.other_skills(esco_folder, onet.verbs(onet_folder)):
        vocabulary.add(draft)
    return gathered


class Toolbox:
    """The tools of an occupation, as places in the list of finished skills."""

    def __init__(
        self, gathered: Gathered, named: dict[str, list[str]], merged: list[Merged]
    ) -> None:
        self._named = named
        self._gathered = gathered
        self._places = {skill.draft: place for place, skill in enumerate(merged)}

    def tools_of(self, code: str, *, kin: str | None = None) -> list[int]:
        """Order the tools: those both lists name, the house's, then those in wide demand.

        An occupation O*NET does not know has the tools of its `kin` there.
        """
        fits = self._gathered.fits.get(code) or self._gathered.fits.get(kin or code, [])
        named = [self._gathered.of_tool[name] for name in self._named.get(kin or code, [])]
        own, ours = set(named), set(fits)
        new = [draft for draft in fits if draft not in own][:_MOST_NEW_TOOLS]
        known = [draft for draft in named if draft not in ours and draft.hot]
        ordered = list(dict.fromkeys([*(d for d in fits if d in own), *new, *known]))
        rest = sorted(own - ours - set(known), key=self._places.__getitem__)
        ordered += rest[: max(0, _ENOUGH_TOOLS - len(ordered))]
        return [self._places[draft] for draft in ordered][:_MOST_TOOLS]


def _add_digital(vocabulary: Vocabulary, written: str, draft: Draft) -> None:
    """ESCO's "Hadoop" is O*NET's "Apache Hadoop", its "Ruby (...)" the "Ruby" there."""
    bare = unqualified(written)
    known = vocabulary.labelled(bare or written)
    is_proper_name = bare is None and draft.kind == "knowledge" and not written.islower()
    if known is None and is_proper_name:
        known = vocabulary.loosely_named(written)
    if known is None:
        vocabulary.add(draft)
        return
    if known.label.endswith(f"({written})"):
        vocabulary.rename(known, written)
    vocabulary.fold(draft, known)
