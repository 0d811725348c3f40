"""What can be drawn over a picture to show how a detector came to its boxes, one layer after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from explorer.maths.box_records import Spot
from explorer.maths.boxes import Box
from explorer.maths.head_records import Heads
from explorer.maths.records import Guess
from explorer.ui import theme
from explorer.ui.controls.labels import sized
from explorer.ui.controls.words import share_in_words
from explorer.ui.pictures.class_colours import class_colours, text_on
from explorer.ui.pictures.colour_maps import opaque
from explorer.ui.pictures.plates import Plates, room_of, within

if TYPE_CHECKING:  # the window is on the screen sooner without numpy
    from explorer.maths.heads import RawBoxes
    from explorer.maths.midpoints import Claim
    from explorer.maths.suppression_steps import State, Steps

LAYERS = {
    "Found": "The boxes that count (B)",
    "Grid": "The cells of the head, and which of them owns the midpoint of each box (G)",
    "Anchors": "The anchors of the cell under the pointer, or of the picked one (A)",
    "p_c": "How sure the head is that something is there, in each cell (P)",
    "Raw": "All boxes before any threshold, from a score on (R)",
    "Steps": "Suppression, one step at a time (S)",
    "Midpoints": "Two boxes to drag: what happens when their midpoints fall into one cell (M)",
}
"""What can be switched on, and what each says of itself."""
IN_COLOUR = 400
"""Raw boxes, the best, that are drawn in the colours of their classes; under them all others as one veil."""
HEAT = 0.6
"""Opacity of the objectness."""

Place = Callable[[Box], QRectF]
"""From pixels of the picture to where they are drawn."""


@dataclass(frozen=True, eq=False)
class Scene:
    """All there is to draw.

    head: whose grid, anchors and objectness are shown; anchor: of which one, None for the most of all. cell: of which
    the anchors are shown. spot and index: the picked box, and its class. floor: the score raw boxes are above. rival:
    which of the rivals in a step of the suppression is looked at. dragged: the user's boxes, with what they ask for.
    """

    heads: Heads
    raw: RawBoxes
    guesses: tuple[Guess, ...]
    layers: frozenset[str]
    head: int = 0
    anchor: int | None = None
    cell: Spot | None = None
    spot: Spot | None = None
    index: int = 0
    floor: float = 0.0
    steps: Steps | None = None
    state: State | None = None
    rival: int = 0
    dragged: tuple[Box, ...] = ()
    claims: tuple[Claim, ...] = ()


def draw_heat(painter: QPainter, scene: Scene, place: Place) -> None:
    """p_c of each cell, as one image."""
    import numpy as np

    from explorer.maths.midpoints import objectness, whole_box

    there = objectness(scene.heads, scene.head, scene.anchor)
    levels = np.nan_to_num(np.clip(there, 0, 1) * 255).astype(np.uint8)
    pixels = np.ascontiguousarray(opaque("viridis")[levels])
    rows, columns = there.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    painter.save()
    painter.setOpacity(HEAT)
    painter.drawImage(place(whole_box(scene.heads)), image)
    painter.restore()
    _draw_legend(painter, place(whole_box(scene.heads)))


def _draw_legend(painter: QPainter, area: QRectF) -> None:
    """Which colours are 0 and 1."""
    painter.setFont(sized("small"))
    measure = QFontMetrics(painter.font())
    plate = QRectF(area.right() - 142, area.bottom() - measure.height() - 8, 138, measure.height() + 4)
    painter.fillRect(plate, QColor(theme.current().window))
    painter.setPen(QColor(theme.current().text))
    painter.drawText(plate.adjusted(4, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, "p_c 0")
    painter.drawText(plate.adjusted(4, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "1")
    colours = opaque("viridis")
    strip = QImage(colours.data, len(colours), 1, 4 * len(colours), QImage.Format.Format_RGB32)
    start = plate.left() + measure.horizontalAdvance("p_c 0") + 8
    painter.drawImage(QRectF(start, plate.top() + 4, plate.right() - 16 - start, plate.height() - 8), strip)


def draw_grid(painter: QPainter, scene: Scene, place: Place) -> None:
    """The cells of the head; those that own the midpoint of a box in its colour, with the midpoint."""
    from explorer.maths.midpoints import cell_box, whole_box

    area = place(whole_box(scene.heads))
    rows, columns = scene.heads.heads[scene.head].cells
    for tone, width in ((QColor(0, 0, 0, 90), 2.0), (QColor(255, 255, 255, 170), 1.0)):  # seen on any ground
        painter.setPen(QPen(tone, width))
        for i in range(columns + 1):
            x = area.left() + i * area.width() / columns
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for i in range(rows + 1):
            y = area.top() + i * area.height() / rows
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    for guess in reversed(scene.guesses):
        spot = scene.raw.spot(guess.place)
        if spot.head != scene.head or guess.box is None:
            continue
        colour = class_colours().of(guess.index, guess.label)
        filled = QColor(colour)
        filled.setAlpha(120)
        painter.fillRect(place(cell_box(scene.heads, spot)), filled)
        outline_twice(painter, place(cell_box(scene.heads, spot)), colour)
        draw_point(painter, place(guess.box).center(), colour)


def draw_anchors(painter: QPainter, scene: Scene, place: Place) -> None:
    """The anchors around the middle of one cell, each with its number and size."""
    from explorer.maths.midpoints import anchor_box, cell_box

    if scene.cell is None:
        return
    cell, head = scene.cell, scene.heads.heads[scene.cell.head]
    colour = QColor(theme.current().accent)
    outline_twice(painter, place(cell_box(scene.heads, cell)), colour)
    painter.setFont(sized("small"))
    measure, plates = QFontMetrics(painter.font()), Plates()
    room = room_of(painter)
    if scene.spot is not None:  # its own words come there, over all else
        size = measure.horizontalAdvance(_words(scene, scene.spot)) + 8, measure.height()
        plates.place(place(_box(scene.raw.boxes[scene.raw.place(scene.spot)].tolist())), size, room)
    # all outlines first: a line that crosses words is not read
    spots = [Spot(cell.head, number, cell.row, cell.column) for number in range(len(head.anchors))]
    around = [place(anchor_box(scene.heads, spot)) for spot in spots]
    for spot, outline in zip(spots, around, strict=True):
        outline_twice(painter, outline, colour if spot == scene.spot else QColor("white"), Qt.PenStyle.DashLine)
    for number, ((width, height), outline) in enumerate(zip(head.anchors, around, strict=True)):
        text = f"{number + 1}: {width:.3g} × {height:.3g}"
        plate = plates.place(outline, (measure.horizontalAdvance(text) + 8, measure.height()), room)
        if plate is not None:
            draw_plate(painter, plate.bottomLeft(), text, QColor("white"))


def draw_raw(painter: QPainter, scene: Scene, place: Place, size: tuple[int, int]) -> None:
    """All raw boxes above the floor; size: (height, width) of what is drawn on."""
    import numpy as np

    from explorer.maths.outlines import outlines

    kinds, scores = scene.raw.best
    shown = np.flatnonzero(scores > scene.floor)
    shown = shown[np.argsort(-scores[shown], kind="stable")]
    unit = place((0.0, 0.0, 1.0, 1.0))
    scale, corner = np.array([unit.width(), unit.height()] * 2), np.array([unit.left(), unit.top()] * 2)
    boxes = scene.raw.boxes[shown] * scale + corner
    if len(shown) > IN_COLOUR:
        counts = outlines(boxes[IN_COLOUR:], *size)
        alpha = np.minimum(counts * 40, 200).astype(np.uint32)
        pixels = np.ascontiguousarray(alpha << 24 | alpha << 16 | alpha << 8 | alpha)  # premultiplied white
        veil = QImage(pixels.data, size[1], size[0], 4 * size[1], QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(0, 0, veil)
    for kind, (left, top, right, bottom) in reversed(
        list(zip(kinds[shown[:IN_COLOUR]].tolist(), boxes[:IN_COLOUR].tolist(), strict=True))
    ):
        painter.setPen(QPen(class_colours().of(kind, scene.heads.label(kind)), 1))
        painter.drawRect(QRectF(QPointF(left, top), QPointF(right, bottom)))


def draw_picked(painter: QPainter, scene: Scene, place: Place) -> None:
    """The picked box with its cell, its anchor and its midpoint."""
    from explorer.maths.midpoints import anchor_box, cell_box

    if scene.spot is None:
        return
    box = place(_box(scene.raw.boxes[scene.raw.place(scene.spot)].tolist()))
    label = scene.heads.label(scene.index)
    colour = class_colours().of(scene.index, label)
    grid = scene.heads.heads[scene.spot.head].grid
    if grid:
        cell = place(cell_box(scene.heads, scene.spot))
        filled = QColor(colour)
        filled.setAlpha(110)
        painter.fillRect(cell, filled)
        outline_twice(painter, cell, colour)
    if "Anchors" not in scene.layers:
        anchor = place(anchor_box(scene.heads, scene.spot))
        outline_twice(painter, anchor, QColor("white"), Qt.PenStyle.DashLine)
        told = f"anchor {scene.spot.anchor + 1}" if grid else f"region {scene.spot.column + 1}"
        draw_plate(painter, anchor.bottomLeft(), told, QColor("white"), 1)
    painter.setPen(QPen(QColor("black"), 5))
    painter.drawRect(box)
    painter.setPen(QPen(colour, 3))
    painter.drawRect(box)
    draw_point(painter, box.center(), colour)
    draw_plate(painter, box.topLeft(), _words(scene, scene.spot), colour)


def _words(scene: Scene, spot: Spot) -> str:
    return f"{scene.heads.label(scene.index)} {share_in_words(scene.raw.score(spot, scene.index))}"


def draw_dragged(painter: QPainter, scene: Scene, place: Place) -> None:
    """The user's boxes, the cells that own their midpoints, and the anchors that take them."""
    from explorer.maths.midpoints import anchor_box, cell_box

    for number, (box, claim) in enumerate(zip(scene.dragged, scene.claims, strict=True)):
        colour, outline = class_colour_of_drawn(number), place(box)
        if claim.spot is not None:
            cell = place(cell_box(scene.heads, claim.spot))
            outline_twice(painter, cell, colour)
            if not claim.lost:
                outline_twice(painter, place(anchor_box(scene.heads, claim.spot)), colour, Qt.PenStyle.DashLine)
        outline_twice(painter, outline, colour)
        takes = "lost" if claim.lost else f"anchor {claim.spot.anchor + 1}" if claim.spot else "outside"
        draw_plate(painter, outline.topLeft(), f"{letter(number)} · {takes}", colour)
        draw_point(painter, outline.center(), colour)
        painter.setPen(QPen(QColor("black"), 1))
        painter.setBrush(colour)
        for corner in corners(outline):
            painter.drawRect(QRectF(corner.x() - HANDLE / 2, corner.y() - HANDLE / 2, HANDLE, HANDLE))
        painter.setBrush(Qt.BrushStyle.NoBrush)


