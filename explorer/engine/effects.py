"""What hangs on single channels: the answer without and with those that are off, and each channel switched off in turn.

Ranking runs nothing twice: what enters behind the node is computed once, and a batch of copies, each without another
channel, goes on from there.
Source: Morcos et al. 2018, On the importance of single directions for generalization, arXiv:1803.06959.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine.anchored_heads import chances_of
from explorer.engine.detecting import Finder, has_heads, heads_of, see
from explorer.engine.probes import image_for, label_of, probabilities, program_of, scores
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Predict, RankChannels, WhatChanges
from explorer.layers.detection import Yolo
from explorer.layers.regions import AnchorHead
from explorer.maths.effects import ChannelEffects, Outcome, Shift, ordered, paired
from explorer.maths.records import Guess, Prediction, Progress
from explorer.network.project import Project

AT_ONCE = 32
"""Channels that are tried together, at most."""
MEMORY = 32_000_000
"""Bytes that their values may take: about what a processor's cache holds. With more, large maps are slower."""
OFTEN = 0.25
"""Seconds between two results."""


@dataclass(frozen=True)
class Aim:
    """How a class is read out of the goals' values (N, …): its probabilities and its scores (N,)."""

    index: int
    read: Callable[[Mapping[str, Tensor]], tuple[NDArray[np.float64], NDArray[np.float64]]]


def what_changes(question: WhatChanges) -> Iterator[Progress | Outcome]:
    """The answer without and with the project's ablations. Raises ProgramError."""
    project = question.project
    plain = replace(project, ablations=())
    if has_heads(project.network):
        found: list[tuple[Guess, ...]] = []
        for one in (plain, project):
            for step in see(Predict(one, question.source, question.device)):
                if isinstance(step, Prediction):
                    found.append(step.top)
                else:
                    yield step
        yield Outcome(paired(*found)[: question.count])
        return
    both = []
    for one in (plain, project):
        program = yield from program_of(one, question.device)
        image = image_for(question.source, one, program, program.output)
        both.append(probabilities(program, program.run(image)[0].cpu())[0])
    best = {int(i): None for found in both for i in np.argsort(-found, kind="stable")[: question.count]}
    before, after = both
    shifts = [Shift(label_of(project, i), i, float(before[i]), float(after[i])) for i in best]
    yield Outcome(ordered(shifts)[: question.count])


def rank_channels(question: RankChannels) -> Iterator[Progress | ChannelEffects]:
    """What the class loses by each channel of the node, more of them each time. Raises ProgramError."""
    project, node = question.project, question.node
    if node not in project.network.nodes:
        raise ProgramError(f"The network has no node “{node[:60]}” any more: select another one.")
    program = yield from program_of(project, question.device)
    goals = tuple(heads_of(program)) or (program.output, scores(program, program.output))
    behind = program.network.behind([node])
    if not behind & set(goals):
        raise ProgramError(f"{node[:60]} does not lead to the answer: select a layer on the way to {goals[0][:60]}.")
    image = image_for(question.source, project, program, goals[0])
    wanted = frozenset(goals)
    cut = _cut(program, node, wanted)
    values = program.values(image, cut | wanted)
    aim = _aim(project, program, goals, values, question.target)
    (probability,), (score,) = aim.read(values)
    maps, given = values[node], {id: values[id] for id in cut}
    falls = np.full((2, maps.shape[1]), np.nan)
    silent = ~maps.flatten(2).any(2)[0].cpu().numpy() if maps.ndim > 2 else (maps[0] == 0).cpu().numpy()
    falls[:, silent] = 0.0  # without them nothing is missing
    todo = np.nonzero(~silent)[0]
    batch = max(1, min(AT_ONCE, MEMORY // program.most_at_once(wanted, cut)))

    def result(done: bool) -> ChannelEffects:
        label = label_of(project, aim.index)
        return ChannelEffects(node, label, aim.index, float(probability), falls[0].copy(), falls[1].copy(), done)

    began = shown = time.monotonic()
    for first in range(0, len(todo), batch):
        some = todo[first : first + batch]
        found = aim.read(program.onward(_without(given, node, some), wanted))
        falls[:, some] = np.array([[probability], [score]]) - np.array(found)
        done, now = first + len(some), time.monotonic()
        left = (now - began) / done * (len(todo) - done)
        yield Progress(f"Switched off {done:,} of {len(todo):,} channels, {left:.0f} s left", done, len(todo))
        if now - shown > OFTEN and done < len(todo):
            yield result(False)
            shown = now
    yield result(True)


def _cut(program: Program, node: str, wanted: frozenset[str]) -> frozenset[str]:
    """The nodes whose values are enough to go on behind `node`: itself, and those that come in from beside."""
    network = program.network
    changed = network.behind([node]) - {node}
    needed = network.before(wanted)
    beside = {id for one in changed & needed for id in network.nodes[one].inputs}
    return frozenset((beside | wanted) - changed | {node})


@torch.inference_mode()
def _without(given: Mapping[str, Tensor], node: str, channels: NDArray[np.int64]) -> dict[str, Tensor]:
    """Copies of values (1, …), one for each channel, that of the node without the channel."""
    count = len(channels)
    copies = {id: value.expand(count, *value.shape[1:]) for id, value in given.items()}
    copies = {
        id: value.contiguous(memory_format=torch.channels_last) if value.ndim == 4 else value.contiguous()
        for id, value in copies.items()
    }
    maps = copies[node].clone() if count == 1 else copies[node]  # one copy alone is still the value itself
    maps[torch.arange(count), torch.from_numpy(channels)] = 0.0
    return {**copies, node: maps}


def _aim(
    project: Project, program: Program, goals: tuple[str, ...], values: Mapping[str, Tensor], target: int | None
) -> Aim:
    """How the target, or the likeliest class, is read from the values of the goals. Raises ProgramError."""
    heads = {id: head for id, head in heads_of(program).items() if id in goals}

    def found(values: Mapping[str, Tensor]) -> NDArray[np.float64]:  # (N, classes)
        if not heads:
            return probabilities(program, values[goals[0]].cpu()).astype(np.float64)
        best = [_best(values[id], head) for id, head in heads.items()]
        return np.max(best, axis=0)  # type: ignore[no-any-return]

    whole = found(values)[0]
    if target is not None and not 0 <= target < len(whole):
        raise ProgramError(f"The network has no class {target}: choose one from 0 to {len(whole) - 1}.")
    index = int(whole.argmax()) if target is None else target

    def read(values: Mapping[str, Tensor]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        probability = found(values)[:, index]
        if heads:
            return probability, probability
        return probability, values[goals[1]].flatten(1)[:, index].cpu().double().numpy()

    return Aim(index, read)


def _best(value: Tensor, head: Finder) -> NDArray[np.float64]:
    """(N, classes): of what a head puts out for N pictures, each class's highest score of a box; where it looks at
    regions, of the one that is the whole picture."""
    if isinstance(head, Yolo):
        parts = value.reshape(len(value), len(head.anchors), -1, *value.shape[2:])
        scores = (parts[:, :, 4:5] * parts[:, :, 5:]).amax((1, 3, 4))
    elif isinstance(head, AnchorHead):
        scores = chances_of(head, value).amax((1, 3, 4))
    else:
        scores = value[:, : head.classes].softmax(1)
        scores[:, 0] = 0
    best: NDArray[np.float64] = scores.cpu().double().numpy()
    return best
