"""What a picture costs that a network painted, as it is trained: another picture's content, and always one style.

The costs are those of style transfer, see `style_costs`; other than there, the content is another one at each step.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.engine.calmly import PREPARING
from explorer.engine.octaves import Size
from explorer.engine.program import Program
from explorer.engine.style_costs import LEAST, paired, style_cost, variation_cost
from explorer.engine.style_network import Seen
from explorer.maths.records import Progress
from explorer.network.project import Project
from explorer.probes.fast_style import FastStyle
from explorer.probes.style import Style, WeightedLayer

Costs = tuple[float, float, float]
"""J_content, J_style and J_variation."""


@dataclass(frozen=True, eq=False)
class TaughtCosts:
    """grams: what the style layers answer to the style picture, G / M by layer. looking: sees only as far as the
    content layers."""

    seen: Seen
    looking: Seen
    settings: FastStyle
    content: Sequence[WeightedLayer]
    grams: Mapping[str, Tensor]

    def cost(self, painted: Tensor, picture: Tensor) -> tuple[Tensor, Costs]:
        """J of what was painted (1, 3, H, W) of a picture, and what it is made of; it can be differentiated."""
        (part,), (other,) = self.seen.parts, self.looking.parts
        values, wanted = self.seen.values(part, painted), self.looking.looked(other, picture)
        content = style = painted.new_zeros(())
        for layer in self.content:
            p = wanted[layer.node].float()
            apart = (values[layer.node].float() - p).square().mean() / 2 / p.square().mean().clamp(min=LEAST)
            content = content + apart / len(self.content)
        for id, gram in self.grams.items():
            f = values[id].flatten(0, 1)
            style = style + style_cost(paired(f) / len(f), gram) / len(self.grams)
        smooth, s = variation_cost(painted), self.settings
        total = s.content_weight * content + s.style_weight * style + s.smoothness * smooth
        return total, (float(content.detach()), float(style.detach()), float(smooth.detach()))


def taught_costs(
    project: Project, judge: Program, settings: FastStyle,
    layers: tuple[Sequence[WeightedLayer], Sequence[WeightedLayer]], picture: Tensor,
) -> Generator[Progress, None, TaughtCosts]:  # fmt: skip
    """The costs that a trained network tells, for the style of a picture (1, 3, H, W). Raises ProgramError."""
    content, style = layers
    ids = [layer.node for layer in style]
    fast = Style(precision=settings.precision)

    def seen(wanted: Sequence[str], size: Size, other: Seen | None = None) -> Generator[Progress, None, Seen]:
        found = Seen(project, judge, wanted, size, fast, other)
        for _ in found.prepare():
            yield Progress(PREPARING)
        return found

    square, kept = (settings.size, settings.size), [layer.node for layer in content]
    own = yield from seen([*ids, *kept], square)
    looking = yield from seen(kept or ids, square, own)
    other = yield from seen(ids, (picture.shape[2], picture.shape[3]), own)
    grams = yield from other.grams(picture, ids)
    with torch.inference_mode(False):
        return TaughtCosts(own, looking, settings, content, {id: gram.clone() for id, gram in grams.items()})