HANDLE = 9.0
"""Pixels of the square at a corner that one drags."""


def letter(number: int) -> str:
    """What one of the user's boxes is called."""
    return chr(ord("A") + number)


def class_colour_of_drawn(number: int) -> QColor:
    """The colour of one of the user's boxes."""
    return class_colours().of(number)


def corners(outline: QRectF) -> tuple[QPointF, QPointF, QPointF, QPointF]:
    """Left top, right top, left bottom, right bottom."""
    return outline.topLeft(), outline.topRight(), outline.bottomLeft(), outline.bottomRight()


def outline_twice(
    painter: QPainter, outline: QRectF, colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> None:
    """A rectangle that is seen on any ground."""
    for tone, width in ((QColor("black"), 4), (colour, 2)):
        painter.setPen(QPen(tone, width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(outline)


def draw_point(painter: QPainter, at: QPointF, colour: QColor) -> None:
    """A midpoint."""
    painter.setPen(QPen(QColor("black"), 1.5))
    painter.setBrush(colour)
    painter.drawEllipse(at, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_plate(painter: QPainter, at: QPointF, text: str, colour: QColor, below: int = 0) -> None:
    """Words on a plate that stands on a point, or hangs below it, moved to where it is seen."""
    painter.setFont(sized("small"))
    measure = QFontMetrics(painter.font())
    plate = QRectF(at.x(), at.y() - measure.height(), measure.horizontalAdvance(text) + 8, measure.height())
    plate.translate(0, below * measure.height())
    plate.moveTo(*within(plate.left(), plate.top(), plate.size().toTuple(), room_of(painter)))
    painter.fillRect(plate, colour)
    painter.setPen(text_on(colour))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _box(sides: Sequence[float]) -> Box:
    left, top, right, bottom = sides
    return left, top, right, bottom
