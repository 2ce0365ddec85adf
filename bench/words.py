"""How fast words are searched: python -m bench.words [DOCUMENTS] [FOLDER]

Documents mix the words of two demo profiles with rare ones by Zipf's law; queries are demo jobs,
alone, and four together cut to 120 distinct terms. Prints a table of milliseconds of one core, with
the plain sum over all postings as the peer, and what building, opening, memory, the disk and small
segments cost. FOLDER keeps the index between runs.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

import numpy as np

from app.demo import freelancers, jobs, sources
from app.matching.engine.lexical import LexicalIndex, Weighed
from app.matching.engine.order import best
from app.matching.engine.texts import compose_job, compose_profile

MOMENT = datetime(2026, 1, 1)
TEXTS, QUERIES = 3000, 60
BEST = 200
LONGEST_QUERY = 120
RARE_TERMS = 200_000
BLOCK = 10_000
SHARES = (1.0, 0.1, 0.01, 0.001)


def profiles(given: sources.Sources) -> list[tuple[str, ...]]:
    """The terms of invented freelancers."""
    people = (freelancers.make(given, 1, number, MOMENT) for number in range(TEXTS))
    return [
        compose_profile(one.headline, one.skills, one.past_titles, one.summary, ())[2]
        for one in people
    ]


def queries(given: sources.Sources) -> tuple[list[list[str]], list[list[str]]]:
    """The terms of invented jobs, and of as many pasted together as have 120 distinct terms."""
    clients = jobs.clients(given, 1, QUERIES)
    posts = (jobs.make(given, 1, number, MOMENT, by=clients) for number in range(4 * QUERIES))
    terms = [list(compose_job(one.title, one.skills, one.description)[2]) for one in posts]
    long = []
    for number in range(QUERIES):
        together = dict.fromkeys(chain.from_iterable(terms[4 * number : 4 * number + 4]))
        long.append(list(together)[:LONGEST_QUERY])
    return terms[:QUERIES], long


def documents(known: list[tuple[str, ...]], size: int) -> Iterator[list[str]]:
    """So many documents of 40 to 70 distinct terms or so."""
    rng = np.random.default_rng(7)
    names = np.array(sorted({term for one in known for term in one}), dtype=object)
    number_of = {term: number for number, term in enumerate(names)}
    lengths = np.array([len(one) for one in known])
    width = int(lengths.max())
    table = np.zeros((len(known), width), np.int32)
    for row, one in zip(table, known, strict=True):
        row[: len(one)] = [number_of[term] for term in one]
    for start in range(0, size, BLOCK):
        count = min(BLOCK, size - start)
        taken = []
        for many in (72, 20):
            texts = rng.integers(0, len(known), count)
            places = rng.random((count, many)) * lengths[texts][:, None]
            taken.append(table[texts[:, None], places.astype(np.int64)])
        rare = np.minimum(rng.zipf(1.2, (count, 10)), RARE_TERMS)
        for common, tail in zip(np.hstack(taken), rare.tolist(), strict=True):
            yield [*names[common], *(f"rare{number}" for number in tail)]


def summed(index: LexicalIndex, query: Weighed, allowed: np.ndarray | None) -> None:
    """What a search costs without any pruning: every posting of every term is added."""
    totals = np.zeros(len(index))
    for term, weight in query.items():
        places, impacts = index.postings(term)
        totals[places] += weight * impacts
    matched = totals > 0 if allowed is None else (totals > 0) & allowed
    found = np.flatnonzero(matched)
    best(found, totals[found], BEST)


def timed(run: Callable[[Weighed], object], weighed: list[Weighed]) -> str:
    """The median and the 99th percentile of so many calls, in milliseconds of processor time."""
    run(weighed[0])
    times = []
    for query in weighed:
        began = time.thread_time()
        run(query)
        times.append(1000 * (time.thread_time() - began))
    middle, late = np.percentile(times, [50, 99])
    return f"{middle:10.2f}{late:10.2f}"


def built(folder: Path, known: list[tuple[str, ...]], size: int) -> None:
    """Build the index, save it, and print what that cost."""
    began = time.perf_counter()
    ids = np.arange(1, size + 1, dtype=np.int64)
    LexicalIndex.build(ids, documents(known, size), "bm25").save(folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"built in {seconds:.0f} s (making the texts included), peak {peak:.2f} GiB")


def private_mib() -> float:
    """What this process alone holds of the machine's memory."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def segments(index: LexicalIndex, known: list[tuple[str, ...]]) -> None:
    """Print what it costs to make and to search the small segments of the newest texts."""
    terms = index.weigh(known[-1])
    for size in (1, 8, 64):
        texts = list(documents(known, size))
        began = time.thread_time()
        for _ in range(20):
            small = LexicalIndex.build(np.arange(size), texts, index.scheme, index.statistics)
        made = 50 * (time.thread_time() - began)
        began = time.thread_time()
        for _ in range(20):
            small.search(terms, BEST)
        searched = 50 * (time.thread_time() - began)
        print(f"a segment of {size}: made in {made:.2f} ms, searched in {searched:.2f} ms")


def main(size: int, folder: Path) -> None:
    """Print the table for so many documents."""
    given = sources.read()
    short, long = queries(given)
    known = profiles(given)
    if not (folder / "lexical-ids.npy").exists():
        built(folder, known, size)
    disk = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    before, began = private_mib(), time.perf_counter()
    index = LexicalIndex.load(folder)
    print(f"{disk:.0f} MiB on disk; opened in {1000 * (time.perf_counter() - began):.1f} ms")
    for terms in long:
        index.search(index.weigh(terms), BEST)
    print(f"opening and searching took {private_mib() - before:.0f} MiB nobody shares")
    rng = np.random.default_rng(3)
    draw = rng.random(len(index))
    heads = ("documents", "query", "allowed", "sum p50", "p99", "p50", "p99")
    print("".join(f"{head:>10}" for head in heads))
    for name, terms in (("job", short), ("long", long)):
        weighed = [index.weigh(one) for one in terms]
        for share in SHARES:
            allowed = None if share == 1 else draw < share
            peer = timed(lambda query, mask=allowed: summed(index, query, mask), weighed[:15])
            ours = timed(lambda query, mask=allowed: index.search(query, BEST, mask), weighed)
            print(f"{len(index):>10}{name:>10}{share:>10}{peer}{ours}")
    segments(index, known)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as aside:
        chosen = Path(sys.argv[2] if len(sys.argv) > 2 else aside)
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, chosen)
