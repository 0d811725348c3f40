"""Building up a sum, or a maximum, number by number: what an explanation shows step by step."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from explorer.maths.explanations import Explanation, Window

if TYPE_CHECKING:  # see explorer.maths.records
    import numpy as np
    from numpy.typing import NDArray

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

    everything: tell all parts one by one. Parts of which neither a sum nor a maximum is made stay in their order, and
    there is nothing to build up.
    """

    def __init__(self, explanation: Explanation, everything: bool = False) -> None:
        self.windows = explanation.windows
        parts = [
            Part(number, channel, amount)
            for number, window in enumerate(self.windows)
            for channel, amount in enumerate(_amounts(window))
        ]
        alike = len({window.gathered for window in self.windows} - {""}) == 1
        self.builds = bool(explanation.steps) and alike and sum(map(self.cells, parts)) > 1
        if self.builds and self.gathered == "sum":
            parts.sort(key=lambda part: (-abs(part.amount), part.window, part.channel))
        self.parts = tuple(parts)
        self.told = len(parts) if everything or len(parts) <= SHOWN + 1 else SHOWN
        self._ends = [0]
        self._before = [0.0]
        for part in self.parts[: self.told] if self.builds else ():
            self._ends.append(self._ends[-1] + ceil(self.cells(part) / self._pace(part)))
            self._before.append(self._before[-1] + part.amount)

    @property
    def gathered(self) -> str:
        """Whether a sum or a maximum is made."""
        return self.windows[0].gathered if self.windows else ""

    @property
    def steps(self) -> int:
        """From nothing to all."""
        return self._ends[-1] + (self.builds and self.others > 0)

    @property
    def others(self) -> int:
        """How many parts are told as one."""
        return len(self.parts) - self.told

    @property
    def rest(self) -> float:
        """What the parts that are told as one put in together."""
        return sum(part.amount for part in self.parts[self.told :])

    def cells(self, part: Part) -> int:
        """How many numbers a part has."""
        return int(self.windows[part.window].padded.size)

    def end_of(self, part: int) -> int:
        """The step after which a part is in."""
        return self._ends[min(part + 1, len(self._ends) - 1)] if part < self.told else self.steps

    def stand(self, step: int) -> Stand:
        """How far it is after so many steps."""
        step = max(0, min(step, self.steps))
        if step > self._ends[-1]:
            return Stand(self.told, 0, self._before[-1] + self.rest)
        part = max(0, next(number for number, end in enumerate(self._ends) if end >= step) - 1)
        one = self.parts[part]
        cells = min(self.cells(one), (step - self._ends[part]) * self._pace(one))
        taken = self.products(one).ravel()[:cells]
        if self.gathered == "max":
            return Stand(part, cells, float(taken.max()) if cells else float("-inf"))
        return Stand(part, cells, self._before[part] + float(taken.sum()))

    def products(self, part: Part) -> NDArray[np.float64]:
        """The numbers of a part that come together (h, w)."""
        window = self.windows[part.window]
        values: NDArray[np.float64] = window.values[part.channel].astype("float64")
        return values if window.weights is None else values * window.weights[part.channel]

    def _pace(self, part: Part) -> int:
        cells = self.cells(part)
        wide: int = self.windows[part.window].padded.shape[1]
        if cells <= STEPS:
            return 1
        rows = ceil(cells / wide / STEPS)
        return wide * rows


def _amounts(window: Window) -> list[float]:
    amounts = window.values.max((1, 2)) if window.gathered == "max" else window.sums
    found: list[float] = amounts.tolist()
    return found
