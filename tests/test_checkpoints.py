"""Weights become the network they belong to, compute what it computed, and what did not fit is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision import models

from explorer.engine.checkpoints import load_weights
from explorer.engine.opening import READERS, open_file
from explorer.engine.probes import predict
from explorer.engine.program import Program
from explorer.engine.questions import PictureFile, Predict
from explorer.formats import tensors
from explorer.formats.checkpoint.reading import CheckpointError
from explorer.layers.dense import Input
from explorer.layers.norms import Scale
from explorer.maths.weight_records import Broken, Differing, WeightReport
from explorer.network.analysis import analyse, faulty, totals
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.real_model import real_cache, real_model  # noqa: F401

State = dict[str, Tensor]


def opened(steps) -> tuple[Project, WeightReport]:
    """What opening a file gives."""
    found = list(steps)
    (report,) = (step for step in found if isinstance(step, WeightReport))
    assert isinstance(found[-1], Project)
    return found[-1], report


def saved(path: Path, value: object) -> Path:
    torch.save(value, path)
    return path


def output(project: Project, x: Tensor, end: str = "") -> Tensor:
    program = Program(project.network, tensors.read(project.weights))
    return program.values(x, [end or program.output])[end or program.output]


def mobilenet(real_model: Path) -> State:  # noqa: F811
    (path,) = (real_model / "models").glob("mobilenet*.pth")
    return torch.load(path, weights_only=True)


def test_the_bare_file_gives_the_reference_guesses(real_model: Path, assets: Path) -> None:  # noqa: F811
    (path,) = (real_model / "models").glob("mobilenet*.pth")
    project, report = opened(open_file(path))
    assert (project.title, report.whole, len(report.matched)) == ("MobileNetV2", True, 262)
    reference = json.loads((assets / "reference" / "mobilenet_v2_top5.json").read_text())["images"]
    for name in ("baboon.jpg", "eagle.jpg"):
        *_, found = predict(Predict(project, PictureFile(str(assets / "images" / name))))
        assert [guess.index for guess in found.top] == [guess["index"] for guess in reference[name]]
        assert [guess.label for guess in found.top] == [guess["class"] for guess in reference[name]]
        assert found.top[0].probability == pytest.approx(reference[name][0]["prob"], abs=1e-3)


CHANGES: dict[str, Callable[[State], object]] = {
    "same": lambda state: state,
    "prefixed": lambda state: {f"module.{name}": t for name, t in state.items()},
    "lightning": lambda state: {
        "state_dict": {f"model.net.{n}": t for n, t in state.items()},
        "epoch": 3,
        "hparams": {},
    },
    "halved": lambda state: {name: t.half() if t.is_floating_point() else t for name, t in state.items()},
    "no counters": lambda state: {name: t for name, t in state.items() if not name.endswith("num_batches_tracked")},
    "compiled, averaged": lambda state: {"epoch": 1, "model_ema": {f"_orig_mod.{n}": t for n, t in state.items()}},
    "other names": lambda state: {f"part{i:03}.{n.rpartition('.')[2]}": t for i, (n, t) in enumerate(state.items())},
}


@pytest.mark.parametrize("change", CHANGES)
def test_mobilenet_in_any_dress_computes_the_same(real_model: Path, tmp_path: Path, change: str) -> None:  # noqa: F811
    state = mobilenet(real_model)
    module = models.mobilenet_v2(weights=None).eval()
    module.load_state_dict(state)
    project, report = opened(open_file(saved(tmp_path / "net.pt", CHANGES[change](state))))
    assert report.whole
    x = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = module(x)
    assert torch.allclose(output(project, x), wanted, rtol=0, atol=0.05 if change == "halved" else 1e-4)
    assert project.recipe.mean == (0.485, 0.456, 0.406)
    assert not project.recipe.labels  # which thousand classes they are nobody says


def test_safetensors_are_recognised_too(real_model: Path, tmp_path: Path) -> None:  # noqa: F811
    save_file(mobilenet(real_model), tmp_path / "net.safetensors", {"format": "pt"})
    project, report = opened(open_file(tmp_path / "net.safetensors"))
    assert (project.title, report.whole) == ("MobileNetV2", True)


def replaced(module: nn.Module, path: str, by: nn.Module) -> nn.Module:
    *above, name = path.split(".")
    setattr(module.get_submodule(".".join(above)), name, by)
    return module


def grey(module: nn.Module) -> nn.Module:
    return replaced(module, "conv1", nn.Conv2d(1, 64, 7, 2, 3, bias=False))


class Split(nn.Module):
    """As OpenMMLab's and many people's own classifiers are."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = replaced(models.resnet18(), "fc", nn.Identity())
        self.head = nn.ModuleDict({"fc": nn.Linear(512, 7)})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.head["fc"](self.backbone(x))
        return found


