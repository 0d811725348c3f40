"""What is pressed is as high as a fingertip in the projector's theme, and as before after it."""

from __future__ import annotations

from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QPushButton,
    QTabBar,
)

from explorer.ui import theme
from explorer.ui.large_targets import TARGET
from explorer.ui.window import Window
from tests.settled import settled
from tests.test_group_canvas import window  # noqa: F401

KINDS = (QPushButton, QComboBox, QCheckBox, QAbstractSpinBox, QTabBar)


def least(window: Window) -> dict[str, int]:  # noqa: F811
    """By kind, how high the lowest one that is seen is."""
    settled(window.session)  # the inspector is made in turns of its own
    QTest.qWait(20)
    heights: dict[str, int] = {}
    for kind in KINDS:
        seen = [each for each in window.findChildren(kind) if each.isVisible() and each.window() is window]
        heights[kind.__name__] = min(each.height() for each in seen)
    menus = window.menuBar()
    heights["menu bar"] = menus.actionGeometry(menus.actions()[0]).height()
    menu: Any = menus.actions()[1].menu()
    heights["menu"] = menu.actionGeometry(menu.actions()[0]).height()
    return heights


def test_targets_are_large_in_the_projectors_theme_only(window: Window, qapp: QApplication) -> None:  # noqa: F811
    window.session.select(("a",))
    window.resize(1280, 800)
    window.commands.menu("Edit").aboutToShow.emit()
    before = least(window)
    theme.apply(qapp, "projector")
    large = least(window)
    assert min(large.values()) >= TARGET, large
    theme.apply(qapp, "light")
    assert least(window) == before
    assert max(before.values()) < TARGET
