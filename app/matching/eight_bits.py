"""A BERT as a graph whose products are of whole numbers, rounded so that little is lost.

The range of each product's input is fixed once, so that no text's vector depends on its
neighbours and nothing is measured while encoding. Other models are rounded by onnxruntime's own
means. Only for the export: it loads onnx.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from app.matching.bert import (
    ATTENTION,
    JOINING,
    NARROWING,
    WIDENING,
    Bert,
    Layer,
    Norm,
    Numbers,
    Product,
    Seen,
)

EXACT = 32
"""So many columns inside the feed-forward network are multiplied in 32 bits as well: those that
go farthest. Without them its second product makes three quarters of all error (decision 15)."""
# Some columns of an input are tens of times wider than the others. Each is divided by the width
# of its numbers and the weights' row multiplied, so far of the way (SmoothQuant).
_SMOOTHING = 0.8
# Of the range seen: what is wider is rarer than all others gain by finer steps.
_KEPT_OF_RANGE = 0.9
_DAMPING = 0.01
_LEAST = 1e-5
_LEAST_BYTES = 1 << 20
_OPSET = 17
_MICROSOFT = "com.microsoft"
# Measured on MiniLM, rounding by text costs cosines down to .976; without the second matrix of
# the feed-forward layers, whose inputs are widest, .991.
_KEPT_EXACT = re.compile(r"layer\.\d+/output/dense|/ffn/lin2|/wo/MatMul")


def write(bert: Bert, path: Path) -> None:
    """Write the graph: token numbers of texts of one length in, their mean vectors out."""
    graph = _Graph(bert.epsilon)
    hidden = _embedded(graph, bert)
    for layer in bert.layers:
        joined = _attention(graph, layer, hidden, bert.heads)
        hidden = graph.normal(joined, hidden, layer.after_attention)
        narrowed = _network(graph, layer, hidden)
        hidden = graph.normal(narrowed, hidden, layer.after_network)
    graph.add("ReduceMean", [hidden], "embedding", axes=[1], keepdims=0)
    graph.save(path)


def round_by_text(path: Path, smaller: Path) -> None:
    """Write the graph of `path` with ranges measured anew for each run.

    For any architecture, half as fast; a vector depends on what is run together with its text.
    """
    nodes = onnx.load(path).graph.node
    products = [node.name for node in nodes if node.op_type == "MatMul"]
    quantize_dynamic(
        path,
        smaller,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[name for name in products if _is_kept_exact(name)],
    )


def part_weights(path: Path, beside: Path) -> None:
    """Lay large arrays in a file of their own, which processes map and share: 50 MB each less."""
    onnx.save(
        onnx.load(path),
        path,
        save_as_external_data=True,
        location=beside.name,
        size_threshold=_LEAST_BYTES,
    )
    if beside.exists():  # not of a model that has nothing large
        beside.chmod(0o644)


def rounded(weights: Numbers, together: Numbers | None) -> tuple[npt.NDArray[np.int8], Numbers]:
    """Return weights as whole numbers and the step of each column.

    Row after row, what the rounding of one loses is made up for by the rows not yet rounded, as
    far as their inputs go together (GPTQ): a fifth of all error of MiniLM less.
    """
    steps = np.maximum(np.abs(weights).max(axis=0), _LEAST) / 127
    left = weights / steps
    if together is None:
        return np.rint(left).astype(np.int8), steps
    order = np.argsort(-together.diagonal(), kind="stable")
    damping = _DAMPING * together.diagonal().mean() * np.eye(len(order))
    inverse = np.linalg.inv(together[np.ix_(order, order)] + damping)
    upper = np.linalg.cholesky(inverse).T
    whole = np.empty(weights.shape, np.int8)
    left = left[order]
    for row, place in enumerate(order):
        whole[place] = np.clip(np.rint(left[row]), -127, 127)
        lost = (left[row] - whole[place]) / upper[row, row]
        left[row + 1 :] -= np.outer(upper[row, row + 1 :], lost)
    return whole, steps


def _is_kept_exact(name: str) -> bool:
    return "attention/output" not in name and _KEPT_EXACT.search(name) is not None


def _embedded(graph: "_Graph", bert: Bert) -> str:
    words = graph.add("Gather", [graph.floats(bert.words), "input_ids"])
    shape = graph.add("Shape", ["input_ids"])
    tokens = graph.add("Slice", [shape, graph.wholes(1), graph.wholes(2)])
    ends = [graph.wholes(0), tokens, graph.wholes(0)]
    places = graph.add("Slice", [graph.floats(bert.places), *ends])
    return graph.normal(words, places, bert.embedded)


def _attention(graph: "_Graph", layer: Layer, hidden: str, heads: int) -> str:
    product, seen = layer.products[ATTENTION], layer.given[ATTENTION]
    joining, seen_joining = layer.products[JOINING], layer.given[JOINING]
    factors = _smooth(seen, product)
    # What comes out of the heads is a mean of values: their columns can be divided beforehand.
    values = np.ones(len(product.added))
    values[-len(seen_joining.width) :] = later = _smooth(seen_joining, joining)
    eight = graph.rounded(hidden, seen.divided(factors), divided_by=factors)
    weights, steps = graph.weights(product, seen, factors)
    outputs = graph.add(
        "QAttention",
        [
            eight.name,
            graph.array(weights),
            graph.floats(product.added / values),
            eight.step,
            graph.floats(steps / values),
            "",
            eight.zero,
        ],
        domain=_MICROSOFT,
        num_heads=heads,
    )
    eight = graph.rounded(outputs, seen_joining.divided(later))
    return graph.product(eight, joining, *graph.weights(joining, seen_joining, later))


def _network(graph: "_Graph", layer: Layer, hidden: str) -> str:
    # The columns inside the network that go farthest come first; the order is nobody's business.
    seen_inside = layer.given[NARROWING]
    order = np.argsort(-seen_inside.width, kind="stable")
    first, second = layer.products[WIDENING], layer.products[NARROWING]
    first = Product(first.weights[:, order], first.added[order])
    inside = graph.add("Gelu", [_widened(graph, layer, first, hidden)], domain=_MICROSOFT)
    weights = second.weights[order]
    exact = min(EXACT, len(order) // 2)
    ends = [graph.wholes(0), graph.wholes(exact), graph.wholes(2)]
    farthest = graph.add("Slice", [inside, *ends])
    lifted = graph.add("MatMul", [farthest, graph.floats(weights[:exact])])
    rest = order[exact:]
    seen = Seen(seen_inside.least[rest], seen_inside.greatest[rest] * _KEPT_OF_RANGE, together=None)
    others = Product(np.where(np.arange(len(order)) < exact, 0, weights.T).T, second.added)
    whole, steps = rounded(others.weights, None)
    product = graph.product(graph.rounded(inside, seen), others, whole, steps)
    return graph.add("Add", [product, lifted])


def _widened(graph: "_Graph", layer: Layer, product: Product, hidden: str) -> str:
    seen = layer.given[WIDENING]
    factors = _smooth(seen, product)
    eight = graph.rounded(hidden, seen.divided(factors), divided_by=factors)
    return graph.product(eight, product, *graph.weights(product, seen, factors))


def _smooth(seen: Seen, product: Product) -> Numbers:
    """What each column of a product's input is divided by."""
    heaviest = np.maximum(np.abs(product.weights).max(axis=1), _LEAST)
    factors = seen.width**_SMOOTHING / heaviest ** (1 - _SMOOTHING)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float64)


