"""The filters of the selected layer as pictures: what each of them looks for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.layers.dense import Linear
from explorer.layers.resizing import ConvTranspose2d
from explorer.layers.windows import Conv2d
from explorer.maths.records import Place
from explorer.maths.sentences import Refusal
from explorer.maths.weight_records import LayerFilters
from explorer.network.layer import described
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.words import counted, figure
from explorer.ui.destinations import export
from explorer.ui.pictures.filter_sheet import FilterSheet
from explorer.ui.pictures.filter_tiling import Spot
from explorer.ui.pictures.unit_card import UnitCard
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_arrays, write_image
from explorer.workspace.filters import FilterLooking
from explorer.workspace.session import Session

ORDERS = {"By number": "index", "Strongest first": "norm", "Like ones together": "similarity"}
WIDE = 96 * GRID
"""Pixels from which there is room for sheet and card beside each other."""
NAMED = 6
"""Equal filters that are named; the others are counted."""


class FiltersPanel(KeysOn, QWidget):
    """A sheet of filters, the number under the pointer; a click picks the filter's map, and shows its card."""

    def __init__(self, session: Session, card: UnitCard) -> None:
        super().__init__()
        self._session, self.card = session, card
        self._carded = False  # where there is no room for both, the card is in front of the sheet
        self.looking = FilterLooking(session)
        self.setAccessibleName("Filters")
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.empty = Empty("")
        self.sheet = FilterSheet()
        self.header, self.reading = Text(wrap=False), Text(role="dim", wrap=False)
        self.untrained = Text(role="problem", size="small")
        self.order = QComboBox()
        self.order.addItems(list(ORDERS))
        self.order.setAccessibleName("Order")
        self.jointly = QCheckBox("One scale")
        self.jointly.setToolTip("On: all filters on one scale. Off: each from its own strongest number.")
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export filters as PNG or NPZ")
        self.lane = LaneLine(session, "filters")
        self.stack = QStackedWidget()
        self.page = self._page()
        both = QWidget()
        beside = QHBoxLayout(both)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(2 * GRID)
        beside.addWidget(self.page, 4)
        beside.addWidget(self.card, 5)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(both)
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        self.order.currentTextChanged.connect(lambda _: self._follow())
        self.jointly.toggled.connect(lambda on: self.sheet.show_filters(self.looking.filters, on))
        self.export.clicked.connect(self._choose_export)
        self.sheet.pointed.connect(self._read)
        self.sheet.picked.connect(self._pick)
        self.sheet.opened.connect(self._click)
        self.card.left.connect(self.show_sheet)
        self.card.picked.connect(lambda at: self._pick(Spot(at, 0, 0, 0)))
        self.card.stepped.connect(self._step)
        self.card.export_requested.connect(self._choose_card_export)
        self.looking.filters_changed.connect(self._show)
        session.selection_changed.connect(lambda _: self._follow())
        session.document.changed.connect(lambda _: self._follow())
        session.place_changed.connect(self._mark)
        self._show(None)

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def _page(self) -> QWidget:
        tools = QHBoxLayout()
        for widget in (self.order, self.jointly, self.export):
            tools.addWidget(widget)
        tools.insertStretch(2, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.header)
        column.addWidget(self.untrained)
        column.addWidget(self.sheet, 1)
        column.addWidget(self.reading)
        column.addLayout(tools)
        return page

    def _follow(self) -> None:
        """Nobody looks while another tab is in front."""
        if not self.isVisible():
            return
        network = self._session.document.project.network
        node = self._session.selection[-1] if self._session.selection else ""
        some = node in network.nodes and isinstance(network.nodes[node].layer, Conv2d | ConvTranspose2d | Linear)
        self.looking.look(node if some else "", ORDERS[self.order.currentText()])

    def _show(self, filters: LayerFilters | None) -> None:
        self.stack.setCurrentIndex(int(filters is not None))
        self.lane.clear_problem()
        self.sheet.show_filters(filters, self.jointly.isChecked())
        if filters is None:
            self._arrange()
            chosen = self._session.selection
            start = f"{chosen[-1]} has no filters. " if chosen else ""
            self.empty.sentence.say(f"{start}Select a convolution or a fully connected layer to see its filters.")
            return
        self.header.say(self._told(filters))
        self.sheet.setAccessibleDescription(self.header.text())
        self.untrained.say("Random weights: the filters look for nothing yet." if filters.untrained else "")
        self._mark(self._session.place)
        self._read(None)

    def _told(self, filters: LayerFilters) -> str:
        count, *shape = filters.values.shape
        some = f"{count:,} of {counted(filters.whole, 'filter')}" if count < filters.whole else counted(count, "filter")
        kind = " in colour" if filters.colour else ""
        spare = sum(len(group) - 1 for group in filters.equal)
        marked = [f"{len(filters.dead):,} dead" * bool(filters.dead), f"{spare:,} equal to another" * bool(spare)]
        return " · ".join((f"{filters.node} · {some} of {described(tuple(shape))}{kind}", *filter(None, marked)))

    def _mark(self, place: Place | None) -> None:
        filters = self.looking.filters
        here = filters is not None and place is not None and place.node == filters.node
        self.sheet.mark(place.channel if here and place else None)
        self._read(None)
        self._arrange()

    @property
    def first(self) -> QWidget:
        return self.sheet

    def show_sheet(self) -> None:
        """Put the sheet in front again."""
        self._carded = False
        self._arrange()
        self.sheet.setFocus()

    def _arrange(self) -> None:
        """Sheet and card side by side where there is room, else the card in front once a filter is clicked."""
        picked, wide = self.sheet.at is not None, self.width() >= WIDE
        self._carded &= picked
        carded, focused = picked and (wide or self._carded), self.card.isAncestorOf(self.focusWidget() or self)
        self.card.back.setVisible(not wide)
        self.card.setVisible(carded)
        if carded and not wide and self.sheet.hasFocus():
            self.card.setFocus()  # before the sheet goes: Qt would give the keys to some other panel
        self.page.setVisible(wide or not carded)
        self.card.show_unit(self.looking.filters, self.sheet.at)
        if focused and not carded:
            self.sheet.setFocus()

    def _step(self, step: int) -> None:
        filters, at = self.looking.filters, self.sheet.at
        if filters is not None and at is not None and 0 <= at + step < len(filters.values):
            self._pick(Spot(at + step, 0, 0, 0))

    def _click(self, spot: Spot) -> None:
        self._carded = True
        self._pick(spot)
        self._arrange()

    def _pick(self, spot: Spot) -> None:
        """Pick the filter's map: the number that was picked before, now of this channel, or the one in the middle."""
        filters, session = self.looking.filters, self._session
        shape = session.document.facts[filters.node].shape if filters else None
        if filters is None or shape is None:
            return
        old = session.place
        middle = (shape[1] // 2, shape[2] // 2) if len(shape) == 3 else (0, 0)
        row, column = (old.row, old.column) if old is not None and old.node == filters.node else middle
        session.look_at(Place(filters.node, int(filters.numbers[spot.at]), row, column))

    def _read(self, spot: Spot | None) -> None:
        filters = self.looking.filters
        if filters is None:
            return
        at = spot.at if spot else self.sheet.at
        if at is None:
            self.reading.say("Point at a number to read it, click a filter to see its card")
            return
        number, said = int(filters.numbers[at]), []
        if spot is not None and filters.colour:
            red, green, blue = filters.values[at, :, spot.row, spot.column]
            said.append(f"row {spot.row}, column {spot.column}: red {red:.4f}, green {green:.4f}, blue {blue:.4f}")
        elif spot is not None:
            value = filters.values[at, spot.channel, spot.row, spot.column]
            said.append(f"channel {spot.channel}, row {spot.row}, column {spot.column}: {value:.4f}")
        said.append(f"norm {figure(filters.norms[at])}")
        said += ["dead, 0 all over"] * (number in filters.dead)
        said += [f"the same as {_named(group, number)}" for group in filters.equal if number in group]
        self.reading.say(f"filter {number} · {' · '.join(said)}")
        if spot is None:  # it is picked, not only pointed at
            self.sheet.setAccessibleDescription(f"{self.header.text()}; {self.reading.text()}")

    # Export

    def export_file(self, path: str) -> None:
        """Write the sheet as PNG, or the numbers as NPZ. Raises Refusal with a sentence."""
        filters = self.looking.filters
        if filters is None:
            raise Refusal("There are no filters to write: select a convolution or a fully connected layer.")
        if path.lower().endswith(".npz"):
            write_arrays(path, {"filters": filters.values, "numbers": filters.numbers, "norms": filters.norms})
            return
        image = self.sheet.whole_image()
        if image.isNull():
            raise Refusal("The sheet is too large for one picture: press − to draw it smaller, or export it as NPZ.")
        write_image(path, image)

    def _choose_export(self) -> None:
        filters = self.looking.filters
        name = f"{filters.node} filters" if filters else "filters"
        _, problem = export(self, "Export filters", name, "Filters", (".png", ".npz"), self.export_file)
        self.lane.say_problem(problem)

    def _choose_card_export(self) -> None:
        name = self.card.title.text()
        _, problem = export(self, "Export card", name, "Pictures", (".png",), self.card.export_png)
        self.lane.say_problem(problem)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        self._follow()


def _named(group: tuple[int, ...], without: int) -> str:
    others = [str(one) for one in group if one != without]
    return ", ".join(others[:NAMED]) + (f" and {len(others) - NAMED:,} more" if len(others) > NAMED else "")
