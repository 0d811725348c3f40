"""Run a network: a flat list of steps over its nodes, fused where nobody looks in between.

A convolution swallows the batch normalisation, the shortcut's addition and the activation behind it, as long as
each value is used once and not asked for; what is asked for is computed by itself and never written over.
On the CPU the fused step is one call of oneDNN with weights laid out for it beforehand; elsewhere it is
torch's own convolution with folded weights.
Source of the folding: Jacob et al. 2017, arXiv:1712.05877, section 3.2.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.engine.device import free_memory
from explorer.engine.plan import Step, peak, steps
from explorer.engine.weights import Tensors, module
from explorer.formats.words import amount
from explorer.layers.activations import Hardsigmoid, Hardswish, ReLU, ReLU6, Sigmoid, SiLU, Tanh
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d
from explorer.maths.sentences import Refusal
from explorer.network.analysis import BEHIND, analyse
from explorer.network.layer import described
from explorer.network.network import Network, Node

Compute = Callable[..., Tensor]

IN_PLACE: dict[type, Callable[[Tensor], Tensor]] = {
    ReLU: torch.relu_,
    ReLU6: lambda y: F.hardtanh(y, 0.0, 6.0, inplace=True),
    SiLU: lambda y: F.silu(y, inplace=True),
    Hardswish: lambda y: F.hardswish(y, inplace=True),
    Hardsigmoid: lambda y: F.hardsigmoid(y, inplace=True),
    Sigmoid: torch.sigmoid_,
    Tanh: torch.tanh_,
}
ONEDNN: dict[type, tuple[str, list[float]]] = {
    ReLU: ("relu", []),
    ReLU6: ("hardtanh", [0.0, 6.0]),
    SiLU: ("swish", []),
    Hardswish: ("hardswish", []),
    Hardsigmoid: ("hardsigmoid", []),
    Sigmoid: ("sigmoid", []),
    Tanh: ("tanh", []),
}
"""What oneDNN calls the activations at the end of a convolution; behind an addition it knows ReLU alone."""

PLANS = 16
"""How many plans, one for each set of wanted values, are remembered."""

FLOAT = 4
"""Bytes of a float32."""


class ProgramError(Refusal):
    """The network cannot run as it is; the message names the node."""


@dataclass(frozen=True)
class Plan:
    """The steps from the Input `entry` to the wanted values, the nodes they go through, and
    how many numbers are in memory at once for each picture."""

    entry: str
    wanted: frozenset[str]
    steps: tuple[Step, ...]
    nodes: frozenset[str]
    numbers: int


class Program:
    """A network made ready to run on one device, as far as it is asked for.

    Only what leads to a wanted value has to be sound: a loose layer beside it changes nothing. tensors: trained
    numbers by `node id.parameter`; nodes that find none run with random weights.
    """

    def __init__(self, network: Network, tensors: Tensors, device: str = "cpu") -> None:
        self.network, self.facts, self.device = network, analyse(network), torch.device(device)
        self._tensors = tensors
        self._onednn = self.device.type == "cpu" and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        torch.backends.cudnn.allow_tf32 = False  # 10 bits of mantissa are too few for numbers we show
        self._modules: dict[str, tuple[nn.Module, bool]] = {}
        self._packed: dict[tuple[str, ...], Compute] = {}
        self._plans: dict[tuple[frozenset[str], bool], Plan] = {}

    @cached_property
    def output(self) -> str:
        """The one end of the network that has no problem. Raises ProgramError where there is none, or several.

        An end feeds no other node; an Input counts only where there is nothing else.
        """
        inputs = [node.id for node in self.network.nodes.values() if isinstance(node.layer, Input)]
        if not inputs:
            raise ProgramError("The network has no Input: add one, and link it to the first layer.")
        layers = [id for id in self.network.nodes if id not in inputs] or inputs
        ends = [id for id in layers if not self.network.users[id]]
        sound = [id for id in ends if not self.facts[id].problem]
        reached = self.network.behind(inputs)
        self.entry(sound or [id for id in layers if id in reached] or layers)  # without a sound end it is refused here
        if len(sound) > 1:
            raise ProgramError(
                f"The network has several ends ({', '.join(sound[:5])}): keep one of them, or join them."
            )
        return sound[0]

    def run(self, image: Tensor, keep: Collection[str] = ()) -> tuple[Tensor, dict[str, Tensor]]:
        """The output and the kept values for pictures (N, C, H, W), as `values` gives them."""
        values = self.values(image, {self.output, *keep})
        return values[self.output], {id: values[id] for id in keep}

    @torch.inference_mode()
    def values(self, image: Tensor, wanted: Collection[str]) -> dict[str, Tensor]:
        """The values of nodes for pictures (N, C, H, W): tensors (N, …) on the device. Raises ProgramError.

        Every value is float32 and equal to what torch's modules give one by one, up to rounding.
        """
        values = dict(self._run(image, self._plan(frozenset(wanted), kept=True)))
        return {id: values[id] for id in wanted}

    @torch.inference_mode()
    def passing(self, image: Tensor, wanted: Collection[str]) -> Iterator[tuple[str, Tensor]]:
        """The same values one after the other, each let go once nothing needs it: not to be kept, nor written over."""
        yield from self._run(image, self._plan(frozenset(wanted), kept=False))

    def most_at_once(self, wanted: Collection[str]) -> int:
        """Bytes of values in memory at once for each picture of a batch, where they pass. Raises ProgramError."""
        return FLOAT * self._plan(frozenset(wanted), kept=False).numbers

    def _run(self, image: Tensor, plan: Plan) -> Iterator[tuple[str, Tensor]]:
        shape = self.facts[plan.entry].shape or ()
        if tuple(image.shape[1:]) != shape:
            raise ProgramError(f"{plan.entry} takes {described(shape)}, not {described(tuple(image.shape[1:]))}")
        self.check_room(plan.numbers * len(image), plan.nodes)
        x = image.to(self.device, torch.float32).contiguous(memory_format=torch.channels_last)
        values = {plan.entry: x}
        if plan.entry in plan.wanted:
            yield plan.entry, x
        for step in plan.steps:
            values[step.id] = self._compute(step.chain)(*[values[i] for i in step.inputs])
            if step.id in plan.wanted:
                yield step.id, values[step.id]
            for id in step.free:
                del values[id]

    def prepare(self, wanted: Collection[str] = ()) -> None:
        """Do once what makes a first run slow: fold and lay out the weights, choose kernels. Raises ProgramError.

        wanted: the nodes that will be asked for, the output where there are none.
        """
        wanted = wanted or [self.output]
        plan = self._plan(frozenset(wanted), kept=True)
        if any(step.chain not in self._packed for step in plan.steps):
            self.values(torch.zeros(1).expand(1, *(self.facts[plan.entry].shape or ())), wanted)

    def entry(self, wanted: Iterable[str]) -> str:
        """The Input that leads to these nodes. Raises ProgramError, in the words of the node that has the problem."""
        needed = self.network.before(wanted)
        problems = [(id, fact.problem) for id, fact in self.facts.items() if fact.problem and id in needed]
        for id, problem in sorted(problems, key=lambda item: item[1] == BEHIND):
            raise ProgramError(f"The network cannot run yet. {id}: {problem}.")
        inputs = [id for id in self.facts if id in needed and isinstance(self.network.nodes[id].layer, Input)]
        if len(inputs) > 1:
            raise ProgramError(f"The network has several Inputs ({', '.join(inputs[:5])}): only one picture can enter.")
        return inputs[0]

    def tensors(self, id: str) -> dict[str, Tensor]:
        """The parameters and buffers a node runs with, on the device."""
        return dict(self._module(id)[0].state_dict())

    def trained(self, id: str) -> bool:
        """Whether a node runs with trained numbers, or needs none."""
        return self._module(id)[1]

    def untrained(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Of the nodes that lead to these, which run with random weights."""
        needed = self.network.before(wanted)
        return tuple(node.id for node in self.network.order if node.id in needed and not self._module(node.id)[1])

    def module(self, id: str) -> nn.Module:
        """What computes one node by itself."""
        return self._module(id)[0]

    def _plan(self, wanted: frozenset[str], kept: bool) -> Plan:
        """kept: all wanted values are in memory in the end."""
        if (wanted, kept) not in self._plans:
            entry, needed = self.entry(wanted), self.network.before(wanted)
            if len(self._plans) == PLANS:
                del self._plans[next(iter(self._plans))]
            part = Network({node.id: node for node in self.network.order if node.id in needed})
            todo = steps(part, wanted, kept)
            sizes = {id: prod(self.facts[id].shape or ()) for id in needed}
            self._plans[wanted, kept] = Plan(entry, wanted, todo, frozenset(needed), peak(todo, entry, sizes))
        return self._plans[wanted, kept]

    def check_room(self, numbers: int, nodes: Collection[str]) -> None:
        """Raise ProgramError where so many values, and the nodes' weights not yet in memory, find no room: on most
        systems the program would not get an error, but its end."""
        weights = sum(self.facts[id].parameters for id in nodes if id not in self._modules)
        needed, free = FLOAT * (numbers + weights), free_memory(self.device)
        if free is not None and needed > free:
            raise ProgramError(
                f"Running this takes about {amount(needed)} of memory, and {amount(free)} are free: make the Input "
                "smaller, give the largest layers fewer channels or features, or close other programs."
            )

    def _module(self, id: str) -> tuple[nn.Module, bool]:
        """The node's module, and whether its weights are trained ones, or it has none."""
        if id not in self._modules:
            with torch.inference_mode(False):  # such weights could not be differentiated through
                self._modules[id] = module(self.network.nodes[id], self.facts, self._tensors, self.device)
        return self._modules[id]

    def _compute(self, chain: tuple[str, ...]) -> Compute:
        if chain not in self._packed:
            self._packed[chain] = self._built([self.network.nodes[id] for id in chain])
        return self._packed[chain]

    def _built(self, chain: list[Node]) -> Compute:
        kinds = {type(node.layer): node for node in chain[1:]}
        first, _ = self._module(chain[0].id)
        activation = next((kind for kind in kinds if kind in IN_PLACE), None)
        if isinstance(first, nn.Conv2d):
            norm = kinds.get(BatchNorm2d)
            conv = folded(first, self._module(norm.id)[0]) if norm else first
            if self._onednn and _simple(conv) and not (Add in kinds and activation not in (None, ReLU)):
                return onednn(conv, self.facts[chain[0].inputs[0]].shape or (), Add in kinds, activation)
            with torch.inference_mode(False):
                first = conv.to(memory_format=torch.channels_last)
        if not kinds:
            return first
        end: Callable[[Tensor], Tensor] = IN_PLACE[activation] if activation else lambda y: y
        if Add in kinds:
            return lambda x, other: end(first(x).add_(other))
        return lambda *x: end(first(*x))


