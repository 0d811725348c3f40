"""A video through the network: the newest frame only, one at a time, each shown with what was found in it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import Pixels, Watch
from explorer.maths.records import Picture, Seen
from explorer.maths.sentences import Refusal
from explorer.network.project import Project
from explorer.workspace.own_turn import soon
from explorer.workspace.session import Session
from explorer.workspace.video.meter import Meter
from explorer.workspace.video.source import Frame, VideoSource

LANE = "live"
REST = 2.0
"""Seconds after which a question that failed is asked again, if the network stays as it is."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A frame on its way through the network."""

    frame: Frame
    picture: Picture
    project: Project


class Live(QObject):
    """The source that plays, and what the network makes of it.

    A frame that comes while the last one is still at the worker waits; one that comes after it takes its place, and
    the older one is dropped. So what is shown is never older than two turns of the network, however slow that is.

    ahead: show each frame at once, with what was found in an older one; `behind` says how old that is.
    """

    began = Signal()  # another source plays
    changed = Signal()  # another source, or another state or setting of it
    shown = Signal(object)  # Frame: it is in the session now, with its answer where there is one
    answered = Signal(object, object, object)  # Frame, Picture, Seen: what was found in it
    said = Signal(str)  # a sentence for the user, "" when it no longer holds
    lost = Signal()  # the source ended by itself, such as a camera that was unplugged; why was said

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.source: VideoSource | None = None
        self.meter = Meter()
        self.ahead = False
        self.behind = 0.0  # seconds from the frame that was asked about to the one shown
        self._waiting: Frame | None = None
        self._asked: Asked | None = None
        self._seen: tuple[Frame, Seen] | None = None  # the last answer, while it holds
        self._packed: tuple[Project, bytes] | None = None
        self._resting: tuple[Project, float] | None = None  # failed for this network, and when it is tried again
        self._problem = ""
        self._last = -1  # number of the frame shown last
        self._picture: Picture | None = None  # and what was shown
        self._came: float | None = None  # when that frame came, until it is drawn
        self._handing = 0.0  # milliseconds the panels took to hear of it
        session.picture_changed.connect(self._leave)
        session.failed.connect(self._rest)
        session.opened.connect(lambda _: self.close_camera())

    @property
    def camera_on(self) -> bool:
        """Whether a camera is open."""
        return self.source is not None and self.source.is_camera and self.source.playing

    @property
    def warning(self) -> str:
        """What the window's title begins with while a camera is open."""
        return "● Camera on – " if self.camera_on else ""

    def open(self, source: VideoSource) -> None:
        """Play another source. Raises Refusal; then the old one is gone, too."""
        self.stop()
        self.source, self.meter, self._last = source, Meter(), -1
        source.arrived.connect(self._take)
        source.changed.connect(self._follow)
        source.said.connect(self.said)
        try:
            source.play()
        except Refusal:
            self.stop()
            raise
        self.began.emit()

    def stop(self) -> None:
        """Let go of the source; the last frame stays as the picture."""
        source, self.source = self.source, None
        if source is None:
            return
        for signal in (source.arrived, source.changed, source.said):
            signal.disconnect()
        source.stop()
        source.deleteLater()
        self._waiting = self._asked = self._seen = self._resting = None  # what is on its way is not waited for
        self._problem, self.behind = "", 0.0
        self._session.keep_frame()
        self.changed.emit()

    def set_ahead(self, on: bool) -> None:
        """Show each frame at once, or only with its own answer."""
        self.ahead, self.behind = on, 0.0
        self.changed.emit()

    def drawn(self, milliseconds: float) -> None:
        """The view drew the frame shown last, and took so long."""
        if self.source is not None and self._came is not None:
            now = time.monotonic()
            self.meter.add("draw", milliseconds + self._handing, now)
            self.meter.add("age", (now - self._came) * 1000, now)
            self._came = None

    # A frame's way

    def _take(self, frame: Frame) -> None:
        if self._waiting is not None:
            self.meter.dropped += 1
        self._waiting = frame
        self._advance()

    def _advance(self) -> None:
        """Read the frame that waits, where there is something to do with it: ask about it, or show it."""
        frame, project = self._waiting, self._session.document.project
        asks = bool(project.network.nodes) and not self._rests(project)
        at_once = self.ahead or not asks or self._seen is None  # nothing was found yet that a picture could wait for
        if frame is None or (self._asked and not at_once):
            return
        self._waiting = None
        started = time.monotonic()
        pixels = frame.read()
        if pixels is None:  # garbage
            return
        now = time.monotonic()
        self.meter.add("capture", (now - started) * 1000, now)
        picture = Picture(pixels, self.source.title if self.source else "", (pixels.shape[1], pixels.shape[0]))
        if at_once:
            self._show(frame, picture, self._seen if self.ahead and asks else None)
        if asks and not self._asked:
            self._asked = asked = Asked(frame, picture, project)
            if self._packed is not None and self._packed[0] is project:
                self._ask(asked)
            else:  # it is shown before the network is written out for the worker, which takes as long
                self._seen = None
                soon(self, lambda: self._ask(asked))
        self._settle()

    def _ask(self, asked: Asked) -> None:
        session, project = self._session, asked.project
        if asked is not self._asked:  # the video was stopped
            return
        if self._packed is None or self._packed[0] is not project:
            from explorer.formats import project_json  # nobody waits for it when the program starts

            self._packed = project, project_json.dumped(project)
        together = session.before and bool(session.selection and session.input_of(session.selection[-1]))
        question = Watch(
            self._packed[1], Pixels(asked.picture.pixels, asked.picture.name),
            session.looked if session.selection else (), session.device or "cpu", session.range, together,
            session.thresholds,
        )  # fmt: skip
        session.ask(LANE, question, lambda seen: self._answer(asked, seen), then=lambda: self._go_on(asked))

    def _answer(self, asked: Asked, seen: Seen) -> None:
        if asked is not self._asked or asked.project is not self._session.document.project:
            return  # the video, or the network, is another one by now
        now = time.monotonic()
        for part, value in (("pre", seen.before), ("network", seen.network), ("post", seen.behind)):
            self.meter.add(part, value, now)
        if seen.problem != self._problem:
            self._problem = seen.problem
            self.said.emit(seen.problem)
        self._seen = asked.frame, seen
        if not self.ahead and asked.frame.number >= self._last:
            self._show(asked.frame, asked.picture, self._seen)
        self.answered.emit(asked.frame, asked.picture, seen)

    def _go_on(self, asked: Asked) -> None:
        if asked is self._asked:
            self._asked = None
            self._advance()
            self._settle()

    def _show(self, frame: Frame, picture: Picture, found: tuple[Frame, Seen] | None) -> None:
        started = time.monotonic()
        before, seen = found or (frame, None)
        self.behind, self._last, self._picture = frame.came - before.came, frame.number, picture
        self._session.show_frame(picture, seen.prediction if seen else None, seen.maps if seen else ())
        self._came, self._handing = frame.came, (time.monotonic() - started) * 1000
        self.shown.emit(frame)

    def _settle(self) -> None:
        """A video that does not play, and whose last frame went its way, leaves a picture like any other."""
        playing = self.source is not None and self.source.playing
        if not playing and self._asked is None and self._waiting is None:
            self._came = None  # when a picture that stays is painted says nothing
            self._session.keep_frame()

    # What else happens

    def _follow(self) -> None:
        """The source plays, pauses, or has stopped by itself."""
        if self.source is not None and self.source.state == "stopped":
            self.stop()
            self.lost.emit()
            return
        self._settle()
        self.changed.emit()

    def _leave(self, picture: Picture | None) -> None:
        """Another picture is looked at."""
        if picture is not self._picture:
            self.stop()
            self.said.emit("")

    def _rest(self, lane: str, sentence: str) -> None:
        if lane == LANE and self._asked is not None:
            self._resting = self._asked.project, time.monotonic() + REST
            self._asked = self._seen = None
            self._problem = sentence
            self.said.emit(sentence)
            self._settle()

    def _rests(self, project: Project) -> bool:
        return self._resting is not None and self._resting[0] is project and time.monotonic() < self._resting[1]

    def close_camera(self) -> None:
        """Let go of the camera, if that is the source: the window is not seen any more, or another network was opened,
        which nobody agreed to be seen by."""
        if self.source is not None and self.source.is_camera:
            self.stop()
