"""The panels around the canvas: they leave the window to pages, come back as they were, and are put back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar

from explorer.classics.catalogue import CLASSICS
from explorer.maths.records import Picture
from explorer.ui.window import Window
from explorer.workspace.video.generated import Generated
from tests.window_side import idle_window

TITLES = ("Activations", "Boxes", "Cost", "Dream", "History", "Inspector", "Layers", "Picture", "Predictions")


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    yield window
    window.close_now()


def open_lenet(window: Window) -> None:
    window.session.open_project(CLASSICS["lenet5"].project)
    QTest.qWait(50)


def bars(window: Window) -> list[QTabBar]:
    return window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)


def seen(window: Window) -> dict[str, QRect]:
    """Where the panels in sight are."""
    return {
        title: dock.geometry()
        for title, dock in window.docks.items()
        if dock.isVisible() and not dock.visibleRegion().isEmpty()
    }


def test_the_start_page_has_the_whole_window_until_a_network_is_open(window: Window) -> None:
    assert not seen(window)
    assert window.pages.start.width() > 1200
    open_lenet(window)
    assert set(seen(window)) == {"Layers", "Inspector", "Picture", "Predictions", "Activations"}
    assert window.docks["Inspector"].height() > 600, "as high as the window"


def test_a_panel_that_is_put_back_lies_in_front(window: Window) -> None:
    open_lenet(window)
    for title in ("Layers", "Cost"):
        dock = window.docks[title]
        dock.setFloating(True)
        QTest.qWait(20)
        dock.setFloating(False)
        QTest.qWait(20)
        assert not dock.visibleRegion().isEmpty(), title


@pytest.mark.parametrize("title", ["Boxes", "History", None])
def test_enter_on_a_layer_brings_the_inspector_whatever_is_before_it(window: Window, title: str | None) -> None:
    open_lenet(window)
    if title is None:
        window.docks["Inspector"].hide()
    else:
        window.docks.bring(title)
    window.session.select(("conv1",))
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert "Inspector" in seen(window)
    assert window.inspector.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize("page", ["start", "gallery", "library", "guide", "facts", "labs", "studio"])
def test_panels_come_back_as_they_were(window: Window, page: str) -> None:
    open_lenet(window)
    docks, sides = window.docks, Qt.Orientation
    docks["Summary"].raise_()
    docks["Predictions"].hide()
    window.resizeDocks([docks["Layers"], docks["Picture"]], [250, 300], sides.Horizontal)
    window.resizeDocks([docks["Picture"]], [280], sides.Vertical)
    QTest.qWait(20)
    before, number = seen(window), len(bars(window))
    assert set(before) == {"Layers", "Inspector", "Picture", "Summary"}
    for _ in range(2):
        getattr(window.pages, f"show_{page}")()
        QApplication.processEvents()
        assert not seen(window)
        window.pages.leave()
        window.pages.show_canvas()
        QTest.qWait(20)
        assert seen(window) == before
        assert len(bars(window)) == number, "no row of tabs is left over"


def test_panels_come_the_next_day_as_they_were_when_the_window_was_closed(qtbot, window: Window) -> None:
    """The start page is shown first: nobody has seen them by then, and nothing is known of them but Qt's own state."""
    open_lenet(window)
    docks = window.docks
    for title in ("Summary", "Outline", "History"):
        docks.bring(title)
        docks.turns.finish(title)
    docks["Predictions"].hide()
    window.resizeDocks([docks["Outline"], docks["Picture"]], [260, 300], Qt.Orientation.Horizontal)
    QTest.qWait(20)
    before, shown = seen(window), {title for title, dock in docks.items() if dock.isVisible()}
    window.close_now()
    again = idle_window(qtbot)
    try:
        assert not seen(again)
        open_lenet(again)
        assert {title: rect.getRect() for title, rect in seen(again).items()} == {
            title: rect.getRect() for title, rect in before.items()
        }
        assert {title for title, dock in again.docks.items() if dock.isVisible()} == shown
    finally:
        again.close_now()


def test_put_all_back_leaves_no_second_row_of_tabs(window: Window) -> None:
    open_lenet(window)
    first = set(seen(window))
    for title in ("History", "Patches", "Outline", "Boxes"):
        window.docks.bring(title)
        window.docks.turns.finish(title)
        QApplication.processEvents()
    window.docks["Picture"].setFloating(True)
    window.docks.reset()
    QTest.qWait(50)
    assert set(seen(window)) == first
    assert window.docks["Inspector"].height() > 600
    rows = [row.geometry() for row in bars(window) if row.isVisible() and row.count()]
    assert len(rows) == 3
    assert not any(a.intersects(b) for a, b in combinations(rows, 2))


