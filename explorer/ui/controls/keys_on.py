"""A page or panel that gives the keys on to a part of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


class KeysOn:
    """What is asked to have the keys gives them to `first`. Mixed in before the widget.

    Not by Qt's focus proxy: Tab comes from a widget with a proxy to that, past what lies before it, and stays where it
    is hidden. Not when the keys have come either: screen readers then hear last that they are here.
    """

    @property
    def first(self) -> QWidget:
        """The part that gets the keys."""
        raise NotImplementedError

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Give the keys to the part that is there for it; as after Tab, what is typed replaces what stands there."""
        self.first.setFocus(reason)
