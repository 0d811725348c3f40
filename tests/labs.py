"""Hands on a lab of the window: its sheet's points under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from explorer.ui.controls.lab import Lab
from explorer.ui.panels.labs_page import LABS, LabsPage
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def shown(qtbot, kind: type[Lab]) -> Lab:
    """A lab on its page, of a session whose worker never answers."""
    page = LabsPage(Session(Document(), IdleWorker()))
    qtbot.addWidget(page)
    page.resize(1240, 760)
    page.show()
    page.list.setCurrentRow(list(LABS.values()).index(kind))
    qtbot.waitExposed(page)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    lab = page.lab
    lab.page, lab.session = page, page._session  # else nobody keeps them
    lab.setFocus()
    return lab


def drag(sheet, *points: tuple[float, float], keys: tuple[Qt.Key, ...] = ()) -> None:
    """The mouse from point to point of the sheet, with its button down. keys: pressed before it moves a little more,
    and is let go."""
    at: list[QPoint] = [sheet.on_widget(*point).toPoint() for point in points]
    QTest.mousePress(sheet, LEFT, NONE, at[0])
    for point in at[1:]:
        QTest.mouseMove(sheet, point)
    for key in keys:
        QTest.keyClick(sheet, key)
    if keys:
        QTest.mouseMove(sheet, at[-1] + QPoint(5, 5))
    QTest.mouseRelease(sheet, LEFT, NONE, at[-1])


def press(lab: QWidget, key: Qt.Key, keys: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
    """A key in what has the focus of the lab."""
    for _ in range(times):
        QTest.keyClick(lab.window().focusWidget() or lab, key, keys)
