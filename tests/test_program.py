"""Running a network: every value is what torch's own modules give one by one."""

from __future__ import annotations

import random
import weakref
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, fx, nn
from torchvision.models import get_model
from torchvision.models.shufflenetv2 import channel_shuffle
from torchvision.ops import stochastic_depth

from explorer.classics.catalogue import CLASSICS
from explorer.engine import calmly
from explorer.engine.device import free_memory
from explorer.engine.library import open_model
from explorer.engine.plan import ACTIVATIONS, peak, steps
from explorer.engine.program import Program, ProgramError
from explorer.engine.trace import trace, weights
from explorer.engine.weights import module
from explorer.formats import tensors
from explorer.layers.activations import (
    ELU,
    GELU,
    Dropout,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)  # fmt: skip
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.norms import BatchNorm2d, GroupNorm, LayerNorm, LocalResponseNorm
from explorer.layers.resizing import ConvTranspose2d, PixelShuffle, Upsample
from explorer.layers.shapes import ChannelShuffle, Flatten, Identity, Slice, ZeroPad2d
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
from explorer.maths.records import Progress
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from tests.real_model import real_cache, real_model  # noqa: F401

TOLERANCE = 1e-4


class Values(fx.Interpreter):
    """Runs a traced module of torchvision's and keeps a copy of every value before anything writes over it."""

    def run_node(self, n: fx.Node) -> object:
        y = super().run_node(n)
        if isinstance(y, Tensor) and n.op != "output" and n.target is not stochastic_depth:
            self.values.append(y.clone())
        return y

    def values_for(self, x: Tensor) -> list[Tensor]:
        self.values: list[Tensor] = []
        with torch.inference_mode():
            self.run(x)
        return self.values


def lively(module: nn.Module) -> nn.Module:
    """Batch normalisations that do something, negative scales among them, and activations of ordinary size."""
    generator = torch.Generator().manual_seed(0)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            if part.affine:
                part.weight.data.normal_(0.5, 0.5, generator=generator)
                part.bias.data.normal_(0, 0.3, generator=generator)
            part.running_mean.normal_(0, 0.1, generator=generator)
            part.running_var.uniform_(0.5, 1.5, generator=generator)
    return module.eval()


def apart(ours: Tensor, theirs: Tensor) -> float:
    """Greatest difference, against the size of the greatest number where that is above 1."""
    return float((ours - theirs).abs().max() / max(1.0, float(theirs.abs().max())))


def test_every_value_of_the_trained_mobilenet_is_torchvision_s(real_model) -> None:  # noqa: F811
    *_, project = open_model("mobilenet_v2")
    program = Program(project.network, tensors.read(project.weights))
    assert program.untrained(project.network.nodes) == ()
    module = get_model("mobilenet_v2", weights=None).eval()
    module.load_state_dict(torch.load(real_model / "models" / "mobilenet_v2-b0353104.pth", weights_only=True))
    x = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(1)) * 4 - 2
    theirs = dict(zip(project.network.nodes, Values(fx.symbolic_trace(module)).values_for(x), strict=True))
    ids = list(project.network.nodes)
    output, together = program.run(x, ids)
    assert (output - theirs[ids[-1]]).abs().max() < TOLERANCE
    for id in ids:
        alone, kept = program.run(x, (id,))
        assert list(kept) == [id]
        for value in (kept[id], together[id]):
            assert value.shape == theirs[id].shape, id
            assert (value - theirs[id]).abs().max() < TOLERANCE, id
        assert (alone - theirs[ids[-1]]).abs().max() < TOLERANCE, id


RUN = (
    "resnet18", "vgg11_bn", "squeezenet1_1", "densenet121", "resnext50_32x4d", "mobilenet_v3_small", "mnasnet0_5",
    "efficientnet_b0", "efficientnet_v2_s", "regnet_y_400mf", "shufflenet_v2_x0_5",
)  # fmt: skip


