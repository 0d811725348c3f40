"""Run a list of tensor operations: the torch module of an Opaque layer."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf, nan, sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.device import has_double
from explorer.layers.operations import WRITING, Operations, Step
from explorer.maths.sentences import Refusal

NUMBERS = {"=inf": inf, "=-inf": -inf, "=nan": nan}


class OperationError(Refusal):
    """A list of operations does not do what it says; the message goes behind the layer's name."""


class Opaque(nn.Module):
    """Takes and gives a batch of pictures, which are taken through the operations one by one."""

    def __init__(self, operations: Operations) -> None:
        super().__init__()
        self.operations = operations
        for name, shape in operations.weights.items():
            _home(self, name).register_parameter(name.rpartition(".")[2], nn.Parameter(_start(name, shape)))
        self._constants: dict[str, Tensor] = {}  # made when it runs: where the module is made, tensors may be empty
        _check(operations)

    def forward(self, *x: Tensor) -> Tensor:
        held: dict[str, Tensor] = {f"${name}": self.get_parameter(name) for name in self.operations.weights}
        held |= self.constants(x[0].device)
        pictures = [compute(self.operations, [part[i : i + 1] for part in x], held) for i in range(len(x[0]))]
        return torch.cat(pictures) if len(pictures) > 1 else pictures[0]

    def constants(self, device: torch.device) -> dict[str, Tensor]:
        """The numbers that come with it, by `$name`."""
        if any(tensor.device != device for tensor in self._constants.values()) or not self._constants:
            self._constants = {
                f"${name}": torch.tensor(values, dtype=_kind(kind, device), device=device).reshape(shape)
                for name, (kind, shape, values) in self.operations.constants.items()
            }
        return self._constants


def compute(operations: Operations, x: Sequence[Tensor], held: dict[str, Tensor]) -> Tensor:
    """The result for inputs with a batch of one; `held` are the weights and constants by `$name`."""
    values: dict[str, Any] = {f"%{number}": tensor for number, tensor in enumerate(x)} | held
    for number, step in enumerate(operations.steps, len(x)):
        arguments = [_value(argument, values, x[0].device) for argument in step.arguments]
        named = {name: _value(argument, values, x[0].device) for name, argument in step.named.items()}
        function = _function(step)
        if _makes(function):
            named["device"] = x[0].device
        values[f"%{number}"] = function(*arguments, **named)
    result: Tensor = values[operations.result]
    return result


def macs(operations: Operations) -> int:
    """Multiply-accumulates of one run, counted by torch on tensors without numbers. Raises OperationError."""
    return _dry_run(operations)[1]


@dataclass(frozen=True)
class _Shapes:
    """What a dry run depends on: the text of a list without its constants' numbers."""

    text: str
    operations: Operations = field(compare=False)


def _dry_run(operations: Operations) -> tuple[Tensor, int]:
    constants = {name: (kind, shape, ()) for name, (kind, shape, _) in operations.constants.items()}
    return _run_on_shapes(_Shapes(replace(operations, constants=constants, macs=0).written(), operations))


@lru_cache(1 << 10)  # a quantised network has hundreds of the same
def _run_on_shapes(of: _Shapes) -> tuple[Tensor, int]:
    operations = of.operations

    def empty(shape: Sequence[int], kind: str = "float32") -> Tensor:
        return torch.empty(tuple(shape), dtype=getattr(torch, kind), device="meta")

    held = {f"${name}": empty(shape) for name, shape in operations.weights.items()}
    held |= {f"${name}": empty(shape, kind) for name, (kind, shape, _) in operations.constants.items()}
    try:
        with FlopCounterMode(display=False) as counter:
            result = compute(operations, [empty((1, *shape)) for shape in operations.takes], held)
    except Exception as error:  # whatever torch says to a list that was made up
        raise OperationError("has operations that cannot be run one after the other") from error
    return result, counter.get_total_flops() // 2


def _check(operations: Operations) -> None:
    """Raise OperationError unless the list gives the shape, and does the work, that it says."""
    result, work = _dry_run(operations)
    if not isinstance(result, Tensor) or tuple(result.shape) != (1, *operations.gives) or work != operations.macs:
        raise OperationError("has operations that give something else than it says")


def _function(step: Step) -> Callable[..., Any]:
    if step.operation == "getitem":
        return operator.getitem
    base, _, overload = step.operation.partition(".")
    function: Any = getattr(getattr(torch.ops.aten, base), overload)
    if function._schema.is_mutable != (base in WRITING):
        raise OperationError(f"has the operation {step.operation}, which writes where it should not")
    called: Callable[..., Any] = function
    return called


@lru_cache(1 << 10)
def _makes(function: Callable[..., Any]) -> bool:
    """Whether it makes a tensor out of nothing, which then must lie where the others do."""
    arguments = function._schema.arguments if isinstance(function, torch._ops.OpOverload) else ()
    return any(argument.name == "device" for argument in arguments)


def _value(argument: Any, values: dict[str, Any], device: torch.device) -> Any:
    """What an argument of the text means."""
    if isinstance(argument, list):
        return [_value(part, values, device) for part in argument]
    if not isinstance(argument, str):
        return argument
    if argument in values:
        return values[argument]
    if argument[0] == ":":
        return _kind(argument[1:], device)
    return NUMBERS[argument] if argument in NUMBERS else argument[1:]


def _kind(name: str, device: torch.device) -> Any:
    """A type of numbers, or what else torch calls so; single precision where the device has no double."""
    return getattr(torch, "float32" if name == "float64" and not has_double(device) else name)


def _home(module: nn.Module, name: str) -> nn.Module:
    """The part of `module` that holds the tensor `name`, which may have dots."""
    for part in name.split(".")[:-1]:
        if part not in module._modules:
            module.add_module(part, nn.Module())
        module = module.get_submodule(part)
    return module


def _start(name: str, shape: Sequence[int]) -> Tensor:
    """Numbers to begin with: ones for scales, zeros for shifts, else small ones so that sums keep their size."""
    if len(shape) == 1:
        return torch.zeros(shape) if "bias" in name else torch.ones(shape)
    return torch.randn(shape) / sqrt(shape[-1])
