"""Which pixels made a number of the network what it is: `explorer.probes.attribution`'s methods, computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil, prod
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.engine.device import doubled
from explorer.engine.probes import image_for, program_of, scores
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Attribute
from explorer.engine.tape import Tape
from explorer.formats.recipes import plain, to_pixels
from explorer.layers.dense import Input
from explorer.maths.attribution import Attribution
from explorer.maths.records import Place, Progress
from explorer.network.project import Recipe
from explorer.probes.attribution import (
    Back,
    Deconvolution,
    GradCam,
    Gradient,
    GuidedBackprop,
    IntegratedGradients,
    Method,
    Occlusion,
    SmoothGrad,
)  # fmt: skip

AT_ONCE = 8
"""Pictures that go through the network together."""

LEVELS = {"mean colour": None, "black": 0, "white": 255}


@dataclass(frozen=True)
class Share:
    """values (C, h, w), what they add up to and should, and whether they are final."""

    values: Tensor
    check: tuple[float, float] | None = None
    done: bool = True


class Case:
    """A number of a network at a picture (1, C, H, W)."""

    def __init__(self, program: Program, image: Tensor, place: Place, recipe: Recipe) -> None:
        self.program, self.place, self.recipe = program, place, recipe
        self.image = image.to(program.device).contiguous()

    def number(self, value: Tensor) -> Tensor:
        """(N,) out of the node's values (N, …)."""
        rows = value.shape[2] if value.ndim > 2 else 1
        value = value.reshape(*value.shape[:2], rows, -1)  # [N, C, H, W]
        return value[:, self.place.channel, self.place.row, self.place.column]

    def numbers(self, images: Tensor) -> Tensor:
        """(N,) the number at each of the pictures (N, C, H, W)."""
        return self.number(self.program.values(images, [self.place.node])[self.place.node])

    def slopes(self, images: Tensor, at: str = "", back: Back = "gradient") -> tuple[Tensor, Tensor]:
        """What the node `at` puts out, (N, …), or the pictures themselves, and the number's slope at each of it.

        back: what a ReLU lets through, see Tape.
        """
        tape = Tape(self.program, [self.place.node])
        tape.check_room(len(images))
        at = at or tape.entry
        with torch.inference_mode(False), torch.enable_grad():
            x = images.clone().requires_grad_(True)
            values = tape.values(x, {self.place.node, at}, back)
            (slopes,) = torch.autograd.grad(self.number(values[self.place.node]).sum(), values[at])
        return values[at].detach(), slopes

    def empty(self, baseline: str) -> Tensor:
        """(1, C, H, W): a picture that shows nothing."""
        shape = tuple(self.image.shape[1:])
        return torch.from_numpy(plain(LEVELS[baseline], self.recipe, shape))[None].to(self.image.device)  # type: ignore[arg-type]


def attribute(question: Attribute) -> Iterator[Progress | Attribution]:
    """What each method says, one after the other; a slow one gets better step by step. Raises ProgramError.

    Where a method has nothing to say the others still do, and it is told at the end.
    """
    program = yield from program_of(question.project, question.device)
    place, image = _starting_point(program, question)
    case = Case(program, image, place, question.project.recipe)
    picture, score = to_pixels(image[0].numpy(), question.project.recipe), float(case.numbers(case.image))
    problem: ProgramError | None = None
    for method in question.methods:
        yield Progress(method.title)
        try:
            at = _maps(program, place.node, question.at, method) if isinstance(method, GradCam) else ""
        except ProgramError as error:
            problem = error
            continue
        for step in HOW[type(method)](case, method, at):
            if isinstance(step, Progress):
                yield step
                continue
            values = np.ascontiguousarray(step.values.cpu().numpy())
            yield Attribution(method.title, values, picture, place, score, method.signed, at, step.check, step.done)
    if problem:
        raise problem


