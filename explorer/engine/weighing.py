"""What the trained numbers of a network are like: those of one layer, and where in all of it something is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.classics.signatures import arrays
from explorer.formats import tensors
from explorer.maths.records import Progress
from explorer.maths.weight_records import LayerWeights, WeightFaults
from explorer.maths.weight_statistics import facts
from explorer.network.analysis import analyse
from explorer.network.project import Project


def weigh(project: Project, node: str) -> LayerWeights:
    """The trained numbers of one node, looked at. Raises WeightsError."""
    shapes = arrays(project.network, analyse(project.network), node)
    wanted = {f"{node}.{name}": shape for name, shape in shapes.items()}
    have = tensors.names_and_shapes(project.weights) if project.weights and wanted else {}
    fitting = [name for name, shape in wanted.items() if have.get(name) == shape]
    values = tensors.read(project.weights, fitting) if fitting else {}
    missing = tuple(name for name in shapes if f"{node}.{name}" not in values)
    return LayerWeights(node, tuple(facts(name, value) for name, value in values.items()), missing)


def search(project: Project) -> Iterator[Progress | WeightFaults]:
    """Every layer's trained numbers looked through; what was found comes last. Raises WeightsError."""
    known, count, found = analyse(project.network), 0, []
    have = tensors.names_and_shapes(project.weights) if project.weights else {}
    for number, id in enumerate(project.network.nodes):
        yield Progress("Looking through all weights", number, len(known))
        wanted = {f"{id}.{name}": shape for name, shape in arrays(project.network, known, id).items()}
        fitting = [name for name, shape in wanted.items() if have.get(name) == shape]
        count += len(fitting)
        values = tensors.read(project.weights, fitting) if fitting else {}
        said = (facts(name, value) for name, value in values.items())
        found += [one for one in said if one.nan or one.infinite or one.dead or one.equal]
    yield WeightFaults(count, tuple(sorted(found, key=lambda one: not (one.nan or one.infinite))))
