"""The picked channel over the picture, and on both what the pointer is over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from explorer.maths.records import Cell, FeatureMaps, Place
from explorer.ui.controls.flow import Beside
from explorer.ui.controls.form import Choice
from explorer.ui.pictures.colour_maps import AUTOMATIC, STOPS, fitting
from explorer.ui.pictures.mosaic import channel_image
from explorer.ui.pictures.overlay_view import OverlayView
from explorer.ui.theme import GRID
from explorer.workspace.session import Session
from explorer.workspace.sight import Sight

TIP = (
    "The picked channel is drawn over the picture: each number around the middle of what it sees (its receptive "
    "field's start and jump), and where the input was cut out of the picture"
)
NOWHERE = (0.0, 0.0, 0.0, 0.0)


class Overlay(QWidget):
    """The row of tools under the picture; it keeps the view's map and box equal to what is looked at."""

    def __init__(self, session: Session, view: OverlayView) -> None:
        super().__init__()
        self._session, self._view = session, view
        self._sights: dict[str, Sight] = {}
        self._size: tuple[int, int] | None = None  # of the picture they are for
        self.on = QCheckBox("Overlay")
        self.on.setToolTip(TIP)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(10, 100)
        self.opacity.setValue(60)
        self.opacity.setMinimumWidth(8 * GRID)  # shorter, it was a knob that leads nowhere
        self.opacity.setAccessibleName("Opacity of the overlay")
        self.colours = Choice((AUTOMATIC, *STOPS))
        self.colours.setMinimumContentsLength(max(map(len, (AUTOMATIC, *STOPS))) - 1)  # of letters as wide as an x
        self.colours.setAccessibleName("Colours of the overlay")
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self.on)
        row.addWidget(self.colours)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Beside(row, self.opacity, 0, 1))  # in a narrow panel the slider has a line of its own
        self.opacity.hide()  # until there is something to see through: its line is the picture's
        self.on.toggled.connect(self.opacity.setVisible)
        for signal in (self.on.toggled, self.opacity.valueChanged, self.colours.entered):
            signal.connect(lambda _: self._draw())
        view.pointed.connect(self._point)
        session.cell_changed.connect(lambda _: self._show_field())
        session.place_changed.connect(lambda _: self._draw())
        session.maps_changed.connect(lambda _: self.follow())
        self.follow()

    def follow(self) -> None:
        """Other maps, or another picture; frames of a video lie alike."""
        size = self._session.picture.size if self._session.picture is not None else None
        if not self._session.live or size != self._size:
            self._sights.clear()
        self._size = size
        maps, picture = self._session.maps, self._session.picture
        self.setVisible(maps is not None and picture is not None and maps.values.shape[1:] != (1, 1))
        self._draw()

    def sight(self, node: str) -> Sight | None:
        """How a node's maps lie on the picture; None where there is no picture, or no such node any more."""
        document, picture = self._session.document, self._session.picture
        if picture is None or node not in document.facts:
            return None
        if node not in self._sights:
            self._sights[node] = Sight(document.project, document.facts, node, picture)
        return self._sights[node]

    def _draw(self) -> None:
        self._show_field()
        maps, place = self._session.maps, self._session.place
        sight = self._shown(maps, place)
        if maps is None or place is None or sight is None or sight.whole is None:
            self._view.show_map(QImage(), NOWHERE, NOWHERE, 0)
            return
        signed = bool(maps.statistics.least[place.channel] < 0)
        image = channel_image(maps, fitting(self.colours.currentText(), signed), place.channel)
        self._view.show_map(image, sight.whole, sight.seen, self.opacity.value() / 100)

    def _shown(self, maps: FeatureMaps | None, place: Place | None) -> Sight | None:
        """How the overlay lies, where there is one."""
        if not self.on.isChecked() or maps is None or place is None or not maps.holds(place):
            return None
        return self.sight(maps.node)

    def _show_field(self) -> None:
        """Around what the number under the pointer sees, else the picked one."""
        session = self._session
        at: Cell | Place | None = session.cell or session.place
        shown = [maps.node for maps in (session.maps, *session.beside) if maps is not None]
        sight = self.sight(at.node) if at is not None and at.node in shown else None
        fits = at is not None and sight is not None and at.row < sight.rows and at.column < sight.columns
        self._view.show_field(sight.field(at.row, at.column) if fits and sight is not None and at is not None else None)

    def _point(self, at: tuple[float, float] | None) -> None:
        maps = self._session.maps
        sight = self.sight(maps.node) if maps is not None else None
        cell = sight.cell_at(*at) if sight is not None and at is not None else None
        self._session.point_at(Cell(maps.node, *cell) if cell and maps is not None else None)
