"""The torch module of a node, with those trained weights that there are, and random ones for the others."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.engine import modules as layers
from explorer.network.analysis import Facts
from explorer.network.layer import Shape
from explorer.network.network import Node

Tensors = Mapping[str, NDArray[Any]]
"""Trained numbers by `node id.parameter`, as in a project's weight file."""

COUNTER = "num_batches_tracked"  # a batch normalisation counts its training steps; it changes no result


DRAWING = {Tensor.normal_, Tensor.uniform_}
"""What draws numbers besides the functions of torch.nn.init, which name the tensor they fill."""


class Weightless(TorchFunctionMode):
    """Modules built in here have parameters with shapes and no numbers: nothing is drawn, no memory is taken.

    The small tensors that some constructors compute with (RegNet's widths) are real, unlike on the meta device.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in (torch.empty, torch.zeros, torch.ones):
            kwargs = {**(kwargs or {}), "device": "meta"}
        elif func in DRAWING or getattr(func, "__module__", "") == "torch.nn.init":
            filled: Tensor = args[0] if args else kwargs["tensor"]
            if filled.is_meta:
                return filled  # else torch works out in Python what shape and type it would draw
        return func(*args, **(kwargs or {}))


def module(
    node: Node, facts: Mapping[str, Facts], tensors: Tensors, device: torch.device | str
) -> tuple[nn.Module, bool]:
    """The module of a node, and whether it found all its weights, or needs none; those it did not find are random.

    Trained weights are taken where they are there by name and shape. Random ones are torch's usual start values,
    drawn from the node's id alone: the same again in every run, whatever else is in the network.
    """
    shapes = [shape for i in node.inputs if (shape := facts[i].shape) is not None]
    with torch.device("meta"):  # only names and shapes: drawing numbers to throw away takes a second for VGG
        built: nn.Module = node.layer.module(layers, *shapes)
    state: dict[str, Tensor] = {}
    whole = True
    for name, wanted in built.state_dict().items():
        have = tensors.get(f"{node.id}.{name}")
        if name == COUNTER:
            state[name] = torch.tensor(0)
        elif have is None or have.shape != tuple(wanted.shape):
            whole = False
        else:
            state[name] = torch.from_numpy(np.require(have, np.float32, ["C", "W"]))
    if not whole:
        built = _random(node, shapes)
    built.load_state_dict(state, strict=whole, assign=True)
    return built.to(device).eval().requires_grad_(False), whole


def _random(node: Node, shapes: list[Shape]) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(zlib.crc32(node.id.encode()))
        module: nn.Module = node.layer.module(layers, *shapes)
    return module
