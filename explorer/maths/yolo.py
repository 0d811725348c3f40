"""From the numbers of a YOLO head to boxes: where each is, what it may hold, and which are worth a look.

b_x = (σ(t_x) + column) / W, b_w = p_w·exp(t_w) / input width, and so on for y and h; the score of a class is
objectness · chance. Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242, section 2; 2018, arXiv:1804.02767,
section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Grid:
    """All boxes of one head.

    boxes: (A, H, W, 4) left, top, right, bottom, as shares of the network's input, which they may leave.
    objectness: (A, H, W), whether something is there. chances: (C, A, H, W) of each class, if so.
    """

    boxes: Floats
    objectness: Floats
    chances: Floats


@dataclass(frozen=True, eq=False)
class Candidates:
    """Boxes of one class each, the highest score first; a box that may be two things is here twice.

    boxes: (N, 4) left, top, right, bottom. classes: (N,) whole numbers. scores: (N,) in [0, 1].
    """

    boxes: Floats
    classes: NDArray[np.int64]
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def taken(self, places: Sequence[int] | NDArray[np.int64]) -> Candidates:
        """Those at some places."""
        places = np.asarray(places, np.int64)
        return Candidates(self.boxes[places], self.classes[places], self.scores[places])


def decoded(values: Floats, anchors: Sequence[tuple[float, float]], size: tuple[int, int]) -> Grid:
    """The boxes in what a head puts out (A·(5 + C), H, W), middles and chances between 0 and 1 already.

    anchors: width and height in pixels of the network's input, of which size is (height, width).
    """
    _, high, wide = values.shape
    parts = values.reshape(len(anchors), -1, high, wide)  # [A, 5 + C, H, W]
    sizes = (
        np.asarray(anchors, np.float32)[:, :, None, None] / np.asarray(size[::-1], np.float32)[:, None, None]
    )  # [A, 2, 1, 1]
    row, column = np.ogrid[:high, :wide]
    x, y = (parts[:, 0] + column) / wide, (parts[:, 1] + row) / high  # [A, H, W]
    with np.errstate(over="ignore"):  # an untrained head may say anything
        w, h = (np.exp(parts[:, 2:4]) * sizes).swapaxes(0, 1)
    with np.errstate(invalid="ignore"):
        boxes = np.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2), -1).astype(np.float32)
    return Grid(boxes, parts[:, 4], parts[:, 5:].swapaxes(0, 1))


def candidates(grids: Sequence[Grid], least: float) -> Candidates:
    """What some heads hold with scores above `least`; boxes that are not finite are none."""
    boxes, classes, scores = [], [], []
    for grid in grids:
        found = grid.objectness * grid.chances  # [C, A, H, W]
        places = np.nonzero(found > least)
        boxes.append(grid.boxes[places[1:]])
        classes.append(places[0])
        scores.append(found[places])
    together = Candidates(
        np.concatenate([np.zeros((0, 4), np.float32), *boxes]),
        np.concatenate([np.zeros(0, np.int64), *classes]),
        np.concatenate([np.zeros(0, np.float32), *scores]),
    )
    order = np.argsort(-together.scores, kind="stable")
    return together.taken(order[np.isfinite(together.boxes[order]).all(1)])
