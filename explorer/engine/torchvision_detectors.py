"""torchvision's detectors as networks of ours: what runs once becomes layers, what follows becomes settings of heads.

Backbone, feature pyramid and heads are traced as any module is; a head that torchvision runs on several maps is there
once for each, for two nodes cannot share weights. Anchors, thresholds and sizes are read off the module itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.engine.modules import L2Norm
from explorer.engine.torchvision_branches import branches
from explorer.engine.trace import Size, trace_with_outputs, weights
from explorer.engine.weights import Tensors, Weightless
from explorer.formats.recipes import ROUNDED
from explorer.layers.regions import AnchorHead, RegionHead, RoIAlign
from explorer.maths.sentences import Refusal
from explorer.network.network import Network, Node

SHARP = (
    "fasterrcnn_resnet50_fpn", "retinanet_resnet50_fpn", "maskrcnn_resnet50_fpn", "keypointrcnn_resnet50_fpn",
)  # fmt: skip
"""Their batch normalisation was trained with nothing added under the root, where it was frozen."""
ALIGN, BOXES, PROPOSALS, COUNTER = "roi_align", "boxes", "proposals", "num_batches_tracked"
TRIED = 64
"""Pixels of the picture that tells how the maps of a backbone lie to each other."""

Ends = list[Tensor]


class NoDetector(Refusal):
    """A file does not hold a detector's numbers."""


def built(name: str, frozen: bool = True, **settings: Any) -> Any:
    """torchvision's detector with shapes only, as it is built for its trained numbers. frozen: whether its
    normalisation was not trained; settings: as torchvision's builder takes them."""
    from torchvision.models import get_model

    with Weightless():
        module = get_model(name, weights=None, weights_backbone=None, **settings)
    if name in SHARP and frozen:
        for part in module.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.eps = 0.0
    return module.eval()


def load(module: nn.Module, state: Any) -> None:
    """Put a file's numbers into a detector: all of them, and all that it needs. Raises NoDetector.

    Where torchvision froze normalisation in training it counted no steps: such files lack the counters.
    """
    try:
        counters = {name: torch.tensor(0) for name in module.state_dict() if name.endswith(COUNTER)}
        module.load_state_dict({**counters, **state}, strict=True, assign=True)
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        raise NoDetector("The file does not hold the detector's numbers: get it again.") from error


def network_of(module: Any) -> Network:
    """The detector's network. Raises TraceError."""
    whole = _first(module)
    network, ends = trace_with_outputs(whole, input_size(module))
    heads = _anchor_heads(module)
    proposes = isinstance(whole, _Proposing)
    maps = len(whole.maps) if isinstance(whole, _Proposing) else 0
    each = (len(ends) - maps) // len(heads)
    nodes = dict(network.nodes)
    names = [f"{PROPOSALS if proposes else BOXES}.{number}" for number in range(len(heads))]
    for number, (id, head) in enumerate(zip(names, heads, strict=True)):
        start = maps + number * each
        nodes[id] = Node(id, head, ends[start : start + each])
    if proposes:
        _look_again(module, nodes, ends[:maps], names)
    return Network(nodes)


def numbers(module: Any, network: Network) -> Tensors:
    """The detector's numbers for its network, by `node id.parameter`."""
    whole = _first(module)
    if hasattr(module, "roi_heads"):
        whole.roi_heads = module.roi_heads
    return weights(whole, network)


