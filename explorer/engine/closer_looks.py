"""The third look of Mask R-CNN and Keypoint R-CNN: at the boxes that were found, each cut out of the maps once more.

Source: He et al. 2017, Mask R-CNN, arXiv:1703.06870, sections 3 and 5; what is rounded is as in torchvision 0.29.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.anchored_heads import BATCH, cut_out
from explorer.engine.program import Program
from explorer.layers.regions import KeypointHead, MaskHead, RegionHead, RoIAlign
from explorer.maths.head_records import Heads
from explorer.maths.heads import RawBoxes
from explorer.maths.mask_records import Closer, Mask
from explorer.maths.records import Guess, Progress
from explorer.network.network import Network


def closer_heads(network: Network) -> dict[str, str]:
    """The heads that look at boxes once more, each with the RoIAlign that cuts these out."""
    nodes = network.nodes
    cuts = [
        node.id
        for node in nodes.values()
        if isinstance(node.layer, RoIAlign) and any(isinstance(nodes[i].layer, RegionHead) for i in node.inputs)
    ]
    heads = [node.id for node in nodes.values() if isinstance(node.layer, MaskHead | KeypointHead)]
    found = ((head, next((cut for cut in cuts if cut in network.before([head])), "")) for head in heads)
    return {head: cut for head, cut in found if cut}


def look_closer(
    program: Program, values: Mapping[str, Tensor], raw: RawBoxes, guesses: Iterable[Guess]
) -> Generator[Progress, None, dict[int, Closer] | None]:
    """What is told of the boxes of guesses, by their place; None where the network does not look. values: of what
    enters the first RoIAlign."""
    looks = closer_heads(program.network)
    if not looks:
        return None
    heads = raw.heads
    found = [(guess.place, guess.index, guess.box) for guess in guesses if guess.box is not None]
    boxes = np.array([box for *_, box in found], np.float64).reshape(-1, 4)
    regions = ((boxes - np.array(heads.corner * 2)) / np.array(heads.scale * 2)).astype(np.float32)
    told = {place: Closer() for place, *_ in found}
    for head, cut in looks.items():
        numbers = yield from _numbers(program, values, head, cut, torch.from_numpy(regions), heads)
        for number, ((place, index, _), region) in enumerate(zip(found, regions.tolist(), strict=True)):
            if isinstance(program.network.nodes[head].layer, MaskHead):
                part = numbers[number, min(index, numbers.shape[1] - 1)].sigmoid()
                told[place] = replace(told[place], mask=Mask(len(part), part.contiguous().numpy().tobytes()))
            else:
                points, sure = _points(numbers[number], region, heads)
                told[place] = replace(told[place], points=points, sure=sure)
    return told


def _numbers(
    program: Program, values: Mapping[str, Tensor], head: str, cut: str, regions: Tensor, heads: Heads
) -> Generator[Progress, None, Tensor]:
    """(P, C, S, S): what a head says of regions (P, 4), in pixels of the input."""
    align = program.network.nodes[cut]
    rule = align.layer
    assert isinstance(rule, RoIAlign)
    maps = [values[source].float() for source in align.inputs[: rule.levels]]
    parts = [torch.zeros(0, *(program.facts[head].shape or ()))]
    for start in range(0, len(regions), BATCH):
        yield Progress("Looking closer at boxes", start, len(regions))
        some = cut_out(maps, regions[start : start + BATCH].to(program.device), rule, heads.size[::-1])
        parts.append(program.onward({cut: some.contiguous()}, [head])[head].float().cpu())
    return torch.cat(parts)


def _points(
    maps: Tensor, region: Sequence[float], heads: Heads
) -> tuple[tuple[tuple[float, float], ...], tuple[float, ...]]:
    """Where each of the maps (L, S, S), made as large as the region, is highest, in pixels of the picture; how high."""
    left, top, right, bottom = region
    wide, high = max(right - left, 1.0), max(bottom - top, 1.0)
    large = F.interpolate(maps[None], (ceil(high), ceil(wide)), mode="bicubic", align_corners=False)[0]
    sure, highest = large.flatten(1).max(1)
    rows, columns = highest // large.shape[2], highest % large.shape[2]
    x = left + (columns + 0.5) * (wide / large.shape[2])
    y = top + (rows + 0.5) * (high / large.shape[1])
    (a, b), (c, d) = heads.corner, heads.scale
    return tuple(zip((x * c + a).tolist(), (y * d + b).tolist(), strict=True)), tuple(sure.tolist())
