"""What canvas gestures do to a project: plain functions from one value to the next."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from explorer.classics import blocks
from explorer.classics.blocks import Block
from explorer.layers.bypass import CannotBypass, bypassed
from explorer.network.analysis import analyse
from explorer.network.conventions import Conventions
from explorer.network.direction import Direction
from explorer.network.folding import folded
from explorer.network.groups import TOP, Groups
from explorer.network.layer import Layer, Shape, ShapeError, described
from explorer.network.network import Network, Node
from explorer.network.placing import accommodated, place_near
from explorer.network.project import Place, Project
from explorer.network.routes import Link
from explorer.network.settings import SettingError
from explorer.network.unfolding import framed, laid_out, with_room
from explorer.ui.canvas import annotation_edits
from explorer.ui.canvas.copies import Area, Copies, free_places, in_sight, occupied, taken
from explorer.ui.canvas.group_copies import PasteError, groups_copied, groups_read, place_read, places_copied
from explorer.workspace.copied_notes import notes_copied
from explorer.workspace.copied_text import FORMAT, LARGEST, is_copied


def outlook(layer: Layer, inputs: Sequence[Shape | None], conventions: Conventions) -> tuple[str, bool]:
    """What `layer` would make of these shapes, or why it cannot; and whether it can."""
    if layer.inputs < 0 and len(inputs) < 2:
        return "joins two or more", True
    if any(shape is None for shape in inputs):
        return "", True
    try:
        return conventions.shape(layer.output(*inputs)), True
    except ShapeError as error:
        return str(error), False


def refusal(project: Project, source: str, target: str) -> str:
    """Why `source` cannot feed `target`, or "" where it can."""
    network = project.network
    if source == target:
        return "a layer cannot feed itself"
    if network.nodes[target].layer.inputs == 0:
        return f"{network.nodes[target].layer.kind} takes no input"
    if network.reaches(target, source):
        return "this link would close a loop"
    return ""


def added(project: Project, layer: Layer, inputs: Sequence[str], place: Place | None = None) -> tuple[Project, str]:
    """The project with one more node, behind its last input unless a place is given; and the node's id."""
    network = project.network
    id = network.fresh_id(layer.kind)
    if place is None:
        folding = folded(network, project.groups)
        place = place_near(
            folding.drawn, project.places, folding.card(inputs[-1]) if inputs else None, project.direction
        )
    return project.rewired(network.with_node(_fed(id, layer, inputs))).moved({id: place}), id


def inserted(project: Project, layer: Layer, link: Link, place: Place) -> tuple[Project, str]:
    """The project with a new node between the two ends of a drawn link."""
    id = project.network.fresh_id(layer.kind)
    network = project.network.with_node(Node(id, layer))
    return spliced(replace(project, network=network).moved({id: place}), id, link), id


def spliced(project: Project, id: str, link: Link) -> Project:
    """The project with a loose node between the two ends of a drawn link; what comes later moves along to make room."""
    folding, direction, step = folded(project.network, project.groups), project.direction, project.direction.step
    (left, top), (below_left, below), (x, y) = (direction.turned(project.places[i]) for i in (*link[:2], id))
    if below > top:
        x, y = left if left == below_left else x, min(max(y, top + step), max(top + step, below - step))
        down = max(0.0, y + step - below)
        shown = direction.placed({i: project.places[i] for i in folding.drawn.nodes})
        lower = {i: (a, b + down) for i, (a, b) in shown.items() if b >= below and down}
        project = project.moved(direction.placed({**lower, id: (x, y)}))
    links = folding.links(link)
    source, network = links[0][0], project.network.with_link(links[0][0], id)
    for feeding, target, port in links:
        network = network.with_link(id, target, port) if feeding == source else network
    return replace(project, network=network, groups=project.groups.joined(network, id))


def insertable(project: Project, id: str) -> bool:
    """Whether a node could be put into a link: it has none of its own, and takes an input."""
    node = project.network.nodes.get(id)
    return node is not None and bool(node.layer.inputs) and not node.inputs and not project.network.users[id]


def _fed(id: str, layer: Layer, inputs: Sequence[str]) -> Node:
    """A node that takes as many of these inputs as its layer can, the last ones."""
    return Node(id, layer, tuple(inputs) if layer.inputs < 0 else tuple(inputs[-1:]) if layer.inputs else ())


