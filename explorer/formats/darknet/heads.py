"""The heads of YOLOv2 (region), and of YOLOv3 and v4 (yolo)."""

from __future__ import annotations

from explorer.formats.darknet.assembly import Assembly
from explorer.formats.darknet.sections import Section
from explorer.layers.activations import Sigmoid
from explorer.layers.detection import Yolo
from explorer.network.settings import Sizes

SUPPRESSIONS = {"default": "IoU", "cornersnms": "IoU", "greedynms": "DIoU", "diounms": "DIoU"}
"""What Darknet calls the ways to drop boxes of the same thing; cornersnms drops as default does."""
BETA = 0.6
"""The power of the distance; only diounms lets the text choose another."""


def yolo(a: Assembly, s: Section) -> None:
    """Anchors in pixels of the input, of which a head has those in its mask."""
    sizes = _sizes(s, (1.0, 1.0))
    mask = s.numbers("mask") or tuple(range(len(sizes)))
    if not all(0 <= index < len(sizes) for index in mask):
        raise s.fault(f"mask names anchors that are not among the {len(sizes)} there are")
    anchors = tuple(sizes[index] for index in mask)
    if s.number("new_coords", 0) > 1:
        raise s.fault(f"new_coords is {s.number('new_coords', 0)}, and only 0 and 1 are known here")
    growth = "square" if s.number("new_coords", 0) else "exp"
    if growth == "square" and not (a.ends and isinstance(a.nodes[a.ends[-1]].layer, Sigmoid)):
        told = "has new_coords=1 behind a layer that is not logistic, as texts of 2020 had"
        raise s.fault(f"{told}: write activation=logistic there and scale_x_y=2.0 here, as later ones have")
    reach = s.fraction("scale_x_y", 1)
    a.add(f"yolo{a.number}", Yolo, anchors, _classes(s), "sigmoid", reach, *_suppression(s, growth))


def region(a: Assembly, s: Section) -> None:
    """Anchors in cells of the grid."""
    s.expect(coords=4, background=0)
    if "tree" in s.settings or "map" in s.settings:
        raise s.fault("its classes form a tree, which is not known here")
    chances = "softmax" if s.number("softmax", 0) else "sigmoid"
    cell = (a.picture[2] / a.shape[-1], a.picture[1] / a.shape[-2]) if len(a.shape) == 3 else (1.0, 1.0)
    a.add(f"region{a.number}", Yolo, _sizes(s, cell), _classes(s), chances, 1.0, *_suppression(s, "exp"))


def _sizes(s: Section, unit: tuple[float, float]) -> Sizes:
    """All anchors, in pixels."""
    numbers, count = s.fractions("anchors"), s.number("num", 1, 1)
    if len(numbers) != 2 * count:
        raise s.fault(f"num={count} anchors need {2 * count} numbers, and there are {len(numbers)}")
    wide, high = unit
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return tuple((round(w * wide, 6), round(h * high, 6)) for w, h in pairs)


def _classes(s: Section) -> int:
    return s.number("classes", 20, 1)


def _suppression(s: Section, growth: str) -> tuple[str, str, float]:
    """The last settings of a head: how boxes are dropped, how they grow, and the power of the distance."""
    word = s.word("nms_kind", "default")
    if word not in SUPPRESSIONS:
        raise s.fault(f"nms_kind “{word[:30]}” is not known here, only {', '.join(SUPPRESSIONS)}")
    beta = s.fraction("beta_nms", BETA)
    return SUPPRESSIONS[word], growth, beta if word == "diounms" else BETA
