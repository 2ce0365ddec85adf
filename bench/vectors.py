"""How fast and how right the vector index is: python -m bench.vectors 1000000

Prints a table, a row for each filter: which part of the answers (50, or --answers) are those of
an exact scan, the peer, and the time of both in the same run on one thread. `ms` is what a clock
on the wall says, `cpu` the ms a core spent on it: on a busy machine the two differ. The texts are
those of the demo in the database (see ./run): its jobs ask, and its profiles are spread to the
size asked for, each row lying between two near profiles with noise of the shape that all of them
have. Filters by kind of text keep all rows that came of some texts, as a filter by trade would;
the least alike to a job are those it would not ask for.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from app.factory import create_app
from app.matching.engine.index import VectorIndex
from app.matching.models import Embedding, Subject
from app.web.database import db

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Origins = npt.NDArray[np.int64]
Test = tuple[str, list[Mask | None]]

NEIGHBOURS = 10
NOISE = 0.5
BLOCK = 20_000
PARTS = (1, 0.3, 0.1, 0.03, 0.01, 0.001)


def real(subject: Subject) -> Floats:
    """The distinct vectors of the demo's texts."""
    with create_app().app_context():
        bodies = db.session.scalars(select(Embedding.body).where(Embedding.subject == subject))
        rows = [np.frombuffer(body, np.float32) for body in bodies]
    if len(rows) < 2 * NEIGHBOURS:
        raise SystemExit("There are no encoded texts: start the demo first, see ./run.")
    return np.unique(np.stack(rows), axis=0)


def spread(base: Floats, count: int, rng: np.random.Generator) -> tuple[Floats, Origins]:
    """`count` rows like those of `base`, and from which of them each came."""
    near = np.argpartition(-(base @ base.T), NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1]
    values, directions = np.linalg.eigh(np.cov(base.T))
    shape = (directions * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)
    shape *= NOISE / np.sqrt((shape**2).sum())
    rows = np.empty((count, base.shape[1]), np.float32)
    origins = rng.integers(0, len(base), count)
    for start in range(0, count, BLOCK):
        one = origins[start : start + BLOCK]
        other = near[one, rng.integers(0, NEIGHBOURS + 1, len(one))]
        part = rng.uniform(0.5, 1, (len(one), 1)).astype(np.float32)
        block = part * base[one] + (1 - part) * base[other]
        block += rng.standard_normal(block.shape, dtype=np.float32) @ shape
        rows[start : start + BLOCK] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return rows, origins


def tests(
    queries: Floats, base: Floats, origins: Origins, rng: np.random.Generator
) -> Iterator[Test]:
    """Filters by name: for each query which rows it may find."""
    for part in PARTS:
        mask = None if part == 1 else rng.random(len(origins)) < part
        yield f"{part} by chance", [mask] * len(queries)
    for part in PARTS[2:]:
        chosen = rng.random(len(base)) < max(part, 2 / len(base))
        yield f"{part} by kind of text", [chosen[origins]] * len(queries)
    likeness = queries @ base.T
    least = np.quantile(likeness, PARTS[2], axis=1)
    masks = [(likeness[i] <= least[i])[origins] for i in range(len(queries))]
    yield f"{PARTS[2]} least alike", masks


def measure(
    index: VectorIndex, flat: faiss.IndexFlatIP, queries: Floats, k: int, test: Test
) -> str:
    """A row of the table."""
    name, masks = test
    found, wall, cpu, scan = [], [], [], []
    for query, mask in zip(queries, masks, strict=True):
        began = time.perf_counter()
        exact = scanned(flat, query, k, mask)
        scan.append(time.perf_counter() - began)
        index.search(query, k, mask)
        began, busy = time.perf_counter(), time.thread_time()
        places, _ = index.search(query, k, mask)
        wall.append(time.perf_counter() - began)
        cpu.append(time.thread_time() - busy)
        found.append(len(np.intersect1d(places, exact)) / max(1, len(exact)))
    times = [*np.percentile(wall, [50, 99]), *np.percentile(cpu, [50, 99]), np.median(scan)]
    figures = "".join(f"{1000 * seconds:10.2f}" for seconds in times)
    return f"{name:22}{np.mean(found):9.4f}{figures}"


def scanned(flat: faiss.IndexFlatIP, query: Floats, k: int, mask: Mask | None) -> Origins:
    """The peer: every row, by faiss alone."""
    params = None
    if mask is not None:
        selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        params = faiss.SearchParameters(sel=selector)
    labels = flat.search(query[np.newaxis], k, params=params)[1][0]
    return labels[labels >= 0]


def private_megabytes() -> float:
    """What this process has for itself; pages mapped from files are shared."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


def opened(place: Path, query: Floats, k: int) -> tuple[float, float]:
    """What a process that was just started pays to open the index and to search once."""
    before, began = private_megabytes(), time.perf_counter()
    VectorIndex.load(place).search(query, k)
    return time.perf_counter() - began, private_megabytes() - before


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2, help="for the building alone")
    parser.add_argument("--folder", help="where the index is written for a while")
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    base, jobs = real(Subject.PROFILE), real(Subject.JOB)
    queries = rng.permutation(jobs)[: given.queries]
    rows, origins = spread(base, given.size, rng)
    with tempfile.TemporaryDirectory(dir=given.folder) as place:
        began, busy = time.perf_counter(), time.process_time()
        built = VectorIndex(np.arange(given.size), rows, threads=given.threads)
        spent = f"{time.perf_counter() - began:.0f} s ({time.process_time() - busy:.0f} of cores)"
        print(f"built of {len(base)} texts in {spent}", end="; ")
        built.save(Path(place))
        del built
        flat = faiss.IndexFlatIP(rows.shape[1])
        flat.add(rows)
        del rows
        faiss.omp_set_num_threads(1)
        with get_context("spawn").Pool(1) as another:
            seconds, megabytes = another.apply(opened, (Path(place), queries[0], given.answers))
        print(f"opened by another process in {seconds:.2f} s for {megabytes:.0f} MB")
        index = VectorIndex.load(Path(place))
        heads = ("p50 ms", "p99 ms", "p50 cpu", "p99 cpu", "scan ms")
        print(f"{'filter':22}{'recall':>9}" + "".join(f"{head:>10}" for head in heads))
        for test in tests(queries, base, origins, rng):
            print(measure(index, flat, queries, given.answers, test), flush=True)


if __name__ == "__main__":
    main()