def folded(conv: nn.Conv2d, norm: Any) -> nn.Conv2d:
    """The convolution that does what `conv` and then the batch normalisation `norm` do.

    γ·(w∗x + b − μ) / √(σ² + ε) + β = (s·w)∗x + (s·(b − μ) + β) with s = γ / √(σ² + ε) for each channel.
    """
    mean, variance = norm.running_mean.cpu().double(), norm.running_var.cpu().double()
    gamma, beta, bias = (0.0 if v is None else v.cpu().double() for v in (norm.weight, norm.bias, conv.bias))
    scale = (1.0 if norm.weight is None else gamma) / torch.sqrt(variance + norm.eps)
    like = conv.weight
    both = copy.copy(conv)
    both._parameters = {
        "weight": nn.Parameter(like * scale.float().to(like.device).reshape(-1, 1, 1, 1), requires_grad=False),
        "bias": nn.Parameter((scale * (bias - mean) + beta).float().to(like.device), requires_grad=False),
    }
    return both


def onednn(conv: nn.Conv2d, shape: tuple[int, ...], added: bool, activation: type | None) -> Compute:
    """One oneDNN call for the convolution, an addition and an activation, its weights laid out for it."""
    places = [list(v) for v in (conv.padding, conv.stride, conv.dilation)]
    lay_out: Any = torch._C._nn.mkldnn_reorder_conv2d_weight
    weight = lay_out(conv.weight.to_mkldnn(), *places, conv.groups, [1, *shape])
    bias, groups = conv.bias, conv.groups
    name, numbers = ONEDNN[activation] if activation else ("none", [])
    if added:
        joint = torch.ops.mkldnn._convolution_pointwise.binary
        last = name if activation else None
        return lambda x, other: joint(x, other, weight, bias, *places, groups, "add", 1.0, last, numbers, "")
    single = torch.ops.mkldnn._convolution_pointwise.default
    return lambda x: single(x, weight, bias, *places, groups, name, numbers, "")


def _simple(conv: nn.Conv2d) -> bool:
    """Whether its padding is equal zeros on both sides, which is all that oneDNN's call knows."""
    return not isinstance(conv.padding, str) and conv.padding_mode == "zeros" and not getattr(conv, "sides", None)
