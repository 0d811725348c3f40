"""The search for the patches that channels answer to most: begun, paused, gone on with, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from explorer.engine.patch_questions import CutPatches, ExportSheet, FindPatches
from explorer.engine.questions import Decode, PictureFile
from explorer.maths.patch_records import NodePatches, Patches, PatchTiles
from explorer.maths.records import Picture, Place, Progress
from explorer.network.patch_choice import PatchChoice
from explorer.workspace.document import Change
from explorer.workspace.session import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LANE = "patches"
SIDE = 64
"""Pixels of a patch as it is shown."""
AT_ONCE = 48
"""Patches that are cut before it is asked again which are in sight."""
MOST_TILES = 4000
"""Patches that are kept cut; 50 MB."""
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
    tiles_changed = Signal()
    source_changed = Signal(object)  # Picture | None

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.folder = ""
        self.choice = PatchChoice()
        self.state: State = "idle"
        self.patches: Patches | None = None
        self._nodes: tuple[str, ...] = ()
        self._tiles: dict[Patch, NDArray[np.uint8]] = {}
        self._missing: list[Patch] = []
        self._cutting = False
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

    def tile(self, patch: Patch) -> NDArray[np.uint8] | None:
        """A patch's pixels (SIDE, SIDE, 3), where they were cut by now."""
        return self._tiles.get(patch)

    def want(self, patches: Sequence[Patch]) -> None:
        """These are in sight: cut those that were not cut yet, and no others that were asked for before."""
        self._missing = [patch for patch in dict.fromkeys(patches) if patch not in self._tiles]
        self._cut()

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
            question = ExportSheet(self.folder, self.patches.files, found, path, replace=True)
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

    def _cut(self) -> None:
        if self._cutting or not self._missing:
            return
        now, self._missing, self._cutting = tuple(self._missing[:AT_ONCE]), self._missing[AT_ONCE:], True
        kept = self._tiles  # another folder's patches go into others

        def show(tiles: PatchTiles) -> None:
            for number, pixels in zip(tiles.numbers, tiles.pixels, strict=True):
                kept[now[number]] = pixels.copy()  # else each keeps all
            while len(kept) > MOST_TILES:
                del kept[next(iter(kept))]
            self.tiles_changed.emit()

        def end(_sentence: str = "") -> None:
            self._cutting = False
            self._cut()

        self._session.worker.ask("patch pictures", CutPatches(self.folder, now, SIDE), show, end, end)

    def _show_source(self, picture: Picture | None) -> None:
        self.source_changed.emit(picture)

    # What makes it untrue

    def _follow(self, change: Change) -> None:
        before, after = change.before, change.after
        if change.rewired or before.weights != after.weights or before.recipe != after.recipe:
            self._forget()

    def _begin_again(self) -> None:
        begun, nodes = self.state != "idle", self._nodes
        self._forget()
        if begun and nodes == self._session.selection:
            self.start()

    def _forget(self) -> None:
        self._session.cancel(LANE)
        self._tiles = {}
        self._missing, self._source, self.patches, self.state = [], "", None, "idle"
        self.changed.emit()
        self.source_changed.emit(None)
