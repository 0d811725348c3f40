"""What a detector finds in a picture, and where."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.engine.probes import image_for, picture, predict, program_of
from explorer.engine.program import ProgramError
from explorer.engine.questions import Detect, PictureFile, Predict
from explorer.formats.recipes import placement
from explorer.layers.detection import Yolo
from explorer.maths.records import Guess, Prediction, Progress
from explorer.maths.suppression import MEASURES, kept
from explorer.maths.yolo import Candidates, candidates, decoded

MOST = 10_000
"""Only so many boxes, the best, are compared with each other: a network with random weights has a million."""


def see(question: Predict) -> Iterator[Progress | Prediction]:
    """What the network says of a picture: boxes where it has heads, else guesses. Raises ProgramError."""
    if any(isinstance(node.layer, Yolo) for node in question.project.network.nodes.values()):
        yield from detect(Detect(question.project, question.source, question.device))
    else:
        yield from predict(question)


def detect(question: Detect) -> Iterator[Progress | Prediction]:
    """Everything found in a picture. Raises ProgramError where the network has no head."""
    project = question.project
    program = yield from program_of(project, question.device)
    heads = {node.id: node.layer for node in project.network.nodes.values() if isinstance(node.layer, Yolo)}
    if not heads:
        raise ProgramError(
            "The network has no head that finds boxes: open a detector, such as a Darknet .cfg with [yolo] sections, "
            "or ask “cnn-explorer run” what the whole picture shows."
        )
    heads = {id: head for id, head in heads.items() if not program.facts[id].problem} or heads
    image = image_for(question.source, project, program, next(iter(heads)))
    program.prepare(heads)
    start = time.perf_counter()
    values = program.values(image, heads)
    height, width = image.shape[2:]
    grids = [decoded(values[id][0].float().cpu().numpy(), head.anchors, (height, width)) for id, head in heads.items()]
    found = candidates(grids, question.least)
    measure = question.suppression or next(iter(heads.values())).suppression
    found = kept(found.taken(range(min(len(found), MOST))), question.overlap, MEASURES[measure])
    found = found.taken(range(min(len(found), question.count)))
    milliseconds = (time.perf_counter() - start) * 1000
    boxes = _in_picture(found, question, (width, height))
    labels = project.recipe.labels
    yield Prediction(
        tuple(
            Guess(labels[i] if i < len(labels) else f"class {i}", int(i), float(score), (x1, y1, x2, y2))
            for i, score, (x1, y1, x2, y2) in zip(found.classes, found.scores, boxes.tolist(), strict=True)
        ),
        program.untrained(heads),
        milliseconds,
        question.device,
    )


def _in_picture(found: Candidates, question: Detect, size: tuple[int, int]) -> NDArray[np.float64]:
    """(N, 4): the boxes in pixels of the picture, out of an input of `size` (width, height)."""
    source = question.source
    whole = picture(source).size if isinstance(source, PictureFile) else source.pixels.shape[1::-1]
    place = placement(question.project.recipe, whole, *size)
    start = np.array([place.left, place.top] * 2)
    scale = np.array(whole * 2) / np.array([place.width, place.height] * 2)
    boxes: NDArray[np.float64] = (found.boxes * np.array(size * 2, np.float64) + start) * scale
    return boxes
