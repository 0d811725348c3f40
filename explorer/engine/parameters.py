"""All numbers a network runs with, to be written out: trained ones, and the random ones of layers that lack them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from explorer.engine.weights import Tensors, module
from explorer.formats import tensors
from explorer.maths.records import Progress
from explorer.network.analysis import Facts
from explorer.network.project import Project


@dataclass(frozen=True)
class Parameters:
    """values: arrays by `node id.parameter`, running statistics and batch normalisation's counters among them.

    owners: the node of each. untrained: nodes whose numbers are random, the same as when the network is run here.
    """

    values: dict[str, NDArray[Any]]
    owners: dict[str, str]
    untrained: tuple[str, ...]

    def renamed(self, modules: Mapping[str, str]) -> dict[str, NDArray[Any]]:
        """The same by `module path.parameter`; modules: the path for each node."""
        return {f"{modules[id]}{name.removeprefix(id)}": self.values[name] for name, id in self.owners.items()}


def parameters(project: Project, facts: dict[str, Facts]) -> Iterator[Progress | Parameters]:
    """Numbers of a network that has no problem; they come last. Raises WeightsError."""
    trained: Tensors = tensors.read(project.weights) if project.weights else {}
    values: dict[str, NDArray[Any]] = {}
    owners: dict[str, str] = {}
    untrained = []
    nodes = project.network.order
    for number, node in enumerate(nodes):
        yield Progress("Collecting the weights", number, len(nodes))
        built, found = module(node, facts, trained, "cpu")
        if not found:
            untrained.append(node.id)
        for name, tensor in built.state_dict().items():
            values[f"{node.id}.{name}"] = tensor.contiguous().numpy()
            owners[f"{node.id}.{name}"] = node.id
    yield Parameters(values, owners, tuple(untrained))
