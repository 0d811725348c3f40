"""A video with a clock of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer

from explorer.workspace.own_turn import soon
from explorer.workspace.video.source import VideoSource


class Ticking(VideoSource):
    """So many frames, so many a second.

    number: the place of the last frame in the video, -1 before the first.
    """

    def __init__(self, title: str, rate: float, count: int) -> None:
        super().__init__(title)
        self.rate, self.count, self.number = rate, count, -1
        self.duration = count / rate
        self._clock = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self.step)
        self._beginning = False  # the first frame has a turn of its own: who opens a video makes room

    def step(self) -> None:
        """Go on by one frame."""
        if self.number + 1 >= self.count and not self.loop:
            self.pause()
            return
        self.number = (self.number + 1) % self.count
        self._show(self.number)

    def _show(self, number: int) -> None:
        """Send the frame that has this number in the video."""
        raise NotImplementedError

    def _act(self) -> None:
        if self.playing:
            self._tune()
            self._beginning = True
            soon(self, self._first)
        else:
            self._clock.stop()
            if self._beginning:
                self._beginning = False
                if self.state == "paused":  # at once: there is its first picture
                    self.step()
        if self.state == "stopped":
            self.number = -1

    def _first(self) -> None:
        if self._beginning:
            self._beginning = False
            self._clock.start()  # from now on: else the second one could come in this turn
            self.step()

    def _seek(self, seconds: float) -> None:
        self.number = min(int(seconds * self.rate), self.count - 1) - 1
        self.step()

    def _tune(self) -> None:
        self._clock.setInterval(max(1, round(1000 / (self.rate * self.speed))))
