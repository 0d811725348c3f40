"""ONNX's operators that hold graphs, where what they do is known beforehand; beside onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from explorer.formats.onnx.graph import GraphError
from tests import onnx_side as side

pytest.importorskip("onnxruntime")

Step = tuple[str, list[str], str] | tuple[str, list[str], str, dict[str, Any]]
PICTURE = np.random.default_rng(3).random((1, 3, 8, 8), np.float32) - 0.5


def nodes(*steps: Step) -> list[onnx.NodeProto]:
    return [helper.make_node(kind, inputs, [out], **(more[0] if more else {})) for kind, inputs, out, *more in steps]


def value(name: str, kind: int = TensorProto.FLOAT, shape: Sequence[int] | None = None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def branch(steps: list[onnx.NodeProto]) -> onnx.GraphProto:
    out = steps[-1].output[0]
    return helper.make_graph(steps, f"way {out}", [], [value(out)])


def body(steps: list[onnx.NodeProto], *gathered: str, goes_on: str = "on") -> onnx.GraphProto:
    """Of a loop that carries one picture, from `held` to `next`."""
    steps = [*steps, helper.make_node("Identity", [goes_on], ["out"])]
    return helper.make_graph(
        steps, "body", [value("i", TensorProto.INT64, []), value("on", TensorProto.BOOL, []), value("held")],
        [value("out", TensorProto.BOOL, []), value("next"), *map(value, gathered)],
    )  # fmt: skip


def agrees(made: onnx.ModelProto, folder: Path) -> list[str]:
    """The layers' kinds of a model, whose outputs are those of onnxruntime."""
    path = side.saved(made, folder)
    reading = side.read(path)
    assert side.difference(side.values(reading, PICTURE), side.runtime(path, {"x": PICTURE})) < 1e-5
    return [node.layer.kind for node in reading.network.nodes.values()][1:]


def squeezed(*axes: int) -> list[onnx.NodeProto]:
    """What torch writes for squeeze where it does not know the shape: drop an axis if its size is 1."""
    return [
        *nodes(
            ("ReduceMean", ["x"], "m", {"axes": list(axes)}), ("Shape", ["m"], "s"), ("Gather", ["s", "two"], "n"),
            ("Equal", ["n", "size"], "same"),
        ),
        helper.make_node(
            "If", ["same"], ["q"], then_branch=branch(nodes(("Squeeze", ["m", "axis"], "t"))),
            else_branch=branch(nodes(("Sigmoid", ["m"], "e"))),
        ),
        *nodes(("Relu", ["q"], "y")),
    ]  # fmt: skip


NUMBERS = {"two": np.array(2), "size": np.array(1), "axis": np.array([1])}


def test_the_branch_that_the_shape_chooses(tmp_path: Path) -> None:
    made = side.model(squeezed(2, 3), {**NUMBERS, "axis": np.array([2, 3])})
    assert agrees(made, tmp_path) == ["AdaptiveAvgPool2d", "Flatten", "ReLU"]
    assert agrees(side.model(squeezed(1), NUMBERS), tmp_path) == ["Opaque", "Sigmoid", "ReLU"]


def test_a_branch_inside_a_branch(tmp_path: Path) -> None:
    inner = helper.make_node(
        "If", ["no"], ["u"], then_branch=branch(nodes(("Tanh", ["x"], "a"))),
        else_branch=branch(nodes(("Relu", ["x"], "b"))),
    )  # fmt: skip
    outer = helper.make_node(
        "If", ["yes"], ["y"], then_branch=branch([inner, *nodes(("Add", ["u", "x"], "c"))]),
        else_branch=branch(nodes(("Neg", ["x"], "d"))),
    )  # fmt: skip
    made = side.model([outer], {"yes": np.array(True), "no": np.array(False)})
    assert agrees(made, tmp_path) == ["ReLU", "Add"]


def test_what_a_branch_looks_at_is_not_swallowed(tmp_path: Path) -> None:
    """Neither the sigmoid of a SiLU, nor a value to which a bias is added."""
    steps = nodes(
        ("Sigmoid", ["x"], "g"), ("Mul", ["x", "g"], "m"), ("Conv", ["m", "w"], "c"), ("Add", ["c", "b"], "d")
    )
    way = helper.make_node(
        "If", ["yes"], ["e"], then_branch=branch(nodes(("Add", ["c", "g"], "f"))),
        else_branch=branch(nodes(("Neg", ["c"], "h"))),
    )  # fmt: skip
    draw = np.random.default_rng(4)
    numbers = {
        "w": draw.random((3, 3, 1, 1), np.float32), "b": draw.random((1, 3, 1, 1), np.float32), "yes": np.array(True)
    }  # fmt: skip
    made = side.model([*steps, way, *nodes(("Add", ["d", "e"], "y"))], numbers)
    assert agrees(made, tmp_path)[:3] == ["Sigmoid", "Multiply", "Conv2d"]


