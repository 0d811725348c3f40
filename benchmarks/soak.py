"""The window at work for as long as one wants: networks, pictures, videos, styles, labs, edits and undo at random.

Opens the real window off screen with its real worker, does one thing after the other in it, as a user may, with Inputs
and pictures of random sizes, and looks at what it holds. After ten minutes, in a shorter run half its time, in which
caches fill, it looks each three seconds at the memory of both processes (resident, and the share of it that is theirs
alone), their threads, open files and widgets, and in the end at which kinds of Python objects there are more of.

Prints one JSON line: megabytes an hour by least squares, the least and the most of each figure, each minute's middle
figures from the start, how often each thing was done, and the load. SECURITY's goal M4 is at most 5 MB an hour.
The long form: python -m benchmarks.soak 240 --rows soak.csv. With --small the window's caches are full in two minutes,
so that what still grows is none of them.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import random
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from statistics import median

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from explorer.engine.memory import one_heap, used_and_kept
from explorer.engine.questions import PictureFile
from explorer.maths.resources import resources
from explorer.network import analysis, formulas, receptive_field
from explorer.ui.application import after_paint, build
from explorer.ui.canvas import pixmaps
from explorer.ui.controls import formula_column, formula_view
from explorer.ui.panels.labs_page import LABS
from explorer.ui.window import Window
from explorer.workspace.style_setup import ChosenPicture
from explorer.workspace.video.generated import Generated

EVERY = 3.0
"""Seconds between two looks at what is held."""
NETWORKS = ("lenet5", "alexnet", "squeezenet1_1", "resnet18", "mobilenet_v2", "googlenet")
SIDES = (32, 64, 96, 128, 160, 224)


ACTS, RESTING = 200, 3.0
"""After so many things done, a pause of so many seconds: about one in a minute."""
WARM = 10.0
"""Minutes in which caches fill, of a run of at least twice that."""
SMALL_ROOM, SMALL_COUNT = 4 << 20, 256
"""Bytes and entries of small caches."""
NAMES = (
    "window MB", "worker MB", "window alone MB", "worker alone MB", "lent out MB", "not lent out MB",
    "files", "threads", "widgets",
)  # fmt: skip
SIZES = 6
"""Of these that are megabytes; the last two are the window's: what malloc has lent out, and what is held beside it."""
KINDS = 12
"""Of Python objects that are told."""


