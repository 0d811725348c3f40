"""torchvision's detectors as networks of ours: the same boxes as torchvision's own forward, on a real photo."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn
from torchvision.models import detection, get_model_weights, list_models
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import MultiScaleRoIAlign, nms

from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine import torchvision_detectors as detectors
from explorer.engine.answers import answer
from explorer.engine.library import ENTRIES
from explorer.engine.program import ProgramError
from explorer.engine.questions import Detect, Pixels, RankChannels, Watch
from explorer.engine.trained import ReadingError, TorchvisionDetector
from explorer.engine.weights import Weightless
from explorer.formats import project_json, tensors
from explorer.formats.recipes import input_size, placement, to_input
from explorer.layers.dense import Input, Linear
from explorer.layers.regions import AnchorHead, RegionHead, RoIAlign
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.anchored import MOST_GROWTH
from explorer.maths.box_records import Thresholds
from explorer.maths.decoding import chances_of, decoding
from explorer.maths.heads import RawBoxes
from explorer.maths.midpoints import anchor_box
from explorer.maths.regions import blend, chosen, levels
from explorer.maths.resources import resources
from explorer.network.analysis import analyse, totals
from explorer.network.layer import ShapeError
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.workspace.thresholding import chosen as chosen_again
from tests.detectors import SMALL, cache, detector, found, photo, saved, tensor  # noqa: F401
from tests.test_entries import served, the_project
from tests.web_server import Web, web  # noqa: F401
from tools import torchvision_detectors as tool

FAMILIES = (
    "ssdlite320_mobilenet_v3_large", "retinanet_resnet50_fpn", "fcos_resnet50_fpn",
    "fasterrcnn_mobilenet_v3_large_320_fpn",
)  # fmt: skip
"""One of each; SSD 300 is SSDlite's way, and VGG's."""
POINTS = "keypointrcnn_resnet50_fpn"
NAMES = [name if name in FAMILIES else pytest.param(name, marks=pytest.mark.every_network) for name in tool.NAMES]


def project_of(name: str, module) -> Project:
    """The module in our layers, with the recipe of the library's entry for the module's own sizes."""
    network = detectors.network_of(module)
    recipe = ENTRIES[name].recipe
    if recipe.shorter:
        recipe = replace(recipe, shorter=SMALL["min_size"], longer=SMALL["max_size"])
    return Project(network, weights=tensors.keep(detectors.numbers(module, network)), recipe=recipe)


def agree(top, expected) -> tuple[float, float]:
    """The largest difference of boxes and of scores. What scores alike to the last digit may change places."""
    boxes, scores, labels = expected
    assert len(top) == len(boxes) > 10
    left = list(range(len(top)))
    worst_box = worst_score = 0.0
    for box, score, label in zip(boxes, scores, labels, strict=True):
        fitting = [i for i in left if top[i].index == label and abs(top[i].probability - score) < 1e-4]
        assert fitting, (label, score)
        best = min(fitting, key=lambda i: np.abs(np.array(top[i].box) - box).max())
        left.remove(best)
        worst_box = max(worst_box, float(np.abs(np.array(top[best].box) - box).max()))
        worst_score = max(worst_score, abs(top[best].probability - score))
    return worst_box, worst_score


@pytest.mark.parametrize("name", NAMES)
def test_boxes_are_torchvision_s_and_what_is_behind_each(name: str, photo: np.ndarray, cache: Path) -> None:
    photo = np.ascontiguousarray(photo.swapaxes(0, 1)) if "rcnn" in name else photo  # higher than the Input is
    module = detector(name, photo)
    project = project_of(name, module)
    *_, prediction = answer(Detect(project, Pixels(photo), "cpu", 10_000))
    assert prediction.untrained == ()
    expected = found(module, photo)
    box, score = agree(prediction.top, expected)
    assert box < 1e-3
    assert score < 1e-4
    # what is behind each box
    heads = prediction.heads
    raw = RawBoxes(heads)
    for guess in prediction.top[::7]:
        spot = raw.spot(guess.place)
        assert raw.place(spot) == guess.place
        assert raw.boxes[guess.place].tolist() == pytest.approx(guess.box, abs=1e-3)
        worked = {step.name: float(step.worked) for step in decoding(heads, spot, guess.index)}
        assert worked["score"] == pytest.approx(guess.probability, abs=1e-5)
        assert [worked[side] for side in ("left", "top", "right", "bottom")] == pytest.approx(guess.box, abs=2e-3)
        chances = dict(chances_of(heads, spot))
        assert chances[guess.index] == pytest.approx(guess.probability, abs=1e-6)
        assert raw.score(spot, guess.index) == pytest.approx(guess.probability, abs=1e-6)
        left, top, right, bottom = anchor_box(heads, spot)
        assert left < right
        assert top < bottom
    if name not in FAMILIES[::3]:
        return
    # thresholds without another run
    marks = Thresholds(float(expected[1][len(expected[1]) // 2]), 0.3, hidden=frozenset([prediction.top[0].index]))
    again = chosen_again(prediction, marks)
    *_, afresh = answer(Detect(project, Pixels(photo), "cpu", 100, marks.least, 0.3, hidden=marks.hidden))
    assert again.top == afresh.top
    assert 0 < len(again.top) < len(prediction.top)
    # in a video's frame the Input is as it stands
    *_, seen = answer(Watch(project_json.dumped(project), Pixels(photo)))
    assert seen.problem == ""
    assert len(seen.prediction.top) > 10
    if not project.recipe.shorter:
        assert seen.prediction.top == prediction.top[:100]
    *_, ranked = answer(RankChannels(project, Pixels(photo), list(project.network.nodes)[-3]))
    assert np.isfinite(ranked.falls).all()


@pytest.mark.parametrize(
    "name",
    [
        "retinanet_resnet50_fpn_v2",
        "fasterrcnn_resnet50_fpn_v2",
        "ssd300_vgg16",
        "maskrcnn_resnet50_fpn_v2",
        "keypointrcnn_resnet50_fpn",
    ],
)
def test_a_network_holds_all_numbers_of_its_module(name: str) -> None:
    """On the meta device, with shapes only: every number is some node's, and a head is there once for each map."""
    module = detectors.built(name)
    network = detectors.network_of(module)
    facts = analyse(network)
    assert not [fact.problem for fact in facts.values() if fact.problem]
    kinds = {type(node.layer).__name__ for node in network.nodes.values()}
    assert "Opaque" not in kinds
    numbers = sum(value.numel() for value in module.parameters())
    shared = getattr(getattr(module, "rpn", module), "head", None)
    once = sum(value.numel() for value in shared.parameters()) if "SSD" not in type(module).__name__ else 0
    assert totals(facts).parameters == numbers + 4 * once
    norms = (part for part in module.modules() if isinstance(part, nn.BatchNorm2d))
    frozen = sum(norm.weight.numel() * 2 for norm in norms) if name in detectors.SHARP else 0  # torchvision: buffers
    assert numbers - frozen == ENTRIES[name].card.parameters


