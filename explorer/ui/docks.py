"""The panels around the canvas: where they are first, put back, remembered, and made to fit the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QWidget

from explorer.ui import theme
from explorer.ui.compact import Compact, is_small
from explorer.ui.controls.labels import sized
from explorer.ui.controls.turns import Parts, Turns
from explorer.ui.panes import Pane, in_sight
from explorer.workspace.settings import Settings

SIDES = Qt.DockWidgetArea
PLACES = {"Layers": SIDES.LeftDockWidgetArea, "Outline": SIDES.LeftDockWidgetArea,
          "Inspector": SIDES.RightDockWidgetArea, "Boxes": SIDES.RightDockWidgetArea,
          "History": SIDES.RightDockWidgetArea}  # fmt: skip
"""Where a panel is first; every other one is below the canvas, from left to right."""
HIDDEN = ("History",)
"""Panels that are not there until they are asked for."""
WIDE = 1100
"""Pixels of width from which the inspector is as high as the window."""
ROW = 0.6
"""How much of the window's height a picture that is watched is wide at most."""
TOLD_APART = 30 * theme.GRID
"""Pixels of width from which boxes in a video are told apart."""
CONTROLS = 14 * theme.GRID
"""Pixels that its panel is higher than the picture."""
TABS = ("Activations", "Explain", "Filters", "Patches", "Summary", "Cost", "Weights", "Attribution", "Effects", "Dream")
"""Panels that share one place, the first in front."""


