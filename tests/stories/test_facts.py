"""A student checks a number of the notes, and opens the network that proves it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.classics.book import BOOK
from explorer.classics.facts import shown
from explorer.ui import theme

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(user):
    """The facts, by their key."""
    user.press(Qt.Key.Key_F, CTRL | SHIFT)
    page = user.window.pages.facts
    user.wait(lambda: page.chosen is not None)
    return page


def test_what_is_typed_while_the_facts_are_computed_holds_for_them(user) -> None:
    user.press(Qt.Key.Key_F, CTRL | SHIFT)
    page = user.window.pages.facts
    assert page.isVisible(), "at once"
    assert page.claims.rowCount() == 0
    assert page.count.text() == "Our rules compute what the notes say…"
    user.type("sobel")
    user.press(Qt.Key.Key_Return)  # there is nothing to open yet
    user.wait(lambda: page.chosen is not None)
    assert page.chosen.computed == 40
    assert page.claims.rowCount() == 1


def test_find_a_slip_and_open_its_proof(user, page) -> None:
    assert page.claims.rowCount() == len(BOOK)
    QTest.mouseClick(page.wrong_only, Qt.MouseButton.LeftButton, pos=QPoint(8, page.wrong_only.height() // 2))
    assert page.claims.rowCount() == sum(not fact.holds for fact in BOOK)
    for name in ("dark", "light"):
        theme.apply(QApplication.instance(), name)
        QApplication.processEvents()
        verdict = page.claims.index(0, 4).data(Qt.ItemDataRole.ForegroundRole)
        assert verdict.name() == theme.current().problem
    page.search.setFocus()
    user.type("stride brackets")
    assert page.claims.rowCount() == 1
    assert shown(page.chosen.noted) == "6.50"
    assert page.chosen.computed == (3, 3, 1)
    assert "⌊(7 + 2·0 − 3) / 2⌋ + 1 = 3" in page.proof.text()
    assert "The notes: “(n[l-1] + 2p[l] - f[l] / s[l]) + 1”" in page.proof.text()
    assert page.count.text() == "1 fact, 1 in the notes' own words; the notes are wrong in 1 of them."
    user.press(Qt.Key.Key_Return)
    assert list(user.project.network.nodes) == ["input", "conv"]
    assert user.session.selection == ("conv",)
    assert user.document.facts["conv"].shape == (1, 3, 3)
    assert user.window.pages.currentWidget() is user.window.canvas


def test_a_calculation_needs_no_network(user, page) -> None:
    user.type("sobel")
    assert page.chosen.computed == 40
    assert "The notes do not say this" in page.proof.text()
    assert page.claims.index(0, 5).data() == "us"
    assert not page.open.isEnabled()
    user.press(Qt.Key.Key_Return)  # opens nothing
    assert not user.project.network.nodes
    page.search.clear()
    user.type("1x1 convolution")
    assert {page.claims.index(row, 0).data() for row in range(page.claims.rowCount())} == {"1×1 convolution"}
    page.search.clear()
    user.type("zebra")
    assert page.count.text() == "Nothing found."
    assert page.chosen is None
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.currentWidget() is user.window.pages.start


def test_a_receptive_field_is_proved_by_its_unit(user, page) -> None:
    user.type("last stage version 1.5")
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: user.session.selection == ("layer4.2.relu_2",))
    user.wait(lambda: "427×427" in user.window.inspector.sees.text())
