"""What ONNX's operators that only move numbers about do, as torch code."""

from __future__ import annotations

from math import ceil, prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings


def _reshaped(a: Settings, x: Tensor) -> Tensor:
    shape = [
        x.shape[i] if n == 0 and not a.get("allowzero") and i < x.dim() else int(n) for i, n in enumerate(a["shape"])
    ]
    return x.reshape(shape)


def _flat(a: Settings, x: Tensor) -> Tensor:
    axis = a.get("axis", 1)
    axis += x.dim() if axis < 0 else 0
    return x.reshape(prod(x.shape[:axis]), -1)


def _without(a: Settings, x: Tensor) -> Tensor:
    axes = a.get("axes")
    if axes is None:
        return x.squeeze()
    places = {axis % x.dim() for axis in axes}
    return x.reshape([n for i, n in enumerate(x.shape) if i not in places])


def _with(a: Settings, x: Tensor) -> Tensor:
    axes = a["axes"] if isinstance(a["axes"], list) else [a["axes"]]
    for axis in sorted(axis % (x.dim() + len(axes)) for axis in axes):
        x = x.unsqueeze(axis)
    return x


def _transposed(a: Settings, x: Tensor) -> Tensor:
    return x.permute(a.get("perm") or list(range(x.dim()))[::-1])


def _sliced(a: Settings, x: Tensor) -> Tensor:
    starts, ends = a["starts"], a["ends"]
    axes, steps = a.get("axes") or range(len(starts)), a.get("steps") or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size, axis = x.shape[axis], axis % x.dim()
        first, last, stride = slice(start, end, step).indices(size)
        if step < 0:
            x, first, last, stride = x.flip(axis), size - 1 - first, size - 1 - last, -stride
        x = x[(slice(None),) * axis + (slice(first, max(first, last), stride),)]
    return x


def _pieces(a: Settings, x: Tensor) -> tuple[Tensor, ...]:
    axis = a.get("axis", 0)
    sizes = a.get("split")
    if sizes is None:
        size = ceil(x.shape[axis] / a["outputs"])
        return tuple(torch.split(x, size, axis))
    return tuple(torch.split(x, [int(n) for n in sizes], axis))


def _taken(a: Settings, x: Tensor, places: Tensor) -> Tensor:
    axis = a.get("axis", 0) % x.dim()
    places = _counted_from_front(places, x.shape[axis])
    found = torch.index_select(x, axis, places.reshape(-1))
    return found.reshape([*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]])


def _gathered(a: Settings, x: Tensor, places: Tensor) -> Tensor:
    axis = a.get("axis", 0)
    return torch.gather(x, axis, _counted_from_front(places, x.shape[axis]))


def _taken_deep(a: Settings, x: Tensor, places: Tensor) -> Tensor:
    """Gather with a whole path of places, one number for each of the first axes."""
    if a.get("batch_dims"):
        raise OperatorError("takes other places for each picture of a batch")
    path = [_counted_from_front(places[..., i], x.shape[i]) for i in range(places.shape[-1])]
    return x[tuple(path)]


