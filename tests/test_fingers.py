"""Fingers on the canvas, as a touch screen hands them in: one, two, and one that rests."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.layers.activations import ReLU
from explorer.network.network import Node
from explorer.ui.canvas import fingers
from explorer.ui.canvas.view import Canvas
from tests.test_canvas import CHAIN, Make, inputs, make, project, spot, wheel  # noqa: F401
from tests.test_gestures import pinch

BOARD = QTest.createTouchDevice()


DOWN: dict[int, QPoint] = {}


@pytest.fixture(autouse=True)
def no_finger_down() -> None:
    DOWN.clear()


def touch(canvas: Canvas, *moments: dict[int, QPoint | None]) -> None:
    """By moment, where each finger is; None lifts it where it was."""
    for moment in moments:
        sequence = QTest.touchEvent(canvas.viewport(), BOARD, False)
        for number, at in moment.items():
            if at is None:
                sequence.release(number, DOWN.pop(number), canvas.viewport())
                continue
            (sequence.move if number in DOWN else sequence.press)(number, at, canvas.viewport())
            DOWN[number] = at
        for number in DOWN.keys() - moment.keys():
            sequence.stationary(number)
        sequence.commit()


def drag(canvas: Canvas, start: QPoint, end: QPoint) -> None:
    ways = [{0: start + (end - start) * part / 5} for part in range(1, 6)]
    touch(canvas, {0: start}, *ways, {0: None})


def tap(canvas: Canvas, at: QPoint) -> None:
    touch(canvas, {0: at}, {0: at + QPoint(3, 2)}, {0: None})  # a finger never rests quite still


GROUND = QPoint(40, 300)


def test_a_tap_selects_and_one_on_the_ground_selects_nothing(make: Make) -> None:
    canvas = make(*CHAIN)
    seen = canvas.visible
    tap(canvas, spot(canvas, "relu1"))
    assert canvas.session.selection == ("relu1",)
    tap(canvas, GROUND)
    assert canvas.session.selection == ()
    assert canvas.visible == seen
    assert canvas.session.document.history.count == 0


def test_a_finger_carries_the_ground_and_drags_a_card(make: Make) -> None:
    canvas = make(*CHAIN)
    point = canvas.scene_point(QPointF(GROUND))
    drag(canvas, GROUND, GROUND + QPoint(90, 60))
    assert (canvas.scene_point(QPointF(GROUND + QPoint(90, 60))) - point).manhattanLength() * canvas.zoom <= 1.01
    assert canvas.session.selection == ()
    before = project(canvas).places["relu1"]
    drag(canvas, spot(canvas, "relu1"), spot(canvas, "relu1") + QPoint(200, 0))
    assert project(canvas).places["relu1"][0] == pytest.approx(before[0] + 200 / canvas.zoom, abs=17)
    assert canvas.session.document.history.undo_text == "Move relu1"
    assert canvas.gesture is None
    assert canvas.session.document.history.count == 1


def test_a_wire_is_pulled_from_near_its_port(make: Make) -> None:
    canvas = make(*CHAIN, Node("relu9", ReLU()))
    drag(canvas, spot(canvas, "conv1", 0.5, 1) + QPoint(9, 11), spot(canvas, "relu9"))
    assert inputs(canvas, "relu9") == ("conv1",)


def test_two_fingers_zoom_and_carry_and_undo_what_one_began(make: Make) -> None:
    canvas = make(*CHAIN)
    places, zoom = dict(project(canvas).places), canvas.zoom
    one, other = spot(canvas, "relu1"), spot(canvas, "relu1") + QPoint(100, 0)
    touch(canvas, {0: one}, {0: one + QPoint(40, 0)})
    assert canvas.gesture is not None
    held = canvas.scene_point(QPointF(one + other) / 2)
    way, apart = QPoint(30, 20), QPoint(50, 0)
    touch(canvas, {0: one, 1: other}, {0: one + way - apart, 1: other + way + apart})
    assert canvas.gesture is None
    assert canvas.zoom == pytest.approx(2 * zoom, rel=0.06), "twice as far apart"
    middle = QPointF(one + other) / 2 + QPointF(way)
    assert ((canvas.scene_point(middle) - held) * canvas.zoom).manhattanLength() <= 2.01
    touch(canvas, {0: None, 1: None})
    assert project(canvas).places == places
    assert canvas.session.document.history.count == 0


def test_the_last_of_two_fingers_carries_the_ground_on_and_a_third_zooms_nothing(make: Make) -> None:
    canvas = make(*CHAIN)
    one, other, third = GROUND, GROUND + QPoint(80, 0), GROUND + QPoint(10, -200)
    touch(canvas, {0: one}, {0: one, 1: other}, {0: one, 1: other, 2: third})
    zoom = canvas.zoom
    touch(canvas, {0: None, 1: other, 2: third}, {1: other, 2: third})
    assert canvas.zoom == zoom, "those that are left are farther apart, but did not move"
    touch(canvas, {1: other, 2: None})
    point = canvas.scene_point(QPointF(other))
    touch(canvas, {1: other + QPoint(50, 30)}, {1: other + QPoint(60, 40)})
    assert ((canvas.scene_point(QPointF(other + QPoint(60, 40))) - point) * canvas.zoom).manhattanLength() <= 2.01
    touch(canvas, {1: None})
    assert canvas.gesture is None
    assert canvas.session.document.history.count == 0


def test_a_finger_leaves_the_mouse_what_it_drags(make: Make) -> None:
    canvas = make(*CHAIN)
    start, end = spot(canvas, "relu1"), spot(canvas, "relu1") + QPoint(200, 0)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(canvas.viewport(), end)
    tap(canvas, GROUND)
    assert canvas.gesture is not None
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert canvas.session.document.history.undo_text == "Move relu1"
    assert canvas.drawing.places == project(canvas).places


def test_a_finger_that_rests_asks_for_the_menu_and_two_taps_open(make: Make, qtbot: Any) -> None:
    canvas = make(*CHAIN)
    asked: list[str] = []
    canvas.menu_requested.connect(lambda menu, _: asked.append(menu))
    canvas.edit_requested.connect(asked.append)
    canvas.fingers._rest.setInterval(30)
    at = spot(canvas, "conv1")
    touch(canvas, {0: at})
    qtbot.waitUntil(lambda: asked == ["card"])
    assert canvas.session.selection == ("conv1",)
    touch(canvas, {0: None})
    assert asked == ["card"]
    assert canvas.session.document.history.count == 0
    canvas.fingers._rest.setInterval(fingers.LONG)
    tap(canvas, at)
    tap(canvas, at)
    assert asked == ["card", "conv1"]


def test_escape_ends_what_a_finger_drags(make: Make) -> None:
    canvas = make(*CHAIN)
    places, at = dict(canvas.drawing.places), spot(canvas, "relu1")
    touch(canvas, {0: at}, {0: at + QPoint(80, 0)})
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    touch(canvas, {0: at + QPoint(90, 0)}, {0: None})
    assert canvas.drawing.places == places
    assert canvas.session.document.history.count == 0


def native(canvas: Canvas, kind: Qt.NativeGestureType, at: QPoint) -> None:
    point = QPointF(at)
    device, there = QPointingDevice.primaryPointingDevice(), QPointF(canvas.viewport().mapToGlobal(at))
    event = QNativeGestureEvent(kind, device, 2, point, point, there, 0.0, QPointF())
    QApplication.sendEvent(canvas.viewport(), event)


def test_a_pinch_is_as_much_as_the_fingers_say_and_begins_anew(make: Make) -> None:
    canvas = make(*CHAIN)
    at = QPoint(333, 217)
    held, zoom = canvas.scene_point(QPointF(at)), canvas.zoom
    native(canvas, Qt.NativeGestureType.BeginNativeGesture, at)
    for _ in range(34):
        pinch(canvas, at, 2 ** (1 / 32) - 1)
        assert ((canvas.scene_point(QPointF(at)) - held) * canvas.zoom).manhattanLength() <= 1.01
    assert canvas.zoom == pytest.approx(2 * zoom)
    native(canvas, Qt.NativeGestureType.BeginNativeGesture, at)
    for _ in range(3):
        pinch(canvas, at, 2 ** (1 / 32) - 1)
    assert canvas.zoom == pytest.approx(2 * zoom), "what was left of the last one is none of this"


def test_a_fine_wheel_goes_as_far_as_a_coarse_one(make: Make) -> None:
    canvas = make(*CHAIN)
    top = canvas.visible.top()
    for _ in range(120):
        wheel(canvas, QPoint(300, 300), -1, Qt.KeyboardModifier.NoModifier)
    fine = canvas.visible.top() - top
    wheel(canvas, QPoint(300, 300), -120, Qt.KeyboardModifier.NoModifier)
    assert canvas.visible.top() - top == pytest.approx(2 * fine, abs=1 / canvas.zoom)
