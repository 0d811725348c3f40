"""A list of tensor operations for inputs of another size than it was read for.

Only where each operation follows by a rule below: it treats every number alike, reorders axes, adds a border, or leaves
the shape as it is. Rounding to bytes is such a list, and a border that mirrors the picture. What mixes places, or has
sizes written into it in another way, stays for the size it was read for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import prod
from typing import Any

from explorer.layers.operations import MOST_NUMBERS, Operations, Step, read
from explorer.network.layer import Shape

ALIKE = frozenset((
    "abs", "add", "alias", "ceil", "clamp", "clamp_max", "clamp_min", "clone", "contiguous", "detach", "div", "elu",
    "eq", "erf", "exp", "expm1", "floor", "ge", "gelu", "gt", "hardsigmoid", "hardswish", "hardtanh", "le",
    "leaky_relu", "log", "log1p", "logical_and", "logical_not", "logical_or", "lt", "maximum", "minimum", "mish", "mul",
    "ne", "neg", "pow", "reciprocal", "relu", "relu6", "round", "rsqrt", "rsub", "selu", "sigmoid", "sign", "silu",
    "softplus", "sqrt", "square", "sub", "tanh", "threshold", "to", "trunc", "where",
))  # fmt: skip
"""Operations whose result at a place follows from their arguments at that place, those being stretched over each other
as numpy does it."""

Sizes = tuple[Shape, Shape]
"""Of one value: as the list was read, and for the other inputs; both with the batch of one."""


class Stays(Exception):
    """The list is for one size only."""


@lru_cache(1 << 12)
def resized(operations: str, shapes: tuple[Shape, ...]) -> Operations | None:
    """The list in a text for inputs of these shapes, without the batch; None where it is for those it was read for."""
    found = read(operations)
    if len(shapes) != len(found.takes):
        return None
    pairs = zip(found.takes, shapes, strict=True)
    values: dict[str, Sizes] = {f"%{i}": ((1, *old), (1, *new)) for i, (old, new) in enumerate(pairs)}
    values |= {f"${name}": (shape, shape) for name, shape in found.weights.items()}
    values |= {f"${name}": (shape, shape) for name, (_, shape, _) in found.constants.items()}
    steps = []
    try:
        for number, step in enumerate(found.steps, len(shapes)):
            made, values[f"%{number}"] = _follow(step, values)
            steps.append(made)
    except (Stays, TypeError, LookupError, ValueError):  # arguments that torch would not take either
        return None
    old, new = values[found.result]
    if old != (1, *found.gives) or prod(new) > MOST_NUMBERS:
        return None
    return replace(found, takes=shapes, gives=new[1:], steps=tuple(steps))


def _follow(step: Step, values: dict[str, Sizes]) -> tuple[Step, Sizes]:
    """The step with the other sizes, and those of its result. Raises Stays."""
    base, arguments = step.operation.partition(".")[0], step.arguments
    if any(isinstance(value, list | str) and str(value)[:1] not in ":'" for value in step.named.values()):
        raise Stays
    if base in ALIKE:
        given = [values[a] for a in arguments if isinstance(a, str) and a[:1] in "%$"]
        return step, (_stretched([old for old, _ in given]), _stretched([new for _, new in given]))
    if base not in ("permute", "pad", "reshape") or step.named:
        raise Stays
    old, new = values[arguments[0]]
    if base == "permute":
        axes = arguments[1]
        return step, (tuple(old[axis] for axis in axes), tuple(new[axis] for axis in axes))
    if base == "pad":
        return step, (_padded(old, arguments), _padded(new, arguments))
    wanted = tuple(arguments[1])
    if wanted == old:
        return replace(step, arguments=[arguments[0], list(new)]), (old, new)
    if old != new or -1 in wanted:
        raise Stays
    return step, (wanted, wanted)


def _stretched(shapes: Sequence[Shape]) -> Shape:
    """The shape of what is computed place by place of values of these shapes. Raises Stays."""
    if not shapes:
        raise Stays
    longest = max(map(len, shapes))
    found = []
    for sizes in zip(*((1,) * (longest - len(shape)) + tuple(shape) for shape in shapes), strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            raise Stays
        found.append(wide.pop() if wide else 1)
    return tuple(found)


def _padded(shape: Shape, arguments: Sequence[Any]) -> Shape:
    """With a border: numbers for the last axis come first, two for each. Raises Stays."""
    border, mirrored = arguments[1], "'reflect" in arguments[2:]
    found = list(shape)
    for i, (before, after) in enumerate(zip(border[::2], border[1::2], strict=True), 1):
        if i > len(found) or (mirrored and max(before, after) >= found[-i]) or before < 0 or after < 0:
            raise Stays
        found[-i] += before + after
    return tuple(found)
