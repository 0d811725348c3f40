"""What the network sees in the picture: the best guesses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.records import Guess, Prediction
from explorer.maths.sentences import shortened
from explorer.network.ablation import in_words
from explorer.ui import theme
from explorer.ui.controls.announcing import announce
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.labels import Empty, LaneLine, Text, sized
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.words import counted, plain_tip, share_in_words, took
from explorer.ui.pictures.class_colours import class_colours
from explorer.ui.pictures.feeding_tools import FeedingTools
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

    from explorer.ui.pictures.painted_page import PaintedPage
    from explorer.ui.pictures.threshold_tools import ThresholdTools

OTHERS = "The network has several ends; select another one to see what it puts out:"
GUESS = Qt.ItemDataRole.UserRole


class Guesses(QAbstractListModel):
    """The best guesses as rows of a list. A video brings others many times a second: rows are no objects of their own,
    made and thrown away each time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._top: tuple[Guess, ...] = ()

    def take(self, top: Sequence[Guess]) -> None:
        """Show these and no others."""
        self.beginResetModel()
        self._top = tuple(top)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._top)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        guess = self._top[index.row()]
        if role == GUESS:
            return guess
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{guess.label}\nclass {guess.index}: {guess.probability:.4%}{_place(guess)}")
        return f"{guess.label}, {share_in_words(guess.probability)}" if role == Qt.ItemDataRole.DisplayRole else None


class GuessBar(QStyledItemDelegate):
    """One guess: its label, its percentage at the right, and a bar under both."""

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        guess, colours = index.data(GUESS), theme.current()
        row = QRectF(option.rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized("body"))
        measure = QFontMetrics(painter.font())
        percent = share_in_words(guess.probability)
        room = measure.horizontalAdvance("100.0 %") + GRID
        line = QRectF(row.left(), row.top(), row.width(), measure.height())
        painter.setPen(QColor(colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent)
        label = measure.elidedText(guess.label, Qt.TextElideMode.ElideRight, int(row.width() - room))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
        track = QRectF(row.left(), line.bottom() + 3, row.width(), 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(track, 3, 3)
        of_class = class_colours().of(guess.index, guess.label)  # as its box is drawn
        painter.setBrush(of_class if guess.box is not None else QColor(colours.accent))
        part = min(max(guess.probability, 0.0), 1.0)
        if part * track.width() >= 0.5:
            painter.drawRoundedRect(
                QRectF(track.topLeft(), track.size()).adjusted(0, 0, (part - 1) * track.width(), 0), 3, 3
            )
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(20 * GRID, QFontMetrics(sized("body")).height() + 2 * GRID)


class PredictionsPanel(QWidget):
    """The best guesses with bars; says when random weights make them meaningless."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setAccessibleName("Predictions")
        self.setMinimumSize(20 * GRID, 12 * GRID)
        self.empty = Empty("Open a picture to see what the network sees in it.")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.list = QListView()
        self.guesses = Guesses(self.list)
        self.list.setModel(self.guesses)
        self.list.setItemDelegate(GuessBar(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        clear = self.list.palette()
        clear.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.list.setPalette(clear)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Best guesses")
        self.untrained = Text(role="problem")
        self.where = Text(role="dim", size="small", wrap=False)
        self.lane = LaneLine(session, "predict")
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID // 2)
        for widget in (self.untrained, self.list, self.where):
            inner.addWidget(widget)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(page)
        self._page = page
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        column.addWidget(FeedingTools(session))
        class_colours().changed.connect(self.list.viewport().update)
        session.prediction_changed.connect(self._show)
        session.picture_changed.connect(lambda _: self._say_empty())
        session.frame_changed.connect(lambda _: self._say_empty())
        self._show(session.prediction)

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 28 * GRID)

    @cached_property
    def painted(self) -> PaintedPage:
        """What a network painted; made when there is something for the first time."""
        from explorer.ui.pictures.painted_page import PaintedPage

        page = PaintedPage(self._session)
        self.stack.addWidget(page)
        return page

    @cached_property
    def thresholds(self) -> ThresholdTools:
        """From where on boxes count; made when there are some for the first time."""
        from explorer.ui.pictures.threshold_tools import ThresholdTools

        tools = ThresholdTools(self._session)
        column = self.layout()
        assert column is not None
        column.addWidget(tools)
        return tools

    def text(self) -> str:
        """The guesses as tab-separated lines: label, percentage."""
        top = self._session.prediction.top if self._session.prediction else ()
        return "\n".join(f"{guess.label}\t{share_in_words(guess.probability)}" for guess in top)

    def _show(self, prediction: Prediction | None) -> None:
        self._say_empty()
        self.stack.setCurrentWidget(self._page if prediction and prediction.top else self.empty)
        self.lane.clear_problem()
        boxes = prediction is not None and prediction.heads is not None
        if boxes or "thresholds" in self.__dict__:
            self.thresholds.setVisible(boxes)
        if prediction is None:
            return
        if prediction.painted is not None:
            self.painted.show_prediction(prediction, prediction.painted)
            self.stack.setCurrentWidget(self.painted)
        self.guesses.take(prediction.top)
        if prediction.top and not self._session.live:  # a video would never be silent
            announce(self.list, f"First guess: {self.guesses.index(0).data()}")
        layers, nodes = counted(len(prediction.untrained), "layer"), prediction.untrained
        self.untrained.say(f"Random weights in {layers}: the guesses mean nothing yet." if nodes else "")
        self.untrained.setToolTip(plain_tip(listed(nodes)))
        main, *others = prediction.ends or ("",)
        answer = f" · answer of {shortened(main, 30)}" if others else ""
        changed = [one.factor for one in self._session.document.project.ablations]
        without = f" · {in_words(changed)}" if changed else ""
        self.where.say(f"{prediction.device.upper()} · {took(prediction.milliseconds)}{answer}{without}")
        self.where.setToolTip(plain_tip(f"{OTHERS} {listed(others)}") if others else "")

    def _say_empty(self) -> None:
        picture = self._session.picture is not None
        ran = self._session.prediction is not None
        self.empty.sentence.say(
            "The network finds nothing in this picture that it is sure of."
            if picture and ran
            else "The best guesses are shown here once a network has run."
            if picture
            else "Open a picture to see what the network sees in it."
        )
        self.button.setHidden(picture)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self)
        menu.addAction("Copy as text", self._copy).setEnabled(bool(self.text()))
        choose_from(menu, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)


def listed(ids: Sequence[str]) -> str:
    """Some nodes by their ids, so many that they can be read."""
    more = f" and {len(ids) - 8:,} more" if len(ids) > 8 else ""
    return ", ".join(ids[:8]) + more


def _place(guess: Guess) -> str:
    """A line on where the guess is, for one that is somewhere."""
    if guess.box is None:
        return ""
    sides = zip(("left", "top", "right", "bottom"), guess.box, strict=True)
    return "\n" + ", ".join(f"{name} {round(side):,}" for name, side in sides)
