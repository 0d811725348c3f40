"""How long the window stands still under each kind of job: a heartbeat of 10 ms while it opens, runs, searches,
explains, plays, paints, learns, detects, writes and downloads.

`python -m benchmarks.heartbeat [JOB …]` prints one JSON line: for each job the 50th and 99th percentile and the largest
gap between two beats in ms, how many beats there were, whether the job ended while it was watched, and `own`: the most
CPU time that the window's thread took between two beats, which other programs on the machine do not lengthen.
Goals: p99 ≤ 50, max ≤ 250, own ≤ 16. HEARTBEAT_LONGEST: seconds that each job is watched for, 15 where it is not set.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOM = Path(tempfile.mkdtemp())
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = str(ROOM)  # the window as it first is
os.environ["CNN_EXPLORER_CACHE"] = str(ROOM / "cache")

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.library_questions import GetModel
from explorer.engine.questions import PictureFile
from explorer.maths.resources import resources
from explorer.probes.fast_style import FastStyle
from explorer.probes.style import Style
from explorer.ui import theme
from explorer.ui.application import after_paint
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.style_setup import ChosenPicture, ChosenStyle, StyleSetup
from explorer.workspace.worker import Worker

BEAT = 10
"""Milliseconds."""
LONGEST = float(os.environ.get("HEARTBEAT_LONGEST", "15"))
"""Seconds that a job is watched for; most end sooner."""
PICTURES = 60
"""In the folder that is searched."""
DOWNLOAD = 48_000_000
"""Bytes of the file that is downloaded, from this machine."""
SAMPLES = sorted((resources() / "samples").glob("*.jpg"))


class Heartbeat:
    """Every gap between two beats, and the thread's own time in it."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.own: list[float] = []
        self._last, self._last_own = time.perf_counter(), time.thread_time()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=BEAT)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        self.gaps.append((now - self._last) * 1000)
        self.own.append((own - self._last_own) * 1000)
        self._last, self._last_own = now, own

    def clear(self) -> None:
        """Forget what was before."""
        self.gaps, self.own = [], []

    def told(self) -> dict[str, float]:
        """The figures since the last `clear`."""
        gaps, own = np.array(self.gaps), self.own
        return {
            "p50": round(float(np.percentile(gaps, 50)), 1), "p99": round(float(np.percentile(gaps, 99)), 1),
            "max": round(float(gaps.max()), 1), "own": round(max(own), 1), "beats": len(gaps),
        }  # fmt: skip


def serve_from_here(connection: Any, current: Any) -> None:
    """The worker process, whose library has one model at an address of this machine."""
    from explorer.engine import library
    from explorer.engine.downloads import Address
    from explorer.engine.serve import serve

    source = Address(os.environ["HEARTBEAT_FILE"], DOWNLOAD, os.environ["HEARTBEAT_DIGITS"])
    library.ENTRIES["resnet18"] = replace(library.entry("resnet18"), source=source)
    serve(connection, current)


@contextmanager
def file_server() -> Iterator[None]:
    """A large file on this machine, given by a process of its own."""
    (ROOM / "web").mkdir()
    data = os.urandom(DOWNLOAD)
    (ROOM / "web" / "net.pth").write_bytes(data)
    os.environ["HEARTBEAT_DIGITS"] = hashlib.sha256(data).hexdigest()[:8]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = ["-m", "http.server", port, "--bind", "127.0.0.1", "--directory", str(ROOM / "web")]
    os.environ["HEARTBEAT_FILE"] = f"http://127.0.0.1:{port}/net.pth"
    server = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


