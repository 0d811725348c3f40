"""Several networks open at once: each tab has its history, selection, view, picture and unsaved edits."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import json
import os
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QTabBar

from explorer.classics.catalogue import CLASSICS
from explorer.engine.library_questions import RemoveModel
from explorer.engine.questions import Pixels
from explorer.formats import folders, project_file, unsaved
from explorer.layers.dense import Input
from explorer.maths.records import Picture
from explorer.network.network import Network, Node
from explorer.network.placing import placed
from explorer.network.project import Project
from explorer.ui.controls.menu_letters import bare
from explorer.ui.panels.history import HistoryPanel
from explorer.ui.window import Window
from explorer.workspace import last_views
from explorer.workspace.document import Document
from explorer.workspace.library import Library
from explorer.workspace.recovery import TRIES, Opening
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.tab import Tab
from tests.idle_side import IdleWorker
from tests.test_recovery import soon  # noqa: F401
from tests.window_side import idle_window

Key, Buttons = Qt.Key, QMessageBox.StandardButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SMALL = Project(Network({"a": Node("a", Input(3, 8, 8))}), {"a": (0.0, 0.0)}, title="Small")


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    window.session.open_project(CLASSICS["lenet5"].project)
    qtbot.waitUntil(lambda: window.pages.shows_canvas)
    yield window
    window.close_now()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Give these answers to questions about unsaved edits; the questions are listed."""

    def give(*buttons: Buttons) -> list[str]:
        asked, left = list[str](), list(buttons)
        monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or left.pop(0))
        return asked

    return give


def tabs(window: Window) -> list[Tab]:
    return window.session.document.tabs


def titles(window: Window) -> list[str]:
    return [window.tabs.tabText(index) for index in range(window.tabs.count())]


def key(window: Window, which: Key, held: Qt.KeyboardModifier) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, which, held)


def edit(window: Window, id: str) -> Project:
    document = window.session.document
    network = document.project.network.with_node(Node(id, Input(1, 4, 4)))
    document.edit(f"Add {id}", document.project.rewired(network).moved({id: (400.0, 0.0)}))
    return document.project


def test_networks_that_are_dropped_together_are_all_opened(window: Window, tmp_path: Path) -> None:
    """But weights that lie beside their description are a part of it."""
    asked: list[str] = []
    window.session.open_file = lambda path: asked.append(Path(path).name)  # type: ignore[method-assign]
    window.session.open_picture = lambda path: asked.append(Path(path).name)  # type: ignore[method-assign]
    for names, opened in (
        ("b.onnx yolo.cfg a.cnnx yolo.weights", "b.onnx yolo.cfg a.cnnx"), ("x.png y.png", "x.png"),
        ("x.png a.cnnx", "a.cnnx x.png"), ("list.txt more.txt", "list.txt"),
    ):  # fmt: skip
        asked.clear()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names.split()])
        window.files.drop(data)
        assert asked == opened.split(), names


def test_weights_wait_for_the_network_that_is_being_opened(window: Window) -> None:
    """They took its place in the worker, and it never came."""
    session = window.session
    session.open_file("net.onnx")
    window.files.weights.load("net.safetensors")
    (job,) = [job for job in session.worker._jobs.values() if job.lane == "model"]
    assert job.question.path == "net.onnx"
    job.on_step(SMALL)
    job.on_done()
    QTest.qWait(50)
    job = [job for job in session.worker._jobs.values() if job.lane == "model"][-1]
    assert job.question.path == "net.safetensors"
    assert job.question.project.network == SMALL.network
    assert session.document.project == SMALL


def test_a_second_network_opens_beside_the_first(window: Window, qtbot) -> None:
    document, canvas = window.session.document, window.canvas
    assert not window.tabs.isVisible(), "one network needs no tabs"
    edited = edit(window, "mine")
    window.session.select(("conv1", "mine"))
    canvas.frame(("conv1",))
    seen, zoom = canvas.visible.center(), canvas.zoom
    window.session.open_project(CLASSICS["vgg16"].project)
    assert window.tabs.isVisible()
    assert titles(window) == ["LeNet-5 •", "VGG-16"]
    assert set(canvas.drawing.nodes) == set(document.project.network.nodes)
    assert window.session.selection == ()
    assert not document.history.can_undo
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("VGG-16")
    assert "features.0" in window.summary.model.ids
    key(window, Key.Key_Tab, CTRL)
    assert document.project is edited
    assert window.session.selection == ("conv1", "mine")
    assert canvas.zoom == zoom
    assert (canvas.visible.center() - seen).manhattanLength() <= 2
    assert window.isWindowModified()
    assert set(window.summary.model.ids) == set(edited.network.nodes)
    key(window, Key.Key_Z, CTRL)
    assert document.project == placed(CLASSICS["lenet5"].project)
    key(window, Key.Key_Tab, CTRL | SHIFT)
    assert document.project.title == CLASSICS["vgg16"].project.title
    key(window, Key.Key_Z, CTRL)
    assert document.project.network.nodes.keys() == CLASSICS["vgg16"].project.network.nodes.keys()


