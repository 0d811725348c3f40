"""A network over a folder: guesses, activity and components of all pictures, against torch picture by picture."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch
from PIL import Image

from explorer.engine import library
from explorer.engine.activity import PLACES, Activity
from explorer.engine.answers import answer
from explorer.engine.data_set_questions import Embed, Evaluate
from explorer.engine.own_files import open_model
from explorer.engine.program import Program, ProgramError
from explorer.formats import folders, tensors
from explorer.formats.picture_files import PictureError
from explorer.formats.pictures import decode
from explorer.formats.recipes import to_input
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.components import components
from explorer.maths.data_set_records import Embedding, Evaluation, PictureSet
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.spread import Spread
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from tests.digits import digit_folders
from tests.photos import photos
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.test_patches import Seen, cache, noise  # noqa: F401


def last(question: Evaluate) -> tuple[PictureSet, Evaluation]:
    *before, result = answer(question)
    (listed,) = (step for step in before if isinstance(step, PictureSet))
    assert isinstance(result, Evaluation)
    assert all(isinstance(step, Progress | PictureSet | Evaluation) for step in before)
    return listed, result


def half_dead() -> Project:
    """A network with random weights in which channels 1 and 4 of the ReLU are never heard, and 2 hardly ever."""
    nodes = {
        "in": Node("in", Input(3, 24, 24)),
        "conv": Node("conv", Conv2d(6, 3), ("in",)),
        "norm": Node("norm", BatchNorm2d(), ("conv",)),
        "relu": Node("relu", ReLU(), ("norm",)),
        "pool": Node("pool", MaxPool2d(2, 2), ("relu",)),
        "flat": Node("flat", Flatten(), ("pool",)),
        "hidden": Node("hidden", Linear(9), ("flat",)),
        "scores": Node("scores", Linear(7), ("hidden",)),
    }
    random = np.random.default_rng(3)
    network = Network(nodes)
    shapes = {name: tuple(value.shape) for name, value in _random(network).items()}
    weights = {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    weights["norm.running_var"] = np.ones(6, np.float32)
    weights["norm.weight"], weights["norm.bias"] = np.ones(6, np.float32), np.zeros(6, np.float32)
    weights["norm.bias"][[1, 4]] = -99
    weights["conv.weight"][2] = 0.0
    weights["conv.weight"][2, 0, 0, 0] = 1.0
    weights["conv.bias"][2], weights["norm.running_mean"][2] = 0, 0.93  # only the brightest pixels of all
    return Project(network, weights=tensors.keep(weights), recipe=Recipe(crop=0.9, labels=("cat", "dog")))


def _random(network: Network) -> dict[str, torch.Tensor]:
    """Weights of the right shapes."""
    program = Program(network, {})
    weighty = ("conv", "norm", "hidden", "scores")
    return {f"{id}.{name}": value for id in weighty for name, value in program.tensors(id).items() if value.dim()}


def one_by_one(project: Project, paths: list[Path], nodes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """(N, …): what torch's modules put out for the pictures, each alone."""
    program = Program(project.network, tensors.read(project.weights) if project.weights else {})
    shape = program.facts[program.entry(nodes)].shape
    found: dict[str, list[np.ndarray]] = {node: [] for node in nodes}
    for path in paths:
        image = torch.from_numpy(to_input(decode(path).pixels, project.recipe, shape))[None]
        values: dict[str, torch.Tensor] = {}
        with torch.inference_mode():
            for node in project.network.order:
                values[node.id] = program.module(node.id)(*[values[i] for i in node.inputs] or [image])
        for id in nodes:
            found[id].append(values[id][0].numpy())
    return {id: np.stack(parts) for id, parts in found.items()}