@pytest.mark.parametrize("name", RUN)
def test_other_networks_of_torchvision_s(name: str) -> None:
    torch.manual_seed(2)
    module = lively(get_model(name, weights=None))
    network = trace(module)
    x = torch.randn(1, 3, 224, 224)
    graph = fx.Tracer(autowrap_functions=(channel_shuffle,)).trace(module)
    interpreter = Values(fx.GraphModule(module, graph))
    theirs = interpreter.values_for(x)
    program = Program(network, weights(module, network))
    some = random.Random(3).sample(list(network.nodes), 12)
    output, kept = program.run(x, some)
    assert apart(output, theirs[-1]) < TOLERANCE
    assert apart(program.run(x)[0], theirs[-1]) < TOLERANCE
    if name != "densenet121":  # there the first join of each block joins nothing, and is no node
        by_id = dict(zip(network.nodes, theirs, strict=True))
        assert all(apart(kept[id], by_id[id]) < TOLERANCE for id in some)


IMAGE_LAYERS = st.one_of(
    st.builds(
        Conv2d, st.sampled_from([2, 4, 6]), st.sampled_from([1, 3, (3, 5)]), st.just(1),
        st.sampled_from(["same", "valid", 0, 1, (2, 1), (0, 1, 2, 3)]), st.sampled_from([1, 2]),
        st.sampled_from([1, 2]), st.booleans(), st.sampled_from(["zeros", "zeros", "replicate"]),
    ),
    st.builds(BatchNorm2d, eps=st.sampled_from([1e-5, 0.1]), affine=st.booleans()),
    st.sampled_from([ReLU(), ReLU6(), Dropout(), MaxPool2d(2, 1), AvgPool2d(3, 1, 1), Add(), Concat(), Softmax()]),
    st.sampled_from([
        LeakyReLU(0.2), PReLU(), PReLU(True), ELU(), SiLU(), GELU(), Hardswish(), Hardsigmoid(), Sigmoid(), Tanh(),
        GroupNorm(2), LayerNorm(), LayerNorm("everything"), LocalResponseNorm(), ConvTranspose2d(4, 3, 1, 1),
        ConvTranspose2d(6, 2, 1, groups=2), Identity(), ZeroPad2d((0, 1, 2, 0)), Slice(1, 2), ChannelShuffle(2),
        Multiply(), PixelShuffle(1), AdaptiveAvgPool2d(1), Upsample((1, 2), "bilinear"),
    ]),
)  # fmt: skip


@st.composite
def networks(draw) -> Network:
    """Nodes on a first convolution, each fed by earlier ones that fit; a head on the last one."""
    network = Network({"in": Node("in", Input(2, 12, 11)), "n0": Node("n0", Conv2d(4, 3, 1, 1), ("in",))})
    for i in range(1, draw(st.integers(3, 14))):
        layer, ids = draw(IMAGE_LAYERS), list(network.nodes)
        # mostly the last node, so that there are chains to fuse
        inputs = [draw(st.sampled_from([ids[-1], ids[-1], draw(st.sampled_from(ids))]))]
        if layer.inputs < 0:
            inputs.append(draw(st.sampled_from(ids)))
            inputs += draw(st.lists(st.sampled_from(ids), max_size=1))
        more = network.with_node(Node(f"n{i}", layer, tuple(inputs)))
        if analyse(more)[f"n{i}"].shape:
            network = more
    if draw(st.booleans()):
        last = list(network.nodes)[-1]
        network = network.with_node(Node("pool", AdaptiveAvgPool2d(draw(st.sampled_from([1, (2, 3)]))), (last,)))
        network = network.with_node(Node("flat", Flatten(), ("pool",))).with_node(Node("fc", Linear(5), ("flat",)))
        network = network.with_node(Node("act", draw(st.sampled_from([ReLU(), Softmax(), Dropout()])), ("fc",)))
    return network


