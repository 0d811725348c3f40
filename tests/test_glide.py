"""Cards on their way to other places, and a drag that carries the view along: what the eye and the hand follow."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.canvas import chain
from explorer.network.direction import Direction
from explorer.network.project import Place
from explorer.network.unfolding import grouped
from explorer.ui.canvas import glide
from explorer.ui.canvas.card import HEIGHT, WIDTH
from explorer.ui.canvas.minimap import SOON
from explorer.ui.canvas.view import Canvas
from explorer.workspace.settings import Settings
from tests.test_canvas import CHAIN, LEFT, Held, Key, Make, key, make, press_and_pull, project, spot  # noqa: F401


@pytest.fixture
def moving(make: Make, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    """A canvas whose layers lie in a row, with slow motion."""
    monkeypatch.setattr(glide, "TIME", 60_000)
    canvas = make(*CHAIN)
    ids = list(canvas.drawing.nodes)
    row: dict[str, Place] = {id: (600.0 * i, 40.0) for i, id in enumerate(ids)}
    canvas.session.document.edit("In a row", canvas.drawing.project.moved(row))
    canvas.fit()
    return canvas


def seen(canvas: Canvas) -> dict[str, QPoint]:
    """Where the cards are on the screen now."""
    return {id: canvas.mapFromScene(item.pos()) for id, item in canvas.drawing.nodes.items()}


def at_rest(canvas: Canvas) -> bool:
    return all(item.pos() == QPointF(*item.place) for item in canvas.drawing.nodes.values())


def test_arranging_starts_where_the_eye_saw_each_card(moving: Canvas) -> None:
    before, steps, zoom = seen(moving), moving.session.document.history.count, moving.zoom
    moving.arrange()
    assert moving.zoom != zoom, "the view looks from elsewhere, and yet nothing jumps"
    for id, at in seen(moving).items():
        assert (at - before[id]).manhattanLength() <= 2
    assert not at_rest(moving)
    assert moving.session.document.history.count == steps + 1
    moving.drawing.glide.setCurrentTime(30_000)
    halfway = seen(moving)
    moving.drawing.glide.setCurrentTime(60_000)
    assert at_rest(moving)
    assert halfway != before != seen(moving)
    assert moving.drawing.links.opacity() == 1.0


def test_undo_and_redo_of_an_arrangement_glide_and_bring_the_view_back(moving: Canvas) -> None:
    document, glide = moving.session.document, moving.drawing.glide
    moving.look_at(moving.drawing.bounds(("conv1",)).center(), 2.0)
    view = moving.zoom, moving.visible
    moving.arrange()
    glide.finish()
    arranged = moving.zoom, moving.visible
    assert arranged != view
    for replay, (zoom, there) in ((document.undo, view), (document.redo, arranged), (document.undo, view)):
        before = seen(moving)
        replay()
        assert moving.zoom == zoom
        assert (moving.visible.center() - there.center()).manhattanLength() * zoom <= 2
        for id in glide.moving:
            assert (seen(moving)[id] - before[id]).manhattanLength() <= 2, "each starts from where it was seen"
        assert glide.moving, "it is seen going there"
        glide.finish()
        assert at_rest(moving)
    moving.arrange()
    moving.arrange()  # nothing is left to do: no step, and the one before keeps its views
    glide.finish()
    document.undo()
    assert moving.zoom == view[0]


def test_undo_of_a_drag_glides_and_leaves_the_view_alone(moving: Canvas) -> None:
    id, document = "conv1", moving.session.document
    start = spot(moving, id, 0.3)
    QTest.mousePress(moving.viewport(), LEFT, Held.NoModifier, start)
    QTest.mouseMove(moving.viewport(), start + QPoint(0, 90))
    QTest.mouseRelease(moving.viewport(), LEFT, Held.NoModifier, start + QPoint(0, 90))
    key(moving, Key.Key_Up, Held.AltModifier)
    where, view = seen(moving)[id], (moving.zoom, moving.visible)
    document.undo()
    document.undo()
    assert (seen(moving)[id] - where).manhattanLength() <= 2
    assert moving.drawing.glide.moving == (id,)
    assert (moving.zoom, moving.visible) == view
    Settings().less_motion = True
    try:
        document.redo()
        assert at_rest(moving)
    finally:
        Settings().less_motion = False


def test_a_jump_in_the_history_over_an_arrangement_brings_its_view_back(moving: Canvas) -> None:
    document, view = moving.session.document, (moving.zoom, moving.visible)
    moving.arrange()
    moving.select(("conv1",))
    moving.delete()
    document.go(1)
    assert (moving.zoom, moving.visible.center().toTuple()) == (
        view[0],
        pytest.approx(view[1].center().toTuple(), abs=2),
    )


def mapped(canvas: Canvas) -> None:
    """The minimap waits for nothing any more."""
    QTest.qWait(0)
    while canvas.minimap._soon.isActive():
        QTest.qWait(5)


def test_the_minimap_shows_where_cards_came_to(moving: Canvas) -> None:
    moving.look_at(moving.drawing.bounds(("conv1",)).center(), 4.0)
    mapped(moving)  # it is drawn for the first time
    for change in (moving.arrange, moving.session.document.undo):
        change()
        moving.look_at(moving.drawing.bounds(("conv1",)).center(), 4.0)
        QTest.qWait(SOON + 50)  # it may not be drawn on the way
        assert moving.minimap.isVisible()
        moving.minimap.grab()
        moving.drawing.glide.finish()
        mapped(moving)
        shown = moving.minimap.grab().toImage()
        moving.minimap.redraw()
        mapped(moving)
        assert moving.minimap.grab().toImage() == shown


def test_levels_glide_and_a_closed_group_comes_from_its_layers(moving: Canvas) -> None:
    ids = list(moving.drawing.nodes)
    moving.select(ids[1:3])
    moving.make_group()
    moving.setFocus()
    where = seen(moving)[ids[1]]
    moving.fold_to(0)
    (id,) = moving.drawing.folding.groups.groups
    assert (seen(moving)[id] - where).manhattanLength() <= 2
    moving.drawing.glide.finish()
    where = seen(moving)[id]
    moving.fold_to(1)
    assert (seen(moving)[ids[1]] - where).manhattanLength() <= 2, "and goes back into them"


def test_a_user_who_wants_less_motion_gets_none(moving: Canvas) -> None:
    Settings().less_motion = True
    try:
        moving.arrange()
        assert at_rest(moving)
        moving.select(list(moving.drawing.nodes)[1:3])
        moving.make_group()
        (id,) = moving.drawing.folding.groups.groups
        moving.fold(id)
        assert at_rest(moving)
    finally:
        Settings().less_motion = False


def test_a_hand_that_takes_hold_finds_cards_at_rest(moving: Canvas) -> None:
    moving.arrange()
    id = list(moving.drawing.nodes)[1]
    where = project(moving).places[id]
    point = spot(moving, id, 0.3)
    QTest.mousePress(moving.viewport(), LEFT, Held.NoModifier, point)
    assert at_rest(moving)
    QTest.mouseMove(moving.viewport(), point + QPoint(64, 0))
    QTest.mouseRelease(moving.viewport(), LEFT, Held.NoModifier, point + QPoint(64, 0))
    assert moving.session.selection == (id,)
    assert project(moving).places[id] != where
    moving.session.document.undo()
    assert project(moving).places[id] == where


def test_an_edit_while_cards_are_on_their_way_ends_it(moving: Canvas) -> None:
    moving.arrange()
    gone = list(moving.drawing.nodes)[1]
    moving.select((gone,))
    key(moving, Key.Key_Delete)
    assert at_rest(moving)
    assert gone not in moving.drawing.nodes
    moving.arrange()
    moving.arrange()
    moving.drawing.glide.finish()
    assert at_rest(moving)


def test_from_far_away_the_picture_follows(moving: Canvas) -> None:
    places = dict(project(moving).places)
    last = list(places)[-1]
    moving.session.document.edit("Away", project(moving).moved({last: (9000.0, 0.0)}))
    moving.fit()
    assert moving.zoom < 0.3
    moving.grab()
    moving.arrange()
    moving.drawing.glide.finish()
    moving.fit()
    at_end = moving.grab().toImage()
    moving.drawing.links_moved()
    assert moving.grab().toImage() == at_end, "the far picture is of where the cards are"


# A drag at the edge


def waits(qtbot: Any, canvas: Canvas, condition: Any) -> None:
    qtbot.waitUntil(condition)
    QApplication.processEvents()


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
def test_a_layer_dragged_to_the_edge_carries_the_view_along(make: Make, qtbot: Any, edge: str) -> None:
    canvas = make(*CHAIN)
    room, start = canvas.viewport().rect(), spot(canvas, "conv1", 0.3)
    end = {
        "left": QPoint(2, start.y()), "right": QPoint(room.right() - 2, start.y()),
        "top": QPoint(start.x(), 2), "bottom": QPoint(start.x(), room.bottom() - 2),
    }[edge]  # fmt: skip
    before, view = project(canvas).places["conv1"], canvas.visible
    press_and_pull(canvas, start, end)
    waits(qtbot, canvas, lambda: (canvas.visible.center() - view.center()).manhattanLength() > 60 / canvas.zoom)
    QTest.mouseMove(canvas.viewport(), room.center())
    rest = canvas.visible
    QTest.qWait(60)
    assert canvas.visible == rest, "away from the edge it stands still"
    QTest.mouseMove(canvas.viewport(), end)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, end)
    x, y = project(canvas).places["conv1"]
    way = canvas.scene_point(QPointF(end)) - QPointF(0.3 * 176, 32)
    assert abs(x - way.x()) + abs(y - way.y()) < 60, "it lies under the mouse"
    rest = canvas.visible
    QTest.qWait(60)
    assert canvas.visible == rest
    canvas.session.document.undo()
    assert project(canvas).places["conv1"] == before, "one step"


def test_a_wire_reaches_a_layer_out_of_view(make: Make, qtbot: Any) -> None:
    canvas = make(*CHAIN)
    canvas.session.document.edit("Away", project(canvas).moved({"flatten1": (0.0, 1600.0)}))
    canvas.zoom_to_full()
    canvas.reveal(("input",) if "input" in canvas.drawing.nodes else ("conv1",))
    session = canvas.session
    start = canvas.mapFromScene(canvas.drawing.nodes["conv1"].pos() + QPointF(88, 64))
    end = QPoint(start.x(), canvas.viewport().rect().bottom() - 1)
    QTest.mousePress(canvas.viewport(), LEFT, Held.NoModifier, start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(0, 20))
    QTest.mouseMove(canvas.viewport(), end)
    goal = QPointF(88.0, 1610.0)
    waits(qtbot, canvas, lambda: canvas.visible.adjusted(0, 0, 0, -80).contains(goal))
    at = canvas.mapFromScene(goal)
    QTest.mouseMove(canvas.viewport(), at)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, at)
    assert session.document.project.network.nodes["flatten1"].inputs == ("conv1",)


def test_escape_and_a_press_at_the_edge_do_not_scroll(make: Make, qtbot: Any) -> None:
    canvas = make(*CHAIN)
    corner = QPoint(3, 3)
    QTest.mousePress(canvas.viewport(), LEFT, Held.NoModifier, corner)
    view = canvas.visible
    QTest.qWait(80)
    assert canvas.visible == view, "a press alone is no drag"
    QTest.mouseMove(canvas.viewport(), QPoint(3, 60))
    waits(qtbot, canvas, lambda: canvas.visible != view)
    key(canvas, Key.Key_Escape)
    view = canvas.visible
    QTest.qWait(80)
    assert canvas.visible == view
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, QPoint(3, 60))
    assert Qt.MouseButton.NoButton == QApplication.mouseButtons()


@pytest.mark.parametrize("turned", [False, True])
def test_the_cards_that_move_are_those_that_are_seen_moving(make: Make, turned: bool) -> None:
    """Against all cards, looked at one by one."""
    canvas = make()
    project = chain(60)
    canvas.session.document.open(grouped(project, "Block", [f"conv{i}" for i in range(20, 40)])[0])
    canvas.look_at(canvas.drawing.bounds(("conv30",)).center(), 0.8)
    drawing, glide = canvas.drawing, canvas.drawing.glide
    group, moved = next(iter(drawing.folding.groups.groups)), 0
    for act in (
        lambda: canvas.fold(group), lambda: canvas.fold(group), canvas.session.document.undo,
        lambda: canvas.arrange(Direction.LEFT_RIGHT if turned else None),
    ):  # fmt: skip
        folding, before, view = drawing.folding, dict(drawing.places), canvas.viewportTransform()
        act()
        way = view * canvas.viewportTransform().inverted()[0]
        room = canvas.visible.adjusted(-WIDTH, -HEIGHT, 0, 0)
        wanted = {}
        for id, item in drawing.nodes.items():
            first = folding.card(drawing.folding.nodes((id,))[0])
            start = before.get(id) or before.get(folding.card(id)) or before.get(first)
            start = way.map(QPointF(*start)).toTuple() if start else item.place
            if start != pytest.approx(item.place) and (room.contains(*start) or room.contains(*item.place)):
                wanted[id] = start
        assert {id: pytest.approx(start) for id, start in glide._starts.items()} == wanted
        moved += len(wanted)
        glide.finish()
    assert moved > 20
