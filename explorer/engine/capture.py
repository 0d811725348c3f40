"""Take down what a piece of torch code does to tensors of one shape, as a list of operations."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf, isnan
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch._guards import TracingContext, tracing
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torchvision.ops import StochasticDepth

from explorer.engine.operations import macs
from explorer.layers.opaque import Opaque
from explorer.layers.operations import Fault, Operations, Step, read
from explorer.maths.sentences import Refusal
from explorer.network.layer import Shape

PASSING = ("alias", "detach", "lift_fresh_copy")
"""Operations that hand on what they get."""

MOST_CONSTANTS = 1 << 16
"""Numbers of one constant that are written into the list; tables of relative places have some thousands."""


class CaptureError(Refusal):
    """A piece of code cannot be taken down; the message says why, and goes behind its name."""


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
    empty = {key: tensor.to("meta") for key, tensor in state.items()}
    inputs = [torch.empty(1, *shape, device="meta") for shape in shapes]
    try:
        one_mode = TracingContext(FakeTensorMode(allow_fallback_kernels=True))  # else torch makes one for each value
        with torch.no_grad(), tracing(one_mode):
            graph = make_fx(lambda held, x: compute(dict(zip(empty, held, strict=True)), x), pre_dispatch=True)(
                list(empty.values()), inputs
            )
        written = _Writing(graph, state, trained, shapes).operations
        text = replace(written, macs=macs(written)).written()
        read(text)  # says what is not allowed
        return Opaque(name, text)
    except (CaptureError, Fault) as error:
        raise CaptureError(str(error)) from error
    except Exception as error:  # the module's own code runs here
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CaptureError(f"cannot be run on shapes alone: {reason[:160]}") from error


class _Writing:
    """Goes through a graph of ATen operations and writes each down."""

    def __init__(
        self, graph: Any, state: Mapping[str, Tensor], trained: Callable[[str], bool], shapes: Sequence[Shape]
    ) -> None:
        self.graph, self.state = graph, state
        self.weights: dict[str, Shape] = {}
        self.constants: dict[str, tuple[str, Shape, tuple[float, ...]]] = {}
        self.names: dict[fx.Node, str] = {}
        self.steps: list[Step] = []
        self.count = len(shapes)
        places = [node for node in graph.graph.nodes if node.op == "placeholder"]
        for node, key in zip(places, state, strict=False):
            if node.users:
                self.names[node] = f"${key}"
                self.hold(key, state[key], trained(key))
        for number, node in enumerate(places[len(state) :]):
            self.names[node] = f"%{number}"
        end: Any = None
        for node in graph.graph.nodes:
            if node.op == "get_attr":
                self.hold(node.name, getattr(graph, str(node.target)), False)
                self.names[node] = f"${node.name}"
            elif node.op == "call_function":
                self.write(node)
            elif node.op == "output":
                ends = node.args[0] if isinstance(node.args[0], list | tuple) else [node.args[0]]
                end = ends[0] if len(ends) == 1 else None
        if not isinstance(end, fx.Node) or not isinstance(end.meta.get("val"), Tensor):
            raise CaptureError("gives no tensor")
        gives = tuple(end.meta["val"].shape)
        if gives[:1] != (1,):
            raise CaptureError(f"gives the shape {gives} for one picture")
        self.operations = Operations(
            tuple(shapes), gives[1:], self.weights, self.constants, 0, tuple(self.steps), self.names[end]
        )

    def hold(self, key: str, tensor: Tensor, trained: bool) -> None:
        """Note a tensor that is used: by its shape where it is trained, else with its numbers."""
        if trained:
            self.weights[key] = tuple(tensor.shape) or (1,)
            return
        if tensor.device.type == "meta" or tensor.numel() > MOST_CONSTANTS:
            raise CaptureError(f"needs {key}, a table of {tensor.numel():,} numbers that cannot be written down")
        kind = str(tensor.dtype).removeprefix("torch.")
        self.constants[key] = (kind, tuple(tensor.shape), tuple(tensor.flatten().tolist()))

    def write(self, node: fx.Node) -> None:
        """Add one operation."""
        if node.target is operator.getitem:
            name = "getitem"
        else:
            name = str(node.target).removeprefix("aten.")
            if name.partition(".")[0] in PASSING:
                self.names[node] = self.argument(node.args[0])
                return
        arguments = [self.argument(value) for value in node.args]
        named = {key: self.argument(value) for key, value in node.kwargs.items() if key not in LEFT_OUT}
        self.steps.append(Step(name, arguments, named))
        self.names[node] = f"%{self.count + len(self.steps) - 1}"

    def argument(self, value: Any) -> Any:
        """An argument as the list writes it."""
        if isinstance(value, fx.Node):
            return self.names[value]
        if isinstance(value, list | tuple):
            return [self.argument(part) for part in value]
        if isinstance(value, torch.dtype):
            return ":" + str(value).removeprefix("torch.")
        if isinstance(value, str):
            return f"'{value}"
        if isinstance(value, float) and (isnan(value) or value in (inf, -inf)):
            return f"={value}"
        if value is None or isinstance(value, bool | int | float):
            return value
        raise CaptureError(f"calls an operation with {type(value).__name__}")


LEFT_OUT = ("pin_memory", "device", "layout", "memory_format")
"""Named arguments that change where numbers lie, and not which."""


def fingerprint(module: nn.Module) -> Any:
    """A value that two modules share only where they do the same but for the numbers of their parameters.

    None where that cannot be told: a hook, or an attribute that is no plain value.
    """
    if isinstance(module, nn.Dropout | StochasticDepth) and not module.training:
        return type(module)
    try:
        return type(module), tuple((name, _frozen(name, value)) for name, value in vars(module).items())
    except TypeError:
        return None


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
