"""One promise, two vector indexes: the one in memory, and pgvector in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.clock import now
from app.db import connect
from app.matching import pgvector, vector_table
from app.matching.conditions import Asked
from app.matching.engine.index import VectorIndex
from app.matching.engine.vectors import inner_products
from app.matching.facts import Facts
from app.matching.holding import Query
from app.matching.models import Embedding, Subject
from app.matching.pgvector import PgVectorIndex
from app.matching.pool import Pool
from tests.databases import postgresql_url
from tests.doubles.encoder import HashingEncoder

D = vector_table.DIMENSION
FACTS = Facts(owner=1, currency="USD", minor=None)
MODEL = "a model"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A PostgreSQL that has the table of the encoded texts and of their vectors."""
    engine = connect(postgresql_url(Path()))
    Embedding.__table__.create(engine)
    with engine.begin() as connection:
        vector_table.install(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction of the test's own, undone at its end."""
    with engine.connect() as connection, connection.begin() as outer:
        yield connection
        outer.rollback()


class InMemory:
    """Rows in a dict, and an index made of them."""

    def __init__(self, _connection: Connection) -> None:
        self.rows: dict[int, np.ndarray] = {}

    def save(self, number: int, vector: np.ndarray) -> None:
        self.rows[number] = vector

    def remove(self, number: int) -> None:
        del self.rows[number]

    def index(self) -> VectorIndex:
        ids = np.array(sorted(self.rows), np.int64)
        vectors = [self.rows[number] for number in ids.tolist()]
        return VectorIndex(ids, np.array(vectors, np.float32).reshape(-1, D))


class InPostgresql:
    """Rows of `embeddings`, written as the site writes them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def save(self, number: int, vector: np.ndarray) -> None:
        statement = insert(Embedding).values(row(number, vector))
        self.connection.execute(
            statement.on_conflict_do_update(
                index_elements=("subject", "subject_id", "model"),
                set_={"body": statement.excluded.body},
            )
        )

    def remove(self, number: int) -> None:
        self.connection.execute(delete(Embedding).where(Embedding.subject_id == number))

    def index(self) -> PgVectorIndex:
        return PgVectorIndex.open(self.connection, Subject.PROFILE, MODEL)


def row(number: int, vector: np.ndarray, **given) -> dict:
    return {
        "subject": Subject.PROFILE,
        "subject_id": number,
        "model": MODEL,
        "fingerprint": "0" * 64,
        "body": vector.tobytes(),
        "titles": b"",
        "terms": "",
        "facts": FACTS.written(),
        "version": 1,
        "source_updated_at": now(),
        "updated_at": now(),
        **given,
    }


def unit_rows(rng: np.random.Generator, count: int, distinct: int) -> np.ndarray:
    """Rows of which only `distinct` differ, some by no more than float32 can tell."""
    pool = rng.standard_normal((distinct, D))
    pool[distinct // 2 :] = pool[: distinct - distinct // 2] * (1 + 1e-8)
    pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    return pool.astype(np.float32)[rng.integers(0, distinct, count)]


def fill(connection: Connection, vectors: np.ndarray, **given) -> None:
    rows = [row(number, vector, **given) for number, vector in enumerate(vectors, 1)]
    connection.execute(insert(Embedding), rows)


def pairs(answer) -> list[tuple[int, float]]:
    places, scores = answer
    assert places.dtype == np.int64
    assert scores.dtype == np.float32
    return list(zip(places.tolist(), scores.tolist(), strict=True))


def brute_force(rows, vector, k, allowed=None) -> list[tuple[int, float]]:
    scored = enumerate(inner_products(vector, rows).tolist())
    kept = [(-score, place) for place, score in scored if allowed is None or allowed[place]]
    return [(place, -score) for score, place in sorted(kept)[:k]]


def a_history(side, seed: int) -> Iterator[tuple[list, list]]:
    """Rows come, change and go; each look at them gives what was found, and what is right."""
    rng = np.random.default_rng(seed)
    pool = unit_rows(rng, 40, int(rng.choice([2, 6, 40])))
    truth: dict[int, np.ndarray] = {}
    for _ in range(int(rng.integers(1, 5))):
        for number in rng.integers(1, 120, rng.integers(0, 40)).tolist():
            if number in truth and rng.random() < 0.3:
                side.remove(number)
                del truth[number]
            else:
                truth[number] = pool[rng.integers(len(pool))]
                side.save(number, truth[number])
        index = side.index()
        assert index.ids.tolist() == sorted(truth)
        rows = np.array([truth[number] for number in sorted(truth)], np.float32).reshape(-1, D)
        for _ in range(3):
            share = rng.choice([0.0, 0.05, 0.5, 1.0])
            allowed = None if rng.random() < 0.2 else rng.random(len(rows)) < share
            k, vector = int(rng.choice([0, 1, 5, 200])), pool[rng.integers(len(pool))]
            found = pairs(index.search(vector, k, allowed))
            yield found, brute_force(rows, vector, k, allowed)


@pytest.mark.parametrize("kind", [InMemory, InPostgresql])
def test_after_any_history_an_answer_is_the_right_one(kind, connection, request):
    differing = 0
    for seed in range(request.config.getoption("--histories")):
        with connection.begin_nested() as history:
            differing += sum(one != other for one, other in a_history(kind(connection), seed))
            history.rollback()
    assert differing == 0


def test_a_long_list_of_ids_goes_as_a_bitmap_and_changes_nothing(connection, monkeypatch):
    monkeypatch.setattr(pgvector, "_ARRAY_ROWS", 0)
    for found, right in a_history(InPostgresql(connection), 2):
        assert found == right


def test_a_history_without_its_last_change_is_found_out(connection):
    class Forgetful(InPostgresql):
        def remove(self, number: int) -> None:
            self.connection.execute(text("ALTER TABLE embeddings DISABLE TRIGGER USER"))
            super().remove(number)
            self.connection.execute(text("ALTER TABLE embeddings ENABLE TRIGGER USER"))

    with pytest.raises(AssertionError):
        list(a_history(Forgetful(connection), 1))


@pytest.mark.parametrize("kind", [InMemory, InPostgresql])
def test_ties_that_float32_sums_would_part_go_to_the_lower_ids(kind, connection):
    rng = np.random.default_rng(6)
    bases = rng.standard_normal((3, D))
    bases /= np.linalg.norm(bases, axis=1, keepdims=True)
    rows = rng.permuted(bases[rng.integers(0, 3, 300)], axis=1).astype(np.float32)
    vector = np.full(D, D**-0.5, np.float32)
    vector /= np.linalg.norm(vector)
    side = kind(connection)
    for number, one in enumerate(rows, 1):
        side.save(number, one)
    for k in (1, 5, 120):
        assert pairs(side.index().search(vector, k)) == brute_force(rows, vector, k)


@pytest.mark.parametrize("kind", [InMemory, InPostgresql])
def test_scores_are_the_same_numbers_and_come_in_the_order_asked(kind, connection):
    rows = unit_rows(np.random.default_rng(4), 9, 9)
    side = kind(connection)
    for number, one in enumerate(rows, 1):
        side.save(number * 10, one)
    index, asked = side.index(), np.array([3, 8, 3])
    assert index.scores(rows[0], asked).tolist() == inner_products(rows[0], rows[asked]).tolist()
    assert index.holds(np.array([10, 11])).tolist() == [True, False]
    assert (len(index), index.dimension) == (9, D)


UNIT = np.eye(D, dtype=np.float32)[0]


@pytest.mark.parametrize("kind", [InMemory, InPostgresql])
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda index: index.search(UNIT * 2, 1), "unit length"),
        (lambda index: index.search(UNIT[:-1], 1), "384 numbers"),
        (lambda index: index.search(UNIT.astype(np.float64), 1), "float32"),
        (lambda index: index.search(UNIT, -1), "negative"),
        (lambda index: index.search(UNIT, 1, np.ones(7, np.bool_)), "truth values"),
        (lambda index: index.scores(UNIT, np.array([5])), "no place 5"),
    ],
)
def test_what_makes_no_sense_is_refused(kind, connection, call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(kind(connection).index())


@pytest.mark.parametrize("ids", [[2, 1], [1, 1], [1.0], [[1]]])
def test_ids_that_do_not_ascend_are_refused(connection, ids):
    with pytest.raises(ValueError, match="Ids must"):
        PgVectorIndex(connection, Subject.PROFILE, MODEL, np.array(ids))


def test_other_kinds_and_other_models_are_not_found(connection):
    rows = unit_rows(np.random.default_rng(1), 4, 4)
    fill(connection, rows)
    fill(connection, rows, subject=Subject.JOB)
    fill(connection, rows[:2], model="another")
    assert (
        len(PgVectorIndex.open(connection, Subject.PROFILE, "another").search(rows[0], 9)[0]) == 2
    )
    assert len(PgVectorIndex.open(connection, Subject.JOB, MODEL).search(rows[0], 9)[0]) == 4


def test_a_row_that_went_after_the_index_was_opened_is_not_found(connection):
    rows = unit_rows(np.random.default_rng(2), 3, 3)
    fill(connection, rows)
    index = PgVectorIndex.open(connection, Subject.PROFILE, MODEL)
    connection.execute(delete(Embedding).where(Embedding.subject_id == 1))
    assert 0 not in index.search(rows[0], 3)[0]
    assert index.scores(rows[0], np.array([0]))[0] == -1


@pytest.fixture
def crowd(engine: Engine) -> Iterator[np.ndarray]:
    """Rows in a database that has their graph; committed, for a graph is built outside of any."""
    rows = unit_rows(np.random.default_rng(3), 900, 900)
    with engine.begin() as connection:
        fill(connection, rows)
    vector_table.build_graph(engine, Subject.PROFILE)
    yield rows
    with engine.begin() as connection:
        connection.execute(delete(Embedding))
        connection.execute(text("DROP INDEX vectors.profiles_near"))


@pytest.mark.parametrize("as_bitmap", [True, False])
def test_through_the_graph_as_many_as_match_are_found_in_order(
    crowd, connection, monkeypatch, as_bitmap
):
    monkeypatch.setattr(pgvector, "_ARRAY_ROWS", 0 if as_bitmap else 10**6)
    rng = np.random.default_rng(5)
    index = PgVectorIndex.open(connection, Subject.PROFILE, MODEL, exact_rows=0)
    found_of_right = []
    for share in (None, 1.0, 0.5, 0.1, 0.01, 0.0):
        allowed = None if share is None else rng.random(len(crowd)) < share
        for k in (1, 20, 700):
            vector = crowd[rng.integers(len(crowd))]
            found = pairs(index.search(vector, k, allowed))
            right = brute_force(crowd, vector, k, allowed)
            assert len(found) == len(right)
            assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
            assert all(allowed is None or allowed[place] for place, _ in found)
            scores = inner_products(vector, crowd)
            assert all(score == scores[place] for place, score in found)
            found_of_right.append(len(set(found) & set(right)) / max(len(right), 1))
    assert np.mean(found_of_right[:-3]) > 0.9


def test_the_graph_is_what_answers_and_its_settings_leave_no_trace(crowd, connection):
    def scans() -> int:
        query = "SELECT pg_stat_get_xact_numscans('vectors.profiles_near'::regclass)"
        return connection.scalar(text(query))

    index = PgVectorIndex.open(connection, Subject.PROFILE, MODEL, exact_rows=100)
    index.search(crowd[0], 5, np.arange(len(crowd)) < 100)
    assert scans() == 0
    index.search(crowd[0], 5, np.arange(len(crowd)) < 101)
    assert scans() == 1
    assert connection.scalar(text("SHOW enable_sort")) == "on"


def test_float32_arrives_bit_by_bit(connection):
    rng = np.random.default_rng(9)
    bits = rng.integers(0, 2**32, 40 * D, np.uint32)
    numbers = bits.view(np.float32)
    numbers = numbers[np.isfinite(numbers)][: 39 * D].reshape(-1, D)
    numbers[0, :6] = [0.0, -0.0, 1e-45, -1e-45, 3.4028235e38, 1.1754942e-38]
    query = text("SELECT vectors.numbers(:body)")
    for given in numbers:
        got = connection.scalar(query, {"body": given.tobytes()})
        assert np.array(got, np.float32).tolist() == given.tolist()


def test_texts_of_another_dimension_stay_out_and_are_kept(connection):
    fill(connection, np.eye(5, dtype=np.float32))
    assert len(PgVectorIndex.open(connection, Subject.PROFILE, MODEL)) == 0
    assert connection.execute(delete(Embedding)).rowcount == 5


def test_the_table_follows_a_changed_key_and_an_emptied_table(connection):
    rows = unit_rows(np.random.default_rng(8), 3, 3)
    fill(connection, rows)
    connection.execute(update(Embedding).where(Embedding.subject_id == 3).values(subject_id=30))
    connection.execute(update(Embedding).where(Embedding.subject_id == 2).values(body=b"1234"))
    assert PgVectorIndex.open(connection, Subject.PROFILE, MODEL).ids.tolist() == [1, 30]
    connection.execute(text("TRUNCATE embeddings"))
    assert len(PgVectorIndex.open(connection, Subject.PROFILE, MODEL)) == 0


def test_a_site_that_has_postgresql_search_finds_what_the_files_find(engine, connection, tmp_path):
    encoder = HashingEncoder(MODEL, dimension=D)
    words = ("python", "django", "shop", "bread", "logo", "audio")
    texts = [f"{one} {other}" for one in words for other in words if one != other]
    fill(connection, encoder.encode(texts))
    query = Query(encoder.encode(["django shop bread"])[0], encoder.encode([]), ())
    everybody = Asked(Subject.PROFILE, lambda given: given.ids % 3 > 0, {}, {})
    found = []
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        for in_database in (False, True):
            pool = Pool(tmp_path, Subject.PROFILE, candidates=5, in_database=in_database)
            view = pool.view(session, encoder)
            one = view.find(query, view.sort_out(everybody))
            found.append((one.ids.tolist(), one.parts["meaning"].tolist()))
            bodies = view.segments[0].holding.bodies
            assert isinstance(bodies, PgVectorIndex) == in_database
    assert found[0] == found[1]
    assert len(found[0][0]) == 5
