"""The session between document and worker: what a late answer, a cancel or a slow save may not do.

The worker is a real process that never answers; answers are given by hand, so that they come at the wrong moment.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from benchmarks.canvas import chain
from explorer.classics.catalogue import CLASSICS
from explorer.engine.questions import Pixels
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.maths.records import Device, Guess, Picture, Prediction
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.workspace.document import Document
from explorer.workspace.own_turn import OwnTurns
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker


def project(channels: int) -> Project:
    return Project(Network({"in": Node("in", Input(3, 8, 8)), "conv": Node("conv", Conv2d(channels, 3), ("in",))}))


@pytest.fixture
def session(qtbot):
    session = Session(Document(), IdleWorker())
    session.worker.start()
    yield session
    session.close()


def waits(session: Session, lane: str):
    """The job the worker has in a lane."""
    return next(job for job in session.worker._jobs.values() if job.lane == lane)


def picture(name: str) -> Picture:
    return Picture(np.zeros((4, 4, 3), np.uint8), name, (4, 4), ())


def test_a_model_that_arrives_after_edits_gets_a_tab_of_its_own(session, qtbot) -> None:
    session.open_model("mobilenet_v2")
    job = waits(session, "model")
    session.document.edit("Add Conv2d", project(8))
    job.on_step(project(16))
    qtbot.waitUntil(lambda: session.document.project == project(16))
    assert not session.document.history.can_undo
    session.show_tab(session.document.tabs[0])
    assert session.document.project == project(8)
    assert session.document.history.can_undo


def test_a_model_that_arrives_before_edits_is_opened(session, qtbot) -> None:
    session.open_file("net.cnnx")
    waits(session, "model").on_step(project(16))
    qtbot.waitUntil(lambda: session.document.project == project(16))
    assert session.document.path == "net.cnnx"


def test_what_is_opened_while_another_is_read_waits_for_its_turn(session, qtbot) -> None:
    """The first went without a word: each has a tab now, also where the one before failed or was stopped."""

    def read(path: str) -> bool:
        return [job.question.path for job in session.worker._jobs.values() if job.lane == "model"][-1:] == [path]

    for name in ("a.onnx", "b.onnx", "a.onnx", "c.onnx", "b.onnx", "d.onnx"):  # some were asked for twice
        session.open_file(name)
    first = waits(session, "model")
    assert first.question.path == "a.onnx"
    assert session.openings.count == 3
    first.on_step(project(16))
    session.worker._jobs.clear()
    first.on_done()
    qtbot.waitUntil(lambda: read("b.onnx"))
    session.worker._jobs.popitem()[1].on_failed("b.onnx is damaged.")
    qtbot.waitUntil(lambda: read("c.onnx"))
    session.cancel("model")
    qtbot.waitUntil(lambda: read("d.onnx"))
    last = waits(session, "model")
    last.on_step(project(4))
    last.on_done()
    qtbot.waitUntil(lambda: session.document.project == project(4))
    assert [tab.source for tab in session.document.tabs] == ["a.onnx", "d.onnx"]
    assert session.openings.count == 0
    session.open_file("a.onnx")
    assert read("a.onnx")


def test_the_facts_of_a_large_network_are_found_over_many_turns_and_once(session, qtbot, monkeypatch) -> None:
    project, turns = chain(5_000), []

    def fails(*_: object) -> None:
        raise AssertionError("found a second time")

    monkeypatch.setattr("explorer.workspace.document.reanalysed", fails)
    monkeypatch.setattr("explorer.workspace.document.analyse", fails)
    turn = OwnTurns._turn
    monkeypatch.setattr(OwnTurns, "_turn", lambda queue: (turns.append(len(session.document.facts)), turn(queue)))
    for count in (1, 2):  # the first takes the empty tab, the second one of its own
        turns.clear()
        session._open_in_turns(lambda: project)
        qtbot.waitUntil(lambda count=count: len(session.document.tabs) == count and session.document.project is project)
        assert len(turns) > 20
        assert session.document.facts == analyse(project.network)


def test_a_network_comes_in_turns_and_room_is_made_before_it(session, qtbot) -> None:
    told: list[str] = []

    def tell(what: str) -> Callable[[object], None]:
        return lambda *_: told.append(f"{what}, {len(session.document.project.network.nodes)} layers")

    session.arriving.connect(tell("room"))
    session.opened.connect(tell("opened"))
    session.open_file("net.onnx")
    waits(session, "model").on_step(project(16))
    assert told == [], "who brings the answer goes on at once"
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["room, 0 layers", "opened, 2 layers"]
    told.clear()
    session.open_network("lenet5", "LeNet-5", soon=True)
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["room, 2 layers", f"opened, {len(CLASSICS['lenet5'].network.nodes)} layers"]
    assert session.document.project.title == "LeNet-5"


def test_cancel_shows_nothing_of_another_picture(session) -> None:
    session.document.open(project(8))
    session.open_picture("a.png")
    waits(session, "picture").on_step(picture("a.png"))
    session.select(("conv",))
    cat = Prediction((Guess("cat", 281, 0.9),))
    waits(session, "predict").on_step(cat)
    assert session.prediction is cat
    session.open_picture("b.png")
    waits(session, "picture").on_step(picture("b.png"))
    session.cancel("predict")
    assert session.picture is not None
    assert session.picture.name == "b.png"
    assert session.prediction is None


def test_a_lost_graphics_card_leaves_the_cpu(qtbot, session) -> None:
    cards = (Device("cuda:0", "A card", 1 << 33), Device("cpu", "A processor", 1 << 34))
    waits(session, "devices").on_step(cards)
    assert session.device == "cuda:0"
    session.document.open(project(4))
    session._take_picture(Pixels(np.zeros((4, 4, 3), np.uint8)), "a")
    waits(session, "picture").on_step(picture("a"))
    assert waits(session, "predict").question.device == "cuda:0"
    session.worker.device_lost.emit()
    assert session.device == "cpu"
    qtbot.waitUntil(lambda: waits(session, "predict").question.device == "cpu")
    waits(session, "devices").on_step(cards)
    assert session.device == "cpu", "also where a new worker sees the card again"


def test_nothing_selected_stops_the_maps(session) -> None:
    session.document.open(project(8))
    session.open_picture("a.png")
    waits(session, "picture").on_step(picture("a.png"))
    session.select(("conv",))
    QApplication.processEvents()  # opening asks once in the next turn, for whatever is selected then
    assert waits(session, "maps")
    session.select(())
    assert all(job.lane != "maps" for job in session.worker._jobs.values())


def test_edits_while_saving_keep_the_path_and_stay_unsaved(qtbot, session, tmp_path) -> None:
    path = str(tmp_path / "net.cnnx")
    session.document.edit("Add", project(8))
    with qtbot.waitSignal(session.saved, timeout=10_000):
        session.save(path)
        session.document.edit("Change", project(16))
    assert session.document.path == path
    assert not session.document.history.clean


def test_a_save_that_ends_after_another_project_was_opened_does_not_name_it(qtbot, session, tmp_path) -> None:
    session.document.edit("Add", project(8))
    with qtbot.waitSignal(session.saved, timeout=10_000):
        session.save(str(tmp_path / "first.cnnx"))
        session._open(project(16), "second.cnnx")
    assert session.document.path == "second.cnnx"
    assert (tmp_path / "first.cnnx").exists()
    assert session.document.tabs[0].path == str(tmp_path / "first.cnnx")
    assert not session.document.tabs[0].unsaved