# What is said, and what becomes of a file


def test_what_is_written_down_is_what_torchvision_says() -> None:
    """Made afresh by `python -m tools.torchvision_detectors`."""
    file = resources() / "models" / "torchvision_detectors.json"
    assert json.loads(file.read_text("utf-8")) == json.loads(tool.written())


def test_every_weights_of_every_detector_has_a_card() -> None:
    """What torchvision takes by itself is called by the detector's name alone."""
    cards = {entry.trained: entry.card for entry in ENTRIES.values() if isinstance(entry.trained, TorchvisionDetector)}
    every = {(name, weights) for name in list_models(detection) for weights in get_model_weights(name)}
    assert {(one.architecture, one.weights) for one in cards} == {(name, weights.name) for name, weights in every}
    for trained, card in cards.items():
        weights = get_model_weights(trained.architecture)[trained.weights]
        usual = weights is get_model_weights(trained.architecture).DEFAULT
        assert card.name == trained.architecture + ("" if usual else f":{trained.weights}")
        assert card.source == weights.url
        told = (f"{value:.1f} %" for value in weights.meta["_metrics"]["COCO-val2017"].values())
        assert all(one in card.accuracy for one in told)
    masks, points, old = (ENTRIES[name].card for name in ("maskrcnn_resnet50_fpn", POINTS, f"{POINTS}:COCO_LEGACY"))
    assert masks.accuracy.endswith("(COCO val2017); of its masks 34.6 %")
    assert "pixels" in masks.task
    assert (points.title, old.title) == ("Keypoint R-CNN on ResNet-50", "Keypoint R-CNN on ResNet-50 (legacy)")
    assert "17 points" in points.task


