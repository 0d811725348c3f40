"""The window where screens are small or scaled: nothing asks for more than is there, and all of it can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QTabBar,
    QWidget,
)

from explorer.classics.catalogue import CLASSICS
from explorer.maths.records import Device
from explorer.network.diff import compare
from explorer.network.direction import Direction
from explorer.ui import large_targets, theme
from explorer.ui.controls.flow import Beside, Flow
from explorer.ui.controls.roomy import Roomy
from explorer.ui.far_help import show_guide
from explorer.ui.large_targets import TARGET, LargeTargets
from explorer.ui.offers import blocks
from explorer.ui.own_code_dialog import OwnCodeDialog
from explorer.ui.panels.labs_page import LABS
from explorer.ui.window import Window
from explorer.workspace.settings import Settings
from tests.test_large_targets import KINDS
from tests.window_side import window_on

PAGES = (
    "canvas", "start", "gallery", "library", "guide", "facts", "compare", "data_set", "weights", "labs", "studio",
)  # fmt: skip
SMALL = (640, 372)
"""What 1280 × 800 at 200 % has, less a title bar."""
HALF = (960, 508)
"""What 1920 × 1080 at 200 % has, less a title bar."""
GRAPHICS_CARD = Device("cuda:0", "NVIDIA H100 80GB HBM3", 80 << 30)


def opened() -> Window:
    """A window on a network, on a machine with a graphics card."""
    window = window_on(CLASSICS["lenet5"].project)
    window.canvas.drawing.glide.wanted = False
    window.pages.show_canvas()
    window.session.devices, window.session.device = (GRAPHICS_CARD,), GRAPHICS_CARD.id
    window.session.devices_changed.emit(window.session.devices)
    QTest.qWait(50)
    return window


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    window = opened()
    yield window
    theme.apply(qapp, "light")
    window.close_now()


def resized(window: Window, size: tuple[int, int]) -> None:
    """As a user does who drags the corner: what had no room before has stepped aside by now."""
    for _ in range(3):
        window.resize(*size)
        QApplication.processEvents()


def size(window: QWidget) -> tuple[int, int]:
    return window.width(), window.height()


def seen(window: Window) -> dict[str, QRect]:
    """Where the panels in sight are."""
    docks = window.docks.items()
    return {title: dock.geometry() for title, dock in docks if not dock.visibleRegion().isEmpty()}


@pytest.mark.parametrize("room", [SMALL, HALF], ids=["640", "960"])
def test_no_page_asks_for_more_than_a_small_screen_has(
    window: Window, qapp: QApplication, room: tuple[int, int]
) -> None:
    for name in theme.THEMES:
        window.pages.show_canvas()
        theme.apply(qapp, name)
        resized(window, room)
        for page in (*PAGES, "canvas"):
            getattr(window.pages, f"show_{page}")()
            QApplication.processEvents()
            least = window.minimumSizeHint()
            assert size(window) == room, (name, page)
            assert (least.width() <= room[0], least.height() <= room[1]) == (True, True), (name, page)
    window.pages.show_labs()  # the projector's words are the largest
    for title in LABS:
        window.pages.labs.show_lab(title)
        QApplication.processEvents()
        assert not across(window.pages.labs), title
    window.pages.show_studio()
    tabs = window.pages.studio.view.tabs
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        QApplication.processEvents()
        assert not across(window.pages.studio), tabs.tabText(index)


def test_the_timeline_is_in_sight_in_a_small_window(window: Window) -> None:
    """The mask's page, which nobody sees, asks for no room."""
    resized(window, (960, 540))
    window.pages.show_studio()
    page = window.pages.studio
    QApplication.processEvents()
    room = page.findChild(Roomy)
    assert room is not None
    assert room.verticalScrollBar().maximum() == 0
    assert not page.view.timeline.strip.visibleRegion().isEmpty()
    page.view.middle.setCurrentWidget(page.view.mask_page)
    QApplication.processEvents()
    assert room.verticalScrollBar().maximum() == 0


def across(page: QWidget) -> int:
    """Pixels that have to be scrolled to at the right."""
    room = page.findChild(Roomy)
    assert room is not None
    return room.horizontalScrollBar().maximum()


