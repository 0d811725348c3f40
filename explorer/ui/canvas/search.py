"""The box that adds a layer: type a few letters, see what each kind would make, press Enter."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.network.layer import Layer
from explorer.ui import theme
from explorer.ui.canvas.card import paint_glyph

Outlook = Callable[[type[Layer]], tuple[str, bool]]
"""What a kind would make where it is to be added, or why it cannot; and whether it can."""

KIND = Qt.ItemDataRole.UserRole
GROUPS = ("Window", "Activation", "Norm", "Join", "Dense", "Shape", "Detection", "Input")
"""Families in the order they are offered; others follow."""
ROW = 44
SIZE = QSize(400, 360)


def first_sentence(kind: type[Layer]) -> str:
    """What the kind does, in one sentence."""
    text = " ".join((kind.__doc__ or "").split())
    return re.split(r"(?<=[.:;])\s", text, maxsplit=1)[0].rstrip(".:;")


def rank(query: str, kind: type[Layer]) -> int | None:
    """How well a kind answers a query: 0 best, None not at all.

    Its name's beginning, then a part of it, then words of its help, then its letters in that order.
    """
    wanted, name = query.lower().replace(" ", ""), kind.__name__.lower()
    if name.startswith(wanted):
        return 0
    if wanted in name:
        return 1
    words = re.findall(r"\w+", f"{name} {kind.group} {(kind.__doc__ or '').split('Source:')[0]}".lower())
    if all(any(word.startswith(part) for word in words) for part in query.lower().split()):
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in wanted) else None


class SearchBox(QFrame):
    """A line to type into over a list of layer kinds. Enter chooses, Esc closes."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.host = parent
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText("Add a layer: type its name or what it does")
        self.line.setAccessibleName("Search for a layer to add")
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Layers found")
        self.list.itemClicked.connect(self._take)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        self._column.addWidget(self.line)
        self._column.addWidget(self.list)
        self._outlook: Outlook = _unknown
        self.hide()

    def open_at(self, at: QPoint, outlook: Outlook | None = None) -> None:
        """Show the box with its corner near `at`, inside the parent, its line ready for typing."""
        room = self.host.rect()
        size = SIZE.boundedTo(QSize(room.width() - 16, room.height() - 16))
        x = max(8, min(at.x(), room.width() - size.width() - 8))
        y = max(8, min(at.y(), room.height() - size.height() - 8))
        self.setGeometry(QRect(QPoint(x, y), size))
        self._outlook = outlook or _unknown
        self.line.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def shut(self) -> None:
        """Close without choosing."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.shut()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key, steps = event.key(), {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.shut()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentItem())
        elif Qt.Key(key) in steps:
            row = self.list.currentRow() + steps[Qt.Key(key)]
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
        else:
            return False
        return True

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            kind: type[Layer] = item.data(KIND)
            self.hide()
            self.chosen.emit(kind.__name__)

    def _fill(self, query: str) -> None:
        self.list.clear()
        ranked = [(rank(query, kind), kind) for kind in Layer.kinds.values() if kind.group in GROUPS]
        found = [(place, *self._outlook(kind), kind) for place, kind in ranked if place is not None]
        # Of equal answers, those that fit here come first: one Enter away from a working network.
        for _, text, fits, kind in sorted(found, key=lambda row: (row[0], not row[2], _place(row[3]))):
            item = QListWidgetItem(kind.__name__)
            item.setData(KIND, kind)
            item.setData(KIND + 1, text)
            item.setData(KIND + 2, fits)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{kind.__name__}, {first_sentence(kind)}, {text}")
            self.list.addItem(item)
        if not found:
            item = QListWidgetItem(f"No layer is called or described “{query[:30]}”")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        else:
            self.list.setCurrentRow(0)
        rows = min(self.list.count(), (SIZE.height() - self.line.sizeHint().height()) // ROW)
        margins = self.contentsMargins() + self._column.contentsMargins()
        room = self.line.sizeHint().height() + self._column.spacing() + margins.top() + margins.bottom()
        self.resize(self.width(), min(room + rows * ROW + 4, self.host.height() - 16))  # no larger than what it lists


def _place(kind: type[Layer]) -> int:
    return GROUPS.index(kind.group)


def _unknown(kind: type[Layer]) -> tuple[str, bool]:
    return "", True


class _Row(QStyledItemDelegate):
    """Family sign, kind and outlook in one line, what the kind does below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        kind = index.data(KIND)
        if kind is None:
            super().paint(painter, option, index)
            return
        colours = theme.current()
        box = QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(colours.raised))
            painter.fillRect(box.adjusted(0, 0, 3 - box.width(), 0), QColor(colours.accent))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(box.left() + 12, box.top() + 8)
        paint_glyph(painter, kind.group, colours.family(kind.group))
        painter.restore()

        line = box.adjusted(34, 4, -10, -22)
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, kind.__name__)
        line.setLeft(line.left() + QFontMetrics(bold).horizontalAdvance(kind.__name__) + 12)
        plain = option.font
        measure = QFontMetrics(plain)
        painter.setFont(plain)
        painter.setPen(QColor(colours.text if index.data(KIND + 2) else colours.problem))
        text = measure.elidedText(index.data(KIND + 1), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.setPen(QColor(colours.dim))
        below = box.adjusted(34, 22, -10, -4)
        text = measure.elidedText(first_sentence(kind), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, text)
