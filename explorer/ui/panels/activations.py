"""What the selected nodes put out for the picture: all their channels at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QToolTip, QVBoxLayout, QWidget

from explorer.maths.records import Cell, FeatureMaps, Place
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.destinations import export
from explorer.ui.pictures.channel_line import ChannelLine
from explorer.ui.pictures.channel_switch import ChannelSwitch
from explorer.ui.pictures.map_tools import MapTools
from explorer.ui.pictures.map_words import broken_numbers, headline
from explorer.ui.pictures.mosaic import channel_image
from explorer.ui.pictures.mosaic_view import MosaicView, Spot
from explorer.ui.pictures.mosaics import Mosaics, alike
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.theme import GRID
from explorer.workspace.ablating import factors_of
from explorer.workspace.exports import write_image, write_numbers
from explorer.workspace.samples import first_worth_seeing
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.ui.controls.histogram_window import HistogramWindow

POINT = "Point to read a number, click to pick a channel"


class ActivationsPanel(QWidget):
    """The channels as mosaics, the number under the pointer, and the spread of the picked channel."""

    explain_requested = Signal()  # the picked number

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.setAccessibleName("Activations")
        self.mosaics = Mosaics()
        self.empty = Empty("")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.sample = self.empty.add_button("Show those of a sample picture")
        self.sample.clicked.connect(self._show_sample)
        self.header = Text(wrap=False)
        self.warning = Text(role="problem", size="small")
        self.reading = Text(role="dim", wrap=False)
        self.switch = ChannelSwitch(session)
        self.channel = ChannelLine()
        self.tools = MapTools()
        session.set_range(self.tools.range)
        self.lane = LaneLine(session, "maps")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._page())
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        self.mosaics.pointed.connect(self._read)
        self.mosaics.picked.connect(self._pick)
        self.tools.changed.connect(lambda: self._show(session.maps))
        self.tools.range_changed.connect(session.set_range)
        self.tools.before.toggled.connect(session.set_before)
        self.tools.export.clicked.connect(self._choose_export)
        self.tools.menu.aboutToShow.connect(lambda: self._fill(self.tools.menu))
        session.place_changed.connect(self._show_place)
        session.cell_changed.connect(self._light)
        session.maps_changed.connect(self._show)
        session.document.changed.connect(lambda _: self._show_factors())
        session.conventions_changed.connect(lambda _: self._say_header(session.maps) if session.maps else None)
        session.selection_changed.connect(lambda _: self._say_empty())
        session.picture_changed.connect(lambda _: self._say_empty())
        session.frame_changed.connect(lambda _: self._say_empty())
        self._show(session.maps)

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tools.fit(event.size() - QSize(2 * GRID, 0))

    @property
    def view(self) -> MosaicView:
        """The mosaic of the node chosen last."""
        return self.mosaics.main

    def _page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.header)
        column.addWidget(self.warning)
        column.addWidget(self.mosaics, 1)
        said = QHBoxLayout()
        said.addWidget(self.reading, 1)
        said.addWidget(self.switch)
        column.addLayout(said)
        for widget in (self.channel, self.tools):
            column.addWidget(widget)
        return page

    def export_maps(self, path: str) -> None:
        """Write the mosaic as a PNG file, or its numbers where the name ends in .npz. Raises Refusal."""
        if path.lower().endswith(".npz") and self.view.maps is not None:
            picture = self._session.picture
            write_numbers(path, self.view.maps, self.view.order, picture.name if picture else "")
        else:
            write_image(path, self.view.image)

    def _show(self, maps: FeatureMaps | None) -> None:
        session = self._session
        self._say_empty()
        self.stack.setCurrentIndex(int(maps is not None))
        shown = sorted((*session.beside, maps), key=lambda maps: _rank(session, maps)) if maps is not None else ()
        paired = any(self._paired(other) and len(other.values) == len(maps.values) for other in session.beside if maps)
        self.mosaics.show_maps(shown, maps, self.tools, paired)
        self.lane.clear_problem()
        if maps is None:
            self._show_channel()
            return
        self._say_header(maps)
        self.tools.before.setEnabled(bool(session.selection and session.input_of(session.selection[-1])))
        random = "Random weights on the way here: the maps mean nothing yet." if maps.untrained else ""
        self.warning.say("\n".join(filter(None, (broken_numbers(maps), random))))
        self.reading.say(POINT)
        self._show_factors()
        self._show_place(session.place)

    def _pick(self, view: MosaicView, spot: Spot) -> None:
        there, here = view.maps, self._session.maps
        if there is not None and here is not None and self._paired(there):
            self._session.look_at(Place(here.node, *alike(spot, there.values.shape, here.values.shape)))
        elif there is not None:
            self._session.look_at(Place(there.node, *spot))

    def _paired(self, maps: FeatureMaps) -> bool:
        """Whether these are maps before a layer, which are looked at together with what leaves it."""
        session = self._session
        last = session.selection[-1:]
        return session.before and bool(last) and session.input_of(last[0]) == maps.node

    def _show_place(self, place: Place | None) -> None:
        main = self.view.maps
        spot = (place.channel, place.row, place.column) if place and main is not None and main.holds(place) else None
        self.view.show_spot(spot)
        for view in self.mosaics.views:
            if view is not self.view and main is not None and view.maps is not None:
                paired = spot is not None and self._paired(view.maps)
                view.show_spot(alike(spot, main.values.shape, view.maps.values.shape) if spot and paired else None)
        self._show_channel()

    def _show_factors(self) -> None:
        for view in self.mosaics.views:
            if view.maps is not None:
                view.show_factors(factors_of(self._session.document, view.maps.node))

    def _light(self, cell: Cell | None) -> None:
        for view in self.mosaics.views:
            here = cell is not None and view.maps is not None and view.maps.node == cell.node
            view.light((cell.row, cell.column) if here and cell else None)

    def _say_header(self, maps: FeatureMaps) -> None:
        self.header.say(headline(maps, self._session.conventions))
        self.view.setAccessibleDescription(self.header.text())

    def _say_empty(self) -> None:
        session = self._session
        sentence = "Select a layer to see what it puts out, or up to four."
        if session.picture is None:
            sentence = "Open a picture and select a layer: its feature maps are shown here."
        elif session.selection:
            sentence = f"The maps are shown here once the network has run up to {session.selection[-1]}."
        self.empty.sentence.say(sentence)
        for button in (self.button, self.sample):
            button.setHidden(session.picture is not None)

    def _show_sample(self) -> None:
        """What this panel is for, at one click: a picture that suits, and a layer where none is selected."""
        session = self._session
        document = session.document
        if not session.selection and (id := first_worth_seeing(document.project.network, document.facts)):
            session.select((id,))
        session.open_sample()

    def _read(self, view: MosaicView, spot: Spot | None) -> None:
        maps = view.maps
        if spot is None or maps is None:
            self.reading.say(POINT)
            QToolTip.hideText()
            self._session.point_at(None)
            return
        channel, row, column = spot
        vector = maps.values.shape[1:] == (1, 1)
        place = f"number {channel}" if vector else f"channel {channel}, row {row}, column {column}"
        before = "" if view is self.view else f"{maps.node}, "
        self.reading.say(f"{before}{place}: {view.value(spot):.4f}")
        self._session.point_at(Cell(maps.node, row, column))
        if vector and view.underMouse():
            QToolTip.showText(QCursor.pos(), self.reading.text(), view)

    def _show_channel(self) -> None:
        self.channel.show_channel(self.view.maps, self._channel, self.empty.sentence.text())

    def open_histogram(self) -> HistogramWindow | None:
        """Show how the numbers of the picked channel are spread, without one those of all; the window follows."""
        self._show_channel()
        return self.channel.open_window() if self.view.maps is not None else None

    @property
    def _channel(self) -> int | None:
        """The picked channel; a vector has none, its numbers are looked at together."""
        maps = self.view.maps
        spot = self.view.spot
        return spot[0] if spot and maps is not None and maps.values.shape[1:] != (1, 1) else None

    def _choose_export(self) -> None:
        node = self.view.maps.node if self.view.maps else "maps"
        _, problem = export(self, "Export maps", node, "Maps", (".png", ".npz"), self.export_maps)
        self.lane.say_problem(problem)

    def _choose_channel_export(self) -> None:
        name = f"{self.view.maps.node if self.view.maps else ''} channel {self._channel}"
        _, problem = export(self, "Export channel", name, "Pictures", (".png",), self._export_channel)
        self.lane.say_problem(problem)

    def _export_channel(self, path: str) -> None:
        if self.view.maps is not None and self._channel is not None:  # the maps may go while one chooses a file
            write_image(path, channel_image(self.view.maps, self.view.colours, self._channel))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.image.copy())

    def _fill(self, menu: QMenu) -> None:
        some = not self.view.image.isNull()
        menu.clear()
        menu.addAction("Histogram…", self.open_histogram).setEnabled(some)
        menu.addAction("Copy mosaic", self._copy).setEnabled(some)
        menu.addAction("Export maps…", self._choose_export).setEnabled(some)
        menu.addAction("Export picked channel…", self._choose_channel_export).setEnabled(self._channel is not None)
        menu.addAction("Fit", self.view.fit).setEnabled(some)
        before = menu.addAction("What enters this layer beside it", self.tools.before.click)
        before.setCheckable(True)
        before.setChecked(self.tools.before.isChecked())
        before.setEnabled(self.tools.before.isEnabled())
        explain = menu.addAction("Explain this number\tE", self.explain_requested.emit)
        explain.setEnabled(self.view.spot is not None)
        menu.addSeparator()
        self.switch.fill(menu, self.view.maps)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self)
        self._fill(menu)
        choose_from(menu, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and not self.view.image.isNull():
            self._copy()
        elif event.key() == Qt.Key.Key_Escape and self.view.spot is not None:
            self._session.look_at(None)
        elif event.key() == Qt.Key.Key_E and self.view.spot is not None:
            self.explain_requested.emit()
        elif not self.switch.takes(event):
            super().keyPressEvent(event)


def _rank(session: Session, maps: FeatureMaps) -> int:
    return session.looked.index(maps.node) if maps.node in session.looked else -1