class Jobs:
    """What is begun in the window, by its name; each returns what tells that it has ended. Where a job is several steps
    of a user's, the window has its turns between them: until(ready, seconds) lets it go on."""

    def __init__(self, window: Window, until: Callable[[Callable[[], object], float], bool]) -> None:
        self.window, self.session, self._until = window, window.session, until
        self.folder = ROOM / "photos"
        for number in range(PICTURES):
            one = self.folder / f"class{number % 3}" / f"{number}.jpg"
            one.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SAMPLES[number % len(SAMPLES)], one)

    def rests(self, *lanes: str) -> Callable[[], bool]:
        return lambda: not any(lane in self.session.work for lane in lanes)

    def _open(self, name: str) -> Callable[[], bool]:
        """As the gallery does it."""
        title = CLASSICS[name].title
        self.window.files.open_network(name, title)
        return lambda: self.session.document.project.title == title

    def open(self) -> Callable[[], bool]:
        return self._open("resnet18")

    def run(self) -> Callable[[], bool]:
        self.session.select(("layer2.0.conv1",))
        self.session.open_picture(str(SAMPLES[0]))
        return lambda: self.session.prediction is not None and not self.session.work

    def patches(self) -> Callable[[], bool]:
        self.window.docks.bring("Patches")
        self.window.inside.search.choose_folder(str(self.folder))
        self.window.inside.search.start()
        return self.rests("patches", "patch pictures")

    def dataset(self) -> Callable[[], bool]:
        self.window.pages.show_data_set()
        self.window.pages.data_set.data_set.choose_folder(str(self.folder))
        self.window.pages.data_set.data_set.start()
        return self.rests("data set", "embedding", "data set pictures")

    def attribution(self) -> Callable[[], bool]:
        self.window.pages.show_canvas()
        self.window.docks.bring("Attribution")
        return self.rests("attribution")

    def effects(self) -> Callable[[], bool]:
        self.window.docks.bring("Effects")
        ranked: list[object] = []
        rests = self.rests("effects", "outcome")

        def ended() -> bool:
            """It is ranked once the panel is there."""
            pane = self.window.docks["Effects"].widget()
            if pane is not None and not ranked:
                ranked.append(next(one for one in pane.children() if hasattr(one, "effects")).effects.rank())
            return bool(ranked) and rests()

        return ended

    def dream(self) -> Callable[[], bool]:
        self.window.docks.bring("Dream")
        self.window.inside.dreaming.start()
        return lambda: False

    def video(self) -> Callable[[], bool]:
        self.session.cancel("dream")
        self.window.docks.bring("Activations")
        self.window.picture.videos.open_samples()
        return lambda: False

    def style(self) -> Callable[[], bool]:
        self.window.picture.live.stop()
        self._until(self._open("vgg11"), 10)
        self._until(lambda: False, 0.3)
        self.window.pages.show_studio()
        studio = self.window.pages.studios.studio
        content, style = (ChosenPicture(PictureFile(str(path)), path.stem) for path in SAMPLES[:2])
        self._until(lambda: self.window.pages.studio.stack.count(), 10)
        self._until(lambda: False, 0.1)
        studio.edit(StyleSetup(content, (ChosenStyle(style),), Style(size=160, steps=50)))
        self._until(lambda: False, 0.1)
        studio.start()
        return lambda: studio.state not in ("running",)

    def train(self) -> Callable[[], bool]:
        self.window.pages.studios.studio.pause()
        question = TrainStyle(
            CLASSICS["vgg11"].project, PictureFile(str(SAMPLES[1])), str(self.folder), str(ROOM / "net.training"),
            FastStyle(size=64, stroke=64, steps=40, batch=2, channels=4), PictureFile(str(SAMPLES[0])), 5,
        )  # fmt: skip
        self.window.commands.run("Train a style…")
        self.session.ask("teach", question, lambda _: None, "Learning")
        return self.rests("teach")

    def detect(self) -> Callable[[], bool]:
        self.session.cancel("teach")
        self.window.pages.show_canvas()
        self.window.find_faces(self.window.picture.videos.open_samples)
        return lambda: False

    def evaluate(self) -> Callable[[], bool]:
        self.window.picture.live.stop()
        self.window.pages.show_data_set()
        labels = self.folder / "labels.json"
        images = [{"id": n, "file_name": str(path.relative_to(self.folder)), "width": 512, "height": 512}
                  for n, path in enumerate(sorted(self.folder.rglob("*.jpg")))]  # fmt: skip
        boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [100, 100, 200, 200], "area": 40000, "iscrowd": 0}
                 for n in range(len(images))]  # fmt: skip
        kinds = [{"id": 1, "name": "face"}]
        labels.write_text(json.dumps({"images": images, "annotations": boxes, "categories": kinds}), "utf-8")
        detected = self.window.pages.data_set.detected
        detected.choose_folder(str(self.folder))
        detected.choose_labels(str(labels))
        detected.start()
        return self.rests("data set", "data set pictures")

    def export(self) -> Callable[[], bool]:
        self.session.cancel("data set")
        self._until(self._open("resnet50"), 10)
        self.session.export(str(ROOM / "net.onnx"), "", replace=True)
        return self.rests("export")

    def download(self) -> Callable[[], bool]:
        self.window.pages.show_library()
        self.session.ask("library", GetModel("resnet18", True), lambda _: None, "Getting ResNet-18")
        return self.rests("library")


def main() -> None:
    """Each job in turn, in one window."""
    wanted = sys.argv[1:] or [name for name in vars(Jobs) if not name.startswith("_") and name != "rests"]
    app = QApplication([])
    app.setStyle("Fusion")
    settings = Settings()
    theme.apply(app, settings.theme)
    window = Window(Session(Document(), Worker(serve_from_here)), settings)
    window.show()
    app.processEvents()
    after_paint(window)

    def until(ready: Callable[[], object], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not ready() and time.monotonic() < end:
            app.processEvents()
            time.sleep(0.001)
        return bool(ready())

    assert until(lambda: window.session.worker.state == "ready" and window.session.models, 120)
    jobs, heart, found, failed = Jobs(window, until), Heartbeat(), {}, []
    window.session.failed.connect(lambda lane, sentence: failed.append(f"{lane}: {sentence}"))
    for show in (window.pages.show_data_set, window.pages.show_library, window.pages.show_start):
        show()  # a page is made once: that is no matter of the jobs
        until(lambda: False, 0.5)
    for name in wanted:
        heart.clear()
        ended = getattr(jobs, name)()
        until(lambda: False, 0.3)
        done = until(ended, LONGEST)
        found[name] = heart.told() | {"ended": done}
    window.close_now()
    window.session.close()
    shutil.rmtree(ROOM, ignore_errors=True)
    line = {
        "bench": "heartbeat",
        "unit": "ms",
        **found,
        "failed": failed,
        "goal_p99": 50,
        "goal_max": 250,
        "goal_own": 16,
    }
    print(json.dumps(line))


if __name__ == "__main__":
    with file_server():
        main()
