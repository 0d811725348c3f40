"""What is said of trained numbers is what numpy and a look at them say."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.maths.weight_statistics import BINS, dead, equal, facts


def test_facts() -> None:
    values = np.random.default_rng(3).normal(size=(8, 3, 5, 5)).astype(np.float32)
    values[2] = 0
    values[5] = 0
    values[6] = values[1]
    found = facts("conv.weight", values)
    assert (found.name, found.shape) == ("conv.weight", (8, 3, 5, 5))
    assert (found.low, found.high) == (values.min(), values.max())
    assert found.mean == pytest.approx(values.astype(float).mean())
    assert found.deviation == pytest.approx(values.astype(float).std())
    assert (found.zeros, found.nan, found.infinite) == (150, 0, 0)
    assert found.counts == tuple(np.histogram(values, BINS)[0])
    assert found.dead == (2, 5)
    assert found.equal == ((1, 6),)


def test_numbers_that_are_none() -> None:
    values = np.ones((4, 2), np.float32)
    values[0, 0], values[1, 1], values[2, 0] = np.nan, np.inf, -np.inf
    found = facts("fc.weight", values)
    assert (found.nan, found.infinite, found.low, found.high, found.deviation) == (1, 2, 1, 1, 0)
    assert sum(found.counts) == 5
    nothing = facts("fc.weight", np.full((2, 2), np.nan, np.float32))
    assert (nothing.low, nothing.high, nothing.mean, nothing.nan, sum(nothing.counts)) == (0, 0, 0, 4, 0)
    assert facts("fc.weight", np.zeros((0, 2), np.float32)).dead == ()
    assert facts("x.weight", np.zeros((), np.float32)).shape == ()


def test_only_filters_are_dead_or_equal() -> None:
    assert facts("bn.bias", np.zeros(3, np.float32)).dead == ()
    assert facts("bn.weight", np.array([0, 1, 1], np.float32)).dead == (0,)  # a channel that is multiplied by 0
    assert facts("bn.weight", np.array([0, 1, 1], np.float32)).equal == ()
    assert dead(np.array([[0, 0], [0, 1], [-0.0, 0]])) == (0, 2)
    assert equal(np.array([[1, 2], [3, 4], [1, 2], [3, 4], [1, 2], [5, 6]])) == ((0, 2, 4), (1, 3))
