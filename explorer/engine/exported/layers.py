"""Which operations of an exported graph are a torch module with weights, and which a function that is read elsewhere.

The operations are ATen's, of both ways in which torch.export writes a graph: as they were called, and taken apart into
core operations. Source: torch's native_functions.yaml (arguments).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from explorer.formats.exported.graph import Op, Ref
from explorer.layers.operations import OPERATIONS, WRITING
from explorer.maths.sentences import Refusal

Shapes = Mapping[Ref, tuple[int, ...]]


COUNTING: dict[str, Callable[..., Any]] = {
    "sym_size.int": lambda x, dim: x.shape[dim],
    **{f"operator.{name}": getattr(operator, name) for name in ("add", "sub", "mul", "floordiv", "neg")},
}
"""Operations that give a whole number."""
VIEWING = ("view", "reshape", "_unsafe_view")
MOST_PIECES = 1 << 12


class ExportedError(Refusal):
    """A graph cannot be read; the message goes behind “file”."""


@dataclass(frozen=True)
class Weighted:
    """A module that an operation is, on torch's meta device: what enters it, and what its tensors are."""

    module: nn.Module
    x: Ref
    tensors: Mapping[str, Ref]


def aten(name: str) -> Any:
    """torch's function for an operation of a graph. Raises ExportedError."""
    base, _, overload = name.partition(".")
    if base not in OPERATIONS and base not in WRITING and base not in TAKEN_APART:
        raise ExportedError(f"has the operation {name[:60]}, which is not read here")
    function = getattr(getattr(torch.ops.aten, base, None), overload, None)
    if not isinstance(function, torch._ops.OpOverload):
        raise ExportedError(f"has the operation {name[:60]}, which this PyTorch does not know")
    return function


def function(name: str) -> Callable[..., Any]:
    """The same, which refuses to take a value apart into more pieces than any network has."""
    if name in COUNTING:
        return COUNTING[name]
    whole = aten(name)
    base = name.partition(".")[0]
    if base not in ("split", "unbind"):
        called: Callable[..., Any] = whole
        return called

    def pieces(x: Any, *args: Any) -> Any:
        size, dim = args if len(args) == 2 else (args[0], 0) if base == "split" else (1, *(args or (0,)))
        if x.shape[dim] > MOST_PIECES * max(1, size if isinstance(size, int) else 1):
            raise ExportedError(f"takes a value apart into more than {MOST_PIECES:,} pieces")
        return whole(x, *args)

    pieces.__name__ = base
    return pieces


def bound(op: Op) -> dict[str, Any]:
    """An operation's arguments by their names, those left out too. Raises ExportedError."""
    schema = aten(op.name)._schema
    names = [argument.name for argument in schema.arguments]
    values = {a.name: a.default_value for a in schema.arguments if a.has_default_value()}
    if len(op.args) > len(names) or any(name not in names for name, _ in op.named):
        raise ExportedError(f"has the operation {op.name}, with arguments that it does not have")
    values |= dict(zip(names, op.args, strict=False)) | dict(op.named)
    return values


def weighted(op: Op, shapes: Shapes) -> Weighted | None:
    """The module that an operation is; None where it is none, or its settings are not those of a module.

    shapes: of the tensors of the program, turned round where the graph does so first.
    """
    if op.base not in WEIGHTED:
        return None
    values = bound(op)
    try:
        with torch.device("meta"):
            return WEIGHTED[op.base](values, shapes)
    except (KeyError, TypeError, ValueError, IndexError, RuntimeError):  # a tensor of the graph, or no such settings
        return None


def _conv(v: Any, shapes: Shapes) -> Weighted | None:
    if v.get("transposed"):
        return _transposed(v, shapes)
    out, into, *kernel = shapes[v["weight"]]
    groups = v["groups"]
    if len(kernel) != 2:
        return None
    high, wide = kernel
    padding = v["padding"] if isinstance(v["padding"], str) else _two(v["padding"])
    module = nn.Conv2d(
        into * groups, out, (high, wide), _two(v["stride"]), padding, _two(v["dilation"]), groups,
        v["bias"] is not None,
    )  # fmt: skip
    return Weighted(module, v["input"], _given(weight=v["weight"], bias=v["bias"]))