def test_only_where_torchvision_does_is_nothing_added_under_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keypoint R-CNN's legacy weights keep torch's ε."""
    ours, theirs = [], []

    def take(module: nn.Module, _: object) -> None:
        ours.append(_eps(module))
        raise detectors.NoDetector("there are no numbers here")

    file = io.BytesIO()
    torch.save({}, file)
    for name in (POINTS, f"{POINTS}:COCO_LEGACY"):
        trained = ENTRIES[name].trained
        weights = get_model_weights(POINTS)[trained.weights]
        with monkeypatch.context() as patch, Weightless():
            patch.setattr(detectors, "load", take)
            with pytest.raises(ReadingError):
                trained.read(file.getvalue())
            patch.setattr(type(weights), "get_state_dict", lambda *_, **__: {})
            patch.setattr(nn.Module, "load_state_dict", lambda *_, **__: None)
            theirs.append(_eps(detection.keypointrcnn_resnet50_fpn(weights=weights)))
    assert ours == theirs == [{0.0}, {1e-5}]


def _eps(module: nn.Module) -> set[float]:
    return {part.eps for part in module.modules() if hasattr(part, "eps")}


def test_from_a_download_to_boxes(
    web: Web, cache: Path, assets: Path, photo: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    """A file as torchvision publishes it, by address, strictly read, and asked on the command line."""
    name = "ssdlite320_mobilenet_v3_large"
    module = detector(name, photo)
    entry = served(web, name, saved(module), monkeypatch)
    picture = tmp_path / "dog.png"
    Image.fromarray(photo).save(picture)
    assert main(["detect", name, str(picture), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["detections"]
    boxes, scores, labels = found(module, photo)
    categories = library.open_model(name)
    project = the_project(categories)
    assert project.recipe == replace(entry.recipe, labels=project.recipe.labels)
    assert len(project.recipe.labels) == 91
    assert project.recipe.labels[18] == "dog"
    assert len(told) == len(boxes)
    for one, box, score, label in zip(told[:5], boxes, scores, labels, strict=False):
        assert one["label"] == project.recipe.labels[label]
        assert one["score"] == pytest.approx(score, abs=1e-4)
        assert one["box"] == pytest.approx(box, abs=0.02)
    kept = tensors.read(project.weights)
    state = {key: value for key, value in module.state_dict().items() if not key.endswith("num_batches_tracked")}
    assert sum(value.size for value in kept.values()) == sum(value.numel() for value in state.values())
    # strictly: one tensor too many, or too few, is another file
    for other in ({**state, "more": torch.zeros(1)}, dict(list(state.items())[1:])):
        file = tmp_path / "other.pth"
        torch.save(other, file)
        with pytest.raises(ReadingError, match=f"The file of {name} does not hold its numbers: get it again."):
            entry.trained.read(file.read_bytes())


def test_a_changed_file_is_never_loaded(web: Web, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same check as of a classifier's file: what torch.load would run is not even given to it."""
    name = "ssdlite320_mobilenet_v3_large"
    entry = served(web, name, b"PK a pickle that would run", monkeypatch)
    web.content = web.content[:-1] + b"N"
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("changed bytes were loaded"))
    with pytest.raises(ValueError, match="is not what it should be"):
        the_project(library.open_model(name))
    assert not entry.file.exists()


