"""Which of ONNX's operators are a layer kind of ours, with which settings and weights.

Each reading gets the builder, the operator's settings, an id and its inputs; it places a node and gives what is seen
of it, a list where there are several results, or None where no kind stands for the operator as it is set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isclose
from typing import Any

import torch

from explorer.engine.onnx.building import Builder
from explorer.engine.onnx.looking import Reading, Result, numbers, on_channels, same
from explorer.engine.onnx.moving import MOVING
from explorer.engine.onnx.norm_kinds import NORM_KINDS
from explorer.engine.onnx.operators import Settings
from explorer.engine.onnx.values import Known, View
from explorer.engine.onnx.window_kinds import WINDOW_KINDS
from explorer.layers.activations import (
    ELU,
    GELU,
    Dropout,
    Hardsigmoid,
    Hardswish,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.layers.dense import Linear
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.norms import Scale
from explorer.layers.resizing import ConvTranspose2d
from explorer.layers.shapes import Slice
from explorer.layers.windows import Conv2d
from explorer.network.layer import Layer

BIASED = Conv2d | ConvTranspose2d | Linear | Scale
"""Layers with a number for each channel of their results."""


def _anywhere(layer: Callable[[Settings], Layer | None]) -> Reading:
    def read(b: Builder, a: Settings, id: str, x: View) -> Result:
        found = layer(a)
        return None if found is None else View(b.place(id, found, [x]).id, x.axes)

    return read


def _clip(a: Settings) -> Layer | None:
    low, high = a.get("min"), a.get("max")
    return (ReLU6() if high == 6 else ReLU() if high is None or high > 3e38 else None) if low == 0 else None


def _sixth(a: Settings) -> bool:
    return isclose(a.get("alpha", 0.2), 1 / 6, rel_tol=1e-6) and a.get("beta", 0.5) == 0.5


def _slope(b: Builder, a: Settings, id: str, x: Any, slope: Any) -> Result:
    if not isinstance(slope, Known):
        return None
    each = on_channels(b, x, slope.tensor)
    if each is None and slope.tensor.numel() > 1:
        return None
    made = b.place(id, PReLU(each is not None), [x], weight=slope.tensor.flatten() if each is None else each)
    return View(made.id, x.axes)


def _softmax(b: Builder, a: Settings, id: str, x: View) -> Result:
    axis = a.get("axis", -1 if a["version"] >= 13 else 1) % len(x.axes)
    if a["version"] < 13 and axis != len(x.axes) - 1:
        return None
    return View(b.place(id, Softmax(x.axes[axis]), [x]).id, x.axes)


def _added(b: Builder, a: Settings, id: str, *x: Any) -> Result:
    views = [v for v in x if isinstance(v, View)]
    if len(x) == 2 and len(views) == 1:
        return _shifted(b, views[0], next(v for v in x if isinstance(v, Known)))
    if not same(*x) or (len({b.shapes[v.id] for v in x}) > 1 and not all(map(b.whole, x))):
        return None
    return View(b.place(id, Add(), x).id, x[0].axes) if len(x) > 1 else x[0]


def _shifted(b: Builder, x: View, shift: Known) -> Result:
    """A number for each channel is the bias of a layer before that has none yet, and nothing else looks at."""
    node, each = b.nodes[x.id], on_channels(b, x, shift.tensor)
    if each is None or b.uses[x.id] > 1 or not isinstance(node.layer, BIASED) or node.layer.bias:
        return None
    views = [View(id, ()) for id in node.inputs]
    return View(b.place(x.id, replace(node.layer, bias=True), views, **b.tensors[x.id], bias=each).id, x.axes)


def _multiplied(b: Builder, a: Settings, id: str, x: Any, y: Any) -> Result:
    if isinstance(x, Known):
        x, y = y, x
    if isinstance(y, Known):
        each = on_channels(b, x, y.tensor)
        return None if each is None else View(b.place(id, Scale(), [x], weight=each).id, x.axes)
    return View(b.place(id, Multiply(), [x, y]).id, x.axes) if same(x, y) and b.whole(x) and b.whole(y) else None


def _divided(b: Builder, a: Settings, id: str, x: Any, y: Any) -> Result:
    return _multiplied(b, a, id, x, Known(1 / y.tensor)) if isinstance(y, Known) else None


def _gemm(b: Builder, a: Settings, id: str, x: Any, weight: Any, bias: Any = None) -> Result:
    if not numbers(weight, bias) or a.get("transA") or not isinstance(x, View) or x.axes != (0, 1) or len(x.axes) != 2:
        return None
    table = weight.tensor.float() if a.get("transB") else weight.tensor.float().t()
    shift = None if bias is None else _times(bias.tensor.float().expand(1, len(table)).flatten(), a.get("beta", 1.0))
    layer = Linear(len(table), bias is not None)
    return b.place(id, layer, [b.plain(x)], weight=_times(table, a.get("alpha", 1.0)), bias=shift)


def _times(table: torch.Tensor, factor: float) -> torch.Tensor:
    return table if factor == 1 else table * factor  # a table of a thousand classes is not copied for nothing


def _linear(b: Builder, a: Settings, id: str, x: Any, weight: Any, bias: Any = None) -> Result:
    if not isinstance(x, View) or not numbers(weight, bias) or weight.tensor.dim() != 2 or len(x.axes) < 2:
        return None
    if x.axes[0] != 0 or x.axes[-1] != 1 or not (bias is None or bias.tensor.numel() == weight.tensor.shape[1]):
        return None
    x = b.plain(x) if len(x.axes) == 2 else x
    if not b.whole(x):
        return None
    over = "everything" if len(x.axes) == 2 else "channels"
    layer = Linear(weight.tensor.shape[1], bias is not None, over)
    shift = None if bias is None else bias.tensor.flatten()
    return View(b.place(id, layer, [x], weight=weight.tensor.t(), bias=shift).id, x.axes)


def _joined(b: Builder, a: Settings, id: str, *x: Any) -> Result:
    if not same(*x) or x[0].axes[a["axis"]] != 1:
        return None
    return x[0] if len(x) == 1 else View(b.place(id, Concat(), x).id, x[0].axes)


def _split(b: Builder, a: Settings, id: str, x: View) -> Result:
    axis = a.get("axis", 0)
    if x.axes[axis] != 1:
        return None
    total = b.shapes[x.id][0]
    size = -(-total // a["outputs"])
    sizes = a.get("split") or [min(size, total - at) for at in range(0, total, size)]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [
        View(b.place(b.free(id), Slice(start, int(n)), [x]).id, x.axes) for start, n in zip(starts, sizes, strict=True)
    ]


def _sliced(b: Builder, a: Settings, id: str, x: View) -> Result:
    starts, ends = a["starts"], a["ends"]
    axes, steps = a.get("axes") or range(len(starts)), a.get("steps") or [1] * len(starts)
    sizes = b.size(x)
    cuts = [
        (axis, *slice(m, n, s).indices(sizes[axis])) for m, n, axis, s in zip(starts, ends, axes, steps, strict=True)
    ]
    cuts = [cut for cut in cuts if cut[1:] != (0, sizes[cut[0]], 1)]
    if not cuts:
        return x
    axis, first, last, step = cuts[0]
    if len(cuts) > 1 or step != 1 or x.axes[axis] != 1 or first >= last:
        return None
    return View(b.place(id, Slice(first, last - first), [x]).id, x.axes)


def _taken(b: Builder, a: Settings, id: str, x: Any, places: Any) -> Result:
    """One channel, several in a row, or everything in another shape, which is how torch.export writes some means."""
    if not isinstance(x, View) or not isinstance(places, Known) or not places.tensor.numel():
        return None
    axis = a.get("axis", 0) % len(x.axes)
    size, table = b.size(x)[axis], places.tensor
    found = [int(n) % size for n in table.flatten().tolist() if -size <= n < size]
    if found == list(range(size)):
        return b.shaped(id, x, (*b.size(x)[:axis], *table.shape, *b.size(x)[axis + 1 :]))
    if x.axes[axis] != 1 or table.dim() > 1 or found != list(range(found[0], found[0] + table.numel())):
        return None
    made = b.place(id, Slice(found[0], len(found)), [x])
    return View(made.id, x.axes if table.dim() else (*x.axes[:axis], *x.axes[axis + 1 :]))


def _as(kind: str) -> Reading:
    """Another shape for the same numbers, which the operator itself says."""

    def read(b: Builder, a: Settings, id: str, x: View) -> Result:
        return b.shaped(id, x, tuple(MOVING[kind](a, torch.empty(b.size(x), device="meta")).shape))

    return read


def _with(b: Builder, a: Settings, id: str, x: View) -> Result:
    """One more axis: one that was left out before, where there is one."""
    axes = a["axes"] if isinstance(a["axes"], list) else [a["axes"]]
    left = [axis for axis in range(len(b.shapes[x.id]) + 1) if axis not in x.axes]
    if len(axes) != 1 or len(left) != 1:
        return _as("Unsqueeze")(b, a, id, x)
    at = axes[0] % (len(x.axes) + 1)
    return View(x.id, (*x.axes[:at], left[0], *x.axes[at:]))


def _transposed(b: Builder, a: Settings, id: str, x: View) -> Result:
    order = a.get("perm") or range(len(x.axes))[::-1]
    return View(x.id, tuple(x.axes[axis] for axis in order), x.kind)


KINDS: dict[str, Reading] = WINDOW_KINDS | NORM_KINDS | {
    "Relu": _anywhere(lambda a: ReLU()), "Clip": _anywhere(_clip), "Sigmoid": _anywhere(lambda a: Sigmoid()),
    "Tanh": _anywhere(lambda a: Tanh()), "LeakyRelu": _anywhere(lambda a: LeakyReLU(a.get("alpha", 0.01))),
    "Elu": _anywhere(lambda a: ELU(a.get("alpha", 1.0))), "HardSwish": _anywhere(lambda a: Hardswish()),
    "HardSigmoid": _anywhere(lambda a: Hardsigmoid() if _sixth(a) else None),
    "Swish": _anywhere(lambda a: SiLU() if a.get("alpha", 1.0) == 1 else None),
    "Gelu": _anywhere(lambda a: GELU(a.get("approximate", "none"))),
    "Dropout": _anywhere(lambda a: Dropout(a["ratio"] if a.get("ratio") is not None else 0.5)),
    "Identity": lambda b, a, id, x: x, "Cast": lambda b, a, id, x: x if a["to"] in (1, 10, 11, 16) else None,
    "PRelu": _slope, "Softmax": _softmax, "Add": _added, "Sum": _added, "Mul": _multiplied, "Div": _divided,
    "Gemm": _gemm, "MatMul": _linear, "Linear": _linear, "Concat": _joined, "Split": _split, "Slice": _sliced,
    "Gather": _taken, "Flatten": _as("Flatten"), "Reshape": _as("Reshape"), "Squeeze": _as("Squeeze"),
    "Unsqueeze": _with, "Transpose": _transposed,
}  # fmt: skip
"""How each operator is read. Shape and Size, and what is known before the network runs, never get here."""
