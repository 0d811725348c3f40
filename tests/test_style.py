"""Style transfer on a network small enough to check its costs by hand, and on the real trunk of HED."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.classics.edges import trunk
from explorer.engine import style_forecast, style_pictures
from explorer.engine.answers import answer
from explorer.engine.descent import Known
from explorer.engine.octaves import program_at
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.questions import Pixels
from explorer.engine.sloped import Sloped
from explorer.engine.style_costs import paired
from explorer.engine.style_pictures import from_pixels
from explorer.engine.style_questions import ForecastStyle, StyleOf, StylePicture, sheet_of
from explorer.engine.style_targets import StyleError, checked, objective_for
from explorer.engine.tape import Tape
from explorer.formats import styled_files, tensors
from explorer.formats.pictures import decode
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.maths.style_records import Styled
from explorer.network.fed import one_of
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.network.settings import SettingError
from explorer.probes.style import Style, WeightedLayer
from explorer.probes.style_layers import usual_layers
from tests import painting_side


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
    return made_of(StyleOf(project, photo(1), styles, settings, **more))


def made_of(question: StyleOf) -> list[Styled]:
    steps = list(answer(question))
    assert {type(step) for step in steps} <= {Progress, Styled}
    return [step for step in steps if isinstance(step, Styled)]


def test_every_step_of_lbfgs_lowers_the_cost(project: Project) -> None:
    settings = Style(size=32, steps=40, smoothness=0.5)
    results = made(project, settings)
    costs = [cost for result in results for cost in result.since]
    assert [cost.step for cost in costs] == list(range(41))
    alpha, beta, s = settings.content_weight, settings.style_weight, settings.smoothness
    by_hand = [alpha * cost.content + beta * cost.style + s * cost.smoothness for cost in costs]
    assert [cost.total for cost in costs] == pytest.approx(by_hand, rel=1e-9), "J is what its formula says"
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
                g[i, j] = (f[i] * f[j]).sum()
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
    program = at_once(program_of(project, "cpu"))
    question = checked(question, program)
    objective = at_once(objective_for(question, program, from_pixels(question.content.pixels)))
    return at_once(objective.known(torch.from_numpy(x)[None].float()))


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


def tiled(tile: int) -> st.SearchStrategy[tuple[int, int, int]]:
    """A tile's side, and height and width of a picture: at most 12 × 12 tiles, which is enough of those of 2 pixels."""
    side = st.integers(20, min(70, 12 * tile))
    return st.tuples(st.just(tile), side, side)


@given(st.sampled_from([2, 4, 8, 16, 30]).flatmap(tiled), st.booleans())
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_tiles_change_nothing(project: Project, sizes: tuple[int, int, int], masked: bool) -> None:
    tile, height, width = sizes
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


