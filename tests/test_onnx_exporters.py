"""ONNX as other exporters write it: tf2onnx, Keras, Caffe2, PaddlePaddle, ultralytics; and each version's own way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from tests import onnx_side as side

pytest.importorskip("onnxruntime")

DRAWN = np.random.default_rng(11)
FIRST, LAST = (1, 3, 16, 16), (1, 16, 16, 3)
Graph = tuple[tuple[int, ...], list[onnx.NodeProto], dict[str, Any]]


def f(*shape: int) -> np.ndarray:
    return DRAWN.random(shape, np.float32) - np.float32(0.5)


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def node(kind: str, inputs: str, outputs: str, **settings: Any) -> onnx.NodeProto:
    """An operator; names stand one behind the other, "-" where one is left out."""
    names = [name.replace("-", "") for name in inputs.split()]
    return helper.make_node(kind, names, outputs.split(), **settings)


def agrees(shape: Sequence[int], nodes: Sequence[onnx.NodeProto], numbers: Any, folder: Path, opset: int) -> list[str]:
    """What the layers of a graph are called; its outputs are those of onnxruntime."""
    path = side.saved(side.model(nodes, numbers, shape, opset), folder)
    x = np.random.default_rng(3).random(shape, np.float32)
    reading = side.read(path)
    assert side.difference(side.values(reading, x), side.runtime(path, {"x": x})) < 1e-5
    layers = [node.layer for node in reading.network.nodes.values()]
    return [layer.brief() if layer.kind == "Opaque" else layer.kind for layer in layers[1:]]


NORM = {"s": f(4), "t": f(4), "m": f(4), "v": f(4) ** 2 + np.float32(0.1)}


def tensorflow() -> Graph:
    """tf2onnx: the picture's channels last, each layer's first, SAME borders as they come out."""
    return LAST, [
        node("Transpose", "x", "a", perm=[0, 3, 1, 2]), node("Conv", "a w", "c", pads=[0, 0, 1, 1], strides=[2, 2]),
        node("BatchNormalization", "c s t m v", "d"), node("Clip", "d zero six", "e"),
        node("MaxPool", "e", "h", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        node("Transpose", "h", "i", perm=[0, 2, 3, 1]), node("Reshape", "i all", "j"),
        node("MatMul", "j k", "l"), node("Add", "l b", "o"), node("Softmax", "o", "y"),
    ], {"w": f(4, 3, 3, 3), **NORM, "zero": np.float32(0), "six": np.float32(6), "all": ints(-1, 64), "k": f(64, 5),
        "b": f(5)}  # fmt: skip


def channels_last() -> Graph:
    """tf2onnx without its optimiser: every layer between two transpositions."""
    return LAST, [
        node("Transpose", "x", "a", perm=[0, 3, 1, 2]), node("Conv", "a w", "c", auto_pad="SAME_UPPER"),
        node("Transpose", "c", "d", perm=[0, 2, 3, 1]), node("Add", "d b", "e"), node("Relu", "e", "g"),
        node("Transpose", "g", "h", perm=[0, 3, 1, 2]), node("Pad", "h pads", "i"),
        node("Conv", "i w2", "j", strides=[2, 2]), node("Transpose", "j", "k", perm=[0, 2, 3, 1]),
        node("Mul", "k scale", "l"), node("Add", "l shift", "o"), node("Concat", "o o", "p", axis=3),
        node("ReduceMean", "p", "q", axes=[1, 2], keepdims=0), node("Gemm", "q u", "y"),
    ], {"w": f(8, 3, 3, 3), "b": f(8), "pads": ints(0, 0, 1, 1, 0, 0, 1, 1), "w2": f(4, 8, 3, 3), "scale": f(4),
        "shift": f(4), "u": f(8, 5)}  # fmt: skip


def excited() -> Graph:
    """Squeeze and excitation, and a depthwise convolution with two outputs for each channel."""
    return LAST, [
        node("Transpose", "x", "a", perm=[0, 3, 1, 2]), node("Conv", "a w", "c", group=3, auto_pad="SAME_LOWER"),
        node("ReduceMean", "c", "d", axes=[2, 3]), node("Conv", "d u", "e"), node("Relu", "e", "g"),
        node("Conv", "g v", "h"), node("Sigmoid", "h", "i"), node("Mul", "c i", "j"),
        node("Transpose", "j", "y", perm=[0, 2, 3, 1]),
    ], {"w": f(6, 1, 3, 3), "u": f(2, 6, 1, 1), "v": f(6, 2, 1, 1)}  # fmt: skip


def caffe() -> Graph:
    """Caffe2 and PaddlePaddle: sizes that are kept or open, sums of two, one slope for each channel."""
    return FIRST, [
        node("Conv", "x w", "c", pads=[1, 1, 1, 1]), node("BatchNormalization", "c s t m v", "d"),
        node("PRelu", "d slope", "e"), node("Sum", "e c", "g"), node("AveragePool", "g", "h", kernel_shape=[16, 16]),
        node("Reshape", "h flat", "i"), node("Reshape", "i pixel", "j"), node("Conv", "j u", "k"),
        node("Reshape", "k flat", "l"), node("Softmax", "l", "y", axis=1),
    ], {"w": f(4, 3, 3, 3), **NORM, "slope": f(4, 1, 1), "flat": ints(0, -1), "pixel": ints(0, -1, 1, 1),
        "u": f(5, 4, 1, 1)}  # fmt: skip


def yolo5() -> Graph:
    """A head of YOLOv5: boxes from anchors, by constant grids."""
    return FIRST, [
        node("Conv", "x w b", "c", strides=[4, 4]), node("Reshape", "c parts", "d"),
        node("Transpose", "d", "e", perm=[0, 1, 3, 4, 2]), node("Sigmoid", "e", "g"),
        node("Split", "g sizes", "xy wh rest", axis=4), node("Mul", "xy two", "h"), node("Add", "h grid", "i"),
        node("Mul", "i stride", "j"), node("Mul", "wh two", "k"), node("Pow", "k two", "l"),
        node("Mul", "l anchors", "o"), node("Concat", "j o rest", "p", axis=4), node("Reshape", "p boxes", "y"),
    ], {"w": f(21, 3, 4, 4), "b": f(21), "parts": ints(1, 3, 7, 4, 4), "sizes": ints(2, 2, 3), "two": np.float32(2),
        "grid": f(1, 3, 4, 4, 2), "stride": np.float32(8), "anchors": f(1, 3, 4, 4, 2),
        "boxes": ints(1, -1, 7)}  # fmt: skip


def yolo8() -> Graph:
    """The heads of YOLOv8: two scales one behind the other, sides as expectations over 16 places."""
    return FIRST, [
        node("Conv", "x w1 b", "c1", strides=[4, 4]), node("Conv", "x w2 b", "c2", strides=[8, 8]),
        node("Reshape", "c1 flat", "d1"), node("Reshape", "c2 flat", "d2"), node("Concat", "d1 d2", "e", axis=2),
        node("Split", "e sizes", "box class", axis=1), node("Reshape", "box places", "g"),
        node("Transpose", "g", "h", perm=[0, 2, 1, 3]), node("Softmax", "h", "i", axis=1), node("Conv", "i ramp", "j"),
        node("Reshape", "j sides", "k"), node("Slice", "k zero two one", "l"), node("Slice", "k two four one", "o"),
        node("Sub", "points l", "p"), node("Add", "points o", "q"), node("Add", "p q", "r"), node("Div", "r half", "t"),
        node("Sub", "q p", "u"), node("Concat", "t u", "v", axis=1), node("Mul", "v strides", "z"),
        node("Sigmoid", "class", "k2"), node("Concat", "z k2", "y", axis=1),
    ], {"w1": f(70, 3, 4, 4), "w2": f(70, 3, 8, 8), "b": f(70), "flat": ints(1, 70, -1), "sizes": ints(64, 6),
        "places": ints(1, 4, 16, 20), "ramp": np.arange(16, dtype=np.float32).reshape(1, 16, 1, 1),
        "sides": ints(1, 4, 20), "zero": ints(0), "two": ints(2), "four": ints(4), "one": ints(1),
        "points": f(1, 2, 20), "half": np.float32(2), "strides": f(1, 20)}  # fmt: skip


def yolo11() -> Graph:
    """The attention of YOLO11, with a depthwise convolution beside it."""
    return FIRST, [
        node("Conv", "x w", "c", strides=[4, 4]), node("Reshape", "c heads", "d"),
        node("Split", "d sizes", "q k v", axis=2), node("Transpose", "q", "e", perm=[0, 1, 3, 2]),
        node("MatMul", "e k", "g"), node("Mul", "g scale", "h"), node("Softmax", "h", "i", axis=-1),
        node("Transpose", "i", "j", perm=[0, 1, 3, 2]), node("MatMul", "v j", "l"), node("Reshape", "l image", "o"),
        node("Reshape", "v image", "p"), node("Conv", "p u", "r", pads=[1, 1, 1, 1], group=16),
        node("Add", "o r", "y"),
    ], {"w": f(32, 3, 4, 4), "heads": ints(1, 2, 16, 16), "sizes": ints(4, 4, 8), "scale": np.float32(0.5),
        "image": ints(1, 16, 4, 4), "u": f(16, 1, 3, 3)}  # fmt: skip


def focus() -> Graph:
    """The first layer of older YOLOv5: every second pixel."""
    rows = [node("Slice", f"x n{h} end rows two", f"r{h}{w}") for h in (0, 1) for w in (0, 1)]
    cuts = rows + [node("Slice", f"r{h}{w} n{w} end columns two", f"q{h}{w}") for h in (0, 1) for w in (0, 1)]
    cuts += [node("Concat", "q00 q10 q01 q11", "c", axis=1), node("Conv", "c w", "y", pads=[1, 1, 1, 1])]
    return FIRST, cuts, {
        "n0": ints(0), "n1": ints(1), "end": ints(2**63 - 1), "rows": ints(2), "columns": ints(3), "two": ints(2),
        "w": f(4, 12, 3, 3),
    }  # fmt: skip


WRITTEN = {
    tensorflow: ["Conv2d", "BatchNorm2d", "ReLU6", "MaxPool2d", "Permute", "Flatten", "Linear", "Softmax"],
    channels_last: ["Conv2d", "ReLU", "ZeroPad2d", "Conv2d", "Scale", "Concat", "GlobalAvgPool", "Linear"],
    excited: ["Conv2d", "AdaptiveAvgPool2d", "Conv2d", "ReLU", "Conv2d", "Sigmoid", "Multiply"],
    caffe: ["Conv2d", "BatchNorm2d", "PReLU", "Add", "AvgPool2d", "Flatten", "Reshape", "Conv2d", "Flatten", "Softmax"],
    yolo5: ["Conv2d", "Reshape", "Sigmoid", *["Split"] * 3, "Mul", "Add", "Mul", "Mul", "Pow", "Mul", "Concat",
            "Permute", "Reshape"],
    yolo8: ["Conv2d", "Conv2d", "Reshape", "Reshape", "Concat", "Slice", "Slice", "Reshape", "Softmax", "Permute",
            "Conv2d", "Reshape", "Slice", "Slice", "Sub", "Add", "Add", "Div", "Sub", "Concat", "Mul", "Sigmoid",
            "Concat"],
    yolo11: ["Conv2d", "Reshape", *["Split"] * 3, "MatMul", "Mul", "Softmax", "MatMul", "Reshape", "Reshape", "Conv2d",
             "Add"],
    focus: [*["Slice"] * 8, "Concat", "Conv2d"],
}  # fmt: skip


@pytest.mark.parametrize("made", WRITTEN, ids=[made.__name__ for made in WRITTEN])
def test_what_other_exporters_write_is_read(made: Any, tmp_path: Path) -> None:
    shape, nodes, numbers = made()
    assert agrees(shape, nodes, numbers, tmp_path, 17) == WRITTEN[made]


@pytest.mark.parametrize("version", range(7, 23))
def test_a_network_in_the_words_of_each_version(version: int, tmp_path: Path) -> None:
    """What was a setting became an input, at another version for each operator."""
    numbers: dict[str, Any] = {"w": f(4, 3, 3, 3), "b": f(4), **NORM}

    def asked(kind: str, inputs: str, out: str, since: int, more: dict[str, Any], **settings: Any) -> onnx.NodeProto:
        """With `settings` as they were before version `since`, and as inputs from it on."""
        if version < since:
            return node(kind, inputs, out, **settings, **more)
        given = [f"{out.split()[0]}_{name}" for name in settings]
        numbers.update({
            name: np.array(value, np.float32 if isinstance(value, float) or name.endswith("scales") else np.int64)
            for name, value in zip(given, settings.values(), strict=True)
        })  # fmt: skip
        return node(kind, " ".join([inputs, *given]), out, **more)

    resize = [node("Identity", "h", "i")]
    if version < 10:
        resize = [asked("Upsample", "h", "i", 9, {"mode": "nearest"}, scales=[1.0, 1.0, 2.0, 2.0])]
    elif version > 10:
        numbers |= {"scales": np.float32([1, 1, 2, 2]), "roi": np.zeros(0, np.float32)}
        near = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        resize = [node("Resize", "h roi scales", "i", **near)]
    nodes = [
        asked("Pad", "x", "a", 11, {}, pads=[0, 0, 1, 1, 0, 0, 1, 1]), node("Conv", "a w b", "c"),
        node("BatchNormalization", "c s t m v", "d"), asked("Clip", "d", "e", 11, {}, min=-0.25, max=0.5),
        asked("Slice", "e", "g", 10, {}, starts=[1, 0], ends=[15, 14], axes=[2, 3]),
        node("MaxPool", "g", "h", kernel_shape=[2, 2], strides=[2, 2]), *resize,
        asked("ReduceMean", "i", "j", 18, {"keepdims": 1}, axes=[2, 3]),
        asked("Squeeze", "j", "k", 13, {}, axes=[2, 3]), asked("Unsqueeze", "k", "l", 13, {}, axes=[1]),
        asked("Split", "l", "o p", 13, {"axis": 2}, split=[1, 3]),
        node("Softmax", "p", "q", axis=2), node("Concat", "q o", "r", axis=2),
        asked("ReduceSum", "r", "u", 13, {"keepdims": 0}, axes=[1]), node("Dropout", "u", "y"),
    ]  # fmt: skip
    layers = agrees(FIRST, nodes, numbers, tmp_path, version)
    assert {"ZeroPad2d", "Conv2d", "BatchNorm2d", "MaxPool2d", "AdaptiveAvgPool2d"} <= set(layers)


KERAS = """
import keras, numpy as np, sys
from keras import layers as L
keras.utils.set_random_seed(3)
x = keras.Input((32, 32, 3))
y = L.Conv2D(8, 3, padding="same", activation="relu")(x)
y = L.SeparableConv2D(8, 3, padding="same", activation="swish")(L.BatchNormalization()(y))
z = L.Dense(8, activation="sigmoid")(L.Dense(4, activation="relu")(L.GlobalAveragePooling2D(keepdims=True)(y)))
y = L.Conv2DTranspose(4, 2, strides=2)(L.AveragePooling2D(2)(L.Multiply()([y, z])))
model = keras.Model(x, L.Dense(3)(L.Flatten()(y)))
model(np.zeros((1, 32, 32, 3), np.float32))
model.export(sys.argv[1], format="onnx", verbose=False)
"""


@pytest.mark.every_network
def test_what_keras_exports_is_read(tmp_path: Path) -> None:
    if not all(map(find_spec, ("keras", "onnxscript"))):
        pytest.skip("Keras is not there")
    path = tmp_path / "model.onnx"
    made = subprocess.run(
        [sys.executable, "-c", KERAS, str(path)], capture_output=True, text=True,
        env={**os.environ, "KERAS_BACKEND": "torch"},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-500:]
    reading = side.read(path)
    (name,) = reading.graph.inputs
    x = np.random.default_rng(3).random((1, 32, 32, 3), np.float32)
    assert side.difference(side.values(reading, x), side.runtime(path, {name: x})) < 1e-5
    kinds = [node.layer.kind for node in reading.network.nodes.values()]
    assert (kinds.count("Conv2d"), kinds.count("ConvTranspose2d"), kinds.count("Linear")) == (3, 1, 3)
    assert {"SiLU", "ReLU", "Multiply", "AvgPool2d", "Flatten"} <= set(kinds)
