"""Two versions of one network, of which only the trained numbers differ, are not called equal."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import models

from explorer.cli.commands import main
from explorer.engine import weight_changes
from explorer.engine.weight_changes import with_weights
from explorer.formats import tensors
from explorer.layers.dense import Input, Linear
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.maths.records import Progress
from explorer.maths.weight_records import WeightChange
from explorer.network.diff import Diff, compare
from explorer.network.diff_words import cells, counts, equality
from explorer.network.network import Network, Node

NETWORK = (
    Network()
    .with_node(Node("input", Input(1, 6, 6)))
    .with_node(Node("conv", Conv2d(2, 3), ("input",)))
    .with_node(Node("bn", BatchNorm2d(), ("conv",)))
)
NUMBERS = {
    "conv.weight": (2, 1, 3, 3), "conv.bias": (2,), "bn.weight": (2,), "bn.bias": (2,),
    "bn.running_mean": (2,), "bn.running_var": (2,),
}  # fmt: skip


def numbers(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in NUMBERS.items()}


def differing(old: dict[str, np.ndarray], new: dict[str, np.ndarray], other: Network = NETWORK) -> Diff:
    kept = tensors.keep(old) if old else "", tensors.keep(new) if new else ""
    *progress, diff = with_weights(compare(NETWORK, other), *kept)
    assert all(isinstance(step, Progress) for step in progress)
    assert isinstance(diff, Diff)
    return diff


def of(diff: Diff, id: str) -> WeightChange | None:
    return next(row.weights for row in diff.rows if row.new == id)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_every_number_that_differs_is_counted(data: st.DataObject) -> None:
    old, new = numbers(), numbers()
    odd = st.sampled_from((np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-30, 3.5))
    for side in (old, new):
        for name in data.draw(st.lists(st.sampled_from(sorted(NUMBERS)), max_size=3)):
            place = data.draw(st.integers(0, side[name].size - 1))
            side[name].reshape(-1)[place] = data.draw(odd)
    diff = differing(old, new)
    for id in ("conv", "bn"):
        a = torch.tensor(np.concatenate([old[name].ravel() for name in NUMBERS if name.startswith(id)])).double()
        b = torch.tensor(np.concatenate([new[name].ravel() for name in NUMBERS if name.startswith(id)])).double()
        other = ~torch.isclose(a, b, rtol=0, atol=0, equal_nan=True)  # torch's word for it
        change = of(diff, id)
        assert change is not None
        assert (change.count, change.differing) == (len(a), int(other.sum()))
        apart = (a - b).abs()[other]
        assert change.largest == (float(apart.nan_to_num(torch.inf, torch.inf).max()) if len(apart) else 0)
    assert diff.equal == all(row.weights is None or row.weights.differing == 0 for row in diff.rows)


def test_large_tensors_are_compared_piece_by_piece(monkeypatch) -> None:
    monkeypatch.setattr(weight_changes, "PIECE", 4)
    weight_changes._known.clear()
    old, new = numbers(), numbers()
    for place in (0, 3, 4, 17):
        new["conv.weight"].reshape(-1)[place] += 0.5
    assert of(differing(old, new), "conv") == WeightChange(20, 4, pytest.approx(0.5))


def test_between_pieces_it_can_be_stopped_and_no_tensor_is_in_memory_whole(monkeypatch) -> None:
    monkeypatch.setattr(weight_changes, "PIECE", 1 << 16)
    network = (
        Network()
        .with_node(Node("input", Input(1024, 1, 1)))
        .with_node(Node("fc", Linear(2048, False, over="channels"), ("input",)))
    )
    old = np.ones((2048, 1024), np.float32)
    new = old.copy()
    new[-1, -1] = 3
    kept = tensors.keep({"fc.weight": old}), tensors.keep({"fc.weight": new})
    differences = compare(network, network)
    tracemalloc.start()
    try:
        *steps, diff = with_weights(differences, *kept)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(diff, Diff)
    assert of(diff, "fc") == WeightChange(old.size, 1, 2.0)
    assert len(steps) >= old.size // (1 << 16)  # the worker looks after other questions at each
    assert most < old.nbytes
    again = list(with_weights(differences, *kept))  # known now: a step for each row
    assert (again[-1], len(again)) == (diff, len(diff.rows) + 1)


def test_layers_are_compared_where_weights_are_gone() -> None:
    plain = compare(NETWORK, NETWORK)
    steps = with_weights(plain, tensors.keep(numbers()), "ab" * 32)
    assert next(steps) == plain
    with pytest.raises(tensors.WeightsError, match="no longer in the cache"):
        next(steps)


def test_what_is_said() -> None:
    old, new = numbers(), numbers()
    new["conv.bias"] += np.float32(0.25)
    new["bn.running_mean"][0] = np.nan
    diff = differing(old, new)
    assert counts(diff) == "3 layers in both: 2 with other weights."
    said = {row.new: cells(diff, row) for row in diff.rows}
    assert said["input"][0] == ""
    assert said["conv"][0] == "≠"
    assert said["conv"][3] == "3×3 · 2; weights: 2 of 20 differ; at most by 0.25"
    assert said["bn"][3] == "weights: 1 of 8 differ; some not finite"


def test_equal_layers_say_what_became_of_the_weights() -> None:
    same, none, one = (differing(*sides) for sides in ((numbers(), numbers()), ({}, {}), ({}, numbers())))
    layers = "A and B are equal: 3 layers, 24 parameters, 288 MACs."
    assert equality(same, "A", "B") == f"{layers} Their trained weights are the same, number by number."
    assert equality(none, "A", "B") == layers
    assert equality(one, "A", "B") == f"{layers} Their weights were not compared: B has no trained ones."
    assert equality(differing(numbers(), {}), "A", "B").endswith(" A has no trained ones.")


def test_layers_that_have_other_names_there() -> None:
    renamed = (
        Network()
        .with_node(Node("input", Input(1, 6, 6)))
        .with_node(Node("first", Conv2d(2, 3), ("input",)))
        .with_node(Node("second", BatchNorm2d(), ("first",)))
    )
    new = {name.replace("conv", "first").replace("bn", "second"): value for name, value in numbers().items()}
    assert differing(numbers(), new, renamed).equal
    new["second.bias"] = new["second.bias"] - 1
    assert of(differing(numbers(), new, renamed), "second") == WeightChange(8, 2, pytest.approx(1))


def test_what_only_one_has_trained_is_told() -> None:
    new = {name: value for name, value in numbers().items() if not name.startswith("bn")}
    diff = differing(numbers(), new)
    row = next(row for row in diff.rows if row.new == "bn")
    assert row.weights == WeightChange(lacking="new")
    assert row.state == "with other weights"
    assert cells(diff, row)[3] == "weights: none in the new one"
    assert not diff.equal


def test_another_head_is_changed_and_has_no_weights_to_compare() -> None:
    head = NETWORK.with_node(Node("fc", Linear(2, over="channels"), ("bn",)))
    other = head.with_layer("fc", Linear(3, over="channels"))
    fc = {"fc.weight": np.ones((2, 2), np.float32), "fc.bias": np.ones(2, np.float32)}
    kept = [tensors.keep({**numbers(), **more}) for more in (fc, {"fc.bias": np.ones(3, np.float32)})]
    *_, diff = with_weights(compare(head, other), *kept)
    assert isinstance(diff, Diff)
    row = next(row for row in diff.rows if row.new == "fc")
    assert (row.state, row.weights) == ("changed", None)


def test_the_command_line_tells_two_checkpoints_apart(tmp_path, capsys) -> None:
    torch.manual_seed(0)
    state = models.squeezenet1_1(num_classes=2).state_dict()
    torch.save(state, tmp_path / "v1.pth")
    state["classifier.1.bias"][1] += 0.5
    torch.save(state, tmp_path / "v2.pth")
    first, second = str(tmp_path / "v1.pth"), str(tmp_path / "v2.pth")
    assert main(["compare", first, first]) == 0
    assert capsys.readouterr().out.endswith("Their trained weights are the same, number by number.\n")
    assert main(["compare", first, second]) == 0
    (line,) = [line for line in capsys.readouterr().out.split("\n") if line.startswith("≠")]
    assert "classifier.1" in line
    assert "weights: 1 of 1,026 differ; at most by 0.5" in line
    assert main(["compare", first, second, "--json"]) == 0
    layers = json.loads(capsys.readouterr().out)["layers"]
    told = {layer["new"]: layer["weights"]["differing"] for layer in layers if "weights" in layer}
    assert len(told) == 26
    assert {name for name, count in told.items() if count} == {"classifier.1"}
