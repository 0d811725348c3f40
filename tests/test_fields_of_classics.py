"""What units of every classic network see: the pixels their gradient reaches, no more and no fewer.

Each network is thinned, and looked at through a strip as long as the field: the figures are those of the whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest
import torch
from torch import Tensor, nn

from explorer.classics.catalogue import CLASSICS
from explorer.engine import modules
from explorer.layers.joins import Concat
from explorer.layers.shapes import CenterCrop
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
from explorer.network.analysis import Facts, analyse
from explorer.network.network import Network
from explorer.network.receptive_field import ReceptiveField, ReceptiveFields, receptive_field, spans
from tests.families import families


def thinned(network: Network) -> Network:
    """The same with one of 32 channels: what a unit sees does not depend on them."""
    for id, node in network.nodes.items():
        if isinstance(node.layer, Conv2d):
            few = {name: max(getattr(node.layer, name) // 32, 1) for name in ("channels", "groups")}
            network = network.with_settings(id, **few)
    return network


def chosen(network: Network) -> dict[str, ReceptiveField]:
    """The last convolution of each stage, from jump to jump, and its field; not those behind an average to a fixed
    size, whose fields grow with the picture."""
    facts = analyse(network)
    fields, last = ReceptiveFields(network, facts), {}
    for node in network.order:
        if isinstance(node.layer, Conv2d):
            if not any(isinstance(network.nodes[id].layer, AdaptiveAvgPool2d) for id in network.before([node.id])):
                last[fields[node.id].jump] = node.id
    return {id: fields[id] for id in last.values()}


def fitted(network: Network, size: Sequence[int]) -> tuple[Network, dict[str, Facts]]:
    """The network for pictures of another size, its shortcuts cut to what they meet."""
    (entry,) = (node.id for node in network.order if not node.inputs)
    network = network.with_settings(entry, height=size[0], width=size[1])
    crops = [node.id for node in network.order if isinstance(node.layer, CenterCrop)]
    for id in crops * len(crops):  # each fits once those before it do
        (join,) = (user for user in network.users[id] if isinstance(network.nodes[user].layer, Concat))
        (met,) = (i for i in network.nodes[join].inputs if i != id)
        if shape := analyse(network)[met].shape:
            network = network.with_settings(id, size=shape[1:])
    return network, analyse(network)


def strip(network: Network, id: str, field: ReceptiveField, axis: int) -> tuple[Network, dict[str, Facts], int]:
    """The network for a narrow picture, so long that the middle unit of a node has all it sees within it; that unit."""
    step, size = max(field.jump[axis], 8), [0, 0]
    for room in count(step, step):
        size[axis], size[1 - axis] = field.size[axis] + room, room
        cut, facts = fitted(network, size)
        if facts[id].shape:
            break
    while True:
        cut, facts = fitted(network, size)
        unit = facts[id].shape[1 + axis] // 2
        if spans(cut, facts, id, axis, (unit,)) == spans(cut, facts, id, axis, (unit,), inside=True):
            return cut, facts, unit
        size[axis] += step


class Positive:
    """Modules of a network with positive random weights, so that nothing cancels out, and averages for maxima: a
    maximum lets the gradient through to one pixel of its window."""

    def __init__(self, network: Network) -> None:
        self._facts = analyse(network)
        self._network = network
        self._modules: dict[str, nn.Module] = {}

    def module(self, id: str) -> nn.Module:
        if id not in self._modules:
            node = self._network.nodes[id]
            layer = node.layer
            if isinstance(layer, MaxPool2d):
                assert layer.dilation == 1
                layer = AvgPool2d(layer.kernel, layer.stride, layer.padding, layer.ceil_mode)
            with torch.device("meta"):
                module = layer.module(modules, *[self._facts[i].shape for i in node.inputs])
            module = module.to_empty(device="cpu").double().eval().requires_grad_(False)
            for name, value in module.state_dict().items():
                if name in ("running_mean", "bias"):
                    value.zero_()
                elif name == "weight" and value.dim() > 1:
                    value.uniform_(0.5 / value[0].numel(), 1.5 / value[0].numel())  # averages, more or less
                else:
                    value.fill_(1)
            self._modules[id] = module
        return self._modules[id]

    def value(self, network: Network, id: str, x: Tensor) -> Tensor:
        """What a node of the cut network gives for pictures (1, C, H, W)."""
        found, needed = {}, network.before([id])
        for node in network.order:
            if node.id in needed:
                crop = isinstance(node.layer, CenterCrop)  # as large as the picture wants it
                module = node.layer.module(modules, ()) if crop else self.module(node.id)
                found[node.id] = module(*[found[i] for i in node.inputs]) if node.inputs else x
        return found[id]


@pytest.fixture
def alone():
    """One thread: so little work is done ten times as fast as by two that wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


DEEP = {name for name in CLASSICS if any(depth in name for depth in ("101", "152", "161", "169", "201"))}
"""The blocks of another one, and more of them."""


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", families(CLASSICS, set(CLASSICS) - DEEP))
def test_the_gradient_of_an_inner_unit_ends_where_its_field_ends(name: str) -> None:
    torch.manual_seed(1)
    network = thinned(CLASSICS[name].network)
    positive, nodes = Positive(network), chosen(network)
    assert nodes
    for number, (id, field) in enumerate(nodes.items()):
        axis = number % 2
        cut, facts, unit = strip(network, id, field, axis)
        (entry,) = (node.id for node in cut.order if not node.inputs)
        # Small numbers: a ReLU6 lets no gradient through above 6.
        x = (1e-6 * torch.rand(1, *facts[entry].shape, dtype=torch.float64) + 1e-6).requires_grad_()
        y = positive.value(cut, id, x)
        assert tuple(y.shape[1:]) == facts[id].shape
        across = facts[id].shape[2 - axis] // 2
        unit_of_all = y[0, :, unit, across] if axis == 0 else y[0, :, across, unit]
        (gradient,) = torch.autograd.grad((unit_of_all * torch.rand(len(unit_of_all), dtype=torch.float64)).sum(), x)
        reached = (gradient[0] != 0).any(0)
        lit = reached.any(1 - axis).nonzero().flatten().tolist()
        (_, [(first, last)]) = spans(cut, facts, id, axis, (unit,))
        assert (lit[0], lit[-1]) == (first, last), id
        assert last - first + 1 == receptive_field(cut, facts, id).size[axis]
        (_, [(low, high)]) = spans(cut, facts, id, 1 - axis, (across,), inside=True)
        beside = reached.any(axis).nonzero().flatten().tolist()
        assert low <= beside[0], id
        assert beside[-1] <= high, id
