"""Channels that are switched off or scaled: every later value is what torch's own modules give with hooks on them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torchvision.models import get_model

from explorer.engine.answers import answer
from explorer.engine.library import open_model
from explorer.engine.patch_questions import FindPatches
from explorer.engine.patches import Search
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.questions import Attribute, Explain, Export, Look, Pixels, Predict, XRay
from explorer.engine.trace import trace, weights
from explorer.engine.weights import module
from explorer.formats import tensors
from explorer.formats.pictures import decode
from explorer.formats.project_file import read
from explorer.formats.recipes import to_input
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.records import Place, Progress
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.probes.attribution import Gradient
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.test_program import apart, chain, lively, networks

TOLERANCE = 1e-4


def last(question):
    *_, found = (step for step in answer(question) if not isinstance(step, Progress))
    return found


def hooked(built: nn.Module, factors: dict[str, dict[int, float]], x: Tensor) -> dict[str, Tensor]:
    """What each module of torchvision's gives, and the output under "", while hooks scale channels."""
    seen: dict[str, Tensor] = {}

    def change(name: str):
        def hook(_module: nn.Module, _inputs: object, y: Tensor) -> Tensor:
            y = y.clone()
            for channel, factor in factors.get(name, {}).items():
                y[:, channel] = y[:, channel] * factor if factor else 0.0
            seen[name] = y
            return y.clone()  # the next one may write over it

        return hook

    hooks = [
        part.register_forward_hook(change(name)) for name, part in built.named_modules() if not list(part.children())
    ]
    with torch.inference_mode():
        seen[""] = built(x)
    for hook in hooks:
        hook.remove()
    return seen


def random_factors(network: Network, count: int, seed: int) -> dict[str, dict[int, float]]:
    rng, facts = np.random.default_rng(seed), analyse(network)
    found: dict[str, dict[int, float]] = {}
    for id in rng.choice(list(network.nodes), count):
        shape = facts[id].shape or ()
        for channel in rng.integers(0, shape[0], 3):
            found.setdefault(str(id), {})[int(channel)] = float(rng.choice([0.0, 0.0, 0.5, -1.5, 2.0]))
    return found


def test_resnet_is_what_hooks_on_torchvision_s_module_make_it() -> None:
    torch.manual_seed(3)
    built = lively(get_model("resnet18", weights=None))
    network = trace(built)
    x = torch.randn(2, 3, 64, 64)
    network = network.with_settings(next(iter(network.nodes)), height=64, width=64)
    plain = Program(network, weights(built, network))
    names = dict(built.named_modules())
    before = plain.run(x)[0]
    for factors in (
        {"conv1": {5: 0.0}},
        {"layer1.0.bn2": {0: 0.0, 63: -2.0}, "layer2.0.downsample.1": {7: 0.0}},
        {"layer3.1.conv2": dict.fromkeys(range(200), 0.0), "avgpool": {9: 3.0}, "fc": {1: 0.0, 999: 0.5}},
    ):
        theirs, program = hooked(built, factors, x), plain.changed(factors)
        assert apart(program.run(x)[0], theirs[""]) < TOLERANCE
        assert apart(program.run(x)[0], before) > 1e-3, "it makes a difference"
        everything = program.values(x, list(network.nodes))
        # a module that is called twice in torchvision keeps its last call; ReLUs are
        once = [id for id in network.nodes if id in names and not isinstance(names[id], nn.ReLU)]
        assert len(once) > 40
        for id in once:
            assert apart(everything[id], theirs[id]) < TOLERANCE, id
    assert torch.equal(plain.run(x)[0], before), "the plain one is as it was"