@settings(max_examples=150, deadline=None)
@given(networks(), st.data())
def test_any_network_with_anything_kept(network: Network, data) -> None:
    facts = analyse(network)
    parts = {id: module(node, facts, {}, "cpu")[0] for id, node in network.nodes.items()}
    trained = {}
    for id, part in parts.items():
        lively(part)
        trained |= {f"{id}.{name}": value.numpy().copy() for name, value in part.state_dict().items()}
    x = torch.randn(2, 2, 12, 11, generator=torch.Generator().manual_seed(4))
    plain: dict[str, Tensor] = {}
    with torch.inference_mode():
        for node in network.order:
            plain[node.id] = parts[node.id](*[plain[i].clone() for i in node.inputs] or [x])
    program = Program(network, trained)
    assert program.untrained(network.nodes) == ()
    for _ in range(2):
        keep = data.draw(st.lists(st.sampled_from(list(network.nodes)), unique=True, min_size=1))
        kept = program.values(x, keep)
        assert set(kept) == set(keep)
        for id in keep:
            assert tuple(kept[id].shape[1:]) == facts[id].shape
            assert apart(kept[id], plain[id]) < TOLERANCE, id
        for id, value in program.passing(x, keep):
            assert apart(value, plain[id]) < TOLERANCE, id
        for id, value in program.values(x[:1], keep).items():
            assert apart(value, plain[id][:1]) < TOLERANCE, id


def test_kept_values_stay_when_it_runs_again() -> None:
    network = chain(Conv2d(4, 3), BatchNorm2d(), ReLU(), MaxPool2d(), Flatten(), Linear(3), ReLU())
    program, (x, y) = Program(network, {}), torch.randn(2, 1, 3, 8, 8)
    _, kept = program.run(x, list(network.nodes))
    before = {id: value.clone() for id, value in kept.items()}
    program.run(y, ("n2",))
    program.run(y)
    assert all(torch.equal(kept[id], before[id]) for id in kept)
    assert torch.equal(kept["in"], x)


def test_values_are_let_go_after_their_last_use() -> None:
    """Of a long chain at most two values lie in memory at once; what is not kept is gone at the end."""
    network = chain(*[MaxPool2d(3, 1, 1), Dropout(), AvgPool2d(3, 1, 1)] * 20)
    most, live = 0, {"in"}
    for step in steps(network, frozenset({"n7", "n59"})):
        live.add(step.id)
        assert live.issuperset(step.inputs)
        most = max(most, len(live - {"n7"}))
        live -= set(step.free)
    assert most == 2
    assert live == {"n7", "n59"}


def test_a_convolution_swallows_what_follows() -> None:
    network = chain(Conv2d(4, 3), BatchNorm2d(), ReLU6(), Conv2d(4, 3), ReLU())
    assert [step.chain for step in steps(network, frozenset({"n4"}))] == [("n0", "n1", "n2"), ("n3", "n4")]
    assert [step.id for step in steps(network, frozenset({"n4", "n1"}))] == ["n1", "n2", "n4"]
    assert [step.id for step in steps(network, frozenset({"n4", "n0", "n3"}))] == ["n0", "n2", "n3", "n4"]


def test_an_activation_is_written_over_what_nobody_else_sees() -> None:
    network = chain(Conv2d(4, 3), ReLU(), MaxPool2d(), ReLU6(), Conv2d(4, 3), Tanh(), Flatten()).with_node(
        Node("view", Identity(), ("n4",))
    )
    for wanted, kept, over in (
        ({"n0", "n6"}, False, ["n1"]),
        ({"n0", "n6"}, True, []),
        ({"n0", "n1", "n4", "n6"}, False, ["n1", "n5"]),
        ({"n4", "view", "n6"}, False, []),
    ):
        part = network.without({"view"} - wanted)
        todo = steps(part, frozenset(wanted), kept)
        assert [step.id for step in todo if step.over] == over


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("added", [False, True])
def test_every_activation_is_swallowed(activation: type, added: bool) -> None:
    """By a convolution, with an addition before it or without, and by a fully connected layer."""
    network = chain(Conv2d(3, 1), Conv2d(3, 3, 1, 1), BatchNorm2d(), *[Add()] * added, activation())
    last = list(network.nodes)[-1]
    if added:
        network = network.with_link("n0", "n3")
    assert [len(step.chain) for step in steps(network, frozenset({last}))] == [1, 3 + added]
    x = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(6)) * 9
    facts = analyse(network)
    trained = {}
    for id, node in network.nodes.items():
        part = lively(module(node, facts, {}, "cpu")[0])
        trained |= {f"{id}.{name}": value.numpy().copy() for name, value in part.state_dict().items()}
    program = Program(network, trained)
    assert apart(program.values(x, [last])[last], program.values(x, list(network.nodes))[last]) < 1e-5
    dense = chain(Flatten(), Linear(5), activation())
    assert [len(step.chain) for step in steps(dense, frozenset({"n2"}))] == [1, 2]
    program = Program(dense, {})
    assert torch.equal(program.values(x, ["n2"])["n2"], program.values(x, ["n1", "n2"])["n2"])


