"""What the middle of the window shows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from explorer.ui.files import Files
from explorer.ui.panels.start_page import StartPage
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.network.project import Project
    from explorer.ui.canvas.view import Canvas
    from explorer.ui.panels.compare_page import ComparePage
    from explorer.ui.panels.facts_page import FactsPage
    from explorer.ui.panels.gallery import GalleryPage
    from explorer.ui.panels.library_page import LibraryPage
    from explorer.ui.panels.weights_page import WeightsPage

Page = TypeVar("Page", bound=QWidget)


class Pages(QStackedWidget):
    """The start page, the canvas, and pages to look things up in; all but the first are made when they are needed."""

    edit_requested = Signal(str)  # a node's id: its settings should get the keys
    block_requested = Signal(object, object)  # a kind of block, QPointF on the canvas

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self._session, self._files = session, files
        self.start = self._added(StartPage(session))
        self.start.model_requested.connect(files.open_model)
        self.start.library_requested.connect(self.show_library)
        self.start.build_requested.connect(self.begin)
        self.start.gallery_requested.connect(self.show_gallery)
        self.start.open_requested.connect(files.open)
        self.start.recent_requested.connect(files.open_path)
        session.document.changed.connect(lambda _: self.follow())
        session.opened.connect(lambda _: self.show_canvas() if self._anything else None)

    @property
    def shows_canvas(self) -> bool:
        """Whether the network is shown, and no page before it."""
        return self.currentWidget() is self.__dict__.get("canvas")

    @property
    def shows_weights(self) -> bool:
        """Whether the report on the last file's weights is shown."""
        return self.currentWidget() is self.__dict__.get("weights")

    @property
    def _anything(self) -> bool:
        return bool(self._session.document.project.network.nodes)

    @cached_property
    def canvas(self) -> Canvas:
        """The network drawn."""
        from explorer.ui.canvas.view import Canvas

        canvas = self._added(Canvas(self._session))
        canvas.edit_requested.connect(self.edit_requested)
        canvas.block_requested.connect(self.block_requested)
        canvas.colour_by(self._files.settings.colours)
        return canvas

    @cached_property
    def gallery(self) -> GalleryPage:
        """The classic networks."""
        from explorer.ui.panels.gallery import GalleryPage

        page = self._added(GalleryPage(self._session))
        page.open_requested.connect(self._files.open_network)
        page.back_requested.connect(self.leave)
        return page

    @cached_property
    def library(self) -> LibraryPage:
        """The trained networks."""
        from explorer.ui.panels.library_page import LibraryPage
        from explorer.workspace.library import Library

        page = self._added(LibraryPage(self._session, Library(self._session)))
        page.open_requested.connect(self._files.open_model)
        page.folder_requested.connect(self._files.move_library)
        page.add_requested.connect(lambda: self._files.add_model(page.add_file))
        page.back_requested.connect(self.leave)
        return page

    @cached_property
    def facts(self) -> FactsPage:
        """The course's facts."""
        from explorer.ui.panels.facts_page import FactsPage

        page = self._added(FactsPage())
        page.open_requested.connect(lambda project, id: self._files.then(lambda: self._prove(project, id)))
        page.back_requested.connect(self.leave)
        return page

    @cached_property
    def compare(self) -> ComparePage:
        """What differs between another network and this one."""
        from explorer.ui.panels.compare_page import ComparePage

        page = self._added(ComparePage(self._session))
        page.file_requested.connect(lambda: page.compare_with_file(self._files.choose("Compare with a network")))
        page.layer_requested.connect(self._go_to)
        page.back_requested.connect(self.leave)
        return page

    @cached_property
    def weights(self) -> WeightsPage:
        """How the weights of a file fit."""
        from explorer.ui.panels.weights_page import WeightsPage

        page = self._added(WeightsPage(self._files.weights))
        page.weight_requested.connect(self.go_to_weight)
        page.load_requested.connect(self._files.load_weights)
        page.back_requested.connect(self.leave)
        return page

    def begin(self) -> None:
        """Leave the start page; a network that is begun there begins with its input."""
        self.show_canvas()
        if not self._anything:
            self.canvas.add_layer("Input")

    def show_start(self) -> None:
        """Show the ways to begin."""
        self._show(self.start)

    def show_canvas(self) -> None:
        """Show the network."""
        self._show(self.canvas)

    def show_gallery(self) -> None:
        """Show the classic networks."""
        self._show(self.gallery)

    def show_library(self) -> None:
        """Show the trained networks."""
        self._show(self.library)

    def add_to_library(self) -> None:
        """List the file of the open network among the trained networks, and show it there."""
        self.show_library()
        self.library.add_file(self._files.source)

    def show_facts(self) -> None:
        """Show the course's numbers beside ours."""
        self._show(self.facts)

    def show_compare(self) -> None:
        """Show what differs between another network and this one."""
        self._show(self.compare)

    def show_weights(self) -> None:
        """Show how the weights of the last file fit the network."""
        self._show(self.weights)

    def leave(self) -> None:
        """Go back to the network, or where there is none to the start page."""
        self._show(self.canvas if self._anything else self.start)

    def follow(self) -> None:
        """Show what belongs to the document: the canvas for a network, the start page for nothing.

        A comparison stays: it shows what an edit changes, or undo. So does a report: weights may be loaded from it.
        """
        if self._anything:
            if self.currentWidget() not in (self.__dict__.get("compare"), self.__dict__.get("weights")):
                self.setCurrentWidget(self.canvas)
        elif self._session.document.history.count() == 0:
            self.setCurrentWidget(self.start)

    def _added(self, page: Page) -> Page:
        self.addWidget(page)
        return page

    def _show(self, page: QWidget) -> None:
        self.setCurrentWidget(page)
        page.setFocus()

    def _prove(self, project: Project, id: str) -> None:
        self._session.open_project(project)
        if id:
            self._go_to(id)

    def go_to_weight(self, name: str) -> None:
        """Show the layer that a weight, `node id.parameter`, belongs to."""
        nodes = self._session.document.project.network.nodes
        parts = name.split(".")
        ids = [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
        if id := next((id for id in ids if id in nodes), ""):  # the layer may be gone since
            self._go_to(id)

    def _go_to(self, id: str) -> None:
        self._session.select((id,))
        self._show(self.canvas)
        self.canvas.frame((id,))
