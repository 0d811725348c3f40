"""Every number is explained: the parts that are shown give what the network computed, for each layer kind."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.classics.catalogue import CLASSICS
from explorer.engine.answers import answer
from explorer.engine.explain import RULES
from explorer.engine.library_questions import OpenModel
from explorer.engine.program import ProgramError
from explorer.engine.questions import Explain, Look, PictureFile, Pixels
from explorer.formats import tensors
from explorer.layers.activations import ReLU, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.detection import STAGE, Proposals, Refinement
from explorer.layers.joins import Concat
from explorer.layers.regions import RegionHead
from explorer.layers.resizing import ConvTranspose2d, Upsample
from explorer.layers.shapes import Flatten, PadChannels, Permute, Reshape
from explorer.layers.windows import AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.maths.explanations import Explanation
from explorer.maths.records import Place, Progress
from explorer.maths.shared_arrays import collect, lend, names, room
from explorer.network.analysis import analyse
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.test_layers import kinds
from tests.test_opaque import attention
from tests.test_random_networks import networks
from tests.written_out import single_layers

RATIO = 1e-5


def last(question) -> Explanation:
    """The last step of an answer; those before it are progress."""
    *before, result = answer(question)
    assert all(isinstance(step, Progress) for step in before)
    return result


def maps(project: Project, source, node: str) -> np.ndarray:
    (maps,) = last(Look(project, source, (node,)))
    return maps.values


def noise(network: Network, seed: int = 0) -> Pixels:
    """A picture of the input's size, so that nothing is scaled."""
    _, height, width = next(f.shape for f in analyse(network).values())
    return Pixels(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def holds(found: Explanation, scale: float) -> None:
    """What is shown gives the value; and every number shown lies where it is said to come from."""
    assert found.steps
    assert abs(float(found.steps[-1].worked) - found.value) <= RATIO * max(1.0, scale)
    for step in found.steps:
        assert step.worked.formula
        assert "nan" not in step.worked.numbers


def scale_of(found: Explanation, values: np.ndarray) -> float:
    """The size of what was added up: rounding grows with it."""
    parts = [float(np.abs(w.products).sum()) for w in found.windows if w.winner is None]
    return max([float(np.abs(values).max()), *parts])


def check(project: Project, source, node: str, spots: list[tuple[int, int, int]]) -> list[Explanation]:
    values, found = maps(project, source, node), []
    inputs = {id: maps(project, source, id) for id in project.network.nodes[node].inputs}
    for spot in spots:
        one = last(Explain(project, source, Place(node, *spot)))
        assert one.value == pytest.approx(float(values[spot]), rel=1e-4, abs=1e-5)
        holds(one, scale_of(one, values))
        for window in one.windows:
            for channel, row, column in np.ndindex(window.values.shape):
                place = window.place(channel, row, column)
                if place is None:
                    assert window.padded[row, column]
                    assert window.values[channel, row, column] == 0
                else:
                    came = inputs[window.node][place.channel, place.row, place.column]
                    assert window.values[channel, row, column] == pytest.approx(came, rel=1e-4, abs=1e-5)
        found.append(one)
    return found


def some(shape: tuple[int, ...], seed: int, count: int) -> list[tuple[int, int, int]]:
    chance = random.Random(seed)
    cube = (*shape, 1, 1)[:3] if len(shape) < 3 else (*shape[:2], int(np.prod(shape[2:])))
    return [tuple(chance.randrange(n) for n in cube) for _ in range(count)]


def test_each_kind_has_a_rule() -> None:
    assert {kind.__name__ for kind in RULES} | {"Input"} == Layer.kinds.keys()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(network=st.deferred(single_layers), seed=st.integers(0, 9))
def test_every_kind_with_any_settings(network: Network, seed: int) -> None:
    one_picture = len([n for n in network.nodes.values() if isinstance(n.layer, Input)]) == 1
    channels = next(f.shape for f in analyse(network).values())[0]
    if one_picture and channels in (1, 3):
        spots = some(analyse(network)["layer"].shape, seed, 2)
        values = maps(Project(network), noise(network, seed), "layer")
        if np.isfinite(values).all() and np.abs(values).max() < 1e6:  # what float32 can hold well
            check(Project(network), noise(network, seed), "layer", spots)


OWN = {
    "Reshape": {"shape": (4, 0)}, "Permute": {"order": (3, 1, 2)}, "GroupNorm": {"groups": 4},
    "CenterCrop": {"size": 5}, "Slice": {"start": 2, "channels": 3},
    "PadChannels": {"channels": 20}, "AdaptiveAvgPool2d": {"size": (3, 4)},
    "Yolo": {"anchors": ((9.0, 9.0), (5.0, 5.0)), "classes": 3, "chances": "softmax", "reach": 1.1},
    "Refinement": {"landmarks": 5}, "RoIAlign": {"size": 3, "levels": 2},
    "AnchorHead": {"anchors": ((9.0, 9.0), (5.0, 5.0), (7.0, 3.0), (3.0, 7.0)), "classes": 4},
    "RegionHead": {"classes": 4}, "MaskHead": {"classes": 16}, "KeypointHead": {"points": 16},
    "ConvTranspose2d": {"channels": 6, "kernel": 3, "padding": 1, "output_padding": 1, "groups": 2},
    "Upsample": {"scale": (2, 3), "mode": "bilinear"}, "Conv2d": {"channels": 6, "padding": 1, "groups": 2},
    "PReLU": {"each": True}, "Softmax": {"axis": 2}, "Linear": {"features": 4, "over": "channels"},
}  # fmt: skip
"""Settings that fit a map of 16×8×10, where the usual ones do not, or do less."""


@pytest.mark.parametrize("kind", [kind for kind in kinds if kind is not Input], ids=lambda kind: kind.__name__)
def test_each_kind_with_numbers_of_both_signs(kind) -> None:
    layer = kind(**OWN.get(kind.__name__, {}))
    channels = STAGE if kind is Proposals else 16
    nodes = [Node("in", Input(3, 9, 11)), *(Node(id, Conv2d(channels, 2), ("in",)) for id in ("conv", "twin"))]
    before = ("conv", "twin") if layer.inputs < 0 else ("conv",)
    if kind is Refinement:
        nodes.append(Node("vector", GlobalAvgPool(), before))
        before = ("vector",)
    if kind is RegionHead:
        nodes += [Node("pooled", GlobalAvgPool(), ("conv",)), Node("scores", Linear(4), ("pooled",))]
        before = ("scores", "pooled")
    nodes.append(Node("layer", layer, before))
    network = Network({node.id: node for node in nodes})
    check(Project(network), noise(network), "layer", some(analyse(network)["layer"].shape, 1, 12))


def test_an_opaque_layer_says_that_it_is_not_taken_apart() -> None:
    _, layer = attention()
    ((rows, columns),) = layer.operations.takes
    nodes = [Node("in", Input(1, rows, columns)), Node("shaped", Reshape((rows, columns)), ("in",))]
    network = Network({node.id: node for node in (*nodes, Node("layer", layer, ("shaped",)))})
    found = last(Explain(Project(network), noise(network), Place("layer", 1, 2)))
    assert found.value == maps(Project(network), noise(network), "layer")[1, 2, 0]
    assert found.steps == ()
    assert "not taken apart" in found.said
    assert [w.node for w in found.windows] == ["shaped"]
    assert found.windows[0].values.size == np.prod(layer.operations.takes[0])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.integers(0, 99))
