"""Programs of torch.export (.pt2): the same layers as read from the module itself, and what torch computes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import VisionTransformer

from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine.trace import trace, weights
from explorer.formats import tensors
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse, totals
from tests.exported_side import apart, opened, saved
from tests.families import families
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.test_outputs import filled

NAMES = (
    "resnet18", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "densenet121", "shufflenet_v2_x0_5",
    "googlenet", "convnext_tiny", "swin_t", "maxvit_t", "vit_b_32",
)  # fmt: skip
FIXED = ("swin_t", "maxvit_t", "vit_b_32")


@pytest.mark.parametrize("name", families(NAMES, {"mobilenet_v3_small"}))
def test_a_network_is_read_as_the_module_itself(name: str, tmp_path: Path) -> None:
    module = filled(name)
    if name == "googlenet":
        module.aux1 = module.aux2 = None
    side = 224 if name in FIXED else 64
    project = opened(saved(module, tmp_path / "a.pt2", side=side))
    own = trace(module, (3, side, side))
    if name not in FIXED:  # their views of tokens have other names
        assert dict(project.network.nodes) == dict(own.nodes)
        stored = tensors.read(project.weights)
        assert stored.keys() == weights(module, own).keys()
    assert totals(analyse(project.network)).parameters == sum(p.numel() for p in module.parameters())
    assert apart(project, module) < 1e-5


@pytest.mark.parametrize("name", families(("resnet18", "mobilenet_v2", "vit_b_32", "convnext_tiny"), {"resnet18"}))
def test_core_operations_are_put_together_again(name: str, tmp_path: Path) -> None:
    module = filled(name)
    side = 224 if name in FIXED else 64
    project = opened(saved(module, tmp_path / "a.pt2", side=side, core=True))
    kinds = Counter(node.layer.kind for node in project.network.nodes.values())
    own = Counter(node.layer.kind for node in trace(module, (3, side, side)).nodes.values())
    assert totals(analyse(project.network)).parameters == sum(p.numel() for p in module.parameters())
    assert [kinds[kind] for kind in ("Conv2d", "Linear", "BatchNorm2d", "LayerNorm", "ReLU", "ReLU6", "Add")] == [
        own[kind] for kind in ("Conv2d", "Linear", "BatchNorm2d", "LayerNorm", "ReLU", "ReLU6", "Add")
    ]
    assert apart(project, module) < 1e-5


@pytest.mark.parametrize("core", [False, True])
def test_attention_stays_whole(core: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=5)
    nn.init.normal_(module.heads.head.weight)
    project = opened(saved(module, tmp_path / "small.pt2", core=core))
    nodes = project.network.nodes
    attention = [id for id, node in nodes.items() if node.layer.kind == "Opaque" and "attention" in id]
    assert attention == [f"encoder.layers.encoder_layer_{n}.self_attention" for n in (0, 1)]
    assert nodes[attention[0]].layer == nodes[attention[1]].layer
    assert nodes[attention[0]].layer.name == "MultiheadAttention"
    assert nodes["encoder.layers.encoder_layer_1.mlp.0"].layer.kind == "Linear"
    assert totals(analyse(project.network)).parameters == sum(p.numel() for p in module.parameters())
    assert apart(project, module) < 1e-5


def test_mobilenet_s_real_weights(real_model, tmp_path: Path, assets: Path, capsys) -> None:  # noqa: F811
    from torchvision.models import mobilenet_v2

    module = mobilenet_v2()
    module.load_state_dict(torch.load(library.entry("mobilenet_v2").file, weights_only=True))
    path = saved(module, tmp_path / "mobile.pt2", side=224)
    project = opened(path)
    assert apart(project, module) < 1e-5
    assert main(["facts", str(path)]) == 0
    assert "3,504,872" in capsys.readouterr().out
    assert main(["run", str(path), str(assets / "images" / "dog.jpg")]) == 0
    assert "class 2" in capsys.readouterr().out  # dogs are 151 to 268


class Odd(nn.Module):
    """Writes over values, scales by tensors of its own, transposes, and gives two results."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.up = nn.Conv2d(3, 4, 3, padding="same"), nn.ConvTranspose2d(4, 6, 2, 2, groups=2)
        self.group, self.act = nn.GroupNorm(2, 6), nn.PReLU(6)
        self.scale = nn.Parameter(torch.rand(6, 1, 1))
        self.register_buffer("table", torch.rand(6, 1, 1))
        self.fixed = torch.tensor([0.5])

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        y = self.conv(x)
        z = y + 1
        y.relu_()
        y += z
        y = self.act(self.group(self.up(y))) * self.scale
        y = F.interpolate(F.avg_pool2d(y + self.table, 2), scale_factor=2.0) * self.fixed
        return {"out": F.softmax(y.mean((2, 3)), 1), "map": F.leaky_relu(y, 0.2).clamp(0, 3)}


