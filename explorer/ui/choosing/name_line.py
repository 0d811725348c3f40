"""The line for a name or a path: it completes what is typed, and takes files that are pasted or dropped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from PySide6.QtCore import QMimeData, QStringListModel, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCompleter, QLineEdit

from explorer.ui.choosing.typed_paths import in_quotes, paths_of
from explorer.workspace.disk import Look

MOST = 100
"""Names that are offered."""
SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


class NameLine(QLineEdit):
    """known: names of the folder that is shown, folders with a separator behind them; folder: that folder."""

    def __init__(self, text: str, known: Callable[[], Iterable[str]], folder: Callable[[], str]) -> None:
        super().__init__(text)
        self._known, self._folder = known, folder
        self._look = Look(self)
        self._read: tuple[str, list[str]] = "", []  # another folder, whose names were typed at, and what is in it
        self.offered = QStringListModel(self)
        completer = QCompleter(self.offered, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.textEdited.connect(self._offer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Files that were copied in another program are pasted as their paths."""
        if event.matches(QKeySequence.StandardKey.Paste) and self._take(QGuiApplication.clipboard().mimeData()):
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragMoveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dropEvent(event)

    def forget(self) -> None:
        """Ask the disk anew for the names of another folder: files may have come or gone there."""
        self._read = "", []
        if self.hasFocus():
            self._offer(self.text())

    def _take(self, data: QMimeData) -> bool:
        files = local_files(data)
        if files:
            self.setText(in_quotes(files))
        return bool(files)

    def _offer(self, text: str) -> None:
        cut = max(text.rfind(sign) for sign in SEPARATORS) + 1
        before = text[:cut]
        if not before:
            self._complete(text, "", self._known())
            return
        (folder,) = paths_of(before, self._folder()) or [""]
        if folder == self._read[0]:
            self._complete(text, before, self._read[1])
            return

        def hear(names: list[str]) -> None:
            self._read = folder, names
            if self.text() == text:
                self._complete(text, before, names)

        self._complete(text, before, [])
        self._look.ask(folder, lambda: _names(folder), hear, lambda _sentence: None)

    def _complete(self, text: str, before: str, names: Iterable[str]) -> None:
        begun = text[len(before) :].casefold()
        hidden = begun.startswith(".")
        fitting = (name for name in names if name.casefold().startswith(begun) and (hidden or name[0] != "."))
        offered = [before + name for name, _ in zip(fitting, range(MOST), strict=False)] if text else []
        if offered == [text]:
            offered = []
        self.offered.setStringList(offered)
        if offered and self.hasFocus():
            self.completer().setCompletionPrefix(text)
            self.completer().complete()
        elif popup := self.completer().popup():
            popup.hide()


def local_files(data: QMimeData) -> list[str]:
    """Paths of the files that are dropped or pasted."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]


def _names(folder: str) -> list[str]:
    with os.scandir(folder) as there:
        found = ((each.name, not each.is_symlink() and each.is_dir(follow_symlinks=False)) for each in there)
        return [name + os.sep * folder for name, folder in sorted(found, key=lambda each: each[0].casefold())]
