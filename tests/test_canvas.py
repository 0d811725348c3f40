"""The canvas, through real mouse and key events."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QWheelEvent,
)
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

import explorer.layers  # noqa: F401
from explorer.classics.blocks import FireModule
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.sentences import Refusal
from explorer.network.annotations import Note
from explorer.network.layer import Layer
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.canvas.card import HEIGHT, WIDTH, Card, metrics
from explorer.ui.canvas.colouring import LEVELS
from explorer.ui.canvas.figure import picture
from explorer.ui.canvas.names import in_room
from explorer.ui.canvas.pixmaps import Pixmaps
from explorer.ui.canvas.scene import Hit
from explorer.ui.canvas.view import Canvas
from explorer.ui.controls.finder import FOUND
from explorer.ui.offers import MIME
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker
from tests.settled import settled

Key, Held = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton
Make = Callable[..., Canvas]


@pytest.fixture
def make(qtbot: Any) -> Iterator[Make]:
    """Show a canvas on some nodes, laid out; each at full size and in view."""
    kept = []

    def made(*nodes: Node) -> Canvas:
        network = Network({n.id: n for n in nodes})
        session = Session(Document(Project(network, arranged(network))), IdleWorker())
        canvas = Canvas(session)
        kept.append(canvas)
        qtbot.addWidget(canvas)
        canvas.resize(900, 700)
        canvas.show()
        qtbot.waitExposed(canvas)
        canvas.setFocus()
        return canvas

    yield made
    kept.clear()


CHAIN = (
    Node("x", Input(3, 32, 32)),
    Node("conv1", Conv2d(8, 3, 1, 1), ("x",)),
    Node("relu1", ReLU(), ("conv1",)),
    Node("flatten1", Flatten(), ("relu1",)),
)


def spot(canvas: Canvas, id: str, right: float = 0.5, down: float = 0.5) -> QPoint:
    """Where a part of a card is on the screen; (0.5, 0) is its input, (0.5, 1) its output."""
    x, y = canvas.drawing.nodes[id].place
    return canvas.viewportTransform().map(QPointF(x + right * WIDTH, y + down * HEIGHT)).toPoint()


def painted(canvas: Canvas) -> QImage:
    """The canvas when every card has its text: a frame draws only as many as it has time for."""
    canvas.viewport().grab()
    while canvas.drawing.owed:
        QApplication.processEvents()
        canvas.viewport().grab()
    return canvas.viewport().grab().toImage()


def drag(canvas: Canvas, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    press_and_pull(canvas, start, end, held)
    QTest.mouseRelease(canvas.viewport(), LEFT, held, end)


def press_and_pull(canvas: Canvas, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.mousePress(canvas.viewport(), LEFT, held, start)
    for part in range(1, 6):
        QTest.mouseMove(canvas.viewport(), start + (end - start) * part / 5)


def click(canvas: Canvas, at: QPoint, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.mouseClick(canvas.viewport(), LEFT, held, at)


def key(canvas: Canvas, which: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.keyClick(canvas.viewport(), which, held)


def project(canvas: Canvas) -> Project:
    return canvas.session.document.project


def inputs(canvas: Canvas, id: str) -> tuple[str, ...]:
    return project(canvas).network.nodes[id].inputs


def test_click_selects_and_shift_adds(make: Make) -> None:
    canvas = make(*CHAIN)
    click(canvas, spot(canvas, "conv1"))
    assert canvas.session.selection == ("conv1",)
    assert canvas.accessibleDescription() == "Conv2d conv1, output 8×32×32, 224 parameters"
    click(canvas, spot(canvas, "relu1"), Held.ShiftModifier)
    assert canvas.session.selection == ("conv1", "relu1")
    click(canvas, spot(canvas, "conv1"), Held.ControlModifier)
    assert canvas.session.selection == ("relu1",)
    click(canvas, QPoint(20, 20))
    assert canvas.session.selection == ()


def test_selection_made_elsewhere_is_shown(make: Make) -> None:
    canvas = make(*CHAIN)
    before = painted(canvas)
    canvas.session.select(("relu1",))
    assert canvas.drawing.chosen == {"relu1"}
    assert painted(canvas) != before


@pytest.mark.parametrize("scale", [1.0, 0.2])
def test_what_is_repainted_of_a_change_is_enough(make: Make, scale: float) -> None:
    canvas = make(*CHAIN)
    canvas.zoom_by(round(8 * math.log2(scale)))
    links = list(canvas.drawing.links.routes)
    for change in (
        lambda: canvas.select(("relu1",)),
        lambda: canvas.select(("x",)),
        lambda: canvas.select((), links[1]),
        lambda: canvas.select(("x", "flatten1")),
        lambda: canvas.drawing.point_at(Hit("card", "conv1")),
        lambda: canvas.drawing.drag({"relu1": (30.0, 40.0)}),
        lambda: canvas.select_all(),
    ):
        painted(canvas)
        QApplication.processEvents()
        change()
        QApplication.processEvents()
        shown = canvas.screen().grabWindow(canvas.winId()).toImage()
        assert shown == canvas.grab().toImage().convertToFormat(shown.format())


def test_rubber_band_selects_what_it_touches(make: Make) -> None:
    canvas = make(*CHAIN)
    start = spot(canvas, "conv1", -0.3, 0.2)
    drag(canvas, start, spot(canvas, "relu1", 0.3, 0.5))
    assert set(canvas.session.selection) == {"conv1", "relu1"}
    drag(canvas, spot(canvas, "x", -0.3, -0.1), spot(canvas, "x", 0.2, 0.5), Held.ShiftModifier)
    assert set(canvas.session.selection) == {"x", "conv1", "relu1"}


def test_move_is_one_step_and_undo_returns_places(make: Make) -> None:
    canvas = make(*CHAIN)
    before = project(canvas)
    click(canvas, spot(canvas, "conv1", 0.3))
    click(canvas, spot(canvas, "relu1", 0.3), Held.ShiftModifier)
    start = spot(canvas, "relu1", 0.3)
    drag(canvas, start, start + QPoint(160, 24))
    moved = {id for id in before.places if project(canvas).places[id] != before.places[id]}
    assert moved == {"conv1", "relu1"}
    a, b = (project(canvas).places[id][0] - before.places[id][0] for id in ("conv1", "relu1"))
    assert a == b > 100
    assert canvas.session.document.history.count == 1
    assert canvas.drawing.links.routes["x", "conv1", 0][-1][0] == project(canvas).places["conv1"][0] + WIDTH / 2
    canvas.session.document.undo()
    assert project(canvas) == before
    assert canvas.drawing.places == before.places


def test_a_dragged_wire_links_and_shapes_follow(make: Make) -> None:
    canvas = make(*CHAIN, Node("linear1", Linear(10)))
    assert "needs an input" in canvas.session.document.facts["linear1"].problem
    drag(canvas, spot(canvas, "flatten1", 0.5, 1), spot(canvas, "linear1"))
    assert inputs(canvas, "linear1") == ("flatten1",)
    assert canvas.session.document.facts["linear1"].shape == (10,)
    canvas.session.document.undo()
    drag(canvas, spot(canvas, "linear1", 0.5, 0), spot(canvas, "flatten1"))  # backwards, from the input
    assert inputs(canvas, "linear1") == ("flatten1",)


def test_a_link_that_closes_a_loop_is_refused_in_words(make: Make) -> None:
    canvas = make(*CHAIN, Node("add1", Add(), ("conv1",)))
    before = project(canvas)
    press_and_pull(canvas, spot(canvas, "relu1", 0.5, 1), spot(canvas, "conv1"))
    assert "loop" in canvas.gesture.words
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, spot(canvas, "conv1"))
    assert project(canvas) is before
    drag(canvas, spot(canvas, "relu1", 0.5, 1), spot(canvas, "x"))
    assert project(canvas) is before


def test_a_wire_end_is_unplugged_and_plugged_elsewhere(make: Make) -> None:
    canvas = make(*CHAIN)
    drag(canvas, spot(canvas, "relu1", 0.5, 0), QPoint(30, 30))
    assert inputs(canvas, "relu1") == ()
    canvas.session.document.undo()
    drag(canvas, spot(canvas, "relu1", 0.5, 0), spot(canvas, "flatten1"))
    assert inputs(canvas, "relu1") == ()
    assert inputs(canvas, "flatten1") == ("conv1",)


def test_a_wire_dropped_on_ground_adds_a_layer_already_linked(make: Make) -> None:
    canvas = make(*CHAIN)
    drag(canvas, spot(canvas, "conv1", 0.5, 1), QPoint(700, 300))
    assert canvas.box.isVisible()
    QTest.keyClicks(canvas.box.line, "maxp")
    QTest.keyClick(canvas.box.line, Key.Key_Return)
    assert inputs(canvas, "maxpool1") == ("conv1",)
    assert canvas.session.document.facts["maxpool1"].shape == (8, 16, 16)
    x, y = canvas.scene_point(QPointF(700, 300)).toTuple()
    assert canvas.drawing.nodes["maxpool1"].place == pytest.approx((x - WIDTH / 2, y), abs=2)


def test_delete_heals_and_a_link_is_deleted_alone(make: Make) -> None:
    canvas = make(*CHAIN)
    click(canvas, spot(canvas, "relu1"))
    key(canvas, Key.Key_Delete)
    assert "relu1" not in canvas.drawing.nodes
    assert inputs(canvas, "flatten1") == ("conv1",)
    assert canvas.session.selection == ()
    canvas.session.document.undo()
    between = (spot(canvas, "conv1", 0.5, 1) + spot(canvas, "relu1", 0.5, 0)) / 2
    click(canvas, between)
    assert canvas.link == ("conv1", "relu1", 0)
    key(canvas, Key.Key_Backspace)
    assert inputs(canvas, "relu1") == ()
    assert canvas.link is None


def test_tab_searches_and_adds_below_the_selected(make: Make) -> None:
    canvas = make(*CHAIN[:2])
    click(canvas, spot(canvas, "conv1"))
    key(canvas, Key.Key_Tab)
    QTest.keyClicks(canvas.box.line, "conv")
    QTest.keyClick(canvas.box.line, Key.Key_Return)
    assert not canvas.box.isVisible()
    assert inputs(canvas, "conv2") == ("conv1",)
    assert canvas.session.selection == ("conv2",)
    assert project(canvas).places["conv2"][1] > project(canvas).places["conv1"][1]
    key(canvas, Key.Key_A, Held.ShiftModifier)
    assert canvas.box.isVisible()
    QTest.keyClick(canvas.box.line, Key.Key_Escape)
    assert not canvas.box.isVisible()
    assert len(canvas.drawing.nodes) == 3


@pytest.mark.parametrize(("first", "way"), [("conv1", Key.Key_Down), ("relu1", Key.Key_Up)])
def test_tab_puts_a_layer_between_two_that_are_linked(make: Make, first: str, way: Qt.Key) -> None:
    canvas = make(*CHAIN)
    document = canvas.drawing.document
    canvas.select((first,))
    key(canvas, way, Held.ShiftModifier)
    assert set(canvas.session.selection) == {"conv1", "relu1"}
    key(canvas, Key.Key_Tab)
    QTest.keyClicks(canvas.box.line, "batchnorm2d")
    QTest.keyClick(canvas.box.line, Key.Key_Return)
    assert inputs(canvas, "relu1") == ("batchnorm1",)
    assert inputs(canvas, "batchnorm1") == ("conv1",)
    assert not any(facts.problem for facts in document.facts.values())
    document.undo()
    assert inputs(canvas, "relu1") == ("conv1",)
    canvas.select(("conv1", "relu1"))
    canvas.add_layer("Add")
    assert inputs(canvas, "add1") == ("conv1", "relu1"), "what joins, joins those that are selected"
    document.undo()
    canvas.select((), ("conv1", "relu1", 0))
    canvas.add_layer("ReLU")
    assert inputs(canvas, "relu1") == ("relu2",)


def test_double_click_on_ground_adds_there(make: Make) -> None:
    canvas = make()
    QTest.mouseDClick(canvas.viewport(), LEFT, Held.NoModifier, QPoint(300, 200))
    assert canvas.box.list.item(0).text() == "Input"  # what a network begins with
    QTest.keyClick(canvas.box.line, Key.Key_Return)
    x, y = project(canvas).places["input1"]
    assert canvas.viewportTransform().map(QPointF(x + WIDTH / 2, y + HEIGHT / 2)).toPoint() == QPoint(300, 200)


def test_search_says_what_each_kind_would_make(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.session.select(("relu1",))
    key(canvas, Key.Key_Tab)
    said = {canvas.box.list.item(i).text(): canvas.box.list.item(i).data(FOUND).aside for i in range(4)}
    assert said["MaxPool2d"] == "8×16×16"
    QTest.keyClicks(canvas.box.line, "linear")
    assert "needs a vector" in canvas.box.list.item(0).data(FOUND).aside
    canvas.session.set_conventions(replace(canvas.session.conventions, order="HWC"))
    for query, made in (("maxpool2d", "16×16×8"), ("convolutionalblock", "16×16×256"), ("denseblock", "32×32×136")):
        canvas.search()
        QTest.keyClicks(canvas.box.line, query)
        assert canvas.box.list.item(0).data(FOUND).aside == made, "sizes are written as on the cards"
    canvas.find_layer()
    QTest.keyClicks(canvas.finder.line, "conv1")
    assert canvas.finder.list.item(0).data(FOUND).aside == "32×32×8"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (("relu1", 0.3, 0.5), ("relu1", 1.6, 0.7)),  # move
        (("relu1", 0.5, 1.0), ("x", 1.5, 0.5)),  # a new wire
        (("relu1", 0.5, 0.0), ("x", 1.5, 0.5)),  # unplug
        (("x", -0.5, 0.0), ("relu1", 0.5, 0.5)),  # rubber band
    ],
)
def test_escape_cancels_and_leaves_nothing(make: Make, start: tuple[Any, ...], end: tuple[Any, ...]) -> None:
    canvas = make(*CHAIN)
    canvas.session.select(("x",))
    before, places = project(canvas), canvas.drawing.places
    routes, at = dict(canvas.drawing.links.routes), spot(canvas, *end)
    canvas.drawing.point_at(canvas.drawing.hit(QPointF(-1e5, 0), 1))
    clean = painted(canvas)
    press_and_pull(canvas, spot(canvas, *start), at)
    assert painted(canvas) != clean
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, at)
    assert project(canvas) is before
    assert canvas.session.document.history.count == 0
    assert canvas.drawing.places == places
    assert canvas.drawing.links.routes == routes
    assert canvas.session.selection == ("x",)
    assert painted(canvas) == clean


def wheel(canvas: Canvas, at: QPoint, turn: int, held: Qt.KeyboardModifier) -> None:
    where = QPointF(at)
    event = QWheelEvent(
        where, canvas.viewport().mapToGlobal(where), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)


def test_zoom_keeps_the_point_under_the_cursor(make: Make) -> None:
    canvas = make(*CHAIN)
    at = QPoint(333, 217)
    held, zoom = canvas.scene_point(QPointF(at)), canvas.zoom
    for turn in (120, 120, 120, -120, 120, -120, -120, -120, -120, -120):
        wheel(canvas, at, turn, Held.ControlModifier)
        drift = (canvas.scene_point(QPointF(at)) - held) * canvas.zoom
        assert drift.manhattanLength() <= 1.01  # half a pixel each way
    assert canvas.zoom < zoom


def test_plain_wheel_scrolls(make: Make) -> None:
    canvas = make(*CHAIN)
    seen, zoom = canvas.visible, canvas.zoom
    wheel(canvas, QPoint(300, 300), -120, Held.NoModifier)
    assert canvas.visible.top() > seen.top()
    assert canvas.visible.left() == seen.left()
    wheel(canvas, QPoint(300, 300), -120, Held.ShiftModifier)
    assert canvas.visible.left() > seen.left()
    assert canvas.zoom == zoom


def test_middle_button_and_space_pan(make: Make) -> None:
    canvas = make(*CHAIN)
    before = spot(canvas, "conv1")
    start = QPoint(100, 100)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.MiddleButton, Held.NoModifier, start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(70, 40))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.MiddleButton, Held.NoModifier, start + QPoint(70, 40))
    assert spot(canvas, "conv1") == before + QPoint(70, 40)
    QTest.keyPress(canvas.viewport(), Key.Key_Space)
    drag(canvas, spot(canvas, "conv1"), spot(canvas, "conv1") + QPoint(-70, -40))
    QTest.keyRelease(canvas.viewport(), Key.Key_Space)
    assert spot(canvas, "conv1") == before
    assert canvas.session.document.history.count == 0


def chain(length: int) -> list[Node]:
    nodes = [Node("x", Input(3, 64, 64))]
    for i in range(1, length):
        nodes.append(Node(f"conv{i}", Conv2d(8, 3, 1, 1), (nodes[-1].id,)))
    return nodes


def test_fit_and_frame(make: Make) -> None:
    canvas = make(*chain(60))
    bounds = canvas.drawing.bounds()
    assert canvas.zoom == pytest.approx(0.84, abs=0.01)  # opened at the beginning
    assert canvas.visible.contains(canvas.drawing.bounds(["x"]))
    key(canvas, Key.Key_Home)
    assert canvas.visible.contains(bounds)
    canvas.session.select(("conv30",))
    key(canvas, Key.Key_F)
    assert canvas.zoom == 1
    assert (canvas.visible.center() - canvas.drawing.bounds(["conv30"]).center()).manhattanLength() < 3


def test_opening_frames_what_was_opened(make: Make) -> None:
    canvas = make(*chain(60))
    canvas.fit()
    network = Network({n.id: n for n in CHAIN})
    canvas.session.document.open(Project(network, {n.id: (5000.0, 100.0 * i) for i, n in enumerate(CHAIN)}))
    canvas.session.opened.emit("")
    assert canvas.visible.contains(canvas.drawing.bounds())
    assert canvas.zoom > 0.5


def test_arrows_walk_along_links(make: Make) -> None:
    branches = (Node("a", Conv2d(8), ("x",)), Node("b", Conv2d(8), ("x",)), Node("add1", Add(), ("a", "b")))
    canvas = make(CHAIN[0], *branches)
    walked = []
    for way in (Key.Key_Down, Key.Key_Down, Key.Key_Right, Key.Key_Left, Key.Key_Down, Key.Key_Down, Key.Key_Up):
        key(canvas, way)
        walked.append(canvas.session.selection[0])
    left, right = sorted("ab", key=lambda id: project(canvas).places[id][0])
    assert walked[0] == "x"
    assert walked[1] in "ab"
    assert walked[2:4] == [right, left]
    assert walked[4:6] == ["add1", "add1"]
    assert walked[6] in "ab"
    canvas.session.select(("a",))
    asked: list[str] = []
    canvas.edit_requested.connect(asked.append)
    key(canvas, Key.Key_Return)
    assert asked == ["a"]


def test_a_card_lands_in_line_with_another(make: Make) -> None:
    canvas = make(*CHAIN)
    start = spot(canvas, "relu1", 0.3)
    drag(canvas, start, start + QPoint(round(300 * canvas.zoom), 0))
    here, there = (project(canvas).places[id] for id in ("relu1", "conv1"))
    assert here[0] > there[0] + WIDTH
    start, reach = spot(canvas, "relu1", 0.3), round((here[0] - there[0]) * canvas.zoom)
    press_and_pull(canvas, start, start + QPoint(4 - reach, 3))
    before = canvas.viewport().grab().toImage()
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, start + QPoint(4 - reach, 3))
    assert project(canvas).places["relu1"][0] == there[0]
    line, after = round(spot(canvas, "conv1").x()), canvas.viewport().grab().toImage()
    assert any(before.pixel(x, 2) != after.pixel(x, 2) for x in range(line - 2, line + 3)), "the line was seen"


def test_alt_drag_leaves_a_copy(make: Make) -> None:
    canvas = make(*CHAIN)
    before = project(canvas)
    click(canvas, spot(canvas, "conv1", 0.3))
    click(canvas, spot(canvas, "relu1", 0.3), Held.ShiftModifier)
    start = spot(canvas, "relu1", 0.3)
    drag(canvas, start, start + QPoint(320, 40), Held.AltModifier)
    after = project(canvas)
    assert canvas.session.selection == ("conv2", "relu2")
    assert inputs(canvas, "relu2") == ("conv2",)
    assert inputs(canvas, "conv2") == ()
    assert {id: after.places[id] for id in before.places} == before.places
    apart = [tuple(b - a for a, b in zip(after.places[old], after.places[new], strict=True))
             for old, new in (("conv1", "conv2"), ("relu1", "relu2"))]  # fmt: skip
    assert apart[0] == apart[1]
    assert apart[0][0] > 0
    assert canvas.session.document.history.undo_text == "Duplicate 2 layers"
    canvas.session.document.undo()
    assert project(canvas) == before
    press_and_pull(canvas, start, start + QPoint(320, 40), Held.AltModifier)
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.AltModifier, start + QPoint(320, 40))
    assert project(canvas) == before
    press_and_pull(canvas, start, start + QPoint(320, 40))  # where the window manager takes a press with Alt
    assert canvas.drawing.places["relu1"] != before.places["relu1"]
    QTest.keyPress(canvas.viewport(), Key.Key_Alt)
    assert canvas.drawing.places["relu1"] == before.places["relu1"], "what was comes back to its place"
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.AltModifier, start + QPoint(320, 40))
    QTest.keyRelease(canvas.viewport(), Key.Key_Alt)
    assert project(canvas).places == after.places
    assert canvas.session.selection == ("conv2", "relu2")
    canvas.session.document.undo()
    press_and_pull(canvas, spot(canvas, "flatten1", 0.3), start + QPoint(320, 40))
    QTest.keyClick(canvas.viewport(), Key.Key_Alt)
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.AltModifier, start + QPoint(320, 40))
    assert project(canvas) == before
    assert canvas.session.selection == ("conv1", "relu1"), "as before the press"
    click(canvas, spot(canvas, "conv1", 0.3), Held.AltModifier)  # does not move: a plain click
    assert project(canvas) == before
    assert canvas.session.selection == ("conv1",)


def test_keys_link_and_move(make: Make) -> None:
    canvas = make(*CHAIN, Node("linear1", Linear(10)))
    canvas.session.select(("flatten1", "linear1"))
    key(canvas, Key.Key_L)
    assert inputs(canvas, "linear1") == ("flatten1",)
    key(canvas, Key.Key_L)
    assert inputs(canvas, "linear1") == ()
    steps = canvas.session.document.history.count
    x = project(canvas).places["linear1"][0]
    key(canvas, Key.Key_Right, Held.AltModifier)
    key(canvas, Key.Key_Right, Held.AltModifier)
    assert project(canvas).places["linear1"][0] == x + 16
    assert canvas.session.document.history.count == steps + 1


def drop(canvas: Canvas, at: QPoint, kind: str) -> bool:
    data = QMimeData()
    data.setData(MIME, kind.encode())
    rest = (Qt.DropAction.CopyAction, data, LEFT, Held.NoModifier)
    enter = QDragEnterEvent(at, *rest)
    QApplication.sendEvent(canvas.viewport(), enter)
    event = QDropEvent(QPointF(at), *rest)
    QApplication.sendEvent(canvas.viewport(), event)
    return event.isAccepted()


def test_a_kind_is_dropped_on_ground_and_on_a_link(make: Make) -> None:
    canvas = make(*CHAIN)
    assert drop(canvas, QPoint(120, 500), "Conv2d")
    assert inputs(canvas, "conv2") == ()
    x, y = project(canvas).places["conv2"]
    assert canvas.viewportTransform().map(QPointF(x + WIDTH / 2, y + HEIGHT / 2)).toPoint() == QPoint(120, 500)
    between = (spot(canvas, "conv1", 0.5, 1) + spot(canvas, "relu1", 0.5, 0)) / 2
    assert drop(canvas, between, "BatchNorm2d")
    assert inputs(canvas, "batchnorm1") == ("conv1",)
    assert inputs(canvas, "relu1") == ("batchnorm1",)
    cards = [canvas.drawing.bounds([id]) for id in ("conv1", "batchnorm1", "relu1", "flatten1")]
    assert all(a.bottom() < b.top() for a, b in pairwise(cards))
    assert not drop(canvas, QPoint(120, 500), "NoSuchKind")


def dropped_text(canvas: Canvas, at: QPoint, text: str) -> bool:
    data = QMimeData()
    data.setText(text)
    rest = (Qt.DropAction.CopyAction, data, LEFT, Held.NoModifier)
    for event in (QDragEnterEvent(at, *rest), QDragMoveEvent(at, *rest), QDropEvent(QPointF(at), *rest)):
        QApplication.sendEvent(canvas.viewport(), event)
        if not event.isAccepted():
            return False
    return True


def test_layers_are_dropped_as_text_where_the_mouse_is(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.session.select(("conv1", "relu1"))
    key(canvas, Key.Key_C, Held.ControlModifier)
    text, before, at = QGuiApplication.clipboard().text(), project(canvas), QPoint(700, 420)
    view = canvas.visible
    told: list[str] = []
    canvas.session.failed.connect(lambda _lane, sentence: told.append(sentence))
    assert dropped_text(canvas, at, text)
    assert inputs(canvas, "relu2") == ("conv2",)
    middle = canvas.drawing.bounds(("conv2", "relu2")).center()
    assert (canvas.viewportTransform().map(middle).toPoint() - at).manhattanLength() < 16
    assert canvas.visible == view, "one sees where one lets go"
    assert set(canvas.session.selection) == {"conv2", "relu2"}
    assert canvas.session.document.history.undo_text == "Drop 2 layers"
    canvas.session.document.undo()
    assert project(canvas) == before
    assert not dropped_text(canvas, at, "a shopping list"), "the pointer says that it does not go in"
    assert not told
    assert dropped_text(canvas, at, '{"cnn-explorer nodes": 1, "nodes": [{"id": "a"}]}')
    assert told == ["The clipboard's layers lack an id, a kind, settings or inputs."]
    assert project(canvas) == before


def test_copy_paste_and_duplicate(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.session.select(("conv1", "relu1"))
    key(canvas, Key.Key_C, Held.ControlModifier)
    other = make(Node("x", Input(1, 9, 9)))
    key(other, Key.Key_V, Held.ControlModifier)
    assert inputs(other, "relu1") == ("conv1",)
    assert project(other).network.nodes["conv1"].layer == CHAIN[1].layer
    assert set(other.session.selection) == {"conv1", "relu1"}
    key(canvas, Key.Key_D, Held.ControlModifier)
    assert inputs(canvas, "relu2") == ("conv2",)
    assert inputs(canvas, "conv2") == ()
    overlap = [
        canvas.drawing.bounds([a]).intersects(canvas.drawing.bounds([b])) for a in CHAIN_IDS for b in ("conv2", "relu2")
    ]
    assert not any(overlap)
    key(canvas, Key.Key_A, Held.ControlModifier)
    key(canvas, Key.Key_X, Held.ControlModifier)
    assert not canvas.drawing.nodes
    key(canvas, Key.Key_V, Held.ControlModifier)
    assert len(canvas.drawing.nodes) == 6


CHAIN_IDS = [n.id for n in CHAIN]


def text(**entry: Any) -> str:
    whole = {"id": "a", "kind": "Conv2d", "settings": {}, "inputs": [], "place": [0, 0], **entry}
    return json.dumps({"cnn-explorer nodes": 1, "nodes": [whole]})


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("no json", "no layers"),
        ("[" * 50000, "no layers"),
        ("[1, 2]", "no layers"),
        (text(kind="Evil"), "unknown kind 'Evil'"),
        (text(settings={"kernel": -3}), "kernel"),
        (text(settings={"kernel": {"a": 1}}), "kernel"),
        (text(settings=7), "lack"),
        (text(id=[]), "lack"),
        (text()[:-9], "are no JSON at line 1, column"),
        (text().replace('"kind"', "kind"), "no JSON at line 1, column 49: expecting property name"),
    ],
)
def test_broken_clipboard_text_gives_a_sentence(make: Make, pasted: str, said: str) -> None:
    canvas = make(*CHAIN)
    heard: list[tuple[str, str]] = []
    canvas.session.failed.connect(lambda lane, sentence: heard.append((lane, sentence)))
    before = project(canvas)
    QGuiApplication.clipboard().setText(pasted)
    canvas.paste()
    assert project(canvas) is before
    assert len(heard) == 1
    assert heard[0][0] == "canvas"
    assert said in heard[0][1]
    assert len(heard[0][1]) <= 300


def test_a_thousand_nodes_build_and_an_edit_reaches_every_card(make: Make) -> None:
    canvas = make(*chain(1000))
    assert len(canvas.drawing.nodes) == 1000
    assert len(canvas.drawing.links.routes) == 999
    canvas.fit()
    far = painted(canvas)
    assert canvas.zoom < 0.3
    assert far.pixelColor(spot(canvas, "conv500")) != far.pixelColor(5, 5)
    changed = project(canvas).network.with_settings("conv1", stride=2)
    canvas.edit("Stride", project(canvas).rewired(changed))
    assert {item.card.shape for id, item in canvas.drawing.nodes.items() if id != "x"} == {"8×32×32"}
    canvas.session.document.undo()
    assert canvas.drawing.nodes["conv999"].card.shape == "8×64×64"


def test_a_problem_is_said_and_what_waits_is_quiet(make: Make) -> None:
    canvas = make(*CHAIN[:2], Node("linear1", Linear(10), ("conv1",)), Node("relu1", ReLU(), ("linear1",)))
    assert canvas.drawing.nodes["linear1"].card.broken
    assert canvas.drawing.nodes["relu1"].card.waiting
    assert not canvas.drawing.nodes["relu1"].card.broken
    canvas.session.select(("linear1",))
    assert "put a Flatten before it" in canvas.accessibleDescription()


def test_a_long_name_keeps_its_last_parts_whole(qapp: QApplication) -> None:
    measure = metrics(12, bold=True)
    room = measure.horizontalAdvance("…denseblock1")
    name = "features.denseblock1"
    assert in_room(name, measure, measure.horizontalAdvance(name)) == name
    assert in_room(name, measure, room) == in_room(f"backbone.{name}", measure, room) == "…denseblock1"
    cut = in_room(name, measure, room - 1)
    assert (cut[0], cut[-1], measure.horizontalAdvance(cut) < room) == ("f", "1", True), "its two ends"
    assert in_room("features.block.12", measure, measure.horizontalAdvance("…12")) != "…12", "a number names nothing"


def test_a_theme_change_repaints(make: Make, qapp: QApplication) -> None:
    canvas = make(*CHAIN)
    try:
        theme.apply(qapp, "light")
        QApplication.processEvents()
        light = painted(canvas)
        theme.apply(qapp, "dark")
        QApplication.processEvents()
        dark = painted(canvas)
        for point in (QPoint(3, 3), spot(canvas, "conv1", 0.9, 0.9)):
            assert light.pixelColor(point).lightness() > 200
            assert dark.pixelColor(point).lightness() < 60
    finally:
        theme.apply(qapp, "light")


def test_arrange_is_one_step(make: Make) -> None:
    canvas = make(*CHAIN)
    tidy = project(canvas).places
    start = spot(canvas, "relu1", 0.3)
    drag(canvas, start, start + QPoint(200, 0))
    canvas.arrange()
    assert project(canvas).places == tidy
    assert canvas.session.document.history.count == 2


def test_pictures_are_exported_or_the_reason_said(make: Make, tmp_path: Path) -> None:
    canvas = make(*CHAIN)
    canvas.export_picture(str(tmp_path / "net.png"))
    assert QImage(str(tmp_path / "net.png")).width() > 400
    canvas.export_picture(str(tmp_path / "net.svg"))
    assert "8×32×32" in (tmp_path / "net.svg").read_text("utf-8")
    canvas.export_picture(str(tmp_path / "net.pdf"))
    document = QPdfDocument()
    assert document.load(str(tmp_path / "net.pdf")) == QPdfDocument.Error.None_
    assert "8×32×32" in "".join(document.getAllText(0).text().split())
    for ending in ("png", "svg", "pdf"):
        with pytest.raises(Refusal, match=rf"“net\.{ending}” could not be saved, the folder “missing” is not there"):
            canvas.export_picture(str(tmp_path / "missing" / f"net.{ending}"))
    with pytest.raises(Refusal, match=r"a \.png, \.svg or \.pdf file"):
        canvas.export_picture(str(tmp_path / "net.gif"))
    with pytest.raises(Refusal, match="no layer to draw"):
        make().export_picture(str(tmp_path / "none.png"))
    assert sorted(os.listdir(tmp_path)) == ["net.pdf", "net.png", "net.svg"]


def test_a_picture_for_slides_lies_on_white_in_every_theme(make: Make, qapp: QApplication) -> None:
    canvas = make(*CHAIN)
    try:
        theme.apply(qapp, "light")
        light = picture(canvas.drawing)
        theme.apply(qapp, "dark")
        QApplication.processEvents()
        dark = picture(canvas.drawing)
        assert dark.pixelColor(2, 2) == QColor("white")
        assert dark == light
        assert painted(canvas).pixelColor(3, 3).lightness() < 60  # the window is as it was
    finally:
        theme.apply(qapp, "light")


def test_a_picture_keeps_tags_as_text(make: Make, tmp_path: Path) -> None:
    canvas = make(Node("<script>x</script>", Input(3, 8, 8)))
    canvas.export_picture(str(tmp_path / "net.svg"))
    assert "<script" not in (tmp_path / "net.svg").read_text("utf-8")


def test_undo_during_a_drag_wins(make: Make) -> None:
    canvas = make(*CHAIN)
    start = spot(canvas, "conv1", 0.3)
    drag(canvas, start, start + QPoint(96, 0))
    press_and_pull(canvas, spot(canvas, "relu1", 0.3), spot(canvas, "relu1", 1.2))
    canvas.session.document.undo()
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, QPoint(10, 10))
    assert canvas.drawing.places == project(canvas).places
    assert canvas.session.document.history.can_redo


def test_a_tool_tip_tells_of_a_link(make: Make) -> None:
    canvas = make(*CHAIN)
    at = (spot(canvas, "conv1", 0.5, 1) + spot(canvas, "relu1", 0.5, 0)) / 2
    QApplication.sendEvent(canvas.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, canvas.mapToGlobal(at)))
    assert "conv1 → relu1, 8×32×32" in QToolTip.text()


def test_a_tool_tip_shows_tags_as_text(make: Make) -> None:
    canvas = make(Node("<img src='file:///x'>", Input(3, 8, 8)))
    at = canvas.viewport().rect().center()
    QApplication.sendEvent(canvas.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, canvas.mapToGlobal(at)))
    assert "&lt;img" in QToolTip.text()
    assert "<img" not in QToolTip.text()


@pytest.mark.parametrize(
    ("layer", "cure"),
    [
        (Linear(10), "put a Flatten before it"),
        (Conv2d(8, 3, stride=2, padding="same"), "give the padding as a number instead"),
    ],
)
def test_a_card_tells_the_cure_too(make: Make, tmp_path: Path, layer: Layer, cure: str) -> None:
    canvas = make(Node("x", Input(64, 111, 111)), Node("wrong", layer, ("x",)))
    canvas.export_picture(str(tmp_path / "net.svg"))
    lines = re.findall(r">([^<>]+)</text>", (tmp_path / "net.svg").read_text("utf-8"))
    assert cure in " ".join(line.strip() for line in lines)


def test_zoom_commands(qtbot: Any) -> None:
    network = Network({n.id: n for n in CHAIN})
    window = Window(Session(Document(Project(network, arranged(network))), IdleWorker()), Settings())
    qtbot.addWidget(window)
    window.show()
    window.complete()
    window.build()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    canvas = window.canvas
    canvas.setFocus()
    canvas.fit()
    canvas.zoom_by(-5)
    small = canvas.zoom
    key(canvas, Key.Key_Equal, Held.ControlModifier)
    assert canvas.zoom > small
    key(canvas, Key.Key_Minus, Held.ControlModifier)
    assert canvas.zoom == small
    key(canvas, Key.Key_Plus, Held.ControlModifier)
    assert canvas.zoom > small
    key(canvas, Key.Key_0, Held.ControlModifier)
    assert canvas.zoom == 1


def test_a_picture_shows_nothing_selected(make: Make, tmp_path: Path) -> None:
    canvas = make(*CHAIN)
    for ending in ("png", "svg"):
        canvas.session.select(())
        canvas.export_picture(str(tmp_path / f"plain.{ending}"))
        canvas.session.select(("relu1",))
        canvas.drawing.choose(("relu1",), next(iter(canvas.drawing.links.routes)))
        canvas.export_picture(str(tmp_path / f"selected.{ending}"))
        assert (tmp_path / f"selected.{ending}").read_bytes() == (tmp_path / f"plain.{ending}").read_bytes()


def test_a_large_network_s_links_follow_its_cards(make: Make) -> None:
    canvas = make()
    nodes = [Node("n0", Input(3, 32, 32)), *(Node(f"n{i}", ReLU(), (f"n{i - 1}",)) for i in range(1, 101))]
    network = Network({node.id: node for node in nodes})
    canvas.session.document.open(Project(network, arranged(network)))
    assert len(canvas.drawing.nodes) == 101
    assert not canvas.drawing.links.routes
    settled(canvas.session)
    assert len(canvas.drawing.links.routes) == 100
    canvas.session.document.open(Project())  # and closed again before they are there
    canvas.session.document.open(Project(network, arranged(network)))
    canvas.session.document.open(Project())
    settled(canvas.session)
    assert not canvas.drawing.links.routes
    canvas.session.document.open(Project(network, arranged(network)))
    canvas.select(["n5"])
    canvas.delete()  # edited before they are there
    assert len(canvas.drawing.links.routes) == 99
    settled(canvas.session)
    assert len(canvas.drawing.links.routes) == 99


def test_every_frame_draws_some_new_cards_whatever_time_is_left(qapp) -> None:
    """Else a network whose old cards take the whole budget would be repainted for ever, and never be whole."""
    pixmaps = Pixmaps()
    cards = [Card("ReLU", "Activation", 1, f"n{i}", "", "3×8×8", 0, "") for i in range(20)]
    drawn = 0
    for _frame in range(5):
        pixmaps.begin()
        pixmaps._until = 0.0  # the time is spent already
        drawn += sum(pixmaps.get(card, 1.0, 1.0) is not None for card in cards[drawn : drawn + 20])
    assert drawn == 20


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_drawn_cards_are_kept_up_to_a_bound_and_those_in_sight_stay(qapp, monkeypatch, ratio: float) -> None:
    monkeypatch.setattr("explorer.ui.canvas.pixmaps.ROOM", 2**20)  # 17 cards at ratio 1, 9 at ratio 2
    pixmaps = Pixmaps()
    cards = [Card("ReLU", "Activation", 1, f"n{i}", "", "3×8×8", 0, "") for i in range(60)]
    first = pixmaps.get(cards[0], 1.0, ratio, wait=True)
    assert first is not None
    for card in cards:
        pixmaps.get(card, 1.0, ratio, wait=True)
        assert pixmaps.get(cards[0], 1.0, ratio) is first, "it is in sight"
    one = first.width() * first.height() * 4
    assert len(pixmaps._kept) == int(2**20 * ratio) // one < 20
    assert pixmaps._bytes == one * len(pixmaps._kept)
    assert list(pixmaps._kept)[-2][0] is cards[-1]


# Colours by cost


def shades(canvas: Canvas) -> dict[str, int]:
    return {id: item.card.shade for id, item in canvas.drawing.nodes.items()}


def middle(canvas: Canvas, id: str) -> str:
    """The colour of a card's ground."""
    at = spot(canvas, id, 0.6, 0.45)
    return painted(canvas).pixelColor(at).name()