def test_all_is_as_torch_says_picture_by_picture(cache: Path, tmp_path: Path) -> None:
    folder, project = noise(tmp_path / "pictures", 37), half_dead()
    listed, found = last(Evaluate(project, str(folder), count=3))
    paths = sorted(folder.iterdir())
    assert listed.files == tuple(path.name for path in paths)
    assert (listed.classes, listed.labels, listed.untrained, found.done) == (7, ("cat", "dog"), False, 37)
    assert listed.nodes == ("relu", "hidden", "scores"), "what only chooses or moves numbers is not told"
    values = one_by_one(project, paths, ("relu", "hidden", "scores"))
    chances = torch.from_numpy(values["scores"]).double().softmax(1).numpy()
    assert np.array_equal(found.top, np.argsort(-chances, 1)[:, :3])
    assert np.allclose(found.chances, np.sort(chances, 1)[:, :-4:-1], atol=1e-6)
    for layer in found.layers:
        there = values[layer.node].reshape(37, len(layer.silent), -1)
        heard = (there > 0).any((0, 2))
        assert np.array_equal(layer.silent, ~heard)
        assert layer.cuts == (layer.node == "relu")
        some = there[:, :, Activity(project.network.nodes[layer.node], there.shape[1:]).places]
        assert np.allclose(layer.mean, some.mean((0, 2)), atol=1e-5)
        assert np.allclose(layer.zeros, (some == 0).mean((0, 2)), atol=0.01)
        assert sum(layer.counts) == some.size
        spread = Spread()
        spread.add(some)
        counts, low, high = spread.ranges()
        assert (layer.low, layer.high) == (low, high)
        assert np.abs(np.array(layer.counts) - counts).sum() < 0.01 * some.size, "but for rounding at the borders"
    relu = found.layers[0]
    assert {1, 4} <= set(relu.silent.nonzero()[0].tolist())
    assert not relu.silent[2], "one bright pixel among all is enough"
    assert found.embedded == "hidden"
    assert np.array_equal(found.seen, np.arange(37))
    expected = components(values["hidden"], 50)
    assert np.allclose(found.components.shares, expected.shares, atol=1e-5)
    assert np.allclose(np.abs(found.components.points[:, :2]), np.abs(expected.points[:, :2]), atol=1e-3)


def test_values_that_are_embedded(cache: Path, tmp_path: Path) -> None:
    """Maps by the mean of each channel where they are large, else number by number."""
    folder, project = noise(tmp_path / "pictures", 12), half_dead()
    paths = sorted(folder.iterdir())
    values = one_by_one(project, paths, ("relu", "pool"))
    for node, expected in (("relu", values["relu"].mean((2, 3))), ("pool", values["pool"].reshape(12, -1))):
        _, found = last(Evaluate(project, str(folder), node))
        assert found.embedded == node
        assert np.allclose(found.components.shares, components(expected, 50).shares, atol=1e-5)


def test_small_maps_are_counted_whole() -> None:
    relu = Node("relu", ReLU(), ("x",))
    for size in (1, 4, 9, 16, 17, 400):
        activity = Activity(relu, (2, size))
        assert len(activity.places) == min(size, PLACES) == len(set(activity.places.tolist()))
    value = torch.zeros(3, 2, 20, 20)
    value[1, 1, 13, 7] = 0.5
    activity = Activity(relu, (2, 20, 20))
    activity.take(value.contiguous(memory_format=torch.channels_last))
    assert activity.told().silent.tolist() == [True, False], "found wherever it is"


def test_digits_and_a_real_network(assets: Path, cache: Path, tmp_path: Path) -> None:
    """LeNet-5 on digits it has not seen: torch's own loop over the same pictures says the same."""
    paths = digit_folders(assets, tmp_path / "digits", 12)
    *_, project = open_model("lenet5")
    listed, found = last(Evaluate(project, str(tmp_path / "digits")))
    assert list(listed.files) == paths
    output = Program(project.network, {}).output
    values = one_by_one(project, [tmp_path / "digits" / path for path in paths], (output,))[output]
    assert np.array_equal(found.top[:, 0], values.argmax(1))
    right = found.top[:, 0] == [int(path[0]) for path in paths]
    assert right.mean() > 0.95


def test_a_deep_network_on_photos(real_model: Path, assets: Path, tmp_path: Path, monkeypatch) -> None:
    *_, project = library.open_model("mobilenet_v2")
    photos(assets, tmp_path / "photos", 9)
    monkeypatch.setattr(folders, "searches", lambda: tmp_path)
    listed, found = last(Evaluate(project, str(tmp_path / "photos")))
    some = [tmp_path / "photos" / path for path in listed.files]
    ends = ("features.0.2", "features.18.2", "classifier.1")
    values = one_by_one(project, some, ends)
    assert np.array_equal(found.top[:, 0], values["classifier.1"].argmax(1))
    assert found.embedded == "classifier.0"
    for layer in found.layers:
        if layer.node in ends:
            heard = (values[layer.node].reshape(9, len(layer.silent), -1) > 1e-5).any((0, 2))
            assert not (layer.silent & heard).any()
            assert layer.silent.sum() - (~heard).sum() <= 0
    assert len(found.layers) == 53, "52 convolutions, each with what follows it, and the scores"


def same(one: Evaluation, other: Evaluation) -> bool:
    """But for rounding, which is another one in batches of another size."""
    assert one.components
    assert other.components
    for a, b in zip(one.layers, other.layers, strict=True):
        moved = np.abs(np.array(a.counts) - b.counts).sum() if len(a.counts) == len(b.counts) else sum(a.counts)
        if not (np.array_equal(a.silent, b.silent) and np.allclose(a.mean, b.mean, atol=1e-5) and moved <= 4):
            return False
    return np.array_equal(one.top, other.top) and np.allclose(one.components.points, other.components.points, atol=1e-3)