EDITED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "3 classes": (lambda: models.resnet18(num_classes=3), "ResNet-18, 3 classes"),
    "grey": (lambda: grey(models.resnet18()), "ResNet-18, 1 input channel"),
    "behind dropout": (
        lambda: replaced(models.resnet18(), "fc", nn.Sequential(nn.Dropout(), nn.Linear(512, 7))),
        "ResNet-18, 7 classes",
    ),
    "two layers": (
        lambda: replaced(models.resnet18(), "fc", nn.Sequential(nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 7))),
        "ResNet-18, 7 classes",
    ),
    "a shorter end": (
        lambda: replaced(
            models.vgg11_bn(), "classifier",
            nn.Sequential(nn.Linear(25088, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 2)),
        ), "VGG-11 with batch normalisation, 2 classes",
    ),
    "a head beside its backbone": (Split, "ResNet-18, 7 classes"),
    "narrow": (lambda: models.mobilenet_v2(width_mult=0.5), "MobileNetV2, other widths"),
    "half as wide": (
        lambda: models.ResNet(models.resnet.Bottleneck, [3, 4, 6, 3], width_per_group=32), "ResNet-50, other widths"
    ),
    "a classifier by convolution": (lambda: models.squeezenet1_1(num_classes=9), "SqueezeNet 1.1, 9 classes"),
    "traced": (lambda: models.mnasnet0_5(num_classes=4), "mnasnet0_5, 4 classes"),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITED)
def test_edited_networks_compute_what_they_did(tmp_path: Path, case: str) -> None:
    build, title = EDITED[case]
    torch.manual_seed(0)
    module = build().eval()
    project, report = opened(open_file(saved(tmp_path / "net.pt", {"model": module.state_dict()})))
    assert (project.title, report.whole) == (title, True)
    facts = analyse(project.network)
    assert totals(facts).parameters == sum(p.numel() for p in module.parameters())
    x = torch.rand(1, *facts["input"].shape)
    with torch.no_grad():
        wanted = module(x)
    assert torch.allclose(output(project, x), wanted, rtol=1e-4, atol=1e-4 * float(wanted.abs().max()))


def test_a_backbone_alone(tmp_path: Path) -> None:
    state = {f"backbone.{n}": t for n, t in models.resnet18().state_dict().items() if not n.startswith("fc.")}
    state |= {"neck.weight": torch.zeros(8, 512, 1, 1), "neck.bias": torch.zeros(8)}
    project, report = opened(open_file(saved(tmp_path / "net.pt", state)))
    assert project.title == "ResNet-18"
    assert (report.missing, report.left_over) == (("fc.weight", "fc.bias"), ("neck.weight", "neck.bias"))
    said = " Its last layers are not in the file: they have random weights. How a picture was prepared for it is not "
    assert project.origin.endswith(f"{said}in the file: it is fed as those of ImageNet usually are.")


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    state = models.resnet18().state_dict()
    del state["layer1.0.bn1.running_mean"]
    state["layer4.1.conv2.weight"] = torch.zeros(512, 512, 5, 3)
    state["layer1.0.conv1.weight"][3, 2] = float("nan")
    state["layer1.0.conv1.weight"][4, 2, 1] = -float("inf")
    state["extra"] = torch.zeros(3)
    project, report = opened(open_file(saved(tmp_path / "net.pt", state)))
    assert report.missing == ("layer1.0.bn1.running_mean",)
    assert report.left_over == ("extra",)
    assert report.differing == ()  # a convolution may have any window
    assert report.broken == (Broken("layer1.0.conv1.weight", 9, 3),)
    assert not report.whole
    assert dict(report.types) == {"float32": 102, "int64": 20}
    assert project.network.nodes["layer4.1.conv2"].layer.kernel == (5, 3)


def test_an_unknown_network_is_a_guess(tmp_path: Path) -> None:
    module = nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 16, 3, groups=2),
        nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(16 * 49, 32), nn.Linear(32, 10),
    )  # fmt: skip
    project, report = opened(open_file(saved(tmp_path / "mine.pt", module.state_dict())))
    assert project.title == "mine (a guess)"
    assert "guessed from their shapes" in project.origin
    kinds = [node.layer.kind for node in project.network.nodes.values()]
    assert kinds == [
        "Input",
        "Conv2d",
        "BatchNorm2d",
        "Conv2d",
        "Conv2d",
        "AdaptiveAvgPool2d",
        "Flatten",
        "Linear",
        "Linear",
    ]
    assert report.whole
    assert not faulty(analyse(project.network))
    assert totals(analyse(project.network)).parameters == sum(p.numel() for p in module.parameters())
    assert project.network.nodes["4"].layer.groups == 2


