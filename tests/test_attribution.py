"""Attribution by hand on small networks, and against captum on the same torchvision models."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from torchvision.models import mobilenet_v2, resnet18

from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.device import DeviceError
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Attribute, Pixels
from explorer.formats import tensors
from explorer.formats.recipes import plain, to_input, to_pixels
from explorer.layers.activations import ReLU, ReLU6, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.attribution import Attribution, heat
from explorer.maths.records import Place, Progress
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.probes.attribution import (
    METHODS,
    Deconvolution,
    GradCam,
    Gradient,
    GuidedBackprop,
    IntegratedGradients,
    Method,
    Occlusion,
    SmoothGrad,
)  # fmt: skip
from tests.real_model import real_cache, real_model  # noqa: F401

NEAR = 1e-4
"""Of the largest value of a map: as the issue demands."""


def found(question: Attribute) -> list[Attribution]:
    """The final result of each method."""
    results = [step for step in answer(question) if not isinstance(step, Progress)]
    return [result for result in results if result.done]


def differ(ours: np.ndarray, theirs: torch.Tensor) -> float:
    expected = theirs.detach().numpy()
    return float(np.abs(ours - expected).max() / np.abs(expected).max())


SIDE = 96


def photo(side: int = SIDE) -> Pixels:
    """A picture that is fed as it is, of the size of the input."""
    random = np.random.default_rng(7)
    coarse = random.integers(0, 256, (side // 8, side // 8, 3), np.uint8)
    return Pixels(coarse.repeat(8, 0).repeat(8, 1))


@pytest.fixture(scope="module")
def residual() -> tuple[Project, torch.nn.Module]:
    """ResNet-18 with random weights, ours and torchvision's."""
    torch.manual_seed(1)
    theirs = resnet18().eval()
    for module in theirs.modules():
        if isinstance(module, torch.nn.ReLU):
            module.inplace = False  # what hooks see must not be written over
    ours = library.architecture("resnet18")
    sha = tensors.keep({name: value.numpy() for name, value in theirs.state_dict().items()})
    return replace(made_small(ours), weights=sha), theirs


def made_small(project: Project) -> Project:
    """With an input that takes less time."""
    (entry,) = (node.id for node in project.network.nodes.values() if isinstance(node.layer, Input))
    return project.rewired(project.network.with_settings(entry, height=SIDE, width=SIDE))


def fed(project: Project, source: Pixels) -> torch.Tensor:
    return torch.from_numpy(to_input(source.pixels, project.recipe, (3, SIDE, SIDE)))[None].contiguous()


CLASS = 7


def theirs_of(
    method: Method, model: torch.nn.Module, x: torch.Tensor, maps: torch.nn.Module, target: int = CLASS
) -> torch.Tensor:
    """The same by captum."""
    import captum.attr as captum  # here: it takes half a second and 40 MB, of each process that collects tests

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it sets requires_grad by itself
        match method:
            case Gradient():
                return captum.Saliency(model).attribute(x, target=target, abs=False)
            case SmoothGrad(samples=samples, noise=noise, seed=seed):
                torch.manual_seed(seed)
                return captum.NoiseTunnel(captum.Saliency(model)).attribute(
                    x, target=target, abs=False, nt_samples=samples, stdevs=noise * float(x.max() - x.min())
                )
            case IntegratedGradients(steps=steps):
                return captum.IntegratedGradients(model).attribute(x, target=target, n_steps=steps)
            case GuidedBackprop():
                return captum.GuidedBackprop(model).attribute(x, target=target)
            case Deconvolution():
                return captum.Deconvolution(model).attribute(x, target=target)
            case GradCam():
                return captum.LayerGradCam(model, maps).attribute(x, target=target, relu_attributions=True)
            case Occlusion(window=window, stride=stride):
                return captum.Occlusion(model).attribute(
                    x, target=target, sliding_window_shapes=(3, window, window), strides=(3, stride, stride)
                )
    raise AssertionError(method)


SMALL = [
    Gradient(), SmoothGrad(10, 0.2, 3), IntegratedGradients(12), GuidedBackprop(), Deconvolution(),
    GradCam(), Occlusion(40, 30),
]  # fmt: skip


@pytest.mark.parametrize("method", SMALL, ids=lambda method: method.kind)
def test_equal_to_captum(residual, method: Method) -> None:
    project, model = residual
    (ours,) = found(Attribute(project, photo(), (method,), Place(Program(project.network, {}).output, CLASS)))
    theirs = theirs_of(method, model, fed(project, photo()), model.layer4)[0]
    assert differ(np.broadcast_to(ours.values, theirs.shape), theirs) < NEAR
    assert ours.score == pytest.approx(float(model(fed(project, photo()))[0, CLASS].detach()), rel=1e-4)


def test_captum_was_asked_for_all(residual) -> None:
    assert {type(method) for method in SMALL} == set(METHODS)


