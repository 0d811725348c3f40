"""What is copied of a network, as a value, and where copies find room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil, floor
from typing import NamedTuple

from explorer.network.annotations import Annotation
from explorer.network.direction import CARD, GRID, Direction
from explorer.network.groups import Groups
from explorer.network.network import Node
from explorer.network.project import Place, Project

Area = tuple[float, float, float, float]
"""Left, top, right and bottom in scene units."""
CORNER: Place = (0.0, 0.0)
"""Where what is in a closed group lies that was never open."""


class Copies(NamedTuple):
    """nodes: with the links among them, each with the layer that the user put into it. groups: those all of whose nodes
    they are. places: of nodes and groups. aside: ids of the nodes that are bypassed. direction: which way links run.
    """

    nodes: Sequence[Node]
    groups: Groups
    places: Mapping[str, Place]
    aside: Collection[str]
    notes: Mapping[str, Annotation]
    direction: Direction


def taken(project: Project, ids: Iterable[str], notes: Iterable[str] = ()) -> Copies:
    """Some of a project's nodes, notes and arrows."""
    chosen, every = set(ids), project.network.nodes
    nodes = [
        replace(every[id], layer=project.layer(id), inputs=tuple(i for i in every[id].inputs if i in chosen))
        for id in filter(chosen.__contains__, every)
    ]
    groups, places = project.groups.among(chosen), project.places
    there = {id: places.get(id, CORNER) for id in (*(node.id for node in nodes), *groups.groups)}
    kept = {id: project.annotations[id] for id in sorted(notes)}  # as a copied text has them, whatever was chosen first
    return Copies(nodes, groups, there, project.bypassed.keys() & chosen, kept, project.direction)


def in_sight(places: Mapping[str, Place], seen: Area | None) -> Mapping[str, Place]:
    """The places, moved together into the middle of what is seen where none of them is in it."""
    if seen is None or any(seen[0] <= x <= seen[2] and seen[1] <= y <= seen[3] for x, y in places.values()):
        return places
    across, down = zip(*places.values(), strict=True)
    right = (seen[0] + seen[2] - min(across) - max(across) - CARD[0]) / 2
    below = (seen[1] + seen[3] - min(down) - max(down) - CARD[1]) / 2
    right, below = round(right / GRID) * GRID, round(below / GRID) * GRID
    return {id: (x + right, y + below) for id, (x, y) in places.items()}


def free_places(places: Mapping[str, Place], taken: Mapping[str, Place], direction: Direction) -> Mapping[str, Place]:
    """The places, moved together just so far that none covers or touches one that is taken; rather across the flow than
    along."""
    places = direction.placed(places)
    others = [(y, x) for x, y in taken.values()] if direction.turns else list(taken.values())
    width, height = (extent + GRID for extent in direction.card)
    cells: dict[tuple[int, int], list[Place]] = {}
    top, bottom = min(y for _, y in places.values()), max(y for _, y in places.values())
    far = 3 * direction.step + height  # along the flow, that they are moved and what they cover
    for a, b in [place for place in others if top - far <= place[1] <= bottom + far]:
        cells.setdefault((floor(a / width), floor(b / height)), []).append((a, b))

    def covers(x: float, y: float) -> bool:
        column, row = floor(x / width), floor(y / height)
        near = (cells.get((column + i, row + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1))
        return any(abs(x - a) < width and abs(y - b) < height for cell in near for a, b in cell)

    across = [x for x, _ in (*places.values(), *others)]
    most = ceil((max(across) - min(across)) / direction.pitch) + 1  # there nothing is taken
    steps = ((i, j) for i in range(-most, most + 1) for j in range(-3, 4))
    for i, j in sorted(steps, key=lambda step: (abs(step[0]) + 2 * abs(step[1]), -step[0], -step[1])):
        moved = {id: (x + i * direction.pitch, y + j * direction.step) for id, (x, y) in places.items()}
        if not any(covers(x, y) for x, y in moved.values()):
            return direction.placed(moved)
    raise AssertionError("far enough to the side nothing is taken")