def test_a_guess_where_layers_fit_nowhere(tmp_path: Path) -> None:
    state = {"a.weight": torch.zeros(4, 3, 3, 3), "b.weight": torch.zeros(7, 5, 3, 3), "c.weight": torch.zeros(2, 999)}
    state |= {
        "embedding": torch.zeros(5, 5, 5),
        "d.weight": torch.zeros(0, 4, 3, 3),
        "e.weight": torch.zeros(70_000, 7, 1, 1),
    }
    project, report = opened(open_file(saved(tmp_path / "odd.pt", state)))
    assert list(project.network.nodes) == ["input", "a", "b", "c"]
    assert project.network.nodes["b"].inputs == project.network.nodes["c"].inputs == ()
    assert set(report.left_over) >= {"embedding", "d.weight", "e.weight"}


@pytest.mark.parametrize("sizes", [(784, 100, 10), (30, 5)])
def test_a_guess_of_fully_connected_layers(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    module = nn.Sequential(*map(nn.Linear, sizes, sizes[1:]))
    project, report = opened(open_file(saved(tmp_path / "mlp.pt", module.state_dict())))
    assert report.whole
    assert not faulty(analyse(project.network))


def test_nothing_to_guess_from(tmp_path: Path) -> None:
    for state in ({"steps": torch.tensor(3)}, {"a": torch.zeros(3)}):
        with pytest.raises(CheckpointError, match=r"^“nothing” h"):
            list(open_file(saved(tmp_path / "nothing", state)))


# Onto a network that is there


def test_weights_are_loaded_partly_onto_an_edited_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    first, second = models.resnet18(), models.resnet18()
    project, _ = opened(open_file(saved(tmp_path / "first.pt", first.state_dict())))
    edited = project.rewired(
        project.network.with_settings("fc", features=5).with_settings("layer2.0.conv1", kernel=1, padding=0)
    )
    state = {f"module.{n}": t for n, t in second.state_dict().items() if "layer1" not in n}
    loaded, report = opened(load_weights(edited, saved(tmp_path / "second.pt", state)))
    assert loaded.network == edited.network
    assert report.differing == (
        Differing("layer2.0.conv1.weight", (128, 64, 1, 1), (128, 64, 3, 3)),
        Differing("fc.weight", (5, 512), (1000, 512)),
        Differing("fc.bias", (5,), (1000,)),
    )
    values = tensors.read(loaded.weights)
    assert np.array_equal(values["conv1.weight"], second.conv1.weight.detach().numpy())
    assert np.array_equal(values["layer1.0.conv1.weight"], first.layer1[0].conv1.weight.detach().numpy())
    assert values["fc.weight"].shape == (1000, 512)  # kept: they fit again when the edit is undone
    with pytest.raises(CheckpointError, match="none has the name and the shape"):
        list(load_weights(edited, saved(tmp_path / "other.pt", {"a.weight": torch.zeros(3, 3)})))


def test_a_scale_is_one_tensor_of_a_module(tmp_path: Path) -> None:
    """torchvision's ConvNeXt keeps it as C×1×1, and under no name of its own."""
    nodes = Node("input", Input(3, 4, 4)), Node("block.layer_scale", Scale(), ("input",))
    project = Project(Network({node.id: node for node in nodes}))
    file = saved(tmp_path / "scale.pt", {"block.layer_scale": torch.arange(3.0).reshape(3, 1, 1)})
    loaded, report = opened(load_weights(project, file))
    assert report.whole
    assert tensors.read(loaded.weights)["block.layer_scale.weight"].tolist() == [0, 1, 2]


def test_a_reader_is_chosen_by_content_and_by_name(tmp_path: Path) -> None:
    state = models.squeezenet1_1().state_dict()
    save_file(state, tmp_path / "net.pt")  # safetensors under another name
    assert opened(open_file(tmp_path / "net.pt"))[0].title == "SqueezeNet 1.1"
    torch.save(state, tmp_path / "net")
    assert opened(open_file(tmp_path / "net"))[0].title == "SqueezeNet 1.1"
    assert len({ending for reader in READERS for ending in reader.endings}) == sum(len(r.endings) for r in READERS)


@pytest.mark.parametrize("name", ["inception_v3", "googlenet"])
def test_saved_without_side_branches(name: str, tmp_path: Path) -> None:
    """As people save what they only run: nothing is missing, for the branches are not there."""
    whole = models.get_model(name, weights=None, init_weights=False).state_dict()
    state = {weight: value for weight, value in whole.items() if not weight.lower().startswith("aux")}
    project, report = opened(open_file(saved(tmp_path / "net.pt", state)))
    assert report.whole
    assert not any(id.lower().startswith("aux") for id in project.network.nodes)
    assert [id for id in project.network.nodes if not project.network.users[id]] == ["fc"]
