"""Our own dialog for files, for where a disk does not answer: the system's would stand still there, and the window with
it. It lists one folder at a time, in a thread of its own, and takes a path that is typed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.sentences import shortened
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID
from explorer.workspace.disk import Look
from explorer.workspace.disks import under

OPEN, FOLDER, SAVE = "Open", "Choose", "Save"
"""What a dialog is for: the words on its button."""
MOST = 5_000
"""Files and folders that are listed; the others have to be named."""
Kinds = tuple[tuple[str, tuple[str, ...]], ...]
"""What files may be chosen: words, and patterns such as *.png."""


@dataclass(frozen=True)
class Entry:
    """What lies in a folder. folder: whether it is one; None for a link, for where it leads may not answer."""

    name: str
    folder: bool | None


def listed(folder: str) -> list[Entry]:
    """What lies in a folder, folders first, without what is hidden. Raises OSError."""
    with os.scandir(folder) as there:
        entries = [
            Entry(each.name, None if each.is_symlink() else each.is_dir(follow_symlinks=False))
            for each in there
            if not each.name.startswith(".")
        ]
    return sorted(entries, key=lambda each: (each.folder is False, each.name.lower(), each.name))


class Said(QLabel):
    """A sentence; without one it takes no room. Labels of `controls` stand above what asks for files."""

    def __init__(self, text: str = "", role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.setForegroundRole(role)
        self.setMinimumWidth(1)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text."""
        self.setText(text)
        if self.parentWidget() is not None or not text:  # without one it would be a window of its own
            self.setVisible(bool(text))


