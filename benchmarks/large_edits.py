"""One edit of a large network in the whole window, with outline, table, inspector, ruler and small map in sight: how
much CPU time of the window's thread passes until the canvas has painted it, and in the longest turn of the event loop
after that. One JSON line; "not painted" tells of what is out of sight, as in a closed group: "first" is then the edit
alone.

python -m benchmarks.large_edits [NAME …] of NETWORKS; off screen, raster, 1900 × 1050, milliseconds. EfficientNetV2-L
needs torch to be read. A turn is what `processEvents` does in one call; `arrange` is begun in the first, and done in
those after it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()  # the window as it first is
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from benchmarks.canvas import chain, silent
from explorer.network.arranging import rearranged
from explorer.network.direction import Direction
from explorer.network.grouping import arrived
from explorer.network.project import Project
from explorer.network.unfolding import grouped, toggled
from explorer.ui.ahead import modules
from explorer.ui.application import after_paint
from explorer.ui.controls.following import shared_turns
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.worker import Worker

LENGTH, ROUNDS, FEW = 3000, 9, 50
SETTLED = 0.15
"""Seconds after which the small map is drawn, too."""
NOTHING = 0.2
"""Milliseconds of a turn in which nothing was done."""
SOON, LATER = 4, 400
"""Turns within which an edit is painted if any of it is in sight, and an arrangement, which is made in turns itself."""


def efficientnet(*, opened: bool) -> Project:
    """EfficientNetV2-L as the gallery opens it, or with all its groups open."""
    from explorer.engine.library import architecture  # torch takes seconds

    project = arrived(architecture("efficientnet_v2_l"))
    if opened:
        groups = project.groups.to_level(max(map(project.groups.depth, project.groups.groups)))
        project = rearranged(project.regrouped(groups), project.direction)
    return project


def with_group(length: int) -> Project:
    """The chain with a closed group of 30 layers in its middle."""
    project, id = grouped(chain(length), "Middle", [f"conv{i}" for i in range(length // 2 - 15, length // 2 + 15)])
    return toggled(project, id)


NETWORKS: dict[str, Callable[[], Project]] = {
    "chain": lambda: chain(LENGTH),
    "left to right": lambda: rearranged(chain(LENGTH), Direction.LEFT_RIGHT),
    "group": lambda: with_group(LENGTH),
    "EfficientNetV2-L": lambda: efficientnet(opened=False),
    "EfficientNetV2-L, open": lambda: efficientnet(opened=True),
}


class Painted(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


class Shown:
    """The window without a network, with all in sight that follows one."""

    def __init__(self, app: QApplication) -> None:
        self.app, self.worker = app, Worker(silent)
        self.session = Session(Document(), self.worker)
        self.window = Window(self.session, Settings())
        self.window.resize(1900, 1050)
        self.window.show()
        app.processEvents()
        after_paint(self.window)
        for title in ("Outline", "Summary", "Inspector"):
            self.window.docks.bring(title)
        self.window.build()
        self.canvas, self.document = self.window.canvas, self.session.document
        self.waiting = shared_turns(self.document)
        self.canvas.show_ruler(True)
        self.steps = iter(range(10_000))

    def turns(self, seconds: float = SETTLED) -> list[float]:
        """Milliseconds of each turn until all is shown."""
        found = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or self.waiting.busy:
            found.append(self.turn())
            if found[-1] < NOTHING:
                time.sleep(0.0005)
        return found

    def turn(self) -> float:
        start = time.thread_time()
        self.app.processEvents()
        return (time.thread_time() - start) * 1000

    def setting(self, id: str, **settings: Any) -> None:
        project = self.document.project
        self.document.edit("Change", project.rewired(project.network.with_settings(id, **settings)))

    def setting_of(self, id: str, name: str) -> Any:
        return getattr(self.document.project.network.nodes[id].layer, name)

    def stride(self, id: str) -> None:
        self.setting(id, stride=self.setting_of(id, "stride") % 3 + 1)

    def move(self, ids: tuple[str, ...]) -> None:
        project, right = self.document.project, 8.0 if next(self.steps) % 2 else -8.0
        places = {id: (project.places[id][0] + right, project.places[id][1]) for id in ids}
        self.document.edit("Move", project.moved(places))

    def close(self) -> None:
        for tab in self.document.tabs:
            tab.history.clean = True
        self.window.close()
        self.window.deleteLater()  # its timers would tidy up amid what is measured next
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class Room(Shown):
    """The window on one network, and what can be done in it."""

    def __init__(self, app: QApplication, project: Project) -> None:
        super().__init__(app)
        self.session.open_project(project)
        ids = list(project.network.nodes)
        self.convs = [id for id in ids if project.network.nodes[id].layer.kind == "Conv2d"]
        self.middle = self.convs[len(self.convs) // 2]
        at = ids.index(self.middle)
        self.near = tuple(ids[at - FEW // 2 : at + FEW // 2])
        self.turns()
        self.canvas.frame([self.canvas.drawing.folding.card(self.middle)])
        self.turns()
        self.longest = 0.0
        self.seen = True  # whether the canvas painted anything of it
        self.painted = Painted(self.canvas.viewport())

    def first(self, act: Callable[[], object], soon: int = SOON) -> float:
        """Milliseconds until what is done is painted; where nothing of it is so soon, in turns, those of the act alone.
        See `seen`, and `longest` for the longest turn of those that were waited for."""
        before, start = self.painted.count, time.thread_time()
        act()
        turns = [(time.thread_time() - start) * 1000]
        while self.painted.count == before and len(turns) <= soon:
            turns.append(self.turn())
        self.seen, self.longest = self.painted.count > before, max(turns)
        return sum(turns) if self.seen else turns[0]

    def bias(self) -> None:
        self.setting(self.middle, bias=not self.setting_of(self.middle, "bias"))

    def insert(self) -> None:
        self.canvas.select((self.middle,))
        self.canvas.add_layer("ReLU")

    def of_few(self, act: Callable[[], object]) -> None:
        self.canvas.select(self.near)
        act()

    def arrange(self) -> None:
        turned = self.document.project.direction.turns
        self.canvas.arrange(Direction.TOP_DOWN if turned else Direction.LEFT_RIGHT)

    def fold(self) -> None:
        groups = tuple(self.document.project.groups.groups)
        self.canvas.fold(groups[len(groups) // 2])

    @property
    def acts(self) -> dict[str, tuple[Callable[[], object], Callable[[], object] | None]]:
        """What is done by name, and what comes before it without being measured."""
        undo, redo, few = self.document.undo, self.document.redo, self.of_few
        card = (self.canvas.drawing.folding.card(self.middle),)

        def change() -> None:
            self.stride(self.convs[0])

        def delete() -> None:
            few(self.canvas.delete)

        def duplicate() -> None:
            few(self.canvas.duplicate)

        def then(*acts: Callable[[], object]) -> Callable[[], None]:
            def both() -> None:
                for act in acts:
                    act()
                    self.turns()

            return both

        acts: dict[str, tuple[Callable[[], object], Callable[[], object] | None]] = {
            "all shapes": (change, None), "shapes from the middle": (lambda: self.stride(self.middle), None),
            "one setting": (self.bias, None), "move one": (lambda: self.move(card), None),
            "move all": (lambda: self.move(tuple(self.document.project.places)), None),
            "insert": (self.insert, None), "undo insert": (undo, then(self.insert)),
            "duplicate 50": (duplicate, None), "undo duplicate 50": (undo, then(duplicate)),
            "delete 50": (delete, None), "undo delete 50": (undo, then(delete)),
            "redo delete 50": (redo, then(delete, undo)),
            "undo all shapes": (undo, then(change)), "redo all shapes": (redo, then(change, undo)),
            "select all": (self.canvas.select_all, lambda: self.canvas.select(())),
            "select none": (lambda: self.canvas.select(()), self.canvas.select_all),
            "arrange": (self.arrange, None),
        }  # fmt: skip
        if self.document.project.groups:
            acts["fold"] = self.fold, None
        return acts

    def measured(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        project = self.document.project
        for name, (act, before) in self.acts.items():
            firsts, longest, seen = [], [], 0
            for _ in range(ROUNDS):
                if before is not None:
                    before()
                    self.turns()
                firsts.append(self.first(act, LATER if name == "arrange" else SOON))
                seen += self.seen
                begun = 0.0 if self.seen and name != "arrange" else self.longest  # which takes several turns itself
                longest.append(max(begun, *self.turns()))
                if name in ("insert", "duplicate 50", "delete 50", "undo insert", "redo delete 50"):
                    self.document.look(project)
                    self.turns()
            found[name] = {
                title: {"median": round(median(times), 1), "max": round(max(times), 1)}
                for title, times in (("first", firsts), ("longest turn after", longest))
            }
            if seen < ROUNDS:  # what was measured first is no picture then
                found[name]["not painted"] = {"of all": ROUNDS, "times": ROUNDS - seen}
        return found


def main(names: list[str]) -> None:
    gc.disable()  # as the program does, which looks for garbage between turns
    for module in modules():
        __import__(module)  # what the window does in spare moments
    app = QApplication([])
    app.setStyle("Fusion")
    results = {}
    for name in names:
        room = Room(app, NETWORKS[name]())
        results[name] = room.measured()
        room.close()
    print(json.dumps({"benchmark": "large_edits", "unit": "ms", "networks": results}))


if __name__ == "__main__":
    main(sys.argv[1:] or list(NETWORKS))
