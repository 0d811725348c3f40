"""A key that is pressed while a network is coming is meant for that network."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from explorer.workspace.session import Session

KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class KeyFirst(QObject):
    """Hears each key before the window's widgets do, and has what is opened in turns be there first: else a box that
    the key opens would go with the page that the network covers."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        if handle := window.windowHandle():
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in KEYS:
            self._session.settle()
        return False
