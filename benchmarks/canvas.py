"""How long the canvas takes: full repaints, and one edit until it is painted. One JSON line, milliseconds of wall time.

python benchmarks/canvas.py; off screen, raster, 1600 × 1000.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtWidgets import QApplication

import explorer.layers  # noqa: F401
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.canvas.view import Canvas
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.worker import Worker

ROUNDS = 30


def silent(connection: Connection, current: Any) -> None:
    """A worker that answers nothing, so that no torch takes the processor."""
    with suppress(EOFError, OSError):
        while True:
            connection.recv()


def chain(length: int) -> Project:
    """An input and convolutions, one after the other: every shape follows from the first stride."""
    nodes = {"x": Node("x", Input(3, 64, 64))}
    for i in range(1, length):
        nodes[f"conv{i}"] = Node(f"conv{i}", Conv2d(64, 3, 1, 1), (next(reversed(nodes)),))
    network = Network(nodes)
    return Project(network, arranged(network))


def block(length: int) -> Project:
    """The same chain folded into columns, so that a view at full size is full of cards."""
    project = chain(length)
    rows = max(1, round(length**0.5))
    return project.moved({id: (i // rows * 216.0, i % rows * 96.0) for i, id in enumerate(project.network.nodes)})


def measured(act: Callable[[], object], rounds: int = ROUNDS) -> dict[str, float]:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        act()
        times.append((perf_counter() - start) * 1000)
    return {"median": round(median(times), 2), "max": round(max(times), 2)}


def main() -> None:
    app = QApplication([])
    worker = Worker(silent)
    worker.start()

    def shown(project: Project) -> Canvas:
        canvas = Canvas(Session(Document(project), worker))
        canvas.resize(1600, 1000)
        canvas.show()
        app.processEvents()
        return canvas

    def settled(canvas: Canvas) -> None:
        canvas.viewport().repaint()
        while canvas.drawing.owed:
            canvas.drawing.owed.clear()
            canvas.viewport().repaint()

    results: dict[str, Any] = {"benchmark": "canvas", "unit": "ms", "size": "1600x1000"}
    for length in (200, 1000, 3000):
        start = perf_counter()
        canvas = shown(block(length))
        results[f"open_{length}"] = round((perf_counter() - start) * 1000, 1)
        canvas.fit()
        settled(canvas)
        results[f"fitted_{length}"] = measured(canvas.viewport().repaint)
        if length == 1000:
            canvas.frame(["conv500"])
            settled(canvas)
            results["full_size_1000"] = measured(canvas.viewport().repaint)
        canvas.hide()

    document = (canvas := shown(chain(1000))).session.document
    steps = iter(range(10_000))

    def edit() -> None:
        """Change the first stride, so that all 1,000 shapes change, and wait until that is painted."""
        network = document.project.network.with_settings("conv1", stride=1 + next(steps) % 3)
        document.edit("Change stride", document.project.rewired(network))
        app.processEvents()
        canvas.viewport().repaint()

    settled(canvas)
    results["edit_1000_all_shapes_until_painted"] = measured(edit)

    def small() -> None:
        network = document.project.network.with_settings("conv1", bias=bool(next(steps) % 2))
        document.edit("Change bias", document.project.rewired(network))
        app.processEvents()
        canvas.viewport().repaint()

    results["edit_1000_one_card_until_painted"] = measured(small)
    places = {"conv5": document.project.places["conv5"]}

    def drag() -> None:
        x, y = places["conv5"]
        canvas.drawing.drag({"conv5": (x + 8.0 * (next(steps) % 9), y)})
        app.processEvents()
        canvas.viewport().repaint()

    results["drag_one_of_1000_a_frame"] = measured(drag)
    print(json.dumps(results))
    worker.close()


if __name__ == "__main__":
    main()
