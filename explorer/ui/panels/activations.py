"""What the selected node puts out for the picture: all its channels at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.records import FeatureMaps, Place
from explorer.ui.colour_maps import STOPS
from explorer.ui.destinations import export
from explorer.ui.histogram import Histogram
from explorer.ui.labels import Empty, LaneLine, Text
from explorer.ui.mosaic_view import MosaicView, Spot
from explorer.ui.picture_sources import choose_picture
from explorer.ui.theme import GRID
from explorer.ui.words import share_in_words
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.ui.histogram_window import HistogramWindow

HARD_SPACE = "\u00a0"
"""Where a line must not break."""


class ActivationsPanel(QWidget):
    """The channels as one mosaic, the number under the pointer, and the spread of the picked channel."""

    explain_requested = Signal()  # the picked number

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setMinimumSize(45 * GRID, 26 * GRID)
        self.setAccessibleName("Activations")
        self.view = MosaicView()
        self.view.setAccessibleName("Channels")
        self.view.setMinimumHeight(6 * GRID)  # room for all lines of a picked channel at the panel's least height
        self.empty = Empty("")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.header = Text(wrap=False)
        self.untrained = Text(role="problem", size="small")
        self.colours = QComboBox()
        self.colours.addItems(list(STOPS))
        self.colours.setMinimumContentsLength(6)
        self.colours.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colours.setAccessibleName("Colour map")
        self.colours.currentTextChanged.connect(lambda _: self._show(session.maps))
        self.own_scale = QCheckBox("Own scale")
        self.own_scale.setChecked(session.own_scale)
        self.own_scale.setToolTip(
            "On: each channel from its own smallest to its own largest number. Off: all on one scale."
        )
        self.own_scale.toggled.connect(session.set_own_scale)
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export mosaic as PNG")
        self.export.clicked.connect(self._choose_export)
        self.spread = QPushButton("Histogram…")
        self.spread.setToolTip("How the numbers of the picked channel, or of all, are spread")
        self.spread.clicked.connect(self.open_histogram)
        self.reading = Text(role="dim", wrap=False)
        self.statistics = Text()
        self.histogram = Histogram()
        self.histogram_window: HistogramWindow | None = None
        self.lane = LaneLine(session, "maps")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        self.view.pointed.connect(self._read)
        self.view.picked.connect(self._pick)
        session.place_changed.connect(self._show_place)
        session.maps_changed.connect(self._show)
        session.conventions_changed.connect(lambda _: self._say_header(session.maps) if session.maps else None)
        session.selection_changed.connect(lambda _: self._say_empty())
        session.picture_changed.connect(lambda _: self._say_empty())
        self._show(session.maps)

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def _page(self) -> QWidget:
        tools, foot = QHBoxLayout(), QHBoxLayout()
        for widget in (self.own_scale, self.colours, self.spread, self.export):
            tools.addWidget(widget)
        tools.insertStretch(1, 1)
        self.channel_box = QWidget()
        beside = QHBoxLayout(self.channel_box)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.histogram, 1)
        beside.addWidget(self.statistics, 2)
        foot.addWidget(self.reading, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.header)
        column.addWidget(self.untrained)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        column.addWidget(self.channel_box)
        column.addLayout(tools)
        return page

    def export_png(self, path: str) -> None:
        """Write the mosaic as a PNG file. Raises Refusal with a sentence."""
        write_image(path, self.view.image)

    def _show(self, maps: FeatureMaps | None) -> None:
        self._say_empty()
        self.stack.setCurrentIndex(int(maps is not None))
        self.view.show_maps(maps, self.colours.currentText())
        self.lane.clear_problem()
        if maps is None:
            self._follow()
            return
        self._say_header(maps)
        self.untrained.say("Random weights on the way here: the maps mean nothing yet." if maps.untrained else "")
        self._read(None)
        self._show_place(self._session.place)

    def _pick(self, spot: Spot) -> None:
        if self.view.maps is not None:
            self._session.look_at(Place(self.view.maps.node, *spot))

    def _show_place(self, place: Place | None) -> None:
        maps = self.view.maps
        here = maps is not None and place is not None and maps.holds(place)
        self.view.show_spot((place.channel, place.row, place.column) if here and place else None)
        self._show_channel()

    def _say_header(self, maps: FeatureMaps) -> None:
        low, high = float(maps.low.min()), float(maps.high.max())
        shape = maps.values.shape if maps.values.shape[1:] != (1, 1) else maps.values.shape[:1]
        sizes = self._session.conventions.shape(shape)
        self.header.say(f"{maps.node} · {sizes} · from {low:.4g} to {high:.4g}")
        self.view.setAccessibleDescription(self.header.text())

    def _say_empty(self) -> None:
        session = self._session
        sentence = "Select a layer to see what it puts out."
        if session.picture is None:
            sentence = "Open a picture and select a layer: its feature maps are shown here."
        elif session.selection:
            sentence = f"The maps are shown here once the network has run up to {session.selection[-1]}."
        self.empty.sentence.say(sentence)
        self.button.setHidden(session.picture is not None)

    def _read(self, spot: Spot | None) -> None:
        if spot is None:
            self.reading.say("Point at a number to read it, click a channel to pick it")
            QToolTip.hideText()
            return
        channel, row, column = spot
        vector = self._session.maps is not None and self._session.maps.values.shape[1:] == (1, 1)
        place = f"number {channel}" if vector else f"channel {channel}, row {row}, column {column}"
        self.reading.say(f"{place}: {self.view.value(spot):.4f}")
        if vector and self.view.underMouse():
            QToolTip.showText(QCursor.pos(), self.reading.text(), self.view)

    def _show_channel(self) -> None:
        import numpy as np

        self._follow()
        maps, channel = self.view.maps, self._channel
        self.channel_box.setVisible(channel is not None)
        if maps is None or channel is None:
            return
        numbers = maps.values[channel]
        self.histogram.show_numbers(numbers)
        zeros = share_in_words(float(np.mean(numbers == 0)))
        said = (
            f"channel {channel}:",
            f"min {numbers.min():.4g} ·",
            f"mean {numbers.mean():.4g} ·",
            f"max {numbers.max():.4g} ·",
            f"{zeros} zeros",
        )
        self.statistics.say(" ".join(part.replace(" ", HARD_SPACE) for part in said))
        self.histogram.setAccessibleName(" ".join(said))

    def open_histogram(self) -> HistogramWindow | None:
        """Show how the numbers of the picked channel are spread, without one those of all; the window follows."""
        if self.view.maps is None:
            return None
        if self.histogram_window is None:
            from explorer.ui.histogram_window import HistogramWindow  # nobody waits for it when the program starts

            self.histogram_window = HistogramWindow(self)
        self.histogram_window.show()
        self.histogram_window.raise_()
        self._follow()
        return self.histogram_window

    @property
    def _channel(self) -> int | None:
        """The picked channel; a vector has none, its numbers are looked at together."""
        maps = self.view.maps
        spot = self.view.spot
        return spot[0] if spot and maps is not None and maps.values.shape[1:] != (1, 1) else None

    def _follow(self) -> None:
        window, maps, channel = self.histogram_window, self.view.maps, self._channel
        if window is None or window.isHidden():
            return
        if maps is None:
            window.show_numbers(self.empty.sentence.text(), None)
        elif channel is None:
            window.show_numbers(f"{maps.node} · all channels", maps.values)
        else:
            window.show_numbers(f"{maps.node} · channel {channel}", maps.values[channel])

    def _choose_export(self) -> None:
        node = self.view.maps.node if self.view.maps else "maps"
        _, problem = export(self, "Export mosaic", node, "Pictures", (".png",), self.export_png)
        self.lane.say_problem(problem)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.image.copy())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu, some = QMenu(self), not self.view.image.isNull()
        menu.addAction("Copy mosaic", self._copy).setEnabled(some)
        menu.addAction("Export mosaic as PNG…", self._choose_export).setEnabled(some)
        menu.addAction("Fit", self.view.fit).setEnabled(some)
        explain = menu.addAction("Explain this number\tE", self.explain_requested.emit)
        explain.setEnabled(self.view.spot is not None)
        menu.exec(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and not self.view.image.isNull():
            self._copy()
        elif event.key() == Qt.Key.Key_Escape and self.view.spot is not None:
            self._session.look_at(None)
        elif event.key() == Qt.Key.Key_E and self.view.spot is not None:
            self.explain_requested.emit()
        else:
            super().keyPressEvent(event)
