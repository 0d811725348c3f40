"""What the mouse does on the canvas beyond the first click: copies, loose layers, links plugged elsewhere, and Esc."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.network.direction import CARD, GAP
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.canvas.view import Canvas
from explorer.ui.window import Window
from tests.test_canvas import (  # noqa: F401
    CHAIN,
    LEFT,
    Held,
    Key,
    Make,
    click,
    drag,
    inputs,
    key,
    make,
    painted,
    press_and_pull,
    project,
    spot,
)
from tests.window_side import idle_window

WIDE = (
    Node("x", Input(3, 32, 32)),
    *(Node(f"conv{i}", Conv2d(8, 3, 1, 1), ("x",)) for i in range(1, 6)),
    Node("concat1", Concat(), tuple(f"conv{i}" for i in range(1, 6))),
)


def apart(canvas: Canvas, ids: tuple[str, ...]) -> bool:
    cards = {id: canvas.drawing.bounds([id]) for id in canvas.drawing.nodes}
    return not any(cards[a].intersects(cards[b]) for a in ids for b in cards if a != b)


@pytest.mark.parametrize("chosen", [("conv3",), ("x",), ("conv1", "conv5"), ("x", "conv3", "concat1")])
def test_duplicates_land_beside_their_originals(make: Make, chosen: tuple[str, ...]) -> None:
    canvas = make(*WIDE)
    canvas.session.select(chosen)
    before = project(canvas).places
    key(canvas, Key.Key_D, Held.ControlModifier)
    copies = canvas.session.selection
    assert len(copies) == len(chosen)
    assert apart(canvas, copies)
    after = project(canvas).places
    ways = {tuple(b - a for a, b in zip(before[old], after[new], strict=True))
            for old, new in zip(sorted(chosen, key=list(before).index), copies, strict=True)}  # fmt: skip
    ((right, down),) = ways
    assert abs(right) <= 6 * (CARD[0] + GAP[0])
    assert abs(down) <= 2 * (CARD[1] + GAP[1])
    assert all(canvas.visible.intersects(canvas.drawing.bounds([id])) for id in copies)


def test_a_copy_of_one_layer_is_its_neighbour(make: Make) -> None:
    canvas = make(*CHAIN)
    click(canvas, spot(canvas, "relu1"))
    key(canvas, Key.Key_D, Held.ControlModifier)
    (x, y), (right, down) = (project(canvas).places[id] for id in ("relu1", "relu2"))
    assert down == y
    assert CARD[0] < right - x < 2 * CARD[0]
    key(canvas, Key.Key_D, Held.ControlModifier)
    assert project(canvas).places["relu3"][1] == y, "and so is the next one"


def test_a_whole_network_is_copied_beside_itself(make: Make) -> None:
    canvas = make(*WIDE)
    key(canvas, Key.Key_A, Held.ControlModifier)
    key(canvas, Key.Key_D, Held.ControlModifier)
    assert len(canvas.drawing.nodes) == 2 * len(WIDE)
    assert apart(canvas, tuple(canvas.drawing.nodes))


def test_layers_cut_here_are_pasted_into_another_network_in_sight(make: Make) -> None:
    canvas, other = make(*CHAIN), make(Node("x", Input(3, 32, 32)))
    click(canvas, spot(canvas, "conv1", 0.3))
    click(canvas, spot(canvas, "relu1", 0.3), Held.ControlModifier)
    key(canvas, Key.Key_X, Held.ControlModifier)
    assert inputs(canvas, "flatten1") == ("x",), "what is left is joined again"
    copied = json.loads(QGuiApplication.clipboard().text())
    assert [node["kind"] for node in copied["nodes"]] == ["Conv2d", "ReLU"]
    other.carry(QPointF(9000, 7000), other.visible.center())
    key(other, Key.Key_V, Held.ControlModifier)
    assert other.visible.contains(other.drawing.bounds(("conv1", "relu1")))
    assert inputs(other, "relu1") == ("conv1",)
    key(other, Key.Key_V, Held.ControlModifier)
    assert apart(other, other.session.selection)


def between(canvas: Canvas, above: str, below: str) -> QPoint:
    return (spot(canvas, above, 0.5, 1) + spot(canvas, below, 0.5, 0)) / 2


def test_a_loose_layer_dropped_on_a_link_goes_into_it(make: Make) -> None:
    canvas = make(*CHAIN, Node("norm", BatchNorm2d()))
    before = project(canvas)
    start, end = spot(canvas, "norm", 0.3), between(canvas, "conv1", "relu1") - QPoint(round(0.2 * CARD[0]), 0)
    press_and_pull(canvas, start, end)
    assert canvas.drawing.links.chosen == ("conv1", "relu1", 0), "the link that takes it is strong"
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, end)
    assert project(canvas) is before
    assert canvas.link is None
    drag(canvas, start, end)
    assert (inputs(canvas, "norm"), inputs(canvas, "relu1")) == (("conv1",), ("norm",))
    cards = [canvas.drawing.bounds([id]) for id in ("conv1", "norm", "relu1", "flatten1")]
    assert all(a.bottom() < b.top() for a, b in pairwise(cards))
    assert canvas.session.document.facts["norm"].shape == (8, 32, 32)
    assert canvas.session.document.history.count == 1
    canvas.session.document.undo()
    assert project(canvas) == before


def test_a_layer_with_links_of_its_own_only_moves(make: Make) -> None:
    canvas = make(*CHAIN, Node("other", Conv2d(4), ("x",)))
    end = between(canvas, "conv1", "relu1") - QPoint(round(0.2 * CARD[0]), 0)
    drag(canvas, spot(canvas, "other", 0.3), end)
    assert (inputs(canvas, "other"), inputs(canvas, "relu1")) == (("x",), ("conv1",))


BRANCHES = (
    CHAIN[0],
    Node("a", Conv2d(8, 3, 1, 1), ("x",)),
    Node("b", Conv2d(8, 3, 1, 1), ("x",)),
    Node("c", ReLU(), ("x",)),
    Node("add1", Add(), ("a", "b")),
)


def test_the_other_end_of_a_chosen_link_is_plugged_elsewhere(make: Make) -> None:
    canvas = make(*BRANCHES)
    route = canvas.drawing.links.routes["a", "add1", 0]
    middle = QPointF(*[(p + q) / 2 for p, q in zip(route[-2], route[-1], strict=True)])
    canvas.select((), ("a", "add1", 0))
    press_and_pull(canvas, spot(canvas, "a", 0.5, 1), spot(canvas, "c"))
    assert canvas.gesture.words.startswith("needs equal shapes"), "what would come out is said"
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, spot(canvas, "c"))
    assert inputs(canvas, "add1") == ("c", "b"), "it stays the first input"
    canvas.session.document.undo()
    canvas.select((), ("a", "add1", 0))
    drag(canvas, spot(canvas, "a", 0.5, 1), canvas.viewportTransform().map(middle).toPoint() + QPoint(0, 200))
    assert inputs(canvas, "add1") == ("b",), "dropped on the ground it is gone"
    canvas.session.document.undo()
    drag(canvas, spot(canvas, "a", 0.5, 1), spot(canvas, "c"))
    assert inputs(canvas, "c") == ("a",), "without a chosen link a new one is drawn"


@pytest.mark.parametrize("held", [Held.ShiftModifier, Held.ControlModifier])
def test_a_rubber_band_adds_and_esc_takes_back_what_it_added(make: Make, held: Qt.KeyboardModifier) -> None:
    canvas = make(*CHAIN)
    click(canvas, spot(canvas, "flatten1"))
    start, end = spot(canvas, "conv1", -0.3, -0.1), spot(canvas, "relu1", 0.3, 0.5)
    press_and_pull(canvas, start, end, held)
    assert canvas.drawing.chosen == {"conv1", "relu1", "flatten1"}
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, held, end)
    assert canvas.session.selection == ("flatten1",)
    assert canvas.drawing.chosen == {"flatten1"}
    drag(canvas, start, end, held)
    assert set(canvas.session.selection) == {"conv1", "relu1", "flatten1"}


@pytest.mark.parametrize("way", ["middle button", "space", "copy", "re-plug", "loose"])
def test_escape_leaves_the_view_and_the_network_as_they_were(make: Make, way: str) -> None:
    canvas = make(*CHAIN, Node("norm", BatchNorm2d()))
    canvas.session.select(("x",))
    start, held, button = spot(canvas, "norm", 0.3), Held.NoModifier, LEFT
    if way == "middle button":
        start, button = QPoint(60, 60), Qt.MouseButton.MiddleButton
    elif way == "space":
        QTest.keyPress(canvas.viewport(), Key.Key_Space)
    elif way == "copy":
        held = Held.AltModifier
    elif way == "re-plug":
        canvas.select((), ("conv1", "relu1", 0))
        start = spot(canvas, "conv1", 0.5, 1)
    canvas.drawing.point_at(canvas.drawing.hit(QPointF(-1e5, 0), 1))
    before, seen, link, clean = project(canvas), canvas.visible, canvas.link, painted(canvas)
    QTest.mousePress(canvas.viewport(), button, held, start)
    for step in range(1, 6):
        QTest.mouseMove(canvas.viewport(), start + QPoint(23, 31) * step)
    assert painted(canvas) != clean
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), button, held, start + QPoint(115, 155))
    if way == "space":
        QTest.keyRelease(canvas.viewport(), Key.Key_Space)
    assert project(canvas) is before
    assert canvas.visible == seen
    assert (canvas.link, canvas.gesture) == (link if way != "loose" else None, None)
    assert canvas.session.document.history.count == 0
    if way != "loose":  # a press on it lights it up
        assert painted(canvas) == clean


@pytest.fixture
def whole(qtbot: Any, qapp: QApplication) -> Iterator[Window]:
    """The whole window with the chain in it."""
    window = idle_window(qtbot)
    window.canvas.drawing.glide.wanted = False
    window.session.open_project(Project(Network({node.id: node for node in CHAIN})))
    QApplication.processEvents()
    yield window
    window.close_now()


def pinch(canvas: Canvas, at: QPoint, value: float) -> Any:
    point = QPointF(at)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, point, point,
        QPointF(canvas.viewport().mapToGlobal(at)), value, QPointF(),
    )  # fmt: skip
    assert event.type() == QEvent.Type.NativeGesture
    return QApplication.sendEvent(canvas.viewport(), event)


def test_a_pinch_zooms_at_the_fingers(make: Make) -> None:
    canvas = make(*CHAIN)
    at, zoom = QPoint(333, 217), canvas.zoom
    held = canvas.scene_point(QPointF(at))
    for _ in range(8):
        pinch(canvas, at, -0.05)
    assert canvas.zoom < zoom
    assert ((canvas.scene_point(QPointF(at)) - held) * canvas.zoom).manhattanLength() <= 1.01
    for _ in range(16):
        pinch(canvas, at, 0.05)
    assert canvas.zoom > zoom


@pytest.mark.parametrize("way", ["move", "copy", "band", "wire", "middle button"])
def test_escape_and_pinch_come_through_the_whole_window(whole: Window, way: str) -> None:
    """As the screen's driver hands them in, to the window; it finds out for whom they are."""
    canvas, handle = whole.canvas, whole.windowHandle()
    start, held, button = spot(canvas, "conv1"), Held.NoModifier, LEFT
    if way == "copy":
        held = Held.AltModifier
    elif way == "band":
        start = spot(canvas, "conv1", -0.4, -0.1)
    elif way == "wire":
        start = spot(canvas, "conv1", 0.5, 1)
    elif way == "middle button":
        button = Qt.MouseButton.MiddleButton
    before, seen = project(canvas), canvas.visible

    def at(point: QPoint) -> QPoint:
        return canvas.viewport().mapTo(whole, point)

    QTest.mousePress(handle, button, held, at(start))
    for step in range(1, 6):
        QTest.mouseMove(handle, at(start + QPoint(23, 11) * step))
    assert canvas.gesture is not None
    QTest.keyClick(handle, Key.Key_Escape)
    assert canvas.gesture is None
    QTest.mouseRelease(handle, button, held, at(start + QPoint(115, 55)))
    assert project(canvas) is before
    assert canvas.visible == seen
    assert canvas.session.document.history.count == 0
    zoom, point = canvas.zoom, QPointF(at(spot(canvas, "relu1")))
    for _ in range(4):
        there = QPointF(whole.mapToGlobal(point.toPoint()))
        QApplication.sendEvent(handle, QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2, point, point, there,
            0.1, QPointF(),
        ))  # fmt: skip
    assert canvas.zoom > zoom


def test_wheels_turn_while_a_wire_is_pulled(make: Make) -> None:
    """A card that is out of sight is reached by scrolling with the wire in hand."""
    canvas = make(*CHAIN, Node("relu9", ReLU()))
    press_and_pull(canvas, spot(canvas, "conv1", 0.5, 1), QPoint(500, 400))
    canvas.scroll_by(40, 60)
    end = spot(canvas, "relu9")
    QTest.mouseMove(canvas.viewport(), end)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, end)
    assert inputs(canvas, "relu9") == ("conv1",)
