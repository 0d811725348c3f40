"""Asks which code of the user's makes the network, and says that it will be run."""

from __future__ import annotations

import os

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.asking_files import ask_folder
from explorer.ui.controls.labels import Text
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID
from explorer.workspace import disk

WARNING = (
    "This runs the code, which can do all that you can do: read, change and delete your files, and use the network. "
    "Open only what you wrote yourself or have read."
)


class OwnCodeDialog(QDialog):
    """Where the code lies, what makes the module, and for which picture; only the button runs it, never Enter."""

    run_requested = Signal(str, str)  # package.module:factory@CxHxW, folder

    def __init__(self, parent: QWidget, name: str, folder: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open own code")
        self.setMinimumWidth(60 * GRID)
        self._look = disk.Look(self)
        code, _, size = name.partition("@")
        self.code = QLineEdit(code, placeholderText="package.module:factory")
        self.picture = QLineEdit(size.replace("x", "×"), placeholderText="as its first layer takes it, 224×224")
        self.place = QLineEdit(folder or os.getcwd())
        self.browse = QPushButton("Browse…", autoDefault=False)
        self.browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.addWidget(self.place, 1)
        where.addWidget(self.browse)
        form = QFormLayout()
        form.addRow("Makes the module", self.code)
        form.addRow("Picture, C×H×W", self.picture)
        form.addRow("Folder it lies in", where)
        for field, words in ((self.code, "Code"), (self.picture, "Size of the picture"), (self.place, "Folder")):
            field.setAccessibleName(words)
            field.textChanged.connect(lambda _: self._allow())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        plain(buttons)
        self.run = buttons.addButton("Run and open", QDialogButtonBox.ButtonRole.ActionRole)
        for button in buttons.buttons():
            button.setProperty("autoDefault", False)  # Enter presses none of them
        self.run.clicked.connect(self._run)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(Text("Open own code", size="title"))
        told = "A function or class that gives a torch module when it is called without arguments; “nets.small:Net”."
        column.addWidget(Text(told, "dim"))
        column.addLayout(form)
        column.addWidget(Text(WARNING, "problem"))
        column.addWidget(buttons)
        self._allow()

    @property
    def name(self) -> str:
        """The code as the command line takes it."""
        size = "".join(self.picture.text().split()).replace("×", "x")
        return self.code.text().strip() + (f"@{size}" if size else "")

    def _allow(self) -> None:
        self.run.setEnabled(False)  # a slow disk may take its time
        named, folder = ":" in self.code.text(), self.place.text()
        self._look.ask(folder, lambda: named and os.path.isdir(folder), self.run.setEnabled, lambda _: None)

    def _browse(self) -> None:
        if folder := ask_folder(self, "Folder the code lies in", self.place.text()):
            self.place.setText(folder)

    def _run(self) -> None:
        self.accept()
        self.run_requested.emit(self.name, os.path.abspath(self.place.text()))