def test_a_loop_is_written_out(tmp_path: Path) -> None:
    steps = nodes(
        ("Conv", ["held", "w"], "c", {"pads": [1, 1, 1, 1]}), ("Relu", ["c"], "r"), ("Cast", ["i"], "f", {"to": 1}),
        ("Add", ["r", "f"], "next"), ("ReduceMax", ["next"], "most", {"axes": [2, 3], "keepdims": 0}),
    )  # fmt: skip
    weight = np.random.default_rng(1).random((3, 3, 3, 3), np.float32) - 0.5
    loop = helper.make_node("Loop", ["rounds", "", "x"], ["y", "z"], body=body(steps, "most"))
    made = side.model([loop], {"rounds": np.array(3), "w": weight}, outputs=("y", "z"))
    assert agrees(made, tmp_path).count("Conv2d") == 3


def test_a_loop_ends_where_its_condition_says(tmp_path: Path) -> None:
    steps = nodes(("Relu", ["held"], "r"), ("Sub", ["r", "half"], "next"), ("Less", ["i", "last"], "more"))
    loop = helper.make_node("Loop", ["", "yes", "x"], ["y"], body=body(steps, goes_on="more"))
    numbers = {"half": np.float32(0.1), "last": np.array(4), "yes": np.array(True)}
    assert agrees(side.model([loop], numbers), tmp_path).count("ReLU") == 5


def asked(kind: str) -> onnx.ModelProto:
    """A model that asks the picture which way to go."""
    asks = nodes(("ReduceMax", ["x"], "m", {"keepdims": 0}), ("Greater", ["m", "zero"], "c"))
    numbers: dict[str, np.ndarray] = {"zero": np.array(0, np.float32), "yes": np.array(True)}
    if kind == "If":
        ways = {f"{way}_branch": branch(nodes((f, ["x"], f))) for way, f in (("then", "Relu"), ("else", "Neg"))}
        return side.model([*asks, helper.make_node("If", ["c"], ["y"], **ways)], numbers)
    inner = body(nodes(("Relu", ["held"], "next")), goes_on="c")
    return side.model([*asks, helper.make_node("Loop", ["", "yes", "x"], ["y"], body=inner)], numbers)


@pytest.mark.parametrize(("kind", "reason"), [
    ("If", "the operator If (if), which takes one of two ways by what the picture shows"),
    ("Loop", "the operator Loop (loop), which goes on as long as the picture says"),
])  # fmt: skip
def test_what_the_picture_decides_is_refused(kind: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(GraphError) as refused:
        side.read(side.saved(asked(kind), tmp_path))
    assert reason in str(refused.value)


@pytest.mark.parametrize("back", [0, 1])
def test_a_scan_is_written_out(back: int, tmp_path: Path) -> None:
    """From the first row to the last, or back: each row has what was added up before."""
    steps = nodes(("Relu", ["row"], "r"), ("Add", ["r", "held"], "next"), ("Mul", ["next", "row"], "seen"))
    inner = helper.make_graph(
        steps, "body", [value("held", shape=[1, 3, 8]), value("row", shape=[1, 3, 8])], [value("next"), value("seen")]
    )
    scan = helper.make_node(
        "Scan", ["start", "x"], ["last", "y"], body=inner, num_scan_inputs=1, scan_input_axes=[2],
        scan_input_directions=[back], scan_output_directions=[back],
    )  # fmt: skip
    start = np.random.default_rng(2).random((1, 3, 8), np.float32)
    agrees(side.model([scan], {"start": start}, outputs=("last", "y")), tmp_path)


def test_loops_in_loops_are_counted(tmp_path: Path) -> None:
    """A thousand rounds of a thousand rounds are more operators than are read."""
    inner = helper.make_graph(
        nodes(("Identity", ["on2"], "out2"), ("Identity", ["held2"], "next2")), "inner",
        [value("j", TensorProto.INT64, []), value("on2", TensorProto.BOOL, []), value("held2")],
        [value("out2", TensorProto.BOOL, []), value("next2")],
    )  # fmt: skip
    outer = body([helper.make_node("Loop", ["rounds", "", "held"], ["next"], body=inner)])
    made = side.model([helper.make_node("Loop", ["rounds", "", "x"], ["y"], body=outer)], {"rounds": np.array(1000)})
    with pytest.raises(GraphError, match="more than 100,000 operators once its loops are written out"):
        side.read(side.saved(made, tmp_path))
