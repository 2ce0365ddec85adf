"""Who somebody is never reaches the encoder or the ranker: another name changes no place."""

from dataclasses import dataclass

from sqlalchemy.orm import joinedload, selectinload

from app.matching import sources
from app.profiles.models import Profile, ProfileSkill
from tests.matching.demo_site import DemoSite

PEOPLE, SHORTLISTS = 200, 20
NOBODY = "Account 7"
INTRODUCTION = "My name is {}."


@dataclass(frozen=True)
class Identity:
    """What a text may tell of its writer besides the work."""

    name: str
    pronouns: tuple[str, str]
    email: str
    phone: str

    def written(self, opening: str) -> tuple[str, str]:
        """What stands before and behind the rest of a summary."""
        he, his = self.pronouns
        first = self.name.split()[0]
        before = f"{opening.format(self.name)} Clients say {he} keeps {his} word. "
        behind = f" Ask for {first}: {self.email}, {self.phone}, @{first.lower()}."
        return before, behind


FIRST, LAST = (
    ("Ayesha", "Bilal", "Zainab", "Usman", "Maryam", "Hamza", "Sadia", "Imran", "Noor", "Tariq"),
    ("Khan", "Batool", "Hussain", "Akhtar", "Baig", "Yousafzai", "Mengal", "Qureshi", "Rind"),
)


def identity(number: int) -> Identity:
    first, last = FIRST[number % len(FIRST)], LAST[number // 3 % len(LAST)]
    he_or_she = (("he", "his"), ("she", "her"))[number % 2]
    email = f"{first}.{last}{number}@mail{number % 5}.example".lower()
    return Identity(f"{first} {last}", he_or_she, email, f"+92 3{number:02d} 555{number:04d}")


def name_all(
    site: DemoSite,
    summaries: dict[int, str],
    shift: int,
    *,
    account: str = "",
    opening: str = INTRODUCTION,
) -> None:
    """Give everybody an identity; `account` is the name they signed up with, if another."""
    query_options = (joinedload(Profile.user),)
    for number, (profile_id, summary) in enumerate(summaries.items()):
        profile = site.session.get_one(Profile, profile_id, options=query_options)
        who = identity(number + shift)
        before, behind = who.written(opening)
        profile.summary = f"{before}{summary}{behind}"
        profile.user.name = account or who.name
    site.session.flush()


def summaries_of(site: DemoSite, people: int) -> dict[int, str]:
    site.fill(people, SHORTLISTS + 20)
    return {profile.id: profile.summary for profile in site.profiles()}


def changed_places(before: list[list], after: list[list]) -> float:
    """The share of places on which another person stands."""
    pairs = [
        pair for old, new in zip(before, after, strict=True) for pair in zip(old, new, strict=True)
    ]
    return sum(old[0] != new[0] for old, new in pairs) / len(pairs)


def shortlists(site: DemoSite, count: int) -> list[list[tuple[int, float]]]:
    site.encode()
    return [site.places(job) for job in site.open_jobs(count)]


def test_a_name_that_does_reach_the_encoder_is_seen_to_change_places(demo_site):
    # The planted fault: nobody's account bears the name in the text, and nobody says that it is
    # theirs, so it is not taken out.
    summaries = summaries_of(demo_site, 60)
    name_all(demo_site, summaries, 0, account=NOBODY, opening="{} here.")
    before = shortlists(demo_site, 5)
    name_all(demo_site, summaries, 33, account=NOBODY, opening="{} here.")
    assert changed_places(before, shortlists(demo_site, 5)) > 0.2


def test_a_name_somebody_gives_themselves_changes_no_place(demo_site):
    summaries = summaries_of(demo_site, 60)
    name_all(demo_site, summaries, 0, account=NOBODY)
    before = shortlists(demo_site, 5)
    name_all(demo_site, summaries, 33, account=NOBODY)
    assert changed_places(before, shortlists(demo_site, 5)) == 0


def test_another_name_changes_no_place_of_twenty_shortlists(demo_site):
    summaries = summaries_of(demo_site, PEOPLE)
    name_all(demo_site, summaries, 0)
    before = shortlists(demo_site, SHORTLISTS)
    assert sum(map(len, before)) > 500
    name_all(demo_site, summaries, 33)
    after = shortlists(demo_site, SHORTLISTS)
    assert changed_places(before, after) == 0
    assert after == before  # nor a point of any score


def test_the_account_and_the_rate_are_no_part_of_what_is_read(demo_site):
    demo_site.fill(1, 1)
    loaded = (
        joinedload(Profile.user),
        selectinload(Profile.skills).joinedload(ProfileSkill.skill),
        selectinload(Profile.past_titles),
    )
    (one,) = demo_site.profiles()
    profile = demo_site.session.get_one(Profile, one.id, options=loaded, populate_existing=True)
    before = sources.of_profile(profile)
    profile.user.name, profile.user.email, profile.rate_minor = "Zo", "zo@example.org", 1
    assert sources.of_profile(profile) == before
