"""The values of a network with a slope, and nothing kept for it but what the way back to the pixels needs.

Weights get no slope here, only pixels do: a convolution need not remember what came in, and a ReLU behind it is
written over its result. Channels lie last in memory, where convolutions are fastest on the CPU.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.fusing import Compute, onednn_call, simple
from explorer.engine.program import Program
from explorer.engine.way_back import Way
from explorer.layers.activations import ReLU
from explorer.layers.windows import Conv2d
from explorer.maths.steps import at_once
from explorer.network.network import Network


@dataclass(frozen=True)
class Step:
    """One node, or a convolution and the ReLU behind it; after it the values `free` are needed no more."""

    ids: tuple[str, ...]
    inputs: tuple[str, ...]
    free: tuple[str, ...]


class Sloped:
    """The part of a network that leads to some nodes. fast: with numbers of 16 bits inside (bfloat16).

    other: the same for pictures of another size, with which modules that have weights are shared. Raises ProgramError
    as Program does.
    """

    def __init__(
        self, program: Program, wanted: Collection[str], fast: bool = False, other: Sloped | None = None
    ) -> None:
        self.program, self.entry = program, program.entry(wanted)
        self.wanted, self.type = frozenset(wanted), torch.bfloat16 if fast else torch.float32
        needed = program.network.before(wanted)
        part = Network({node.id: node for node in program.network.order if node.id in needed})
        self.steps = steps_of(part, self.wanted | program.factors.keys())
        fed = program.feeding.values
        self._fed = {id: value for id, value in fed.items() if id in part.nodes and id != self.entry}
        self._modules: dict[str, nn.Module] = {}
        self._shared: dict[str, nn.Module] = {} if other is None else other._shared
        self._convolved: dict[str, Convolved] = {} if other is None else other._convolved
        self._onednn = program.device.type == "cpu" and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]

    def prepare(self) -> Iterator[None]:
        """Make the modules, with a breath behind each."""
        for step in self.steps:
            for id in step.ids:
                self._module(id)
                yield

    def values(self, x: Tensor) -> dict[str, Tensor]:
        """The wanted values (1, …) for an input (1, C, H, W), in the type that is computed with."""
        return at_once(self.ahead(x))

    def ahead(self, x: Tensor, way: Way | None = None) -> Generator[None, None, dict[str, Tensor]]:
        """The same with a breath behind each step. way: learns how to go back."""
        x = x.to(self.program.device, self.type).contiguous(memory_format=torch.channels_last)
        values = {id: self._changed(id, value.to(self.type)) for id, value in self._fed.items()}
        values[self.entry] = self._changed(self.entry, x)
        if way is not None:
            way.begin(values[self.entry])
        found = {id: values[id] for id in self.wanted & values.keys()}
        for step in self.steps:
            id = step.ids[-1]
            inputs = {i: values[i] if way is None else way.entering(values[i]) for i in step.inputs}
            values[id] = self._changed(id, self._value(step, [inputs[i] for i in step.inputs]))
            if way is not None:
                way.went(id, values[id], inputs)
            if id in self.wanted:
                found[id] = values[id]
            for gone in step.free:
                del values[gone]
            del inputs
            yield
        return found

    def _changed(self, id: str, value: Tensor) -> Tensor:
        return self.program.change(id, value).to(self.type)

    def _value(self, step: Step, inputs: list[Tensor]) -> Tensor:
        first, *others = step.ids
        module = self._module(first)
        if others and isinstance(module, nn.Conv2d) and simple(module):
            if first not in self._convolved:
                self._convolved[first] = Convolved(module, tuple(inputs[0].shape), self._onednn)
            y: Tensor = ConvolvedRelu.apply(inputs[0], self._convolved[first])
            return y
        value: Tensor = module(*inputs)
        return torch.relu(value) if others else value

    def _module(self, id: str) -> nn.Module:
        """A node's module, its numbers laid out for this."""
        if id not in self._modules:
            module = self._shared.get(id) or self._laid_out(self.program.module(id))
            self._modules[id] = module
            if next(module.parameters(), None) is not None:
                self._shared[id] = module
        return self._modules[id]

    def _laid_out(self, module: nn.Module) -> nn.Module:
        if not isinstance(module, nn.Conv2d) and self.type == torch.float32:
            return module
        return copy.deepcopy(module).to(self.type).to(memory_format=torch.channels_last)


