"""The pictures, settings and layers a style studio works with: edited, undone, and decoded to be shown."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.questions import Decode, PictureSource
from explorer.maths.records import Picture, Progress
from explorer.probes.style import Style
from explorer.workspace.session import Session
from explorer.workspace.steps import Steps
from explorer.workspace.style_memory import remember, remembered
from explorer.workspace.style_setup import ChosenPicture, ChosenStyle, Layers, Role, StyleSetup
from explorer.workspace.tab import Tab

LONGEST = 1024
"""Pixels of the longer side of a content or style picture as it is shown."""
SOON = 200
"""Milliseconds after an edit until it is asked about: one types a number in less."""
_numbers = count(1)


class StyleMaterials(QObject):
    """One immutable setup with its undo.

    tab: whose network is used. number: tells its lanes from those of other studios. pictures: the content and style
    pictures as they are shown, by their sources; None for one that cannot be read.
    """

    changed = Signal()  # the setup, the state or the forecast

    def __init__(self, session: Session, tab: Tab) -> None:
        super().__init__()
        self._session, self.tab, self.number = session, tab, next(_numbers)
        self._steps: Steps[StyleSetup] = Steps(StyleSetup(settings=remembered()))
        self.pictures: dict[PictureSource, Picture | None] = {}
        self._failures: dict[PictureSource, str] = {}  # why there is none
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        session.worker.state_changed.connect(self._ask_again)

    @property
    def setup(self) -> StyleSetup:
        """The pictures, the settings and the layers as they are edited."""
        return self._steps.value

    def edit(self, setup: StyleSetup, merge: str = "") -> None:
        """Use another setup from now on, undoably; also while the picture grows."""
        if self._steps.take(setup, merge):
            self._edited()

    def undo(self) -> None:
        """Take the last edit back."""
        if self._steps.undo():
            self._edited()

    def redo(self) -> None:
        """Make it again."""
        if self._steps.redo():
            self._edited()

    def layers(self, role: Role) -> Layers:
        """The layers that tell content or style."""
        return self.setup.layers(role, self.tab.project, self.tab.facts)

    @property
    def suitable(self) -> bool:
        """Whether the network has layers that can be compared."""
        return bool(self.layers("content") or self.layers("style"))

    @property
    def untrained(self) -> bool:
        """Whether its weights are random."""
        return not self.tab.project.weights

    def set(self, settings: Style, merge: str = "") -> None:
        """Use other settings, and begin with them the next time."""
        remember(settings)
        self.edit(replace(self.setup, settings=settings), merge)

    def take_content(self, picture: ChosenPicture) -> None:
        """Take another picture's content."""
        self.edit(replace(self.setup, content=picture))

    def take_style(self, picture: ChosenPicture, place: int | None = None) -> None:
        """Take the style of one more picture, or of this one instead of the one at a place."""
        styles = self.setup.styles
        if place is None or place >= len(styles):
            self.edit(self.setup.with_style(len(styles), ChosenStyle(picture)))
        else:
            self.edit(self.setup.with_style(place, replace(styles[place], picture=picture)))

    def picture(self, picture: ChosenPicture | None) -> Picture | None:
        """A content or style picture as it is shown; None where it is not there yet, or cannot be read."""
        return self.pictures.get(picture.source) if picture else None

    @property
    def missing(self) -> str:
        """What is still to be chosen, or is not there yet; "" where a picture can be made."""
        setup = self.setup
        if setup.missing or setup.content is None:
            return setup.missing
        for one in (setup.content, *(style.picture for style in setup.styles)):
            if self.picture(one) is None:
                return self._failures.get(one.source, f"Opening {one.name} …")
        return "" if self.suitable else "Pick a layer that tells content or style."

    def _edited(self) -> None:
        """Another setup: show its pictures, and soon what follows from it."""
        self._decode_missing()
        self._soon.start()
        self.changed.emit()

    def _decode_missing(self) -> None:
        setup = self.setup
        chosen = (setup.content, *(style.picture for style in setup.styles))
        for number, one in enumerate(chosen):
            if one is not None and one.source not in self.pictures and one.source not in self._failures:
                self._decode(one, f"style picture {self.number} {number}")
                return  # the next one when this is there: a lane holds one question

    def _decode(self, one: ChosenPicture, lane: str) -> None:
        def show(picture: Picture | Progress) -> None:
            if not isinstance(picture, Progress):  # a disk takes its time
                self.pictures[one.source] = picture
                follow()

        def failed(sentence: str) -> None:
            self._failures[one.source] = sentence
            if self._session.worker.state != "down":  # else it is no fault of the picture's
                self.pictures[one.source] = None
            follow()

        def follow() -> None:
            self._decode_missing()
            self._soon.start()
            self.changed.emit()

        self._session.worker.ask(lane, Decode(one.source, LONGEST), show, failed)

    def _ask_again(self, state: str) -> None:
        """Another worker begins: it is asked for what nobody could answer before."""
        unanswered = self._failures.keys() - self.pictures.keys()
        if state != "down" and unanswered:
            for source in unanswered:
                del self._failures[source]
            self._decode_missing()
            self.changed.emit()
