"""The numbers of a lab are as large as there is room for, and whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize

from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.labs.gram import GramLab
from explorer.ui.labs.overlap import OverlapLab
from tests.labs import shown

LECTURE, LAPTOP = QSize(1900, 980), QSize(1000, 620)


def formulas(lab) -> list[FormulaView]:
    return [view for view in lab.numbers.findChildren(FormulaView) if view.isVisible()]


def height_of_a_letter(view: FormulaView) -> float:
    return min(mark.area.height() for mark in view.marks())


@pytest.mark.parametrize("kind", [OverlapLab, GramLab])
def test_the_numbers_grow_with_the_window_and_are_whole(qtbot, kind) -> None:
    lab = shown(qtbot, kind)
    lab.page.resize(LAPTOP)
    qtbot.waitUntil(lambda: lab.page.size() == LAPTOP)
    small = height_of_a_letter(formulas(lab)[0])
    lab.page.resize(LECTURE)
    qtbot.waitUntil(lambda: height_of_a_letter(formulas(lab)[0]) > small)
    assert lab.numbers.verticalScrollBar().maximum() == 0
    for view in formulas(lab):
        assert view.height() >= view.heightForWidth(view.width())  # the numbers below the letters, too
        assert all(mark.area.right() <= view.width() for mark in view.marks())
    lab.page.resize(LAPTOP)
    qtbot.waitUntil(lambda: height_of_a_letter(formulas(lab)[0]) == small)


def test_longer_numbers_shrink_before_they_are_scrolled_to(qtbot) -> None:
    lab = shown(qtbot, OverlapLab)
    lab.page.resize(LECTURE)
    qtbot.waitUntil(lambda: lab.numbers.larger > 1)
    large = lab.numbers.larger
    for height in range(LECTURE.height(), 500, -60):
        lab.page.resize(LECTURE.width(), height)
        bottom = max(view.mapTo(lab.numbers, QPoint(0, view.height())).y() for view in formulas(lab))
        assert lab.numbers.larger == 1 or bottom <= lab.numbers.height()
    assert lab.numbers.larger < large
