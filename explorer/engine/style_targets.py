"""What a picture is to become like: what the layers answer to the content picture, and to the style pictures."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from math import inf

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine import style_pictures
from explorer.engine.calmly import PREPARING
from explorer.engine.octaves import Size
from explorer.engine.program import Program, ProgramError
from explorer.engine.style_network import Seen
from explorer.engine.style_objective import StyleObjective, Target
from explorer.engine.style_questions import StyleOf, with_usual_layers
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal

SMALLEST = 16
"""Pixels of the longer side of a style picture, at least."""


class StyleError(Refusal):
    """A style transfer cannot be begun, or not gone on with."""


def checked(question: StyleOf, program: Program) -> StyleOf:
    """The question with layers. Raises ProgramError or StyleError where it cannot be answered."""
    question = with_usual_layers(question)
    content, style = question.content_layers, question.style_layers
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


def objective_for(question: StyleOf, program: Program, content: Tensor) -> Generator[Progress, None, StyleObjective]:
    """What pictures as large as the content (1, 3, H, W) cost."""
    settings = question.settings
    content_layers, style_layers = wanted_of(question)
    grey = settings.colours == "luminance"
    both = list(dict.fromkeys((*content_layers, *style_layers)))
    seen = Seen(question.project, program, both, size_of(content), settings)
    for _ in seen.prepare():
        yield Progress(PREPARING)
    compared: dict[str, Tensor] = {}
    if content_layers:
        compared = yield from seen.maps(style_pictures.luminance(content) if grey else content, content_layers)
    for id, value in compared.items():
        _check(id, value.square().mean())
    targets = []
    for one in question.styles if style_layers else ():
        if not one.weight:
            continue
        picture = style_pictures.shown(one.source, max(SMALLEST, round(settings.stroke * max(content.shape[2:]))))
        if grey:
            picture = style_pictures.like_luminance(picture, content)
        elif settings.colours == "histogram":
            picture = style_pictures.like_colours(picture, content)
        other = Seen(question.project, program, style_layers, size_of(picture), settings, seen)
        grams = yield from other.grams(picture, style_layers)
        for id, gram in grams.items():
            _check(id, gram.diagonal().mean())
        targets.append(Target(grams, one.weight, _share(one.mask, size_of(content))))
    return StyleObjective(seen, settings, (question.content_layers, question.style_layers), compared, targets)


def wanted_of(question: StyleOf) -> tuple[list[str], list[str]]:
    """The nodes whose values are compared with the content picture's, and those with the style pictures'."""
    return [layer.node for layer in question.content_layers], [layer.node for layer in question.style_layers]


def _check(id: str, strength: Tensor) -> None:
    """Raise StyleError unless a layer answers something. strength: the mean square of its answers."""
    if not (0 < float(strength) < inf):  # not-a-number neither
        raise StyleError(
            f"{id[:60]} answers nothing, or no numbers, to a picture: pick another layer, or check the network's "
            "weights."
        )


def _share(mask: NDArray[np.uint8] | None, size: Size) -> Tensor | None:
    """(H, W) from 0 to 1: how much a style counts where in the picture. Raises StyleError where it counts nowhere."""
    if mask is None:
        return None
    if not mask.size or not mask.any():
        raise StyleError("The mask of a style picture is empty: paint where it counts, or take the mask away.")
    return F.interpolate(torch.from_numpy(mask.astype(np.float32) / 255)[None, None], size, mode="area")[0, 0]


def size_of(x: Tensor) -> Size:
    """Height and width of a picture (1, C, H, W)."""
    return x.shape[2], x.shape[3]
