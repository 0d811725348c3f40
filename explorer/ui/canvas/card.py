"""How a node looks: a card for each layer, drawn by plain painter calls in scene units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from explorer.network.analysis import BEHIND, Facts
from explorer.network.conventions import Conventions
from explorer.network.layout import CARD
from explorer.network.network import Node
from explorer.network.routes import inlet, outlet
from explorer.ui import theme
from explorer.ui.canvas.colouring import LEVELS, Figure

WIDTH, HEIGHT = CARD
FACE = QRectF(0, 0, WIDTH, HEIGHT)
MARGIN = 8.0
"""Room around a card for its ports and its outline, scene units."""
BOUNDS = FACE.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
PORT = 4.0
"""Radius of a port."""
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

    def paint(self, painter: QPainter) -> None:
        _ground(painter, self.group, self.broken, self.shade, self.bar)
        painter.setPen(QColor(theme.current().text))
        painter.setFont(font(LARGE, bold=True))
        name = metrics(LARGE, bold=True).elidedText(self.kind, Qt.TextElideMode.ElideRight, self.right - LEFT)
        painter.drawText(FACE.adjusted(LEFT, 0, RIGHT - WIDTH, 0), Line, name)
        _ports(painter, self.inputs)


@dataclass(frozen=True)
class Card:
    """All that a node's picture depends on, so that equal cards share one pixmap."""

    kind: str
    group: str
    inputs: int  # ports on the upper edge
    id: str
    brief: str
    shape: str
    parameters: int
    problem: str
    figure: Figure | None = None  # what it costs, by the measure that colours it
    right: float = RIGHT  # where its text ends

    @classmethod
    def of(
        cls, node: Node, facts: Facts, conventions: Conventions, figure: Figure | None = None, film: bool = False
    ) -> Card:
        layer, parameters = node.layer, conventions.parameters(facts)
        shape = conventions.shape(facts.shape) if facts.shape is not None else ""
        inputs = max(1, len(node.inputs)) if layer.inputs else len(node.inputs)
        words = node.id, layer.brief(), shape, parameters, facts.problem, figure
        return cls(layer.kind, layer.group, inputs, *words, FILM.left() - 4 if film else RIGHT)

    @property
    def waiting(self) -> bool:
        """Nothing is wrong here: the problem lies further up."""
        return self.problem == BEHIND

    @property
    def broken(self) -> bool:
        return bool(self.problem) and not self.waiting

    @cached_property
    def blank(self) -> Blank:
        return Blank(self.kind, self.group, self.inputs, self.broken, self.shade, self.bar, self.right)

    @property
    def shade(self) -> int:
        """How much it costs, of LEVELS."""
        return self.figure.shade if self.figure else 0

    @property
    def bar(self) -> int:
        """Its share of what all cost, scene units."""
        return self.figure.bar if self.figure else 0

    @property
    def spoken(self) -> str:
        """The node in one sentence, for screen readers and tool tips."""
        if self.problem:
            return f"{self.kind} {self.id}, {self.problem}"
        said = f"{self.kind} {self.id}, output {self.shape}, {self.parameters:,} parameters"
        return f"{said}, {self.figure.spoken}" if self.figure and self.figure.measure != "parameters" else said

    def paint(self, painter: QPainter) -> None:
        colours = theme.current()
        text, right = QColor(colours.text), self.right
        dim = text if self.shade else QColor(colours.dim)  # on a tint there is no room for paler words
        _ground(painter, self.group, self.broken, self.shade, self.bar)
        _glyph(painter, self.group, text if self.shade else colours.family(self.group))

        x = LEFT + 18
        bold = metrics(MEDIUM, bold=True)
        kind = bold.elidedText(self.kind, Qt.TextElideMode.ElideRight, right - x)
        _write(painter, QRectF(x, 5, right - x, 16), kind, text, MEDIUM, bold=True)
        x += bold.horizontalAdvance(kind) + 6
        second = self.brief
        if not second and metrics(SMALL).horizontalAdvance(self.id) > right - x:
            second = self.id  # the second line is free, and the first one too short
        elif right - x > 24:
            id = metrics(SMALL).elidedText(self.id, Qt.TextElideMode.ElideMiddle, right - x)
            _write(painter, QRectF(x, 5, right - x, 16), id, dim, SMALL)

        lines = _broken(self.problem, 3) if self.problem else []
        if len(lines) == 3:
            second = ""  # what is wrong, and its cure, are worth more than the settings
        end = right
        if self.shape:
            count = self.figure.brief if self.figure else f"{self.parameters:,}"
            some = self.figure.value if self.figure else self.parameters
            faint = QColor(dim)
            faint.setAlphaF(0.55)
            _write(
                painter,
                QRectF(LEFT, 22, right - LEFT, 14),
                count,
                text if some else faint,
                SMALL,
                right=True,
            )
            end -= metrics(SMALL).horizontalAdvance(count) + 8
        second = metrics(SMALL).elidedText(second, Qt.TextElideMode.ElideRight, end - LEFT)
        _write(painter, QRectF(LEFT, 22, end - LEFT, 14), second, dim, SMALL)

        if self.shape:
            size = _fitting(self.shape, right - LEFT)
            _write(painter, QRectF(LEFT, 37, right - LEFT, 24), self.shape, text, size, bold=True)
        else:
            painter.setFont(font(SMALL))
            painter.setPen(dim if self.waiting else QColor(colours.problem))
            for row, line in enumerate(lines):
                painter.drawText(QRectF(LEFT, 60 - 12 * (len(lines) - row), right - LEFT, 12), Line, line)
        _ports(painter, self.inputs)