def _transposed(v: Any, shapes: Shapes) -> Weighted | None:
    into, out, *kernel = shapes[v["weight"]]
    groups = v["groups"]
    if len(kernel) != 2:
        return None
    high, wide = kernel
    module = nn.ConvTranspose2d(
        into, out * groups, (high, wide), _two(v["stride"]), _two(v["padding"]), _two(v["output_padding"]), groups,
        v["bias"] is not None, _two(v["dilation"]),
    )  # fmt: skip
    return Weighted(module, v["input"], _given(weight=v["weight"], bias=v["bias"]))


def _norm(v: Any, shapes: Shapes) -> Weighted | None:
    if v.get("training"):
        raise ExportedError("was exported for training: its normalisation looks at the batch")
    (channels,) = shapes[v["running_mean"]]
    module = nn.BatchNorm2d(channels, v["eps"], v["momentum"], v["weight"] is not None)
    tensors = {name: v[name] for name in ("weight", "bias", "running_mean", "running_var")}
    return Weighted(module, v["input"], _given(**tensors))


def _linear(v: Any, shapes: Shapes) -> Weighted:
    out, into = shapes[v["weight"]]
    return Weighted(nn.Linear(into, out, v["bias"] is not None), v["input"], _given(weight=v["weight"], bias=v["bias"]))


def _matrices(v: Any, shapes: Shapes) -> Weighted | None:
    """addmm(bias, x, wᵀ)."""
    if v["beta"] != 1 or v["alpha"] != 1 or v["mat1"] in shapes:
        return None
    into, out = shapes[v["mat2"]]
    return Weighted(nn.Linear(into, out), v["mat1"], {"weight": v["mat2"], "bias": v["self"]})


def _layer_norm(v: Any, shapes: Shapes) -> Weighted:
    module = nn.LayerNorm(v["normalized_shape"], v["eps"], v["weight"] is not None, v["bias"] is not None)
    return Weighted(module, v["input"], _given(weight=v["weight"], bias=v["bias"]))


def _group_norm(v: Any, shapes: Shapes) -> Weighted:
    (channels,) = shapes[v["weight"]]
    module = nn.GroupNorm(v["num_groups"], channels, v["eps"])
    return Weighted(module, v["input"], {"weight": v["weight"], "bias": v["bias"]})


def _prelu(v: Any, shapes: Shapes) -> Weighted:
    (count,) = shapes[v["weight"]]
    return Weighted(nn.PReLU(count), v["self"], {"weight": v["weight"]})


WEIGHTED: dict[str, Callable[[Any, Shapes], Weighted | None]] = {
    "conv2d": _conv,
    "convolution": _conv,
    "conv_transpose2d": _transposed,
    "batch_norm": _norm,
    "_native_batch_norm_legit_no_training": _norm,
    "linear": _linear,
    "addmm": _matrices,
    "layer_norm": _layer_norm,
    "native_layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "prelu": _prelu,
}
"""By the operation's name without its overload."""

TAKEN_APART = frozenset((
    "_native_batch_norm_legit_no_training", "_to_copy", "_unsafe_view", "as_strided",
    "hardtanh_", "hardswish_", "leaky_relu_", "elu_", "dropout_", "hardsigmoid_", "tanh_", "mish_", "gelu_",
))  # fmt: skip
"""Operations of exported graphs that no list of ours has, for they become others here."""


def _hardtanh(v: Any) -> tuple[Any, ...] | None:
    return (F.relu6, v["self"]) if (v["min_val"], v["max_val"]) == (0, 6) else None


def _dropout(v: Any) -> tuple[Any, ...]:
    if v["train"]:
        raise ExportedError("was exported for training: its dropout is switched on")
    return F.dropout, v["input"], v["p"], False


def _add(v: Any) -> tuple[Any, ...] | None:
    return (torch.add, v["self"], v["other"]) if v["alpha"] == 1 else None


