"""The weights of a BERT, and what its layers are given when it reads texts: numbers, no torch.

Knows the modules of sentence-transformers by their names alone, so that it need not import them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

ATTENTION, JOINING, WIDENING, NARROWING = "attention", "joining", "widening", "narrowing"
"""The products of a layer: query, key and value at once; the heads' outputs joined; and the two
of the feed-forward network."""
MOST_COLUMNS = 768
"""Of an input whose columns are also compared with each other."""
_KNOWN = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_LEAST = 1e-5


@dataclass(frozen=True)
class Product:
    """A matrix with a row for each column of its input, and what is added afterwards."""

    weights: Numbers
    added: Numbers


@dataclass(frozen=True)
class Norm:
    """The scale and the shift of a layer normalisation."""

    scale: Numbers
    shift: Numbers


@dataclass(frozen=True)
class Seen:
    """What a product was given: the ends of each column, and how the columns go together."""

    least: Numbers
    greatest: Numbers
    together: Numbers | None
    """The sums of the products of any two columns; None for a very wide input."""

    @classmethod
    def of(cls, rows: Any) -> Self:
        """What a tensor of n rows shows."""
        together = _array(rows.T @ rows) if rows.shape[1] <= MOST_COLUMNS else None
        return cls(_array(rows.amin(dim=0)), _array(rows.amax(dim=0)), together)

    @property
    def width(self) -> Numbers:
        """How far from zero each column goes."""
        return np.maximum(np.maximum(np.abs(self.least), np.abs(self.greatest)), _LEAST)

    def joined(self, other: "Seen") -> "Seen":
        """What both have seen."""
        together = None
        if self.together is not None and other.together is not None:
            together = self.together + other.together
        least, greatest = np.minimum(self.least, other.least), self.greatest
        return Seen(least, np.maximum(greatest, other.greatest), together)

    def divided(self, factors: Numbers) -> "Seen":
        """What would be seen if each column were divided by its factor."""
        together = None
        if self.together is not None:
            together = self.together / np.outer(factors, factors)
        return Seen(self.least / factors, self.greatest / factors, together)


@dataclass(frozen=True)
class Layer:
    """One layer: its four products, what each was given, and its two norms."""

    products: Mapping[str, Product]
    given: Mapping[str, Seen]
    after_attention: Norm
    after_network: Norm


@dataclass(frozen=True)
class Bert:
    """A whole model whose vector is the mean over the tokens."""

    words: Numbers
    places: Numbers
    """What a token's place adds, with what the only type of token used here adds."""
    embedded: Norm
    layers: Sequence[Layer]
    heads: int
    epsilon: float


def read(model: Any, groups: Iterable[Sequence[str]]) -> Bert | None:
    """Read a sentence-transformers model and let it read texts; None for any other architecture.

    The texts of a group have equally many tokens: nothing that only fills up is to be seen.
    """
    if not _is_known(model):
        return None
    bert = model[0].auto_model
    embeddings = bert.embeddings
    given = _given(model, bert.encoder.layer, groups)
    types = _array(embeddings.token_type_embeddings.weight)
    return Bert(
        words=_array(embeddings.word_embeddings.weight),
        places=_array(embeddings.position_embeddings.weight) + types[0],
        embedded=_norm(embeddings.LayerNorm),
        layers=[_layer(one, seen) for one, seen in zip(bert.encoder.layer, given, strict=True)],
        heads=bert.config.num_attention_heads,
        epsilon=bert.config.layer_norm_eps,
    )


def _is_known(model: Any) -> bool:
    if [type(module).__name__ for module in model] not in _KNOWN:
        return False
    words, pooling = model[0].auto_model, model[1]
    return (
        type(words).__name__ == "BertModel"
        and words.config.hidden_act == "gelu"
        and getattr(words.config, "position_embedding_type", "absolute") == "absolute"
        and not words.config.is_decoder
        and pooling.pooling_mode == "mean"
    )


def _given(model: Any, layers: Any, groups: Iterable[Sequence[str]]) -> list[dict[str, Seen]]:
    given: list[dict[str, Seen]] = [{} for _ in layers]

    def watch(place: int, name: str) -> Callable[[Any, Any], None]:
        def see(module: Any, inputs: Any) -> None:
            seen = Seen.of(inputs[0].reshape(-1, inputs[0].shape[-1]))
            before = given[place].get(name)
            given[place][name] = before.joined(seen) if before else seen

        return see

    with _watched(
        (module, watch(place, name))
        for place, layer in enumerate(layers)
        for name, module in _first_modules(layer).items()
    ):
        for group in groups:
            model.encode(list(group), batch_size=len(group))
    return given


@contextmanager
def _watched(pairs: Iterable[tuple[Any, Callable[[Any, Any], None]]]) -> Iterator[None]:
    hooks = [module.register_forward_pre_hook(see) for module, see in pairs]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _first_modules(layer: Any) -> dict[str, Any]:
    """The module that is given what a product is given."""
    return {
        ATTENTION: layer.attention.self.query,
        JOINING: layer.attention.output.dense,
        WIDENING: layer.intermediate.dense,
        NARROWING: layer.output.dense,
    }


def _layer(layer: Any, given: Mapping[str, Seen]) -> Layer:
    own = layer.attention.self
    products = {name: _product(module) for name, module in _first_modules(layer).items()}
    three = [_product(module) for module in (own.query, own.key, own.value)]
    products[ATTENTION] = Product(
        np.concatenate([one.weights for one in three], axis=1),
        np.concatenate([one.added for one in three]),
    )
    norms = _norm(layer.attention.output.LayerNorm), _norm(layer.output.LayerNorm)
    return Layer(products, given, *norms)


def _product(module: Any) -> Product:
    return Product(_array(module.weight).T, _array(module.bias))


def _norm(module: Any) -> Norm:
    return Norm(_array(module.weight), _array(module.bias))


def _array(tensor: Any) -> Numbers:
    return np.asarray(tensor.detach().numpy(), np.float64)
