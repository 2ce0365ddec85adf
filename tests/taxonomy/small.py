"""Small vocabularies for the tests."""

from app.taxonomy.occupations import SkillEntry, Taxonomy


def entry(label: str, *aliases: str, key: str = "", popularity: int = 0) -> SkillEntry:
    return SkillEntry(key or label.casefold(), label, "tool", popularity, aliases, "house")


def vocabulary_of(*entries: SkillEntry) -> Taxonomy:
    return Taxonomy({}, {}, entries, ())
