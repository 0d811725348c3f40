"""EfficientNet, MobileNet and MNASNet as timm builds them: torchvision's layers with another ε and another padding.

Checked against timm 1.0.31, output by output: tests/test_timm.py. Source: Wightman, PyTorch image models,
doi:10.5281/zenodo.4414861; TensorFlow's padding: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from explorer.layers.norms import BatchNorm2d
from explorer.layers.sliding import both
from explorer.layers.windows import Conv2d
from explorer.network.layer import Shape, ShapeError
from explorer.network.network import Network

STEM = "conv_stem.weight"
"""What timm alone calls the first weights of these networks."""

EPSILON, TENSORFLOW_S = 1e-5, 1e-3


def timms(names: Iterable[str]) -> bool:
    """Whether weights of these networks have timm's names."""
    return any(name == STEM or name.endswith(f".{STEM}") for name in names)


def from_tensorflow(name: str) -> bool:
    """Whether a file or folder is called as those of weights that timm took over from TensorFlow: `tf_efficientnet_b0`.

    The weights themselves do not tell.
    """
    return bool(re.search(r"(?<![a-z0-9])tf_(efficientnet|mobilenet|mixnet)", name.lower()))


def as_timm(network: Network, tensorflow: bool) -> Network:
    """The same layers with timm's settings; `tensorflow`: with ε and padding of those that come from there.

    TensorFlow pads so that a stride s gives ⌈n / s⌉, the smaller half before.
    """
    outputs: dict[str, Shape] = {}
    for node in network.order:
        layer, x = node.layer, [outputs[id] for id in node.inputs if id in outputs]
        if isinstance(layer, BatchNorm2d):
            layer = replace(layer, eps=TENSORFLOW_S if tensorflow else EPSILON)
        elif isinstance(layer, Conv2d) and tensorflow and max(both(layer.stride)) > 1 and x:
            layer = replace(layer, padding=_padding(layer, x[0]))
        try:
            outputs[node.id] = layer.output(*x)
        except ShapeError:
            continue  # and so is all behind it
        network = network.with_layer(node.id, layer) if layer != node.layer else network
    return network


def _padding(layer: Conv2d, x: Shape) -> tuple[int, int, int, int]:
    """Top, bottom, left, right."""
    sides = []
    for n, k, s in zip(x[1:], both(layer.kernel), both(layer.stride), strict=True):
        whole = max((-(-n // s) - 1) * s + k - n, 0)
        sides += [whole // 2, whole - whole // 2]
    top, bottom, left, right = sides
    return top, bottom, left, right
