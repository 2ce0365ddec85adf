"""How fast texts become vectors: sentence-transformers as it comes, and our exported encoder.

Run as `python -m bench.encode [texts]`. Both run in one process, one after the other, on the same
texts and one thread; the cosines say what the speed costs.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from app.config import Config
from app.matching.encoder import Encoder, export, source_folder

AS_WRITTEN = (
    "website shop booking payment Django PostgreSQL React design logo brand video editing "
    "translation accounting payroll tax support hotel clinic school data pipeline report "
    "dashboard mobile game Unity firmware sensor network security test deploy maintain write "
    "for a small with and the in of client team years experience weekly monthly from to"
)
WORDS = AS_WRITTEN.split()


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    luck = random.Random(1)
    bodies = [" ".join(luck.choices(WORDS, k=luck.randrange(60, 140))) for _ in range(count)]
    titles = [" ".join(luck.choices(WORDS, k=luck.randrange(1, 6))) for _ in range(count)]
    model = Config.read().encoder_model
    source = source_folder(model)
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(1)
    stock = SentenceTransformer(str(source), device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        ours = Encoder.load(export(source, Path(folder), name=Path(model).name))
    print(f"{ours.name}: {count} bodies of 60 to 140 words, {count} titles, one thread")
    print(f"{'milliseconds a text':38}{'bodies':>8}{'titles':>8}")
    ways: dict[str, Callable[[Sequence[str]], Any]] = {
        "sentence-transformers, one by one": lambda texts: [stock.encode(t) for t in texts],
        "sentence-transformers, 32 at a time": lambda texts: stock.encode(list(texts)),
        "exported, one by one": ours.encode,
    }
    for name, encode in ways.items():
        print(f"{name:38}{_cost(encode, bodies):8.2f}{_cost(encode, titles):8.2f}")
    original = stock.encode(bodies + titles, normalize_embeddings=True)
    cosines = np.einsum("ij,ij->i", ours.encode(bodies + titles), original)
    print(f"cosine to the original: {cosines.mean():.4f} on average, {cosines.min():.4f} at worst")


def _cost(encode: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    encode(["a first text, to wake everything up"])
    began = time.perf_counter()
    encode(texts)
    return 1000 * (time.perf_counter() - began) / len(texts)


if __name__ == "__main__":
    main()
