"""Where the frames of a video come from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from explorer.maths.sentences import Refusal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

State = Literal["stopped", "playing", "paused"]


class VideoError(Refusal):
    """A video or a camera cannot be used; the message says why and what to do."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a video, as it came.

    number: how many came before it since the source was started. time: its place in the video, in seconds. came: when
    it arrived, in seconds of `time.monotonic`. read: its pixels (H, W, 3) uint8 red, green, blue, None for garbage;
    a frame that nobody has time for is never read.
    """

    number: int
    time: float
    came: float
    read: Callable[[], NDArray[np.uint8] | None]


class VideoSource(QObject):
    """Sends frames while it plays. Sources differ in what `_act` and `_seek` do.

    duration: in seconds, 0 where there is no end, and then nothing to seek. speed: 1 is as it was taken.
    """

    arrived = Signal(object)  # Frame
    changed = Signal()  # state, duration or a setting
    said = Signal(str)  # a sentence for the user: what is wrong

    is_camera = False

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.state: State = "stopped"
        self.duration, self.time, self.speed = 0.0, 0.0, 1.0
        self.loop, self.mirrored = True, False
        self._sent = 0

    @property
    def playing(self) -> bool:
        """Whether frames come."""
        return self.state == "playing"

    def play(self) -> None:
        """Send frames from now on. Raises VideoError."""
        self._set_state("playing")

    def pause(self) -> None:
        """Send none for the moment."""
        if self.playing:
            self._set_state("paused")

    def stop(self) -> None:
        """Send no more, and let go of file and camera."""
        self._set_state("stopped")

    def seek(self, seconds: float) -> None:
        """Go on from another place; while paused, the frame there is sent."""
        self._seek(min(max(seconds, 0.0), self.duration))

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast."""
        self.speed = speed
        self._tune()
        self.changed.emit()

    def set_loop(self, on: bool) -> None:
        """Begin again at the end, or stay there."""
        self.loop = on
        self._tune()
        self.changed.emit()

    def set_mirrored(self, on: bool) -> None:
        """Turn left and right round, as in a mirror."""
        self.mirrored = on
        self.changed.emit()

    def _set_state(self, state: State) -> None:
        if state != self.state:
            before, self.state = self.state, state
            try:
                self._act()
            except VideoError:
                self.state = before
                raise
            self.changed.emit()

    def _send(self, seconds: float, read: Callable[[], NDArray[np.uint8] | None]) -> None:
        """A frame is there."""
        mirrored, self.time = self.mirrored, seconds

        def turned() -> NDArray[np.uint8] | None:
            pixels = read()
            return pixels[:, ::-1].copy() if pixels is not None and mirrored else pixels

        self._sent += 1
        self.arrived.emit(Frame(self._sent - 1, seconds, time.monotonic(), turned))

    def _act(self) -> None:
        """Do what the new state asks for."""
        raise NotImplementedError

    def _seek(self, seconds: float) -> None:
        """Go on from there; a source without a duration is never asked to."""

    def _tune(self) -> None:
        """Take over another speed, or another end."""
