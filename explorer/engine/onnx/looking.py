"""What the readings of ONNX's operators ask of their inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from explorer.engine.onnx.building import Builder
from explorer.engine.onnx.values import Known, View

Result = View | list[Any] | None


Reading = Callable[..., Result]


def numbers(*values: Any) -> bool:
    """Whether all are known, or left out."""
    return not any(isinstance(value, View) for value in values)


def tensor(value: Known | None) -> Tensor | None:
    return None if value is None else value.tensor.float()


def as_image(b: Builder, x: Any) -> View | None:
    """The value with its axes in our order, where it is an image."""
    if not isinstance(x, View) or len(x.axes) != 4 or x.axes[0] != 0:
        return None
    return b.plain(x)


def on_channels(b: Builder, x: View, tensor: Tensor) -> Tensor | None:
    """One number a channel, where numbers that meet the value in the graph's order are that."""
    shape = (*[1] * (len(x.axes) - tensor.dim()), *tensor.shape)
    channels = b.shapes[x.id][0]
    fits = b.whole(x) and 0 in x.axes and tensor.is_floating_point() and tensor.numel() == channels > 1
    return tensor.flatten() if fits and shape == tuple(channels if axis == 1 else 1 for axis in x.axes) else None


def pair(values: Any) -> Any:
    return values[0] if len(set(values)) == 1 else tuple(values)


def same(*values: Any) -> bool:
    """Whether all are seen in the same order."""
    return all(isinstance(v, View) for v in values) and len({v.axes for v in values}) == 1
