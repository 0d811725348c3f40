"""Which of torchvision's detectors weights belong to, by their names and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.formats.checkpoint.recognition import prefixes
from explorer.network.layer import Shape

REGIONS, LANDMARKS = "roi_heads.box_predictor.cls_score.weight", "roi_heads.keypoint_predictor.kps_score_lowres.weight"
CLASSES = {
    REGIONS: 1,
    "head.classification_head.module_list.0.weight": 4,
    "head.classification_head.module_list.0.1.weight": 6,
    "head.classification_head.cls_logits.weight": 0,
}
"""The weights with a row for each class, and for how many anchors; 0 where another map tells it."""
OFFSETS = "head.regression_head.bbox_reg.weight"
"""Where the number of anchors is told: four rows for each."""
MARKS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "ssdlite320_mobilenet_v3_large": ("head.classification_head.module_list.0.1.weight", ("backbone.features.",), ()),
    "ssd300_vgg16": ("head.classification_head.module_list.0.weight", ("backbone.scale_weight",), ()),
    "fcos_resnet50_fpn": (
        "head.classification_head.cls_logits.weight", ("backbone.body.layer4.", "head.regression_head.bbox_ctrness."),
        (),
    ),
    "retinanet_resnet50_fpn_v2": (
        "head.classification_head.cls_logits.weight",
        ("backbone.body.layer4.", "head.classification_head.conv.0.1."), ("head.regression_head.bbox_ctrness.",),
    ),
    "retinanet_resnet50_fpn": (
        "head.classification_head.cls_logits.weight", ("backbone.body.layer4.",),
        ("head.regression_head.bbox_ctrness.",),
    ),
    "maskrcnn_resnet50_fpn_v2": (
        REGIONS, ("backbone.body.layer4.", "rpn.head.conv.1.", "roi_heads.mask_predictor."), (),
    ),
    "maskrcnn_resnet50_fpn": (REGIONS, ("backbone.body.layer4.", "roi_heads.mask_predictor."), ()),
    "keypointrcnn_resnet50_fpn": (REGIONS, ("backbone.body.layer4.", LANDMARKS), ()),
    "fasterrcnn_resnet50_fpn_v2": (REGIONS, ("backbone.body.layer4.", "rpn.head.conv.1."), ()),
    "fasterrcnn_resnet50_fpn": (REGIONS, ("backbone.body.layer4.",), ()),
    "fasterrcnn_mobilenet_v3_large_fpn": (REGIONS, ("backbone.body.0.0.", "backbone.fpn."), ()),
}  # fmt: skip
"""By torchvision's name: the weights that tell the classes; how further names begin; how none begins. The first that
fits is it."""
TWINS = {"fasterrcnn_mobilenet_v3_large_fpn": "fasterrcnn_mobilenet_v3_large_320_fpn"}
"""What the same weights fit as well: it looks at smaller pictures."""
DEPTHS: dict[tuple[tuple[int, ...], bool], int] = {
    ((2, 2, 2, 2), False): 18, ((3, 4, 6, 3), False): 34, ((3, 4, 6, 3), True): 50, ((3, 4, 23, 3), True): 101,
    ((3, 8, 36, 3), True): 152,
}  # fmt: skip
"""Of a ResNet, by the blocks of its four stages and whether these have three convolutions."""
FULL_TAIL = 160
"""Channels of the last blocks of MobileNet V3 in SSDlite, where it began as a classifier; else they are half as many.
"""


@dataclass(frozen=True)
class Detector:
    """One of torchvision's detectors, as weights have it.

    name: torchvision's. classes: scores of a box, that of nothing included. names: in the file, by those that
    torchvision's module has. depth: of its ResNet, 0 where it has none. full: whether an SSDlite's last blocks are as
    wide as those of the classifier that it began as. points: landmarks of a thing. frozen: whether its normalisation
    was not trained, so that no steps were counted.
    """

    name: str
    classes: int
    names: Mapping[str, str]
    depth: int = 0
    full: bool = False
    points: int = 0
    frozen: bool = False


def detector(shapes: Mapping[str, Shape], counters: bool) -> Detector | None:
    """The detector whose weights have these names and shapes, or None; counters: whether there are whole numbers, too,
    as trained normalisation has them."""
    for prefix in prefixes(shapes):
        names = {name.removeprefix(prefix): name for name in shapes if name.startswith(prefix)}
        plain = {name: shapes[full] for name, full in names.items()}
        for name, (rows, there, not_there) in MARKS.items():
            if rows not in plain or any(_some(plain, mark) for mark in not_there):
                continue
            classes = _classes(plain, rows)
            depth = _depth(plain) if any(mark.startswith("backbone.body.layer") for mark in there) else 0
            if not all(_some(plain, mark) for mark in there) or not classes or depth is None:
                continue
            if depth not in (0, 50) and not name.endswith("rcnn_resnet50_fpn"):
                continue  # torchvision builds the others on ResNet-50 alone
            tail = plain.get("backbone.features.1.0.3.0.weight", (0,))[0]
            points = plain[LANDMARKS][1] if name.startswith("keypoint") and len(plain[LANDMARKS]) == 4 else 0
            return Detector(name, classes, names, depth, tail >= FULL_TAIL, points, not counters)
    return None


def _some(names: Mapping[str, Shape], begins: str) -> bool:
    return any(name.startswith(begins) for name in names)


def _classes(plain: Mapping[str, Shape], rows: str) -> int:
    """Classes with that of nothing; 0 where the shapes tell none."""
    shape, anchors = plain[rows], CLASSES[rows]
    if not anchors:
        anchors = next(iter(plain.get(OFFSETS, ())), 0) // 4
    if not shape or not anchors or shape[0] % anchors or shape[0] // anchors < 2:
        return 0
    return shape[0] // anchors


def _depth(plain: Mapping[str, Shape]) -> int | None:
    """Of the ResNet in it; None for one that nobody knows."""
    counts = tuple(_blocks(plain, f"backbone.body.layer{stage}.") for stage in range(1, 5))
    return DEPTHS.get((counts, "backbone.body.layer1.0.conv3.weight" in plain))


def _blocks(plain: Mapping[str, Shape], begins: str) -> int:
    return len({name.removeprefix(begins).partition(".")[0] for name in plain if name.startswith(begins)})
