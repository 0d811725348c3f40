"""Words in the window: plain labels, the sentence of an empty panel, and how far a lane's work is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.records import Progress
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

Size = Literal["small", "body", "title"]
Role = Literal["text", "dim", "problem"]

POINTS: dict[Size, int] = {"small": -1, "body": 0, "title": 4}
ROLES: dict[Role, QPalette.ColorRole] = {
    "text": QPalette.ColorRole.WindowText,
    "dim": QPalette.ColorRole.PlaceholderText,
    "problem": QPalette.ColorRole.BrightText,
}
HINT, LEAST = -1, -2
"""Where a text's hints stand among its sizes by width."""
MOST = 64
"""Sizes that a label remembers: it says the same about layers of one kind."""
WIDE = 40 * GRID
"""How wide a text that breaks would like to be at most."""
FADING = 15_000
"""Milliseconds a problem stays that has nothing to do with what is shown."""
PATIENCE = 150
"""Milliseconds a work may take before its progress is shown: quick answers must not make the panel flicker."""


def sized(size: Size) -> QFont:
    """The window's font in one of its three sizes, figures all of one width."""
    usual = QApplication.font()
    key = usual.family(), usual.pointSizeF(), usual.weight(), size
    if key not in _fonts:
        font = QFont(usual)
        font.setPointSizeF(max(6.0, font.pointSizeF() + POINTS[size]))
        if size == "title":
            font.setWeight(QFont.Weight.DemiBold)
        font.setFeature(QFont.Tag("tnum"), 1)
        _fonts[key] = font
    return QFont(_fonts[key])


_fonts: dict[tuple[object, ...], QFont] = {}
"""Fonts that were made: painting asks for them with every frame."""


def enlarge(widget: QWidget, by: float) -> None:
    """Have a widget's words written so many times as large as now."""
    font = widget.font()
    font.setPointSizeF(font.pointSizeF() * by)
    widget.setFont(font)


class Text(QLabel):
    """A label that never renders markup. With `wrap` it breaks into lines, without it ends in an ellipsis."""

    def __init__(self, text: str = "", role: Role = "text", size: Size = "body", wrap: bool = True) -> None:
        super().__init__()
        self.ellipsis = Qt.TextElideMode.ElideMiddle
        """Where a text without room has it."""
        self._said: str | None = None
        self._larger = 1.0
        self._sizes: dict[tuple[str | None, int], QSize] = {}  # by text and width: Qt breaks it anew each time
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(sized(size))
        self.setForegroundRole(ROLES[role])
        self.setWordWrap(wrap)
        self.setMinimumWidth(1)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        """Show `text`; a label without text takes no room."""
        if text == self._said and self.isHidden() == (not text):
            return
        self._said = text
        self.setText(text)
        if not text:
            self.hide()
        elif self.isHidden() and self.parentWidget() is not None:  # without one it would be a window of its own
            self.show()
        if not self.wordWrap():
            self.setToolTip(plain_tip(text))

    def grow(self, larger: float) -> None:
        """Be written so many times as large as the theme has it."""
        if larger != self._larger:
            by, self._larger = larger / self._larger, larger
            enlarge(self, by)

    def needs(self) -> int:
        """Pixels of width below which it is cut; where it breaks, none."""
        return 0 if self.wordWrap() else self.fontMetrics().horizontalAdvance(self.text())

    def heightForWidth(self, width: int) -> int:
        return self._size(width, lambda: QSize(width, super(Text, self).heightForWidth(width))).height()

    def sizeHint(self) -> QSize:
        return self._size(HINT, self._wide if self.wordWrap() else super().sizeHint)

    def minimumSizeHint(self) -> QSize:
        return self._size(LEAST, self._narrow if self.wordWrap() else super().minimumSizeHint)

    def _narrow(self) -> QSize:
        return QSize(1, self.fontMetrics().height())  # layouts ask heightForWidth for what it really takes

    def _wide(self) -> QSize:
        width = min(WIDE, self.fontMetrics().size(0, self.text()).width() + 1)
        return QSize(width, self.heightForWidth(width))

    def _size(self, key: int, measure: Callable[[], QSize]) -> QSize:
        size = self._sizes.get((self._said, key))
        if size is None:
            if len(self._sizes) >= MOST:
                self._sizes.clear()
            size = self._sizes[self._said, key] = measure()
        return size

    def changeEvent(self, event: QEvent) -> None:
        self._sizes.clear()  # another font or style
        super().changeEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Sentences can be selected: only under the mouse, for it takes Qt ten times as long to lay such text out."""
        if self.wordWrap():
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasSelectedText():
            self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.wordWrap():
            super().paintEvent(event)
            return
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self.ellipsis, room.width())
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(room, self.alignment(), text)


class Empty(QWidget):
    """What an empty panel says: a sentence on what would fill it, and the buttons that do."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = Text(sentence, "dim")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setMaximumWidth(WIDE)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GRID, 2 * GRID, GRID, 2 * GRID)
        self._column.setSpacing(GRID)
        self._column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.sentence, 100)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addStretch(1)

    def add_button(self, text: str, beside: bool = False) -> QPushButton:
        """One more button under the sentence, or beside the one before it."""
        button = QPushButton(text)
        if not beside:
            self._buttons = QHBoxLayout()
            self._buttons.setSpacing(GRID)
            self._column.insertLayout(self._column.count() - 1, self._buttons)
            self._buttons.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons.addWidget(button)
        return button

    def add_points(self, points: Mapping[str, str]) -> QWidget:
        """Below the buttons, what there will be to see: names with a sentence each."""
        table = QWidget()
        rows = QGridLayout(table)
        rows.setContentsMargins(0, 2 * GRID, 0, 0)
        rows.setHorizontalSpacing(2 * GRID)
        for number, (name, sentence) in enumerate(points.items()):
            rows.addWidget(Text(name, wrap=False), number, 0, Qt.AlignmentFlag.AlignTop)
            told = Text(sentence, "dim")
            told.setMinimumWidth(WIDE)
            rows.addWidget(told, number, 1)
        self._column.insertWidget(self._column.count() - 1, table, 0, Qt.AlignmentFlag.AlignHCenter)
        return table


