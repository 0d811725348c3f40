"""Questions about a network that sees a picture, through the table of answers as the worker asks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explorer.engine import probes
from explorer.engine.answers import ANSWERS, answer
from explorer.engine.device import DeviceError
from explorer.engine.program import ProgramError
from explorer.engine.questions import (
    Compare,
    Decode,
    Devices,
    LoadWeights,
    Look,
    Models,
    OpenFile,
    OpenModel,
    OpenNetwork,
    PictureFile,
    Pixels,
    Predict,
    Weigh,
)  # fmt: skip
from explorer.formats import project_file, tensors
from explorer.layers.activations import Dropout, ReLU, ReLU6, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten, Reshape
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d
from explorer.maths.records import Device, FeatureMaps, Picture, Prediction, Progress
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from tests.real_model import real_cache, real_model  # noqa: F401

BLACK = Pixels(np.zeros((9, 9, 3), np.uint8))


def chain(*layers) -> Network:
    nodes = {"in": Node("in", Input(3, 4, 4))}
    for layer in layers:
        id = layer.kind.lower()
        nodes[id] = Node(id, layer, (list(nodes)[-1],))
    return Network(nodes)


def last(question):
    """The last step of an answer; those before it are progress."""
    *before, result = answer(question)
    assert all(isinstance(step, Progress) for step in before)
    return result


@pytest.fixture
def trained() -> Project:
    """Three classes, whose scores on a black picture are the biases 1, 3 and 2."""
    weights = {"linear.weight": np.zeros((3, 48), np.float32), "linear.bias": np.float32([1, 3, 2])}
    return Project(chain(Flatten(), Linear(3)), weights=tensors.keep(weights), recipe=Recipe(labels=("a", "b")))


def test_predictions_are_softmax(trained: Project) -> None:
    found = last(Predict(trained, BLACK, count=2))
    assert isinstance(found, Prediction)
    assert [(g.label, g.index) for g in found.top] == [("b", 1), ("class 2", 2)]
    total = np.exp([1.0, 3, 2]).sum()
    assert found.top[0].probability == pytest.approx(np.exp(3) / total)
    assert (found.untrained, found.device) == ((), "cpu")
    assert found.milliseconds > 0
    ended = Project(trained.network.with_node(Node("end", Softmax(), ("linear",))), weights=trained.weights)
    assert last(Predict(ended, BLACK)).top[0].probability == pytest.approx(np.exp(3) / total)


SCORES = np.array([1.0, 3, 2])
CHANCES = np.exp(SCORES) / np.exp(SCORES).sum()


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ((Softmax(), Dropout()), CHANCES),
        ((Dropout(), Softmax(), Flatten(), Dropout()), CHANCES),
        ((ReLU(),), CHANCES),
        ((Softmax(), ReLU6()), np.exp(CHANCES) / np.exp(CHANCES).sum()),  # ReLU6 is not known to change nothing
    ],
)
def test_a_softmax_is_not_taken_twice(trained: Project, end: tuple[Layer, ...], expected: np.ndarray) -> None:
    network = trained.network
    for i, layer in enumerate(end):
        network = network.with_node(Node(f"end{i}", layer, (list(network.nodes)[-1],)))
    found = last(Predict(replace(trained, network=network), BLACK))
    assert [g.probability for g in sorted(found.top, key=lambda g: g.index)] == pytest.approx(expected)


def test_a_softmax_counts_along_the_classes_only() -> None:
    """Scores as a map of 3×1×1; along its height each is a softmax of one number, which says nothing."""
    sha = tensors.keep({"conv2d.weight": np.zeros((3, 3, 4, 4), np.float32), "conv2d.bias": np.float32(SCORES)})
    for axis, expected in ((1, CHANCES), (2, [1 / 3] * 3)):
        for end in ((), (Flatten(),), (Dropout(), Flatten())):
            project = Project(chain(Conv2d(3, 4), Softmax(axis), *end), weights=sha)
            found = last(Predict(project, BLACK))
            assert [g.probability for g in sorted(found.top, key=lambda g: g.index)] == pytest.approx(expected)
    places = last(Predict(Project(chain(Conv2d(2, 3), Softmax(), Flatten())), BLACK, count=8))
    assert sum(g.probability for g in places.top) == pytest.approx(1), "a softmax at each of 2×2 places sums to 4"


def test_one_number_per_class_may_lie_in_a_map() -> None:
    found = last(Predict(Project(chain(Conv2d(2, 1), AdaptiveAvgPool2d(1))), BLACK))
    assert len(found.top) == 2
    assert found.untrained == ("conv2d",)
    with pytest.raises(ProgramError, match="ends in 2×4×4, not in one number per class"):
        last(Predict(Project(chain(Conv2d(2, 1))), BLACK))


def test_numbers_that_are_not_finite() -> None:
    sha = tensors.keep({"linear.weight": np.zeros((3, 48), np.float32), "linear.bias": np.float32([1, np.nan, 2])})
    with pytest.raises(ProgramError, match="not finite"):
        last(Predict(Project(chain(Flatten(), Linear(3)), weights=sha), BLACK))


def test_looking_at_nodes(trained: Project) -> None:
    picture = Pixels(np.full((4, 4, 3), (0, 102, 255), np.uint8))
    project = Project(chain(ReLU(), Conv2d(2, 3), Flatten(), Linear(3)))
    maps = last(Look(project, picture, "relu"))
    assert isinstance(maps, FeatureMaps)
    assert maps.values.shape == (3, 4, 4)
    assert maps.values.flags.c_contiguous
    assert maps.values[:, 1, 1] == pytest.approx([0, 0.4, 1])
    assert not maps.untrained
    assert last(Look(project, picture, "conv2d")).untrained
    assert last(Look(project, picture, "flatten")).values.shape == (8, 1, 1)
    assert last(Look(trained, BLACK, "linear")).values.ravel().tolist() == [1, 3, 2]
    with pytest.raises(ProgramError, match="no node “gone”"):
        last(Look(project, picture, "gone"))


def test_a_layer_beside_the_network_changes_nothing(trained: Project) -> None:
    loose = replace(trained, network=trained.network.with_node(Node("new", Conv2d())))
    assert last(Predict(loose, BLACK)).top == last(Predict(trained, BLACK)).top
    assert last(Look(loose, BLACK, "linear")).values.ravel().tolist() == [1, 3, 2]
    with pytest.raises(ProgramError, match="new: needs an input, has none"):
        last(Look(loose, BLACK, "new"))


@pytest.mark.parametrize(("shape", "rows"), [((3, 4), (3, 4, 1)), ((2, 2, 3, 1), (2, 2, 3)), ((12,), (12, 1, 1))])
def test_looking_at_other_shapes(shape: tuple[int, ...], rows: tuple[int, int, int]) -> None:
    net = Network({"input": Node("input", Input(3, 2, 2)), "reshape": Node("reshape", Reshape(shape), ("input",))})
    assert last(Look(Project(net), BLACK, "reshape")).values.shape == rows


def test_looking_before_a_broken_layer() -> None:
    broken = Project(chain(Conv2d(2, 3), Linear(5), ReLU()))
    assert last(Look(broken, BLACK, "conv2d")).values.shape == (2, 2, 2)
    for question in (Predict(broken, BLACK), Look(broken, BLACK, "linear"), Look(broken, BLACK, "relu")):
        with pytest.raises(ProgramError, match="linear: needs a vector, got 2×2×2"):
            last(question)


def test_only_what_leads_to_the_answer_counts_as_untrained(trained: Project) -> None:
    """A convolution of random weights that feeds a broken layer takes no part in the prediction."""
    network = trained.network.with_node(Node("side", Conv2d(2, 1), ("in",)))
    branched = replace(trained, network=network.with_node(Node("bad", Linear(5), ("side",))))
    assert last(Predict(branched, BLACK)).untrained == ()
    assert last(Look(branched, BLACK, "side")).untrained
    assert not last(Look(branched, BLACK, "linear")).untrained


def test_the_program_is_made_once(trained: Project) -> None:
    assert [type(step) for step in answer(Predict(trained, BLACK))] in ([Progress, Prediction], [Prediction])
    assert [type(step) for step in answer(Look(trained, BLACK, "flatten"))] == [FeatureMaps]
    assert [type(step) for step in answer(Look(trained, BLACK, "linear", own_scale=False))] == [FeatureMaps]
    other = Project(trained.network.with_settings("linear", features=4), weights=trained.weights)
    assert [type(step) for step in answer(Predict(other, BLACK))] == [Progress, Prediction]


def test_a_device_that_is_not_here(trained: Project) -> None:
    with pytest.raises(DeviceError, match=r"There is no device “cuda:9” here: choose .*cpu"):
        last(Predict(trained, BLACK, device="cuda:9"))


def test_brightness() -> None:
    values = np.float32([[[0, 1], [2, 4]], [[7, 7], [7, 7]], [[-8, 0], [0, 8]]])
    tiles, low, high = probes.scaled(values, own=True)
    assert tiles.tolist() == [[[0, 64], [128, 255]], [[0, 0], [0, 0]], [[0, 128], [128, 255]]]
    assert (low.tolist(), high.tolist()) == ([0, 7, -8], [4, 7, 8])
    tiles, low, high = probes.scaled(values, own=False)
    assert tiles[1].tolist() == [[239, 239], [239, 239]]
    assert (low.tolist(), high.tolist()) == ([-8] * 3, [8] * 3)


numbers = st.floats(width=32, allow_nan=True, allow_infinity=True)


@given(st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=1, max_size=3), st.booleans())
def test_brightness_of_any_numbers(rows: list[list[float]], own: bool) -> None:
    values = np.float32(rows).reshape(-1, 2, 2)
    tiles, low, high = probes.scaled(values, own)
    assert tiles.dtype == np.uint8
    assert tiles.shape == values.shape
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    assert (low <= high).all()
    for value, tile, least, most in zip(
        values.reshape(len(rows), 4), tiles.reshape(len(rows), 4), low, high, strict=False
    ):
        constant = least == most
        assert all(
            t == 0 for v, t in zip(value, tile, strict=False) if np.isnan(v) or v <= least or (constant and v < np.inf)
        )
        if not constant:
            assert all(t == 255 for v, t in zip(value, tile, strict=False) if v >= most)


def test_pictures_are_kept_until_they_change(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (6, 5), "red").save(path)
    first = probes.picture(PictureFile(str(path)))
    assert probes.picture(PictureFile(str(path))) is first
    Image.new("RGB", (7, 5), "blue").save(path)
    again = probes.picture(PictureFile(str(path)))
    assert again.size == (7, 5)
    assert again.pixels[0, 0].tolist() == [0, 0, 255]


def test_every_question_has_an_answer(tmp_path: Path, real_model) -> None:  # noqa: F811
    # Other tests ask what is found where, how numbers came about, about patches, weights and files.
    assert len(ANSWERS) == 27
    found = last(Devices())
    assert found[-1].id == "cpu"
    assert all(isinstance(d, Device) and d.name and d.memory > 2**28 for d in found)
    Image.new("RGB", (600, 300)).save(tmp_path / "wide.png")
    picture = last(Decode(PictureFile(str(tmp_path / "wide.png")), 100))
    assert isinstance(picture, Picture)
    assert (picture.pixels.shape, picture.size) == ((50, 100, 3), (600, 300))
    assert last(Decode(BLACK, 3)).pixels.shape == (3, 3, 3)
    assert last(Models())[0].installed
    project = last(OpenModel("mobilenet_v2"))
    project_file.write(tmp_path / "copy.cnnx", project)
    assert last(OpenFile(str(tmp_path / "copy.cnnx"))) == project
    built = last(OpenNetwork("mobilenet_v2"))
    assert built.places.keys() == built.network.nodes.keys()
    assert last(Compare(str(tmp_path / "copy.cnnx"), built.network)).equal  # the classic is the traced one
    assert last(Predict(project, BLACK)).untrained == ()
    assert last(Look(project, BLACK, "features.0.2")).values.shape == (32, 112, 112)
    assert [t.shape for t in last(Weigh(project, "features.0.0")).tensors] == [(32, 3, 3, 3)]
    (file,) = (real_model / "models").glob("mobilenet*.pth")
    *_, loaded = answer(LoadWeights(replace(project, weights=""), str(file)))
    assert loaded == project
