"""The main window: it only puts the parts together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QMainWindow, QTabBar, QWidget

from explorer.network.conventions import Conventions
from explorer.ui import theme
from explorer.ui.command_table import CONVENTIONS, command_table
from explorer.ui.commands import Commands
from explorer.ui.docks import Docks, dress
from explorer.ui.files import Files
from explorer.ui.inside import INSIDE
from explorer.ui.notices import Notices
from explorer.ui.offers import blocks
from explorer.ui.pages import Pages
from explorer.ui.panels.activations import ActivationsPanel
from explorer.ui.panels.inspector import InspectorPanel
from explorer.ui.panels.palette import PalettePanel
from explorer.ui.panels.picture import PicturePanel
from explorer.ui.panels.predictions import PredictionsPanel
from explorer.ui.status import Status
from explorer.ui.telling import Telling
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.xray import XRays

if TYPE_CHECKING:
    from explorer.classics.blocks import Block
    from explorer.ui.canvas.view import Canvas
    from explorer.ui.panels.cost import CostPanel
    from explorer.ui.panels.summary import SummaryPanel


class Window(QMainWindow):
    """Canvas in the middle, panels around it, commands above, the state of things below.

    What nobody sees at first is made once the window is painted; see `complete`.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session, self.settings = session, settings
        session.set_conventions(settings.conventions)
        self.setAcceptDrops(True)
        options = QMainWindow.DockOption
        self.setDockOptions(options.AllowTabbedDocks | options.AllowNestedDocks | options.AnimatedDocks)
        self.notices = Notices()
        session.opened.connect(lambda _path: self.notices.hide())  # it was about something else; new ones come after
        self.files = Files(self, session, settings)
        self.pages = Pages(session, self.files)
        self.xray = XRays(session)
        self.telling = Telling(self.notices, session, self.pages)
        centre = QWidget()
        over = QGridLayout(centre)  # both in one cell: a notice that comes and goes must not move the canvas
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self.pages, 0, 0)
        over.addWidget(self.notices, 0, 0, Qt.AlignmentFlag.AlignTop)
        self.notices.raise_()
        self.pages.currentChanged.connect(lambda _: self._place_pages(over))
        self.setCentralWidget(centre)
        self.docks = self._panels()
        self.status = Status(session)
        self.setStatusBar(self.status)
        self.commands = Commands(self, command_table(self))
        self.menuBar().insertMenu(self.commands.menu("Help").menuAction(), self.status.devices)
        for title, *_ in CONVENTIONS:
            self.status.ways.insertMenu(None, self.commands.menu(f"View/{title}"))  # type: ignore[arg-type]
        self._connect()
        self._show_title()
        self.docks.restore()

    def sizeHint(self) -> QSize:
        return QSize(1280, 800)

    def complete(self) -> None:
        """Start torch, and make what nobody sees at first: the canvas, the table in a tab behind."""
        self.session.worker.start()
        self.canvas.draw_ahead()
        self.canvas.xray_requested.connect(self.toggle_xray)
        self.xray.changed.connect(self.canvas.drawing.show_films)
        self.palette_panel.complete()
        _ = self.summary
        self.docks.fill_when_seen("Cost", lambda: self.cost)
        self.docks.fill_when_seen("Weights", self._weights)
        for title, make in INSIDE.items():
            self.docks.fill_when_seen(title, partial(make, self.session))

    @property
    def canvas(self) -> Canvas:
        """The network drawn."""
        return self.pages.canvas

    @cached_property
    def summary(self) -> SummaryPanel:
        """The table of layers."""
        from explorer.ui.panels.summary import SummaryPanel

        panel = SummaryPanel(self.session)
        self.docks.fill("Summary", panel)
        self.docks["Summary"].visibilityChanged.connect(panel.take_selection)
        return panel

    @cached_property
    def cost(self) -> CostPanel:
        """The chart of what layers cost."""
        from explorer.ui.panels.cost import CostPanel

        return CostPanel(self.session, self.settings.colours)

    def _weights(self) -> QWidget:
        from explorer.ui.panels.weights import WeightsPanel

        panel = WeightsPanel(self.session, self.files.weights)
        panel.load_requested.connect(self.files.load_weights)
        panel.report_requested.connect(self.pages.show_weights)
        panel.weight_requested.connect(self.pages.go_to_weight)
        return panel

    def _panels(self) -> Docks:
        self.palette_panel = PalettePanel(self.session)
        self.inspector = InspectorPanel(self.session)
        self.picture = PicturePanel(self.session)
        self.predictions = PredictionsPanel(self.session)
        self.activations = ActivationsPanel(self.session)
        return Docks(self, self.settings, {
            "Layers": self.palette_panel, "Inspector": self.inspector, "Picture": self.picture,
            "Predictions": self.predictions, "Activations": self.activations, "Explain": None, "Filters": None,
            "Patches": None, "Summary": None, "Cost": None, "Weights": None, "Attribution": None, "Dream": None,
        })  # fmt: skip

    def _connect(self) -> None:
        session, document = self.session, self.session.document
        self.palette_panel.add_requested.connect(self.add_layer)
        self.palette_panel.network_requested.connect(self.files.open_network)
        self.activations.explain_requested.connect(lambda: self.docks.bring("Explain"))
        self.pages.edit_requested.connect(lambda _id: self.inspector.setFocus())
        self.pages.block_requested.connect(self.ask_block)
        session.conventions_changed.connect(self._remember_conventions)
        self.files.recent_changed.connect(self._show_recent)
        self._show_recent()
        self.status.problem_requested.connect(self._show_problem)
        session.opened.connect(self._show_opened)
        session.opens_over_edits.connect(self.files.then)
        self.files.weights.report_changed.connect(self.telling.report)
        self.files.weights.report_changed.connect(self.commands.refresh)
        session.devices_changed.connect(self._remember_device)
        document.history.indexChanged.connect(self.commands.refresh)
        session.selection_changed.connect(self._follow_selection)
        document.renamed.connect(self._show_title)

    # What commands do

    def add_layer(self, kind: str) -> None:
        """Add a layer, or a block, below the selected one."""
        self.build()
        if block := blocks().get(kind):
            self.ask_block(block)
        else:
            self.canvas.add_layer(kind)

    def ask_block(self, kind: type[Block], at: QPointF | None = None) -> None:
        """Ask for a block's settings, and add it behind the selection or where it was dropped."""
        from explorer.ui.block_dialog import BlockDialog, outlook

        after, _ = self.canvas.before_block(at)
        if after is None:
            self.canvas.add_block(kind(), at)  # which says what is missing
            return
        project, conventions = self.session.document.project, self.session.conventions
        self.block_dialog = BlockDialog(
            self, kind(), conventions.letters, lambda block: outlook(project, block, after, conventions)
        )
        self.block_dialog.accepted.connect(lambda: self.canvas.add_block(self.block_dialog.block, at))
        self.block_dialog.open()

    def build(self) -> None:
        """Leave the start page for the canvas."""
        self.pages.show_canvas()

    def search_layer(self) -> None:
        """Search a layer by typing, and add it."""
        self.build()
        self.canvas.search()

    def toggle_xray(self) -> None:
        """Show on every card what its layer makes of the picture, or nothing any more."""
        self.xray.turn(not self.xray.on)
        self.commands.refresh()

    def set_theme(self, name: str) -> None:
        """Use the theme `name`, or what the system uses where it is ""."""
        self.settings.theme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
            theme.apply(app, name or ("dark" if dark else "light"))

    def _remember_conventions(self, conventions: Conventions) -> None:
        self.settings.conventions = conventions

    def colour_by(self, measure: str) -> None:
        """Colour the network by what its layers cost, by family where `measure` is ""."""
        self.settings.colours = measure
        self.canvas.colour_by(measure)
        if "cost" in self.__dict__:
            self.cost.choose(measure)

    # What happens

    def _place_pages(self, over: QGridLayout) -> None:
        """A notice lies on the canvas, which must not jump; above every other page, whose head it would hide."""
        over.removeWidget(self.pages)
        over.addWidget(self.pages, 0 if self.pages.shows_canvas else 1, 0)
        self.notices.raise_()

    def _show_opened(self, path: str) -> None:
        self._show_title()
        self.commands.refresh()

    def _follow_selection(self, ids: tuple[str, ...]) -> None:
        if bool(ids) != self._some_selected:  # else no command is enabled or disabled by it
            self._some_selected = bool(ids)
            self.commands.refresh()

    _some_selected = False

    def _show_problem(self, id: str) -> None:
        self.build()
        self.canvas.frame((id,))

    def _show_recent(self) -> None:
        self.pages.start.set_recent(self.settings.recent)

    def _show_title(self) -> None:
        title = self.files.title.replace("[*]", "[*][*]")  # Qt's way to write the three characters themselves
        self.setWindowTitle(f"{title}[*] – CNN Explorer")
        self.setWindowModified(self.files.unsaved)

    def _remember_device(self, _devices: Sequence[object]) -> None:
        if self.settings.device and not self._device_restored:
            self._device_restored = True
            if any(d.id == self.settings.device for d in self.session.devices):
                self.session.set_device(self.settings.device)
        self.settings.device = self.session.device

    _device_restored = False

    # Qt's own events

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        if event.polished() and isinstance(tabs := event.child(), QTabBar):
            dress(tabs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.docks.fit_corner()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for tabs in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
                dress(tabs)
        if event.type() == QEvent.Type.ThemeChange and not self.settings.theme:
            self.set_theme("")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.files.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files.drop(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.files.unsaved and not self.files.then(self.close_now):
            event.ignore()
            return
        self.docks.remember()
        self.hide()
        self.session.close()
        event.accept()

    def close_now(self) -> None:
        """Close without asking again: the edits are saved or given up."""
        self.session.document.history.setClean()
        self.close()