def test_colours_follow_an_edit(make: Make) -> None:
    canvas = make(*CHAIN, Node("scores", Linear(10), ("flatten1",)))
    plain = painted(canvas)
    canvas.colour_by("parameters")
    assert shades(canvas) == {"x": 0, "conv1": 1, "relu1": 0, "flatten1": 0, "scores": LEVELS}
    assert middle(canvas, "scores") == theme.current().heated(1).name()
    assert middle(canvas, "relu1") == theme.current().card
    canvas.edit("test", project(canvas).rewired(project(canvas).network.with_settings("scores", features=1)))
    canvas.edit("test", project(canvas).rewired(project(canvas).network.with_settings("conv1", channels=9, kernel=31)))
    assert middle(canvas, "conv1") == theme.current().heated(1).name()
    assert canvas.drawing.nodes["conv1"].card.figure.brief == "26.0 k"
    canvas.session.document.undo()
    canvas.session.document.undo()
    assert shades(canvas)["scores"] == LEVELS
    canvas.colour_by("")
    assert painted(canvas) == plain


def test_only_cards_whose_colour_changes_are_drawn_anew(make: Make) -> None:
    canvas = make(*CHAIN, Node("scores", Linear(10), ("flatten1",)))
    canvas.colour_by("MACs")
    cards = {id: item.card for id, item in canvas.drawing.nodes.items()}
    canvas.edit("test", project(canvas).rewired(project(canvas).network.with_settings("scores", bias=False)))
    changed = {id for id, item in canvas.drawing.nodes.items() if item.card is not cards[id]}
    assert changed == {"scores"}  # only its parameters are others


