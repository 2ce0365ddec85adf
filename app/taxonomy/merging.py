"""Merging the skills of several sources into one vocabulary in which a name means one skill."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.taxonomy.names import LONGEST_KEY, name_key, slug

# What a name's claim to its key is worth; equal claims go to the skill more people know.
_LABEL, _SAME, _LOOSE = range(3)
_HOUSE_WORTH = 400
_HOT_WORTH = 300
_MOST_ALIASES = 16


@dataclass(eq=False)
class Draft:
    """A skill while it is being put together."""

    label: str
    kind: str
    sources: set[str]
    same: list[str] = field(default_factory=list)
    """Names that mean exactly this."""
    loose: list[str] = field(default_factory=list)
    """Names that mean this unless they mean something else."""
    used_by: set[str] = field(default_factory=set)
    """The O*NET codes of the occupations that use it."""
    hot: bool = False
    """O*NET saw it in many job advertisements."""
    standing: int = 0
    """What the source itself says for it."""

    def popularity(self, digital: frozenset[str]) -> int:
        """Weigh how well known it is, so that the better known is suggested first."""
        uses = len(self.used_by) + 4 * len(self.used_by & digital)
        house = _HOUSE_WORTH if "house" in self.sources else 0
        return self.standing + house + (uses + _HOT_WORTH if self.hot else uses // 4)


@dataclass(frozen=True)
class Merged:
    """A finished skill: no other skill has its key or any of its names."""

    draft: Draft
    key: str
    aliases: tuple[str, ...]
    popularity: int


class Vocabulary:
    """Skills added one by one; one whose name is known is folded into the skill it names."""

    def __init__(self) -> None:
        self._drafts: list[Draft] = []
        self._by_label: dict[str, Draft] = {}
        self._by_name: dict[str, Draft] = {}
        self._by_loose: dict[str, Draft] = {}

    def add(self, draft: Draft) -> Draft:
        """Add a skill, or fold it into the one that its label or a same name belongs to."""
        for name in (draft.label, *draft.same):
            known = self._by_name.get(name_key(name))
            if known:
                return self.fold(draft, known)
        self._drafts.append(draft)
        self._by_label.setdefault(name_key(draft.label), draft)
        self._claim(draft, draft)
        return draft

    def labelled(self, name: str) -> Draft | None:
        """Return the skill that has this for its label."""
        return self._by_label.get(name_key(name))

    def loosely_named(self, name: str) -> Draft | None:
        """Return the skill that goes by this name among others."""
        return self._by_loose.get(name_key(name))

    def rename(self, draft: Draft, label: str) -> None:
        """Give a skill another label; the old one stays as a name."""
        draft.same.append(draft.label)
        draft.label = label
        self._by_label.setdefault(name_key(label), draft)

    def fold(self, draft: Draft, known: Draft) -> Draft:
        """Make `draft` a part of `known`: its names become aliases.

        The house chose its aliases with care, so it takes no loose ones.
        """
        known.same += [draft.label, *draft.same]
        known.loose += [] if "house" in known.sources else draft.loose
        known.sources |= draft.sources
        known.used_by |= draft.used_by
        known.hot |= draft.hot
        known.standing = max(known.standing, draft.standing)
        self._claim(draft, known)
        return known

    def finish(self, digital: frozenset[str]) -> list[Merged]:
        """Give every name to one skill and every skill a key; best known first."""
        popularity = {draft: draft.popularity(digital) for draft in self._drafts}
        self._drafts.sort(key=lambda draft: (-popularity[draft], draft.label))
        owners = self._owners()
        keys: set[str] = set()
        return [
            Merged(
                draft,
                _free_slug(draft, keys),
                tuple(_owned_aliases(draft, owners)),
                popularity[draft],
            )
            for draft in self._drafts
        ]

    def _claim(self, draft: Draft, owner: Draft) -> None:
        for name in (draft.label, *draft.same):
            self._by_name.setdefault(name_key(name), owner)
        for name in draft.loose:
            self._by_loose.setdefault(name_key(name), owner)

    def _owners(self) -> dict[str, Draft]:
        owners: dict[str, Draft] = {}
        for worth in (_LABEL, _SAME, _LOOSE):
            for draft in self._drafts:
                for name in _names_worth(draft, worth):
                    owners.setdefault(name_key(name), draft)
        return owners


def _names_worth(draft: Draft, worth: int) -> Iterable[str]:
    return {_LABEL: [draft.label], _SAME: draft.same, _LOOSE: draft.loose}[worth]


def _owned_aliases(draft: Draft, owners: dict[str, Draft]) -> Iterator[str]:
    seen = {name_key(draft.label)}
    for name in (*draft.same, *draft.loose):
        key = name_key(name)
        is_free = key not in seen and owners[key] is draft
        if is_free and len(key) > 1 and len(name) <= LONGEST_KEY and len(seen) <= _MOST_ALIASES:
            seen.add(key)
            yield name


def _free_slug(draft: Draft, keys: set[str]) -> str:
    first = slug(draft.label)[:100]
    key, number = first, 2
    while key in keys:
        key, number = f"{first}-{number}", number + 1
    keys.add(key)
    return key
