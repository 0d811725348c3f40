"""Neural style transfer beside the PyTorch tutorial's recipe, on the same trunk, pictures and layers.

The peer is the recipe of "Neural transfer using PyTorch" (A. Jacq), written here anew: an nn.Sequential cut behind the
last layer that is compared, a Normalization module before it, content and style loss modules in between (MSE of values
and of Gram matrices), torch.optim.LBFGS as it comes, one closure for one evaluation, the picture
clamped in the closure. Both have the layers' weights of ours, so that both go down the same cost, which for the end is
computed for the 8-bit pictures of both by one of ours, in float32. Evaluations take turns in one process.

Another peer are the published settings of neural-style-pt, see `benchmarks.neural_style_pt`: its own loss, and how long
ours, from the same noise and with that cost, takes to come as low by that loss.

Prints one JSON line: seconds of an evaluation with its slope (medians), ours and ours with 16 bits divided by the
peer's (goals 0.88 and 0.45); and after the peer's `EVALUATIONS`, J of all three, and how many evaluations and seconds
ours needed for the peer's J. Usage: python -m benchmarks.style [CONTENT STYLE] [SIZE] [EVALUATIONS] [cpu]
With "cpu" one thread computes and its own time is taken: for a machine that others use meanwhile.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.neural_style_pt import NeuralStyle
from explorer.engine import library
from explorer.engine.descent import Known, Step
from explorer.engine.probes import program_of
from explorer.engine.questions import PictureFile
from explorer.engine.style_pictures import from_pixels, pixels, shown
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.engine.style_targets import checked, objective_for
from explorer.engine.style_transfer import Descending
from explorer.layers.activations import ReLU
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.resources import resources
from explorer.maths.steps import at_once
from explorer.network.project import Project
from explorer.probes.style import Style

ROUNDS, EVALUATIONS, SIZE = 7, 60, 256


class Normalization(nn.Module):
    def __init__(self, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.mean, self.std = mean.view(-1, 1, 1), std.view(-1, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std


class ContentLoss(nn.Module):
    def __init__(self, target: Tensor, factor: float) -> None:
        super().__init__()
        self.target, self.factor = target.detach(), factor
        self.loss = torch.zeros(())

    def forward(self, x: Tensor) -> Tensor:
        self.loss = self.factor * F.mse_loss(x, self.target)
        return x


def gram_matrix(x: Tensor) -> Tensor:
    a, b, c, d = x.size()
    features = x.view(a * b, c * d)
    return torch.mm(features, features.t()).div(c * d)


class StyleLoss(nn.Module):
    def __init__(self, target: Tensor, factor: float) -> None:
        super().__init__()
        self.target, self.factor = target.detach(), factor
        self.loss = torch.zeros(())

    def forward(self, x: Tensor) -> Tensor:
        self.loss = self.factor * F.mse_loss(gram_matrix(x), self.target)
        return x


class Peer:
    """The tutorial's model, losses and optimizer."""

    def __init__(self, question: StyleOf, program: Any, content: Tensor, style: Tensor) -> None:
        project, settings = question.project, question.settings
        layers: list[nn.Module] = [Normalization(torch.tensor(project.recipe.mean), torch.tensor(project.recipe.std))]
        self.losses: list[ContentLoss | StyleLoss] = []
        wanted = {one.node for one in (*question.content_layers, *question.style_layers)}
        both = question.content_layers, question.style_layers
        parts = [sum(one.weight for one in some) for some in both]
        for node in program.network.order:
            if not node.inputs:
                continue
            if isinstance(node.layer, Conv2d):
                conv = program.module(node.id)
                own = nn.Conv2d(conv.in_channels, conv.out_channels, 3, padding=1)
                own.load_state_dict(conv.state_dict())
                layers.append(own)
            elif isinstance(node.layer, ReLU):
                layers.append(nn.ReLU(inplace=False))
            elif isinstance(node.layer, MaxPool2d):
                layers.append(nn.MaxPool2d(2, 2, ceil_mode=True))
            if node.id not in wanted:
                continue
            before = nn.Sequential(*[one for one in layers if not isinstance(one, ContentLoss | StyleLoss)])
            for some, part, of_style in zip(
                (question.content_layers, question.style_layers), parts, (0, 1), strict=True
            ):
                for one in some:
                    if one.node != node.id:
                        continue
                    with torch.no_grad():
                        target = before(style if of_style else content)
                        strength = float(target.square().mean())
                    if of_style:
                        factor = settings.style_weight * one.weight / part / 4 / strength**2
                        self.losses.append(StyleLoss(gram_matrix(target), factor))
                    else:
                        factor = settings.content_weight * one.weight / part / 2 / strength
                        self.losses.append(ContentLoss(target, factor))
                    layers.append(self.losses[-1])
            wanted.discard(node.id)
            if not wanted:
                break
        self.model = nn.Sequential(*layers).eval().requires_grad_(False)
        self.x = content.clone().contiguous().requires_grad_()
        self.optimizer = torch.optim.LBFGS([self.x])
        self.evaluations = 0

    def closure(self) -> Tensor:
        with torch.no_grad():
            self.x.clamp_(0, 1)
        self.optimizer.zero_grad()
        self.model(self.x)
        loss: Tensor = sum((one.loss for one in self.losses), torch.zeros(()))
        loss.backward()
        self.evaluations += 1
        return loss

    def run(self, evaluations: int) -> Tensor:
        while self.evaluations < evaluations:
            self.optimizer.step(self.closure)
        return self.x.detach().clamp(0, 1)


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "cpu"]
    numbers = [int(word) for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()]
    samples = resources() / "samples"
    first, second = names or [str(samples / "cat.jpg"), str(samples / "coffee.jpg")]
    size = numbers[0] if numbers else SIZE
    evaluations = numbers[1] if len(numbers) > 1 else EVALUATIONS
    clock = time.perf_counter
    if "cpu" in sys.argv:
        torch.set_num_threads(1)
        clock = time.process_time
    *_, project = library.open_model("vgg16_trunk")
    assert isinstance(project, Project)
    question = StyleOf(project, PictureFile(first), (StylePicture(PictureFile(second)),), Style(size=size))
    program = at_once(program_of(project, "cpu"))
    question = checked(question, program)
    content = shown(question.content, size)
    fast = replace(question, settings=replace(question.settings, precision="fast"))
    objectives = {
        "ours": at_once(objective_for(question, program, content)),
        "ours, 16 bits": at_once(objective_for(fast, program, content)),
    }
    painting = shown(question.styles[0].source, size)
    peer, other = Peer(question, program, content, painting), NeuralStyle(question, program, content, painting)
    alike = other.question(question)
    objectives["ours, its settings"] = at_once(objective_for(alike, program, content))
    closures = {"peer": peer.closure, "neural-style-pt": other.closure}
    taken: dict[str, list[float]] = {name: [] for name in (*objectives, *closures)}
    agreed = float(peer.closure().detach()), at_once(objectives["ours"].known(content)).cost
    for turn in range(ROUNDS + 2):
        for name in taken:
            begun = clock()
            closures[name]() if name in closures else at_once(objectives[name].known(content))
            if turn > 1:
                taken[name].append(clock() - begun)
    seconds = {name: statistics.median(some) for name, some in taken.items()}
    peer.evaluations = 0

    def cost(picture: Tensor) -> float:
        """J of the picture as it would be saved."""
        return float(at_once(objectives["ours"].known(from_pixels(pixels(picture)))).cost)

    costs = {"peer": cost(peer.run(evaluations))}
    needed = None
    for name, settings in (("ours", question.settings), ("ours, 16 bits", fast.settings)):
        descending, tried = Descending(settings, objectives[name], content), 0
        last = content
        for found in descending.steps():
            if isinstance(found, Known):
                tried += 1
            elif isinstance(found, Step):
                last = found.point
                if name == "ours" and needed is None and found.known.cost <= costs["peer"]:
                    needed = tried
                if found.last:
                    break
            if tried >= peer.evaluations:
                break
        costs[name] = cost(last)
    there, theirs, beside = other.beside(alike, objectives["ours, its settings"], evaluations)
    print(json.dumps({
        "benchmark": "style", "threads": torch.get_num_threads(), "size": list(content.shape[2:]),
        "clock": clock.__name__,
        "seconds": {name: round(s, 4) for name, s in seconds.items()},
        "ours / peer": round(seconds["ours"] / seconds["peer"], 3), "goal": 0.88,
        "16 bits / peer": round(seconds["ours, 16 bits"] / seconds["peer"], 3), "goal of 16 bits": 0.45,
        "same cost before": [round(one, 5) for one in agreed], "evaluations": peer.evaluations,
        "J": {name: round(one, 4) for name, one in costs.items()},
        "ours needs for the peer's J": needed,
        "seconds to the peer's J, ours / peer":
            needed and round(needed * seconds["ours"] / (peer.evaluations * seconds["peer"]), 3),
        "ours / neural-style-pt": round(seconds["ours, its settings"] / seconds["neural-style-pt"], 3),
        "neural-style-pt's loss": there, "it needs for it": theirs, "ours needs for it": beside,
        "seconds to its loss, ours / neural-style-pt": beside and round(
            beside * seconds["ours, its settings"] / (theirs * seconds["neural-style-pt"]), 3),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
