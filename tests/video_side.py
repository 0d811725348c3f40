"""A detector whose boxes say which frame they are of, as slow as one likes; a camera that sends what it is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtGui import QColor, QImage

from explorer.engine.questions import Watch
from explorer.engine.serve import answer_all
from explorer.maths.records import Guess, Prediction, Seen
from explorer.maths.sentences import Refusal
from explorer.workspace.video import camera, multimedia
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


class Clock:
    """Stands in for the module `time` where cameras look at it: seconds go by as they are told to."""

    def __init__(self, monkeypatch: Any) -> None:
        self._now = time.monotonic()
        for module in (camera, multimedia):
            monkeypatch.setattr(module, "time", self)

    def monotonic(self) -> float:
        return self._now

    def wait(self, source: Camera, seconds: float, each: Callable[[], object] = lambda: None) -> float:
        """Let so much time go by, or less where the camera says something: how much went by. each: what happens ten
        times a second besides."""
        began, heard = self._now, []
        source.said.connect(heard.append)
        while self._now < began + seconds and not heard:
            self._now += 0.05
            if round((self._now - began) * 20) % 2 == 0:
                each()
            if round((self._now - began) * 1000) % multimedia.LOOK == 0 and source._sink is not None:
                source._look()  # its timer's turn
        source.said.disconnect(heard.append)
        return self._now - began


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
        super()._run(False)  # there is no device to switch on
        self.open = on

    def _close(self) -> None:
        super()._close()
        self.open = False
