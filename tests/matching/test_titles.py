"""The title side: made, kept, checked against what it was made of."""

import pytest

from app.matching import titles
from app.matching.encoder import Encoder
from app.matching.kept import Unfit
from app.matching.titles import TitleEncoder
from app.taxonomy.source import pack
from tests.doubles.encoder import HashingEncoder

TRADES = {
    "Baker": ("Bread baker", "Bakery worker"),
    "Driver": ("Truck driver", "Chauffeur"),
    "Coder": ("Web coder", "Programmer"),
}


def vocabulary(path, trades=TRADES):
    occupations = [[t, t, list(more), [], [], "", 0] for t, more in trades.items()]
    content = {"notices": {}, "inputs": {}, "skills": [], "occupations": occupations}
    path.write_bytes(pack(content))
    return path


@pytest.fixture
def taxonomy(tmp_path):
    return vocabulary(tmp_path / "taxonomy.json.xz")


@pytest.fixture
def made(tmp_path, taxonomy):
    path = tmp_path / titles.FILE
    titles.train(HashingEncoder(), path, taxonomy=taxonomy)
    return path


def test_titles_are_placed_and_texts_are_left_as_they_are(made, taxonomy):
    encoder = titles.load(HashingEncoder(), made, taxonomy=taxonomy)
    plain = HashingEncoder().encode(["Chauffeur", "Truck driver"])
    assert (encoder.encode(["Chauffeur", "Truck driver"]) == plain).all()
    chauffeur, driver = encoder.encode_titles(["Chauffeur", "Truck driver"])
    assert chauffeur @ driver > plain[0] @ plain[1]


def test_the_name_changes_with_the_title_side(made, taxonomy, tmp_path):
    encoder = titles.load(HashingEncoder(), made, taxonomy=taxonomy)
    assert encoder.name.startswith("hashing+titles@")
    more = vocabulary(tmp_path / "more.json.xz", {**TRADES, "Cook": ("Chef",)})
    other = tmp_path / "other.npz"
    titles.train(HashingEncoder(), other, taxonomy=more)
    assert titles.load(HashingEncoder(), other, taxonomy=more).name != encoder.name


def test_made_twice_it_has_the_same_bytes(made, taxonomy, tmp_path):
    again = tmp_path / "again.npz"
    titles.train(HashingEncoder(), again, taxonomy=taxonomy)
    assert again.read_bytes() == made.read_bytes()


def test_another_text_model_is_refused(made, taxonomy):
    with pytest.raises(Unfit, match="another text model"):
        titles.load(HashingEncoder("other"), made, taxonomy=taxonomy)


def test_another_vocabulary_is_refused(made, tmp_path):
    other = vocabulary(tmp_path / "other.json.xz", {**TRADES, "Cook": ("Chef",)})
    with pytest.raises(Unfit, match="another vocabulary"):
        titles.load(HashingEncoder(), made, taxonomy=other)


def test_a_damaged_file_is_refused(made, taxonomy):
    made.write_bytes(made.read_bytes()[:-200])
    with pytest.raises(Unfit, match="cannot be read"):
        titles.load(HashingEncoder(), made, taxonomy=taxonomy)


def test_the_shipped_one_serves_where_the_own_one_does_not_fit(made, taxonomy, tmp_path):
    own = tmp_path / "model"
    own.mkdir()
    titles.train(HashingEncoder("old"), own / titles.FILE, taxonomy=taxonomy)
    encoder = titles.best(HashingEncoder(), own, shipped=made, taxonomy=taxonomy)
    assert encoder.name == titles.load(HashingEncoder(), made, taxonomy=taxonomy).name


def test_without_one_that_fits_titles_are_texts_and_the_log_says_so(tmp_path, caplog):
    encoder = HashingEncoder()
    assert titles.best(encoder, tmp_path) is encoder
    assert "made for another text model. Run “flask matching train-titles”" in caplog.text


def test_what_is_shipped_fits_what_is_shipped(exported, tmp_path):
    assert titles.SHIPPED.stat().st_size < 2_000_000
    encoder = titles.best(Encoder.load(exported), tmp_path)
    assert isinstance(encoder, TitleEncoder)
    assert len(encoder.name) <= 120
    plain = encoder.encode(["realtor", "property broker", "reactor operator"])
    placed = encoder.encode_titles(["realtor", "property broker", "reactor operator"])
    assert placed[0] @ placed[1] - placed[0] @ placed[2] > plain[0] @ plain[1] - plain[0] @ plain[2]
