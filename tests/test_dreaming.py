"""Pictures made uphill, on a network small enough to know where uphill is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.engine.answers import answer
from explorer.engine.dreaming import Canvas
from explorer.engine.program import ProgramError
from explorer.engine.questions import DreamOf, Pixels
from explorer.formats import tensors
from explorer.layers.activations import Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.windows import Conv2d, GlobalAvgPool
from explorer.maths.dreaming import Dreamt
from explorer.maths.records import Place, Progress
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.probes.dreaming import AIMS, FORMS, Dream

EDGE = np.float32([[1, 0, -1]] * 3)


@pytest.fixture
def project() -> Project:
    """Channel 0 answers to red without blue, channel 1 to edges from bright to dark; two classes of their means."""
    nodes = {"in": Node("in", Input(3, 32, 32))}
    for layer in (Conv2d(2, 3, padding=1, bias=False), GlobalAvgPool(), Linear(2, bias=False), Softmax()):
        id = layer.kind.lower()
        nodes[id] = Node(id, layer, (list(nodes)[-1],))
    kernels = np.zeros((2, 3, 3, 3), np.float32)
    kernels[0, 0, 1, 1], kernels[0, 2, 1, 1] = 1, -1
    kernels[1] = EDGE
    weights = {"conv2d.weight": kernels, "linear.weight": np.float32([[1, 0], [0, 1]])}
    recipe = Recipe(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    return Project(Network(nodes), weights=tensors.keep(weights), recipe=recipe)


def made(project: Project, place: Place, settings: Dream, **more) -> list[Dreamt]:
    steps = list(answer(DreamOf(project, place, settings, **more)))
    assert {type(step) for step in steps} <= {Progress, Dreamt}
    assert steps[-2] == Progress(f"Step {settings.steps:,} of {settings.steps:,}", settings.steps, settings.steps)
    return [step for step in steps if isinstance(step, Dreamt)]


@pytest.mark.parametrize("form", FORMS)
def test_a_channel_for_red_makes_a_red_picture(project: Project, form: str) -> None:
    results = made(project, Place("conv2d", 0), Dream(form=form, steps=60, rate=0.2))
    red, _, blue = results[-1].picture.reshape(-1, 3).mean(0)
    assert red > blue + 100
    assert results[-1].done
    assert results[-1].height == pytest.approx((red - blue) / 255 / 0.25, abs=0.02)
    assert results[-1].height > results[0].height
    assert results[-1].picture.shape == (32, 32, 3)


def test_one_number_changes_only_what_it_sees(project: Project) -> None:
    settings = Dream(aim="number", form="pixels", steps=30, jitter=0, rate=0.3)
    end = made(project, Place("conv2d", 1, 10, 20), settings)[-1]
    grey = np.abs(end.picture.astype(int) - 128).max(2)
    changed = np.argwhere(grey > 20)
    assert changed.min(0).tolist() == [9, 19]
    assert changed.max(0).tolist() == [11, 21]
    assert (end.picture[9:12, 19] > 200).all()
    assert (end.picture[9:12, 21] < 60).all()


def test_a_class_is_made_large_before_its_softmax(project: Project) -> None:
    end = made(project, Place("softmax", 0), Dream(steps=30, rate=0.2))[-1]
    assert end.place == Place("linear", 0)
    assert end.height > 0.5, "a probability could not be"


def test_the_same_seed_makes_the_same_picture(project: Project) -> None:
    first, again, other = (
        made(project, Place("conv2d", 1), Dream(steps=8, seed=seed))[-1].picture for seed in (4, 4, 5)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_smooth_pictures_vary_less(project: Project) -> None:
    def varies(**settings: float) -> float:
        end = made(project, Place("conv2d", 1), Dream(form="pixels", steps=40, rate=0.2, **settings))[-1]
        return float(np.abs(np.diff(end.picture.astype(int), axis=1)).mean())

    rough = varies()
    assert varies(smoothness=50) < rough / 2
    assert varies(blur=3) < rough


def half() -> Pixels:
    pixels = np.full((32, 32, 3), 60, np.uint8)
    pixels[:, 16:] = 180
    return Pixels(pixels)


def test_deep_dream_starts_from_the_picture(project: Project) -> None:
    settings = Dream(aim="layer", start="picture", form="pixels", steps=1, rate=0.001, jitter=0)
    (first,) = made(project, Place("conv2d", 0), settings, source=half())
    assert np.abs(first.picture.astype(int) - half().pixels).max() <= 2
    end = made(project, Place("conv2d", 0), replace(settings, steps=40, rate=0.1), source=half())[-1]
    assert end.height > 2 * first.height


def test_a_direction_comes_from_the_picture(project: Project) -> None:
    red = Pixels(np.full((32, 32, 3), [250, 128, 10], np.uint8))
    settings = Dream(aim="direction", steps=60, rate=0.2)
    end = made(project, Place("conv2d", 1, 16, 16), settings, source=red)[-1]
    assert end.picture[..., 0].mean() > end.picture[..., 2].mean() + 100


def test_gone_on_with_where_it_stopped(project: Project) -> None:
    place, settings = Place("conv2d", 0), Dream(steps=40, rate=0.1, form="pixels")
    first = made(project, place, replace(settings, steps=20))[-1]
    more = made(project, place, settings, so_far=Pixels(first.picture), done=20)
    assert [result.step > 20 for result in more] == [True] * len(more)
    assert more[-1].height > first.height


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_comes_back_from_its_numbers(form: str) -> None:
    start = torch.rand(1, 3, 9, 14) * 0.9 + 0.05
    assert torch.allclose(Canvas((3, 9, 14), form, 0, start)(), start, atol=1e-4)
    grey = torch.rand(1, 1, 8, 8) * 0.9 + 0.05
    assert torch.allclose(Canvas((1, 8, 8), form, 0, grey)(), grey, atol=1e-4)


def test_what_no_picture_can_be_made_for(project: Project) -> None:
    for place, settings, sentence in (
        (Place("gone", 0), Dream(), "no node “gone” any more"),
        (Place("conv2d", 2), Dream(), "no channel 2 any more"),
        (Place("conv2d", 0), Dream(start="picture"), "open one, or start from noise"),
        (Place("conv2d", 0), Dream(aim="direction"), "open one, or start from noise"),
    ):
        with pytest.raises(ProgramError, match=sentence):
            list(answer(DreamOf(project, place, settings)))


@pytest.mark.parametrize("aim", AIMS)
def test_every_aim_has_a_number_for_a_vector(project: Project, aim: str) -> None:
    end = made(project, Place("linear", 1), Dream(aim=aim, steps=3), source=half())[-1]
    assert np.isfinite(end.height)
