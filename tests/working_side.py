"""A window in a process of its own in which somebody works: `python -m tests.working_side`.

Opens a classic and LeNet-5, shows a picture, clicks nodes, edits, plays a video, finds faces and moves thresholds. It
writes, as one JSON line, the modules that were imported meanwhile which are not our own, and how often Python looked
through everything for garbage in loops.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from explorer.maths.box_records import Thresholds
from explorer.ui.application import after_paint, build

PHOTO = Path(__file__).resolve().parents[1] / "resources" / "samples" / "astronaut.jpg"


def main() -> None:
    gc.disable()  # as the program does until its window is painted
    app = QApplication([])
    window = build(app)
    window.show()
    session, document = window.session, window.session.document

    def until(ready: Callable[[], object], what: str) -> None:
        end = time.monotonic() + 60
        while not ready():
            app.processEvents()
            assert time.monotonic() < end, what
            time.sleep(0.001)

    def wait(seconds: float) -> None:
        end = time.monotonic() + seconds
        until(lambda: time.monotonic() > end, "time")

    app.processEvents()
    after_paint(window)
    beside = [thread for thread in threading.enumerate() if thread.name == "import numpy"]
    until(lambda: session.worker.state == "ready" and not any(thread.is_alive() for thread in beside), "the start")
    wait(0.2)
    before = set(sys.modules)

    session.open_network("googlenet", "GoogLeNet")
    session.open_model("lenet5")
    until(lambda: len(document.project.network.nodes) < 20, "LeNet-5")
    session.open_picture(str(PHOTO))
    until(lambda: session.prediction is not None, "its guess")
    for node in list(document.project.network.nodes)[:4]:
        session.select((node,))
        until(lambda node=node: session.maps is not None and session.maps.node == node, "its maps")
    convolution = next(id for id, node in document.project.network.nodes.items() if node.layer.kind == "Conv2d")
    project = document.project
    document.edit("Change", project.rewired(project.network.with_settings(convolution, padding=2)))
    document.undo()
    window.picture.videos.open_samples()
    until(lambda: window.picture.live.meter.rate("age", time.monotonic()) > 1, "the video")
    window.picture.live.stop()

    session.open_model("face-detector")
    until(lambda: session.prediction is not None and session.prediction.heads, "faces")
    for least in (0.01, 0.5):
        session.set_thresholds(Thresholds(least, hidden=frozenset({7})))
        wait(0.1)
    import numpy  # which no start may need

    assert numpy.unique(numpy.arange(99) % 7).size == 7  # as maps of pictures, confusion and anchors do
    assert numpy.isin(numpy.arange(99), numpy.arange(50)).sum() == 50
    imported = sorted(set(sys.modules) - before)
    whole = gc.get_stats()[2]["collections"]
    window.session.close()
    print(json.dumps({
        "imported": [name for name in imported if not name.startswith("explorer")], "collections of everything": whole
    }))  # fmt: skip


if __name__ == "__main__":
    main()