def test_what_is_written_over_is_followed(tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = Odd()
    project = opened(saved(module, tmp_path / "odd.pt2"))
    kinds = {id: node.layer.kind for id, node in project.network.nodes.items()}
    assert (kinds["conv"], kinds["up"], kinds["group"], kinds["act"]) == (
        "Conv2d", "ConvTranspose2d", "GroupNorm", "PReLU",
    )  # fmt: skip
    assert project.network.nodes[project.main].layer.kind == "Softmax"
    assert kinds["scale"] == "Scale"

    class First(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return module(x)["out"]

    assert apart(project, First()) < 1e-5


class Overwriting(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(x)
        y[:, 1].mul_(2.0)
        return y


def test_a_part_that_is_written_over_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="writes over a part of a value that it goes on using"):
        opened(saved(Overwriting(), tmp_path / "over.pt2"))


def test_a_number_of_pictures_that_was_left_open(tmp_path: Path) -> None:
    module = filled("shufflenet_v2_x0_5")
    many = {"x": {0: torch.export.Dim("pictures", max=8)}}
    project = opened(saved(module, tmp_path / "open.pt2", side=64, batch=2, dynamic_shapes=many))
    assert dict(project.network.nodes) == dict(trace(module, (3, 64, 64)).nodes)
    assert apart(project, module) < 1e-5


def test_training_is_refused(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    program = torch.export.export(module.train(), (torch.rand(2, 3, 8, 8),))
    torch.export.save(program, tmp_path / "train.pt2")
    with pytest.raises(Refusal, match="as in training: in Python, call eval"):
        opened(tmp_path / "train.pt2")


def test_other_inputs_are_refused(tmp_path: Path) -> None:
    program = torch.export.export(nn.Linear(4, 2), (torch.rand(1, 4),))
    torch.export.save(program, tmp_path / "vector.pt2")
    with pytest.raises(Refusal, match="takes no picture"):
        opened(tmp_path / "vector.pt2")

    class Two(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return x + y

    program = torch.export.export(Two(), (torch.rand(1, 3, 4, 4), torch.rand(1, 3, 4, 4)))
    torch.export.save(program, tmp_path / "two.pt2")
    with pytest.raises(Refusal, match="has a second input, y"):
        opened(tmp_path / "two.pt2")


def test_numbers_of_other_types_and_shared_ones(tmp_path: Path) -> None:
    """A tensor of half precision is read as float32; two that share their numbers are two."""

    class Half(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 1)
            self.register_buffer("low", torch.rand(4, 1, 1).to(torch.bfloat16))
            both = torch.rand(8, 1, 1)
            self.register_buffer("one", both[:4])
            self.register_buffer("two", both[4:])

        def forward(self, x: Tensor) -> Tensor:
            return (self.conv(x) * self.low.float() + self.one) * self.two

    torch.manual_seed(0)
    module = Half()
    assert apart(opened(saved(module, tmp_path / "half.pt2")), module) < 1e-5
