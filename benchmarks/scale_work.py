"""What `benchmarks.scale` measures at one size, in a process of its own: `python -m benchmarks.scale_work AXIS SIZE
ROUNDS`.

Prints the size as it counts on the axis, and every figure of `slopes.SERIES` on it; times are the process's own, the
medians of ROUNDS: what else the machine does would bend the lines.
Memory is the peak of the process above what it held before the work, which the kernel is asked to count anew
(/proc/self/clear_refs), and for pictures of a folder the whole peak. Linux only.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

Figures = dict[str, float]


def milliseconds(act: Callable[[], object], rounds: int) -> float:
    """The median, after one round that does not count."""
    taken = []
    for _ in range(rounds + 1):
        start = time.process_time()
        act()
        taken.append((time.process_time() - start) * 1000)
    return median(taken[1:])


def status(name: str) -> int:
    """Bytes that the kernel says of this process: VmRSS, VmHWM."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


@contextmanager
def peak(into: Figures, name: str, whole: bool = False) -> Iterator[None]:
    """MB at most within, above what was held before, or as a whole. getrusage tells what the parent once held, too."""
    Path("/proc/self/clear_refs").write_text("5")
    before = 0 if whole else status("VmRSS")
    yield
    into[name] = max(status("VmHWM") - before, 1) / 1e6


def last(question: object) -> Any:
    """What the worker would answer in the end."""
    from explorer.engine.answers import answer

    *_, result = answer(question)
    return result


def nodes(blocks: int, rounds: int) -> tuple[int, Figures]:
    """A residual network of four stages: the value, and the canvas."""
    from PySide6.QtWidgets import QApplication

    from benchmarks.canvas import silent
    from benchmarks.layout import residual
    from explorer.formats import project_json
    from explorer.network import analysis
    from explorer.network.layout import arranged
    from explorer.network.project import Project
    from explorer.network.routes import routes
    from explorer.ui.canvas.view import Canvas
    from explorer.workspace.document import Document
    from explorer.workspace.session import Session
    from explorer.workspace.worker import Worker

    app, found = QApplication([]), Figures()
    worker = Worker(silent)  # is not started: nothing here asks it
    shown: list[Canvas] = []

    def analyse() -> None:
        analysis._layer_facts.cache_clear()  # as if no such layer had been seen before
        analysis.analyse(network)

    def opened() -> None:
        while shown:
            shown.pop().hide()
        canvas = Canvas(Session(Document(project_json.loaded(data)), worker))
        shown.append(canvas)
        canvas.resize(1600, 1000)
        canvas.show()
        app.processEvents()
        canvas.fit()
        settled(canvas)

    def settled(canvas: Canvas) -> None:
        canvas.viewport().repaint()
        while canvas.drawing.owed:
            canvas.drawing.owed.clear()
            canvas.viewport().repaint()

    def undone() -> None:
        document, canvas = shown[-1].session.document, shown[-1]
        stem = next(id for id, node in document.project.network.nodes.items() if node.layer.kind == "Conv2d")
        wider = document.project.network.with_settings(stem, stride=1)  # every shape behind it is another
        document.edit("Change stride", document.project.rewired(wider))
        app.processEvents()
        canvas.viewport().repaint()
        start = time.process_time()
        document.undo()
        app.processEvents()
        canvas.viewport().repaint()
        taken.append((time.process_time() - start) * 1000)

    with peak(found, "memory of a network and its canvas"):
        network = residual((blocks,) * 4)
        places = arranged(network)
        data = project_json.dumped(Project(network, places))
        opened()
    found["analysis"] = milliseconds(analyse, rounds)
    found["layout"] = milliseconds(lambda: arranged(network), rounds)
    found["links led"] = milliseconds(lambda: routes(network, places), rounds)
    found["opened until painted"] = milliseconds(opened, rounds)
    found["painted, all in view"] = milliseconds(shown[-1].viewport().repaint, 3 * rounds)
    taken: list[float] = []
    for _ in range(rounds + 1):
        undone()
    found["undone until painted"] = median(taken[1:])
    return len(network.nodes), found


def channels(count: int, rounds: int) -> tuple[int, Figures]:
    """One convolution of so many channels over 64 × 64: its maps, their mosaic, and what a search makes of a batch."""
    import torch
    from PySide6.QtWidgets import QApplication

    from benchmarks.patches import Ours
    from explorer.engine.memory import keep_freed
    from explorer.engine.program import Program
    from explorer.engine.questions import Look, Pixels
    from explorer.layers.dense import Input
    from explorer.layers.windows import Conv2d
    from explorer.network.network import Network, Node
    from explorer.network.project import Project
    from explorer.ui.pictures.mosaic_view import MosaicView

    keep_freed()  # as the worker does
    app, found = QApplication([]), Figures()
    network = Network({"x": Node("x", Input(3, 64, 64)), "conv": Node("conv", Conv2d(count, 3, 1, 1), ("x",))})
    random = np.random.default_rng(0)
    picture = Pixels(random.integers(0, 255, (64, 64, 3), np.uint8))
    question, ours = Look(Project(network), picture, ("conv",)), Ours(Program(network, {}), ["conv"])
    batch = torch.from_numpy(random.random((8, 3, 64, 64), np.float32))
    view = MosaicView()
    view.resize(900, 700)
    view.show()
    app.processEvents()

    def painted() -> None:
        view.show_maps(maps, "viridis")
        view.repaint()

    with peak(found, "memory of maps and patches"):
        (maps,) = last(question)
        painted()
        ours([batch])
    found["maps made"] = milliseconds(lambda: last(question), rounds)
    found["mosaic painted"] = milliseconds(painted, rounds)
    found["patches of a batch"] = milliseconds(lambda: ours([batch]), rounds)
    return count, found


