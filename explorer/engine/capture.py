"""Take down what a piece of torch code does to tensors of one shape, as a list of operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.operations import macs
from explorer.engine.recording import CaptureError, Recorder, names, needed
from explorer.layers.opaque import Opaque
from explorer.layers.operations import Fault, Operations, read
from explorer.network.layer import Shape

MOST_CONSTANTS = 1 << 16
"""Numbers of one constant that are written into the list; tables of relative places have some thousands."""


def captured(
    name: str,
    compute: Callable[[Mapping[str, Tensor], Sequence[Tensor]], Tensor],
    state: Mapping[str, Tensor],
    trained: Callable[[str], bool],
    shapes: Sequence[Shape],
) -> Opaque:
    """The layer that does what `compute` does with the tensors `state` and one input of each shape.

    The code runs once, on tensors without numbers. Of `state`, what is not `trained` is written down with its numbers.
    Raises CaptureError.
    """
    try:
        with torch.inference_mode():
            recorder = Recorder(state, shapes)
            with recorder:
                result = compute(recorder.held, recorder.inputs)
        written = _operations(recorder, result, state, trained, shapes)
        text = replace(written, macs=macs(written)).written()
        read(text)  # says what is not allowed
        return Opaque(name, text)
    except (CaptureError, Fault) as error:
        raise CaptureError(str(error)) from error
    except Exception as error:  # the module's own code runs here
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CaptureError(f"cannot be run on shapes alone: {reason[:160]}") from error


def _operations(
    recorder: Recorder,
    result: Any,
    state: Mapping[str, Tensor],
    trained: Callable[[str], bool],
    shapes: Sequence[Shape],
) -> Operations:
    """What was recorded, for a result that is one picture's. Raises CaptureError."""
    given = list(result) if isinstance(result, list | tuple) else [result]
    if len(given) != 1 or not isinstance(given[0], Tensor):
        raise CaptureError("gives no tensor")
    gives = tuple(given[0].shape)
    if gives[:1] != (1,):
        raise CaptureError(f"gives the shape {gives} for one picture")
    steps, name = needed(len(shapes), recorder.steps, recorder.name(given[0]))
    used = {name, *(name for step in steps for name in names(step))}
    held = {key: tensor for key, tensor in {**state, **recorder.constants}.items() if f"${key}" in used}
    weights = {key: tuple(tensor.shape) or (1,) for key, tensor in held.items() if key in state and trained(key)}
    constants = {key: _numbers(key, tensor) for key, tensor in held.items() if key not in weights}
    return Operations(tuple(shapes), gives[1:], weights, constants, 0, steps, name)


def _numbers(key: str, tensor: Tensor) -> tuple[str, Shape, tuple[float, ...]]:
    """A tensor that is not trained, with its numbers."""
    if tensor.device.type == "meta" or tensor.numel() > MOST_CONSTANTS:
        raise CaptureError(f"needs {key}, a table of {tensor.numel():,} numbers that cannot be written down")
    kind = str(tensor.dtype).removeprefix("torch.")
    return kind, tuple(tensor.shape), tuple(tensor.flatten().tolist())


def fingerprint(module: nn.Module) -> Any:
    """A value that two modules share only where they do the same but for the numbers of their parameters.

    None where that cannot be told: a hook, or an attribute that is no plain value.
    """
    if _drops(module) and not module.training:
        return type(module)
    try:
        return type(module), tuple((name, _frozen(name, value)) for name, value in vars(module).items())
    except TypeError:
        return None


def _drops(module: nn.Module) -> bool:
    """Whether it only leaves something out at random. torchvision's is known by its name: where it is not imported,
    none is here, and to import it takes two seconds."""
    kind = type(module)
    theirs = kind.__name__ == "StochasticDepth" and kind.__module__.startswith("torchvision.")
    return theirs or isinstance(module, nn.Dropout)


def _frozen(name: str, value: Any) -> Any:
    """An attribute as something that can be compared and hashed. Raises TypeError."""
    if name == "_parameters":
        return tuple((key, p is not None and tuple(p.shape)) for key, p in value.items())
    if "hooks" in name and value:
        raise TypeError(name)
    if isinstance(value, dict):
        return tuple((key, _frozen("", part)) for key, part in value.items())
    if isinstance(value, list | tuple | set):
        return type(value), tuple(_frozen("", part) for part in value)
    if isinstance(value, nn.Module):
        return fingerprint(value) or _frozen("hooks", value)
    if isinstance(value, Tensor):
        return str(value.dtype), tuple(value.shape), value.device.type != "meta" and value.numpy(force=True).tobytes()
    if value is None or callable(value) or isinstance(value, bool | int | float | str):
        return type(value), value
    raise TypeError(name)
