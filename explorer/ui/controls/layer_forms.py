"""The forms of layers, one for each kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from explorer.network.layer import Layer
from explorer.ui.controls.following import after_paint, shared_turns
from explorer.ui.controls.form import Form
from explorer.ui.controls.turns import Parts
from explorer.workspace.session import Session

APART = 100
"""Milliseconds between two forms that are made ahead."""


class LayerForms(QObject):
    """The form of the layer that is shown, if any. Each is made once and kept, for making one takes half a frame; those
    of the open network are made ahead, each in a turn of its own.

    put: gives a new form its place in the panel.
    """

    edited = Signal(object, str)  # Layer, the name of the setting that changed

    def __init__(self, session: Session, panel: QWidget, put: Callable[[Form], None]) -> None:
        super().__init__(panel)
        self._session, self._put = session, put
        self._forms: dict[type[Layer], Form] = {}
        self.shown: Form | None = None
        self._soon = QTimer(self, singleShot=True, interval=APART)
        self._soon.timeout.connect(lambda: shared_turns(session.document).take(self, after_paint(self, self._next())))

    def __contains__(self, layer: Layer) -> bool:
        """Whether the form of this kind is made."""
        return type(layer) in self._forms

    def of(self, layer: Layer) -> Form:
        """The form of the layer's kind."""
        form = self._forms.get(type(layer))
        if form is None:
            form = self._forms[type(layer)] = Form(layer, self._session.conventions.letters)
            form.hide()
            form.edited.connect(self.edited)
            self._put(form)
        return form

    def show_layer(self, layer: Layer | None, *, afresh: bool) -> None:
        """Show the settings of a layer, or nothing. afresh: it is another one than before."""
        form = self.of(layer) if layer else None
        if self.shown and self.shown is not form:
            self.shown.hide()
        self.shown = form
        if form and layer:
            form.letters = self._session.conventions.letters
            form.show_value(layer, afresh=afresh)
            if form.isHidden():
                form.show()

    def make_ahead(self) -> None:
        """Make soon what a click may need."""
        self._soon.start()

    def _next(self) -> Parts:
        for node in self._session.document.project.network.nodes.values():
            if node.layer not in self:
                self.of(node.layer)
                self._soon.start()
                break
        yield
