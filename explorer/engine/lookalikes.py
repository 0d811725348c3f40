"""Small modules that torch lacks and people write themselves, known by name, and by doing what our layer does.

Those that `explorer.formats.writers` writes are among them, so that a network that is written out comes back the same.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import nn

from explorer.engine import modules
from explorer.layers.dense import Linear
from explorer.layers.detection import STAGE, Proposals, Refinement, Yolo
from explorer.layers.norms import L2Norm, LayerNorm, Scale
from explorer.layers.resizing import Reorg
from explorer.layers.shapes import CenterCrop, PadChannels, Permute, Reshape, Slice
from explorer.layers.sliding import both
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.layer import Layer, Shape

LARGEST = 1 << 22
"""Numbers that a trial may hold; a larger layer is not tried."""


@dataclass(frozen=True)
class Reading:
    """What a module's settings mean, and the shape of a picture to try it on."""

    layer: Callable[[Any], Layer]
    shape: Callable[[Any], Shape]


def lookalike(module: nn.Module) -> Layer | None:
    """The layer a module is, where its class is called like one of these and it computes just the same; else None."""
    reading = READINGS.get(type(module).__name__)
    if reading is None:
        return None
    try:
        alone = copy.deepcopy(module).to_empty(device="cpu").eval()  # a tracer may be watching the module itself
        layer, shape = reading.layer(alone), reading.shape(alone)
        return layer if _agree(alone, layer, shape) else None
    except Exception:  # the module's own code runs here: it is some other module of that name
        return None


@torch.inference_mode()
def _agree(theirs: nn.Module, layer: Layer, shape: Shape) -> bool:
    """Whether both give the same for two random pictures, with the same random weights."""
    y = layer.output(shape)
    if max(2 * torch.Size(s).numel() for s in (shape, y)) > LARGEST:
        return False
    ours: nn.Module = layer.module(modules, shape).eval()
    state = {name: torch.rand_like(value) for name, value in ours.state_dict().items()}
    ours.load_state_dict(state)
    theirs.load_state_dict(state)
    x = torch.rand(2, *shape)
    given = theirs.forward(x)  # not called: a tracer hears calls
    return given.shape == (2, *y) and torch.allclose(given, ours.forward(x), atol=1e-6)


def _conv(m: Any) -> Layer:
    pairs = (tuple(v) if len(set(v)) > 1 else v[0] for v in (m.kernel_size, m.stride, m.dilation))
    kernel, stride, dilation = pairs
    sides = tuple(m.sides)
    return Conv2d(m.out_channels, kernel, stride, sides, dilation, m.groups, m.bias is not None, m.padding_mode)


def _conv_shape(m: Any) -> Shape:
    reach = (d * (k - 1) + max(m.sides) + 2 for k, d in zip(m.kernel_size, m.dilation, strict=True))
    return m.in_channels, *reach


def _max_pool(m: Any) -> Layer:
    pairs = (v if isinstance(v, int) or len(set(v)) > 1 else v[0] for v in (m.kernel_size, m.stride, m.dilation))
    kernel, stride, dilation = pairs
    return MaxPool2d(kernel, stride, tuple(m.sides), dilation, m.ceil_mode)


def _max_pool_shape(m: Any) -> Shape:
    reach = (d * (k - 1) + 2 for k, d in zip(both(m.kernel_size), both(m.dilation), strict=True))
    return 2, *reach


def _crop_shape(m: Any) -> Shape:
    height, width = both(m.size)
    return 2, height + 3, width + 4


def _norm(m: Any) -> Layer:
    return LayerNorm("channels", m.eps, m.elementwise_affine)


READINGS = {
    "PaddedConv2d": Reading(_conv, _conv_shape),
    "PaddedMaxPool2d": Reading(_max_pool, _max_pool_shape),
    "Reorg": Reading(lambda m: Reorg(m.factor), lambda m: (m.factor**2, 2 * m.factor, 3 * m.factor)),
    "Yolo": Reading(
        lambda m: Yolo(m.anchors, m.classes, m.chances, m.reach, m.suppression),
        lambda m: (len(m.anchors) * (5 + m.classes), 2, 3),
    ),
    "Proposals": Reading(
        lambda m: Proposals(m.smallest, m.factor, m.least, m.within, m.overlap), lambda m: (STAGE, 2, 3)
    ),
    "Refinement": Reading(
        lambda m: Refinement(m.landmarks, m.least, m.overlap, m.share), lambda m: (STAGE + 2 * m.landmarks,)
    ),
    "ChannelLinear": Reading(
        lambda m: Linear(m.out_features, m.bias is not None, "channels"), lambda m: (m.in_features, 2, 3)
    ),
    "ChannelLayerNorm": Reading(_norm, lambda m: (m.normalized_shape[0], 2, 3)),
    "LayerNorm2d": Reading(_norm, lambda m: (m.normalized_shape[0], 2, 3)),
    "L2Norm": Reading(lambda m: L2Norm(m.eps), lambda m: (4, 2, 3)),
    "Scale": Reading(lambda m: Scale(m.bias is not None), lambda m: (m.weight.numel(), 2, 3)),
    "CenterCrop": Reading(lambda m: CenterCrop(m.size[0] if len(set(m.size)) == 1 else tuple(m.size)), _crop_shape),
    "PadChannels": Reading(lambda m: PadChannels(m.channels), lambda m: (max(1, m.channels - 1), 2, 2)),
    "Slice": Reading(lambda m: Slice(m.start, m.channels), lambda m: (m.start + m.channels + 1, 2, 3)),
    "Permute": Reading(lambda m: Permute(tuple(m.order)), lambda m: tuple(range(2, 2 + len(m.order)))),
    "Reshape": Reading(
        lambda m: Reshape(tuple(max(0, n) for n in m.shape)),
        lambda m: (6 * prod(n for n in m.shape if n > 0),) if -1 in m.shape else (prod(m.shape),),
    ),
}
"""By the name of the class."""
