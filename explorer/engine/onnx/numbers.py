"""What ONNX's operators compute, as torch code: number by number, and over axes."""

from __future__ import annotations

from math import inf, prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings


def _divided(a: Settings, x: Tensor, y: Tensor) -> Tensor:
    return x / y if x.is_floating_point() else torch.div(x, y, rounding_mode="trunc")


def _clip(a: Settings, x: Tensor) -> Tensor:
    low, high = a.get("min"), a.get("max")
    return x if low is None and high is None else torch.clamp(x, low, high)


def _remainder(a: Settings, x: Tensor, y: Tensor) -> Tensor:
    return torch.fmod(x, y) if a.get("fmod") else torch.remainder(x, y)


def _slope(a: Settings, x: Tensor, slope: Tensor) -> Tensor:
    return torch.where(x < 0, x * slope, x)


def _cast(a: Settings, x: Tensor) -> Tensor:
    kind = a["to"]
    if kind in (1, 10, 11, 16):
        return x.to(torch.float32)
    if kind == 9:
        return x != 0
    if kind in (2, 3, 4, 5, 6, 7, 12, 13):
        return x.to({2: torch.uint8, 3: torch.int8}.get(kind, torch.int64))
    raise OperatorError("turns numbers into a type that is not read")


def _quantized(a: Settings, x: Tensor, step: Tensor, zero: Tensor | None = None) -> Tensor:
    low, high = a["range"]
    return torch.clamp(torch.round(x / _along(a, x, step)) + _along(a, x, zero), low, high)


def _dequantized(a: Settings, x: Tensor, step: Tensor, zero: Tensor | None = None) -> Tensor:
    return (x.to(torch.float32) - _along(a, x, zero)) * _along(a, x, step)


