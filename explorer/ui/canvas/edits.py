"""What canvas gestures do to a project: plain functions from one value to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from explorer.classics import blocks
from explorer.classics.blocks import Block
from explorer.network.analysis import analyse
from explorer.network.layer import Layer, Shape, ShapeError, described
from explorer.network.layout import CARD, GAP
from explorer.network.network import Node
from explorer.network.placing import accommodated, place_near
from explorer.network.project import Place, Project
from explorer.network.routes import Link
from explorer.network.settings import SettingError

FORMAT = "cnn-explorer nodes"
LARGEST = 4_000_000
"""Characters of pasted text that are still read."""


class PasteError(ValueError):
    """The clipboard's text is no list of layers; the message is a sentence for the user."""


def outlook(layer: Layer, inputs: Sequence[Shape | None]) -> tuple[str, bool]:
    """What `layer` would make of these shapes, or why it cannot; and whether it can."""
    if layer.inputs < 0 and len(inputs) < 2:
        return "joins two or more", True
    if any(shape is None for shape in inputs):
        return "", True
    try:
        return described(layer.output(*inputs)), True
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
    """The project with one more node, below its last input unless a place is given; and the node's id."""
    network = project.network
    id = network.fresh_id(layer.kind)
    taken = tuple(inputs) if layer.inputs < 0 else tuple(inputs[-1:]) if layer.inputs else ()
    after = network.with_node(Node(id, layer, taken))
    if place is None:
        place = place_near(network, project.places, inputs[-1] if inputs else None)
    return replace(project, network=after, places={**project.places, id: place}), id


def inserted(project: Project, layer: Layer, link: Link, place: Place) -> tuple[Project, str]:
    """The project with a new node between the two ends of a link; what lies below moves down to make room."""
    source, target, port = link
    (left, top), (below_left, below) = project.places[source], project.places[target]
    step = CARD[1] + GAP[1]
    if below > top:
        place = left if left == below_left else place[0], min(max(place[1], top + step), max(top + step, below - step))
        down = max(0.0, place[1] + step - below)
        project = project.moved({i: (x, y + down) for i, (x, y) in project.places.items() if y >= below and down})
    project, id = added(project, layer, (source,), place)
    return replace(project, network=project.network.with_link(id, target, port)), id


def with_block(project: Project, block: Block, after: str, link: Link | None = None) -> tuple[Project, str]:
    """The project with a block behind a node, or on a link from it; and the id of the block's last layer.

    Raises ShapeError where that node puts out no image.
    """
    shape = analyse(project.network)[after].shape
    if shape is None or len(shape) != 3:
        raise ShapeError(f"{block.kind} needs an image before it, and {after} gives {described(shape or (0,))}")
    network, last = blocks.with_block(project.network, block, after, shape[0])
    if link is not None:
        network = network.with_link(last, link[1], link[2])
    return accommodated(project, network), last


def unplugged(project: Project, link: Link) -> Project:
    """The project without one link."""
    source, target, port = link
    network = project.network
    node = network.nodes[target]
    inputs = tuple(i for number, i in enumerate(node.inputs) if number != port or i != source)
    return replace(project, network=network.with_node(replace(node, inputs=inputs)))


def linked(project: Project, source: str, target: str) -> Project:
    """The project with `source` feeding `target`."""
    return replace(project, network=project.network.with_link(source, target))


def copied(project: Project, ids: Iterable[str]) -> str:
    """Nodes as JSON text, with the links among them."""
    chosen = set(ids)
    nodes = [
        {
            "id": node.id,
            "kind": type(node.layer).__name__,
            "settings": {f.name: getattr(node.layer, f.name) for f in fields(node.layer)},
            "inputs": [i for i in node.inputs if i in chosen],
            "place": project.places[node.id],
        }
        for node in project.network.nodes.values()
        if node.id in chosen
    ]
    return json.dumps({FORMAT: 1, "nodes": nodes})


def pasted(project: Project, text: str) -> tuple[Project, tuple[str, ...]]:
    """The project with the nodes of a copied text, under fresh ids and beside what is there; and those ids.

    Raises PasteError.
    """
    nodes, places = _read(text)
    network, names = project.network, {}
    for node in nodes:
        names[node.id] = network.fresh_id(node.layer.kind)
        network = network.with_node(Node(names[node.id], node.layer))
    for node in nodes:
        inputs = tuple(names[i] for i in node.inputs if i in names)
        network = network.with_node(Node(names[node.id], node.layer, inputs))
    shift = _free_shift(places, project.places)
    here = {names[id]: (x + shift, y) for id, (x, y) in places.items()}
    return replace(project, network=network, places={**project.places, **here}), tuple(names.values())


def _free_shift(places: Mapping[str, Place], taken: Mapping[str, Place]) -> float:
    """How far to the right the new nodes cover none of the old ones."""
    width, height = CARD
    step = max(x for x, _ in places.values()) - min(x for x, _ in places.values()) + width + 48
    shift = 0.0
    while any(
        abs(x + shift - a) < width and abs(y - b) < height for x, y in places.values() for a, b in taken.values()
    ):
        shift += step
    return shift


def _read(text: str) -> tuple[list[Node], dict[str, Place]]:
    if len(text) > LARGEST:
        raise PasteError(f"the clipboard holds {len(text):,} characters: too many to be layers copied here")
    try:
        data = json.loads(text)
        entries = data["nodes"] if data[FORMAT] == 1 else None
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        entries = None
    if not isinstance(entries, list) or not entries:
        raise PasteError("the clipboard holds no layers: copy some on the canvas first")
    nodes = [_node(entry) for entry in entries]
    places = {n.id: _place(entry) for n, entry in zip(nodes, entries, strict=True)}
    if len(places) < len(nodes):
        raise PasteError("the clipboard's layers do not have different ids")
    return nodes, places


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
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items() if name in known}
    try:
        return Node(id, made(**plain), tuple(i for i in inputs if isinstance(i, str)))
    except (SettingError, TypeError) as error:
        raise PasteError(f"the clipboard's {kind} cannot be made: {error}") from error


def _place(entry: Any) -> Place:
    match entry.get("place"):
        case [int() | float() as x, int() | float() as y] if abs(x) < 1e6 and abs(y) < 1e6:
            return float(x), float(y)
    return 0.0, 0.0
