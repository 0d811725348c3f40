"""Rows that take a further line where there is no room beside each other."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QLayoutItem, QWidget

from explorer.ui.theme import GRID

ANY = (1 << 24) - 1
"""Qt's word for no greatest size (QWIDGETSIZE_MAX), pixels."""


class Flow(QLayout):
    """Widgets from left to right, in as many lines as they need."""

    def __init__(self, spacing: int = GRID) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._placed(QRect(0, 0, width, 0), show=False)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._placed(area, show=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = self.spacing() * max(0, len(sizes) - 1)
        return QSize(sum(size.width() for size in sizes) + gaps, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """Room for the widest."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _placed(self, area: QRect, *, show: bool) -> int:
        """How high the lines are; with `show` each widget is put to its place, in the middle of its line."""
        lines: list[list[tuple[QLayoutItem, int, QSize]]] = [[]]
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x and x + size.width() > area.width():
                lines.append([])
                x = 0
            size.setWidth(max(item.minimumSize().width(), min(size.width(), area.width())))
            lines[-1].append((item, x, size))
            x += size.width() + self.spacing()
        y = 0
        for line in lines:
            high = max((size.height() for _, _, size in line), default=0)
            for item, across, size in line if show else ():
                item.setGeometry(QRect(area.topLeft() + QPoint(across, y + (high - size.height()) // 2), size))
            y += high + self.spacing()
        return max(0, y - self.spacing())


class _Row(QBoxLayout):
    """Asks for the least height while its parts are beside each other: what may shrink in one of them, as a picture,
    does so before the page scrolls. One above the other they scroll in any case, and have the height they like."""

    def hasHeightForWidth(self) -> bool:
        return True  # else Qt asks for what its parts like best

    def heightForWidth(self, width: int) -> int:
        if self.direction() == QBoxLayout.Direction.TopToBottom:
            return super().heightForWidth(width)
        items = [(item, self.stretch(i)) for i in range(self.count()) if (item := self.itemAt(i)) is not None]
        kept = sum(item.sizeHint().width() for item, share in items if not share)  # what has no share is as it likes
        room, whole = width - self.spacing() * (len(items) - 1) - kept, sum(share for _, share in items)
        return max(_least(item, room * share // whole if share else item.sizeHint().width()) for item, share in items)


def _least(item: QLayoutItem, width: int) -> int:
    """How high a part is at least; Qt asks the layout of a widget for what it likes best."""
    widget = item.widget()
    layout = item.layout() or (widget.layout() if widget is not None else None)
    if layout is not None and layout.hasHeightForWidth():
        return layout.minimumHeightForWidth(width)
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.minimumSize().height()


class Beside(QWidget):
    """Two parts beside each other, and one above the other where they have no room for that."""

    def __init__(self, first: QLayout | QWidget, second: QLayout | QWidget, *stretch: int, gap: int = GRID) -> None:
        """stretch: how the room is shared between both; without it the first takes what is left of the second."""
        super().__init__()
        self._box = _Row(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(gap)
        for part, share in zip((first, second), stretch or (1, 0), strict=True):
            if isinstance(part, QLayout):
                self._box.addLayout(part, share)
            else:
                self._box.addWidget(part, share)

    @property
    def stacked(self) -> bool:
        """Whether the one stands above the other now."""
        return self._box.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is with one above the other."""
        return QSize(max(self._widths("minimumSize")), self._box.minimumSize().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a part comes, goes, or has other words
            self._place(self.width())
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place(event.size().width())
        super().resizeEvent(event)

    def _place(self, width: int) -> None:
        wanted = [max(pair) for pair in zip(self._widths("minimumSize"), self._lines(), strict=True)]
        stacked = width < sum(wanted) + self._box.spacing()
        if stacked != self.stacked:
            ways = QBoxLayout.Direction
            self._box.setDirection(ways.TopToBottom if stacked else ways.LeftToRight)
            self.updateGeometry()

    def _parts(self) -> list[QLayoutItem]:
        return [item for i in range(self._box.count()) if (item := self._box.itemAt(i)) is not None]

    def _widths(self, measure: str) -> list[int]:
        return [getattr(part, measure)().width() for part in self._parts()]

    def _lines(self) -> list[int]:
        """Widths of the parts whose widgets should all stand in one line."""
        return [part.sizeHint().width() if isinstance(part.layout(), Flow) else 0 for part in self._parts()]
