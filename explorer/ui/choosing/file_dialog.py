"""The program's own dialog for files: which files and folders there are, and which of them are meant."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from explorer.maths.sentences import shortened
from explorer.ui.choosing.layout import FOLDER, OPEN, SAVE, Kinds, Parts
from explorer.ui.choosing.name_line import local_files
from explorer.ui.choosing.typed_paths import in_quotes, paths_of
from explorer.ui.plain_buttons import plain
from explorer.workspace import disks
from explorer.workspace.disk import Look
from explorer.workspace.folder_entries import Entry
from explorer.workspace.folder_walk import FolderWalk
from explorer.workspace.settings import Settings

__all__ = ["FOLDER", "OPEN", "SAVE", "FileDialog", "Kinds"]

NOT_FOUND, NO_FOLDER = "“{}” was not found: look whether it is spelled so.", "“{}” is a file: choose a folder."
NO_FOLDERS = "There are no folders in this one."
RECENT = "folders"
"""What the list of folders of last time is called among the settings."""


class FileDialog(QDialog):
    """Asks for files to open, one to write, or a folder; `paths` are they, none where none was chosen.

    purpose: OPEN, SAVE or FOLDER. start: the folder to begin in, "" for that of last time. kinds: of the files that are
    listed; what is saved gets the ending of the chosen kind. silent: folders whose disks do not answer. several:
    whether more than one may be opened.
    """

    def __init__(
        self, parent: QWidget | None, title: str, purpose: str, start: str = "", silent: Sequence[str] = (),
        kinds: Kinds = (), name: str = "", several: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAcceptDrops(True)
        self.paths: tuple[str, ...] = ()
        self._purpose, self._kinds, self._several, self._suggested = purpose, kinds, several, name
        self._look = Look(self)
        self._put = ""  # the names of chosen files, as they were put into the line
        self._settings = Settings()
        recent = self._settings.lately(RECENT)
        self.walk = FolderWalk(self)
        self.parts = Parts(self, purpose, kinds, name, recent, self._known, several)
        self.parts.told.say(_told(silent))
        self._connect()
        self.walk.begin(disks.beginnings(start, recent, silent))

    def _connect(self) -> None:
        parts, walk = self.parts, self.walk
        walk.asked.connect(self._look.forget)  # what was asked for before one went elsewhere
        walk.arrived.connect(self._arrive)
        walk.came.connect(self._add)
        walk.failed.connect(self._tell_failure)
        walk.skipped.connect(parts.told.say)
        parts.back.clicked.connect(walk.go_back)
        parts.ahead.clicked.connect(walk.go_ahead)
        parts.up.clicked.connect(lambda: walk.go(walk.above))
        parts.hidden.clicked.connect(lambda: self._show(keep=True))
        parts.new.named.connect(self._make_folder)
        parts.path.returnPressed.connect(lambda: self._follow(paths_of(parts.path.text(), walk.folder)))
        parts.places.wanted.connect(walk.go)
        parts.table.up_requested.connect(parts.up.click)
        parts.table.taken.connect(self._take_picked)
        parts.table.chosen.connect(self._show_choice)
        parts.name.returnPressed.connect(self._take)
        parts.kind.activated.connect(lambda _: self._change_kind())
        parts.take.clicked.connect(self._take)
        parts.buttons.rejected.connect(self.reject)
        parts.reload.activated.connect(self._read_again)

    def done(self, result: int) -> None:
        self.walk.stop()
        self._look.forget()
        self.parts.preview.look("")
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.reject()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A folder that is dropped is shown, a file is taken where one is opened."""
        if files := local_files(event.mimeData()):
            event.acceptProposedAction()
            self._follow(files if self._several else files[:1])

    def _arrive(self) -> None:
        parts, walk = self.parts, self.walk
        parts.problem.say("")
        parts.path.setText(walk.folder)
        parts.places.mark(walk.folder)
        parts.up.setEnabled(bool(walk.above))
        self._offer_ways()
        self._show(keep=False)

    def _offer_ways(self) -> None:
        self.parts.back.setEnabled(bool(self.walk.back))
        self.parts.ahead.setEnabled(bool(self.walk.ahead))

    def _tell_failure(self, why: str) -> None:
        self.parts.problem.say(why)
        self._offer_ways()  # what cannot be shown is no longer on them

    def _read_again(self) -> None:
        """Of the folder that is shown, and of one whose names are typed at."""
        self.parts.path.forget()
        self.parts.name.forget()
        self.walk.read_again()

    def _show(self, keep: bool) -> None:
        self.parts.table.show_entries(self._wanted(self.walk.entries), keep)
        self._say_whether_empty()

    def _add(self, before: int) -> None:
        """More of the folder is known; so many entries are listed, or left out, already."""
        if before:
            self.parts.table.add_entries(self._wanted(self.walk.entries[before:]))
            self._say_whether_empty()
        else:
            self._show(keep=True)

    def _wanted(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that are to be listed."""
        hidden, endings = self.parts.hidden.isChecked(), self._endings
        return [
            each for each in entries
            if (hidden or not each.hidden) and (each.folder is not False or each.name.lower().endswith(endings))
        ]  # fmt: skip

    def _say_whether_empty(self) -> None:
        nothing = NO_FOLDERS if self._purpose == FOLDER else "There is nothing of this kind here."
        self.parts.hint.say("" if self.parts.table.entries.rows else nothing)

    @property
    def _endings(self) -> tuple[str, ...]:
        """Of the files that are listed; "" fits all of them."""
        if self._purpose == FOLDER:
            return ()
        return self._kinds[self.parts.kind.currentIndex()][1] if self._kinds else ("",)

    def _known(self) -> Iterator[str]:
        return (entry.name + os.sep if entry.folder else entry.name for entry in self.parts.table.entries.rows)

    def _show_choice(self) -> None:
        picked = self.parts.table.picked
        files = [entry.name for entry in picked if entry.folder is False]
        if files:
            self.parts.name.setText(in_quotes(files))
            self._put = self.parts.name.text()
        self.parts.preview.look(self._path(picked[0]) if files and len(picked) == 1 else "")

    def _path(self, entry: Entry) -> str:
        return os.path.join(self.walk.folder, entry.name)

    def _take_picked(self) -> None:
        if picked := self.parts.table.picked:
            self._follow([self._path(entry) for entry in picked])

    def _take(self) -> None:
        picked, typed = self.parts.table.picked, self.parts.name.text()
        if self._purpose == FOLDER and picked:
            self._follow([self._path(picked[0])], ends=True)
        elif self._purpose == FOLDER:
            self._end([self.walk.folder])
        elif typed == self._put and (files := [entry for entry in picked if entry.folder is False]):
            self._follow([self._path(entry) for entry in files])  # a name may look like a path: ~, or one in quotes
        elif typed.strip():
            self._follow(paths_of(typed, self.walk.folder))
        elif picked:  # a folder: a file's name would stand there
            self._follow([self._path(picked[0])])
        else:
            self.parts.problem.say("Choose a file, or type its name.")

    def _follow(self, paths: Sequence[str], ends: bool = False) -> None:
        """Go into a folder, or take files, whatever these paths turn out to be. ends: a folder is taken, too."""
        if not paths:
            return
        self.parts.problem.say("")
        first, named = paths[0], self._with_ending(paths[0])
        into = os.path.dirname(first) if self._purpose == SAVE else first

        def find_out() -> tuple[bool, str, bool]:
            missing = "" if self._purpose == SAVE else next((path for path in paths if not os.path.exists(path)), "")
            wrong = NOT_FOUND.format(_shown(missing)) if missing else ""
            if self._purpose != OPEN and not os.path.isdir(into):
                wrong = (NO_FOLDER if os.path.exists(into) else NOT_FOUND).format(_shown(into))
            return os.path.isdir(first), wrong, os.path.exists(named)

        def go_on(found: tuple[bool, str, bool]) -> None:
            folder, wrong, there = found
            if folder and not ends:
                if paths_of(self.parts.name.text(), self.walk.folder) == list(paths):
                    self.parts.name.setText(self._suggested)  # the folder's name was typed there
                self.walk.go(first)
            elif folder:
                self._end([first])
            elif wrong:
                self.parts.problem.say(wrong)
            elif self._purpose == SAVE:
                if not there or self._may_replace(named):
                    self._end([named])
            elif len(paths) > 1 and not self._several:
                self.parts.problem.say("One file can be opened here: choose one of them.")
            else:
                self._end(paths)

        self._look.ask(first, find_out, go_on, self.parts.problem.say)

    def _with_ending(self, path: str) -> str:
        """The path as it is saved: with the ending of the chosen kind, where it has none of them."""
        endings = tuple(ending for _, its in self._kinds for ending in its)
        wanted = self._endings[0] if self._purpose == SAVE and self._endings else ""
        return path if not wanted or path.lower().endswith(endings) else path + wanted

    def _change_kind(self) -> None:
        """The list has others; the name of what is saved gets the ending of its kind."""
        name = self.parts.name.text()
        if self._purpose == SAVE:
            others = (ending for _, its in self._kinds for ending in its)
            if old := next((ending for ending in others if name.lower().endswith(ending)), ""):
                self.parts.name.setText(name[: -len(old)] + self._endings[0])
        self._show(keep=True)

    def _make_folder(self, name: str) -> None:
        folder = os.path.join(self.walk.folder, name)
        self.parts.problem.say("")
        self._look.ask(folder, lambda: os.mkdir(folder), lambda _: self.walk.go(folder), self.parts.problem.say)

    def _may_replace(self, path: str) -> bool:
        buttons = QMessageBox.StandardButton
        text = f"{shortened(os.path.basename(path), 80)} is there already."
        box = QMessageBox(QMessageBox.Icon.Question, "Replace the file", text, buttons.Save | buttons.Cancel, self)
        plain(box)
        box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold tags
        box.setInformativeText("What is there now is lost if you replace it.")
        box.button(buttons.Save).setText("Replace")
        box.setDefaultButton(buttons.Cancel)
        answer = box.exec()
        box.deleteLater()
        return answer == buttons.Save

    def _end(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        self._settings.add_lately(RECENT, paths[0] if self._purpose == FOLDER else os.path.dirname(paths[0]))
        self.accept()


def _shown(path: str) -> str:
    return shortened(path, 160)


def _told(silent: Sequence[str]) -> str:
    if not silent:
        return ""
    outer = [place for place in silent if not disks.under(place, [other for other in silent if other != place])]
    names = ", ".join(f"“{shortened(place, 80)}”" for place in outer[:2]) + (" and others" if len(outer) > 2 else "")
    lie = "lie on disks that do" if len(outer) > 1 else "lies on a disk that does"
    return f"{names} {lie} not answer: choose another folder."
