"""Heads of the detectors that torchvision has: boxes told from anchors, and a second look at regions."""

from __future__ import annotations

from typing import Any

from explorer.layers.sliding import image
from explorer.network.layer import Layer, Shape, ShapeError, Spans, described, everything
from explorer.network.settings import Sizes, setting
from explorer.network.symbol import Constant

SIDES = Constant(4, "How far the box lies from its anchor: four numbers.")
CENTRE = Constant(1, "How near the cell is to the middle of the thing.")


class AnchorHead(Layer, group="Detection", inputs=-1):
    """Boxes from one feature map: in each cell, for each anchor, a score for each class, and how the box differs.

    Inputs: class scores (A·K channels), offsets (A·4), and for FCOS centre-ness (A). They are passed on as they are,
    one behind the other; `explorer.maths.anchored` makes boxes of them. “centre and size”: x = x_a + t_x/v·w_a,
    w = w_a·exp(t_w/u). “four sides”: left = x_a − t_l·w_a, and so on. Source: Liu et al. 2016, SSD, arXiv:1512.02325,
    section 2; Lin et al. 2017, RetinaNet, arXiv:1708.02002; Tian et al. 2019, FCOS, arXiv:1904.01355.
    """

    anchors: Sizes = setting(
        ((32.0, 32.0), (64.0, 64.0)), "sizes",
        "the boxes that others are told from: width × height in pixels of the network's input", low=0.001, high=65536,
    )  # fmt: skip
    classes: int = setting(91, "number", "scores for each anchor, that of nothing included", letters="C K", low=1)
    chances: str = setting(
        "sigmoid", "choice",
        "how scores become chances: each by itself, or all together 1, the first of them for nothing",
        choices=("sigmoid", "softmax"),
    )  # fmt: skip
    sides: str = setting(
        "centre and size", "choice", "what the four offsets of a box are",
        choices=("centre and size", "four sides"),
    )  # fmt: skip
    step: float = setting(
        0.0,
        "fraction",
        "pixels from one cell's anchors to the next; 0 for input / cells, rounded down",
        low=0,
        high=65536,
    )
    start: float = setting(
        0.0,
        "fraction",
        "where in its cell anchors have their middle: 0 its left top corner, 0.5 its middle",
        low=0,
        high=1,
    )
    shift: float = setting(1.0, "fraction", "v, which moves of the middle are divided by", low=0.001, high=1000)
    growth: float = setting(1.0, "fraction", "u, which the logarithms of sizes are divided by", low=0.001, high=1000)
    best: int = setting(
        1000, "number", "scores, the best, that go on: of this map, or with softmax of each class; 0 for all", low=0
    )
    most: int = setting(300, "number", "boxes that are left at most in the end; 0 for all", low=0)

    def output(self, *x: Shape) -> Shape:
        if len(x) not in (2, 3):
            raise ShapeError(f"needs class scores, offsets, and centre-ness where there is some, got {len(x)} inputs")
        count, (_, h, w) = len(self.anchors), image(x[0])
        each = self.classes + SIDES + CENTRE if len(x) == 3 else self.classes + SIDES
        for shape, numbers, what in zip(x, (self.classes, 4, 1), ("scores", "offsets", "centre-ness"), strict=False):
            if image(shape)[0] != count * numbers:
                told = f"{count}·{int(numbers)} = {int(count * numbers)} channels of {what}"
                raise ShapeError(f"needs {told}, got {int(shape[0])}")
            if shape[1:] != x[0][1:]:
                raise ShapeError(f"needs maps of one size, got {' and '.join(map(described, x))}")
        return count * each, h, w

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        _, h, w = y
        count = len(self.anchors)
        return (f"{h}×{w} cells with {count} anchor{'s' * (count > 1)}: {h * w * count:,} boxes told from anchors.",)

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.Concat()

    def brief(self) -> str:
        return f"{len(self.anchors)} anchors · {self.classes}"


