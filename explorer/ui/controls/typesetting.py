"""Expressions as boxes of mathematics: fractions, floor brackets, subscripts; letters and numbers in one measure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from explorer.maths.expressions import STRENGTH, STRONGEST, Expression, grouped, put_in, strength, tightness
from explorer.maths.values import dataclass
from explorer.network.symbol import Constant

LETTER = r"(?P<base>[^_′⁽]+)(?:_(?P<sub>[^′⁽]+))?(?P<sup>.*)"
RAISED = str.maketrans("⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹", "()0123456789")
MOST = 4096
"""Texts whose widths are kept."""
LETTERS, NUMBERS = 0, 1
"""Which of its two readings a box draws."""

Draw = Callable[[QPainter, float, float, int], None]
"""Draws with the baseline's left end at (x, y), in letters or in numbers."""


@dataclass(frozen=True)
class Box:
    """A piece of formula: its width, its reach above and below the baseline, and how to draw it."""

    width: float
    up: float
    down: float
    draw: Draw


@dataclass(frozen=True)
class Mark:
    """A letter, or a constant and why it is there, and where it is drawn."""

    text: str
    why: str
    area: QRectF


class Face:
    """A font, and how wide texts are in it: asking Qt takes as long as drawing, and formulas repeat themselves."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, QFontMetricsF(font)
        self._widths: dict[str, float] = {}

    def width(self, text: str) -> float:
        """Pixels from the text's start to where the next one would start."""
        known = self._widths.get(text)
        if known is None:
            if len(self._widths) >= MOST:
                self._widths.clear()
            known = self._widths[text] = self.metrics.horizontalAdvance(text)
        return known


