"""ONNX networks that compute with bytes, against onnxruntime.

What rounds a float to a byte turns a difference in its last digit into a whole step, where the float lies between two
steps; the layers behind enlarge it. No two programs that sum in different orders agree then: onnxruntime does not agree
with itself once it may optimise. So what is compared is each layer alone, on what onnxruntime has in front of it; there
everything is equal, and of a whole network it is asked that it be no farther from onnxruntime than that is from itself.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from torch import nn
from torchvision.models import resnet18

from explorer.layers.dense import Input
from tests import onnx_side as side
from tests.onnx_side import package  # noqa: F401

pytest.importorskip("onnxruntime")

NEAR = 1e-4
"""How far a layer's numbers may be apart, as part of the largest: onnxruntime averages 36,864 floats to 2e-5."""


def same(path: Path, x: np.ndarray) -> None:
    """Each layer gives what onnxruntime gives, to the byte where it rounds; the whole differs by flipped steps."""
    feeds, reading = side.feeds(path, x), side.read(path)
    for id, ours, theirs in side.layer_by_layer(reading, path, feeds):
        assert side.difference([ours], [theirs]) <= (0 if "quantize" in id else NEAR), id
    (own,), (plain,), (optimised,) = (
        side.values(reading, x), side.runtime(path, feeds), side.runtime(path, feeds, optimised=True),
    )  # fmt: skip
    assert np.abs(own - plain).mean() <= 1.5 * np.abs(optimised - plain).mean()


@pytest.mark.parametrize(("name", "size"), [("arbitrary_predict", 256), ("arbitrary_transform", 384)])
def test_style_networks_with_channels_last(name: str, size: int, package: Path) -> None:  # noqa: F811
    path = package / f"{name}.onnx"
    assert side.read(path).network.nodes["input"].layer == Input(3, size, size)
    same(path, side.photo(size))


# Networks that onnxruntime's own tools make smaller


