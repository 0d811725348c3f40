"""The drawing pad alone: lines, rubber, undo, and how often it shows what is drawn."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.ui.pictures.drawing_pad import SIDE, DrawingPage

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier
MIDDLE = SIDE // 2


@pytest.fixture
def page(qtbot):
    page = DrawingPage(lambda: page.property("busy") is True)
    qtbot.addWidget(page)
    page.resize(320, 340)
    page.show()
    qtbot.waitExposed(page)
    return page


def line(pad, *points, button=LEFT) -> None:
    """Draw from point to point of the sheet."""
    at = [pad.on_widget(QPoint(*point)).toPoint() for point in points]
    QTest.mousePress(pad, button, NONE, at[0])
    for point in at[1:]:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, button, NONE, at[-1])


@pytest.mark.parametrize("width", [200, 320])
def test_the_pen_has_a_way_to_go(page, width: int) -> None:
    page.resize(width, 260)
    tools = [page.thickness, page.rubber, page.invert, page.undo, page.wipe]
    pen, *others = [tool.geometry() for tool in tools]
    assert pen.width() >= 60
    assert not any(pen.intersects(other) for other in others)
    assert all(page.rect().contains(tool.geometry()) for tool in tools)


def test_erase_undo_and_clear(page) -> None:
    pad = page.pad
    empty = pad.image
    line(pad, (40, MIDDLE), (240, MIDDLE))
    one = pad.image
    ink = [one.pixelColor(MIDDLE, y).lightness() > 128 for y in range(SIDE)]
    assert abs(sum(ink) - page.thickness.value()) <= 2
    line(pad, (MIDDLE, 60), (MIDDLE, 220), button=RIGHT)
    assert pad.image.pixelColor(MIDDLE, MIDDLE).lightness() == 0
    QTest.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pad.image == one
    page.rubber.click()
    page.thickness.setValue(60)
    line(pad, (20, MIDDLE), (260, MIDDLE))
    assert pad.image == empty
    page.undo.click()
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.image == empty
    page.undo.click()
    assert pad.image == one  # wiping is taken back, too
    page.rubber.click()
    page.thickness.setValue(6)
    line(pad, (MIDDLE, MIDDLE))
    page.undo.click()
    assert pad.image == one
    for _ in range(3):
        page.undo.click()
    assert pad.image == empty
    page.invert.click()
    assert pad.image.pixelColor(0, 0).lightness() == 255


def test_the_newest_drawing_is_shown_and_not_too_often(qtbot, page) -> None:
    pad, times, shown = page.pad, [], []
    pad.drawn.connect(lambda pixels: (times.append(time.monotonic()), shown.append(pixels)))
    begun = time.monotonic()
    while time.monotonic() - begun < (0.6 if len(times) > 1 else 30):
        line(pad, (60, 60), (200, 200))
        qtbot.wait(5)
    qtbot.waitUntil(lambda: not pad._soon.isActive())
    assert len(times) > 1, "while one draws, too"
    assert min(np.diff(times)) > 0.04, "at most so many in a second"
    page.setProperty("busy", True)
    count = len(shown)
    line(pad, (20, 250), (250, 20))
    line(pad, (20, 20), (20, 250))
    qtbot.wait(200)
    assert len(shown) == count
    page.setProperty("busy", False)
    qtbot.waitUntil(lambda: len(shown) == count + 1)  # the lines made meanwhile come together
    assert pad.sent is shown[-1]
    assert shown[-1].shape == (SIDE, SIDE, 3)
    assert shown[-1][:, :, 0].tolist() == [[pad.image.pixelColor(x, y).red() for x in range(SIDE)] for y in range(SIDE)]
