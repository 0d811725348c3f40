"""torchvision's networks as ours: the same layers, shapes, parameters and MACs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, fx, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model, resnet18
from torchvision.models.shufflenetv2 import channel_shuffle
from torchvision.ops import stochastic_depth

from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import ARCHITECTURES
from explorer.engine.library import traced
from explorer.engine.program import Program
from explorer.engine.trace import TraceError, trace, trace_with_outputs, weights
from explorer.engine.trained import BUILT_WITH
from explorer.engine.weights import Weightless
from explorer.network.analysis import analyse, totals
from explorer.network.ends import main_end
from explorer.network.network import Network
from tests.families import USUAL, families


class Shapes(fx.Interpreter):
    """Runs the traced module and notes the output shape of each step; steps that only pass are left out."""

    def run_node(self, n: fx.Node) -> object:
        y = super().run_node(n)
        alone = n.target is torch.cat and len(n.args[0]) == 1  # a dense block begins by joining one map
        passes = alone or n.target is stochastic_depth
        if n.op != "output" and not passes and isinstance(y, Tensor):
            self.shapes.append(tuple(y.shape[1:]))
        return y

    def shapes_for(self, x: Tensor) -> list[tuple[int, ...]]:
        self.shapes: list[tuple[int, ...]] = []
        self.run(x)
        return self.shapes


def module_shapes_agree(module: nn.Module, x: Tensor, network: Network) -> None:
    """Each node that is a module has the module's output shape, the axes in any order."""
    shapes: dict[str, tuple[int, ...]] = {}

    def note(path: str) -> Callable[..., None]:
        def hook(_: nn.Module, __: object, y: Tensor | tuple[Tensor, ...]) -> None:
            shapes[path] = tuple(sorted((y if isinstance(y, Tensor) else y[0]).shape[1:]))

        return hook

    for path, part in module.named_modules():
        part.register_forward_hook(note(path))
    module(x)
    facts = analyse(network)
    found = {id: tuple(sorted(facts[id].shape)) for id in network.nodes if id in shapes}
    assert found == {id: shapes[id] for id in found}
    assert len(found) > len(network.nodes) / 2


OTHERWISE = {
    "alexnet", "efficientnet_v2_s", "inception_v3", "mobilenet_v3_large", "regnet_x_400mf", "resnet34", "squeezenet1_0",
    "vgg11_bn",
}  # fmt: skip
"""Has parts, or joins them, as none of the usual ones of its family does."""


@pytest.mark.parametrize("name", families(ARCHITECTURES, USUAL | OTHERWISE))
def test_facts_are_torch_s(name: str) -> None:
    network = traced(name)
    facts = analyse(network)
    with Weightless():  # shapes and counts only, by torch's own rules
        module = get_model(name, weights=None, **BUILT_WITH.get(name, {})).eval().to("meta")
    x = torch.empty(1, *facts["input"].shape, device="meta")
    run = network.before([main_end(network, [id for id, users in network.users.items() if not users])])
    assert totals(facts).parameters == sum(p.numel() for p in module.parameters())
    with FlopCounterMode(display=False) as counter:
        if name.startswith(("vit", "swin", "convnext", "maxvit")):  # they put the channels last here and there
            module_shapes_agree(module, x, network)
        else:
            graph = fx.Tracer(autowrap_functions=(channel_shuffle,)).trace(module)
            assert [facts[id].shape for id in network.nodes if id in run] == Shapes(module, graph=graph).shapes_for(x)
    assert sum(facts[id].macs for id in run) == counter.get_total_flops() // 2, "torchvision runs no side branches"
    parts = dict(module.named_modules())
    assert all(
        facts[id].parameters == sum(p.numel() for p in parts[id].parameters()) for id in network.nodes if id in parts
    )


def test_mobilenet_has_the_issue_s_figures() -> None:
    network = traced("mobilenet_v2")
    sums = totals(analyse(network))
    assert (sums.parameters, sums.macs) == (3_504_872, 300_774_272)
    assert network.nodes["features.3.add"].inputs == ("features.2.conv.3", "features.3.conv.3")
    assert network.nodes["features.1.conv.0.0"].layer.groups == 32
    assert list(network.nodes)[-4:] == ["adaptive_avg_pool2d", "flatten", "classifier.0", "classifier.1"]


