"""The classes of a detector: which of them count, and in which colour each is drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.class_colours import HUE_NAMES, HUES
from explorer.maths.head_records import Heads
from explorer.ui.controls.asking import asked_colour
from explorer.ui.controls.labels import Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.words import counted
from explorer.ui.pictures.class_colours import class_colour, class_colours, swatch
from explorer.ui.theme import GRID

INDEX = Qt.ItemDataRole.UserRole


class ClassList(QWidget):
    """A tick for each class that counts; a double click or Enter chooses its colour."""

    hidden_changed = Signal(object)  # frozenset[int]

    def __init__(self) -> None:
        super().__init__()
        self._labels: tuple[str, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self._quiet = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a class")
        self.search.setAccessibleName("Find a class")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Classes that count")
        self.list.setUniformItemSizes(True)
        self.list.setToolTip("Space: count it or not. Enter or a double click: choose its colour.")
        self.all, self.none, self.found = QPushButton("All"), QPushButton("None"), QPushButton("Found")
        self.found.setToolTip("Count only the classes that were found in this picture")
        self.said = Text(role="dim", size="small")
        buttons = QHBoxLayout()
        for button in (self.all, self.none, self.found):
            button.setMinimumWidth(5 * GRID)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.said)
        column.addLayout(buttons)
        self._present: frozenset[int] = frozenset()
        self.search.textChanged.connect(self._filter)
        self.list.itemChanged.connect(self._tick)
        self.list.itemDoubleClicked.connect(self._choose)
        self.all.clicked.connect(lambda: self._hide(frozenset()))
        self.none.clicked.connect(lambda: self._hide(frozenset(range(len(self._labels)))))
        self.found.clicked.connect(lambda: self._hide(frozenset(range(len(self._labels))) - self._present))
        class_colours().changed.connect(self._paint)

    def show_classes(self, heads: Heads | None, hidden: frozenset[int], found: frozenset[int]) -> None:
        """Show the classes of some heads; found: those in the picture."""
        labels = tuple(map(heads.label, range(heads.classes))) if heads is not None else ()
        self._present = found
        self.found.setEnabled(bool(found))
        if (labels, hidden) == (self._labels, self._hidden):
            return
        fresh, self._labels, self._hidden, self._quiet = labels != self._labels, labels, hidden, True
        if fresh:
            self.list.clear()
            for index, label in enumerate(labels):
                item = QListWidgetItem(label)
                item.setData(INDEX, index)
                self.list.addItem(item)
            self._paint()
        for index in range(len(labels)):
            state = Qt.CheckState.Unchecked if index in hidden else Qt.CheckState.Checked
            self.list.item(index).setCheckState(state)
        self._quiet = False
        self.said.say(f"{counted(len(hidden), 'class')} left out" if hidden else "")
        self._filter(self.search.text())

    def _tick(self, item: QListWidgetItem) -> None:
        if not self._quiet:
            index = item.data(INDEX)
            ticked = item.checkState() == Qt.CheckState.Checked
            self._hide(self._hidden - {index} if ticked else self._hidden | {index})

    def _hide(self, hidden: frozenset[int]) -> None:
        self.hidden_changed.emit(hidden)

    def _filter(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.strip().lower() not in item.text().lower())

    def _paint(self) -> None:
        self._quiet = True
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setIcon(swatch(class_colours().of(item.data(INDEX), item.text())))
        self._quiet = False

    # Colours

    def fill(self, menu: QMenu, item: QListWidgetItem) -> None:
        """The colours that a class can have.

        What is kept is its name: its row may go while the menu is open, when a network with other classes comes.
        """
        label, own_colour = item.text(), class_colour(item.data(INDEX))
        now = class_colours().of(item.data(INDEX), label)
        for name, hue in zip(HUE_NAMES, HUES, strict=True):
            action = menu.addAction(swatch(QColor(hue)), name)
            action.triggered.connect(lambda _=False, hue=hue: class_colours().choose(label, QColor(hue)))
        menu.addSeparator()
        menu.addAction("Another colour…", lambda: self._ask(label, now))
        own = menu.addAction(swatch(own_colour), "Its own again")
        own.triggered.connect(lambda: class_colours().choose(label, None))

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            menu = Menu(self)
            self.fill(menu, item)
            choose_from(menu, self.list.viewport().mapToGlobal(self.list.visualItemRect(item).bottomLeft()))

    def _ask(self, label: str, now: QColor) -> None:
        colour = asked_colour(self, f"Colour of {label[:60]}", now)
        if colour.isValid():
            class_colours().choose(label, colour)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._choose(self.list.itemAt(self.list.viewport().mapFrom(self, event.pos())) or self.list.currentItem())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.hasFocus():
            self._choose(self.list.currentItem())
        else:
            super().keyPressEvent(event)
