"""A thumbnail of what every node puts out: beside the whole maps, on the cards, and kept up with what changes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.engine import program as programs
from explorer.engine.answers import answer
from explorer.engine.program import ProgramError
from explorer.engine.questions import Look, Pixels, XRay
from explorer.engine.room import SHARE, run_bytes
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.records import Place, Progress
from explorer.maths.thumbnails import Thumbnails
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.canvas.card import FILM
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker

NET = Network(
    {
        "in": Node("in", Input(3, 96, 64)),
        "conv": Node("conv", Conv2d(6, 3, padding=1), ("in",)),
        "relu": Node("relu", ReLU(), ("conv",)),
        "small": Node("small", Conv2d(4, 9, stride=16), ("relu",)),
        "flat": Node("flat", Flatten(), ("small",)),
        "scores": Node("scores", Linear(10), ("flat",)),
        "bad": Node("bad", Linear(10), ("relu",)),
    }
)
PICTURE = Pixels(np.random.default_rng(0).integers(0, 255, (96, 64, 3), np.uint8))


def thumbnails(project: Project, **more) -> Thumbnails:
    *before, found = answer(XRay(project, PICTURE, **more))
    assert all(isinstance(step, Progress) for step in before)
    return found


def test_each_shows_its_strongest_channel() -> None:
    project = Project(NET)
    found = thumbnails(project)
    assert found.ids == ("in", "conv", "relu", "small", "flat", "scores")  # one that cannot run is left out
    for place, id in enumerate(found.ids):
        *_, (maps,) = answer(Look(project, PICTURE, (id,)))
        values, (height, width) = maps.values, found.sizes[place]
        if values.shape[1:] == (1, 1):
            assert found.channels[place] is None
            assert height * width >= len(values) > (height - 1) * width
            shown = np.pad(values.ravel(), (0, height * width - len(values))).reshape(height, width)
        else:
            channel = int(np.abs(values).mean((1, 2)).argmax())
            assert found.channels[place] == channel
            assert (height, width) == ((48, 32) if values.shape[1] == 96 else values.shape[1:])
            shown = values[channel].reshape(height, values.shape[1] // height, width, -1).mean((1, 3))
        assert found.signed[place] == (shown.min() < 0)
        least, most = shown.min(), shown.max()
        level = 128 + 127 * shown / max(-least, most) if least < 0 else 255 * (shown - least) / (most - least)
        np.testing.assert_allclose(found.pixels[place, :height, :width], level, atol=0.51)
    assert found.pixels.nbytes == 6 * 48 * 48
    picked = thumbnails(project, picked=("relu", 5))
    assert picked.channels[2] == 5
    assert picked.channels[1] == found.channels[1]


def test_a_network_too_large_for_memory_is_told(monkeypatch) -> None:
    needed = run_bytes(6 * 96 * 64 * 2 + 4 * 6 * 4)  # two values at once, of the six
    monkeypatch.setattr(programs, "free_memory", lambda device: int((needed + 200_000) / SHARE))
    assert thumbnails(Project(NET.with_settings("scores", features=11))).ids
    monkeypatch.setattr(programs, "free_memory", lambda device: int((needed - 100_000) / SHARE))
    with pytest.raises(ProgramError, match="Running this takes about"):
        thumbnails(Project(NET.with_settings("scores", features=12)))
    with pytest.raises(ProgramError, match="No layer of this network can run yet"):
        thumbnails(Project(Network({"c": Node("c", Conv2d(1, 1))})))


def test_thumbnails_lie_on_the_cards(qtbot, qapp) -> None:
    window = Window(Session(Document(Project()), IdleWorker()), Settings())
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.complete()
    session, canvas, asked = window.session, window.canvas, []
    session.open_project(Project(NET))
    window.build()
    canvas.fit()
    session._source = PICTURE
    session.ask = lambda lane, question, show, text="": asked.append((question, show))  # type: ignore[method-assign]
    assert not window.xray.on
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_X)
    assert window.xray.on
    QApplication.processEvents()
    question, show = asked.pop()
    plain = canvas.grab().toImage()
    found = thumbnails(question.project)
    show(found)
    qtbot.wait(50)  # cards are drawn a few in a frame
    drawn = canvas.grab().toImage()

    def middle(id: str):
        place = QPointF(*session.document.project.places[id]) + FILM.center()
        at = canvas.viewport().mapTo(canvas, canvas.mapFromScene(place))
        return plain.pixelColor(at), drawn.pixelColor(at)

    for id in found.ids:
        before, after = middle(id)
        assert before != after
    before, after = middle("bad")
    assert before == after
    session.select(("relu",))
    session.look_at(Place("relu", 4))
    session.document.edit("wider", session.document.project.rewired(NET.with_settings("conv", channels=7)))
    QApplication.processEvents()
    assert [question.picked for question, _ in asked if isinstance(question, XRay)] == [("relu", 4)]  # once for both
    window.commands.run("X-ray")
    assert not window.xray.on
    qtbot.wait(50)
    assert not any(id in canvas.drawing.films for id in NET.nodes)
    window.close_now()
    session.close()
