"""What the window says in its notice line about things that happen elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from explorer.maths.records import Exported
from explorer.maths.sentences import shortened
from explorer.maths.weight_records import WeightReport
from explorer.ui.controls.words import counted, report_in_words
from explorer.ui.destinations import told
from explorer.ui.notices import Notices
from explorer.ui.pages import Pages
from explorer.workspace.document import Change
from explorer.workspace.session import Session

PICKING = "Select layers, then choose Style ▸ Use as style layer, or as content layer; a right click offers both."
IN_PLACE = (
    "picture",
    "predict",
    "maps",
    "live",
    "slides",
    "weights",
    "compare",
    "effects",
    "outcome",
    "figure",
    "attribution",
)
"""Lanes whose problems are told in their own panel."""
ON_PAGES = {"style": ("studio",), "data set": ("data_set",), "embedding": ("data_set",), "lab ": ("labs",)}
"""How lanes begin whose problems are told on these pages, where they are seen."""


class Telling(QObject):
    """Hears the session and says what the user should know."""

    def __init__(self, notices: Notices, session: Session, pages: Pages) -> None:
        super().__init__(notices)
        self._notices, self._session, self._pages = notices, session, pages
        self._death = self._report = self._written = ""
        self._steps: list[str] = []  # told since the network was another
        pages.currentChanged.connect(lambda _: self._forget_report())
        pages.currentChanged.connect(lambda _: self._forget_picking())
        pages.picking.connect(self.picking)
        session.failed.connect(self.problem)
        session.document.changed.connect(self._forget_step)
        session.saved.connect(self.saved)
        session.exported.connect(self.exported)
        told().written.connect(self.written)
        told().failed.connect(self._forget_written)
        session.worker.died.connect(self.death)
        session.worker.state_changed.connect(self.forget_death)

    def picking(self) -> None:
        """Layers are to be picked for the studio; the way back stands beside how."""
        self._notices.say(PICKING, actions={"Back to the studio": self._pages.show_studio}, asks="picking")

    def saved(self, path: str) -> None:
        """The project is in this file now."""
        self._notices.say(f"Saved {shortened(Path(path).name, 60)}")

    def exported(self, exported: Exported) -> None:
        """Files were written."""
        names = " and ".join(shortened(Path(file).name, 60) for file in exported.files)
        some = f", with random weights in {counted(len(exported.untrained), 'layer')}" if exported.untrained else ""
        some += f", with {counted(exported.left_out, 'channel')} on as before" if exported.left_out else ""
        self._say_written(f"{names}{some}", exported.files[0])

    def written(self, path: str) -> None:
        """A panel or a page wrote a file; a dialog says so itself, and lies over what is said here."""
        if QApplication.activeModalWidget() is None:
            self._say_written(shortened(Path(path).name, 60), path)

    def _say_written(self, words: str, path: str) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices  # nobody waits for it when the program starts

        folder = QUrl.fromLocalFile(str(Path(path).parent))
        self._written = f"Written: {words}"
        self._notices.say(self._written, actions={"Open folder": lambda: QDesktopServices.openUrl(folder)})

    def problem(self, lane: str, sentence: str) -> None:
        """Something in a lane failed."""
        if lane not in IN_PLACE and not any(
            lane.startswith(begin) and self._pages.shows(*pages) for begin, pages in ON_PAGES.items()
        ):
            self._notices.say(sentence, problem=True)
            if lane == "canvas":
                self._steps.append(sentence)

    def _forget_step(self, change: Change) -> None:
        """What a step on the canvas left open, or why there was none, was told of a network that is another now."""
        other = change.rewired or change.before.groups != change.after.groups
        while other and self._steps:
            self._notices.take_back(self._steps.pop())

    def report(self, report: WeightReport | None) -> None:
        """How the weights of a file fit."""
        if report is not None:
            self._report = report_in_words(report)
            self._notices.say(self._report, not report.whole, {"Show report": self._pages.show_weights})
            self._forget_report()

    def _forget_report(self) -> None:
        """What the page says needs no notice above it."""
        if self._pages.shows_weights:
            self._notices.take_back(self._report)

    def _forget_written(self) -> None:
        """Another one was not: it may be the same file."""
        self._notices.take_back(self._written)

    def _forget_picking(self) -> None:
        """She is back in the studio."""
        if self._pages.shows_studio:
            self._notices.withdraw("picking")

    def death(self, sentence: str) -> None:
        """The worker died."""
        self._death = sentence
        down = self._session.worker.state == "down"
        self._notices.say(sentence, True, {"Try again": self._session.try_again} if down else {})

    def forget_death(self, state: str) -> None:
        """There is another worker: what was said of the old one goes."""
        if state == "ready":
            self._notices.take_back(self._death)

    def error(self, sentence: str) -> None:
        """Show what went wrong where nobody expected it."""
        self._notices.say(sentence, problem=True)