def input_size(module: Any) -> Size:
    """Of the Input: fixed, or for a picture a third wider than high in the size that the detector looks at it."""
    way = module.transform
    if way.fixed_size is not None:
        return 3, way.fixed_size[1], way.fixed_size[0]
    high = way.min_size[-1]
    return 3, -(-high // ROUNDED) * ROUNDED, -(-(high * 4 // 3) // ROUNDED) * ROUNDED


def _first(module: Any) -> nn.Module:
    """What runs on the whole picture."""
    if hasattr(module, "roi_heads"):
        return _Proposing(module)
    return {"SSD": _Ssd, "RetinaNet": _Dense, "FCOS": _Dense}[type(module).__name__](module)


def _look_again(module: Any, nodes: dict[str, Node], maps: tuple[str, ...], proposers: list[str]) -> None:
    """Add the second stage: what is cut out of the maps, and what looks at it."""
    pool, first, heads = module.roi_heads.box_roi_pool, module.rpn, module.roi_heads
    rule = RoIAlign(
        pool.output_size[0],
        pool.sampling_ratio,
        len(maps),
        first.post_nms_top_n(),
        first.nms_thresh,
        first.score_thresh,
    )
    nodes[ALIGN] = Node(ALIGN, rule, (*maps, *proposers))
    second, ends = trace_with_outputs(_SecondStage(module), (module.backbone.out_channels, rule.size, rule.size))
    for id, node in second.nodes.items():
        if node.inputs:
            nodes[id] = Node(id, node.layer, tuple(ALIGN if i == "input" else i for i in node.inputs))
    x, _, w, _ = heads.box_coder.weights
    classes = heads.box_predictor.cls_score.out_features
    nodes[BOXES] = Node(BOXES, RegionHead(classes, float(x), float(w), heads.detections_per_img), ends)
    nodes.update(branches(module, maps, BOXES))


def _anchor_heads(module: Any) -> list[AnchorHead]:
    """The heads of all maps, from the finest on."""
    kind, first = type(module).__name__, getattr(module, "rpn", module)
    generator = first.anchor_generator
    if kind == "SSD":
        across, down = module.transform.fixed_size
        x, _, w, _ = module.box_coder.weights
        told = AnchorHead(
            classes=module.head.classification_head.num_columns, chances="softmax", start=0.5, shift=float(x),
            growth=float(w), best=module.topk_candidates, most=module.detections_per_img,
        )  # fmt: skip
        shares = [pairs.clamp(0, 1).tolist() for pairs in generator._wh_pairs]
        sides = [tuple((round(a * across, 4), round(b * down, 4)) for a, b in pairs) for pairs in shares]
        steps = generator.steps or _steps(module, across)
        return [replace(told, anchors=of, step=float(step)) for of, step in zip(sides, steps, strict=True)]
    sizes = [
        tuple((float(right - left), float(bottom - top)) for left, top, right, bottom in anchors)
        for anchors in generator.cell_anchors
    ]
    if first is not module:
        x, _, w, _ = first.box_coder.weights
        return [AnchorHead(of, 1, shift=float(x), growth=float(w), best=first.pre_nms_top_n(), most=0) for of in sizes]
    rule = "four sides" if kind == "FCOS" else "centre and size"
    classes, best, most = module.head.classification_head.num_classes, module.topk_candidates, module.detections_per_img
    return [AnchorHead(of, classes, sides=rule, best=best, most=most) for of in sizes]


def _steps(module: Any, side: int) -> Iterator[float]:
    """Pixels between the cells of each map, where the boxes lie evenly on the picture."""
    for one in _maps(module.backbone, side):
        yield side / one.shape[3]


def _maps(body: nn.Module, side: int) -> list[Tensor]:
    """What a backbone gives for an empty picture."""
    with torch.inference_mode():
        return list(body(torch.zeros(1, 3, side, side, device=next(body.parameters()).device)).values())


class _Ssd(nn.Module):
    """SSD up to its heads, which differ from map to map."""

    def __init__(self, detector: Any) -> None:
        super().__init__()
        self.backbone, self.head = detector.backbone, detector.head
        self.scaled = hasattr(detector.backbone, "scale_weight")
        if self.scaled:
            self.l2norm = L2Norm(1e-12)
            self.scale = nn.Parameter(detector.backbone.scale_weight.detach().reshape(-1, 1, 1), requires_grad=False)

    def forward(self, x: Tensor) -> Ends:
        ends = []
        for number, one in enumerate(self._features(x)):
            ends.append(self.head.classification_head.module_list[number](one))
            ends.append(self.head.regression_head.module_list[number](one))
        return ends

    def _features(self, x: Tensor) -> list[Tensor]:
        if not self.scaled:
            return list(self.backbone(x).values())
        x = self.backbone.features(x)
        found = [self.l2norm(x) * self.scale]
        for block in self.backbone.extra:
            x = block(x)
            found.append(x)
        return found


class _Pyramid(nn.Module):
    """A backbone with its feature pyramid; each map is enlarged by a whole number where torchvision says the size."""

    def __init__(self, detector: Any) -> None:
        super().__init__()
        self.backbone = detector.backbone
        sizes = [one.shape[3] for one in _maps(self.backbone.body, TRIED)]
        self.factors = [fine // coarse for fine, coarse in pairwise(sizes)]

    def features(self, x: Tensor) -> list[Tensor]:
        """The maps, from the finest on."""
        maps, fpn = list(self.backbone.body(x).values()), self.backbone.fpn
        last = fpn.inner_blocks[-1](maps[-1])
        found = [fpn.layer_blocks[-1](last)]
        for number in reversed(range(len(self.factors))):
            factor = self.factors[number]
            wide = F.interpolate(last, scale_factor=factor, mode="nearest") if factor > 1 else last
            last = fpn.inner_blocks[number](maps[number]) + wide
            found.insert(0, fpn.layer_blocks[number](last))
        levels: list[Tensor]
        levels, _ = fpn.extra_blocks(found, maps, [])
        return levels


class _Dense(_Pyramid):
    """RetinaNet and FCOS up to what their head makes of each map."""

    def __init__(self, detector: Any) -> None:
        super().__init__(detector)
        self.head = _copies(detector.head, len(detector.anchor_generator.sizes))
        self.centred = type(detector).__name__ == "FCOS"

    def forward(self, x: Tensor) -> Ends:
        ends = []
        for head, one in zip(self.head, self.features(x), strict=True):
            what, where = head.classification_head, head.regression_head
            ends.append(what.cls_logits(what.conv(one)))
            found = where.conv(one)
            boxes = where.bbox_reg(found)
            ends += [F.relu(boxes), where.bbox_ctrness(found)] if self.centred else [boxes]
        return ends


class _Proposing(_Pyramid):
    """Faster R-CNN up to the maps that regions are cut out of, and what proposes regions on each map."""

    def __init__(self, detector: Any) -> None:
        super().__init__(detector)
        self.rpn = _copies(detector.rpn.head, len(detector.rpn.anchor_generator.sizes))
        self.maps = range(len(self.factors) + 1)

    def forward(self, x: Tensor) -> Ends:
        features = self.features(x)
        ends = [features[number] for number in self.maps]
        for head, one in zip(self.rpn, features, strict=True):
            found = head.conv(one)
            ends += [head.cls_logits(found), head.bbox_pred(found)]
        return ends


class _SecondStage(nn.Module):
    """Faster R-CNN's look at what was cut out."""

    def __init__(self, detector: Any) -> None:
        super().__init__()
        self.roi_heads = detector.roi_heads

    def forward(self, x: Tensor) -> Ends:
        found = self.roi_heads.box_head(x)
        last = self.roi_heads.box_predictor
        return [last.cls_score(found), last.bbox_pred(found)]


def _copies(head: nn.Module, count: int) -> Any:
    """The head once for each map; all share its numbers."""
    kept = {id(tensor): tensor for tensor in (*head.parameters(), *head.buffers())}
    return nn.ModuleList(copy.deepcopy(head, dict(kept)) for _ in range(count))
