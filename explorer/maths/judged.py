"""What a network says of pictures, beside what they truly show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.maths.confusion import UNKNOWN, Confusion, among_first


@dataclass(frozen=True, eq=False)
class Judged:
    """N pictures. files: paths in their folder; labels: what classes are called; truth (N,) int32: the class of each,
    UNKNOWN where nobody said; top (N, K) int32 and chances (N, K) float32: the guesses, the best first, UNKNOWN where
    there is none."""

    files: tuple[str, ...]
    labels: tuple[str, ...]
    truth: NDArray[np.int32]
    top: NDArray[np.int32]
    chances: NDArray[np.float32]

    def label(self, number: int) -> str:
        """What a class is called."""
        return self.labels[number] if 0 <= number < len(self.labels) else f"class {number}"

    @cached_property
    def said(self) -> NDArray[np.int32]:
        """(N,): the first guesses."""
        return self.top[:, 0]

    @cached_property
    def confusion(self) -> Confusion:
        """How often each class is said to be which."""
        return Confusion.of(self.truth, self.said)

    @cached_property
    def mistakes(self) -> NDArray[np.int64]:
        """Numbers of the pictures that are said to be what they are not, the surest first."""
        wrong = np.nonzero((self.truth != UNKNOWN) & (self.said != UNKNOWN) & (self.truth != self.said))[0]
        return wrong[np.argsort(-self.chances[wrong, 0], kind="stable")]

    def among_first(self, count: int) -> tuple[int, int]:
        """Of the pictures whose class is known, how many have it among their first guesses, and how many there are."""
        return among_first(self.truth, self.top, count)

    def has_guesses(self, count: int) -> bool:
        """Whether there are so many; where a network has fewer classes, each picture has its class among them all."""
        return bool(self.top.shape[1] >= count)

    def in_cell(self, row: int, column: int) -> NDArray[np.int64]:
        """Numbers of the pictures that a cell of the confusion counts."""
        classes = np.array(self.confusion.classes)
        is_said = self.said == classes[column] if column < len(classes) else ~np.isin(self.said, [*classes, UNKNOWN])
        return np.nonzero((self.truth == classes[row]) & is_said)[0]
