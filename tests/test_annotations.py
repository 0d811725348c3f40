"""Notes and arrows on the canvas: added, written in place, dragged, coloured, saved, drawn into a picture."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.formats import project_json
from explorer.formats.project_file import ProjectError, read, write
from explorer.formats.strict_json import Fault
from explorer.network.annotations import COLOURS, TEXT_SIZES, Annotation, Arrow, Note, WrongAnnotation, fresh_name
from explorer.network.network import Network
from explorer.network.project import Project
from explorer.ui.canvas.annotations import FAMILIES
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

NOTE = Note((240.0, 0.0), (200.0, 80.0), "blue", "What comes in")
ARROW = Arrow((240.0, 40.0), (-56.0, 0.0), "orange")
PLAIN = Project(Network({n.id: n for n in CHAIN}))

UNITS = st.floats(-1e8, 1e8)
NOTES = st.builds(
    Note, st.tuples(UNITS, UNITS), st.tuples(st.floats(48, 1e8), st.floats(24, 1e8)), st.sampled_from(COLOURS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.sampled_from(TEXT_SIZES),
)  # fmt: skip
ARROWS = st.builds(Arrow, st.tuples(UNITS, UNITS), st.tuples(UNITS, UNITS), st.sampled_from(COLOURS))


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), NOTES | ARROWS, max_size=4))
def test_saved_and_opened_they_are_the_same(annotations: dict[str, Annotation]) -> None:
    project = replace(PLAIN, annotations=annotations)
    data = project_json.dumped(project)
    assert project_json.loaded(data) == project
    assert project_json.dumped(replace(PLAIN, annotations=dict(reversed(annotations.items())))) == data


WRONG = {
    "no object": (3, "object"),
    "unknown kind": ({"a": {"kind": "flag", "place": [0, 0], "size": [0, 0], "colour": "blue"}}, "neither note nor"),
    "one number": ({"a": {"kind": "arrow", "place": [0], "size": [0, 0], "colour": "blue"}}, "1 numbers, not 2"),
    "text": ({"a": {"kind": "arrow", "place": ["0", 0], "size": [0, 0], "colour": "blue"}}, "than a number"),
    "no colour": ({"a": {"kind": "arrow", "place": [0, 0], "size": [0, 0], "colour": "#f00"}}, "no colour “#f00”"),
    "far away": ({"a": {"kind": "arrow", "place": [1e9, 0], "size": [0, 0], "colour": "blue"}}, "within 100,000,000"),
    "an arrow's text": (
        {"a": {"kind": "arrow", "place": [0, 0], "size": [0, 0], "colour": "blue", "text": ""}}, "unknown “text”"
    ),
    "tiny": (
        {"a": {"kind": "note", "place": [0, 0], "size": [1, 1], "colour": "blue", "text": "", "text_size": 12}},
        "at least 48",
    ),
    "letters": (
        {"a": {"kind": "note", "place": [0, 0], "size": [99, 99], "colour": "blue", "text": "", "text_size": 12.5}},
        "letters are 12, 18, 28",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_hostile_files(name: str) -> None:
    value, words = WRONG[name]
    described = json.loads(project_json.dumped(PLAIN))
    with pytest.raises(Fault) as caught:
        project_json.loaded(json.dumps({**described, "annotations": value}).encode())
    assert words in str(caught.value)
    assert len(str(ProjectError(f"“x.cnnx” {caught.value}: open another copy."))) <= 300


def test_too_long_a_note_is_refused() -> None:
    with pytest.raises(WrongAnnotation, match="at most 10,000"):
        replace(NOTE, text="x" * 10_001)
    assert set(FAMILIES) == set(COLOURS)
    assert fresh_name("note", ["note1", "note3"]) == "note2"


def bare(make: Make) -> Canvas:
    """A canvas with the keys' focus, for what happens when it goes elsewhere."""
    canvas = make(*CHAIN)
    canvas.activateWindow()
    assert QTest.qWaitForWindowActive(canvas)
    canvas.setFocus()
    return canvas


def with_notes(make: Make) -> Canvas:
    canvas = bare(make)
    canvas.session.document.open(replace(project(canvas), annotations={"note1": NOTE, "arrow1": ARROW}))
    return canvas


def at(canvas: Canvas, x: float, y: float) -> QPoint:
    return canvas.viewportTransform().map(QPointF(x, y)).toPoint()


