"""How long groups take: layout with all of them closed and open, and opening one; what lies wrong. One JSON line.

python benchmarks/grouped.py [NAME …]: torchvision's networks by name (DenseNet-201 and so on), which need torch to be
read, beside residual networks of 1,000 and 3,000 layers. Milliseconds of CPU time, best of several runs; `until
painted` is the window's canvas, off screen, 1600 × 1000.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

import explorer.layers  # noqa: F401
from benchmarks.canvas import silent
from benchmarks.layout import RUNS, fastest, residual
from explorer.network.direction import CARD
from explorer.network.folding import folded
from explorer.network.grouping import by_path
from explorer.network.groups import Groups
from explorer.network.network import Network
from explorer.network.obstacles import Obstacles
from explorer.network.project import Place, Project
from explorer.network.routes import routes
from explorer.network.unfolding import laid_out, toggled
from explorer.ui.canvas.view import Canvas
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.worker import Worker

NETWORKS = ("googlenet", "resnet152", "densenet201", "efficientnet_v2_l")
SETTLED = 0.3
"""Seconds in which the links of the largest network, and the small map, are there."""
ROUND = 0.01
"""Scene units by which a line may graze a card."""


def faults(drawn: Network, places: Mapping[str, Place]) -> tuple[int, int]:
    """How many cards lie on another one, and how many links pass through a card that is not theirs."""
    cards = Obstacles(places[id] for id in drawn.nodes)
    width, height = CARD
    over = sum(
        len({*cards.within(x, y, x + width, y + height)}) > 1 for x, y in (places[id] for id in drawn.nodes)
    )  # fmt: skip
    through = 0
    for (source, target, _), route in routes(drawn, places).items():
        own = {places[source], places[target]}
        if len(route) == 2 and route[0][0] != route[1][0]:  # an S stays in the box its ends span
            met = {*cards.within(*_box(*route))}
        else:
            met = {card for a, b in pairwise(route) for card in cards.within(*_box(a, b))}
        through += bool(met - own)
    return over, through


def _box(a: Place, b: Place) -> tuple[float, float, float, float]:
    (ax, ay), (bx, by) = a, b
    return min(ax, bx) + ROUND, min(ay, by) + ROUND, max(ax, bx) - ROUND, max(ay, by) - ROUND


def once(act: Callable[[], object], app: QApplication, canvas: Canvas) -> float:
    """Milliseconds until what is done is painted."""
    start = process_time()
    act()
    app.processEvents()
    canvas.viewport().repaint()
    return (process_time() - start) * 1000


def turns(act: Callable[[], object], app: QApplication, canvas: Canvas) -> tuple[float, float]:
    """Milliseconds of CPU time until the first picture, and of the longest turn of the event loop after it."""
    marks: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: marks.append(process_time()))
    start = process_time()
    act()
    timer.start(0)
    app.sendPostedEvents()
    app.processEvents()
    first = process_time()
    end = perf_counter() + SETTLED
    while perf_counter() < end:
        app.processEvents()
    timer.stop()
    later = [first, *(mark for mark in marks if mark > first)]
    return (first - start) * 1000, max((b - a for a, b in pairwise(later)), default=0.0) * 1000


def measured(network: Network, app: QApplication, worker: Worker) -> dict[str, Any]:
    """All figures of one network."""
    every = by_path(network)
    deepest = max((every.depth(id) for id in every.groups), default=0)
    found: dict[str, Any] = {"layers": len(network.nodes), "groups": len(every.groups)}
    for name, level in (("closed", 0), ("open", deepest)):
        groups = every.to_level(level)

        def lay_out(groups: Groups = groups) -> dict[str, Place]:
            return laid_out(Network(network.nodes), Groups(groups.groups, groups.homes))

        places = lay_out()
        drawn = folded(network, groups).drawn
        over, through = faults(drawn, places)
        found[name] = {
            "cards": len(drawn.nodes), "layout": fastest(lay_out), "overlaps": over, "links through cards": through,
        }  # fmt: skip
        project = Project(network, places, groups=groups)
        tops = [id for id in groups.groups if not groups.groups[id].parent]
        if not tops:
            continue
        chosen = max(tops, key=lambda id: len(groups.nodes(id)))
        if level:  # one block amid all others
            deep = [id for id in groups.groups if groups.depth(id) == deepest]
            chosen = deep[len(deep) // 2]
        found[name]["toggle"] = fastest(partial(toggled, project, chosen))
        canvas = Canvas(Session(Document(project), worker))
        canvas.drawing.glide.wanted = False
        canvas.resize(1600, 1000)
        canvas.show()
        app.processEvents()
        both = [turns(partial(canvas.fold, chosen), app, canvas) for _ in range(2 * RUNS)]
        for title, part in (("toggle until painted", 0), ("longest turn after", 1)):
            times = sorted(one[part] for one in both)
            found[name][title] = {"median": round(times[RUNS], 1), "max": round(times[-1], 1)}
        times = sorted(once(canvas.arrange, app, canvas) for _ in range(RUNS))
        found[name]["arrange until painted"] = round(times[RUNS // 2], 1)
        canvas.hide()
        canvas.session.document.history.clear()
    return found


def main(names: list[str]) -> None:
    gc.disable()  # in the program `ui.tidying` looks for garbage, between turns
    app = QApplication([])
    worker = Worker(silent)
    worker.start()
    networks = {}
    for name in names:
        from explorer.engine.library import architecture  # torch takes seconds

        networks[name] = architecture(name).network
    networks |= {"layers1000": residual((5, 20, 64, 10)), "layers3000": residual((10, 60, 200, 30))}
    results = {name: measured(network, app, worker) for name, network in networks.items()}
    print(json.dumps({"benchmark": "grouped", "unit": "ms", "networks": results}))
    worker.close()


if __name__ == "__main__":
    main(sys.argv[1:] or list(NETWORKS))
