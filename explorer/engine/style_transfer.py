"""A picture with the content of one and the style of others, step by step: neural style transfer.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from explorer.engine import descent, style_pictures
from explorer.engine.canvas import resized
from explorer.engine.octaves import sizes
from explorer.engine.probes import program_of
from explorer.engine.style_canvas import BEYOND, Waves, held_in, inside
from explorer.engine.style_forecast import check_room
from explorer.engine.style_objective import StyleObjective
from explorer.engine.style_questions import StyleOf
from explorer.engine.style_targets import StyleError, checked, objective_for, size_of
from explorer.maths.records import Progress
from explorer.maths.style_records import StyleCosts, Styled
from explorer.probes.style import Style

SECONDS = 0.1
"""Between two pictures that are shown, at least."""


def style(question: StyleOf) -> Iterator[Progress | Styled]:
    """The picture as it gets better, at most ten times a second. Raises ProgramError, PictureError, StyleError."""
    program = yield from program_of(question.project, question.device)
    question = checked(question, program)
    check_room(question, program)
    settings = question.settings
    whole = style_pictures.shown(question.content, settings.size)
    octaves = sizes(settings, (whole.shape[2], whole.shape[3]))
    so_far = None if question.so_far is None else style_pictures.from_pixels(question.so_far.pixels)
    first = min(question.done // settings.steps, len(octaves) - 1)
    for octave in range(first, len(octaves)):
        size = octaves[octave]
        content = style_pictures.shown(question.content, max(size)) if size != octaves[-1] else whole
        content = resized(content, size)
        objective = yield from objective_for(question, program, content)
        start = resized(so_far, size) if so_far is not None else _start(question, content)
        begins = octave == first and (so_far is None or not question.done)
        so_far = yield from _descend(question, objective, octave, content, start, begins)


def _descend(
    question: StyleOf, objective: StyleObjective, octave: int, content: Tensor, start: Tensor, begins: bool
) -> Generator[Progress | Styled, None, Tensor]:  # fmt: skip
    """The steps at one size; the picture they end with.

    begins: the picture is a new one, and told before any step.
    """
    settings = question.settings
    step = max(octave * settings.steps, question.done)
    end = (octave + 1) * settings.steps if question.done < settings.total else question.done + settings.steps
    total = max(settings.total, end)
    grey, size = settings.colours == "luminance", "×".join(map(str, reversed(size_of(content))))
    descending = Descending(settings, objective, style_pictures.luminance(start) if grey else start)
    since: list[StyleCosts] = []
    shown = 0.0

    def styled(picture: Tensor, known: descent.Known, note: str = "", done: bool = False) -> Styled:
        made = style_pictures.coloured(picture.cpu(), content) if grey else picture
        costs = tuple(since) or (_costs(settings, step, known, 1),)
        return Styled(style_pictures.pixels(made), costs[-1], known.detail.layers, costs, note, done)

    for found in descending.steps():
        if isinstance(found, descent.Known):  # of a picture that was only tried, the first of all of the start
            if begins:
                yield styled(inside(descending.tried), found)
                begins, shown = False, time.monotonic()
        elif found is not None:
            if not found.last:
                step += 1
                since.append(_costs(settings, step, found.known, found.evaluations))
            done = found.last or step == end
            if done or found.note or time.monotonic() - shown >= SECONDS:
                yield styled(found.point, found.known, found.note, done and octave + 1 == settings.octaves)
                since, shown = [], time.monotonic()
            if done:
                yield Progress(f"Step {step:,} of {total:,}, {size}", step, total)
                return found.point
        yield Progress(f"Step {min(step + 1, end):,} of {total:,}, {size}", step, total)
    raise AssertionError("a way downhill ends with its last step")


class Descending:
    """The way downhill from a picture (1, 3 or 1, H, W), in the numbers that its settings ask for."""

    def __init__(self, settings: Style, objective: StyleObjective, start: Tensor) -> None:
        self._objective = objective
        self._weight = BEYOND * (settings.content_weight + settings.style_weight)
        start = start.to(objective.seen.device)
        self._waves = Waves(size_of(start), start.device) if settings.optimizer == "L-BFGS" else None
        self._way = descent.lbfgs(self._waves.numbers(start)) if self._waves else descent.adam(start, settings.rate)
        self.tried = start

    def steps(self) -> Iterator[descent.Known | descent.Step | None]:
        """What each tried picture costs, and the steps, whose points are pictures from 0 to 1; None to take a breath.

        Raises StyleError where the cost of the first is no number.
        """
        waves = self._waves
        try:
            asked = next(self._way)
            while True:
                if isinstance(asked, descent.Step):
                    point = waves.picture(asked.point) if waves else asked.point
                    yield replace(asked, point=inside(point))
                    asked = next(self._way)
                    continue
                self.tried = waves.picture(asked.point) if waves else asked.point
                known = yield from self._objective.known(inside(self.tried))
                known = held_in(self.tried, known, self._weight)
                yield known
                asked = self._way.send(replace(known, slope=waves.picture(known.slope)) if waves else known)
        except FloatingPointError as error:
            raise StyleError(
                "What the network answers to this picture is no number: its weights are broken or too large, or need "
                "the exact precision."
            ) from error
        except StopIteration:
            return


def _costs(settings: Style, step: int, known: descent.Known, evaluations: int) -> StyleCosts:
    """J of the picture as it is shown: `known.cost`, which goes down, has on top of it what is cut off at black and
    white."""
    detail = known.detail
    weights = settings.content_weight, settings.style_weight, settings.smoothness
    parts = detail.content, detail.style, detail.smoothness
    return StyleCosts(step, *parts, sum(w * part for w, part in zip(weights, parts, strict=True)), evaluations)


def _start(question: StyleOf, content: Tensor) -> Tensor:
    """What the picture is at first, (1, 3, H, W)."""
    settings, size = question.settings, size_of(content)
    if settings.start == "noise":
        return torch.rand((1, 3, *size), generator=torch.Generator().manual_seed(settings.seed))
    if settings.start == "style" and question.styles:
        best = max(question.styles, key=lambda one: one.weight)
        whole = style_pictures.shown(best.source, 2 * max(size))
        return style_pictures.covering(whole, size)
    return content
