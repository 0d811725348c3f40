"""Style transfer on a network small enough to check its costs by hand, and on the real trunk of HED."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.engine.answers import answer
from explorer.engine.descent import Known
from explorer.engine.probes import program_of
from explorer.engine.questions import Pixels
from explorer.engine.style_pictures import from_pixels
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.engine.style_targets import checked, objective_for
from explorer.formats import tensors
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.records import Progress
from explorer.maths.style_records import Styled
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.probes.style import Style, WeightedLayer


@pytest.fixture
def project() -> Project:
    """Two blocks as VGG has them, with random weights."""
    nodes = {"in": Node("in", Input(3, 32, 32))}
    last = "in"
    for number, layer in enumerate((Conv2d(6, 3, padding=1), Conv2d(8, 3, padding=1), Conv2d(10, 3, padding=1))):
        nodes[f"conv{number}"] = Node(f"conv{number}", layer, (last,))
        nodes[f"relu{number}"] = Node(f"relu{number}", ReLU(), (f"conv{number}",))
        last = f"relu{number}"
        if number == 0:
            nodes["pool"] = Node("pool", MaxPool2d(2, 2), (last,))
            last = "pool"
    random = np.random.default_rng(0)
    weights = {}
    for id, channels in (("conv0", 3), ("conv1", 6), ("conv2", 8)):
        layer = nodes[id].layer
        kernel = random.normal(0, (2 / 9 / channels) ** 0.5, (layer.channels, channels, 3, 3))
        weights[f"{id}.weight"] = kernel.astype(np.float32)
        weights[f"{id}.bias"] = random.normal(0, 0.1, layer.channels).astype(np.float32)
    recipe = Recipe(mean=(0.5, 0.45, 0.4), std=(0.25, 0.25, 0.25))
    return Project(Network(nodes), weights=tensors.keep(weights), recipe=recipe)


def photo(seed: int, height: int = 24, width: int = 32) -> Pixels:
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    return Pixels(small.repeat(4, 0).repeat(4, 1))


def made(project: Project, settings: Style, **more) -> list[Styled]:
    styles = more.pop("styles", (StylePicture(photo(2)),))
    steps = list(answer(StyleOf(project, photo(1), styles, settings, **more)))
    assert {type(step) for step in steps} <= {Progress, Styled}
    return [step for step in steps if isinstance(step, Styled)]


def test_every_step_of_lbfgs_lowers_the_cost(project: Project) -> None:
    results = made(project, Style(size=32, steps=40))
    costs = [cost for result in results for cost in result.since]
    assert [cost.step for cost in costs] == list(range(41))
    assert all(after.total < before.total for before, after in pairwise(costs))
    assert costs[-1].style < costs[0].style / 50
    assert results[-1].done
    assert [result.done for result in results[:-1]] == [False] * (len(results) - 1)
    assert results[-1].picture.shape == (24, 32, 3)


# Costs and slopes, beside an independent computation


def by_hand(project: Project, question: StyleOf, x: np.ndarray) -> tuple[float, float, float, torch.Tensor]:
    """J_content, J_style, J and its slope at a picture (3, H, W), in float64, written down from the paper."""
    weights = {name: torch.from_numpy(v).double() for name, v in tensors.read(project.weights).items()}
    mean, std = (torch.tensor(of).double()[:, None, None] for of in (project.recipe.mean, project.recipe.std))

    def answers(picture: torch.Tensor) -> dict[str, torch.Tensor]:
        value, found = ((picture - mean) / std)[None], {}
        for number in range(3):
            value = F.conv2d(value, weights[f"conv{number}.weight"], weights[f"conv{number}.bias"], padding=1).relu()
            found[f"relu{number}"] = value[0].flatten(1)  # (N, M)
            if not number:
                value = F.max_pool2d(value, 2)
        return found

    def gram(f: torch.Tensor) -> torch.Tensor:
        n, m = f.shape
        g = torch.zeros(n, n, dtype=torch.float64)
        for i in range(n):
            for j in range(n):
                g[i, j] = sum(f[i] * f[j])
        return g / m

    settings = question.settings
    picture = torch.from_numpy(x).double().requires_grad_()
    f = answers(picture)
    p = answers(torch.from_numpy(question.content.pixels).double().permute(2, 0, 1) / 255)
    a = answers(torch.from_numpy(question.styles[0].source.pixels).double().permute(2, 0, 1) / 255)
    content = torch.zeros(())
    for layer in question.content_layers:
        strength = (p[layer.node] ** 2).mean()
        part = layer.weight / sum(one.weight for one in question.content_layers)
        content = content + part * ((f[layer.node] - p[layer.node]) ** 2).mean() / 2 / strength
    style = torch.zeros(())
    for layer in question.style_layers:
        n = len(a[layer.node])
        strength = (a[layer.node] ** 2).mean()
        part = layer.weight / sum(one.weight for one in question.style_layers)
        apart = (gram(f[layer.node]) - gram(a[layer.node])) / strength
        style = style + part * (apart**2).sum() / (4 * n**2)
    smooth = ((picture[:, 1:] - picture[:, :-1]) ** 2).mean() + ((picture[:, :, 1:] - picture[:, :, :-1]) ** 2).mean()
    total = settings.content_weight * content + settings.style_weight * style + settings.smoothness * smooth
    total.backward()
    return *(float(one.detach()) for one in (content, style, total)), picture.grad


LAYERS = {
    "content_layers": (WeightedLayer("relu1", 2.0), WeightedLayer("relu2", 1.0)),
    "style_layers": (WeightedLayer("relu0", 1.0), WeightedLayer("relu2", 3.0)),
}


def found(project: Project, question: StyleOf, x: np.ndarray) -> Known:
    def end(steps):
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                return stop.value

    program = end(program_of(project, "cpu"))
    question = checked(question, program)
    objective = end(objective_for(question, program, from_pixels(question.content.pixels)))
    return end(objective.known(torch.from_numpy(x)[None].float()))


@pytest.mark.parametrize("tile", [0, 16])
def test_costs_and_slopes_are_those_of_the_paper(project: Project, tile: int) -> None:
    settings = Style(size=48, content_weight=2, style_weight=30, smoothness=5, tile=tile)
    question = StyleOf(project, photo(1, 36, 48), (StylePicture(photo(2, 48, 40)),), settings, **LAYERS)
    x = np.random.default_rng(3).random((3, 36, 48))
    content, style, total, slope = by_hand(project, question, x)
    known = found(project, question, x)
    assert known.detail.content == pytest.approx(content, rel=1e-5)
    assert known.detail.style == pytest.approx(style, rel=1e-5)
    assert known.cost == pytest.approx(total, rel=1e-5)
    assert float((known.slope[0].double() - slope).abs().max() / slope.abs().max()) < 1e-5


@given(st.integers(20, 70), st.integers(20, 70), st.sampled_from([2, 4, 8, 16, 30]), st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_tiles_change_nothing(project: Project, height: int, width: int, tile: int, masked: bool) -> None:
    random = np.random.default_rng(height * 100 + width)
    content = Pixels(random.integers(0, 256, (height, width, 3), np.uint8))
    mask = random.integers(0, 256, (7, 9), np.uint8) if masked else None
    styles = (StylePicture(photo(2), 2.0, mask), StylePicture(photo(5), 1.0))
    question = StyleOf(project, content, styles, Style(size=max(height, width)), **LAYERS)
    x = random.random((3, height, width))
    whole = found(project, question, x)
    parts = found(project, replace(question, settings=replace(question.settings, tile=tile)), x)
    assert parts.cost == pytest.approx(whole.cost, rel=1e-5)
    assert float((parts.slope - whole.slope).abs().max() / whole.slope.abs().max()) < 1e-5
