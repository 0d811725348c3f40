"""What a picture of one size costs, and how each pixel would have to change for it to cost less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.descent import Known
from explorer.engine.octaves import Size, program_at
from explorer.engine.program import Program, ProgramError
from explorer.engine.sloped import Sloped
from explorer.engine.style_costs import content_cost, gram, rows, style_cost, variation_cost
from explorer.formats.recipes import per_channel
from explorer.maths.style_records import LayerCost
from explorer.network.project import Project
from explorer.probes.style import Style, WeightedLayer


@dataclass(frozen=True)
class Detail:
    """J_content, J_style and J_variation without their weights, and what each layer adds to them."""

    content: float
    style: float
    smoothness: float
    layers: tuple[LayerCost, ...]


@dataclass(frozen=True, eq=False)
class Target:
    """The Gram matrices (N, N) of one style picture by layer. share: (H, W) how much it counts where, None for all."""

    grams: dict[str, Tensor]
    weight: float
    share: Tensor | None


class Seen:
    """A network as it sees pictures of one size, up to some layers. Raises ProgramError where it does not take them."""

    def __init__(self, project: Project, program: Program, wanted: Sequence[str], size: Size, fast: bool) -> None:
        own = program_at(project, program, wanted, size)
        if own is None:
            shape = program.facts[program.entry(wanted)].shape or (0, 0, 0)
            raise ProgramError(
                f"The network sees pictures of {shape[1]}×{shape[2]} only up to these layers: pick others, before the "
                "first fully connected one."
            )
        self.network = Sloped(own, wanted, fast)
        channels = (own.facts[self.network.entry].shape or (0,))[0]
        if channels not in (1, 3):
            raise ProgramError(f"The network takes {channels} channels: a picture has 3 colours, or 1 grey.")
        self.program, self.channels = own, channels
        self._mean, self._std = (
            torch.from_numpy(per_channel(of, channels, what)).to(own.device)
            for of, what in ((project.recipe.mean, "means"), (project.recipe.std, "deviations"))
        )

    def input(self, x: Tensor) -> Tensor:
        """What the network gets of a picture (1, 3 or 1, H, W) from 0 to 1."""
        if x.shape[1] != self.channels:
            x = x.expand(-1, 3, -1, -1) if self.channels == 3 else x.mean(1, keepdim=True)
        return (x - self._mean) / self._std

    def values(self, x: Tensor) -> dict[str, Tensor]:
        """The layers' values as rows (M, N) in float32, for a picture (1, 3 or 1, H, W) from 0 to 1."""
        return {id: rows(value).float() for id, value in self.network.values(self.input(x)).items()}


class StyleObjective:
    """J for pictures of one size. content: what the content layers answer to the content picture, rows (M, N)."""

    def __init__(
        self, seen: Seen, settings: Style, layers: tuple[Sequence[WeightedLayer], Sequence[WeightedLayer]],
        content: dict[str, Tensor], styles: Sequence[Target],
    ) -> None:  # fmt: skip
        self.seen, self.settings, self.content = seen, settings, content
        self.content_layers, self.style_layers = (_shares(some) for some in layers)
        whole = sum(style.weight for style in styles) or 1.0
        self.styles = [(style, style.weight / whole, _shared(style, seen)) for style in styles]

    def known(self, x: Tensor) -> Known:
        """The cost of a picture (1, 3 or 1, H, W), its slope, and a Detail."""
        with torch.inference_mode(False), torch.enable_grad():
            x = x.detach().clone().requires_grad_()
            total, detail = self.cost(x)
            (slope,) = torch.autograd.grad(total, x)
        return Known(float(total.detach()), slope, detail)

    def cost(self, x: Tensor) -> tuple[Tensor, Detail]:
        """J of a picture, which may require a gradient, and what it is made of."""
        values = self.seen.values(x)
        layers: list[LayerCost] = []
        content = style = x.new_zeros(())
        for id, weight in self.content_layers.items():
            cost = content_cost(values[id], self.content[id])
            content = content + weight * cost
            layers.append(LayerCost(id, "content", float(cost.detach())))
        for id, weight in self.style_layers.items():
            whole = gram(values[id]) if any(share is None for _, _, share in self.styles) else None
            for number, (target, part, share) in enumerate(self.styles):
                found = gram(values[id], share[id]) if share is not None else whole
                assert found is not None
                cost = style_cost(found, target.grams[id])
                style = style + weight * part * cost
                layers.append(LayerCost(id, "style", float(cost.detach()), number))
        smooth = variation_cost(x)
        settings = self.settings
        total = settings.content_weight * content + settings.style_weight * style + settings.smoothness * smooth
        return total, Detail(*(float(one.detach()) for one in (content, style, smooth)), tuple(layers))


def _shares(layers: Sequence[WeightedLayer]) -> dict[str, float]:
    whole = sum(layer.weight for layer in layers) or 1.0
    return {layer.node: layer.weight / whole for layer in layers}


def _shared(target: Target, seen: Seen) -> dict[str, Tensor] | None:
    """How much each place of each layer's maps counts, (M,): the mask at the maps' size."""
    if target.share is None:
        return None
    found = {}
    for id in target.grams:
        size = (seen.program.facts[id].shape or (0, 1, 1))[1:]
        found[id] = F.interpolate(target.share[None, None], size, mode="area").flatten()
    return found


def prepared(seen: Seen) -> Iterator[None]:
    """Make the network's modules, with a breath behind each."""
    yield from seen.network.prepare()
