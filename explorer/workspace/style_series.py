"""The same pictures with several settings, made one after the other: thumbnails of presets, settings side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.maths.records import Progress
from explorer.probes.style import Style
from explorer.workspace.session import Session
from explorer.workspace.style_setup import Layers, StyleSetup
from explorer.workspace.style_studio import StyleStudio

if TYPE_CHECKING:
    from explorer.maths.style_records import Styled


@dataclass(frozen=True)
class Variant:
    """Settings with a name. layers: those that tell content and style, None for those of the studio."""

    name: str
    settings: Style
    layers: tuple[Layers, Layers] | None = None

    def setup(self, setup: StyleSetup) -> StyleSetup:
        """A studio's setup with its settings and layers."""
        if self.layers is not None:
            setup = setup.with_layers("content", self.layers[0]).with_layers("style", self.layers[1])
        return replace(setup, settings=self.settings)


class StyleSeries(QObject):
    """Makes one picture for each variant of a studio's settings, in a lane of its own.

    variants: what is made. results: by place, the picture so far. current: which one grows, -1 for none.
    """

    changed = Signal()

    def __init__(self, session: Session, studio: StyleStudio, name: str) -> None:
        super().__init__()
        self._session, self._studio = session, studio
        self.lane = f"style {name} {studio.number}"
        self.variants: tuple[Variant, ...] = ()
        self.results: dict[int, Styled] = {}
        self.current = -1
        self._materials: object = None  # what the results were made of
        session.work_changed.connect(self._hear)
        session.failed.connect(self._fail)
        studio.changed.connect(self._follow)
        studio.closed.connect(self.cancel)

    @property
    def running(self) -> bool:
        """Whether pictures are being made."""
        return self.current >= 0

    @property
    def missing(self) -> int:
        """How many pictures are not made yet, or not to their end."""
        return sum(not self._made(place) for place in range(len(self.variants)))

    def choose(self, variants: tuple[Variant, ...]) -> None:
        """Compare other settings; pictures that were made with the same ones stay."""
        self.cancel()
        made = {_what(one): self.results[place] for place, one in enumerate(self.variants) if self._made(place)}
        self.variants = variants
        self.results = {place: made[_what(one)] for place, one in enumerate(variants) if _what(one) in made}
        self.changed.emit()

    def start(self) -> None:
        """Make those that are missing."""
        if not self._studio.missing:
            self._materials = self._made_of()
            self._next()

    def cancel(self) -> None:
        """Make no more; those that are done stay."""
        if self.running:
            self.current = -1
            self._session.cancel(self.lane)
            self.changed.emit()

    def _made(self, place: int) -> bool:
        return place in self.results and self.results[place].done

    def _made_of(self) -> object:
        project = self._studio.tab.project
        return replace(self._studio.setup, settings=Style()), project.network, project.weights, project.recipe

    def _next(self) -> None:
        session, studio = self._session, self._studio
        shown = studio.picture(studio.setup.content)
        place = next((place for place in range(len(self.variants)) if not self._made(place)), -1)
        self.current = -1
        if place >= 0 and shown is not None:
            setup = self.variants[place].setup(studio.setup)
            device = session.device or "cpu"
            question = setup.question(studio.tab.project, shown.size, device)
            text = f"{self.variants[place].name}: {place + 1} of {len(self.variants)}"
            session.ask(self.lane, question, lambda styled: self._show(place, styled), text, lambda: self._after(place))
            self.current = place
        self.changed.emit()

    def _show(self, place: int, styled: Styled) -> None:
        self.results[place] = styled
        self.changed.emit()

    def _after(self, place: int) -> None:
        if self.current == place or self._made(place):
            self._next()

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """The work was stopped elsewhere: by Cancel in the line that shows it."""
        if lane == self.lane and progress is None and self.running and not self._made(self.current):
            self.current = -1
            self.changed.emit()

    def _fail(self, lane: str, _sentence: str) -> None:
        if lane == self.lane:
            self.current = -1
            self.changed.emit()

    def _follow(self) -> None:
        """Other pictures or layers: what was made is of something else."""
        if self._materials is not None and self._materials != self._made_of():
            self._materials = None
            self.results = {}
            self.cancel()
            self.changed.emit()


def _what(variant: Variant) -> object:
    """What decides the picture."""
    return variant.settings, variant.layers
