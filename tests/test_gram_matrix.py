"""The Gram matrix that is shown, against its definition in plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from explorer.engine.answers import answer
from explorer.engine.questions import Look, Pixels
from explorer.engine.studio_questions import GramOf
from explorer.maths.gram_records import GramMatrix
from tests.style_side import painter

PHOTO = Pixels(np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8))


def test_each_number_is_the_mean_product_of_two_channels() -> None:
    project = painter()
    (found,) = [one for one in answer(GramOf(project, PHOTO, "relu1", (3, 99))) if isinstance(one, GramMatrix)]
    (maps,) = [one[0] for one in answer(Look(project, PHOTO, ("relu1",))) if isinstance(one, tuple)]
    values = maps.values.astype(float)
    assert found.matrix.shape == (8, 8)
    for i, j in product(range(8), repeat=2):
        brute = sum(float(a) * float(b) for a, b in zip(values[i].flat, values[j].flat, strict=True)) / values[0].size
        assert found.matrix[i, j] == pytest.approx(brute, rel=1e-5, abs=1e-7)
    assert found.pair == (3, 7), "there is no channel 99"
    assert found.matrix[3, 7] == pytest.approx(float(found.products.mean()), rel=1e-5)
    greatest = found.largest(3)
    assert [a * b for a, b in greatest] == pytest.approx(sorted(found.products.flat, reverse=True)[:3])
