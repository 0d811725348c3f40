"""Groups in what is copied as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from explorer.network.annotations import FARTHEST
from explorer.network.groups import MARK, TOP, Group, Groups
from explorer.network.project import Place, Project

LONGEST = 200
"""Characters of a name."""


class PasteError(ValueError):
    """The clipboard's text is no list of layers; the message is a sentence for the user."""


def places_copied(project: Project, nodes: Collection[str], groups: Groups) -> dict[str, Place]:
    """Where these nodes and groups lie, but for those in a closed group that is not copied: nobody sees them there."""
    cards, every = project.groups.cards, project.places
    seen = {id for id in nodes if cards.get(id, id) == id or cards[id] in groups.groups}
    return {
        id: every[id]
        for id in (*nodes, *groups.groups)
        if id in every and (id in seen or (id in groups.groups and seen.issuperset(groups.nodes(id))))
    }


def groups_copied(project: Project, nodes: Collection[str]) -> list[dict[str, Any]]:
    """The groups all of whose nodes are copied, each by the number of the group it lies in, -1 for none."""
    groups = project.groups.among(nodes)
    places = places_copied(project, nodes, groups)
    numbers = {id: number for number, id in enumerate(groups.groups)}
    return [
        {
            "name": group.name,
            "in": numbers.get(group.parent, -1),
            "closed": group.closed,
            "nodes": [part for part in groups.parts(id) if part not in numbers],
            "place": places.get(id),
        }
        for id, group in groups.groups.items()
    ]


def groups_read(entries: Any, nodes: Collection[str]) -> tuple[Groups, dict[str, Place]]:
    """Groups of these nodes out of a text, and the places of their cards; none where the text has none.

    Raises PasteError.
    """
    groups: dict[str, Group] = {}
    homes: dict[str, str] = {}
    places: dict[str, Place] = {}
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        match entry:
            case {"name": str(name), "in": int(within), "closed": bool(closed), "nodes": list(inside)}:
                pass
            case _:
                raise PasteError("the clipboard's groups lack a name, or what lies in them")
        known = all(isinstance(node, str) and node in nodes and node not in homes for node in inside)
        if not known or not -1 <= within < number or not 0 < len(name) <= LONGEST or not name.isprintable():
            raise PasteError(f"the clipboard's group number {number + 1} does not fit its layers")
        id = f"{MARK}{number}"
        groups[id] = Group(name, TOP if within < 0 else f"{MARK}{within}", closed)
        homes.update(dict.fromkeys(inside, id))
        places.update(place_read(id, entry))
    found = Groups(groups, homes)
    if not all(found.nodes(id) for id in groups):
        raise PasteError("the clipboard holds a group without layers")
    return found, places


def place_read(id: str, entry: Mapping[str, Any]) -> dict[str, Place]:
    """The place out of a text's entry, by its id; none where it has none that can be."""
    match entry.get("place"):
        case [int() | float() as x, int() | float() as y] if max(abs(x), abs(y)) < FARTHEST:
            return {id: (float(x), float(y))}
    return {}
