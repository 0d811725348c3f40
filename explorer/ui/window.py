"""The main window: it only puts the parts together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QTabBar

from explorer.ui import theme
from explorer.ui.canvas_menu import canvas_menu
from explorer.ui.centre import Centre
from explorer.ui.command_table import command_table
from explorer.ui.commands import Commands
from explorer.ui.ending import leave
from explorer.ui.files import Files
from explorer.ui.fitting import Fitting
from explorer.ui.hints import answer
from explorer.ui.inside import Inside
from explorer.ui.key_first import KeyFirst
from explorer.ui.leading import Leading
from explorer.ui.notices import Notices
from explorer.ui.pages import Pages
from explorer.ui.panelled import PanelledWindow
from explorer.ui.panes import dress
from explorer.ui.status import Status
from explorer.ui.tab_menu import close_by_tabs
from explorer.ui.tabs import Tabs
from explorer.ui.telling import Telling
from explorer.ui.view_commands import fill_ways
from explorer.workspace.samples import DETECTOR
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.xray import XRays

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas
    from explorer.ui.command_search import CommandFinder
    from explorer.ui.figure_dialog import FigureDialog
    from explorer.ui.recovering import Recovering
    from explorer.ui.reopening import Reopening


class Window(PanelledWindow):
    """Canvas in the middle, panels around it, commands above, the state of things below. What nobody misses in the
    first moment is made once the window is painted; see `complete`."""

    figure_dialog: FigureDialog  # once it is asked for

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session, self.settings = session, settings
        session.set_conventions(settings.conventions)
        session.set_thresholds(settings.thresholds)
        self.setAcceptDrops(True)
        self.installEventFilter(self)
        options = QMainWindow.DockOption
        self.setDockOptions(options.AllowTabbedDocks | options.AllowNestedDocks | options.AnimatedDocks)
        self.notices = Notices()
        session.opened.connect(lambda _path: self.notices.go_on())  # it was about something else; new ones come after
        self.files = Files(self, session, settings)
        self.pages = Pages(session, self.files)
        self.xray = XRays(session)
        self.inside = Inside(session)
        self.telling = Telling(self.notices, session, self.pages)
        self.tabs = Tabs(session, self.files.title_of)
        centre = Centre(self.tabs, self.pages, self.notices)
        self.leading = Leading(session, self.pages, centre.over)
        self.setCentralWidget(centre)
        self.pages.start.setFocus()  # else the first button of all has the keys, which is that of the camera
        self.docks = self.first_panels()
        self.status = Status(session)
        self.setStatusBar(self.status)
        self.commands = Commands(self, command_table(self), settings.shortcuts)
        self.menuBar().insertMenu(self.commands.menu("Help").menuAction(), self.status.devices)
        self._connect()
        self._show_title()
        self.docks.restore()
        self.fitting = Fitting(self, self.pages, self.docks, self.leading)

    def sizeHint(self) -> QSize:
        return QSize(1280, 800)

    def complete(self) -> None:
        """Start torch, and make what nobody misses in the first moment: the panels below, the canvas."""
        self.session.worker.start()
        self.fill_panels()
        self.commands.refresh()
        fill_ways(self.status.ways, self.commands)
        self.canvas.draw_ahead()
        self.canvas.xray_requested.connect(self.toggle_xray)
        self.canvas.picture_pasted.connect(self.picture.paste_now)
        self.canvas.menu_requested.connect(partial(canvas_menu, self.commands))
        self.xray.changed.connect(self.canvas.drawing.show_films)
        self.pages.mark_layers(self.canvas)
        self.palette_panel.complete()
        _ = self.recovering, self.reopening, KeyFirst(self.session, self)

    @cached_property
    def recovering(self) -> Recovering:
        """What keeps unsaved edits, and brings them back."""
        from explorer.ui.recovering import Recovering

        return Recovering(self.notices, self.session, self.files)

    @cached_property
    def reopening(self) -> Reopening:
        """What opens the networks again that were open when the program was left."""
        from explorer.ui.reopening import Reopening

        return Reopening(self.session, self.settings)

    @property
    def canvas(self) -> Canvas:
        """The network drawn."""
        return self.pages.canvas

    def _connect(self) -> None:
        session, document = self.session, self.session.document
        self.palette_panel.add_requested.connect(self.pages.add_layer)
        self.palette_panel.network_requested.connect(self.files.open_network)
        self.inside.panel_requested.connect(self.docks.bring)
        self.inside.edit_requested.connect(self.pages.edit)
        self.inside.fold_requested.connect(self.pages.fold)
        self.pages.edit_requested.connect(lambda _id: self.docks.bring("Inspector"))
        session.conventions_changed.connect(partial(setattr, self.settings, "conventions"))
        session.thresholds_changed.connect(partial(setattr, self.settings, "thresholds"))
        self.files.recent_changed.connect(self._show_recent)
        self.pages.start.camera_requested.connect(lambda: self.find_faces(self.picture.videos.open_camera))
        self.pages.start.samples_requested.connect(lambda: self.find_faces(self.picture.videos.open_samples))
        self.pages.start.studio_requested.connect(self.pages.show_studio)
        self._show_recent()
        self.status.problem_requested.connect(self._show_problem)
        session.opened.connect(self._show_title)
        close_by_tabs(self.tabs, self.files)
        self.files.weights.report_changed.connect(self.telling.report)
        self.commands.follow(session.opened, document.tabs_changed, document.stepped)
        self.commands.follow(self.files.weights.report_changed, self.pages.currentChanged)
        session.devices_changed.connect(self._remember_device)
        session.selection_changed.connect(self._follow_selection)
        document.renamed.connect(self._show_title)

    # What commands do

    def find_faces(self, begin: Callable[[], object]) -> None:
        """Open the detector that comes with the program, make room for the picture, and begin with what it shows."""

        def watch() -> None:
            self.docks.watch_picture()
            begin()

        self.files.open_model(DETECTOR, then=watch)

    def build(self) -> None:
        """Leave the start page for the canvas."""
        self.pages.show_canvas()

    @cached_property
    def command_finder(self) -> CommandFinder:
        """The box that runs commands; made when it is first asked for."""
        from explorer.ui.command_search import CommandFinder

        return CommandFinder(self)

    def toggle_xray(self) -> None:
        """Show on every card what its layer makes of the picture, or nothing any more."""
        self.xray.turn(not self.xray.on)
        self.commands.refresh()

    def toggle_minimap(self) -> None:
        """Show the whole network in small where it is larger than the view, or never."""
        self.settings.minimap = not self.settings.minimap
        self.canvas.minimap.want(self.settings.minimap)

    def toggle_motion(self) -> None:
        """Show changes at once, or as a short motion again."""
        self.settings.less_motion = not self.settings.less_motion

    def toggle_ruler(self) -> None:
        """Show stages, sizes and depths beside the network, or not."""
        self.settings.ruler = not self.settings.ruler
        self.canvas.show_ruler(self.settings.ruler)

    def set_theme(self, name: str) -> None:
        """Use the theme `name`, or what the system uses where it is ""."""
        self.settings.theme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, name)

    def colour_by(self, measure: str) -> None:
        """Colour the network by what its layers cost, by family where `measure` is ""."""
        self.settings.colours = measure
        self.canvas.colour_by(measure)
        if "cost" in self.__dict__:
            self.cost.choose(measure)

    # What happens

    def _follow_selection(self, ids: tuple[str, ...]) -> None:
        if bool(ids) != self._some_selected:  # else no command is enabled or disabled by it
            self._some_selected = bool(ids)
            self.commands.refresh_soon()

    _some_selected = False

    def _show_problem(self, id: str) -> None:
        self.build()
        self.canvas.frame((id,))

    def _show_recent(self) -> None:
        self.pages.start.set_recent(self.settings.recent)

    def warn(self, warning: str) -> None:
        self._warning = warning
        self._show_title()

    _warning = ""

    def _show_title(self, *_: object) -> None:
        title = self.files.title.replace("[*]", "[*][*]")  # Qt's way to write the three characters themselves
        self.setWindowTitle(f"{self._warning}{title}[*] – CNN Explorer")
        self.setWindowModified(self.session.document.tab.unsaved)

    def _remember_device(self, _devices: Sequence[object]) -> None:
        if self.settings.device and not self._device_restored:
            self._device_restored = True
            if any(d.id == self.settings.device for d in self.session.devices):
                self.session.set_device(self.settings.device)
        self.settings.device = self.session.device

    _device_restored = False

    # Qt's own events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not in `event`, which all painting is within: one widget's error there would break off the others' painting.
        if isinstance(event, QKeyEvent):  # a shortcut perhaps, of a command as it is now
            self.commands.settle()
        return watched is self and answer(event, self)

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        if event.polished() and isinstance(tabs := event.child(), QTabBar):
            dress(tabs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fitting.follow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.fitting.follow()  # words may be larger
            for tabs in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
                dress(tabs)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.picture.videos.leave_sight()
        if event.type() == QEvent.Type.ThemeChange and not self.settings.theme:
            self.set_theme("")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.files.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.files.drop(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        for tab in self.files.unsaved:
            self.session.show_tab(tab)
            if not self.files.then(self._give_up):
                event.ignore()
                return
        if not all(self.files.settled(tab, self.close) for tab in self.session.document.tabs):
            event.ignore()
            return
        leave(self)
        event.accept()

    def _give_up(self) -> None:
        """The edits of the network in front are saved or given up: close, where that is not just being done."""
        self.session.document.set_unsaved(False)
        self.close()

    def close_now(self) -> None:
        """Close without asking: all edits are given up."""
        for tab in self.session.document.tabs:
            self.session.document.set_unsaved(False, tab)
        self.files.settled = lambda _tab, _later: True
        self.close()
