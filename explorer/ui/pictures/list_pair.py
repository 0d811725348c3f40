"""Two drop-down lists beside each other, or below where the longer entries would be cut off."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from explorer.ui.theme import GRID

ARROW = 36
"""Pixels of a list that are not its entry's."""
SHARES = 5, 4
"""How the width is shared where they stand beside each other."""


class ListPair(QWidget):
    """`first` and `second`; whoever changes their entries calls `fit`."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__()
        self.first, self.second = _list(first), _list(second)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID // 2)
        for column, share in enumerate(SHARES):
            self._grid.setColumnStretch(column, share)
        self._beside: bool | None = None
        self.fit()

    def fit(self) -> None:
        """Put the lists where their entries have room."""
        room = self.width() - GRID // 2
        needed = (
            _needed(one) * sum(SHARES) // share for one, share in zip((self.first, self.second), SHARES, strict=True)
        )
        beside = max(needed) <= room
        if beside is self._beside:
            return
        self._beside = beside
        self._grid.addWidget(self.first, 0, 0, 1, 1 if beside else 2)
        self._grid.addWidget(self.second, *((0, 1, 1, 1) if beside else (1, 0, 1, 2)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()


def _needed(box: QComboBox) -> int:
    """Pixels across in which none of the entries is cut off."""
    measure = box.fontMetrics()
    return max((measure.horizontalAdvance(box.itemText(i)) for i in range(box.count())), default=0) + ARROW


def _list(name: str) -> QComboBox:
    found = QComboBox()
    found.setAccessibleName(name)
    found.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    found.setMinimumContentsLength(10)
    return found
