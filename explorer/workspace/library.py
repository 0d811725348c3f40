"""The model library as the user changes it: getting, removing, and where its files are kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.library_questions import AddModel, Cache, GetModel, Models, MoveCache, RemoveModel
from explorer.maths.records import CacheFolder, Progress
from explorer.workspace.session import Session

LANE = "library"


class Library(QObject):
    """One work at a time, in the lane "library"; the session's list of models follows what it does.

    folder: where files are kept, None before it is known.
    """

    folder_changed = Signal(object)  # CacheFolder
    removed = Signal(str, int)  # a model's title, bytes that are free again
    added = Signal(object)  # ModelCard of a file of the user's own

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder: CacheFolder | None = None
        session.work_changed.connect(self._hear)

    def get(self, name: str, accepted: bool = False) -> None:
        """Download a model, or what is missing of it. accepted: what its licence forbids was agreed to."""
        self._session.ask(LANE, GetModel(name, accepted), lambda _: None, f"Getting {self._title(name)}")

    def add(self, path: str) -> None:
        """List a file of the user's own; it stays where it is."""
        self._session.ask(LANE, AddModel(path), self.added.emit, f"Adding {Path(path).name}")

    def remove(self, name: str) -> None:
        """Delete a model's files; the open networks keep their weights."""
        tabs, title = self._session.document.tabs, self._title(name)
        in_use = frozenset(project.weights for tab in tabs for project in (tab.project, tab.opened))
        question = RemoveModel(name, in_use)
        self._session.ask(LANE, question, lambda freed: self.removed.emit(title, freed), f"Removing {title}")

    def move(self, folder: str) -> None:
        """Keep the files in another folder, and move there what is here."""
        self._session.ask(LANE, MoveCache(folder), self._show_folder, "Moving the library")

    def look(self) -> None:
        """Ask what is here now, and where."""
        self._session.worker.ask("models", Models(), self._session.show_models, lambda _: None)
        self._session.worker.ask("cache", Cache(), self._show_folder, lambda _: None)

    def _title(self, name: str) -> str:
        return next((card.title for card in self._session.models if card.name == name), name)

    def _show_folder(self, folder: CacheFolder) -> None:
        self.folder = folder
        self.folder_changed.emit(folder)

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """A work that ended, however it ended, may have left something here."""
        if progress is None and lane in (LANE, "model"):
            self.look()
