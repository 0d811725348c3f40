"""The network that learns to paint, its optimiser, and all that going on with it another day needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.classics.painter import painter
from explorer.engine.adam import MOMENTS, Adam
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.program import Program
from explorer.engine.tape import Tape
from explorer.formats.training_file import Training
from explorer.network.ends import ends

COSTS = 4
"""Of each step: content, style, smoothness, and all together."""


class Learner:
    """The network that learns, with Adam. Nothing is drawn by chance: its first numbers follow from its nodes' ids."""

    def __init__(self, question: TrainStyle) -> None:
        s = question.settings
        self.network = painter(s.size, s.size, s.channels)
        self.program = Program(self.network, {}, question.device)
        (self.end,) = ends(self.network)
        self.tape = Tape(self.program, [self.end])
        self.parameters: dict[str, torch.nn.Parameter] = {
            f"{id}.{name}": parameter
            for id in self.network.nodes
            for name, parameter in self.program.module(id).named_parameters()
        }
        for parameter in self.parameters.values():
            parameter.requires_grad_(True)
        self.adam = Adam(self.parameters.values(), s.rate)
        self.costs: list[tuple[float, ...]] = []

    @property
    def step(self) -> int:
        """How many were done."""
        return len(self.costs)

    def paint(self, x: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) from 0 to 1 as it paints them now; H and W are multiples of 4."""
        return self.tape.values(x.contiguous(memory_format=torch.channels_last), [self.end])[self.end]

    def numbers(self) -> dict[str, NDArray[np.float32]]:
        """Its weights, by `node id.parameter`."""
        return {name: p.detach().cpu().numpy().copy() for name, p in self.parameters.items()}

    def state(self, about: Mapping[str, Any]) -> Training:
        """All that going on needs."""
        arrays = {f"network.{name}": values for name, values in self.numbers().items()}
        for name, parameter in self.parameters.items():
            for moment in MOMENTS:
                held = self.adam.state[parameter].get(moment) if parameter in self.adam.state else None
                found = torch.zeros_like(parameter) if held is None else held
                arrays[f"{moment}.{name}"] = found.detach().cpu().numpy().copy()
        costs = np.asarray(self.costs, np.float32).reshape(-1, COSTS)
        rate = np.array([self.adam.rate], np.float32)
        return Training(self.step, about, {**arrays, "costs": costs, "rate": rate})

    def forms(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what it keeps."""
        kinds = ("network", *MOMENTS)
        told = {"costs": (-1, COSTS), "rate": (1,)}
        return told | {f"{k}.{n}": tuple(p.shape) for k in kinds for n, p in self.parameters.items()}

    def go_back(self, kept: Training) -> None:
        """Be as it was then."""
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                parameter.copy_(torch.from_numpy(kept.arrays[f"network.{name}"]))
                held = {m: torch.from_numpy(kept.arrays[f"{m}.{name}"].copy()).to(parameter.device) for m in MOMENTS}
                held = {m: t.to(memory_format=torch.preserve_format) for m, t in held.items()}
                self.adam.state[parameter] = {"step": torch.tensor(float(kept.step)), **held}
        self.costs = [tuple(row) for row in kept.arrays["costs"].tolist()]
        self.adam.rate = float(f"{kept.arrays['rate'][0]:.6g}")

    def slower(self, times: float) -> None:
        """Go so many times shorter steps from now on."""
        self.adam.rate /= times
