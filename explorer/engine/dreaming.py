"""A picture that makes a part of the network large, step by step uphill: feature visualisation and DeepDream.

Sources: Erhan et al. 2009, Visualizing higher-layer features of a deep network; Mordvintsev et al. 2015, Inceptionism;
Olah et al. 2017, Feature visualization, doi:10.23915/distill.00007 (frequencies in uncorrelated colours).
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.engine.probes import image_for, program_of, scores
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import DreamOf
from explorer.engine.tape import Tape
from explorer.formats.recipes import per_channel, to_input, to_pixels
from explorer.maths.dreaming import Dreamt
from explorer.maths.records import Place, Progress
from explorer.network.project import Recipe
from explorer.probes.dreaming import Dream

SECONDS = 0.1
"""Between two pictures that are shown."""

COLOURS = ((0.26, 0.09, 0.02), (0.27, 0.0, -0.05), (0.27, -0.09, 0.03))
"""How red, green and blue of photos vary together: each column is one uncorrelated direction (Olah et al. 2017)."""

NEAR = 1e-3
"""How near to black and white a picture may come that is to be changed: beyond, a sigmoid has no slope."""
QUIET = 0.01
"""Deviation of the numbers that noise begins with."""


class Canvas(nn.Module):
    """A picture (1, C, H, W) from 0 to 1 as numbers that can be changed freely."""

    colours: Tensor
    scale: Tensor

    def __init__(self, shape: tuple[int, int, int], form: str, seed: int, start: Tensor | None = None) -> None:
        super().__init__()
        channels, height, width = shape
        random = torch.Generator().manual_seed(seed)
        self.size, self.waves = (height, width), form == "frequencies"
        matrix = torch.tensor(COLOURS)
        matrix = matrix / matrix.norm(dim=0).max()
        self.register_buffer("colours", matrix if channels == 3 else torch.eye(channels))
        rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None]
        lengths = (rows**2 + columns**2).sqrt().clamp(min=1 / max(height, width))
        self.register_buffer("scale", (height * width) ** 0.5 / lengths / 4)  # long waves are strong in photos
        if start is not None:
            first = torch.einsum("ij,njhw->nihw", torch.linalg.inv(self.colours), torch.logit(start, eps=NEAR))
            first = torch.view_as_real(torch.fft.rfft2(first) / self.scale) if self.waves else first
        else:
            sizes = (height, width // 2 + 1, 2) if self.waves else (height, width)
            first = torch.randn((1, channels, *sizes), generator=random) * QUIET
        self.numbers = nn.Parameter(first.contiguous())

    def forward(self) -> Tensor:
        numbers = self.numbers
        if self.waves:
            spectrum = torch.view_as_complex(numbers) * self.scale
            numbers = torch.fft.irfft2(spectrum, s=self.size)
        return torch.einsum("ij,njhw->nihw", self.colours, numbers).sigmoid()


def dream(question: DreamOf) -> Iterator[Progress | Dreamt]:
    """The picture as it gets better, at most ten times a second. Raises ProgramError."""
    program = yield from program_of(question.project, question.device)
    settings, recipe = question.settings, question.project.recipe
    place = _place(program, question)
    tape = Tape(program, [place.node])
    tape.check_room(1)
    shape = program.facts[tape.entry].shape or ()
    start, liked = _start(question, program, tape.entry), _liked(question, program, place)
    with torch.inference_mode(False), torch.enable_grad():
        canvas = Canvas(shape, settings.form, settings.seed, start).to(program.device)  # type: ignore[arg-type]
        climb = torch.optim.Adam(canvas.parameters(), lr=settings.rate)
        random = torch.Generator().manual_seed(settings.seed + question.done)
        mean, std = (torch.from_numpy(part).to(program.device) for part in _spread(recipe, shape[0]))

        def height(picture: Tensor, step: int | None = None) -> Tensor:
            x = (picture - mean) / std
            x = x if step is None else _shaken(x, settings, step, random)
            return _height(tape.values(x, [place.node])[place.node], place, settings.aim, liked)

        shown = 0.0
        for step in range(question.done, settings.steps):
            climb.zero_grad()
            seen = canvas()
            (settings.smoothness * _variation(seen) - height(seen, step)).backward()  # type: ignore[no-untyped-call]
            climb.step()
            done = step + 1 == settings.steps
            yield Progress(f"Step {step + 1:,} of {settings.steps:,}", step + 1, settings.steps)
            if done or time.monotonic() - shown >= SECONDS:
                with torch.no_grad():
                    picture = canvas()
                    reached = height(picture)
                pixels = to_pixels(picture[0].cpu().numpy(), Recipe())
                yield Dreamt(place, pixels, step + 1, float(reached), done)
                shown = time.monotonic()


def _place(program: Program, question: DreamOf) -> Place:
    """What is made large, before the softmax where it is a probability."""
    place = question.place
    if place.node not in program.network.nodes:
        raise ProgramError(f"The network has no node “{place.node[:60]}” any more: select another one.")
    place = Place(scores(program, place.node), place.channel, place.row, place.column)
    shape = program.facts[place.node].shape
    if shape is not None and place.channel >= shape[0]:
        raise ProgramError(f"{place.node} has no channel {place.channel} any more: pick another one.")
    return place


def _spread(recipe: Recipe, channels: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The recipe's means and deviations, (C, 1, 1)."""
    return per_channel(recipe.mean, channels, "means"), per_channel(recipe.std, channels, "deviations")


