"""The main window's panels: each is made when it is needed, at its place among the docks."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from explorer.ui.commands import Commands
from explorer.ui.controls import roles
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.docks import Docks
from explorer.ui.far_help import FarHelp
from explorer.ui.files import Files
from explorer.ui.inside import Inside
from explorer.ui.pages import Pages
from explorer.ui.panels.inspector import InspectorPanel
from explorer.ui.panels.palette import PalettePanel
from explorer.ui.pressing import EnterPresses
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings

if TYPE_CHECKING:
    from explorer.ui.panels.activations import ActivationsPanel
    from explorer.ui.panels.cost import CostPanel
    from explorer.ui.panels.picture import PicturePanel
    from explorer.ui.panels.predictions import PredictionsPanel
    from explorer.ui.panels.summary import SummaryPanel


class PanelledWindow(QMainWindow):
    """Makes the panels of the window that is built on it."""

    session: Session
    settings: Settings
    files: Files
    pages: Pages
    inside: Inside
    docks: Docks
    commands: Commands

    @abstractmethod
    def warn(self, warning: str) -> None:
        """Say in the title that a camera is on, "" that it is off."""

    def fill_panels(self) -> None:
        """Make what the first moment can do without; what lies behind another tab waits until it is seen."""
        _ = self.picture, self.predictions, self.activations, self.summary
        FarHelp(self)
        EnterPresses(self)
        roles.install()
        self.docks.fill_when_seen("Cost", lambda: self.cost)
        self.docks.fill_when_seen("Weights", self._weights)
        for title, make in self.inside.makers.items():
            self.docks.fill_when_seen(title, make)

    def createPopupMenu(self) -> QMenu:
        """What a right click on the bar of menus or on a panel's title offers: all panels, as in View."""
        menu = Menu(self)
        menu.addActions(self.commands.menu("View/Panels").actions())
        self.commands.refresh()
        return menu

    def first_panels(self) -> Docks:
        """All docks, and what is seen in the first moment."""
        self.palette_panel = PalettePanel(self.session)
        self.inspector = InspectorPanel(self.session)
        return Docks(self, self.settings, {
            "Layers": self.palette_panel, "Inspector": self.inspector, "Picture": None, "Predictions": None,
            "Activations": None, "Explain": None, "Filters": None,
            "Patches": None, "Summary": None, "Cost": None, "Weights": None, "Attribution": None, "Effects": None,
            "Dream": None, "Boxes": None, "History": None, "Outline": None,
        })  # fmt: skip

    @cached_property
    def picture(self) -> PicturePanel:
        """The picture, or the video."""
        from explorer.ui.panels.picture import PicturePanel

        panel = PicturePanel(self.session)
        self.docks.fill("Picture", panel)
        self.files.video_chosen.connect(panel.videos.open_file)
        panel.live.changed.connect(lambda: self.warn(panel.live.warning))
        panel.live.changed.connect(lambda: self.pages.make_room() if panel.live.source is not None else None)
        panel.live.began.connect(lambda: self.docks.watch_picture(panel.stack.width()))
        return panel

    @cached_property
    def predictions(self) -> PredictionsPanel:
        """What the network says of the picture."""
        from explorer.ui.panels.predictions import PredictionsPanel

        panel = PredictionsPanel(self.session)
        self.docks.fill("Predictions", panel)
        return panel

    @cached_property
    def activations(self) -> ActivationsPanel:
        """What the selected layers make of the picture."""
        from explorer.ui.panels.activations import ActivationsPanel

        panel = ActivationsPanel(self.session)
        self.docks.fill("Activations", panel)
        panel.explain_requested.connect(lambda: self.docks.bring("Explain"))
        return panel

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
