"""A small picture of what every node puts out, made while the values of one run pass by."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine.probes import image_for, program_of
from explorer.engine.program import ProgramError
from explorer.engine.questions import XRay
from explorer.maths.records import Progress
from explorer.maths.thumbnails import Thumbnails

SIDE = 48
"""Pixels of a thumbnail's longer side, at most."""
BREATH = 16
"""Nodes between two steps."""


def xray(question: XRay) -> Iterator[Progress | Thumbnails]:
    """A thumbnail of each node that has no problem. Raises ProgramError.

    No more values are in memory at once than a run needs anyway: each is let go once it was drawn and used.
    """
    program = yield from program_of(question.project, question.device)
    sound = [id for id, fact in program.facts.items() if not fact.problem]
    if not sound:
        raise ProgramError("No layer of this network can run yet: see what is said on its cards.")
    image = image_for(question.source, question.project, program, *sound)
    yield from program.build(sound)
    picked = dict([question.picked] if question.picked else [])
    pixels = np.zeros((len(sound), SIDE, SIDE), np.uint8)
    ids, sizes, channels, signed = [], [], [], []
    for number, (id, value) in enumerate(program.passing(image, sound)):
        if number % BREATH == 0:
            yield Progress("Looking into every layer", number, len(sound))
        channel, numbers = _chosen(value[0], picked.get(id))
        small, signs = _small(numbers)
        pixels[number, : small.shape[0], : small.shape[1]] = small
        ids.append(id)
        sizes.append((small.shape[0], small.shape[1]))
        channels.append(channel)
        signed.append(signs)
    yield Thumbnails(tuple(ids), pixels, tuple(sizes), tuple(channels), tuple(signed))


def _chosen(value: Tensor, picked: int | None) -> tuple[int | None, Tensor]:
    """The picked channel of a value (C, H, W), else the one that is strongest on average, and its numbers (H, W).

    The numbers of a vector are laid out in rows, as square as they go.
    """
    maps = value.reshape(len(value), value.shape[1] if value.ndim > 1 else 1, -1)
    if maps.shape[1:] == (1, 1):
        columns = ceil(sqrt(len(maps)))
        return None, F.pad(maps.flatten(), (0, -len(maps) % columns)).reshape(-1, columns)
    if picked is None or picked >= len(maps):
        strength = maps.abs().mean((1, 2))  # ten times as fast as the norm, which copies nothing
        picked = int(torch.nan_to_num(strength, nan=-1.0, posinf=-1.0).argmax())
    return picked, maps[picked]


def _small(numbers: Tensor) -> tuple[NDArray[np.uint8], bool]:
    """Numbers (H, W) averaged down to a thumbnail's size, as brightness, and whether 128 means zero."""
    numbers = torch.nan_to_num(numbers.float(), nan=0.0, posinf=0.0, neginf=0.0)
    height, width = numbers.shape
    shrink = max(1.0, max(height, width) / SIDE)
    size = max(1, round(height / shrink)), max(1, round(width / shrink))
    small = F.adaptive_avg_pool2d(numbers[None, None], size)[0, 0].cpu().double().numpy()
    low, high = float(small.min()), float(small.max())
    if low < 0:
        reach = max(-low, high)
        return np.rint(128 + 127 * small / reach).astype(np.uint8), True
    spread = high - low
    return np.rint((small - low) * (255 / spread if spread else 0.0)).astype(np.uint8), False