def pictures(count: int, rounds: int) -> tuple[int, Figures]:
    """A folder of so many JPEGs: a look at a data set, then a search for patches; each with a small network."""
    from benchmarks.patches import photos
    from benchmarks.patches_memory import network
    from explorer.engine.data_set_questions import Evaluate
    from explorer.engine.patch_questions import FindPatches
    from explorer.layers.dense import Linear
    from explorer.layers.shapes import Flatten
    from explorer.layers.windows import AdaptiveAvgPool2d
    from explorer.network.network import Network, Node
    from explorer.network.project import Project, Recipe

    found = Figures()
    trunk = network()
    (end,) = (id for id in trunk.nodes if not trunk.users[id])
    head = {"pool": Node("pool", AdaptiveAvgPool2d(), (end,)), "flat": Node("flat", Flatten(), ("pool",))}
    classifier = Network({**trunk.nodes, **head, "scores": Node("scores", Linear(10), ("flat",))})
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_EXPLORER_CACHE"] = str(Path(folder) / "cache")
        originals, files = Path(folder) / "originals", Path(folder) / "pictures"
        originals.mkdir()
        files.mkdir()
        photos(originals, 30)
        read = [path.read_bytes() for path in sorted(originals.iterdir())]
        for number in range(count):
            (files / f"{number:05}.jpg").write_bytes(read[number % len(read)])
        few = Path(folder) / "few"
        few.mkdir()
        for number in range(16):  # what is made once is made before
            (few / f"{number}.jpg").write_bytes(read[number])
        look = Project(classifier, recipe=Recipe(0.9))
        searched = tuple(id for id in trunk.nodes if id != "in")
        works: dict[str, tuple[str, Callable[[Path], object]]] = {
            "data set looked at": ("a look at a data set", lambda at: last(Evaluate(look, str(at)))),
            "patches searched": ("a search for patches", lambda at: last(FindPatches(look, searched, str(at)))),
        }
        for name, (what, work) in works.items():
            work(few)
            with peak(found, f"memory of {what}", whole=True):
                start = time.process_time()
                work(files)
                found[name] = time.process_time() - start
    return count, found


def picture_size(side: int, rounds: int) -> tuple[int, Figures]:
    """A picture of side × side: the convolutions of VGG-16 forward, maps of its second, an evaluation of style
    transfer."""
    import torch

    from explorer.engine import library
    from explorer.engine.memory import keep_freed
    from explorer.engine.probes import program_of
    from explorer.engine.questions import Look, Pixels
    from explorer.engine.style_forecast import needs, shape_of
    from explorer.engine.style_pictures import shown
    from explorer.engine.style_questions import StyleOf, StylePicture
    from explorer.engine.style_targets import checked, objective_for
    from explorer.maths.steps import at_once
    from explorer.network.project import Project
    from explorer.probes.style import Style

    keep_freed()
    found = Figures()
    *_, project = library.open_model("vgg16_trunk")
    assert isinstance(project, Project)
    (entry,) = (id for id, node in project.network.nodes.items() if node.layer.kind == "Input")
    project = project.rewired(project.network.with_settings(entry, height=side, width=side))
    random = np.random.default_rng(0)
    content, style = (Pixels(random.integers(0, 255, (side, side, 3), np.uint8)) for _ in range(2))
    program = at_once(program_of(project, "cpu"))
    question = checked(StyleOf(project, content, (StylePicture(style),), Style(size=side)), program)
    picture = shown(question.content, side)
    with peak(found, "memory of style transfer"):
        objective = at_once(objective_for(question, program, picture))
        at_once(objective.known(picture))
    found["an evaluation of style transfer"] = milliseconds(lambda: at_once(objective.known(picture)), rounds)
    found["memory foretold"] = needs(question, program, shape_of(question)).memory / 1e6
    x = torch.from_numpy(random.random((1, 3, side, side), np.float32))
    second = [id for id, node in project.network.nodes.items() if node.layer.kind == "Conv2d"][1]
    found["forward"] = milliseconds(lambda: program.run(x), rounds)
    look = Look(project, content, (second,))
    found["maps made"] = milliseconds(lambda: last(look), rounds)
    return side * side, found


WORKS: dict[str, Callable[[int, int], tuple[int, Figures]]] = {
    "nodes": nodes, "channels": channels, "pictures": pictures, "picture size": picture_size,
}  # fmt: skip


if __name__ == "__main__":
    x, found = WORKS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"x": x, **{name: round(value, 4) for name, value in found.items()}}), flush=True)
    os._exit(0)  # nothing is left to be done, and Qt would take its widgets apart one by one