def test_the_trained_mobilenet(real_model, assets) -> None:  # noqa: F811
    *_, project = open_model("mobilenet_v2")
    built = get_model("mobilenet_v2", weights=None).eval()
    ours = tensors.read(project.weights)
    numbers = {name: torch.from_numpy(np.array(value)) for name, value in ours.items()}
    missing, unknown = built.load_state_dict(numbers, strict=False)
    assert not unknown
    assert all(name.endswith("num_batches_tracked") for name in missing)
    shape = analyse(project.network)[next(iter(project.network.nodes))].shape
    x = torch.from_numpy(to_input(decode(str(assets / "images" / "dog.jpg")).pixels, project.recipe, shape))[None]
    plain = Program(project.network, ours)
    leaves = [
        name for name, part in built.named_modules() if not list(part.children()) and name in project.network.nodes
    ]
    rng = np.random.default_rng(1)
    for count in (1, 3, 12):
        nodes = rng.choice(leaves, count, replace=False)
        factors = {str(id): {int(c): float(rng.choice([0.0, 0.3, 2.0])) for c in range(0, 16, 3)} for id in nodes}
        theirs = hooked(built, factors, x)
        assert apart(plain.changed(factors).run(x)[0], theirs[""]) < TOLERANCE


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 99), st.data())
def test_any_network_changed_anywhere(network: Network, seed: int, data) -> None:
    """Convolutions that are fused, joins, vectors, the input: each value, and going on from any cut."""
    facts = analyse(network)
    parts = {id: module(node, facts, {}, "cpu")[0] for id, node in network.nodes.items()}
    trained = {}
    for id, part in parts.items():
        lively(part)
        trained |= {f"{id}.{name}": value.numpy().copy() for name, value in part.state_dict().items()}
    factors = random_factors(network, data.draw(st.integers(1, 4)), seed)
    x = torch.randn(2, 2, 12, 11, generator=torch.Generator().manual_seed(4))
    plain: dict[str, Tensor] = {}
    with torch.inference_mode():
        for node in network.order:
            y = parts[node.id](*[plain[i].clone() for i in node.inputs] or [x]).clone()
            for channel, factor in factors.get(node.id, {}).items():
                y[:, channel] *= factor
            plain[node.id] = y
    program = Program(network, trained).changed(factors)
    keep = data.draw(st.lists(st.sampled_from(list(network.nodes)), unique=True, min_size=1))
    for id, value in program.values(x, keep).items():
        assert apart(value, plain[id]) < TOLERANCE, id
    goal, start = list(network.nodes)[-1], data.draw(st.sampled_from(list(network.nodes)))
    behind = network.behind([start]) - {start}
    cut = {i for id in behind for i in network.nodes[id].inputs} - behind | ({goal} - behind)
    onward = program.onward({id: plain[id] for id in cut}, [goal])
    assert apart(onward[goal], plain[goal]) < TOLERANCE


def test_what_is_infinite_is_nothing_once_it_is_off() -> None:
    network = chain(Conv2d(2, 1), ReLU())
    program = Program(
        network, {"n0.weight": np.full((2, 3, 1, 1), np.inf, np.float32), "n0.bias": np.zeros(2, np.float32)}
    )
    found = program.changed({"n0": {0: 0.0}}).run(torch.ones(1, 3, 8, 8))[0]
    assert (found[0, 0] == 0).all()
    assert torch.isinf(found[0, 1]).all()


def test_a_channel_that_is_not_there_changes_nothing() -> None:
    network, x = chain(Conv2d(2, 1), ReLU()), torch.rand(1, 3, 8, 8)
    program = Program(network, {})
    assert torch.equal(program.changed({"n0": {2: 0.0}, "gone": {0: 0.0}}).run(x)[0], program.run(x)[0])


def test_another_factor_lays_out_no_weights_again() -> None:
    """A slider is dragged: only what was fused over the node is made anew, and once."""
    network, x = chain(Conv2d(4, 3), ReLU(), Conv2d(4, 3), ReLU(), Flatten(), Linear(3)), torch.rand(1, 3, 8, 8)
    program = Program(network, {})
    program.run(x)
    program.changed({"n0": {1: 0.5}}).run(x)
    made = dict(program._packed)
    for factor in (0.4, 0.0, 2.0):
        program.changed({"n0": {1: factor}}).run(x)
    assert program._packed == made
    assert {("n0", "n1"), ("n0",), ("n1",), ("n2", "n3"), ("n4",), ("n5",)} == {chain for chain, *_ in made}


