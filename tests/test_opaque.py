"""Opaque layers: a list of operations runs as what it was taken from, and a list from a stranger does no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.fx.experimental.proxy_tensor import make_fx
from torchvision.models.swin_transformer import ShiftedWindowAttention

from explorer.engine import modules
from explorer.engine.capture import captured, fingerprint
from explorer.engine.operations import OperationError
from explorer.engine.program import Program
from explorer.engine.recording import CaptureError
from explorer.formats import project_file
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.receptive_field import ReceptiveFields, receptive_field
from explorer.network.settings import SettingError


def attention() -> tuple[nn.Module, Opaque]:
    torch.manual_seed(0)
    module = nn.MultiheadAttention(8, 2, batch_first=True).eval()

    def compute(state, x):
        return torch.func.functional_call(module, dict(state), (x[0], x[0], x[0]))[0]

    trained = dict(module.named_parameters())
    return module, captured("Attention", compute, module.state_dict(), trained.__contains__, [(5, 8)])


def changed(layer: Opaque, **parts: object) -> str:
    return json.dumps(json.loads(layer.program) | parts)


def test_it_runs_as_what_it_was_taken_from() -> None:
    module, layer = attention()
    run = layer.module(modules, (5, 8))
    assert {name: tuple(p.shape) for name, p in run.named_parameters()} == {
        name: tuple(p.shape) for name, p in module.named_parameters()
    }
    run.load_state_dict(module.state_dict())
    x = torch.rand(3, 5, 8)
    assert torch.allclose(run(x), module(x, x, x)[0], atol=1e-6)
    assert layer.parameters((5, 8)) == sum(p.numel() for p in module.parameters())
    # four projections of 8 × 8 for 5 tokens, and scores and sums of 5 × 5 × 8
    assert layer.macs((5, 8), (5, 8)) == 4 * 5 * 8 * 8 + 2 * 5 * 5 * 8


def test_numbers_that_are_not_trained_come_with_it() -> None:
    table = torch.tensor([[2, 0], [1, 1]])

    def compute(state, x):
        return x[0][:, state["table"].flatten()] * state["scale"] + x[1].masked_fill(x[1] > 0.5, -torch.inf)[:, :1]

    state = {"table": table, "scale": torch.rand(4, 1)}
    layer = captured("pick", compute, state, {"scale"}.__contains__, [(3, 6), (4, 6)])
    assert (layer.inputs, layer.buffers((3, 6), (4, 6)), layer.parameters((3, 6), (4, 6))) == (-1, 4, 4)
    run = layer.module(modules, (3, 6), (4, 6))
    run.load_state_dict({"scale": state["scale"]})
    x = torch.rand(1, 3, 6), torch.rand(1, 4, 6)
    assert torch.equal(run(*x), compute(state, x))


def test_it_says_what_it_takes() -> None:
    _, layer = attention()
    net = Network({"input": Node("input", Input(1, 5, 8)), "a": Node("a", layer, ("input",))})
    assert analyse(net)["a"].problem == "was read for an input of 5×8, and cannot take 1×5×8"
    assert layer.brief() == "Attention"
    assert layer.remarks((5, 8), (5, 8))[0].startswith(f"{len(layer.operations.steps)} tensor operations that no")


def test_what_it_sees_is_only_an_upper_bound() -> None:
    layer = captured("same", lambda state, x: x[0].cos(), {}, bool, [(1, 5, 8)])
    conv = Conv2d(1, 3, padding=1)
    net = Network(
        {
            "input": Node("input", Input(1, 5, 8)),
            "before": Node("before", conv, ("input",)),
            "o": Node("o", layer, ("before",)),
            "behind": Node("behind", conv, ("o",)),
        }
    )
    facts = analyse(net)
    fields = ReceptiveFields(net, facts)
    for id in net.nodes:
        assert fields[id] == receptive_field(net, facts, id)
    assert fields["before"].brief == "Sees 3×3 pixels, steps of 1, start 0"
    assert fields["behind"].brief == "Sees at most the whole picture"
    assert "not followed through an Opaque layer" in str(fields["behind"])


def test_it_is_saved_and_opened(tmp_path: Path) -> None:
    _, layer = attention()
    net = Network({"input": Node("input", Input(1, 5, 8)), "a": Node("a", layer, ("input",))})
    project_file.write(tmp_path / "a.cnnx", Project(net))
    assert project_file.read(tmp_path / "a.cnnx").network == net


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([["from_file.default", ["'/etc/passwd"], {}]], "from_file.default', which is not allowed"),
        ([["load.default", ["%0"], {}]], "which is not allowed"),
        ([["__import__", ["'os"], {}]], "which is not allowed"),
        ([["add.Tensor", ["%1", "%0"], {}]], "uses '%1' before it is there"),
        ([["add.Tensor", ["%0", "$w"], {}]], r"uses '\$w' before it is there"),
        ([["relu_.default", ["%0"], {}]], "writes over what it was given"),
        ([["view.default", ["%0", [2, 3]], {}], ["zero_.default", ["%1"], {}]], "writes over what it was given"),
        ([["abs.out", ["%0"], {"out": "%0"}]], "writes to a tensor of its own choice"),
        ([["dropout.default", ["%0", 0.5, True], {}]], "drops numbers by chance"),
        ([["add.Tensor", ["%0", "=word"], {}]], None),
        ([["add.Tensor", ["%0", ":object"], {}]], "which means nothing"),
        ([["add.Tensor", ["%0", 1 << 70], {}]], "too large"),
        ([["add.Tensor", [[[[[[["%0"]]]]]]], {}]], "nested too deeply"),
        ([["add.Tensor", ["%0", {"a": 1}], {}]], "an argument of another kind"),
        ([["relu.default", ["%0"], {}]] * 3000, "3,000 steps"),
        ([["relu.default"]], "is no list of operations"),
        ("relu", "is no list of operations"),
    ],
)
def test_a_list_that_is_not_sound_is_refused(steps: object, words: str | None) -> None:
    _, layer = attention()
    parts = {"takes": [[2, 3]], "gives": [2, 3], "weights": {}, "constants": {}, "macs": 0, "result": "%1"}
    text = changed(layer, **parts, steps=steps)
    if words is None:
        with pytest.raises(OperationError, match="cannot be run"):
            Opaque("x", text).module(modules, (2, 3))
    else:
        with pytest.raises(SettingError, match=words):
            Opaque("x", text)


@pytest.mark.parametrize(
    "parts",
    [
        {"macs": -1}, {"macs": 1e3}, {"gives": []}, {"gives": [0]}, {"takes": []}, {"takes": [[1 << 40]]},
        {"weights": {"../x": [1]}}, {"weights": {"w": [1 << 20, 1 << 20]}}, {"result": "%999"}, {"result": 3},
        {"constants": {"c": ["int64", [2], [1]]}}, {"constants": {"c": ["object", [1], [1]]}},
        {"constants": {"c": ["int64", [1], ["1"]]}}, {"steps": None}, {"takes": [[True]]},
    ],
)  # fmt: skip
def test_a_description_that_is_not_sound_is_refused(parts: dict[str, object]) -> None:
    _, layer = attention()
    with pytest.raises(SettingError, match=r"Opaque's program (has|is|says|takes|puts)"):
        Opaque("x", changed(layer, **parts))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "NaN", "[" * 100_000, '{"takes":[[NaN]]}', "x" * 500_000])
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="Opaque's program"):
        Opaque("x", text)


@pytest.mark.parametrize("parts", [{"macs": 7}, {"gives": [8, 5]}])
def test_a_list_that_lies_does_not_run(parts: dict[str, object]) -> None:
    _, layer = attention()
    net = Network(
        {
            "input": Node("input", Input(1, 5, 8)),
            "r": Node("r", modules_reshape(), ("input",)),
            "a": Node("a", Opaque("x", changed(layer, **parts)), ("r",)),
        }
    )
    with pytest.raises(OperationError, match="give something else than it says"):
        Program(net, {}).run(torch.rand(1, 1, 5, 8))


def modules_reshape():
    from explorer.layers.shapes import Reshape

    return Reshape((5, 8))


def test_what_cannot_be_taken_down_says_why() -> None:
    for compute, words in (
        (lambda state, x: torch.cat([x[0], x[0]]), "for one picture"),
        (lambda state, x: (x[0], x[0]), "gives no tensor"),
        (lambda state, x: F.dropout(x[0]), "drops numbers by chance"),
        (lambda state, x: torch.rand_like(x[0]), "rand_like.default', which is not allowed"),
        (lambda state, x: x[0] if x[0].sum() > 0 else x[0] + 1, "cannot be run on shapes alone"),
        (lambda state, x: 1 / 0, "cannot be run on shapes alone: division by zero"),
    ):
        with pytest.raises(CaptureError, match=words):
            captured("x", compute, {}, bool, [(2, 3)])


def test_the_operations_are_those_that_the_code_asks_for() -> None:
    """As torch's own tracer writes them down, before it takes any apart."""
    module = ShiftedWindowAttention(8, [2, 2], [1, 1], 2).eval()
    state = dict(module.named_parameters()) | dict(module.named_buffers())

    def compute(state, x):
        return torch.func.functional_call(module, dict(state), (x[0].permute(0, 2, 3, 1),)).permute(0, 3, 1, 2)

    layer = captured("attn", compute, state, dict(module.named_parameters()).__contains__, [(8, 4, 6)])
    graph = make_fx(lambda x: compute(state, [x]), pre_dispatch=True)(torch.empty(1, 8, 4, 6)).graph
    theirs = [str(node.target).removeprefix("aten.") for node in graph.nodes if node.op == "call_function"]
    ours = [step.operation for step in layer.operations.steps]
    assert ours == [name for name in theirs if not name.startswith(("alias", "detach"))]
    assert {"linear.default", "softmax.int"} <= set(ours)


def test_what_nobody_listens_to_is_left_out_but_not_what_is_written_through_a_view() -> None:
    def compute(state, x):
        x[0].exp()
        mask = torch.zeros(3)
        mask[1:].fill_(2.0)
        return x[0].chunk(2, 1)[1] * mask[None, :, None] + torch.tensor([[[1.0], [2.0], [3.0]]])

    layer = captured("x", compute, {}, bool, [(6, 2)])
    names = [step.operation for step in layer.operations.steps]
    assert [names.count(name) for name in ("exp.default", "fill_.Scalar", "getitem")] == [0, 1, 1]
    x = torch.rand(1, 6, 2)
    assert torch.equal(layer.module(modules, (6, 2))(x), compute({}, [x]))


def test_modules_that_do_the_same_are_told_from_others() -> None:
    def one(**settings: object) -> nn.Module:
        return nn.MultiheadAttention(8, 2, batch_first=True, **settings)

    assert fingerprint(one()) == fingerprint(one()) is not None
    assert fingerprint(one()) != fingerprint(one(bias=False))
    other = one()
    other.num_heads = 4
    assert fingerprint(one()) != fingerprint(other)
    other = one()
    other.register_forward_hook(lambda *_: None)
    assert fingerprint(other) is None
