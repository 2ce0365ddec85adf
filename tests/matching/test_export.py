"""Exporting a text model: a tiny one, by a process of its own, because that loads torch."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.matching.encoder import Encoder
from tests.model import MODEL

TINY = """
import sys
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Normalize, Pooling, Transformer
from transformers import AutoConfig, AutoTokenizer, BertModel, DistilBertConfig, DistilBertModel
import torch
from app.matching.encoder import source_folder

torch.manual_seed(1)
source, target = source_folder(sys.argv[1]), sys.argv[2]
config = AutoConfig.from_pretrained(source)
config.hidden_size, config.intermediate_size = 48, 96
config.num_hidden_layers, config.num_attention_heads = 2, 4
BertModel(config).save_pretrained(target + "/bert")
AutoTokenizer.from_pretrained(source).save_pretrained(target + "/bert")
words = Transformer(target + "/bert", max_seq_length=64)
SentenceTransformer(modules=[words, Pooling(48), Normalize()], device="cpu").save(target)

# Two that the fixed ranges do not know: another pooling, and another architecture.
first = Pooling(48, pooling_mode="cls")
SentenceTransformer(modules=[words, first, Normalize()], device="cpu").save(target + "-cls")
other = DistilBertConfig(dim=48, hidden_dim=96, n_layers=2, n_heads=4)
DistilBertModel(other).save_pretrained(target + "/other")
AutoTokenizer.from_pretrained(source).save_pretrained(target + "/other")
words = Transformer(target + "/other", max_seq_length=64)
SentenceTransformer(modules=[words, Pooling(48)], device="cpu").save(target + "-distil")
"""
EXPORT = """
import json, sys
from pathlib import Path
from app.matching import export as exports
from app.matching.encoder import Encoder, NotReady

source, models = Path(sys.argv[1]), Path(sys.argv[2])

def run(place, kind="", **more):
    lines = []
    try:
        given = source.with_name(source.name + kind)
        folder = exports.export(given, models / place, name="tiny", say=lines.append, **more)
    except NotReady as error:
        return {"error": str(error), "said": lines}
    return {"folder": str(folder), "name": Encoder.load(folder).name, "said": lines}

no = lambda exact, small: f"{small.name} is worse than {exact.name}"
done = {"first": run("one"), "again": run("one"), "verified": run("one", objection=lambda *_: "")}
done |= {"objected": run("one", objection=no), "refused": run("two", objection=no)}
done |= {"cls": run("one", "-cls"), "distil": run("one", "-distil")}
exports.LEAST_COSINE = 0.9999999
done["far"] = run("three")
model = exports._read_model(source)
done["vectors"] = model.encode(["Web developer", "Cook"], normalize_embeddings=True).tolist()
print(json.dumps(done))
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory, pytestconfig) -> dict:
    folder = tmp_path_factory.mktemp("tiny")
    source, models = folder / "source", folder / "models"

    def run(script: str, *words: str) -> str:
        command = [sys.executable, "-c", script, *words]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=pytestconfig.rootpath)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    run(TINY, MODEL, str(source))
    return json.loads(run(EXPORT, str(source), str(models)).splitlines()[-1])


def test_a_model_is_exported_in_eight_bits_and_says_how_near_it_is(done):
    first = done["first"]
    assert first["name"].startswith("tiny@")
    assert first["name"].endswith("/int8")
    assert first["said"][0] == "Comparing 1000 texts with the original ..."
    assert first["said"][1].startswith(
        "In eight bits (fixed ranges) the worst cosine to the original is "
    )
    assert not (Path(first["folder"]) / "model.onnx").exists()


def test_its_vectors_are_the_originals(done):
    got = Encoder.load(Path(done["first"]["folder"])).encode(["Web developer", "Cook"])
    assert np.einsum("ij,ij->i", got, np.array(done["vectors"])).min() > 0.99


def test_it_is_made_once(done):
    assert done["again"] == {**done["first"], "said": []}


def test_it_can_be_verified_again_and_stays_as_it_is(done):
    assert done["verified"] == done["first"]


def test_an_export_that_does_not_pass_any_more_is_said(done):
    assert "does not pass. Delete that folder" in done["objected"]["error"]
    assert Encoder.load(Path(done["first"]["folder"])).name == done["first"]["name"]


@pytest.mark.parametrize("kind", ["cls", "distil"])
def test_another_architecture_is_exported_with_ranges_by_text(done, kind):
    assert done[kind]["name"].endswith("/int8-by-text")
    assert done[kind]["said"][1].startswith("In eight bits (ranges by text) the worst cosine")
    encoder = Encoder.load(Path(done[kind]["folder"]))
    texts = ["Web developer", "Web cook", "A cook"]  # run together they would share a range
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.array_equal(Encoder.load(Path(done[kind]["folder"])).encode(texts), alone)


def test_where_there_is_an_objection_eight_bits_are_refused(done):
    refused = done["refused"]
    assert refused["name"].endswith("/fp32")
    name = refused["name"].removesuffix("fp32")
    assert refused["said"][1:] == [
        f"Eight bits (fixed ranges) are refused: {name}int8 is worse than {name}fp32.",
        f"Eight bits (ranges by text) are refused: {name}int8-by-text is worse than {name}fp32.",
        "32 bits are used instead, which is slower.",
    ]
    assert not (Path(refused["folder"]) / "model-int8.onnx").exists()


def test_where_one_of_a_thousand_texts_is_too_far_eight_bits_are_refused(done):
    assert done["far"]["name"].endswith("/fp32")
    assert "(fixed ranges) are refused: the worst cosine is " in done["far"]["said"][1]
    assert done["far"]["said"][-1] == "32 bits are used instead, which is slower."


def test_nothing_half_made_is_left_behind(done):
    models = Path(done["first"]["folder"]).parent.parent
    assert not list(models.glob("*/export-*"))


def test_what_is_large_lies_in_a_file_that_processes_share(done):
    folder = Path(done["first"]["folder"])
    assert (folder / "weights").stat().st_size > 20 * (folder / "model-int8.onnx").stat().st_size
    assert (folder / "weights").stat().st_mode & 0o777 == 0o644
