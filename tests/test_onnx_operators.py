"""Every ONNX operator that is read, alone and in each version that changed it, against onnxruntime."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import defs, helper

from explorer.engine.onnx.folding import COMPUTES
from explorer.engine.onnx.kinds import KINDS
from explorer.engine.onnx.reading import FLOW, MEASURES
from explorer.engine.onnx.unread import UNREAD
from explorer.formats.onnx import rounded
from explorer.formats.onnx.file import COMPOSED
from explorer.formats.onnx.graph import GraphError
from tests import onnx_side as side

pytest.importorskip("onnxruntime")

DRAWN = np.random.default_rng(7)


def f(*shape: int) -> np.ndarray:
    return DRAWN.standard_normal(shape).astype(np.float32)


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def one(value: float) -> np.ndarray:
    return np.array(value, np.float32)


Case = tuple[str, dict[str, Any]]

POINTWISE = (
    "Abs", "Acos", "Asin", "Atan", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor", "Log", "Neg", "Reciprocal", "Round",
    "Sigmoid", "Sign", "Sin", "Sinh", "Sqrt", "Tan", "Tanh", "Relu", "Softsign", "Softplus", "Elu", "Celu", "Selu",
    "LeakyRelu", "ThresholdedRelu", "HardSigmoid", "HardSwish", "Shrink", "Identity", "Softmax", "LogSoftmax",
    "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "Flatten", "Dropout", "LpNormalization", "Asinh", "Atanh",
    "Hardmax",
)  # fmt: skip
REDUCED = ("Mean", "Sum", "Max", "Min", "Prod", "L1", "L2", "LogSumExp", "SumSquare")
SCALE = {"numbers": {"scale": f(3), "bias": f(3)}}
GRID = (np.indices((5, 6)).transpose(1, 2, 0)[None] / 2 - 1.2).astype(np.float32) + 0.1 * f(1, 5, 6, 2)
BOXES = np.float32([[0.5, 1, 6, 7.5], [3, 2, 9, 4]])
PADS = {"numbers": {"pads": ints(0, 0, 1, 2, 0, 0, 3, 0)}}

CASES: list[Case] = [
    *((kind, {}) for kind in POINTWISE),
    *((kind, {"numbers": {"other": f(3, 1, 1)}}) for kind in ("Add", "Sub", "Mul", "Div")),
    *((kind, {"numbers": {"other": f(1, 3, 8, 8)}}) for kind in ("Add", "Sub", "Mul", "Max", "Min", "Mean", "Sum")),
    *((kind, {"numbers": {"other": one(0.5)}}) for kind in ("Add", "Sub", "Mul", "Div", "Pow")),
    ("Mod", {"numbers": {"other": one(0.3)}, "fmod": 1}),
    *((f"Reduce{kind}", {"axes": [2, 3], "keepdims": keep}) for kind in REDUCED if kind != "Sum" for keep in (0, 1)),
    *((f"Reduce{kind}", {"numbers": {"axes": ints(1)}, "opset": 18}) for kind in REDUCED),
    ("ReduceMean", {"axes": [-1]}),
    ("ReduceSum", {"numbers": {"axes": ints(2, 3)}}),
    ("ReduceSum", {"axes": [1], "opset": 11}),
    ("ReduceLogSum", {"axes": [1], "inputs": ["x"]}),
    ("ArgMax", {"axis": 1, "keepdims": 0}),
    ("ArgMin", {"axis": 3}),
    ("Conv", {"numbers": {"w": f(4, 3, 3, 3), "b": f(4)}, "pads": [1, 1, 1, 1], "strides": [2, 2]}),
    ("Conv", {"numbers": {"w": f(6, 1, 3, 3)}, "pads": [0, 0, 1, 1], "group": 3, "dilations": [2, 1]}),
    ("Conv", {"numbers": {"w": f(4, 3, 3, 2)}, "auto_pad": "SAME_UPPER", "strides": [3, 2]}),
    ("Conv", {"numbers": {"w": f(4, 3, 4, 2)}, "auto_pad": "SAME_LOWER", "opset": 7}),
    ("Conv", {"numbers": {"w": f(4, 3, 3, 3)}, "auto_pad": "VALID"}),
    ("ConvTranspose", {"numbers": {"w": f(3, 2, 3, 3), "b": f(2)}, "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("ConvTranspose", {"numbers": {"w": f(3, 2, 3, 3)}, "strides": [2, 2], "output_padding": [1, 1]}),
    ("ConvTranspose", {"numbers": {"w": f(3, 2, 3, 3)}, "strides": [2, 2], "pads": [0, 1, 1, 0]}),
    ("ConvTranspose", {"numbers": {"w": f(3, 2, 3, 3)}, "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("ConvTranspose", {"numbers": {"w": f(3, 2, 3, 3)}, "strides": [2, 2], "output_shape": [16, 16]}),
    ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1}),
    ("MaxPool", {"kernel_shape": [2, 2], "pads": [0, 0, 1, 1]}),
    ("MaxPool", {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "strides": [2, 2], "opset": 8}),
    ("MaxPool", {"kernel_shape": [2, 3], "dilations": [2, 2]}),
    ("AveragePool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", {"kernel_shape": [3, 3], "auto_pad": "SAME_UPPER", "strides": [2, 2], "opset": 7}),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [0, 0, 1, 1], "count_include_pad": 1}),
    ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1, "opset": 19}),
    ("BatchNormalization", {"numbers": {"s": f(3), "b": f(3), "m": f(3), "v": f(3) ** 2}, "epsilon": 1e-3}),
    ("BatchNormalization", {"numbers": {"s": f(3), "b": f(3), "m": f(3), "v": f(3) ** 2}, "opset": 7}),
    ("InstanceNormalization", SCALE),
    ("LayerNormalization", {"numbers": {"scale": f(8), "bias": f(8)}}),
    ("LayerNormalization", {"numbers": {"scale": f(3, 8, 8), "bias": f(3, 8, 8)}, "axis": 1}),
    ("GroupNormalization", {"numbers": {"s": f(4), "b": f(4)}, "shape": (1, 4, 3, 3), "num_groups": 2, "opset": 21}),
    ("MeanVarianceNormalization", {"axes": [0, 2, 3]}),
    ("LRN", {"size": 3, "alpha": 0.1, "bias": 2.0}),
    ("PRelu", {"numbers": {"slope": f(3, 1, 1)}}),
    ("PRelu", {"numbers": {"slope": f(1)}}),
    ("Clip", {"numbers": {"low": one(0.0), "high": one(6.0)}}),
    ("Clip", {"min": -0.5, "max": 0.5, "opset": 7}),
    ("Clip", {"numbers": {"high": one(0.2)}, "inputs": ["x", "", "high"]}),
    ("Gelu", {"opset": 20}),
    ("Gelu", {"opset": 20, "approximate": "tanh"}),
    ("Mish", {"opset": 18}),
    ("HardSigmoid", {"alpha": 1 / 6}),
    ("Elu", {"alpha": 20.0}),
    ("Softmax", {"axis": 1}),
    ("Softmax", {"opset": 11}),
    ("Softmax", {"opset": 11, "axis": 2}),
    ("LogSoftmax", {"axis": 1, "opset": 7}),
    ("Gemm", {"numbers": {"w": f(5, 6), "b": f(5)}, "shape": (1, 6), "transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("Gemm", {"numbers": {"w": f(6, 5)}, "shape": (1, 6)}),
    ("Gemm", {"numbers": {"w": f(6, 5), "b": f(1, 5)}, "shape": (1, 6), "opset": 7}),
    ("MatMul", {"numbers": {"w": f(8, 5)}}),
    ("MatMul", {"numbers": {"w": f(3, 8, 2)}}),
    ("Einsum", {"numbers": {"w": f(8, 5)}, "equation": "bchw,wo->bcho"}),
    ("Reshape", {"numbers": {"shape": ints(0, -1)}}),
    ("Reshape", {"numbers": {"shape": ints(3, 64)}}),
    ("Reshape", {"numbers": {"shape": ints(1, 8, 3, -1)}}),
    ("Flatten", {"axis": 2}),
    ("Squeeze", {"numbers": {"axes": ints(0)}, "shape": (1, 3, 1, 5)}),
    ("Squeeze", {"axes": [2], "shape": (1, 3, 1, 5), "opset": 11}),
    ("Unsqueeze", {"numbers": {"axes": ints(2, -1)}}),
    ("Unsqueeze", {"axes": [0], "opset": 11}),
    ("Transpose", {"perm": [0, 2, 3, 1]}),
    ("Transpose", {}),
    ("Concat", {"inputs": ["x", "x"], "axis": 1}),
    ("Concat", {"inputs": ["x", "w"], "numbers": {"w": f(1, 3, 8, 2)}, "axis": -1}),
    ("Split", {"numbers": {"split": ints(1, 2)}, "outputs": 2, "axis": 1}),
    ("Split", {"outputs": 3, "axis": 1, "split": [1, 1, 1], "opset": 11}),
    ("Split", {"outputs": 3, "axis": 2, "num_outputs": 3, "opset": 18}),
    ("Slice", {"numbers": {"s": ints(1), "e": ints(9), "a": ints(1)}}),
    ("Slice", {"numbers": {"s": ints(-1, 6), "e": ints(-9, 1), "a": ints(2, 3), "t": ints(-1, -2)}}),
    ("Slice", {"starts": [0, 1], "ends": [2, -1], "axes": [2, 3], "opset": 7}),
    ("Gather", {"numbers": {"i": np.array(1)}, "axis": 1}),
    ("Gather", {"numbers": {"i": ints(0, -1, 2)}, "axis": 3}),
    ("Gather", {"numbers": {"i": ints(1, 2)}, "axis": 1}),
    ("GatherElements", {"numbers": {"i": ints(*[0] * 24).reshape(1, 3, 8, 1)}, "axis": 3}),
    ("GatherND", {"numbers": {"i": ints(0, 1, 0, 2).reshape(2, 2)}}),
    ("ScatterND", {"numbers": {"i": ints(0, 1, 0, 2).reshape(2, 2), "u": f(2, 8, 8)}}),
    ("Expand", {"numbers": {"shape": ints(1, 3, 8, 4)}, "shape": (1, 3, 8, 1)}),
    ("Tile", {"numbers": {"r": ints(1, 2, 1, 3)}}),
    ("Pad", PADS),
    ("Pad", {"numbers": {**PADS["numbers"], "v": one(2.5)}}),
    ("Pad", {**PADS, "mode": "reflect"}),
    ("Pad", {**PADS, "mode": "edge"}),
    ("Pad", {"pads": [0, 0, 1, 2, 0, 0, 3, 0], "opset": 7}),
    ("Pad", {"numbers": {"pads": ints(1, 1), "v": one(0.0), "a": ints(2)}, "opset": 18}),
    ("Upsample", {"scales": [1.0, 1.0, 2.0, 2.0], "opset": 7}),
    ("Upsample", {"numbers": {"s": np.array([1, 1, 2, 3], np.float32)}, "opset": 9, "mode": "linear"}),
    ("Resize", {"numbers": {"s": np.array([1, 1, 1.5, 0.5], np.float32)}, "opset": 10}),
    ("DepthToSpace", {"shape": (1, 8, 3, 3), "blocksize": 2}),
    ("DepthToSpace", {"shape": (1, 8, 3, 3), "blocksize": 2, "mode": "CRD"}),
    ("SpaceToDepth", {"blocksize": 2}),
    ("CumSum", {"numbers": {"a": np.array(2)}}),
    ("Trilu", {"upper": 0}),
    ("TopK", {"numbers": {"k": ints(2)}, "outputs": 2}),
    ("Cast", {"to": 1}),
    ("Cast", {"to": 7}),
    ("QuantizeLinear", {"numbers": {"s": one(0.1), "z": np.array(3, np.uint8)}}),
    ("QuantizeLinear", {"numbers": {"s": np.float32([0.1, 0.2, 0.3]), "z": np.int8([0, 1, 2])}, "axis": 1}),
    ("Where", {"inputs": ["c", "x", "z"], "numbers": {"c": f(8) > 0, "z": one(0.0)}}),
    ("Hardmax", {"axis": 1}),
    ("Hardmax", {"opset": 11}),
    ("IsInf", {"detect_negative": 0}),
    ("CumSum", {"numbers": {"a": np.array(2)}, "exclusive": 1}),
    ("CumSum", {"numbers": {"a": np.array(3)}, "exclusive": 1, "reverse": 1}),
    ("LpPool", {"kernel_shape": [2, 3], "strides": [2, 2], "pads": [0, 1, 1, 0], "opset": 18}),
    ("LpPool", {"kernel_shape": [3, 3], "p": 1, "opset": 11}),
    ("ScatterElements", {"numbers": {"i": ints(2, 0, -1).reshape(1, 3, 1, 1), "u": f(1, 3, 1, 1)}, "axis": 2}),
    ("ScatterElements", {
        "numbers": {"i": ints(2, 0, 2).reshape(1, 3, 1, 1), "u": f(1, 3, 1, 1)}, "axis": 1, "reduction": "add"
    }),
    ("ScatterElements", {
        "numbers": {"i": ints(2, 0, 2).reshape(1, 3, 1, 1), "u": f(1, 3, 1, 1)}, "axis": 1, "reduction": "max",
        "opset": 18,
    }),
    ("GridSample", {"numbers": {"g": GRID}}),
    ("GridSample", {"numbers": {"g": GRID}, "mode": "bicubic", "padding_mode": "border", "align_corners": 1}),
    ("GridSample", {"numbers": {"g": GRID}, "mode": "nearest", "padding_mode": "reflection", "opset": 20}),
    ("GridSample", {"numbers": {"g": GRID}, "mode": "cubic", "opset": 20}),
    ("GridSample", {"inputs": ["i", "x"], "numbers": {"i": f(1, 2, 6, 7)}, "shape": (1, 5, 4, 2)}),
    ("DeformConv", {"numbers": {"w": f(4, 3, 3, 3), "o": 2 * f(1, 18, 6, 6), "b": f(4)}, "opset": 19}),
    ("DeformConv", {
        "numbers": {"w": f(4, 2, 3, 2), "o": f(1, 24, 4, 5), "b": f(4), "m": f(1, 12, 4, 5)}, "shape": (1, 4, 8, 7),
        "group": 2, "offset_group": 2, "strides": [2, 1], "pads": [1, 0, 1, 0], "dilations": [1, 2], "opset": 19,
    }),
    ("RoiAlign", {
        "numbers": {"r": BOXES, "b": ints(0, 0)}, "output_height": 2, "output_width": 3, "sampling_ratio": 2,
        "spatial_scale": 0.5,
    }),
    ("RoiAlign", {
        "numbers": {"r": BOXES, "b": ints(0, 0)}, "output_height": 2, "output_width": 3, "sampling_ratio": 3,
        "opset": 10,
    }),
    ("Col2Im", {
        "numbers": {"i": ints(5, 5), "k": ints(2, 3)}, "shape": (1, 18, 20), "pads": [0, 1, 1, 0], "opset": 18
    }),
    ("CenterCropPad", {"numbers": {"s": ints(5, 11)}, "axes": [2, 3], "opset": 18}),
    ("AffineGrid", {"numbers": {"s": ints(1, 3, 4, 5)}, "shape": (1, 2, 3), "opset": 20}),
    ("AffineGrid", {"numbers": {"s": ints(1, 3, 4, 5)}, "shape": (1, 2, 3), "align_corners": 1, "opset": 20}),
    ("Attention", {"numbers": {"k": f(1, 3, 5, 8), "v": f(1, 3, 5, 8)}, "opset": 23}),
    *((kind, {"numbers": {"other": one(0.1)}}) for kind in ("Greater", "Less", "GreaterOrEqual", "LessOrEqual")),
]  # fmt: skip


def check(kind: str, case: dict[str, Any], folder: Path) -> None:
    path = side.saved(side.single(kind, **case), folder)
    shape = case.get("shape", (1, 3, 8, 8))
    x = np.random.default_rng(1).uniform(0.05 if kind in ("Log", "Sqrt", "ReduceLogSum", "Pow") else -1, 1, shape)
    x = x.astype(np.float32)
    ours = side.values(side.read(path), x)
    assert side.difference(ours, side.runtime(path, {"x": x})) < 1e-5


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}-{i}" for i, (kind, _) in enumerate(CASES)])
def test_an_operator_alone_gives_what_onnxruntime_gives(kind: str, case: dict[str, Any], tmp_path: Path) -> None:
    check(kind, case, tmp_path)


WHERES = ("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners")
ROUNDED = ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(("nearest", "linear", "cubic")),
    where=st.sampled_from(WHERES),
    rounded=st.sampled_from(ROUNDED),
    sizes=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    by_size=st.booleans(),
)
def test_resize_in_each_way(
    tmp_path: Path, mode: str, where: str, rounded: str, sizes: tuple[int, int], by_size: bool
) -> None:
    numbers = {"roi": np.zeros(0, np.float32), "scales": np.float32([1, 1, sizes[0] / 8, sizes[1] / 8])}
    inputs = ["x", "roi", "scales"]
    if by_size:
        numbers, inputs = {"sizes": ints(1, 3, *sizes)}, ["x", "", "", "sizes"]
    more = {"nearest_mode": rounded} if mode == "nearest" else {}
    check("Resize", {
        "numbers": numbers, "inputs": inputs, "mode": mode, "coordinate_transformation_mode": where, **more
    }, tmp_path)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    pads=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    dilations=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    groups=st.sampled_from((1, 2)),
)
def test_convolutions_with_any_settings(
    tmp_path: Path, kernel: Any, strides: Any, pads: Any, dilations: Any, groups: int
) -> None:
    weight = np.random.default_rng(2).standard_normal((4, 4 // groups, *kernel)).astype(np.float32)
    check("Conv", {
        "numbers": {"w": weight}, "shape": (1, 4, 9, 8), "strides": strides, "pads": pads, "dilations": dilations,
        "group": groups,
    }, tmp_path)  # fmt: skip


def check_sequence(kind: str, numbers: dict[str, np.ndarray], folder: Path, outputs: int = 1, **settings: Any) -> None:
    """An operator whose first axis is time: 7 places of 6 numbers, one picture."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]),
        helper.make_node(kind, ["t", *numbers], [f"y{i}" for i in range(outputs)], **settings),
    ]
    made = side.model(nodes, numbers, (1, 7, 6), 17, [f"y{i}" for i in range(outputs)])
    path, x = side.saved(made, folder), f(1, 7, 6)
    assert side.difference(side.values(side.read(path), x), side.runtime(path, {"x": x})) < 1e-5


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_recurrent_layers(kind: str, gates: int, direction: str, tmp_path: Path) -> None:
    n = 2 if direction == "bidirectional" else 1
    tables = {"w": f(n, 5 * gates, 6), "r": f(n, 5 * gates, 5), "b": f(n, 10 * gates)}
    more = {"linear_before_reset": 1} if kind == "GRU" else {}
    outputs = 3 if kind == "LSTM" else 2
    check_sequence(kind, tables, tmp_path, outputs, hidden_size=5, direction=direction, **more)
    check_sequence(kind, {name: tables[name] for name in "wr"}, tmp_path, hidden_size=5, direction=direction, **more)


