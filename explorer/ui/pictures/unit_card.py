"""All there is to see of one channel, on one card: its filter, its map, its patches, the picture made for it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from explorer.maths.filter_order import nearest
from explorer.maths.records import FeatureMaps
from explorer.maths.sentences import Refusal
from explorer.maths.weight_records import LayerFilters
from explorer.ui import theme
from explorer.ui.controls.labels import Text, sized
from explorer.ui.pictures.card_part import CardPart, Part, paint_part
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.pictures.unit_parts import (
    filter_part,
    in_numbers,
    made_part,
    map_part,
    patches_part,
    shown_patches,
)  # fmt: skip
from explorer.ui.theme import GRID
from explorer.workspace.dreaming import Dreaming
from explorer.workspace.exports import write_image
from explorer.workspace.patch_search import PatchSearch
from explorer.workspace.session import Session
from explorer.workspace.unit_pictures import UnitPictures

NAMES = ("Filter", "Map", "Patches", "Optimised picture")
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
"""How many filters each arrow goes on."""
EXPORTED = 288
"""Pixels of a square on a card that is written as a picture."""


class UnitCard(QWidget):
    """Four squares and a line of numbers; each square leads to the panel that shows it in full.

    Nothing is asked of the worker while the card is hidden.
    """

    panel_requested = Signal(str)  # a panel's title
    left = Signal()  # back to the sheet
    stepped = Signal(int)  # to the next filter of the order, or the one before
    picked = Signal(int)  # the filter in this place of the order
    export_requested = Signal()

    def __init__(self, session: Session, search: PatchSearch, pictures: UnitPictures, dreaming: Dreaming) -> None:
        super().__init__()
        self._session, self._search, self._pictures, self._dreaming = session, search, pictures, dreaming
        self._filters: LayerFilters | None = None
        self._at = 0
        self._nearest: tuple[int, float] | None = None
        self._filter = Part("")
        self.setAccessibleName("Card of a filter")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(44 * GRID)
        self.title, self.numbers = Text(wrap=False), Text(role="dim", size="small")
        self.back = _tool("All filters", "Back to the sheet of filters (Esc)")
        self.back.setArrowType(Qt.ArrowType.LeftArrow)
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.before = _tool("", "The filter before this one (←)")
        self.after = _tool("", "The next filter (→)")
        for button, arrow in ((self.before, Qt.ArrowType.LeftArrow), (self.after, Qt.ArrowType.RightArrow)):
            button.setArrowType(arrow)
            button.setAccessibleName(button.toolTip())
        self.like = _tool("Most like it", "The filter with the least angle to this one")
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export the card as PNG")
        self.parts = [CardPart(name) for name in NAMES]
        self.room = Squares(self.parts)
        top, below = QHBoxLayout(), QHBoxLayout()
        for widget in (self.back, self.title, self.before, self.after, self.export):
            top.addWidget(widget, int(widget is self.title))
        below.addWidget(self.numbers, 1)
        below.addWidget(self.like)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addWidget(self.room, 1)
        column.addLayout(below)
        for part, do in zip(self.parts, (self.left.emit, self._open_map, self._open_patches, self._make), strict=True):
            part.clicked.connect(do)
        self.back.clicked.connect(self.left)
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.like.clicked.connect(lambda: self.picked.emit(self._nearest[0]) if self._nearest else None)
        self.export.clicked.connect(self.export_requested)
        for signal in (session.maps_changed, session.place_changed, session.picture_changed):
            signal.connect(lambda _: self._follow())
        search.changed.connect(self._follow)
        search.tiles.changed.connect(self._follow)
        pictures.changed.connect(self._follow)

    @property
    def number(self) -> int:
        """The channel that the card is about."""
        return int(self._filters.numbers[self._at]) if self._filters is not None else -1

    def show_unit(self, filters: LayerFilters | None, at: int | None) -> None:
        """Tell of the filter in a place of the order; of None nothing can be told."""
        fresh = (filters, at) != (self._filters, self._at)
        self._filters, self._at = (filters, at) if filters is not None and at is not None else (None, 0)
        if self._filters is not None and fresh:
            self._nearest = nearest(self._filters.values, self._filters.norms, self._at)
            self._filter = filter_part(self._filters, self._at)
        self._follow()

    def export_png(self, path: str) -> None:
        """Write the card as a PNG file. Raises Refusal with a sentence."""
        if self._filters is None:
            raise Refusal("There is no card to write: pick a filter.")
        write_image(path, self.image())

    def image(self) -> QImage:
        """The card as a picture of its own, larger than on screen."""
        line, gap = 3 * GRID, 2 * GRID
        image = QImage(4 * EXPORTED + 5 * gap, EXPORTED + 4 * line + gap, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.current().base))
        with QPainter(image) as painter:
            painter.setFont(sized("body"))
            painter.setPen(QColor(theme.current().text))
            for text, top in ((self.title.text(), GRID), (self.numbers.text(), EXPORTED + 2 * line + 2 * gap)):
                painter.drawText(QRect(gap, top, image.width() - 2 * gap, line), Qt.AlignmentFlag.AlignVCenter, text)
            for place, part in enumerate(self.parts):
                paint_part(
                    painter, QRect(gap + place * (EXPORTED + gap), line + gap, EXPORTED, EXPORTED + line), part.part
                )
        return image

    # What is shown

    @property
    def _maps(self) -> FeatureMaps | None:
        maps = self._session.maps
        same = maps is not None and self._filters is not None and maps.node == self._filters.node
        return maps if same and maps is not None and self.number < len(maps.values) else None

    def _follow(self) -> None:
        """Nobody looks while the card is hidden."""
        filters = self._filters
        if filters is None or not self.isVisible():
            return
        node, number, session = filters.node, self.number, self._session
        self._search.recall()
        found = self._search.of(node)
        if found is not None and number < len(found.values):
            self._search.tiles.want(shown_patches(self._search, found, number), "card")
        making = self._pictures.making == (node, number)
        for part, shown in zip(
            self.parts,
            (
                self._filter,
                map_part(self._maps, number, session.picture is not None),
                patches_part(self._search, node, number),
                made_part(self._pictures.of((node, number)), making, self._pictures.settings.total),
            ),
            strict=True,
        ):
            part.show_part(shown)
        self.title.say(f"{node} · filter {number}")
        self.numbers.say(in_numbers(filters, self._at, self._maps, session.place))
        self.like.setVisible(self._nearest is not None)
        if self._nearest is not None:
            at, cosine = self._nearest
            self.like.setText(f"Most like {filters.numbers[at]} · {cosine:.2f}")
            self.like.setAccessibleName(f"Most like filter {filters.numbers[at]}, cosine {cosine:.2f}")
        self.before.setEnabled(self._at > 0)
        self.after.setEnabled(self._at < len(filters.values) - 1)
        self.setAccessibleDescription(f"{self.title.text()}; {self.numbers.text()}")

    # What the user does

    def _open_map(self) -> None:
        if self._session.picture is None:
            choose_picture(self, self._session)
        else:
            self.panel_requested.emit("Activations")

    def _open_patches(self) -> None:
        search, filters = self._search, self._filters
        if filters is not None and search.folder and search.of(filters.node) is None:
            search.start()
        else:
            self.panel_requested.emit("Patches")

    def _make(self) -> None:
        if self._filters is None:
            return
        unit = self._filters.node, self.number
        made = self._pictures.of(unit)
        if self._pictures.making == unit:
            self._pictures.stop()
        elif made is not None and made.done:
            self._dreaming.show(made)
            self.panel_requested.emit("Dream")
        else:
            self._pictures.make(unit)

    def showEvent(self, event: QShowEvent) -> None:
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.stepped.emit(STEPS[key])
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Squares(QWidget):
    """Lays four squares out beside each other, or two by two, whichever makes them larger."""

    def __init__(self, parts: list[CardPart]) -> None:
        super().__init__()
        self._parts = parts
        for part in parts:
            part.setParent(self)
        self.setMinimumSize(QSize(4 * 8 * GRID, 10 * GRID))

    def resizeEvent(self, event: QResizeEvent) -> None:
        caption = self.fontMetrics().height()
        sides = {}
        for across in (4, 2):
            down = len(self._parts) // across
            wide = (self.width() - (across - 1) * GRID) // across
            high = (self.height() - (down - 1) * GRID) // down - caption
            sides[min(wide, high)] = across
        side = max(sides)
        across = sides[side]
        for place, part in enumerate(self._parts):
            row, column = divmod(place, across)
            part.setGeometry(column * (side + GRID), row * (side + caption + GRID), side, side + caption)


def _tool(text: str, tip: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setText(text)
    button.setToolTip(tip)
    return button
