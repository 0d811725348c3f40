"""What a picture of one size costs, and how each pixel would have to change for it to cost less."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.descent import Known
from explorer.engine.style_costs import LEAST, paired, style_cost, variation_cost
from explorer.engine.style_network import Part, Seen
from explorer.engine.way_back import Way, each
from explorer.maths.style_records import LayerCost
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

    grams: Mapping[str, Tensor]
    weight: float
    share: Tensor | None


@dataclass(frozen=True, eq=False)
class Sums:
    """What all parts of a picture add up to: content costs by layer; Gram matrices by layer and style picture."""

    content: dict[str, Tensor]
    grams: dict[tuple[str, int], Tensor]


class StyleObjective:
    """J for pictures of one size. content: what the content layers answer to the content picture, (h, w, N) each."""

    def __init__(
        self, seen: Seen, settings: Style, layers: tuple[Sequence[WeightedLayer], Sequence[WeightedLayer]],
        content: Mapping[str, Tensor], styles: Sequence[Target],
    ) -> None:  # fmt: skip
        self.seen, self.settings, self.styles = seen, settings, styles
        self.content_layers, self.style_layers = (_parts_of_one(some) for some in layers)
        whole = sum(style.weight for style in styles) or 1.0
        self._parts_of_styles = [style.weight / whole for style in styles]
        self._content = content
        self._strength = {id: value.square().mean().clamp(min=LEAST) for id, value in content.items()}  # r²
        self._shares = [_shared(style, seen) for style in styles]

    def known(self, x: Tensor) -> Generator[None, None, Known]:
        """The cost of a picture (1, 3 or 1, H, W), its slope, and a Detail; with a breath after each part of it, or
        each layer."""
        if len(self.seen.parts) == 1:
            yield
            return (yield from each(self._by_layers(x), slopes=True))
        return (yield from self._by_parts(x))

    def _by_layers(self, x: Tensor) -> Generator[None, None, Known]:
        x = x.detach().clone().requires_grad_()
        (part,) = self.seen.parts
        way = Way(part.network.entry)
        answers = yield from self.seen.ahead(part, x, way=way)
        # Their slopes are asked for layer by layer: behind these leaves the cost knows nothing of the network.
        leaves = {id: value.detach().requires_grad_() for id, value in answers.items()}
        del answers
        total, detail = self._cost(self._sums(part, self.seen.own(part, leaves)), x)
        yield
        wanted = [x, *leaves.values()]
        slope, *others = torch.autograd.grad(total, wanted, allow_unused=True, materialize_grads=True)
        slopes = dict(zip(leaves, others, strict=True))
        del leaves, wanted, others
        yield
        return Known(float(total.detach()), slope + (yield from way.back(x, slopes)), detail)

    def _by_parts(self, x: Tensor) -> Generator[None, None, Known]:
        sums = None
        for part in self.seen.parts:
            found = yield from each(self._looked(part, x), slopes=False)
            sums = found if sums is None else _added(sums, found)
            yield
        assert sums is not None
        with torch.inference_mode(False), torch.enable_grad():
            x = x.detach().clone().requires_grad_()
            grams = {key: gram.requires_grad_() for key, gram in sums.grams.items()}
            total, detail = self._cost(Sums(sums.content, grams), x)
            wanted = [x, *grams.values()]
            slopes = torch.autograd.grad(total, wanted, allow_unused=True, materialize_grads=True)
        slope, of_grams = slopes[0], dict(zip(grams, slopes[1:], strict=True))
        for part in self.seen.parts:
            back = yield from each(self._followed(part, x, of_grams), slopes=True)
            rows, columns = (slice(*span) for span in (part.tile.rows, part.tile.columns))
            with torch.inference_mode(False), torch.no_grad():
                slope[:, :, rows, columns] += back
            yield
        return Known(float(total.detach()), slope, detail)

    def _looked(self, part: Part, x: Tensor) -> Generator[None, None, Sums]:
        """What one part of a picture adds."""
        return self._sums(part, self.seen.own(part, (yield from self.seen.ahead(part, x))))

    def _followed(
        self, part: Part, x: Tensor, of_grams: Mapping[tuple[str, int], Tensor]
    ) -> Generator[None, None, Tensor]:
        """The slope of J, but for the variation, with regard to one part of a picture, where that with regard to the
        whole picture's Gram matrices is known."""
        rows, columns = (slice(*span) for span in (part.tile.rows, part.tile.columns))
        inside = x.detach()[:, :, rows, columns].clone().requires_grad_()
        way = Way(part.network.entry)
        answers = yield from self.seen.ahead(part, inside, cut=True, way=way)
        leaves = {id: value.detach().requires_grad_() for id, value in answers.items()}
        del answers
        found = self._sums(part, self.seen.own(part, leaves))
        follow = sum((weight * found.content[id] for id, weight in self.content_layers.items()), x.new_zeros(()))
        follow = self.settings.content_weight * follow
        for key, gram in found.grams.items():
            follow = follow + (of_grams[key] * gram).sum()
        if not follow.requires_grad:  # none of the layers' places is this part's own
            return torch.zeros_like(inside)
        slopes = torch.autograd.grad(follow, list(leaves.values()), allow_unused=True, materialize_grads=True)
        known = dict(zip(leaves, slopes, strict=True))
        del leaves, found, follow
        yield
        return (yield from way.back(inside, known))

    def _sums(self, part: Part, values: Mapping[str, Tensor]) -> Sums:
        """What one part of a picture adds, of which the layers answered this, (h, w, N)."""
        content, grams = {}, {}
        for id in self.content_layers:
            rows, columns = (slice(*span) for span in part.tile.own[id])
            p = self._content[id]
            content[id] = (values[id].float() - p[rows, columns]).square().sum() / p.numel() / 2 / self._strength[id]
        for id in self.style_layers:
            f = values[id].flatten(0, 1)
            height, width = self.seen.shape(id)
            whole = None
            for number, shares in enumerate(self._shares):
                if shares is None:
                    whole = paired(f) / (height * width) if whole is None else whole
                    grams[id, number] = whole
                else:
                    rows, columns = (slice(*span) for span in part.tile.own[id])
                    share = shares[id]
                    grams[id, number] = paired(f, share[rows, columns].flatten()) / share.sum().clamp(min=LEAST)
        return Sums(content, grams)

    def _cost(self, sums: Sums, x: Tensor) -> tuple[Tensor, Detail]:
        """J of a picture, which may require a gradient, and what it is made of."""
        layers: list[LayerCost] = []
        content = style = x.new_zeros(())
        for id, weight in self.content_layers.items():
            content = content + weight * sums.content[id]
            layers.append(LayerCost(id, "content", float(sums.content[id].detach())))
        for id, weight in self.style_layers.items():
            for number, (target, part) in enumerate(zip(self.styles, self._parts_of_styles, strict=True)):
                cost = style_cost(sums.grams[id, number], target.grams[id])
                style = style + weight * part * cost
                layers.append(LayerCost(id, "style", float(cost.detach()), number))
        smooth = variation_cost(x)
        settings = self.settings
        total = settings.content_weight * content + settings.style_weight * style + settings.smoothness * smooth
        parts = [float(one.detach()) for one in (content, style, smooth)]
        return total, Detail(parts[0], parts[1], parts[2], tuple(layers))


def _added(one: Sums, other: Sums) -> Sums:
    content = {id: cost + other.content[id] for id, cost in one.content.items()}
    return Sums(content, {key: gram + other.grams[key] for key, gram in one.grams.items()})


def _parts_of_one(layers: Sequence[WeightedLayer]) -> dict[str, float]:
    """Their weights, which add up to 1."""
    whole = sum(layer.weight for layer in layers) or 1.0
    return {layer.node: layer.weight / whole for layer in layers}


def _shared(target: Target, seen: Seen) -> dict[str, Tensor] | None:
    """How much each place of each layer's maps counts, (h, w): the mask at the maps' size."""
    if target.share is None:
        return None
    share = target.share[None, None].to(seen.device)
    return {id: F.interpolate(share, seen.shape(id), mode="area")[0, 0] for id in target.grams}
