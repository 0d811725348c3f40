"""Where one often goes in the dialog for files: home, the folders of last time, the disks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from explorer.maths.sentences import shortened
from explorer.ui import theme
from explorer.ui.choosing.entry_icons import SIDE, icon
from explorer.ui.row_table import ROW, TOUCHED
from explorer.ui.theme import GRID

PLACE = Qt.ItemDataRole.UserRole


class PlacesList(QListWidget):
    """Folders under headings; a click or Enter goes there."""

    wanted = Signal(str)  # a folder

    def __init__(self, recent: Sequence[str], disks: Sequence[str]) -> None:
        super().__init__()
        home = os.path.expanduser("~")
        self._add("Home", home)
        for heading, folders in (("Recent", recent), ("Disks", disks)):
            if shown := [folder for folder in folders if folder != home]:
                title = QListWidgetItem(heading, self)
                title.setFlags(Qt.ItemFlag.NoItemFlags)
                for folder in shown:
                    self._add(os.path.basename(folder) or folder, folder)
        self.setAccessibleName("Places")
        self.setToolTip("Folders that you often go to: a click or Enter shows one")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.itemClicked.connect(self._go)
        self._dress()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, super().sizeHint().height())

    def mark(self, folder: str) -> None:
        """Choose the row of the folder that is shown, where there is one."""
        rows = (row for row in range(self.count()) if self.item(row).data(PLACE) == folder)
        self.setCurrentRow(next(rows, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self._go(self.currentItem())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _add(self, name: str, folder: str) -> None:
        item = QListWidgetItem(shortened(name, 60), self)
        item.setData(PLACE, folder)
        item.setToolTip(f"<p style='white-space: pre-wrap'>{escape(shortened(folder, 160))}</p>")  # no markup

    def _dress(self) -> None:
        height = TOUCHED if theme.current().larger > 1 else ROW
        for row in range(self.count()):
            item = self.item(row)
            item.setSizeHint(QSize(0, height))
            if item.data(PLACE):
                item.setIcon(icon(folder=True))

    def _go(self, item: QListWidgetItem) -> None:
        if folder := item.data(PLACE):
            self.wanted.emit(folder)
