"""Questions about a network that sees a picture, through the table of answers as the worker asks them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine import probes
from explorer.engine.answers import ANSWERS, answer
from explorer.engine.device import DeviceError
from explorer.engine.library_questions import Models, OpenModel
from explorer.engine.program import ProgramError
from explorer.engine.questions import (
    Compare,
    Decode,
    Devices,
    Look,
    OpenFile,
    OpenNetwork,
    PictureFile,
    Pixels,
    Predict,
)
from explorer.engine.weight_questions import LoadWeights, Weigh
from explorer.formats import project_file, tensors
from explorer.layers.activations import (
    ELU,
    GELU,
    Dropout,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    Mish,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.layers.dense import Input, Linear
from explorer.layers.norms import BatchNorm2d
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


def seen(project: Project, picture: Pixels, node: str) -> FeatureMaps:
    """What one node puts out."""
    (maps,) = last(Look(project, picture, (node,)))
    return maps


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
    maps = seen(project, picture, "relu")
    assert isinstance(maps, FeatureMaps)
    assert maps.values.shape == (3, 4, 4)
    assert maps.values.flags.c_contiguous
    assert maps.values[:, 1, 1] == pytest.approx([0, 0.4, 1])
    assert not maps.untrained
    assert seen(project, picture, "conv2d").untrained
    assert seen(project, picture, "flatten").values.shape == (8, 1, 1)
    assert seen(trained, BLACK, "linear").values.ravel().tolist() == [1, 3, 2]
    with pytest.raises(ProgramError, match="no node “gone”"):
        seen(project, picture, "gone")


def test_a_layer_beside_the_network_changes_nothing(trained: Project) -> None:
    loose = replace(trained, network=trained.network.with_node(Node("new", Conv2d())))
    assert last(Predict(loose, BLACK)).top == last(Predict(trained, BLACK)).top
    assert seen(loose, BLACK, "linear").values.ravel().tolist() == [1, 3, 2]
    with pytest.raises(ProgramError, match="new: needs an input, has none"):
        seen(loose, BLACK, "new")


@pytest.mark.parametrize(("shape", "rows"), [((3, 4), (3, 4, 1)), ((2, 2, 3, 1), (2, 2, 3)), ((12,), (12, 1, 1))])
def test_looking_at_other_shapes(shape: tuple[int, ...], rows: tuple[int, int, int]) -> None:
    net = Network({"input": Node("input", Input(3, 2, 2)), "reshape": Node("reshape", Reshape(shape), ("input",))})
    assert seen(Project(net), BLACK, "reshape").values.shape == rows


def test_looking_before_a_broken_layer() -> None:
    broken = Project(chain(Conv2d(2, 3), Linear(5), ReLU()))
    assert seen(broken, BLACK, "conv2d").values.shape == (2, 2, 2)
    for question in (Predict(broken, BLACK), Look(broken, BLACK, ("linear",)), Look(broken, BLACK, ("relu",))):
        with pytest.raises(ProgramError, match="linear: needs a vector, got 2×2×2"):
            last(question)


def test_only_what_leads_to_the_answer_counts_as_untrained(trained: Project) -> None:
    """A convolution of random weights that feeds a broken layer takes no part in the prediction."""
    network = trained.network.with_node(Node("side", Conv2d(2, 1), ("in",)))
    branched = replace(trained, network=network.with_node(Node("bad", Linear(5), ("side",))))
    assert last(Predict(branched, BLACK)).untrained == ()
    assert seen(branched, BLACK, "side").untrained
    assert not seen(branched, BLACK, "linear").untrained


def test_another_end_can_be_the_answer(trained: Project) -> None:
    network = trained.network.with_node(Node("side", Linear(5), trained.network.nodes["linear"].inputs))
    both = replace(trained, network=network, main="linear")
    assert last(Predict(both, BLACK)).ends == ("linear", "side")
    found = last(Predict(replace(both, main="side"), BLACK))
    assert (found.ends, found.untrained) == (("side", "linear"), ("side",))
    assert len(found.top) == 5


def test_the_program_is_made_once(trained: Project) -> None:
    last(Predict(trained, BLACK))
    assert [type(step) for step in answer(Predict(trained, BLACK))] == [Prediction]
    assert [type(step) for step in answer(Look(trained, BLACK, ("flatten",)))] == [tuple]
    assert [type(step) for step in answer(Look(trained, BLACK, ("linear",), range="shared"))] == [tuple]
    other = Project(trained.network.with_settings("linear", features=4), weights=trained.weights)
    *before, told = [type(step) for step in answer(Predict(other, BLACK))]
    assert (set(before), told) == ({Progress}, Prediction)


def test_a_device_that_is_not_here(trained: Project) -> None:
    with pytest.raises(DeviceError, match=r"There is no device “cuda:9” here: choose .*cpu"):
        last(Predict(trained, BLACK, device="cuda:9"))


def test_before_and_after_on_one_scale() -> None:
    """What enters an activation is what it was, though the program would rather write over it."""
    picture = Pixels(np.random.default_rng(0).integers(0, 255, (4, 4, 3), np.uint8))
    project = Project(chain(BatchNorm2d(), ReLU(), Conv2d(3, 1), ReLU6()))
    alone = {id: seen(project, picture, id).values for id in project.network.nodes}
    for before, after in pairwise(project.network.nodes):
        maps = last(Look(project, picture, (before, after), together=True))
        assert [m.node for m in maps] == [before, after]
        for m in maps:
            np.testing.assert_allclose(m.values, alone[m.node], atol=1e-6)
            assert m.low.tolist() == np.minimum(*(m.statistics.least for m in maps)).tolist()
            assert m.high.tolist() == np.maximum(*(m.statistics.most for m in maps)).tolist()
    assert (alone["conv2d"] < 0).any()
    for after in ("relu6", "relu"):
        source = project.network.nodes[after].inputs[0]
        (x, y) = last(Look(project, picture, (source, after)))
        np.testing.assert_allclose(y.values, x.values.clip(0, 6 if after == "relu6" else None), atol=1e-6)
        assert x.low.tolist() == x.statistics.least.tolist()  # each on its own scale


@pytest.mark.parametrize("kind", [ReLU, ReLU6, LeakyReLU, ELU, SiLU, Mish, GELU, Hardswish, Hardsigmoid, Sigmoid, Tanh])
def test_no_activation_writes_over_what_is_asked_for(kind: type[Layer]) -> None:
    picture = Pixels(np.random.default_rng(1).integers(0, 255, (4, 4, 3), np.uint8))
    project = Project(chain(Conv2d(3, 1), kind()))
    before, after = last(Look(project, picture, ("conv2d", kind.__name__.lower())))
    np.testing.assert_array_equal(before.values, seen(project, picture, "conv2d").values)
    np.testing.assert_allclose(after.values, seen(project, picture, kind.__name__.lower()).values, atol=1e-6)
    assert not np.array_equal(before.values, after.values)


def test_pictures_are_kept_until_they_change(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (6, 5), "red").save(path)
    first = probes.picture(PictureFile(str(path)))
    assert probes.picture(PictureFile(str(path))) is first
    Image.new("RGB", (7, 5), "blue").save(path)
    again = probes.picture(PictureFile(str(path)))
    assert again.size == (7, 5)
    assert again.pixels[0, 0].tolist() == [0, 0, 255]


def test_of_large_pictures_fewer_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [PictureFile(str(tmp_path / f"{number}.png")) for number in range(6)]
    for number, source in enumerate(sources):
        Image.new("RGB", (10, 10 * 3**number)).save(source.path)  # 300 bytes, 900, 2,700, …
    monkeypatch.setattr(probes, "_pictures", {})
    monkeypatch.setattr(probes, "BYTES_OF_PICTURES", 300 * (3**1 + 3**2 + 3**3 + 3**4))
    for number, kept in enumerate((1, 2, 3, 4, 4, 1)):  # the last one alone is larger than all may be
        probes.picture(sources[number])
        assert len(probes._pictures) == kept
    first = probes.picture(sources[0])
    probes.picture(sources[1])
    assert probes.picture(sources[0]) is first
    for source in sources[2:4]:
        probes.picture(source)
    assert probes.picture(sources[0]) is first, "the latest four are kept, not the first"


def test_every_question_has_an_answer(tmp_path: Path, real_model) -> None:  # noqa: F811
    # Other tests ask what is found where, how numbers came about, about frames, channels, patches, weights, files.
    assert len(ANSWERS) == 51
    for how in ANSWERS.values():
        if isinstance(how, str):
            module, _, name = how.rpartition(".")
            assert callable(getattr(import_module(f"explorer.engine.{module}"), name))
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
    assert built.places.keys() == {built.groups.cards.get(id, id) for id in built.network.nodes}
    assert last(Compare(str(tmp_path / "copy.cnnx"), built)).alike  # the classic is the traced one
    assert last(Predict(project, BLACK)).untrained == ()
    assert seen(project, BLACK, "features.0.2").values.shape == (32, 112, 112)
    assert [t.shape for t in last(Weigh(project, "features.0.0")).tensors] == [(32, 3, 3, 3)]
    (file,) = (real_model / "models").glob("mobilenet*.pth")
    *_, loaded = answer(LoadWeights(replace(project, weights=""), str(file)))
    assert loaded == project
