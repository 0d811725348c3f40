"""The parts of the dialog for files, and where they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
)

from explorer.ui.choosing.entries_table import EntriesTable
from explorer.ui.choosing.name_line import NameLine
from explorer.ui.choosing.new_folder import NewFolder
from explorer.ui.choosing.places_list import PlacesList
from explorer.ui.choosing.preview import SIDE, Preview, Said
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID
from explorer.workspace.disks import mounted

OPEN, FOLDER, SAVE = "Open", "Choose", "Save"
"""What a dialog is for: the words on its button."""
TAKES = {
    OPEN: "Open what is chosen (Enter)", SAVE: "Write the file of this name (Enter)",
    FOLDER: "Take the folder that is chosen in the list, else the one that is shown",
}  # fmt: skip
Kinds = tuple[tuple[str, tuple[str, ...]], ...]
"""What files may be chosen: words, and endings such as .png; "" for all."""
SHOWN = 7
"""Folders of last time that are listed."""
WIDE = 20 * GRID
"""Pixels of the list of places."""


class Parts:
    """What the dialog is made of: it connects them.

    known: the names in the folder that is shown, for completing."""

    def __init__(
        self, dialog: QDialog, purpose: str, kinds: Kinds, name: str, recent: Sequence[str],
        known: Callable[[], Iterable[str]], several: bool,
    ) -> None:  # fmt: skip
        self.told, self.hint = Said(), Said(role=QPalette.ColorRole.PlaceholderText)
        self.problem = Said(role=QPalette.ColorRole.BrightText)
        self.back, self.ahead, self.up = QToolButton(), QToolButton(), QToolButton()
        self.hidden = QToolButton()
        self.hidden.setCheckable(True)
        self.new = NewFolder()
        self.path = NameLine("", lambda: (), lambda: self.path.text())
        self.places = PlacesList(recent[:SHOWN], mounted())
        self.table = EntriesTable(several)
        self.preview = Preview()
        self.name = NameLine(name, known, lambda: self.path.text())
        self.kind = QComboBox()
        self.kind.addItems([f"{words} ({' '.join('*' + ending for ending in endings)})" for words, endings in kinds])
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        plain(self.buttons)
        self.take = self.buttons.addButton(purpose, QDialogButtonBox.ButtonRole.ActionRole)
        for button in self.buttons.buttons():
            button.setProperty("autoDefault", False)  # Enter is the lines' own: Qt would press a button besides
        self.new.setHidden(purpose == OPEN)
        self._dress()
        self._lay_out(dialog, purpose)
        self._give_keys(dialog)

    def _dress(self) -> None:
        for button, sign in ((self.back, "←"), (self.ahead, "→"), (self.up, "↑"), (self.hidden, "Hidden")):
            button.setText(sign)
            button.setAutoRaise(True)
        for button in (self.back, self.ahead, self.up):
            button.setEnabled(False)
        for widget, words, tip in (
            (self.back, "Back", "Show the folder before (Alt+Left)"),
            (self.ahead, "Forward", "Show the folder that you went back from (Alt+Right)"),
            (self.up, "Up", "Show the folder that this one lies in (Alt+Up, or Backspace in the list)"),
            (self.hidden, "Hidden files", "Show what is hidden, too: names that begin with a point (Ctrl+H)"),
            (self.path, "Path", "The folder that is shown; type another, or a file's whole path, and Enter (Ctrl+L)"),
            (self.table, "Files and folders", "Type to find a name; Enter or a double click opens what is chosen"),
            (self.name, "Name", "The file's name, or its whole path; ~ is your home folder"),
            (self.kind, "Kind of file", "Which files are listed"),
            (self.take, self.take.text(), TAKES[self.take.text()]),
        ):  # fmt: skip
            widget.setAccessibleName(words)
            widget.setToolTip(tip)

    def _lay_out(self, dialog: QDialog, purpose: str) -> None:
        head = QHBoxLayout()
        for widget in (self.back, self.ahead, self.up):
            head.addWidget(widget)
        head.addWidget(self.path, 1)
        head.addWidget(self.hidden)
        head.addWidget(self.new)
        middle = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        for part in (self.places, self.table, self.preview):
            middle.addWidget(part)
        middle.setHandleWidth(GRID)
        middle.setStretchFactor(1, 1)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        if purpose != FOLDER:
            form.addRow("Name", self.name)
            form.addRow("Kind", self.kind)
        self.preview.setHidden(purpose == FOLDER)
        column = QVBoxLayout(dialog)
        column.setSpacing(GRID)
        column.addWidget(self.told)
        column.addLayout(head)
        column.addWidget(middle, 1)
        column.addWidget(self.hint)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        room = dialog.screen().availableSize() - QSize(2 * GRID, 4 * GRID)
        dialog.resize(QSize(120 * GRID, 72 * GRID).boundedTo(room))
        middle.setSizes([WIDE, dialog.width() - WIDE - SIDE, SIDE])
        (self.table if purpose == FOLDER else self.name).setFocus()

    def _give_keys(self, dialog: QDialog) -> None:
        for keys, press in (
            ("Alt+Left", self.back.click), ("Alt+Right", self.ahead.click), ("Alt+Up", self.up.click),
            ("Ctrl+H", self.hidden.click), ("Ctrl+Shift+N", self.new.ask), ("Ctrl+L", self._go_to_path),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), dialog).activated.connect(press)
        self.reload = QShortcut(QKeySequence("F5"), dialog)

    def _go_to_path(self) -> None:
        self.path.setFocus()
        self.path.selectAll()
