"""What is made anew each time it is shown: Qt keeps it as long as the widget it belongs to, which may be the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDialog, QMenu


def choose_from(menu: QMenu, at: QPoint) -> None:
    """Show a menu, which was made for this, at a place on the screen; it goes when it is closed."""
    menu.exec(at)
    menu.deleteLater()


def passing(dialog: QDialog) -> None:
    """Let a dialog go when it is closed, in whichever way; whoever asked it hears of its end before."""
    dialog.finished.connect(dialog.deleteLater)