def test_recurrent_layers_that_are_not_as_torchs_say_so(tmp_path: Path) -> None:
    for kind, gates, more, words in (
        ("GRU", 3, {}, "linear_before_reset 0"),
        ("LSTM", 4, {"clip": 1.0}, "limits"),
        ("RNN", 1, {"activations": ["Softsign"]}, "activations"),
    ):
        with pytest.raises(GraphError, match=words):
            check_sequence(kind, {"w": f(1, 5 * gates, 6), "r": f(1, 5 * gates, 5)}, tmp_path, hidden_size=5, **more)


def test_sequences_are_turned_round(tmp_path: Path) -> None:
    check_sequence("ReverseSequence", {"l": ints(4)}, tmp_path, time_axis=0, batch_axis=1)


def test_maxima_are_put_back_where_they_were(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MaxPool", ["x"], ["m", "i"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Relu", ["m"], ["r"]),
        helper.make_node("MaxUnpool", ["r", "i"], ["y"], kernel_shape=[2, 2], strides=[2, 2]),
    ]
    path, x = side.saved(side.model(nodes), tmp_path), f(1, 3, 8, 8)
    assert side.difference(side.values(side.read(path), x), side.runtime(path, {"x": x})) < 1e-6


def test_places_of_known_numbers_are_found_and_those_of_the_picture_are_not_asked_for(tmp_path: Path) -> None:
    """As older exporters write an index."""
    nodes = [
        helper.make_node("NonZero", ["mask"], ["places"]),
        helper.make_node("Squeeze", ["places", "zero"], ["row"]),
        helper.make_node("Gather", ["x", "row"], ["y"], axis=2),
    ]
    numbers = {"mask": np.array([0, 1, 0, 0, 1, 1, 0, 0]), "zero": ints(0)}
    path, x = side.saved(side.model(nodes, numbers), tmp_path), f(1, 3, 8, 8)
    assert side.difference(side.values(side.read(path), x), side.runtime(path, {"x": x})) == 0
    with pytest.raises(GraphError, match="as many results as the picture decides"):
        side.read(side.saved(side.single("NonZero"), tmp_path))