def _starting_point(program: Program, question: Attribute) -> tuple[Place, Tensor]:
    """The number in question, before the softmax where it is a probability, and the picture as input."""
    target = question.target
    if isinstance(target, Place) and target.node not in question.project.network.nodes:
        raise ProgramError(f"The network has no node “{target.node[:60]}” any more: pick another number.")
    node = scores(program, target.node if isinstance(target, Place) else program.output)
    image = image_for(question.source, question.project, program, node)
    shape = program.facts[node].shape or ()
    if not isinstance(target, Place) and prod(shape) != shape[0]:
        raise ProgramError("The network does not end in one number per class: pick a number of a feature map.")
    if target is None:
        target = int(program.values(image, [node])[node].flatten().argmax())
    place = replace(target, node=node) if isinstance(target, Place) else Place(node, target)
    height = shape[1] if len(shape) > 1 else 1
    sizes = (shape[0], height, prod(shape) // (shape[0] * height))
    if not all(0 <= i < size for i, size in zip((place.channel, place.row, place.column), sizes, strict=True)):
        raise ProgramError(f"{node} has no number there any more: pick another one.")
    return place, image


def _maps(program: Program, goal: str, selected: str, method: GradCam) -> str:
    """The node whose maps are weighed: the last before `goal` that has more than one place, or the selected one."""
    nodes, before = program.network.nodes, program.network.before([goal]) - {goal}
    sizes = {id: prod((fact.shape or ())[1:]) for id, fact in program.facts.items() if id in before}
    maps = [id for id, size in sizes.items() if size > 1 and not isinstance(nodes[id].layer, Input)]
    if not maps:
        raise ProgramError("Grad-CAM weighs feature maps, and none lead to this number.")
    return selected if method.layer == "selected" and selected in maps else maps[-1]


# Each method: what it gives for a case, step by step.

Steps = Iterator[Progress | Share]


def _gradient(case: Case, method: Gradient, _at: str) -> Steps:
    yield Share(case.slopes(case.image)[1][0])


def _guided(case: Case, method: GuidedBackprop, _at: str) -> Steps:
    yield Share(case.slopes(case.image, back="guided")[1][0])


def _deconvolution(case: Case, method: Deconvolution, _at: str) -> Steps:
    yield Share(case.slopes(case.image, back="deconvolution")[1][0])


def _smooth(case: Case, method: SmoothGrad, _at: str) -> Steps:
    x = case.image
    deviation = method.noise * float(x.max() - x.min())
    random = torch.Generator().manual_seed(method.seed)
    total, done = torch.zeros_like(x[0]), 0
    while done < method.samples:
        count = min(AT_ONCE, method.samples - done)
        noise = torch.normal(0.0, deviation, (count, *x.shape[1:]), generator=random).to(x.device)
        total += case.slopes(x + noise)[1].sum(0)
        done += count
        yield Progress(method.title, done, method.samples)
        yield Share(total / done, done=done == method.samples)


def _integrated(case: Case, method: IntegratedGradients, _at: str) -> Steps:
    """The integral by Gauss and Legendre's points, on which a smooth slope is met best."""
    x, start = case.image, case.empty(method.baseline)
    points, widths = np.polynomial.legendre.leggauss(method.steps)
    shares, weights = (
        torch.from_numpy(part).float().to(x.device)[:, None, None, None] for part in ((1 + points) / 2, widths / 2)
    )
    total = torch.zeros_like(x[0])
    for first in range(0, method.steps, AT_ONCE):
        part = slice(first, first + AT_ONCE)
        total += (weights[part] * case.slopes(start + shares[part] * (x - start))[1]).sum(0)
        yield Progress(method.title, min(first + AT_ONCE, method.steps), method.steps)
    values = (x - start)[0] * total
    gained = float(case.numbers(x) - case.numbers(start))
    yield Share(values, (float(doubled(values).sum()), gained))


def _cam(case: Case, method: GradCam, at: str) -> Steps:
    maps, slopes = case.slopes(case.image, at)
    weights = slopes.mean((2, 3), keepdim=True)  # [1, K, 1, 1]
    yield Share((weights * maps).sum(1).relu())


def _occlusion(case: Case, method: Occlusion, _at: str) -> Steps:
    """Each pixel gets the mean fall over the windows that covered it."""
    x, cover = case.image, case.empty(method.baseline)
    height, width = x.shape[2:]
    side = method.window
    tops, lefts = (
        [i * method.stride for i in range(ceil(max(0, size - side) / method.stride) + 1)] for size in (height, width)
    )
    places = [(top, left) for top in tops for left in lefts]
    whole = case.numbers(x)
    falls, covered = (torch.zeros((1, height, width), device=x.device) for _ in range(2))
    for first in range(0, len(places), AT_ONCE):
        some = places[first : first + AT_ONCE]
        images = x.repeat(len(some), 1, 1, 1)
        for image, (top, left) in zip(images, some, strict=True):
            window = (slice(None), slice(top, top + side), slice(left, left + side))
            image[window] = cover[0][window]
        for fall, (top, left) in zip(whole - case.numbers(images), some, strict=True):
            window = (slice(None), slice(top, top + side), slice(left, left + side))
            falls[window] += fall
            covered[window] += 1
        done = first + len(some)
        yield Progress(method.title, done, len(places))
        yield Share(falls / covered.clamp(min=1), done=done == len(places))


HOW: dict[type[Method], Callable[[Case, Any, str], Steps]] = {
    Gradient: _gradient,
    SmoothGrad: _smooth,
    IntegratedGradients: _integrated,
    GuidedBackprop: _guided,
    Deconvolution: _deconvolution,
    GradCam: _cam,
    Occlusion: _occlusion,
}