@pytest.mark.parametrize(("name", "fewer"), [("efficientnet_b0", 65), ("mobilenet_v3_large", 29)])
def test_swallowed_swishes_change_nothing(name: str, fewer: int) -> None:
    """Of the steps that ReLUs alone would leave; fused as far as it goes, and every value by itself."""
    torch.manual_seed(2)
    built = lively(get_model(name, weights=None))
    network = trace(built)
    smooth = {node.id for node in network.nodes.values() if type(node.layer) in ACTIVATIONS[2:]}
    program = Program(network, weights(built, network))
    todo = steps(network, frozenset({program.output}))
    assert sum(bool(smooth & set(step.chain[1:])) for step in todo) == fewer
    x = torch.randn(1, 3, 224, 224)
    fused, (alone, _) = program.run(x)[0], program.run(x, list(network.nodes))
    assert (fused - alone).abs().max() < 1e-5 * alone.abs().max()


def test_what_is_trained_of_a_layer_is_taken() -> None:
    """A missing bias, or one of another shape, makes no weight random; the counter of a normalisation is no weight."""
    nodes = [Node("in", Input(2, 5, 5)), Node("conv", Conv2d(3, 3), ("in",)), Node("norm", BatchNorm2d(), ("conv",))]
    network = Network({node.id: node for node in nodes})
    weight = np.random.default_rng(0).standard_normal((3, 2, 3, 3), np.float32)
    norm = {f"norm.{name}": np.full(3, 2, np.float32) for name in ("weight", "bias", "running_mean", "running_var")}
    x = torch.rand(1, 2, 5, 5)
    start = Program(network, {}).values(x, ["conv"])["conv"]
    for bias in ({}, {"conv.bias": np.zeros(4, np.float32)}):
        program = Program(network, {"conv.weight": weight, **norm, **bias})
        assert program.untrained(["norm"]) == ("conv",)
        y = program.values(x, ["conv"])["conv"]
        wanted = torch.nn.functional.conv2d(x, torch.from_numpy(weight))
        shift = (y - wanted)[0]
        assert float((shift - shift[:, :1, :1]).abs().max()) < 1e-5, "only the bias is random"
        assert not torch.allclose(y, start, atol=1e-2)
    assert Program(network, {"conv.weight": weight, "conv.bias": weight[:, 0, 0, 0], **norm}).untrained(["norm"]) == ()


def test_random_weights_depend_on_the_node_alone() -> None:
    small = chain(Conv2d(4, 3), ReLU(), Conv2d(4, 3))
    large = chain(Conv2d(4, 3), ReLU(), Conv2d(4, 3), Conv2d(9, 1), BatchNorm2d())
    x = torch.randn(1, 3, 8, 8)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, other = Program(small, {}), Program(large, {})
    assert torch.equal(torch.rand(3), expected), "torch's own random numbers go on undisturbed"
    assert one.untrained(["n2"]) == ("n0", "n2")
    assert other.untrained(["n2"]) == ("n0", "n2")
    assert other.untrained(["n4"]) == ("n0", "n2", "n3", "n4")
    assert torch.equal(one.run(x, ["n2"])[1]["n2"], other.run(x, ["n2"])[1]["n2"])
    first, second = (module(small.nodes[id], analyse(small), {}, "cpu")[0] for id in ("n0", "n2"))
    assert not torch.equal(first.weight[:, :3], second.weight[:, :3])


