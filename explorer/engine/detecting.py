"""What a detector finds in a picture, and where."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.cascade import find, stages_of
from explorer.engine.probes import image_for, label_of, picture, predict, program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect, PictureFile, Predict
from explorer.formats.recipes import placement
from explorer.layers.detection import Proposals, Refinement, Yolo
from explorer.maths.head_records import SHOWN, Head, Heads, Limits, Thresholds
from explorer.maths.heads import RawBoxes
from explorer.maths.records import Guess, Prediction, Progress
from explorer.network.network import Network
from explorer.network.project import Project


def see(question: Predict) -> Iterator[Progress | Prediction]:
    """What the network says of a picture: boxes where it has heads, else guesses. Raises ProgramError."""
    if has_heads(question.project.network):
        t = question.thresholds
        limits = t.least, t.overlap, t.suppression, t.hidden
        yield from detect(Detect(question.project, question.source, question.device, SHOWN, *limits))
    else:
        yield from predict(question)


def detect(question: Detect) -> Iterator[Progress | Prediction]:
    """Everything found in a picture. Raises ProgramError where the network has no head."""
    project = question.project
    program = yield from program_of(project, question.device)
    if stages := stages_of(project.network):
        start = time.perf_counter()
        top = yield from found_by_stages(program, question)
        milliseconds = (time.perf_counter() - start) * 1000
        yield Prediction(top, program.untrained(stages), milliseconds, question.device)
        return
    heads = heads_of(program)
    if not heads:
        raise ProgramError(
            "The network has no head that finds boxes: open a detector, such as a Darknet .cfg with [yolo] sections, "
            "or ask “cnn-explorer run” what the whole picture shows."
        )
    image = image_for(question.source, project, program, next(iter(heads)))
    wanted = with_inputs(program, heads)
    yield from program.prepare(wanted)
    start = time.perf_counter()
    values = program.values(image, wanted)
    source = question.source
    whole = picture(source).size if isinstance(source, PictureFile) else source.pixels.shape[1::-1]
    raw = RawBoxes(put_out(values, program, heads, (image.shape[3], image.shape[2]), whole, project))
    thresholds = Thresholds(question.least, question.overlap, question.suppression, question.hidden)
    top = raw.guesses(thresholds, question.count)
    milliseconds = (time.perf_counter() - start) * 1000
    untrained = program.untrained(heads)
    yield Prediction(top, untrained, milliseconds, question.device, heads=raw.heads, thresholds=thresholds)


def has_heads(network: Network) -> bool:
    """Whether it finds boxes."""
    return any(isinstance(node.layer, Yolo | Proposals | Refinement) for node in network.nodes.values())


def heads_of(program: Program) -> dict[str, Yolo]:
    """The heads that find boxes, without those that have a problem where others have none."""
    nodes = program.network.nodes.values()
    heads = {node.id: node.layer for node in nodes if isinstance(node.layer, Yolo)}
    return {id: head for id, head in heads.items() if not program.facts[id].problem} or heads


def with_inputs(program: Program, heads: Iterable[str]) -> tuple[str, ...]:
    """The heads, and the nodes whose values enter them."""
    return tuple(dict.fromkeys(id for head in heads for id in (head, *program.network.nodes[head].inputs)))


def put_out(
    values: Mapping[str, torch.Tensor], program: Program, heads: Mapping[str, Yolo], fed: tuple[int, int],
    whole: tuple[int, int], project: Project,
) -> Heads:  # fmt: skip
    """What the heads made of a picture that is `whole`, fed in an input of `fed`, each (width, height), out of the
    values of `with_inputs`."""
    recipe = project.recipe
    place = placement(recipe, whole, *fed)
    scale = whole[0] / place.width, whole[1] / place.height
    first = next(iter(heads.values()))
    usual = Limits(recipe.least, recipe.overlap, first.suppression, first.beta)
    return Heads(
        tuple(
            Head(
                id, _numbers(values[program.network.nodes[id].inputs[0]]), _numbers(values[id]), head.anchors,
                head.chances, head.reach, head.growth,
            )
            for id, head in heads.items()
        ),
        fed[::-1], (place.left * scale[0], place.top * scale[1]), scale, usual, recipe.labels,
    )  # fmt: skip


def found_by_stages(program: Program, question: Detect) -> Generator[Progress, None, tuple[Guess, ...]]:
    """What a cascade finds in the question's picture, with landmarks where it has some. Raises ProgramError."""
    source = question.source
    pixels = picture(source).pixels if isinstance(source, PictureFile) else source.pixels
    whole = picture(source).size if isinstance(source, PictureFile) else pixels.shape[1::-1]
    scale = np.array(whole) / np.array(pixels.shape[1::-1])
    found = yield from find(program, pixels, question)
    label = label_of(question.project, 0)
    return tuple(
        Guess(label, 0, float(chance), (x1, y1, x2, y2), tuple((x, y) for x, y in points))
        for (x1, y1, x2, y2), chance, points in zip(
            (found.boxes * np.tile(scale, 2)).tolist(), found.chances, (found.points * scale).tolist(), strict=True
        )
    )[: question.count]


def _numbers(value: torch.Tensor) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = value[0].float().cpu().numpy()
    return numbers
