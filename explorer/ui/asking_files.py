"""Asking for a file or a folder to open: the system's dialog where all disks answer that it looks at, else our own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from explorer.workspace.disks import Watch, beginnings, places, silent

if TYPE_CHECKING:
    from explorer.ui.careful_dialog import CarefulDialog


def ask_file(parent: QWidget, title: str, start: str, kinds: str) -> str:
    """The path of a file to open, "" where none was chosen. start: the folder to begin in; kinds: as Qt writes them,
    “Pictures (*.png *.jpg);;All files (*)”."""
    from PySide6.QtWidgets import QFileDialog  # nobody waits for it when the program starts

    return asking(
        start,
        lambda: QFileDialog.getOpenFileName(parent, title, start, kinds)[0],
        lambda answering, gone: _careful(parent, title, "Open", answering, gone, kinds),
    )


def ask_folder(parent: QWidget, title: str, start: str) -> str:
    """The path of a folder, "" where none was chosen."""
    from PySide6.QtWidgets import QFileDialog

    return asking(
        start,
        lambda: QFileDialog.getExistingDirectory(parent, title, start),
        lambda answering, gone: _careful(parent, title, "Choose", answering, gone),
    )


def asking(start: str, usual: Callable[[], str], careful: Callable[[Sequence[str], Sequence[str]], str]) -> str:
    """What the system's dialog answers; or the careful one, with the folders that answer and those that do not, where
    some do not: before the first opens, or while it is open, when it is closed before it comes there."""
    looked_at = places(start)
    gone = silent(looked_at)
    if not gone:

        def fell(fallen: list[str]) -> bool:
            """Whether the dialog was closed; a question it asks, as whether to replace a file, may stand before it."""
            if closed := _closed():
                gone.extend(fallen)
            return closed

        watch = Watch(looked_at, fell)
        try:
            path = usual()
        finally:
            watch.stop()
        if not gone:
            return path
    return careful(beginnings(start, gone) or [os.path.abspath(os.sep)], gone)


def _closed() -> bool:
    """Whether there was a dialog of Qt's to close: one of the system's does not keep the window waiting."""
    dialog = QApplication.activeModalWidget()
    if not isinstance(dialog, QDialog) or not dialog.inherits("QFileDialog"):
        return False
    dialog.reject()
    return True


def _careful(
    parent: QWidget, title: str, purpose: str, answering: Sequence[str], gone: Sequence[str], kinds: str = ""
) -> str:
    from explorer.ui.careful_dialog import CarefulDialog

    told = re.findall(r"([^;(]+) \(([^)]*)\)", kinds)
    listed = tuple((words, tuple(patterns.split())) for words, patterns in told)
    return carefully(CarefulDialog(parent, title, purpose, answering, gone, listed))


def carefully(dialog: CarefulDialog) -> str:
    """What it is asked for, once it is closed."""
    dialog.exec()
    dialog.deleteLater()
    return dialog.chosen