class LaneLine(QWidget):
    """How far the work in one of the session's lanes is, with Cancel, or why it failed, where `tells`; else takes no
    room."""

    def __init__(self, session: Session, lane: str, tells: bool = True) -> None:
        super().__init__()
        self._session, self._lane = session, lane
        self.text = Text(role="dim", size="small", wrap=False)
        self.problem = Text(role="problem")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(GRID // 2)
        self.cancel = QToolButton(autoRaise=True)
        self.cancel.setText("Cancel")
        self.cancel.setAccessibleName("Cancel")
        self.cancel.clicked.connect(lambda: session.cancel(lane))
        row = QHBoxLayout()
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        self._work = QWidget()
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self.bar)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._work)
        outer.addWidget(self.problem)
        self._soon = QTimer(self, singleShot=True, interval=PATIENCE)
        self._soon.timeout.connect(self._appear)
        self._fade = QTimer(self, singleShot=True, interval=FADING)
        self._fade.timeout.connect(self.clear_problem)
        self._work.hide()
        self.hide()
        session.work_changed.connect(self._follow)
        if tells:
            session.failed.connect(self._fail)
        if lane in session.work:
            self._follow(lane, session.work[lane])

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * GRID, super().minimumSizeHint().height())

    def clear_problem(self) -> None:
        """The work succeeded: what went wrong before is past."""
        self.problem.say("")
        self._settle()

    def say_problem(self, sentence: str) -> None:
        """Show why something did not work, for a while or until the next success."""
        self.problem.say(sentence)
        self._fade.start()
        self._settle()

    def _follow(self, lane: str, progress: Progress | None) -> None:
        if lane != self._lane:
            return
        if progress is None:
            self._soon.stop()
            self._work.hide()
            self._settle()
            return
        self.problem.say("")  # what it was about is tried again
        self._settle()
        self.text.say(progress.text)
        self.bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self.bar.setValue(progress.done * 1000 // progress.total)
        self.bar.setAccessibleName(progress.text)
        if self._work.isHidden() and not self._soon.isActive():
            self._soon.start()

    def _appear(self) -> None:
        self._work.show()
        self._settle()

    def _fail(self, lane: str, sentence: str) -> None:
        if lane == self._lane:
            self.say_problem(sentence)
            self._fade.stop()  # what failed stays said

    def _settle(self) -> None:
        self.setHidden(self._work.isHidden() and self.problem.isHidden())
