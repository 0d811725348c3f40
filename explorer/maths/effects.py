"""What changes in a network's answer when channels are switched off or scaled, as plain records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.maths.boxes import Box, iou
from explorer.maths.records import Guess

if TYPE_CHECKING:  # see explorer.maths.records
    import numpy as np
    from numpy.typing import NDArray

SAME = 0.5
"""Overlap from which two boxes of a class are taken to be the same thing, before and after."""


@dataclass(frozen=True)
class Shift:
    """One class, or one box, before and after: its probability or score in [0, 1]; None where a box was not found."""

    label: str
    index: int
    before: float | None
    after: float | None
    box: Box | None = None

    @property
    def change(self) -> float:
        """How much it gained."""
        return (self.after or 0.0) - (self.before or 0.0)


@dataclass(frozen=True)
class Outcome:
    """The answer without and with what is switched off or scaled: the likeliest of both, the likeliest first."""

    shifts: tuple[Shift, ...]


@dataclass(frozen=True, eq=False)
class ChannelEffects:
    """What a class loses by each channel of a node that is switched off alone, besides what is off already.

    falls: (C,) float64 of its probability; a channel that it gains by has one below zero. score_falls: of the number
    before the softmax, or again of the probability where there is none. Both are NaN for channels not tried yet.
    probability: with all of them on, in [0, 1].
    """

    node: str
    label: str
    index: int
    probability: float
    falls: NDArray[np.float64]
    score_falls: NDArray[np.float64]
    done: bool

    @property
    def order(self) -> NDArray[np.int64]:
        """The channels that were tried, those first by which its probability falls most; equal ones in their order."""
        return self.ordered()

    def ordered(self, by_score: bool = False) -> NDArray[np.int64]:
        """The same by the fall of the probability or of the score."""
        import numpy as np

        ranked = np.argsort(-(self.score_falls if by_score else self.falls), kind="stable")  # NaN comes last
        order: NDArray[np.int64] = ranked[: int(np.isfinite(self.falls).sum())]
        return order


def paired(before: Sequence[Guess], after: Sequence[Guess]) -> tuple[Shift, ...]:
    """Boxes before and after, each with the one of its class that it overlaps most, where that is half of both."""
    left, shifts = list(after), []
    for one in before:
        twins = [other for other in left if other.index == one.index and _overlap(one, other) >= SAME]
        twin = max(twins, key=lambda other: _overlap(one, other), default=None)
        if twin is not None:
            left.remove(twin)
        shifts.append(Shift(one.label, one.index, one.probability, twin.probability if twin else None, one.box))
    shifts += [Shift(one.label, one.index, None, one.probability, one.box) for one in left]
    return ordered(shifts)


def ordered(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    """The likeliest, before or after, first."""
    return tuple(sorted(shifts, key=lambda one: -max(one.before or 0.0, one.after or 0.0)))


def _overlap(one: Guess, other: Guess) -> float:
    return float(iou(one.box, other.box)) if one.box and other.box else 0.0
