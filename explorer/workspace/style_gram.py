"""Which Gram matrix of a studio is looked at, and which of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.engine.questions import PictureSource, Pixels
from explorer.engine.studio_questions import GramOf
from explorer.workspace.session import Session
from explorer.workspace.style_studio import StyleStudio

if TYPE_CHECKING:
    from explorer.maths.gram_records import GramMatrix

RESULT = "the picture that is made"


class StyleGram(QObject):
    """Asks in the lane "style gram N" for one matrix; found is None where there is none (yet)."""

    changed = Signal()

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__()
        self._session, self._studio = session, studio
        self.lane = f"style gram {studio.number}"
        self.found: GramMatrix | None = None
        self._layer, self._picture, self._pair = "", 0, (0, 0)
        self._asked: object = None

    @property
    def layers(self) -> tuple[str, ...]:
        """The style layers."""
        return tuple(one.node for one in self._studio.layers("style"))

    @property
    def layer(self) -> str:
        """The one whose matrix is shown: the one that was chosen, or the first."""
        return self._layer if self._layer in self.layers else next(iter(self.layers), "")

    @property
    def pictures(self) -> list[tuple[str, PictureSource]]:
        """What the network can look at: the styles, the content, and the moment that is looked at."""
        setup, moment = self._studio.setup, self._studio.timeline.moment
        chosen = [*(one.picture for one in setup.styles), *([setup.content] if setup.content else [])]
        found: list[tuple[str, PictureSource]] = [(one.name, one.source) for one in chosen if self._studio.picture(one)]
        if moment is not None:
            found.append((RESULT, Pixels(moment.picture, RESULT)))
        return found

    @property
    def picture_name(self) -> str:
        """What the picture is called."""
        return self.pictures[self._place][0] if self.pictures else ""

    @property
    def _place(self) -> int:
        return min(self._picture, len(self.pictures) - 1)

    def choose_layer(self, node: str) -> None:
        """Show another layer's matrix."""
        self._layer = node
        self.ask()

    def choose_picture(self, place: int) -> None:
        """Look at another picture, by its place."""
        self._picture = place
        self.ask()

    def pick(self, pair: tuple[int, int]) -> None:
        """Take another number apart."""
        self._pair = pair
        self.ask()

    def ask(self) -> None:
        """Ask for the matrix, where it is not the one that was asked for last."""
        pictures, session, project = self.pictures, self._session, self._studio.tab.project
        if not pictures or not self.layer:
            self.found = self._asked = None
            self.changed.emit()
            return
        moment = self._studio.timeline.moment if pictures[self._place][0] == RESULT else None
        asked = project.network, project.weights, self.layer, pictures[self._place][0], moment, self._pair
        if asked == self._asked:
            return
        self._asked = asked
        question = GramOf(project, pictures[self._place][1], self.layer, self._pair, session.device or "cpu")
        session.ask(self.lane, question, self._show, "Running the network")

    def _show(self, found: GramMatrix) -> None:
        self.found, self._pair = found, found.pair
        self.changed.emit()