def _put_deep(a: Settings, x: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """Put values at paths of places."""
    if a.get("reduction", "none") not in ("none", "add"):
        raise OperatorError("puts in what is larger or smaller, or the product")
    path = tuple(_counted_from_front(places[..., i], x.shape[i]) for i in range(places.shape[-1]))
    return torch.index_put(x, path, values, accumulate=a.get("reduction", "none") == "add")


def _put(a: Settings, x: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """Put values at places along one axis."""
    axis, how = a.get("axis", 0), a.get("reduction", "none")
    places = _counted_from_front(places, x.shape[axis])
    if how == "none":
        return torch.scatter(x, axis, places, values)
    return torch.scatter_reduce(x, axis, places, values, {"add": "sum", "mul": "prod"}.get(how, f"a{how}"))


def _one_hot(a: Settings, places: Tensor, values: Tensor) -> Tensor:
    """A new axis with one number of `values` at the place, the other elsewhere."""
    depth, axis = int(_single(a["depth"])), a.get("axis", -1) % (places.dim() + 1)
    steps = (torch.cumsum(places.new_ones(depth), 0) - 1).reshape(
        [-1 if i == axis else 1 for i in range(places.dim() + 1)]
    )
    places = _counted_from_front(places, depth).unsqueeze(axis)
    return torch.where(places == steps, values[1], values[0])


def _diagonal(a: Settings, x: Tensor) -> Tensor:
    rows, columns = (torch.cumsum(torch.ones_like(x[i], dtype=torch.int64), 0) for i in ((slice(None), 0), 0))
    return torch.eq(rows[:, None] + a.get("k", 0), columns).to(x.dtype)


def _turned_round(a: Settings, x: Tensor, lengths: Tensor) -> Tensor:
    """The first so many places of each sequence, last one first."""
    time, batch = a.get("time_axis", 0), a.get("batch_axis", 1)
    steps = torch.cumsum(torch.ones_like(x, dtype=torch.int64), time) - 1
    ends = lengths.to(torch.int64).reshape([-1 if i == batch else 1 for i in range(x.dim())])
    return torch.gather(x, time, torch.where(steps < ends, ends - 1 - steps, steps))


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _counted_from_front(places: Tensor, size: int) -> Tensor:
    return torch.where(places < 0, places + size, places).to(torch.int64)


def _expanded(a: Settings, x: Tensor) -> Tensor:
    """To a shape that is broadcast with the input's own."""
    wanted = [int(n) for n in a["shape"]]
    rank = max(len(wanted), x.dim())
    wanted, own = [1] * (rank - len(wanted)) + wanted, [1] * (rank - x.dim()) + list(x.shape)
    return x.expand([m if n == 1 else n for n, m in zip(wanted, own, strict=True)]).clone()


def _blocks_out(a: Settings, x: Tensor) -> Tensor:
    """Depth to space."""
    n, c, h, w = x.shape
    r = a["blocksize"]
    if a.get("mode", "DCR") == "CRD":
        return F.pixel_shuffle(x, r)
    return x.reshape(n, r, r, c // r**2, h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // r**2, h * r, w * r)


def _blocks_in(a: Settings, x: Tensor) -> Tensor:
    """Space to depth."""
    n, c, h, w = x.shape
    r = a["blocksize"]
    return x.reshape(n, c, h // r, r, w // r, r).permute(0, 3, 5, 1, 2, 4).reshape(n, c * r**2, h // r, w // r)


def _triangle(a: Settings, x: Tensor) -> Tensor:
    return (torch.triu if a.get("upper", 1) else torch.tril)(x, int(a.get("k") or 0))


def _filled(a: Settings) -> Tensor:
    value = a.get("value")
    like = torch.zeros(1) if value is None else torch.tensor(value)
    return like.reshape(()).expand([int(n) for n in a["shape"]]).clone()


def _counted(a: Settings) -> Tensor:
    return torch.arange(a["start"], a["limit"], a["delta"])


MOVING: dict[str, Function] = {
    "Reshape": _reshaped, "Flatten": _flat, "Squeeze": _without, "Unsqueeze": _with, "Transpose": _transposed,
    "Concat": lambda a, *x: torch.cat(x, a["axis"]), "Slice": _sliced, "Split": _pieces, "Gather": _taken,
    "GatherElements": _gathered, "GatherND": _taken_deep, "ScatterND": _put_deep, "Expand": _expanded,
    "Tile": lambda a, x: x.repeat([int(n) for n in a["repeats"]]), "DepthToSpace": _blocks_out,
    "SpaceToDepth": _blocks_in, "Trilu": _triangle, "Scatter": _put, "ScatterElements": _put, "OneHot": _one_hot,
    "EyeLike": _diagonal, "ReverseSequence": _turned_round, "ConstantOfShape": _filled, "Range": _counted,
}  # fmt: skip
"""What each operator does."""
