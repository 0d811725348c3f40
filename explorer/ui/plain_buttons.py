"""Buttons of dialogs with words alone: Qt's own icons, which some desktops ask for, are black on a dark window."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox


def plain(part: QDialogButtonBox | QDialog) -> None:
    """Take the icons from all buttons that a row of buttons, or those of a dialog of Qt's, have by now."""
    part.sizeHint()  # Qt makes what is in some dialogs only when it is asked
    for row in [part] if isinstance(part, QDialogButtonBox) else part.findChildren(QDialogButtonBox):
        for button in row.buttons():
            button.setIcon(QIcon())
