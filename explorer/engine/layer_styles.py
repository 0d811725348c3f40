"""The style of two pictures as one layer of a network sees it.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576, equations 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from explorer.engine.lab_questions import CompareStyles
from explorer.engine.probes import image_for, program_of
from explorer.engine.program import ProgramError
from explorer.engine.questions import Pixels
from explorer.engine.style_costs import gram, rows, style_cost
from explorer.maths.lab_records import LayerStyles
from explorer.maths.records import Progress

MOST = 1 << 25
"""Numbers of a layer's maps, of both pictures together; the maps of VGG's first layers are 6,422,528."""


def compare_styles(question: CompareStyles) -> Iterator[Progress | LayerStyles]:
    """The maps of a layer for both pictures, and their Gram matrices. Raises ProgramError."""
    program = yield from program_of(question.project, question.device)
    node = question.node
    shape = program.facts[node].shape if node in program.network.nodes else None
    if shape is None or len(shape) != 3:
        raise ProgramError(f"{node[:60]} has no maps: pick a layer whose output has channels, height and width.")
    channels, height, width = shape
    if 2 * channels * max(height * width, channels) > MOST:
        raise ProgramError(f"The maps of {node[:60]} have too many numbers to show them all: pick a later layer.")
    maps: list[Tensor] = []
    for pixels in (question.style, question.made):
        yield Progress("Looking at both pictures", len(maps), 2)
        image = image_for(Pixels(pixels), question.project, program, node)
        maps.append(program.values(image, [node])[node].float())
    a, g = (gram(rows(value)) for value in maps)
    style, made = (value[0].cpu().numpy() for value in maps)
    yield LayerStyles(node, style, made, a.cpu().numpy(), g.cpu().numpy(), float(style_cost(g, a)))
