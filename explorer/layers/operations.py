"""A list of tensor operations written as text: what an Opaque layer computes. Reading it runs nothing.

One JSON object. takes, gives: shapes without the batch. weights: trained tensors, name → shape. constants: numbers that
are never trained, name → [type, shape, values]. macs: multiply-accumulates for one picture. steps: [operation,
arguments, named arguments], the operation being one of torch's ATen (`linear.default`). In arguments "%3" is value 3
(the inputs come first, then a value for each step), "$name" a weight or a constant, ":int64" a type, "'word" a word,
"=inf" a number JSON has no word for. result: the value that is put out. Inputs and results carry a batch of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import prod
from typing import Any

from explorer.maths.values import dataclass
from explorer.network.layer import Shape

OPERATIONS = frozenset((
    "_softmax", "abs", "acos", "acosh", "adaptive_avg_pool2d", "adaptive_max_pool2d", "add", "addmm",
    "affine_grid_generator", "alias", "amax", "amin", "aminmax", "any", "arange", "argmax", "argmin", "asin", "asinh",
    "atan", "atan2", "atanh", "avg_pool1d", "avg_pool2d", "baddbmm", "batch_norm", "bitwise_and", "bitwise_not",
    "bitwise_or", "bitwise_xor", "bmm", "cat", "ceil", "celu", "channel_shuffle", "chunk", "clamp", "clamp_max",
    "clamp_min", "clone", "col2im", "constant_pad_nd", "contiguous", "conv1d", "conv2d", "conv_transpose1d",
    "conv_transpose2d", "convolution", "cos", "cosh", "cumprod", "cumsum", "detach", "diagonal", "div", "dropout",
    "einsum", "elu", "embedding", "eq", "erf", "erfinv", "exp", "exp2", "expand", "expand_as", "expm1", "flatten",
    "flip", "floor", "floor_divide", "fmod", "frac", "full", "full_like", "gather", "ge", "gelu", "getitem", "glu",
    "grid_sampler", "group_norm", "gru", "gt", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "hstack",
    "im2col", "index", "index_put", "index_select", "instance_norm", "isnan", "kron", "layer_norm", "le", "leaky_relu",
    "linalg_vector_norm", "linear", "log", "log10", "log1p", "log2", "log_sigmoid", "log_softmax", "logical_and",
    "logical_not", "logical_or", "logical_xor", "logsumexp", "lstm", "lt", "masked_fill", "matmul", "max",
    "max_pool1d", "max_pool2d", "max_pool2d_with_indices", "maximum", "mean", "min", "minimum", "mish", "mm",
    "movedim", "mul", "nan_to_num", "narrow", "native_group_norm", "native_layer_norm", "ne", "neg", "new_full",
    "new_ones", "new_zeros", "norm", "numpy_T", "ones", "ones_like", "outer", "pad", "permute", "pixel_shuffle",
    "pixel_unshuffle", "pow", "prelu", "prod", "reciprocal", "reflection_pad1d", "reflection_pad2d", "relu", "relu6",
    "remainder", "repeat", "repeat_interleave", "replication_pad1d", "replication_pad2d", "reshape", "rms_norm",
    "rnn_relu", "rnn_tanh", "roll", "rot90", "round", "rsqrt", "rsub", "scaled_dot_product_attention", "scatter",
    "scatter_reduce", "select", "select_scatter", "selu", "sigmoid", "sign", "silu", "sin", "sinh", "slice",
    "slice_scatter", "softmax", "softplus", "softshrink", "split", "split_with_sizes", "sqrt", "square", "squeeze",
    "stack", "std", "sub", "sum", "swapaxes", "t", "tan", "tanh", "tensor_split", "threshold", "tile", "to", "topk",
    "transpose", "tril", "triu", "trunc", "unbind", "unflatten", "unfold", "unsqueeze", "upsample_bicubic2d",
    "upsample_bilinear2d", "upsample_nearest2d", "var", "view", "vstack", "where", "zeros", "zeros_like",
))  # fmt: skip
"""What may stand in a list: functions of their arguments alone, which touch no file, no clock and no chance."""

WRITING = frozenset((
    "add_", "clamp_", "clamp_min_", "copy_", "div_", "fill_", "mul_", "relu_", "sigmoid_", "silu_", "sub_",
    "zero_",
))  # fmt: skip
"""Operations that write over their first argument: allowed on what the list has made itself."""

VIEWS = frozenset((
    "alias", "channel_shuffle", "chunk", "contiguous", "detach", "diagonal", "dropout", "expand", "expand_as",
    "flatten", "getitem", "movedim", "narrow", "numpy_T", "pad", "permute", "reshape", "select", "slice", "split",
    "split_with_sizes", "squeeze", "swapaxes", "t", "tensor_split", "to", "transpose", "unbind", "unflatten",
    "unsqueeze", "view",
))  # fmt: skip
"""Operations whose result may be the very memory of their first argument."""

RECURRENT = ("gru", "lstm", "rnn_relu", "rnn_tanh")
"""Operations whose last arguments are: training, both directions, pictures first."""

LONGEST = 400_000
"""Characters of a list."""

MOST_STEPS = 2_000
MOST_NUMBERS = 1 << 31
"""In one tensor."""

TYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
NAME = r"[A-Za-z_]\w*(?:\.\w+)*"  # compiled when a list is read
OPERATION = r"([a-z0-9_]+?)\.([A-Za-z_]+)"


class Fault(ValueError):
    """Why a text is no list of operations; goes behind “program”."""


@dataclass(frozen=True)
class Step:
    """One operation: its ATen name with the overload, and its arguments as they are written."""

    operation: str
    arguments: list[Any]
    named: dict[str, Any]


@dataclass(frozen=True)
class Operations:
    """A list that was read and found sound."""

    takes: tuple[Shape, ...]
    gives: Shape
    weights: Mapping[str, Shape]
    constants: Mapping[str, tuple[str, Shape, tuple[float, ...]]]
    macs: int
    steps: tuple[Step, ...]
    result: str

    @property
    def parameters(self) -> int:
        """Trained numbers."""
        return sum(prod(shape) for shape in self.weights.values())

    @property
    def buffers(self) -> int:
        """Numbers that come with it and are not trained."""
        return sum(prod(shape) for _, shape, _ in self.constants.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The operations, each once, in the order in which they come first."""
        return tuple(dict.fromkeys(step.operation.partition(".")[0].rstrip("_") for step in self.steps))

    def written(self) -> str:
        """The text, which `read` reads."""
        parts = vars(self) | {"steps": [[s.operation, s.arguments, s.named] for s in self.steps]}
        return json.dumps(parts, separators=(",", ":"), allow_nan=False)


