"""Every frame of a video file, for work that has no clock: the decoder waits for it."""

from __future__ import annotations

import queue
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QLoggingCategory, QMetaObject, Qt, QUrl

from explorer.formats import video_files
from explorer.formats.words import refusal
from explorer.maths.sentences import shortened
from explorer.workspace.video.colours import pixels_shown
from explorer.workspace.video.multimedia import MOST_PIXELS, multimedia
from explorer.workspace.video.source import VideoError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtMultimedia import QVideoFrame

HURRY = 20.0
"""Times as fast as the video was taken, frames may come; they wait where that is too fast."""
AHEAD = 2
"""Frames that are decoded before they are asked for."""
PATIENCE = 10.0
"""Seconds without a frame after which a file is taken for broken: some never report an error."""
MOMENT = 0.005
"""Seconds from one look for a frame to the next."""


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """time: its place in the video, and total: how long that is, both in seconds, 0 where nobody knows; pixels
    (H, W, 3) uint8 red, green, blue."""

    time: float
    total: float
    pixels: NDArray[np.uint8]


def all_frames(path: str) -> Generator[VideoFrame, None, None]:
    """All of them in order, none left out. Closing it lets go of the file. Raises Refusal."""
    stamp = video_files.check(path)
    start_qt()
    reading = _Reading(path)
    try:
        try:
            yield from reading.frames()
        except VideoError:
            video_files.read_through(path, reading.part)  # which says better what it is
            raise
        video_files.left_alone(path, stamp)
        if reading.part < video_files.SHORT:  # decoders take a disk that fails for the end
            video_files.read_through(path, reading.part)
    finally:
        reading.close()


def start_qt() -> QCoreApplication:
    """Qt without a window, where there is none yet; what its decoders have to say is no sentence for the user."""
    app = QCoreApplication.instance()
    if app is None:
        app = QCoreApplication([])
        QLoggingCategory.setFilterRules("*.debug=false\n*.info=false\n*.warning=false")
    return app


class _Reading:
    """A player whose frames come in a thread of Qt's, and are kept there until somebody wants them."""

    def __init__(self, path: str) -> None:
        kinds = multimedia()
        self._path = path
        self._waiting: queue.Queue[QVideoFrame] = queue.Queue(AHEAD)
        self._ended = self._closed = False
        self._problem = ""
        self.part = 0.0  # of the film, that was read
        self._sink, self._player = kinds.QVideoSink(), kinds.QMediaPlayer()
        self._player.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._take, Qt.ConnectionType.DirectConnection)
        self._player.errorOccurred.connect(self._fail)
        self._player.mediaStatusChanged.connect(self._follow)
        self._player.setSource(QUrl.fromLocalFile(path))
        self._player.setPlaybackRate(HURRY)

    def frames(self) -> Iterator[VideoFrame]:
        self._player.play()
        since = time.monotonic()
        while True:
            QCoreApplication.processEvents()
            if self._problem or time.monotonic() - since > PATIENCE:
                advice = "copy it again where it is damaged, or convert it to MP4 with H.264"
                raise VideoError(
                    refusal(self._path, f"cannot be played ({self._problem or 'no picture came'})", advice)
                )
            try:
                frame = self._waiting.get(timeout=MOMENT)
            except queue.Empty:
                if self._ended:
                    return
                continue
            pixels = pixels_shown(frame)
            if pixels is not None:
                seconds = max(0, frame.startTime()) / 1e6
                total = max(0, self._player.duration()) / 1000
                self.part = min(1.0, seconds / total) if total else 1.0
                yield VideoFrame(seconds, total, pixels)
            since = time.monotonic()

    def close(self) -> None:
        """Let go of the file. Qt stops the player, not we: a call of `stop` would keep Python's lock while it waits for
        the thread that waits in `_take`."""
        self._closed = True
        self._sink.videoFrameChanged.disconnect(self._take)
        QMetaObject.invokeMethod(self._player, "stop", Qt.ConnectionType.QueuedConnection)
        QCoreApplication.processEvents()
        self._player.setSource(QUrl())

    def _take(self, frame: QVideoFrame) -> None:
        """In Qt's thread: garbage is none."""
        size = frame.size()
        if not frame.isValid() or size.isEmpty() or size.width() * size.height() > MOST_PIXELS:
            return
        while not self._closed:
            try:
                return self._waiting.put(frame, timeout=MOMENT)
            except queue.Full:
                continue

    def _fail(self, _error: Any, text: str) -> None:
        self._problem = shortened(text, 80).rstrip(".") or "its decoder failed"

    def _follow(self, status: Any) -> None:
        statuses = multimedia().QMediaPlayer.MediaStatus
        if status == statuses.EndOfMedia:
            self._ended = True
        elif status == statuses.LoadedMedia and not self._player.hasVideo():
            self._problem = "there is no picture in it"
