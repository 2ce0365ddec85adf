"""What is asked of a model in eight bits: a thousand texts, and labelled sets where present."""

import numpy as np
import pytest

from app.matching import samples, verification
from app.matching.labelled import BadSet
from tests.doubles.encoder import HashingEncoder


class Blind(HashingEncoder):
    """Finds all texts alike."""

    def encode(self, texts):
        return np.broadcast_to(np.eye(1, self.dimension, dtype=np.float32), (len(texts), 64))


@pytest.fixture
def sets(tmp_path):
    folder = tmp_path / "sets" / "names"
    folder.mkdir(parents=True)
    (folder / "queries.tsv").write_text("q_id\tjobtitle\n1\tbread baker\n2\ttruck driver\n")
    (folder / "corpus.tsv").write_text("c_id\tjobtitle\n6\tcook\n7\tbaker\n8\tdriver\n")
    (folder / "qrels.tsv").write_text("1\t0\t7\t1\n2\t0\t8\t1\n")
    return folder.parent


def test_a_model_that_ranks_as_well_is_accepted(sets):
    assert verification.ranking(sets)(HashingEncoder(), HashingEncoder()) == ""
    assert verification.ranking(sets)(Blind(), HashingEncoder()) == ""


def test_a_model_that_ranks_worse_is_refused_with_both_figures(sets):
    said = verification.ranking(sets)(HashingEncoder(), Blind())
    assert said.startswith("nDCG@10 on the labelled sets falls from 1.0000 to 0.5655")


def test_nothing_to_measure_on_is_said(tmp_path):
    with pytest.raises(BadSet, match="There is no labelled set"):
        verification.ranking(tmp_path / "nowhere")


def test_a_thousand_shipped_texts_short_and_long_are_compared():
    texts = samples.checked()
    assert len(set(texts)) == samples.CHECKED == 1000
    assert texts == samples.checked()
    words = [len(text.split()) for text in texts]
    assert min(words) <= 2
    assert sum(count > 80 for count in words) >= 50


def test_a_model_is_not_fitted_to_what_it_is_checked_on():
    assert not set(samples.fitted()) & set(samples.checked())
