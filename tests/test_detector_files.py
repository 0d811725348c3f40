"""Files with the weights of torchvision's detectors: recognised, opened, and the boxes are torchvision's own."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import get_model, get_model_weights, mobilenet_v3_large
from torchvision.models.detection import FasterRCNN, MaskRCNN, ssdlite
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

from explorer.classics.others import DETECTORS
from explorer.cli.commands import main
from explorer.engine import detector_files, library
from explorer.engine.answers import answer
from explorer.engine.opening import open_file
from explorer.engine.questions import Detect, OpenNetwork, Pixels
from explorer.engine.weights import Weightless
from explorer.formats import tensors
from explorer.formats.checkpoint.detectors import MARKS, TWINS
from explorer.formats.checkpoint.detectors import detector as recognised
from explorer.formats.checkpoint.reading import CheckpointError
from explorer.layers.norms import BatchNorm2d
from explorer.layers.regions import AnchorHead, RegionHead
from explorer.maths.weight_records import WeightReport
from explorer.network.analysis import analyse, faulty
from explorer.network.project import Project
from tests.detectors import SMALL, cache, detector, found, photo, settled  # noqa: F401
from tests.test_torchvision_detectors import agree

NAMES = (*MARKS, *TWINS.values())


def opened(path: Path, value: object) -> tuple[Project, WeightReport]:
    """What opening a file with this in it gives."""
    torch.save(value, path)
    steps = list(open_file(path))
    (report,) = (step for step in steps if isinstance(step, WeightReport))
    assert isinstance(steps[-1], Project)
    return steps[-1], report


def boxes_of(project: Project, photo: np.ndarray) -> Any:
    """What it finds; a network that looks at pictures in its own size does so in the small one of the tests."""
    if project.recipe.shorter:
        recipe = replace(project.recipe, shorter=SMALL["min_size"], longer=SMALL["max_size"])
        project = replace(project, recipe=recipe)
    *_, prediction = answer(Detect(project, Pixels(photo), "cpu", 10_000))
    assert prediction.untrained == ()
    return prediction.top


def agreed(project: Project, module: Any, photo: np.ndarray, pixels: float = 1e-3) -> None:
    """The same boxes, to so many pixels, and the same scores to 1e-4."""
    box, score = agree(boxes_of(project, photo), found(module, photo))
    assert box < pixels
    assert score < 1e-4


def frozen(module: Any) -> dict[str, Any]:
    """The numbers of a module whose normalisation counted no steps."""
    return {name: value for name, value in module.state_dict().items() if not name.endswith("num_batches_tracked")}


# Recognised, with shapes only


@pytest.mark.parametrize("name", NAMES)
def test_each_is_told_by_its_names_and_shapes(name: str) -> None:
    with Weightless():
        module = get_model(name, weights=None, weights_backbone=None, num_classes=7)
    shapes = {f"model.{n}": tuple(t.shape) for n, t in module.state_dict().items() if t.is_floating_point()}
    told = recognised(shapes, True)
    assert told is not None
    assert (told.name, told.classes, told.full) == ({v: k for k, v in TWINS.items()}.get(name, name), 7, False)
    assert set(told.names.values()) == set(shapes)
    assert told.frozen is not any(n.endswith("num_batches_tracked") for n in module.state_dict()) or "ssd300" in name
    assert told.points == (17 if name.startswith("keypoint") else 0)
    again = {n: tuple(t.shape) for n, t in detector_files.built(told).state_dict().items() if t.is_floating_point()}
    assert {f"model.{n}": shape for n, shape in again.items()} == shapes


@pytest.mark.parametrize("depth", [18, 34, 101, 152])
def test_faster_r_cnn_on_another_resnet(depth: int) -> None:
    with Weightless():
        body = resnet_fpn_backbone(backbone_name=f"resnet{depth}", weights=None, norm_layer=nn.BatchNorm2d)
        module = FasterRCNN(body, num_classes=4)
    shapes = {n: tuple(t.shape) for n, t in module.state_dict().items() if t.is_floating_point()}
    told = recognised(shapes, True)
    assert told is not None
    assert (told.name, told.depth, told.classes) == ("fasterrcnn_resnet50_fpn", depth, 4)
    again = detector_files.built(told).state_dict()
    assert {n: tuple(t.shape) for n, t in again.items() if t.is_floating_point()} == shapes


@pytest.mark.parametrize("name", ["resnet50", "ssd300_vgg16", "fcos_resnet50_fpn"])
def test_a_classifier_or_half_a_detector_is_none(name: str) -> None:
    with Weightless():
        module = (
            get_model(name, weights=None)
            if name == "resnet50"
            else get_model(name, weights=None, weights_backbone=None)
        )
    shapes = {n: tuple(t.shape) for n, t in module.state_dict().items() if not n.startswith("head.")}
    assert recognised(shapes, True) is None


# Opened, with numbers


def wrapped(state: dict[str, Any]) -> object:
    """As training programs save it, for several GPUs."""
    return {"model": {f"module.{n}": t for n, t in state.items()}, "epoch": 3, "optimizer": {"state": {}}}


def old(state: dict[str, Any]) -> object:
    """As torchvision called them before 2022."""
    names = {
        "rpn.head.conv.0.0.": "rpn.head.conv.",
        **{
            f"backbone.fpn.{b}_blocks.{i}.0.": f"backbone.fpn.{b}_blocks.{i}."
            for b in ("inner", "layer")
            for i in range(4)
        },
    }

    def called(name: str) -> str:
        return next((name.replace(new, was) for new, was in names.items() if name.startswith(new)), name)

    return {called(name): value for name, value in state.items()}


FILES: dict[str, tuple[str, dict[str, Any], Callable[[dict[str, Any]], object], str]] = {
    "SSDlite": ("ssdlite320_mobilenet_v3_large", {}, dict, "SSDlite 320 on MobileNet V3"),
    "Faster R-CNN, old names": (
        "fasterrcnn_mobilenet_v3_large_fpn", {"num_classes": 5}, old, "Faster R-CNN on MobileNet V3, 4 classes",
    ),
    "Mask R-CNN": ("maskrcnn_resnet50_fpn", {"num_classes": 3}, wrapped, "Mask R-CNN on ResNet-50, 2 classes"),
    "RetinaNet": ("retinanet_resnet50_fpn", {"num_classes": 3}, dict, "RetinaNet on ResNet-50, 2 classes"),
    "FCOS": ("fcos_resnet50_fpn", {"num_classes": 3}, dict, "FCOS on ResNet-50, 2 classes"),
    "SSD": ("ssd300_vgg16", {"num_classes": 3}, dict, "SSD 300 on VGG-16, 2 classes"),
    "Keypoint R-CNN": ("keypointrcnn_resnet50_fpn", {}, dict, "Keypoint R-CNN on ResNet-50"),
    "RetinaNet V2": ("retinanet_resnet50_fpn_v2", {}, dict, "RetinaNet on ResNet-50 (V2)"),
    "Faster R-CNN V2": ("fasterrcnn_resnet50_fpn_v2", {}, dict, "Faster R-CNN on ResNet-50 (V2)"),
}  # fmt: skip
"""torchvision's name, its builder's settings, how the file is saved, what it is called here."""
QUICK = ("SSDlite", "Faster R-CNN, old names")


@pytest.mark.parametrize(
    "which", [name if name in QUICK else pytest.param(name, marks=pytest.mark.every_network) for name in FILES]
)
def test_boxes_of_a_file_are_torchvision_s(which: str, photo: np.ndarray, cache: Path) -> None:
    name, settings, way, title = FILES[which]
    module = detector(name, photo, **settings)
    state = frozen(module)
    project, report = opened(cache / "mine.pth", way(state))
    assert (project.title, report.missing, report.differing, report.broken) == (title, (), (), ())
    assert report.numbers == sum(value.numel() for value in state.values())
    assert not faulty(analyse(project.network))
    agreed(project, module, photo)
    labels = project.recipe.labels
    assert (len(labels) == 91 and labels[18] == "dog") if which == "SSDlite" else True
    assert report.whole


def test_normalisation_that_was_trained_on_a_smaller_resnet(photo: np.ndarray, cache: Path) -> None:
    """Steps were counted, so ε is torch's, also where torchvision's own weights have none."""
    torch.manual_seed(0)
    body = resnet_fpn_backbone(backbone_name="resnet18", weights=None, norm_layer=nn.BatchNorm2d)
    few = {"box_detections_per_img": 12, "rpn_post_nms_top_n_test": 100}  # looks at a box, or a region, take time
    module = settled(MaskRCNN(body, num_classes=3, **SMALL, **few).eval(), photo)
    project, report = opened(cache / "mine.pth", wrapped(module.state_dict()))
    assert project.title == "Mask R-CNN on ResNet-18, 2 classes"
    assert "frozen" not in project.origin
    assert _eps(project) == {1e-5}
    assert report.whole
    still, _ = opened(cache / "frozen.pth", frozen(module))
    assert "Its normalisation is frozen, so nothing is added under its root" in still.origin
    assert _eps(still) == {0.0}
    (cut,) = (id for id, node in project.network.nodes.items() if getattr(node.layer, "proposals", 0) == 1000)
    network = project.network.with_settings("boxes", most=12).with_settings(cut, proposals=100)
    agreed(replace(project, network=network), module, photo)


def test_weights_in_parts_of_a_detector_whose_normalisation_is_frozen(photo: np.ndarray, cache: Path) -> None:
    """A file with parts was taken for one with counters, so ε was another; one too many ended it with a KeyError."""
    torch.manual_seed(0)
    body = resnet_fpn_backbone(backbone_name="resnet18", weights=None, norm_layer=nn.BatchNorm2d)
    state = frozen(MaskRCNN(body, num_classes=3))
    first = state.pop("backbone.body.conv1.weight")
    parts = {"backbone.body.conv1": first, "further": torch.ones(2, 3)}
    for node, value in parts.items():
        state |= {f"{node}.weight_orig": value, f"{node}.weight_mask": (value > 0).float()}
    project, report = opened(cache / "mine.pth", state)
    assert _eps(project) == {0.0}
    assert "1 weight is stored pruned, in parts, and put together as torch does." in project.origin
    assert report.left_over == ("further.weight_orig", "further.weight_mask")
    assert report.shapes["further.weight_mask"] == (2, 3)
    (there,) = (n for n in report.matched if tensors.read(project.weights)[n].shape == (64, 3, 7, 7))
    assert np.array_equal(tensors.read(project.weights)[there], (first * (first > 0)).numpy())


def _eps(project: Project) -> set[float]:
    return {node.layer.eps for node in project.network.nodes.values() if isinstance(node.layer, BatchNorm2d)}


def test_an_ssdlite_that_began_as_a_classifier(photo: np.ndarray, cache: Path) -> None:
    """torchvision then leaves its last blocks as wide as they are there: its builder's usual way of training."""
    torch.manual_seed(0)
    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.03)
    module = get_model("ssdlite320_mobilenet_v3_large", weights=None, weights_backbone=None, num_classes=4)
    module.backbone = ssdlite._mobilenet_extractor(mobilenet_v3_large(norm_layer=norm), 6, norm).eval()
    channels = [one.shape[1] for one in module.backbone(torch.zeros(1, 3, 320, 320)).values()]
    module.head = ssdlite.SSDLiteHead(channels, module.anchor_generator.num_anchors_per_location(), 4, norm)
    module = settled(module.eval(), photo)
    project, report = opened(cache / "mine.pth", module.state_dict())
    assert (project.title, report.whole) == ("SSDlite 320 on MobileNet V3, 3 classes", True)
    agreed(project, module, photo, 5e-3)  # torchvision's own, in single precision, are 1.6e-3 from those in double


