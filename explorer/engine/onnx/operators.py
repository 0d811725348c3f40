"""How the functions for ONNX's operators are called: what their settings are, and which inputs are among them.

A function gets the operator's settings and its inputs as tensors. What newer versions of an operator take as an input
and older ones as a setting (`FIXED`) is always among the settings; "version" is that of the operator set, "outputs"
how many results the operator has. Source: https://onnx.ai/onnx/operators, each operator's own page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.maths.sentences import Refusal

Settings = Mapping[str, Any]


Function = Callable[..., Any]


class OperatorError(Refusal):
    """An operator is asked for something that it does not do here; the message goes behind its name."""


FIXED: dict[str, tuple[str, ...]] = {
    "Reshape": ("", "shape"),
    "Expand": ("", "shape"),
    "ConstantOfShape": ("shape",),
    "Slice": ("", "starts", "ends", "axes", "steps"),
    "Pad": ("", "pads", "value", "axes"),
    "Resize": ("", "roi", "scales", "sizes"),
    "Upsample": ("", "scales"),
    "Clip": ("", "min", "max"),
    "Squeeze": ("", "axes"),
    "Unsqueeze": ("", "axes"),
    "Split": ("", "split"),
    "Tile": ("", "repeats"),
    "TopK": ("", "k"),
    "Range": ("start", "limit", "delta"),
    "Dropout": ("", "ratio", "training_mode"),
    "CumSum": ("", "axis"),
    "Trilu": ("", "k"),
    "OneHot": ("", "depth"),
    "AffineGrid": ("", "size"),
    "Col2Im": ("", "image_shape", "block_shape"),
    "MaxUnpool": ("", "", "output_shape"),
    **{f"Reduce{name}": ("", "axes") for name in (
        "Mean", "Sum", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"
    )},
}  # fmt: skip
"""Inputs that must be known before the network runs, by the name of the setting they become."""


def fixed(kind: str, version: int, count: int) -> list[str]:
    """The settings that an operator's first `count` inputs become; "" where one stays a tensor."""
    names = ("", "scales") if kind == "Resize" and version < 11 else FIXED.get(kind, ())
    return [*names, *[""] * count][:count]
