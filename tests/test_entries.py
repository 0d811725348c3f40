"""What the model library says of its entries, and that each kind of file becomes the network it is."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.models import get_model, get_model_weights

from explorer.classics import faces
from explorer.classics.others import ARCHITECTURES
from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine.downloads import Address
from explorer.engine.entry import Entry
from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.engine.sources import DownloadError
from explorer.engine.trained import BUILT_WITH, ReadingError, Torchvision
from explorer.formats import tensors
from explorer.formats.recipes import to_input
from explorer.maths.records import Progress
from explorer.maths.resources import resources
from explorer.network.analysis import analyse, totals
from explorer.network.project import Project
from tests.package_index import Index, index  # noqa: F401
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.web_server import Web, web  # noqa: F401
from tools import torchvision_detectors, torchvision_weights

NOISE = np.random.default_rng(4).integers(0, 256, (301, 407, 3), dtype=np.uint8)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path


def the_project(steps: Iterator[Progress | Project]) -> Project:
    *_, last = steps
    assert isinstance(last, Project)
    return last


def served(web: Web, name: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """The entry with its address on our server, where these bytes lie under the name of their hash."""
    web.content = data
    digits = hashlib.sha256(data).hexdigest()[:8]
    entry = replace(library.entry(name), source=Address(web.url(f"{name}-{digits}.pth"), len(data), digits))
    monkeypatch.setitem(library.ENTRIES, name, entry)
    return entry


def saved(state: dict) -> bytes:
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def random_module(name: str, **settings) -> torch.nn.Module:
    """Also its running statistics are no longer 0 and 1."""
    torch.manual_seed(1)
    module = get_model(name, weights=None, **settings).eval()
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.uniform_(-0.1, 0.1)
            part.running_var.uniform_(0.9, 1.1)
    return module


def greatest_difference(project: Project, expected: torch.Tensor, picture: np.ndarray) -> float:
    """Ours against torchvision's output, relative to its largest number."""
    shape = analyse(project.network)["input"].shape
    x = torch.from_numpy(to_input(picture, project.recipe, shape)).unsqueeze(0)
    y = Program(project.network, tensors.read(project.weights)).run(x)[0]
    return float((y - expected).abs().max() / expected.abs().max())


# What is said


def test_what_is_written_down_is_what_torchvision_says() -> None:
    """Made afresh by `python -m tools.torchvision_weights`."""
    file = resources() / "models" / "torchvision.json"
    assert json.loads(file.read_text("utf-8")) == json.loads(torchvision_weights.written())


def test_every_weights_of_every_network_has_an_entry() -> None:
    for name in ARCHITECTURES:
        for weights in get_model_weights(name):
            entry = library.entry(f"{name}:{weights.name}")
            assert entry.trained == Torchvision(name, weights.name, entry.trained.side, entry.trained.end)
            assert weights.url.endswith(entry.source.file)
            assert f"-{entry.digits}" in entry.source.file
    assert library.entry("resnet50").trained.weights == "IMAGENET1K_V2"
    assert library.entry("resnet50") is library.entry("resnet50:IMAGENET1K_V2")
    assert library.entry("resnet50:IMAGENET1K_V1").card.title == "ResNet-50 (V1)"
    found = 9 + sum(len(get_model_weights(name)) for name in torchvision_detectors.NAMES)
    assert len(library.ENTRIES) == found + sum(len(get_model_weights(name)) for name in ARCHITECTURES)


def test_cards(cache: Path) -> None:
    cards = {card.name: card for card in library.cards()}
    assert cards["resnet50"].right == 80.858
    assert cards["resnet50"].parameters == 25_557_032
    assert cards["resnet50"].host == "download.pytorch.org"
    assert cards["resnet50"].sha256 == "11ad3fa6"
    assert "https://download.pytorch.org/models/resnet50-11ad3fa6.pth" in cards["resnet50"].source
    assert {card.kind for card in cards.values()} == {"bundled", "wheel", "url"}
    assert [card.name for card in cards.values() if card.installed] == ["lenet5", "face-detector"]
    assert all(len(card.sha256) == 64 for card in cards.values() if "pytorch.org" not in card.host)
    restricted = {card.name for card in cards.values() if card.restriction}
    assert len(restricted) == 12
    assert all(name.startswith(("regnet_y", "vit_")) for name in restricted)
    assert all("CC-BY-NC-4.0" in cards[name].licence and "Instagram" in cards[name].trained_on for name in restricted)
    assert len({card.title for card in cards.values()}) == len(cards)


