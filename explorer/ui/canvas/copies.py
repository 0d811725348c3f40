"""What is copied of a network, as a value, and where copies find room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil, floor
from typing import NamedTuple

from explorer.network.annotations import Annotation
from explorer.network.direction import CARD, GRID, Box, Direction
from explorer.network.framing import AXES, Axes, frames_in
from explorer.network.groups import TOP, Groups
from explorer.network.network import Node
from explorer.network.project import Place, Project
from explorer.ui.canvas.group_copies import places_copied

Area = tuple[float, float, float, float]
"""Left, top, right and bottom in scene units."""


class Copies(NamedTuple):
    """nodes: with the links among them, each with the layer that the user put into it. groups: those all of whose nodes
    they are. places: of nodes and groups, as far as they are known. aside: ids of the nodes that are bypassed.
    direction: which way links run.
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
    groups = project.groups.among(chosen)
    there = places_copied(project, [node.id for node in nodes], groups)
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


def occupied(project: Project, frames: Mapping[str, Box], home: str = TOP) -> tuple[Collection[Box], Collection[Place]]:
    """What a group has in it, or what lies in none: the frames of open groups with their titles, and the cards, in the
    flow's axes. frames: what is `framed` of the project. All that is drawn must have a place."""
    groups, direction, every = project.groups, project.direction, project.places
    if not groups:
        return (), direction.placed(every).values()
    if home:
        parts = groups.parts(home)
    else:
        parts = tuple(id for id in (*project.network.nodes, *groups.groups) if groups.home(id) == TOP)
    cards = {id: every[id] for id in parts if id not in frames and id in every}
    return [frames[id] for id in parts if id in frames], direction.placed(cards).values()


def free_places(
    places: Mapping[str, Place],
    groups: Groups,
    taken: tuple[Collection[Box], Collection[Place]],
    direction: Direction,
) -> Mapping[str, Place]:
    """The places, moved together just so far that no card, and no frame of an open group, covers or touches what is
    taken; rather across the flow than along.

    places: of all that is drawn of these groups and nodes. taken: see `occupied`.
    """
    width, height = (extent + GRID for extent in direction.card)
    boxes = _boxes(groups, direction.placed(places), AXES[direction])
    top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
    far = 3 * direction.step + height  # along the flow, that they are moved and what they cover
    wide, long = direction.card
    others: list[Box] = [box for box in taken[0] if top - far <= box[3] and box[1] <= bottom + far]
    others += [(x, y, x + wide, y + long) for x, y in taken[1] if top - far - long <= y <= bottom + far]
    cells: dict[tuple[int, int], list[Box]] = {}
    for box in others:
        for cell in _cells(box, width, height):
            cells.setdefault(cell, []).append(box)

    def covers(x: float, y: float, box: Box) -> bool:
        left, above, right, below = box[0] + x - GRID, box[1] + y - GRID, box[2] + x + GRID, box[3] + y + GRID
        return any(
            a < right and c > left and b < below and d > above
            for cell in _cells((left, above, right, below), width, height)
            for a, b, c, d in cells.get(cell, ())
        )

    edges = [edge for box in (*boxes, *others) for edge in (box[0], box[2])]
    most = ceil((max(edges) - min(edges)) / direction.pitch) + 1  # there nothing is taken
    steps = ((i, j) for i in range(-most, most + 1) for j in range(-3, 4))
    for i, j in sorted(steps, key=lambda step: (abs(step[0]) + 2 * abs(step[1]), -step[0], -step[1])):
        x, y = i * direction.pitch, j * direction.step
        if not any(covers(x, y, box) for box in boxes):
            right, down = direction.turned((x, y))
            return {id: (a + right, b + down) for id, (a, b) in places.items()}
    raise AssertionError("far enough to the side nothing is taken")


def _boxes(groups: Groups, flow: Mapping[str, Place], axes: Axes) -> list[Box]:
    """Of what is drawn in no group."""
    frames = frames_in(groups, flow, axes) if groups else {}
    tops = [box for id, box in frames.items() if groups.home(id) == TOP]
    return [*tops, *(axes.taken(place) for id, place in flow.items() if groups.home(id) == TOP)]


def _cells(box: Box, width: float, height: float) -> Iterator[tuple[int, int]]:
    """Of a grid as large as cards, those that a rectangle lies in."""
    rows = range(floor(box[1] / height), floor(box[3] / height) + 1)
    return ((column, row) for column in range(floor(box[0] / width), floor(box[2] / width) + 1) for row in rows)
