"""Pictures as a video: those of a folder one by one, or a single one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from explorer.engine.questions import Decode, PictureFile, PictureNames
from explorer.maths.records import Picture, PictureList
from explorer.maths.sentences import shortened
from explorer.workspace.session import Session
from explorer.workspace.video.ticking import Ticking

LANE = "slides"


class Slides(Ticking):
    """Pictures by their files, each for a second; the worker decodes them. A broken one is passed over, and said."""

    def __init__(self, session: Session, paths: Sequence[str], title: str) -> None:
        super().__init__(title, 1.0, len(paths))
        self._session, self._paths = session, tuple(paths)
        self._waiting = False
        self._broken = 0  # since one could be read
        session.failed.connect(self._pass_over)

    def step(self) -> None:
        if not self._waiting:  # a picture that takes longer than its second is waited for
            super().step()

    def _show(self, number: int) -> None:
        def show(picture: Picture) -> None:
            self._waiting, self._broken = False, 0
            if self.state != "stopped":
                self._send(number / self.rate, lambda: picture.pixels)

        self._waiting = True
        self._session.ask(LANE, Decode(PictureFile(self._paths[number])), show)

    def _act(self) -> None:
        super()._act()
        if self.state == "stopped":
            self._session.cancel(LANE)
            self._waiting = False

    def _pass_over(self, lane: str, sentence: str) -> None:
        if lane != LANE or not self._waiting:
            return
        self._waiting = False
        self._broken += 1
        self.said.emit(shortened(f"Passed over: {sentence}"))
        if self._broken >= self.count:
            self.stop()
        elif self.playing:
            self.step()


def find_slides(session: Session, folder: str, show: Callable[[Slides], None]) -> None:
    """The pictures of a folder as a video, once the worker has listed them."""

    def list_them(found: PictureList) -> None:
        show(Slides(session, [str(Path(found.folder) / name) for name in found.names], Path(folder).name))

    session.ask("picture", PictureNames(folder), list_them, f"Reading {shortened(Path(folder).name, 60)}")
