"""The window at work for as long as one wants: networks, pictures, videos, edits and undo at random, and what it holds.

Opens the real window off screen with its real worker. After a tenth of the time, at most ten minutes, in which caches
fill, it looks each few seconds at the resident memory of both processes, their threads, open files, and the widgets of
the window. Inputs get random sizes. Prints one JSON line: megabytes an hour by least squares, the least and the most of
each count, and how often each thing was done. Usage: python -m benchmarks.soak [MINUTES] (20 if not given)
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections import Counter

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from explorer.maths.resources import resources
from explorer.ui.application import after_paint, build
from explorer.ui.window import Window
from explorer.workspace.video.generated import Generated

EVERY = 3.0
"""Seconds between two looks at what is held."""
NETWORKS = ("lenet5", "alexnet", "squeezenet1_1", "resnet18", "mobilenet_v2", "googlenet")
SIDES = (32, 64, 96, 128, 160, 224)


def resident(pid: int) -> float:
    """Megabytes."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Soak:
    """A window, and hands that do one thing after the other in it."""

    def __init__(self, window: Window, app: QApplication) -> None:
        self.window, self.session, self.app = window, window.session, app
        self.dice, self.done = random.Random(4), Counter[str]()
        self.photos = sorted((resources() / "samples").glob("*.jpg"))
        self.told: list[str] = []
        self.session.failed.connect(lambda lane, text: self.told.append(f"{lane}: {text}"))

    def turn(self, seconds: float) -> None:
        """Let the window live."""
        loop = QEventLoop()  # what is let go is deleted when control comes back to one: processEvents deletes nothing
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def act(self) -> None:
        """One thing that a user may do."""
        act = self.dice.choice((
            self.open, self.picture, self.select, self.select, self.stride, self.size, self.undo, self.ablate,
            self.paste_picture, self.xray, self.tab, self.video,
        ))  # fmt: skip
        act()
        self.done[act.__name__] += 1
        self.turn(self.dice.choice((0.02, 0.1, 0.4)))

    def open(self) -> None:
        name = self.dice.choice(NETWORKS)
        self.session.open_network(name, name)

    def picture(self) -> None:
        self.session.open_picture(str(self.dice.choice(self.photos)))

    def paste_picture(self) -> None:
        height, width = self.dice.choice(SIDES), self.dice.choice(SIDES)
        self.session.paste_picture(np.full((height, width, 3), self.dice.randrange(256), np.uint8), "pasted")

    def select(self) -> None:
        if nodes := list(self.session.document.project.network.nodes):
            self.session.select((self.dice.choice(nodes),))

    def stride(self) -> None:
        self._set("Conv2d", stride=self.dice.choice((1, 2)))

    def size(self) -> None:
        self._set("Input", height=self.dice.choice(SIDES), width=self.dice.choice(SIDES))

    def _set(self, kind: str, **settings: int) -> None:
        project = self.session.document.project
        if nodes := [id for id, node in project.network.nodes.items() if node.layer.kind == kind]:
            network = project.network.with_settings(self.dice.choice(nodes), **settings)
            self.session.document.edit("Change", project.rewired(network))

    def undo(self) -> None:
        for _ in range(self.dice.randrange(6)):
            self.session.document.history.undo()

    def ablate(self) -> None:
        project = self.session.document.project
        if nodes := list(project.network.nodes):
            self.session.document.edit("Switch", project.with_factors(self.dice.choice(nodes), {0: 0.0}))

    def xray(self) -> None:
        self.window.toggle_xray()

    def tab(self) -> None:
        while len(tabs := self.session.document.tabs) > 3:  # as many as were opened since
            self.session.close_tab(tabs[0])
        self.session.show_tab(self.dice.choice(tabs))

    def video(self) -> None:
        """The generated video begins, or whatever plays stops."""
        live = self.window.picture.live
        if live.source is None:
            live.open(Generated())
        else:
            live.stop()


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_EXPLORER_CACHE"] = folder
        print(json.dumps(soaked(minutes)))


def soaked(minutes: float) -> dict[str, object]:
    app = QApplication([])
    window = build(app)
    window.resize(1280, 800)
    window.show()
    app.processEvents()
    after_paint(window)
    soak = Soak(window, app)
    while window.session.worker.state != "ready":
        soak.turn(0.1)
    begun, rows = time.monotonic(), []
    warm, end = begun + 60 * min(10.0, minutes / 10), begun + 60 * minutes
    looked = begun
    pid = window.session.worker._process.pid
    while (now := time.monotonic()) < end:
        soak.act()
        if now > warm and now - looked > EVERY:
            looked = now
            rows.append((now - begun, *held(window, pid)))
    restarted = window.session.worker._process.pid != pid
    window.close_now()
    window.session.close()
    table = np.array(rows)
    hours = table[:, 0] / 3600
    names = ("window MB", "worker MB", "files", "threads", "widgets")
    slopes = {
        f"{name} an hour": round(float(np.polyfit(hours, table[:, 1 + i], 1)[0]), 1) for i, name in enumerate(names[:2])
    }
    spans = {name: [round(float(f(table[:, 1 + i])), 1) for f in (np.min, np.max)] for i, name in enumerate(names)}
    return {
        "benchmark": "soak", "minutes": minutes, **slopes, **spans, "acts": sum(soak.done.values()),
        "refusals": len(soak.told), "worker restarted": restarted, "done": dict(soak.done),
    }  # fmt: skip


def held(window: Window, pid: int) -> tuple[float, ...]:
    """What both processes hold now."""
    ours = os.getpid()
    files = sum(len(os.listdir(f"/proc/{id}/fd")) for id in (ours, pid))
    threads = sum(len(os.listdir(f"/proc/{id}/task")) for id in (ours, pid))
    return resident(ours), resident(pid), files, threads, len(window.findChildren(QWidget))


if __name__ == "__main__":
    main()
