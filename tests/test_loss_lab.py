"""The loss of classification with localisation: eight terms, or one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.maths.losses import object_loss, worked_object_loss
from explorer.ui import theme
from explorer.ui.controls.roomy import Roomy
from explorer.ui.labs.loss import Case, LossLab
from explorer.ui.panels.labs_page import LABS
from tests.labs import CTRL, SHIFT, drag, press, shown

numbers = st.lists(st.floats(-3, 3), min_size=8, max_size=8)


@settings(deadline=None)
@given(numbers, numbers, st.booleans())
def test_eight_terms_or_one_as_torch_has_them(truth, answer, there) -> None:
    truth[0] = float(there)
    terms = worked_object_loss(truth, answer)
    assert len(terms) == (8 if there else 1)
    part = slice(None) if there else slice(1)
    expected = torch.nn.functional.mse_loss(
        torch.tensor(answer[part], dtype=torch.double), torch.tensor(truth[part], dtype=torch.double), reduction="sum"
    )
    assert sum(terms) == pytest.approx(float(expected), abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=8, max_size=8), st.lists(st.integers(-5, 5), min_size=8, max_size=8))
def test_it_is_the_loss_of_the_course_s_facts(truth, answer) -> None:
    assert sum(worked_object_loss(truth, answer)) == object_loss(truth, answer)


@pytest.fixture
def lab(qtbot) -> LossLab:
    return shown(qtbot, LossLab)


def test_numbers_are_put_into_every_term(lab) -> None:
    y, said = np.array(lab.value.y), np.array(lab.value.said)
    assert lab.sum.text() == f"Loss = {((y - said) ** 2).sum():.4g}"
    assert lab.count.text() == "p_c = 1: 8 terms."
    (row,) = lab.formulas.rows
    assert row.numbers.startswith("(0.8 − 1)^2 + (0.575 − 0.485)^2")
    assert row.formula.endswith("(ŷ_8 − y_8)^2")
    assert [cells[3] for cells in lab.terms.texts()] == [f"{term:.4g}" for term in (y - said) ** 2]


def test_without_an_object_only_the_first_counts(lab) -> None:
    lab.label.editor("object").click()
    assert lab.sum.text() == "Loss = 0.64"
    assert lab.formulas.rows[0].numbers == "(0.8 − 0)^2"
    assert [cells[1] for cells in lab.terms.texts()] == ["0", *"???????"]
    before = lab.sum.text()
    drag(lab.sheet, (300, 200), (100, 100))  # the answer's box, which does not matter now
    assert lab.value.guess != Case().guess
    assert lab.value.truth == Case().truth
    assert lab.sum.text() == before
    assert [one.label for one in lab.sheet.drawn] == ["ŷ"]
    press(lab, Qt.Key.Key_Z, CTRL, times=2)
    assert lab.value == Case()


def test_moving_the_answer_onto_the_label_leaves_its_other_terms(lab) -> None:
    press(lab, Qt.Key.Key_PageDown)
    press(lab, Qt.Key.Key_Left, times=38)
    press(lab, Qt.Key.Key_Up, times=33)
    press(lab, Qt.Key.Key_Left, SHIFT, times=32)
    assert lab.value.guess == pytest.approx(lab.value.truth)
    assert lab.sum.text() == "Loss = 0.18"
    field = lab.answer.editor("cup")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "1")
    assert lab.sum.text() == "Loss = 0.09"


def test_a_chance_above_one_is_refused(lab) -> None:
    field = lab.answer.editor("something")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "1.5")
    assert "from 0 to 1" in lab.answer.problem("something")
    assert lab.value.answer.something == 1  # what was typed on the way


def test_without_an_object_there_is_no_kind_to_choose(lab) -> None:
    kind = lab.label.editor("kind")
    assert kind.isEnabled()
    lab.label.editor("object").click()
    assert not kind.isEnabled(), "it changed nothing, and was a step to take back"
    lab.undo()
    assert kind.isEnabled()


@pytest.mark.parametrize("kind", LABS.values(), ids=list(LABS))
def test_pictures_shrink_before_the_page_scrolls(qtbot, qapp, kind) -> None:
    theme.apply(qapp, "projector")
    try:
        lab = shown(qtbot, kind)
        lab.page.resize(1280, 690)
        QApplication.processEvents()
        assert lab.page.findChild(Roomy).verticalScrollBar().maximum() == 0
    finally:
        theme.apply(qapp, "light")


def test_all_fields_are_in_sight_in_the_projector_s_theme(qtbot, qapp) -> None:
    """The last one was below the window's end."""
    theme.apply(qapp, "projector")
    try:
        lab = shown(qtbot, LossLab)
        lab.page.resize(1280, 690)
        QApplication.processEvents()
        field = lab.answer.editor("spoon")
        assert field.visibleRegion().boundingRect() == field.rect()
        assert lab.sheet.area.height() > 200
    finally:
        theme.apply(qapp, "light")
