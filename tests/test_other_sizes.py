"""Lists of operations for inputs of another size: as torch has them there, and the library's network for any style."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from explorer.engine import modules
from explorer.engine.capture import captured
from explorer.layers.opaque import Opaque
from explorer.layers.other_sizes import resized
from explorer.layers.painted import sized
from explorer.network.layer import ShapeError
from explorer.network.settings import SettingError
from tests import onnx_side as side
from tests import painting_side
from tests.test_style_networks import cache, package, real, the_project, values  # noqa: F401

STEPS = {
    "rounded": lambda x: torch.clamp(torch.round(x / 0.02) + 3, -128, 127).sub(3).mul(0.02),
    "mirrored": lambda x: F.pad(x, (1, 2, 2, 1), mode="reflect"),
    "framed": lambda x: F.pad(x, (0, 1, 1, 0)),
    "there and back": lambda x: (x.permute(0, 2, 3, 1).reshape(1, *x.shape[2:], x.shape[1]) * 2).permute(0, 3, 1, 2),
    "cut": lambda x: torch.where(x > 0.5, x.abs(), torch.sigmoid(x)),
}
NAMES = ["each channel", *STEPS]
SCALE = torch.arange(1.0, 4.0).reshape(3, 1, 1)
SIDE = st.integers(3, 9)


def taken(names: list[str], size: tuple[int, int]) -> Opaque:
    def compute(state: dict[str, Tensor], x: list[Tensor]) -> Tensor:
        y = x[0]
        for name in names:
            y = y * torch.rsqrt(state["scale"]) if name == "each channel" else STEPS[name](y)
        return y

    return captured("steps", compute, {"scale": SCALE}, lambda _: False, [(3, *size)])


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), st.tuples(SIDE, SIDE), st.tuples(SIDE, SIDE))
@settings(max_examples=25, deadline=None)
def test_it_is_what_torch_has_for_that_size(names: list[str], size: tuple[int, int], other: tuple[int, int]) -> None:
    layer, wanted = taken(names, size), taken(names, other)
    assert layer.output((3, *other)) == wanted.output((3, *other))
    x = torch.rand(2, 3, *other, generator=torch.Generator().manual_seed(0))
    run = layer.module(modules, (3, *other))
    assert torch.equal(run(x), wanted.module(modules, (3, *other))(x))


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x.mean(3, keepdim=True),
        lambda x: x.softmax(2),
        lambda x: x.reshape(1, 3, -1).reshape(1, 3, 4, 4),
        lambda x: x + torch.zeros(1, 3, 4, 4),
        lambda x: torch.roll(x, 1, 3),
        lambda x: x[:, :, :2],
    ],
)
def test_what_mixes_places_stays(compute) -> None:
    layer = captured("steps", lambda _, x: compute(x[0]), {}, lambda _: False, [(3, 4, 4)])
    with pytest.raises(ShapeError, match=r"was read for an input of 3×4×4, and cannot take 3×6×4"):
        layer.output((3, 6, 4))


@pytest.mark.parametrize(
    "steps",
    [
        [["permute.default", ["%0", [0, 9, 1]], {}]],
        [["permute.default", ["%0"], {}]],
        [["pad.default", ["%0", [1]], {}]],
        [["pad.default", ["%0", [-9, 0]], {}]],
        [["pad.default", ["%0", [1 << 40, 0]], {}]],
        [["pad.default", ["%0", ["'x", 0]], {}]],
        [["reshape.default", ["%0", 7], {}]],
        [["add.Tensor", [1, 2], {}]],
        [["add.Tensor", ["%0"], {"other": "%0"}]],
    ],
)
def test_a_list_that_was_made_up_takes_nothing_else(steps: list[object]) -> None:
    text = {"takes": [[3, 4, 4]], "gives": [3, 4, 4], "weights": {}, "constants": {}, "macs": 0, "steps": steps}
    try:
        layer = Opaque("steps", json.dumps({**text, "result": "%1"}))
    except SettingError:
        return
    assert resized(layer.program, ((3, 6, 4),)) is None
    assert resized(layer.program, ((3, 4, 4), (3, 4, 4))) is None


def test_any_style_in_other_sizes_is_what_onnxruntime_paints(real: Path, tmp_path: Path) -> None:  # noqa: F811
    """The same graph for 256 × 192, as onnxruntime computes it; how far two of its ways are apart is the measure."""
    from explorer.engine import library

    project = sized(the_project(library.open_model("any-style")), (256, 192), 256)
    layer = project.network.nodes["input"].layer
    assert (layer.width, layer.height) == (256, 192)
    made = onnx.load(real / "arbitrary_transform.onnx")
    for one in (made.graph.input[0], made.graph.output[0]):
        for axis, pixels in ((1, 192), (2, 256)):
            one.type.tensor_type.shape.dim[axis].dim_value = pixels
    del made.graph.value_info[:]
    onnx.save(made, tmp_path / "other.onnx")
    content = side.photo(256)[:, 32:224]
    style = np.broadcast_to(np.array([200, 120, 30], np.float32) / 255, (1, 256, 256, 3)).copy()
    found = []
    for optimised in (False, True):
        (vector,) = side.runtime(real / "arbitrary_predict.onnx", {"style_image": style}, optimised)
        told = {"content_image": content, "mobilenet_conv/Conv/BiasAdd": vector}
        found.append(side.runtime(tmp_path / "other.onnx", told, optimised)[0])
    plain, other = found
    fed = project.feeding("style_image", painting_side.plain((200, 120, 30), (256, 256)))
    ours = values(fed, content.transpose(0, 3, 1, 2).copy()).transpose(0, 2, 3, 1)
    assert ours.shape == plain.shape == (1, 192, 256, 3)
    assert np.abs(ours - plain).mean() <= max(1.5 * np.abs(other - plain).mean(), 0.03)
    assert np.abs(ours - content).mean() > 0.05, "it paints"
