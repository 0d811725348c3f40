"""Buttons of dialogs with words alone: Qt's own icons, which some desktops ask for, are black on a dark window."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox


def plain(box: QDialogButtonBox | QMessageBox) -> None:
    """Take the icons from all buttons that a row of buttons, or a box with a message, has by now."""
    for button in box.buttons():
        button.setIcon(QIcon())