def memory(pid: int) -> tuple[float, float]:
    """Megabytes that are resident, and those that no other process shares."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:])
    found = {words[0]: int(words[1]) * 1024 / 1e6 for words in lines}
    return found["Rss:"], found["Private_Clean:"] + found["Private_Dirty:"]


class Soak:
    """A window, and hands that do one thing after the other in it."""

    def __init__(self, window: Window, app: QApplication) -> None:
        self.window, self.session, self.app = window, window.session, app
        self.dice, self.done = random.Random(4), Counter[str]()
        self.photos = sorted((resources() / "samples").glob("*.jpg"))
        self.told: list[str] = []
        self._loop, self._over = QEventLoop(), QTimer(singleShot=True)
        self._over.timeout.connect(self._loop.quit)
        self.session.failed.connect(lambda lane, text: self.told.append(f"{lane}: {text}"))

    def turn(self, seconds: float) -> None:
        """Let the window live, by one timer: each `QTimer.singleShot` leaves 53 bytes in PySide, for good."""
        self._over.start(round(1000 * seconds))
        self._loop.exec()  # what is let go is deleted when control comes back to a loop: processEvents deletes nothing

    def rest(self) -> None:
        """Hands rest now and then; what the window does in pauses is done."""
        self.turn(RESTING)

    def looks(self, minutes: float, pids: list[int]) -> Iterator[tuple[float, ...]]:
        """Work, and look at what is held: minutes since the start, and the figures. pids: gets each worker's."""
        begun = looked = time.monotonic()
        while (now := time.monotonic()) < begun + 60 * minutes:
            self.act()
            if not sum(self.done.values()) % ACTS:
                self.rest()
            process = self.window.session.worker._process
            if now - looked < EVERY or process.pid is None:
                continue
            looked = now
            with suppress(FileNotFoundError, ProcessLookupError):  # the worker has just ended
                row = held(process.pid)
                if process.pid not in pids:
                    pids.append(process.pid)
                # not findChildren: it gives the window a Python object of each of them, for good
                yield ((now - begun) / 60, *row, len(QApplication.allWidgets()))

    def act(self) -> None:
        """One thing that a user may do."""
        act = self.dice.choice((
            self.open, self.picture, self.select, self.select, self.stride, self.size, self.undo, self.ablate,
            self.paste_picture, self.xray, self.tab, self.video, self.page, self.style,
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
            self.session.document.undo()

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

    def page(self) -> None:
        """One of the labs, or more often the canvas."""
        pages = self.window.pages
        if self.dice.random() < 0.6:
            pages.show_canvas()
        else:
            pages.show_lab(self.dice.choice(tuple(LABS)))

    def style(self) -> None:
        """The studio of the network in front gets two photos, begins when it has them, and is stopped the next time."""
        self.window.pages.show_studio()
        studio = self.window.pages.studios.studio
        if studio.state == "running":
            studio.stop()
        elif studio.missing:
            content, style = (
                ChosenPicture(PictureFile(str(path)), path.stem) for path in self.dice.sample(self.photos, 2)
            )
            studio.take_content(content)
            studio.take_style(style, 0)
        else:
            size, tile = self.dice.choice(((64, 0), (96, 0), (128, 0), (128, 64)))
            studio.set(replace(studio.setup.settings, size=size, steps=20, tile=tile))
            studio.start()


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("minutes", nargs="?", type=float, default=20.0, help="how long (20 if not given)")
    options.add_argument("--rows", metavar="FILE", help="a CSV file for the figures of each look, from the start on")
    options.add_argument("--small", action="store_true", help="the window's caches a fraction as large")
    chosen = options.parse_args()
    if chosen.small:
        small_caches()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_EXPLORER_CACHE"] = folder
        print(json.dumps(soaked(chosen.minutes, chosen.rows)))


def soaked(minutes: float, file: str | None = None) -> dict[str, object]:
    """Work for so long; file: where each look's figures go."""
    one_heap()  # as the program does at its start
    app = QApplication([])
    window = build(app)
    window.resize(1280, 800)
    window.show()
    app.processEvents()
    after_paint(window)
    soak = Soak(window, app)
    while window.session.worker.state != "ready":
        soak.turn(0.1)
    begun, loads, pids = time.monotonic(), array("d", [os.getloadavg()[0]]), list[int]()
    before, rows = Counter[str](), array("d")  # as lists they took half a megabyte an hour
    with open(file, "w", newline="", encoding="utf-8") if file else tempfile.TemporaryFile("w") as told:
        table = csv.writer(told)
        table.writerow(("minutes", *NAMES))
        for row in soak.looks(minutes, pids):
            rows.extend(row)
            table.writerow([round(figure, 3) for figure in row])
            told.flush()
            loads.append(os.getloadavg()[0])
            if not before and row[0] > warm(minutes):
                before = kinds()
    taken = (time.monotonic() - begun) / 60
    more = kinds() - before
    window.close_now()
    window.session.close()
    return summed_up(np.array(rows).reshape(-1, 1 + len(NAMES)), warm(minutes)) | {
        "benchmark": "soak", "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "minutes": round(taken, 1),
        "load": [round(figure(loads), 1) for figure in (min, median, max)], "acts": sum(soak.done.values()),
        "refusals": len(soak.told), "workers": len(pids), "more objects": dict(more.most_common(KINDS)),
        "done": dict(soak.done),
    }  # fmt: skip


def small_caches() -> None:
    """What is kept of drawn cards, figures, fields and formulas, up to a bound that two minutes of this work reach.

    Of Qt's, too: it keeps how each frame and button looked in each size, 10 MiB of them, which takes half an hour.
    """
    pixmaps.ROOM = SMALL_ROOM
    QPixmapCache.setCacheLimit(SMALL_ROOM // 4 >> 10)  # in KiB
    for name, *modules in (
        ("_layer_facts", analysis), ("_way", receptive_field), ("_even_field", receptive_field),
        ("_slide", receptive_field), ("_rows", formulas), ("kept_formula", formula_view, formula_column),
    ):  # fmt: skip
        small = lru_cache(SMALL_COUNT)(getattr(modules[0], name).__wrapped__)
        for module in modules:
            setattr(module, name, small)


def warm(minutes: float) -> float:
    """After how many minutes it counts."""
    return min(WARM, minutes / 2)


def kinds() -> Counter[str]:
    """How many objects of each class there are; those, too, that the program takes from the collector's sight."""
    gc.unfreeze()
    gc.collect()
    found = Counter(type(one).__name__ for one in gc.get_objects())
    gc.freeze()
    return found


def summed_up(table: np.ndarray, since: float) -> dict[str, object]:
    """The slopes and spans of the looks (minutes and figures) since then, and the middle figures of each minute."""
    late = table[table[:, 0] > since]
    slopes = {
        f"{name} an hour": round(float(np.polyfit(late[:, 0] / 60, late[:, 1 + column], 1)[0]), 1)
        for column, name in enumerate(NAMES[:SIZES])
    }
    spans = {
        name: [round(float(figure(late[:, 1 + column])), 1) for figure in (np.min, np.max)]
        for column, name in enumerate(NAMES)
    }
    minutes = table[:, 0].astype(int)
    by_minute = [np.median(table[minutes == minute][:, 1:3], 0).round(1).tolist() for minute in np.unique(minutes)]
    return {**slopes, **spans, "window and worker MB by minute": by_minute}


def held(pid: int) -> tuple[float, ...]:
    """What both processes hold now."""
    ours = os.getpid()
    files = sum(len(os.listdir(f"/proc/{id}/fd")) for id in (ours, pid))
    threads = sum(len(os.listdir(f"/proc/{id}/task")) for id in (ours, pid))
    (our_size, our_own), (its_size, its_own) = memory(ours), memory(pid)
    return our_size, its_size, our_own, its_own, *_lent(), files, threads


def _lent() -> tuple[float, float]:
    """Megabytes that malloc has lent out, and those held beside these: for Python's objects, or free."""
    try:
        used, kept = used_and_kept()
    except (AttributeError, OSError):
        return 0.0, 0.0
    return used / 1e6, kept / 1e6


if __name__ == "__main__":
    main()
