"""Start, pause, stop; what it will take, and how far it is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui.controls.flow import Beside
from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.theme import GRID
from explorer.workspace.session import Session
from explorer.workspace.style_studio import StyleStudio


class RunTools(QWidget):
    """Buttons for a studio's run. Before it begins, the forecast stands here; what does not fit is refused, with the
    size that does. tools: a row beside the buttons for what is done with the picture."""

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__()
        self._studio = studio
        self.start = self._button(
            "Start", "Make the picture from the beginning; what was made stays as a branch", self._start
        )
        self.pause = self._button("Pause", "Stop for now, or go on from the moment that is seen (Space)",
                                  self.pause_or_go_on)  # fmt: skip
        self.stop = self._button("Stop", "End it here; it can still be gone on with", self._stop)
        self.words = Text(role="dim", size="small")
        self.fit = QPushButton()
        self.fit.setToolTip("Take the largest size that fits into the memory")
        self.fit.clicked.connect(self._take_largest)
        self.tiles = QPushButton()
        self.tiles.setToolTip(
            "Let the picture go through the network in tiles: slower, in less memory; costs stay those of the whole"
        )
        self.tiles.clicked.connect(self._take_tiles)
        self.lane, self.measuring = LaneLine(session, studio.lane), LaneLine(session, studio.forecast_lane)
        self.note = Text(role="problem", size="small")
        buttons, self.tools = QHBoxLayout(), QHBoxLayout()
        buttons.setSpacing(GRID)
        self.tools.setSpacing(GRID // 2)
        for button in (self.start, self.pause, self.stop):
            buttons.addWidget(button)
        buttons.addStretch(1)
        said = QHBoxLayout()
        said.setSpacing(GRID)
        said.addWidget(self.words, 1)
        said.addWidget(self.fit)
        said.addWidget(self.tiles)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(Beside(buttons, self.tools))
        column.addLayout(said)
        column.addWidget(self.note)
        column.addWidget(self.measuring)
        column.addWidget(self.lane)
        studio.changed.connect(self.follow)
        studio.grown.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what can be done now."""
        studio = self._studio
        missing, running = studio.missing, studio.state == "running"
        forecast = studio.forecast if not running else None
        refused = forecast is not None and not forecast.fits
        moment = studio.timeline.moment
        any_moment = moment is not None
        at = f"At step {moment.step:,}. " if moment is not None and not running else ""
        self.start.setEnabled(not missing and not refused)
        self.start.setText("Start again" if any_moment else "Start")
        self.pause.setEnabled(running or (any_moment and not missing and not refused))
        here = f"Go on from {studio.setup.settings.start}" if studio.jumps else "Go on"
        here = here if studio.timeline.at_end else "Branch off here"
        self.pause.setText(here if any_moment and not running else "Pause")
        self.stop.setEnabled(running)
        if missing:
            self.words.say(missing)
        elif forecast is not None:
            self.words.say(f"{at}{forecast.sentence}")
        else:
            self.words.say(at)
        self.fit.setVisible(refused and forecast is not None and forecast.largest > 0)
        self.tiles.setVisible(refused and forecast is not None and forecast.tile > 0)
        if forecast is not None:
            self.fit.setText(f"Take {forecast.largest:,} px")
            self.tiles.setText(f"Use tiles of {forecast.tile:,} px")
        self.note.say(studio.note)

    def pause_or_go_on(self) -> None:
        """Pause where it runs, else go on from the moment that is looked at; begin where there is none."""
        if self._studio.state == "running":
            self._studio.pause()
        elif self.pause.isEnabled() or (self.start.isEnabled() and self._studio.timeline.moment is None):
            self._studio.go_on()

    def _start(self) -> None:
        self._studio.start()
        self.pause.setFocus()  # Space pauses: on Start it would begin anew

    def _stop(self) -> None:
        self._studio.stop()
        self.pause.setFocus()

    def _take_largest(self) -> None:
        if forecast := self._studio.forecast:
            self._studio.set(replace(self._studio.setup.settings, size=forecast.largest))

    def _take_tiles(self) -> None:
        if forecast := self._studio.forecast:
            self._studio.set(replace(self._studio.setup.settings, tile=forecast.tile))

    def _button(self, text: str, tip: str, do: object) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda _=False: do())  # type: ignore[operator]
        return button
