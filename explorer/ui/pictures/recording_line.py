"""That a clip is being written, since when, and where it lies then."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from explorer.maths.sentences import shortened
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.live_bar import clock
from explorer.ui.theme import GRID
from explorer.workspace.video.recording import Recorder

OFTEN = 250
"""Milliseconds from one look at the clock to the next."""


class RecordingLine(QWidget):
    """Shown while a clip is written, with a button that ends it; then says for a while what was written."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder, self._since = recorder, 0.0
        self.text = Text(size="small", wrap=False)
        self.stop = QToolButton()
        self.stop.setText("Stop recording")
        self.stop.clicked.connect(recorder.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.text, 1)
        row.addWidget(self.stop)
        self._clock = QTimer(self, interval=OFTEN)
        self._clock.timeout.connect(self._tell)
        recorder.changed.connect(self._follow)
        recorder.written.connect(self._say_written)
        self.hide()

    def forget(self) -> None:
        """Something else is looked at: what was written of the last is old news."""
        if not self._recorder.running:
            self.hide()

    def _follow(self) -> None:
        running = self._recorder.running
        self.stop.setVisible(running)
        if running:
            self._since = time.monotonic()
            self._clock.start()
            self._tell()
            self.show()
        else:
            self._clock.stop()
            self.hide()

    def _tell(self) -> None:
        name = shortened(Path(self._recorder.path).name, 40)
        self.text.say(f"● Recording {clock(time.monotonic() - self._since)} · {name}")

    def _say_written(self, path: str) -> None:
        if not self._recorder.running:
            self.text.say(f"Written: {shortened(Path(path).name, 60)}")
            self.show()
