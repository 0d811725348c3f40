"""torchvision's detectors as networks of ours: the same boxes as torchvision's own forward, on a real photo."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine import torchvision_detectors as detectors
from explorer.engine.answers import answer
from explorer.engine.library import ENTRIES
from explorer.engine.questions import Detect, Pixels
from explorer.formats import tensors
from explorer.maths.resources import resources
from explorer.network.project import Project
from tests.detectors import SMALL, detector, found
from tools import torchvision_detectors as tool

FAMILIES = (
    "ssdlite320_mobilenet_v3_large", "ssd300_vgg16", "retinanet_resnet50_fpn", "fcos_resnet50_fpn",
    "fasterrcnn_mobilenet_v3_large_320_fpn",
)  # fmt: skip
NAMES = [name if name in FAMILIES else pytest.param(name, marks=pytest.mark.every_network) for name in tool.NAMES]


@pytest.fixture(scope="module")
def photo(assets: Path) -> np.ndarray:
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        image.thumbnail((300, 300))
        return np.asarray(image.convert("RGB"))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path


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
def test_boxes_are_torchvision_s(name: str, photo: np.ndarray) -> None:
    module = detector(name, photo)
    *_, prediction = answer(Detect(project_of(name, module), Pixels(photo), "cpu", 10_000))
    assert prediction.untrained == ()
    box, score = agree(prediction.top, found(module, photo))
    print(name, len(prediction.top), box, score, [round(g.probability, 3) for g in prediction.top[:3]])
    assert box < 1e-3
    assert score < 1e-4


def test_what_is_written_down_is_what_torchvision_says() -> None:
    """Made afresh by `python -m tools.torchvision_detectors`."""
    file = resources() / "models" / "torchvision_detectors.json"
    assert json.loads(file.read_text("utf-8")) == json.loads(tool.written())
