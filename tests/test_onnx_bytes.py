"""ONNX networks that compute with bytes, against onnxruntime.

What rounds a float to a byte turns a difference in its last digit into a whole step, where the float lies between two
steps; the layers behind enlarge it. No two programs that sum in different orders agree then: onnxruntime does not agree
with itself once it may optimise. So what is compared is each layer alone, on what onnxruntime has in front of it; there
everything is equal, and of a whole network it is asked that it be no farther from onnxruntime than that is from itself.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.layers.dense import Input
from tests import onnx_side as side

pytest.importorskip("onnxruntime")

NEAR = 1e-4
"""How far a layer's numbers may be apart, as part of the largest: onnxruntime averages 36,864 floats to 2e-5."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return side.package(tmp_path_factory.mktemp("package"))


def holds(path: Path, x: np.ndarray) -> None:
    """Each layer gives what onnxruntime gives, to the byte where it rounds; the whole differs by flipped steps."""
    feeds, reading = side.feeds(path, x), side.read(path)
    for id, ours, theirs in side.layer_by_layer(reading, path, feeds):
        assert side.difference([ours], [theirs]) <= (0 if "quantize" in id else NEAR), id
    (own,), (plain,), (optimised,) = (
        side.values(reading, x), side.runtime(path, feeds), side.runtime(path, feeds, optimised=True),
    )  # fmt: skip
    assert np.abs(own - plain).mean() <= 1.5 * np.abs(optimised - plain).mean()


@pytest.mark.parametrize(("name", "size"), [("arbitrary_predict", 256), ("arbitrary_transform", 384)])
def test_style_networks_with_channels_last(name: str, size: int, package: Path) -> None:
    path = package / f"{name}.onnx"
    assert side.read(path).network.nodes["input"].layer == Input(3, size, size)
    holds(path, side.photo(size))
