"""Which of ONNX's normalisations are a layer kind of ours."""

from __future__ import annotations

from typing import Any

from explorer.engine.onnx.building import Builder
from explorer.engine.onnx.looking import Reading, Result, as_image, numbers, tensor
from explorer.engine.onnx.operators import Settings
from explorer.engine.onnx.values import View
from explorer.layers.norms import BatchNorm2d, GroupNorm, LayerNorm, LocalResponseNorm
from explorer.network.layer import Layer


def _batch_norm(b: Builder, a: Settings, id: str, x: Any, *state: Any) -> Result:
    if not numbers(*state) or a.get("training_mode") or a.get("spatial", 1) == 0 or (image := as_image(b, x)) is None:
        return None
    weight, bias, mean, variance = (tensor(value) for value in state)
    layer = BatchNorm2d(a.get("epsilon", 1e-5))
    return b.place(id, layer, [image], weight=weight, bias=bias, running_mean=mean, running_var=variance)


def _group_norm(b: Builder, a: Settings, id: str, x: Any, scale: Any, bias: Any) -> Result:
    if not isinstance(x, View) or not numbers(scale, bias) or x.axes[:2] != (0, 1):
        return None
    x = b.plain(x)
    channels = b.shapes[x.id][0]
    layer = GroupNorm(a.get("num_groups", channels), a.get("epsilon", 1e-5))
    return b.place(id, layer, [x], weight=scale.tensor, bias=bias.tensor)


def _layer_norm(b: Builder, a: Settings, id: str, x: Any, scale: Any, bias: Any = None) -> Result:
    if not isinstance(x, View) or not numbers(scale, bias) or bias is None or a["outputs"] > 1 or x.axes[0] != 0:
        return None
    axis = a.get("axis", -1) % len(x.axes)
    over = (
        {len(x.axes) - 1: "channels"}.get(axis) if x.axes[-1] == 1 else "everything" if axis == 1 and x.plain else None
    )
    if over is None or not b.whole(x) or scale.tensor.shape != bias.tensor.shape:
        return None
    layer = LayerNorm(over, a.get("epsilon", 1e-5))
    return View(b.place(id, layer, [x], weight=scale.tensor, bias=bias.tensor).id, x.axes)


def _normed(b: Builder, a: Settings, id: str, x: View) -> Result:
    """Mean 0 and variance 1 in each channel, or at each pixel."""
    over = {x.axes[axis] for axis in a["axes"]}
    rest = set(range(1, len(b.shapes[x.id]) + 1))
    if not b.whole(x) or 0 in over:
        return None
    if over == rest - {1}:
        layer: Layer = GroupNorm(b.shapes[x.id][0], a["epsilon"], False)
    elif over == {1}:
        layer = LayerNorm("channels", a["epsilon"], False)
    else:
        return None
    return View(b.place(id, layer, [x]).id, x.axes)


def _response_norm(b: Builder, a: Settings, id: str, x: Any) -> Result:
    if a["size"] % 2 == 0 or (image := as_image(b, x)) is None:
        return None
    return b.place(id, LocalResponseNorm(*(a.get(*p) for p in (
        ("size", 5), ("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0)
    ))), [image])  # fmt: skip


NORM_KINDS: dict[str, Reading] = {
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _group_norm,
    "GroupNormalization": _group_norm,
    "LayerNormalization": _layer_norm,
    "Normalize": _normed,
    "LRN": _response_norm,
}
"""How each operator is read."""