# The parts, each against torchvision's own


@settings(max_examples=12, deadline=None)
@given(st.integers(40, 700), st.integers(40, 700), st.sampled_from([(128, 213), (320, 640), (0, 0)]), st.integers(0, 9))
def test_a_picture_becomes_what_torchvision_makes_of_it(
    width: int, height: int, sides: tuple[int, int], seed: int
) -> None:
    from torchvision.models.detection.transform import GeneralizedRCNNTransform

    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    recipe = Recipe(0.0, mean, std, scaling="centres", padding="mean", shorter=sides[0], longer=sides[1])
    fixed = {} if sides[0] else {"fixed_size": (300, 300), "size_divisible": 1}
    if fixed:
        recipe = replace(recipe, padding="")
    way = GeneralizedRCNNTransform(*(sides if sides[0] else (300, 300)), list(mean), list(std), **fixed).eval()
    images, _ = way([tensor(pixels)])
    size = input_size(recipe, (width, height)) or (300, 300)
    assert tuple(images.tensors.shape[2:]) == size
    place = placement(recipe, (width, height), *size[::-1])
    assert (place.height, place.width) == tuple(images.image_sizes[0])
    ours = to_input(pixels, recipe, (3, *size))
    np.testing.assert_allclose(ours, images.tensors[0].numpy(), atol=2e-4)
    if sides[0]:  # in another Input the whole picture is there, in its proportions
        small = placement(recipe, (width, height), 96, 64)
        assert small.width <= 96
        assert small.height <= 64
        assert abs(small.width * height - small.height * width) <= max(width, height)


def test_anchors_lie_where_torchvision_has_them(photo: np.ndarray) -> None:
    """Of each family, on maps that do not divide the picture evenly."""
    for name in FAMILIES:
        module = detectors.built(name)
        network = detectors.network_of(module)
        network = (
            network if ENTRIES[name].recipe.shorter == 0 else network.with_settings("input", height=224, width=288)
        )
        facts = analyse(network)
        heads = [node for node in network.nodes.values() if isinstance(node.layer, AnchorHead)]
        _, high, wide = facts["input"].shape
        maps = [torch.zeros(1, 1, *facts[node.id].shape[1:]) for node in heads]
        generator = getattr(module, "rpn", module).anchor_generator
        (wanted,) = generator(ImageList(torch.zeros(1, 3, high, wide), [(high, wide)]), maps)
        ours = []
        for node in heads:
            _, rows, columns = facts[node.id].shape
            head = node.layer
            step = (head.step,) * 2 if head.step else (high // rows, wide // columns)
            for row in range(rows):
                for column in range(columns):
                    x, y = (column + head.start) * step[1], (row + head.start) * step[0]
                    ours += [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for w, h in head.anchors]
        np.testing.assert_allclose(ours, wanted.numpy(), atol=1e-3, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 999), st.integers(1, 3), st.integers(1, 4))
def test_regions_are_cut_out_as_torchvision_does(seed: int, count: int, samples: int) -> None:
    """RoIAlign is a matrix along each axis; and a region's size says of which map it is cut out."""
    random = np.random.default_rng(seed)
    maps = {str(n): torch.from_numpy(random.normal(size=(1, 2, 64 >> n, 96 >> n)).astype(np.float32)) for n in range(4)}
    corners = np.sort(random.uniform(0, 1, (count, 2, 2)), 1) * (384, 256)
    regions = corners.reshape(count, 4).astype(np.float32)
    pool = MultiScaleRoIAlign(list(maps), 7, samples)
    wanted = pool(maps, [torch.from_numpy(regions)], [(256, 384)]).numpy()
    for region, level, expected in zip(regions, levels(regions, 2, 5), wanted, strict=True):
        number = int(level) - 2
        left, top, right, bottom = (region / 2 ** int(level)).tolist()
        one = maps[str(number)][0].numpy()
        down, across = blend(64 >> number, top, bottom, 7, samples), blend(96 >> number, left, right, 7, samples)
        np.testing.assert_allclose(down @ one @ across.T, expected, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 999), st.lists(st.integers(0, 12), min_size=1, max_size=3), st.integers(1, 9))
