"""A BERT in eight bits answers nearly as the exact one, whatever stands beside a text."""

import math

import numpy as np
import onnx
import onnxruntime
import pytest

from app.matching import eight_bits
from app.matching.bert import (
    ATTENTION,
    JOINING,
    NARROWING,
    WIDENING,
    Bert,
    Layer,
    Norm,
    Product,
    Seen,
)

WIDTH, INNER, HEADS, WORDS, TOKENS = 48, 192, 4, 90, 12
ERF = np.vectorize(math.erf)


@pytest.fixture
def numbers():
    return np.random.default_rng(1)


def product(numbers, rows: int, columns: int) -> Product:
    added = numbers.normal(size=columns) / 10
    return Product(numbers.normal(size=(rows, columns)) / math.sqrt(rows), added)


def norm(numbers) -> Norm:
    return Norm(numbers.uniform(0.5, 1.5, WIDTH), numbers.normal(size=WIDTH) / 10)


def layer(numbers, outlier: float) -> Layer:
    shapes = {
        ATTENTION: (WIDTH, 3 * WIDTH),
        JOINING: (WIDTH, WIDTH),
        WIDENING: (WIDTH, INNER),
        NARROWING: (INNER, WIDTH),
    }
    products = {name: product(numbers, *shape) for name, shape in shapes.items()}
    products[WIDENING].added[7] += outlier  # one column goes much farther than all others
    return Layer(products, {}, norm(numbers), norm(numbers))


def bert(numbers, outlier: float = 0) -> Bert:
    layers = [layer(numbers, outlier) for _ in range(2)]
    words, places = numbers.normal(size=(WORDS, WIDTH)), numbers.normal(size=(TOKENS, WIDTH))
    model = Bert(words, places, norm(numbers), layers, HEADS, 1e-12)
    for ids in texts(numbers, 60):
        answer(model, ids, learn=True)
    return model


def texts(numbers, count: int) -> list[np.ndarray]:
    return [numbers.integers(0, WORDS, TOKENS) for _ in range(count)]


def normal(rows: np.ndarray, norm: Norm) -> np.ndarray:
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / rows.std(axis=1, keepdims=True) * norm.scale + norm.shift


def answer(model: Bert, ids: np.ndarray, *, learn: bool = False) -> np.ndarray:
    """The vector of a text, in 64 bits; `learn` keeps what the products are given."""

    def multiplied(one: Layer, name: str, rows: np.ndarray) -> np.ndarray:
        if learn:
            seen = Seen(rows.min(axis=0), rows.max(axis=0), rows.T @ rows)
            one.given[name] = one.given[name].joined(seen) if name in one.given else seen
        return rows @ one.products[name].weights + one.products[name].added

    rows = normal(model.words[ids] + model.places[: len(ids)], model.embedded)
    for one in model.layers:
        three = multiplied(one, ATTENTION, rows).reshape(len(ids), 3, HEADS, -1)
        asked, keys, values = three.transpose(1, 2, 0, 3)
        near = np.exp(asked @ keys.transpose(0, 2, 1) / math.sqrt(WIDTH / HEADS))
        heads = (near / near.sum(axis=2, keepdims=True)) @ values
        heads = heads.transpose(1, 0, 2).reshape(len(ids), WIDTH)
        rows = normal(rows + multiplied(one, JOINING, heads), one.after_attention)
        inside = multiplied(one, WIDENING, rows)
        inside = inside * (1 + ERF(inside / math.sqrt(2))) / 2
        rows = normal(rows + multiplied(one, NARROWING, inside), one.after_network)
    return rows.mean(axis=0)


def run(path, ids: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"input_ids": ids})[0]


def worst(model: Bert, path, some: list[np.ndarray]) -> float:
    eight_bits.write(model, path)
    got, wanted = run(path, np.stack(some)), np.stack([answer(model, ids) for ids in some])
    lengths = np.linalg.norm(got, axis=1) * np.linalg.norm(wanted, axis=1)
    return float((np.einsum("ij,ij->i", got, wanted) / lengths).min())


def test_it_answers_nearly_as_the_exact_model(numbers, tmp_path):
    cosine = worst(bert(numbers), tmp_path / "small.onnx", texts(numbers, 40))
    assert 0.999 < cosine < 1 - 1e-7  # it is another graph indeed


def test_a_column_far_wider_than_the_others_costs_nothing(numbers, tmp_path, monkeypatch):
    model, some = bert(numbers, outlier=300), texts(numbers, 40)
    lost = 1 - worst(model, tmp_path / "small.onnx", some)
    assert lost < 1e-6
    monkeypatch.setattr(eight_bits, "EXACT", 0)
    assert 1 - worst(model, tmp_path / "none.onnx", some) > 50 * lost


def test_an_answer_does_not_depend_on_what_stands_beside_it(numbers, tmp_path):
    eight_bits.write(bert(numbers), tmp_path / "small.onnx")
    some = np.stack(texts(numbers, 9))
    alone = np.concatenate([run(tmp_path / "small.onnx", ids[np.newaxis]) for ids in some])
    assert np.allclose(run(tmp_path / "small.onnx", some), alone, rtol=1e-4, atol=1e-5)


def test_every_product_with_weights_is_of_whole_numbers(numbers, tmp_path):
    model = bert(numbers)
    eight_bits.write(model, tmp_path / "small.onnx")
    graph = onnx.load(tmp_path / "small.onnx").graph
    kinds = [node.op_type for node in graph.node]
    assert kinds.count("MatMulIntegerToFloat") == 3 * len(model.layers)
    assert kinds.count("QAttention") == len(model.layers)
    floats = [one.dims for one in graph.initializer if one.data_type == onnx.TensorProto.FLOAT]
    tables = [list(dims) for dims in floats if len(dims) == 2]
    exact = [[eight_bits.EXACT, WIDTH]] * len(model.layers)
    assert sorted(tables) == sorted([[WORDS, WIDTH], [TOKENS, WIDTH], *exact])


def test_rounding_in_turn_loses_less_than_rounding_each_by_itself(numbers):
    mixed = numbers.normal(size=(20, 64))  # the columns of the input go together
    rows = numbers.normal(size=(2000, 20)) @ mixed
    weights = numbers.normal(size=(64, 30))

    def lost(together) -> float:
        whole, steps = eight_bits.rounded(weights, together)
        assert whole.dtype == np.int8
        assert np.abs(whole.astype(int)).max() <= 127
        return float(np.square(rows @ (whole * steps - weights)).sum())

    assert lost(rows.T @ rows) < lost(None) / 2


def test_a_column_that_is_never_used_is_no_failure(numbers):
    whole, steps = eight_bits.rounded(np.zeros((5, 3)), np.eye(5))
    assert not whole.any()
    assert (steps > 0).all()
