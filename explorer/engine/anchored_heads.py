"""From what a network puts out to the records of its AnchorHeads and RegionHeads, and the second stage between."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine.program import Program
from explorer.engine.region_ops import roi_align
from explorer.layers.regions import AnchorHead, RegionHead, RoIAlign
from explorer.maths.anchored import Anchored, decoded
from explorer.maths.box_records import Offsets
from explorer.maths.records import Progress
from explorer.maths.regions import Looked, chosen, levels
from explorer.network.network import Network

BATCH = 64
"""Regions that run through the second stage together."""


def second_stage(network: Network) -> str:
    """The RoIAlign of a network that looks twice; "" where there is none. Not one that cuts out what was found."""
    nodes = network.nodes
    aligned = (node for node in nodes.values() if isinstance(node.layer, RoIAlign))
    return next((n.id for n in aligned if not any(isinstance(nodes[i].layer, RegionHead) for i in n.inputs)), "")


def chances_of(head: AnchorHead, value: Tensor) -> Tensor:
    """(N, A, K, H, W): the score of each class, 0 for nothing, in what a head put out for N pictures."""
    return _apart(head, value)[0]


def _apart(head: AnchorHead, value: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor | None, str]:
    """Scores, their numbers (N, A, K, H, W), offsets (N, 4·A, H, W), what else scores come from (N, A, H, W), how."""
    value, count = value.float(), len(head.anchors)
    sizes = [count * head.classes, 4 * count, value.shape[1] - count * (head.classes + 4)]
    numbers, offsets, centre = torch.split(value, sizes, 1)
    t = numbers.reshape(len(value), count, head.classes, *value.shape[2:])
    if head.chances == "softmax":
        chances = t.softmax(2)
        chances[:, :, 0] = 0
        return chances, t, offsets, t.logsumexp(2), "softmax"
    if centre.shape[1]:
        return (t.sigmoid() * centre[:, :, None].sigmoid()).sqrt(), t, offsets, centre, "centre"
    return t.sigmoid(), t, offsets, None, "sigmoid"


def anchored(id: str, head: AnchorHead, value: Tensor, fed: tuple[int, int], inside: tuple[float, float]) -> Anchored:
    """What a head put out (A·(K + 4 [+ 1]), H, W). fed and inside: (width, height) of the input, and of the picture in
    it."""
    count, (_, rows, columns) = len(head.anchors), value.shape
    *parts, against, way = _apart(head, value[None])
    (chances, t, offsets), against = (part[0] for part in parts), None if against is None else against[0]
    scores, kinds = chances.max(1)
    ranked = t if head.classes == 1 else chances  # where chances are 1 to the last digit, the numbers still differ
    places, classes = _best(ranked, head.best, of_class=head.chances == "softmax")
    rule = Offsets(head.sides, head.shift, head.growth)
    differences = _numbers(offsets.reshape(count, 4, rows, columns).movedim(1, -1))
    step = (head.step,) * 2 if head.step else (fed[1] // rows, fed[0] // columns)
    boxes = decoded(head.anchors, differences, rule, step, head.start, inside)
    where = torch.unravel_index(places, scores.shape)
    all_chances, all_t = (of.movedim(1, -1)[(*where, classes)] for of in (chances, t))
    return Anchored(
        id,
        head.anchors,
        rule,
        way,
        step,
        head.start,
        boxes=(boxes / np.array(fed * 2)).astype(np.float32),
        offsets=differences,
        kinds=kinds.cpu().numpy().astype(np.int16),
        scores=_numbers(scores),
        t=_numbers(t.gather(1, kinds[:, None])[:, 0]),
        against=None if against is None else _numbers(against),
        places=places.cpu().numpy(),
        classes_there=classes.cpu().numpy(),
        chances=_numbers(all_chances),
        numbers=_numbers(all_t),
        classes=head.classes,
    )


def _best(ranked: Tensor, most: int, of_class: bool) -> tuple[Tensor, Tensor]:
    """Place and class of the highest numbers (A, K, H, W): `most` of all, or of each class but that of nothing."""
    if of_class:
        flat = ranked.movedim(1, -1).flatten(0, 2)  # [A·H·W, K]
        count = min(most or len(flat), len(flat))
        places = flat[:, 1:].topk(count, dim=0).indices
        kinds = torch.arange(1, flat.shape[1], device=flat.device).expand_as(places)
        return places.flatten(), kinds.flatten()
    some = ranked.amax(1).flatten()  # the best scores lie in the boxes with the best one: the others need no sorting
    some = some.topk(min(most or len(some), len(some))).indices
    rows = ranked.movedim(1, -1)[torch.unravel_index(some, ranked[:, 0].shape)]  # [M, K]
    found = rows.flatten().topk(min(most or rows.numel(), rows.numel())).indices
    return some[found // rows.shape[1]], found % rows.shape[1]


def look_again(
    program: Program, id: str, values: Mapping[str, Tensor], fed: tuple[int, int], inside: tuple[float, float]
) -> Generator[Progress, None, Looked]:
    """The second stage, run for one picture: a RegionHead's scores and offsets for the regions that the first proposes.

    values: (1, …) of what enters the RoIAlign. fed and inside: (width, height) of the input, and of the picture in it.
    """
    network = program.network
    align = next(n for n in (network.nodes[i] for i in network.before([id])) if isinstance(n.layer, RoIAlign))
    rule, head = align.layer, network.nodes[id].layer
    assert isinstance(rule, RoIAlign)
    assert isinstance(head, RegionHead)
    boxes: list[NDArray[np.floating]] = []
    chances: list[NDArray[np.floating]] = []
    for source in align.inputs[rule.levels :]:
        proposer = network.nodes[source].layer
        if isinstance(proposer, AnchorHead):
            found = anchored(source, proposer, values[source][0], fed, inside)
            boxes.append(found.boxes.reshape(-1, 4)[found.places] * np.array(fed * 2))
            chances.append(found.chances)
    regions, sure = chosen(boxes, chances, rule.least, rule.overlap, rule.proposals)
    maps = [values[source].float() for source in align.inputs[: rule.levels]]
    cut = cut_out(maps, torch.from_numpy(regions).to(program.device), rule, fed)
    parts = [torch.zeros(0, 5 * head.classes)]
    for start in range(0, len(cut), BATCH):
        yield Progress("Looking at regions", start, len(cut))
        parts.append(program.onward({align.id: cut[start : start + BATCH].contiguous()}, [id])[id].float().cpu())
    told = torch.cat(parts)
    t, offsets = torch.split(told, [head.classes, 4 * head.classes], 1)
    return Looked(
        id, Offsets(shift=head.shift, growth=head.growth), regions, sure, _numbers(t),
        _numbers(offsets.reshape(-1, head.classes, 4)),
    )  # fmt: skip


def cut_out(maps: list[Tensor], regions: Tensor, rule: RoIAlign, fed: tuple[int, int]) -> Tensor:
    """(P, C, size, size): each region out of the map for its size."""
    scales = [2.0 ** round(float(np.log2(one.shape[2] / fed[1]))) for one in maps]
    first, last = (-int(np.log2(scale)) for scale in (scales[0], scales[-1]))
    level = torch.from_numpy(levels(regions.cpu().numpy(), first, last) - first)
    found = maps[0].new_zeros(len(regions), maps[0].shape[1], rule.size, rule.size)
    for number, (one, scale) in enumerate(zip(maps, scales, strict=True)):
        mine = (level == number).nonzero()[:, 0]
        boxes = torch.nn.functional.pad(regions[mine], (1, 0))  # each is of the first picture
        found[mine] = roi_align(one.contiguous(), boxes, rule.size, scale, rule.samples)
    return found


def _numbers(value: Tensor) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = value.float().cpu().contiguous().numpy()
    return numbers
