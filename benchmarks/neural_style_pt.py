"""neural-style-pt's published settings, as a peer of `benchmarks.style`: written here anew from its documentation.

Its defaults: relu4_2 for the content with the weight 5, relu1_1, relu2_1 … relu5_1 for the style with the weight 100,
neither normalised; torch's L-BFGS with 100 steps remembered, a rate of 1, no line search and nothing that ends it
early; from noise, in colours from 0 to 255 without their mean, which are not cut on the way.

    loss = 5 · mean (F − P)² + 100 · Σ over layers of mean (G / NM − A / NM)²

One setting is another one: the weight of the total variation, 0.001 of the sum of absolute differences, is 0, which it
allows. Ours takes the squares of differences, so that with it the two would go down different costs.

On our trunk, not on VGG-19: it was trained for the same colours, which the first layer's weights are given back here,
so that there is no layer before it. Its loss is a J of ours, up to one factor (`question`); so both can be held against
the peer's own loss, of pictures as they would be saved. Without a line search it goes up and down, and now and then
without end; so what is asked is the lowest loss that it came to, and at which evaluation.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.engine.descent import Known, Step
from explorer.engine.style_pictures import from_pixels, pixels
from explorer.engine.style_questions import StyleOf
from explorer.engine.style_transfer import Descending
from explorer.layers.activations import ReLU
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.probes.style import Style, WeightedLayer

CONTENT, STYLE = 5.0, 100.0
REMEMBERED = 100
NOISE = 1e-3
"""Deviation of the picture it begins with, in colours from 0 to 255."""


class Content(nn.Module):
    def __init__(self, target: Tensor) -> None:
        super().__init__()
        self.target = target

    def forward(self, x: Tensor) -> Tensor:
        self.loss = CONTENT * F.mse_loss(x, self.target)
        return x


def gram(x: Tensor) -> Tensor:
    flat = x.view(x.shape[1], -1)
    return torch.mm(flat, flat.t()).div(x.nelement())


class Styled(nn.Module):
    def __init__(self, target: Tensor) -> None:
        super().__init__()
        self.target = target

    def forward(self, x: Tensor) -> Tensor:
        self.loss = STYLE * F.mse_loss(gram(x), self.target)
        return x


class NeuralStyle:
    """Its network, losses and optimizer. question: with its layers, see `like`; content, style: (1, 3, H, W), 0 to 1.

    factor: its loss divided by the J of ours.
    """

    def __init__(self, question: StyleOf, program: Any, content: Tensor, style: Tensor) -> None:
        recipe = question.project.recipe
        self.mean = 255 * torch.tensor(recipe.mean).view(1, 3, 1, 1)
        self.losses: list[Any] = []
        layers: list[nn.Module] = []
        plain: list[nn.Module] = []
        contents, styles = ({one.node for one in some} for some in (question.content_layers, question.style_layers))
        left = contents | styles
        self.factors: dict[str, float] = {}
        for node in program.network.order:
            if isinstance(node.layer, Conv2d):
                plain.append(self._convolution(program.module(node.id), recipe.std if len(plain) == 0 else None))
            elif isinstance(node.layer, ReLU):
                plain.append(nn.ReLU(inplace=True))
            elif isinstance(node.layer, MaxPool2d):
                plain.append(nn.MaxPool2d(2, 2, ceil_mode=True))
            else:
                continue
            layers.append(plain[-1])
            for some, kind, picture in ((contents, Content, content), (styles, Styled, style)):
                if node.id in some:
                    with torch.no_grad():
                        target = nn.Sequential(*plain)(255 * picture - self.mean)
                    strength, channels = float(target.square().mean()), target.shape[1]
                    of_content = kind is Content
                    self.factors[node.id] = 10 * strength if of_content else 4 * STYLE * (strength / channels) ** 2
                    self.losses.append(kind(target if of_content else gram(target)))
                    layers.append(self.losses[-1])
            left.discard(node.id)
            if not left:
                break
        self.model = nn.Sequential(*layers).requires_grad_(False)
        noise = NOISE * torch.randn(content.shape, generator=torch.Generator().manual_seed(0))
        self.x = noise.requires_grad_()
        self.factor = sum(self.factors[id] for id in contents)
        self.evaluations = 0

    def _convolution(self, module: nn.Conv2d, std: Any) -> nn.Conv2d:
        """The layer's own; the first one's takes colours from 0 to 255. std: what they are divided by there."""
        own = nn.Conv2d(module.in_channels, module.out_channels, 3, padding=1)
        own.load_state_dict(module.state_dict())
        if std is not None:
            with torch.no_grad():
                own.weight /= 255 * torch.tensor(std).view(1, 3, 1, 1)
        return own

    def question(self, question: StyleOf) -> StyleOf:
        """Ours with the same cost, divided by `factor`."""
        weights = {one.node: self.factors[one.node] / self.factor for one in question.style_layers}
        whole = sum(weights.values())
        layers = tuple(WeightedLayer(id, weight / whole) for id, weight in weights.items())
        settings = Style(**{**vars(question.settings), "content_weight": 1.0, "style_weight": whole})
        return replace(question, settings=settings, style_layers=layers)

    def closure(self) -> Tensor:
        self.x.grad = None
        self.model(self.x)
        loss: Tensor = sum((one.loss for one in self.losses), torch.zeros(()))
        loss.backward()
        self.evaluations += 1
        return loss

    def loss(self, picture: Tensor) -> float:
        """Of a picture from 0 to 1."""
        with torch.no_grad():
            self.model(255 * picture - self.mean)
            return float(sum(one.loss for one in self.losses))

    @property
    def picture(self) -> Tensor:
        """From 0 to 1."""
        return ((self.x.detach() + self.mean) / 255).clamp(0, 1)

    def run(self, evaluations: int) -> tuple[float, int]:
        """The lowest loss among so many evaluations, of the picture as it would be saved, and at which it was."""
        optimizer = torch.optim.LBFGS(
            [self.x], lr=1, max_iter=evaluations, max_eval=evaluations, tolerance_grad=-1, tolerance_change=-1,
            history_size=REMEMBERED,
        )  # fmt: skip
        best, self.evaluations = (inf, 0), 0

        def closure() -> Tensor:
            nonlocal best
            found = self.closure()
            if isfinite(float(found.detach())):
                best = min(best, (self.loss(from_pixels(pixels(self.picture))), self.evaluations))
            return found

        optimizer.step(closure)
        return best

    def beside(self, question: StyleOf, objective: Any, evaluations: int) -> tuple[float, int, int | None]:
        """Its lowest loss, after how many evaluations of it, and after how many ours is as low from the same noise;
        None where as many as it may have do not do."""
        start = self.picture
        wanted, needed = self.run(evaluations)
        tried = 0
        for found in Descending(question.settings, objective, start).steps():
            tried += isinstance(found, Known)
            if isinstance(found, Step) and self.loss(from_pixels(pixels(found.point))) <= wanted:
                return round(wanted, 1), needed, tried
            if tried >= evaluations or (isinstance(found, Step) and found.last):
                break
        return round(wanted, 1), needed, None
