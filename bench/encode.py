"""How fast texts become vectors: sentence-transformers as it comes, and our exported encoder.

Run as `python -m bench.encode [people] [rounds]`. Everything runs in one process on the same
texts: profiles of the shape of the demo's, with a body and a few titles, many of which repeat.
The ways take turns, and the medians of all rounds are printed. The cosines say what speed costs.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from app.config import Config
from app.matching import samples
from app.matching.encoder import Encoder, source_folder
from app.matching.encoding import encode_all
from app.matching.engine.texts import Composed
from app.matching.export import export
from app.matching.matcher import models_folder
from app.taxonomy import occupations

DEFAULT_THREADS = torch.get_num_threads()
BODY_TOKENS = 109
"""On average in the demo; from 73 to 151."""
COMMON_TITLES = 2800
"""Some are had by many: the demo's 1,934 people name 1,854 titles, 6,175 times."""
Way = Callable[[], Any]
BATCH = 64
"""So many people are encoded and saved at once by `flask matching refresh`."""


def main() -> None:
    """Print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 256
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    config = Config.read()
    source = source_folder(config.encoder_model)
    os.environ["HF_HUB_OFFLINE"] = "1"
    stock = SentenceTransformer(str(source), device="cpu")
    name = Path(config.encoder_model).name
    folder = export(source, models_folder(config), name=name, say=print)
    ours = Encoder.load(folder)
    people = _people(count)
    bodies = [body for body, _, _ in people]
    titles = list(chain.from_iterable(own for _, own, _ in people))
    cores, threads = len(os.sched_getaffinity(0)), DEFAULT_THREADS
    tokens = np.mean([len(ids) for ids in stock.tokenizer(bodies)["input_ids"]])
    print(
        f"{ours.name}: {count} people, bodies of {tokens:.0f} tokens on average, "
        f"{len(titles)} titles of which {len(set(titles))} differ"
    )
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; sentence-transformers: {threads} threads")
    _online(stock, ours, bodies[:40])
    _bulk(stock, folder, people, rounds)
    _nearness(stock, ours, bodies[:200] + titles[:200])


def _online(stock: SentenceTransformer, ours: Encoder, bodies: Sequence[str]) -> None:
    print(f"\n{'one text, as on a page':44}{'wall p50':>9}{'p95':>8}{'processor':>11}   ms")
    ways: dict[str, Callable[[str], Any]] = {
        "sentence-transformers": lambda text: stock.encode(text),
        "exported": lambda text: ours.encode([text]),
    }
    for name, encode in ways.items():
        encode("a first text, to wake everything up")
        costs = [_cost(partial(encode, text)) for text in bodies]
        walls, spent = zip(*costs, strict=True)
        shown = (np.median(walls), np.quantile(walls, 0.95), np.mean(spent))
        print(f"{name:44}{shown[0]:9.2f}{shown[1]:8.2f}{shown[2]:11.2f}")


def _bulk(
    stock: SentenceTransformer, folder: Path, people: Sequence[Composed], rounds: int
) -> None:
    bodies = [body for body, _, _ in people]
    titles = list(chain.from_iterable(own for _, own, _ in people))
    cores = len(os.sched_getaffinity(0))

    def by_stock(threads: int, texts: Sequence[str]) -> Way:
        torch.set_num_threads(threads)
        return partial(stock.encode, list(texts))

    def by_ours(given: Sequence[Composed], threads: int) -> Way:
        encoder = Encoder.load(folder)  # one that remembers no text

        def encode() -> None:
            for first in range(0, len(given), BATCH):
                encode_all(encoder, given[first : first + BATCH], threads=threads)

        return encode

    alone: list[Composed] = [(body, (), ()) for body in bodies]
    for what, texts, given in (
        ("bodies", bodies, alone),
        ("people", bodies + titles, people),
    ):
        ways: dict[str, Callable[[], Way]] = {
            "sentence-transformers, as it comes": partial(by_stock, DEFAULT_THREADS, texts),
            "sentence-transformers, one thread": partial(by_stock, 1, texts),
            "exported, one thread": partial(by_ours, given, 1),
            f"exported, {cores} threads": partial(by_ours, given, cores),
        }
        _in_turn(what, ways, rounds, len(people))


def _in_turn(what: str, ways: dict[str, Callable[[], Way]], rounds: int, count: int) -> None:
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, prepare in ways.items():
            costs[name].append(_cost(prepare()))
    print(f"\n{what + ', many':44}{'wall':>9}{'processor':>11}{'times':>8}   ms each")
    peers = [wall for wall, _ in next(iter(costs.values()))]
    for name, spent in costs.items():
        wall, processor = np.median(spent, axis=0) / count
        times = np.median([peer / own for peer, (own, _) in zip(peers, spent, strict=True)])
        print(f"{name:44}{wall:9.2f}{processor:11.2f}{times:8.1f}")


def _nearness(stock: SentenceTransformer, ours: Encoder, texts: Sequence[str]) -> None:
    original = stock.encode(list(texts), normalize_embeddings=True)
    cosines = np.einsum("ij,ij->i", ours.encode(texts), original)
    print(
        f"\ncosine to the original: {cosines.mean():.4f} on average, {cosines.min():.4f} at worst"
    )


def _people(count: int) -> list[Composed]:
    luck = random.Random(1)
    described = [text for text in samples.checked() if len(text.split()) > 8]
    entries = occupations.read().occupations
    common = [title for entry in entries for title in (entry.title, *entry.titles)]
    common = luck.sample(common, COMMON_TITLES)
    weights = [1 / (place + 10) for place in range(len(common))]
    people: list[Composed] = []
    for _ in range(count):
        words = " ".join(luck.sample(described, 12)).split()
        length = luck.randrange(int(BODY_TOKENS * 0.5), int(BODY_TOKENS * 1.1))
        many = luck.choice([2, 3, 3, 4, 4])
        titles = dict.fromkeys(luck.choices(common, weights, k=many))
        people.append((" ".join(words[:length]), tuple(titles), ()))
    return people


def _cost(act: Callable[[], Any]) -> tuple[float, float]:
    wall, spent = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - spent)


if __name__ == "__main__":
    main()
