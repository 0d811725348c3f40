"""The style studio: a picture painted in the style of others, while one watches and steers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.controls.labels import LaneLine, Text
from explorer.ui.controls.roomy import Roomy, Stack
from explorer.ui.controls.turns import Parts, Turns
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.studio.studio_view import StudioView
from explorer.ui.tables.model_words import size_in_words
from explorer.ui.theme import GRID
from explorer.workspace.session import Session
from explorer.workspace.style_studio import StyleStudio
from explorer.workspace.style_studios import StyleStudios


class StudioPage(QWidget):
    """A view of its own for each network's studio, made when it is first seen. Escape goes back."""

    back_requested = Signal()
    trunk_requested = Signal()
    pick_requested = Signal()
    lab_requested = Signal()

    def __init__(self, session: Session, studios: StyleStudios) -> None:
        super().__init__()
        self._session, self.studios = session, studios
        self._views: dict[StyleStudio, StudioView] = {}
        self._turns = Turns(self)
        self.setAccessibleName("Style studio")
        self.setProperty(WHOLE_WINDOW, True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # its own keys do what the tools do: no stop for Tab
        self.network = Text(role="dim")
        self.trunk, back = QPushButton("Open the VGG-16 trunk"), QPushButton("Back")
        self.trunk.clicked.connect(self.trunk_requested)
        back.clicked.connect(self.back_requested)
        self.stack = Stack()
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.setSpacing(GRID)
        title = Text("Style studio", size="title", wrap=False)
        title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        title.setContentsMargins(0, 0, 2 * GRID, 0)
        head.addWidget(title)
        head.addWidget(self.network, 1)
        head.addWidget(self.trunk)
        head.addWidget(back)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(LaneLine(session, "model"))
        column.addWidget(Roomy(self.stack, "The studio"), 1)
        studios.changed.connect(self.follow)
        session.models_changed.connect(lambda _: self.follow())
        self.follow()

    @property
    def view(self) -> StudioView:
        """The studio of the network in front, as it is seen."""
        studio = self.studios.studio
        if studio not in self._views:
            self._begin(studio)
            self._turns.finish(studio)
        return self._views[studio]

    def _begin(self, studio: StyleStudio) -> None:
        if studio not in self._turns:
            self._turns.take(studio, self._making(studio))

    def _making(self, studio: StyleStudio) -> Parts:
        view = StudioView(self._session, studio)
        yield
        yield from view.parts()
        yield
        if studio not in self.studios.all:  # its network was closed meanwhile
            view.deleteLater()
            return
        self._views[studio] = view
        view.pick_requested.connect(self.pick_requested)
        view.lab_requested.connect(self.lab_requested)
        self.stack.addWidget(view)
        self._show_view()

    def _show_view(self) -> None:
        """Show the view of the network in front; until it is made, there is the one before."""
        studio = self.studios.studio
        if studio not in self._views:
            self._begin(studio)
        elif self.stack.currentWidget() is not self._views[studio]:
            self.stack.setCurrentWidget(self._views[studio])

    def showEvent(self, event: QShowEvent) -> None:
        self.follow()

    def follow(self) -> None:
        """Show the studio of the network in front, where anybody looks; forget those whose networks were closed."""
        for studio in [one for one in self._views if one not in self.studios.all]:
            view = self._views.pop(studio)
            self.stack.removeWidget(view)
            view.deleteLater()
        if not self.isVisible():
            return
        self._show_view()
        project = self.studios.studio.tab.project
        studio, trunk = self.studios.studio, self.studios.trunk
        if not project.network.nodes:
            self.network.say("A network looks at the pictures; none is open.")
        elif not studio.suitable:
            self.network.say(f"{project.title or 'This network'} has no layers with maps.")
        elif studio.untrained:
            self.network.say(f"{project.title or 'This network'} has random weights: it copies little but colours.")
        else:
            self.network.say(f"seen by {project.title or 'this network'}")
        self.trunk.setVisible(self.studios.has_better and trunk is not None)
        if trunk is not None:
            self.trunk.setText(f"{'Open' if trunk.installed else 'Get and open'} the VGG-16 trunk")
            self.trunk.setToolTip(
                f"{trunk.title}: {size_in_words(trunk)}. The network most style transfer is made with"
            )

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the studio's while its page has the keys, not the network's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.view.meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if act := self.view.meant(event):
            act()
        elif event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        elif not self.view.acted(event):  # what has the keys may lie beside the view
            super().keyPressEvent(event)