class Listing(QListWidget):
    """What lies in a folder; a list of Qt's own would search for what Backspace writes."""

    up_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setUniformItemSizes(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace asks for the folder above."""
        if event.key() == Qt.Key.Key_Backspace:
            self.up_requested.emit()
        else:
            super().keyPressEvent(event)


class CarefulDialog(QDialog):
    """Asks for a file to open or to write, or for a folder; `chosen` is its path, "" where none was chosen.

    answering: folders that answer, where one can begin; the first of them is shown. silent: those that do not.
    kinds: of the files that are listed; what is saved gets the ending of the first pattern.
    """

    def __init__(
        self, parent: QWidget, title: str, purpose: str, answering: Sequence[str], silent: Sequence[str],
        kinds: Kinds = (), name: str = "",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(title)
        self.chosen = ""
        self._purpose, self._silent, self._kinds = purpose, tuple(silent), kinds
        self._folder = answering[0]
        self._entries: list[Entry] = []
        self._look = Look(self)
        self.told, self.hint = Said(_told(silent)), Said(role=QPalette.ColorRole.PlaceholderText)
        self.problem = Said(role=QPalette.ColorRole.BrightText)
        self.up = QPushButton("Up", autoDefault=False)
        self.path = QLineEdit()
        self.places = QComboBox()
        self.entries = Listing()
        self.name = QLineEdit(name)
        self.kind = QComboBox()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        plain(self.buttons)
        self.take = self.buttons.addButton(purpose, QDialogButtonBox.ButtonRole.ActionRole)
        self._dress(answering)
        self._lay_out()
        self.up.clicked.connect(lambda: self._go(os.path.dirname(self._folder)))
        self.entries.up_requested.connect(self.up.click)
        self.path.returnPressed.connect(lambda: self._follow(self.path.text()))
        self.places.activated.connect(lambda row: self._go(self.places.itemText(row)))
        self.entries.itemActivated.connect(lambda item: self._follow(item.data(Qt.ItemDataRole.UserRole)))
        self.entries.currentItemChanged.connect(lambda now, _: self._name(now))
        self.name.returnPressed.connect(self._take)
        self.kind.activated.connect(lambda _: self._show())
        self.take.clicked.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self._begin(list(answering))

    def _dress(self, answering: Sequence[str]) -> None:
        for widget, words, tip in (
            (self.up, "Up", "Show the folder that this one lies in (Backspace)."),
            (self.path, "Path", "The folder that is shown; type another, or a file's whole path, and press Enter."),
            (self.places, "Places", "Folders on disks that answer."),
            (self.entries, "Files and folders", "Enter or a double click opens what is chosen."),
            (self.name, "Name", "The file's name, or its whole path."),
            (self.kind, "Kind of file", "Which files are listed."),
        ):
            widget.setAccessibleName(words)
            widget.setToolTip(tip)
        self.places.addItems(list(answering))
        self.kind.addItems([f"{words} ({' '.join(patterns)})" for words, patterns in self._kinds])
        for button in self.buttons.buttons():
            button.setProperty("autoDefault", False)  # Enter is the lines' own: Qt would press a button besides

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.up)
        head.addWidget(self.path, 1)
        head.addWidget(self.places)
        self.places.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.places.setMinimumContentsLength(16)
        form = QFormLayout()
        if self._purpose != FOLDER:
            form.addRow("Name", self.name)
            form.addRow("Kind", self.kind)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.told)
        column.addLayout(head)
        column.addWidget(self.entries, 1)
        column.addWidget(self.hint)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        room = self.screen().availableSize() - QSize(2 * GRID, 4 * GRID)
        self.resize(QSize(88 * GRID, 64 * GRID).boundedTo(room))
        (self.entries if self._purpose == FOLDER else self.name).setFocus()

    def _begin(self, folders: list[str]) -> None:
        """List the first of these that is there."""
        folder, *others = folders
        self._look.ask(
            folder, lambda: listed(folder), lambda found: self._arrive(folder, found),
            lambda why: self._begin(others) if others else self.problem.say(why),
        )  # fmt: skip

    def _go(self, folder: str) -> None:
        """List another folder; where its disk does not answer, say so and stay."""
        self.problem.say("")
        self._look.ask(folder, lambda: listed(folder), lambda found: self._arrive(folder, found), self.problem.say)

    def _arrive(self, folder: str, found: list[Entry]) -> None:
        self._folder, self._entries = folder, found
        self.path.setText(folder)
        self.up.setEnabled(os.path.dirname(folder) != folder)
        self._show()

    def _show(self) -> None:
        patterns = self._kinds[self.kind.currentIndex()][1] if self._kinds else ("*",)
        shown = [each for each in self._entries if each.folder is not False or self._fits(each.name, patterns)]
        self.entries.clear()
        icons = {
            True: QStyle.StandardPixmap.SP_DirIcon, None: QStyle.StandardPixmap.SP_FileLinkIcon,
            False: QStyle.StandardPixmap.SP_FileIcon,
        }  # fmt: skip
        for each in shown[:MOST]:
            item = QListWidgetItem(self.style().standardIcon(icons[each.folder]), each.name)
            item.setData(Qt.ItemDataRole.UserRole, os.path.join(self._folder, each.name))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.name}, folder" if each.folder else each.name)
            self.entries.addItem(item)
        more = f"The first {MOST:,} of {len(shown):,} are listed: type the name of another."
        self.hint.say(more if len(shown) > MOST else "" if shown else "There is nothing of this kind here.")

    def _fits(self, name: str, patterns: Sequence[str]) -> bool:
        return self._purpose != FOLDER and any(fnmatch(name.lower(), pattern.lower()) for pattern in patterns)

    def _name(self, item: QListWidgetItem | None) -> None:
        if item is not None and next((e.folder for e in self._entries if e.name == item.text()), True) is False:
            self.name.setText(item.text())

    def _take(self) -> None:
        picked = next((item.data(Qt.ItemDataRole.UserRole) for item in self.entries.selectedItems()), "")
        if self._purpose == FOLDER and picked:
            self._look.ask(
                picked, lambda: os.path.isdir(picked),
                lambda there: self._end(picked) if there else self._say_missing(picked), self.problem.say,
            )  # fmt: skip
        elif self._purpose == FOLDER:
            self._end(self._folder)
        elif self.name.text().strip():
            self._follow(os.path.join(self._folder, self.name.text().strip()))
        elif picked:  # a folder: a file's name would stand there
            self._go(picked)
        else:
            self.problem.say("Choose a file, or type its name.")

    def _say_missing(self, path: str) -> None:
        self.problem.say(f"“{shortened(path, 160)}” was not found: look whether it is spelled so.")

    def _follow(self, typed: str) -> None:
        """Go into a folder, or take a file, whatever this path turns out to be."""
        path = os.path.abspath(os.path.join(self._folder, os.path.expanduser(typed.strip())))
        named = path
        if self._purpose == SAVE and not self._fits(os.path.basename(path), self._kinds[self.kind.currentIndex()][1]):
            named = path + self._kinds[self.kind.currentIndex()][1][0].removeprefix("*")
        self.problem.say("")
        self._look.ask(
            path, lambda: (os.path.isdir(path), os.path.exists(named), os.path.isdir(os.path.dirname(path))),
            lambda there: self._found(path, named, *there), self.problem.say,
        )  # fmt: skip

    def _found(self, path: str, named: str, folder: bool, there: bool, beside: bool) -> None:
        if folder:
            self._go(path)
        elif self._purpose == FOLDER or not beside or not (there or self._purpose == SAVE):
            self._say_missing(path)
        elif self._purpose == OPEN or not there or self._may_replace(named):
            self._end(named)

    def _may_replace(self, path: str) -> bool:
        buttons = QMessageBox.StandardButton
        text = f"{shortened(os.path.basename(path), 80)} is there already."
        icon = QMessageBox.Icon.Question
        box = QMessageBox(icon, "Replace the file", text, buttons.Save | buttons.Cancel, self)
        plain(box)
        box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold tags
        box.setInformativeText("What is there now is lost if you replace it.")
        box.button(buttons.Save).setText("Replace")
        box.setDefaultButton(buttons.Cancel)
        answer = box.exec()
        box.deleteLater()
        return answer == buttons.Save

    def _end(self, path: str) -> None:
        self.chosen = path
        self.accept()


def _told(silent: Sequence[str]) -> str:
    outer = [place for place in silent if not under(place, [other for other in silent if other != place])]
    names = ", ".join(f"“{shortened(place, 80)}”" for place in outer[:2]) + (" and others" if len(outer) > 2 else "")
    lie = "lie on disks that do" if len(outer) > 1 else "lies on a disk that does"
    return f"{names} {lie} not answer, where the system's own dialog would stand still: this one lists other folders."
