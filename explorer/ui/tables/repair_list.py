"""What can be done about a faulty layer: a button for each repair, with what comes out then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.layers.repairs import Repair


class RepairButton(QAbstractButton):
    """A sheet one can press: what is done, and below it what comes out."""

    def __init__(self, repair: Repair) -> None:
        super().__init__()
        self.repair = repair
        self.setText(repair.text)
        self.setAccessibleName(repair.text)
        self.setAccessibleDescription(repair.effect)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(2)
        for label in (Text(repair.text), Text(f"{repair.effect}.", "dim", "small")):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout else -1

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave, QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            marked = self.hasFocus() or self.underMouse()
            painter.setPen(QPen(QColor(colours.accent if marked else colours.outline), 1))
            painter.setBrush(QColor(colours.raised if self.isDown() else colours.card))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)


class RepairList(QWidget):
    """The repairs of one layer, best first; takes no room where there are none."""

    chosen = Signal(object)  # Repair

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[RepairButton] = []
        self._heading = Text("What helps", "dim", "small", wrap=False)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self._column.addWidget(self._heading)
        self.hide()

    def show_repairs(self, repairs: Iterable[Repair]) -> None:
        """Offer these instead of what was offered."""
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [RepairButton(repair) for repair in repairs]
        for button in self.buttons:
            button.clicked.connect(lambda _=False, repair=button.repair: self.chosen.emit(repair))
            self._column.addWidget(button)
        self.setHidden(not self.buttons)
