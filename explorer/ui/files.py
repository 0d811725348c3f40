"""Open, save, and ask about unsaved changes: the dialogs between the user's files and the session."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from explorer.maths.records import PICTURE_ENDINGS
from explorer.maths.sentences import shortened
from explorer.network.project import SUFFIX
from explorer.ui.destinations import choose_destination, file_name
from explorer.ui.picture_sources import choose_picture
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.weights import WeightFiles

PROJECTS = "CNN Explorer projects"
FOREIGN: dict[str, tuple[str, ...]] = {
    "ONNX networks": (".onnx",),
    "Darknet networks": (".cfg", ".weights"),
    "PyTorch checkpoints": (".pth", ".pt", ".ckpt", ".bin"),
    "safetensors files": (".safetensors",),
}
"""Networks of other programs that can be opened: what they are called, and what their files' names end in."""
WEIGHTS = ("PyTorch checkpoints", "safetensors files")
"""Of these, those that hold weights only."""
ENDINGS = (SUFFIX, *(ending for endings in FOREIGN.values() for ending in endings))
EXPORTS = (".py", ".onnx", ".safetensors", ".md", ".mmd", ".dot")
"""What a network can be written as for others; `explorer.engine.exports` does it."""


class Files(QObject):
    """What the File menu, the start page and a drop on the window do."""

    recent_changed = Signal()  # settings.recent is another list

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self.session, self.settings = window, session, settings
        self._after_saving: Callable[[], object] | None = None
        self.weights = WeightFiles(session)
        self._opening = ""  # the project file asked for last
        self.source = ""  # the file that the open network came from, where there is one
        session.saved.connect(self._saved)
        session.failed.connect(self._failed)
        session.opened.connect(self._keep_source)
        session.opened.connect(lambda path: self._change_recent(settings.add_recent, path) if path else None)

    @property
    def title(self) -> str:
        """What the open document is called."""
        document = self.session.document
        return Path(document.path).stem if document.path else shortened(document.project.title, 80) or "Untitled"

    @property
    def unsaved(self) -> bool:
        """Whether leaving now would lose edits."""
        return not self.session.document.history.isClean()

    def new(self) -> None:
        """Start with an empty canvas."""
        self.then(self.session.new)

    def open(self) -> None:
        """Choose a file with a network and open it."""
        if path := self.choose("Open network"):
            self.open_path(path)

    def open_own_code(self) -> None:
        """Ask for the name of code, and run it where that is confirmed."""
        from explorer.ui.own_code_dialog import OwnCodeDialog  # nobody waits for it when the program starts

        self.own_code = OwnCodeDialog(self._window, *self.settings.own_code)
        self.own_code.run_requested.connect(self._run_own_code)
        self.own_code.open()

    def load_weights(self) -> None:
        """Choose a file with weights, and put those that fit onto the open network."""
        if path := self.choose("Load weights", {name: FOREIGN[name] for name in WEIGHTS}):
            self.weights.load(path)

    def choose(self, title: str, kinds: dict[str, tuple[str, ...]] | None = None) -> str:
        """Ask for a file with a network, or of these kinds; "" where none was chosen."""
        from PySide6.QtWidgets import QFileDialog

        kinds = kinds or {"Networks": ENDINGS, PROJECTS: (SUFFIX,), **FOREIGN}
        filters = [f"{name} ({' '.join('*' + ending for ending in endings)})" for name, endings in kinds.items()]
        path, _ = QFileDialog.getOpenFileName(
            self._window, title, self.settings.folder("project"), ";;".join((*filters, "All files (*)"))
        )
        return path

    def open_path(self, path: str) -> None:
        """Open a file with a network, or look at a picture, by what its name ends in."""
        path = os.path.abspath(path)
        if Path(path).suffix.lower() in PICTURE_ENDINGS:
            self.session.open_picture(path)
        else:
            self.settings.set_folder("project", str(Path(path).parent))
            self.then(lambda: self._open_project(path))

    def fill_recent(self, menu: QMenu) -> None:
        """Make the menu of recent files as the list is now; the digits 1 to 9 and 0 choose one."""
        menu.clear()
        for number, path in enumerate(self.settings.recent, 1):
            name, folder = shortened(Path(path).name, 60), shortened(str(Path(path).parent), 60)
            text = f"{name}\t{folder}".replace("&", "&&")
            menu.addAction(f"&{number % 10} {text}").triggered.connect(lambda _=False, path=path: self.open_path(path))
        menu.addSeparator()
        menu.addAction("Clear list").triggered.connect(lambda: self._change_recent(self.settings.clear_recent))

    def open_model(self, name: str, accepted: bool = False) -> None:
        """Open a model of the library; accepted: what its licence forbids was agreed to."""
        self.then(lambda: self.session.open_model(name, accepted))

    def add_model(self, add: Callable[[str], object]) -> None:
        """Choose a file with a network for the library, and `add` it."""
        if path := self.choose("Add a network to the model library"):
            add(os.path.abspath(path))

    def move_library(self, move: Callable[[str], object]) -> None:
        """Choose another folder for the library's files, and `move` them."""
        from PySide6.QtWidgets import QFileDialog

        text = "Folder for the model library: its files are moved there"
        if folder := QFileDialog.getExistingDirectory(self._window, text, self.settings.folder("library")):
            self.settings.set_folder("library", folder)
            move(folder)

    def open_network(self, name: str, title: str) -> None:
        """Open a network of the gallery."""
        self.then(lambda: self.session.open_network(name, title))

    def open_picture(self) -> None:
        """Choose a picture to look at."""
        choose_picture(self._window, self.session)

    def save(self) -> None:
        """Save where the document was opened from, or ask where."""
        if self.session.document.path:
            self.session.save(self.session.document.path)
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask where, and save."""
        start = Path(self.settings.folder("project")) / (file_name(self.title) + SUFFIX)
        path = choose_destination(self._window, "Save project", start, PROJECTS, (SUFFIX,))
        if not path:
            self._after_saving = None
            return
        self.settings.set_folder("project", str(Path(path).parent))
        self.session.save(path)

    def export(self, framework: str = "torch") -> None:
        """Ask where, and write the network for other programs."""
        keras = framework == "keras"
        start = Path(self.settings.folder("export")) / (file_name(self.title) + EXPORTS[0])
        path = choose_destination(
            self._window, "Export Keras source" if keras else "Export network", start,
            "Keras source" if keras else "Networks", EXPORTS[:1] if keras else EXPORTS,
        )  # fmt: skip
        if path:
            self.settings.set_folder("export", str(Path(path).parent))
            self.session.export(path, framework, os.path.exists(path))  # the dialog has asked whether to replace it

    def then(self, do: Callable[[], object]) -> bool:
        """Ask about unsaved edits, and `do` it once they are saved or given up; says whether it is done already."""
        if not self.unsaved:
            do()
            return True
        from PySide6.QtWidgets import QMessageBox

        buttons = QMessageBox.StandardButton
        box = QMessageBox(
            QMessageBox.Icon.Question, "Unsaved changes", f"Save the changes to {self.title} first?",
            buttons.Save | buttons.Discard | buttons.Cancel, self._window,
        )  # fmt: skip
        box.setTextFormat(Qt.TextFormat.PlainText)  # a file's name may hold tags
        box.setInformativeText("They are lost if you go on without saving.")
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            self._after_saving = do
            self.save()
        elif answer == buttons.Discard:
            do()
            return True
        return False

    def accepts(self, data: QMimeData) -> bool:
        """Whether something dropped on the window can be opened."""
        return any(url.isLocalFile() for url in data.urls())

    def drop(self, data: QMimeData) -> None:
        """Open the first of the dropped files that is one of ours."""
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        known = [p for p in paths if Path(p).suffix.lower() in (*ENDINGS, *PICTURE_ENDINGS)]
        self.open_path((known or paths)[0])

    def _run_own_code(self, name: str, folder: str) -> None:
        self.settings.own_code = name, folder
        self.then(lambda: self.session.open_own_code(name, folder))

    def _keep_source(self, path: str) -> None:
        self.source = path

    def _saved(self, path: str) -> None:
        self.source = path
        self._change_recent(self.settings.add_recent, path)
        do, self._after_saving = self._after_saving, None
        if do is not None:
            self.then(do)  # edits made while saving are asked about as well

    def _open_project(self, path: str) -> None:
        self._opening = path
        self.session.open_file(path)

    def _failed(self, lane: str, _sentence: str) -> None:
        if lane == "save":
            self._after_saving = None
        elif lane == "model" and not os.path.exists(self._opening):
            self._change_recent(self.settings.forget_recent, self._opening)

    def _change_recent(self, change: Callable[..., None], *path: str) -> None:
        change(*path)
        self.recent_changed.emit()
