"""What a network's further Inputs are fed: a choice or a mixture of numbers by sliders, or a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSlider, QToolButton, QVBoxLayout, QWidget

from explorer.maths.records import PICTURE_ENDINGS
from explorer.maths.sentences import shortened
from explorer.network.fed import Fed, Numbers, Still, in_words, one_of
from explorer.ui.asking_files import ask_file
from explorer.ui.controls.form import Choice
from explorer.ui.controls.labels import LaneLine, Text, sized
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.words import plain_tip
from explorer.ui.theme import GRID
from explorer.workspace.feeding import LANE, feed, feed_file, still_of
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings

MOST = 128
"""Channels that have a slider each; more numbers come out of another network."""
FINE = 100
MIXTURE = "mixture"
ICON = QSize(6 * GRID, 6 * GRID)


class FeedingTools(QWidget):
    """A row for each Input that is fed; selected: only for those that are selected. Hidden where there is none."""

    def __init__(self, session: Session, selected: bool = False) -> None:
        super().__init__()
        self._session, self._selected = session, selected
        self.rows: dict[str, NumbersRow | StillRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self.lane = LaneLine(session, LANE)
        self._column.addWidget(self.lane)
        session.document.changed.connect(lambda change: self._show())
        session.selection_changed.connect(lambda _: self._show() if self._selected else None)
        self._show()

    def _show(self) -> None:
        project = self._session.document.project
        fed = {id: each for id, each in project.fed.items() if not self._selected or id in self._session.selection}
        for id in [id for id, row in self.rows.items() if id not in fed or not row.fits(fed[id], self._room(id))]:
            row = self.rows.pop(id)
            self._column.removeWidget(row)
            row.deleteLater()
        for id, each in fed.items():
            if id not in self.rows:
                self.rows[id] = _row(self._session, id, each, self._room(id))
                self._column.insertWidget(self._column.count() - 1, self.rows[id])
            self.rows[id].show_fed(each)
        self.setVisible(bool(fed))

    def _room(self, id: str) -> int:
        """How many channels an Input has, and whether it is as large as a picture (below 0)."""
        shape = self._session.document.facts[id].shape or (1, 1, 1)
        return -shape[0] if min(shape[1:]) > 1 else shape[0]


def _row(session: Session, id: str, fed: Fed, room: int) -> NumbersRow | StillRow:
    return StillRow(session, id) if isinstance(fed, Still) or room == -3 else NumbersRow(session, id, len(fed.values))


class NumbersRow(QWidget):
    """One of the channels, or a slider for each."""

    def __init__(self, session: Session, id: str, count: int) -> None:
        super().__init__()
        self._session, self._id, self._count = session, id, count
        self._fed = Numbers((0.0,) * count)
        self.choice = Choice((*map(str, range(count)), MIXTURE) if count <= MOST else (MIXTURE,))
        self.choice.setAccessibleName(f"What {id} is fed")
        self.choice.setToolTip("One of the channels is 1, all others are 0; or a mixture by sliders")
        self.mix = QToolButton()
        self.mix.setText("Mix")
        self.mix.setCheckable(True)
        self.mix.setAccessibleName(f"Mix {id}")
        self.mix.setToolTip("A slider for each channel")
        self.mix.setEnabled(1 < count <= MOST)
        self.sliders: list[QSlider] = []
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setMaximumHeight(20 * GRID)
        self.area.setAccessibleName(f"Shares of {id}")
        self.area.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        grid.addWidget(_named(id), 0, 0)
        grid.addWidget(self.choice, 0, 1)
        grid.addWidget(self.mix, 0, 2)
        grid.addWidget(self.area, 1, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        self.choice.entered.connect(self._choose)
        self.mix.toggled.connect(self._open)

    def fits(self, fed: Fed, room: int) -> bool:
        """Whether this row can show it."""
        return isinstance(fed, Numbers) and len(fed.values) == self._count and room > -3

    def show_fed(self, fed: Fed) -> None:
        """Show what is fed."""
        assert isinstance(fed, Numbers)
        self._fed = fed
        self.choice.show_value(MIXTURE if fed.chosen is None else fed.chosen)
        self.choice.setAccessibleDescription(in_words(fed))
        for slider, value in zip(self.sliders, fed.values, strict=False):
            if not slider.isSliderDown():
                slider.blockSignals(True)
                slider.setValue(round(value * FINE))
                slider.blockSignals(False)

    def _choose(self, chosen: str) -> None:
        if chosen == MIXTURE:
            self.mix.setChecked(True)
        else:
            feed(self._session, self._id, one_of(self._count, int(chosen)))

    def _open(self, on: bool) -> None:
        if on and not self.sliders:
            page = QWidget()
            grid = QGridLayout(page)
            grid.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
            grid.setVerticalSpacing(0)
            for channel in range(self._count):
                slider = QSlider(Qt.Orientation.Horizontal)
                slider.setRange(0, FINE)
                slider.setAccessibleName(f"Share of {channel}")
                slider.valueChanged.connect(lambda value, c=channel: self._mix(c, value / FINE))
                self.sliders.append(slider)
                words = QLabel(str(channel))
                words.setFont(sized("small"))
                grid.addWidget(words, channel, 0)
                grid.addWidget(slider, channel, 1)
            self.area.setWidget(page)
            self.show_fed(self._fed)
        self.area.setVisible(on)

    def _mix(self, channel: int, value: float) -> None:
        values = list(self._fed.values)
        values[channel] = value
        feed(self._session, self._id, Numbers(tuple(values)), merge=True)


class StillRow(QWidget):
    """The picture that is fed, and others that could be."""

    def __init__(self, session: Session, id: str) -> None:
        super().__init__()
        self._session, self._id = session, id
        self.button = QToolButton()
        self.button.setAccessibleName(f"Picture for {id}")
        self.button.setToolTip("Choose the picture that this Input is always fed")
        self.button.setIconSize(ICON)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = Menu(self.button)
        menu.addAction("Choose picture…", self.choose)
        self.shown = menu.addAction("Take the picture that is shown", self.take_shown)
        menu.aboutToShow.connect(lambda: self.shown.setEnabled(session.picture is not None))
        self.button.setMenu(menu)
        self.button.clicked.connect(self.choose)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(_named(id), 0, 0)
        grid.addWidget(self.button, 0, 1)
        grid.setColumnStretch(1, 1)

    def fits(self, fed: Fed, room: int) -> bool:
        """Whether this row can show it."""
        return isinstance(fed, Still) or room == -3

    def show_fed(self, fed: Fed) -> None:
        """Show what is fed."""
        named = isinstance(fed, Still)
        self.button.setText(shortened(in_words(fed), 24) if named else "Choose picture…")
        image = QImage.fromData(fed.png) if isinstance(fed, Still) else QImage()
        self.button.setIcon(QIcon(QPixmap.fromImage(image)) if not image.isNull() else QIcon())
        self.button.setAccessibleDescription(in_words(fed))

    def choose(self) -> None:
        """Ask for a picture file and feed it."""
        settings, pictures = Settings(), f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)})"
        start, title = settings.folder("picture"), f"Picture for {self._id}"
        if path := ask_file(self, title, start, f"{pictures};;All files (*)"):
            settings.set_folder("picture", str(Path(path).parent))
            feed_file(self._session, self._id, path)

    def take_shown(self) -> None:
        """Feed the picture that the network looks at."""
        if self._session.picture is not None:
            feed(self._session, self._id, still_of(self._session.picture))


def _named(id: str) -> Text:
    words = Text(shortened(id, 24), "dim", "small", wrap=False)
    words.setToolTip(plain_tip(f"The Input {id}: what it is fed, beside the picture."))
    return words