@pytest.mark.parametrize("method", [Gradient(), IntegratedGradients(6), GradCam()], ids=lambda method: method.kind)
def test_equal_to_captum_with_trained_weights(real_model, method: Method) -> None:  # noqa: F811
    *_, project = library.open_model("mobilenet_v2")
    project = made_small(project)
    model = mobilenet_v2().eval()
    state = {name: torch.from_numpy(value.copy()) for name, value in tensors.read(project.weights).items()}
    model.load_state_dict(state, strict=False)
    for module in model.modules():
        if isinstance(module, torch.nn.ReLU6):
            module.inplace = False
    (ours,) = found(Attribute(project, photo(), (method,)))
    assert ours.place.channel == int(model(fed(project, photo())).argmax())
    theirs = theirs_of(method, model, fed(project, photo()), model.features, ours.place.channel)[0]
    assert differ(np.broadcast_to(ours.values, theirs.shape), theirs) < NEAR


# By hand


@pytest.fixture
def small() -> Project:
    """Two pixels of one colour, a and b: y₀ = 2·ReLU(a − b) − ReLU(b − a), y₁ = −y₀; 1 × 2 pixels."""
    nodes = {"in": Node("in", Input(1, 1, 2))}
    for layer in (Conv2d(2, (1, 2), bias=False), ReLU(), Flatten(), Linear(2, bias=False)):
        nodes[layer.kind.lower()] = Node(layer.kind.lower(), layer, (list(nodes)[-1],))
    weights = {
        "conv2d.weight": np.float32([[[[1, -1]]], [[[-1, 1]]]]),
        "linear.weight": np.float32([[2, -1], [-2, 1]]),
    }
    return Project(Network(nodes), weights=tensors.keep(weights), recipe=Recipe())


BRIGHT_LEFT = Pixels(np.uint8([[[255] * 3, [51] * 3]]))  # a = 1, b = 0.2


def test_gradient_by_hand(small: Project) -> None:
    (ours,) = found(Attribute(small, BRIGHT_LEFT, (Gradient(),)))
    assert ours.values.tolist() == [[[2, -2]]]
    assert (ours.place, ours.score) == (Place("linear", 0), pytest.approx(1.6))
    assert ours.picture.tolist() == BRIGHT_LEFT.pixels.tolist()
    (other,) = found(Attribute(small, BRIGHT_LEFT, (Gradient(),), Place("linear", 1)))
    assert other.values.tolist() == [[[-2, 2]]]


def test_guided_lets_through_only_what_raises(small: Project) -> None:
    """Behind the ReLU the slopes of y₁ are −2, which is held back, and 1, where the ReLU is closed."""
    (ours,) = found(Attribute(small, BRIGHT_LEFT, (GuidedBackprop(),), Place("linear", 1)))
    assert ours.values.tolist() == [[[0, 0]]]
    six = small.network.with_node(Node("relu", ReLU6(), ("conv2d",)))
    (same,) = found(Attribute(replace(small, network=six), BRIGHT_LEFT, (GuidedBackprop(),), Place("linear", 1)))
    assert same.values.tolist() == [[[0, 0]]]


def test_deconvolution_lets_through_what_is_positive_wherever_the_relu_was_open(small: Project) -> None:
    """Behind the ReLU the slopes of y₁ are −2, which is held back, and 1, which goes to (−1, 1) though it is closed."""
    (ours,) = found(Attribute(small, BRIGHT_LEFT, (Deconvolution(),), Place("linear", 1)))
    assert ours.values.tolist() == [[[-1, 1]]]
    six = small.network.with_node(Node("relu", ReLU6(), ("conv2d",)))
    (same,) = found(Attribute(replace(small, network=six), BRIGHT_LEFT, (Deconvolution(),), Place("linear", 1)))
    assert same.values.tolist() == [[[-1, 1]]]


def test_integrated_gradients_add_up(small: Project) -> None:
    (ours,) = found(Attribute(small, BRIGHT_LEFT, (IntegratedGradients(4, "black"),)))
    assert ours.values.ravel() == pytest.approx([2, -0.4])
    assert ours.check == (pytest.approx(1.6), pytest.approx(1.6))


def test_occlusion_by_hand(small: Project) -> None:
    """Without a the number falls from 1.6 to −0.2; without b it rises to 2."""
    (ours,) = found(Attribute(small, BRIGHT_LEFT, (Occlusion(1, 1, "black"),)))
    assert ours.values.ravel() == pytest.approx([1.8, -0.4])


