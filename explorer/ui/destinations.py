"""Where to write, and writing there: the one dialog behind Save as and every export."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.maths.file_names import file_name
from explorer.maths.sentences import Refusal, sentence
from explorer.ui.asking_files import asking
from explorer.workspace.of_program import of_program
from explorer.workspace.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from explorer.ui.choosing.file_dialog import FileDialog

TYPES = {
    ".md": "Markdown", ".tex": "LaTeX", ".py": "PyTorch source", ".safetensors": "Weights", ".mmd": "Mermaid diagram",
    ".dot": "Graphviz diagram", ".npz": "NumPy arrays",
}  # fmt: skip
"""Types of files that people do not call by their endings."""


class Told(QObject):
    """Tells of every `export` of the program."""

    written = Signal(str)  # the file
    failed = Signal()  # who asked for it says why


def told() -> Told:
    """The one of this program."""
    return of_program(Told)


def choose_destination(parent: QWidget, title: str, start: Path, words: str, endings: tuple[str, ...]) -> str:
    """Ask for the file to write, "" where nothing was chosen; a name without an ending gets that of the chosen type."""
    folder = "" if start.parent == Path() else str(start.parent)

    def desktops() -> Sequence[str]:
        return (path,) if (path := _choose(parent, title, folder, start.name, words, endings)) else ()

    def ours(gone: Sequence[str]) -> FileDialog:
        from explorer.ui.choosing.file_dialog import SAVE, FileDialog

        kinds = tuple((TYPES.get(e, words if len(endings) == 1 else e[1:].upper()), (e,)) for e in endings)
        return FileDialog(parent, title, SAVE, folder, gone, kinds, start.name)

    return next(iter(asking(folder, desktops, ours)), "")


def _choose(parent: QWidget, title: str, folder: str, name: str, words: str, endings: tuple[str, ...]) -> str:
    from PySide6.QtWidgets import QFileDialog  # nobody waits for it when the program starts

    dialog = QFileDialog(parent, title, folder, f"{words} ({' '.join('*' + e for e in endings)})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(endings[0])
    if len(endings) > 1:
        dialog.setNameFilters([f"{TYPES.get(ending, ending[1:].upper())} (*{ending})" for ending in endings])
        dialog.filterSelected.connect(lambda chosen: _take_type(dialog, chosen, endings))
    dialog.selectFile(name)
    path = ""
    while dialog.exec():
        path = os.path.abspath(dialog.selectedFiles()[0])
        if path.lower().endswith(endings):
            break
        path += endings[0]
        if not os.path.exists(path):
            break
        dialog.selectFile(path)  # there is such a file: shown again, the dialog asks whether to replace it
        path = ""
    dialog.deleteLater()
    return path


def _take_type(dialog: QFileDialog, chosen: str, endings: tuple[str, ...]) -> None:
    """The name in the dialog gets the ending of the chosen type."""
    ending = next(ending for ending in endings if chosen.endswith(f"(*{ending})"))
    dialog.setDefaultSuffix(ending)
    name = Path((dialog.selectedFiles() or [""])[0]).name
    if old := next((old for old in endings if name.lower().endswith(old)), ""):
        dialog.selectFile(name[: -len(old)] + ending)


def export(
    parent: QWidget, title: str, name: str, words: str, endings: tuple[str, ...], write: Callable[[str], object]
) -> tuple[str, str]:
    """Ask where, and write: the file that was written, and what went wrong, each "" where there is none."""
    settings = Settings()
    start = Path(settings.folder("export")) / (file_name(name) + endings[0])
    path = choose_destination(parent, title, start, words, endings)
    if not path:
        return "", ""
    settings.set_folder("export", str(Path(path).parent))
    try:
        write(path)
    except (OSError, Refusal, MemoryError) as error:
        told().failed.emit()
        return "", sentence(error)
    told().written.emit(path)
    return path, ""
