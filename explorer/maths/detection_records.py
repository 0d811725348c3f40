"""What a detector finds in a folder's pictures, held against labels; the records cross to the window as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # as in `records`
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.average_precision import Scores
    from explorer.maths.box_matching import Flags, Found, Truth
    from explorer.maths.patch_records import Broken


@dataclass(frozen=True, eq=False)
class DetectionSet:
    """The labelled pictures that will be looked at. files: paths in the folder; labels: what the network's classes are
    called; meant: the network's class for each name in the labels that is called otherwise; strange: names that are no
    class of the network; notes: sentences on labels that were left out; untrained: whether any node has random
    weights."""

    folder: str
    files: tuple[str, ...]
    labels: tuple[str, ...]
    meant: tuple[tuple[str, str], ...]
    strange: tuple[str, ...]
    notes: tuple[str, ...]
    untrained: bool

    def label(self, number: int) -> str:
        """What a class is called."""
        return self.labels[number] if 0 <= number < len(self.labels) else f"class {number}"


@dataclass(frozen=True, eq=False)
class PictureFaults:
    """What a detector gets wrong in one picture, where it is seldom unsure. right (D,): boxes that are of a thing;
    neither (D,): boxes that count neither for nor against; missed (G,): things that have no box."""

    truth: Truth
    found: Found
    right: Flags
    neither: Flags
    missed: Flags

    @cached_property
    def surest(self) -> float:
        """The highest score of a box that is of nothing; 0 where there is none."""
        wrong = self.found.scores[~self.right & ~self.neither]
        return float(wrong.max()) if len(wrong) else 0.0

    def missed_of(self, kind: int) -> int:
        """How many things of a class have no box."""
        return int((self.missed & (self.truth.classes == kind)).sum())

    def surest_of(self, kind: int) -> float:
        """As `surest`, of the boxes of one class."""
        wrong = self.found.scores[~self.right & ~self.neither & (self.found.classes == kind)]
        return float(wrong.max()) if len(wrong) else 0.0


@dataclass(frozen=True, eq=False)
class DetectionEvaluation:
    """What is known of a DetectionSet so far; `done` of its pictures were seen, the broken ones among them.

    missed (N,) int32: things without a box in each picture; surest (N,) float32: the highest score of a box that is
    of nothing, each 0 where the picture was not seen. faults: by its number what is wrong in a picture, for the worst
    of both. notes: sentences on labels that do not fit their pictures.
    """

    done: int
    scores: Scores
    missed: NDArray[np.int32]
    surest: NDArray[np.float32]
    faults: dict[int, PictureFaults]
    broken: tuple[Broken, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def most_missed(self) -> list[int]:
        """Numbers of pictures in whose things most are missed, the worst first."""
        return _worst(self.missed)

    @cached_property
    def surest_wrong(self) -> list[int]:
        """Numbers of pictures in which something is found that is not there, the surest first."""
        return _worst(self.surest)


def _worst(values: NDArray[np.int32] | NDArray[np.float32]) -> list[int]:
    order = (-values).argsort(kind="stable")
    worst: list[int] = order[values[order] > 0].tolist()
    return worst
