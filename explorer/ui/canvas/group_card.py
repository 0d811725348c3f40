"""How a closed group looks: a card that says what its layers are together, with the edges of more behind it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.maths.values import hashed_once
from explorer.network.ablation import in_words, told
from explorer.network.analysis import BEHIND
from explorer.network.conventions import Conventions
from explorer.network.digest import Digest
from explorer.network.direction import Direction
from explorer.network.network import Node
from explorer.ui import theme
from explorer.ui.canvas.card import (
    FILM,
    HEIGHT,
    LEFT,
    MEDIUM,
    RIGHT,
    ROUND,
    SMALL,
    WIDTH,
    Blank,
    Line,
    fitting,
    font,
    in_lines,
    metrics,
    paint_ground,
    paint_sign,
    paint_sign_of,
    write,
)
from explorer.ui.canvas.colouring import Coloured, Figure
from explorer.ui.canvas.names import in_room
from explorer.ui.canvas.ports import paint_ports
from explorer.ui.controls.spoken import group_spoken, kinds_in_words, shapes_in_words
from explorer.ui.controls.words import briefly, counted

FAMILY = "Group"
BEHIND_IT = (3.0, 6.0)
"""How far the edges of the cards behind it show at the right and below, scene units."""
SIGN = (20.0, 13.0)
"""Top and height of the plate for channels that are off: four lines are closer to one another than a layer's three."""


@hashed_once
@dataclass(frozen=True)
class GroupCard(Coloured):
    """All that a closed group's picture depends on, so that equal cards share one pixmap."""

    name: str
    inputs: int
    digest: Digest
    conventions: Conventions
    figure: Figure | None = None
    right: float = RIGHT
    factors: tuple[float, ...] = ()
    answer: bool = False
    direction: Direction = Direction.TOP_DOWN

    @classmethod
    def of(
        cls, name: str, digest: Digest, node: Node, conventions: Conventions, figure: Figure | None = None,
        film: bool = False, factors: Collection[float] = (), answer: bool = False,
        direction: Direction = Direction.TOP_DOWN,
    ) -> GroupCard:  # fmt: skip
        right = FILM.left() - 4 if film else RIGHT
        marks = tuple(sorted(factors)), answer, direction
        return cls(name, len(node.inputs), digest, conventions, figure, right, *marks)

    @property
    def group(self) -> str:
        """What it is coloured as where cards show their family."""
        return FAMILY

    @property
    def bypassed(self) -> bool:
        """A group is not: its layers may be."""
        return False

    @property
    def problem(self) -> str:
        return self.digest.facts.problem

    @property
    def broken(self) -> bool:
        return self.problem not in ("", BEHIND)

    @property
    def title(self) -> str:
        """Its name, and of how many equal groups it consists."""
        return f"{self.name} ×{self.digest.times}" if self.digest.times > 1 else self.name

    @cached_property
    def blank(self) -> Blank:
        look = self.broken, self.shade, self.bar, self.right, in_words(self.factors), False, self.direction
        return Blank(self.title, FAMILY, self.inputs, *look)

    @property
    def spoken(self) -> str:
        """The group in one sentence, for screen readers and tool tips."""
        said = group_spoken(self.name, self.digest, self.conventions, "closed")
        said += f", {told(self.factors)}" if self.factors else ""
        said += ", with the network's answer" if self.answer else ""
        return f"{said}, {self.figure.spoken}" if self.figure and self.figure.measure != "parameters" else said

    def paint(self, painter: QPainter) -> None:
        colours, right, digest = theme.current(), self.right, self.digest
        text = QColor(colours.text)
        dim = text if self.shade else QColor(colours.dim)
        _paint_edges(painter)
        paint_ground(painter, FAMILY, self.broken, self.shade, self.bar)
        paint_sign_of(painter, FAMILY, text if self.shade else colours.family(FAMILY))

        x, bold, kinds = LEFT + 18, metrics(MEDIUM, bold=True), kinds_in_words(digest)
        layers = counted(digest.layers, "layer")
        end = right - metrics(SMALL).horizontalAdvance(layers) - 6
        if bold.horizontalAdvance(self.title) > end - x:  # the name goes before, and the count stands below
            kinds, layers, end = f"{layers}: {kinds}", "", right
        write(painter, QRectF(x, 4, right - x, 16), layers, dim, SMALL, right=True)
        name = in_room(self.title, bold, end - x)
        write(painter, QRectF(x, 4, end - x, 16), name, text, MEDIUM, bold=True)

        end = paint_sign(painter, in_words(self.factors), right, *SIGN)
        kinds = metrics(SMALL).elidedText(kinds, Qt.TextElideMode.ElideRight, end - LEFT)
        if not self.problem:
            write(painter, QRectF(LEFT, 20, end - LEFT, 13), kinds, dim, SMALL)
            work, parameters = self._sums
            if metrics(SMALL).horizontalAdvance(f"{work}  {parameters}") > right - LEFT:
                work = work.rpartition(" ")[0]  # without its unit: beside a picture there is less room
            write(painter, QRectF(LEFT, 33, right - LEFT, 13), work, dim, SMALL)
            write(painter, QRectF(LEFT, 33, right - LEFT, 13), parameters, text, SMALL, right=True)
            shapes = shapes_in_words(digest, self.conventions)
            if metrics(SMALL).horizontalAdvance(shapes) > right - LEFT:  # what leaves is worth more than what enters
                shapes = f"→ {shapes.rpartition(' → ')[2]}"
            size = min(13, fitting(shapes, right - LEFT))
            bold_fits = metrics(size, bold=True).horizontalAdvance(shapes) <= right - LEFT
            shapes = metrics(size, bold_fits).elidedText(shapes, Qt.TextElideMode.ElideMiddle, right - LEFT)
            write(painter, QRectF(LEFT, 45, right - LEFT, 15), shapes, text, size, bold=bold_fits)
        else:
            painter.setFont(font(SMALL))
            painter.setPen(QColor(colours.problem) if self.broken else dim)
            for row, line in enumerate(lines := in_lines(self.problem, 3)):
                painter.drawText(QRectF(LEFT, 60 - 12 * (len(lines) - row), right - LEFT, 12), Line, line)
        paint_ports(painter, self.inputs, self.direction, self.answer)

    @property
    def _sums(self) -> tuple[str, str]:
        """What it costs, by the measure that colours it or else in work; and its parameters, as on a layer's card."""
        facts, conventions, figure = self.digest.facts, self.conventions, self.figure
        other = figure is not None and figure.measure not in ("parameters", "MACs", "FLOPs")
        work = f"{briefly(conventions.cost(facts))} {conventions.work}s"
        return figure.brief if figure and other else work, briefly(conventions.parameters(facts))


def _paint_edges(painter: QPainter) -> None:
    colours = theme.current()
    painter.setBrush(QColor(colours.card))
    painter.setPen(QPen(QColor(colours.edge), 1))
    for offset in reversed(BEHIND_IT):
        box = QRectF(offset, offset, WIDTH - 1, HEIGHT - 1).adjusted(offset / 2, 0, -offset / 2, 0)
        box.translate(-offset, 0)
        painter.drawRoundedRect(box, ROUND, ROUND)