def test_a_note_is_written_in_its_place_as_one_step(make: Make) -> None:
    canvas = bare(make)
    before, document = project(canvas), canvas.session.document
    where = spot(canvas, "conv1", 1.6)
    there = canvas.scene_point(QPointF(where))
    QTest.mouseMove(canvas.viewport(), where)
    key(canvas, Key.Key_N)
    assert canvas.annotating.field.isVisible()
    assert canvas.annotating.field.hasFocus()
    QTest.keyClicks(canvas.annotating.field, "Sees 3x3")
    QTest.keyClick(canvas.annotating.field, Key.Key_Return)
    QTest.keyClicks(canvas.annotating.field, "pixels")
    QTest.keyClick(canvas.annotating.field, Key.Key_Return, Held.ControlModifier)
    (note,) = project(canvas).annotations.values()
    assert note.text == "Sees 3x3\npixels"
    assert (QPointF(*note.place) - there).manhattanLength() <= 8, "on the grid"
    assert (document.history.count, document.history.undo_text) == (1, "Add note1")
    assert canvas.accessibleDescription() == "orange note: Sees 3x3\npixels"
    assert not canvas.annotating.field.isVisible()
    document.undo()
    assert project(canvas) == before


@pytest.mark.parametrize("how", ["esc", "nothing written"])
def test_a_note_given_up_leaves_nothing(make: Make, how: str) -> None:
    canvas = bare(make)
    before, clean = project(canvas), painted(canvas)
    key(canvas, Key.Key_N)
    if how == "esc":
        QTest.keyClicks(canvas.annotating.field, "never mind")
        QTest.keyClick(canvas.annotating.field, Key.Key_Escape)
    else:
        QTest.keyClick(canvas.annotating.field, Key.Key_Return, Held.ControlModifier)
    assert project(canvas) == before
    assert canvas.session.document.history.count == 0
    assert canvas.hasFocus()
    assert painted(canvas) == clean


def test_a_written_note_is_changed_by_a_double_click_and_enter(make: Make) -> None:
    canvas = with_notes(make)
    QTest.mouseDClick(canvas.viewport(), LEFT, Held.NoModifier, at(canvas, 300, 60))
    field = canvas.annotating.field
    assert field.toPlainText() == "What comes in"
    QTest.keyClicks(field, "32 x 32 pixels in three colours, as many as fit " * 4)
    click(canvas, spot(canvas, "conv1"))  # a click elsewhere ends it
    note = project(canvas).annotations["note1"]
    assert note.text.startswith("32 x 32")
    assert note.size[1] > NOTE.size[1], "it grew with its text"
    assert canvas.session.selection == ("conv1",)
    canvas.session.document.undo()
    assert project(canvas).annotations["note1"] == NOTE
    key(canvas, Key.Key_N, Held.ShiftModifier)
    key(canvas, Key.Key_Return)
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Key.Key_Escape)
    assert project(canvas).annotations["note1"] == NOTE
    assert not canvas.session.document.history.can_undo


def test_notes_are_dragged_sized_and_coloured(make: Make) -> None:
    canvas = with_notes(make)
    document = canvas.session.document
    start = at(canvas, 320, 60)
    drag(canvas, start, start + QPoint(64, 32))
    moved = project(canvas).annotations["note1"]
    assert moved.place == pytest.approx((240 + 64 / canvas.zoom, 32 / canvas.zoom), abs=8)
    assert moved.size == NOTE.size
    corner = at(canvas, moved.place[0] + 200, moved.place[1] + 80)
    drag(canvas, corner, corner + QPoint(48, 24))
    sized = project(canvas).annotations["note1"].size
    assert sized > NOTE.size
    drag(canvas, at(canvas, moved.place[0] + sized[0], moved.place[1] + sized[1]), start - QPoint(200, 200))
    assert project(canvas).annotations["note1"].size == (48, 24), "never too small to be seen"
    canvas.annotating.colour("pink")
    canvas.annotating.resize_text(1)
    assert project(canvas).annotations["note1"].colour == "pink"
    assert project(canvas).annotations["note1"].text_size == 18
    assert document.history.count == 5
    for _ in range(5):
        document.undo()
    assert project(canvas).annotations == {"note1": NOTE, "arrow1": ARROW}


def test_both_ends_of_an_arrow_are_dragged(make: Make) -> None:
    canvas = bare(make)
    QTest.mouseMove(canvas.viewport(), spot(canvas, "relu1", 1.5))
    key(canvas, Key.Key_A)
    (new,) = project(canvas).annotations.values()
    x, y = new.place
    tip = at(canvas, x + 120, y)
    drag(canvas, tip, tip + QPoint(0, 80))
    (arrow,) = project(canvas).annotations.values()
    assert arrow.place == new.place
    assert arrow.size[1] > 40
    drag(canvas, at(canvas, x, y), at(canvas, x, y) - QPoint(0, 40))
    (longer,) = project(canvas).annotations.values()
    assert longer.place[1] < y
    assert longer.place[1] + longer.size[1] == arrow.place[1] + arrow.size[1], "its tip stays"
    assert canvas.accessibleDescription() == "orange arrow that points down and right"
    key(canvas, Key.Key_Delete)
    assert project(canvas).annotations == {}


