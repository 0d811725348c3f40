"""A picture with the layers of a detector over it: one points, picks, and drags boxes."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter

from explorer.maths.boxes import Box
from explorer.ui.controls.motion import FADE, moves
from explorer.ui.pictures.boxes_view import draw_boxes
from explorer.ui.pictures.class_colours import class_colours
from explorer.ui.pictures.detection_layers import (
    HANDLE,
    Place,
    Scene,
    corners,
    draw_anchors,
    draw_dragged,
    draw_grid,
    draw_heat,
    draw_picked,
    draw_raw,
)
from explorer.ui.pictures.picture_view import PictureView
from explorer.ui.pictures.suppression_drawing import draw_steps

LARGE = 1600
"""Pixels that the longer side of an exported picture has at least."""
MOVES = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip
BEHIND = 0.4
"""Opacity of found boxes while one of them is picked, or others are dragged."""
PUSH = 0.01
"""How far a key moves a box, as a share of the picture's width."""
LEAST = 4.0
"""Pixels of the picture that a dragged box is wide and high at least."""


class DetectionView(PictureView):
    """Places are in pixels of the whole picture, of which the image may be a smaller copy.

    Arrows move the picked cell, or step where suppression is gone through; else they move the picture. With Shift they
    move the last of the user's boxes, with Ctrl its right and lower side.
    """

    pointed = Signal(object)  # (x, y) | None
    asked = Signal(object)  # (x, y) that was clicked
    moved = Signal(int, int)  # rows and columns to go on
    dragged = Signal(object, str)  # tuple[Box, ...]: the user's boxes now; a key that is the same while one goes on

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self._width = 0
        self._fade = 1.0
        self._veil: tuple[object, QImage] | None = None  # the raw boxes, drawn, and for what
        self._held: tuple[int, int, QPointF] | None = None  # a box, its corner or −1, and where it was taken
        self._drags = 0
        self._fading = QVariantAnimation(self, duration=FADE, startValue=0.0, endValue=1.0)
        self._fading.valueChanged.connect(self._show_fade)
        self.hovered.connect(lambda pixel: self.pointed.emit(self._spot(pixel)))
        self.clicked.connect(lambda pixel: self.asked.emit(self._spot(pixel)))
        class_colours().changed.connect(self._forget)

    def show_scene(self, scene: Scene | None, width: int, fades: bool = False) -> None:
        """Draw this over the picture, which is `width` pixels wide; fades: what goes now may take its time."""
        self.scene, self._width = scene, width
        self._fading.stop()
        self._fade = 1.0
        if fades and moves():
            self._fade = 0.0
            self._fading.start()
        self.update()

    def place(self, box: Box) -> QRectF:
        """Where a box of the picture lies on the widget."""
        return self.on_widget(self._on_image(box))

    def annotated(self) -> QImage:
        """The picture with its layers, large enough for a slide."""
        longest = max(self.image.width(), self.image.height(), 1)
        times = ceil(LARGE / longest) if longest < LARGE else 1
        image = self.image.scaled(self.image.size() * times).convertToFormat(QImage.Format.Format_RGB32)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)

            def place(box: Box) -> QRectF:
                on_image = self._on_image(box)
                return QRectF(on_image.topLeft() * times, on_image.size() * times)

            self._draw(painter, place, (image.height(), image.width()), None)
        return image

    def paint_over(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self.on_widget(QRectF(self.image.rect())).adjusted(-2, -2, 2, 2))
        self._draw(painter, self.place, (self.height(), self.width()), self._kept_veil())
        painter.restore()

    def _draw(self, painter: QPainter, place: Place, size: tuple[int, int], veil: QImage | None) -> None:
        """size: (height, width) of what is drawn on. veil: the raw boxes, where they are drawn already."""
        scene = self.scene
        if scene is None:
            return
        on = scene.layers
        if "p_c" in on:
            draw_heat(painter, scene, place)
        if "Grid" in on:
            draw_grid(painter, scene, place)
        if "Raw" in on and veil is not None:
            painter.drawImage(0, 0, veil)
        elif "Raw" in on:
            draw_raw(painter, scene, place, size)
        if "Steps" in on:
            draw_steps(painter, scene, place, self._fade)
        elif "Found" in on:
            picked = (scene.raw.place(scene.spot), scene.index) if scene.spot is not None else None
            others = [guess for guess in reversed(scene.guesses) if (guess.place, guess.index) != picked]
            boxes = [(guess, place(guess.box)) for guess in others if guess.box is not None]
            painter.setOpacity(BEHIND if picked or "Midpoints" in on else 1.0)
            draw_boxes(painter, boxes)
            painter.setOpacity(1.0)
        if "Anchors" in on:
            draw_anchors(painter, scene, place)
        if "Steps" not in on:
            draw_picked(painter, scene, place)
        if "Midpoints" in on:
            draw_dragged(painter, scene, place)

    def _kept_veil(self) -> QImage | None:
        """The raw boxes where they lie now; pointing somewhere does not draw thousands of them again."""
        scene = self.scene
        if scene is None or "Raw" not in scene.layers:
            return None
        key = (id(scene.raw), scene.floor, self.size(), self.place((0.0, 0.0, 1.0, 1.0)).getRect())
        if self._veil is None or self._veil[0] != key:
            image = QImage(self.size(), QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            with QPainter(image) as painter:
                draw_raw(painter, scene, self.place, (self.height(), self.width()))
            self._veil = key, image
        return self._veil[1]

    def _forget(self) -> None:
        self._veil = None
        self.update()

    def _show_fade(self, value: float) -> None:
        self._fade = value
        self.update()

    def _on_image(self, box: Box) -> QRectF:
        shrunk = self.image.width() / self._width if self._width else 1.0
        return QRectF(QPointF(*box[:2]) * shrunk, QPointF(*box[2:]) * shrunk)

    def _spot(self, pixel: object) -> tuple[float, float] | None:
        shrunk = self.image.width() / self._width if self._width else 1.0
        return ((pixel.x() + 0.5) / shrunk, (pixel.y() + 0.5) / shrunk) if pixel is not None else None  # type: ignore[attr-defined]

    # The user's boxes

    def _grip(self, at: QPointF) -> tuple[int, int] | None:
        """The box, and its corner or −1, that can be taken at a point."""
        if self.scene is None or "Midpoints" not in self.scene.layers:
            return None
        outlines = [self.place(box) for box in self.scene.dragged]
        for number, outline in reversed(list(enumerate(outlines))):
            for corner, spot in enumerate(corners(outline)):
                if (spot - at).manhattanLength() <= HANDLE:
                    return number, corner
        inside = [number for number, outline in enumerate(outlines) if outline.contains(at)]
        return (inside[-1], -1) if inside else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        grip = self._grip(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if grip is None:
            super().mousePressEvent(event)
        else:
            self._held = (*grip, event.position())
            self._drags += 1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None or self.scene is None:
            super().mouseMoveEvent(event)
            return
        number, corner, taken = self._held
        unit = self.place((0.0, 0.0, 1.0, 1.0))
        way = (event.position() - taken) / unit.width()
        self._held = number, corner, event.position()
        left, top, right, bottom = self.scene.dragged[number]
        if corner in (-1, 0, 2):
            left = left + way.x() if corner < 0 else min(left + way.x(), right - LEAST)
        if corner in (-1, 1, 3):
            right = right + way.x() if corner < 0 else max(right + way.x(), left + LEAST)
        if corner in (-1, 0, 1):
            top = top + way.y() if corner < 0 else min(top + way.y(), bottom - LEAST)
        if corner in (-1, 2, 3):
            bottom = bottom + way.y() if corner < 0 else max(bottom + way.y(), top + LEAST)
        boxes = list(self.scene.dragged)
        boxes[number] = (left, top, right, bottom)
        self.dragged.emit(tuple(boxes), f"drag {self._drags}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            super().mouseReleaseEvent(event)
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, scene = Qt.Key(event.key()), self.scene
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        if key not in MOVES or scene is None:
            super().keyPressEvent(event)
        elif "Steps" in scene.layers and key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            event.ignore()  # the panel steps
        elif scene.dragged and event.modifiers() & (shift | control):
            pushed = self._pushed(scene.dragged[-1], MOVES[key], event.modifiers())
            self.dragged.emit((*scene.dragged[:-1], pushed), f"keys {event.modifiers().value}")
        elif scene.spot is not None:
            self.moved.emit(*MOVES[key])
        else:
            super().keyPressEvent(event)

    def _pushed(self, box: Box, way: tuple[int, int], keys: Qt.KeyboardModifier) -> Box:
        """A box one step further; with Ctrl only its right and lower side go."""
        left, top, right, bottom = box
        down, across = (step * PUSH * self._width for step in way)
        if keys & Qt.KeyboardModifier.ControlModifier:
            return left, top, max(right + across, left + LEAST), max(bottom + down, top + LEAST)
        return left + across, top + down, right + across, bottom + down
