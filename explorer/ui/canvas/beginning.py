"""Which gesture a press of the left button begins, by what lies under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from explorer.ui.canvas.annotating import DragAnnotation
from explorer.ui.canvas.gestures import Band, Duplicate, Gesture, Move
from explorer.ui.canvas.wire import Wire

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

ADDITIVE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


def begun(canvas: Canvas, at: QPointF, held: Qt.KeyboardModifier) -> Gesture | None:
    """The gesture; None where the press itself did all. at: in the scene. held: the keys that are down."""
    additive = bool(held & ADDITIVE)
    hit = canvas.drawing.hit(at, canvas.zoom)
    if hit.part == "output" and canvas.link is not None and canvas.link[0] == hit.id:
        return Wire(canvas, at, canvas.link[1], backwards=True, held=canvas.link)
    if hit.part == "output":
        return Wire(canvas, at, hit.id)
    if hit.part == "input":
        inputs = canvas.drawing.folding.drawn.nodes[hit.id].inputs
        if not inputs:
            return Wire(canvas, at, hit.id, backwards=True)
        source = inputs[hit.port]
        return Wire(canvas, at, source, held=(source, hit.id, hit.port))
    if hit.part in ("card", "frame") and held & Qt.KeyboardModifier.AltModifier:
        return Duplicate(canvas, at, hit.id)
    if hit.part in ("card", "frame"):
        return Move(canvas, at, hit.id, additive)
    if hit.link is not None:
        canvas.select((), hit.link)
        return None
    if hit.annotation and hit.grip != "body" and not additive:
        return DragAnnotation(canvas, at, hit.annotation, hit.grip)
    if hit.annotation and held & Qt.KeyboardModifier.AltModifier:
        return Duplicate(canvas, at, hit.annotation, note=True)
    if hit.annotation:
        return Move(canvas, at, hit.annotation, additive, note=True)
    return Band(canvas, at, additive)