def test_esc_puts_a_dragged_note_back(make: Make) -> None:
    canvas = with_notes(make)
    canvas.session.select(("x",))
    canvas.drawing.point_at(canvas.drawing.hit(QPointF(-1e5, 0), 1))
    before, clean = project(canvas), painted(canvas)
    press_and_pull(canvas, at(canvas, 320, 60), at(canvas, 420, 160))
    assert painted(canvas) != clean
    key(canvas, Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, at(canvas, 420, 160))
    assert project(canvas) is before
    assert canvas.session.selection == ("x",)
    assert painted(canvas) == clean


def test_by_keys_alone(make: Make) -> None:
    canvas = with_notes(make)
    key(canvas, Key.Key_N, Held.ShiftModifier)
    assert canvas.annotating.chosen == "note1"
    key(canvas, Key.Key_N, Held.ShiftModifier)
    assert canvas.annotating.chosen == "arrow1"
    for _ in range(3):
        key(canvas, Key.Key_Down, Held.AltModifier)
    key(canvas, Key.Key_Right, Held.AltModifier | Held.ShiftModifier)
    arrow = project(canvas).annotations["arrow1"]
    assert arrow == Arrow((240.0, 64.0), (-48.0, 0.0), "orange")
    assert canvas.session.document.history.count == 2, "steps in a row are one"
    key(canvas, Key.Key_Escape)
    assert canvas.annotating.chosen == ""
    key(canvas, Key.Key_Delete)
    assert len(project(canvas).annotations) == 2


def test_a_new_note_without_the_mouse_is_not_hidden_by_a_card(make: Make) -> None:
    canvas = bare(make)
    canvas.pointer = None
    canvas.session.select(("conv1",))
    key(canvas, Key.Key_N)
    QTest.keyClicks(canvas.annotating.field, "a")
    (note,) = project(canvas).annotations.values()
    area = QRectF(*note.place, *note.size)
    assert not canvas.drawing.within(area)
    assert area.left() > canvas.drawing.bounds(["conv1"]).right()
    assert canvas.visible.contains(area)


def test_a_right_click_asks_for_its_menu(make: Make) -> None:
    canvas = with_notes(make)
    asked: list[str] = []
    canvas.menu_requested.connect(lambda menu, _: asked.append(menu))
    for x, y in ((320, 60), (-500, 0)):
        where = at(canvas, x, y)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, canvas.viewport().mapToGlobal(where))
        QApplication.sendEvent(canvas.viewport(), event)
    assert asked == ["Edit/Notes and arrows", "ground"], "the note, then the ground"
    assert canvas.annotating.chosen == "note1"


def test_they_are_in_every_picture_of_the_network(make: Make, tmp_path: Path) -> None:
    canvas = with_notes(make)
    canvas.export_picture(str(tmp_path / "net.svg"))
    assert "What comes in" in (tmp_path / "net.svg").read_text("utf-8")
    with_them = canvas.drawing.bounds()
    assert with_them.contains(QRectF(*NOTE.place, *NOTE.size))
    canvas.export_picture(str(tmp_path / "net.png"))
    canvas.session.document.edit("Delete", replace(project(canvas), annotations={}))
    assert canvas.drawing.bounds().width() < with_them.width()
    canvas.export_picture(str(tmp_path / "plain.png"))
    assert QImage(str(tmp_path / "net.png")).width() > QImage(str(tmp_path / "plain.png")).width()


def test_from_far_away_they_are_still_seen(make: Make) -> None:
    canvas = with_notes(make)
    canvas.zoom_by(-24)
    assert canvas.zoom < 0.3
    here = painted(canvas).pixelColor(at(canvas, 330, 70))
    canvas.session.document.edit("Delete", replace(project(canvas), annotations={}))
    assert painted(canvas).pixelColor(at(canvas, 330, 70)) != here


def test_they_stay_when_the_network_changes(make: Make, tmp_path: Path) -> None:
    canvas = with_notes(make)
    click(canvas, spot(canvas, "relu1"))
    key(canvas, Key.Key_Delete)
    assert project(canvas).annotations == {"note1": NOTE, "arrow1": ARROW}
    write(tmp_path / "a.cnnx", project(canvas))
    assert read(tmp_path / "a.cnnx") == project(canvas)
