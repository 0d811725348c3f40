"""Asking for files: by the desktop's dialog where it has one and all disks answer that it looks at, else by ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from explorer.workspace.disks import places, silent

if TYPE_CHECKING:
    from explorer.ui.choosing.file_dialog import FileDialog, Kinds

_of_desktop: bool | None = None
"""Whether the desktop has a dialog for files; None where that is not known yet."""


def ask_file(parent: QWidget, title: str, start: str, kinds: str) -> str:
    """The path of a file to open, "" where none was chosen. start: the folder to begin in; kinds: as Qt writes them,
    “Pictures (*.png *.jpg);;All files (*)”."""
    return next(iter(ask_files(parent, title, start, kinds, several=False)), "")


def ask_files(parent: QWidget, title: str, start: str, kinds: str, several: bool = True) -> Sequence[str]:
    """The paths of files to open, as many as one likes; none where none was chosen."""
    from PySide6.QtWidgets import QFileDialog  # nobody waits for it when the program starts

    def desktops() -> Sequence[str]:
        if several:
            return QFileDialog.getOpenFileNames(parent, title, start, kinds)[0]
        return (path,) if (path := QFileDialog.getOpenFileName(parent, title, start, kinds)[0]) else ()

    def ours(gone: Sequence[str]) -> FileDialog:
        from explorer.ui.choosing.file_dialog import OPEN, FileDialog

        return FileDialog(parent, title, OPEN, start, gone, kinds_of(kinds), several=several)

    return asking(start, desktops, ours)


def ask_folder(parent: QWidget, title: str, start: str) -> str:
    """The path of a folder, "" where none was chosen."""
    from PySide6.QtWidgets import QFileDialog

    def desktops() -> Sequence[str]:
        return (path,) if (path := QFileDialog.getExistingDirectory(parent, title, start)) else ()

    def ours(gone: Sequence[str]) -> FileDialog:
        from explorer.ui.choosing.file_dialog import FOLDER, FileDialog

        return FileDialog(parent, title, FOLDER, start, gone)

    return next(iter(asking(start, desktops, ours)), "")


def asking(
    start: str, desktops: Callable[[], Sequence[str]], ours: Callable[[Sequence[str]], FileDialog]
) -> Sequence[str]:
    """What the desktop's dialog answers, or ours, which is told of folders whose disks do not answer."""
    gone: Sequence[str] = ()
    if _of_desktop is not False:
        gone = silent(places(start))
        if not gone and _is_of_desktop():
            return desktops()
    dialog = ours(gone)
    dialog.exec()
    dialog.deleteLater()
    return dialog.paths


def _is_of_desktop() -> bool:
    """Whether the desktop has a dialog for files. Where there is none Qt builds its own, and looks at the home folder
    thereby, in the window's thread: so it is found out once, when that has answered."""
    from PySide6.QtWidgets import QFileDialog, QLineEdit

    global _of_desktop
    if _of_desktop is None:
        dialog = QFileDialog()
        _of_desktop = not dialog.findChildren(QLineEdit)
        dialog.deleteLater()
    return _of_desktop


def kinds_of(filters: str) -> Kinds:
    """Words and endings, from what Qt takes: “Pictures (*.png *.jpg);;All files (*)”."""
    told = re.findall(r"([^;(]+) \(([^)]*)\)", filters)
    return tuple((words, tuple(each.removeprefix("*") for each in endings.split())) for words, endings in told)
