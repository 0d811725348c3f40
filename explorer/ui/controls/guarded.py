"""Painting that Qt asks for amid painting of its own: an error in one part is told, and all others are painted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from PySide6.QtGui import QBrush, QColor, QPainter

P = ParamSpec("P")
DEPTH = 100
"""States that one part saves at most."""
Paint = Callable[Concatenate[Any, QPainter, P], None]


def guarded(paint: Paint[P]) -> Paint[P]:
    """For each `paint` of an item or a row, and what a view draws behind and before its items.

    What is raised there would wait in Qt's binding until Qt has come back to a method of ours. Until then the binding
    calls no other one, so the rest of that frame stays blank; and each that it looks up for the first time loses a
    reference, which ends the program a frame or two later (PySide 6.11). So it is told here, and not raised.

    What was saved and not restored by then would be the next part's to paint with. A painter does not say how much that
    is, but each state has a copy of the background, which nothing here paints with: another one marks ours.
    """

    @wraps(paint)
    def safely(self: Any, painter: QPainter, /, *rest: P.args, **words: P.kwargs) -> None:
        before = painter.background()
        painter.save()
        painter.setBackground(QBrush(QColor.fromRgb(before.color().rgb() ^ 1)))
        try:
            paint(self, painter, *rest, **words)
            painter.restore()
        except Exception as error:
            for _ in range(DEPTH):
                if painter.background() == before:
                    break
                painter.restore()
            sys.excepthook(type(error), error, error.__traceback__)

    return safely
