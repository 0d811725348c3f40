"""What a network that paints put out, as a picture."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.program import Program, ProgramError
from explorer.formats.recipes import per_channel
from explorer.layers.painted import AS_FED, SIGNED, convention
from explorer.maths.records import Painted
from explorer.network.project import Recipe


def paints(program: Program) -> str:
    """How the numbers of the network's answer are colours; "" where it is no picture. Raises ProgramError."""
    return convention(program.network, program.facts, program.output, program.entry([program.output]))


def painted(value: torch.Tensor, how: str, recipe: Recipe, node: str) -> Painted:
    """What a network put out for one picture (1, C, H, W), as a picture. Raises ProgramError."""
    numbers: NDArray[np.float32] = value[0].float().cpu().numpy()
    if not np.isfinite(numbers).all():
        raise ProgramError("The network put out numbers that are not finite: its weights are broken or too large.")
    if how == SIGNED:
        numbers = (numbers + 1) * np.float32(0.5)
    elif how == AS_FED:
        std, mean = (per_channel(of, 3, what) for of, what in ((recipe.std, "deviations"), (recipe.mean, "means")))
        numbers = numbers * std + mean
    pixels = np.rint(np.clip(numbers, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
    return Painted(np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3))), node, how)
