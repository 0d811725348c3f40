"""Look into a network while it sees a picture: its best guesses, and what its nodes put out."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.calmly import PREPARING
from explorer.engine.device import checked
from explorer.engine.feeding import feeding_of
from explorer.engine.painting import painted, paints
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Look, PictureFile, PictureSource, Predict
from explorer.engine.weights import Tensors
from explorer.formats import tensors
from explorer.formats.pictures import decode
from explorer.formats.recipes import to_input
from explorer.layers.activations import Dropout, Softmax
from explorer.layers.shapes import Flatten, Identity
from explorer.maths.brightness import Range, brightened, ends
from explorer.maths.channels import statistics
from explorer.maths.records import FeatureMaps, Guess, Picture, Prediction, Progress
from explorer.network.layer import described
from explorer.network.network import Network, Node
from explorer.network.project import Project

_latest: list[tuple[Network, str, str, str, Program]] = []
_pictures: dict[tuple[str, int, int], Picture] = {}
PICTURES, BYTES_OF_PICTURES = 4, 128 << 20
"""That are kept at most, but for the latest, which may be as large as it is: one of 100 million pixels has 300 MB."""


def predict(question: Predict) -> Iterator[Progress | Prediction]:
    """The network's best guesses for a picture, or the picture it makes of it. Raises ProgramError where it ends in
    neither one number per class nor a picture."""
    program = yield from program_of(question.project, question.device)
    image = image_for(question.source, question.project, program, program.output)
    check_answer(program)
    yield from program.prepare([program.output])
    start = time.perf_counter()
    output = (yield from program.running(image, [program.output]))[program.output].cpu()
    milliseconds = (time.perf_counter() - start) * 1000
    yield guessed(program, output, question, milliseconds)


def guessed(program: Program, output: torch.Tensor, question: Predict, milliseconds: float) -> Prediction:
    """The best guesses in what the network puts out for one picture (1, C, …), or the picture that it puts out. Raises
    ProgramError."""
    top: tuple[Guess, ...] = ()
    picture = None
    if how := paints(program):
        picture = painted(output, how, question.project.recipe, program.output)
    else:
        (chances,) = probabilities(program, output)
        best = np.argsort(-chances, kind="stable")[: question.count]
        top = tuple(Guess(label_of(question.project, i), int(i), float(chances[i])) for i in best)
    return Prediction(
        top, program.untrained([program.output]), milliseconds, question.device,
        (program.output, *(id for id in program.ends if id != program.output)), painted=picture,
    )  # fmt: skip


def check_answer(program: Program) -> None:
    """Raise ProgramError where the network ends in neither one number per class nor a picture, before it is run: U-Net
    runs for many seconds."""
    if not paints(program):
        _check(program.facts[program.output].shape or ())


def _check(shape: tuple[int, ...]) -> None:
    if prod(shape) != shape[0]:
        raise ProgramError(
            f"The network ends in {described(shape)}, not in one number per class: "
            "end it with AdaptiveAvgPool2d, Flatten and Linear."
        )


def probabilities(program: Program, output: torch.Tensor) -> NDArray[np.floating]:
    """(N, classes) of what the network put out for N pictures. Raises ProgramError where these are no such numbers."""
    _check(tuple(output.shape[1:]))
    found = output.flatten(1)
    if not torch.isfinite(found).all():
        raise ProgramError("The network put out numbers that are not finite: its weights are broken or too large.")
    sure = _softmax(program, program.output)
    chances: NDArray[np.floating] = (found if sure else found.double().softmax(1)).numpy()
    return chances


def label_of(project: Project, index: int) -> str:
    """What a class is called."""
    labels = project.recipe.labels
    return labels[index] if index < len(labels) else f"class {index}"


def look(question: Look) -> Iterator[Progress | tuple[FeatureMaps, ...]]:
    """What some nodes put out for a picture. Raises ProgramError."""
    for id in question.nodes:
        if id not in question.project.network.nodes:
            raise ProgramError(f"The network has no node “{id[:60]}” any more: select another one.")
    program = yield from program_of(question.project, question.device)
    image = image_for(question.source, question.project, program, *question.nodes)
    yield from program.build(question.nodes)
    found = yield from program.running(image, question.nodes)
    yield maps_of(program, found, question.nodes, question.range, question.together)


def maps_of(
    program: Program, found: Mapping[str, torch.Tensor], nodes: Sequence[str], range: Range, together: bool
) -> tuple[FeatureMaps, ...]:
    """Some nodes' values (1, …) as maps to look at."""
    values = [_as_maps(found[id][0].cpu()) for id in nodes]
    known = [statistics(maps) for maps in values]
    limits = [ends(maps, about, range) for maps, about in zip(values, known, strict=True)]
    if together and len({len(maps) for maps in values}) == 1:
        lows, highs = zip(*limits, strict=True)
        limits = [(np.minimum.reduce(lows), np.maximum.reduce(highs))] * len(values)
    return tuple(
        FeatureMaps(
            id, maps, brightened(maps, *limit, broken=bool(about.broken.any())), *limit, about,
            bool(program.untrained([id])),
        )
        for id, maps, about, limit in zip(nodes, values, known, limits, strict=True)
    )  # fmt: skip


