"""Intersection over union by dragging two boxes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QImage
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.maths.boxes import area, iou
from explorer.maths.overlap import worked_overlap
from explorer.maths.sentences import Refusal
from explorer.ui import theme
from explorer.ui.labs.overlap import OverlapLab, Pair
from explorer.ui.panels.labs_page import LABS
from explorer.ui.pictures.class_colours import class_colour
from explorer.workspace.steps import Steps
from tests.labs import CTRL, SHIFT, drag, press, shown

sides = st.tuples(st.integers(0, 5), st.integers(1, 3)).map(lambda pair: (pair[0], sum(pair)))
box = st.tuples(sides, sides).map(lambda pair: (pair[0][0], pair[1][0], pair[0][1], pair[1][1]))


@given(box, box)
def test_the_worked_overlap_counts_squares(a, b) -> None:
    squares = np.zeros((2, 8, 8), bool)
    for layer, (left, top, right, bottom) in zip(squares, (a, b), strict=True):
        layer[top:bottom, left:right] = True
    both, either = int(squares.all(0).sum()), int(squares.any(0).sum())
    worked = worked_overlap(a, b)
    assert (worked["area A"], worked["area B"]) == (area(a), area(b))
    assert (worked["intersection"], worked["union"]) == (both, either)
    assert iou(a, b) == Fraction(both, either)
    assert worked["IoU"] == both / either


def test_the_formulas_have_their_numbers_in() -> None:
    worked = worked_overlap((2, 1, 4, 3), (1, 2, 3, 4))
    assert worked["area A"].numbers == "(4 − 2)·(3 − 1)"
    assert worked["union"].formula == "A + B − I"
    assert worked["union"].numbers == "4 + 4 − 1"
    assert worked["IoU"].numbers == "1 / 7"


def test_steps_merge_and_go_both_ways() -> None:
    steps = Steps(0)
    assert not steps.undo()
    for value, merge in ((1, "drag"), (2, "drag"), (3, ""), (4, "drag"), (4, "drag")):
        steps.take(value, merge)
    seen = []
    while steps.undo():
        seen.append(steps.value)
    assert seen == [3, 2, 0]
    while steps.redo():
        seen.append(steps.value)
    assert seen[3:] == [2, 3, 4]
    steps.undo()
    steps.take(9)
    assert not steps.can_redo
    for value in range(10, 2000):
        steps.take(value)
    assert sum(iter(steps.undo, False)) == 1000


def test_steps_that_lead_back_are_none_and_what_was_taken_back_can_be_taken_again() -> None:
    steps = Steps(0)
    for value in (1, 2):
        steps.take(value)
    steps.undo()
    for value in (5, 6, 1):
        steps.take(value, "drag")
    assert steps.value == 1
    assert steps.redo()
    assert steps.value == 2
    steps.take(7, "drag")
    assert not steps.can_redo
    steps.take(2, "drag")
    steps.take(8, "drag")  # and on
    assert (steps.undo(), steps.value) == (True, 2)
    assert (steps.undo(), steps.value) == (True, 1)


@pytest.fixture
def lab(qtbot) -> OverlapLab:
    return shown(qtbot, OverlapLab)


def test_it_begins_with_the_course_s_pair(lab) -> None:
    assert lab.exact.text() == "IoU = 1/7 = 0.142857"
    assert [row.value for row in lab.formulas.rows] == [4, 4, 1, 7, 1 / 7]
    assert "missed" in lab.verdict.text()


def test_boxes_are_dragged_and_resized_by_mouse(lab) -> None:
    drag(lab.sheet, (1.5, 3.5), (2.1, 3.2), (2.6, 2.4))
    assert lab.value == Pair(b=(2, 1, 4, 3))
    assert lab.exact.text() == "IoU = 1"
    assert "it is found" in lab.verdict.text()
    drag(lab.sheet, (4, 3), (7, 9))  # a corner, further than the sheet goes
    assert lab.value.b == (2, 1, 7, 6)
    assert lab.exact.text().startswith("IoU = 4/25")
    lab.undo()
    lab.undo()
    assert lab.value == Pair()
    lab.redo()
    assert lab.value.b == (2, 1, 4, 3)


def test_escape_gives_a_drag_up_and_then_goes_back(lab, qtbot) -> None:
    drag(lab.sheet, (3.5, 1.5), (5, 1.5), (6, 4), keys=(Qt.Key.Key_Escape,))
    drag(lab.sheet, (4, 3), (7, 5), keys=(Qt.Key.Key_Escape,))
    assert lab.value == Pair()
    assert not lab.undo_button.isEnabled()
    with qtbot.waitSignal(lab.page.back_requested):
        press(lab, Qt.Key.Key_Escape)


def test_tab_comes_to_everything_in_every_lab_both_ways(lab) -> None:
    """Qt enters a page at the part that has its keys, and what it has before that part was never come to."""
    page = lab.page
    for title in LABS:
        page.show_lab(title)
        page.lab.setFocus()
        first, ways = page.focusWidget(), []
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            way = [first]
            while QTest.keyClick(page.focusWidget(), key) or (page.focusWidget() is not first and len(way) < 60):
                way.append(page.focusWidget())
            ways.append(way)
        stops = {
            one
            for one in page.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
            and one.focusProxy() is None
        }  # fmt: skip
        assert {page.lab.export_button, page.list, first} < stops
        assert set(ways[0]) == stops, title
        assert ways[1] == [first, *reversed(ways[0][1:])], title


def test_and_by_keys(lab) -> None:
    press(lab, Qt.Key.Key_Right, times=2)
    assert lab.value.a == (3, 1, 5, 3)
    assert lab.exact.text() == "IoU = 0"
    press(lab, Qt.Key.Key_Down, SHIFT, times=2)
    assert lab.value.a == (3, 1, 5, 4)
    press(lab, Qt.Key.Key_PageDown)
    press(lab, Qt.Key.Key_Left, CTRL)
    assert lab.value.b == (0, 2, 2, 4)  # as far as the sheet goes
    press(lab, Qt.Key.Key_Z, CTRL, times=3)
    assert lab.value == Pair()
    press(lab, Qt.Key.Key_Y, CTRL)
    assert lab.value.a == (3, 1, 5, 3)
    lab.reset_button.click()
    assert lab.value == Pair()


def test_a_side_pulled_over_the_other_turns_the_box_round(lab) -> None:
    drag(lab.sheet, (4, 2), (0.5, 2))
    assert lab.value.a == (0.5, 1, 2, 3)


def test_the_picture_is_exported_with_its_numbers(lab, tmp_path: Path) -> None:
    lab.export(str(tmp_path / "iou.png"))
    with Image.open(tmp_path / "iou.png", formats=("PNG",)) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape[1] > 2 * lab.picture.width()
    halves = pixels[:, : 2 * lab.picture.width()], pixels[:, 2 * lab.picture.width() :]
    assert all(len(np.unique(half[..., 0])) > 20 for half in halves)
    lab.export(str(tmp_path / "iou.svg"))
    assert b"<svg" in (tmp_path / "iou.svg").read_bytes()
    lab.export(str(tmp_path / "iou.pdf"))
    document = QPdfDocument()
    assert document.load(str(tmp_path / "iou.pdf")) == QPdfDocument.Error.None_
    page = document.pagePointSize(0)
    assert document.pageCount() == 1
    assert page.width() / page.height() == pytest.approx(pixels.shape[1] / pixels.shape[0], rel=0.01)
    letters = "".join(document.getAllText(0).text().split())  # not a picture of them
    assert "Below0.5" in letters
    with pytest.raises(Refusal, match=r"\.png, \.svg or \.pdf"):
        lab.export(str(tmp_path / "iou.gif"))


def test_what_is_exported_shows_no_handles(lab) -> None:
    """Slides had the squares a box is resized by, and an edge around what had the keys."""

    def copied():
        lab.copy()
        return QGuiApplication.clipboard().image()

    lab.sheet.setFocus()
    assert lab.sheet.hasFocus()
    held, seen = copied(), lab.sheet.grab().toImage()
    lab.export_button.setFocus()
    assert not lab.sheet.hasFocus()
    assert lab.sheet.grab().toImage() != seen
    assert held == copied()


def test_what_is_exported_lies_on_white_in_every_theme(lab, qapp) -> None:
    """A dark rectangle on a slide told that somebody had pasted a window."""
    for name in ("dark", "projector", "light"):
        theme.apply(qapp, name)
        QApplication.processEvents()
        before = lab.grab().toImage()
        lab.copy()
        copied = QGuiApplication.clipboard().image()
        shades = [copied.pixelColor(x, y).lightnessF() for x in range(0, copied.width(), 7) for y in (1, 400)]
        assert np.mean(shades) > 0.9, name
        assert copied.pixelColor(copied.width() - 3, 3) == QColor("white")
        words = [
            copied.pixelColor(x, y).lightnessF() for x in range(copied.width() // 2, copied.width()) for y in (40, 45)
        ]
        assert min(words) < 0.3, "dark words"
        assert lab.grab().toImage() == before, "the window is as it was"


def test_the_picture_is_copied_with_its_numbers(lab, tmp_path: Path) -> None:
    lab.export(str(tmp_path / "iou.png"))
    lab.sheet.setFocus()
    for copy in (lambda: press(lab, Qt.Key.Key_C, CTRL), lab.copy_button.click):
        QGuiApplication.clipboard().clear()
        copy()
        copied = QGuiApplication.clipboard().image()
        assert copied.size() == QImage(str(tmp_path / "iou.png")).size()
        assert copied.pixelColor(copied.rect().center()).isValid()


def test_no_box_crosses_the_words_of_another(lab) -> None:
    lab.edit(Pair(a=(2, 1, 4, 3), b=(2.5, 0, 4.5, 2)))
    lab.sheet.clearFocus()
    seen = lab.sheet.grab().toImage()
    corner = lab.sheet.on_widget(2, 1).toPoint()
    left = lab.sheet.on_widget(2.5, 1).toPoint().x()  # of B, which goes up through A's plate
    over = [seen.pixelColor(left, corner.y() - up) for up in range(4, 10)]
    assert class_colour(1) not in over
    assert class_colour(0) in over


def test_words_and_marks_are_larger_on_a_larger_sheet(lab) -> None:
    """At a projector the picture grew, and its words stayed as small as before."""
    small = lab.sheet.words().pointSizeF(), lab.sheet.area.left()
    assert lab.sheet.larger == 1
    lab.page.resize(1900, 1000)
    QApplication.processEvents()
    assert 1.4 < lab.sheet.larger <= 2
    assert lab.sheet.words().pointSizeF() == pytest.approx(small[0] * lab.sheet.larger)
    measure = QFontMetrics(lab.sheet.words())
    assert measure.height() <= lab.sheet.on_widget(0, 0).y(), "the figures above fit"
    before = lab.value.b
    press(lab, Qt.Key.Key_PageDown)
    drag(lab.sheet, (3.05, 4.05), (4.05, 5.05))  # near the corner, which is larger too
    assert lab.value.b == (*before[:2], before[2] + 1, before[3] + 1)
