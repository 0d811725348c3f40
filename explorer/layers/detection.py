"""Heads of detectors: the last layer, whose numbers are boxes."""

from __future__ import annotations

from typing import Any

from explorer.layers.sliding import image
from explorer.network.layer import Layer, Shape, ShapeError, described
from explorer.network.settings import Sizes, setting
from explorer.network.symbol import Constant

STAGE = Constant(6, "A chance for nothing and one for something, and how far off each of the four sides lies.")
POINT = Constant(2, "Each point lies so far across and so far down.")


class Yolo(Layer, group="Detection"):
    """In each cell of the grid, one box for each anchor: its middle, size, chance to hold something, and of each class.

    For each anchor 5 + C channels: x and y of the middle within the cell, width and height as the anchor's growth,
    objectness, then the classes. Middle and objectness go through a sigmoid, the classes through a sigmoid or a
    softmax, the sizes stay as they are; where growth is "square", what enters has gone through a sigmoid already.
    `explorer.maths.yolo` makes boxes of it.
    Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242; 2018, YOLOv3, arXiv:1804.02767, sections 2.1 and 2.2;
    "square" is new_coords of Darknet's YOLOv4-csp: Wang et al. 2020, Scaled-YOLOv4, arXiv:2011.08036.
    """

    anchors: Sizes = setting(
        ((81.0, 82.0), (135.0, 169.0), (344.0, 319.0)), "sizes",
        "the usual sizes of boxes, one box a cell for each: width × height in pixels of the network's input",
        low=0.001, high=65536,
    )  # fmt: skip
    classes: int = setting(
        80, "number", "kinds of things it tells apart; 0 where all are of one kind", letters="C K", low=0
    )
    chances: str = setting(
        "sigmoid", "choice", "how classes become chances: each by itself, or all together 1 (YOLOv2)",
        choices=("sigmoid", "softmax"),
    )  # fmt: skip
    reach: float = setting(1.0, "fraction", "above 1 a middle can get to the cell's very edge (YOLOv4)", low=1, high=2)
    suppression: str = setting(
        "IoU", "choice", "what tells that two boxes are of one thing: overlap, or overlap and distance of the middles",
        choices=("IoU", "DIoU"),
    )  # fmt: skip
    growth: str = setting(
        "exp", "choice",
        "how a box grows from its anchor: eᵗ, or (2σ)² of what a sigmoid before the head gives (scaled YOLOv4)",
        choices=("exp", "square"),
    )  # fmt: skip
    beta: float = setting(0.6, "fraction", "of DIoU: the power of the distance of the middles", low=0.01, high=5)

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        count = len(self.anchors)
        needed = count * (5 + self.classes)
        if c != needed:
            classes = int(self.classes)
            raise ShapeError(f"needs {count}·(5 + {classes}) = {int(needed)} channels, got {int(c)}")
        return needed, h, w

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        _, h, w = y
        what = f", {self.classes} for what" if self.classes else ""
        each = f"4 for where it is, 1 for whether something is there{what}"
        boxes = h * w * len(self.anchors)
        return (
            f"{h}×{w} cells with {len(self.anchors)} anchors: {boxes:,} boxes of {5 + self.classes} numbers ({each}).",
        )

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Yolo(len(self.anchors), self.classes, self.chances, self.reach, self.growth)

    def brief(self) -> str:
        return f"{len(self.anchors)} anchors · {self.classes}"


class Proposals(Layer, group="Detection"):
    """The first stage of a cascade: a small network slides over the picture in many sizes, and proposes boxes.

    Channels: chance of nothing and of something, then how far left, top, right and bottom of the box lie from those of
    what the unit sees, in parts of it. They are passed on as they are; `explorer.maths.cascade` makes boxes of them.
    Source: Zhang et al. 2016, Joint face detection and alignment using multi-task cascaded convolutional networks,
    arXiv:1604.02878, section II.
    """

    smallest: int = setting(20, "number", "side of the smallest thing to find, in pixels of the picture", low=1)
    factor: float = setting(
        0.709, "fraction", "how much smaller each picture is than the one before", low=0.1, high=0.95
    )
    least: float = setting(0.6, "fraction", "chance above which a box goes on to the next stage", low=0, high=1)
    within: float = setting(
        0.5, "fraction", "overlap from which a better box of the same size drops one", low=0, high=1
    )
    overlap: float = setting(0.7, "fraction", "the same among boxes of all sizes", low=0, high=1)

    def output(self, x: Shape) -> Shape:
        c, h, w = image(x)
        if c != STAGE:
            raise ShapeError(f"needs 2 + 4 = {STAGE} channels, chances and sides, got {int(c)}")
        return c, h, w

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Identity()

    def brief(self) -> str:
        return f"from {self.smallest} px · above {self.least:g}"


class Refinement(Layer, group="Detection"):
    """A later stage of a cascade: looks closer at each box that is left, drops it or moves its sides.

    Numbers: chance of nothing and of something, how far each side has to go in parts of the box, then across and down
    of each landmark, all across first. They are passed on as they are; `explorer.maths.cascade` makes boxes of them.
    Source: as of Proposals.
    """

    landmarks: int = setting(0, "number", "points it gives for each box, such as eyes and mouth", letters="L", low=0)
    least: float = setting(0.7, "fraction", "chance above which a box stays", low=0, high=1)
    overlap: float = setting(0.7, "fraction", "overlap from which a better box drops one", low=0, high=1)
    share: str = setting(
        "both", "choice", "overlap as part of what both boxes cover, or of the smaller one", choices=("both", "smaller")
    )

    def output(self, x: Shape) -> Shape:
        needed = STAGE + POINT * self.landmarks
        if len(x) != 1 or x[0] != needed:
            raise ShapeError(
                f"needs a vector of 2 + 4 + 2·{int(self.landmarks)} = {int(needed)} numbers, got {described(x)}"
            )
        return (needed,)

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Identity()

    def brief(self) -> str:
        return f"above {self.least:g}" + (f" · {self.landmarks} points" if self.landmarks else "")
