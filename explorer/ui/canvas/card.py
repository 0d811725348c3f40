"""How a node looks: a card for each layer, drawn by plain painter calls in scene units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from explorer.maths.values import hashed_once
from explorer.network.ablation import in_words
from explorer.network.analysis import BEHIND, Facts
from explorer.network.conventions import Conventions
from explorer.network.direction import CARD, Direction
from explorer.network.layer import Layer
from explorer.network.network import Node
from explorer.ui import theme
from explorer.ui.canvas.colouring import LEVELS, Coloured, Figure
from explorer.ui.canvas.glyphs import paint_glyph
from explorer.ui.canvas.names import in_room
from explorer.ui.canvas.ports import paint_ports
from explorer.ui.controls.spoken import layer_spoken

WIDTH, HEIGHT = CARD
FACE = QRectF(0, 0, WIDTH, HEIGHT)
MARGIN = 8.0
"""Room around a card for its ports and its outline, scene units."""
BOUNDS = FACE.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
ROUND = 6.0
STRIP = 5.0
"""Width of the coloured left edge."""
BAR = 4.0
"""Height of the bar along the lower edge."""
SMALL, MEDIUM, LARGE = 11, 12, 18
"""The three type sizes, scene units."""
LEFT, RIGHT = 13.0, WIDTH - 9.0
FILM = QRectF(RIGHT - 46, 9, 46, 46)
"""Where the thumbnail of an x-ray lies; a card that has one writes only to the left of it."""

Line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


@lru_cache
def font(size: int, bold: bool = False) -> QFont:
    """The application's own type family; unhinted, so that text keeps its width at every zoom."""
    made = QFont()
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache
def metrics(size: int, bold: bool = False) -> QFontMetricsF:
    """Measures of `font(size, bold)`."""
    return QFontMetricsF(font(size, bold))


@hashed_once
@dataclass(frozen=True)
class Blank:
    """What a card shows from far away, or before its text is drawn: its kind."""

    kind: str
    group: str
    inputs: int
    broken: bool
    shade: int
    bar: int
    right: float
    sign: str = ""
    bypassed: bool = False
    direction: Direction = Direction.TOP_DOWN

    def paint(self, painter: QPainter) -> None:
        colours = theme.current()
        paint_ground(painter, self.group, self.broken, self.shade, self.bar, self.bypassed)
        end = paint_sign(painter, self.sign, self.right)
        painter.setPen(QColor(colours.dim if self.bypassed else colours.text))
        painter.setFont(font(LARGE, bold=True))
        name = metrics(LARGE, bold=True).elidedText(self.kind, Qt.TextElideMode.ElideRight, end - LEFT)
        painter.drawText(FACE.adjusted(LEFT, 0, RIGHT - WIDTH, 0), Line, name)
        paint_ports(painter, self.inputs, self.direction)


@hashed_once
@dataclass(frozen=True)
class Card(Coloured):
    """All that a node's picture depends on, so that equal cards share one pixmap."""

    kind: str
    group: str
    inputs: int  # ports on the edge where links arrive
    id: str
    brief: str
    shape: str
    parameters: int
    problem: str
    figure: Figure | None = None  # what it costs, by the measure that colours it
    right: float = RIGHT  # where its text ends
    factors: tuple[float, ...] = ()  # of the channels that are switched off or scaled
    answer: bool = False  # whether this of several ends is the network's answer
    bypassed: bool = False
    direction: Direction = Direction.TOP_DOWN

    @classmethod
    def of(
        cls, node: Node, facts: Facts, conventions: Conventions, figure: Figure | None = None, film: bool = False,
        factors: Collection[float] = (), answer: bool = False, aside: Layer | None = None,
        direction: Direction = Direction.TOP_DOWN,
    ) -> Card:  # fmt: skip
        """aside: the layer that is bypassed here."""
        layer, parameters = aside or node.layer, conventions.parameters(facts)
        shape = conventions.shape(facts.shape) if facts.shape is not None else ""
        inputs = max(1, len(node.inputs)) if layer.inputs else len(node.inputs)
        brief = " · ".join(filter(None, ("bypassed" if aside else "", "answer" if answer else "", layer.brief())))
        words = node.id, brief, shape, parameters, facts.problem, figure
        right = FILM.left() - 4 if film else RIGHT
        marks = tuple(sorted(factors)), answer, aside is not None, direction
        return cls(layer.kind, layer.group, inputs, *words, right, *marks)

    @property
    def waiting(self) -> bool:
        """Nothing is wrong here: the problem lies further up."""
        return self.problem == BEHIND

    @property
    def broken(self) -> bool:
        return bool(self.problem) and not self.waiting

    @cached_property
    def blank(self) -> Blank:
        look = self.broken, self.shade, self.bar, self.right, self.sign, self.bypassed, self.direction
        return Blank(self.kind, self.group, self.inputs, *look)

    @property
    def sign(self) -> str:
        """What its channels' factors say in few characters."""
        return in_words(self.factors)

    @property
    def spoken(self) -> str:
        """The node in one sentence, for screen readers and tool tips."""
        words = self.kind, self.id, self.shape, self.parameters, self.problem, self.factors, self.answer, self.bypassed
        coloured = self.figure is not None and self.figure.measure != "parameters" and not self.problem
        return f"{layer_spoken(*words)}, {self.figure.spoken}" if self.figure and coloured else layer_spoken(*words)

    def paint(self, painter: QPainter) -> None:
        colours = theme.current()
        text, right = QColor(colours.dim if self.bypassed else colours.text), self.right
        dim = text if self.shade else QColor(colours.dim)  # on a tint there is no room for paler words
        paint_ground(painter, self.group, self.broken, self.shade, self.bar, self.bypassed)
        paint_sign_of(painter, self.group, text if self.shade or self.bypassed else colours.family(self.group))

        x = LEFT + 18
        bold = metrics(MEDIUM, bold=True)
        kind = bold.elidedText(self.kind, Qt.TextElideMode.ElideRight, right - x)
        write(painter, QRectF(x, 5, right - x, 16), kind, text, MEDIUM, bold=True)
        x += bold.horizontalAdvance(kind) + 6
        second = self.brief
        if not second and metrics(SMALL).horizontalAdvance(self.id) > right - x:
            second = self.id  # the second line is free, and the first one too short
        elif right - x > 24:
            id = in_room(self.id, metrics(SMALL), right - x)
            write(painter, QRectF(x, 5, right - x, 16), id, dim, SMALL)

        lines = in_lines(self.problem, 3) if self.problem else []
        second = second if len(lines) < 3 else ""  # what is wrong, and its cure, are worth more than the settings
        end = paint_sign(painter, self.sign, right)
        if self.shape:
            count = self.figure.brief if self.figure else f"{self.parameters:,}"
            some = self.figure.value if self.figure else self.parameters
            faint = QColor(dim)
            faint.setAlphaF(0.55)
            ink = text if some else faint
            write(painter, QRectF(LEFT, 22, end - LEFT, 14), count, ink, SMALL, right=True)
            end -= metrics(SMALL).horizontalAdvance(count) + 8
        if second == self.id:
            second = in_room(second, metrics(SMALL), end - LEFT)
        second = metrics(SMALL).elidedText(second, Qt.TextElideMode.ElideRight, end - LEFT)
        write(painter, QRectF(LEFT, 22, end - LEFT, 14), second, dim, SMALL)

        if self.shape:
            size = fitting(self.shape, right - LEFT)
            write(painter, QRectF(LEFT, 37, right - LEFT, 24), self.shape, text, size, bold=True)
        else:
            painter.setFont(font(SMALL))
            painter.setPen(dim if self.waiting else QColor(colours.problem))
            for row, line in enumerate(lines):
                painter.drawText(QRectF(LEFT, 60 - 12 * (len(lines) - row), right - LEFT, 12), Line, line)
        paint_ports(painter, self.inputs, self.direction, self.answer)


