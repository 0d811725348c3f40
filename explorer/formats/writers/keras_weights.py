"""A network's numbers as the Keras source that is written beside them takes them: its names, its order of axes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.formats.writers.keras_layers import is_depthwise
from explorer.network.analysis import Facts
from explorer.network.layer import Layer, Shape
from explorer.network.network import Network

Array = NDArray[Any]

KERNELS = ("Conv2d", "ConvTranspose2d", "Linear")
NORMS = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
"""A normalisation's numbers, and Keras's names for them."""


def keras_weights(
    network: Network, facts: Mapping[str, Facts], names: Mapping[str, str], values: Mapping[str, Array]
) -> bytes:
    """A file of numpy's (.npz) with `layer/variable` for every number Keras trains or collects.

    names: of the Keras layer for each node. values: by `node id.parameter`, as torch has them.
    """
    found = {}
    for id, node in network.nodes.items():
        shapes = [facts[i].shape or () for i in node.inputs]
        for name in node.layer.tensors(*shapes):
            variable, value = turned(node.layer, name, values[f"{id}.{name}"], shapes[0])
            found[f"{names[id]}/{variable}"] = np.ascontiguousarray(value, np.float32)
    data = io.BytesIO()
    np.savez(data, **found)  # type: ignore[arg-type]  # numpy's stubs take the names for its own settings
    return data.getvalue()


def turned(layer: Layer, name: str, value: Array, x: Shape) -> tuple[str, Array]:
    """Keras's name for one of a layer's tensors, and its numbers channels last; x: the shape that comes in."""
    if layer.kind in KERNELS:
        return ("kernel", _kernel(layer, value, x)) if name == "weight" else (name, value)
    if layer.kind == "PReLU":
        return "alpha", value.reshape((1,) * (len(x) - 1) + (-1,))
    return NORMS[name], np.moveaxis(value, 0, -1)


def _kernel(layer: Layer, value: Array, x: Shape) -> Array:
    if value.ndim == 2:
        return value.T
    if is_depthwise(layer, x):  # torch: input channel by input channel, each with its multiples
        return value.reshape(x[0], -1, *value.shape[2:]).transpose(2, 3, 0, 1)
    return value.transpose(2, 3, 1, 0)