def test_random_networks(network: Network, seed: int) -> None:
    facts = analyse(network)
    if facts["input"].shape[0] not in (1, 3):
        return
    node = random.Random(seed).choice([id for id in network.nodes if id != "input"])
    if network.nodes[node].layer.kind != "Opaque":
        values = maps(Project(network), noise(network), node)
        if np.isfinite(values).all() and np.abs(values).max() < 1e6:
            check(Project(network), noise(network), node, some(facts[node].shape, seed, 1))


def test_mobilenet_with_its_own_weights(real_model, assets) -> None:  # noqa: F811
    *_, project = answer(OpenModel("mobilenet_v2"))
    source = PictureFile(str(assets / "images" / "dog.jpg"))
    facts = analyse(project.network)
    for number, id in enumerate(random.Random(5).sample(list(project.network.nodes)[1:], 24)):
        found = last(Explain(project, source, Place(id, *some(facts[id].shape, number, 1)[0])))
        holds(found, scale_of(found, np.array([found.value])))
        assert not found.untrained


@pytest.mark.parametrize("name", ["resnet18", "lenet5"])
def test_other_networks(name: str) -> None:
    network = CLASSICS[name].network
    facts = analyse(network)
    for number, id in enumerate(random.Random(7).sample(list(network.nodes)[1:], 8)):
        found = last(Explain(Project(network), noise(network), Place(id, *some(facts[id].shape, number, 1)[0])))
        holds(found, scale_of(found, np.array([found.value])))


