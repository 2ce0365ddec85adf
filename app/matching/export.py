"""A sentence-transformers model written once as ONNX, compared with the original, in eight bits.

Torch is imported inside of functions: commands know this file, and no web process holds torch.
"""

import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.matching import bert
from app.matching.encoder import Encoder, NotReady, TextEncoder, Vectors, export_folder
from app.matching.samples import SAMPLE, checked, fitted

LEAST_COSINE = 0.99
_EXACT_FILE = "model.onnx"
_SMALL_FILE = "model-int8.onnx"
_WEIGHTS_FILE = "weights"
_OPSET = 17
_ROUNDING = 1e-5

Objection = Callable[[TextEncoder, TextEncoder], str]
"""Given the exact model and that in eight bits, says why the latter is refused, or nothing."""


def export(
    source: Path,
    models: Path,
    *,
    name: str,
    objection: Objection | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Path:
    """Write `source` as ONNX under `models`, once; return the folder to give to `Encoder.load`.

    In eight bits where the vectors of a thousand texts stay within a cosine of .99 of the
    original's and there is no objection, otherwise in 32. Written aside and renamed: a folder
    that is there is whole. Where an objection is to be heard, an export that is there is made
    again for it, and `NotReady` raised if it would now be another.
    """
    folder = export_folder(source, models)
    if objection is None and (folder / "card.json").is_file():
        return folder
    models.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="export-", dir=models))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter, about its own future
            logging.disable(logging.WARNING)
            hear = objection or (lambda exact, small: "")
            _write_export(source, aside, f"{name}@{folder.name[:12]}", hear, say)
            _part_weights(aside)
        aside.chmod(0o755)  # the site may run as another user than the one who exported
        os.replace(aside, folder)
    except OSError:
        if not (folder / "card.json").is_file():  # else it was there, or somebody was faster
            raise
        if _card(folder)["name"] != _card(aside)["name"]:
            raise NotReady(
                "The text model in %(folder)s does not pass. Delete that folder, then run this "
                "again.",
                folder=folder,
            ) from None
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def least_cosine(encoder: TextEncoder, texts: Sequence[str], expected: Vectors) -> float:
    """The cosine to the expected vectors of the text that is farthest from its own."""
    return float(np.einsum("ij,ij->i", encoder.encode(texts), expected).min())


def _write_export(
    source: Path, folder: Path, name: str, objection: Objection, say: Callable[[str], None]
) -> None:
    model = _read_model(source)
    exact = _write_exact(model, folder, name)
    texts = checked()
    say(f"Comparing {len(texts)} texts with the original ...")
    expected = np.asarray(model.encode(texts, normalize_embeddings=True), np.float32)
    for way, write in _WAYS.items():
        small = write(model, exact, folder)
        if small is None:
            continue
        cosine = least_cosine(small, texts, expected)
        far = f"the worst cosine is {cosine:.4f}" if cosine < LEAST_COSINE else ""
        why = far or objection(exact, small)
        if not why:
            say(f"In eight bits ({way}) the worst cosine to the original is {cosine:.4f}.")
            (folder / _EXACT_FILE).unlink()
            return
        say(f"Eight bits ({way}) are refused: {why}.")
        (folder / _SMALL_FILE).unlink()
    say("32 bits are used instead, which is slower.")
    _save_card(folder, {**_card(folder), "name": exact.name, "file": _EXACT_FILE, "alone": False})


def _write_exact(model: Any, folder: Path, name: str) -> Encoder:
    expected = np.asarray(model.encode(list(SAMPLE), normalize_embeddings=True), np.float32)
    model.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    card = {"name": f"{name}/fp32", "file": _EXACT_FILE, "tokens": model.max_seq_length}
    _save_card(folder, {**card, "dimension": expected.shape[1], "alone": False})
    _trace(model, folder / _EXACT_FILE)
    exact = Encoder.load(folder)
    if least_cosine(exact, SAMPLE, expected) < 1 - _ROUNDING:
        raise NotReady("The exported text model answers otherwise than the original.")
    return exact


def _part_weights(folder: Path) -> None:
    from app.matching import eight_bits

    eight_bits.part_weights(folder / _card(folder)["file"], folder / _WEIGHTS_FILE)


def _write_fixed(model: Any, exact: Encoder, folder: Path) -> Encoder | None:
    from app.matching import eight_bits

    read = bert.read(model, exact.groups(fitted()))
    if read is None:
        return None
    eight_bits.write(read, folder / _SMALL_FILE)
    return _opened_small(exact, folder, "int8", alone=False)


def _write_by_text(model: Any, exact: Encoder, folder: Path) -> Encoder | None:
    from app.matching import eight_bits

    eight_bits.round_by_text(folder / _EXACT_FILE, folder / _SMALL_FILE)
    return _opened_small(exact, folder, "int8-by-text", alone=True)


def _opened_small(exact: Encoder, folder: Path, numbers: str, *, alone: bool) -> Encoder:
    name = f"{exact.name.rpartition('/')[0]}/{numbers}"
    _save_card(folder, {**_card(folder), "name": name, "file": _SMALL_FILE, "alone": alone})
    return Encoder.load(folder)


# Tried in this order: the first that stays near enough to the original is taken.
_WAYS: Mapping[str, Callable[[Any, Encoder, Path], Encoder | None]] = {
    "fixed ranges": _write_fixed,
    "ranges by text": _write_by_text,
}


def _read_model(source: Path) -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as chatter

    chatter.disable_progress_bar()
    # Several wait for each other as soon as a core is busy: minutes in place of seconds.
    torch.set_num_threads(1)
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


def _card(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / "card.json").read_text())
    return card


def _save_card(folder: Path, card: Mapping[str, Any]) -> None:
    (folder / "card.json").write_text(json.dumps(card, indent=1))