def test_a_relu_called_twice_is_two_nodes() -> None:
    nodes = traced("resnet18").nodes
    assert nodes["layer1.0.bn2"].inputs == ("layer1.0.conv2",)
    assert nodes["layer1.0.add"].inputs == ("layer1.0.bn2", "maxpool")
    assert nodes["layer1.0.relu_1"].inputs == ("layer1.0.add",)


def test_weights_are_the_module_s() -> None:
    module = resnet18(weights=None)
    found = weights(module, trace(module))
    wanted = {name: t for name, t in module.state_dict().items() if not name.endswith("num_batches_tracked")}
    assert found.keys() == wanted.keys()
    assert all(np.array_equal(found[name], t.numpy()) and found[name].dtype == np.float32 for name, t in wanted.items())


class Small(nn.Module):
    """Calls everything as functions or methods."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, (3, 5), padding=(1, 2))
        self.one = nn.Conv2d(4, 4, 1)
        self.relu = nn.ReLU()
        self.add = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.max_pool2d(self.relu(self.conv(x)), 2)
        y = F.avg_pool2d(y, kernel_size=3, stride=1, padding=1, count_include_pad=False)
        y = self.add(F.relu6(self.one(y)) + y)
        y = y.relu().add(y)
        y = torch.cat((y, torch.add(y, other=y)), dim=1)
        y = F.dropout(F.relu(y, inplace=True), 0.2, self.training)
        return F.softmax(torch.flatten(F.adaptive_avg_pool2d(y, (2, 1)), 1), dim=1)


def test_functions_and_methods() -> None:
    network = trace(Small(), (3, 16, 16))
    assert {id: (n.layer.kind, n.inputs) for id, n in network.nodes.items()} == {
        "input": ("Input", ()),
        "conv": ("Conv2d", ("input",)),
        "relu": ("ReLU", ("conv",)),
        "max_pool2d": ("MaxPool2d", ("relu",)),
        "avg_pool2d": ("AvgPool2d", ("max_pool2d",)),
        "one": ("Conv2d", ("avg_pool2d",)),
        "relu6": ("ReLU6", ("one",)),
        "add_1": ("Add", ("relu6", "avg_pool2d")),  # “add” is the path of a module
        "relu_1": ("ReLU", ("add_1",)),
        "add_2": ("Add", ("relu_1", "add_1")),
        "add_3": ("Add", ("add_2", "add_2")),
        "cat": ("Concat", ("add_2", "add_3")),
        "relu_2": ("ReLU", ("cat",)),
        "dropout": ("Dropout", ("relu_2",)),
        "adaptive_avg_pool2d": ("AdaptiveAvgPool2d", ("dropout",)),
        "flatten": ("Flatten", ("adaptive_avg_pool2d",)),
        "softmax": ("Softmax", ("flatten",)),
    }
    assert analyse(network)["softmax"].shape == (16,)
    assert not network.nodes["avg_pool2d"].layer.count_include_pad


def runs_as_torch(module: nn.Module, shape: tuple[int, int, int] = (3, 16, 16)) -> Network:
    """Trace a module; its network's end must be what the module gives, for two pictures."""
    torch.manual_seed(0)
    network = trace(module, shape)
    pictures = torch.rand(2, *shape)
    program = Program(network, weights(module, network))
    value = program.run(pictures)[0]
    with torch.inference_mode():
        wanted = torch.cat([module(picture[None]) for picture in pictures])
    assert not program.untrained([program.output])
    assert value.shape == wanted.shape
    assert torch.allclose(value, wanted, atol=1e-5)
    return network


def opaque(network: Network) -> list[str]:
    return [node.layer.name for node in network.nodes.values() if node.layer.kind == "Opaque"]


