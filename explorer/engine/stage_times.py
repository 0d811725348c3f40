"""The parts of the R-CNN family, run and timed on one trunk with random weights: its work is the same with any.

Regions are random boxes; what proposes them in R-CNN and Fast R-CNN, a segmentation of the picture, is not run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.ops import nms, roi_pool

from explorer.classics.stages import BOXES, INPUT, TRUNKS
from explorer.engine.device import checked
from explorer.engine.lab_questions import TimeStages
from explorer.engine.program import Program
from explorer.maths.lab_records import StageTimes
from explorer.maths.records import Progress
from explorer.network.analysis import analyse, totals
from explorer.network.layer import Shape
from explorer.network.network import Network

LIGHT = 15_000_000_000
"""Multiplications of a batch of regions: about a second of a slow core, so that the work can be stopped."""
MOST_AT_ONCE = 256
SOME_CROPS = 40
"""Regions that are run of R-CNN where not all are."""
RUNS = 3
"""A single pass is timed so often; the middle time counts."""
BEFORE_NMS, OVERLAP = 6000, 0.7
"""Boxes of a region proposal network that are compared with each other, and from which IoU on one of two goes: as in
the Faster R-CNN paper, section 3.3."""


@torch.inference_mode()
def time_stages(question: TimeStages) -> Iterator[Progress | StageTimes]:
    """Each part in turn, the quick ones first."""
    trunk, side, device = TRUNKS[question.trunk], question.side, checked(question.device)
    yield Progress(f"Making {trunk.title}")
    whole = Program(trunk.whole, {}, device)
    weights = _weights(whole)
    convolutions, one_shot, proposing, head = (
        _ready(network, weights, device)
        for network in (trunk.maps(side), trunk.one_shot(side), trunk.proposing(side), trunk.head)
    )
    picture = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    maps = convolutions(picture)
    yield (times := StageTimes(one_shot=(yield from _timed(lambda: one_shot(picture), "the one-shot detector"))))
    yield (times := replace(times, maps=(yield from _timed(lambda: convolutions(picture), "the convolutions"))))
    found = yield from _timed(lambda: _proposed(proposing(maps), side, question.few), "the region proposal network")
    yield (times := replace(times, proposing=found))
    pooling = Pooling(head, maps, side, trunk.window, _at_once(trunk.head))
    yield (times := replace(times, few_heads=(yield from pooling.timed(question.few))))
    yield (times := replace(times, heads=(yield from pooling.timed(question.regions))))
    count = question.regions if question.all_crops else min(SOME_CROPS, question.regions)
    crop = yield from _crops(whole, count)
    yield replace(times, crop=crop, crops=count)


def _weights(program: Program) -> dict[str, NDArray[Any]]:
    """The random weights of the whole network, for its parts: drawing 120 million numbers twice takes seconds."""
    return {
        f"{id}.{name}": tensor.cpu().numpy()
        for id in program.network.nodes
        for name, tensor in program.tensors(id).items()
    }


def _ready(network: Network, weights: dict[str, NDArray[Any]], device: str) -> Callable[[Tensor], Tensor]:
    program = Program(network, weights, device)
    return lambda x: program.run(x)[0]


def _at_once(network: Network) -> int:
    """Regions in a batch."""
    return max(1, min(MOST_AT_ONCE, LIGHT // totals(analyse(network)).macs))


def _timed(run: Callable[[], Tensor], what: str) -> Generator[Progress, None, float]:
    """Milliseconds; the first run, which lays out weights, does not count."""
    times = []
    for number in range(RUNS + 1):
        yield Progress(f"Timing {what}", number, RUNS + 1)
        times.append(_once(run))
    return median(times[1:])


def _once(run: Callable[[], Tensor]) -> float:
    start = time.perf_counter()
    if run().is_cuda:
        torch.cuda.synchronize()
    return (time.perf_counter() - start) * 1000


@dataclass(frozen=True)
class Pooling:
    """Regions of a picture that is `side` pixels across, cut from its maps and put through the head."""

    head: Callable[[Tensor], Tensor]
    maps: Tensor
    side: int
    window: Shape
    at_once: int

    def timed(self, count: int) -> Generator[Progress, None, float]:
        """Milliseconds for so many random regions."""
        boxes = _boxes(count, self.side).to(self.maps.device)
        self._run(boxes[: self.at_once])
        took = 0.0
        for first in range(0, count, self.at_once):
            yield Progress(f"{first:,} of {count:,} regions through the fully connected layers", first, count)
            took += _once(partial(self._run, boxes[first : first + self.at_once]))
        return took

    def _run(self, boxes: Tensor) -> Tensor:
        _, high, wide = map(int, self.window)
        return self.head(roi_pool(self.maps, boxes, (high, wide), self.maps.shape[-1] / self.side))


def _boxes(count: int, side: int) -> Tensor:
    """(count, 5): 0, the picture's number, then left, top, right, bottom in its pixels; a twentieth of it or more."""
    random = torch.Generator().manual_seed(count)
    ends = torch.rand(count, 2, 2, generator=random).sort(1).values * 0.95  # [count, (from, to), (x, y)]
    ends[:, 1] += 0.05
    return torch.cat([torch.zeros(count, 1), (ends * side).flatten(1)], 1)


def _proposed(answer: Tensor, side: int, count: int) -> Tensor:
    """The boxes that a region proposal network's answer leaves: the best are decoded, and doubles dropped."""
    parts = answer[0].reshape(BOXES, 2 + 4, -1)  # [9, 6, places]
    scores = (parts[:, 1] - parts[:, 0]).flatten()
    best = scores.topk(min(BEFORE_NMS, len(scores))).indices
    sides = parts[:, 2:].permute(0, 2, 1).reshape(-1, 4)[best].sigmoid() * side
    corners = torch.cat([torch.minimum(sides[:, :2], sides[:, 2:]), torch.maximum(sides[:, :2], sides[:, 2:])], 1)
    return corners[nms(corners, scores[best], OVERLAP)[:count]]


def _crops(whole: Program, count: int) -> Generator[Progress, None, float]:
    """Milliseconds of one region that was cut out, through the whole network."""
    shape = whole.facts[INPUT].shape or ()
    batch = torch.rand(_at_once(whole.network), *map(int, shape), generator=torch.Generator().manual_seed(1))
    whole.run(batch)
    took = 0.0
    for first in range(0, count, len(batch)):
        yield Progress(f"{first:,} of {count:,} regions through the whole network", first, count)
        some = batch[: count - first]
        took += _once(lambda some=some: whole.run(some)[0])  # type: ignore[misc]
    return took / count
