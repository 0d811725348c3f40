"""Places for nodes that have none, beside those that lie where people put them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from math import ceil

from explorer.network.direction import GRID, Direction
from explorer.network.folding import drawn_as, folded
from explorer.network.network import Network
from explorer.network.project import Place, Project
from explorer.network.unfolding import laid_out


def placed(project: Project) -> Project:
    """The project with a place for all that is drawn: where something has none, all is laid out."""
    if project.places.keys() >= set(drawn_as(project.network, project.groups)):
        return project
    return project.moved(laid_out(project.network, project.groups, project.direction))


def place_near(
    network: Network, places: Mapping[str, Place], after: str | None = None,
    direction: Direction = Direction.TOP_DOWN,
) -> Place:  # fmt: skip
    """A free place for one more node: behind `after`, as far to the side as needed; else behind everything."""
    taken = [direction.turned(places[id]) for id in network.nodes if id in places]
    if not taken:
        return 0.0, 0.0
    last = min(x for x, _ in taken), max(y for _, y in taken)
    x, y = direction.turned(places[after]) if after and after in places else last
    return direction.turned(_free(x, y + direction.step, taken, direction))


def accommodated(project: Project, network: Network) -> Project:
    """The project with another network, each new node between what feeds it and what it feeds.

    Where there is no room, what comes later in the flow moves along.
    """
    project, direction = project.rewired(network), project.direction
    network, step = folded(network, project.groups).drawn, direction.step
    places = dict(direction.placed(project.places))
    for node in chain(
        network.order, network.nodes.values()
    ):  # those on a loop last, as of a group and what it is around
        if node.id in places:
            continue
        sources = [places[i] for i in node.inputs if i in places]
        if not sources:
            places[node.id] = direction.turned(place_near(network, direction.placed(places), direction=direction))
            continue
        x, top = max(sources, key=lambda place: place[1])
        users = (places[i][1] for i in network.users[node.id] if i in places)
        below = min((y for y in users if y > top), default=None)
        if below is not None and below < top + 2 * step:
            down = ceil((top + 2 * step - below) / GRID) * GRID
            lower = [i for i, (_, y) in places.items() if y >= below and i in network.nodes]
            places.update({i: (places[i][0], places[i][1] + down) for i in lower})
            below += down
        taken = [places[i] for i in network.nodes if i in places]
        places[node.id] = _free(x, top + step if below is None else below - step, taken, direction)
    return replace(project, places=direction.placed(places))


def _free(x: float, y: float, taken: Iterable[Place], direction: Direction) -> Place:
    """The first place on the grid with room for a card, from here across the flow; in its axes."""
    x, y = _on_grid(x), _on_grid(y)
    pitch = direction.card[0] + direction.gap[0]
    for left in sorted([left for left, top in taken if abs(top - y) < direction.step]):  # so one pass finds it
        if abs(left - x) < pitch:
            x = _on_grid(left + pitch)
    return x, y


def _on_grid(x: float) -> float:
    return ceil(x / GRID) * GRID
