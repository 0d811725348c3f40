"""Histograms whose ranges widen, and principal components: in whatever parts numbers come, the same is found."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.maths.components import components
from explorer.maths.neighbours import nearest
from explorer.maths.spread import BINS, Spread

numbers = st.lists(st.floats(width=32, allow_nan=True, allow_infinity=True), max_size=20)


@given(st.lists(numbers, max_size=6), st.randoms())
def test_the_counts_are_those_of_all_at_once(parts: list[list[float]], random) -> None:
    found = Spread()
    for part in parts:
        found.add(np.array(part, np.float32))
    every = np.array([number for part in parts for number in part], np.float32)
    random.shuffle(shuffled := every.tolist())
    once = Spread()
    once.add(np.array(shuffled, np.float32))
    assert (found.exponent, found.counts.tolist()) == (once.exponent, once.counts.tolist())
    finite = every[np.isfinite(every)].astype(np.float64)
    counts, low, high = found.ranges()
    assert sum(counts) == len(finite)
    if len(finite):
        edges = low + (high - low) / len(counts) * np.arange(len(counts) + 1)
        by_hand = [int(((finite >= a) & (finite < b)).sum()) for a, b in pairwise(edges)]
        assert by_hand == counts
        assert len(counts) <= BINS


def test_many_numbers_fill_half_of_the_ranges_at_least() -> None:
    random = np.random.default_rng(0)
    found = Spread()
    for scale in (1, 5, 100):
        found.add(random.normal(0, scale, 1000).astype(np.float32))
    counts, low, high = found.ranges()
    assert BINS / 2 <= len(counts) <= BINS
    assert low < -200
    assert high > 200


@pytest.mark.parametrize(("pictures", "numbers"), [(60, 400), (300, 20), (5, 900), (2, 1)])
def test_components_are_those_of_scikit_learn(pictures: int, numbers: int) -> None:
    from sklearn.decomposition import PCA

    random = np.random.default_rng(1)
    sizes = 0.7 ** np.arange(numbers)
    points = (random.normal(size=(pictures, numbers)) * sizes + random.normal(size=numbers)).astype(np.float32)
    found = components(points, 8)
    count = min(8, pictures, numbers)
    oracle = PCA(count, svd_solver="full").fit(points.astype(np.float64))
    expected = oracle.transform(points.astype(np.float64))
    assert found.points.shape == (pictures, count)
    assert np.allclose(found.shares, oracle.explained_variance_ratio_, rtol=1e-3, atol=1e-6)
    some = min(3, count, pictures - 1)
    signs = np.sign((found.points * expected).sum(0))[:some]
    assert np.allclose(found.points[:, :some] * signs, expected[:, :some], atol=1e-3 * np.abs(expected).max())
    assert np.array_equal(components(points, 8).points, found.points)


def test_neighbours_are_those_of_all_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.maths.neighbours.BLOCK", 300)
    points = np.random.default_rng(2).normal(size=(70, 5))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    seen = []
    for some, found, away in nearest(points, 9):
        seen += range(some.start, some.stop)
        assert np.array_equal(found, apart[some].argsort(1)[:, :9])
        assert np.allclose(away, np.sort(apart[some], 1)[:, :9])
    assert seen == list(range(70))


def test_equal_points_have_no_components() -> None:
    found = components(np.ones((4, 3), np.float32), 2)
    assert found.points.tolist() == [[0, 0]] * 4
    assert found.shares.tolist() == [0, 0]
    assert components(np.zeros((0, 3), np.float32), 2).points.shape == (0, 0)
