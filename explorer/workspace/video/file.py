"""A video file, played by Qt Multimedia."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QCoreApplication, QUrl

from explorer.formats.video_files import SHORT, left_alone, read_through
from explorer.formats.video_files import check as check
from explorer.maths.sentences import shortened
from explorer.workspace.disk import Look, look_once
from explorer.workspace.video.multimedia import FromSink, delayed, multimedia

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds after which a file that has not shown its first frame is taken for broken: some never report an error."""
OFTEN = 2.0
"""Seconds from one look at what has become of the file to the next: decoders take one that is cut for a shorter one."""


class VideoFile(FromSink):
    """Plays a file without its sound. Raises Refusal where it is no video."""

    def __init__(self, path: str) -> None:
        super().__init__(shortened(Path(path).name, 60))
        self._stamp = check(path)
        self.path = path
        self._disk = Look(self)
        self._asks, self._looked = False, 0.0  # whether the disk is being asked, and when it was last
        self._told = ""  # what was said of the file
        self._player: Any = None
        self._ended = self._sought = False

    def _open(self) -> None:
        self._player = player = multimedia().QMediaPlayer()
        player.setVideoSink(self._sink)
        player.errorOccurred.connect(lambda _, text: delayed(lambda: self._break(text))())
        player.durationChanged.connect(self._measure)
        player.mediaStatusChanged.connect(self._follow)
        player.setSource(QUrl.fromLocalFile(self.path))
        self._tune()

    def _run(self, on: bool) -> None:
        if on:
            self._player.play()
        elif not self._ended:  # a player that is paused at the end would show the beginning
            self._player.pause()
        self._ended = False

    def _close(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            player.disconnect(self)
            _let_go(player, self.path)

    def _seek(self, seconds: float) -> None:
        if self._player is not None:
            self._sought = True
            self._player.setPosition(round(seconds * 1000))

    def _tune(self) -> None:
        if self._player is not None:
            self._player.setPlaybackRate(self.speed)
            loops = multimedia().QMediaPlayer.Loops
            self._player.setLoops(loops.Infinite if self.loop else loops.Once)

    def _measure(self, milliseconds: int) -> None:
        self.duration = max(0, milliseconds) / 1000
        self.changed.emit()

    def _follow(self, status: Any) -> None:
        statuses = multimedia().QMediaPlayer.MediaStatus
        if status == statuses.EndOfMedia and not self.loop:
            self._ended = True
            self._look_at_end()
            delayed(self.pause)()
        elif status == statuses.LoadedMedia and not self._player.hasVideo():
            delayed(lambda: self._break("there is no picture in it"))()

    def _starve(self, seconds: float) -> None:
        if not self._sent and seconds > PATIENCE:
            self._break("no picture came")
        elif time.monotonic() - self._looked > OFTEN:
            self._ask_disk(lambda: left_alone(self.path, self._stamp), self._tell)

    def _send(self, seconds: float, read: Callable[[], NDArray[np.uint8] | None]) -> None:
        if seconds < self.time and not self._sought:  # it begins again
            self._look_at_end()
        self._sought = False
        super()._send(seconds, read)

    def _look_at_end(self) -> None:
        """It ends where it should not? Decoders take a disk that fails, or a file that is cut, for the end."""
        if 0 < self.time < SHORT * self.duration:
            minutes = "{:.0f}:{:02.0f}".format(*divmod(self.time, 60))
            short = f"“{self.title}” ends after {minutes}, which is too soon: it is damaged, or was not copied whole."
            self._ask_disk(self._read, lambda _: self._tell(short))

    def _read(self) -> None:
        """What stands in the way of reading it, where it is now."""
        left_alone(self.path, self._stamp)
        read_through(self.path, self.time / self.duration if self.duration else 0.0)

    def _ask_disk(self, find_out: Callable[[], T], then: Callable[[T], object]) -> None:
        """Ask one thing at a time; a disk that does not answer, or fails, ends the film."""
        if self._asks:
            return

        def done(do: Callable[[Any], object]) -> Callable[[Any], None]:
            def hear(found: Any) -> None:
                self._asks, self._looked = False, time.monotonic()
                if self.state != "stopped":
                    do(found)

            return hear

        self._asks = True
        self._disk.ask(self.path, find_out, done(then), done(self._fail))

    def _tell(self, sentence: str) -> None:
        """Say something of the file once; it plays on."""
        if sentence and sentence != self._told:
            self._told = sentence
            self.said.emit(sentence)

    def _break(self, why: str) -> None:
        """The decoder gives up: because of the disk, or of what it reads."""
        if self.state == "stopped":
            return
        why = shortened(why, 80).rstrip(".")
        advice = "copy it again where it is damaged, or convert it to MP4 with H.264"
        self._asks = False  # this is more than what is being asked
        self._ask_disk(self._read, lambda _: self._fail(f"“{self.title}” cannot be played ({why}): {advice}."))


LEFT: list[Any] = []
"""Players that would wait for their disk if they were stopped."""


def _let_go(player: Any, path: str) -> None:
    """Stop a player where its disk answers. Where not, Qt would wait for it, and the window with it."""
    LEFT.append(player)

    def stop(_: bool) -> None:
        LEFT.remove(player)
        player.stop()
        player.setVideoSink(None)
        player.deleteLater()

    look_once(QCoreApplication.instance() or player, path, lambda: os.path.exists(path), stop, lambda _: None)
