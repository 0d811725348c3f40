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

from explorer.maths.sentences import Refusal
from explorer.ui import theme
from explorer.ui.large_targets import TARGET
from explorer.ui.panels.history import HistoryPanel
from explorer.ui.window import Window
from explorer.workspace.video import camera
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
    edit: Any = window.menuBar().actions()[1].menu()
    lines = [edit.actionGeometry(each).height() for each in edit.actions() if each.isSeparator()]
    assert lines
    assert max(lines) < TARGET / 2, "nobody presses a line, and a small screen has no room for it"
    assert min(large.values()) >= TARGET, large
    theme.apply(qapp, "light")
    assert least(window) == before
    assert max(before.values()) < TARGET


def test_rows_are_as_high_as_a_fingertip_in_the_projectors_theme_only(
    window: Window,  # noqa: F811
    qapp: QApplication,
) -> None:
    window.pages.show_library()
    window.docks.bring("History")
    window.docks.turns.finish("History")
    QTest.qWait(50)
    (history,) = window.docks["History"].findChildren(HistoryPanel)

    def rows() -> list[int]:
        QTest.qWait(20)
        tables = (window.summary.table, window.pages.library.table)
        return [history.sizeHintForRow(0), *(table.verticalHeader().defaultSectionSize() for table in tables)]

    before = rows()
    theme.apply(qapp, "projector")
    large = rows()
    theme.apply(qapp, "light")
    assert min(large) >= TARGET
    assert rows() == before
    assert max(before) < TARGET


def test_no_menu_is_wider_than_a_screen(window: Window, qapp: QApplication, monkeypatch: Any) -> None:  # noqa: F811
    """Where Qt's multimedia is not there, the menu of cameras says so by an entry, and why by a notice."""
    why = "Videos and cameras need Qt Multimedia, which does not load here: install it, and start the program again."

    def none() -> Any:
        raise Refusal(why)

    monkeypatch.setattr(camera, "cameras", none)
    theme.apply(qapp, "projector")
    menu = window.commands.menu("Video/Camera")
    menu.aboutToShow.emit()
    assert menu.sizeHint().width() < 640
    said: list[str] = []
    window.picture.live.said.connect(said.append)
    (entry,) = menu.actions()
    entry.trigger()
    assert said == [why]
    theme.apply(qapp, "light")


def test_every_menu_fits_a_small_screen_in_the_projectors_theme(window: Window, qapp: QApplication) -> None:  # noqa: F811
    theme.apply(qapp, "projector")
    window.commands.refresh()
    heights = {path: menu.sizeHint().height() for path, menu in window.commands.menus.items()}
    theme.apply(qapp, "light")
    assert max(heights.values()) < 720, heights  # of 800, less the bar it hangs from