@lru_cache(1 << 10)
def read(text: str) -> Operations:
    """The list in a text. Raises Fault."""
    try:
        return _read(text)
    except (TypeError, KeyError, AttributeError, IndexError, RecursionError, json.JSONDecodeError) as error:
        raise Fault("is no list of operations") from error


def _read(text: str) -> Operations:
    if len(text) > LONGEST:
        raise Fault(f"has {len(text):,} characters, at most {LONGEST:,} are read")
    parts = json.loads(text, parse_constant=_no_number)
    tables = parts["constants"].items()
    found = Operations(
        tuple(_shape(shape) for shape in parts["takes"]),
        _shape(parts["gives"]),
        {name: _shape(shape) for name, shape in parts["weights"].items()},
        {name: (kind, _shape(shape), tuple(values)) for name, (kind, shape, values) in tables},
        parts["macs"],
        tuple(Step(*step) for step in parts["steps"]),
        parts["result"],
    )
    _check(found)
    return found


def _check(found: Operations) -> None:
    if not found.takes or not all((*found.takes, found.gives)):
        raise Fault("takes or gives nothing")
    if type(found.macs) is not int or not 0 <= found.macs < 1 << 62:
        raise Fault("says no number of multiply-accumulates")
    if len(found.steps) > MOST_STEPS:
        raise Fault(f"has {len(found.steps):,} steps, at most {MOST_STEPS:,} are read")
    for name in (*found.weights, *found.constants):
        if not re.fullmatch(NAME, name):
            raise Fault(f"has a tensor called {name[:40]!r}")
    for kind, shape, values in found.constants.values():
        if kind not in TYPES or len(values) != prod(shape) or any(type(v) not in (int, float, bool) for v in values):
            raise Fault("has a constant that is not as many numbers as its shape says")
    names = {f"${name}" for name in (*found.weights, *found.constants)}
    own: set[str] = set()  # values whose memory the list has made itself
    known = {f"%{number}" for number in range(len(found.takes))}
    for number, step in enumerate(found.steps, len(found.takes)):
        _check_step(step, known | names if len(names) < 99 else known.union(names), own)
        first = step.arguments[0] if step.arguments else ""
        if _base(step.operation) not in VIEWS or (isinstance(first, str) and first in own):
            own.add(f"%{number}")
        known.add(f"%{number}")
    if found.result not in known:
        raise Fault("puts out a value that is not there")


def _check_step(step: Step, known: set[str], own: set[str]) -> None:
    base = _base(step.operation)
    if base not in OPERATIONS and base not in WRITING:
        raise Fault(f"has the operation {step.operation[:40]!r}, which is not allowed")
    if base == "dropout" and step.arguments[2:] != [False]:
        raise Fault("drops numbers by chance")
    if base in RECURRENT and step.arguments[-3:-2] != [False]:
        raise Fault("drops numbers by chance")
    if base in ("batch_norm", "instance_norm") and step.arguments[3] is not None and step.arguments[5] is not False:
        raise Fault("goes on learning mean and variance")
    if "out" in step.named:
        raise Fault("writes to a tensor of its own choice")
    if base in WRITING and (not step.arguments or step.arguments[0] not in own):
        raise Fault(f"writes over what it was given ({base})")
    for value in _leaves([step.arguments, list(step.named.values())]):
        if isinstance(value, str):
            if value[:1] in "%$" and value not in known:
                raise Fault(f"uses {value[:40]!r} before it is there")
            if value[:1] not in ("%", "$", "'", "=") and not (value[:1] == ":" and value[1:] in TYPES):
                raise Fault(f"has {value[:40]!r}, which means nothing")
        elif not (value is None or isinstance(value, bool | int | float)):
            raise Fault("has an argument of another kind")
        elif isinstance(value, int) and abs(value) >= 1 << 63:
            raise Fault("has a number that is too large")


def _base(operation: str) -> str:
    if operation == "getitem":
        return operation
    named = re.fullmatch(OPERATION, operation)
    return named[1] if named else ""


def _leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    if not isinstance(value, list):
        yield value
    elif depth > 4:
        raise Fault("has arguments nested too deeply")
    else:
        for part in value:
            yield from _leaves(part, depth + 1)


def _shape(value: Any) -> Shape:
    if not isinstance(value, list) or len(value) > 8 or any(type(n) is not int or n < 1 for n in value):
        raise Fault("has a shape that is not a list of whole numbers above 0")
    if prod(value) > MOST_NUMBERS:
        raise Fault(f"has a tensor of {prod(value):,} numbers")
    return tuple(value)


def _no_number(text: str) -> None:
    raise Fault(f"has {text} where a number is due")