NETWORK = Network({
    node.id: node
    for node in (
        Node("in", Input(3, 12, 12)), Node("conv", Conv2d(6, 3), ("in",)), Node("relu", ReLU(), ("conv",)),
        Node("flat", Flatten(), ("relu",)), Node("fc", Linear(5), ("flat",)),
    )
})  # fmt: skip
SOURCE = Pixels(np.random.default_rng(0).integers(0, 255, (12, 12, 3)).astype(np.uint8))


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    rng = np.random.default_rng(7)
    shapes = {"conv.weight": (6, 3, 3, 3), "conv.bias": (6,), "fc.weight": (5, 600), "fc.bias": (5,)}
    numbers = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    return Project(NETWORK, weights=tensors.keep(numbers))


def test_every_question_sees_it(project: Project) -> None:
    """Guesses, maps, thumbnails, explained numbers and slopes are those of the changed network."""
    off = project.with_factors("conv", {2: 0.0, 3: 0.5})
    (before,), (after,) = (last(Look(p, SOURCE, ("relu",))) for p in (project, off))
    assert not after.values[2].any()
    assert before.values[2].any()
    assert np.allclose(after.values[3], 0.5 * before.values[3], atol=1e-5)
    assert np.array_equal(after.values[4], before.values[4])
    assert last(Predict(project, SOURCE)).top != last(Predict(off, SOURCE)).top
    films = last(XRay(off, SOURCE, picked=("conv", 2)))
    assert len(np.unique(films.pixels[films.ids.index("conv")])) == 1
    maps = [last(Attribute(p, SOURCE, (Gradient(),), Place("conv", 2))).values for p in (project, off)]
    assert maps[0].any()
    assert not maps[1].any()


@pytest.mark.parametrize(("node", "channel"), [("conv", 3), ("in", 1), ("fc", 0), ("flat", 7)])
@pytest.mark.parametrize("factor", [0.0, -0.5])
def test_an_explained_number_is_explained_to_the_end(project: Project, node: str, channel: int, factor: float) -> None:
    off, place = project.with_factors(node, {channel: factor}), Place(node, channel)
    found, plain = (last(Explain(p, SOURCE, place)) for p in (off, project))
    assert found.value == pytest.approx(factor * plain.value, abs=1e-6)
    assert float(found.steps[-1].worked) == pytest.approx(found.value, abs=1e-5)
    assert float(found.steps[-2].worked) == pytest.approx(plain.value, abs=1e-5)
    assert "multiplied by f" in found.said


def test_the_program_is_made_once_whatever_is_switched_off(project: Project) -> None:
    def made(project: Project) -> Program:
        steps = program_of(project, "cpu")
        try:
            while True:
                next(steps)
        except StopIteration as end:
            return end.value

    plain = made(project)
    off = made(project.with_factors("conv", {1: 0.0}))
    assert off is not plain
    assert off._modules is plain._modules
    assert made(project.with_factors("conv", {1: 0.0})) is off
    assert made(project).factors == {}


def test_what_is_written_for_others_has_all_channels_on_and_it_is_said(project: Project, tmp_path) -> None:
    off = project.with_factors("conv", {2: 0.0, 3: 0.5})
    written = [last(Export(one, str(tmp_path / f"{name}.onnx"))) for name, one in (("plain", project), ("off", off))]
    assert [one.left_out for one in written] == [0, 2]
    assert (tmp_path / "off.onnx").read_bytes() == (tmp_path / "plain.onnx").read_bytes()
    assert last(Export(off, str(tmp_path / "off.cnnx"))).left_out == 0
    assert read(tmp_path / "off.cnnx") == off


def test_a_search_for_patches_is_kept_for_what_was_off_on_the_way(project: Project, tmp_path) -> None:
    def name(one: Project) -> str:
        question = FindPatches(one, ("relu",), str(tmp_path))
        return Search(question, Program(one.network, {}).changed(one.factors)).name

    assert name(project.with_factors("conv", {2: 0.0})) != name(project)
    assert name(project.with_factors("fc", {2: 0.0})) == name(project), "which comes later"
