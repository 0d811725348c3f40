"""The longest turn of the window's event loop while very large networks are opened, looked at, edited and closed, with
outline, table, inspector, ruler and small map in sight. One JSON line: for each network and each thing that is done the
CPU time of the window's thread in its longest turn, and the wall time of the longest, milliseconds.

python -m benchmarks.long_turns [--profile MS] [NAME SIZE …]; without names: "row" (an input and convolutions, one
behind the other), "blocks" (a residual network, all its groups open) and "groups" (the same with the groups that it
is opened with) of SIZES layers. --profile: what each turn of so many milliseconds called, on the error output.
Off screen, raster, 1900 × 1050. What is done by a click or a key is in the turn that it begins in. A network is made,
and laid out, before it is opened: that is the worker's part, where a model is opened.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import io
import json
import pstats
import sys
import time
from collections.abc import Callable
from math import ceil

from PySide6.QtWidgets import QApplication

from benchmarks.canvas import chain
from benchmarks.large_edits import Shown
from benchmarks.layout import residual
from explorer.network.arranging import rearranged
from explorer.network.grouping import arrived
from explorer.network.project import Project
from explorer.ui.ahead import modules

SIZES = (1_000, 5_000, 20_000, 50_000)
REST = 0.3
"""Seconds without anything to do, after which all is there."""
SOME = 1.0
"""Milliseconds of a turn in which something was done."""
BLOCK = 10
"""Layers of a block of `residual`."""


def row(size: int) -> Project:
    return arrived(chain(size))


def groups(size: int) -> Project:
    return arrived(Project(residual((ceil(size / 4 / BLOCK),) * 4)))


def blocks(size: int) -> Project:
    project = groups(size)
    deepest = max(map(project.groups.depth, project.groups.groups))
    return rearranged(project.regrouped(project.groups.to_level(deepest)), project.direction)


NETWORKS: dict[str, Callable[[int], Project]] = {"row": row, "blocks": blocks, "groups": groups}


class Long(Shown):
    """The window before the network, which opens as one of the gallery does."""

    def __init__(self, app: QApplication, project: Project, profiled: float) -> None:
        super().__init__(app)
        self._project, self._profiled = project, profiled

    def timed(self, name: str, act: Callable[[], object]) -> tuple[float, float]:
        """Milliseconds: CPU time of the thread, wall time."""
        profile = cProfile.Profile() if self._profiled else None
        wall, own = time.perf_counter(), time.thread_time()
        if profile is None:
            act()
        else:
            profile.runcall(act)
        taken = (time.thread_time() - own) * 1000, (time.perf_counter() - wall) * 1000
        if profile is not None and taken[0] > self._profiled:
            text = io.StringIO()
            pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats(45)
            print(f"==== {name}: {taken[0]:.0f} ms\n{text.getvalue()}", file=sys.stderr)
        return taken

    def longest(self, name: str, act: Callable[[], object]) -> dict[str, float]:
        found = [self.timed(name, act)]
        rests = time.perf_counter()
        while time.perf_counter() < rests + REST or self.waiting.busy:
            found.append(self.timed(name, self.app.processEvents))
            if found[-1][0] >= SOME:
                rests = time.perf_counter()
            else:
                time.sleep(0.001)
        each, walls = zip(*found, strict=True)
        return {"cpu": round(max(each), 1), "wall": round(max(walls), 1), "all": round(sum(each), 1)}

    def acts(self) -> dict[str, Callable[[], object]]:
        """In this order."""
        canvas, document = self.canvas, self.document
        ids = list(self._project.network.nodes)
        convs = [id for id in ids if self._project.network.nodes[id].layer.kind == "Conv2d"]
        middle = convs[len(convs) // 2]
        card = canvas.drawing.folding.card

        def one(act: Callable[[], object]) -> Callable[[], None]:
            def both() -> None:
                canvas.select((card(middle),))
                act()

            return both

        def search() -> None:
            canvas.find_layer()

        def bias() -> None:
            self.setting(middle, bias=not self.setting_of(middle, "bias"))

        return {
            "open": lambda: self.session._open_in_turns(lambda: self._project),
            "fit": canvas.fit, "zoom to cards": lambda: canvas.frame([card(middle)]),
            "scroll": lambda: canvas.scroll_by(0, 700),
            "select one": one(lambda: None), "select all": canvas.select_all, "select none": lambda: canvas.select(()),
            "all of it selected, fit": one(canvas.fit), "back to cards": lambda: canvas.frame([card(middle)]),
            "move one": one(lambda: self.move((card(middle),))), "undo move": document.undo,
            "delete one": one(canvas.delete), "undo delete": document.undo, "redo delete": document.redo,
            "undo again": document.undo, "add one": one(lambda: canvas.add_layer("ReLU")), "undo add": document.undo,
            "type a parameter": bias, "undo it": document.undo,
            "type the first stride": lambda: self.stride(convs[0]), "undo the stride": document.undo,
            "search": search, "type in the search": lambda: canvas.finder.line.setText(middle[-3:]),
            "shut the search": lambda: canvas.finder.shut(),
            "tidy": lambda: canvas.arrange(), "delete all": self.all_deleted, "undo delete all": document.undo,
            "new tab": self.session.new, "back to the tab": lambda: self.session.show_tab(document.tabs[0]),
            "close": lambda: self.session.close_tab(document.tabs[0]),
        }  # fmt: skip

    def all_deleted(self) -> None:
        self.canvas.select_all()
        self.canvas.delete()

    def measured_turns(self) -> dict[str, dict[str, float]]:
        self.document.tab.history.clean = True
        return {name: self.longest(name, act) for name, act in self.acts().items()}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--profile", type=float, default=0.0)
    options.add_argument("what", nargs="*")
    chosen = options.parse_args()
    pairs = list(zip(chosen.what[::2], map(int, chosen.what[1::2]), strict=True))
    gc.disable()  # as the program does, which looks for garbage between turns
    for module in modules():
        __import__(module)  # what the window does in spare moments
    app = QApplication([])
    app.setStyle("Fusion")
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name, size in pairs or [(name, size) for name in NETWORKS for size in SIZES]:
        project = NETWORKS[name](size)
        room = Long(app, project, chosen.profile)
        results[f"{name} {len(project.network.nodes)}"] = room.measured_turns()
        room.close()
    print(json.dumps({"benchmark": "long_turns", "unit": "ms", "networks": results}))


if __name__ == "__main__":
    main()
