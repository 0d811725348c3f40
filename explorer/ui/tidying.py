"""When Python looks through everything for garbage in loops: while nobody works."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from explorer.workspace.session import Session

PAUSE = 2000
"""Milliseconds in which nothing has happened."""
DUE = 10
"""Collections of what is newer, after which Python by itself would go through everything."""
AT_LAST = 60
"""… and after which it does even so."""


class Tidying(QObject):
    """Looks for it in pauses: the facts behind a hundred edits of a large network take 20 ms, a frame and more.

    What is young is looked through all the time, as ever; and everything, where there is never a pause.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        newest, newer, _ = gc.get_threshold()
        gc.set_threshold(newest, newer, AT_LAST)
        self.pause = QTimer(self, singleShot=True, interval=PAUSE)
        self.pause.timeout.connect(self._tidy)
        for signal in (
            session.document.changed, session.selection_changed, session.maps_changed, session.prediction_changed,
            session.frame_changed, session.place_changed, session.cell_changed,
        ):  # fmt: skip
            signal.connect(self._wait)

    def _wait(self, _: object) -> None:
        self.pause.start()

    def _tidy(self) -> None:
        if gc.get_count()[2] < DUE:
            return
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:  # something is dragged
            self.pause.start()
            return
        gc.collect()
