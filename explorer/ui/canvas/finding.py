"""Finding layers by typing: by id, kind, settings, shape, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING

from explorer.maths.steps import at_once
from explorer.network.digest import digest
from explorer.network.network import Node
from explorer.ui import theme
from explorer.ui.canvas.glyphs import paint_glyph
from explorer.ui.controls.finder import MOST, Answer, Found
from explorer.ui.controls.following import MANY
from explorer.ui.controls.matching import rank
from explorer.ui.controls.spoken import shapes_in_words
from explorer.ui.controls.words import counted, findable, searched

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from explorer.ui.canvas.view import Canvas

FAR = 4
"""Rank of a layer that has all that is typed somewhere in its words: the 56 of 64x56x56."""
PART = 500
"""Layers that are looked into in one turn of the event loop: some milliseconds."""


def rows(canvas: Canvas, query: str) -> Answer:
    """The layers that answer the query, in the order in which they run; of a large network part by part."""
    found = _rows(canvas, query)
    return found if len(canvas.drawing.document.project.network.nodes) > MANY else at_once(found)


def _rows(canvas: Canvas, query: str) -> Generator[None, None, list[Found]]:
    document = canvas.drawing.document
    project, facts = document.project, document.facts
    network, words = project.network, searched(query).split()
    found: dict[int, list[Callable[[], Found]]] = {}  # by rank; of the rest nobody sees any
    for done, id in enumerate(dict.fromkeys((*network.running, *network.nodes)), 1):
        text = findable(Node(id, project.layer(id)), facts[id])
        place = rank(query, id, text)
        if place is None and all(word in text for word in words):
            place = FAR
        if place is not None and len(some := found.setdefault(place, [])) < MOST:
            some.append(partial(_found, canvas, id))
        if done % PART == 0:
            yield
            if document.project is not project:  # edited meanwhile: it is searched anew
                return (yield from _rows(canvas, query))
    for id, group in project.groups.groups.items():
        if (place := rank(query, group.name, "group")) is not None:
            found.setdefault(place, []).append(partial(_found_group, canvas, id))
    return [make() for make in [make for place in sorted(found) for make in found[place]][:MOST]]


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
