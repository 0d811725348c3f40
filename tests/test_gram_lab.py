"""The Gram matrix by hand: its numbers against numpy and torch, and the lab by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from explorer.maths.gram import gram, stepped, turned, worked_cost, worked_distance, worked_gram, worked_slope
from explorer.ui import theme
from explorer.ui.labs.gram import GramLab, Maps
from explorer.ui.pictures.gram_sheet import CELLS, Cell
from tests.labs import LEFT, press, shown

numbers = st.integers(0, 900).map(lambda x: x / 100)
maps = st.tuples(*[st.tuples(*[numbers] * 4)] * 3)
START = Maps()


@settings(deadline=None)
@given(maps, maps)
def test_all_numbers_are_numpy_s_and_torch_s(f, style) -> None:
    made, wanted = torch.tensor(f, dtype=torch.float64, requires_grad=True), np.array(style)
    assert np.allclose(gram(style), wanted @ wanted.T)
    assert gram(style) == tuple(tuple(float(worked_gram(style, i, j)) for j in range(3)) for i in range(3))
    cost = (made @ made.T - torch.from_numpy(wanted @ wanted.T)).square().sum() / (4 * 3**2 * 4**2)
    assert float(worked_cost(f, style)) == pytest.approx(cost.item())
    cost.backward()
    for i in range(3):
        for k in range(4):
            assert float(worked_slope(f, style, i, k)) == pytest.approx(float(made.grad[i, k]), abs=1e-9)


@settings(deadline=None)
@given(maps)
def test_where_things_are_does_not_matter(f) -> None:
    assert np.allclose(gram(turned(f, 2)), gram(f))
    assert turned(turned(turned(turned(f, 2), 2), 2), 2) == f
    assert turned(((1, 2, 3, 4),) * 3, 2) == ((3, 1, 4, 2),) * 3, "clockwise"


@settings(deadline=None)
@given(maps, maps)
def test_a_step_leads_downhill_or_nowhere(f, style) -> None:
    other = stepped(f, style, 4.0)
    assert other == f or float(worked_cost(other, style)) < float(worked_cost(f, style))
    assert min(map(min, other)) >= 0
    assert stepped(style, style, 4.0) == style


def test_the_formulas_have_their_numbers_in() -> None:
    entry = worked_gram(START.made, 0, 1)
    assert (entry.formula, entry.numbers, float(entry)) == (
        "F_11·F_21 + F_12·F_22 + F_13·F_23 + F_14·F_24", "0·2 + 1·0 + 0·1 + 1·0", 0,
    )  # fmt: skip
    assert worked_cost(START.made, START.style).formula == "S / (4·N^2·M^2)"
    assert worked_distance(START.made, START.style).numbers.startswith("(2 − 5)^2 + (0 − 4)^2")


def test_many_steps_find_another_picture_of_the_style(qtbot) -> None:
    lab = shown(qtbot, GramLab)
    assert "differ" in lab.verdict.text()
    for _ in range(8):
        lab.steps.click()
    assert "another picture with this style" in lab.verdict.text()
    assert lab.cost.text().endswith("after 200 steps")
    assert np.allclose(gram(lab.value.made), gram(lab.value.style), atol=0.02)
    assert not np.allclose(lab.value.made, lab.value.style, atol=0.1)
    before = lab.cost.text()
    lab.turn.click()
    assert lab.cost.text() == before, "turned, it has the same style"
    for _ in range(9):
        press(lab, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lab.value == START


def click(lab: GramLab, cell: Cell) -> None:
    QTest.mouseClick(lab.sheet, LEFT, pos=lab.sheet.rect_of(cell).center().toPoint())


def test_numbers_are_picked_and_typed(qtbot) -> None:
    lab = shown(qtbot, GramLab)
    rows = {row.name: str(row) for row in lab.formulas.rows}
    assert set(rows) == {"G_12", "A_12", "S", "E", "∂E/∂F_11"}
    assert rows["A_12"] == "f_11·f_21 + f_12·f_22 + f_13·f_23 + f_14·f_24 = 2·1 + 0·0 + 1·2 + 0·0 = 4"
    click(lab, Cell(0, "matrix", 2, 2))
    assert {"G_33", "A_33"} <= {row.name for row in lab.formulas.rows}
    click(lab, Cell(1, "map", 1, 2))
    assert "∂E/∂F_23" in {row.name for row in lab.formulas.rows}
    assert lab.sheet.accessibleDescription() == "The picture that is made, F: dots at row 2, column 1, 1"
    QTest.keyClicks(lab.sheet, "7")
    assert lab.value.made[1] == (2, 0, 7, 0)
    QTest.keyClicks(lab.sheet, "+-")
    QTest.keyClick(lab.sheet, Qt.Key.Key_Minus)
    assert lab.value.made[1][2] == 6
    lab.undo()
    assert lab.value == START, "what is typed into one cell is one step"
    press(lab, Qt.Key.Key_Up)
    assert lab.sheet.cell == Cell(1, "map", 1, 0)
    for _ in range(3):
        QTest.keyClick(lab.sheet, Qt.Key.Key_Minus)
    assert lab.value.made[1][0] == 0, "never below 0"
    press(lab, Qt.Key.Key_Right, times=20)
    assert lab.sheet.cell.of == "matrix"
    QTest.keyClicks(lab.sheet, "5")
    assert lab.value.made[1] == (0, 0, 1, 0), "a sum cannot be typed"


def test_every_number_is_reached_by_arrows(qtbot) -> None:
    sheet = shown(qtbot, GramLab).sheet
    seen, new = {sheet.cell}, [sheet.cell]
    while new:
        start = new.pop()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            sheet.pick(start)
            QTest.keyClick(sheet, key)
            if sheet.cell not in seen:
                seen.add(sheet.cell)
                new.append(sheet.cell)
    assert seen == set(CELLS)


def test_a_picture_equal_to_the_style_s_says_so(qtbot) -> None:
    lab = shown(qtbot, GramLab)
    lab.edit(Maps(made=turned(START.style, 2)))
    assert lab.cost.text() == "E = 0"
    assert "perhaps in another order" in lab.verdict.text()


def test_numbers_stay_in_their_cells(qtbot, qapp) -> None:
    """On the way downhill a G has numbers such as 0.00793, which in the projector's theme were cut on both sides."""
    theme.apply(qapp, "projector")
    try:
        lab = shown(qtbot, GramLab)
        for _ in range(4):
            lab.steps.click()
        measure = QFontMetrics(lab.sheet.words())
        for cell in CELLS:
            text = lab.sheet.written(cell, measure)
            assert measure.horizontalAdvance(text) <= lab.sheet.rect_of(cell).width() - 4, text
            assert float(text) == pytest.approx(lab.sheet.number(cell), rel=0.5)
    finally:
        theme.apply(qapp, "light")
