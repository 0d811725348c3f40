"""The mosaics of up to four nodes beside each other."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from explorer.maths.records import FeatureMaps
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.colour_maps import fitting
from explorer.ui.pictures.map_tools import MapTools
from explorer.ui.pictures.mosaic_view import MosaicView, Spot
from explorer.ui.theme import GRID


class Column(QWidget):
    """One node's mosaic under the node's name."""

    def __init__(self) -> None:
        super().__init__()
        self.title = Text(size="small", wrap=False)
        self.view = MosaicView()
        self.view.setAccessibleName("Channels")
        self.view.setMinimumHeight(6 * GRID)  # room for all lines of a picked channel at the panel's least height
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.view, 1)


class Mosaics(QWidget):
    """As many mosaics as there are nodes, side by side in a wide panel; `main` shows the node chosen last."""

    pointed = Signal(object, object)  # MosaicView, Spot | None
    picked = Signal(object, object)  # MosaicView, Spot

    def __init__(self) -> None:
        super().__init__()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._columns: list[Column] = []
        self._shown = 1
        self.main = self._added().view
        threading.Thread(target=self.main.sheet.make_ready, name="memory for mosaics", daemon=True).start()

    @property
    def views(self) -> list[MosaicView]:
        """Those that show something."""
        return [column.view for column in self._columns[: self._shown] if column.view.maps is not None]

    def show_maps(self, maps: Sequence[FeatureMaps], main: FeatureMaps | None, tools: MapTools, paired: bool) -> None:
        """Show the maps of these nodes; `main` is one of them, or None where there are none.

        paired: they are the same channels before and after a layer, in one order and the same colours.
        """
        measure, chosen = tools.measure, tools.colours.currentText()
        signed = [bool((these.statistics.least < 0).any()) for these in maps]
        while len(self._columns) < len(maps):
            self._added()
        self._shown = max(1, len(maps))
        for place, column in enumerate(self._columns):
            these = maps[place] if place < len(maps) else None
            column.setVisible(place < self._shown)
            column.title.say(these.node if these and self._shown > 1 else "")
            if these is None:
                column.view.show_maps(None)
                continue
            model = main if paired and main is not None else these
            colours = fitting(chosen, any(signed) if paired else signed[place])
            column.view.show_maps(these, colours, model.statistics.order(measure))
            if these is main:
                self.main = column.view
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._turn()
        super().resizeEvent(event)

    def _turn(self) -> None:
        wide = self.width() >= self.height()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if way != self._row.direction():
            self._row.setDirection(way)

    def _added(self) -> Column:
        column = Column()
        self._columns.append(column)
        self._row.addWidget(column, 1)
        view = column.view
        view.pointed.connect(lambda spot: self.pointed.emit(view, spot))
        view.picked.connect(lambda spot: self.picked.emit(view, spot))
        return column


def alike(spot: Spot, there: tuple[int, ...], here: tuple[int, ...]) -> Spot:
    """The spot of the same channel that lies where `spot` does, in maps of another size; shapes are (C, H, W)."""
    channel, row, column = spot
    return min(channel, here[0] - 1), row * here[1] // there[1], column * here[2] // there[2]
