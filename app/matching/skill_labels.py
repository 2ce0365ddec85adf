"""The labels of the skills that words may mean without naming them, encoded once and kept.

Tools are found by their names alone (`app.taxonomy.reading`): nobody paraphrases "PostgreSQL".
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from app.matching import kept
from app.matching.encoder import TextEncoder
from app.matching.encoding import spread
from app.matching.engine.skill_spans import SkillLabels
from app.matching.kept import Unfit
from app.matching.titles import text_model
from app.taxonomy import occupations
from app.taxonomy.occupations import SkillEntry

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent / "skills.npz"
FILE = "skills.npz"
"""Its name beside the exported model it was made for."""
_WHAT = "set of encoded skills"
_KINDS = frozenset({"skill", "knowledge"})


class SkillSense:
    """What a text means without naming it: the keys of skills, each with the words."""

    def __init__(self, keys: Sequence[str], labels: SkillLabels) -> None:
        self._keys = tuple(keys)
        self._labels = labels

    @classmethod
    def load(cls, encoder: TextEncoder, path: Path, *, taxonomy: Path) -> Self:
        """Open what `make` wrote for this model; raises `Unfit` with a sentence."""
        model = text_model(encoder)
        arrays, _ = kept.read(path, _WHAT, model=model, taxonomy=taxonomy)
        skills = wanted(taxonomy)
        try:
            vectors = arrays["vectors"].astype(np.float32) * arrays["scales"][:, np.newaxis]
            labels = SkillLabels([skill.label for skill in skills], vectors)
        except (ValueError, KeyError) as error:
            raise Unfit(f"The {_WHAT} cannot be read.") from error
        return cls([skill.key for skill in skills], labels)

    def meant(self, text: str, encoder: TextEncoder) -> list[tuple[str, str]]:
        """Return (key, words) of skills the text may mean, the surest first; no database."""
        found = self._labels.meant(text, encoder.encode)
        return [(self._keys[one.place], one.words) for one in found]


def wanted(taxonomy: Path = occupations.DEFAULT) -> list[SkillEntry]:
    """The skills and fields of knowledge of digital work, in the order of the vocabulary."""
    skills = occupations.read(taxonomy).skills
    return [skill for skill in skills if skill.kind in _KINDS and skill.popularity > 0]


def make(encoder: TextEncoder, target: Path, *, taxonomy: Path = occupations.DEFAULT) -> int:
    """Encode the labels and write them, in eight bits; return the file's size in bytes."""
    labels = [skill.label for skill in wanted(taxonomy)]
    vectors = spread(encoder.encode, labels, threads=len(os.sched_getaffinity(0)))
    scales = (np.abs(vectors).max(axis=1) / 127).astype(np.float32)
    return kept.save(
        target,
        model=text_model(encoder),
        taxonomy=taxonomy,
        vectors=np.rint(vectors / scales[:, np.newaxis]).astype(np.int8),
        scales=scales,
    )


def best(
    encoder: TextEncoder,
    folder: Path,
    *,
    shipped: Path = SHIPPED,
    taxonomy: Path = occupations.DEFAULT,
) -> SkillSense | None:
    """What was made in `folder`, else the shipped one; None where neither fits, which is logged."""
    reason = ""
    for path in (folder / FILE, shipped):
        try:
            return SkillSense.load(encoder, path, taxonomy=taxonomy)
        except Unfit as unfit:
            reason = str(unfit)
    log.warning("%s Run “flask matching encode-skills”; until then only names are read.", reason)
    return None