@pytest.mark.parametrize("floating", [("Summary",), TITLES])
def test_what_is_put_back_while_a_page_has_the_window_stays_back(window: Window, floating: tuple[str, ...]) -> None:
    """Coming back undid it, and a panel that floated had the keys, so that Tab on the canvas added no layer."""
    open_lenet(window)
    first = seen(window)
    for title in floating:
        window.docks.bring(title)
        window.docks[title].setFloating(True)
    QTest.qWait(20)
    window.pages.show_labs()
    window.docks.reset()
    QTest.qWait(20)
    assert not seen(window), "the page has the window still"
    window.pages.show_canvas()
    QTest.qWait(50)
    assert not [title for title, dock in window.docks.items() if dock.isFloating()]
    assert set(seen(window)) == set(first)


def test_what_was_asked_for_on_a_page_is_there_afterwards(window: Window) -> None:
    open_lenet(window)
    window.pages.show_gallery()
    window.docks.bring("History")
    assert window.docks["History"].isVisible()
    window.pages.leave()
    assert window.docks["History"].isVisible()
    window.docks.remember()
    assert not window.docks["Layers"].isHidden()


@pytest.mark.parametrize("wide", [1280, 640])
@pytest.mark.parametrize("title", ["Filters", "Boxes", "Outline"])
def test_a_panel_asked_for_on_the_start_page_is_in_front_afterwards(window: Window, title: str, wide: int) -> None:
    """And the one asked for last before others that share its place."""
    open_lenet(window)
    window.pages.show_start()
    window.docks.toggle("Activations")
    window.docks.toggle(title)
    window.resize(wide, 800)
    QTest.qWait(50)
    window.build()
    QTest.qWait(50)
    assert title in seen(window)
    window.pages.show_start()
    window.build()
    QTest.qWait(50)
    assert title in seen(window), "and stays there"


def test_a_picture_that_is_opened_is_seen(window: Window) -> None:
    """Also from the start page and the gallery, which hide the panel that shows it; labs have pictures of their own."""
    picture = Picture(np.zeros((8, 8, 3), np.uint8), "black", (8, 8))
    for page, seen_after in (("start", True), ("gallery", True), ("labs", False)):
        getattr(window.pages, f"show_{page}")()
        window.session.picture_changed.emit(picture)
        assert window.pages.shows_canvas == seen_after
        assert window.docks["Picture"].isVisible() == seen_after
    window.pages.show_start()
    window.session.picture_changed.emit(None)
    assert window.pages.currentWidget() is window.pages.start


@pytest.mark.parametrize("page", ["start", "gallery", "library", "guide", "facts", "compare", "data_set", "canvas"])
def test_no_page_makes_the_window_larger_than_a_small_screen(window: Window, page: str) -> None:
    """960 × 540 is a screen of 1920 × 1080 at 200 %."""
    window.resize(960, 540)
    open_lenet(window)
    getattr(window.pages, f"show_{page}")()
    QTest.qWait(20)
    assert (window.width(), window.height()) == (960, 540)
    if page == "canvas":
        window.leading.start()
        QTest.qWait(20)
        assert (window.width(), window.height()) == (960, 540)


def test_a_video_has_room_to_be_watched(window: Window) -> None:
    """Where boxes could be told apart, the panels stay as they are; so does a page they stepped aside for."""
    open_lenet(window)
    docks, live = window.docks, window.picture.live

    def watched() -> list[tuple[int, int]]:
        live.open(Generated())
        QTest.qWait(20)
        return [docks[title].size().toTuple() for title in ("Picture", "Predictions", "Activations")]

    first = docks["Picture"].size()
    (large, _), others, _ = watched()
    assert first.width() < 240 < 340 < large
    assert others[0] >= 180
    docks.reset()
    QTest.qWait(20)
    row = [docks[title] for title in ("Picture", "Predictions", "Activations")]
    window.resizeDocks(row, [300, 190, 440], Qt.Orientation.Horizontal)
    QTest.qWait(20)
    chosen = docks["Picture"].size().toTuple()
    assert watched()[0] == chosen
    docks["Picture"].hide()
    assert watched()[0][0] > 240
    assert docks["Picture"].isVisible()
    docks.reset()
    window.pages.show_labs()
    watched()
    assert not seen(window)
    window.pages.show_canvas()
    for _ in range(2):  # the panels share one place, and then let it be so small
        window.resize(700, 480)
        QTest.qWait(20)
    assert set(seen(window)) == {"Inspector"}
    watched()
    assert set(seen(window)) == {"Picture"}, "in front of those it shares the place with"
    assert window.width() == 700
    live.stop()
