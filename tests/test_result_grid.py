"""The grid of pictures that were made: what lies under the mouse is what is meant."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.result_grid import ResultGrid, Shown

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_a_click_beside_a_picture_opens_nothing(qtbot) -> None:
    """The cell of a narrow picture among wide ones is mostly empty room."""
    grid = ResultGrid("Kept pictures", 100)
    qtbot.addWidget(grid)
    grid.resize(700, 400)
    wide, narrow = (image_of(np.full((60, width, 3), 90, np.uint8)) for width in (120, 15))
    grid.show_all([Shown("a wide one", image=wide), Shown("a narrow one", image=narrow), Shown("not there yet")])
    grid.show()
    qtbot.waitExposed(grid)
    opened = []
    grid.opened.connect(opened.append)
    room = grid.picture_room()
    for row, beside in ((0, False), (1, True), (2, False)):
        cell = grid.visualItemRect(grid.item(row))
        middle = QPoint(cell.center().x(), cell.top() + room.height() // 2)
        off = QPoint(middle.x() - room.width() // 3, middle.y())
        below = QPoint(middle.x(), cell.top() + room.height() + 16)
        outside = QPoint(cell.left() + 1, middle.y())
        assert [grid.indexAt(at).row() for at in (middle, off, below, outside)] == [
            row, -1 if beside else row, row, -1
        ]  # fmt: skip
    cell = grid.visualItemRect(grid.item(1))
    middle = QPoint(cell.center().x(), cell.top() + room.height() // 2)
    QTest.mouseClick(grid.viewport(), LEFT, NONE, middle - QPoint(room.width() // 3, 0))
    assert not opened
    QTest.mouseClick(grid.viewport(), LEFT, NONE, middle)
    assert opened == [1]
