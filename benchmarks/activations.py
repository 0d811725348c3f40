"""From the click on a node of MobileNetV2 to its mosaic on the screen, and all thumbnails of an x-ray, in the window.

`python -m benchmarks.activations [PHOTO]` prints one JSON line: medians and worst cases in ms after the first run, and
the longest gap of a 16 ms timer meanwhile (goals: 100 ms, 33 ms). What every value of a network costs beside a plain
forward of torchvision's is in `python benchmarks/forward.py resnet50`.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()  # the window as it first is: 1280 by 800

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from benchmarks.gaps import PHOTO, Heartbeat
from explorer.ui.application import after_paint, build

NODES = 40
"""So many are clicked, twice; the second time counts: the program is made, nothing else is kept."""


class Painted(QObject):
    """Counts how often a widget was painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint
        return False


def main() -> None:
    """Open, click, and print how long it took."""
    photo = sys.argv[1] if len(sys.argv) > 1 else str(PHOTO)
    app = QApplication([])
    app.setStyle("Fusion")
    window = build(app)
    window.show()
    session = window.session

    def until(ready: Callable[[], object], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not ready():
            app.processEvents()
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.0005)

    app.processEvents()
    after_paint(window)
    session.open_model("mobilenet_v2")
    until(lambda: bool(session.document.project.network.nodes))
    session.open_picture(photo)
    until(lambda: session.prediction is not None)
    nodes = [id for id in session.document.project.network.nodes if id != "input"][:NODES]
    painted = Painted(window.activations.view)

    def click(id: str) -> float:
        """Milliseconds until the node's maps were painted."""
        start = time.perf_counter()
        session.select((id,))
        until(lambda: session.maps is not None and session.maps.node == id)
        count = painted.times
        until(lambda: painted.times > count)
        return (time.perf_counter() - start) * 1000

    for id in nodes:
        click(id)
    heart = Heartbeat()
    clicks = [click(id) for id in nodes]
    gap = heart.read()
    xrays = []
    window.xray.changed.connect(lambda _: xrays.append(time.perf_counter()))
    window.toggle_xray()
    until(lambda: window.xray.thumbnails is not None)
    taken = []
    for _ in range(10):
        start = time.perf_counter()
        xrays.clear()
        session.picture_changed.emit(session.picture)
        until(lambda: bool(xrays))
        taken.append((xrays[0] - start) * 1000)
    window.session.close()
    print(json.dumps({
        "bench": "activations", "unit": "ms", "click_to_mosaic": round(statistics.median(clicks), 1),
        "worst_click": round(max(clicks), 1), "goal": 100, "gap": gap, "gap_goal": 33,
        "xray": round(statistics.median(taken), 1), "xray_gap": heart.read(),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
