"""Places for nodes that have none, beside those that lie where people put them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil

from explorer.network.folding import folded
from explorer.network.layout import CARD, GAP, GRID, STEP
from explorer.network.network import Network
from explorer.network.project import Place, Project
from explorer.network.unfolding import laid_out


def placed(project: Project) -> Project:
    """The project with a place for all that is drawn: where something has none, all is laid out."""
    if folded(project.network, project.groups).drawn.nodes.keys() <= project.places.keys():
        return project
    return project.moved(laid_out(project.network, project.groups))


def place_near(network: Network, places: Mapping[str, Place], after: str | None = None) -> Place:
    """A free place for one more node: below `after`, as far to the right as needed; else below everything."""
    taken = [places[id] for id in network.nodes if id in places]
    if not taken:
        return 0.0, 0.0
    lowest = min(x for x, _ in taken), max(y for _, y in taken)
    x, y = places.get(after, lowest) if after else lowest
    return _free(x, y + STEP, taken)


def accommodated(project: Project, network: Network) -> Project:
    """The project with another network, each new node between what feeds it and what it feeds.

    Where there is no room, what lies below moves down.
    """
    project = project.rewired(network)
    network = folded(network, project.groups).drawn
    places = dict(project.places)
    for node in network.order:
        if node.id in places:
            continue
        sources = [places[i] for i in node.inputs if i in places]
        if not sources:
            places[node.id] = place_near(network, places)
            continue
        x, top = max(sources, key=lambda place: place[1])
        users = (places[i][1] for i in network.users[node.id] if i in places)
        below = min((y for y in users if y > top), default=None)
        if below is not None and below < top + 2 * STEP:
            down = ceil((top + 2 * STEP - below) / GRID) * GRID
            lower = [i for i, (_, y) in places.items() if y >= below and i in network.nodes]
            places.update({i: (places[i][0], places[i][1] + down) for i in lower})
            below += down
        taken = [places[i] for i in network.nodes if i in places]
        places[node.id] = _free(x, top + STEP if below is None else below - STEP, taken)
    return replace(project, places=places)


def _free(x: float, y: float, taken: Iterable[Place]) -> Place:
    """The first place on the grid with room for a card, from here to the right."""
    x, y = _on_grid(x), _on_grid(y)
    for left, top in sorted(taken):  # from left to right, so one pass finds it
        if abs(top - y) < STEP and abs(left - x) < CARD[0] + GAP[0]:
            x = _on_grid(left + CARD[0] + GAP[0])
    return x, y


def _on_grid(x: float) -> float:
    return ceil(x / GRID) * GRID