def test_weights_of_another_shape_are_not_taken() -> None:
    network = chain(Conv2d(4, 3), Conv2d(2, 1, bias=False))
    fitting = {"n1.weight": np.ones((2, 4, 1, 1), np.float16)}
    found = {**fitting, "n0.weight": np.ones((4, 3, 5, 5), np.float32), "n0.bias": np.ones(4, np.float32)}
    program = Program(network, found)
    assert program.untrained(["n1"]) == ("n0",)
    _, kept = program.run(torch.rand(1, 3, 8, 8), ["n0", "n1"])
    assert torch.allclose(kept["n1"], kept["n0"].sum(1, keepdim=True).expand(-1, 2, -1, -1), atol=1e-6)


@st.composite
def part_of_a_network(draw) -> tuple[Network, frozenset[str]]:
    """Some nodes of a random network, and those that lead to them."""
    network = draw(networks())
    wanted = frozenset(draw(st.lists(st.sampled_from(list(network.nodes)), min_size=1, max_size=3)))
    needed = network.before(wanted)
    return Network({id: node for id, node in network.nodes.items() if id in needed}), wanted


@settings(max_examples=300, deadline=None)
@given(part_of_a_network(), st.randoms(use_true_random=False))
def test_the_largest_memory_is_that_of_brute_force(part: tuple[Network, frozenset[str]], random: random.Random) -> None:
    """At each step all that has been made and is wanted at the end, or read at this step or a later one."""
    network, wanted = part
    sizes = {id: random.randint(1, 1000) for id in network.nodes}
    for kept in (wanted, frozenset()):
        todo = steps(network, wanted, bool(kept))
        most = sizes["in"]
        for now, step in enumerate(todo):
            made = {"in", *(earlier.id for earlier in todo[: now + 1])}
            read = {id for later in todo[now:] for id in later.inputs}
            most = max(most, sum(sizes[id] for id in made & (read | kept | {step.id})))
        assert peak(todo, ["in"], sizes) == most


def test_values_that_pass_are_the_same_and_are_let_go() -> None:
    network = chain(Conv2d(4, 3, padding=1), ReLU(), Conv2d(4, 3, padding=1), Add(), Flatten()).with_link("n1", "n3")
    program, x, wanted = Program(network, {}), torch.randn(3, 3, 8, 8), ["in", "n0", "n1", "n3", "n4"]
    kept, seen, alive = program.values(x, wanted), [], []
    for id, value in program.passing(x, wanted):
        assert torch.equal(value, kept[id])
        seen.append(id)
        alive.append(weakref.ref(value))
        del value
        assert len({one.data_ptr() for one in (there() for there in alive) if one is not None}) <= 3
    assert sorted(seen) == sorted(wanted)
    assert not any(one() is not None for one in alive)
    assert program.most_at_once(["n0", "n1"]) == 4 * (4 * 8 * 8 * 2)


def test_memory_of_a_branched_network() -> None:
    """Counted by hand: the shortcut waits beside two values of the other branch."""
    network = chain(MaxPool2d(3, 1, 1), MaxPool2d(3, 1, 1), MaxPool2d(3, 1, 1), Add()).with_link("n0", "n3")
    sizes = {"in": 1, "n0": 10, "n1": 100, "n2": 1000, "n3": 10000}
    assert peak(steps(network, frozenset({"n3"})), ["in"], sizes) == 10 + 1000 + 10000
    assert peak(steps(network, frozenset({"n3", "in", "n1"})), ["in"], sizes) == 11111


@pytest.mark.skipif(free_memory(torch.device("cpu")) is None, reason="this system does not say what is free")
def test_what_finds_no_room_is_refused_before_it_takes_any() -> None:
    network = chain(Conv2d(65536, 3, 1, 1), ReLU()).with_node(Node("in", Input(3, 4096, 4096)))
    picture = torch.zeros(1).expand(1, 3, 4096, 4096)
    with pytest.raises(
        ProgramError, match=r"takes about 4398\.\d GB of memory, and \d+\.\d [GM]B are free, a fifth of "
    ):
        Program(network, {}).run(picture)
    with pytest.raises(ProgramError, match="takes about 4398"):
        list(Program(network, {}).prepare(["n1"]))
    heavy = chain(Flatten(), Linear(16777216)).with_node(Node("in", Input(3, 4096, 4096)))
    with pytest.raises(ProgramError, match=r"takes about 33\d\d\d\d\d\.\d GB"):  # 16,777,216 · 50,331,648 weights
        Program(heavy, {}).run(picture)
    assert Program(heavy, {}).values(picture, ["n0"])["n0"].shape == (1, 3 * 4096 * 4096), "what leads here fits"
    with pytest.raises(ProgramError, match="takes about"):
        Program(chain(ReLU()), {}).run(torch.zeros(1).expand(10**13, 3, 8, 8))


