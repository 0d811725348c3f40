"""ONNX files of one operator each that asks for what cannot be: refused in a sentence, by the checker or by us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from explorer.maths.sentences import Refusal
from tests import onnx_side as side
from tests.in_place import put
from tests.test_onnx import chain, opened, relu

VAST = 1 << 40
Make = Callable[[], onnx.ModelProto]


def one(
    kind: str, inputs: Sequence[str], outputs: Sequence[str], numbers: dict[str, Any] | None = None, **a: Any
) -> Make:
    """A model of one operator, on a picture x of 3 × 8 × 8."""
    return lambda: side.model([helper.make_node(kind, list(inputs), list(outputs), **a)], numbers or {})


def conv(**attributes: Any) -> Make:
    return one("Conv", ["x", "w"], ["y"], {"w": np.ones((4, 3, 3, 3), np.float32)}, **attributes)


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def real(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


LIES: dict[str, Make] = {
    "a step of nothing": conv(strides=[0, 0]),
    "a step backwards": conv(strides=[-1, -1]),
    "three steps": conv(strides=[1, 1, 1]),
    "a border below zero": conv(pads=[-9, -9, -9, -9]),
    "a vast border": conv(pads=[VAST] * 4),
    "three borders": conv(pads=[1, 1, 1]),
    "a spread of nothing": conv(dilations=[0, 0]),
    "a vast spread": conv(dilations=[1 << 62] * 2),
    "a kernel below zero": conv(kernel_shape=[-3, -3]),
    "groups below zero": conv(group=-1),
    "more groups than channels": conv(group=1 << 40),
    "groups that do not divide": conv(group=2),
    "a window of nothing": one("MaxPool", "x", "y", kernel_shape=[0, 0]),
    "a vast window": one("MaxPool", "x", "y", kernel_shape=[VAST, VAST]),
    "a window below zero": one("AveragePool", "x", "y", kernel_shape=[-2, -2]),
    "a window without sizes": one("MaxPool", "x", "y"),
    "a shape that does not fit": one("Reshape", ["x", "s"], "y", numbers={"s": whole(7, 7)}),
    "two unknown sizes": one("Reshape", ["x", "s"], "y", numbers={"s": whole(-1, -1)}),
    "a size below zero": one("Reshape", ["x", "s"], "y", numbers={"s": whole(-5, 1)}),
    "an order that is none": one("Transpose", "x", "y", perm=[0, 0, 1, 1]),
    "an axis that is not there": one("Softmax", "x", "y", axis=99),
    "an axis beyond": one("Concat", ["x", "x"], "y", axis=9),
    "a split that does not fit": one("Split", ["x", "s"], ["y", "z"], numbers={"s": whole(1, 9)}),
    "a vast repetition": one("Tile", ["x", "r"], "y", numbers={"r": whole(1, 1 << 20, 1 << 20, 1)}),
    "a repetition below zero": one("Tile", ["x", "r"], "y", numbers={"r": whole(1, -1, 1, 1)}),
    "a vast picture": one("Resize", ["x", "", "s"], "y", numbers={"s": real(1, 1, 1e9, 1e9)}),
    "a picture of no size": one("Resize", ["x", "", "s"], "y", numbers={"s": real(1, 1, 0, 0)}),
    "a picture of infinite size": one("Resize", ["x", "", "s"], "y", numbers={"s": real(1, 1, float("inf"), 1)}),
    "a picture of no number": one("Resize", ["x", "", "s"], "y", numbers={"s": real(1, 1, float("nan"), 1)}),
    "vast padding": one("Pad", ["x", "p"], "y", numbers={"p": whole(0, 0, 1 << 40, 0, 0, 0, 1 << 40, 0)}),
    "a place beyond": one("Gather", ["x", "p"], "y", axis=1, numbers={"p": whole(99)}),
    "a step of no cut": one(
        "Slice",
        ["x", "a", "e", "ax", "st"],
        "y",
        numbers={"a": whole(0), "e": whole(8), "ax": whole(2), "st": whole(0)},
    ),
    "a norm of other channels": one(
        "BatchNormalization", ["x", "a", "b", "c", "d"], "y", numbers={k: real(*[1] * 9) for k in "abcd"}
    ),
    "a block of nothing": one("DepthToSpace", "x", "y", blocksize=0),
    "a block that does not divide": one("DepthToSpace", "x", "y", blocksize=7),
    "matrices that do not fit": one("MatMul", ["x", "w"], "y", numbers={"w": np.ones((9, 9), np.float32)}),
    "Gemm of pictures": one("Gemm", ["x", "w"], "y", numbers={"w": np.ones((9, 9), np.float32)}),
    "an attribute of another kind": one("MaxPool", "x", "y", kernel_shape="22"),
    "too many inputs": one("Relu", ["x", "x"], "y"),
    "an unknown operator": one("Nonsense", "x", "y"),
    "a range without end": lambda: side.model(
        chain(("Range", ["a", "b", "c"], "r"), ("ReduceMax", ["r"], "m", {"keepdims": 0}), ("Add", ["x", "m"], "y")),
        {"a": np.array(0.0, np.float32), "b": np.array(1e30, np.float32), "c": np.array(1.0, np.float32)},
    ),
    "a range in steps of nothing": lambda: side.model(
        chain(("Range", ["a", "b", "c"], "r"), ("ReduceMax", ["r"], "m", {"keepdims": 0}), ("Add", ["x", "m"], "y")),
        {"a": np.array(0.0, np.float32), "b": np.array(9, np.float32), "c": np.array(0.0, np.float32)},
    ),
    "two outputs of one name": lambda: side.model(
        [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Relu", ["x"], ["y"])], {}
    ),
    "a circle": lambda: side.model(
        [
            helper.make_node("Add", ["x", "b"], ["a"]),
            helper.make_node("Relu", ["a"], ["b"]),
            helper.make_node("Relu", ["b"], ["y"]),
        ],
        {},
    ),
    "a picture below zero": lambda: relu(shape=(1, 3, -8, 8)),
    "a picture of two billion channels": lambda: relu(shape=(1, 1 << 31, 8, 8)),
    "a picture of one axis": lambda: relu(shape=(8,)),
    "a picture of 50 axes": lambda: relu(shape=(1,) * 50),
}


def test_what_an_operator_cannot_do_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lie.onnx"
    for name, make in LIES.items():
        put(path, make().SerializeToString())
        try:
            with pytest.raises(Refusal) as caught:
                opened(path)
            said = str(caught.value)
            assert len(said) <= 300
            assert said.isprintable()
            assert said.startswith("“lie.onnx” ")
        except BaseException as error:
            error.add_note(name)
            raise
