"""What is kept of a video, by choice only: a clip with its boxes, and a list of what was found."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QPainter

from explorer.formats.detections import Sighting, as_coco, as_csv
from explorer.maths.records import Picture, Seen
from explorer.maths.sentences import shortened
from explorer.workspace.exports import write_bytes
from explorer.workspace.video.live import Live
from explorer.workspace.video.multimedia import multimedia
from explorer.workspace.video.source import Frame

MOST = 20_000
"""Frames of which it is remembered what was found in them; then the oldest are forgotten."""
CONTAINERS = (".mp4", ".mkv", ".avi")


class Sightings(QObject):
    """What was found since the source was opened, frame by frame; only numbers, no pictures."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self._source: object = None
        self.found: deque[Sighting] = deque(maxlen=MOST)
        live.answered.connect(self._add)

    def _add(self, frame: Frame, picture: Picture, seen: Seen) -> None:
        if self._live.source is not self._source:
            self._source = self._live.source
            self.found.clear()
        if seen.prediction is not None:
            top = seen.prediction.top
            self.found.append(Sighting(picture.name, frame.number, frame.time, picture.size, top))

    def write(self, path: str) -> None:
        """Write them as a table, or as COCO's JSON where the name ends so. Raises Refusal."""
        found = tuple(self.found)
        text = as_coco(found) if path.lower().endswith(".json") else as_csv(found)
        write_bytes(path, text.encode())


class Recorder(QObject):
    """Writes images to a video file, at the times they are given; Qt Multimedia's own encoders do it."""

    changed = Signal()  # it runs, or not any more
    written = Signal(str)  # the path of a file that is whole now
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.path = ""
        self._failed = False
        self._session: Any = None
        self._recorder: Any = None
        self._input: Any = None
        self._finishing: Any = None  # what the file's end is written by
        self._started: float | None = None  # when the first image came
        self._size = (0, 0)

    @property
    def running(self) -> bool:
        """Whether a file is being written."""
        return self._recorder is not None

    @property
    def finished(self) -> bool:
        """Whether the last file is whole: Qt writes its end after `stop`."""
        return self._recorder is None and self._finishing is None

    def start(self, path: str) -> None:
        """Write what is added to this file from now on. Raises VideoError."""
        kinds = multimedia()
        self.path, self._failed = path, False
        formats = kinds.QMediaFormat.FileFormat
        container = {".mkv": formats.Matroska, ".avi": formats.AVI}.get(Path(path).suffix.lower(), formats.MPEG4)
        kind = kinds.QMediaFormat(container)
        kind.resolveForEncoding(kinds.QMediaFormat.ResolveFlags.RequiresVideo)
        self._session, self._input = kinds.QMediaCaptureSession(), kinds.QVideoFrameInput()
        self._recorder, self._started = kinds.QMediaRecorder(), None
        self._session.setVideoFrameInput(self._input)
        self._session.setRecorder(self._recorder)
        self._recorder.setMediaFormat(kind)
        self._recorder.setQuality(kinds.QMediaRecorder.Quality.HighQuality)
        # Qt would put a path without a folder into the user's folder for films
        self._recorder.setOutputLocation(QUrl.fromLocalFile(os.path.abspath(path)))
        self._recorder.errorOccurred.connect(lambda _, text: self._fail(text))
        self._recorder.record()
        self.changed.emit()

    def add(self, image: QImage, at: float | None = None) -> bool:
        """One more image, shown from now on, or from a time in seconds; where the encoder is behind it is left out,
        and the answer is false. One of another size than the first is shown whole, with black around it."""
        if self._recorder is None:
            return False
        now = time.monotonic() if at is None else at
        if self._started is None:
            self._started, self._size = now, (image.width() // 2 * 2, image.height() // 2 * 2)  # codecs want even sides
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        if image.size().toTuple() != self._size:
            image = fitted(image, self._size)
        frame = multimedia().QVideoFrame(image)
        frame.setStartTime(round((now - self._started) * 1e6))
        return bool(self._input.sendVideoFrame(frame))

    def stop(self) -> None:
        """Finish the file."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._finishing = recorder, self._session, self._input
            self._session = self._input = None
            recorder.recorderStateChanged.connect(self._finish)
            recorder.stop()
            self.changed.emit()

    def _finish(self, _state: Any) -> None:
        if self._finishing is not None:
            self._finishing = None
            if not self._failed and self._started is not None:
                self.written.emit(self.path)

    def _fail(self, text: str) -> None:
        self._failed, why = True, shortened(text, 120).rstrip(".")
        self.said.emit(f"The clip cannot be written ({why}): choose another folder or ending, and record again.")
        self.stop()


def fitted(image: QImage, size: tuple[int, int]) -> QImage:
    """The whole image in the middle of one of `size` (width, height); one row or column too many is cut off."""
    width, height = size
    if 0 <= image.width() - width <= 1 and 0 <= image.height() - height <= 1:
        return image.copy(0, 0, width, height)
    way = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    small, whole = image.scaled(width, height, *way), QImage(width, height, QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.black)
    with QPainter(whole) as painter:
        painter.drawImage((width - small.width()) // 2, (height - small.height()) // 2, small)
    return whole
