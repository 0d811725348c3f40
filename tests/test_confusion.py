"""Counts of what is said of each class, and what follows from them, against scikit-learn and a search by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.maths.confusion import UNKNOWN, Confusion, among_first, wilson


@pytest.fixture(scope="module")
def metrics() -> Any:
    """Theirs. Imported here: with scipy they are a second and 120 MB of each process that collects tests."""
    from sklearn import metrics

    return metrics


@given(st.lists(st.tuples(st.integers(-1, 6), st.integers(-1, 8)), max_size=60))
def test_it_agrees_with_scikit_learn(metrics: Any, pairs: list[tuple[int, int]]) -> None:
    truth, said = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
    found = Confusion.of(truth, said)
    known = (truth >= 0) & (said >= 0)
    assert found.total == known.sum()
    assert found.right == (truth == said)[known].sum()
    assert found.classes == tuple(sorted(set(truth[known].tolist())))
    if not known.any():
        return
    classes = list(found.classes)
    mine, theirs = truth[known], said[known]
    theirs = np.where(np.isin(theirs, classes), theirs, 99)
    counts = metrics.confusion_matrix(mine, theirs, labels=[*classes, 99])
    assert np.array_equal(found.counts, counts[:-1])
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        mine, theirs, labels=classes, zero_division=np.nan
    )
    assert np.allclose(found.precision, precision, equal_nan=True)
    assert np.allclose(found.recall, recall)
    assert np.allclose(found.f1, np.nan_to_num(f1))


def test_the_most_confused_come_first() -> None:
    truth = np.array([3, 3, 3, 3, 5, 5, 5, 9, UNKNOWN], np.int32)
    said = np.array([5, 5, 3, 8, 3, 5, 5, 8, 5], np.int32)
    found = Confusion.of(truth, said)
    assert found.classes == (3, 5, 9)
    assert found.counts.tolist() == [[1, 2, 0, 1], [1, 2, 0, 0], [0, 0, 0, 1]]
    assert found.pairs(9) == [(0, 1, 2), (0, 3, 1), (1, 0, 1), (2, 3, 1)]
    assert found.pairs(1) == [(0, 1, 2)]
    assert np.isnan(found.precision[2])


def test_guesses_among_the_first() -> None:
    truth = np.array([1, 2, 3, UNKNOWN, 4], np.int32)
    top = np.array([[1, 9, 8], [9, 2, 8], [9, 8, 7], [1, 2, 3], [UNKNOWN] * 3], np.int32)
    assert [among_first(truth, top, count) for count in (1, 2, 3)] == [(1, 3), (2, 3), (2, 3)]


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (0, 20, 0.0, 0.1611), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilson_s(right: int, total: int, low: float, high: float) -> None:
    """The first is Newcombe's 1998 example; of none right the bound is z² / (n + z²)."""
    assert wilson(right, total) == pytest.approx((low, high), abs=5e-5)