def chain(*layers: Layer, shape=(3, 5, 5)) -> Network:
    nodes = {"in": Node("in", Input(*shape))}
    for layer in layers:
        nodes[layer.kind.lower()] = Node(layer.kind.lower(), layer, (list(nodes)[-1],))
    return Network(nodes)


def trained(network: Network, **numbers) -> Project:
    kept = tensors.keep({name.replace("__", "."): np.float32(values) for name, values in numbers.items()})
    return Project(network, weights=kept)


def test_a_convolution_as_on_paper() -> None:
    """The corner of a 3×3 kernel of ones on a grey picture: four pixels and five zeros of padding, and the bias."""
    network = chain(Conv2d(1, 3, padding=1), shape=(1, 3, 3))
    project = trained(network, conv2d__weight=np.ones((1, 1, 3, 3)), conv2d__bias=[0.5])
    pixels = Pixels(np.repeat((np.arange(9, dtype=np.uint8) * 51 // 2).reshape(3, 3, 1), 3, axis=2))
    found = last(Explain(project, pixels, Place("conv2d", 0)))
    (window,) = found.windows
    assert window.padded.sum() == 5
    assert found.said == "Padding, zeros: 5 of 9 cells."
    assert window.rows.tolist() == window.columns.tolist() == [-1, 0, 1]
    assert window.place(0, 0, 1) is None
    assert window.place(0, 1, 2) == Place("in", 0, 0, 1)
    four = [0, 25, 76, 102]
    assert found.value == pytest.approx(sum(four) / 255 + 0.5)
    (step,) = found.steps
    assert (step.worked.formula, step.worked.numbers) == ("Σ w·x + b", f"{sum(four) / 255:.4g} + 0.5")


@pytest.mark.parametrize(("mode", "rows"), [("reflect", [1, 0, 1]), ("replicate", [0, 0, 1]), ("circular", [4, 0, 1])])
def test_padding_that_is_a_copy_says_of_what(mode: str, rows: list[int]) -> None:
    network = chain(Conv2d(1, 3, padding=1, padding_mode=mode), shape=(1, 5, 5))
    (window,) = last(Explain(Project(network), noise(network), Place("conv2d", 0))).windows
    assert window.rows.tolist() == window.columns.tolist() == rows
    assert window.padded.sum() == 5
    assert window.place(0, 0, 0) == Place("in", 0, rows[0], rows[0])


def test_the_winner_of_a_maximum() -> None:
    network = chain(MaxPool2d(3, 2, 1), shape=(1, 5, 5))
    pixels = np.zeros((5, 5, 3), np.uint8)
    pixels[1, 0] = 255
    found = last(Explain(Project(network), Pixels(pixels), Place("maxpool2d", 0)))
    (window,) = found.windows
    assert window.values.shape == (1, 2, 2)
    assert window.winner == 2
    assert window.place(*np.unravel_index(window.winner, window.values.shape)) == Place("in", 0, 1, 0)
    assert found.said == "Outside of the map, and so never the largest: 5 of 9 cells."


def test_averages_say_what_they_count() -> None:
    for counted, cells in ((True, 9), (False, 4)):
        network = chain(AvgPool2d(3, 2, 1, count_include_pad=counted), shape=(1, 5, 5))
        found = last(Explain(Project(network), noise(network), Place("avgpool2d", 0)))
        assert found.windows[0].values.size == cells
        assert found.steps[-1].worked.numbers.endswith(f"/ {cells}")


def test_where_moved_numbers_come_from() -> None:
    network = chain(Permute((2, 3, 1)), Flatten())
    found = last(Explain(Project(network), noise(network), Place("flatten", 3 * 3 + 1)))
    (window,) = found.windows
    assert window.place(0, 0, 0) == Place("permute", 0, 3, 1)
    assert last(Explain(Project(network), noise(network), Place("permute", 0, 3, 1))).windows[0].place(0, 0, 0) == (
        Place("in", 1, 0, 3)
    )
    added = last(Explain(Project(chain(PadChannels(5))), noise(network), Place("padchannels", 4, 1, 1)))
    assert (added.windows, added.value) == ((), 0)
    joined = chain(ReLU()).with_node(Node("both", Concat(), ("in", "relu")))
    (window,) = last(Explain(Project(joined), noise(joined), Place("both", 4, 2, 3))).windows
    assert window.place(0, 0, 0) == Place("relu", 1, 2, 3)


def test_a_pixel_is_explained_by_its_recipe() -> None:
    recipe = Recipe(mean=(0.5, 0.4, 0.3), std=(0.2, 0.25, 0.3))
    network = chain(ReLU())
    source = noise(network)
    found = last(Explain(Project(network, recipe=recipe), source, Place("in", 1, 2, 3)))
    pixel = int(source.pixels[2, 3, 1])
    assert found.steps[-1].worked.formula == "(v / 255 − mean) / std"
    assert found.value == pytest.approx((pixel / 255 - 0.4) / 0.25, abs=1e-5)
    holds(found, 1)
    assert "green" in found.said
    assert "around pixel (3, 2) of its 5×5" in found.said
    blended = replace(recipe, scaling="corners", crop=0.875)
    fine = Pixels(np.random.default_rng(3).integers(0, 256, (7, 9, 3), np.uint8))
    holds(last(Explain(Project(network, recipe=blended), fine, Place("in", 2, 1, 4))), 1)
    large = Pixels(np.kron(source.pixels, np.ones((4, 4, 1), np.uint8)))
    assert "around pixel (14, 10) of its 20×20" in last(Explain(Project(network), large, Place("in", 1, 2, 3))).said


def test_a_place_nothing_stamps_on() -> None:
    network = chain(ConvTranspose2d(2, 1, 3))
    found = last(Explain(Project(network), noise(network), Place("convtranspose2d", 0, 1, 1)))
    assert found.windows[0].values.size == 0
    assert found.said == "No input pixel's stamp reaches this place."
    holds(found, 1)


def test_what_is_no_longer_there_is_refused() -> None:
    network = chain(ReLU())
    for place in (Place("gone", 0), Place("relu", 3), Place("relu", 0, 5), Place("relu", 0, 0, -1)):
        with pytest.raises(ProgramError):
            last(Explain(Project(network), noise(network), place))


def test_an_explanation_crosses_to_another_process() -> None:
    import pickle

    network = chain(Upsample(2, "bilinear"), Flatten(), Softmax())
    found = last(Explain(Project(network), noise(network), Place("softmax", 7)))
    there = collect(pickle.loads(pickle.dumps(lend(found, names(room(), "a")))))
    assert [(s.name, str(s.worked.formula), float(s.worked)) for s in there.steps] == [
        (s.name, s.worked.formula, float(s.worked)) for s in found.steps
    ]
    np.testing.assert_array_equal(there.windows[0].values, found.windows[0].values)


def test_a_number_that_is_none_is_explained_all_the_same() -> None:
    network = chain(Conv2d(1, 1), ReLU(), Softmax(), shape=(1, 2, 2))
    for broken in (np.nan, np.inf):
        project = trained(network, conv2d__weight=[[[[broken]]]], conv2d__bias=[0])
        for node in ("conv2d", "relu", "softmax"):
            found = last(Explain(project, Pixels(np.full((2, 2, 3), 9, np.uint8)), Place(node, 0)))
            assert np.isfinite(found.value) == np.isfinite(float(found.steps[-1].worked))
