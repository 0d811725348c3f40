"""A network's values with their gradients: node by node, nothing fused, so that torch can go back through it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.program import Program
from explorer.layers.activations import ReLU, ReLU6
from explorer.layers.dense import Input
from explorer.network.network import Network
from explorer.probes.attribution import Back


class Tape:
    """The part of a network that leads to some nodes. Raises ProgramError as Program does."""

    def __init__(self, program: Program, wanted: Collection[str]) -> None:
        self.program, self.entry = program, program.entry(wanted)
        needed = program.network.before(wanted)
        self._nodes = [node for node in program.network.order if node.id in needed]
        self._part = Network({node.id: node for node in self._nodes})

    def check_room(self, pictures: int) -> None:
        """Raise ProgramError where what has to be kept for the way back finds no room."""
        kept = sum(torch.Size(self.program.facts[node.id].shape or ()).numel() for node in self._nodes)
        self.program.check_room(2 * kept * pictures, self._part.nodes)

    def values(self, image: Tensor, wanted: Collection[str], back: Back = "gradient") -> dict[str, Tensor]:
        """Values (N, …) for pictures (N, C, H, W); what requires a gradient can be differentiated.

        back: what a ReLU lets through of R′ on the way back (Springenberg et al. 2014, section 3.4): of a "gradient"
        where it was open, R = (f > 0) · R′; "deconvolution" what is positive, R = (R′ > 0) · R′ (Zeiler & Fergus 2013);
        "guided" what is both. ReLU6 counts as a ReLU.
        """
        values: dict[str, Tensor] = {}
        for node in self._nodes:
            if isinstance(node.layer, Input):
                fed = self.program.feeding.values.get(node.id) if node.id != self.entry else None
                x = image if fed is None else fed.expand(len(image), *fed.shape[1:])
                values[node.id] = self.program.change(node.id, x)
                continue
            module, inputs = self.program.module(node.id), [values[i] for i in node.inputs]
            rectified = back != "gradient" and isinstance(node.layer, ReLU | ReLU6)
            deconvolved = rectified and back == "deconvolution"
            y = Deconvolved.apply(*inputs, module) if deconvolved else module(*inputs)
            if rectified and back == "guided" and y.requires_grad:
                y.register_hook(lambda gradient: gradient.clamp(min=0))
            values[node.id] = self.program.change(node.id, y)
        return {id: values[id] for id in wanted}


class Deconvolved(torch.autograd.Function):
    """A ReLU that lets through on the way back what is positive, wherever it was open."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, relu: nn.Module) -> Tensor:
        y: Tensor = relu(x)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.clamp(min=0), None
