"""What a one-shot detector is trained towards: objects of a picture, written into the cells of a grid.

Each object belongs to the cell its middle lies in, and there to the anchor whose shape is most like its own. In each
cell, for each anchor: p_c, b_x and b_y (the middle within the cell, 0 to 1), b_h and b_w (in cells, may be above 1),
and a 1 for the class. Source: Redmon et al. 2016, You only look once, arXiv:1506.02640, section 2; anchors: Redmon &
Farhadi 2016, YOLO9000, arXiv:1612.08242, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from explorer.maths.boxes import Box, iou
from explorer.maths.worked import Worked

Size = tuple[float, float]
"""Width and height."""

BOX = 5
"""Numbers of an anchor before its classes: p_c, b_x, b_y, b_h, b_w."""


@dataclass(frozen=True)
class Thing:
    """An object of a picture: its box in shares of the picture, and the number of its class."""

    box: Box
    kind: int


@dataclass(frozen=True)
class Slot:
    """A place for one object in the volume."""

    row: int
    column: int
    anchor: int


@dataclass(frozen=True, eq=False)
class Encoding:
    """What some objects are encoded as.

    volume: (rows, columns, A·(5 + C)). slots: of each thing, where it belongs. owners: by slot, which thing has it, the
    first that belongs there; the others find no place.
    """

    volume: NDArray[np.float64]
    slots: tuple[Slot, ...]
    owners: dict[Slot, int]

    @property
    def lost(self) -> tuple[int, ...]:
        """The things whose place another one has."""
        return tuple(i for i, slot in enumerate(self.slots) if self.owners[slot] != i)


def encoded(things: Sequence[Thing], grid: tuple[int, int], anchors: Sequence[Size], classes: int) -> Encoding:
    """Write things into a grid of (rows, columns); anchors in shares of the picture, as the boxes are."""
    depth = BOX + classes
    volume = np.zeros((*grid, len(anchors) * depth))
    slots = tuple(slot_of(thing.box, grid, anchors) for thing in things)
    owners: dict[Slot, int] = {}
    for number, (thing, slot) in enumerate(zip(things, slots, strict=True)):
        if owners.setdefault(slot, number) == number:
            part = volume[slot.row, slot.column, slot.anchor * depth : (slot.anchor + 1) * depth]
            part[:BOX] = 1, *worked_box(thing.box, grid).values()
            part[BOX + thing.kind] = 1
    return Encoding(volume, slots, owners)


def slot_of(box: Box, grid: tuple[int, int], anchors: Sequence[Size]) -> Slot:
    """Where an object belongs; of anchors that are equally alike to the first."""
    rows, columns = grid
    row = min(int((box[1] + box[3]) / 2 * rows), rows - 1)  # a middle on the picture's very edge is inside
    column = min(int((box[0] + box[2]) / 2 * columns), columns - 1)
    alike = likenesses(box, anchors)
    return Slot(row, column, alike.index(max(alike)))


def likenesses(box: Box, anchors: Sequence[Size]) -> list[Fraction]:
    """The IoU of a box with each anchor, both with their corner in one place: only shapes count."""
    shape = (0.0, 0.0, box[2] - box[0], box[3] - box[1])
    return [iou(shape, (0.0, 0.0, *anchor)) for anchor in anchors]


def worked_box(box: Box, grid: tuple[int, int]) -> dict[str, Worked]:
    """b_x, b_y, b_h and b_w of a box in shares of the picture, and how they come about."""
    rows, columns = grid
    left, top, right, bottom = (Worked(letter, side) for letter, side in zip("ltrb", box, strict=True))
    slot = slot_of(box, grid, [(1.0, 1.0)])
    wide, high = Worked("n_W", columns), Worked("n_H", rows)
    return {
        "b_x": wide * ((left + right) / 2) - Worked("column", slot.column),
        "b_y": high * ((top + bottom) / 2) - Worked("row", slot.row),
        "b_h": high * (bottom - top),
        "b_w": wide * (right - left),
    }


def entry_names(classes: Sequence[str]) -> list[str]:
    """What the numbers of one anchor are called."""
    return ["p_c", "b_x", "b_y", "b_h", "b_w", *(f"c_{number} {name}" for number, name in enumerate(classes, 1))]
