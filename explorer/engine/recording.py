"""Listen to what torch is asked to do, and write each ATen operation down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf, isnan
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.layers.operations import WRITING, Step
from explorer.maths.sentences import Refusal
from explorer.network.layer import Shape

PASSING = ("alias", "detach", "detach_", "lift_fresh", "lift_fresh_copy")
"""Operations that hand on what they get."""

LEFT_OUT = ("pin_memory", "device", "layout", "memory_format")
"""Named arguments that change where numbers lie, and not which."""


class CaptureError(Refusal):
    """A piece of code cannot be taken down; the message says why, and goes behind its name."""


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it is entered, all that torch computes is computed on shapes alone, and noted as `steps`.

    In inference mode torch hands over what the code asked for, such as a linear layer or a softmax; otherwise it would
    take these apart first. A value is called %0, %1, …, inputs first. Raises CaptureError.
    """

    def __init__(self, state: Mapping[str, Tensor], shapes: Sequence[Shape]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.steps: list[Step] = []
        self.constants: dict[str, Tensor] = {}  # what comes from elsewhere, by name
        self.count = 0
        self._names: dict[int, tuple[str, Tensor]] = {}  # the tensor is kept so that no other gets its id
        self.held = {key: self._call(f"${key}", empty_like(tensor)) for key, tensor in state.items()}
        self.inputs = [self._call(self._next(), torch.empty(1, *shape, device="meta")) for shape in shapes]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = dict(kwargs or {})
        name = str(func).removeprefix("aten.")
        written = [self._argument(value) for value in args]
        written_named = {key: self._argument(value) for key, value in named.items() if key not in LEFT_OUT}
        if any(argument.name == "device" for argument in func._schema.arguments):
            named["device"] = torch.device("meta")
        result = func(*_on_shapes(args), **_on_shapes(named))
        if name.partition(".")[0] in PASSING:
            self._call(written[0], result)
            return result
        number = self._note(Step(name, written, written_named))
        if isinstance(result, Tensor):
            self._call(number, result)
        for place, part in enumerate(result if isinstance(result, list | tuple) else ()):
            if isinstance(part, Tensor):
                self._call(self._note(Step("getitem", [number, place], {})), part)
        return result

    def name(self, value: Tensor) -> str:
        """What a tensor is called; one that comes from elsewhere gets a name of its own."""
        if id(value) not in self._names:
            key = f"_tensor_constant{len(self.constants)}"
            self.constants[key] = value
            self._call(f"${key}", value)
        return self._names[id(value)][0]

    def _call(self, name: str, value: Tensor) -> Tensor:
        self._names[id(value)] = name, value
        return value

    def _next(self) -> str:
        self.count += 1
        return f"%{self.count - 1}"

    def _note(self, step: Step) -> str:
        self.steps.append(step)
        return self._next()

    def _argument(self, value: Any) -> Any:
        """An argument as the list writes it."""
        if isinstance(value, Tensor):
            return self.name(value)
        if isinstance(value, list | tuple):
            return [self._argument(part) for part in value]
        if isinstance(value, torch.dtype):
            return ":" + str(value).removeprefix("torch.")
        if isinstance(value, str):
            return f"'{value}"
        if isinstance(value, float) and (isnan(value) or value in (inf, -inf)):
            return f"={value}"
        if value is None or isinstance(value, bool | int | float):
            return value
        raise CaptureError(f"calls an operation with {type(value).__name__}")


def empty_like(tensor: Tensor) -> Tensor:
    """A tensor of the same shape and type without numbers, made afresh."""
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")


def _on_shapes(value: Any) -> Any:
    """Arguments with tensors without numbers in the place of those that have some."""
    if isinstance(value, Tensor):
        return value if value.device.type == "meta" else empty_like(value)
    if isinstance(value, dict):
        return {key: _on_shapes(part) for key, part in value.items()}
    return type(value)(_on_shapes(part) for part in value) if isinstance(value, list | tuple) else value


def needed(inputs: int, steps: Sequence[Step], result: str) -> tuple[tuple[Step, ...], str]:
    """The steps that matter for the result, numbered afresh after so many inputs, and what the result is called then.

    A step that writes over a value matters whoever listens: a view of what it writes on may be used.
    """
    wanted = {result}
    for number, step in zip(reversed(range(inputs, inputs + len(steps))), reversed(steps), strict=True):
        if f"%{number}" in wanted or step.operation.partition(".")[0] in WRITING:
            wanted.update(names(step), (f"%{number}",))
    kept = [f"%{number}" for number in range(inputs + len(steps)) if number < inputs or f"%{number}" in wanted]
    fresh = {old: f"%{number}" for number, old in enumerate(kept)}

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(part) for part in value]
        return fresh.get(value, value) if isinstance(value, str) else value

    return tuple(
        Step(step.operation, renamed(step.arguments), {key: renamed(value) for key, value in step.named.items()})
        for number, step in enumerate(steps, inputs)
        if f"%{number}" in fresh
    ), fresh.get(result, result)


def names(step: Step) -> Iterator[str]:
    """The values and tensors that a step works on."""
    return _names([step.arguments, list(step.named.values())])


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _names(part)
    elif isinstance(value, str) and value[0] in "%$":
        yield value