def _start(question: DreamOf, program: Program, entry: str) -> Tensor | None:
    """(1, C, H, W) from 0 to 1: the picture to begin with, None for noise."""
    shape = program.facts[entry].shape or ()
    if question.so_far is not None:
        return torch.from_numpy(to_input(question.so_far.pixels, Recipe(), shape))[None]  # type: ignore[arg-type]
    if question.settings.start == "noise":
        return None
    mean, std = (torch.from_numpy(part) for part in _spread(question.project.recipe, shape[0]))
    return _input(question, program, entry) * std + mean


def _liked(question: DreamOf, program: Program, place: Place) -> Tensor | None:
    """(C,) what all channels say at the place of the open picture, where that is the aim."""
    if question.settings.aim != "direction":
        return None
    value = program.values(_input(question, program, place.node), [place.node])[place.node][0]
    return (value.flatten(1)[:, _flat(value, place)] if value.ndim > 1 else value).clone()


def _input(question: DreamOf, program: Program, goal: str) -> Tensor:
    if question.source is None:
        raise ProgramError("This starts from a picture: open one, or start from noise with another aim.")
    return image_for(question.source, question.project, program, goal)


def _flat(value: Tensor, place: Place) -> int:
    """Where the place is in a map whose rows lie behind one another."""
    return min(place.row * (value[0, 0].numel() if value.ndim > 2 else 1) + place.column, value[0].numel() - 1)


def _shaken(x: Tensor, settings: Dream, step: int, random: torch.Generator) -> Tensor:
    """Moved by a few pixels, and at first through a blur: what depends on the exact place of a pixel has no chance."""
    if settings.jitter:
        down, across = (int(torch.randint(-settings.jitter, settings.jitter + 1, (1,), generator=random)) for _ in "hw")
        x = x.roll((down, across), (2, 3))
    deviation = settings.blur * (1 - step / settings.steps)
    if deviation > 0.1:
        reach = min(int(3 * deviation) + 1, (min(x.shape[2:]) - 1) // 2)
        steps = torch.arange(-reach, reach + 1, device=x.device)
        bell = torch.exp(-(steps**2) / (2 * deviation**2))
        bell = (bell / bell.sum()).expand(x.shape[1], 1, 1, -1)
        for kernel, sides in ((bell, (reach, reach, 0, 0)), (bell.transpose(2, 3), (0, 0, reach, reach))):
            x = F.conv2d(F.pad(x, sides, mode="reflect"), kernel, groups=x.shape[1])
    return x


def _height(value: Tensor, place: Place, aim: str, liked: Tensor | None) -> Tensor:
    """What is to become large, out of the node's value (1, C, …)."""
    if aim == "layer":
        squares: Tensor = value.square().mean()
        return squares
    if liked is not None:  # along the direction, and not much beside it: the product of length and cosine
        found = value[0].flatten(1).mean(1) if value.ndim > 2 else value[0].flatten()
        length: Tensor = found @ liked / liked.norm()
        return length * F.cosine_similarity(found, liked, dim=0).clamp(min=0.1)
    map_ = value[0, place.channel]
    number: Tensor = map_.mean()
    if aim == "number" and map_.ndim:
        number = map_.flatten()[_flat(value[0], place)]
    return number


def _variation(x: Tensor) -> Tensor:
    """The mean difference of pixels from their right and lower neighbours (Rudin et al. 1992, in its simplest form)."""
    return x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()
