"""Style transfer on a network small enough to check its costs by hand, and on the real trunk of HED."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from explorer.engine.answers import answer
from explorer.engine.questions import Pixels
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.formats import tensors
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.records import Progress
from explorer.maths.style_records import Styled
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.probes.style import Style


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