class RoIAlign(Layer, group="Detection", inputs=-1):
    """Cut the feature maps of each proposed region out, all in one size: the step between two stages of Faster R-CNN.

    Inputs: feature maps, from the finest on, then the heads that propose regions. When a detector looks for things, the
    best proposals are cut out, each of the map that suits its size, and what lies behind runs for each. On the canvas
    one region stands for them: the whole picture, cut out of the coarsest map. Source: He et al. 2017, Mask R-CNN,
    arXiv:1703.06870, section 3; which map: Lin et al. 2017, Feature pyramid networks, arXiv:1612.03144, equation 1.
    """

    size: int = setting(7, "number", "rows and columns of what is cut out", letters="s", low=1, high=1024)
    samples: int = setting(
        2, "number", "points that are blended and averaged for each number, along each axis", low=1, high=64
    )
    levels: int = setting(
        4, "number", "inputs, the first ones, that are feature maps; the others propose", low=1, high=16
    )
    proposals: int = setting(1000, "number", "regions, the best, that are looked at", low=1)
    overlap: float = setting(
        0.7, "fraction", "overlap from which a better region of the same map drops one", low=0, high=1
    )
    least: float = setting(
        0.0, "fraction", "chance to hold something, from which on a region is looked at", low=0, high=1
    )

    def output(self, *x: Shape) -> Shape:
        if len(x) < self.levels:
            raise ShapeError(f"needs {int(self.levels)} feature maps before what proposes, got {len(x)} inputs")
        maps = [image(shape) for shape in x[: int(self.levels)]]
        if len({shape[0] for shape in maps}) != 1:
            raise ShapeError(f"needs feature maps with equal channels, got {' and '.join(map(described, maps))}")
        return maps[0][0], self.size, self.size

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans)

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        return (
            f"Here the whole picture is the only region. A detection cuts out up to {int(self.proposals):,} of them, "
            "and runs what lies behind for each.",
        )

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.RoIAlign(self.size, self.samples, self.levels)

    def brief(self) -> str:
        return f"{self.size}×{self.size} of {self.proposals} regions"


class RegionHead(Layer, group="Detection", inputs=-1):
    """The second look at a region: a score for each class, and how a box of that class differs from the region.

    Inputs: K scores, the first for nothing, and 4·K offsets, passed on one behind the other as they are;
    `explorer.maths.regions` makes boxes of them, as “centre and size” of an AnchorHead does. Source: Girshick 2015,
    Fast R-CNN, arXiv:1504.08083, section 2.2; Ren et al. 2015, Faster R-CNN, arXiv:1506.01497.
    """

    classes: int = setting(91, "number", "scores, that of nothing included", letters="C K", low=2)
    shift: float = setting(10.0, "fraction", "v, which moves of the middle are divided by", low=0.001, high=1000)
    growth: float = setting(5.0, "fraction", "u, which the logarithms of sizes are divided by", low=0.001, high=1000)
    most: int = setting(100, "number", "boxes that are left at most in the end; 0 for all", low=0)

    def output(self, *x: Shape) -> Shape:
        wanted = ((self.classes,), (4 * self.classes,))
        if x != wanted:
            told = f"{int(self.classes)} scores and 4·{int(self.classes)} = {int(4 * self.classes)} offsets"
            raise ShapeError(f"needs {told}, got {' and '.join(map(described, x))}")
        return (self.classes + SIDES * self.classes,)

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.Concat()

    def brief(self) -> str:
        return f"{self.classes} classes"


class MaskHead(Layer, group="Detection"):
    """A closer look at each box that was found: which part of it is of the thing, told in a map for each class.

    Passed on as it is; of the box's class, σ(t) is how sure a part is, and `explorer.maths.masks` makes pixels of that.
    On the canvas the whole picture stands for a box. Source: He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 3.
    """

    classes: int = setting(91, "number", "maps, that of nothing included", letters="C K", low=1)

    def output(self, x: Shape) -> Shape:
        return _told(x, self.classes, "classes")

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Identity()

    def brief(self) -> str:
        return f"{self.classes} classes"


class KeypointHead(Layer, group="Detection"):
    """A closer look at each box that was found: where each point of the thing is, told in a map for each.

    Passed on as it is; a point lies where its map, as large as the box, is highest. On the canvas the whole picture
    stands for a box. Source: He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 5.
    """

    points: int = setting(17, "number", "points of a thing, such as a person's joints", letters="L", low=1)

    def output(self, x: Shape) -> Shape:
        return _told(x, self.points, "points")

    def module(self, nn: Any, x: Shape) -> Any:
        return nn.Identity()

    def brief(self) -> str:
        return f"{self.points} points"


def _told(x: Shape, count: int, of: str) -> Shape:
    """A map for each of some things. Raises ShapeError."""
    if image(x)[0] != count:
        raise ShapeError(f"needs a map for each of {int(count)} {of}, got {described(x)}")
    return x
