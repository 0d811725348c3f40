"""What is put into a group, or taken out of one, by command: it goes where one sees that it belongs there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from explorer.network.folding import folded
from explorer.network.groups import TOP
from explorer.network.network import Network
from explorer.network.placing import accommodated
from explorer.network.project import Place, Project
from explorer.network.unfolding import framed, laid_out, with_room
from explorer.ui.canvas.belonging import joined, movable
from explorer.ui.canvas.copies import Area, free_places, in_sight, occupied


def rehomed(project: Project, ids: Collection[str], home: str, area: Area | None) -> Project:
    """The project with these nodes, and the groups that they fill, in another group, or in none (TOP).

    area: the frame of an open group, where they come into a free place, several of them laid out anew, and which makes
    room for them. Taken out they go just so far that they lie in no frame and on no card. In a group that is not seen
    they have their old places.
    """
    groups = project.groups
    moved = movable(groups, ids, home)
    after = accommodated(joined(project, ids, home), project.network)  # what is drawn now has a place
    if not moved or (home != TOP and area is None):
        return after
    nodes = [node for id in moved for node in (groups.nodes(id) if id in groups.groups else (id,))]
    rest, held = project.rewired(project.network.without(nodes)), groups.among(nodes)
    places: Mapping[str, Place] = after.places
    if area is not None and len(moved) > 1:  # what lies between them does not come with them
        places = laid_out(_among(project.network, nodes), held, project.direction)
    shown = {id: places[id] for id in folded(after.network, after.groups).shown(nodes)}
    free = free_places(in_sight(shown, area), held, occupied(rest, framed(rest), home), project.direction)
    return with_room(framed(project), after.moved(free), home)


def _among(network: Network, ids: Collection[str]) -> Network:
    """Some nodes with the links among them."""
    chosen = set(ids)
    nodes = [node for id, node in network.nodes.items() if id in chosen]
    return Network({node.id: replace(node, inputs=tuple(i for i in node.inputs if i in chosen)) for node in nodes})