def test_the_history_panel_shows_that_of_the_tab_in_front(window: Window) -> None:
    window.docks.bring("History")
    window.docks.turns.finish("History")
    edit(window, "mine")
    panel = window.docks["History"].findChild(HistoryPanel)
    assert panel.model().rowCount() == 2
    window.session.new()
    assert panel.model().rowCount() == 1
    window.session.show_tab(tabs(window)[0])
    assert panel.model().index(1, 0).data() == "Add mine"


def test_an_empty_tab_is_taken(window: Window) -> None:
    key(window, Key.Key_N, CTRL)
    assert titles(window) == ["LeNet-5", "Untitled"]
    assert window.pages.currentWidget() is window.pages.start
    window.session.open_project(SMALL)
    assert titles(window) == ["LeNet-5", "Small"]
    assert window.pages.shows_canvas


def test_each_tab_has_its_picture(window: Window, qtbot) -> None:
    session = window.session
    first, second = (Picture(np.full((4, 4, 3), shade, np.uint8), "p", (4, 4), ()) for shade in (10, 200))
    session.show_picture(Pixels(first.pixels, "p"), first)
    session.open_project(SMALL)
    assert session.picture is first, "one sees what another network makes of it"
    session.show_picture(Pixels(second.pixels, "p"), second)
    session.show_tab(tabs(window)[0])
    assert session.picture is first
    assert session.sees(first.pixels)
    session.show_tab(tabs(window)[1])
    assert session.picture is second


def test_closing_asks_only_about_edits(window: Window, answers) -> None:
    asked = answers(Buttons.Cancel, Buttons.Discard)
    window.session.open_project(SMALL)
    edit(window, "b")
    key(window, Key.Key_W, CTRL)
    assert asked == ["Save the changes to Small first?"]
    assert len(tabs(window)) == 2
    key(window, Key.Key_W, CTRL)
    assert titles(window) == ["LeNet-5"]
    assert not window.tabs.isVisible()
    assert window.session.document.project.title == CLASSICS["lenet5"].project.title
    key(window, Key.Key_W, CTRL)
    assert len(asked) == 2
    assert titles(window) == ["Untitled"]
    assert window.pages.currentWidget() is window.pages.start
    assert not window.session.document.project.network.nodes


def at(window: Window, index: int) -> QPoint:
    return window.tabs.tabRect(index).center() - QPoint(10, 0)


def test_a_middle_click_closes_the_tab_under_it(window: Window, answers) -> None:
    asked = answers(Buttons.Cancel)
    edit(window, "mine")
    window.session.open_project(SMALL)
    window.session.open_project(CLASSICS["alexnet"].project)
    QTest.mouseClick(window.tabs, Qt.MouseButton.MiddleButton, pos=at(window, 1))
    assert titles(window) == ["LeNet-5 •", CLASSICS["alexnet"].title]
    QTest.mouseClick(window.tabs, Qt.MouseButton.MiddleButton, pos=at(window, 0))
    assert asked == ["Save the changes to LeNet-5 first?"]
    assert window.session.document.tab is tabs(window)[0], "one sees what one is asked about"
    button = window.tabs.tabButton(1, QTabBar.ButtonPosition.RightSide)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert titles(window) == ["LeNet-5 •"]


