"""The groups in the description of a project: JSON from and to Groups, strictly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from explorer.formats.strict_json import Fault, Part, list_of, number_of, quoted, several, text_of
from explorer.network.groups import MARK, TOP, Group, Groups
from explorer.network.project import Place

KEYS = ("id", "name", "in", "closed", "nodes", "place")
DEEPEST = 100
"""Groups that may lie in each other."""
FARTHEST = 1_000_000_000
"""Units; 100,000 layers in a row take 20 million."""
LONGEST = 200
"""Characters of a name or an id."""


def described_groups(groups: Groups, places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Each group with the nodes that lie directly in it; place: of its card, [] where it was never closed."""
    return [
        {
            "id": id.removeprefix(MARK),
            "name": group.name,
            "in": group.parent.removeprefix(MARK),
            "closed": group.closed,
            "nodes": [part for part in groups.parts(id) if part not in groups.groups],
            "place": [float(x) for x in places.get(id, ())],
        }
        for id, group in groups.groups.items()
    ]


def read_groups(described: list[Any], nodes: Collection[str]) -> tuple[Groups, dict[str, Place]]:
    """The groups of a network with these nodes, and the places of their cards. Raises Fault."""
    groups: dict[str, Group] = {}
    homes: dict[str, str] = {}
    places: dict[str, Place] = {}
    depths = {MARK: 0}  # of each, as it is read: what is asked of all groups is a row of all above each of them
    for i, value in enumerate(described):
        where = f"groups[{i}]"
        part = Part(value, where, KEYS)
        id, name, parent = MARK + part.text("id"), part.text("name"), part.text("in")
        if not part.value["id"].isprintable() or not 0 < len(part.value["id"]) <= LONGEST or id in groups:
            raise Fault(f"has at {where} an id that is empty, too long, not printable, or another group's")
        if not 0 < len(name) <= LONGEST or not name.isprintable():
            raise Fault(f"has at {where} a name that is empty, longer than {LONGEST} characters or not printable")
        if parent and MARK + parent not in groups:
            raise Fault(f"has at {where} a group in {quoted(parent)}, which does not come before it")
        if type(part.value["closed"]) is not bool:
            raise Fault(f"has at {where}.closed something else than true or false")
        depths[id] = depths[MARK + parent] + 1
        if depths[id] > DEEPEST:
            raise Fault(f"has more than {DEEPEST} groups in each other")
        groups[id] = Group(name, MARK + parent if parent else TOP, part.value["closed"])
        for node in several(part.items("nodes", len(nodes)), f"{where}.nodes", text_of):
            if node not in nodes or node in homes:
                raise Fault(f"has at {where} a node {quoted(node)} that is not there, or in another group as well")
            homes[node] = id
        if part.value["place"] != []:
            places[id] = place_of(part.value["place"], f"{where}.place")
    found = Groups(groups, homes)
    for id in groups:
        if not found.nodes(id):
            raise Fault(f"has a group {quoted(groups[id].name)} without nodes")
    return found, places


def place_of(value: Any, where: str) -> Place:
    """A place, which must be two numbers, and not so far away that Qt could not reckon with it. Raises Fault."""
    place = several(list_of(value, where, 2), where, number_of)
    if len(place) != 2:
        raise Fault(f"has at {where} {len(place)} numbers, not 2")
    if max(map(abs, place)) > FARTHEST:
        raise Fault(f"has a place at {where} farther than {FARTHEST:,} units from the canvas's middle")
    return place[0], place[1]