def test_of_two_with_the_same_weights_the_file_s_name_tells(photo: np.ndarray, cache: Path) -> None:
    module = detector("fasterrcnn_mobilenet_v3_large_320_fpn", photo, num_classes=3)
    project, _ = opened(cache / "cats_320.pth", module.state_dict())
    assert project.title == "Faster R-CNN 320 on MobileNet V3, 2 classes"
    assert (project.recipe.shorter, project.recipe.longer) == (320, 640)
    agreed(project, module, photo)
    assert "would fit fasterrcnn_mobilenet_v3_large_fpn as well" in project.origin


def test_other_anchors_are_told_and_the_rest_is_there(cache: Path) -> None:
    """With five widths for each place where torchvision has three, two layers for each map are left without numbers."""
    body = resnet_fpn_backbone(backbone_name="resnet18", weights=None, norm_layer=nn.BatchNorm2d)
    anchors = AnchorGenerator(((32,), (64,), (128,), (256,), (512,)), ((0.3, 0.5, 1.0, 2.0, 3.0),) * 5)
    module = FasterRCNN(body, 3, rpn_anchor_generator=anchors)
    project, report = opened(cache / "mine.pth", module.state_dict())
    left = [f"rpn.head.{layer}.{name}" for layer in ("cls_logits", "bbox_pred") for name in ("weight", "bias")]
    assert sorted(report.left_over) == sorted(left)
    assert len(report.missing) == 5 * 4
    assert all(report.shapes[name] for name in (*report.missing, *report.left_over))
    assert not set(tensors.read(project.weights)) & set(report.missing)


