"""Run a network: a flat list of steps over its nodes, fused where nobody looks in between.

A convolution swallows the batch normalisation, the shortcut's addition and the ReLU behind it, as long as
each value is used once and not asked for; what is asked for is computed by itself and never written over.
On the CPU the fused step is one call of oneDNN with weights laid out for it beforehand; elsewhere it is
torch's own convolution with folded weights.
Source of the folding: Jacob et al. 2017, arXiv:1712.05877, section 3.2.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.engine.weights import Tensors, modules
from explorer.layers.activations import ReLU, ReLU6
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.maths.sentences import Refusal
from explorer.network.analysis import BEHIND, Facts, analyse
from explorer.network.layer import described
from explorer.network.network import Network, Node

Compute = Callable[..., Tensor]

IN_PLACE: dict[type, Callable[[Tensor], Tensor]] = {
    ReLU: torch.relu_,
    ReLU6: lambda y: F.hardtanh(y, 0.0, 6.0, inplace=True),
}
ONEDNN: dict[type, tuple[str, list[float]]] = {ReLU: ("relu", []), ReLU6: ("hardtanh", [0.0, 6.0])}
"""What oneDNN calls the activations it can do at the end of a convolution."""

PLANS = 16
"""How many lists of steps, one for each set of kept values, are remembered."""


class ProgramError(Refusal):
    """The network cannot run as it is; the message names the node."""


@dataclass(frozen=True)
class Step:
    """One call: it gives the value `id`; after it the values `free` are needed no more."""

    id: str
    inputs: tuple[str, ...]
    compute: Compute
    free: tuple[str, ...] = ()


class Program:
    """A network made ready to run on one device.

    The network needs exactly one Input. Its output is the value of its last node that feeds no other (the
    last in `Network.order`, where there are several). tensors: trained numbers by `node id.parameter`;
    `untrained` names the nodes that found none and run with random weights. Raises ProgramError.
    """

    def __init__(self, network: Network, tensors: Tensors, device: str = "cpu") -> None:
        facts = analyse(network)
        self.input, self.output = _ends(network, facts)
        self.network, self.facts, self.device = network, facts, torch.device(device)
        self._modules, self.untrained = modules(network, facts, tensors, device)
        self._onednn = self.device.type == "cpu" and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        torch.backends.cudnn.allow_tf32 = False  # 10 bits of mantissa are too few for numbers we show
        self._packed: dict[tuple[str, ...], Compute] = {}
        self._plans: dict[frozenset[str], list[Step]] = {}

    @torch.inference_mode()
    def run(self, image: Tensor, keep: Collection[str] = ()) -> tuple[Tensor, dict[str, Tensor]]:
        """The output and the kept values for pictures (N, C, H, W): tensors (N, …) on the device.

        Every value is float32 and equal to what torch's modules give one by one, up to rounding.
        """
        shape = self.facts[self.input].shape
        if tuple(image.shape[1:]) != shape:
            raise ProgramError(f"{self.input} takes {described(shape or ())}, not {described(tuple(image.shape[1:]))}")
        x = image.to(self.device, torch.float32).contiguous(memory_format=torch.channels_last)
        values = {self.input: x}
        for step in self._plan(frozenset(keep)):
            values[step.id] = step.compute(*[values[i] for i in step.inputs])
            for id in step.free:
                del values[id]
        return values[self.output], {id: values[id] for id in keep}

    def prepare(self, keep: Collection[str] = ()) -> None:
        """Do once what makes a first run slow: fold and lay out the weights, choose kernels."""
        if frozenset(keep) not in self._plans:
            self.run(torch.zeros(1, *(self.facts[self.input].shape or ())), keep)

    def before(self, ids: Iterable[str]) -> set[str]:
        """These nodes and all that feed them."""
        found: set[str] = set()
        ahead = list(ids)
        while ahead:
            id = ahead.pop()
            if id not in found:
                found.add(id)
                ahead += self.network.nodes[id].inputs
        return found

    def _plan(self, keep: frozenset[str]) -> list[Step]:
        if keep not in self._plans:
            if len(self._plans) == PLANS:
                del self._plans[next(iter(self._plans))]
            self._plans[keep] = _freeing(self._steps(keep | {self.output}), keep | {self.output})
        return self._plans[keep]

    def _steps(self, wanted: frozenset[str]) -> list[Step]:
        """A step for each chain of nodes that can be one call, where its last node stands in the order.

        A chain waits until there: by then every other value its addition needs has been computed.
        """
        needed = self.before(wanted)
        ends: dict[str, Step] = {}
        swallowed: set[str] = {self.input}
        for node in self.network.order:
            if node.id in needed and node.id not in swallowed:
                chain = self._chain(node, wanted, swallowed)
                swallowed.update(n.id for n in chain)
                others = tuple(i for n in chain[1:] if type(n.layer) is Add for i in _without(n.inputs, chain))
                ends[chain[-1].id] = Step(chain[-1].id, node.inputs + others, self._compute(chain))
        return [ends[node.id] for node in self.network.order if node.id in ends]

    def _chain(self, node: Node, wanted: frozenset[str], swallowed: set[str]) -> list[Node]:
        """`node` and those behind it that can be computed with it in one call."""
        chain = [node]
        for kinds in FOLLOWERS.get(type(node.layer), ()):
            users = self.network.users[chain[-1].id]
            if len(users) != 1 or chain[-1].id in wanted or users[0] in swallowed:
                break
            after = self.network.nodes[users[0]]
            if type(after.layer) in kinds and len(after.inputs) <= 2:
                chain.append(after)
        return chain

    def _compute(self, chain: list[Node]) -> Compute:
        key = tuple(node.id for node in chain)
        if key not in self._packed:
            self._packed[key] = self._built(chain)
        return self._packed[key]

    def _built(self, chain: list[Node]) -> Compute:
        kinds = {type(node.layer): node for node in chain[1:]}
        first = self._modules[chain[0].id]
        activation = next((kind for kind in kinds if kind in IN_PLACE), None)
        if isinstance(first, nn.Conv2d):
            norm = kinds.get(BatchNorm2d)
            conv = folded(first, self._modules[norm.id]) if norm else first
            if self._onednn and _simple(conv) and not (Add in kinds and activation is ReLU6):
                return onednn(conv, self.facts[chain[0].inputs[0]].shape or (), Add in kinds, activation)
            first = conv.to(memory_format=torch.channels_last)
        if not kinds:
            return first
        end: Callable[[Tensor], Tensor] = IN_PLACE[activation] if activation else lambda y: y
        if Add in kinds:
            return lambda x, other: end(first(x).add_(other))
        return lambda *x: end(first(*x))


FOLLOWERS: dict[type, tuple[tuple[type, ...], ...]] = {
    Conv2d: ((BatchNorm2d,), (Add,), (ReLU, ReLU6)),
    Linear: ((ReLU, ReLU6),),
    BatchNorm2d: ((ReLU, ReLU6),),
    Add: ((ReLU, ReLU6),),
}
"""What may be computed in one call behind a node of each kind, in this order. Only kinds whose own result is
a fresh tensor are here, so that what follows can be written over it."""


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


def _without(inputs: tuple[str, ...], chain: list[Node]) -> tuple[str, ...]:
    inside = {node.id for node in chain}
    return tuple(i for i in inputs if i not in inside)


def _freeing(steps: list[Step], wanted: frozenset[str]) -> list[Step]:
    """The same steps, each letting go of what no later one needs."""
    needed = set(wanted)
    ahead = []
    for step in reversed(steps):
        free = tuple(i for i in {step.id, *step.inputs} if i not in needed)
        needed.update(step.inputs)
        ahead.append(Step(step.id, step.inputs, step.compute, free))
    return ahead[::-1]


def _ends(network: Network, facts: dict[str, Facts]) -> tuple[str, str]:
    """The input's and the output's id. Raises ProgramError where the network cannot run."""
    inputs = [node.id for node in network.nodes.values() if isinstance(node.layer, Input)]
    if not inputs:
        raise ProgramError("The network has no Input: add one, and link it to the first layer.")
    if len(inputs) > 1:
        raise ProgramError(f"The network has several Inputs ({', '.join(inputs[:5])}): only one picture can enter.")
    problems = {id: f.problem for id, f in facts.items() if f.problem}
    for id, problem in sorted(problems.items(), key=lambda item: item[1] == BEHIND):
        raise ProgramError(f"The network cannot run yet: {id} {problem}.")
    return inputs[0], [node.id for node in network.order if not network.users[node.id]][-1]
