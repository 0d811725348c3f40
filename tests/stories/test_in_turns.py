"""Panels and pages come part by part: the window goes on, nothing is seen half made, and nothing is missing after."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from tests.style_side import painter


def test_a_panel_comes_a_turn_after_its_tab_and_has_the_keys(user) -> None:
    user.session.open_project(painter())
    docks = user.window.docks
    before = user.focus
    docks.bring("Effects")
    assert docks["Effects"].widget() is None, "who asks goes on at once"
    assert user.focus is before
    user.wait(lambda: docks["Effects"].widget())
    panel = docks["Effects"].widget()._panel
    assert panel.isVisible()
    assert panel.isAncestorOf(user.focus) or panel is user.focus
    assert panel.effects.ranked == "", "no layer is selected"


def test_who_went_elsewhere_meanwhile_keeps_the_keys_and_sees_no_panel(user) -> None:
    user.session.open_project(painter())
    docks, canvas = user.window.docks, user.window.canvas
    docks.bring("Dream")
    docks.bring("Summary")
    canvas.setFocus()
    user.wait(lambda: docks["Dream"].widget())
    assert user.focus is canvas
    panel = docks["Dream"].widget()._panel
    assert panel.isHidden(), "it need not follow what nobody sees"
    docks.bring("Dream")
    assert panel.isVisible()
    user.press(Qt.Key.Key_Space)  # Pause, where something runs: the panel has the keys
    assert panel.isAncestorOf(user.focus) or panel is user.focus


def test_the_studio_is_made_in_parts_while_the_window_goes_on(user) -> None:
    user.session.open_project(painter())
    user.window.pages.show_studio()
    page = user.window.pages.studio
    assert user.window.pages.shows_studio, "its head is there at once"
    assert page.stack.count() == 0
    turns = []
    page._turns._timer.timeout.connect(lambda: turns.append(page.stack.count()))
    user.wait(lambda: page.stack.count())
    assert turns == [0] * 9, "nothing half made is seen before any of its parts"
    assert page.stack.count() == 1
    view = page.stack.currentWidget()
    assert view is page.view
    titles = [view.tabs.tabText(place) for place in range(view.tabs.count())]
    assert titles == ["Picture", "Presets", "Side by side", "Gallery", "Gram matrix"]
    assert view.layers.isVisible()
    assert view.run.words.text() == "Choose a content picture: what is to be seen."


def test_a_network_that_opens_beside_the_studio_makes_no_view(user) -> None:
    user.session.open_project(painter())
    user.window.pages.show_studio()
    page = user.window.pages.studio
    first = page.view
    user.window.pages.show_canvas()
    user.session.open_project(CLASSICS["lenet5"].project)
    QApplication.processEvents()
    assert list(page._views.values()) == [first]
    user.window.pages.show_studio()
    assert page.view is not first
    assert page.stack.currentWidget() is page.view
    assert page.network.text() == "LeNet-5 has random weights: it copies little but colours."
    user.session.close_tab(user.document.tab)
    user.window.pages.show_studio()
    assert page.view is first
    assert page.stack.currentWidget() is first


def test_a_panel_that_floats_from_behind_another_tab_is_made(user) -> None:
    docks = user.window.docks
    assert docks["Effects"].widget() is None
    docks["Effects"].setFloating(True)
    user.wait(lambda: docks["Effects"].widget() is not None)
    docks["Effects"].setFloating(False)


def test_panels_that_stepped_aside_come_back_as_they_were(user) -> None:
    user.session.open_project(painter())
    docks, pages = user.window.docks, user.window.pages
    for title in ("Summary", "History", "Outline"):
        docks.bring(title)
        docks.turns.finish(title)
    docks["Predictions"].hide()
    docks["Boxes"].setFloating(True)
    QApplication.processEvents()

    def places() -> dict[str, object]:
        seen = {title: dock.geometry() for title, dock in docks.items() if not dock.visibleRegion().isEmpty()}
        return {title: (dock.isHidden(), seen.get(title)) for title, dock in docks.items()}

    before = places()
    for show in (pages.show_labs, pages.show_studio):
        show()
        QApplication.processEvents()
        assert [title for title, dock in docks.items() if dock.isVisible()] == ["Boxes"], "it floats"
        pages.show_canvas()
        QApplication.processEvents()
        assert places() == before


def test_a_data_set_nobody_looks_at_is_followed_when_it_is_shown(user) -> None:
    pages = user.window.pages
    pages.show_data_set()
    sentence = pages.data_set.empty.sentence
    assert sentence.text().startswith("Open a trained network first")
    pages.show_canvas()
    user.session.open_project(painter())
    pages.show_data_set()
    assert sentence.text().startswith("Choose a folder with a folder of pictures for each class")