class Small(nn.Module):
    """A bit of all that is rounded."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.conv3, self.fc1, self.fc2 = nn.Conv2d(8, 8, 1), nn.Linear(256, 20), nn.Linear(20, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        y = self.conv2(x)
        x = torch.cat([x + y, torch.sigmoid(self.conv3(y)) * y], 1)
        x = nn.functional.avg_pool2d(nn.functional.leaky_relu(x), 2).flatten(1)
        return torch.softmax(self.fc2(torch.relu(self.fc1(x))), 1)


def written(module: nn.Module, size: int, folder: Path) -> Path:
    path = folder / "floats.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), (torch.rand(1, 3, size, size),), str(path), dynamo=False, input_names=["x"], opset_version=17
        )
    return path


class Pictures:
    """What the ranges of values are measured with."""

    def __init__(self, size: int) -> None:
        draw = np.random.default_rng(2)
        self.left: Iterator[dict[str, Any]] = iter([{"x": draw.random((1, 3, size, size), np.float32)}] * 2)

    def get_next(self) -> dict[str, Any] | None:
        return next(self.left, None)


def static(format: str, **more: Any) -> Callable[[Path, Path, int], None]:
    def made(path: Path, to: Path, size: int) -> None:
        from onnxruntime import quantization
        from onnxruntime.quantization.shape_inference import quant_pre_process

        ready = path.with_name("ready.onnx")
        quant_pre_process(str(path), str(ready), skip_symbolic_shape=True)
        kinds = {key: quantization.QuantType[value] if key.endswith("type") else value for key, value in more.items()}
        quantization.quantize_static(
            str(ready), str(to), Pictures(size), quant_format=quantization.QuantFormat[format], **kinds
        )

    return made


def dynamic(kind: str, **more: Any) -> Callable[[Path, Path, int], None]:
    def made(path: Path, to: Path, size: int) -> None:
        from onnxruntime import quantization

        quantization.quantize_dynamic(str(path), str(to), weight_type=quantization.QuantType[kind], **more)

    return made


MADE = {
    "operators on bytes": static("QOperator"),
    "operators on bytes, a step for each channel": static("QOperator", per_channel=True),
    "rounded and back": static("QDQ"),
    "rounded and back, a step for each channel": static("QDQ", per_channel=True, activation_type="QUInt8"),
    "rounded to 16 bits": static("QDQ", activation_type="QUInt16"),
    "rounded to 16 bits by onnxruntime's own": static(
        "QDQ", activation_type="QInt16", extra_options={"UseQDQContribOps": True}
    ),
    "steps taken from the picture": dynamic("QUInt8"),
    "steps taken from the picture, and one for each channel": dynamic("QInt8", per_channel=True, reduce_range=True),
}


@pytest.mark.parametrize("way", MADE)
def test_a_network_made_smaller_is_the_same_layers(way: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    path = tmp_path / "bytes.onnx"
    MADE[way](written(Small(), 16, tmp_path), path, 16)
    reading = side.read(path)
    kinds = Counter(node.layer.kind for node in reading.network.nodes.values())
    assert (kinds["Conv2d"], kinds["Linear"], kinds["MaxPool2d"], kinds["AvgPool2d"]) == (3, 2, 1, 1)
    assert {n.layer.brief() for n in reading.network.nodes.values() if n.layer.kind == "Opaque"} <= {
        "fake quantisation", "fake quantisation, by the picture"
    }  # fmt: skip
    agree(path, 16)


def agree(path: Path, size: int) -> None:
    """Each layer alone gives the bytes that onnxruntime gives, but for one step where the float lies in the middle.

    Operators on bytes do not show their floats, so that a layer and its rounding are compared together.
    """
    x = np.random.default_rng(5).random((1, 3, size, size), np.float32)
    reading, compared = side.read(path), 0
    for id, ours, theirs in side.layer_by_layer(reading, path, {"x": x}):
        layer = reading.network.nodes[id].layer
        if layer.brief() == "fake quantisation":
            step = max(values[0] for kind, _, values in layer.operations.constants.values() if kind == "float32")
            apart = np.abs(ours - theirs)
            assert apart.max() <= 1.001 * step, id
            assert (apart > step / 2).mean() < 2e-3, id
            compared += 1
        else:
            assert side.difference([ours], [theirs]) < NEAR, id
    assert compared or "picture" in str(reading.network)


def test_a_network_of_torchvision_as_operators_on_bytes(tmp_path: Path) -> None:
    torch.manual_seed(1)
    path = tmp_path / "bytes.onnx"
    static("QOperator", per_channel=True)(written(resnet18(weights=None), 64, tmp_path), path, 64)
    agree(path, 64)
    network = side.read(path).network
    assert {"layer1.0.conv1", "layer2.0.downsample.0", "fc"} <= network.nodes.keys()
    assert Counter(node.layer.kind for node in network.nodes.values())["Conv2d"] == 20


def test_sums_of_bytes_are_exact(tmp_path: Path) -> None:
    """Beside whole numbers, not onnxruntime: without VNNI that cuts sums of u8·s8 off at 16 bits."""
    torch.manual_seed(1)
    path = tmp_path / "bytes.onnx"
    dynamic("QInt8")(written(Small(), 16, tmp_path), path, 16)
    tables = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(path)).graph.initializer}
    parts = {name.rpartition("_quantized")[0] for name in tables if name.startswith("fc1.weight")} - {""}
    (stem,) = parts  # "fc1.weight"; since onnxruntime 1.32 "fc1.weight_Transposed"
    weight, zero, own = (
        np.asarray(tables[f"{stem}_{part}"], np.float64) for part in ("quantized", "zero_point", "scale")
    )
    reading = side.read(path)
    assert np.allclose(reading.weights["fc1.weight"], ((weight - zero) * own).T, rtol=1e-6)
    x = torch.rand(1, 3, 16, 16)
    (before,) = reading.network.nodes["fc1"].inputs
    program = side.Program(reading.network, reading.weights)
    values = program.values(x, {before, *reading.network.nodes[before].inputs, "fc1"})
    (entered,) = (values[id].numpy().astype(np.float64) for id in reading.network.nodes[before].inputs)
    step = (max(entered.max(), 0) - min(entered.min(), 0)) / 255
    middle = np.round(-min(entered.min(), 0) / step)
    rounded = np.clip(np.round(entered / step) + middle, 0, 255) - middle
    wanted = rounded @ (weight - zero) * own * step + np.asarray(tables["fc1.bias"], np.float64)
    assert side.difference([values["fc1"].numpy()], [wanted]) < 1e-5


def test_a_choice_between_bytes(tmp_path: Path) -> None:
    scales = {
        "s": np.float32(0.02),
        "z": np.uint8(10),
        "t": np.float32(0.01),
        "n": np.uint8(100),
        "u": np.float32(0.03),
    }
    numbers = {**scales, "c": np.arange(8) % 3 == 0, "other": np.arange(8, dtype=np.uint8) * 30}
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node(
            "QLinearWhere", ["c", "q", "s", "z", "other", "t", "n", "u", "z"], ["r"], domain="com.microsoft"
        ),
        helper.make_node("DequantizeLinear", ["r", "u", "z"], ["y"]),
    ]
    path = side.saved(side.model(nodes, numbers, opsets=[helper.make_opsetid("com.microsoft", 1)]), tmp_path)
    x = np.random.default_rng(5).random((1, 3, 8, 8), np.float32)
    assert side.difference(side.values(side.read(path), x), side.runtime(path, {"x": x})) < 1e-6