def asked_at(window: Window, index: int) -> dict[str, QAction]:
    where = at(window, index)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, window.tabs.mapToGlobal(where))
    QApplication.sendEvent(window.tabs, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    return {bare(each): each for each in menu.actions()}


def test_a_right_click_closes_a_tab_or_the_others(window: Window, answers) -> None:
    asked = answers(Buttons.Cancel, Buttons.Discard)
    edit(window, "mine")
    for name in ("alexnet", "vgg16", "unet"):
        window.session.open_project(CLASSICS[name].project)
    asked_at(window, 3)["Close"].trigger()
    assert titles(window) == ["LeNet-5 •", CLASSICS["alexnet"].title, CLASSICS["vgg16"].title]
    asked_at(window, 1)["Close the others"].trigger()
    assert len(asked) == 1
    assert len(titles(window)) == 3, "one that is not given up stays, with the rest, and is what one sees"
    assert window.session.document.tab is tabs(window)[0]
    asked_at(window, 1)["Close the others"].trigger()
    assert titles(window) == [CLASSICS["alexnet"].title]


def test_a_click_shows_and_a_drag_reorders(window: Window) -> None:
    window.session.open_project(SMALL)
    first, second = tabs(window)
    QTest.mouseClick(window.tabs, Qt.MouseButton.LeftButton, pos=at(window, 0))
    assert window.session.document.tab is first
    QTest.mousePress(window.tabs, Qt.MouseButton.LeftButton, pos=at(window, 0))
    for x in range(0, 200, 20):
        QTest.mouseMove(window.tabs, at(window, 0) + QPoint(x, 0))
    QTest.mouseRelease(window.tabs, Qt.MouseButton.LeftButton, pos=at(window, 0) + QPoint(200, 0))
    assert tabs(window) == [second, first]
    assert window.session.document.tab is first
    assert titles(window) == ["Small", "LeNet-5"]


def test_edits_are_pasted_from_tab_to_tab(window: Window) -> None:
    window.session.select(("conv1",))
    key(window, Key.Key_C, CTRL)
    window.session.open_project(SMALL)
    key(window, Key.Key_V, CTRL)
    assert {type(n.layer).__name__ for n in window.session.document.project.network.nodes.values()} == {
        "Input", "Conv2d"
    }  # fmt: skip


def left() -> list[Path]:
    return sorted((folders.state() / "unsaved").glob("*.unsaved"))


def test_unsaved_edits_of_every_tab_are_kept_for_a_crash(soon: int, window: Window, qtbot) -> None:
    first = edit(window, "mine")
    window.session.open_project(SMALL)
    second = edit(window, "b")
    qtbot.waitUntil(lambda: len(left()) == 2)
    assert {unsaved.read(file).title for file in left()} == {first.title, second.title}
    again = edit(window, "c")
    qtbot.waitUntil(lambda: any(unsaved.read(file) == again for file in left()))
    assert len(left()) == 2
    tab = window.session.document.tab
    window.session.close_tab(tab)
    qtbot.waitUntil(lambda: len(left()) == 1)  # not read before: it may go between the look and the reading
    assert [unsaved.read(file) for file in left()] == [first]


def test_leaving_asks_about_every_tab(window: Window, answers) -> None:
    edit(window, "mine")
    window.session.open_project(SMALL)
    edit(window, "b")
    asked = answers(Buttons.Discard, Buttons.Cancel)
    window.close()
    assert [text.split(" to ")[1] for text in asked] == ["LeNet-5 first?", "Small first?"]
    assert window.isVisible()
    assert titles(window) == ["LeNet-5", "Small •"], "given up, and still there to look at"
    asked = answers(Buttons.Discard)
    window.close()
    assert not window.isVisible()
    assert len(asked) == 1


def changed(window: Window) -> bool:
    """Whether the file in front is not as it was."""
    said: list[bool] = []
    window.files.opened.whether_changed(said.append, pytest.fail)
    return said[0]


def test_a_file_that_is_open_comes_to_the_front(window: Window, tmp_path: Path, qtbot) -> None:
    path = tmp_path / "net.cnnx"
    project_file.write(path, SMALL)
    window.session._open(SMALL, str(path))
    window.session.show_tab(tabs(window)[0])
    window.files.open_path(str(path))
    assert window.session.document.path == str(path)
    assert len(tabs(window)) == 2
    window.session.show_tab(tabs(window)[0])
    project_file.write(path, replace(SMALL, title="theirs, and longer"))
    assert not changed(window), "that of this tab is as it was"
    window.session.show_tab(tabs(window)[1])
    assert changed(window), "written while another tab was in front"


def test_weights_of_a_hidden_network_stay_when_its_model_is_removed(window: Window) -> None:
    first, second = "a" * 64, "b" * 64
    window.session._open(replace(SMALL, weights=first))
    window.session._open(replace(SMALL, weights=second))
    asked: list[RemoveModel] = []
    window.session.ask = lambda _lane, question, *_: asked.append(question)  # type: ignore[method-assign]
    Library(window.session).remove("squeezenet1_1")
    assert asked[0].in_use >= {first, second}


def test_a_closed_tab_frees_its_history(window: Window, qtbot) -> None:
    window.session.open_project(SMALL)
    edit(window, "b")
    tab = window.session.document.tab
    gone = weakref.ref(tab.history)
    window.session.close_tab(tab)
    del tab
    qtbot.waitUntil(lambda: gone() is None)


def test_they_are_open_again_at_the_next_start_where_that_is_wished(window: Window, tmp_path: Path, qtbot) -> None:
    paths = [str(tmp_path / f"{name}.cnnx") for name in "abc"]
    for path in paths:
        project_file.write(path, replace(SMALL, title=path[-6]))
        window.session._open(project_file.read(path), path)
    window.session.show_tab(tabs(window)[2])  # b
    window.commands.run("Open these networks at the next start")
    window.close()
    os.unlink(paths[2])
    Settings().open_files = [*Settings().open_files[:-1], str(tmp_path / "gone.cnnx"), Settings().open_files[-1]]
    again = Window(Session(Document(), IdleWorker()), Settings())
    asked: list[str] = []

    def open_file(path: str) -> None:
        asked.append(path)
        again.session._open(project_file.read(path), path)  # as the worker's answer would

    again.session.open_file = open_file  # type: ignore[method-assign]
    again.reopening.begin()
    assert asked == [paths[0], paths[1]], "what is gone is passed over"
    assert [tab.path for tab in tabs(again)] == asked
    assert again.session.document.path == paths[1], "that in front comes to the front"
    again.commands.run("Open these networks at the next start")
    again.close_now()
    assert not Opening(paths[0]).risky
    third = Window(Session(Document(), IdleWorker()), Settings())
    third.session.open_file = asked.append  # type: ignore[method-assign]
    third.reopening.begin()
    assert len(asked) == 2
    third.close_now()


def test_a_file_is_looked_at_where_it_was_left(window: Window, tmp_path: Path) -> None:
    path = str(tmp_path / "a.cnnx")
    project = placed(CLASSICS["vgg16"].project)
    window.session._open(project, path)
    window.canvas.look_at(window.canvas.drawing.bounds(("features.20",)).center(), 0.7)
    view = window.canvas.view_now
    window.close()
    again = idle_window_on(project, path)
    assert again.canvas.zoom == view.scale
    assert again.canvas.view_now.middle == pytest.approx(view.middle, abs=3)
    again.close_now()
    moved = project.moved({id: (x + 9e4, y) for id, (x, y) in project.places.items()})
    elsewhere = idle_window_on(moved, path)
    assert elsewhere.canvas.visible.intersects(elsewhere.canvas.drawing.bounds()), "changed by another program since"
    elsewhere.close_now()
    for broken in ("no json", "[1]", json.dumps({path: [1, "x", 2]}), json.dumps({path: [1, 2, 1e9]})):
        Settings().set_choice(last_views.NAME, broken)
        assert last_views.remembered(path) is None
    for number in range(60):
        last_views.remember(f"/{number}", view)
    assert last_views.remembered("/59") == view
    assert last_views.remembered("/0") is None, "of the last fifty"
    last_views.remember("/59", None)
    assert last_views.remembered("/59") is None


def idle_window_on(project: Project, path: str) -> Window:
    window = Window(Session(Document(), IdleWorker()), Settings())
    window.resize(1280, 800)
    window.show()
    window.complete()
    window.session._open(project, path)
    QApplication.processEvents()
    return window


def test_a_file_that_ends_the_program_is_not_opened_at_every_start(window: Window, tmp_path: Path) -> None:
    path = str(tmp_path / "a.cnnx")
    project_file.write(path, SMALL)
    window.settings.reopens, window.settings.open_files = True, [path]
    asked: list[str] = []
    window.session.open_file = asked.append  # type: ignore[method-assign]
    for _ in range(TRIES):
        Opening(path).begin()  # and then it was killed
    window.reopening.begin()
    assert asked == []
