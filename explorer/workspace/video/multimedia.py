"""Frames out of Qt Multimedia, which is loaded when a video or a camera is first asked for."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from explorer.workspace.video.colours import pixels_shown
from explorer.workspace.video.source import VideoError, VideoSource

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtMultimedia import QVideoFrame

MOST_PIXELS = 64_000_000
"""Of one frame: 8K has half of that."""
LOOK = 250
"""Milliseconds from one look at how long no frame has come to the next."""
QUIET = -8
"""FFmpeg's AV_LOG_QUIET."""


def multimedia() -> Any:
    """The module PySide6.QtMultimedia. Raises VideoError."""
    try:
        from PySide6 import QtMultimedia
    except ImportError as error:
        raise VideoError(
            "Videos and cameras need Qt Multimedia, which does not load here: on Debian and Ubuntu run "
            "“sudo apt install libpulse0”, elsewhere “pip install PySide6-Addons”, and start the program again."
        ) from error
    _hush(QtMultimedia)
    return QtMultimedia


@cache
def _hush(kinds: Any) -> None:
    """Have FFmpeg keep to itself what it would write to stderr, past Qt's logging: a damaged video is a thousand lines
    there, and one sentence of ours. Whoever sets Qt's QT_FFMPEG_DEBUG wants to read it.

    kinds: the module PySide6.QtMultimedia. FFmpeg comes with Qt's first look at what there is to play, not before.
    """
    if os.environ.get("QT_FFMPEG_DEBUG"):
        return
    kinds.QMediaFormat().supportedFileFormats(kinds.QMediaFormat.ConversionMode.Decode)
    beside = Path(str(kinds.__file__)).parent
    for library in (*beside.glob("Qt/lib/libavutil.*"), *beside.glob("avutil-*.dll")):
        with suppress(OSError, AttributeError):  # that of another build of Qt lies elsewhere
            ctypes.CDLL(str(library), getattr(os, "RTLD_NOLOAD", 0)).av_log_set_level(QUIET)


class FromSink(VideoSource):
    """A source whose frames come out of a QVideoSink; notices when none come.

    What follows says what the sink is connected to, in `_open`, and what is to be done without frames, in `_starve`.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._sink: Any = None
        self._fed = 0.0  # when the last whole frame came, or playing began
        self._watch = QTimer(self, interval=LOOK)
        self._watch.timeout.connect(self._look)

    def take(self, frame: QVideoFrame) -> None:
        """A frame came out of the sink; garbage is none."""
        size = frame.size()
        if not frame.isValid() or size.isEmpty() or size.width() * size.height() > MOST_PIXELS:
            return
        if self.state == "stopped":  # what was still on its way
            return
        self._fed = time.monotonic()
        self._send(max(0, frame.startTime()) / 1e6, reading(frame))

    def _act(self) -> None:
        if self.state == "stopped" or (self.is_camera and not self.playing):  # an open camera can see
            self._watch.stop()
            self._close()
            if self._sink is not None:
                self._sink.videoFrameChanged.disconnect()
                self._sink = None
            return
        if self._sink is None:
            self._sink = multimedia().QVideoSink()
            self._sink.videoFrameChanged.connect(self.take)
            self._open()
        self._fed = time.monotonic()
        self._run(self.playing)
        if self.playing:
            self._watch.start()
        else:
            self._watch.stop()

    def _look(self) -> None:
        self._starve(time.monotonic() - self._fed)

    def _fail(self, sentence: str) -> None:
        """Say why, and stop: whoever hears it lets go of a source that has stopped."""
        self.said.emit(sentence)
        self.stop()

    def _open(self) -> None:
        """Connect the sink to what sends frames. Raises VideoError."""
        raise NotImplementedError

    def _run(self, on: bool) -> None:
        """Let frames come, or none."""
        raise NotImplementedError

    def _close(self) -> None:
        """Let go of what `_open` took."""
        raise NotImplementedError

    def _starve(self, seconds: float) -> None:
        """No frame has come for so long."""
        raise NotImplementedError


def reading(frame: QVideoFrame) -> Callable[[], NDArray[np.uint8] | None]:
    """How a frame is read, where somebody asks for its pixels."""
    return lambda: pixels_shown(frame)


def delayed(do: Callable[[], None]) -> Callable[..., None]:
    """`do`, whatever the signal says, once the event loop is back: Qt's players must not be stopped out of their own
    signals."""
    return lambda *_: QTimer.singleShot(0, do)