def test_what_only_names_its_weights_so_is_refused(cache: Path) -> None:
    body = resnet_fpn_backbone(backbone_name="resnet18", weights=None, norm_layer=nn.BatchNorm2d)
    state = FasterRCNN(body, 3).state_dict()
    thinner = {
        n: value[: len(value) // 2] if value.ndim and "cls_score" not in n else value for n, value in state.items()
    }
    torch.save(thinner, cache / "mine.pth")
    with pytest.raises(CheckpointError, match="names its weights as Faster R-CNN on ResNet-18, 2 classes does, but"):
        list(open_file(cache / "mine.pth"))


def test_boxes_on_the_command_line(photo: np.ndarray, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = detector("ssdlite320_mobilenet_v3_large", photo)
    torch.save(module.state_dict(), cache / "cats.pth")
    Image.fromarray(photo).save(cache / "dog.png")
    assert main(["detect", str(cache / "cats.pth"), str(cache / "dog.png"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["detections"]
    boxes, scores, _ = found(module, photo)
    assert len(told) == len(boxes)
    assert told[0]["score"] == pytest.approx(scores[0], abs=1e-4)
    assert told[0]["box"] == pytest.approx(boxes[0], abs=0.02)


# Without weights


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_opens_without_weights(name: str) -> None:
    """And says so; its heads are those that trained weights would have."""
    project = library.architecture(name)
    assert not faulty(analyse(project.network))
    assert (project.title, project.weights) == (DETECTORS[name], "")
    assert project.origin == f"torchvision's {name}, with random weights: the boxes it finds mean nothing."
    assert project.recipe == library.entry(name).recipe
    heads = [node for node in project.network.nodes.values() if isinstance(node.layer, AnchorHead | RegionHead)]
    assert heads[-1].layer.classes == len(get_model_weights(name).DEFAULT.meta["categories"])


def test_one_without_weights_says_so_of_its_boxes(photo: np.ndarray, capsys: pytest.CaptureFixture[str]) -> None:
    *_, project = answer(OpenNetwork("ssdlite320_mobilenet_v3_large"))
    *_, prediction = answer(Detect(project, Pixels(photo)))
    assert set(prediction.untrained) == {
        node.id for node in project.network.nodes.values() if node.layer.tensors(*_shapes(project, node))
    }
    assert main(["facts", "ssdlite320_mobilenet_v3_large"]) == 0
    assert "AnchorHead" in capsys.readouterr().out


def _shapes(project: Project, node: Any) -> tuple[Any, ...]:
    facts = analyse(project.network)
    return tuple(facts[id].shape for id in node.inputs)