class Typesetter:
    """Turns expressions into boxes; both readings of a box share one width, so terms stand under each other."""

    def __init__(self, font: QFont) -> None:
        italic, small, bold = QFont(font), QFont(font), QFont(font)
        italic.setItalic(True)
        small.setPointSizeF(max(6.0, font.pointSizeF() * 0.78))
        bold.setWeight(QFont.Weight.DemiBold)
        self.noting: list[Mark] | None = None  # what is drawn where, while there is a list
        self.plain, self.italic, self.small, self.bold = Face(font), Face(italic), Face(small), Face(bold)
        metrics = self.plain.metrics
        self.height, self.capital, self.descent = metrics.height(), metrics.capHeight(), metrics.descent()
        self.axis = metrics.xHeight() / 2
        """Height of fraction bars and of the middle of brackets above the baseline."""

    def chain(self, x: object) -> list[Box]:
        """The terms of the outermost sum or product, each behind the first with its sign: lines break between them."""
        if not isinstance(x, Expression) or x.sign not in ("+", "−", "·"):
            return [self.expression(x)]
        a, b = x.parts
        same = isinstance(a, Expression) and (a.sign == x.sign or strength(a) == STRENGTH[x.sign])
        first = self.chain(a) if same else [self._fenced_if(a, STRENGTH[x.sign])]
        return [*first, self.row(self._sign(x.sign), self._fenced_if(b, tightness(x.sign)))]

    def expression(self, x: object) -> Box:
        """The box of any expression."""
        if not isinstance(x, Expression):
            box = self.text(grouped(x))
            return self._noted(box, grouped(x), x.why) if isinstance(x, Constant) else box
        if not x.sign:
            return self.leaf(x.letter, grouped(x) if isinstance(x, int) else put_in(x))
        if x.sign in ("/", "⌊⌋", "⌈⌉"):
            a, b = x.parts
            fraction = self._fraction(self.expression(a), self.expression(b))
            return fraction if x.sign == "/" else self._fenced(fraction, *x.sign)
        if x.sign == "^":
            a, b = x.parts
            return self._raised(self._fenced_if(a, STRONGEST), self.expression(b))
        if x.sign not in STRENGTH:
            return self.row(self.text(x.sign), self._fenced(self._listed(x.parts), "(", ")"))
        return self.row(*self.chain(x))

    def _listed(self, parts: Sequence[object]) -> Box:
        first, *rest = (self._alone(part) for part in parts)
        return self.row(first, *(box for part in rest for box in (self.text(", "), part)))

    def _alone(self, x: object) -> Box:
        """What stands in brackets already: a number below zero needs none of its own."""
        leaf = isinstance(x, Expression) and not x.sign
        return self.leaf(x.letter, grouped(x)) if leaf else self.expression(x)  # type: ignore[attr-defined]

    def _raised(self, base: Box, exponent: Box) -> Box:
        rise = max(self.capital * 0.55, base.up - exponent.up * 0.5)

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            base.draw(painter, x, y, reading)
            exponent.draw(painter, x + base.width, y - rise, reading)

        return Box(base.width + exponent.width, max(base.up, rise + exponent.up), base.down, draw)

    def _fenced_if(self, x: object, needed: int) -> Box:
        """With brackets where the text would have them; a fraction's bar already holds it together."""
        box = self.expression(x)
        loose = isinstance(x, Expression) and x.sign != "/" and strength(x) < needed
        return self._fenced(box, "(", ")") if loose else box

    def text(self, text: str, face: Face | None = None) -> Box:
        """Upright text, the same in both readings."""
        face = face or self.plain

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            painter.setFont(face.font)
            painter.drawText(QPointF(x, y), text)

        return Box(face.width(text), self.capital, self.descent * 0.6, draw)

    def name(self, name: str) -> Box:
        """What a formula gives: a letter with its index below, as formulas have it, or words. Nobody asks for it."""
        return self._leaf(name, "") if "_" in name and " " not in name else self.text(name)

    def leaf(self, letter: str, number: str) -> Box:
        """A letter with its subscript and superscript, over its number."""
        return self._noted(self._leaf(letter, number), letter)

    def _leaf(self, letter: str, number: str) -> Box:
        found = re.fullmatch(LETTER, letter)
        base, sub, sup = (found["base"], found["sub"] or "", found["sup"]) if found else (letter, "", "")
        primes = sup.count("′") * "′"
        sup = sup.replace("′", "").translate(RAISED)
        plain, italic, small = self.plain, self.italic, self.small
        body = italic.width(base) + 1
        behind = max(small.width(sub), plain.width(primes)) + small.width(sup)
        width = max(body + behind, plain.width(number))
        low, high = self.descent * 0.9, self.capital * 0.55

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            if reading == NUMBERS:
                painter.setFont(plain.font)
                painter.drawText(QPointF(x + (width - plain.width(number)) / 2, y), number)
                return
            x += (width - body - behind) / 2
            for face, dx, dy, text in (
                (italic, 0.0, 0.0, base),
                (plain, body, 0.0, primes),
                (small, body, low, sub),
                (small, body + plain.width(primes), -high, sup),
            ):
                if text:
                    painter.setFont(face.font)
                    painter.drawText(QPointF(x + dx, y + dy), text)

        up = self.capital + (small.metrics.capHeight() * 0.6 if sup else 0)
        return Box(width, up, (low if sub else 0) + small.metrics.descent() * 0.6, draw)

    def _noted(self, box: Box, text: str, why: str = "") -> Box:
        """The same box, which says where it is drawn."""

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            if self.noting is not None:
                area = QRectF(x, y - self.height + self.descent, box.width, self.height)
                self.noting.append(Mark(text, why, painter.transform().mapRect(area)))
            box.draw(painter, x, y, reading)

        return replace(box, draw=draw)

    def _sign(self, sign: str) -> Box:
        return self.text(f"\u2009{sign}\u2009" if sign == "·" else f" {sign} ")

    def row(self, *boxes: Box) -> Box:
        """Boxes on one baseline, one behind the other."""

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            for box in boxes:
                box.draw(painter, x, y, reading)
                x += box.width

        return Box(sum(b.width for b in boxes), max(b.up for b in boxes), max(b.down for b in boxes), draw)

    def _fraction(self, top: Box, bottom: Box) -> Box:
        width = max(top.width, bottom.width) + 4
        gap = 3.0

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            bar = y - self.axis
            painter.setPen(QPen(painter.pen().color(), 1.2))
            painter.drawLine(QPointF(x, bar), QPointF(x + width, bar))
            top.draw(painter, x + (width - top.width) / 2, bar - gap - top.down, reading)
            bottom.draw(painter, x + (width - bottom.width) / 2, bar + gap + bottom.up, reading)

        up = self.axis + gap + top.down + top.up
        return Box(width, up, gap + bottom.up + bottom.down - self.axis, draw)

    def _fenced(self, inner: Box, left: str, right: str) -> Box:
        """`inner` between round, floor or ceiling brackets as tall as itself."""
        arm = 4.0 if left != "(" else 3.5
        side = arm + 3

        def draw(painter: QPainter, x: float, y: float, reading: int) -> None:
            inner.draw(painter, x + side, y, reading)
            top, bottom = y - inner.up - 2, y + inner.down + 2
            painter.setPen(QPen(painter.pen().color(), 1.2))
            for at, way in ((x + 1.5, arm), (x + 2 * side + inner.width - 1.5, -arm)):
                if left == "(":
                    middle = QPointF(at, (top + bottom) / 2)
                    painter.drawPolyline(_arc(QPointF(at + way, top), middle, QPointF(at + way, bottom)))
                else:
                    end = bottom if left == "⌊" else top
                    painter.drawPolyline([QPointF(at, top + bottom - end), QPointF(at, end), QPointF(at + way, end)])

        return Box(inner.width + 2 * side, inner.up + 2, inner.down + 2, draw)


def _arc(top: QPointF, middle: QPointF, bottom: QPointF) -> list[QPointF]:
    """A parabola from top to bottom whose vertex is `middle`."""
    height = (bottom.y() - top.y()) / 2
    steps = [i / 8 - 1 for i in range(17)]
    return [QPointF(middle.x() + (top.x() - middle.x()) * t * t, middle.y() + height * t) for t in steps]
