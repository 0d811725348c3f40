"""How feature maps are shown: their order, their brightness, their colours; remembered from one day to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QPushButton, QToolButton, QWidget

from explorer.maths.brightness import RANGES, Range
from explorer.maths.channels import Measure
from explorer.ui.controls.form import Choice
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.pictures.colour_maps import AUTOMATIC, STOPS
from explorer.ui.theme import GRID
from explorer.workspace.settings import Settings

ORDERS: dict[str, Measure] = {
    "as they are": "", "by mean": "mean", "by max": "max", "by variance": "variance", "by zeros": "sparsity",
}  # fmt: skip
"""What channels are sorted by, the greatest first."""
LOW = 32 * GRID
"""Pixels of a panel's height below which the maps need every line."""


class MapTools(QWidget):
    """A row of lists and buttons under the mosaics."""

    changed = Signal()  # another order or other colours
    range_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        settings = Settings()
        self.orders = _list(tuple(ORDERS), "", "Order of the channels", "Which channels come first")
        self.ranges = _list(
            RANGES, settings.choice("range"), "Brightness",
            "own: each channel from its own least to its own greatest number. shared: all on one scale. "
            "clipped: all on one scale, and the outermost hundredth of the numbers is cut off it",
        )  # fmt: skip
        self.colours = _list(
            (AUTOMATIC, *STOPS), settings.choice("colours"), "Colour map",
            "automatic: with white at zero where there are negative numbers",
        )  # fmt: skip
        self.before = QToolButton()
        self.before.setCheckable(True)
        self.before.setText("Before")
        self.before.setToolTip("Show what enters this layer beside what leaves it, on the same scale")
        self.export = QPushButton("Export…")
        self.export.setToolTip("Write the mosaic as a picture, or its numbers as NumPy arrays")
        self.menu = Menu(self)
        self.more = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup, autoRaise=True)
        self.more.setText("…")
        self.more.setAccessibleName("More")
        self.more.setMenu(self.menu)
        lists, buttons = self._rows = QHBoxLayout(), QHBoxLayout()
        for row in self._rows:
            row.setSpacing(GRID // 2)
        for chosen in (self.orders, self.ranges, self.colours):
            lists.addWidget(chosen)
        lists.addStretch(1)
        for widget in (self.before, self.export, self.more):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        self._room = QSize()
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(GRID // 2)
        self._parts.addLayout(lists, 1)
        self._parts.addLayout(buttons)
        self.orders.entered.connect(lambda _: self.changed.emit())
        self.ranges.entered.connect(self._take_range)
        self.colours.entered.connect(self._take_colours)

    @property
    def measure(self) -> Measure:
        """What channels are sorted by."""
        return ORDERS[self.orders.currentText()]

    @property
    def range(self) -> Range:
        """Which numbers are dark and bright."""
        return next(range for range in RANGES if range == self.ranges.currentText())

    def fit(self, room: QSize) -> None:
        """Take two lines in a panel of this size where the words of the lists would be cut. A low one has no room
        for that: there buttons go, and the menu has what they do."""
        self._room = room
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._place)  # once its words have their new size

    def _place(self) -> None:
        parts, room, ways = self._parts, self._room, QBoxLayout.Direction
        buttons = self.export, self.before
        for button in buttons:
            button.show()
        low = room.height() < LOW
        parts.setDirection(ways.TopToBottom if room.width() < self._whole and not low else ways.LeftToRight)
        for button in buttons:
            button.setHidden(low and room.width() < self._whole)

    @property
    def _whole(self) -> int:
        """How wide all are beside each other."""
        return self._parts.spacing() + sum(row.sizeHint().width() for row in self._rows)

    def _take_range(self, name: str) -> None:
        Settings().set_choice("range", name)
        self.range_changed.emit(name)

    def _take_colours(self, name: str) -> None:
        Settings().set_choice("colours", name)
        self.changed.emit()


def _list(choices: tuple[str, ...], chosen: str, name: str, tip: str) -> Choice:
    made = Choice(choices)
    made.show_value(chosen or choices[0])
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    made.setMinimumContentsLength(0)  # counts the widest letter: half as much again as words are wide
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.view().setMinimumWidth(14 * GRID)
    return made
