"""The gesture that links two layers, or plugs a link elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.network.project import Project
from explorer.network.routes import Link
from explorer.ui import theme
from explorer.ui.canvas.beside_mouse import paint_note
from explorer.ui.canvas.card import FACE, ROUND
from explorer.ui.canvas.edits import linked, outlook, refusal, unplugged
from explorer.ui.canvas.gestures import Gesture
from explorer.ui.canvas.link_shapes import smooth
from explorer.ui.canvas.ports import inlet_at, outlet_at
from explorer.ui.canvas.turning import turn

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas


class Wire(Gesture):
    """Draw a link from one end that is fixed to a card, a port or empty ground.

    fixed: the card it hangs on, by its output or (backwards) by its input. held: the link whose other end was taken
    off, if any.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, canvas: Canvas, start: QPointF, fixed: str, *, backwards: bool = False, held: Link | None = None
    ) -> None:
        super().__init__(canvas, start)
        self.fixed, self.backwards, self.held = fixed, backwards, held
        self.at, self.target, self.words, self.fits = start, "", "", True
        self.moving = False

    def move(self, at: QPointF) -> None:
        self.moving = self.moving or self.far(at)
        if not self.moving:
            return
        self.at = at
        hit = self.scene.hit(at, self.canvas.zoom)
        target = hit.id if hit.id in self.scene.nodes else ""
        if target != self.target:
            self.target = target
            self.words, self.fits = self._judged() if target else ("", True)
        self.scene.update(self.canvas.visible)

    def release(self, at: QPointF) -> None:
        self.move(at)
        self.scene.update(self.canvas.visible)
        if not self.moving:
            return
        project = unplugged(self.scene.project, self.held) if self.held else self.scene.project
        if self.target:
            if self.held and {self.fixed, self.target} == set(self.held[:2]):
                return
            source, target = self._ends()
            if target and not refusal(project, source, target):
                self.canvas.edit(f"Link {source} to {target}", self._linked(source, target))
        elif self.held:
            self.canvas.edit(self.scene.unplugging(self.held), project)
        else:
            self.canvas.search(at, self.scene.folding.outlet(self.fixed), backwards=self.backwards)

    def cancel(self) -> None:
        self.scene.update(self.canvas.visible)

    def paint(self, painter: QPainter) -> None:
        if not self.moving:
            return
        colours = theme.current()
        colour = QColor(colours.accent if self.fits else colours.problem)
        item = self.scene.nodes[self.fixed]
        inputs, port = max(1, len(item.node.inputs)), self.held[2] if self.held else 0
        direction = self.scene.direction
        at = inlet_at(direction, port, inputs, item.place) if self.backwards else outlet_at(direction, item.place)
        fixed, free = (direction.turned(point.toTuple()) for point in (at, self.at))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(turn(direction).map(smooth((free, fixed) if self.backwards else (fixed, free))))
        if self.target in self.scene.nodes and self.target != self.fixed:
            place = self.scene.nodes[self.target].place
            painter.drawRoundedRect(FACE.translated(*place).adjusted(-3, -3, 3, 3), ROUND + 3, ROUND + 3)
        if self.words:
            paint_note(painter, self.at, self.words, self.canvas.zoom, problem=not self.fits)

    def _ends(self) -> tuple[str, str]:
        """The nodes that the link would join; the second is "" where a closed group does not say which takes it."""
        source, target = (self.target, self.fixed) if self.backwards else (self.fixed, self.target)
        folding = self.scene.folding
        takes = folding.inlets(target) if target in folding.groups.groups else (target,)
        return folding.outlet(source), takes[0] if len(takes) == 1 else ""

    def _linked(self, source: str, target: str) -> Project:
        """The project with the link plugged in there; whose output end was moved keeps its input's number."""
        project = self.scene.project
        if self.held and self.backwards:
            return replace(project, network=project.network.with_link(source, target, self.held[2]))
        return linked(unplugged(project, self.held) if self.held else project, source, target)

    def _judged(self) -> tuple[str, bool]:
        """What the link under the mouse would give, or why it cannot be."""
        project = unplugged(self.scene.project, self.held) if self.held else self.scene.project
        source, target = self._ends()
        if not target:
            return "several layers in it take a value: open it and choose one", False
        reason = refusal(project, source, target)
        if reason:
            return reason, False
        node = self._linked(source, target).network.nodes[target]
        facts = self.scene.document.facts
        words, _ = outlook(node.layer, [facts[i].shape for i in node.inputs], self.scene.conventions)
        return words, True  # shapes that do not fit are allowed: a half-built network is normal
