"""Landmarks as outputs: the vector that dragged points make."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.maths.landmarks import between, landmark_vector, renumbered, squared_error
from explorer.ui.labs.landmarks import Face, LandmarksLab
from tests.labs import CTRL, LEFT, NONE, drag, press, shown

share = st.floats(0, 1)
points = st.lists(st.tuples(share, share), min_size=1, max_size=8)


@given(points, st.integers(0, 9))
def test_renumbering_keeps_the_dots_and_changes_the_vector(some, by) -> None:
    other = renumbered(some, by)
    assert sorted(other) == sorted(some)
    assert len(landmark_vector(some)) == 2 * len(some) + 1
    a, b = np.array(landmark_vector(some)), np.array(landmark_vector(other))
    assert squared_error(some, other) == pytest.approx(float(((a - b) ** 2).sum()))


@given(points, st.lists(st.floats(-0.2, 0.2), min_size=16, max_size=16))
def test_nothing_is_nearer_to_both_labels_than_the_middle(some, steps) -> None:
    other = renumbered(some, 1)
    middle = between(some, other)
    moved = [(x + steps[2 * i], y + steps[2 * i + 1]) for i, (x, y) in enumerate(middle)]

    def both(answer) -> float:
        return squared_error(answer, some) + squared_error(answer, other)

    assert both(middle) <= both(moved) + 1e-12


@pytest.fixture
def lab(qtbot) -> LandmarksLab:
    return shown(qtbot, LandmarksLab)


def test_dragging_a_point_changes_its_two_numbers(lab) -> None:
    assert lab.outputs.text() == "y has 11 numbers"
    before = lab.table.texts()
    assert [row[0] for row in before][:5] == [
        "face", "l_1x  left eye", "l_1y  left eye", "l_2x  right eye", "l_2y  right eye",
    ]  # fmt: skip
    assert before[0][1] == "1.0000"
    drag(lab.sheet, (319, 137), (300, 200))
    after = lab.table.texts()
    assert [i for i in range(11) if after[i] != before[i]] == [3, 4]
    assert lab.value.points[1] == pytest.approx((300 / 451, 200 / 300), abs=2 / 300)
    lab.undo()
    assert lab.table.texts() == before


def test_a_drag_and_a_point_that_are_given_up_leave_nothing(lab) -> None:
    drag(lab.sheet, (319, 137), (300, 200), keys=(Qt.Key.Key_Escape,))
    drag(lab.sheet, (100, 250), keys=(Qt.Key.Key_Escape,))
    assert lab.value == Face()
    assert not lab.undo_button.isEnabled()
    drag(lab.sheet, (100, 250), (120, 260))  # a point that is added and put right is one step
    assert lab.outputs.text() == "y has 13 numbers"
    lab.undo()
    assert lab.value == Face()
    drag(lab.sheet, (319, 137), (300, 200), keys=(Qt.Key.Key_PageDown, Qt.Key.Key_Delete))
    same = [lab.value.points[place] == Face().points[place] for place in range(5)]
    assert same == [True, False, True, True, True], "the point that the mouse has is the only one that moves"


def test_by_keys_and_more_or_fewer_points(lab) -> None:
    press(lab, Qt.Key.Key_PageDown, times=2)
    press(lab, Qt.Key.Key_Right, CTRL, times=2)
    assert lab.sheet.points[2] == (274, 242)
    QTest.mouseClick(lab.sheet, LEFT, NONE, lab.sheet.on_widget(400, 200).toPoint())
    assert lab.outputs.text() == "y has 13 numbers"
    assert lab.formulas.rows[0].numbers == "2·6 + 1"
    for _ in range(9):
        press(lab, Qt.Key.Key_Delete)
    assert lab.outputs.text() == "y has 3 numbers"  # one is left
    lab.reset_button.click()
    assert lab.value == Face()


def test_numbering_the_dots_otherwise_teaches_the_middle(lab) -> None:
    assert not lab.error.text()
    lab.shift.click()
    error = squared_error(lab.value.points, renumbered(lab.value.points, 1))
    assert f"squared error is {error:.4f}" in lab.error.text()
    rows = lab.table.texts()
    assert rows[1][2] == rows[3][1]  # what is landmark 1 there is landmark 2 here
    for _ in range(4):
        lab.shift.click()
    assert lab.value == Face()


def test_one_point_cannot_be_numbered_otherwise(lab) -> None:
    assert lab.shift.isEnabled()
    lab.sheet.setFocus()
    press(lab, Qt.Key.Key_Delete, times=4)
    assert len(lab.value.points) == 1
    assert not lab.shift.isEnabled()


def test_points_keep_their_names_where_others_go(lab) -> None:
    """Without the nose the left ear was called nose."""
    lab.sheet.setFocus()
    press(lab, Qt.Key.Key_PageDown, times=2)
    press(lab, Qt.Key.Key_Delete)
    press(lab, Qt.Key.Key_Insert)
    assert [row[0] for row in lab.table.texts()[5::2]] == ["l_3x  left ear", "l_4x  right ear", "l_5x"][:3]
    told = lab.sheet.accessibleDescription()
    assert "nose" not in told
    assert "left ear" in told
    assert "5: " in told
    lab.undo()
    lab.undo()
    assert lab.value == Face()