def test_one_can_stop_between_two_layers_that_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """VGG-19's 143,667,240 random weights are drawn in many steps, and in the end the same as without."""
    monkeypatch.setattr("explorer.engine.calmly.BREATH", 0.0)  # however fast the machine is
    project = CLASSICS["vgg19"].project
    program = Program(project.network, {})
    seen = list(program.build([program.output]))
    assert len(seen) > 30
    assert {(step.text, step.total) for step in seen} == {("Preparing the network", 46)}
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert not list(program.build([program.output])), "only once"


def test_one_can_stop_between_two_layers_that_run_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """U-Net's run stood for ten seconds in which no stop was heard, under “Preparing the network” with a full bar."""
    monkeypatch.setattr(calmly, "LONG_BREATH", -1.0)
    program = Program(chain(Conv2d(4, 3), ReLU(), MaxPool2d(), Flatten(), Linear(3)), {})
    x, found = torch.rand(1, 3, 8, 8), {}

    def run() -> Iterator[Progress]:
        found.update((yield from program.running(x, ["n1", "n4"])))

    steps = list(run())
    assert [(step.text, step.done, step.total) for step in steps] == [
        ("Running the network", done, len(steps)) for done in range(1, len(steps) + 1)
    ]
    assert len(steps) == len(program.passed(["n1", "n4"])) > 2
    expected = program.values(x, ["n1", "n4"])
    assert all(torch.equal(found[id], expected[id]) for id in expected)


