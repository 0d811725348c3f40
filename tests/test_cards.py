"""Every question that names a device, on a card and on the processor: the answers are the same.

No machine of ours has a card, so one is simulated (see `simulated_card`); with `pytest --device cuda:0` (or mps) these
tests run on a real one.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from PIL import Image

from explorer.classics.catalogue import CLASSICS
from explorer.classics.stages import TRUNKS, Trunk
from explorer.engine import device, modules
from explorer.engine.answers import answer
from explorer.engine.capture import captured
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.library_questions import OpenModel
from explorer.engine.patch_questions import FindPatches, PatchSlopes
from explorer.engine.questions import Detect, Look, PictureFile, Pixels, Predict, WhatChanges
from explorer.engine.studio_questions import GramOf
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.formats import folders
from explorer.maths.fast_style_records import Taught
from explorer.maths.records import Device, Progress, Seen
from explorer.maths.resources import resources
from explorer.network.layer import Layer, Shape
from explorer.network.project import Project
from explorer.probes.fast_style import FastStyle
from explorer.probes.style import Style
from tests import painting_side, style_side
from tests.detectors import detector
from tests.every_job import NODE, every_job
from tests.simulated_card import CARD, Card
from tests.test_cascade import faces, mtcnn_cache  # noqa: F401
from tests.test_layers import cases
from tests.test_torchvision_detectors import project_of

NOISE = Pixels(np.random.default_rng(1).integers(0, 256, (90, 70, 3), np.uint8))
ASTRONAUT = PictureFile(str(resources() / "samples" / "astronaut.jpg"))
MEASURED = {"device", "milliseconds", "alone_milliseconds", "at_once_milliseconds"}
OF_A_FRAME = {"before", "network", "behind"}
"""What differs between two runs on one device, too."""


@pytest.fixture
def card(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of a card that can be asked for."""
    if real := request.config.getoption("--device"):
        yield real
        return
    all = Device(str(CARD), "A card", 1 << 34), *device.devices()
    monkeypatch.setattr(device, "devices", lambda: all)
    monkeypatch.setattr(device, "WITHOUT_DOUBLE", {CARD.type})
    yield str(CARD)


def on(id: str) -> Any:
    """Simulates the card if it is not there."""
    return Card() if id == str(CARD) else nullcontext()


