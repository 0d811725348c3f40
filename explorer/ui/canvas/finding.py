"""Finding layers by typing: by id, kind, settings, shape, or what is wrong with them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from explorer.network.digest import digest
from explorer.network.network import Node
from explorer.ui import theme
from explorer.ui.canvas.glyphs import paint_glyph
from explorer.ui.controls.finder import Found
from explorer.ui.controls.matching import rank
from explorer.ui.controls.spoken import shapes_in_words
from explorer.ui.controls.words import counted, findable, searched

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from explorer.ui.canvas.view import Canvas

FAR = 4
"""Rank of a layer that has all that is typed somewhere in its words: the 56 of 64x56x56."""


def rows(canvas: Canvas, query: str) -> list[Found]:
    """The layers that answer the query, in the order in which they run."""
    document = canvas.drawing.document
    network, facts = document.project.network, document.facts
    runs = [node.id for node in network.order]
    found: list[tuple[int, str]] = []
    for id in (*runs, *(id for id in network.nodes if id not in facts or id not in set(runs))):
        text = findable(Node(id, document.project.layer(id)), facts[id])
        place = rank(query, id, text)
        if place is None and all(word in text for word in searched(query).split()):
            place = FAR
        if place is not None:
            found.append((place, id))
    layers = [(place, _found(canvas, id)) for place, id in found]
    named = [
        (place, _found_group(canvas, id))
        for id, group in document.project.groups.groups.items()
        if (place := rank(query, group.name, "group")) is not None
    ]
    return [each for _, each in sorted([*layers, *named], key=lambda pair: pair[0])]


def _found(canvas: Canvas, id: str) -> Found:
    document = canvas.drawing.document
    layer, facts = document.project.layer(id), document.facts[id]
    told = " · ".join(filter(None, (layer.kind, layer.brief())))
    aside = facts.problem or (canvas.drawing.conventions.shape(facts.shape) if facts.shape is not None else "")
    return Found(id, told, partial(_go, canvas, id), aside, not facts.problem, partial(_sign, layer.group))


def _found_group(canvas: Canvas, id: str) -> Found:
    document, drawing = canvas.drawing.document, canvas.drawing
    found = digest(drawing.folding, document.facts, id)
    told = f"Group of {counted(found.layers, 'layer')}"
    aside = found.facts.problem or shapes_in_words(found, drawing.conventions)
    name = document.project.groups.groups[id].name
    return Found(name, told, partial(_go, canvas, id), aside, not found.facts.problem, partial(_sign, "Group"))


def _go(canvas: Canvas, id: str) -> None:
    canvas.setFocus()
    project = canvas.drawing.document.project
    if id in project.groups.groups:
        canvas.uncover_group(id)
        canvas.go_to_group(id)
    elif id in project.network.nodes:
        canvas.uncover((id,))
        canvas.select((id,))
        canvas.point_out(id)


def _sign(family: str, painter: QPainter) -> None:
    paint_glyph(painter, family, theme.current().family(family))