@dataclass(frozen=True)
class _Eight:
    """The names of an input in whole numbers, of its step, and of the whole number of zero."""

    name: str
    step: str
    zero: str


class _Graph:
    """A graph that grows from its input to its output."""

    def __init__(self, epsilon: float) -> None:
        self._epsilon = epsilon
        self._nodes: list[Any] = []
        self._arrays: list[Any] = []

    def add(
        self, kind: str, inputs: list[str], output: str = "", domain: str = "", **settings: Any
    ) -> str:
        """Add a node; return the name of what comes out of it."""
        name = output or f"{kind}.{len(self._nodes)}"
        node = helper.make_node(kind, inputs, [name], name=name, domain=domain, **settings)
        self._nodes.append(node)
        return name

    def array(self, values: npt.NDArray[Any]) -> str:
        """Keep an array; return its name."""
        name = f"array.{len(self._arrays)}"
        self._arrays.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def floats(self, values: Any) -> str:
        """Keep an array in 32 bits."""
        return self.array(np.asarray(values, np.float32))

    def wholes(self, value: int) -> str:
        """Keep a list of one whole number."""
        return self.array(np.array([value], np.int64))

    def normal(self, one: str, other: str, norm: Norm) -> str:
        """The normalised sum of two inputs."""
        total = self.add("Add", [one, other])
        inputs = [total, self.floats(norm.scale), self.floats(norm.shift)]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=self._epsilon)

    def rounded(self, given: str, seen: Seen, divided_by: Numbers | None = None) -> _Eight:
        """An input in 256 steps of its range."""
        if divided_by is not None:
            given = self.add("Mul", [given, self.floats(1 / divided_by)])
        least = min(float(seen.least.min()), 0.0)
        step = max(float(seen.greatest.max()) - least, _LEAST) / 255
        zero = self.array(np.array(min(round(-least / step), 255), np.uint8))
        name = self.floats(step)
        return _Eight(self.add("QuantizeLinear", [given, name, zero]), name, zero)

    def weights(
        self, product: Product, seen: Seen, factors: Numbers
    ) -> tuple[npt.NDArray[np.int8], Numbers]:
        """The weights of a product in whole numbers whose input is divided by the factors."""
        return rounded(product.weights * factors[:, np.newaxis], seen.divided(factors).together)

    def product(
        self, eight: _Eight, product: Product, weights: npt.NDArray[np.int8], steps: Numbers
    ) -> str:
        """The product of whole numbers, with what is added."""
        numbers = [eight.name, self.array(weights), eight.step, self.floats(steps), eight.zero]
        inputs = [*numbers, "", self.floats(product.added)]
        return self.add("MatMulIntegerToFloat", inputs, domain=_MICROSOFT)

    def save(self, path: Path) -> None:
        """Write the graph with all it keeps."""
        given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
        out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", "width"])
        graph = helper.make_graph(self._nodes, "encoder", [given], [out], self._arrays)
        versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=versions)
        model.ir_version = 8
        onnx.save(model, path)
