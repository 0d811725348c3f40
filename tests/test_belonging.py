"""Layers dragged into the frames of open groups and out of them, and copies in the group of their originals."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from explorer.network.direction import Direction
from explorer.ui import theme
from explorer.ui.window import Window
from tests.test_group_canvas import (  # noqa: F401
    LEFT,
    Held,
    Key,
    drag,
    group_of,
    head,
    made,
    press,
    project,
    selected,
    spot,
    window,
)


def inside(window: Window, id: str, right: float = 0.5, down: float = 0.5) -> QPoint:
    """A point in the frame of an open group: fractions of its width and height."""
    area = window.canvas.drawing.frames.areas[id]
    at = QPointF(area.left() + right * area.width(), area.top() + down * area.height())
    return window.canvas.viewportTransform().map(at).toPoint()


def nodes(window: Window, id: str) -> set[str]:
    return set(project(window).groups.nodes(id))


def looks(window: Window) -> QImage:
    return window.canvas.viewport().grab().toImage()


def test_a_card_dragged_into_a_frame_joins_it_and_one_dragged_out_leaves(window: Window) -> None:
    canvas, history = window.canvas, window.session.document.history
    body = made(window, "body", "b", "c", closed=False)
    canvas.select(())
    canvas.fit()
    before, frame = project(window), QPoint(inside(window, body, 0.5, 0.5))
    steps = history.count
    drag(window, spot(window, "e"), frame)
    assert nodes(window, body) == {"b", "c", "e"}
    assert (history.count, history.undo_text) == (steps + 1, "Move e into body")
    assert project(window).network is before.network, "nothing about running it changes"
    assert canvas.drawing.frames.areas[body].contains(canvas.drawing.bounds(["e"]))
    away = spot(window, "x") - QPoint(200, 0)
    drag(window, spot(window, "e"), away)
    assert nodes(window, body) == {"b", "c"}
    assert history.undo_text == "Move e out of body"
    for _ in range(2):
        window.commands.run("Undo")
    assert project(window) == before
    for _ in range(2):
        window.commands.run("Redo")
    assert nodes(window, body) == {"b", "c"}
    drag(window, spot(window, "e"), spot(window, "e") + QPoint(0, 40))
    assert history.undo_text == "Move e"


def test_ctrl_leaves_a_card_where_it_belongs_and_its_frame_goes_with_it(window: Window) -> None:
    canvas = window.canvas
    body = made(window, "body", "b", "c", closed=False)
    canvas.select(())
    canvas.fit()
    viewport, start, end = canvas.viewport(), spot(window, "c"), spot(window, "x") - QPoint(220, 0)
    QTest.mousePress(viewport, LEFT, Held.NoModifier, start)
    for part in range(1, 6):
        QTest.mouseMove(viewport, start + (end - start) * part / 5)
    frames = canvas.drawing.frames
    assert not frames.areas[body].contains(canvas.drawing.bounds(["c"])), "it is seen to leave"
    QTest.keyPress(canvas, Key.Key_Control)
    assert frames.areas[body].contains(canvas.drawing.bounds(["c"]))
    QTest.keyRelease(canvas, Key.Key_Control, Held.ControlModifier)
    assert not frames.areas[body].contains(canvas.drawing.bounds(["c"]))
    QTest.mouseRelease(viewport, LEFT, Held.ControlModifier, end)
    assert window.session.document.history.undo_text == "Move c"
    assert nodes(window, body) == {"b", "c"}
    assert frames.areas[body].contains(canvas.drawing.bounds(["c"]))


def test_the_frame_that_would_be_joined_is_lit_and_esc_leaves_nothing(window: Window) -> None:
    canvas = window.canvas
    body = made(window, "body", "b", "c", closed=False)
    canvas.select(())
    canvas.fit()
    QTest.mouseMove(canvas.viewport(), QPoint(2, 2))
    before, plain, areas = project(window), looks(window), dict(canvas.drawing.frames.areas)
    corner = inside(window, body, 0.02, 0.5)
    start, end = spot(window, "e"), inside(window, body, 0.1, 0.9)
    QTest.mousePress(canvas.viewport(), LEFT, Held.NoModifier, start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(0, -30))
    unlit = looks(window).pixelColor(corner)
    QTest.mouseMove(canvas.viewport(), end)
    lit = looks(window).pixelColor(corner)
    assert lit != unlit
    assert abs(lit.hue() - QColor(theme.current().accent).hue()) < 30
    assert canvas.drawing.frames.areas[body].contains(canvas.drawing.bounds(["e"]))
    QTest.keyClick(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, end)
    QTest.mouseMove(canvas.viewport(), QPoint(2, 2))
    assert project(window) is before
    assert canvas.drawing.frames.areas == areas
    assert looks(window) == plain


def test_groups_nest_by_a_drag_and_whole_ones_stay_whole(window: Window) -> None:
    canvas = window.canvas
    inner = made(window, "inner", "e", closed=False)
    outer = made(window, "outer", "a", "b", closed=False)
    canvas.select(())
    canvas.fit()
    drag(window, head(window, inner), inside(window, outer, 0.5, 0.5))
    assert window.session.document.history.undo_text == "Move e into outer"
    assert project(window).groups.path("e") == (outer, inner)
    assert nodes(window, outer) == {"a", "b", "e"}
    canvas.fit()
    drag(window, spot(window, "c"), inside(window, inner, 0.5, 0.5))
    assert project(window).groups.path("c") == (outer, inner), "the innermost frame"
    window.commands.run("Take out")
    assert project(window).groups.path("c") == (outer,)
    window.commands.run("Take out")
    assert project(window).groups.path("c") == ()
    said: list[str] = []
    window.session.failed.connect(lambda _lane, why: said.append(why))
    window.commands.run("Take out")
    assert said == ["What is selected lies in no group already."]
    canvas.put_into(inner)
    assert project(window).groups.path("c") == (outer, inner)
    assert window.session.document.history.undo_text == "Move c into inner"
    canvas.select((outer,))
    canvas.put_into(inner)
    assert said[1:] == ["No group goes into itself: inner is among what is selected."]
    assert project(window).groups.path("c") == (outer, inner), "no group goes into itself"
    canvas.select((outer, "x"))
    canvas.put_into(inner)
    assert project(window).groups.path("x") == (outer, inner), "nor along with what can"
    assert project(window).groups.path("a") == (outer,)


def test_a_layer_alone_in_its_group_is_dragged_out_of_it_by_its_card_and_the_group_by_its_frame(window: Window) -> None:
    canvas, history = window.canvas, window.session.document.history
    inner = made(window, "inner", "e", closed=False)
    outer = made(window, "outer", "a", "b", "e", closed=False)
    canvas.select(())
    canvas.fit()
    before = project(window)
    drag(window, spot(window, "e"), spot(window, "e") + QPoint(0, 8))
    assert project(window).groups == before.groups, "no frame was crossed"
    window.commands.run("Undo")
    drag(window, spot(window, "e"), inside(window, outer, 0.5, 0.5))
    assert (project(window).groups.path("e"), history.undo_text) == ((outer,), "Move e into outer")
    assert inner not in project(window).groups.groups, "nothing is left in it"
    window.commands.run("Undo")
    drag(window, head(window, inner), spot(window, "x") - QPoint(200, 0))
    assert project(window).groups.path("e") == (inner,)
    window.commands.run("Undo")
    drag(window, spot(window, "e"), spot(window, "x") - QPoint(200, 0))
    assert project(window).groups.path("e") == ()
    window.commands.run("Undo")
    assert project(window) == before
    drag(window, spot(window, "e"), inside(window, outer, 0.5, 0.5), Held.AltModifier)
    (copy,) = selected(window)
    assert project(window).groups.path(copy) == (outer,), "a copy of the layer, not of its group"
    assert nodes(window, inner) == {"e"}


def test_what_is_put_into_a_group_by_command_alone_comes_into_its_frame(window: Window) -> None:
    canvas, history = window.canvas, window.session.document.history
    body = made(window, "body", "b", "c", closed=False)
    for direction in Direction:
        canvas.arrange(direction)
        before = project(window)
        for ids, home, inside_it in (
            (("x",), body, {"x", "b", "c"}),
            (("b",), "", {"c"}),
            (("x", "e"), body, {"x", "e", "b", "c"}),
        ):
            canvas.select(ids)
            steps = history.index
            canvas.put_into(home)
            assert nodes(window, body) == inside_it
            area, drawn = canvas.drawing.frames.areas[body], canvas.drawing
            touched = {id for id in drawn.nodes if area.intersects(drawn.bounds([id]))}
            assert touched == inside_it, "what lies in the frame is in the group"
            boxes = [drawn.bounds([id]) for id in drawn.nodes]
            assert not any(one.intersects(other) for i, one in enumerate(boxes) for other in boxes[:i])
            assert history.index == steps + 1
            window.commands.run("Undo")
            assert project(window) == before


def test_a_layer_is_taken_out_of_the_middle_of_a_closed_group(window: Window) -> None:
    canvas = window.canvas
    made(window, "body", "a", "b", "c", closed=True)
    seen = canvas.drawing.nodes.keys()
    before = replace(project(window), places={id: at for id, at in project(window).places.items() if id in seen})
    window.session.document.look(before)  # as it is opened: what nobody has seen yet has no place
    window.session.select(("b",))  # as the outline does
    canvas.take_out()
    assert project(window).groups.path("b") == ()
    assert project(window).places.keys() >= canvas.drawing.nodes.keys() > {"b"}
    window.commands.run("Undo")
    assert project(window) == before


def test_copies_stay_in_the_group_of_their_originals_wherever_links_run(window: Window) -> None:
    canvas = window.canvas
    body = made(window, "body", "b", "c", closed=False)
    for way in Direction:
        canvas.arrange(way)
        canvas.select(("b",))
        press(window, Key.Key_D, Held.ControlModifier)
        (one,) = selected(window)
        press(window, Key.Key_C, Held.ControlModifier)
        press(window, Key.Key_V, Held.ControlModifier)
        (two,) = selected(window)
        assert project(window).groups.path(one) == project(window).groups.path(two) == (body,)
        for foreign in ("x", "a", "d", "e"):
            assert not canvas.drawing.frames.areas[body].intersects(canvas.drawing.bounds([foreign]))
        canvas.select((body,))
        press(window, Key.Key_D, Held.ControlModifier)
        copy = project(window).groups.exactly(window.session.selection)
        assert project(window).groups.home(copy) == ""
        assert not canvas.drawing.frames.areas[copy].intersects(canvas.drawing.frames.areas[body])
        for _ in range(3):
            window.commands.run("Undo")
    canvas.select(("x",))
    press(window, Key.Key_C, Held.ControlModifier)
    canvas.select((body,))
    canvas.fit()
    drag(window, spot(window, "e"), inside(window, body), Held.AltModifier)
    (copy,) = selected(window)
    assert project(window).groups.path(copy) == (body,)
    assert project(window).groups.path("e") == ()


def test_what_is_dropped_or_typed_in_a_frame_is_in_the_group(window: Window) -> None:
    body = made(window, "body", "b", "c", closed=False)
    window.canvas.select(())
    window.canvas.fit()
    window.canvas.add_layer("ReLU", window.canvas.scene_point(QPointF(inside(window, body, 0.03, 0.9))))
    (new,) = selected(window)
    assert project(window).groups.path(new) == (body,)
    assert group_of(window, "body") == body
    text = json_of(window, new)
    window.canvas.drop_text(text, window.canvas.scene_point(QPointF(inside(window, body, 0.03, 0.5))))
    (other,) = selected(window)
    assert project(window).groups.path(other) == (body,)


def json_of(window: Window, id: str) -> str:
    window.canvas.select((id,))
    press(window, Key.Key_C, Held.ControlModifier)
    return QGuiApplication.clipboard().text()
