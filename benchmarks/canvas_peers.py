"""Our canvas beside other node editors in one run: build, repaint fitted and at full size, and a sweep of the zoom.

python -m benchmarks.canvas_peers [CARDS …]; 200 and 1,000 by default, as a peer needs minutes for 3,000. Each editor in
a process of its own, one after the other, off screen, raster, 1600 × 1000. One JSON line, milliseconds of CPU time;
null where a peer is not installed (`pip install NodeGraphQt qtpynodeeditor`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QApplication, QGraphicsView

ROUNDS = 15
SWEEP = 24
"""Zoom steps from all in view to full size."""
EDITORS = ("ours", "NodeGraphQt", "qtpynodeeditor")


def place(number: int, count: int) -> tuple[float, float]:
    """Columns of cards, so that a view at full size is full of them."""
    rows = max(1, round(count**0.5))
    return number // rows * 216.0, number % rows * 96.0


def ours(count: int) -> QGraphicsView:
    from benchmarks.canvas import block, silent
    from explorer.ui.canvas.view import Canvas
    from explorer.workspace.document import Document
    from explorer.workspace.session import Session
    from explorer.workspace.worker import Worker

    canvas = Canvas(Session(Document(block(count)), Worker(silent)))
    canvas.drawing.glide.wanted = False
    return canvas


def node_graph(count: int) -> QGraphicsView:
    module = import_module("NodeGraphQt")

    class Card(module.BaseNode):  # type: ignore[name-defined,misc]
        __identifier__, NODE_NAME = "bench", "Conv2d"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("in")
            self.add_output("out")

    graph = module.NodeGraph()
    graph.register_node(Card)
    before = None
    for number in range(count):
        node = graph.create_node("bench.Card", name=f"conv{number}", pos=place(number, count), push_undo=False)
        if before is not None:
            before.set_output(0, node.input(0))
        before = node
    view: QGraphicsView = graph.viewer()
    view.graph = graph  # type: ignore[attr-defined]  # or it is collected
    return view


def flow(count: int) -> QGraphicsView:
    module = import_module("qtpynodeeditor")

    class Conv(module.NodeDataModel):  # type: ignore[name-defined,misc]
        name, num_ports = "Conv2d", {"input": 1, "output": 1}
        data_type = module.NodeDataType(id="map", name="map")

    registry = module.DataModelRegistry()
    registry.register_model(Conv, category="layers")
    scene = module.FlowScene(registry=registry)
    before = None
    for number in range(count):
        node = scene.create_node(Conv)
        node.graphics_object.setPos(QPointF(*place(number, count)))
        if before is not None:
            scene.create_connection(before["output"][0], node["input"][0])
        before = node
    view: QGraphicsView = module.FlowView(scene)
    view.kept = scene  # type: ignore[attr-defined]
    return view


BUILDERS: dict[str, Callable[[int], QGraphicsView]] = {"ours": ours, "NodeGraphQt": node_graph, "qtpynodeeditor": flow}


def repainted(view: QGraphicsView, rounds: int = ROUNDS) -> list[float]:
    times = []
    for _ in range(rounds):
        start = process_time()
        view.viewport().repaint()
        times.append((process_time() - start) * 1000)
    return sorted(times)


def look(view: QGraphicsView, scale: float, middle: QPointF) -> None:
    """Show a point in the middle, at a scale."""
    if hasattr(view, "look_at"):
        view.look_at(middle, scale)
    else:
        view.setTransform(QTransform.fromScale(scale, scale))
        view.centerOn(middle)


def measured(editor: str, count: int) -> dict[str, Any]:
    app = QApplication([])
    start = process_time()
    view = BUILDERS[editor](count)
    view.resize(1600, 1000)
    view.show()
    app.processEvents()
    found: dict[str, Any] = {"build": round((process_time() - start) * 1000, 1)}
    bounds = QGraphicsView.scene(view).itemsBoundingRect()
    columns, rows = (place(count - 1, count)[0] + 216.0), 96.0 * max(1, round(count**0.5))
    middle = QPointF(columns / 2, rows / 2) if bounds.width() > 1e6 else bounds.center()
    fitting = min(1.0, 1500 / columns, 900 / rows)

    def settled() -> None:
        for _ in range(20):
            repainted(view, 1)
            app.processEvents()

    for name, scale in (("fitted", fitting), ("full size", 1.0)):
        look(view, scale, middle)
        settled()
        times = repainted(view)
        found[name] = {"median": round(median(times), 2), "max": round(times[-1], 2)}
    sweep = []
    for step in range(SWEEP):
        look(view, fitting * (1 / fitting) ** (step / (SWEEP - 1)), middle)
        start = process_time()
        view.viewport().repaint()
        sweep.append((process_time() - start) * 1000)
    sweep.sort()
    found["zoom sweep"] = {"median": round(median(sweep), 2), "p95": round(sweep[round(0.95 * (SWEEP - 1))], 2)}
    return found


def main(counts: list[int]) -> None:
    results: dict[str, dict[str, Any]] = {}
    for count in counts:
        for editor in EDITORS:
            results.setdefault(str(count), {})[editor] = None
            if editor == "ours" or find_spec(editor):
                done = subprocess.run(
                    [sys.executable, "-m", "benchmarks.canvas_peers", "--one", editor, str(count)],
                    capture_output=True, text=True, timeout=600, check=False,
                )  # fmt: skip
                lines = done.stdout.strip().splitlines()
                results[str(count)][editor] = json.loads(lines[-1]) if done.returncode == 0 and lines else "failed"
    print(json.dumps({"benchmark": "canvas_peers", "unit": "ms", "cards": results}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(sys.argv[2], int(sys.argv[3]))), flush=True)
        os._exit(0)  # peers crash when they are collected
    main([int(count) for count in sys.argv[1:]] or [200, 1000])