@pytest.mark.parametrize("scaling", ["bilinear", "bicubic"])
def test_pictures_are_prepared_as_torchvision_does(scaling: str) -> None:
    """One of each size that torchvision's networks take; GoogLeNet and Inception change theirs in the module."""
    seen = set()
    for entry in library.ENTRIES.values():
        if not isinstance(entry.trained, Torchvision) or entry.recipe.scaling != scaling:
            continue
        kind = (entry.recipe, entry.trained.side)
        if kind in seen or entry.trained.side > 400:
            continue
        seen.add(kind)
        weights = get_model_weights(entry.trained.architecture)[entry.trained.weights]
        expected = weights.transforms()(Image.fromarray(NOISE)).numpy()
        if entry.trained.architecture in ("googlenet", "inception_v3"):
            module = random_module(entry.trained.architecture, transform_input=True, init_weights=False)
            expected = module._transform_input(torch.from_numpy(expected).unsqueeze(0))[0].numpy()
        ours = to_input(NOISE, entry.recipe, (3, entry.trained.side, entry.trained.side))
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=2e-6, err_msg=entry.card.name)
    assert len(seen) >= 5


# What becomes of a file


def test_by_address_the_real_file_opens_as_from_the_wheel(
    web: Web, real_cache: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (real_cache / "models" / library.entry("mobilenet_v2").source.file).read_bytes()
    entry = served(web, "mobilenet_v2", data, monkeypatch)
    project = the_project(library.open_model("mobilenet_v2"))
    assert project.weights == "f06dd918aa42cfca892ca58934c292c67f663de25ea0a6c7b62b6ae87f8ac22d"
    assert project.recipe.labels[372] == "baboon"
    card = next(card for card in library.cards() if card.name == "mobilenet_v2")
    assert card.installed
    assert card.sha256 == "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"
    web.asked.clear()
    assert the_project(library.open_model("mobilenet_v2")) == project
    for file in cache.glob("models/*.json"):
        file.unlink()
    assert the_project(library.open_model("mobilenet_v2")) == project
    assert web.asked == []
    changed = bytearray(data)
    changed[5_000_000] ^= 1
    entry.file.write_bytes(changed)
    for file in cache.glob("models/*.json"):
        file.unlink()
    assert the_project(library.open_model("mobilenet_v2")) == project
    assert len(web.asked) == 1, "a changed file is fetched again, not loaded"


def test_a_file_that_was_put_there_by_hand(cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = served(web, "squeezenet1_1", saved(random_module("squeezenet1_1").state_dict()), monkeypatch)
    entry.file.write_bytes(web.content)
    assert the_project(library.open_model("squeezenet1_1")).title == "SqueezeNet 1.1"
    assert web.asked == []
    assert entry.source.sha256(cache / "models") == hashlib.sha256(web.content).hexdigest()


def test_of_eight_digits_the_whole_is_written_down_and_decides(
    cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torchvision names eight digits: the first download is checked against them, and each loading against all 64."""
    entry = served(web, "squeezenet1_1", saved(random_module("squeezenet1_1").state_dict()), monkeypatch)
    whole, good = hashlib.sha256(web.content).hexdigest(), web.content
    assert next(card for card in library.cards() if card.name == "squeezenet1_1").sha256 == whole[:8]
    web.content = good[:-1] + bytes([good[-1] ^ 1])
    with pytest.raises(DownloadError, match="is not what it should be"):
        the_project(library.open_model("squeezenet1_1"))
    assert not [file for file in cache.rglob("*") if file.is_file()]
    web.content = good
    project = the_project(library.open_model("squeezenet1_1"))
    assert entry.file.with_name(entry.file.name + ".sha256").read_text().strip() == whole
    assert next(card for card in library.cards() if card.name == "squeezenet1_1").sha256 == whole
    for file in cache.glob("models/*.json"):  # so that the file itself is read again
        file.unlink()
    entry.file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    web.fault = "503"
    with monkeypatch.context() as patched:
        patched.setattr(torch, "load", lambda *_, **__: pytest.fail("changed bytes were loaded"))
        with pytest.raises(DownloadError):
            the_project(library.open_model("squeezenet1_1"))
    web.fault = ""
    assert the_project(library.open_model("squeezenet1_1")) == project
    record = entry.file.with_name(entry.file.name + ".sha256")
    record.write_text(whole[:8] + "0" * 56 + "\n")  # as if other bytes with the same eight digits had come first
    for file in cache.glob("models/*.json"):
        file.unlink()
    with pytest.raises(DownloadError, match="is not what it should be"):
        the_project(library.open_model("squeezenet1_1"))


@pytest.mark.parametrize("name", ["densenet121", "googlenet", "mnasnet0_5", "efficientnet_b0"])
def test_files_in_their_published_form(name: str, cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """DenseNet's numbers have old names and no counters, GoogLeNet's file has side branches."""
    module = random_module(name, **BUILT_WITH.get(name, {}))
    state = module.state_dict()
    if name == "densenet121":
        old = ((re.sub(r"(denselayer\d+\.(?:norm|conv))([12])", r"\1.\2", key), value) for key, value in state.items())
        state = OrderedDict((key, value) for key, value in old if "num_batches_tracked" not in key)
        assert "features.denseblock1.denselayer1.norm.1.weight" in state
    served(web, name, saved(state), monkeypatch)
    project = the_project(library.open_model(name))
    if name == "googlenet":
        assert {id for id, users in project.network.users.items() if not users} == {"aux1.fc2", "aux2.fc2", "fc"}
        module.transform_input = True
    weights = get_model_weights(name).DEFAULT
    with torch.inference_mode():
        expected = module(weights.transforms()(Image.fromarray(NOISE)).unsqueeze(0))
    assert greatest_difference(project, expected, NOISE) < 1e-4
    assert project.recipe.labels == tuple(weights.meta["categories"])


def test_features_without_a_classifier(cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """VGG-16's second weights have none: the file's numbers for it are not numbers."""
    with torch.device("meta"):
        state = get_model("vgg16", weights=None).state_dict()
    state = {name: torch.zeros(1).expand(tensor.shape) for name, tensor in state.items()}  # stored as one number
    served(web, "vgg16:IMAGENET1K_FEATURES", saved(state), monkeypatch)
    entry = library.entry("vgg16:IMAGENET1K_FEATURES")
    network, values, labels = entry.trained.read(web.content)
    assert list(network.nodes)[-1] == "features.30"
    assert all(name.startswith("features.") for name in values)
    assert totals(analyse(network)).parameters == entry.card.parameters
    assert labels == ()


@pytest.mark.parametrize("name", ["vit_b_16", "vit_b_16:IMAGENET1K_SWAG_E2E_V1"])
def test_places_are_embedded_for_the_pictures_it_was_trained_on(name: str) -> None:
    entry = library.entry(name)
    with torch.device("meta"):
        state = get_model("vit_b_16", weights=None, image_size=entry.trained.side).state_dict()
    state = {name: torch.zeros(1).expand(tensor.shape) for name, tensor in state.items()}  # stored as one number
    network, values, _ = entry.trained.read(saved(state))
    assert network.nodes["input"].layer.height == {"vit_b_16": 224}.get(name, 384)
    assert totals(analyse(network)).parameters == entry.card.parameters == sum(v.size for v in values.values())


@pytest.mark.parametrize("state", [{}, [1, 2], {"features.0.weight": torch.zeros(3)}])
def test_another_file_of_the_right_name(state: object, cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    served(web, "squeezenet1_1", saved(state), monkeypatch)
    with pytest.raises(ValueError, match="The file of squeezenet1_1 does not hold its numbers"):
        the_project(library.open_model("squeezenet1_1"))


def test_no_memory(cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    served(web, "squeezenet1_1", saved(random_module("squeezenet1_1").state_dict()), monkeypatch)
    monkeypatch.setattr(library, "MEMORY", 100_000)
    with pytest.raises(library.LibraryError, match=r"takes .* GB of memory, and .* are free: close"):
        the_project(library.open_model("squeezenet1_1"))


def test_a_licence_that_forbids_something_is_accepted_first(
    cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "regnet_y_16gf:IMAGENET1K_SWAG_LINEAR_V1"
    served(web, name, b"not asked for", monkeypatch)
    with pytest.raises(library.LibraryError, match=r"CC-BY-NC-4.0 \(SWAG\), not for commercial use: accept that first"):
        the_project(library.open_model(name))
    with pytest.raises(library.LibraryError, match="accept"):
        list(library.get(name))
    assert web.asked == []
    list(library.get(name, accepted=True))
    assert len(web.asked) == 1
    list(library.get(name))  # it is here: nothing is fetched


def test_edges_are_tensorflow_s(real_cache: Path, assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every side output and the fused map against the package's own network in TensorFlow."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(real_cache))
    project = the_project(library.open_model("hed"))
    assert totals(analyse(project.network)).parameters == library.entry("hed").card.parameters
    with np.load(assets / "reference" / "hed_tf_ref.npz", allow_pickle=False) as reference:
        picture = reference["img"]
        expected = {key: reference[key][0, :, :, 0] for key in reference.files if key != "img"}
    height, width, _ = picture.shape
    network = project.network.with_settings("input", height=height, width=width)
    x = torch.from_numpy(to_input(picture, project.recipe, (3, height, width))).unsqueeze(0)
    program = Program(network, tensors.read(project.weights))
    names = {"side1": "side1", **{f"side{n}": f"up{n}" for n in range(2, 6)}, "fused": "edges"}
    values = program.values(x, list(names.values()))
    for key, id in names.items():
        np.testing.assert_allclose(values[id][0, 0].numpy(), expected[key], rtol=1e-4, atol=3e-5, err_msg=key)
    assert program.output == "edges"
    assert program.ends == ("edges1", "edges2", "edges3", "edges4", "edges5", "edges")
    ends = program.values(x, program.ends)
    for number in range(1, 6):
        np.testing.assert_allclose(
            ends[f"edges{number}"][0, 0].numpy(), 1 / (1 + np.exp(-expected[f"side{number}"])), atol=3e-5
        )
    assert program.untrained(program.ends) == ()
    trunk = the_project(library.open_model("vgg16_trunk"))
    assert totals(analyse(trunk.network)).parameters == library.entry("vgg16_trunk").card.parameters
    assert list(trunk.network.nodes)[-1] == "features.29"
    ours, theirs = tensors.read(trunk.weights), tensors.read(project.weights)
    assert all((ours[name] == theirs[name]).all() for name in ours)


def test_our_lenet_reads_digits(cache: Path, assets: Path) -> None:
    """The thousand last digits of the file, most of which it was trained on, as dark ink on bright paper."""
    project = the_project(library.open_model("lenet5"))
    assert totals(analyse(project.network)).parameters == library.entry("lenet5").card.parameters
    with np.load(assets / "mnist10k.npz", allow_pickle=False) as file:
        pictures, labels = 255 - file["x"][-1000:], file["y"][-1000:]
    x = np.stack([to_input(np.repeat(p[..., None], 3, 2), project.recipe, (1, 32, 32)) for p in pictures])
    guesses = Program(project.network, tensors.read(project.weights)).run(torch.from_numpy(x))[0].argmax(1).numpy()
    assert (guesses == labels).mean() > 0.985
    card = json.loads((resources() / "models" / "lenet5.json").read_text("utf-8"))
    assert min(card["test"]["right on dark ground"], card["test"]["right on bright ground"]) >= 0.98


def test_the_face_detector_is_what_its_tool_makes(cache: Path) -> None:
    project = the_project(library.open_model("face-detector"))
    card = library.entry("face-detector").card
    assert totals(analyse(project.network)).parameters == card.parameters == 193_321
    head = project.network.nodes["boxes"].layer
    assert [(round(w / 32, 6), round(h / 32, 6)) for w, h in head.anchors] == list(faces.ANCHORS)
    assert (resources() / "models" / "face-detector.LICENSE.txt").read_text().startswith("MIT License")
    for name, value in tensors.read(project.weights).items():  # they were bytes: 256 values at most, evenly apart
        steps = np.unique(np.asarray(value, np.float64))
        assert len(steps) <= 256, name
        gaps = np.diff(steps)
        assert np.allclose(gaps / gaps.min(), np.rint(gaps / gaps.min()), atol=0.01), name


def test_what_comes_with_the_program_is_checked_too(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(resources() / "models", tmp_path / "resources" / "models")
    monkeypatch.setattr("explorer.engine.sources.resources", lambda: tmp_path / "resources")
    file = tmp_path / "resources" / "models" / "lenet5.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(ValueError, match="is damaged or gone: install the program again"):
        the_project(library.open_model("lenet5"))


def test_remove(cache: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    served(web, "squeezenet1_1", saved(random_module("squeezenet1_1").state_dict()), monkeypatch)
    project = the_project(library.open_model("squeezenet1_1"))
    size = library.entry("squeezenet1_1").file.stat().st_size
    assert library.remove("squeezenet1_1", in_use=[project.weights]) > size
    assert list((cache / "models").iterdir()) == []
    assert tensors.path(project.weights)
    the_project(library.open_model("squeezenet1_1"))
    assert library.remove("squeezenet1_1") > 2 * size * 0.9
    assert list(cache.glob("*/*")) == []
    assert library.remove("squeezenet1_1") == 0
    web.fault = "cut"
    with pytest.raises(ValueError, match="goes on from"):
        list(library.get("squeezenet1_1"))
    assert next(card for card in library.cards() if card.name == "squeezenet1_1").begun > 0
    assert library.remove("squeezenet1_1") > 0
    assert list(cache.glob("*/*")) == []
    with pytest.raises(library.LibraryError, match="comes with the program"):
        library.remove("lenet5")


# A detector: two files


@pytest.fixture
def detector(web: Web, assets: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """YOLO-Fastest with its two files on our server, as large and with the digits they have in the web."""
    entry = library.entry("yolo-fastest-1.1")
    web.files = {source.file: (assets / source.file).read_bytes() for source in entry.sources}
    source, *beside = (replace(source, url=web.url(source.file)) for source in entry.sources)
    monkeypatch.setitem(library.ENTRIES, entry.card.name, replace(entry, source=source, beside=tuple(beside)))
    return library.entry(entry.card.name)


@pytest.mark.parametrize("name", ["yolo-fastest-1.1", "yolo-fastest-1.1-xl"])
def test_what_is_said_of_a_detector_s_files_is_so(name: str, assets: Path) -> None:
    entry = library.entry(name)
    datas = [(assets / source.file).read_bytes() for source in entry.sources]
    assert [hashlib.sha256(data).hexdigest() for data in datas] == [source.digits for source in entry.sources]
    assert [len(data) for data in datas] == [source.size for source in entry.sources]
    network, values, labels = entry.trained.read(*datas)
    assert totals(analyse(network)).parameters == entry.card.parameters
    assert labels[16] == "dog"
    *_, opened = open_file(assets / f"{name}.cfg")
    assert network == opened.network
    assert replace(entry.recipe, labels=opened.recipe.labels) == opened.recipe, "coco.names beside it has other words"
    ours = tensors.read(opened.weights)
    assert values.keys() == ours.keys()
    assert all((values[key] == ours[key]).all() for key in ours)
    with pytest.raises(ReadingError, match=r"do not belong together: it has .* numbers its \.cfg asks for"):
        entry.trained.read(datas[0][:-4], datas[1])


def test_a_detector_is_fetched_and_finds_a_dog(detector: Entry, web: Web, assets: Path, capsys, monkeypatch) -> None:
    words = ["detect", "yolo-fastest-1.1", str(assets / "images" / "dog.jpg"), "--json"]
    web.fault = "cut"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "1.4 MB from 127.0.0.1" in said
    assert "Public domain" in said
    assert detector.source.digits in said, "all of it is told before anything is fetched"
    assert "goes on from the" in said
    assert 0 < next(card for card in library.cards() if card.name == "yolo-fastest-1.1").begun < 1_384_268
    web.fault = ""
    assert main(words) == 0
    assert {one["label"] for one in json.loads(capsys.readouterr().out)["detections"]} >= {"dog", "bicycle"}
    (weights, span), (text, _) = web.asked[-2:]
    assert (weights, text) == ("/models/yolo-fastest-1.1.weights", "/models/yolo-fastest-1.1.cfg")
    assert span.startswith("bytes="), "it went on where it was cut"
    card = next(card for card in library.cards() if card.name == "yolo-fastest-1.1")
    assert card.installed
    assert card.beside == (("yolo-fastest-1.1.cfg", detector.beside[0].digits),)
    assert library.remove("yolo-fastest-1.1") > card.size
    assert [file.name for file in (detector.file.parent).iterdir()] == []


def test_of_two_files_only_the_changed_one_is_fetched_again(detector: Entry, web: Web, cache: Path) -> None:
    project = the_project(library.open_model("yolo-fastest-1.1"))
    web.asked.clear()
    detector.files[1].write_bytes(web.files["yolo-fastest-1.1.cfg"].replace(b"320", b"416"))
    for file in cache.glob("models/*.json"):
        file.unlink()
    assert the_project(library.open_model("yolo-fastest-1.1")) == project
    assert [path for path, _ in web.asked] == ["/models/yolo-fastest-1.1.cfg"]
