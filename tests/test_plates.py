"""Plates with words beside boxes: none covers another, each at its box, within the picture."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.ui.pictures.plates import Plates, room_of

sides = st.integers(-50, 350)
boxes = st.builds(QRectF, sides, sides, st.integers(1, 200), st.integers(1, 200))


@settings(max_examples=100, deadline=None)
@given(st.lists(boxes, max_size=20), st.integers(10, 120), st.integers(-40, 40), st.integers(-40, 40))
def test_plates_are_apart_and_at_their_boxes(drawn: list[QRectF], wide: int, left: int, top: int) -> None:
    plates, room = Plates(), QRectF(left, top, 320, 240)
    placed = [(box, plates.place(box, (wide, 15), room)) for box in drawn]
    lying = [plate for _, plate in placed if plate is not None]
    for number, plate in enumerate(lying):
        assert room.contains(plate)
        assert not any(plate.intersects(other) for other in lying[:number])
    for box, plate in placed:
        if not box.intersects(room):
            assert plate is None
        elif plate is not None and room.adjusted(120, 15, -120, -15).contains(box):
            assert plate.adjusted(-1, -1, 1, 1).intersects(box)


def test_the_first_is_above_its_box_and_the_next_finds_another_place() -> None:
    plates, box = Plates(), QRectF(100, 100, 80, 20)
    found = [plates.place(box, (60, 15), QRectF(0, 0, 320, 240)) for _ in range(3)]
    assert found == [QRectF(100, 85, 60, 15), QRectF(100, 120, 60, 15), None]


def test_words_have_room_only_where_they_are_seen() -> None:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        assert room_of(painter) == QRectF(0, 0, 320, 240)
        painter.setClipRect(QRectF(-100, -50, 200, 500))  # a picture that is larger than what shows it
        assert room_of(painter) == QRectF(0, 0, 100, 240)
