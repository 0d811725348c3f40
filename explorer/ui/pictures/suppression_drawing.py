"""The boxes of one step of the suppression: those that wait, stay or go, the one that is picked, and one rival."""

from __future__ import annotations

from itertools import chain

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui import theme
from explorer.ui.controls.words import share_in_words
from explorer.ui.pictures.class_colours import class_colours
from explorer.ui.pictures.detection_layers import Place, Scene, draw_plate, outline_twice

DRAWN = 200
"""Boxes, the best, of each fate that are drawn: a network with random weights has ten thousand."""
FAINT = 0.28
"""Opacity of a box that is out."""


def draw_steps(painter: QPainter, scene: Scene, place: Place, fade: float) -> None:
    """fade: how far boxes that go now have gone, from 0 to 1."""
    from explorer.maths.suppression_steps import BELOW, KEPT, SUPPRESSED, WAITING

    state, steps = scene.state, scene.steps
    if state is None or steps is None:
        return
    found = steps.found
    rival = int(state.rivals[scene.rival]) if 0 <= scene.rival < len(state.overlaps) else -1
    groups: dict[int, list[int]] = {
        fate: (state.fates == fate).nonzero()[0][:DRAWN].tolist() for fate in (BELOW, SUPPRESSED, WAITING, KEPT)
    }
    needed = sorted({*chain.from_iterable(groups.values()), *(n for n in (state.best, rival) if n >= 0)})
    boxes = scene.raw.in_picture(found.boxes[needed]).tolist()
    outlines = {number: place((a, b, c, d)) for number, (a, b, c, d) in zip(needed, boxes, strict=True)}
    going = set(state.rivals[state.goes].tolist()) if state.act == "suppress" else set()

    def of(fate: int) -> list[int]:
        return groups[fate][::-1]  # the best over the others

    def colour(number: int) -> QColor:
        kind = int(found.classes[number])
        return class_colours().of(kind, scene.heads.label(kind))

    for fate, style in ((BELOW, Qt.PenStyle.DotLine), (SUPPRESSED, Qt.PenStyle.DashLine)):
        for number in of(fate):
            painter.setOpacity(1 - fade * (1 - FAINT) if number in going else FAINT)
            painter.setPen(QPen(QColor(theme.current().problem) if number in going else colour(number), 1.5, style))
            painter.drawRect(outlines[number])
    painter.setOpacity(1.0)
    for number in of(WAITING):
        painter.setPen(QPen(colour(number), 1.5))
        painter.drawRect(outlines[number])
    for number in of(KEPT):
        if number != state.best:
            outline_twice(painter, outlines[number], colour(number))
            _name(painter, scene, number, outlines[number], colour(number))
    if state.best < 0:
        return
    painter.setPen(QPen(QColor("black"), 6))
    painter.drawRect(outlines[state.best])
    painter.setPen(QPen(colour(state.best), 4))
    painter.drawRect(outlines[state.best])
    _name(painter, scene, state.best, outlines[state.best], colour(state.best))
    if rival >= 0:
        overlap, goes = float(state.overlaps[scene.rival]), bool(state.goes[scene.rival])
        tone = QColor(theme.current().problem if goes else theme.current().accent)
        shared = QColor(tone)
        shared.setAlpha(90)
        painter.fillRect(outlines[rival].intersected(outlines[state.best]), shared)
        outline_twice(painter, outlines[rival], tone, Qt.PenStyle.DashLine)
        words = f"{'goes: ' if goes else ''}{overlap:.3f}".replace("-", "−")
        draw_plate(painter, outlines[rival].bottomLeft(), words, tone)


def _name(painter: QPainter, scene: Scene, number: int, outline: QRectF, colour: QColor) -> None:
    assert scene.steps is not None
    found = scene.steps.found
    words = f"{scene.heads.label(int(found.classes[number]))} {share_in_words(float(found.scores[number]))}"
    draw_plate(painter, outline.topLeft(), words, colour)
