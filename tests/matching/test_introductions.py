"""The names people give themselves in their own words; skills and titles are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching import sources
from app.matching.introductions import introduced
from app.matching.sources import Wording
from tests.factories import make_profile, make_user


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I am Ayesha Khan, a web developer.", ["Ayesha Khan"]),
        ("Hello! I'm Hina Butt and I design logos.", ["Hina Butt"]),
        ("I’m Noor-ul-Ain Shah from Skardu", ["Noor-ul-Ain Shah"]),
        ("I am Syed Bilal Raza", ["Syed Bilal Raza"]),
        ("My name is Ayesha. Python is what I write.", ["Ayesha"]),
        ("my name is Mark Iqbal Senior Developer", ["Mark Iqbal"]),
        ("My full name is M. Usman Tariq and", ["M. Usman Tariq"]),
        ("People call me Bano.", ["Bano"]),
        ("Name: Zara Baig\nWeb developer", ["Zara Baig"]),
        ("میرا نام عائشہ خان ہے اور میں ویب سائٹ بناتی ہوں", ["عائشہ خان"]),
        ("I am Ayesha Khan. My name is Ayesha Khan.", ["Ayesha Khan"]),
    ],
)
def test_a_name_is_recognised(text, names):
    assert introduced(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "I am Python developer",
        "I am React Native developer from Lahore.",
        "I am Full Stack Developer, and I like it",
        "I am Senior Web Developer.",
        "I'm Certified Scrum Master, AWS Certified.",
        "I am Adobe Illustrator and Photoshop expert",
        "I am Data Scientist from Karachi.",
        "I am WordPress Expert, Shopify Expert",
        "I am Microsoft Power Platform, Excel and Access specialist",
        "I am fluent in Urdu. I am based in Lahore.",
        "I am Available, now",
        "The file name: is taken",
        "my name is on the list",
        "",
    ],
)
def test_what_one_does_is_no_name(text):
    assert introduced(text) == []


def test_two_introductions_leave_the_same_text(session):
    profile = make_profile(session, make_user(session, name="Account 7"))

    def composed(name: str):
        told = f"I am {name}, a web developer. {name.split()[0]} keeps servers running in Lahore."
        return sources.of_profile(profile, Wording("Web developer", (), (), told)).composed

    assert composed("Ayesha Khan") == composed("Hina Butt")
    assert composed("React Native") != composed("Hina Butt")


@given(st.text(max_size=200) | st.text("I am'’MyNne isAK.,\nab", max_size=80))
def test_any_text_is_read_and_names_stand_in_it(text):
    for name in introduced(text):
        assert all(word in text for word in name.split())
