"""Questions in boxes of their own, which wait for their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QMessageBox, QWidget

PARTS = {"QtPrivate::QColorPicker": "Hue and saturation", "QtPrivate::QColorLuminancePicker": "Brightness"}
"""Parts of Qt's dialog for colours that have the keys and no name."""


def asked(
    parent: QWidget, title: str, text: str, more: str, buttons: QMessageBox.StandardButton,
    named: Mapping[QMessageBox.StandardButton, str], enter: QMessageBox.StandardButton | None = None,
) -> int:  # fmt: skip
    """The button that was chosen; those in `named` have other texts than Qt's. enter: what Enter presses, else Save."""
    from PySide6.QtWidgets import QMessageBox  # nobody waits for it when the program starts

    from explorer.ui.plain_buttons import plain

    box = QMessageBox(QMessageBox.Icon.Question, title, text, buttons, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold tags
    box.setInformativeText(more)
    for button, name in named.items():
        box.button(button).setText(name)
    plain(box)
    box.setDefaultButton(QMessageBox.StandardButton.Save if enter is None else enter)
    answer = box.exec()
    box.deleteLater()
    return answer


def asked_colour(parent: QWidget, title: str, now: QColor) -> QColor:
    """The colour that was chosen, none that is valid where none was."""
    from PySide6.QtWidgets import QColorDialog, QDialogButtonBox, QWidget

    from explorer.ui.plain_buttons import plain

    dialog = QColorDialog(now, parent)
    dialog.setWindowTitle(title)
    plain(dialog)
    for row in dialog.findChildren(QDialogButtonBox):
        row.button(QDialogButtonBox.StandardButton.Ok).setText("Use colour")
    for part in dialog.findChildren(QWidget):
        if (name := PARTS.get(part.metaObject().className())) is not None:
            part.setAccessibleName(name)
    dialog.exec()
    dialog.deleteLater()
    return dialog.selectedColor()