def _softmax(v: Any) -> tuple[Any, ...] | None:
    return (torch.softmax, v["self"], v["dim"]) if not v.get("half_to_float") and v.get("dtype") is None else None


def _max_pool(v: Any) -> tuple[Any, ...]:
    stride = v["stride"] or v["kernel_size"]
    return F.max_pool2d, v["self"], v["kernel_size"], stride, v["padding"], v["dilation"], v["ceil_mode"]


def _avg_pool(v: Any) -> tuple[Any, ...]:
    stride = v["stride"] or v["kernel_size"]
    rest = (v["ceil_mode"], v["count_include_pad"], v["divisor_override"])
    return F.avg_pool2d, v["self"], v["kernel_size"], stride, v["padding"], *rest


def _upsample(mode: str) -> Callable[[Any], tuple[Any, ...] | None]:
    def call(v: Any) -> tuple[Any, ...] | None:
        if "input" not in v:  # the overload with a size and factors one by one
            return None
        align = v.get("align_corners") if mode != "nearest" else None
        return F.interpolate, v["input"], v["output_size"], v["scale_factors"], mode, align

    return call


FUNCTIONS: dict[str, Callable[[Any], tuple[Any, ...] | None]] = {
    "relu": lambda v: (F.relu, v["self"]),
    "relu6": lambda v: (F.relu6, v["self"]),
    "hardtanh": _hardtanh,
    "silu": lambda v: (F.silu, v["self"]),
    "mish": lambda v: (F.mish, v["self"]),
    "gelu": lambda v: (F.gelu, v["self"], v["approximate"]),
    "hardswish": lambda v: (F.hardswish, v["self"]),
    "hardsigmoid": lambda v: (F.hardsigmoid, v["self"]),
    "leaky_relu": lambda v: (F.leaky_relu, v["self"], v["negative_slope"]),
    "sigmoid": lambda v: (torch.sigmoid, v["self"]),
    "tanh": lambda v: (torch.tanh, v["self"]),
    "softmax": _softmax,
    "_softmax": _softmax,
    "dropout": _dropout,
    "add": _add,
    "mul": lambda v: (torch.mul, v["self"], v["other"]),
    "cat": lambda v: (torch.cat, v["tensors"], v["dim"]),
    "mean": lambda v: (torch.mean, v["self"], v["dim"], v["keepdim"]) if v.get("dim") and not v["dtype"] else None,
    "flatten": lambda v: (torch.flatten, v["self"], v["start_dim"], v["end_dim"]),
    "view": lambda v: (torch.reshape, v["self"], v["size"]),
    "_unsafe_view": lambda v: (torch.reshape, v["self"], v["size"]),
    "reshape": lambda v: (torch.reshape, v["self"], v["shape"]),
    "permute": lambda v: (torch.permute, v["self"], v["dims"]),
    "transpose": lambda v: (torch.transpose, v["self"], v["dim0"], v["dim1"]),
    "chunk": lambda v: (torch.chunk, v["self"], v["chunks"], v["dim"]),
    "max_pool2d": _max_pool,
    "max_pool2d_with_indices": _max_pool,
    "avg_pool2d": _avg_pool,
    "adaptive_avg_pool2d": lambda v: (F.adaptive_avg_pool2d, v["self"], v["output_size"]),
    "_adaptive_avg_pool2d": lambda v: (F.adaptive_avg_pool2d, v["self"], v["output_size"]),
    "upsample_nearest2d": _upsample("nearest"),
    "upsample_bilinear2d": _upsample("bilinear"),
}
"""What a function of torch is called with for an operation without weights; None leaves it as it is."""

FIRST_ONLY = ("_native_batch_norm_legit_no_training", "native_layer_norm", "max_pool2d_with_indices")
"""Operations that give more than what people mean by them: only their first result is read."""


def _given(**tensors: Ref | None) -> dict[str, Ref]:
    return {name: ref for name, ref in tensors.items() if ref is not None}


def _two(values: Any) -> Any:
    return tuple(values) * 2 if len(values) == 1 else tuple(values)
