"""Whether a text model in eight bits ranks labelled sets as well as the exact one does."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.matching import labelled
from app.matching.encoder import TextEncoder
from app.matching.engine import measures
from app.matching.export import Objection
from app.matching.labelled import LabelledSet

MOST_LOST = 0.003
"""Of nDCG@10, the mean over all queries of all sets where the model alone ranks."""
_MEASURE = "nDCG@10"


def ranking(folder: Path) -> Objection:
    """Return the objection of the labelled sets in `folder`; `BadSet` where there is none."""
    sets = [one for place in sorted(folder.glob("*")) for one in labelled.read(place)]
    if not sets:
        raise labelled.BadSet(f"There is no labelled set in {folder}.")

    def objection(exact: TextEncoder, small: TextEncoder) -> str:
        before, after = mean_ndcg(sets, exact), mean_ndcg(sets, small)
        if before - after <= MOST_LOST:
            return ""
        return f"nDCG@10 on the labelled sets falls from {before:.4f} to {after:.4f}"

    return objection


def mean_ndcg(sets: Sequence[LabelledSet], encoder: TextEncoder) -> float:
    """The mean nDCG@10 over all queries of the sets where the text model alone ranks."""
    texts = dict.fromkeys(
        text.written for given in sets for text in (*given.documents, *given.queries)
    )
    vectors = dict(zip(texts, encoder.encode(list(texts)), strict=True))
    values = []
    for given in sets:
        documents = np.stack([vectors[text.written] for text in given.documents])
        for query, grades in zip(given.queries, given.grades, strict=True):
            order = np.argsort(-(documents @ vectors[query.written]), kind="stable").tolist()
            values.append(measures.measure(order, grades)[_MEASURE])
    return float(np.mean(values))