class Docks(dict[str, QDockWidget]):
    """Each panel's dock by its title. A panel that is None comes later, into its dock."""

    def __init__(self, window: QMainWindow, settings: Settings, panels: Mapping[str, QWidget | None]) -> None:
        super().__init__()
        self._window, self._settings = window, settings
        self._aside: tuple[QByteArray, list[str], dict[str, int], list[str]] | None = None
        self.turns = Turns(window)
        self._asked: list[str] = []  # while all stepped aside, the latest last
        self._to_focus: tuple[str, QWidget | None] = "", None  # a panel that comes, and who has the keys till then
        # The bottom row goes from left to right: the picture, what the network sees in it, what a layer makes of it.
        window.setCorner(Qt.Corner.BottomLeftCorner, SIDES.BottomDockWidgetArea)
        for title, panel in panels.items():
            dock = self[title] = QDockWidget(title, window)
            dock.setObjectName(title)
            dock.setFont(sized("body"))  # with none of its own Fusion writes its title as large as the system has words
            if panel is not None:
                self.fill(title, panel)
            dock.topLevelChanged.connect(partial(self._come_back, title))
            window.addDockWidget(PLACES.get(title, SIDES.BottomDockWidgetArea), dock)
            dock.setHidden(title in HIDDEN)
        for left, right in pairwise(TABS):
            window.tabifyDockWidget(self[left], self[right])
        window.tabifyDockWidget(self["Inspector"], self["Boxes"])
        window.tabifyDockWidget(self["Boxes"], self["History"])
        self["Inspector"].raise_()
        window.tabifyDockWidget(self["Layers"], self["Outline"])
        self["Activations"].raise_()
        self["Layers"].raise_()
        window.resizeDocks([self["Layers"], self["Inspector"]], [208, 344], Qt.Orientation.Horizontal)
        bottom = [self["Picture"], self["Predictions"], self["Activations"]]
        window.resizeDocks(bottom, [224, 188, 524], Qt.Orientation.Horizontal)
        window.resizeDocks(bottom[:1], [256], Qt.Orientation.Vertical)
        self.fit_corner()
        self._first = window.saveState()
        self._compact = Compact(window, self, self._restore)

    def fill(self, title: str, panel: QWidget) -> None:
        """Put a panel into its dock. It is hidden while another tab is in front, so that it need not follow then."""
        self[title].setWidget(Pane(panel, self._window))
        self[title].visibilityChanged.connect(panel.setVisible)

    def fill_when_seen(self, title: str, make: Callable[[], QWidget]) -> None:
        """Make a panel when its dock is first in sight: in one turn of the event loop, and show it in the next."""
        dock = self[title]

        def fill(seen: bool) -> None:
            if seen and dock.widget() is None and title not in self.turns:
                self.turns.take(title, self._filling(title, make))

        dock.visibilityChanged.connect(fill)
        dock.topLevelChanged.connect(fill)  # from behind another tab it floats without a word that it is seen now
        fill(in_sight(dock))

    def _filling(self, title: str, make: Callable[[], QWidget]) -> Parts:
        panel = make()
        yield
        self.fill(title, panel)
        panel.setVisible(in_sight(self[title]))  # the user may be elsewhere by now
        wanted, focused = self._to_focus
        if wanted == title and QApplication.focusWidget() is focused:
            panel.setFocus()

    def bring(self, title: str) -> None:
        """Show a panel in front of those it shares its place with, and give it the keys."""
        dock = self[title]
        dock.show()
        dock.raise_()
        if self._aside is not None:
            self._asked.append(title)
        if panel := dock.widget():
            panel.setFocus()
        self._to_focus = title, QApplication.focusWidget()

    def watch_picture(self, seen: int = 0) -> None:
        """Make the picture large enough to be watched, where it is smaller; `reset` undoes it. seen: pixels that it is
        wide now. One wide enough to tell boxes apart stays, and so does a page that panels stepped aside for."""
        window, picture, said, last = self._window, *(self[title] for title in ("Picture", "Predictions", TABS[0]))
        if self._aside is not None or (in_sight(picture) and seen >= TOLD_APART):
            return
        picture.show()
        picture.raise_()
        if picture.isFloating():
            return
        widths = [dock.width() for dock in (picture, said, last)]
        most = sum(widths) - widths[1] - last.minimumSizeHint().width()
        wide = max(widths[0], min(most, round(window.height() * ROW)))
        window.resizeDocks(
            [picture, said, last], [wide, widths[1], widths[2] - wide + widths[0]], Qt.Orientation.Horizontal
        )
        window.resizeDocks([picture], [max(picture.height(), wide * 3 // 4 + CONTROLS)], Qt.Orientation.Vertical)

    def _come_back(self, title: str, floats: bool) -> None:
        """One that is put back among others lies in front, as it was seen till then."""
        if not floats and not self[title].isHidden():
            self[title].raise_()

    def toggle(self, title: str) -> None:
        """Bring a panel to the front, or where it is there already, put it away."""
        dock = self[title]
        if dock.isHidden() or dock.visibleRegion().isEmpty():
            self.bring(title)
        else:
            dock.hide()

    def step_aside(self, aside: bool) -> None:
        """Leave the whole window to the page in the middle, or come back as they were."""
        if aside and self._aside is None:
            there = {title: dock for title, dock in self.items() if not dock.isFloating()}
            shown = [title for title, dock in there.items() if not dock.isHidden()]
            widths = {title: there[title].width() for title in shown if not there[title].visibleRegion().isEmpty()}
            rows = [tabs for tabs in self._tabs if tabs.count() and not tabs.isHidden()]
            fronts = list(widths) or [tabs.tabText(tabs.currentIndex()) for tabs in rows]  # nobody has seen them yet
            self._aside, self._asked = (self._window.saveState(), shown, widths, fronts), []
            for dock in there.values():
                dock.hide()
            for tabs in self._tabs:
                tabs.setAccessibleName("Panels")
                tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Qt keeps them, empty: Tab would stop at each
        elif not aside and self._aside is not None:
            (state, shown, widths, fronts), self._aside = self._aside, None
            asked = [title for title in self._asked if not self[title].isHidden()]
            for tabs in self._tabs:
                tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if is_small(self._window.size()) != self._compact.on:
                self._turn([*shown, *asked], state)
                for title in asked:
                    self[title].raise_()
                return
            layout = self._window.layout()
            assert layout is not None
            layout.setEnabled(False)  # else all are laid out for each that comes: three times the time
            for title in shown:  # not by the state: with it Qt makes new rows of tabs each time, and keeps the old ones
                self[title].show()
            layout.setEnabled(True)
            layout.activate()
            for title in (*fronts, *asked):
                self[title].raise_()
            docks = [self[title] for title in widths]
            self._window.resizeDocks(docks, list(widths.values()), Qt.Orientation.Horizontal)

    def reset(self) -> None:
        """Put every panel back where it was first; while a page has the whole window, for when they come back."""
        aside = self._aside is not None
        self.step_aside(False)
        for dock in self.values():
            dock.setFloating(False)
        if is_small(self._window.size()):
            self._compact.together([title for title in self if title not in HIDDEN], self._first)
        else:
            self._compact.give_up()
            for dock in self.values():
                dock.show()
            self._restore(self._first)
        self.step_aside(aside)

    def fit(self) -> None:
        """Stand around the network, or share one place where the window is small. Those that stepped aside do when they
        come back."""
        if self._aside is None and is_small(self._window.size()) != self._compact.on:
            self._turn([title for title, dock in self.items() if not dock.isHidden()], self._window.saveState())
        self.fit_corner()

    def _turn(self, shown: list[str], state: QByteArray) -> None:
        if self._compact.on:
            self._compact.apart(shown)
        else:
            self._compact.together(shown, state)

    def remember(self) -> None:
        """Write down where everything is."""
        self.step_aside(False)
        self._settings.set_layout("geometry", self._window.saveGeometry())
        self._settings.set_layout("docks", self._compact.state)

    def restore(self) -> None:
        """Put everything where it was when the window was closed last, as far as the screen has room."""
        window = self._window
        window.resize(window.sizeHint())
        window.restoreGeometry(self._settings.layout("geometry"))
        self._restore(self._settings.layout("docks"))
        screen = window.screen().availableGeometry()
        room = screen.adjusted(0, 32, 0, 0)  # below its title bar
        window.resize(window.size().boundedTo(room.size()))
        if not room.contains(window.geometry()):
            window.move(screen.topLeft())  # its frame: the title bar is part of it
        self.fit_corner()

    @property
    def _tabs(self) -> list[QTabBar]:
        return self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _restore(self, state: QByteArray) -> None:
        for tabs in self._tabs:
            tabs.hide()  # Qt makes new ones, and would paint these once more where they were
        self._window.restoreState(state)
        for tabs in self._tabs:
            tabs.setAccessibleName("Panels")
            if not tabs.count():  # it tried with these first
                tabs.hide()
        self.fit_corner()  # the state has the corners of its time

    def fit_corner(self) -> None:
        """The inspector reaches to the bottom where there is room for the row of panels beside it.

        Qt would let that row slip under the inspector, so the middle then may not be narrower than the row.
        """
        wide = self._window.width() >= WIDE
        area = SIDES.RightDockWidgetArea if wide else SIDES.BottomDockWidgetArea
        if self._window.corner(Qt.Corner.BottomRightCorner) != area:
            self._window.setCorner(Qt.Corner.BottomRightCorner, area)
        if middle := self._window.centralWidget():
            middle.setMinimumWidth(71 * theme.GRID if wide else 0)
