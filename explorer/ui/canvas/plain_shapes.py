"""Many rectangles or lines as a row of numbers, which Qt draws as they lie there.

Of a list of QRectF Python makes each one, and PySide copies each one again at every call: for thousands of cards that
takes as long as drawing them.
"""

from __future__ import annotations

from array import array
from typing import cast

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from shiboken6 import Shiboken

NUMBERS = 4
"""Of one rectangle: left, top, width, height; of one line: x and y of both ends."""


def draw_rectangles(painter: QPainter, numbers: array[float]) -> None:
    """Draw rectangles that stand in the numbers one after the other."""
    if numbers:
        first = cast(QRectF, Shiboken.wrapInstance(numbers.buffer_info()[0], QRectF))
        painter.drawRects(first, len(numbers) // NUMBERS)


def draw_lines(painter: QPainter, numbers: array[float]) -> None:
    """Draw lines that stand in the numbers one after the other."""
    if numbers:
        first = cast(QLineF, Shiboken.wrapInstance(numbers.buffer_info()[0], QLineF))
        painter.drawLines(first, len(numbers) // NUMBERS)