def test_panels_share_one_place_in_a_small_window_and_come_back(window: Window) -> None:
    before = seen(window)
    assert set(before) == {"Layers", "Inspector", "Picture", "Predictions", "Activations"}
    resized(window, SMALL)
    assert set(seen(window)) == {"Inspector"}
    assert window.canvas.width() > 200
    assert window.canvas.height() > 250
    window.docks.bring("Summary")
    QApplication.processEvents()
    assert set(seen(window)) == {"Summary"}
    window.docks["Predictions"].hide()
    window.docks.bring("History")
    rows = [row for row in window.findChildren(QTabBar) if row.parent() is window and row.isVisible() and row.count()]
    assert len(rows) == 1
    resized(window, (1280, 800))
    window.docks["Activations"].raise_()
    window.docks["Inspector"].raise_()
    QApplication.processEvents()
    assert set(seen(window)) == set(before) - {"Predictions"}, "what was closed stays closed"
    assert not window.docks["History"].isHidden(), "and what was opened, open"
    assert seen(window)["Layers"].left() == before["Layers"].left()
    assert seen(window)["Inspector"].height() > 600


@pytest.mark.parametrize("name", theme.THEMES)
def test_all_columns_of_a_comparison_are_seen(window: Window, name: str, qapp: QApplication) -> None:
    """Alone in a window of 1280 × 800, and among the panels where there is room for both."""
    theme.apply(qapp, name)
    old, new = CLASSICS["vgg16"].project, CLASSICS["resnet18"].project
    window.session.open_project(new)
    window.pages.show_compare()
    page = window.pages.compare
    page.comparison._show(compare(old.network, new.network))
    table = page.table
    for width, alone in ((1280, True), (1920, False)):
        resized(window, (width, 800))
        assert page.model.rowCount() > 50
        assert table.horizontalHeader().length() <= table.viewport().width()
        assert ("Inspector" not in seen(window)) is alone


def test_what_is_remembered_of_a_small_window_are_the_places_in_a_large_one(window: Window) -> None:
    before = seen(window)
    resized(window, SMALL)
    window.docks.remember()
    Settings().set_layout("geometry", Settings().layout("none"))
    again = opened()
    assert {title: area.left() for title, area in seen(again).items()}.keys() == before.keys()
    again.docks.reset()
    resized(again, SMALL)
    again.docks.reset()
    QApplication.processEvents()
    assert set(seen(again)) == {"Inspector"}, "put back is put together, where there is no room"
    again.close_now()


def test_a_page_among_panels_has_a_small_window_to_itself(window: Window) -> None:
    window.pages.show_data_set()
    QApplication.processEvents()
    assert "Inspector" in seen(window)
    resized(window, (900, 600))
    assert not seen(window)
    resized(window, (1280, 800))
    assert "Inspector" in seen(window)
    resized(window, SMALL)
    window.pages.show_canvas()
    QApplication.processEvents()
    assert set(seen(window)) == {"Inspector"}


def test_the_first_network_is_built_in_a_small_window(window: Window) -> None:
    resized(window, SMALL)
    window.leading.start()
    QApplication.processEvents()
    assert size(window) == SMALL
    card = window.leading.card
    assert card.visibleRegion().boundingRect().height() > 80
    assert window.canvas.height() > 120, "both are seen"
    resized(window, (1280, 800))
    assert (
        card.mapTo(window, card.rect().topLeft()).x() > window.canvas.mapTo(window, window.canvas.rect().topRight()).x()
    )


def test_the_line_at_the_bottom_says_less_in_a_small_window(window: Window) -> None:
    assert "NVIDIA H100" in window.status._device.text()
    resized(window, SMALL)
    assert window.status._device.text() == "CUDA:0"
    assert "NVIDIA H100" in window.status._device.toolTip()
    assert not window.status._ways.isVisible()
    resized(window, (1280, 800))
    assert "NVIDIA H100" in window.status._device.text()
    assert window.status._ways.isVisible()


def dialog_of(window: Window, name: str) -> QDialog:
    from explorer.ui import dialogs
    from explorer.ui.teaching_dialog import TeachingDialog

    if name == "figure":
        dialogs.figure(window)
        return window.figure_dialog
    if name == "train a style":
        dialogs.train_style(window)
        return window.findChild(TeachingDialog)
    if name == "block":
        window.session.select(("conv1",))
        window.pages.ask_block(next(iter(blocks().values())))
        return window.pages.block_dialog
    if name == "own code":
        window.files.open_own_code()
        return window.findChild(OwnCodeDialog)
    dialogs.about(window)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    return dialog


