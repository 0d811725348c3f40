"""Open, save, and ask about unsaved changes: the dialogs between the user's files and the session."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from explorer.maths.file_names import file_name
from explorer.maths.records import PICTURE_ENDINGS, VIDEO_ENDINGS
from explorer.maths.sentences import shortened
from explorer.network.project import SUFFIX
from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.controls.asking import asked
from explorer.ui.destinations import choose_destination
from explorer.ui.file_kinds import ENDINGS, EXPORTS, FOREIGN, PROJECTS, WEIGHTS, meant
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.workspace.copied_text import is_copied
from explorer.workspace.disk import Look
from explorer.workspace.glimpses import glimpses
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.tab import Tab
from explorer.workspace.weights import WeightFiles

if TYPE_CHECKING:
    from explorer.workspace.opened_file import OpenedFile


class Files(QObject):
    """What the File menu, the start page and a drop on the window do."""

    video_chosen = Signal(str)  # path
    layers_dropped = Signal(str)  # their text
    recent_changed = Signal()  # settings.recent is another list

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self.window, self.session, self.settings = window, session, settings
        self._after_saving: tuple[Tab, Callable[[], object]] | None = None
        self.weights = WeightFiles(session)
        glimpses().worker = session.worker
        self._look, self._gone = Look(self), Look(self)
        self.opened: OpenedFile | None = None  # made once the window is painted
        # Whether nothing but edits is lost with a tab; `later`, where it is kept first. The studio puts its own here.
        self.settled: Callable[[Tab, Callable[[], object]], bool] = lambda _tab, _later: True
        session.saved.connect(self._saved)
        session.failed.connect(self._failed)
        session.opened.connect(lambda path: self._change_recent(settings.add_recent, path) if path else None)

    @property
    def title(self) -> str:
        """What the open document is called."""
        return self.title_of(self.session.document.tab)

    @staticmethod
    def title_of(tab: Tab) -> str:
        """What an open network is called."""
        return Path(tab.path).stem if tab.path else shortened(tab.project.title, 80) or "Untitled"

    @property
    def source(self) -> str:
        """The file that the open network came from, where there is one."""
        return self.session.document.tab.source

    @property
    def unsaved(self) -> list[Tab]:
        """What leaving the program now would lose edits of."""
        return [tab for tab in self.session.document.tabs if tab.unsaved]

    def new(self) -> None:
        """Start with an empty canvas."""
        self.session.new()

    def close(self, tab: Tab | None = None, then: Callable[[], object] = lambda: None) -> None:
        """Close an open network, by default the one in front, and `then` go on; unsaved edits are asked about."""
        tab = tab or self.session.document.tab
        if tab.unsaved:
            self.session.show_tab(tab)  # one sees what one is asked about
            self.then(lambda: self._close_settled(tab, then))
        else:
            self._close_settled(tab, then)

    def _close_settled(self, tab: Tab, then: Callable[[], object]) -> None:
        if tab in self.session.document.tabs and self.settled(tab, lambda: self._close_settled(tab, then)):
            self.session.close_tab(tab)
            then()

    def open(self) -> None:
        """Choose a file with a network and open it."""
        if path := self.choose("Open network"):
            self.open_path(path)

    def open_own_code(self) -> None:
        """Ask for the name of code, and run it where that is confirmed."""
        from explorer.ui.controls.passing import passing  # nobody waits for these when the program starts
        from explorer.ui.own_code_dialog import OwnCodeDialog

        self.own_code = OwnCodeDialog(self.window, *self.settings.own_code)
        self.own_code.run_requested.connect(self._run_own_code)
        passing(self.own_code)
        self.own_code.open()

    def load_weights(self) -> None:
        """Choose a file with weights, and put those that fit onto the open network."""
        if path := self.choose("Load weights", {name: FOREIGN[name] for name in WEIGHTS}):
            self.weights.load(path)

    def choose(self, title: str, kinds: dict[str, tuple[str, ...]] | None = None) -> str:
        """Ask for a file with a network, or of these kinds; "" where none was chosen."""
        kinds = kinds or {"Networks": ENDINGS, PROJECTS: (SUFFIX,), **FOREIGN}
        filters = [f"{name} ({' '.join('*' + ending for ending in endings)})" for name, endings in kinds.items()]
        return ask_file(self.window, title, self.settings.folder("project"), ";;".join((*filters, "All files (*)")))

    def open_path(self, path: str) -> None:
        """Open a file with a network, look at a picture or play a video, by what its name ends in."""
        path = os.path.abspath(path)
        if Path(path).suffix.lower() in PICTURE_ENDINGS:
            self.session.open_picture(path)
        elif Path(path).suffix.lower() in VIDEO_ENDINGS:
            self.video_chosen.emit(path)
        else:
            self.settings.set_folder("project", str(Path(path).parent))
            self._open_project(path)

    def fill_recent(self, menu: QMenu) -> None:
        """Make the menu of recent files as the list is now; the digits 1 to 9 and 0 choose one."""
        menu.clear()
        for number, path in enumerate(self.settings.recent, 1):
            name, folder = shortened(Path(path).name, 60), shortened(str(Path(path).parent), 60)
            text = f"{name}\t{folder}".replace("&", "&&")
            menu.addAction(f"&{number % 10} {text}").triggered.connect(lambda _=False, path=path: self.open_path(path))
        menu.addSeparator()
        menu.addAction("Clear list").triggered.connect(lambda: self._change_recent(self.settings.clear_recent))

    def open_model(self, name: str, accepted: bool = False, then: Callable[[], object] = lambda: None) -> None:
        """Open a model of the library, and go on with `then`; accepted: what its licence forbids was agreed to."""
        self.session.open_model(name, accepted, then)

    def add_model(self, add: Callable[[str], object]) -> None:
        """Choose a file with a network for the library, and `add` it."""
        if path := self.choose("Add a network to the model library"):
            add(os.path.abspath(path))

    def move_library(self, move: Callable[[str], object]) -> None:
        """Choose another folder for the library's files, and `move` them."""
        text = "Folder for the model library: its files are moved there"
        if folder := ask_folder(self.window, text, self.settings.folder("library")):
            self.settings.set_folder("library", folder)
            move(folder)

    def open_network(self, name: str, title: str) -> None:
        """Open a network of the gallery."""
        self.session.open_network(name, title, soon=True)

    def open_picture(self) -> None:
        """Choose a picture to look at."""
        choose_picture(self.window, self.session)

    def save(self) -> None:
        """Save where the document was opened from, or ask where; also where others have written there since."""
        tab = self.session.document.tab
        if tab.path and self.opened is not None:
            fail = partial(self.session.failed.emit, "save")
            self.opened.whether_changed(partial(self._save_in, tab), lambda why: fail(f"Not saved. {why}"))
        else:
            self._save_in(tab, False)

    def _save_in(self, tab: Tab, changed: bool) -> None:
        if tab not in self.session.document.tabs:  # a slow disk took its time
            return
        self.session.show_tab(tab)
        path = tab.path
        if changed:
            from PySide6.QtWidgets import QMessageBox

            buttons = QMessageBox.StandardButton
            answer = asked(
                self.window, "Changed on disk",
                f"{Path(path).name} was changed by another program since it was opened.",
                "What the other program wrote is lost if you replace it.",
                buttons.Save | buttons.SaveAll | buttons.Cancel,
                {buttons.Save: "Replace", buttons.SaveAll: "Save as…"}, enter=buttons.SaveAll,
            )  # fmt: skip
            path = path if answer == buttons.Save else ""
            if answer == buttons.Cancel:
                self._after_saving = None
                return
        if path:
            self.session.save(path)
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask where, and save."""
        start = Path(self.settings.folder("project")) / (file_name(self.title) + SUFFIX)
        path = choose_destination(self.window, "Save project", start, PROJECTS, (SUFFIX,))
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
            self.window, "Export Keras source" if keras else "Export network", start,
            "Keras source" if keras else "Networks", EXPORTS[:1] if keras else EXPORTS,
        )  # fmt: skip
        if path:
            self.settings.set_folder("export", str(Path(path).parent))
            # The dialog has asked whether to replace what is there.
            export, why = partial(self.session.export, path, framework), partial(self.session.failed.emit, "export")
            self._look.ask(path, lambda: os.path.exists(path), export, why)

    def then(self, do: Callable[[], object]) -> bool:
        """Ask about unsaved edits of the network in front, and `do` it once they are saved or given up; says whether it
        is done already."""
        if not self.session.document.tab.unsaved:
            do()
            return True
        from PySide6.QtWidgets import QMessageBox

        buttons = QMessageBox.StandardButton
        answer = asked(
            self.window, "Unsaved changes", f"Save the changes to {self.title} first?",
            "They are lost if you go on without saving.",
            buttons.Save | buttons.Discard | buttons.Cancel, {},
        )  # fmt: skip
        if answer == buttons.Save:
            self._after_saving = self.session.document.tab, do
            self.save()
        elif answer == buttons.Discard:
            do()
            return True
        return False

    def accepts(self, data: QMimeData) -> bool:
        """Whether something dropped on the window can be opened."""
        return any(url.isLocalFile() for url in data.urls()) or is_copied(data.text())

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped, see `file_kinds.meant`, or add the layers of a text."""
        if paths := [url.toLocalFile() for url in data.urls() if url.isLocalFile()]:
            for path in meant(paths):
                self.open_path(path)
        elif is_copied(data.text()):
            self.layers_dropped.emit(data.text())

    def _run_own_code(self, name: str, folder: str) -> None:
        self.settings.own_code = name, folder
        self.session.open_own_code(name, folder)

    def _saved(self, path: str) -> None:
        self._change_recent(self.settings.add_recent, path)
        after, self._after_saving = self._after_saving, None
        if after is not None:
            tab, do = after
            self.session.show_tab(tab)
            self.then(do)  # edits made while saving are asked about as well

    def _open_project(self, path: str) -> None:
        open_already = [tab for tab in self.session.document.tabs if tab.source == path and not tab.unsaved]

        def open_or_show(there: bool) -> None:
            if there and open_already[0] in self.session.document.tabs:
                self.session.show_tab(open_already[0])
            else:
                self.session.open_file(path)

        if open_already and self.session.document.tab not in open_already:
            problem = partial(self.session.failed.emit, "model")
            self._look.ask(path, lambda: os.path.exists(path), open_or_show, problem)
        else:
            self.session.open_file(path)

    def _failed(self, lane: str, _sentence: str) -> None:
        if lane == "save":
            self._after_saving = None
        elif lane == "model" and isinstance(path := self.session.openings.now, str):
            forget = partial(self._change_recent, self.settings.forget_recent, path)
            self._gone.ask(path, lambda: os.path.exists(path), lambda there: there or forget(), lambda _: None)

    def _change_recent(self, change: Callable[..., None], *path: str) -> None:
        change(*path)
        self.recent_changed.emit()
