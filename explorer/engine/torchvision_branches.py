"""What torchvision's Mask R-CNN and Keypoint R-CNN have beside Faster R-CNN: branches that look once more at boxes."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from explorer.engine.trace import trace_with_outputs
from explorer.layers.regions import KeypointHead, MaskHead, RoIAlign
from explorer.network.network import Node

MASKS, POINTS = "masks", "keypoints"


def branches(module: Any, maps: tuple[str, ...], boxes: str) -> dict[str, Node]:
    """The nodes of a detector's branches. maps: those that boxes are cut out of; boxes: the head that finds them.
    Raises TraceError."""
    heads, nodes = module.roi_heads, {}
    if heads.has_mask():
        nodes.update(_nodes(module, heads.mask_roi_pool, _Masks(heads), maps, boxes))
    if heads.has_keypoint():
        nodes.update(_nodes(module, heads.keypoint_roi_pool, _Points(heads), maps, boxes))
    return nodes


def _nodes(module: Any, pool: Any, branch: _Masks | _Points, maps: tuple[str, ...], boxes: str) -> dict[str, Node]:
    name = branch.name
    align, rule = f"roi_align_{name}", RoIAlign(
        pool.output_size[0], pool.sampling_ratio, len(maps), module.roi_heads.detections_per_img
    )  # fmt: skip
    network, (end,) = trace_with_outputs(branch, (module.backbone.out_channels, rule.size, rule.size))
    called = {id: id if "." in id else f"{name}_{id}" for id in network.nodes}  # others have bare names, too
    called["input"] = align
    nodes = {align: Node(align, rule, (*maps, boxes))}
    for id, node in network.nodes.items():
        if node.inputs:
            nodes[called[id]] = Node(called[id], node.layer, tuple(called[i] for i in node.inputs))
    nodes[name] = Node(name, branch.head(), (called[end],))
    return nodes


class _Masks(nn.Module):
    """Mask R-CNN's."""

    name = MASKS

    def __init__(self, heads: Any) -> None:
        super().__init__()
        self.roi_heads = heads

    def head(self) -> MaskHead:
        return MaskHead(self.roi_heads.mask_predictor.mask_fcn_logits.out_channels)

    def forward(self, x: Tensor) -> list[Tensor]:
        return [self.roi_heads.mask_predictor(self.roi_heads.mask_head(x))]


class _Points(nn.Module):
    """Keypoint R-CNN's."""

    name = POINTS

    def __init__(self, heads: Any) -> None:
        super().__init__()
        self.roi_heads = heads

    def head(self) -> KeypointHead:
        return KeypointHead(self.roi_heads.keypoint_predictor.kps_score_lowres.out_channels)

    def forward(self, x: Tensor) -> list[Tensor]:
        last = self.roi_heads.keypoint_predictor
        coarse = last.kps_score_lowres(self.roi_heads.keypoint_head(x))
        return [F.interpolate(coarse, scale_factor=last.up_scale, mode="bilinear", align_corners=False)]
