"""Networks of one layer with random settings, to be written out; and how far two outputs are apart."""

from __future__ import annotations

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch import Tensor

from explorer.layers.dense import Input
from explorer.layers.shapes import Flatten
from explorer.network.layer import Layer, Shape, ShapeError
from explorer.network.network import Network, Node
from tests.test_layers import cases

LARGEST = 100_000
"""Numbers a layer may put out."""


@st.composite
def single_layers(draw) -> Network:
    """A network with one layer, called “layer”, behind an Input for each of its inputs."""
    layer, shapes = draw(cases())
    assume(not isinstance(layer, Input))
    return single(layer, shapes)


def single(layer: Layer, shapes: tuple[Shape, ...]) -> Network:
    """A vector comes out of a Flatten."""
    nodes = []
    for number, shape in enumerate(shapes):
        c, h, w = (*shape, 1, 1)[:3]
        nodes.append(Node(f"in{number}", Input(c, h, w)))
        if len(shape) == 1:
            nodes.append(Node(f"flat{number}", Flatten(), (f"in{number}",)))
    try:
        size = torch.Size(layer.output(*shapes)).numel()
    except ShapeError:
        size = 0
    assume(0 < size <= LARGEST)
    ends = [f"flat{n}" if len(shape) == 1 else f"in{n}" for n, shape in enumerate(shapes)]
    return Network({n.id: n for n in (*nodes, Node("layer", layer, tuple(ends)))})


def apart(a: Tensor, b: Tensor) -> float:
    """The largest difference, against the largest finite number; the same infinity is no difference."""
    assert a.shape == b.shape
    a, b = a.detach(), b.detach()
    finite = b.where(b.isfinite(), 0)
    return float((a - b).abs().where(a != b, 0).max() / finite.abs().max().clamp(min=1))
