"""A picture that makes a part of the network large, step by step uphill: feature visualisation and DeepDream.

Sources: Erhan et al. 2009, Visualizing higher-layer features of a deep network; Mordvintsev et al. 2015, Inceptionism
(one size after the other, each with the detail of the last); Olah et al. 2017, Feature visualization,
doi:10.23915/distill.00007 (frequencies in uncorrelated colours).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine.adam import Adam
from explorer.engine.canvas import NEAR, Canvas, resized, shaken, variation
from explorer.engine.octaves import Size, program_at, sizes
from explorer.engine.probes import image_for, picture, program_of, scores
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import DreamOf, PictureFile
from explorer.engine.tape import Tape
from explorer.formats.recipes import per_channel, to_input, to_pixels
from explorer.maths.dreaming import Dreamt
from explorer.maths.records import Place, Progress
from explorer.network.project import Project, Recipe

SECONDS = 0.1
"""Between two pictures that are shown."""
BELOW = 0.1
"""How much a channel's numbers below zero count of what is made large: with all of it the mean of a linear layer is
largest for a plain colour, with none there is no way up where all are below."""


def dream(question: DreamOf) -> Iterator[Progress | Dreamt]:
    """The picture as it gets better, at most ten times a second. Raises ProgramError."""
    program = yield from program_of(question.project, question.device)
    settings = question.settings
    place = _place(program, question)
    shape: tuple[int, int, int] = program.facts[program.entry([place.node])].shape  # type: ignore[assignment]
    source, liked = _source(question, shape), _liked(question, program, place)
    octaves = sizes(settings, (shape[1], shape[2]) if source is None else (source.shape[2], source.shape[3]))
    _check_size(question, program, place.node, octaves[-1], shape)
    so_far = _so_far(question, shape[0])
    with torch.inference_mode(False), torch.enable_grad():
        for octave in range(min(question.done // settings.steps, len(octaves) - 1), len(octaves)):
            size = octaves[octave]
            before = so_far if so_far is not None else source
            start = _grown(before, size, source) if before is not None else None
            objective = Objective(question.project, program, place, size)
            for step in _climb(question, objective, octave, start, _home(source, size), liked):
                yield step
                if isinstance(step, Dreamt):
                    so_far = _from_pixels(step.picture, shape[0])


class Objective:
    """What is made large, for pictures of one size: the node's number, as it lies above the pictures.

    A network that does not take this size sees the picture scaled to its own.
    """

    def __init__(self, project: Project, program: Program, place: Place, size: Size) -> None:
        own = program_at(project, program, [place.node], size)
        entry = program.entry([place.node])
        channels, *taken = program.facts[entry].shape or ()
        self.program, self.size, self.shape = own or program, size, (channels, *size)
        self.seen: Size = size if own else (taken[0], taken[1])
        self.tape = Tape(self.program, [place.node])
        self.tape.check_room(1)
        self._mean, self._std = (
            torch.from_numpy(part).to(program.device) for part in _spread(project.recipe, channels)
        )
        self.asked, self.place = place, _moved(place, program, self.program)

    def input(self, shown: Tensor) -> Tensor:
        """What the network gets of pictures (1, C, H, W) from 0 to 1."""
        return (resized(shown, self.seen) - self._mean) / self._std

    def height(self, x: Tensor, aim: str, liked: Tensor | None) -> Tensor:
        """How large it is for an input."""
        return height(self.tape.values(x, [self.place.node])[self.place.node], self.place, aim, liked)


def _climb(
    question: DreamOf, objective: Objective, octave: int, start: Tensor | None, home: Tensor, liked: Tensor | None
) -> Iterator[Progress | Dreamt]:
    """The steps at one size. home: the logits that the picture should not go too far from."""
    settings, device = question.settings, objective.program.device
    canvas = Canvas(objective.shape, settings.form, settings.seed, start).to(device)
    home = home.to(device)
    climb = Adam(canvas.parameters(), settings.rate)
    first, total = octave * settings.steps, settings.total
    begin = max(first, question.done)
    random = torch.Generator().manual_seed(settings.seed + begin)
    shown = 0.0
    for step in range(begin, first + settings.steps):
        climb.zero_grad()
        logits = canvas.logits()
        seen = logits.sigmoid()
        x = shaken(objective.input(seen), settings, 1 - step / total, random)
        cost = settings.smoothness * variation(seen) + settings.decay * (logits - home).square().mean()
        (cost - objective.height(x, settings.aim, liked)).backward()  # type: ignore[no-untyped-call]
        climb.step()
        done = step + 1 == total
        yield Progress(f"Step {step + 1:,} of {total:,}, {'×'.join(map(str, objective.size))}", step + 1, total)
        if step + 1 == first + settings.steps or time.monotonic() - shown >= SECONDS:
            with torch.no_grad():
                made = canvas()
                reached = objective.height(objective.input(made), settings.aim, liked)
            yield Dreamt(objective.asked, _pixels(made), step + 1, float(reached), done)
            shown = time.monotonic()


def height(value: Tensor, place: Place, aim: str, liked: Tensor | None) -> Tensor:
    """What is to become large, out of the node's value (1, C, …)."""
    if aim == "layer":
        squares: Tensor = value.square().mean()
        return squares
    if liked is not None:  # along the direction, and not much beside it: the product of length and cosine
        found = value[0].flatten(1).mean(1) if value.ndim > 2 else value[0].flatten()
        length: Tensor = found @ liked / liked.norm()
        return length * F.cosine_similarity(found, liked, dim=0).clamp(min=0.1)
    map_ = value[0, place.channel]
    if aim == "number" and map_.ndim:
        return map_.flatten()[_flat(value[0], place)]
    return F.leaky_relu(map_, BELOW).mean() if map_.ndim else map_