def with_block(project: Project, block: Block, after: str, link: Link | None = None) -> tuple[Project, str]:
    """The project with a block behind a node, or on a link from it; and the id of the block's last layer.

    Raises ShapeError where that node puts out no image.
    """
    shape = analyse(project.network)[after].shape
    if shape is None or len(shape) != 3:
        raise ShapeError(f"{block.kind} needs an image before it, and {after} gives {described(shape or (0,))}")
    network, last = blocks.with_block(project.network, block, after, shape[0])
    for source, target, port in folded(project.network, project.groups).links(link) if link is not None else ():
        network = network.with_link(last, target, port) if source == after else network
    return accommodated(project, network), last


def unplugged(project: Project, link: Link) -> Project:
    """The project without one drawn link, and so without all links that it is drawn for."""
    network, gone = project.network, set(folded(project.network, project.groups).links(link))
    for target in {target for _, target, _ in gone}:
        node = network.nodes[target]
        inputs = tuple(i for number, i in enumerate(node.inputs) if (i, target, number) not in gone)
        network = network.with_node(replace(node, inputs=inputs))
    return replace(project, network=network)


def linked(project: Project, source: str, target: str) -> Project:
    """The project with `source` feeding `target`."""
    return replace(project, network=project.network.with_link(source, target))


def copied(project: Project, ids: Iterable[str], notes: Iterable[str] = ()) -> str:
    """Nodes as JSON text, with the links among them, and the groups all of whose nodes they are; and some notes and
    arrows."""
    chosen = set(ids)
    places = places_copied(project, chosen, project.groups.among(chosen))
    nodes = [
        {
            "id": node.id,
            "kind": type(layer).__name__,
            "settings": {f.name: getattr(layer, f.name) for f in fields(layer)},
            "inputs": [i for i in node.inputs if i in chosen],
            "place": places.get(node.id),
            "bypassed": node.id in project.bypassed,
        }
        for node in project.network.nodes.values()
        if node.id in chosen
        for layer in [project.layer(node.id)]
    ]
    beside = {"annotations": notes_copied(project, notes), "direction": project.direction.value}
    return json.dumps({FORMAT: 1, "nodes": nodes, "groups": groups_copied(project, chosen), **beside})


def pasted(project: Project, text: str, seen: Area | None = None, home: str = TOP) -> tuple[Project, tuple[str, ...]]:
    """The project with the nodes, notes and arrows of a copied text, under fresh ids and beside what is there; and the
    nodes' ids.

    seen: where they come into the middle if they would lie outside of it. home: the open group that the nodes join,
    which becomes larger with them. Raises PasteError.
    """
    return _brought(project, _read(text), seen, home)


def repeated(
    project: Project, ids: Iterable[str], notes: Iterable[str], seen: Area | None = None, home: str = TOP
) -> tuple[Project, tuple[str, ...]]:
    """The project with some nodes, notes and arrows once more, as if copied and pasted. Raises PasteError."""
    return _brought(project, taken(project, ids, notes), seen, home)


def _brought(project: Project, copies: Copies, seen: Area | None, home: str) -> tuple[Project, tuple[str, ...]]:
    nodes, groups, places, aside, notes, direction = copies
    if not nodes:
        there = {id: each.place for id, each in notes.items()}
        first = next(iter(there))
        x, y = in_sight(there, seen)[first]
        notes = annotation_edits.shifted(notes, x - there[first][0], y - there[first][1])
        notes = annotation_edits.shifted(notes, *annotation_edits.aside(project, notes))
        return annotation_edits.with_copies(project, notes.values()), ()
    network = Network({node.id: node for node in nodes})
    drawn = folded(network, groups).drawn.nodes
    if direction != project.direction or not places.keys() >= drawn.keys():
        places = laid_out(network, groups, project.direction)  # as they lie there they would cover each other here
    shown = {id: places[id] for id in drawn}
    frames = framed(project)
    free = free_places(in_sight(shown, seen), groups, occupied(project, frames, home), project.direction)
    first = next(iter(shown))
    right, down = free[first][0] - shown[first][0], free[first][1] - shown[first][1]
    moved = {id: (x + right, y + down) for id, (x, y) in places.items()}
    try:
        after, ids = _with_copies(project, nodes, groups, moved, aside, home)
        after = with_room(frames, after, home)
        return annotation_edits.with_copies(after, annotation_edits.shifted(notes, right, down).values()), ids
    except CannotBypass as error:
        raise PasteError(f"the clipboard's layers cannot be added: {error}") from error


