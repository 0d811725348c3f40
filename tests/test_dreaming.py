"""Pictures made uphill, on a network small enough to know where uphill is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torchvision.models import mobilenet_v2

from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.canvas import Canvas, resized
from explorer.engine.dreaming import BELOW, Objective
from explorer.engine.octaves import program_at, sizes
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import DreamOf, Pixels
from explorer.formats import tensors
from explorer.layers.activations import Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, GlobalAvgPool
from explorer.maths.dreaming import Dreamt
from explorer.maths.records import Place, Progress
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.probes.dreaming import AIMS, FORMS, Dream
from tests.real_model import real_cache, real_model  # noqa: F401

PLAIN = Dream(octaves=1, turn=0, stretch=0, decay=0)
EDGE = np.float32([[1, 0, -1]] * 3)


@pytest.fixture
def project() -> Project:
    """Channel 0 answers to red without blue, channel 1 to edges from bright to dark; two classes of their means."""
    nodes = {"in": Node("in", Input(3, 32, 32))}
    for layer in (Conv2d(2, 3, padding=1, bias=False), GlobalAvgPool(), Linear(2, bias=False), Softmax()):
        id = layer.kind.lower()
        nodes[id] = Node(id, layer, (list(nodes)[-1],))
    nodes["flat"] = Node("flat", Flatten(), ("conv2d",))
    nodes["fixed"] = Node("fixed", Linear(3), ("flat",))
    kernels = np.zeros((2, 3, 3, 3), np.float32)
    kernels[0, 0, 1, 1], kernels[0, 2, 1, 1] = 1, -1
    kernels[1] = EDGE
    weights = {"conv2d.weight": kernels, "linear.weight": np.float32([[1, 0], [0, 1]])}
    recipe = Recipe(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    return Project(Network(nodes), weights=tensors.keep(weights), recipe=recipe, main="softmax")


def made(project: Project, place: Place, settings: Dream, **more) -> list[Dreamt]:
    steps = list(answer(DreamOf(project, place, settings, **more)))
    assert {type(step) for step in steps} <= {Progress, Dreamt}
    total = settings.total
    assert steps[-2].text.startswith(f"Step {total:,} of {total:,}, ")
    assert (steps[-2].done, steps[-2].total) == (total, total)
    return [step for step in steps if isinstance(step, Dreamt)]


@pytest.mark.parametrize("form", FORMS)
def test_a_channel_for_red_makes_a_red_picture(project: Project, form: str) -> None:
    results = made(project, Place("conv2d", 0), replace(PLAIN, form=form, steps=60, rate=0.2))
    red, _, blue = results[-1].picture.reshape(-1, 3).mean(0)
    assert red > blue + 100
    assert results[-1].done
    redder = (results[-1].picture[..., 0].astype(float) - results[-1].picture[..., 2]) / 255 / 0.25
    assert results[-1].height == pytest.approx(np.where(redder > 0, redder, BELOW * redder).mean(), abs=0.02)
    assert results[-1].height > results[0].height
    assert results[-1].picture.shape == (32, 32, 3)


def test_one_number_changes_only_what_it_sees(project: Project) -> None:
    settings = replace(PLAIN, aim="number", form="pixels", steps=30, jitter=0, rate=0.3)
    end = made(project, Place("conv2d", 1, 10, 20), settings)[-1]
    grey = np.abs(end.picture.astype(int) - 128).max(2)
    changed = np.argwhere(grey > 20)
    assert changed.min(0).tolist() == [9, 19]
    assert changed.max(0).tolist() == [11, 21]
    assert (end.picture[9:12, 19] > 200).all()
    assert (end.picture[9:12, 21] < 60).all()


def test_a_class_is_made_large_before_its_softmax(project: Project) -> None:
    end = made(project, Place("softmax", 0), Dream(steps=10, rate=0.2))[-1]
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
        end = made(project, Place("conv2d", 1), replace(PLAIN, form="pixels", steps=40, rate=0.2, **settings))[-1]
        return float(np.abs(np.diff(end.picture.astype(int), axis=1)).mean())

    rough = varies()
    assert varies(smoothness=50) < rough / 2
    assert varies(blur=3) < rough


def half() -> Pixels:
    pixels = np.full((32, 32, 3), 60, np.uint8)
    pixels[:, 16:] = 180
    return Pixels(pixels)


def test_deep_dream_starts_from_the_picture(project: Project) -> None:
    settings = replace(PLAIN, aim="layer", start="picture", form="pixels", steps=1, rate=0.001, jitter=0)
    (first,) = made(project, Place("conv2d", 0), settings, source=half())
    assert np.abs(first.picture.astype(int) - half().pixels).max() <= 2
    end = made(project, Place("conv2d", 0), replace(settings, steps=40, rate=0.1), source=half())[-1]
    assert end.height > 2 * first.height


def test_a_direction_comes_from_the_picture(project: Project) -> None:
    red = Pixels(np.full((32, 32, 3), [250, 128, 10], np.uint8))
    settings = replace(PLAIN, aim="direction", steps=60, rate=0.2)
    end = made(project, Place("conv2d", 1, 16, 16), settings, source=red)[-1]
    assert end.picture[..., 0].mean() > end.picture[..., 2].mean() + 100


def test_gone_on_with_where_it_stopped(project: Project) -> None:
    place, settings = Place("conv2d", 0), replace(PLAIN, steps=40, rate=0.1, form="pixels")
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
        (Place("fixed", 0), Dream(size=64), "fixed sees only pictures of 32×32: set the size to 0"),
    ):
        with pytest.raises(ProgramError, match=sentence):
            list(answer(DreamOf(project, place, settings)))


@pytest.mark.parametrize("aim", AIMS)
def test_every_aim_has_a_number_for_a_vector(project: Project, aim: str) -> None:
    end = made(project, Place("linear", 1), Dream(aim=aim, steps=3), source=half())[-1]
    assert np.isfinite(end.height)


def test_it_grows_from_size_to_size(project: Project) -> None:
    settings = Dream(steps=5, octaves=3, growth=1.5, size=72)
    assert sizes(settings, (32, 32)) == ((32, 32), (48, 48), (72, 72))
    assert sizes(replace(settings, size=0), (32, 32)) == ((32, 32),) * 3, "small ones are not made smaller"
    assert sizes(replace(settings, size=90), (200, 100)) == ((64, 32), (64, 32), (90, 45))
    results = made(project, Place("conv2d", 1), settings)
    assert [result.picture.shape[0] for result in results] == sorted(result.picture.shape[0] for result in results)
    last_of = {result.picture.shape: result.step for result in results}
    assert last_of == {(32, 32, 3): 5, (48, 48, 3): 10, (72, 72, 3): 15}
    middle = next(result for result in results if result.step == 10)
    more = made(project, Place("conv2d", 1), settings, so_far=Pixels(middle.picture), done=10)
    assert {result.picture.shape for result in more} == {(72, 72, 3)}
    assert more[0].step > 10


def test_what_takes_one_size_only_sees_smaller_pictures_enlarged(project: Project) -> None:
    wide = project.rewired(project.network.with_settings("in", height=64, width=64))
    results = made(wide, Place("fixed", 1), Dream(steps=6, octaves=2, growth=2))
    assert [results[0].picture.shape, results[-1].picture.shape] == [(32, 32, 3), (64, 64, 3)]
    assert results[-1].height > results[0].height


def test_a_large_deep_dream_keeps_the_picture_and_its_shape(project: Project) -> None:
    random = np.random.default_rng(0)
    photo = Pixels(random.integers(90, 160, (30, 60, 3), np.uint8).repeat(4, 0).repeat(4, 1))
    settings = Dream(aim="layer", start="picture", form="pixels", steps=4, rate=0.01, size=180, octaves=2, decay=0)
    end = made(project, Place("conv2d", 0), settings, source=photo)[-1]
    assert end.picture.shape == (90, 180, 3)
    small = resized(torch.from_numpy(photo.pixels).permute(2, 0, 1)[None] / 255, (90, 180))[0].permute(1, 2, 0) * 255
    assert np.abs(end.picture - small.numpy()).mean() < 10
    assert np.abs(end.picture - small.numpy()).max() > 3


def test_a_place_moves_with_the_size(project: Project) -> None:
    """What is made large is seen at the same share of the height and the width."""
    settings = replace(PLAIN, aim="number", form="pixels", steps=30, jitter=0, rate=0.3, size=64)
    end = made(project, Place("conv2d", 1, 10, 20), settings)[-1]
    changed = np.argwhere(np.abs(end.picture.astype(int) - 128).max(2) > 20)
    assert changed.min(0).tolist() == [20, 40]
    assert changed.max(0).tolist() == [22, 42]


@pytest.mark.parametrize(("node", "size"), [("features.4.conv.0.0", 160), ("features.14.conv.2", 96)])
def test_the_slope_is_that_of_the_plain_module(real_model, node: str, size: int) -> None:  # noqa: F811
    """Of the mean of a channel, for pictures that are smaller than the Input."""
    *_, project = library.open_model("mobilenet_v2")
    model = mobilenet_v2().eval()
    state = {name: torch.from_numpy(value.copy()) for name, value in tensors.read(project.weights).items()}
    model.load_state_dict(state, strict=False)
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU6):
            module.inplace = False
    seen: list[torch.Tensor] = []
    model.get_submodule(node).register_forward_hook(lambda *step: seen.append(step[2]))
    program = Program(project.network, tensors.read(project.weights))
    objective = Objective(project, program, Place(node, 3), (size, size))
    torch.manual_seed(0)
    shown = torch.rand(1, 3, size, size, requires_grad=True)
    reached = objective.height(objective.input(shown), "channel", None)
    (ours,) = torch.autograd.grad(reached, shown)
    mean, std = (torch.tensor(of).reshape(3, 1, 1) for of in (project.recipe.mean, project.recipe.std))
    model((shown - mean) / std)
    wanted = torch.where(seen[0][0, 3] > 0, seen[0][0, 3], BELOW * seen[0][0, 3]).mean()
    (theirs,) = torch.autograd.grad(wanted, shown)
    assert float(reached.detach()) == pytest.approx(float(wanted.detach()), rel=1e-4, abs=1e-6)
    assert float((ours - theirs).abs().max() / theirs.abs().max()) < 1e-4


def test_pictures_larger_than_the_input_of_a_real_network(real_model) -> None:  # noqa: F811
    *_, project = library.open_model("mobilenet_v2")
    place, settings = Place("features.2.conv.0.0", 3), Dream(steps=1, octaves=1, size=512)
    (end,) = made(project, place, settings)
    assert end.picture.shape == (512, 512, 3)
    program = Program(project.network, tensors.read(project.weights))
    assert program_at(project, program, ["features.2.conv.0.0"], (512, 300)).facts["features.2.conv.0.0"].shape == (
        96,
        256,
        150,
    )
