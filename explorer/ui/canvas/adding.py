"""Adding by typing: what can be put where the user wants it, with the shape that would come out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QPainter

from explorer.classics.blocks import Block, outcome
from explorer.network.layer import Layer, Shape
from explorer.ui import theme
from explorer.ui.canvas import edits
from explorer.ui.canvas.glyphs import paint_glyph
from explorer.ui.canvas.turning import turn, turned
from explorer.ui.controls.finder import Found
from explorer.ui.offers import FAMILIES, NETWORKS, Offer, layers, more
from explorer.workspace.settings import Settings

if TYPE_CHECKING:
    from explorer.ui.canvas.edit_view import EditView

LATELY = "added"
ORDER = ("Window", "Activation", "Norm", "Join", "Dense", "Shape", "Detection", "Input")
"""Families as they are offered; blocks and networks follow."""

FORWARDS = "A block stands behind an image: pull the wire from the layer that is to feed it."


class Adding:
    """One wish to add something: at a point, on a wire from (backwards: to) a node, or behind the selection."""

    def __init__(self, canvas: EditView, at: QPointF | None, wire: str, backwards: bool) -> None:
        self._canvas, self._at, self._wire, self._backwards = canvas, at, wire, backwards
        facts, self._conventions = canvas.drawing.document.facts, canvas.drawing.conventions
        self._feeding = (wire,) if wire else canvas.session.selection if at is None else ()
        self._shapes: Sequence[Shape | None] = [facts[id].shape for id in self._feeding]
        link = canvas.on_link if at is None else None
        self._single = self._shapes[-1:]  # what a layer with one input gets
        if link is not None:
            self._single = [facts[canvas.drawing.folding.links(link)[0][0]].shape]

    def ask(self) -> None:
        """Open the box where the new layer will be, or in the middle of the view."""
        canvas, at = self._canvas, self._at
        under = canvas.drawing.bounds(canvas.session.selection[-1:]) if at is None else QRectF()
        behind = turned(canvas.drawing.direction, under)
        point = turn(canvas.drawing.direction).map(QPointF(behind.center().x(), behind.bottom() + 16))
        point = at if at is not None else point
        middle = canvas.viewport().rect().center() - QPoint(200, 180)
        shown = at is not None or (not under.isEmpty() and canvas.visible.intersects(under))
        canvas.box.open(
            self.rows, canvas.viewport().pos() + canvas.viewportTransform().map(point).toPoint() if shown else middle
        )

    def rows(self, query: str) -> list[Found]:
        """What answers the query. What fits comes first; on a wire, where something does, what does not is left out
        but for layers and blocks that answer it better: they say why."""
        lately = Settings().lately(LATELY)
        ranked = ((offer.rank(query), offer) for offer in (*layers(), *more()))
        found = [(place, *self._outlook(offer), offer) for place, offer in ranked if place is not None]
        if self._wire:
            best = min((place for place, _, fits, _ in found if fits), default=inf)
            networks = best == inf  # which take away what the wire comes from
            found = [row for row in found if row[2] or (row[0] < best and (networks or row[3].group != NETWORKS))]
        found.sort(key=lambda row: (row[0], not row[2], _place(row[3], lately)))
        return [
            Found(o.title, o.told, partial(self._take, o), text, fits, partial(_sign, o.group))
            for _, text, fits, o in found
        ]

    def _outlook(self, offer: Offer) -> tuple[str, bool]:
        """What would come out, or why it cannot be; and whether it can."""
        if offer.group == NETWORKS:
            return "opens it", not self._wire
        if (kind := Layer.kinds.get(offer.name)) is None:
            shape = self._single[-1] if self._single and not self._backwards else None
            if shape is None or len(shape) != 3:
                return "stands behind an image", False
            comes, problem = outcome(offer.name, shape)
            return self._conventions.shape(comes) if comes else problem, not problem
        layer = kind()
        shapes = self._shapes if layer.inputs < 0 else self._single
        if not self._canvas.drawing.nodes:
            return "", not layer.inputs  # a network begins with its input
        if self._backwards or (not shapes and layer.inputs) or not layer.inputs:
            behind = bool(self._wire) and not self._backwards and not layer.inputs
            return "takes no input" if behind else "", not behind
        return edits.outlook(layer, shapes, self._conventions)

    def _take(self, offer: Offer) -> None:
        canvas = self._canvas
        canvas.setFocus()
        if offer.group == NETWORKS:
            canvas.network_requested.emit(offer.name, offer.title)
            return
        if self._backwards and offer.name not in Layer.kinds:
            canvas.session.failed.emit("canvas", FORWARDS)
            return
        Settings().add_lately(LATELY, offer.name)
        if offer.name not in Layer.kinds:
            if self._wire:
                canvas.select((self._wire,))
            canvas.block_requested.emit(Block.kinds[offer.name], None if self._wire else self._at)
        elif self._at is None or self._wire not in canvas.drawing.document.project.network.nodes:
            canvas.add_layer(offer.name, self._at)
        else:
            canvas.add_on_wire(offer.name, self._at, self._wire, backwards=self._backwards)


def _place(offer: Offer, lately: Sequence[str]) -> tuple[int, int]:
    """What was added lately first, then in the order of families."""
    recent = lately.index(offer.name) if offer.name in lately else len(lately)
    return recent, ORDER.index(offer.group) if offer.group in ORDER else len(ORDER) + (offer.group == NETWORKS)


def _sign(family: str, painter: QPainter) -> None:
    if family in FAMILIES:
        paint_glyph(painter, family, theme.current().family(family))