def duplicated(project: Project, places: Mapping[str, Place], grouped: bool = True) -> tuple[Project, tuple[str, ...]]:
    """The project with some of what is drawn once more, at these places, linked among themselves; and the new ids.
    grouped: with the groups all of whose nodes these are."""
    ids = folded(project.network, project.groups).nodes(places)
    hidden = {id: place for id, place in project.places.items() if id in ids or id in project.groups.groups}
    nodes = [replace(project.network.nodes[id], layer=project.layer(id)) for id in ids]
    aside = project.bypassed.keys() & set(ids)
    groups = project.groups.among(ids if grouped else ())
    return _with_copies(project, nodes, groups, {**hidden, **places}, aside)


def _with_copies(
    project: Project,
    nodes: Sequence[Node],
    groups: Groups,
    places: Mapping[str, Place],
    aside: Collection[str],
    home: str = TOP,
) -> tuple[Project, tuple[str, ...]]:
    """The project with these nodes and groups under fresh ids, some nodes bypassed, and the nodes' fresh ids.

    Raises CannotBypass.
    """
    fresh = project.network.fresh_ids(node.layer.kind for node in nodes)
    names = dict(zip((node.id for node in nodes), fresh, strict=True))
    copies = [Node(names[n.id], n.layer, tuple(names[i] for i in n.inputs if i in names)) for n in nodes]
    network = project.network.with_nodes(copies)
    together, ids = project.groups.with_copies(groups, names, home)
    new = {**ids, **names}
    here = {new[id]: place for id, place in places.items() if id in new}
    project = replace(project, network=network, groups=together).moved(here)
    return bypassed(project, [names[id] for id in names if id in aside]), tuple(names.values())


def _read(text: str) -> Copies:
    """What a copied text holds."""
    if len(text) > LARGEST:
        raise PasteError(f"the clipboard holds {len(text):,} characters: too many to be layers copied here")
    try:
        data = json.loads(text)
        entries = data["nodes"] if data[FORMAT] == 1 else None
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError) and is_copied(text):  # by hand, or not all of it
            where = f"line {error.lineno}, column {error.colno}"
            raise PasteError(f"the clipboard's layers are no JSON at {where}: {error.msg.lower()}") from error
        entries = None
    notes = annotation_edits.read(data.get("annotations")) if isinstance(entries, list) else {}
    if not isinstance(entries, list) or not (entries or notes):
        raise PasteError("the clipboard holds no layers: copy some on the canvas first")
    nodes = [_node(entry) for entry in entries]
    names = {node.id for node in nodes}
    if len(names) < len(nodes):
        raise PasteError("the clipboard's layers do not have different ids")
    groups, places = groups_read(data.get("groups"), names)
    for node, entry in zip(nodes, entries, strict=True):
        places.update(place_read(node.id, entry))
    aside = {n.id for n, entry in zip(nodes, entries, strict=True) if entry.get("bypassed") is True}
    return Copies(nodes, groups, places, aside, notes, Direction.of(data.get("direction")))


def _node(entry: Any) -> Node:
    match entry:
        case {"id": str(id), "kind": str(kind), "settings": dict(settings), "inputs": list(inputs)}:
            pass
        case _:
            raise PasteError("the clipboard's layers lack an id, a kind, settings or inputs")
    made = Layer.kinds.get(kind)
    if made is None:
        raise PasteError(f"the clipboard holds a layer of the unknown kind {kind[:40]!r}")
    known = {f.name for f in fields(made)}
    try:
        plain = {name: _frozen(value) for name, value in settings.items() if name in known}
        return Node(id, made(**plain), tuple(i for i in inputs if isinstance(i, str)))
    except (SettingError, TypeError, RecursionError) as error:
        raise PasteError(f"the clipboard's {kind} cannot be made: {error}") from error


def _frozen(value: Any) -> Any:
    """A value of JSON as settings have it: an anchor's sizes are pairs within a tuple."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
