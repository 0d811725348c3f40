"""Small modules that torch lacks and people write themselves, known by name, and by doing what our layer does.

Those that `explorer.formats.writers` writes are among them, so that a network that is written out comes back the same.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from explorer.engine import modules
from explorer.layers.norms import LayerNorm
from explorer.layers.shapes import CenterCrop, PadChannels, Slice
from explorer.layers.sliding import both
from explorer.layers.windows import Conv2d
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
        layer, shape = reading.layer(module), reading.shape(module)
        return layer if _agree(module, layer, shape) else None
    except Exception:  # the module's own code runs here: it is some other module of that name
        return None


@torch.inference_mode()
def _agree(module: nn.Module, layer: Layer, shape: Shape) -> bool:
    """Whether both give the same for two random pictures, with the same random weights."""
    y = layer.output(shape)
    if max(2 * torch.Size(s).numel() for s in (shape, y)) > LARGEST:
        return False
    ours: nn.Module = layer.module(modules, shape).eval()
    theirs = copy.deepcopy(module).to_empty(device="cpu").eval()
    state = {name: torch.rand_like(value) for name, value in ours.state_dict().items()}
    ours.load_state_dict(state)
    theirs.load_state_dict(state)
    x = torch.rand(2, *shape)
    given = theirs.forward(x)  # not called: a tracer may be listening
    return given.shape == (2, *y) and torch.allclose(given, ours.forward(x), atol=1e-6)


def _conv(m: Any) -> Layer:
    pairs = (tuple(v) if len(set(v)) > 1 else v[0] for v in (m.kernel_size, m.stride, m.dilation))
    kernel, stride, dilation = pairs
    sides = tuple(m.sides)
    return Conv2d(m.out_channels, kernel, stride, sides, dilation, m.groups, m.bias is not None, m.padding_mode)


def _conv_shape(m: Any) -> Shape:
    reach = (d * (k - 1) + max(m.sides) + 2 for k, d in zip(m.kernel_size, m.dilation, strict=True))
    return m.in_channels, *reach


def _crop_shape(m: Any) -> Shape:
    height, width = both(m.size)
    return 2, height + 3, width + 4


READINGS = {
    "PaddedConv2d": Reading(_conv, _conv_shape),
    "LayerNorm2d": Reading(
        lambda m: LayerNorm("channels", m.eps, m.elementwise_affine), lambda m: (m.normalized_shape[0], 2, 3)
    ),
    "CenterCrop": Reading(lambda m: CenterCrop(m.size[0] if len(set(m.size)) == 1 else tuple(m.size)), _crop_shape),
    "PadChannels": Reading(lambda m: PadChannels(m.channels), lambda m: (max(1, m.channels - 1), 2, 2)),
    "Slice": Reading(lambda m: Slice(m.start, m.channels), lambda m: (m.start + m.channels + 1, 2, 3)),
}
"""By the name of the class."""