def steps_of(part: Network, apart: Collection[str]) -> tuple[Step, ...]:
    """What is computed one after the other. apart: the nodes whose values are looked at or changed: no ReLU is written
    over these."""
    found: list[Step] = []
    swallowed: dict[str, str] = {}
    for node in part.order:
        users = part.users[node.id]
        if type(node.layer) is Conv2d and len(users) == 1 and node.id not in apart:
            if type(part.nodes[users[0]].layer) is ReLU:
                swallowed[users[0]] = node.id
                continue
        if conv := swallowed.get(node.id):
            found.append(Step((conv, node.id), part.nodes[conv].inputs, ()))
        elif node.inputs:
            found.append(Step((node.id,), node.inputs, ()))
    needed: set[str] = set()
    for place in reversed(range(len(found))):
        step = found[place]
        free = tuple(i for i in dict.fromkeys((*step.inputs, step.ids[-1])) if i not in needed)
        needed.update(step.inputs)
        found[place] = Step(step.ids, step.inputs, free)
    return tuple(found)


class Convolved:
    """A convolution and the ReLU behind it, there and back. On the CPU each way is one call of oneDNN, with weights
    laid out for it beforehand; with a stride of 1 the way back is a convolution with the turned kernel.

    shape: of what enters, (1, C, H, W).
    """

    def __init__(self, conv: nn.Conv2d, shape: tuple[int, ...], onednn: bool) -> None:
        self.conv, self._shape, self._onednn = conv, shape, onednn
        self._ahead = onednn_call(conv, shape, False, ReLU()) if onednn else None

    @cached_property
    def _back(self) -> Compute | None:
        """Made when the way back is first gone: who only looks has no use for it, and it is as large as the weights."""
        conv = self.conv
        (height, width), (down, across) = conv.kernel_size, (int(side) for side in conv.padding)
        plain = conv.stride == conv.dilation == (1, 1) and conv.groups == 1 and down < height and across < width
        if not (self._onednn and plain):
            return None
        turned = nn.Conv2d(conv.out_channels, conv.in_channels, (height, width), bias=False, device="meta")
        turned.padding = (height - 1 - down, width - 1 - across)
        kernel = conv.weight.flip(2, 3).transpose(0, 1).contiguous(memory_format=torch.channels_last)
        turned.weight = nn.Parameter(kernel, requires_grad=False)
        return onednn_call(turned, (1, conv.out_channels, *self._shape[2:]), False, None)

    def ahead(self, x: Tensor) -> Tensor:
        return self._ahead(x) if self._ahead else torch.relu_(self.conv(x))

    def back(self, gradient: Tensor, shape: torch.Size) -> Tensor:
        """What the slope with regard to the convolution's result is with regard to x."""
        if self._back:
            return self._back(gradient.contiguous(memory_format=torch.channels_last))
        conv = self.conv
        x = torch.empty(1, dtype=gradient.dtype, device=gradient.device).expand(shape)  # of it only the shape is read
        stride, padding, dilation = ([*pair] for pair in (conv.stride, conv.padding, conv.dilation))
        found: Tensor = torch.ops.aten.convolution_backward(
            gradient, x, conv.weight, None, stride, padding, dilation, False, [0, 0], conv.groups, [True, False, False]
        )[0]
        return found


class ConvolvedRelu(torch.autograd.Function):
    """ReLU(w ∗ x + b) of which only the result is kept: it is all that the slope with regard to x asks for."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, both: Convolved) -> Tensor:
        y = both.ahead(x)
        ctx.both, ctx.shape = both, x.shape
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        return ctx.both.back(torch.ops.aten.threshold_backward(gradient, y, 0), ctx.shape), None