@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(5, 3, padding=1), Conv2d(5, 3, stride=2, padding=1), Conv2d(6, 3, padding=2, dilation=2, groups=3),
        Conv2d(5, (1, 5), padding=(0, 2)), Conv2d(5, 3, padding=(0, 2, 1, 0)), Conv2d(5, 1, padding=1),
        Conv2d(5, 2, padding="same"),
    ],
    ids=str,
)  # fmt: skip
def test_values_and_slopes_are_those_of_the_plain_modules(layer: Conv2d) -> None:
    """Of every kind of convolution with a ReLU behind it that is looked at, and has a channel switched off."""
    nodes = {"in": Node("in", Input(3, 12, 10))}
    for id, one, before in (("conv", layer, "in"), ("relu", ReLU(), "conv"), ("end", Conv2d(2, 1), "relu")):
        nodes[id] = Node(id, one, (before,))
    program = Program(Network(nodes), {}).changed({"relu": {1: 0.0}})
    wanted = ["relu", "end"]
    x = torch.randn(1, 3, 12, 10, generator=torch.Generator().manual_seed(0))
    found = []
    for network in (Sloped(program, wanted), Tape(program, wanted)):
        y = x.clone().requires_grad_()
        values = network.values(y) if isinstance(network, Sloped) else network.values(y, wanted)
        (slope,) = torch.autograd.grad(sum((value**2).sum() for value in values.values()), y)
        found.append([*(values[id].detach() for id in wanted), slope])
    for ours, theirs in zip(*found, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_network_with_a_further_input_gets_what_that_is_fed() -> None:
    """σ(4 · s · x): whatever the size, by the values it should have, and by a transfer on it."""
    fed = painting_side.three_styles()
    x = torch.rand(1, 3, 20, 28, generator=torch.Generator().manual_seed(0))
    layers = {"content_layers": (WeightedLayer("mixed"),), "style_layers": (WeightedLayer("colours"),)}
    for style in range(3):
        told = fed.feeding("styles", one_of(3, style))
        program = program_at(told, at_once(program_of(told, "cpu")), ["colours"], (20, 28))
        ours = Sloped(program, ["colours"]).values(x)["colours"].numpy()
        wanted = painting_side.as_painted(x.numpy(), np.eye(3)[style])
        assert np.abs(ours - wanted).max() < 1e-6
        results = made(told, Style(size=28, steps=3), **layers)
        assert results[-1].costs.total < results[0].costs.total


@pytest.mark.parametrize("places", [5, 16, 100, 1000])
def test_pairs_of_sixteen_bit_numbers(places: int) -> None:
    """However many places there are: about as exact as the numbers, and the slope is 2 F · D."""
    f = torch.rand(places, 7, generator=torch.Generator().manual_seed(0)).bfloat16().requires_grad_()
    exact = f.detach().double()
    pairs, wanted = paired(f), exact.T @ exact
    assert float((pairs.detach().double() - wanted).abs().max() / wanted.abs().max()) < 2e-3
    pairs.sum().backward()
    slope = 2 * exact @ torch.ones(7, 7, dtype=torch.float64)
    assert float((f.grad.double() - slope).abs().max() / slope.abs().max()) < 1e-2


# What is asked of it


def test_the_same_seed_makes_the_same_picture(project: Project) -> None:
    first, again, other = (
        made(project, Style(size=32, steps=4, start="noise", seed=seed))[-1].picture for seed in (4, 4, 5)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_gone_on_with_where_it_stopped(project: Project, tmp_path: Path) -> None:
    """From the picture in memory and from its file alike; and about as far as without a stop."""
    settings = Style(size=32, steps=30)
    question = StyleOf(project, photo(1), (StylePicture(photo(2)),), replace(settings, steps=15))
    first = made_of(question)[-1]
    styled_files.write(tmp_path / "a.png", first.picture, sheet_of(question, first.step))
    sheet, pixels = styled_files.read(tmp_path / "a.png"), decode(tmp_path / "a.png").pixels
    assert (sheet.step, sheet.settings, sheet.weights) == (15, question.settings, project.weights)
    ends = [
        made(project, settings, so_far=Pixels(picture), done=15, content_layers=sheet.content_layers,
             style_layers=sheet.style_layers)
        for picture in (first.picture, pixels)
    ]  # fmt: skip
    assert np.array_equal(ends[0][-1].picture, ends[1][-1].picture)
    assert [cost.step for result in ends[0] for cost in result.since] == list(range(16, 31))
    whole = made(project, settings)[-1].costs.total
    assert ends[0][-1].costs.total < first.costs.total
    assert ends[0][-1].costs.total == pytest.approx(whole, rel=0.5)


def test_gone_on_with_past_the_last_step(project: Project) -> None:
    """For as many steps at the last size again, which are counted on."""
    first = made(project, Style(size=32, steps=4, octaves=2, growth=2))[-1]
    assert first.step == 8
    question = StyleOf(
        project, photo(1), (StylePicture(photo(2)),), Style(size=32, steps=4, octaves=2, growth=2),
        so_far=Pixels(first.picture), done=8,
    )  # fmt: skip
    steps = list(answer(question))
    ends = [step for step in steps if isinstance(step, Styled)]
    assert [cost.step for result in ends for cost in result.since] == [9, 10, 11, 12]
    assert [result.done for result in ends][-1]
    assert ends[-1].costs.total < first.costs.total
    counted = [step.text for step in steps if isinstance(step, Progress) and step.text.startswith("Step ")]
    assert (counted[0], counted[-1]) == ("Step 9 of 12, 32×24", "Step 12 of 12, 32×24")


def test_begun_anew_amid_the_steps(project: Project) -> None:
    """What another start makes of a run: the picture that it begins with is a step, told as it is, and gone on from."""
    settings = Style(size=32, steps=12, start="noise", seed=3)
    begun = made(project, settings)[0]
    results = made(project, settings, done=8)
    assert np.array_equal(results[0].picture, begun.picture)
    assert [cost.step for result in results for cost in result.since] == [8, 9, 10, 11, 12]
    assert results[0].costs == replace(begun.costs, step=8)
    assert results[-1].costs.total < results[0].costs.total
    assert results[-1].done
    grown = made(project, replace(settings, octaves=2), done=13)
    assert [cost.step for result in grown for cost in result.since] == list(range(13, 25)), "at the size it is at"
    assert {result.picture.shape for result in grown} == {(24, 32, 3)}


def test_adam_goes_down_too(project: Project) -> None:
    results = made(project, Style(size=32, steps=60, optimizer="Adam", rate=0.03))
    assert results[-1].costs.style < results[0].costs.style / 10
    assert {cost.evaluations for result in results for cost in result.since} == {1}


@pytest.mark.parametrize(
    ("rate", "words"),
    [(2, "so it went back to the best picture, with half the rate"), (10, "6 times: it ended with the best picture")],
)
def test_what_grows_out_of_bounds_is_told_and_taken_back(project: Project, rate: float, words: str) -> None:
    results = made(project, Style(size=32, steps=40, optimizer="Adam", rate=rate, start="style"))
    told = [result for result in results if result.note]
    assert told, [result.costs for result in results]
    assert all(words in result.note for result in told)
    assert all(np.isfinite(result.costs.total) for result in results)
    assert results[-1].costs.total <= results[0].costs.total
    assert results[-1].step == (40 if rate == 2 else 0)


def test_weights_that_are_no_numbers(project: Project) -> None:
    for factor in (np.nan, np.inf, 0):
        broken = {name: value * np.float32(factor) for name, value in tensors.read(project.weights).items()}
        with pytest.raises(StyleError, match="relu0 answers nothing, or no numbers, to a picture: "):
            made(replace(project, weights=tensors.keep(broken)), Style(size=32, steps=3))


@pytest.mark.parametrize("optimizer", ["L-BFGS", "Adam"])
@pytest.mark.parametrize("precision", ["exact", "fast"])
def test_a_single_weight_that_is_no_number(project: Project, optimizer: str, precision: str) -> None:
    """A ReLU of the processor's makes 0 of it: costs look sound, and only the way back tells."""
    broken = {name: value.copy() for name, value in tensors.read(project.weights).items()}
    broken["conv0.weight"].flat[5] = np.nan
    settings = Style(size=32, steps=3, optimizer=optimizer, precision=precision)
    with pytest.raises(StyleError, match=r"is no number|or no numbers"):
        made(replace(project, weights=tensors.keep(broken)), settings)


def test_only_content_and_only_style(project: Project) -> None:
    """From noise: the content picture comes back, or a picture with the style and none of the content."""
    content = made(project, Style(size=32, steps=80, start="noise", style_weight=0), styles=(), **{
        "content_layers": (WeightedLayer("relu0"),),
    })[-1]  # fmt: skip
    assert np.abs(content.picture.astype(int) - photo(1).pixels).mean() < 12
    assert content.costs.style == 0
    style = made(project, Style(size=32, steps=60, start="noise", content_weight=0), **LAYERS)
    assert style[-1].costs.style < style[0].costs.style / 100
    assert style[-1].costs.content == 0
    assert {layer.kind for layer in style[-1].layers} == {"style"}


def test_two_styles_each_where_its_mask_says(project: Project) -> None:
    """Left black, right white, with the content's weight so small that only the styles count."""
    dark, bright = Pixels(np.full((32, 32, 3), 20, np.uint8)), Pixels(np.full((32, 32, 3), 235, np.uint8))
    left = np.zeros((8, 8), np.uint8)
    left[:, :4] = 255
    styles = StylePicture(dark, 1.0, left), StylePicture(bright, 1.0, 255 - left)
    end = made(project, Style(size=32, steps=60, content_weight=0.001), styles=styles, **LAYERS)[-1]
    middle = end.picture.shape[1] // 2
    assert end.picture[:, : middle - 3].mean() < end.picture[:, middle + 3 :].mean() - 50
    assert {layer.picture for layer in end.layers if layer.kind == "style"} == {0, 1}
    plain = tuple(replace(one, mask=None) for one in styles)
    end = made(project, Style(size=32, steps=60, content_weight=0.001), styles=plain, **LAYERS)[-1]
    assert abs(end.picture[:, : middle - 3].mean() - end.picture[:, middle + 3 :].mean()) < 25


def test_a_style_of_twice_the_weight_counts_twice(project: Project) -> None:
    def style_cost(weights: tuple[float, float]) -> float:
        styles = tuple(StylePicture(photo(seed), weight) for seed, weight in zip((2, 3), weights, strict=True))
        return made(project, Style(size=32, steps=1), styles=styles)[0].costs.style

    one, other, both = style_cost((1, 0)), style_cost((0, 1)), style_cost((2, 1))
    assert both == pytest.approx((2 * one + other) / 3, rel=1e-5)


def test_it_grows_from_size_to_size(project: Project) -> None:
    results = made(project, Style(size=128, steps=4, octaves=2, growth=2))
    last_of = {result.picture.shape[:2]: result.step for result in results}
    assert last_of == {(48, 64): 4, (96, 128): 8}
    assert [result.done for result in results][-1]
    assert sum(result.done for result in results) == 1


@pytest.mark.parametrize("colours", ["luminance", "histogram"])
def test_colours_of_the_content_are_kept(project: Project, colours: str) -> None:
    green = Pixels((photo(1).pixels * [0.3, 0.9, 0.3]).astype(np.uint8))
    red = Pixels((photo(2).pixels * [1.0, 0.2, 0.2]).astype(np.uint8))
    settings = Style(size=32, steps=30, colours=colours)
    question = StyleOf(project, green, (StylePicture(red),), settings, **LAYERS)
    end = made_of(question)[-1]
    found = end.picture.reshape(-1, 3).mean(0)
    assert found[1] > found[0]
    assert end.costs.style < 1
    theirs = made_of(replace(question, settings=replace(settings, colours="style")))[-1].picture.reshape(-1, 3).mean(0)
    assert theirs[0] > theirs[1]


def test_colour_maps_give_mean_and_covariance() -> None:
    style, content = (torch.from_numpy(np.random.default_rng(seed).random((1, 3, 20, 24))) for seed in (0, 1))
    content = 0.4 + 0.1 * content @ torch.eye(24, dtype=torch.float64)
    moved = style_pictures.like_colours(style, content)
    for x, y in ((moved, content),):
        a, b = (one[0].flatten(1).numpy() for one in (x, y))
        assert np.allclose(a.mean(1), b.mean(1), atol=1e-3)
        assert np.allclose(np.cov(a), np.cov(b), atol=2e-4)
    y = style_pictures.like_luminance(style, content)
    assert float((y.mean() - style_pictures.luminance(content).mean()).abs()) < 1e-6
    kept = style_pictures.coloured(y, content)
    yiq = torch.tensor([[0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], dtype=torch.float64)
    assert torch.allclose(*(torch.einsum("ic,nchw->nihw", yiq, one) for one in (kept, content)), atol=1e-3)
    assert torch.allclose(style_pictures.luminance(kept), y)


def test_fast_is_about_as_exact(project: Project) -> None:
    exact, fast = (
        made(project, Style(size=64, steps=20, precision=precision))[0].costs for precision in ("exact", "fast")
    )
    assert fast.style == pytest.approx(exact.style, rel=0.05)


def test_what_cannot_be_asked(project: Project) -> None:
    fixed = replace(project, network=replace(project.network, nodes={
        **project.network.nodes, "flat": Node("flat", Flatten(), ("relu2",)), "fc": Node("fc", Linear(3), ("flat",)),
    }))  # fmt: skip
    style = StylePicture(photo(2))
    for more, sentence in (
        ({"styles": ()}, "no style to take: choose a style picture"),
        ({"style_layers": (WeightedLayer("relu0"),)}, "no content layer: pick one, or set α to 0"),
        ({"settings": Style(content_weight=0, style_weight=0)}, "α and β are both 0"),
        ({"styles": (replace(style, weight=0.0),)}, "have the weight 0"),
        ({"styles": (replace(style, mask=np.zeros((4, 4), np.uint8)),)}, "mask of a style picture is empty"),
        ({**LAYERS, "content_layers": (WeightedLayer("gone"),)}, "no node “gone” any more"),
        ({**LAYERS, "content_layers": (WeightedLayer("fc"),)}, "fc has no maps"),
    ):
        question = replace(StyleOf(fixed, photo(1), (style,), Style(size=32, steps=1)), **more)
        with pytest.raises(Refusal, match=sentence) as caught:
            list(answer(question))
        assert len(str(caught.value)) <= 300
    with pytest.raises(SettingError, match="weight of relu0 must be a number from 0 to 1,000,000, not -1"):
        WeightedLayer("relu0", -1)
    with pytest.raises(SettingError, match="weight of relu0 must be a number from 0"):
        WeightedLayer("relu0", float("nan"))


def test_layers_where_nobody_picks_any(project: Project) -> None:
    content, style = usual_layers(trunk(224))
    assert [layer.node for layer in content] == ["features.20"], "conv4_2"
    assert [layer.node for layer in style] == [f"features.{i}" for i in (1, 6, 11, 18, 25)], "conv1_1 to conv5_1"
    content, style = usual_layers(project.network)
    assert ([one.node for one in content], [one.node for one in style]) == (["relu0"], ["relu0", "relu1"])
    assert usual_layers(Network()) == ((), ())


# What it takes


def test_a_forecast_and_a_refusal_with_the_size_that_fits(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    question = StyleOf(project, photo(1), (StylePicture(photo(2)),), Style(size=512, steps=10))
    *_, found = answer(ForecastStyle(question))
    assert (found.size, found.fits, found.largest) == ((512, 384), True, 512)
    assert found.seconds == pytest.approx(10 * found.each)
    assert found.sentence.startswith("10 steps to 512×384 take about ")
    monkeypatch.setattr(style_forecast, "free_memory", lambda device: found.memory // 2)
    *_, tight = answer(ForecastStyle(question))
    assert not tight.fits
    assert 0 < tight.largest < 512
    assert f"take a size of at most {tight.largest:,}" in tight.sentence
    with pytest.raises(StyleError, match=f"take a size of at most {tight.largest:,}"):
        list(answer(question))
    smaller = replace(question, settings=replace(question.settings, size=tight.largest, steps=1))
    monkeypatch.setattr(style_forecast, "free_memory", lambda device: found.memory * 0.46)  # others took some
    assert [*answer(ForecastStyle(smaller))][-1].fits
    assert made(project, smaller.settings)[-1].done
