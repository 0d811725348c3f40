"""Groups of a network that came from elsewhere: by the paths of its modules, which its nodes are called after."""

from __future__ import annotations

from dataclasses import replace

from explorer.network.direction import Direction
from explorer.network.folding import drawn_as
from explorer.network.groups import MARK, TOP, Group, Groups
from explorer.network.network import Network
from explorer.network.placing import placed
from explorer.network.project import Project

FEW, MANY = 10, 48
"""Cards in a good first picture: all fit into a view in which their text can be read, or nearly so."""


def arrived(project: Project, direction: Direction = Direction.TOP_DOWN) -> Project:
    """A project as it is shown when it is opened: in groups, unless it was saved with some or with places.

    direction: which way its links run, unless it was saved with places.
    """
    if not project.places and project.direction is Direction.TOP_DOWN:
        project = replace(project, direction=direction)
    if not project.groups and not project.places:
        project = project.regrouped(first_picture(project.network, by_path(project.network)))
    return placed(project)


def by_path(network: Network) -> Groups:
    """A group for each module of two nodes or more: `layer1.0` around layer1.0.conv1 and layer1.0.bn1, in `layer1`.

    A module that has the same nodes as the one around it, or all there are but the input, is left out: its card would
    say nothing new. All are closed.
    """
    inside: dict[str, list[str]] = {}
    for id in network.nodes:
        parts = id.split(".")
        for count in range(1, len(parts)):
            inside.setdefault(".".join(parts[:count]), []).append(id)
    layers = sum(1 for node in network.nodes.values() if node.layer.inputs)
    counts = {path: len(nodes) for path, nodes in inside.items() if 1 < len(nodes) < layers}
    groups: dict[str, Group] = {}
    ids: dict[str, str] = {}
    homes: dict[str, str] = {}
    for path in sorted(counts, key=lambda path: path.count(".")):
        around = next((above for above in _above(path) if above in ids), "")
        if around and counts[around] == counts[path]:
            continue
        ids[path] = f"{MARK}{len(ids) + 1}"
        groups[ids[path]] = Group(path, ids.get(around, TOP))
    for id in network.nodes:
        path = next((above for above in _above(id) if above in ids), "")
        if path:
            homes[id] = ids[path]
    return Groups(groups, homes)


def first_picture(network: Network, groups: Groups) -> Groups:
    """The groups open to the deepest level at which no more than MANY cards are drawn; level 0, all closed, at least.

    So a small network is seen layer by layer, a residual network of 50 layers block by block, one of 152 stage by
    stage. Where a level has fewer than FEW cards and the next too many, the next one's larger groups stay closed: the
    smallest are opened first, as long as there is room.
    """
    deepest = max((groups.depth(id) for id in groups.groups), default=0)
    fitting = [level for level in range(deepest + 1) if _cards(network, groups.to_level(level)) <= MANY]
    best = groups.to_level(max(fitting, default=0))
    if _cards(network, best) < FEW:
        for id in sorted(best.closed, key=lambda id: len(groups.nodes(id))):
            wider = best.folded([id], closed=False)
            if _cards(network, wider) <= MANY:
                best = wider
    return best


def _cards(network: Network, groups: Groups) -> int:
    return len(set(drawn_as(network, groups)))


def _above(path: str) -> list[str]:
    """The paths of the modules around one, the innermost first."""
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