def write(
    painter: QPainter, box: QRectF, text: str, colour: QColor, size: int, *, bold: bool = False, right: bool = False
) -> None:
    painter.setFont(font(size, bold))
    painter.setPen(colour)
    painter.drawText(box, Line | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft), text)


def fitting(text: str, room: float) -> int:
    size = LARGE
    while size > SMALL and metrics(size, bold=True).horizontalAdvance(text) > room:
        size -= 1
    return size


@lru_cache(maxsize=256)
def in_lines(text: str, most: int) -> list[str]:
    """A sentence broken between words into at most so many lines; the last one is elided."""
    measure, room = metrics(SMALL), RIGHT - LEFT
    lines, words = [""], text.split(" ")
    while words and len(lines) < most:
        longer = f"{lines[-1]} {words[0]}".strip()
        if lines[-1] and measure.horizontalAdvance(longer) > room:
            lines.append("")
        else:
            lines[-1] = longer
            words.pop(0)
    lines[-1] = " ".join([lines[-1], *words]).strip()
    return [measure.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines]


@lru_cache
def _face() -> tuple[QPainterPath, QPainterPath]:
    """A card's outline, and its coloured left edge."""
    outline, strip = QPainterPath(), QPainterPath()
    outline.addRoundedRect(FACE.adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
    strip.addRect(QRectF(0, 0, STRIP, HEIGHT))
    return outline, outline.intersected(strip)


def paint_ground(painter: QPainter, group: str, broken: bool, shade: int, bar: int, bypassed: bool = False) -> None:
    colours = theme.current()
    outline, edge = _face()
    painter.fillPath(outline, QColor(colours.canvas) if bypassed else colours.heated(shade / LEVELS))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = colours.problem if broken else colours.dim if bypassed else colours.edge
    dashes = Qt.PenStyle.DashLine if bypassed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(QColor(line), 1.5 if broken or bypassed else 1.0, dashes))
    painter.drawPath(outline)
    if not bypassed:
        painter.fillPath(edge, QColor(colours.problem) if broken else colours.family(group))
    if bar:
        painter.fillRect(QRectF(STRIP, HEIGHT - BAR, bar, BAR - 0.5), QColor(colours.bar))


def paint_sign(painter: QPainter, text: str, right: float, top: float = 21.5, high: float = 16.0) -> float:
    """A plate in the second line that ends at `right`: a struck circle, and how many channels are off or scaled.

    Returns where the room left of it ends.
    """
    if not text:
        return right
    colours, measure = theme.current(), metrics(SMALL, bold=True)
    words = measure.elidedText(text, Qt.TextElideMode.ElideRight, WIDTH / 2)
    plate = QRectF(0, top, measure.horizontalAdvance(words) + 23, high)
    plate.moveRight(right)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.text))
    painter.drawRoundedRect(plate, 8, 8)
    painter.setPen(QPen(QColor(colours.card), 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = QPointF(plate.left() + 9, plate.center().y())
    painter.drawEllipse(middle, 4, 4)
    painter.drawLine(middle + QPointF(-2.8, 2.8), middle + QPointF(2.8, -2.8))
    write(painter, plate.adjusted(16, 0, 0, 0), words, QColor(colours.card), SMALL, bold=True)
    return plate.left() - 6


def paint_sign_of(painter: QPainter, group: str, colour: QColor) -> None:
    """A small drawing of what the family does, 12 × 12: colour is not the only cue."""
    painter.save()
    painter.translate(LEFT, 7)
    paint_glyph(painter, group, colour)
    painter.restore()