def _write(
    painter: QPainter, box: QRectF, text: str, colour: QColor, size: int, *, bold: bool = False, right: bool = False
) -> None:
    painter.setFont(font(size, bold))
    painter.setPen(colour)
    painter.drawText(box, Line | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft), text)


def _fitting(text: str, room: float) -> int:
    size = LARGE
    while size > SMALL and metrics(size, bold=True).horizontalAdvance(text) > room:
        size -= 1
    return size


@lru_cache(maxsize=256)
def _broken(text: str, most: int) -> list[str]:
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


def _ground(painter: QPainter, group: str, broken: bool, shade: int, bar: int) -> None:
    colours = theme.current()
    outline, edge = _face()
    painter.fillPath(outline, colours.heated(shade / LEVELS))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.problem if broken else colours.edge), 1.5 if broken else 1.0))
    painter.drawPath(outline)
    painter.fillPath(edge, QColor(colours.problem) if broken else colours.family(group))
    if bar:
        painter.fillRect(QRectF(STRIP, HEIGHT - BAR, bar, BAR - 0.5), QColor(colours.bar))


def _ports(painter: QPainter, inputs: int) -> None:
    colours = theme.current()
    painter.setPen(QPen(QColor(colours.link), 1.25))
    painter.setBrush(QColor(colours.card))
    for index in range(inputs):
        painter.drawEllipse(QPointF(*inlet((0.0, 0.0), index, inputs)), PORT - 1, PORT - 1)
    painter.setBrush(QColor(colours.link))
    painter.drawEllipse(QPointF(*outlet((0.0, 0.0))), PORT - 1.5, PORT - 1.5)


def _glyph(painter: QPainter, group: str, colour: QColor) -> None:
    """A small drawing of what the family does, 12 × 12: colour is not the only cue."""
    painter.save()
    painter.translate(LEFT, 7)
    paint_glyph(painter, group, colour)
    painter.restore()


def paint_glyph(painter: QPainter, group: str, colour: QColor) -> None:
    """The family's sign in the square from (0, 0) to (12, 12)."""
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if group == "Window":  # a window on an image
        painter.drawRect(QRectF(0.5, 0.5, 11, 11))
        painter.fillRect(QRectF(2.5, 2.5, 5, 5), colour)
    elif group == "Activation":  # a hinge
        painter.drawPolyline([QPointF(0.5, 9.5), QPointF(5.5, 9.5), QPointF(11, 1.5)])
    elif group == "Norm":  # a bell
        bell = QPainterPath(QPointF(0.5, 10.5))
        bell.cubicTo(4.5, 10.5, 3.5, 1.5, 6, 1.5)
        bell.cubicTo(8.5, 1.5, 7.5, 10.5, 11.5, 10.5)
        painter.drawPath(bell)
    elif group == "Join":  # two into one
        painter.drawPolyline([QPointF(1, 1), QPointF(6, 6.5), QPointF(11, 1)])
        painter.drawLine(QLineF(6, 6.5, 6, 11.5))
    elif group == "Dense":  # all to all
        for a in (1.5, 10.5):
            for b in (1.5, 10.5):
                painter.drawLine(QLineF(a, 1.5, b, 10.5))
    elif group == "Shape":  # an image laid out in a row
        painter.drawRect(QRectF(3.5, 0.5, 5, 5))
        painter.drawLine(QLineF(0.5, 10, 11.5, 10))
    elif group == "Input":  # a picture
        painter.drawRect(QRectF(0.5, 1.5, 11, 9))
        painter.drawPolyline([QPointF(1.5, 9.5), QPointF(4.5, 5.5), QPointF(7, 8), QPointF(8.5, 6.5), QPointF(11, 9)])
    elif group == "Detection":  # a box's corners, and its middle
        for x in (0.5, 11.5):
            for y in (0.5, 11.5):
                painter.drawPolyline([QPointF(x, y + (6 - y) * 0.55), QPointF(x, y), QPointF(x + (6 - x) * 0.55, y)])
        painter.drawPoint(QPointF(6, 6))
    else:
        painter.drawEllipse(QRectF(1.5, 1.5, 9, 9))
