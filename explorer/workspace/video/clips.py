"""A clip out of pictures that are made one after the other, for work that has no clock: it waits for the encoder."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from explorer.formats.words import refusal
from explorer.workspace.video.all_frames import start_qt
from explorer.workspace.video.recording import CONTAINERS, Recorder
from explorer.workspace.video.source import VideoError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PATIENCE = 20.0
"""Seconds that an encoder may take for a frame, or for the end of a file."""
MOMENT = 0.002
"""Seconds from one try to the next."""


class Clip:
    """A video file; nothing is written before the first picture comes, and `close` makes it whole."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._recorder: Recorder | None = None
        self._problem = ""

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """One more picture (H, W, 3), shown from this time on. Raises VideoError."""
        if self._recorder is None:
            start_qt()
            self._recorder = Recorder()
            self._recorder.said.connect(self._hear)
            self._recorder.start(self._path)
        recorder = self._recorder
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        self._wait(lambda: bool(self._problem) or recorder.add(image, seconds))

    def close(self) -> None:
        """Write the end of the file. Raises VideoError."""
        if (recorder := self._recorder) is not None:
            recorder.stop()
            self._wait(lambda: bool(self._problem) or recorder.finished)

    def _wait(self, until: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not until():
            if time.monotonic() - began > PATIENCE:
                self._problem = self._problem or "The encoder does not answer: choose another folder or ending."
                break
            QCoreApplication.processEvents()
            time.sleep(MOMENT)
        if self._problem:
            raise VideoError(self._problem)

    def _hear(self, sentence: str) -> None:
        self._problem = sentence


def check_clip(path: str) -> None:
    """Raise VideoError where no clip can have this name."""
    if Path(path).suffix.lower() not in CONTAINERS:
        raise VideoError(refusal(path, "is no name of a clip", f"let it end in {', '.join(CONTAINERS)}"))
