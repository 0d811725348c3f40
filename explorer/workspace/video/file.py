"""A video file, played by Qt Multimedia."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QUrl

from explorer.formats.video_files import check as check
from explorer.maths.sentences import shortened
from explorer.workspace.disk import Look
from explorer.workspace.video.multimedia import FromSink, delayed, multimedia

PATIENCE = 5.0
"""Seconds after which a file that has not shown its first frame is taken for broken: some never report an error."""


class VideoFile(FromSink):
    """Plays a file without its sound. Raises Refusal where it is no video."""

    def __init__(self, path: str) -> None:
        super().__init__(shortened(Path(path).name, 60))
        check(path)
        self.path = path
        self._disk = Look(self)
        self._asked = 0  # how many frames had come when the disk was asked whether it is still there
        self._player: Any = None
        self._ended = False

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
            delayed(self.pause)()
        elif status == statuses.LoadedMedia and not self._player.hasVideo():
            delayed(lambda: self._break("there is no picture in it"))()

    def _starve(self, seconds: float) -> None:
        if not self._sent and seconds > PATIENCE:
            self._break("no picture came")
        elif self._sent > self._asked and seconds > PATIENCE:  # a picture that stays so long, or a disk that is gone
            self._asked = self._sent
            self._disk.ask(self.path, lambda: check(self.path), lambda _: None, self._lose)

    def _lose(self, sentence: str) -> None:
        if self.state != "stopped":
            self._fail(sentence)

    def _break(self, why: str) -> None:
        if self.state != "stopped":
            why = shortened(why, 80).rstrip(".")
            self._fail(
                f"“{self.title}” cannot be played ({why}): convert it to MP4 with H.264, or choose another video."
            )


LEFT: list[Any] = []
"""Players that would wait for their disk if they were stopped."""


def _let_go(player: Any, path: str) -> None:
    """Stop a player where its disk answers. Where not, Qt would wait for it, and the window with it."""
    look = Look(QCoreApplication.instance() or player)
    LEFT.append(player)

    def stop(_: bool) -> None:
        LEFT.remove(player)
        player.stop()
        player.setVideoSink(None)
        player.deleteLater()
        look.deleteLater()

    look.ask(path, lambda: os.path.exists(path), stop, lambda _: look.deleteLater())
