"""Non-maximum suppression one step at a time, forward and back: the value of every state.

For each class by itself: pick the best box that is left, compute its overlap with every other one, suppress those with
too much; the class with the best box comes first. Where a class has nothing left to compare, picking is all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.maths.suppression import Measure, Numbers, ious, suppressors
from explorer.maths.yolo import Candidates

Act = Literal["all", "threshold", "pick", "measure", "suppress", "done"]
WAITING, BELOW, KEPT, SUPPRESSED = range(4)
"""What becomes of a box."""


@dataclass(frozen=True, eq=False)
class State:
    """How far it is after a step.

    fates: (N,) uint8, what became of each box. best: the box that was picked last, −1 for none. rivals: (R,) boxes of
    its class that are left, the best first. overlaps: (R,) with each, once computed, else empty. goes: (R,) whether
    each is suppressed for it.
    """

    act: Act
    fates: NDArray[np.uint8]
    best: int
    rivals: NDArray[np.int64]
    overlaps: Numbers
    goes: NDArray[np.bool_]


class Steps:
    """All steps for some boxes, from those above no threshold at all to those that stay."""

    def __init__(self, found: Candidates, least: float, limit: float, measure: Measure = ious) -> None:
        self.found, self.least, self.limit, self.measure = found, least, limit, measure
        self._above = found.scores > least
        self._round = np.full(len(found), -1)  # in which a box is picked or suppressed
        self._picks: list[int] = []
        self._acts: list[tuple[Act, int]] = [("all", -1), ("threshold", -1)]
        first: dict[int, None] = dict.fromkeys(found.classes[self._above].tolist())
        for kind in first:
            of_kind = np.flatnonzero(self._above & (found.classes == kind))
            dropped_for = suppressors(found.boxes[of_kind], found.scores[of_kind], limit, measure)
            stay = np.flatnonzero(dropped_for == np.arange(len(of_kind)))
            rounds = np.searchsorted(stay, dropped_for)
            left = len(of_kind) - np.cumsum([0, *np.bincount(rounds)])[:-1]  # when each has its turn
            for number, count in enumerate(left.tolist(), len(self._picks)):
                self._acts.append(("pick", number))
                if count > 1:
                    self._acts += [("measure", number), ("suppress", number)]
            self._round[of_kind] = len(self._picks) + rounds
            self._picks += of_kind[stay].tolist()
        self._acts.append(("done", len(self._picks)))

    def __len__(self) -> int:
        return len(self._acts)

    def state(self, step: int) -> State:
        """The state after step number `step`."""
        act, number = self._acts[step]
        fates = np.full(len(self.found), WAITING, np.uint8)
        if act != "all":
            fates[~self._above] = BELOW
        decided = self._above & (self._round < number)
        fates[decided] = SUPPRESSED
        fates[self._picks[: max(0, number + 1)]] = KEPT
        nothing = np.zeros(0, np.int64)
        if act in ("all", "threshold", "done"):
            return State(act, fates, -1, nothing, np.zeros(0), np.zeros(0, bool))
        best, rivals = self._picks[number], self._rivals(number)
        goes = self._round[rivals] == number
        if act == "suppress":
            fates[rivals[goes]] = SUPPRESSED
        boxes = self.found.boxes
        overlaps = np.zeros(0) if act == "pick" else self.measure(boxes[best], boxes[rivals])
        return State(act, fates, best, rivals, overlaps, goes)

    def of_class(self, kind: int) -> int:
        """The step at which the boxes of a class have their turn; the last one for a class without any."""
        kinds = (int(self.found.classes[self._picks[number]]) if act == "pick" else -1 for act, number in self._acts)
        return next((step for step, of in enumerate(kinds) if of == kind), len(self) - 1)

    def _rivals(self, number: int) -> NDArray[np.int64]:
        best = self._picks[number]
        of_kind = self._above & (self.found.classes == self.found.classes[best])
        return np.flatnonzero(of_kind & (self._round >= number) & (np.arange(len(self.found)) != best))