def test_a_question_leaves_a_small_window_as_it_is(window: Window) -> None:
    """What 1920 × 1080 has at 300 %: the buttons of a notice stand below its words, which took a word a line."""
    resized(window, (640, 336))
    said = "The program ended before “Untitled” was saved. Its last edit was 7 minutes ago."
    window.notices.say(said, actions={"Bring back": print, "Delete": print}, asks="test")
    QTest.qWait(20)
    resized(window, (640, 336))
    assert window.width() == 640
    bring, delete = window.notices._buttons
    words = window.notices._label
    assert window.notices.rect().contains(QRect(delete.mapTo(window.notices, delete.rect().topLeft()), delete.size()))
    assert bring.mapTo(window.notices, bring.rect().topLeft()).y() >= words.geometry().bottom()
    assert words.height() <= 4 * words.fontMetrics().height()
    resized(window, (1280, 740))
    QTest.qWait(20)
    assert window.notices.height() < 60, "beside them where there is room"


def test_a_notice_hides_no_head_of_the_first_page(qapp: QApplication) -> None:
    window = window_on()
    window.notices.say("Bring it back?", actions={"Bring back": print}, asks="test")
    QTest.qWait(20)
    assert window.pages.shows("start")
    page = window.pages.mapTo(window, QPoint(0, 0)).y()
    assert page > window.notices.mapTo(window, window.notices.rect().bottomLeft()).y()
    window.close_now()


def test_a_notice_lies_below_a_ruler_that_lies_above_the_network(window: Window) -> None:
    canvas, notices = window.canvas, window.notices
    resized(window, (1280, 740))
    window.notices.say("Bring it back?", actions={"Bring back": print}, asks="test")

    def hidden() -> bool:
        """Whether the notice covers any of the ruler."""
        QTest.qWait(20)
        places = (QRect(each.mapTo(window, QPoint(0, 0)), each.size()) for each in (canvas.ruler, notices))
        return QRect.intersects(*places)

    where, before = canvas.mapTo(window, QPoint(0, 0)), canvas.size()
    canvas.show_ruler(True)
    session = window.session
    session.document.look(replace(session.document.project, direction=Direction.LEFT_RIGHT))
    assert not hidden()
    assert (canvas.mapTo(window, QPoint(0, 0)), canvas.size()) == (where, before), "the canvas does not jump"
    below = canvas.mapFromGlobal(notices.mapToGlobal(notices.rect().bottomLeft())).y()
    assert min(place.top() for place in canvas.minimap._corners(QSize(60, 60))) > below, "nor any of the minimap"
    canvas.show_ruler(False)
    QTest.qWait(20)
    assert notices.mapTo(window, QPoint(0, 0)).y() == where.y()
    notices.withdraw("test")


def test_the_minimap_covers_no_card_however_large_that_is_drawn(qtbot: Any) -> None:
    """On a screen of 1920 × 1080 at 200 % cards reach below it at every corner, once they are drawn twice as large."""
    window = window_on(CLASSICS["resnet18"].project)
    window.canvas.drawing.glide.wanted = False
    window.pages.show_canvas()
    resized(window, HALF)
    canvas = window.canvas
    qtbot.waitUntil(canvas.minimap.isVisible)  # it is drawn a moment after the network is there
    shown = []
    for _ in range(12):
        canvas.zoom_by(1.1)
        canvas.minimap._choose()
        shown.append(canvas.minimap.isVisible())
        assert not shown[-1] or not canvas.minimap._covered(canvas.minimap.geometry()), canvas.zoom
    assert canvas.zoom > 2
    assert shown[0]
    assert any(one for one in shown[6:]), "it gets narrower before it goes"
    window.close_now()