def _place(program: Program, question: DreamOf) -> Place:
    """What is made large, before the softmax where it is a probability."""
    place = question.place
    if place.node not in program.network.nodes:
        raise ProgramError(f"The network has no node “{place.node[:60]}” any more: select another one.")
    place = replace(place, node=scores(program, place.node))
    shape = program.facts[place.node].shape
    if shape is not None and place.channel >= shape[0]:
        raise ProgramError(f"{place.node} has no channel {place.channel} any more: pick another one.")
    return place


def _check_size(question: DreamOf, program: Program, node: str, size: Size, shape: tuple[int, int, int]) -> None:
    """Raise ProgramError where the network cannot see pictures as large as they become."""
    if size != shape[1:] and program_at(question.project, program, [node], size) is None:
        raise ProgramError(
            f"{node[:60]} sees only pictures of {shape[1]}×{shape[2]}: set the size to 0, or pick a layer before the "
            "first fully connected one."
        )


def _moved(place: Place, whole: Program, other: Program) -> Place:
    """The place that lies as far from the top and the left in maps of another size."""
    (_, *old), (_, *new) = (program.facts[place.node].shape or (0,) for program in (whole, other))
    if len(old) != 2 or old == new:
        return place
    row, column = (
        (2 * at + 1) * now // (2 * then) for at, now, then in zip((place.row, place.column), new, old, strict=True)
    )
    return replace(place, row=row, column=column)


def _spread(recipe: Recipe, channels: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The recipe's means and deviations, (C, 1, 1)."""
    return per_channel(recipe.mean, channels, "means"), per_channel(recipe.std, channels, "deviations")


def _pixels(shown: Tensor) -> NDArray[np.uint8]:
    return to_pixels(shown[0].detach().cpu().numpy(), Recipe())


def _from_pixels(pixels: NDArray[np.uint8], channels: int) -> Tensor:
    """(1, C, H, W) from 0 to 1."""
    return torch.from_numpy(to_input(pixels, Recipe(), (channels, *pixels.shape[:2])))[None]


def _so_far(question: DreamOf, channels: int) -> Tensor | None:
    return None if question.so_far is None else _from_pixels(question.so_far.pixels, channels)


def _grown(so_far: Tensor, size: Size, source: Tensor | None) -> Tensor:
    """A picture at the next size; where it began with one, that one at this size with the detail that was made."""
    if source is None or tuple(so_far.shape[2:]) == size:
        return resized(so_far, size)
    before = (so_far.shape[2], so_far.shape[3])
    detail = so_far - resized(source, before)
    return (resized(source, size) + F.interpolate(detail, size, mode="bicubic", align_corners=False)).clamp(0, 1)


def _home(source: Tensor | None, size: Size) -> Tensor:
    """Grey, or where the picture began."""
    return torch.zeros(1) if source is None else torch.logit(resized(source, size), eps=NEAR)


def _source(question: DreamOf, shape: tuple[int, int, int]) -> Tensor | None:
    """(1, C, H, W) from 0 to 1: the picture to begin with, None for noise.

    As the network gets it; of another size than that the whole picture is used, as it is.
    """
    if question.settings.start == "noise":
        return None
    source = _opened(question)
    if not question.settings.size:
        whole = to_input(source, replace(question.project.recipe, mean=(0.0,), std=(1.0,)), shape)
        return torch.from_numpy(whole)[None]
    scale = min(1.0, question.settings.size / max(source.shape[:2]))
    small = tuple(max(1, round(side * scale)) for side in source.shape[:2])
    return torch.from_numpy(to_input(source, Recipe(), (shape[0], small[0], small[1])))[None]


def _opened(question: DreamOf) -> NDArray[np.uint8]:
    source = question.source
    if source is None:
        raise ProgramError("This starts from a picture: open one, or start from noise with another aim.")
    return picture(source).pixels if isinstance(source, PictureFile) else source.pixels


def _liked(question: DreamOf, program: Program, place: Place) -> Tensor | None:
    """(C,) what all channels say at the place of the open picture, where that is the aim."""
    if question.settings.aim != "direction":
        return None
    _opened(question)
    assert question.source is not None
    image = image_for(question.source, question.project, program, place.node)
    value = program.values(image, [place.node])[place.node][0]
    return (value.flatten(1)[:, _flat(value, place)] if value.ndim > 1 else value).clone()


def _flat(value: Tensor, place: Place) -> int:
    """Where the place is in a map whose rows lie behind one another."""
    return min(place.row * (value[0, 0].numel() if value.ndim > 2 else 1) + place.column, value[0].numel() - 1)
