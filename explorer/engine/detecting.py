"""What a detector finds in a picture, and where."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.anchored_heads import anchored, look_again, second_stage
from explorer.engine.cascade import find, stages_of
from explorer.engine.closer_looks import closer_heads, look_closer
from explorer.engine.fed import fed as fed_for
from explorer.engine.probes import image_for, label_of, picture, predict, program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect, PictureFile, Predict
from explorer.formats.recipes import placement
from explorer.layers.detection import Proposals, Refinement, Yolo
from explorer.layers.regions import AnchorHead, RegionHead
from explorer.maths.anchored import Anchored
from explorer.maths.box_records import SHOWN, Limits, Thresholds
from explorer.maths.head_records import Head, Heads
from explorer.maths.heads import RawBoxes
from explorer.maths.records import Guess, Prediction, Progress, with_looks
from explorer.maths.regions import Looked
from explorer.maths.steps import at_once
from explorer.network.network import Network, Node
from explorer.network.project import Project

Finder = Yolo | AnchorHead | RegionHead
"""A head that runs with the whole network."""


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
    source = question.source
    pixels = picture(source).pixels if isinstance(source, PictureFile) else source.pixels
    whole = picture(source).size if isinstance(source, PictureFile) else pixels.shape[1::-1]
    large = not any(isinstance(head, Yolo) for head in heads.values())
    if large:
        program = fed_for(program, project.recipe, pixels.shape[1::-1])
    image = image_for(source, project, program, next(iter(heads)))
    wanted = with_inputs(program, heads)
    fed = image.shape[3], image.shape[2]
    yield from program.build(wanted) if large else program.prepare(wanted)
    start = time.perf_counter()
    values = (yield from _passed(program, image, wanted)) if large else program.values(image, wanted)
    again = yield from _second_looks(values, program, heads, fed, whole, project)
    raw = RawBoxes(put_out(values, program, heads, fed, whole, project, again))
    thresholds = Thresholds(question.least, question.overlap, question.suppression, question.hidden)
    top = raw.guesses(thresholds, question.count)
    closer = yield from look_closer(program, values, raw, top)
    milliseconds = (time.perf_counter() - start) * 1000
    untrained = program.untrained((*heads, *closer_heads(program.network)))
    yield Prediction(
        with_looks(top, closer), untrained, milliseconds, question.device, heads=raw.heads, thresholds=thresholds,
        closer=closer,
    )  # fmt: skip


def has_heads(network: Network) -> bool:
    """Whether it finds boxes."""
    return any(isinstance(node.layer, Finder | Proposals | Refinement) for node in network.nodes.values())


def heads_of(program: Program) -> dict[str, Finder]:
    """The heads that find boxes, without those that have a problem where others have none, and those that only propose
    regions to others."""
    nodes = program.network.nodes.values()
    align = second_stage(program.network)
    first = program.network.nodes[align].inputs if align else ()
    heads = {
        node.id: node.layer
        for node in nodes
        if isinstance(node.layer, Finder) and node.id not in first and _looks(program.network, node, align)
    }
    return {id: head for id, head in heads.items() if not program.facts[id].problem} or heads


def _looks(network: Network, node: Node, align: str) -> bool:
    """Whether a head has something to look at: a RegionHead what was cut out of maps."""
    return not isinstance(node.layer, RegionHead) or (bool(align) and align in network.before([node.id]))


def with_inputs(program: Program, heads: Iterable[str]) -> tuple[str, ...]:
    """The nodes whose values tell what the heads find: the heads, and what enters those of YOLO; for a second stage the
    first."""
    nodes, wanted = program.network.nodes, {}
    for head in heads:
        if isinstance(nodes[head].layer, RegionHead):
            wanted.update(dict.fromkeys(nodes[second_stage(program.network)].inputs))
        else:
            wanted.update(dict.fromkeys((head, *(nodes[head].inputs if isinstance(nodes[head].layer, Yolo) else ()))))
    return tuple(wanted)


def _passed(
    program: Program, image: torch.Tensor, wanted: tuple[str, ...]
) -> Generator[Progress, None, dict[str, torch.Tensor]]:
    """The same as `program.values`, with a step behind each layer in which it can be stopped: on a slow machine such a
    network takes many seconds."""
    values, steps = {}, program.passed(wanted)
    told = f"Looking at {image.shape[3]} × {image.shape[2]} pixels"
    for number, (id, value) in enumerate(program.passing(image, {*wanted, *steps})):
        if id in wanted:
            values[id] = value.clone()  # the program may write over its own
        yield Progress(told, number, len(steps))
    return values


def _second_looks(
    values: Mapping[str, torch.Tensor], program: Program, heads: Mapping[str, Finder], fed: tuple[int, int],
    whole: tuple[int, int], project: Project,
) -> Generator[Progress, None, dict[str, Looked]]:  # fmt: skip
    place, found = placement(project.recipe, whole, *fed), {}
    for id, head in heads.items():
        if isinstance(head, RegionHead):
            found[id] = yield from look_again(program, id, values, fed, (place.width, place.height))
    return found


def put_out(
    values: Mapping[str, torch.Tensor], program: Program, heads: Mapping[str, Finder], fed: tuple[int, int],
    whole: tuple[int, int], project: Project, again: Mapping[str, Looked] | None = None,
) -> Heads:  # fmt: skip
    """What the heads made of a picture that is `whole`, fed in an input of `fed`, each (width, height), out of the
    values of `with_inputs`. again: what a second stage made of it; where that is None, it runs here. Raises
    ProgramError."""
    if again is None:
        again = at_once(_second_looks(values, program, heads, fed, whole, project))
    recipe = project.recipe
    place = placement(recipe, whole, *fed)
    scale = whole[0] / place.width, whole[1] / place.height
    some = next(iter(heads.values()))
    usual = Limits(recipe.least, recipe.overlap)
    if isinstance(some, Yolo):
        usual = Limits(recipe.least, recipe.overlap, some.suppression, some.beta)

    def made(id: str, head: Finder) -> Head | Anchored | Looked:
        if isinstance(head, AnchorHead):
            return anchored(id, head, values[id][0], fed, (place.width, place.height))
        if isinstance(head, RegionHead):
            return again[id]
        raw, value = values[program.network.nodes[id].inputs[0]], values[id]
        return Head(id, _numbers(raw), _numbers(value), head.anchors, head.chances, head.reach, head.growth)

    return Heads(
        tuple(made(id, head) for id, head in heads.items()),
        fed[::-1], (place.left * scale[0], place.top * scale[1]), scale, usual, recipe.labels,
        whole if not isinstance(some, Yolo) else (0.0, 0.0), 0 if isinstance(some, Yolo) else some.most,
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