def test_dialogs_fit_a_small_screen(window: Window, qapp: QApplication) -> None:
    resized(window, SMALL)
    theme.apply(qapp, "projector")
    for name in ("figure", "train a style", "block", "own code", "about"):
        dialog = dialog_of(window, name)
        QTest.qWait(30)
        least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
        assert (least.width() <= SMALL[0], least.height() <= SMALL[1]) == (True, True), (name, least)
        if name == "figure":
            room, guide = dialog.screen().availableSize(), show_guide(dialog)
            assert (guide.width() < room.width(), guide.height() < room.height()) == (True, True)
        dialog.reject()


class WithIcons(LargeTargets):
    """As on a desktop that puts Qt's own icons on buttons."""

    def styleHint(self, hint: QStyle.StyleHint, *rest: Any) -> int:
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 1
        return super().styleHint(hint, *rest)


@pytest.mark.parametrize("name", ["figure", "train a style", "block", "own code", "about"])
def test_targets_of_dialogs_are_large_and_plain(
    window: Window, name: str, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on desktops that put Qt's own icons on buttons: these are black, and nearly unseen in the dark."""
    monkeypatch.setattr(large_targets, "LargeTargets", WithIcons)
    theme.apply(qapp, "projector")
    dialog = dialog_of(window, name)
    QTest.qWait(30)
    assert [button.text() for button in dialog.findChildren(QPushButton) if not button.icon().isNull()] == []
    targets = [each for kind in KINDS for each in dialog.findChildren(kind) if each.isVisible()]
    heights = [each.height() for each in targets]
    dialog.reject()
    assert heights
    assert min(heights) >= TARGET


# What such rows are made of


def test_a_flow_takes_as_many_lines_as_it_needs(qtbot: Any) -> None:
    page, flow = QWidget(), Flow()
    page.setLayout(flow)
    qtbot.addWidget(page)
    parts = [QLabel("word " * 4) for _ in range(5)]
    for part in parts:
        flow.addWidget(part)
    parts[2].hide()
    page.show()
    one = parts[0].sizeHint().width()
    page.resize(4 * one + 3 * flow.spacing(), 100)
    assert len({part.y() for part in parts if part.isVisible()}) == 1
    page.resize(4 * one + 3 * flow.spacing() - 1, 100)
    assert [part.y() > 0 for part in parts if part.isVisible()] == [False, False, False, True]
    page.resize(one, 300)
    lines = [part.y() for part in parts if part.isVisible()]
    assert lines == sorted(set(lines)), "one below the other, and none on another"
    assert flow.heightForWidth(one) == parts[4].geometry().bottom() + 1
    assert flow.minimumSize().width() == one
    assert flow.takeAt(9) is None
    assert flow.takeAt(4).widget() is parts[4]
    assert flow.count() == 4


def test_two_parts_stand_beside_each_other_where_they_can(qtbot: Any) -> None:
    first, second = Flow(), QHBoxLayout()
    for text in ("a long word here", "another one"):
        first.addWidget(QPushButton(text))
    second.addWidget(QPushButton("last"))
    both = Beside(first, second)
    qtbot.addWidget(both)
    both.show()
    enough = first.sizeHint().width() + second.sizeHint().width() + 8
    both.resize(enough, 60)
    assert not both.stacked
    both.resize(enough - 1, 60)
    assert both.stacked
    assert both.minimumSizeHint().width() == max(first.minimumSize().width(), second.minimumSize().width())
    both.resize(enough, 60)
    assert not both.stacked


@pytest.mark.parametrize("shares", [(), (1, 0), (0, 1), (1, 1)])
def test_parts_beside_each_other_are_no_higher_than_they_have_to_be(shares: tuple[int, ...], qtbot: Any) -> None:
    """Not as high as with equal halves: on the start page buttons that stood in one line had room for two."""
    narrow, wide = Flow(), Flow()
    narrow.addWidget(QPushButton("Faces"))
    for text in ("With the camera", "With the sample photos"):
        wide.addWidget(QPushButton(text))
    first, second = (wide, narrow) if shares == (0, 1) else (narrow, wide)
    both = Beside(first, second, *shares)
    qtbot.addWidget(both)
    both.show()
    one_line = max(narrow.sizeHint().height(), wide.sizeHint().height())
    least = 2 * wide.sizeHint().width() if shares == (1, 1) else narrow.sizeHint().width() + wide.sizeHint().width()
    both.resize(least + 20, one_line)
    QTest.qWait(10)
    assert not both.stacked
    assert both.heightForWidth(both.width()) == one_line
