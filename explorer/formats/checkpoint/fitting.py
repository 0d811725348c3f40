"""Change a network's settings so that given weights fit: other channels, another head, other input channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.norms import BatchNorm2d
from explorer.layers.sliding import both
from explorer.layers.windows import Conv2d
from explorer.network.layer import Layer, Shape, ShapeError
from explorer.network.network import Network, Node
from explorer.network.settings import SettingError

Arrays = Mapping[str, Shape]
"""Shapes of one layer's weights by their names in torch: weight, bias …"""


def fitted(network: Network, shapes: Mapping[str, Shape]) -> Network:
    """The network with settings as weights (`node id.parameter`) have them; those of layers without any stay.

    Where no settings would fit the layers stay as they are, and behind them everything does.
    """
    network = _with_channels(network, shapes)
    outputs: dict[str, Shape] = {}
    for node in network.order:
        x = [outputs[i] for i in node.inputs if i in outputs]
        arrays = {name: shapes[f"{node.id}.{name}"] for name in ("weight", "bias") if f"{node.id}.{name}" in shapes}
        try:
            layer = fitting(node.layer, arrays, *x) if len(x) == len(node.inputs) else node.layer
            outputs[node.id] = layer.output(*x)
        except (ShapeError, SettingError, TypeError):
            layer = node.layer
        network = network.with_layer(node.id, layer) if layer != network.nodes[node.id].layer else network
    return network


def fitting(layer: Layer, arrays: Arrays, *x: Shape) -> Layer:
    """A layer with the settings that these weights had. Raises SettingError."""
    change = CHANGES.get(type(layer))
    if not x or change is None or "weight" not in arrays or arrays.items() <= layer.tensors(*x).items():
        return layer  # also where a bias is missing: that is told, and not taken for a layer without one
    return replace(layer, **change(layer, arrays, x[0]))


def _conv(layer: Any, arrays: Arrays, x: Shape) -> dict[str, Any]:
    channels, each, *kernel = _axes(arrays, 4)
    centred = both(layer.padding) == tuple(side // 2 for side in both(layer.kernel))
    return {
        "channels": channels,
        "kernel": _pair(kernel),
        "padding": _pair([side // 2 for side in kernel]) if centred else layer.padding,
        "groups": x[0] // each if each and x[0] % each == 0 else 1,
        "bias": "bias" in arrays,
    }


def _linear(layer: Any, arrays: Arrays, x: Shape) -> dict[str, Any]:
    shape = arrays["weight"]
    over_all = len(shape) == 4 and prod(shape[1:]) == prod(x)  # a convolution over everything is fully connected
    return {"features": shape[0] if over_all else _axes(arrays, 2)[0], "bias": "bias" in arrays}


CHANGES: dict[type[Layer], Callable[[Layer, Arrays, Shape], dict[str, Any]]] = {
    Conv2d: _conv,
    Linear: _linear,
    BatchNorm2d: lambda layer, arrays, x: {"affine": True},
}


def _pair(sides: list[int]) -> Any:
    """One number where both sides are equal, as settings are written."""
    return sides[0] if sides[0] == sides[1] else tuple(sides)


def _axes(arrays: Arrays, count: int) -> Shape:
    if len(arrays["weight"]) != count:
        raise SettingError(f"weights with {len(arrays['weight'])} axes do not fit, {count} would")
    return arrays["weight"]


def _with_channels(network: Network, shapes: Mapping[str, Shape]) -> Network:
    """The network for pictures of as many channels as the first convolution's weights take."""
    for id, node in network.nodes.items():
        if isinstance(node.layer, Input):
            takers = [shapes.get(f"{user}.weight", ()) for user in network.users[id]]
            if len(takers) == 1 and len(takers[0]) == 4 and 0 < takers[0][1] <= 4096:
                return network.with_settings(id, channels=takers[0][1])
    return network


def with_head(network: Network, head: list[str], shapes: Mapping[str, Shape], vector: int) -> Network:
    """The network with other fully connected layers in the place of `head` and all behind it.

    shapes: those of the weights that are left over, in order; they are taken if each layer takes what the one before
    it gives, the first one a vector of that length. Between two of them a ReLU is put: what was there has no weights.
    """
    layers = [(name.rpartition(".")[0], shape) for name, shape in shapes.items() if name.endswith(".weight")]
    layers = [(id, shape) for id, shape in layers if len(shape) == 2]
    given = [vector, *(shape[0] for _, shape in layers[:-1])]
    if not layers or [shape[1] for _, shape in layers] != given:
        return network
    gone = network.behind(head[:1])
    (last,) = network.nodes[head[0]].inputs
    nodes = {id: node for id, node in network.nodes.items() if id not in gone}
    for number, (id, shape) in enumerate(layers):
        if number:
            nodes[f"{id}.relu"] = Node(f"{id}.relu", ReLU(), (last,))
            last = f"{id}.relu"
        nodes[id] = Node(id, Linear(shape[0], f"{id}.bias" in shapes), (last,))
        last = id
    return Network(nodes)