def _rounded_by_itself(a: Settings, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Bytes, with a step and a zero that just hold the smallest and the largest number, and 0."""
    low, high = torch.clamp(torch.amin(x), max=0.0), torch.clamp(torch.amax(x), min=0.0)
    step = torch.where(high == low, torch.ones_like(high), (high - low) / 255)
    zero = torch.round(torch.clamp(-low / step, 0, 255))
    return torch.clamp(torch.round(x / step) + zero, 0, 255), step, zero


def _along(a: Settings, x: Tensor, value: Tensor | None) -> Tensor | float:
    """A step or zero point, one for all or one for each along the axis."""
    if value is None:
        return 0.0
    value = value.to(torch.float32)
    if value.dim() == 1 and value.numel() > 1:
        axis = a.get("axis", 1) % x.dim()
        return value.reshape([-1 if i == axis else 1 for i in range(x.dim())])
    if value.dim() > 1:
        raise OperatorError("has a step for each block of numbers")
    return value.reshape(())


def _folded(join: Function) -> Function:
    def over(a: Settings, *x: Tensor) -> Tensor:
        total = x[0]
        for part in x[1:]:
            total = join(total, part)
        return total

    return over


def _pointwise(function: Function) -> Function:
    return lambda a, *x: function(*x)


def _axes(a: Settings, x: Tensor) -> list[int]:
    axes = a.get("axes")
    if not axes:
        return [] if a.get("noop_with_empty_axes") else list(range(x.dim()))
    return [int(axis) % x.dim() for axis in (axes if isinstance(axes, list) else [axes])]


def _reduced(function: Function) -> Function:
    def over(a: Settings, x: Tensor) -> Tensor:
        axes = _axes(a, x)
        return function(x, axes, bool(a.get("keepdims", 1))) if axes else x

    return over


def _product(x: Tensor, axes: list[int], keep: bool) -> Tensor:
    for axis in sorted(axes, reverse=True):
        x = torch.prod(x, axis, keepdim=keep)
    return x


def _best(function: Function) -> Function:
    def over(a: Settings, x: Tensor) -> Tensor:
        if a.get("select_last_index"):
            raise OperatorError("takes the last of several equal numbers")
        found: Tensor = function(x, a.get("axis", 0), keepdim=bool(a.get("keepdims", 1)))
        return found

    return over


def _shared_out(function: Function) -> Function:
    """Softmax and its like: before version 13 they took all axes behind the first together."""

    def over(a: Settings, x: Tensor) -> Tensor:
        if a["version"] >= 13:
            y: Tensor = function(x, a.get("axis", -1))
            return y
        axis = a.get("axis", 1) % x.dim()
        flat: Tensor = function(x.reshape(prod(x.shape[:axis]), -1), 1)
        return flat.reshape(x.shape)

    return over


def _matmul(a: Settings, x: Tensor, y: Tensor) -> Tensor:
    return torch.matmul(x, y)


def _linear(a: Settings, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.matmul(x, weight) + bias


def _gemm(a: Settings, x: Tensor, y: Tensor, c: Tensor | None = None) -> Any:
    x, y = x.t() if a.get("transA") else x, y.t() if a.get("transB") else y
    product = torch.matmul(x, y) * a.get("alpha", 1.0)
    return product if c is None else product + c * a.get("beta", 1.0)


def _largest(a: Settings, x: Tensor) -> tuple[Tensor, ...]:
    k = a["k"]
    return tuple(torch.topk(x, int(k[0] if isinstance(k, list) else k), a.get("axis", -1), bool(a.get("largest", 1))))


def _running(a: Settings, x: Tensor) -> Tensor:
    axis = int(a["axis"][0] if isinstance(a["axis"], list) else a["axis"])
    backwards = bool(a.get("reverse"))
    total = torch.cumsum(x.flip(axis) if backwards else x, axis)
    total = total.flip(axis) if backwards else total
    return total - x if a.get("exclusive") else total


def _is_infinite(a: Settings, x: Tensor) -> Tensor:
    above, below = bool(a.get("detect_positive", 1)), bool(a.get("detect_negative", 1))
    if above and below:
        return torch.abs(x) == inf
    return x == (inf if above else -inf) if above or below else torch.zeros_like(x) != 0


def _hardmax(x: Tensor, axis: int) -> Tensor:
    """1 at the first of the largest, 0 elsewhere."""
    return torch.scatter(torch.zeros_like(x), axis, torch.argmax(x, axis, keepdim=True), 1.0)


NUMBERS: dict[str, Function] = {
    **{name: _pointwise(getattr(torch, name.lower())) for name in (
        "Abs", "Acos", "Asin", "Atan", "Ceil", "Cos", "Cosh", "Erf", "Exp", "Floor", "Log", "Neg", "Reciprocal",
        "Round", "Sigmoid", "Sign", "Sin", "Sinh", "Sqrt", "Tan", "Tanh", "Relu", "IsNaN", "Acosh", "Asinh", "Atanh",
    )},
    "Not": _pointwise(torch.logical_not), "And": _pointwise(torch.logical_and), "Or": _pointwise(torch.logical_or),
    "Xor": _pointwise(torch.logical_xor), "Equal": _pointwise(torch.eq), "Greater": _pointwise(torch.gt),
    "GreaterOrEqual": _pointwise(torch.ge), "Less": _pointwise(torch.lt), "LessOrEqual": _pointwise(torch.le),
    "Where": _pointwise(torch.where), "Add": _pointwise(torch.add), "Sub": _pointwise(torch.sub),
    "Mul": _pointwise(torch.mul), "Div": _divided, "Pow": lambda a, x, y: torch.pow(x, y).to(x.dtype),
    "Mod": _remainder, "Min": _folded(torch.minimum), "Max": _folded(torch.maximum), "Sum": _folded(torch.add),
    "Mean": lambda a, *x: _folded(torch.add)(a, *x) / len(x), "Clip": _clip, "PRelu": _slope,
    "Softsign": lambda a, x: x / (1 + torch.abs(x)), "Softplus": lambda a, x: F.softplus(x),
    "Elu": lambda a, x: F.elu(x, a.get("alpha", 1.0)), "Celu": lambda a, x: F.celu(x, a.get("alpha", 1.0)),
    "Selu": lambda a, x: a.get("gamma", 1.0507009873554805) * F.elu(x, a.get("alpha", 1.6732632423543772)),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "ThresholdedRelu": lambda a, x: F.threshold(x, a.get("alpha", 1.0), 0.0),
    "HardSigmoid": lambda a, x: torch.clamp(x * a.get("alpha", 0.2) + a.get("beta", 0.5), 0.0, 1.0),
    "HardSwish": lambda a, x: F.hardswish(x), "Mish": lambda a, x: F.mish(x),
    "Swish": lambda a, x: x * torch.sigmoid(x * a.get("alpha", 1.0)),
    "Gelu": lambda a, x: F.gelu(x, approximate=a.get("approximate", "none")),
    "Shrink": lambda a, x: torch.where(
        torch.abs(x) > a.get("lambd", 0.5), x - torch.sign(x) * a.get("bias", 0.0), torch.zeros_like(x)
    ),
    "Cast": _cast, "CastLike": lambda a, x, like: x.to(like.dtype), "Identity": lambda a, x: x,
    "Dropout": lambda a, x: x, "QuantizeLinear": _quantized, "DequantizeLinear": _dequantized,
    "FakeQuantize": lambda a, x, step, zero=None: _dequantized(a, _quantized(a, x, step, zero), step, zero),
    "DynamicQuantizeLinear": _rounded_by_itself,
    "DynamicFakeQuantize": lambda a, x: _dequantized(a, *_rounded_by_itself(a, x)),
    "ReduceMean": _reduced(torch.mean), "ReduceSum": _reduced(torch.sum), "ReduceProd": _reduced(_product),
    "ReduceMax": _reduced(torch.amax), "ReduceMin": _reduced(torch.amin),
    "ReduceL1": _reduced(lambda x, axes, keep: torch.sum(torch.abs(x), axes, keep)),
    "ReduceL2": _reduced(lambda x, axes, keep: torch.sqrt(torch.sum(x * x, axes, keep))),
    "ReduceLogSum": _reduced(lambda x, axes, keep: torch.log(torch.sum(x, axes, keep))),
    "ReduceLogSumExp": _reduced(torch.logsumexp),
    "ReduceSumSquare": _reduced(lambda x, axes, keep: torch.sum(x * x, axes, keep)),
    "ArgMax": _best(torch.argmax), "ArgMin": _best(torch.argmin), "Softmax": _shared_out(torch.softmax),
    "LogSoftmax": _shared_out(torch.log_softmax), "MatMul": _matmul, "Gemm": _gemm, "Linear": _linear,
    "Einsum": lambda a, *x: torch.einsum(a["equation"], *x), "TopK": _largest, "CumSum": _running,
    "IsInf": _is_infinite, "NonZero": lambda a, x: torch.nonzero(x).t(), "Hardmax": _shared_out(_hardmax),
    "BitwiseAnd": _pointwise(torch.bitwise_and), "BitwiseOr": _pointwise(torch.bitwise_or),
    "BitwiseXor": _pointwise(torch.bitwise_xor), "BitwiseNot": _pointwise(torch.bitwise_not),
}  # fmt: skip
"""What each operator computes."""
