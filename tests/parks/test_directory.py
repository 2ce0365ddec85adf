"""The directory: what is found, in which order, page by page."""

import pytest

from app.errors import NotFound
from app.parks import directory
from app.parks.models import Area, ParkKind
from app.permissions import Role
from tests.factories import make_park, make_user


def names(listing) -> list[str]:
    return [park.name for park in listing.parks]


@pytest.fixture
def three(session):
    make_park(session, name="Arfa Park", city="Lahore", district="Lahore", area=Area.PUNJAB)
    make_park(session, name="Bagh Park", area=Area.AZAD_KASHMIR, kind=ParkKind.WOMEN_PARK)
    make_park(session, name="Skardu Hub", city="Skardu", kind=ParkKind.FREELANCING_HUB)


def test_parks_come_by_name_whatever_the_case(session):
    for name in ("beta", "Alpha", "Gamma"):
        make_park(session, name=name)
    assert names(directory.browse(session)) == ["Alpha", "beta", "Gamma"]


def test_an_area_holds_only_its_parks(session, three):
    assert names(directory.browse(session, Area.PUNJAB)) == ["Arfa Park"]
    assert names(directory.browse(session, Area.SINDH)) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lahore", ["Arfa Park"]),
        ("hub", ["Skardu Hub"]),
        ("women", ["Bagh Park"]),
        ("kashmir", ["Bagh Park"]),
        ("software export", ["Arfa Park", "Bagh Park", "Skardu Hub"]),
        ("arfa lahore", ["Arfa Park"]),
        ("arfa karachi", []),
        ("%", []),
        ("_", []),
        ("  ", ["Arfa Park", "Bagh Park", "Skardu Hub"]),
    ],
)
def test_every_word_must_be_found(session, three, typed, found):
    assert names(directory.browse(session, q=typed)) == found


def test_pages_follow_each_other_without_gap_or_repeat(session, monkeypatch):
    monkeypatch.setattr(directory, "MOST_LISTED", 2)
    for number, name in enumerate(("C", "a", "B", "B", "d")):
        make_park(session, name=name, city=f"City {number}")
    pages, after = [], None
    for _ in range(3):
        listing = directory.browse(session, after=after)
        pages.append(names(listing))
        assert listing.total == 5
        after = listing.next
    assert pages == [["a", "B"], ["B", "C"], ["d"]]
    assert after is None


def test_an_unknown_place_to_go_on_from_starts_from_the_top(session, three):
    assert len(directory.browse(session, after="no-such-park").parks) == 3


def test_find_gives_one_or_none(session):
    make_park(session, slug="gilgit")
    assert directory.find(session, "gilgit").slug == "gilgit"
    assert directory.find(session, "hunza") is None


def test_get_refuses_an_unknown_address(session):
    with pytest.raises(NotFound):
        directory.get(session, "hunza")


def test_a_manager_gets_only_parks_of_their_own(session):
    manager, other = make_user(session, Role.MANAGER), make_user(session, Role.MANAGER)
    mine = make_park(session, managers=(manager,))
    theirs = make_park(session, managers=(other,))
    assert directory.managed_by(session, manager) == [mine]
    assert directory.get_managed(session, mine.id, manager) is mine
    with pytest.raises(NotFound):
        directory.get_managed(session, theirs.id, manager)


def test_parks_are_named_in_the_order_of_their_names(session):
    made = [make_park(session, name=name) for name in ("skardu", "Gilgit", "Hunza")]
    named = [(park.slug, park.name) for park in (made[1], made[2], made[0])]
    assert [one for one in directory.named(session) if one in named] == named
