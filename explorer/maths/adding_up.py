"""Building up a sum, or a maximum, number by number: what an explanation shows step by step."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from explorer.maths.explanations import Explanation, Window

SHOWN = 12
"""Parts that are told one by one; the others are told as one, until they are asked for."""
STEPS = 64
"""In which a part is taken at most: one with more numbers is taken several at a time."""


@dataclass(frozen=True)
class Part:
    """What one channel of a window puts in."""

    window: int
    channel: int
    amount: float


@dataclass(frozen=True)
class Stand:
    """How far it is: in which part (as many as are told: the others together), how many of its numbers are in, and
    what has come together so far."""

    part: int
    cells: int
    amount: float


class AddingUp:
    """The parts of an explanation, those that put in most first, and the steps from nothing to all of them.

    everything: tell all parts one by one. Where neither a sum nor a maximum is made of them there is nothing to
    build up, and the largest come first.
    """

    def __init__(self, explanation: Explanation, everything: bool = False) -> None:
        self.windows = explanation.windows
        amounts = [w.values.max((1, 2)) if w.gathered == "max" else w.sums for w in self.windows]
        counts = [len(each) for each in amounts]
        self.count = sum(counts)
        alike = len({window.gathered for window in self.windows} - {""}) == 1
        cells = sum(window.values.size for window in self.windows)
        self.builds = bool(explanation.steps) and alike and cells > 1
        found = np.concatenate([np.zeros(0), *amounts]).astype(np.float64)
        order = np.argsort(-np.abs(found) if self.builds and self.gathered == "sum" else -found, kind="stable")
        self._amounts = found[order]
        self._window = np.repeat(np.arange(len(counts)), counts)[order]
        self._channel = np.concatenate([np.zeros(0, np.int64), *map(np.arange, counts)])[order]
        self.told = self.count if everything or self.count <= SHOWN + 1 else SHOWN
        told = self._window[: self.told if self.builds else 0]
        paces = np.array([-(-window.padded.size // _pace(window)) for window in self.windows], np.int64)
        self._ends = np.concatenate(([0], np.cumsum(paces[told]))).astype(np.int64)
        self._before = np.concatenate(([0.0], np.cumsum(self._amounts[: self.told])))
        self.strongest = float(np.abs(found).max(initial=0))

    @property
    def gathered(self) -> str:
        """Whether a sum or a maximum is made."""
        return self.windows[0].gathered if self.windows else ""

    @property
    def steps(self) -> int:
        """From nothing to all."""
        return int(self._ends[-1]) + (self.builds and self.others > 0)

    @property
    def others(self) -> int:
        """How many parts are told as one."""
        return self.count - self.told

    @property
    def rest(self) -> float:
        """What the parts that are told as one put in together."""
        return float(self._amounts[self.told :].sum())

    def part(self, number: int) -> Part:
        """A part by its place in the order."""
        return Part(int(self._window[number]), int(self._channel[number]), float(self._amounts[number]))

    def cells(self, part: Part) -> int:
        """How many numbers a part has."""
        return int(self.windows[part.window].padded.size)

    def end_of(self, number: int) -> int:
        """The step after which a part is in."""
        if not self.builds:
            return 0
        return int(self._ends[number + 1]) if number < self.told else self.steps

    def stand(self, step: int) -> Stand:
        """How far it is after so many steps."""
        step = max(0, min(step, self.steps))
        if step > self._ends[-1]:
            return Stand(self.told, 0, float(self._before[-1]) + self.rest)
        number = max(0, int(np.searchsorted(self._ends, step)) - 1)
        part = self.part(number)
        cells = min(self.cells(part), (step - int(self._ends[number])) * _pace(self.windows[part.window]))
        taken = self.products(part).ravel()[:cells]
        if self.gathered == "max":
            return Stand(number, cells, float(taken.max(initial=-np.inf)))
        return Stand(number, cells, float(self._before[number] + taken.sum()))

    def products(self, part: Part) -> NDArray[np.float64]:
        """The numbers of a part that come together (h, w)."""
        window = self.windows[part.window]
        values: NDArray[np.float64] = window.values[part.channel].astype(np.float64)
        return values if window.weights is None else values * window.weights[part.channel]


def _pace(window: Window) -> int:
    """How many numbers are taken in one step: single ones, or whole rows."""
    cells, wide = int(window.padded.size), int(window.padded.shape[1])
    return 1 if cells <= STEPS else wide * ceil(cells / wide / STEPS)
