"""What every text model promises, held by the real one and by the double of the tests."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from app.matching import encoder as encoders
from app.matching import export as exports
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


@pytest.fixture
def another(encoder, request) -> TextEncoder:
    """The same once more, remembering nothing."""
    if isinstance(encoder, HashingEncoder):
        return HashingEncoder()
    return Encoder.load(request.getfixturevalue("exported"))


def test_a_vector_does_not_depend_on_its_neighbours(encoder, another):
    # Some have equally many tokens and are run together, nine times over.
    texts = [*TEXTS, *(f"{word} {number}" for word in ("cook", "tailor") for number in range(90))]
    together = encoder.encode(texts)
    alone = np.concatenate([another.encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_the_same_text_has_the_same_vector_wherever_it_stands(encoder):
    one, other, same = encoder.encode(["web developer", "cook", "web developer"])
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.array_equal(encoder.encode(["cook", "web developer"]), [other, one])


def test_only_the_texts_met_last_are_remembered(exported, monkeypatch):
    monkeypatch.setattr(encoders, "MOST_REMEMBERED", 3)
    encoder = Encoder.load(exported)
    runs = []
    run = encoder._run
    monkeypatch.setattr(encoder, "_run", lambda given: runs.append(len(given)) or run(given))
    encoder.encode(["a", "b", "c"])
    encoder.encode(["a", "d"])  # `b` is the one met longest ago
    assert sum(runs) == 4
    encoder.encode(["a", "c", "d"])
    assert sum(runs) == 4
    encoder.encode(["b"])
    assert sum(runs) == 5


def test_many_threads_may_encode_at_once(exported):
    encoder = Encoder.load(exported)
    texts = [f"clerk number {number}" for number in range(120)]
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(encoder.encode, [texts[start::4] for start in range(4)]))
    alone = Encoder.load(exported).encode(texts)
    assert all(np.abs(alone[start::4] - part).max() < 1e-5 for start, part in enumerate(parts))


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
    assert exports.export(source, exported.parent, name=MODEL) == exported
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
