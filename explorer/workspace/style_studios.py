"""A style studio for each open network: one goes on in its lane while another one is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from explorer.maths.records import ModelCard
from explorer.workspace.session import Session
from explorer.workspace.style_setup import ChosenPicture, Role
from explorer.workspace.style_studio import StyleStudio
from explorer.workspace.tab import Tab

TRUNK = "vgg16_trunk"
"""What the model library calls the network that serves best and that any computer reaches."""
LIKE_VGG = 5
"""Style layers of a network that is good at this."""


class StyleStudios(QObject):
    """The studio of the network in front; it is made when it is first asked for, and goes with its tab."""

    changed = Signal()  # another studio is in front, or what is picked in it is something else

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._made: dict[Tab, StyleStudio] = {}
        self._in_front: StyleStudio | None = None
        session.document.tabs_changed.connect(self._tidy)
        session.opened.connect(lambda _path: self.changed.emit())

    @property
    def studio(self) -> StyleStudio:
        """That of the network in front."""
        tab = self._session.document.tab
        if tab not in self._made:
            self._made[tab] = StyleStudio(self._session, tab)
            self._made[tab].changed.connect(self.changed)
        return self._made[tab]

    @property
    def all(self) -> tuple[StyleStudio, ...]:
        """Those that were made."""
        return tuple(self._made.values())

    @property
    def begun(self) -> bool:
        """Whether the network in front has a studio with a picture in it, or layers picked for one."""
        studio = self._made.get(self._session.document.tab)
        if studio is None:
            return False
        setup = studio.setup
        return bool(setup.content or setup.styles or setup.content_layers or setup.style_layers)

    def marks(self) -> dict[str, tuple[Role, ...]]:
        """What each compared layer of the network in front tells; nothing while no studio is begun."""
        if not self.begun:
            return {}
        found: dict[str, tuple[Role, ...]] = {}
        roles: tuple[Role, ...] = ("content", "style")
        for role in roles:
            for layer in self.studio.layers(role):
                found[layer.node] = (*found.get(layer.node, ()), role)
        return found

    def toggle(self, role: Role) -> None:
        """Let the selected layers tell content or style, or where all of them do, no longer."""
        nodes = tuple(id for id in self._session.selection if len(self._session.document.facts[id].shape or ()) == 3)
        if nodes:
            studio = self.studio
            studio.edit(studio.setup.toggled(role, nodes, studio.tab.project))

    def tells(self, role: Role) -> bool:
        """Whether all selected layers tell content, or style."""
        marks, selection = self.marks(), self._session.selection
        return bool(selection) and all(role in marks.get(id, ()) for id in selection)

    @property
    def has_better(self) -> bool:
        """Whether the trunk would serve better than the network in front: that has random weights, or few layers."""
        studio = self.studio
        return studio.untrained or len(studio.tab.project.network.nodes) == 0 or self._few(studio)

    def _few(self, studio: StyleStudio) -> bool:
        from explorer.probes.style_layers import usual_layers

        return len(usual_layers(studio.tab.project.network, studio.tab.facts)[1]) < LIKE_VGG

    @property
    def trunk(self) -> ModelCard | None:
        """What the library knows of the trunk."""
        return next((card for card in self._session.models if card.name == TRUNK), None)

    def open_trunk(self, open_model: Callable[..., object], then: Callable[[], object]) -> None:
        """Open the trunk, in a tab of its own where a network is open; the pictures come along."""
        before = self.studio

        def arrive() -> None:
            studio = self.studio
            if studio is not before and studio.setup.content is None and not studio.setup.styles:
                setup = before.setup
                studio.edit(replace(studio.setup, content=setup.content, styles=setup.styles, settings=setup.settings))
            then()

        open_model(TRUNK, then=arrive)

    def begin(self) -> None:
        """The picture that is open becomes the content of a studio that has none."""
        studio, source = self.studio, self._session.source
        if studio.setup.content is None and source is not None and self._session.picture is not None:
            studio.take_content(ChosenPicture(source, self._session.picture.name))

    def _tidy(self) -> None:
        for tab in [tab for tab in self._made if tab not in self._session.document.tabs]:
            self._made.pop(tab).close()
        self.changed.emit()