@pytest.mark.parametrize(
    ("forward", "names"),
    [
        (lambda m, x: x + 1, ["add"]),
        (lambda m, x: torch.add(x, x, alpha=2), ["add"]),
        (lambda m, x: torch.erf(m.conv(x)), ["erf"]),
        (lambda m, x: x.view(x.size(0), -1), []),
        (lambda m, x: x.reshape(x.shape[0], 3, -1), []),
        (lambda m, x: m.conv(x) * m.conv.bias.abs().reshape(-1, 1, 1), ["mul"]),
        (lambda m, x: x.flatten(2), ["flatten"]),
        (lambda m, x: torch.softmax(x, -1), ["softmax"]),
        (lambda m, x: F.avg_pool2d(x, 2, divisor_override=3), ["avg_pool2d"]),
        (lambda m, x: F.adaptive_avg_pool2d(x, (None, 1)), ["adaptive_avg_pool2d"]),
        (lambda m, x: x.permute(0, 2, 3, 1).permute(0, 3, 1, 2), []),
        (lambda m, x: F.relu(x.transpose(1, 3) - 0.5).transpose(3, 1), ["sub"]),
        (lambda m, x: torch.flatten(x.permute(0, 2, 3, 1), 1), []),
        (lambda m, x: m.conv(x).split([1, 3], 1)[1], ["split"]),
        (lambda m, x: x[:, 1], ["getitem"]),
        (lambda m, x: x.max(dim=1)[0], ["max"]),
        (lambda m, x: (x - 0.5).relu_() + x, ["sub"]),
    ],
)  # fmt: skip
def test_what_no_kind_stands_for_runs_as_torch(forward, names: list[str]) -> None:
    kind = type("Strange", (Small,), {"forward": forward})
    network = runs_as_torch(kind())
    assert opaque(network) == names


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (lambda m, x: m.one(m.one(m.conv(x))), "one is called twice: two layers of a network cannot share"),
        (lambda m, x: torch.cat([x, x]), "cat: no layer stands for cat, and it gives the shape"),
        (lambda m, x: F.dropout(x), "dropout: no layer stands for dropout, and it drops numbers by chance"),
        (lambda m, x: torch.fft.fft(x).real, "fft_fft: no layer stands for fft_fft, and it "),
        (lambda m, x: F.max_pool2d(x, 90), "max_pool2d: the 90-wide window does not fit into 16"),
        (lambda m, x: m.conv(x) if x.sum() > 0 else x, "cannot be traced: symbolically traced"),
        (lambda m, x: m.undefined(x), "cannot be traced: .*undefined"),
        (lambda m, x: m.one(x), "one has 20 weights, but for its input it would need 16"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(forward, words: str) -> None:
    kind = type("Strange", (Small,), {"forward": forward})
    with pytest.raises(TraceError, match=words) as caught:
        trace(kind(), (3, 16, 16))
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (nn.CELU(), "CELU"),
        (nn.BatchNorm2d(3, track_running_stats=False), "BatchNorm2d"),
        (nn.Linear(16, 2), "Linear"),
        (nn.Flatten(2), "Flatten"),
        (nn.Softmax(-1), "Softmax"),
        (nn.MultiheadAttention(16, 2, batch_first=True), "MultiheadAttention"),
        (nn.Upsample(size=(9, 9), mode="bilinear", align_corners=True), "Upsample"),
    ],
)
def test_modules_without_a_kind_run_as_torch(part: nn.Module, name: str) -> None:
    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Sequential(part)

        def forward(self, x: Tensor) -> Tensor:
            if isinstance(part, nn.MultiheadAttention):
                x = x.flatten(1, 2)
                return self.inner[0](x, x, x)[0]
            return self.inner(x)

    network = runs_as_torch(Whole())
    assert "inner.0" in network.nodes
    assert name in opaque(network)


def test_what_is_written_over_is_found_there_later() -> None:
    class Over(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.act = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True)

        def forward(self, x: Tensor) -> Tensor:
            y = self.conv(x)
            z = self.act(y) * y  # both are the same by now
            z += y
            z.add_(y)
            return z

    network = runs_as_torch(Over())
    assert network.nodes["mul"].inputs == ("act", "act")


