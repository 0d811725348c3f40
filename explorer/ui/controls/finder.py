"""A box over the window to find something by typing: a line above a list, Enter takes, Esc closes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
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

from explorer.ui import theme
from explorer.ui.controls.announcing import focus_row
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.turns import Parts, Turns

FOUND = Qt.ItemDataRole.UserRole
ROW = 44
MOST = 200
"""Rows listed at once: who wants another one types on."""
SIZE = QSize(400, 360)
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}


def _no_sign(painter: QPainter) -> None:
    pass


@dataclass(frozen=True, eq=False)
class Found:
    """One row: its title, what is told of it below, what stands at its right side, and what Enter does.

    fits: whether it can be taken as things are; `aside` says why not, in the colour of problems. sign: draws 14 x 14
    pixels before the title.
    """

    title: str
    told: str
    do: Callable[[], object]
    aside: str = ""
    fits: bool = True
    sign: Callable[[QPainter], None] = _no_sign


Answer = list[Found] | Generator[None, None, list[Found]]
"""The best first; or what finds them part by part, each in some milliseconds."""
Source = Callable[[str], Answer]
"""What answers a query."""


COVERED = "covered"
"""The property of a part of the window that says how many pixels at its top a notice lies on."""


def covered(part: QWidget | None) -> int:
    """Pixels at the top of a part of the window that lie under a notice, see COVERED."""
    while part is not None and part.property(COVERED) is None:
        part = part.parentWidget()
    return int(part.property(COVERED)) if part is not None else 0


class Finder(QFrame):
    """A line to type into over a list. `host` is the widget it lies on; what had the focus has it again afterwards."""

    most = SIZE
    """How large it is where there is room."""

    def __init__(self, host: QWidget, prompt: str, name: str, nothing: str) -> None:
        """prompt: what can be typed. name: of the list, for screen readers. nothing: said before what found nothing."""
        super().__init__(host)
        self.host, self._nothing = host, nothing
        self.setFrameShape(QFrame.Shape.Box)  # painted here: Fusion's own is not seen on a dark window
        self.setAutoFillBackground(True)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(name)
        self.list.itemClicked.connect(self._take)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        self._column.addWidget(self.line)
        self._column.addWidget(self.list)
        self._source: Source = lambda _: []
        self._turns = Turns(self)
        self._at: QPoint | None = None
        self._before: QWidget | None = None
        self.hide()

    def open(self, source: Source, at: QPoint | None = None) -> None:
        """Show the box with its corner near `at`, inside the host, or in the middle near its top."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self._at = at
        self.host.installEventFilter(self)  # the window may change its size meanwhile
        self.lie()
        self._source = source
        self.line.clear()
        self.list.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.line.setFocus()
        focus_row(self.list, self.list.currentRow())

    def lie(self) -> None:
        """Take its place, below a notice."""
        room = self.host.rect()
        room.setTop(covered(self.host))
        size = self.most.boundedTo(QSize(room.width() - 16, room.height() - 16))
        at = self._at or QPoint((room.width() - size.width()) // 2, room.top() + 5 * theme.GRID)
        x = max(8, min(at.x(), room.width() - size.width() - 8))
        y = max(room.top() + 8, min(at.y(), room.bottom() - size.height() - 7))
        self.setGeometry(QRect(QPoint(x, y), size))

    def shut(self) -> None:
        """Close without choosing."""
        self._turns.drop(self)
        if self.isVisible():
            had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
            self.hide()
            self.host.removeEventFilter(self)
            if had_focus and self._before is not None:
                self._before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.host:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self.lie()
                self._fit()
            return False
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(self.window().focusWidget() or self.window()):
            self.shut()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.shut()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._turns.finish(self)  # what is meant is the best answer to what stands in the line
            self._take(self.list.currentItem())
        elif key in STEPS:
            self._turns.finish(self)
            row = self.list.currentRow() + STEPS[key]
            self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
            focus_row(self.list, self.list.currentRow())
        else:
            return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.current().outline))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _take(self, item: QListWidgetItem | None) -> None:
        found: Found | None = item.data(FOUND) if item is not None else None
        if found is not None:
            self.shut()
            found.do()

    def _fill(self, query: str) -> None:
        """List what answers the query, as soon as it is found; till then what answered the one before."""
        self._turns.drop(self)
        answer = self._source(query)
        if isinstance(answer, list):
            self._list(query, answer)
        else:
            self._turns.take(self, self._listing(query, answer))

    def _listing(self, query: str, answer: Generator[None, None, list[Found]]) -> Parts:
        self._list(query, (yield from answer))

    def _list(self, query: str, found: list[Found]) -> None:
        self.list.clear()
        for row in found[:MOST]:
            item = QListWidgetItem(row.title)
            item.setData(FOUND, row)
            spoken = ", ".join(filter(None, (row.title, row.told, row.aside)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.list.addItem(item)
        if not found:
            item = QListWidgetItem(f"{self._nothing} “{query[:30]}”" if query else self._nothing)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        else:
            self.list.setCurrentRow(0)
        if self.isVisible():
            focus_row(self.list, max(0, self.list.currentRow()))
        self._fit()

    def _fit(self) -> None:
        """Be no larger than what is listed."""
        rows = min(self.list.count(), (self.most.height() - self.line.sizeHint().height()) // ROW)
        margins = self.contentsMargins() + self._column.contentsMargins()
        room = self.line.sizeHint().height() + self._column.spacing() + margins.top() + margins.bottom()
        self.resize(self.width(), min(room + rows * ROW + 4, self.host.height() - 16))


class _Row(QStyledItemDelegate):
    """Sign, title and what stands aside in one line, what is told below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, ROW)

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Found | None = index.data(FOUND)
        if row is None:
            super().paint(painter, option, index)
            return
        colours = theme.current()
        box = QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(box, QColor(colours.raised))
            painter.fillRect(box.adjusted(0, 0, 3 - box.width(), 0), QColor(colours.accent))
        left = 12
        if row.sign is not _no_sign:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(box.left() + 12, box.top() + 8)
            row.sign(painter)
            painter.restore()
            left = 34
        bold = QFont(option.font)
        bold.setBold(True)
        measure, wide = QFontMetrics(option.font), QFontMetrics(bold)
        line = box.adjusted(left, 4, -10, -22 if row.told else -4)
        painter.setFont(bold)
        painter.setPen(QColor(colours.text if row.fits or not row.aside else colours.dim))
        beside = min(measure.horizontalAdvance(row.aside) + 12, line.width() // 2) if row.aside else 0
        title = wide.elidedText(row.title, Qt.TextElideMode.ElideMiddle, line.width() - beside)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
        line.setLeft(line.left() + wide.horizontalAdvance(title) + 12)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text if row.fits else colours.problem))
        text = measure.elidedText(row.aside, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.setPen(QColor(colours.dim))
        below = box.adjusted(left, 22, -10, -4)
        text = measure.elidedText(row.told, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, text)