def test_it_goes_on_where_it_stopped(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, seen = noise(tmp_path / "pictures", 40), Seen(monkeypatch)
    (folder / "03.png").write_bytes(b"\x89PNG")
    question = Evaluate(half_dead(), str(folder))
    steps = answer(question)
    for step in steps:
        if isinstance(step, Progress) and step.done == 16:
            steps.close()  # paused, or the window is closed
    assert len(seen.take()) >= 16
    _, found = last(question)
    assert len(seen.take()) == 24
    assert found.done == 40
    assert [one.path for one in found.broken] == ["03.png"]
    assert found.top[3].tolist() == [-1] * 5
    assert 3 not in found.seen
    _, again = last(question)
    assert seen.take() == []
    assert same(again, found)
    shutil.rmtree(cache / "searches")
    assert same(last(question)[1], found), "in one go"
    Image.fromarray(np.full((30, 26, 3), 255, np.uint8)).save(folder / "00 new.png")
    seen.take()
    _, more = last(question)
    assert seen.take() == ["00 new.png"]
    shutil.rmtree(cache / "searches")
    assert same(last(question)[1], more)
    (folder / "07.png").unlink()
    seen.take()
    last(question)
    assert len(seen.take()) == 40, "what it added is not known"
    last(replace(question, embedded="relu"))
    assert len(seen.take()) == 40


@pytest.mark.parametrize("harm", ["class", "nan", "exponent", "counts", "shape"])
def test_what_was_kept_is_not_believed(cache: Path, tmp_path: Path, monkeypatch, harm: str) -> None:
    folder, seen = noise(tmp_path / "pictures", 5), Seen(monkeypatch)
    question = Evaluate(half_dead(), str(folder))
    _, found = last(question)
    seen.take()
    (file,) = (file for file in folders.searches().iterdir() if file.suffix == ".safetensors")
    parts = {name: array.copy() for name, array in safetensors.numpy.load_file(file).items()}
    parts["top"][0, 0] = 7 if harm == "class" else parts["top"][0, 0]
    parts["0.sum"][0] = np.nan if harm == "nan" else parts["0.sum"][0]
    parts["1.scale"][1] = 5000 if harm == "exponent" else parts["1.scale"][1]
    parts["1.counts"][0] = -1 if harm == "counts" else parts["1.counts"][0]
    parts["values"] = parts["values"][:, 1:] if harm == "shape" else parts["values"]
    safetensors.numpy.save_file(parts, file)
    assert same(last(question)[1], found)
    assert len(seen.take()) == 5


def test_what_cannot_be_looked_at(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, project = str(noise(tmp_path / "pictures", 3)), half_dead()
    with pytest.raises(ProgramError, match="no values of “gone” to tell pictures apart by"):
        last(Evaluate(project, folder, "gone"))
    with pytest.raises(ProgramError, match="no values of “in”"):
        last(Evaluate(project, folder, "in"))
    nodes = {id: project.network.nodes[id] for id in ("in", "conv")}
    with pytest.raises(ProgramError, match="ends in 6×22×22, not in one number per class"):
        last(Evaluate(Project(Network(nodes)), folder))
    with pytest.raises(PictureError, match="was not found"):
        last(Evaluate(project, folder + "x"))
    monkeypatch.setattr("explorer.engine.data_set.MOST_VALUES", 50)
    with pytest.raises(ProgramError, match="values of hidden for 3 pictures take 108 bytes; at most 50"):
        last(Evaluate(project, folder))


def clusters(each: int, size: int = 20) -> np.ndarray:
    random = np.random.default_rng(5)
    middles = random.normal(0, 4, (3, size))
    return np.concatenate([random.normal(middle, 1, (each, size)) for middle in middles]).astype(np.float32)


def test_tsne_tells_groups_apart() -> None:
    steps = list(answer(Embed(clusters(40), perplexity=15)))
    found = [step for step in steps if isinstance(step, Embedding)]
    assert len(found) > 10, "it is seen as it comes"
    assert found[-1].done == found[-1].total
    points = found[-1].points.reshape(3, 40, 2)
    middles = points.mean(1)
    away = np.linalg.norm(points[:, :, None] - middles, axis=3)  # [group, picture, group]
    assert (away.argmin(2) == np.arange(3)[:, None]).all()
    *_, again = answer(Embed(clusters(40), perplexity=15))
    assert np.array_equal(again.points, found[-1].points)


def test_tsne_needs_points_that_differ() -> None:
    with pytest.raises(Refusal, match="at least 4 pictures"):
        list(answer(Embed(clusters(1))))
    with pytest.raises(Refusal, match="All pictures have the same values"):
        list(answer(Embed(np.ones((9, 5), np.float32))))
    for points in (clusters(2), clusters(2, 1)):
        *_, found = answer(Embed(points))
        assert np.isfinite(found.points).all()