def _as_maps(value: torch.Tensor) -> NDArray[np.float32]:
    """A node's value as (C, H, W): a vector has one number a channel, further axes are laid side by side."""
    rows = value.shape[1] if value.ndim > 1 else 1
    return np.ascontiguousarray(value.reshape(len(value), rows, -1).numpy())


def program_of(project: Project, device: str) -> Generator[Progress, None, Program]:
    """The program of a project, its channels switched off and scaled; the last one made is kept."""
    key = (project.network, project.weights, project.main, checked(device))
    if not _latest or _latest[0][:-1] != key:
        yield Progress(PREPARING)
        _latest.clear()  # so that two never take memory at once
        _latest.append((*key, Program(project.network, weights_of(project.weights), device, project.main)))
    program = _latest[0][-1]
    if (program.feeding.fed, program.feeding.recipe) != (project.fed, project.recipe):
        program = program.fed(feeding_of(project, program.facts, program.device))
        _latest[0] = (*key, program)
    if program.factors != project.factors:
        program = program.changed(project.factors)
        _latest[0] = (*key, program)
    return program


@lru_cache(maxsize=1)
def weights_of(sha: str) -> Tensors:
    """The trained numbers of a weight file in the cache; those of the last one are kept."""
    return tensors.read(sha) if sha else {}


def scores(program: Program, id: str) -> str:
    """The node itself, or where it puts out a softmax over all classes, the one that goes into that.

    Where a network is sure its probabilities hardly have a slope; the scores before do.
    """
    softmax = _softmax(program, id)
    return softmax.inputs[0] if softmax else id


def _softmax(program: Program, id: str) -> Node | None:
    """The softmax over all classes that a node puts out, or that the layers up to it leave as it is."""
    nodes, facts = program.network.nodes, program.facts
    node = nodes[id]
    while isinstance(node.layer, Dropout | Flatten | Identity):
        node = nodes[node.inputs[0]]
    shape = facts[node.id].shape or ()
    whole = isinstance(node.layer, Softmax) and shape[node.layer.axis - 1] == prod(shape)
    return node if whole else None


def image_for(source: PictureSource, project: Project, program: Program, *goals: str) -> torch.Tensor:
    """(1, C, H, W) for the Input that leads to some nodes: of the picture, or what it is fed."""
    entry = program.entry(goals)
    if entry in program.feeding.values:
        return program.feeding.values[entry]
    shape = program.facts[entry].shape
    pixels = picture(source).pixels if isinstance(source, PictureFile) else source.pixels
    return torch.from_numpy(to_input(pixels, project.recipe, shape)).unsqueeze(0)  # type: ignore[arg-type]


def picture(source: PictureFile) -> Picture:
    """The picture of a file at its full size; the last few are kept until their file changes. Raises PictureError."""
    try:
        now = os.stat(source.path)
    except OSError:
        return decode(source.path)  # which says what is wrong
    key = source.path, now.st_mtime_ns, now.st_size
    found = _pictures.pop(key, None) or decode(source.path)
    _pictures[key] = found  # the last one is the latest
    while len(_pictures) > PICTURES or (len(_pictures) > 1 and _bytes_of_pictures() > BYTES_OF_PICTURES):
        del _pictures[next(iter(_pictures))]
    return found


def _bytes_of_pictures() -> int:
    return sum(kept.pixels.nbytes for kept in _pictures.values())
