"""What a class reads, in labs and in panels, is as large as there is room for, and whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize

from explorer.classics.catalogue import CLASSICS
from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.labs.gram import GramLab
from explorer.ui.labs.overlap import OverlapLab
from explorer.ui.labs.targets import TargetsLab
from explorer.ui.panels.inspector import InspectorPanel
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker
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


def test_fields_grow_with_the_numbers_beside_them(qtbot) -> None:
    lab = shown(qtbot, TargetsLab)
    lab.page.resize(LECTURE)
    qtbot.waitUntil(lambda: lab.numbers.larger > 1)
    field = lab.form.editor("grid")
    words = field.font().pointSizeF(), lab.where.font().pointSizeF()
    assert words[0] == pytest.approx(words[1])
    assert field.height() > field.fontMetrics().height()
    lab.form.editor("anchors").lineEdit().setText("")
    lab.form.editor("anchors").entered.emit("")
    problem = lab.form._problems["anchors"]
    assert problem.isVisible()
    qtbot.waitUntil(lambda: problem.font().pointSizeF() > lab._told[1].font().pointSizeF())  # as small else


def test_the_inspector_alone_on_a_screen_is_read_from_afar(qtbot) -> None:
    """Its formulas were as small there as beside the canvas."""
    session = Session(Document(), IdleWorker())
    session.open_project(CLASSICS["lenet5"].project)
    panel = InspectorPanel(session)
    qtbot.addWidget(panel)
    panel.resize(344, 900)
    panel.show()
    conv, act = (node.id for node in session.document.project.network.order[1:3])
    session.select((conv,))
    qtbot.waitUntil(lambda: bool(panel.views) and panel.form is not None)
    small, usual = height_of_a_letter(panel.views[0]), panel.form.editor("kernel").font().pointSizeF()
    assert panel.larger == 1
    panel.resize(LECTURE)
    qtbot.waitUntil(lambda: height_of_a_letter(panel.views[0]) > 1.5 * small)
    form, formula = panel.form, panel.views[0]
    assert form.editor("kernel").font().pointSizeF() > 1.5 * usual
    assert form.mapTo(panel, QPoint(form.width(), 0)).x() <= formula.mapTo(panel, QPoint()).x()  # beside each other
    assert panel.verticalScrollBar().maximum() == 0
    session.select((act,))
    qtbot.waitUntil(lambda: panel.form is not form)
    panel.resize(344, 900)
    session.select((conv,))
    qtbot.waitUntil(lambda: panel.form is form)
    assert panel.larger == 1
    assert form.editor("kernel").font().pointSizeF() == pytest.approx(usual)  # it was hidden when all got smaller
    assert height_of_a_letter(panel.views[0]) == pytest.approx(small)
