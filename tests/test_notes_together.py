"""Notes and arrows together with layers: selected, moved, copied and deleted as one."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.network.annotations import Arrow, Note
from explorer.network.project import Project
from explorer.ui.canvas import edits
from explorer.ui.canvas.group_copies import PasteError
from explorer.ui.canvas.view import Canvas
from tests.test_canvas import (  # noqa: F401
    CHAIN,
    LEFT,
    Held,
    Key,
    Make,
    click,
    drag,
    key,
    make,
    painted,
    press_and_pull,
    project,
    spot,
)

NOTE = Note((240.0, 0.0), (160.0, 80.0), "blue", "What comes in")
ARROW = Arrow((240.0, 136.0), (-48.0, 0.0), "orange")


@pytest.fixture
def canvas(make: Make) -> Canvas:
    """A chain at the left, a note and an arrow beside its first two layers."""
    canvas = make(*CHAIN)
    document = canvas.session.document
    document.open(replace(canvas.drawing.project, annotations={"note1": NOTE, "arrow1": ARROW}))
    canvas.zoom_by(-6)
    canvas.carry(QPointF(160, 160), canvas.visible.center())
    return canvas


def at(canvas: Canvas, x: float, y: float) -> QPoint:
    return canvas.viewportTransform().map(QPointF(x, y)).toPoint()


def noted(canvas: Canvas) -> tuple[str, ...]:
    return canvas.drawing.annotations.selected


def together(canvas: Canvas) -> None:
    """Select x, conv1, the note and the arrow with a rubber band."""
    drag(canvas, at(canvas, -60, -40), at(canvas, 440, 150))
    assert set(canvas.session.selection) == {"x", "conv1"}
    assert set(noted(canvas)) == {"note1", "arrow1"}


def test_a_rubber_band_holds_layers_notes_and_arrows(canvas: Canvas) -> None:
    before = painted(canvas)
    together(canvas)
    assert painted(canvas) != before
    assert canvas.accessibleDescription() == "2 layers selected, and 2 notes and arrows selected"
    drag(canvas, at(canvas, -60, -40), at(canvas, 300, 20))
    assert noted(canvas) == (), "a note that is held in part stays where it is"
    assert canvas.session.selection == ("x",)


def test_a_band_that_is_given_up_leaves_what_was_selected(canvas: Canvas) -> None:
    together(canvas)
    press_and_pull(canvas, at(canvas, -60, 200), at(canvas, 100, 330))
    assert noted(canvas) == ()
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, at(canvas, 100, 330))
    assert set(canvas.session.selection) == {"x", "conv1"}
    assert set(noted(canvas)) == {"note1", "arrow1"}


@pytest.mark.parametrize("held", [Held.ControlModifier, Held.ShiftModifier])
def test_clicks_add_and_take_away(canvas: Canvas, held: Held) -> None:
    click(canvas, spot(canvas, "conv1"))
    click(canvas, at(canvas, 300, 60), held)
    click(canvas, at(canvas, 216, 136), held)
    assert (canvas.session.selection, noted(canvas)) == (("conv1",), ("note1", "arrow1"))
    click(canvas, spot(canvas, "relu1"), held)
    assert (canvas.session.selection, noted(canvas)) == (("conv1", "relu1"), ("note1", "arrow1"))
    click(canvas, at(canvas, 300, 60), held)
    click(canvas, spot(canvas, "conv1"), held)
    assert (canvas.session.selection, noted(canvas)) == (("relu1",), ("arrow1",))
    click(canvas, at(canvas, 300, 60))
    assert (canvas.session.selection, noted(canvas)) == ((), ("note1",))
    click(canvas, at(canvas, -60, -60))
    assert noted(canvas) == ()


@pytest.mark.parametrize("by", ["card", "note"])
def test_they_move_as_one_step_by_any_of_them(canvas: Canvas, by: str) -> None:
    together(canvas)
    before, steps = project(canvas), canvas.session.document.history.count
    start = spot(canvas, "conv1", 0.3) if by == "card" else at(canvas, 300, 60)
    press_and_pull(canvas, start, start + at(canvas, 96, 40) - at(canvas, 0, 0))
    assert canvas.drawing.annotations.shown["note1"] != NOTE, "drawn on the way"
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, start + at(canvas, 96, 40) - at(canvas, 0, 0))
    after = project(canvas)
    ways = {
        tuple(b - a for a, b in zip(old, new, strict=True))
        for old, new in (
            *((before.places[id], after.places[id]) for id in ("x", "conv1")),
            (NOTE.place, after.annotations["note1"].place),
            (ARROW.place, after.annotations["arrow1"].place),
        )
    }
    assert len(ways) == 1, "all keep their distances"
    assert ways != {(0.0, 0.0)}
    assert after.places["relu1"] == before.places["relu1"]
    assert canvas.session.document.history.count == steps + 1
    assert canvas.session.document.history.undo_text == "Move 2 layers and 2 notes and arrows"
    canvas.session.document.undo()
    assert project(canvas) == before


def test_esc_puts_all_back(canvas: Canvas) -> None:
    together(canvas)
    before = project(canvas)
    press_and_pull(canvas, at(canvas, 300, 60), at(canvas, 400, 160))
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, at(canvas, 400, 160))
    assert project(canvas) is before
    assert canvas.drawing.annotations.shown["note1"] == NOTE
    assert set(noted(canvas)) == {"note1", "arrow1"}
    assert set(canvas.session.selection) == {"x", "conv1"}


def test_keys_move_delete_and_undo_them(canvas: Canvas) -> None:
    together(canvas)
    before, steps = project(canvas), canvas.session.document.history.count
    key(canvas, Key.Key_Right, Held.AltModifier)
    key(canvas, Key.Key_Right, Held.AltModifier)
    assert project(canvas).annotations["note1"].place == (256.0, 0.0)
    assert project(canvas).places["conv1"][0] == before.places["conv1"][0] + 16
    assert canvas.session.document.history.count == steps + 1
    key(canvas, Key.Key_Delete)
    assert not project(canvas).annotations
    assert not {"x", "conv1"} & project(canvas).network.nodes.keys()
    assert canvas.session.document.history.count == steps + 2
    canvas.session.document.undo()
    canvas.session.document.undo()
    assert project(canvas) == before


def test_copies_keep_their_places_beside_each_other(canvas: Canvas, make: Make) -> None:
    together(canvas)
    before, steps = project(canvas), canvas.session.document.history.count
    key(canvas, Key.Key_D, Held.ControlModifier)
    after = project(canvas)
    assert canvas.session.document.history.count == steps + 1
    assert len(after.annotations) == 4
    new = [id for id in after.annotations if id not in before.annotations]
    assert sorted(noted(canvas)) == sorted(new)
    copy = next(after.annotations[id] for id in new if isinstance(after.annotations[id], Note))
    (conv,) = (id for id in canvas.session.selection if id.startswith("conv"))
    way = after.places[conv][0] - before.places["conv1"][0], after.places[conv][1] - before.places["conv1"][1]
    assert copy == replace(NOTE, place=(NOTE.place[0] + way[0], NOTE.place[1] + way[1]))
    canvas.session.document.undo()
    together(canvas)
    key(canvas, Key.Key_X, Held.ControlModifier)
    assert not project(canvas).annotations
    other = make(CHAIN[0])
    key(other, Key.Key_V, Held.ControlModifier)
    assert {type(each) for each in project(other).annotations.values()} == {Note, Arrow}
    assert len(project(other).network.nodes) == 3


def test_a_note_alone_is_copied_and_lands_beside_itself(canvas: Canvas) -> None:
    click(canvas, at(canvas, 300, 60))
    key(canvas, Key.Key_C, Held.ControlModifier)
    key(canvas, Key.Key_V, Held.ControlModifier)
    key(canvas, Key.Key_V, Held.ControlModifier)
    places = [each.place for each in project(canvas).annotations.values() if isinstance(each, Note)]
    assert len(places) == len(set(places)) == 3
    assert canvas.session.document.history.undo_text == "Paste note3"


def test_alt_and_a_drag_leave_the_originals(canvas: Canvas) -> None:
    together(canvas)
    before = project(canvas)
    drag(canvas, at(canvas, 300, 60), at(canvas, 500, 260), Held.AltModifier)
    after = project(canvas)
    assert len(after.annotations) == 4
    assert len(after.network.nodes) == len(before.network.nodes) + 2
    assert after.annotations["note1"] == NOTE
    canvas.session.document.undo()
    assert project(canvas) == before


@pytest.mark.parametrize(
    "annotations",
    [
        3, {"a": 1}, {"a": {"kind": "flag"}},
        {"a": {"kind": "arrow", "place": [0, 1e99], "size": [0, 0], "colour": "blue"}},
    ],
)  # fmt: skip
def test_a_text_with_strange_notes_is_refused_in_words(annotations: object) -> None:
    text = json.dumps({edits.FORMAT: 1, "nodes": [], "annotations": annotations})
    with pytest.raises(PasteError, match="the clipboard"):
        edits.pasted(Project(), text)


def test_what_holds_nothing_is_refused(canvas: Canvas) -> None:
    QGuiApplication.clipboard().setText(json.dumps({edits.FORMAT: 1, "nodes": [], "annotations": {}}))
    said: list[str] = []
    canvas.session.failed.connect(lambda _place, words: said.append(words))
    key(canvas, Key.Key_V, Held.ControlModifier)
    assert said == ["The clipboard holds no layers: copy some on the canvas first."]
