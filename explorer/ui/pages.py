"""What the middle of the window shows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Signal

from explorer.ui.files import Files
from explorer.ui.offers import blocks
from explorer.ui.panels.start_page import StartPage
from explorer.ui.studio_pages import StudioPages
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.classics.blocks import Block
    from explorer.network.project import Project
    from explorer.ui.canvas.view import Canvas
    from explorer.ui.panels.compare_page import ComparePage
    from explorer.ui.panels.data_set_page import DataSetPage
    from explorer.ui.panels.gallery import GalleryPage
    from explorer.ui.panels.library_page import LibraryPage
    from explorer.ui.panels.weights_page import WeightsPage

STAYING = ("compare", "weights", "data_set", "studio")
"""Pages that stay when the network is edited: they show what an edit changes."""


class Pages(StudioPages):
    """The start page, the canvas, and pages to look things up in; all but the first are made when they are needed."""

    edit_requested = Signal(str)  # a node's id: its settings should get the keys

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__(session, files)
        self.start = self._added(StartPage(session))
        self.start.model_requested.connect(files.open_model)
        self.start.library_requested.connect(self.show_library)
        self.start.build_requested.connect(self.begin)
        self.start.paste_requested.connect(self.paste)
        self.start.gallery_requested.connect(self.show_gallery)
        self.start.labs_requested.connect(self.show_labs)
        self.start.open_requested.connect(files.open)
        self.start.recent_requested.connect(files.open_path)
        files.layers_dropped.connect(self.drop_layers)
        session.document.changed.connect(lambda _: self.follow())
        session.arriving.connect(self._make_ready)
        session.opened.connect(self._arrive)

    @property
    def shows_canvas(self) -> bool:
        """Whether the network is shown, and no page before it."""
        return self.shows("canvas")

    @property
    def shows_weights(self) -> bool:
        """Whether the report on the last file's weights is shown."""
        return self.shows("weights")

    @property
    def _anything(self) -> bool:
        return bool(self._session.document.project.network.nodes)

    @cached_property
    def canvas(self) -> Canvas:
        """The network drawn."""
        from explorer.ui.canvas.view import Canvas

        canvas = self._added(Canvas(self._session))
        canvas.edit_requested.connect(self.edit_requested)
        canvas.block_requested.connect(self.ask_block)
        canvas.network_requested.connect(self._files.open_network)
        canvas.colour_by(self._files.settings.colours)
        canvas.minimap.want(self._files.settings.minimap)
        canvas.show_ruler(self._files.settings.ruler)
        return canvas

    @cached_property
    def gallery(self) -> GalleryPage:
        """The classic networks."""
        from explorer.ui.panels.gallery import GalleryPage

        page = self._added(GalleryPage(self._session))
        page.open_requested.connect(self._files.open_network)
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
        return page

    @cached_property
    def compare(self) -> ComparePage:
        """What differs between another network and this one."""
        from explorer.ui.panels.compare_page import ComparePage

        page = self._added(ComparePage(self._session))
        page.file_requested.connect(lambda: page.compare_with_file(self._files.choose("Compare with a network")))
        page.layer_requested.connect(self._go_to)
        return page

    @cached_property
    def data_set(self) -> DataSetPage:
        """What the network makes of all pictures of a folder."""
        from explorer.ui.panels.data_set_page import DataSetPage
        from explorer.workspace.data_set import DataSet

        return self._added(DataSetPage(self._session, DataSet(self._session)))

    @cached_property
    def weights(self) -> WeightsPage:
        """How the weights of a file fit."""
        from explorer.ui.panels.weights_page import WeightsPage

        page = self._added(WeightsPage(self._files.weights))
        page.weight_requested.connect(self.go_to_weight)
        page.load_requested.connect(self._files.load_weights)
        return page

    def begin(self) -> None:
        """Leave the start page; a network that is begun there begins with its input."""
        self.show_canvas()
        if not self._anything:
            self.canvas.add_layer("Input")

    def paste(self) -> None:
        """Paste layers onto the canvas, whichever page is shown; where the clipboard has none, that is told."""
        self.show_canvas()
        self.canvas.paste()
        self.follow()

    def drop_layers(self, text: str) -> None:
        """Add a text's layers where one looks, whichever page is shown; where it has none after all, that is told."""
        self.show_canvas()
        self.canvas.drop_text(text, self.canvas.visible.center())
        self.follow()

    def show_start(self) -> None:
        """Show the ways to begin."""
        self._show(self.start)

    def show_canvas(self) -> None:
        """Show the network."""
        self._show(self.canvas)

    def add_layer(self, kind: str) -> None:
        """Add a layer, or a block, behind the selected one."""
        self.show_canvas()
        if block := blocks().get(kind):
            self.ask_block(block)
        else:
            self.canvas.add_layer(kind)

    def ask_block(self, kind: type[Block], at: QPointF | None = None) -> None:
        """Ask for a block's settings, and add it behind the selection or where it was dropped."""
        from explorer.ui.block_dialog import BlockDialog, outlook
        from explorer.ui.controls.passing import passing

        after, _ = self.canvas.before_block(at)
        if after is None:
            self.canvas.add_block(kind(), at)  # which says what is missing
            return
        project, conventions = self._session.document.project, self._session.conventions
        self.block_dialog = BlockDialog(
            self, kind(), conventions.letters, lambda block: outlook(project, block, after, conventions)
        )
        self.block_dialog.accepted.connect(lambda: self.canvas.add_block(self.block_dialog.block, at))
        passing(self.block_dialog)
        self.block_dialog.open()

    def search_layer(self) -> None:
        """Search a layer by typing, and add it."""
        self.show_canvas()
        self.canvas.search()

    def find_layer(self) -> None:
        """Find a layer of the network by typing, and show it."""
        self.show_canvas()
        self.canvas.find_layer()

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

    def show_compare(self) -> None:
        """Show what differs between another network and this one."""
        self._show(self.compare)

    def show_data_set(self) -> None:
        """Show what the network makes of all pictures of a folder."""
        self._show(self.data_set)

    def show_weights(self) -> None:
        """Show how the weights of the last file fit the network."""
        self._show(self.weights)

    def leave(self) -> None:
        """Go back to where something was looked up from; else to the network, or where there is none to the start."""
        if before := self._came_from():
            self.setCurrentWidget(before)  # its own part that had the keys has them again
        else:
            self._show(self.canvas if self._anything else self.start)

    def follow(self) -> None:
        """Show what belongs to the document: the canvas for a network, the start page for nothing.

        A comparison stays: it shows what an edit or undo changes; so do a report and a data set, to be looked at again.
        """
        if self._anything:
            if not self.shows(*STAYING):
                self.setCurrentWidget(self.canvas)
        elif self._session.document.history.count == 0:
            self.setCurrentWidget(self.start)

    def _make_ready(self) -> None:
        """Another network comes in the next turn: the canvas and the panels around it take their places before."""
        if not self.shows_studio:
            self.show_canvas()

    def _arrive(self, _path: str) -> None:
        """Another network came to the front: it is shown, but in the studio, which has a view for each."""
        if self._anything and not self.shows_studio:
            self.show_canvas()

    def _prove(self, project: Project, id: str) -> None:
        self._session.open_project(project)
        if id:
            self._go_to(id)

    def go_to_weight(self, name: str) -> None:
        """Show the layer that a weight, `node id.parameter`, belongs to."""
        nodes, parts = self._session.document.project.network.nodes, name.split(".")
        ids = [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
        if id := next((id for id in ids if id in nodes), ""):  # the layer may be gone since
            self._go_to(id)

    def edit(self, id: str) -> None:
        """Show a layer, and give its settings the keys."""
        self._go_to(id)
        self.edit_requested.emit(id)

    def fold(self, id: str) -> None:
        """Open a group on the canvas, or close it."""
        self.show_canvas()
        self.canvas.fold(id)

    def _go_to(self, id: str) -> None:
        self._session.select((id,))
        self._show(self.canvas)
        self.canvas.frame((id,))