def test_regions_are_chosen_map_by_map(seed: int, counts: list[int], most: int) -> None:
    random = np.random.default_rng(seed)
    boxes = [np.sort(random.uniform(0, 30, (n, 2, 2)), 1).reshape(n, 4).astype(np.float32) for n in counts]
    chances = [random.uniform(0, 1, n).astype(np.float32) for n in counts]
    regions, sure = chosen(boxes, chances, 0.2, 0.4, most)
    wanted = []
    for some, their in zip(boxes, chances, strict=True):
        some, their = some[their >= 0.2], their[their >= 0.2]
        kept = nms(torch.from_numpy(some), torch.from_numpy(their), 0.4).numpy()
        wanted += [(float(their[i]), *some[i].tolist()) for i in kept]
    wanted.sort(reverse=True)
    assert [(float(s), *r.tolist()) for s, r in zip(sure, regions, strict=True)] == wanted[:most]


def test_growth_that_nobody_believes_is_cut_off() -> None:
    assert math.exp(MOST_GROWTH) == pytest.approx(62.5)


def test_heads_say_what_they_need() -> None:
    head = AnchorHead(((9.0, 9.0), (5.0, 5.0)), 3)
    assert head.output((6, 4, 5), (8, 4, 5)) == (14, 4, 5)
    assert head.output((6, 4, 5), (8, 4, 5), (2, 4, 5)) == (16, 4, 5)
    with pytest.raises(ShapeError, match="needs 2·4 = 8 channels of offsets, got 6"):
        head.output((6, 4, 5), (6, 4, 5))
    with pytest.raises(ShapeError, match="needs maps of one size, got 6×4×5 and 8×4×4"):
        head.output((6, 4, 5), (8, 4, 4))
    with pytest.raises(ShapeError, match="got 4 inputs"):
        head.output(*[(6, 4, 5)] * 4)
    assert RegionHead(5).output((5,), (20,)) == (25,)
    with pytest.raises(ShapeError, match="needs 5 scores and 4·5 = 20 offsets, got 5 and 5"):
        RegionHead(5).output((5,), (5,))
    assert RoIAlign(7, 2, 2).output((8, 9, 9), (8, 5, 5), (75, 9, 9)) == (8, 7, 7)
    with pytest.raises(ShapeError, match="needs 4 feature maps before what proposes, got 2 inputs"):
        RoIAlign().output((8, 9, 9), (8, 5, 5))
    with pytest.raises(ShapeError, match="needs feature maps with equal channels"):
        RoIAlign(7, 2, 2).output((8, 9, 9), (9, 5, 5))


def test_a_cut_up_detector_is_no_detector(photo: np.ndarray, cache: Path) -> None:
    """A RegionHead that no region comes to says so; heads that only proposed find things of one kind without it."""
    network = Network({
        "input": Node("input", Input(3, 8, 8)), "flat": Node("flat", Flatten(), ("input",)),
        "scores": Node("scores", Linear(3), ("flat",)), "offsets": Node("offsets", Linear(12), ("flat",)),
        "boxes": Node("boxes", RegionHead(3), ("scores", "offsets")),
    })  # fmt: skip
    with pytest.raises(ProgramError, match="The network has no head that finds boxes"):
        list(answer(Detect(Project(network), Pixels(photo))))
    heads = {"maps": Node("maps", Conv2d(2, 3), ("input",)), "sides": Node("sides", Conv2d(8, 3), ("input",))}
    heads["head"] = Node("head", AnchorHead(((4.0, 4.0), (8.0, 2.0)), 1), ("maps", "sides"))
    *_, prediction = answer(
        Detect(Project(Network({**network.nodes, **heads})), Pixels(photo), "cpu", 10_000, 0.0, 1.0)
    )
    assert len(prediction.top) == 2 * 6 * 6
