"""What every text model promises, held by the real one and by the double of the tests."""

import subprocess
import sys

import numpy as np
import pytest

from app.matching import encoder as encoders
from app.matching.encoder import Encoder, NotReady, TextEncoder
from tests.doubles.encoder import HashingEncoder

MODEL = "all-MiniLM-L6-v2"
TEXTS = (
    "Web developer",
    "",
    "گلگت سے ویب ڈویلپر",
    "Bookkeeping for bakeries. " * 200,
    "web developer of shops, Django and PostgreSQL",
)


@pytest.fixture(params=["real", "double"])
def encoder(request: pytest.FixtureRequest) -> TextEncoder:
    if request.param == "double":
        return HashingEncoder()
    return Encoder.load(request.getfixturevalue("exported"))


def test_every_text_becomes_a_unit_vector(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float64), axis=1), 1, atol=1e-6)


def test_no_text_is_no_vector(encoder):
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_vector_does_not_depend_on_its_neighbours(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in reversed(TEXTS)])[::-1]
    assert np.array_equal(together, alone)


def test_alike_texts_are_near(encoder):
    one, other, far = encoder.encode(
        ["web developer for shops", "web developer for a shop", "tailor of wedding dresses"]
    )
    assert one @ other > one @ far


def test_it_has_a_name(encoder):
    assert encoder.name
    assert len(encoder.name) <= 120


def test_the_export_answers_as_the_original_would(exported):
    """Cosines that sentence-transformers itself gives for these pairs of texts."""
    encoder = Encoder.load(exported)
    known = {
        ("Web developer", "Website programmer"): 0.78,
        ("Web developer", "Tailor"): 0.27,
        ("We need a logo for a bakery", "I design brands for restaurants"): 0.46,
    }
    for (one, other), cosine in known.items():
        first, second = encoder.encode([one, other])
        assert float(first @ second) == pytest.approx(cosine, abs=0.03)


def test_an_export_is_made_once(exported):
    before = {file: file.stat().st_mtime_ns for file in exported.iterdir()}
    source = encoders.source_folder(MODEL)
    assert encoders.export(source, exported.parent, name=MODEL) == exported
    assert {file: file.stat().st_mtime_ns for file in exported.iterdir()} == before


def test_a_missing_export_says_what_to_run(tmp_path):
    with pytest.raises(NotReady, match="flask matching export-encoder"):
        Encoder.load(tmp_path / "nothing")


def test_an_unknown_model_says_what_would_be_right():
    with pytest.raises(NotReady, match="ENCODER_MODEL=/nowhere is no text model"):
        encoders.source_folder("/nowhere")


def test_a_folder_may_be_named_as_the_model(tmp_path):
    (tmp_path / "modules.json").write_text("[]")
    assert encoders.source_folder(str(tmp_path)) == tmp_path


def test_another_weight_is_another_export(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"one")
    one = encoders.export_folder(tmp_path, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert encoders.export_folder(tmp_path, tmp_path) != one


def test_a_process_that_encodes_never_holds_torch(exported, pytestconfig):
    script = (
        "import sys; from pathlib import Path; import app.factory;"
        "from app.matching.encoder import Encoder;"
        "Encoder.load(Path(sys.argv[1])).encode(['Web developer']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(exported)],
        capture_output=True,
        text=True,
        check=True,
        cwd=pytestconfig.rootpath,
    )
    assert done.stdout.strip() == "[]"
