"""A cascade of detectors, run on a picture: the first stage slides over it in many sizes, each later one looks closer
at the boxes that are left."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.device import free_memory
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect
from explorer.engine.room import FLOAT
from explorer.engine.tape import Tape
from explorer.formats.recipes import per_channel
from explorer.formats.words import amount
from explorer.layers.detection import Proposals, Refinement
from explorer.maths.cascade import averaged, moved, patches, placed, proposed, scales, squared, summed, unrivalled
from explorer.maths.records import Progress
from explorer.network.network import Network
from explorer.network.project import Recipe
from explorer.network.receptive_field import receptive_field

BATCH = 256
"""Boxes that a later stage looks at together."""
MOST = 5_000
"""Only so many boxes, the best, go on to the next stage: a network with random weights proposes a million."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes (N, 4) in pixels of the picture, their chances (N,), landmarks (N, L, 2) of those that have some."""

    boxes: NDArray[np.floating]
    chances: NDArray[np.floating]
    points: NDArray[np.floating]

    def taken(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Boxes:
        """Some of them."""
        return Boxes(self.boxes[which], self.chances[which], self.points[which])

    def best(self) -> Boxes:
        """The same with the highest chances first, and not too many."""
        return self.taken(np.argsort(-self.chances, kind="stable")[:MOST])


def stages_of(network: Network) -> tuple[str, ...]:
    """The stages of a cascade in the order they were added, what slides first; empty where the network is none."""
    nodes = network.nodes.values()
    first = [node.id for node in nodes if isinstance(node.layer, Proposals)]
    return (*first[:1], *(node.id for node in nodes if isinstance(node.layer, Refinement)))


def find(program: Program, pixels: Pixels, question: Detect) -> Generator[Progress, None, Boxes]:
    """What a cascade finds, the highest chance first. Raises ProgramError where it has no beginning, or cannot run."""
    if question.suppression == "DIoU":
        raise ProgramError("A cascade drops boxes by their overlap: choose IoU, or leave it as the network has it.")
    stages = stages_of(program.network)
    if not isinstance(program.network.nodes[stages[0]].layer, Proposals):
        raise ProgramError("The cascade has no beginning: add Proposals behind the network that is to slide.")
    asked: dict[str, Any] = {name: getattr(question, name) for name in ("least", "overlap")}
    if question.suppression and len(stages) > 1:
        asked["share"] = "both"
    network = program.network.with_settings(stages[-1], **{n: value for n, value in asked.items() if value is not None})
    recipe, found = question.project.recipe, Boxes(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 0, 2)))
    for id in stages:
        stage = network.nodes[id].layer
        if isinstance(stage, Proposals):
            found = yield from _propose(program, id, stage, pixels, recipe)
        elif isinstance(stage, Refinement):
            found = yield from _refine(program, id, stage, pixels, recipe, found)
    edge = np.array(pixels.shape[1::-1] * 2) - 1
    return Boxes(np.clip(found.boxes, 0, edge), found.chances, found.points)


def _propose(
    program: Program, id: str, stage: Proposals, pixels: Pixels, recipe: Recipe
) -> Generator[Progress, None, Boxes]:
    tape = Tape(program, [id])
    field = receptive_field(program.network, program.facts, id)
    assert field is not None  # it has no problem, and one Input: the tape has asked for that
    window, step, sums = field.size[0], max(1, field.jump[0]), summed(pixels)
    boxes: list[NDArray[np.floating]] = [np.zeros((0, 4))]
    chances: list[NDArray[np.floating]] = [np.zeros(0)]
    for scale in scales(pixels.shape[:2], window, stage.smallest, stage.factor):
        height, width = (int(side * scale) for side in pixels.shape[:2])
        if min(height, width) < window:
            break
        yield Progress(f"Looking at {width} × {height} pixels")
        _check_room(program, id, tape.entry, height * width)
        image = _fed(averaged(sums, height, width)[None], program, tape.entry, recipe)
        with torch.inference_mode():
            numbers = tape.values(image, [id])[id][0].float().cpu().numpy()
        some, sure = proposed(numbers, stage.least, window, step)
        some, sure = some[:MOST] / scale, sure[:MOST]
        kept = unrivalled(some, stage.within)
        boxes.append(some[kept])
        chances.append(sure[kept])
    together = Boxes(np.concatenate(boxes), np.concatenate(chances), np.zeros((sum(map(len, boxes)), 0, 2))).best()
    return together.taken(unrivalled(together.boxes, stage.overlap))


def _refine(
    program: Program, id: str, stage: Refinement, pixels: Pixels, recipe: Recipe, found: Boxes
) -> Generator[Progress, None, Boxes]:
    entry = program.entry([id])
    _, height, width = program.facts[entry].shape or (0, 0, 0)
    looked, parts = squared(found.boxes), [np.zeros((0, *(program.facts[id].shape or ())))]
    for start in range(0, len(looked), BATCH):
        cut = patches(pixels, looked[start : start + BATCH], height, width)
        parts.append(program.values(_fed(cut, program, entry, recipe), [id])[id].float().cpu().numpy())
        yield Progress(f"Looking closer, {id}", start + len(cut), len(looked))
    numbers = np.concatenate(parts)
    again = Boxes(moved(looked, numbers[:, 2:6]), numbers[:, 1], placed(looked, numbers[:, 6:]))
    again = again.taken(again.chances > stage.least).best()
    return again.taken(unrivalled(again.boxes, stage.overlap, stage.share))


def _fed(pixels: NDArray[np.floating], program: Program, entry: str, recipe: Recipe) -> torch.Tensor:
    """(N, 3, H, W) for an Input, of pixels (N, H, W, 3)."""
    channels = (program.facts[entry].shape or (0,))[0]
    if channels != 3:
        raise ProgramError(f"A cascade looks at colours: {entry} needs 3 channels, and has {channels}.")
    x = torch.from_numpy((pixels / 255).astype(np.float32)).movedim(3, 1)
    mean, std = (torch.from_numpy(per_channel(of, 3, "numbers")) for of in (recipe.mean, recipe.std))
    return ((x - mean) / std).to(program.device)


def _check_room(program: Program, id: str, entry: str, pixels: int) -> None:
    """Every value of the sliding network is in memory at once."""
    facts = program.facts
    held = sum(prod(facts[node].shape or ()) for node in program.network.before([id]))
    needed = FLOAT * held * pixels // prod((facts[entry].shape or (1, 1, 1))[1:])
    free = free_memory(program.device)
    if free is not None and needed > free:
        raise ProgramError(
            f"Sliding over {pixels / 1e6:,.0f} megapixels takes about {amount(needed)} of memory, and {amount(free)} "
            f"are free: raise “smallest” of {id}, or take a smaller picture."
        )