def test_grad_cam_by_hand(small: Project) -> None:
    """α = (2, −1); the maps behind the ReLU are 0.8 and 0: of 1 × 1, so the input's are none to weigh."""
    results: list[object] = []
    steps = answer(Attribute(small, BRIGHT_LEFT, (GradCam(), Gradient())))
    with pytest.raises(ProgramError, match="none lead to this number"):
        results.extend(steps)
    assert [step.method for step in results if isinstance(step, Attribution)] == ["Gradient"], "the others are told"
    wide = small.network.with_node(Node("in", Input(1, 1, 3)))
    wide = wide.with_node(Node("linear", Linear(2, bias=False), ("flatten",)))
    weights = {
        "conv2d.weight": np.float32([[[[1, -1]]], [[[-1, 1]]]]),
        "linear.weight": np.float32([[2, 4, -1, 3], [0, 0, 0, 0]]),
    }
    project = Project(wide, weights=tensors.keep(weights))
    picture = Pixels(np.uint8([[[255] * 3, [0] * 3, [255] * 3]]))  # the maps are 1 0 and 0 1
    (ours,) = found(Attribute(project, picture, (GradCam(),), Place("linear", 0)))
    assert (ours.at, ours.values.tolist()) == ("relu", [[[3, 1]]])  # weights (2 + 4) / 2 and (−1 + 3) / 2
    (still,) = found(Attribute(project, picture, (GradCam(),), Place("linear", 0), at="conv2d"))
    assert still.at == "relu", "what happens to be selected changes nothing"
    (chosen,) = found(Attribute(project, picture, (GradCam("selected"),), Place("linear", 0), at="conv2d"))
    assert (chosen.at, chosen.values.tolist()) == ("conv2d", [[[0, 0.5]]])  # ReLU of 1·(1 −1) + 1.5·(−1 1)


def test_a_probability_is_explained_by_its_score(small: Project) -> None:
    ended = replace(small, network=small.network.with_node(Node("softmax", Softmax(), ("linear",))))
    for place in (None, Place("softmax", 0)):
        (ours,) = found(Attribute(ended, BRIGHT_LEFT, (Gradient(),), place))
        assert ours.place == Place("linear", 0)
        assert ours.values.tolist() == [[[2, -2]]]


def test_smooth_grad_gets_better_step_by_step(small: Project) -> None:
    steps = list(answer(Attribute(small, BRIGHT_LEFT, (SmoothGrad(20, 0.1, 5),))))
    results = [step for step in steps if isinstance(step, Attribution)]
    assert [result.done for result in results] == [False, False, True]
    assert steps[-2] == Progress("SmoothGrad", 20, 20)
    again = found(Attribute(small, BRIGHT_LEFT, (SmoothGrad(20, 0.1, 5),)))
    assert np.array_equal(results[-1].values, again[0].values)


def test_what_cannot_be_explained(small: Project) -> None:
    for place, sentence in (
        (Place("gone", 0), "no node “gone” any more"),
        (Place("linear", 2), "linear has no number there any more"),
        (Place("conv2d", 0, 0, 1), "conv2d has no number there any more"),
    ):
        with pytest.raises(ProgramError, match=sentence):
            found(Attribute(small, BRIGHT_LEFT, (Gradient(),), place))
    with pytest.raises(DeviceError):
        found(Attribute(small, BRIGHT_LEFT, (Gradient(),), device="cuda:7"))
    cut = Project(small.network.without(["flatten", "linear"]), weights=small.weights)
    assert found(Attribute(cut, BRIGHT_LEFT, (Gradient(),)))[0].place == Place("relu", 0), "one place is a class each"


@pytest.mark.parametrize(("level", "expected"), [(None, 0), (0, -2), (255, 2)])
def test_an_empty_picture_goes_through_the_recipe(level: int | None, expected: float) -> None:
    recipe = Recipe(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    for channels in (1, 3):
        assert (plain(level, recipe, (channels, 2, 2)) == expected).all()


def test_the_input_as_a_picture_again() -> None:
    recipe = Recipe(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    pixels = photo(64).pixels
    assert np.array_equal(to_pixels(to_input(pixels, recipe, (3, 64, 64)), recipe), pixels)
    grey = to_pixels(to_input(pixels, recipe, (1, 64, 64)), recipe)
    assert (grey[..., 0] == grey[..., 2]).all()


def test_heat_keeps_zero_and_signs() -> None:
    values = np.float32([[[0, 3], [-1, 0]], [[0, 1], [-1, 0]]])
    assert heat(values, signed=True).ravel() == pytest.approx([0, 1, -0.5, 0], abs=0.03)
    assert heat(values, signed=False).ravel() == pytest.approx([0, 1, 1 / 3, 0], abs=0.02)
    assert (heat(np.zeros((3, 2, 2), np.float32), signed=True) == 0).all()
    assert np.isfinite(heat(np.float32([[[np.nan, np.inf]]]), signed=False)).all()


def test_every_method_tells_where_it_comes_from() -> None:
    for method in METHODS:
        assert method.title
        assert "arXiv:" in method.source
        assert method.story.endswith(".")
