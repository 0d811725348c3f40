"""A network's values with their gradients: node by node, nothing fused, so that torch can go back through it."""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from explorer.engine.program import Program
from explorer.layers.activations import ReLU, ReLU6
from explorer.layers.dense import Input
from explorer.network.network import Network


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

    def values(self, image: Tensor, wanted: Collection[str], guided: bool = False) -> dict[str, Tensor]:
        """Values (N, …) for pictures (N, C, H, W); what requires a gradient can be differentiated.

        guided: on the way back each ReLU also holds back what is negative (Springenberg et al. 2014, equation of
        section 3.4: R = (f > 0) · (R′ > 0) · R′). ReLU6 counts as a ReLU.
        """
        values: dict[str, Tensor] = {}
        for node in self._nodes:
            if isinstance(node.layer, Input):
                values[node.id] = image
                continue
            y = self.program.module(node.id)(*[values[i] for i in node.inputs])
            if guided and isinstance(node.layer, ReLU | ReLU6) and y.requires_grad:
                y.register_hook(lambda gradient: gradient.clamp(min=0))
            values[node.id] = y
        return {id: values[id] for id in wanted}