@pytest.fixture
def both(card: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers a question on the processor and on the card: both last answers. Neither finds what the other kept."""

    def ask(question: Any, id: str) -> Any:
        searches = tmp_path / f"searches {id[:3]}"
        searches.mkdir(exist_ok=True)
        monkeypatch.setattr(folders, "searches", lambda: searches)
        answers = [step for step in answer(dataclasses.replace(question, device=id)) if not isinstance(step, Progress)]
        return answers[-1]

    def ask_both(question: Any) -> tuple[Any, Any]:
        here = ask(question, "cpu")
        with on(card) as simulated:
            there = ask(question, card)
        assert simulated is None or simulated.operations > 3
        return here, there

    return ask_both


def differences(a: Any, b: Any, most: float, path: str = "") -> list[str]:
    """Where two answers differ by more than `most` of their largest number."""
    if isinstance(a, np.ndarray):
        if a.shape != b.shape or a.dtype != b.dtype:
            return [f"{path}: {a.shape} {a.dtype}, {b.shape} {b.dtype}"]
        if a.dtype.kind not in "fiu":
            return [] if np.array_equal(a, b) else [f"{path}: differs"]
        whole = a.dtype.kind != "f"
        a, b = a.astype(np.float64), b.astype(np.float64)
        far = np.nanmax(abs(a - b), initial=0) - whole  # what is rounded to whole numbers may be rounded otherwise
        return [f"{path}: {far:.2g}"] if far > most * max(1, np.nanmax(abs(a), initial=0)) else []
    if dataclasses.is_dataclass(a):
        measured = MEASURED | (OF_A_FRAME if isinstance(a, Seen) else set())
        names = [field.name for field in dataclasses.fields(a) if field.name not in measured]
        return [
            line for name in names for line in differences(getattr(a, name), getattr(b, name), most, f"{path}.{name}")
        ]
    if isinstance(a, tuple | list):
        if len(a) != len(b):
            return [f"{path}: {len(a)} and {len(b)} of them"]
        return [
            line for i, (x, y) in enumerate(zip(a, b, strict=True)) for line in differences(x, y, most, f"{path}[{i}]")
        ]
    if isinstance(a, float):
        return differences(np.array(a), np.array(b), most, path)
    return [] if a == b else [f"{path}: {a} and {b}"]


def test_a_simulated_card_refuses_what_a_real_one_does() -> None:
    with Card() as card:
        x = torch.arange(6.0).reshape(2, 3).to(CARD)
        assert (x.device, (x + 1).device, x.cpu().device) == (CARD, CARD, torch.device("cpu"))
        assert x.sum().item() == 15
        assert torch.equal((x @ x.T).cpu(), torch.tensor([[5.0, 14], [14, 50]]))
        operations = card.operations
        assert operations >= 4
        for wrong in (lambda: x + torch.ones(2, 3), lambda: torch.cat([torch.ones(2, 3), x])):
            with pytest.raises(RuntimeError, match="same device"):
                wrong()
        with pytest.raises((RuntimeError, TypeError), match="numpy"):
            x.numpy()
        with pytest.raises(TypeError, match="float64"):
            x.double()
        x[0].add_(1)  # a view of it
        assert x.cpu().tolist() == [[1, 2, 3], [3, 4, 5]]
        leaf = x.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad((leaf * leaf).sum(), leaf)
        assert torch.equal(slope.cpu(), 2 * x.cpu())


@given(case=cases())
@settings(max_examples=300, deadline=None)
def test_every_layer(request: pytest.FixtureRequest, case: tuple[Layer, tuple[Shape, ...]]) -> None:
    layer, shapes = case
    assume(layer.inputs)
    card = request.config.getoption("--device") or str(CARD)
    inputs = [torch.rand(2, *shape) for shape in shapes]
    try:
        layer.output(*shapes)
        module = layer.module(modules, *shapes).eval()
        with torch.no_grad():
            expected = module(*inputs)
    except (ValueError, RuntimeError):  # tests/test_layers.py says what these do
        assume(False)
    with on(card), torch.no_grad():
        found = copy.deepcopy(module).to(card)(*[x.to(card) for x in inputs])
        assert not inputs or found.device.type == torch.device(card).type
        found = found.cpu()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["predict", "look", "watch", "attribute", "rank", "explain", "xray", "filters", "patches", "evaluate",
             "windows", "stages"],
)  # fmt: skip
def test_every_job(name: str, both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = every_job(tmp_path)[name][1]
    if name == "stages":  # nothing but times: of any trunk
        monkeypatch.setitem(TRUNKS, "small", Trunk("small", "convnet39", "relu3"))
        _, there = both(dataclasses.replace(question, trunk="small", side=64))
        assert there.complete
        return
    here, there = both(question)
    assert differences(here, there, 1e-4) == []


def test_every_job_that_names_a_device_is_here(tmp_path: Path) -> None:
    named = {name for name, (_, question) in every_job(tmp_path).items() if hasattr(question, "device")}
    apart = {"dream", "style", "style in tiles", "train style"}  # a few steps of these, below
    assert named == {*test_every_job.pytestmark[0].args[1], *apart}


def test_a_dream(both: Any, tmp_path: Path) -> None:
    """Its first steps: later ones drift apart from the last digit on."""
    question = every_job(tmp_path)["dream"][1]
    here, there = both(dataclasses.replace(question, settings=dataclasses.replace(question.settings, steps=3)))
    assert differences(here, there, 0.02) == []


def test_channels_switched_off(both: Any) -> None:
    project = CLASSICS["lenet5"].project
    project = project.with_factors(NODE, {0: 0.0, 3: 0.0})
    here, there = both(WhatChanges(project, ASTRONAUT))
    assert differences(here, there, 1e-4) == []


def test_patches_and_what_raised_them(both: Any, tmp_path: Path) -> None:
    question = every_job(tmp_path)["patches"][1]
    assert isinstance(question, FindPatches)
    wanted = (("0.jpg", (0, 0, 16, 16), (0, 1, 1)), ("1.jpg", (4, 4, 20, 20), (2, 0, 0)))
    here, there = both(PatchSlopes(question.project, NODE, question.folder, wanted))
    assert differences(here, there, 2) == []  # of 255


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"optimizer": "Adam"},
        {"colours": "histogram"},
        {"colours": "luminance"},
        {"precision": "fast"},
        {"tile": 32},
    ],
)
def test_a_style(both: Any, changed: dict[str, Any]) -> None:
    random = np.random.default_rng(0)
    content, style = (Pixels(random.integers(0, 256, (8, 12, 3), np.uint8).repeat(4, 0).repeat(4, 1)) for _ in range(2))
    here, there = both(
        StyleOf(style_side.painter(), content, (StylePicture(style),), Style(size=48, steps=4, **changed))
    )
    assert (here.done, there.done) == (True, True)
    assert differences(here.since[-1], there.since[-1], 0.02) == []
    assert differences(here.picture, there.picture, 0.02) == []


def test_a_gram_matrix(both: Any) -> None:
    here, there = both(GramOf(style_side.painter(), ASTRONAUT, "relu1"))
    assert differences(here, there, 1e-4) == []


def test_a_network_learns_a_style(card: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, name in enumerate(("astronaut", "coffee")):
        with Image.open(resources() / "samples" / f"{name}.jpg") as image:
            image.resize((60, 48)).save(folder / f"{number}.png")
    settings = FastStyle(size=32, steps=2, batch=2, channels=4, stroke=32, rate=0.01, style_weight=50, first=0)
    here, there = (
        TrainStyle(painting_side.judge(), ASTRONAUT, str(folder), str(tmp_path / f"{i}.training"), settings, device=id)
        for i, id in enumerate(("cpu", card))
    )
    expected = [step for step in answer(here) if isinstance(step, Taught)]
    with on(card):
        found = [step for step in answer(there) if isinstance(step, Taught)]
    assert len(found) == 2
    for one, other in zip(expected, found, strict=True):
        assert abs(one.total - other.total) < 1e-3 * one.total
        assert abs(one.style - other.style) < 1e-3 * one.style


def test_a_detector_s_boxes(both: Any) -> None:
    *_, project = answer(OpenModel("face-detector"))
    here, there = both(Detect(project, ASTRONAUT))
    assert len(here.top) == 1
    assert differences(here, there, 1e-3) == []


def test_operations_that_are_no_layer(card: str) -> None:
    """Attention; and pixels between others, whose places are computed in double precision where there is one."""

    def between(state: Mapping[str, torch.Tensor], x: Sequence[torch.Tensor]) -> torch.Tensor:
        places = (torch.cumsum(x[0].new_ones(6, dtype=torch.float64), 0) - 1) * 0.6
        first = torch.floor(places)
        share = (places - first).to(x[0].dtype)[:, None]
        return (1 - share) * x[0][:, first.long()] + share * x[0][:, first.long() + 1]

    weights = {name: torch.rand(8, 8) for name in ("queries", "keys")}

    def attention(state: Mapping[str, torch.Tensor], x: Sequence[torch.Tensor]) -> torch.Tensor:
        return ((x[0] @ state["queries"]) @ (x[0] @ state["keys"]).transpose(1, 2)).softmax(-1) @ x[0]

    for layer in (
        captured("Between", between, {}, lambda name: False, [(5, 8)]),
        captured("Attention", attention, weights, lambda name: True, [(5, 8)]),
    ):
        module, x = layer.module(modules, (5, 8)).eval(), torch.rand(2, 5, 8)
        expected = module(x)
        with on(card):
            found = copy.deepcopy(module).to(card)(x.to(card))
            assert found.device.type == torch.device(card).type
            found = found.cpu()
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_a_cascade_s_boxes(both: Any, faces: Project) -> None:  # noqa: F811
    here, there = both(Detect(faces, ASTRONAUT))
    assert len(here.top) == 1
    assert differences(here.top, there.top, 1e-3) == []


def test_regions_and_anchors(both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faster R-CNN cuts regions out of maps."""
    module = detector("fasterrcnn_mobilenet_v3_large_320_fpn", NOISE.pixels)
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    here, there = both(Detect(project_of("fasterrcnn_mobilenet_v3_large_320_fpn", module), NOISE))
    assert len(here.top) > 5
    assert differences(here.top, there.top, 1e-3) == []


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "googlenet_sides", "alexnet_2012", "yolo_19x19x40"])
def test_classic_networks(both: Any, name: str) -> None:
    project = CLASSICS[name].project
    here, there = both(Look(project, ASTRONAUT, tuple(project.network.nodes)[-3:]))
    assert differences(here, there, 1e-3) == []
    if name == "resnet18":
        here, there = both(Predict(project, ASTRONAUT))
        assert differences(here, there, 1e-3) == []
