"""A picture with the content of one and the style of others, step by step: neural style transfer.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine import descent, style_pictures
from explorer.engine.canvas import resized
from explorer.engine.octaves import Size, sizes
from explorer.engine.probes import program_of
from explorer.engine.program import PREPARING, Program, ProgramError
from explorer.engine.style_costs import gram
from explorer.engine.style_objective import Seen, StyleObjective, Target, prepared
from explorer.engine.style_questions import StyleOf
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.style_records import StyleCosts, Styled
from explorer.probes.style import Style
from explorer.probes.style_layers import usual_layers

SECONDS = 0.1
"""Between two pictures that are shown, at least."""
SMALLEST = 16
"""Pixels of the shorter side of a style picture, as far as it has them."""


class StyleError(Refusal):
    """A style transfer cannot be begun, or not gone on with."""


def style(question: StyleOf) -> Iterator[Progress | Styled]:
    """The picture as it gets better, at most ten times a second. Raises ProgramError, PictureError, StyleError."""
    program = yield from program_of(question.project, question.device)
    question = checked(question, program)
    settings = question.settings
    whole = style_pictures.shown(question.content, settings.size)
    octaves = sizes(settings, (whole.shape[2], whole.shape[3]))
    so_far = None if question.so_far is None else style_pictures.from_pixels(question.so_far.pixels)
    for octave in range(min(question.done // settings.steps, len(octaves) - 1), len(octaves)):
        size = octaves[octave]
        content = style_pictures.shown(question.content, max(size)) if size != octaves[-1] else whole
        content = resized(content, size)
        objective = yield from _objective(question, program, content)
        start = resized(so_far, size) if so_far is not None else _start(question, content)
        so_far = yield from _descend(question, objective, octave, content, start)


def checked(question: StyleOf, program: Program) -> StyleOf:
    """The question with layers. Raises ProgramError or StyleError where it cannot be answered."""
    layers = question.content_layers, question.style_layers
    if not any(layers):
        layers = usual_layers(program.network, program.facts)
    content, style = layers
    for layer in (*content, *style):
        shape = program.facts[layer.node].shape if layer.node in program.facts else None
        if layer.node not in program.network.nodes:
            raise ProgramError(f"The network has no node “{layer.node[:60]}” any more: pick another layer.")
        if shape is not None and len(shape) != 3:
            raise StyleError(f"{layer.node[:60]} has no maps: pick layers before the first fully connected one.")
    settings = question.settings
    if settings.style_weight and not (question.styles and style):
        raise StyleError("There is no style to take: choose a style picture and a style layer, or set β to 0.")
    if settings.content_weight and not content:
        raise StyleError("There is no content layer: pick one, or set α to 0.")
    if not (settings.content_weight or settings.style_weight):
        raise StyleError("α and β are both 0, so there is nothing to do: make one of them larger.")
    if settings.style_weight and not sum(one.weight for one in question.styles) > 0:
        raise StyleError("All style pictures have the weight 0: make one of them larger.")
    return replace(
        question, content_layers=content if settings.content_weight else (),
        style_layers=style if settings.style_weight else (),
    )  # fmt: skip


def _objective(question: StyleOf, program: Program, content: Tensor) -> Generator[Progress, None, StyleObjective]:
    """What pictures as large as the content (1, 3, H, W) cost."""
    settings, fast = question.settings, question.settings.precision == "fast"
    wanted = [layer.node for layer in (*question.content_layers, *question.style_layers)]
    grey = settings.colours == "luminance"
    seen = Seen(question.project, program, wanted, _size(content), fast)
    for _ in prepared(seen):
        yield Progress(PREPARING)
    of_content = _values(seen, style_pictures.luminance(content) if grey else content)
    targets = []
    for one in question.styles if question.style_layers else ():
        if not one.weight:
            continue
        picture = style_pictures.shown(one.source, max(SMALLEST, round(settings.stroke * max(content.shape[2:]))))
        if grey:
            picture = style_pictures.like_luminance(picture, content)
        elif settings.colours == "histogram":
            picture = style_pictures.like_colours(picture, content)
        layers = [layer.node for layer in question.style_layers]
        yield Progress("Looking at the style")
        other = Seen(question.project, program, layers, _size(picture), fast)
        grams = {id: gram(value) for id, value in _values(other, picture).items()}
        share = _share(one.mask, _size(content))
        targets.append(Target(grams, one.weight, share))
    content_layers = {layer.node for layer in question.content_layers}
    kept = {id: value for id, value in of_content.items() if id in content_layers}
    return StyleObjective(seen, settings, (question.content_layers, question.style_layers), kept, targets)


@torch.inference_mode(False)
@torch.no_grad()
def _values(seen: Seen, x: Tensor) -> dict[str, Tensor]:
    return seen.values(x.to(seen.program.device))


def _descend(
    question: StyleOf, objective: StyleObjective, octave: int, content: Tensor, start: Tensor
) -> Generator[Progress | Styled, None, Tensor]:
    """The steps at one size; the picture they end with."""
    settings = question.settings
    first, total = octave * settings.steps, settings.total
    step, end = max(first, question.done), first + settings.steps
    grey, size = settings.colours == "luminance", "×".join(map(str, content.shape[2:]))
    start = style_pictures.luminance(start) if grey else start
    way = _way(settings, start.to(objective.seen.program.device))
    since: list[StyleCosts] = []
    shown = 0.0

    def styled(point: Tensor, known: descent.Known, note: str = "", done: bool = False) -> Styled:
        made = style_pictures.coloured(point.cpu(), content) if grey else point
        costs = tuple(since) or (_costs(step, known, 1),)
        return Styled(style_pictures.pixels(made), costs[-1], known.detail.layers, costs, note, done)

    try:
        asked = next(way)
        while True:
            if isinstance(asked, descent.Try):
                known = objective.known(asked.point)
                if not (step or since or shown):
                    yield styled(asked.point, known)
                    shown = time.monotonic()
                yield Progress(f"Step {step + 1:,} of {total:,}, {size}", step, total)
                asked = way.send(known)
                continue
            if not asked.last:
                step += 1
                since.append(_costs(step, asked.known, asked.evaluations))
            done = asked.last or step == end
            if done or asked.note or time.monotonic() - shown >= SECONDS:
                yield styled(asked.point, asked.known, asked.note, done and octave + 1 == settings.octaves)
                since, shown = [], time.monotonic()
            if done:
                yield Progress(f"Step {step:,} of {total:,}, {size}", step, total)
                return asked.point
            asked = next(way)
    except FloatingPointError as error:
        raise StyleError(
            "What the network answers to this picture is no number any more: its weights are broken or too large, or "
            "try the exact precision."
        ) from error


def _way(settings: Style, start: Tensor) -> descent.Way:
    return descent.adam(start, settings.rate) if settings.optimizer == "Adam" else descent.lbfgs(start)


def _costs(step: int, known: descent.Known, evaluations: int) -> StyleCosts:
    detail = known.detail
    return StyleCosts(step, detail.content, detail.style, detail.smoothness, known.cost, evaluations)


def _start(question: StyleOf, content: Tensor) -> Tensor:
    """What the picture is at first, (1, 3, H, W)."""
    settings, size = question.settings, _size(content)
    if settings.start == "noise":
        return torch.rand((1, 3, *size), generator=torch.Generator().manual_seed(settings.seed))
    if settings.start == "style" and question.styles:
        best = max(question.styles, key=lambda one: one.weight)
        whole = style_pictures.shown(best.source, 2 * max(size))
        return style_pictures.covering(whole, size)
    return content


def _share(mask: NDArray[np.uint8] | None, size: Size) -> Tensor | None:
    """(H, W) from 0 to 1: how much a style counts where in the picture. Raises StyleError where it counts nowhere."""
    if mask is None:
        return None
    if not mask.size or not mask.any():
        raise StyleError("The mask of a style picture is empty: paint where it counts, or take the mask away.")
    return F.interpolate(torch.from_numpy(mask.astype(np.float32) / 255)[None, None], size, mode="area")[0, 0]


def _size(x: Tensor) -> Size:
    return x.shape[2], x.shape[3]
