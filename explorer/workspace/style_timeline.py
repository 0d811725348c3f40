"""The pictures a studio made, kept moment by moment: one can go back to each, and branch off from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from explorer.maths.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 48
"""Moments that a branch keeps; when there are more, those go that leave the smallest gaps."""
LEAST = 4
"""The same, however large the pictures are."""
NEWEST = 8
"""Moments at the end that stay as close together as they came: one goes back from there most often."""
MEMORY = 256_000_000
"""Bytes that the pictures of a branch may take."""


@dataclass(frozen=True, eq=False)
class Moment:
    """One answer of the engine: the picture (H, W, 3) uint8 after `step` steps, what it was made with, and its costs.

    result: the engine's own record, which it goes on from. made: the settings and pictures, a `StyleSetup`.
    """

    step: int
    picture: NDArray[np.uint8]
    result: Any
    made: Any


@dataclass(frozen=True, eq=False)
class Costs:
    """What each step cost: by the name of a line, steps and values of equal length."""

    lines: Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]] = field(default_factory=dict)

    def added(self, costs: Mapping[str, tuple[list[int], list[float]]]) -> Costs:
        """These lines, longer."""
        lines = dict(self.lines)
        for name, (steps, values) in costs.items():
            before = lines.get(name, ((), ()))
            lines[name] = (*before[0], *steps), (*before[1], *values)
        return Costs(lines)

    def until(self, step: int) -> Costs:
        """These lines up to a step, and with it."""
        lines = {}
        for name, (steps, values) in self.lines.items():
            count = sum(one <= step for one in steps)
            lines[name] = steps[:count], values[:count]
        return Costs(lines)


def thinned(moments: tuple[Moment, ...], most: int) -> tuple[Moment, ...]:
    """At most so many of the moments: the first, the newest, and between them some whose steps lie about evenly, so
    that one can go back to any part of a long run."""
    newest = min(NEWEST, most // 3)
    while len(moments) > max(2, most):
        inner = range(1, len(moments) - max(1, newest))
        least = min(inner, key=lambda place: moments[place + 1].step - moments[place - 1].step)
        moments = (*moments[:least], *moments[least + 1 :])
    return moments


@dataclass(frozen=True, eq=False)
class Branch:
    """Moments in the order of their steps. parent, at: where it left another branch, -1 for the first one."""

    moments: tuple[Moment, ...] = ()
    costs: Costs = Costs()
    parent: int = -1
    at: int = 0

    def followed(self, moment: Moment) -> Branch:
        """This branch with one more moment."""
        most = max(LEAST, min(MOST, MEMORY // max(1, moment.picture.nbytes)))
        return replace(self, moments=thinned((*self.moments, moment), most))


@dataclass(frozen=True, eq=False)
class Timeline:
    """All branches, which one is looked at, and which moment of it."""

    branches: tuple[Branch, ...] = (Branch(),)
    branch: int = 0
    place: int = -1  # in the branch; -1 where it is empty

    @property
    def now(self) -> Branch:
        """The branch that is looked at."""
        return self.branches[self.branch]

    @property
    def moment(self) -> Moment | None:
        """What is looked at; None at the very beginning."""
        return self.now.moments[self.place] if 0 <= self.place < len(self.now.moments) else None

    @property
    def at_end(self) -> bool:
        """Whether the newest moment of the branch is looked at."""
        return self.place == len(self.now.moments) - 1

    def followed(self, moment: Moment, costs: Mapping[str, tuple[list[int], list[float]]]) -> Timeline:
        """One more moment at the end of the branch, and a look at it."""
        now = self.now
        branch = replace(now.followed(moment), costs=now.costs.added(costs))
        branches = (*self.branches[: self.branch], branch, *self.branches[self.branch + 1 :])
        return Timeline(branches, self.branch, len(branch.moments) - 1)

    def looked(self, place: int) -> Timeline:
        """Another moment of the branch."""
        return replace(self, place=min(max(place, 0), len(self.now.moments) - 1))

    def switched(self, branch: int) -> Timeline:
        """The end of another branch."""
        branch = min(max(branch, 0), len(self.branches) - 1)
        return Timeline(self.branches, branch, len(self.branches[branch].moments) - 1)

    def begun(self) -> Timeline:
        """A new branch without a moment yet, that left none."""
        return Timeline((*self.branches, Branch()), len(self.branches))

    def branched(self) -> Timeline:
        """A new branch that begins with what led to the moment that is looked at; the old one stays as it is.

        At the end of a branch there is nothing to leave behind, so it is gone on with.
        """
        moment = self.moment
        if moment is None or self.at_end:
            return self
        begun = Branch(self.now.moments[: self.place + 1], self.now.costs.until(moment.step), self.branch, moment.step)
        return Timeline((*self.branches, begun), len(self.branches), self.place)