def test_the_legend_stays_in_its_corner(make: Make) -> None:
    canvas = make(*CHAIN)
    legend = canvas.legend
    assert not legend.isVisible()
    canvas.colour_by("memory")
    assert legend.isVisible()
    assert legend.accessibleName() == "Colour: Memory, 12.3 kB to 32.8 kB"
    room = canvas.grab().toImage().copy(legend.geometry().adjusted(2, 2, -2, -2))
    canvas.scroll_by(-50, -90)
    assert canvas.grab().toImage().copy(legend.geometry().adjusted(2, 2, -2, -2)) == room
    canvas.resize(700, 500)
    assert legend.geometry().bottom() == 500 - 17
    canvas.edit("test", project(canvas).rewired(Network({})))
    assert not legend.isVisible()


def test_colours_are_exported_with_their_legend(make: Make, tmp_path: Path) -> None:
    canvas = make(*CHAIN)
    canvas.export_picture(str(tmp_path / "plain.png"))
    canvas.colour_by("MACs")
    canvas.export_picture(str(tmp_path / "coloured.png"))
    plain, coloured = QImage(str(tmp_path / "plain.png")), QImage(str(tmp_path / "coloured.png"))
    assert coloured.height() > plain.height()
    hottest = theme.current().heated(1).name()
    assert any(coloured.pixelColor(coloured.width() // 2 + 90, y).name() == hottest for y in range(plain.height()))


def test_a_screen_reader_hears_the_cost(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.colour_by("MACs")
    canvas.select(("conv1",))
    assert canvas.accessibleDescription() == "Conv2d conv1, output 8×32×32, 224 parameters, 221,184 MACs"


def luminance(colour: QColor) -> float:
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3])
    return sum(c * part for c, part in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_heat_is_told_apart_without_hues_and_text_is_read_on_it(name: str) -> None:
    colours = theme.THEMES[name]
    ramp = [luminance(colours.heated(level / LEVELS)) for level in range(LEVELS + 1)]
    assert ramp in (sorted(ramp), sorted(ramp, reverse=True))
    assert len(set(ramp)) == LEVELS + 1
    for text, least in ((colours.text, 4.5), (colours.bar, 3.0)):
        ink = luminance(QColor(text))
        assert all((max(ink, one) + 0.05) / (min(ink, one) + 0.05) >= least for one in ramp)


def test_the_minimap_shows_where_one_is_and_leads_elsewhere(make: Make, qtbot) -> None:
    nodes = [Node("x", Input(3, 64, 64))]
    nodes += [Node(f"relu{i}", ReLU(), (nodes[-1].id if i == 0 else f"relu{i - 1}",)) for i in range(60)]
    canvas = make(*nodes)
    minimap = canvas.minimap
    canvas.zoom_to_full()
    canvas.frame(("x",))
    qtbot.waitUntil(minimap.isVisible)
    assert canvas.rect().contains(minimap.geometry())
    QTest.mouseClick(minimap, LEFT, Held.NoModifier, QPoint(minimap.width() // 2, minimap.height() - 10))
    seen = canvas.drawing.within(canvas.visible)
    assert "relu59" in seen
    assert "x" not in seen
    assert not canvas.session.selection, "a click in it is none on the canvas"
    before = minimap.grab().toImage()
    QTest.mousePress(minimap, LEFT, Held.NoModifier, QPoint(minimap.width() // 2, minimap.height() - 10))
    QTest.mouseMove(minimap, QPoint(minimap.width() // 2, minimap.height() // 2))
    QTest.mouseRelease(minimap, LEFT, Held.NoModifier, QPoint(minimap.width() // 2, minimap.height() // 2))
    assert "relu30" in canvas.drawing.within(canvas.visible)
    assert minimap.grab().toImage() != before
    minimap.want(False)
    assert not minimap.isVisible()
    minimap.want(True)
    canvas.frame(canvas.drawing.nodes)
    assert not minimap.isVisible(), "everything is in view"


def test_the_minimap_follows_edits_and_selection(make: Make, qtbot) -> None:
    nodes = [Node("x", Input(3, 64, 64))]
    nodes += [Node(f"relu{i}", ReLU(), (nodes[-1].id if i == 0 else f"relu{i - 1}",)) for i in range(60)]
    canvas = make(*nodes)
    canvas.zoom_to_full()
    qtbot.waitUntil(canvas.minimap.isVisible)
    first = canvas.minimap.grab().toImage()
    canvas.select(("relu50",))
    second = canvas.minimap.grab().toImage()
    assert second != first
    canvas.select(())
    canvas.edit("Move", project(canvas).moved({"relu59": (900.0, 0.0)}))
    qtbot.wait(200)
    assert canvas.minimap.grab().toImage() != first


def test_the_minimap_is_no_wall_and_keeps_off_what_one_looks_at(make: Make, qtbot) -> None:
    canvas = make(*chain(60))
    minimap = canvas.minimap
    canvas.resize(720, 300)
    canvas.zoom_to_full()
    canvas.frame(("x",))
    qtbot.waitUntil(minimap.isVisible)
    usual = minimap.geometry()
    assert usual.height() <= 0.7 * 300, "a low window"
    at = canvas.scene_point(QPointF(usual.topLeft()))
    note = Note((at.x(), at.y()), (400, 400), text="Read me")
    canvas.session.document.open(replace(project(canvas), annotations={"note1": note}))
    canvas.zoom_to_full()
    minimap.follow()
    minimap._choose()
    assert not minimap.geometry().intersects(canvas.viewportTransform().mapRect(QRectF(*note.place, 400, 400)).toRect())
    canvas.resize(270, 300)
    minimap.follow()
    assert not minimap.isVisible(), "beside a card there is no room, as on a screen at 300 %"
    canvas.resize(720, 300)
    minimap.follow()
    assert minimap.isVisible()


def test_what_is_duplicated_does_not_lie_under_the_minimap(make: Make, qtbot) -> None:
    canvas = make(*chain(60))
    canvas.zoom_to_full()
    qtbot.waitUntil(canvas.minimap.isVisible)
    corner = canvas.scene_point(QPointF(canvas.minimap.geometry().center()))
    canvas.edit("Move", project(canvas).moved({"conv50": (corner.x() - 200, corner.y())}))
    canvas.select(("conv50",))
    canvas.duplicate()
    (copy,) = canvas.session.selection
    assert copy != "conv50"
    shown = canvas.viewportTransform().mapRect(canvas.drawing.bounds((copy,)))
    assert canvas.minimap.isVisible()
    assert not shown.intersects(QRectF(canvas.minimap.geometry()))
    assert QRectF(canvas.viewport().rect()).contains(shown)


@pytest.mark.parametrize("how", ["duplicate", "add", "block"])
def test_undo_of_what_was_added_out_of_sight_brings_the_view_back(make: Make, how: str) -> None:
    """The view went along to what is new, and stayed there when that was undone."""
    canvas = make(*chain(9))
    document = canvas.session.document
    canvas.zoom_to_full()
    canvas.resize(400, 300)
    bottom = canvas.drawing.bounds(("conv1",)).bottom() + 4
    canvas.look_at(QPointF(canvas.drawing.bounds(("conv1",)).center().x(), bottom - 140), 1.0)
    before = canvas.view_now
    canvas.select(("conv1",))
    {
        "duplicate": canvas.duplicate,
        "add": lambda: canvas.add_layer("ReLU"),
        "block": lambda: canvas.add_block(FireModule()),
    }[how]()
    after = canvas.view_now
    assert after != before
    document.undo()
    assert canvas.view_now.middle == pytest.approx(before.middle, abs=2)
    document.redo()
    assert canvas.view_now.middle == pytest.approx(after.middle, abs=2)


def test_marks_of_style_layers_are_seen_from_afar_and_in_a_picture(make: Make, tmp_path: Path) -> None:
    canvas = make(*chain(200))
    canvas.fit()
    assert canvas.zoom < 0.3
    plain = painted(canvas)
    canvas.export_picture(str(tmp_path / "plain.svg"))
    canvas.drawing.show_roles({"conv50": ("style",), "conv100": ("content", "style"), "gone": ("style",)})
    marked = painted(canvas)
    for id, plates in (("conv50", 1), ("conv100", 2)):
        right = canvas.mapFromScene(QPointF(canvas.drawing.places[id][0] + WIDTH, 0)).x()
        height = spot(canvas, id).y()
        changed = [
            x for x in range(right - 60, right + 2) if marked.pixelColor(x, height) != plain.pixelColor(x, height)
        ]  # fmt: skip
        assert 14 * plates <= len(changed) <= 22 * plates
    height = spot(canvas, "conv150").y()
    assert all(marked.pixelColor(x, height) == plain.pixelColor(x, height) for x in range(plain.width()))
    canvas.export_picture(str(tmp_path / "marked.svg"))
    before, after = (tmp_path / f"{name}.svg" for name in ("plain", "marked"))
    assert "style layer" not in before.read_text()
    assert "style layer" in after.read_text()
    assert "content layer" in after.read_text()
