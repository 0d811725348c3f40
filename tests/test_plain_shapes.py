"""Rows of numbers drawn as rectangles and lines, against Qt's own lists of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.ui.canvas.plain_shapes import draw_lines, draw_rectangles

four = st.tuples(*[st.floats(0, 60, allow_subnormal=False)] * 4)


def drawn(draw: Callable[[QPainter], None]) -> bytes:
    """The pixels of a small picture."""
    image = QImage(64, 64, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("navy"), 1.5))
        painter.setBrush(QColor(200, 80, 0, 90))
        draw(painter)
    return bytes(image.constBits())


@settings(max_examples=40, deadline=None)
@given(shapes=st.lists(four, max_size=12))
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (draw_rectangles, lambda painter, shapes: painter.drawRects([QRectF(*each) for each in shapes])),
        (draw_lines, lambda painter, shapes: painter.drawLines([QLineF(*each) for each in shapes])),
    ],
)
def test_they_are_drawn_as_a_list_of_them(
    ours: Callable[..., None], theirs: Callable[..., None], shapes: list[tuple[float, ...]], qapp: object
) -> None:
    numbers = array("d", [value for each in shapes for value in each])
    assert drawn(lambda painter: ours(painter, numbers)) == drawn(lambda painter: theirs(painter, shapes))
    assert drawn(lambda painter: ours(painter, numbers[:4])) == drawn(lambda painter: theirs(painter, shapes[:1]))