def test_a_network_that_runs_long_is_not_run_to_prepare_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first picture waited for two runs."""
    network, ran = chain(Conv2d(4, 3), ReLU()), []
    values = Program.values
    monkeypatch.setattr(Program, "values", lambda *args: ran.append(args) or values(*args))
    list(Program(network, {}).prepare(["n1"]))
    assert len(ran) == 1
    monkeypatch.setattr("explorer.engine.program.LONG_RUN", 100)
    list(Program(network, {}).prepare(["n1"]))
    assert len(ran) == 1


def test_of_several_ends_one_is_the_answer() -> None:
    network = chain(Conv2d(4, 3), ReLU()).with_node(Node("side", Conv2d(2, 1), ("n0",)))
    program, x = Program(network, {}), torch.rand(1, 3, 8, 8)
    assert (program.ends, program.output) == (("n1", "side"), "side"), "of two equally far the last"
    assert Program(network, {}, main="n1").run(x)[0].shape == (1, 4, 6, 6)
    longer = network.with_node(Node("n2", ReLU(), ("n1",)))
    assert Program(longer, {}).output == "n2"
    assert Program(longer, {}, main="side").output == "side"
    assert Program(longer.with_node(Node("end", ReLU(), ("side",))), {}, main="side").output == "end"
    assert Program(longer, {}, main="gone").output == "n2"
    assert {id: tuple(y.shape) for id, y in program.values(x, ["n1", "side"]).items()} == {
        "n1": (1, 4, 6, 6),
        "side": (1, 2, 6, 6),
    }


LOOSE = {
    "a layer beside it": [Node("new", Conv2d())],
    "two layers beside it": [Node("new", Conv2d()), Node("after", ReLU(), ("new",))],
    "an Input beside it": [Node("new", Input(1, 5, 5))],
    "a loop beside it": [Node("new", ReLU(), ("after",)), Node("after", ReLU(), ("new",))],
    "a broken branch": [Node("new", Linear(5), ("n0",)), Node("after", ReLU(), ("new",))],
    "a branch into half an addition": [Node("new", Add(), ("n0",))],
}


@pytest.mark.parametrize("name", LOOSE)
def test_what_is_broken_elsewhere_changes_nothing(name: str) -> None:
    whole = chain(Conv2d(4, 3), ReLU(), MaxPool2d(), Flatten(), Linear(3))
    network, x = whole, torch.rand(1, 3, 8, 8)
    for node in LOOSE[name]:
        network = network.with_node(node)
    program, expected = Program(network, {}), Program(whole, {})
    assert program.output == "n4"
    list(program.prepare([program.output]))
    assert torch.equal(program.run(x)[0], expected.run(x)[0])
    assert program.untrained(["n4"]) == ("n0", "n4")
    for id in whole.nodes:
        assert torch.equal(program.values(x, [id])[id], expected.values(x, [id])[id]), id


def test_values_before_a_broken_node() -> None:
    program = Program(chain(Conv2d(4, 3), ReLU(), Linear(5), ReLU()), {})
    assert program.values(torch.rand(1, 3, 8, 8), ["n1"])["n1"].shape == (1, 4, 6, 6)
    for ask in (
        lambda: program.output,
        lambda: list(program.prepare(["n3"])),
        lambda: program.values(torch.rand(1, 3, 8, 8), ["n3"]),
    ):
        with pytest.raises(ProgramError, match="n2: needs a vector, got 4×6×6: put a Flatten before it"):
            ask()


def test_the_problem_on_the_way_is_told_not_that_beside_it() -> None:
    network = chain(Linear(5)).with_node(Node("new", Conv2d()))
    network = Network(dict(reversed(network.nodes.items())))
    with pytest.raises(ProgramError, match="n0: needs a vector"):
        Program(network, {}).output
    with pytest.raises(ProgramError, match="new: needs an input, has none"):
        Program(network, {}).entry(["new"])


def test_each_value_has_its_own_input() -> None:
    """Two networks side by side: neither is the one that predicts, both can be looked into."""
    network = chain(ReLU()).with_node(Node("other", Input(1, 5, 5))).with_node(Node("pool", MaxPool2d(), ("other",)))
    program = Program(network, {})
    assert (program.entry(["n0"]), program.entry(["pool"])) == ("in", "other")
    assert program.values(torch.rand(1, 1, 5, 5), ["pool"])["pool"].shape == (1, 1, 2, 2)
    with pytest.raises(ProgramError, match=r"several Inputs \(in, other\)"):
        program.output


def test_a_lone_input_runs() -> None:
    x = torch.rand(1, 3, 8, 8)
    output, kept = Program(chain(), {}).run(x, ["in"])
    assert torch.equal(output, x)
    assert torch.equal(kept["in"], x)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Network(), "has no Input"),
        (Network({i: Node(i, Input()) for i in "ab"}), r"several Inputs \(a, b\)"),
        (lambda: chain(Linear(5)), "n0: needs a vector, got 3×8×8: put a Flatten before it"),
        (lambda: chain(ReLU(), Add(), ReLU()), "n1: needs two or more inputs, has one"),
        (lambda: chain(ReLU(), ReLU()).with_link("n1", "n0"), "n[01]: its links form a loop"),
        (lambda: chain().with_node(Node("new", Conv2d())), "new: needs an input, has none"),
        (lambda: chain(ReLU(), Add()).with_node(Node("new", Conv2d())).with_link("new", "n1"), "new: needs an input"),
        (lambda: chain(Add(), ReLU()).with_link("n1", "n0").with_node(Node("new", Conv2d())), "n[01]: its links"),
    ],
)
def test_what_cannot_run_says_why(network, words: str) -> None:
    program = Program(network() if callable(network) else network, {})
    with pytest.raises(ProgramError, match=words):
        program.run(torch.zeros(1, 3, 8, 8))


def test_another_size_is_refused() -> None:
    with pytest.raises(ProgramError, match="in takes 3×8×8, not 3×9×8"):
        Program(chain(ReLU()), {}).run(torch.rand(1, 3, 9, 8))


def chain(*layers) -> Network:
    """in → n0 → n1 → …"""
    nodes = {"in": Node("in", Input(3, 8, 8))}
    for i, layer in enumerate(layers):
        nodes[f"n{i}"] = Node(f"n{i}", layer, (f"n{i - 1}" if i else "in",))
    return Network(nodes)
