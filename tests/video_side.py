"""A detector whose boxes say which frame they are of, as slow as one likes; a camera that sends what it is given."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from PySide6.QtGui import QColor, QImage

from explorer.engine.questions import Watch
from explorer.engine.serve import answer_all
from explorer.maths.records import Guess, Prediction, Seen
from explorer.maths.sentences import Refusal
from explorer.workspace.video.camera import Camera

PAUSE = 0.2
"""Seconds the slow detector takes for a frame."""


def picture_of(number: int, size: tuple[int, int] = (64, 48)) -> QImage:
    """A frame whose colour is its number, up to 65,535."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(number // 256, number % 256, 7))
    return image


def number_in(pixels: Any) -> int:
    """Which frame this is."""
    red, green, _ = (int(x) for x in pixels[0, 0])
    return red * 256 + green


def serve_slow(connection: Any, current: Any) -> None:
    answer_all(connection, current, lambda question: _answer(question, PAUSE))


def serve_quick(connection: Any, current: Any) -> None:
    answer_all(connection, current, lambda question: _answer(question, 0.0))


def serve_refusing(connection: Any, current: Any) -> None:
    def refuse(question: Any) -> Iterator[Any]:
        if isinstance(question, Watch):
            raise Refusal("The network does not run.")
        yield from ()

    answer_all(connection, current, refuse)


def _answer(question: Any, pause: float) -> Iterator[Any]:
    if isinstance(question, Watch):
        time.sleep(pause)
        number = number_in(question.frame.pixels)
        yield Seen(Prediction((Guess(str(number), number, 1.0, (1.0, 2.0, 30.0, 40.0)),)), ())


class FakeCamera(Camera):
    """Qt's own way from a camera to a sink, with frames from here in the camera's place."""

    def __init__(self, name: str = "Test camera") -> None:
        super().__init__(name)
        self.input: Any = None
        self.open = False

    def send(self, number: int, size: tuple[int, int] = (64, 48)) -> None:
        """Let the camera take a picture."""
        from PySide6.QtMultimedia import QVideoFrame

        self.input.sendVideoFrame(QVideoFrame(picture_of(number, size)))

    def _found(self, kinds: Any) -> Any:
        self.input = kinds.QVideoFrameInput()
        return kinds.QCamera()

    def _plug(self, session: Any) -> None:
        session.setVideoFrameInput(self.input)

    def _run(self, on: bool) -> None:
        self._awake = False
        self.open = on

    def _close(self) -> None:
        super()._close()
        self.open = False
