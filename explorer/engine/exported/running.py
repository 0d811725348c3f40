"""Operations of an exported graph that stay together: a module of torch that runs them one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.exported.layers import COUNTING, VIEWING, aten, function
from explorer.engine.trace import KEPT_WHOLE
from explorer.formats.exported.graph import Op, Ref, Type

WHOLE = tuple(f"{kind.__module__}.{kind.__qualname__}" for kind in (*KEPT_WHOLE, nn.MultiheadAttention))
"""Classes, by their names, whose operations stay together."""


class Run(nn.Module):
    """Operations one after the other. Values are numbered: what enters, then the tensors named, then each result."""

    def __init__(self, ops: Sequence[Op], takes: Sequence[Ref], held: Mapping[Ref, str], gives: int) -> None:
        super().__init__()
        numbers = {int(ref): number for number, ref in enumerate([*takes, *held])}
        steps = []
        for op in ops:
            args = mapped(op.args, lambda ref: Ref(numbers[ref]))
            named = tuple((name, mapped(value, lambda ref: Ref(numbers[ref]))) for name, value in op.named)
            results = []
            for result in op.results:
                numbers[result] = len(numbers)
                results.append(numbers[result])
            name = "reshape.default" if op.base in VIEWING else op.name  # numbers may lie otherwise here
            steps.append((name, args, named, tuple(results), op.several))
        self.steps, self.names, self.gives = tuple(steps), tuple(held.values()), numbers[gives]

    def forward(self, *x: Any) -> Tensor:
        values: list[Any] = [*x, *(_found(self, name) for name in self.names)]
        for name, args, named, results, several in self.steps:
            given = {key: _value(argument, values) for key, argument in named}
            if name not in COUNTING and any(a.name == "device" for a in aten(name)._schema.arguments):
                given["device"] = next(value.device for value in x if isinstance(value, Tensor))
            got = function(name)(*[_value(argument, values) for argument in args], **given)
            values += (got[: len(results)]) if several else [got]
        result: Tensor = values[self.gives]
        return result


KINDS = {name: type(name.rpartition(".")[2], (Run,), {}) for name in WHOLE}
"""By the classes' names; a class of its own for each, for that is what a layer is called by."""


def refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from refs(part)


def mapped(value: Any, change: Callable[[Ref], Any]) -> Any:
    """Arguments with something else in the place of each value."""
    if isinstance(value, Ref):
        return change(value)
    return tuple(mapped(part, change) for part in value) if isinstance(value, tuple | list) else value


def typed(value: Any) -> Any:
    """Arguments with torch's types in the place of their names."""
    if isinstance(value, Type):
        return getattr(torch, value)
    if isinstance(value, dict):
        return {key: typed(part) for key, part in value.items()}
    return tuple(typed(part) for part in value) if isinstance(value, tuple) else value


def _value(argument: Any, values: list[Any]) -> Any:
    return typed(mapped(argument, lambda ref: values[ref]))


def _found(module: nn.Module, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part)
    return module
