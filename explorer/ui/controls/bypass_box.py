"""Says whether a layer is bypassed, and changes it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from explorer.layers.bypass import brought_back, bypassed
from explorer.workspace.session import Session


class BypassBox(QCheckBox):
    """Hidden where there is no one layer, or one that takes no input, or several."""

    def __init__(self, session: Session) -> None:
        super().__init__("Bypassed: passes on what comes in")
        self._session, self._id = session, ""
        self.setToolTip("The layer keeps its settings and its weights. M on the canvas does the same.")
        self.clicked.connect(self._change)

    def show_node(self, id: str) -> None:
        """Be about this node, "" for none."""
        project, self._id = self._session.document.project, id
        self.setHidden(not id or project.layer(id).inputs != 1)
        self.setChecked(id in project.bypassed)

    def _change(self, on: bool) -> None:
        document = self._session.document
        text, edited = ("Bypass", bypassed) if on else ("Bring back", brought_back)
        document.edit(f"{text} {self._id}", edited(document.project, [self._id]))
