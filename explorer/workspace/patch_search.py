"""The search for the patches that channels answer to most: begun, paused, gone on with, and what it found."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from explorer.engine.patch_questions import CutPatches, ExportSheet, FindPatches
from explorer.engine.questions import Decode, PictureFile
from explorer.maths.patch_records import NodePatches, Patches
from explorer.maths.records import Picture, Place, Progress
from explorer.network.patch_choice import PatchChoice
from explorer.workspace.document import Change
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.tiles import Tiles

LANE = "patches"
SIDE = 64
"""Pixels of a patch as it is shown."""
PREVIEW = 480
"""Pixels of the longest side of a picture that is shown beside the patches."""

State = Literal["idle", "running", "paused", "done"]
Patch = tuple[str, tuple[int, int, int, int]]
"""A picture's path in the folder, and the box that was cut out of it."""


class PatchSearch(QObject):
    """Searches in lane "patches"; what is in sight is cut in lane "patch pictures", and a whole picture is decoded in
    lane "patch source". A pause stops the work: the cache knows where to go on, also after a restart.

    folder: where pictures are searched, "" for none yet. patches: what was found so far, of the open network.
    """

    changed = Signal()
    source_changed = Signal(object)  # Picture | None
    forgotten = Signal()  # what was found is not true any more

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder = Settings().folder("patches")
        self.choice = PatchChoice()
        self.state: State = "idle"
        self.patches: Patches | None = None
        self._nodes: tuple[str, ...] = ()
        self._recalled: tuple[str, ...] = ()  # whose kept results were asked for last
        self.tiles: Tiles[Patch] = Tiles(
            session.worker, "patch pictures", lambda some: CutPatches(self.folder, some, SIDE)
        )
        self._source = ""
        session.work_changed.connect(self._hear)
        session.document.changed.connect(self._follow)
        session.opened.connect(lambda _path: self._forget())

    def choose_folder(self, folder: str) -> None:
        """Search another folder's pictures; what was found in the last one is put away."""
        if folder != self.folder:
            self.folder = folder
            self._begin_again()

    def choose(self, choice: PatchChoice) -> None:
        """Look for other patches; a search that was begun begins anew."""
        if choice != self.choice:
            self.choice = choice
            self._begin_again()

    def start(self) -> None:
        """Search for the patches of the selected nodes, or go on with a search of theirs."""
        nodes, session = self._session.selection, self._session
        if not nodes or not self.folder:
            return
        if set(nodes) != set(self._nodes):
            self.patches = None
        self._nodes, self.state = nodes, "running"
        question = FindPatches(session.document.project, nodes, self.folder, session.device or "cpu", self.choice)
        session.ask(LANE, question, self._show, "Looking for pictures")
        self.changed.emit()

    def pause(self) -> None:
        """Stop for now; `start` goes on."""
        self._session.cancel(LANE)

    def recall(self) -> None:
        """Show what an earlier search for the selected nodes has kept, where none is running; no picture is seen."""
        nodes, session = self._session.selection, self._session
        known = not nodes or self.of(nodes[-1]) is not None or nodes == self._recalled
        if known or not self.folder or self.state == "running":
            return
        self._recalled = nodes

        def show(found: Patches | Progress) -> None:
            if isinstance(found, Patches) and found.done:
                self._nodes, self.patches = nodes, found
                self.state = "done" if found.done == found.total else "paused"
                self.changed.emit()

        question = FindPatches(session.document.project, nodes, self.folder, session.device or "cpu", self.choice, True)
        session.worker.ask(LANE, question, show, lambda _: None)  # nobody asked for it: a search says what is wrong

    def of(self, node: str) -> NodePatches | None:
        """What was found for a node so far; None where it was not looked for."""
        nodes = self.patches.nodes if self.patches else ()
        return next((one for one in nodes if one.node == node), None)

    def patch(self, found: NodePatches, channel: int, rank: int) -> Patch | None:
        """The picture and the box of a channel's patch; None where there are fewer."""
        picture = int(found.pictures[channel, rank])
        if self.patches is None or picture < 0:
            return None
        left, top, right, bottom = found.boxes[channel, rank].tolist()
        return self.patches.files[picture], (left, top, right, bottom)

    def look_at_source(self, path: str) -> None:
        """Show the whole picture that a patch came from."""
        if path != self._source:
            self._source = path
            question = Decode(PictureFile(str(Path(self.folder) / path)), PREVIEW)
            self._session.worker.ask("patch source", question, self._show_source, lambda _: self._show_source(None))

    def open(self, found: NodePatches, channel: int, rank: int) -> None:
        """Make a patch's picture the current one, and look at the place it was found at."""
        patch = self.patch(found, channel, rank)
        if patch is not None:
            self._session.open_picture(str(Path(self.folder) / patch[0]))
            row, column = int(found.rows[channel, rank]), int(found.columns[channel, rank])
            self._session.look_at(Place(found.node, channel, row, column))

    def export(self, found: NodePatches, path: str) -> None:
        """Write all patches of a node as a PNG file; the session's `exported` or `failed` says how it went."""
        if self.patches is not None:
            files, classes = self.patches.files, self.patches.classes
            question = ExportSheet(self.folder, files, found, path, replace=True, classes=classes)
            self._session.ask("export", question, self._session.exported.emit, f"Writing {Path(path).name}")

    # How answers arrive

    def _show(self, patches: Patches) -> None:
        self.patches = patches
        if patches.done == patches.total:
            self.state = "done"
        self.changed.emit()

    def _hear(self, lane: str, progress: Progress | None) -> None:
        """Work that ended before its end was stopped, or failed."""
        if lane == LANE and progress is None and self.state == "running":
            self.state = "paused" if self.patches is not None else "idle"
            self.changed.emit()

    def _show_source(self, picture: Picture | Progress | None) -> None:
        if not isinstance(picture, Progress):  # a disk takes its time
            self.source_changed.emit(picture)

    # What makes it untrue

    def _follow(self, change: Change) -> None:
        if change.runs_otherwise:
            self._forget()

    def _begin_again(self) -> None:
        begun, nodes = self.state != "idle", self._nodes
        self._forget()
        if begun and nodes == self._session.selection:
            self.start()

    def _forget(self) -> None:
        self._session.cancel(LANE)
        self.tiles.forget()
        self._recalled = ()
        self._source, self.patches, self.state = "", None, "idle"
        self.forgotten.emit()
        self.changed.emit()
        self.source_changed.emit(None)
