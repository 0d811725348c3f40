"""The boxes that find things by typing: layers to add, layers there are, commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.controls.finder import FOUND, Finder, Found
from explorer.ui.controls.matching import rank
from explorer.ui.panels.history import HistoryPanel
from explorer.ui.panels.weights_page import COLUMNS
from explorer.ui.panels.weights_page import _Rows as WeightRows
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker

Key, Held = Qt.Key, Qt.KeyboardModifier


NODES = (
    Node("x", Input(3, 32, 32)),
    Node("conv1", Conv2d(8, 3, padding=1), ("x",)),
    Node("relu1", ReLU(), ("conv1",)),
    Node("flatten1", Flatten(), ("relu1",)),
)


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    settings = Settings()
    settings.file.clear()
    network = Network({node.id: node for node in NODES})
    window = Window(Session(Document(Project(network, arranged(network))), IdleWorker()), settings)
    window.resize(1280, 800)
    window.show()
    window.complete()
    window.build()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    yield window
    window.close_now()


def titles(finder: Finder) -> list[str]:
    return [finder.list.item(row).text() for row in range(finder.list.count())]


def row(finder: Finder, title: str) -> Found:
    return finder.list.item(titles(finder).index(title)).data(FOUND)


def press(key: Key, held: Held = Held.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, held)


def write(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)


def test_a_name_counts_more_than_what_is_told_and_that_more_than_letters() -> None:
    told = "A window of learned weights slides over the image"
    assert rank("conv", "Conv2d", told) == 0
    assert rank("2d", "Conv2d", told) == 1
    assert rank("slide learned", "Conv2d", told) == 2
    assert rank("cv2", "Conv2d", told) == 3
    assert rank("xyz", "Conv2d", told) is None
    assert rank("", "Conv2d", told) == 0
    assert rank("openown", "Open own code…") == 0


def test_a_command_is_run_by_typing_and_comes_first_the_next_time(window: Window) -> None:
    before = QApplication.focusWidget()
    press(Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
    finder = window.command_finder
    assert finder.isVisible()
    assert row(finder, "Undo").aside == "not now"
    write("select all")
    assert titles(finder)[0] == "Select all"
    assert row(finder, "Select all").aside == "Ctrl+A"
    press(Key.Key_Return)
    assert not finder.isVisible()
    assert QApplication.focusWidget() is before
    assert set(window.session.selection) == set(window.session.document.project.network.nodes)
    press(Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
    assert titles(finder)[0] == "Select all"
    write("nothing of this kind")
    assert finder.list.item(0).flags() == Qt.ItemFlag.NoItemFlags
    press(Key.Key_Return)  # nothing to run
    assert finder.isVisible()
    press(Key.Key_Escape)
    assert not finder.isVisible()
    assert QApplication.focusWidget() is before


def test_what_cannot_be_done_now_is_not_done(window: Window) -> None:
    press(Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
    write("redo")
    press(Key.Key_Return)
    assert not window.command_finder.isVisible()
    assert Settings().lately("commands") == []


def test_every_command_is_found_by_its_text(window: Window) -> None:
    press(Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
    finder = window.command_finder
    for command, _ in window.commands.actions:
        if command.fill is None:
            finder.line.setText(command.text)
            assert command.text in [title.removeprefix("✓ ") for title in titles(finder)]
    finder.line.setText("View Panels")
    assert "Picture" in titles(finder)
    assert not any(title.startswith("✓") for title in titles(finder)), "Enter brings a panel to the front, seen or not"


def test_what_would_be_done_to_a_view_that_is_not_seen_waits_for_it(window: Window) -> None:
    def ready() -> set[str]:
        window.commands.settle()
        return {command.path for command, action in window.commands.actions if action.isEnabled()}

    window.session.select(("relu1",))
    there = ready()
    ways: tuple[Callable[[], None], ...] = (window.pages.show_start, window.pages.show_facts)
    for leave in ways:
        leave()
        assert sorted(there - ready()) == sorted([
            "View/100 %", "View/Colour by/Family", "View/Colour by/MACs or FLOPs", "View/Colour by/Memory",
            "View/Colour by/Parameters", "View/Colour by/Receptive field", "View/Fit everything",
            "View/Frame the selection", "View/Minimap", "View/Ruler of depth", "View/X-ray", "View/Zoom in",
            "View/Zoom out", *(f"View/Bookmarks/Keep this view/As view {n}" for n in range(1, 10)),
        ])  # fmt: skip
        window.pages.leave()


@pytest.mark.parametrize("query", ["relu", "ReLU", "activation relu", "8x32x32 relu", "RL1"])
def test_a_layer_is_found(window: Window, query: str) -> None:
    press(Key.Key_F, Held.ControlModifier)
    assert window.canvas.finder.isVisible()
    write(query)
    assert titles(window.canvas.finder)[0] == "relu1"
    press(Key.Key_Return)
    assert window.session.selection == ("relu1",)
    assert window.canvas.hasFocus()


def test_layers_are_found_by_shape_and_by_problem(window: Window) -> None:
    document = window.session.document
    network = document.project.network
    shapes = {id: facts.shape for id, facts in document.facts.items()}
    wanted = [id for id, shape in shapes.items() if shape == shapes["conv1"]]
    press(Key.Key_F, Held.ControlModifier)
    write("x".join(map(str, shapes["conv1"])))
    assert sorted(titles(window.canvas.finder)) == sorted(wanted)
    press(Key.Key_Escape)
    broken = network.without_link(network.nodes["conv1"].inputs[0], "conv1")
    document.edit("Unplug", document.project.rewired(broken))
    press(Key.Key_F, Held.ControlModifier)
    write("needs")
    assert titles(window.canvas.finder)
    assert all(document.facts[title].problem for title in titles(window.canvas.finder))
    assert row(window.canvas.finder, "conv1").fits is False


def test_the_table_looks_in_itself(window: Window) -> None:
    window.docks.bring("Summary")
    window.summary.table.setFocus()
    press(Key.Key_F, Held.ControlModifier)
    assert window.summary.search.hasFocus()
    assert not window.canvas.finder.isVisible()


def test_what_was_added_last_comes_first_and_blocks_and_networks_are_there(window: Window) -> None:
    window.canvas.select(("relu1",))
    press(Key.Key_Tab)
    box = window.canvas.box
    assert {"Sigmoid", "Bottleneck", "LeNet-5"} <= set(titles(box)), titles(box)
    write("sigm")
    press(Key.Key_Return)
    assert "sigmoid1" in window.session.selection
    press(Key.Key_Tab)
    assert titles(box)[0] == "Sigmoid"
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()


def test_a_wire_offers_only_what_fits(window: Window) -> None:
    window.canvas.search(window.canvas.scene_point(window.canvas.rect().center().toPointF()), "relu1")
    found = [window.canvas.box.list.item(i).data(FOUND) for i in range(window.canvas.box.list.count())]
    assert found
    assert all(each.fits for each in found)
    assert "Input" not in titles(window.canvas.box)
    write("linear")  # it does not fit, and says why: above the ReLU, a rectified linear unit, which does
    assert titles(window.canvas.box)[:2] == ["Linear", "ReLU"]
    assert "Flatten" in row(window.canvas.box, "Linear").aside
    assert all(each.fits for each in map(partial(row, window.canvas.box), titles(window.canvas.box)[1:]))


def test_a_shape_is_found_with_x_or_with_the_sign_among_weights_and_networks(window: Window) -> None:
    table, shown = QStandardItemModel(1, len(COLUMNS)), WeightRows()
    table.setItem(0, 2, QStandardItem("64×3×7×7"))
    shown.setSourceModel(table)
    for text, rows in (("3x7", 1), ("3×7", 1), ("7x3", 0)):
        shown.show_those(text, False)
        assert shown.rowCount() == rows, text
    window.pages.show_gallery()
    gallery = window.pages.gallery
    found = {}
    for text in ("14x14", "14×14"):
        gallery.search.setText(text)
        found[text] = [gallery.tiles.item(row).text() for row in range(gallery.tiles.rowCount())]
    assert found["14x14"] == found["14×14"] != []


def test_what_cannot_be_on_a_wire_takes_no_network_away_and_goes_nowhere_else(window: Window) -> None:
    canvas, box, said = window.canvas, window.canvas.box, []
    window.session.failed.connect(lambda *words: said.append(words))
    at, before = canvas.scene_point(canvas.rect().center().toPointF()), window.session.document.project
    canvas.search(at, "relu1")
    write("v")  # VGG begins so, and it would be opened instead
    assert not {"opens it"} & {row(box, title).aside for title in titles(box)}
    box.line.clear()
    write("input")
    assert row(box, "Input").aside == "takes no input"
    press(Key.Key_Escape)
    canvas.search(at, "relu1", backwards=True)
    write("squeezeex")
    assert titles(box)[0] == "SqueezeExcite"
    press(Key.Key_Return)  # behind the ReLU it would be at the wrong end of the wire
    assert said == [("canvas", "A block stands behind an image: pull the wire from the layer that is to feed it.")]
    assert window.session.document.project is before
    assert "SqueezeExcite" not in Settings().lately("added")


def test_a_network_is_opened_from_the_box(window: Window, qtbot: Any) -> None:
    window.session.open_project(Project())
    window.build()
    window.canvas.setFocus()
    press(Key.Key_Tab)
    write("lenet-5")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.session.document.project.network.nodes) > 5)


def test_the_history_goes_back_to_any_edit(window: Window) -> None:
    dock = window.docks["History"]
    assert not dock.isVisible()
    document = window.session.document
    first = document.project
    for kind in ("Sigmoid", "Tanh"):
        window.canvas.add_layer(kind)
    last = document.project
    press(Key.Key_H, Held.ControlModifier)
    window.docks.turns.finish("History")
    panel = dock.widget().findChild(HistoryPanel)
    assert [panel.model().index(row, 0).data() for row in range(3)] == [
        "As it was opened", "Add sigmoid1", "Add tanh1",
    ]  # fmt: skip
    for row, project in ((0, first), (2, last)):
        at = panel.visualRect(panel.model().index(row, 0)).center()
        QTest.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, Held.NoModifier, at)
        assert document.project is project


def test_what_is_typed_is_seen_below_a_notice(window: Window) -> None:
    window.session.failed.emit("canvas", "Something is to be read.")
    press(Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
    finder = window.command_finder
    QApplication.processEvents()

    def covered() -> bool:
        notice = window.notices.rect().translated(window.notices.mapTo(window, QPoint(0, 0)))
        return notice.intersects(finder.rect().translated(finder.mapTo(window, QPoint(0, 0))))

    assert window.notices.isVisible()
    assert not covered()
    window.notices.say("This is so long. " * 40)  # while the box is open
    QApplication.processEvents()
    assert not covered()
    window.notices.hide()
    press(Key.Key_Escape)


def test_a_step_that_cannot_be_gone_back_to_is_told_and_the_list_stays(window: Window, qtbot, monkeypatch) -> None:
    window.docks.bring("History")
    window.docks.turns.finish("History")
    document, panel = window.session.document, window.docks["History"].findChild(HistoryPanel)
    for kind in ("Sigmoid", "Tanh"):
        window.canvas.add_layer(kind)
    told: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: told.append(str(error)))

    def fails(*_: object) -> None:
        raise ValueError("out of order")

    monkeypatch.setattr("explorer.workspace.document.reanalysed", fails)
    at = panel.visualRect(panel.model().index(0, 0)).center()
    QTest.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, Held.NoModifier, at)
    assert (told, document.history.index) == (["out of order"], 2)
    qtbot.waitUntil(lambda: panel.currentIndex().row() == 2)
    assert [index.row() for index in panel.selectedIndexes()] == [2]


def test_the_box_stays_in_the_window_when_that_gets_smaller(window: Window) -> None:
    window.canvas.setFocus()
    press(Key.Key_Tab)
    box = window.canvas.box
    box.open(box._source, QPoint(5000, 5000))
    write("fla")
    window.resize(1000, 700)
    QApplication.processEvents()
    assert window.canvas.rect().contains(box.geometry())
    assert box.list.item(0).text() == "Flatten"
    prompt = box.line.fontMetrics().horizontalAdvance(box.line.placeholderText())
    assert 1.2 * prompt < box.line.width() - 12, "the prompt is read whole, in the projector theme, too"
    box.shut()


def test_a_panel_behind_another_comes_to_the_front_by_its_name(window: Window, qtbot) -> None:
    dock = window.docks["Summary"]
    assert dock.visibleRegion().isEmpty()
    for _ in range(2):  # from behind another, and where it is in front: who types its name wants to see it
        press(Key.Key_P, Held.ControlModifier | Held.ShiftModifier)
        write("summary")
        window.command_finder.list.setCurrentRow(titles(window.command_finder).index("Summary"))
        press(Key.Key_Return)
        qtbot.waitUntil(lambda: not dock.visibleRegion().isEmpty())
    window.commands.run("Summary")
    assert dock.isHidden(), "the menu's mark still puts it away"


def test_a_large_network_is_searched_part_by_part(window: Window, qtbot) -> None:
    nodes = {"x": Node("x", Input(3, 8, 8))} | {f"conv{i}": Node(f"conv{i}", Conv2d(3)) for i in range(1, 2000)}
    network = Network(nodes)
    window.session.document.open(Project(network, {id: (0.0, 96.0 * i) for i, id in enumerate(nodes)}))
    window.canvas.setFocus()
    window.canvas.find_layer()
    finder = window.canvas.finder
    assert titles(finder) == [], "not all of it in the turn of the key"
    write("conv1999")
    assert titles(finder) == []
    press(Key.Key_Return)
    assert window.session.selection == ("conv1999",), "Enter takes the answer to what is typed"
    window.canvas.find_layer()
    assert titles(finder) == []
    qtbot.waitUntil(lambda: titles(finder)[:2] == ["x", "conv1"])
    assert len(titles(finder)) == 200


def test_a_large_network_that_is_edited_meanwhile_is_searched_as_it_is_then(window: Window) -> None:
    nodes = {f"conv{i}": Node(f"conv{i}", Conv2d(3)) for i in range(1, 2000)}
    document = window.session.document
    document.open(Project(Network(nodes), {id: (0.0, 96.0 * i) for i, id in enumerate(nodes)}))
    window.canvas.find_layer()
    finder = window.canvas.finder
    document.edit("Delete", document.project.rewired(document.project.network.without(("conv1",))))
    finder._turns.finish(finder)
    assert titles(finder)[0] == "conv2"
