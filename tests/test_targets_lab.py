"""Boxes written into the volume a one-shot detector is trained towards."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.maths.records import Picture
from explorer.maths.targets import Slot, Thing, encoded, entry_names, likenesses, slot_of, worked_box
from explorer.ui.labs.targets import CLASSES, FIVE, SCHEMES, Scene, Scheme, TargetsLab
from explorer.ui.pictures.lab_picture import OPEN
from tests.labs import CTRL, LEFT, NONE, SHIFT, drag, press, shown

ANCHORS = [(0.3, 0.75), (0.6, 0.3)]
side = st.tuples(st.integers(0, 900), st.integers(20, 100)).map(lambda p: (p[0] / 1000, (p[0] + p[1]) / 1000))
thing = st.tuples(side, side, st.integers(0, 2)).map(lambda p: Thing((p[0][0], p[1][0], p[0][1], p[1][1]), p[2]))


@pytest.mark.parametrize(
    ("grid", "anchors", "shape"),
    [(3, [(0.4, 0.6)], (3, 3, 8)), (3, ANCHORS, (3, 3, 16)), (19, [(w / 100, h / 100) for w, h in FIVE], (19, 19, 40))],
)
def test_the_course_s_volumes(grid, anchors, shape) -> None:
    assert encoded([], (grid, grid), anchors, 3).volume.shape == shape
    assert [len(scheme.anchors) for scheme in SCHEMES.values()] == [1, 2, 5]
    assert entry_names(["a", "b", "c"]) == ["p_c", "b_x", "b_y", "b_h", "b_w", "c_1 a", "c_2 b", "c_3 c"]


@given(st.lists(thing, max_size=6), st.integers(1, 19))
def test_what_is_written_can_be_read_again(things, n) -> None:
    encoding = encoded(things, (n, n), ANCHORS, 3)
    volume = encoding.volume.reshape(n, n, 2, 8)
    read = []
    for row, column, anchor in zip(*np.nonzero(volume[..., 0]), strict=True):  # every cell, by brute force
        _, x, y, h, w, *kinds = volume[row, column, anchor]
        middle = (column + x) / n, (row + y) / n
        assert 0 <= x <= 1
        assert 0 <= y <= 1
        read.append((middle[0] - w / n / 2, middle[1] - h / n / 2, middle[0] + w / n / 2, middle[1] + h / n / 2))
        assert sum(kinds) == 1
    kept = [one.box for i, one in enumerate(things) if i not in encoding.lost]
    assert len(read) == len(kept)
    for box in kept:
        assert min(np.abs(np.subtract(box, other)).max() for other in read) < 1e-9
    assert np.count_nonzero(volume.sum(3)) == len(kept)


@given(st.lists(thing, min_size=1, max_size=8))
def test_an_object_is_lost_only_to_one_before_it_in_the_same_place(things) -> None:
    encoding = encoded(things, (2, 2), ANCHORS, 3)
    for number, slot in enumerate(encoding.slots):
        before = encoding.slots[:number]
        assert (number in encoding.lost) == (slot in before)


def test_two_of_one_cell_need_two_anchors_and_three_lose_one() -> None:
    tall, wide, square = (0.4, 0.2, 0.5, 0.8), (0.1, 0.45, 0.8, 0.6), (0.42, 0.42, 0.48, 0.48)
    things = [Thing(tall, 0), Thing(wide, 1)]
    assert encoded(things, (3, 3), ANCHORS[:1], 3).lost == (1,)
    both = encoded(things, (3, 3), ANCHORS, 3)
    assert both.lost == ()
    assert both.slots == (Slot(1, 1, 0), Slot(1, 1, 1))
    assert encoded([*things, Thing(square, 2)], (3, 3), ANCHORS, 3).lost == (2,)


def test_shapes_are_compared_exactly_and_the_first_of_equals_is_taken() -> None:
    assert likenesses((0.5, 0.5, 0.75, 0.75), [(0.25, 0.5), (0.5, 0.25)]) == [Fraction(1, 2), Fraction(1, 2)]
    assert slot_of((0.5, 0.5, 0.75, 0.75), (1, 1), [(0.25, 0.5), (0.5, 0.25)]).anchor == 0
    edge = slot_of((1.0, 1.0, 1.0, 1.0), (3, 3), ANCHORS)
    assert (edge.row, edge.column) == (2, 2)


def test_a_box_larger_than_its_cell_has_sizes_above_one() -> None:
    box = worked_box((0.25, 0.0, 0.75, 1.0), (3, 3))
    assert {name: float(value) for name, value in box.items()} == {"b_x": 0.5, "b_y": 0.5, "b_h": 3.0, "b_w": 1.5}
    assert box["b_x"].numbers == "3·((0.25 + 0.75) / 2) − 1"


@pytest.fixture
def lab(qtbot) -> TargetsLab:
    return shown(qtbot, TargetsLab)


def column(lab, anchor: int) -> list[str]:
    return [row[1 + anchor] for row in lab.table.texts()]


def button(lab, name: str):
    return next(b for b in lab.findChildren(type(lab.undo_button)) if b.text() == name)


def test_one_anchor_loses_what_two_keep(lab) -> None:
    assert lab.volume.text() == "y: 3 × 3 × 16"
    assert not lab.lost.text()
    assert "the person and the neck ring" in lab.where.text()
    assert column(lab, 0)[:3] == ["1", "0.1367", "0.541"]
    assert column(lab, 1)[5:] == ["0", "0", "1"]
    button(lab, "3×3×8").click()
    assert lab.volume.text() == "y: 3 × 3 × 8"
    assert lab.lost.text() == (
        "The neck ring is lost: its middle lies in row 1, column 1, where the person has anchor 1 already."
    )
    button(lab, "19×19×40").click()
    assert lab.volume.text() == "y: 19 × 19 × 40"
    assert "Row 9, column 7" in lab.where.text()
    assert "the person" in lab.where.text()
    assert not lab.lost.text()
    assert lab.formulas.rows[0].numbers == "5·(5 + 3)"


def test_a_click_shows_another_cell(lab) -> None:
    QTest.mouseClick(lab.sheet, LEFT, NONE, lab.sheet.on_widget(480, 480).toPoint())
    assert "Row 2, column 2" in lab.where.text()
    assert column(lab, 0) == ["0", *"???????"]
    press(lab, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, times=2)
    assert "Row 0, column 2" in lab.where.text()
    assert "the space shuttle" in lab.where.text()


def test_boxes_are_drawn_classified_moved_and_removed(lab) -> None:
    drag(lab.sheet, (400, 340), (440, 400), (500, 500), keys=(Qt.Key.Key_Escape,))
    assert lab.value == Scene()
    before, (x, y, *_) = lab.sheet.drawn, lab.sheet.drawn[0].box
    drag(lab.sheet, (x + 5, y + 5), (x + 15, y + 5), keys=(Qt.Key.Key_PageDown, Qt.Key.Key_Delete))
    same = [one.box == then.box for one, then in zip(lab.sheet.drawn, before, strict=True)]
    assert same.count(False) == 1, "only the box that the mouse has moves"
    lab.undo()
    assert lab.value == Scene()
    drag(lab.sheet, (400, 340), (440, 400), (500, 500))
    assert lab.sheet.drawn[-1].box == (400, 340, 500, 500)
    assert "Row 2, column 2" in lab.where.text()
    press(lab, Qt.Key.Key_2)
    assert lab.value.things[-1].kind == 1
    assert column(lab, 1)[5:] == ["0", "1", "0"]
    press(lab, Qt.Key.Key_Left, CTRL, times=40)  # one step for undo
    press(lab, Qt.Key.Key_Down, SHIFT, times=3)
    assert lab.sheet.drawn[-1].box == (200, 340, 300, 503)
    press(lab, Qt.Key.Key_Z, CTRL, times=2)
    assert lab.sheet.drawn[-1].box == (400, 340, 500, 500)
    press(lab, Qt.Key.Key_Delete)
    assert len(lab.value.things) == 3
    press(lab, Qt.Key.Key_Insert)
    assert lab.sheet.drawn[-1].box == (192, 192, 320, 320)
    lab.reset_button.click()
    assert [CLASSES[one.kind] for one in lab.value.things] == list(CLASSES)


def test_grid_and_anchors_are_typed(lab) -> None:
    grid = lab.form.editor("grid")
    grid.setFocus()
    grid.selectAll()
    QTest.keyClicks(grid, "7")
    assert lab.volume.text() == "y: 7 × 7 × 16"
    grid.selectAll()
    QTest.keyClick(grid, Qt.Key.Key_Backspace)
    assert lab.form.problem("grid") == "Grid must be a whole number from 1 to 40, not ''"
    assert lab.volume.text() == "y: 7 × 7 × 16"
    anchors = lab.form.editor("anchors")
    anchors.setFocus()
    anchors.selectAll()
    QTest.keyClicks(anchors, "10x10, 20x20, 30x30")
    assert lab.value.scheme == Scheme(7, ((10.0, 10.0), (20.0, 20.0), (30.0, 30.0)))
    assert lab.volume.text() == "y: 7 × 7 × 24"


def test_another_picture_keeps_the_shares(lab) -> None:
    before = lab.value.things
    lab.pictures.setCurrentText("coffee")
    assert lab.value.things == before
    wide, high = lab.sheet.extent
    assert wide != high
    assert lab.sheet.drawn[0].box[3] == high
    lab.undo()
    assert lab.pictures.currentText() == "astronaut"


def test_the_open_picture_is_among_them_and_follows(lab) -> None:
    grey = np.full((30, 60, 3), 99, np.uint8)
    lab.session.picture = Picture(grey, "grey", (60, 30))
    lab.session.picture_changed.emit(lab.session.picture)
    lab.pictures.setCurrentText(OPEN)
    assert lab.sheet.extent == (60, 30)
    lab.session.picture = Picture(grey[:20], "less", (60, 20))
    lab.session.picture_changed.emit(lab.session.picture)
    assert lab.sheet.extent == (60, 20)
    lab.session.picture = None
    lab.session.picture_changed.emit(None)
    assert lab.pictures.findText(OPEN) < 0
    assert lab.value.picture != OPEN


def test_five_anchors_are_those_of_yolov2() -> None:
    """darknet's yolov2-voc.cfg has them in cells of 13 × 13."""
    cells = [(1.3221, 1.73145), (3.19275, 4.00944), (5.05587, 8.09892), (9.47112, 4.84053), (11.2364, 10.0071)]
    assert np.array(FIVE) / 100 == pytest.approx(np.array(cells) / 13, abs=0.5e-4)


def test_objects_of_one_cell_share_its_tint(lab) -> None:
    """Both lay on each other, in a colour that is neither's."""
    cell = lab.sheet.cell_box(1, 1)
    person, ring = (area for area, owner in lab.sheet.tints() if owner in (0, 2))
    assert person.united(ring) == cell
    assert person.right() == pytest.approx(ring.left())
    assert person.width() == pytest.approx(cell.width() / 2)


def test_long_anchors_are_read_from_the_first(lab) -> None:
    lab.edit(replace(lab.value, scheme=SCHEMES["19×19×40"]))
    assert lab.form.editor("anchors").lineEdit().cursorPosition() == 0
