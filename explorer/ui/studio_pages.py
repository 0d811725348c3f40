"""The style studio among the pages of the window."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from explorer.ui.lookup_pages import LookupPages

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas
    from explorer.ui.panels.studio_page import StudioPage
    from explorer.workspace.style_studios import StyleStudios


class StudioPages(LookupPages):
    """Makes the studio when it is first asked for, and marks its layers on the canvas."""

    picking = Signal()  # layers are to be picked on the canvas

    @cached_property
    def studios(self) -> StyleStudios:
        """A studio for each open network."""
        from explorer.ui.studio.leaving import Leaving
        from explorer.workspace.style_studios import StyleStudios

        studios = StyleStudios(self._session)
        self._files.settled = Leaving(self._session, studios, self._files).settled
        return studios

    @cached_property
    def studio(self) -> StudioPage:
        """The page with the studio of the network in front."""
        from explorer.ui.panels.studio_page import StudioPage

        page = self._added(StudioPage(self._session, self.studios))
        page.trunk_requested.connect(lambda: self.studios.open_trunk(self._files.open_model, self.show_studio))
        page.pick_requested.connect(self._pick_layers)
        page.lab_requested.connect(self._show_gram_lab)
        return page

    @property
    def shows_studio(self) -> bool:
        """Whether the studio is shown."""
        return self.shows("studio")

    def show_studio(self) -> None:
        """Show the studio; the picture that is open becomes its content where it has none."""
        self.studios.begin()
        self._show(self.studio)

    def _pick_layers(self) -> None:
        self.show_canvas()
        self.picking.emit()

    def _show_gram_lab(self) -> None:
        from explorer.ui.labs.gram import TITLE

        self.show_lab(TITLE)

    def mark_layers(self, canvas: Canvas) -> None:
        """Mark on the canvas, from now on, which layers tell content and which style."""
        self.studios.changed.connect(lambda: canvas.drawing.show_roles(self.studios.marks()))
        canvas.drawing.show_roles(self.studios.marks())
