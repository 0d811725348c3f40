"""How often a network says each class of pictures whose class is known: counts, shares, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
"""The class of a picture whose class nobody said, or that could not be read."""
SURE = 1.959963984540054
"""Standard deviations around a mean that hold 95 % of a normal distribution."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """classes (K,): numbers of those that some picture is truly of, rising. counts (K, K + 1) int64: of pictures of
    the class of a row, how many are said to be of the class of a column; the last column is every other class."""

    classes: tuple[int, ...]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, truth: NDArray[np.int32], said: NDArray[np.int32]) -> Confusion:
        """Count pictures (N,) by their true class and the one said; those where either is UNKNOWN are left out."""
        known = (truth != UNKNOWN) & (said != UNKNOWN)
        classes, row = np.unique(truth[known], return_inverse=True)
        size = len(classes)
        if not size:
            return cls((), np.zeros((0, 1), np.int64))
        column = np.searchsorted(classes, said[known])
        column[classes[np.minimum(column, size - 1)] != said[known]] = size
        counts = np.bincount(row * (size + 1) + column, minlength=size * (size + 1))
        return cls(tuple(classes.tolist()), counts.reshape(size, size + 1))

    @property
    def total(self) -> int:
        """Pictures that were counted."""
        return int(self.counts.sum())

    @property
    def right(self) -> int:
        """Of these, how many are said to be what they are."""
        return int(np.trace(self.counts))

    @cached_property
    def recall(self) -> NDArray[np.float64]:
        """(K,): the share of each class's pictures that is said to be of it."""
        diagonal = self.counts.diagonal()
        recall: NDArray[np.float64] = diagonal / self.counts.sum(1)  # each class has a picture
        return recall

    @cached_property
    def precision(self) -> NDArray[np.float64]:
        """(K,): the share of what is said to be of a class that is; NaN where nothing is."""
        said = self.counts[:, :-1].sum(0)
        precision: NDArray[np.float64] = np.full(len(said), np.nan)
        np.divide(self.counts.diagonal(), said, out=precision, where=said > 0)
        return precision

    @cached_property
    def f1(self) -> NDArray[np.float64]:
        """(K,): the harmonic mean of precision and recall, 2·TP / (said + true); 0 where nothing is right.

        Source: van Rijsbergen 1979, Information Retrieval, chapter 7.
        """
        f1: NDArray[np.float64] = 2 * self.counts.diagonal() / (self.counts[:, :-1].sum(0) + self.counts.sum(1))
        return f1

    def pairs(self, most: int) -> list[tuple[int, int, int]]:
        """Rows, columns and counts of the classes that are confused most often, of equal ones the first."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        rows, columns = np.unravel_index(order, wrong.shape)
        found = zip(rows.tolist(), columns.tolist(), wrong[rows, columns].tolist(), strict=True)
        return [(row, column, count) for row, column, count in found if count]


def wilson(right: int, total: int) -> tuple[float, float]:
    """Between which shares the true one lies, in 95 of 100 samples where `right` of `total` were; 0 and 1 for none.

    Source: Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    if not total:
        return 0.0, 1.0
    share, z = right / total, SURE**2 / total
    middle = (share + z / 2) / (1 + z)
    half = sqrt(share * (1 - share) * z + z * z / 4) / (1 + z)
    return max(0.0, middle - half), min(1.0, middle + half)


def among_first(truth: NDArray[np.int32], top: NDArray[np.int32], count: int) -> tuple[int, int]:
    """Of the pictures whose class is known, how many have it among the first `count` guesses of top (N, K), and how
    many there are."""
    known = (truth != UNKNOWN) & (top[:, 0] != UNKNOWN)
    hit = (top[known, :count] == truth[known, None]).any(1)
    return int(hit.sum()), int(known.sum())
