"""A question in a box of its own, which waits for its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox, QWidget


def asked(
    parent: QWidget, title: str, text: str, more: str, buttons: QMessageBox.StandardButton,
    named: Mapping[QMessageBox.StandardButton, str],
) -> int:  # fmt: skip
    """The button that was chosen; those in `named` have other texts than Qt's."""
    from PySide6.QtWidgets import QMessageBox  # nobody waits for it when the program starts

    from explorer.ui.plain_buttons import plain

    box = QMessageBox(QMessageBox.Icon.Question, title, text, buttons, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold tags
    box.setInformativeText(more)
    for button, name in named.items():
        box.button(button).setText(name)
    plain(box)
    box.setDefaultButton(QMessageBox.StandardButton.Save)
    answer = box.exec()
    box.deleteLater()
    return answer
