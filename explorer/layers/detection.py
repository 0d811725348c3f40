"""Heads of detectors: the last layer, whose numbers are boxes."""

from __future__ import annotations

from typing import Any

from explorer.layers.sliding import image
from explorer.network.layer import Layer, Shape, ShapeError
from explorer.network.settings import Sizes, setting


class Yolo(Layer, group="Detection"):
    """In each cell of the grid, one box for each anchor: its middle, size, chance to hold something, and of each class.

    For each anchor 5 + C channels: x and y of the middle within the cell, the logarithms of width and height in
    anchors, objectness, then the classes. Middle and objectness go through a sigmoid, the classes through a sigmoid or
    a softmax, the sizes stay as they are; `explorer.maths.yolo` makes boxes of it.
    Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242; 2018, YOLOv3, arXiv:1804.02767, sections 2.1 and 2.2.
    """

    anchors: Sizes = setting(
        ((81.0, 82.0), (135.0, 169.0), (344.0, 319.0)), "sizes",
        "the usual sizes of boxes, one box a cell for each: width × height in pixels of the network's input",
        low=0.001, high=65536,
    )  # fmt: skip
    classes: int = setting(80, "number", "kinds of things it tells apart", letters="C K", low=1)
    chances: str = setting(
        "sigmoid", "choice", "how classes become chances: each by itself, or all together 1 (YOLOv2)",
        choices=("sigmoid", "softmax"),
    )  # fmt: skip
    reach: float = setting(1.0, "fraction", "above 1 a middle can get to the cell's very edge (YOLOv4)", low=1, high=2)
    suppression: str = setting(
        "IoU", "choice", "what tells that two boxes are of one thing: overlap, or overlap and distance of the middles",
        choices=("IoU", "DIoU"),
    )  # fmt: skip

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
        each = f"4 for where it is, 1 for whether something is there, {self.classes} for what"
        boxes = h * w * len(self.anchors)
        return (
            f"{h}×{w} cells with {len(self.anchors)} anchors: {boxes:,} boxes of {5 + self.classes} numbers ({each}).",
        )

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Yolo(len(self.anchors), self.classes, self.chances, self.reach)

    def brief(self) -> str:
        return f"{len(self.anchors)} anchors · {self.classes}"