def test_depths_and_diagonals_of_what_a_network_finds(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ArgMax", ["x"], ["best"], axis=1, keepdims=0),
        helper.make_node("OneHot", ["best", "depth", "values"], ["hot"], axis=1),
        helper.make_node("Reshape", ["x", "flat"], ["rows"]),
        helper.make_node("EyeLike", ["rows"], ["eye"], k=1),
        helper.make_node("MatMul", ["rows", "eye_t"], ["y0"]),
        helper.make_node("Transpose", ["eye"], ["eye_t"]),
        helper.make_node("Identity", ["hot"], ["y1"]),
    ]
    nodes[4], nodes[5] = nodes[5], nodes[4]
    numbers = {"depth": ints(3), "values": np.float32([-1, 2]), "flat": ints(12, 16)}
    path, x = side.saved(side.model(nodes, numbers, outputs=("y0", "y1")), tmp_path), f(1, 3, 8, 8)
    assert side.difference(side.values(side.read(path), x), side.runtime(path, {"x": x})) < 1e-6


ONNX = sorted({schema.name for schema in defs.get_all_schemas() if schema.domain == ""})


@pytest.mark.parametrize("kind", ONNX)
def test_every_operator_of_onnx_is_read_or_refused_with_a_reason(kind: str) -> None:
    written = {"Constant", *COMPOSED, *rounded.ROUNDED, *rounded.SUMS}
    read = COMPUTES.keys() | KINDS.keys() | FLOW.keys() | {*MEASURES} | written
    assert (kind in read) != (kind in UNREAD)
    assert len(UNREAD.get(kind, "")) <= 120


def test_the_page_of_operators_says_what_is_read() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "onnx-operators.md").read_text("utf-8")
    read, refused = page.split("## Refused")
    assert re.findall(r"`(\w+)`", read) == [kind for kind in ONNX if kind not in UNREAD]
    told = {
        kind: line.split(": ", 1)[1]
        for line in refused.splitlines()
        if line[:1] == "-"
        for kind in re.findall(r"`(\w+)`", line)
    }
    assert told == UNREAD