def test_channels_last_is_read_as_channels_first() -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.up, self.down = nn.LayerNorm(3), nn.Linear(3, 8), nn.Linear(8, 3)
            self.scale = nn.Parameter(torch.rand(3, 1, 1))

        def forward(self, x: Tensor) -> Tensor:
            y = self.down(F.gelu(self.up(self.norm(x.permute(0, 2, 3, 1)))))
            return self.scale * y.permute(0, 3, 1, 2) + x

    network = runs_as_torch(Last())
    facts = analyse(network)
    assert [(n.id, n.layer.kind, facts[n.id].shape) for n in network.order] == [
        ("input", "Input", (3, 16, 16)),
        ("norm", "LayerNorm", (3, 16, 16)),
        ("up", "Linear", (8, 16, 16)),
        ("gelu", "GELU", (8, 16, 16)),
        ("down", "Linear", (3, 16, 16)),
        ("scale", "Scale", (3, 16, 16)),
        ("add", "Add", (3, 16, 16)),
    ]


def test_two_pictures_cannot_enter() -> None:
    class Two(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return x + y

    with pytest.raises(TraceError, match="second input, y"):
        trace(Two())


@pytest.mark.parametrize(
    ("name", "sides"), [("googlenet", ["aux1.fc2", "aux2.fc2"]), ("inception_v3", ["AuxLogits.fc"])]
)
def test_side_branches_are_kept_although_only_training_runs_them(name: str, sides: list[str]) -> None:
    with Weightless():
        module = get_model(name, weights=None, **BUILT_WITH[name])
    network, outputs = trace_with_outputs(module, (3, 299, 299) if name == "inception_v3" else (3, 224, 224))
    assert [id for id, users in network.users.items() if not users] == [*sides, "fc"]
    assert outputs == ("fc",)
    assert totals(analyse(network)).parameters == sum(p.numel() for p in module.parameters())
    assert totals(analyse(network)).parameters == {"googlenet": 13_004_888, "inception_v3": 27_161_264}[name]
    assert not any(part.training for part in module.modules())
    if name == "googlenet":
        assert dict(network.nodes) == dict(CLASSICS["googlenet_sides"].network.nodes)


class Draws(TorchDispatchMode):
    """Notes the sizes of what is drawn at random inside of it."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[tuple[int, ...]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None) -> object:
        if func.overloadpacket in (torch.ops.aten.uniform_, torch.ops.aten.normal_):
            self.sizes.append(tuple(args[0].shape))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", ["mobilenet_v2", "vit_b_32"])
def test_what_has_no_numbers_draws_none(name: str) -> None:
    with Draws() as draws, Weightless():
        module = get_model(name, weights=None)
        nn.init.uniform_(torch.full((2, 3), 7.0))  # what has numbers is drawn as ever
    assert draws.sizes == [(2, 3)]
    assert all(p.is_meta for p in module.parameters())


class Unsure(nn.Module):
    """Its second convolution is only used in training, where the first one's result is doubled."""

    def __init__(self, doubled: bool) -> None:
        super().__init__()
        self.first, self.second, self.doubled = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 1), doubled

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        y = self.first(x)
        if not self.training:
            return F.relu(y)
        return (F.relu(y + y if self.doubled else y), self.second(y))


def test_what_training_computes_otherwise_is_not_taken_for_a_side_branch() -> None:
    assert list(trace(Unsure(False), (3, 8, 8)).nodes) == ["input", "first", "relu", "second"]
    assert list(trace(Unsure(True), (3, 8, 8)).nodes) == ["input", "first", "relu"]


class Segmenting(nn.Module):
    """Gives a dictionary, its answer first and made first, though the other end is farther."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head, self.aux = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1), nn.Conv2d(4, 2, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        y = self.body(x)
        return {"out": self.head(y), "aux": F.relu(self.aux(y))}


def test_the_first_of_several_results_is_the_answer() -> None:
    network, outputs = trace_with_outputs(Segmenting(), (3, 8, 8))
    assert (list(network.nodes), outputs) == (["input", "body", "head", "aux", "relu"], ("head", "relu"))
    assert Program(network, {}, main=outputs[0]).output == "head"
