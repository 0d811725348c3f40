"""The whole window as screen readers find it: what has the keys has a name and a role, and what happens is heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from explorer.maths.records import Guess, Prediction
from explorer.ui.canvas.spoken import SpokenCanvas
from explorer.ui.controls.roles import role_of
from explorer.ui.controls.words import TIP, plain_tip
from explorer.ui.panels.labs_page import LABS
from explorer.ui.window import Window
from tests.stories.test_accessible import PAGES, controls_of, placed
from tests.test_command_search import TRAINED
from tests.test_small_window import dialog_of
from tests.window_side import canvas_window

NAME, SAID, Role = QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Role
NOTHING = (Role.NoRole, Role.Client, Role.Whitespace)
"""Roles that a screen reader passes over."""
ENOUGH = 12
"""Children of one list that are looked at: its further rows are made in the same way."""


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    with canvas_window() as window:
        yield window


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Events for a screen reader; none has to run for it."""
    events: list[Any] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", events.append)
    return events


def focusable(found: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """What in here can have the keys."""
    if found.state().invisible:
        return
    if found.state().focusable:
        yield found
    for index in range(min(found.childCount(), ENOUGH)):
        if (child := found.child(index)) is not None and child.isValid():
            yield from focusable(child)


def silent(root: QWidget) -> tuple[int, list[str]]:
    """How many things can have the keys, and where those are that have no name or no role."""
    QApplication.processEvents()
    count, bad = 0, []
    for found in focusable(QAccessible.queryAccessibleInterface(root)):
        count += 1
        widget = found.object()
        named = found.text(NAME).strip() or found.role() == Role.Cell  # a cell may be empty
        if found.role() == Role.ComboBox:  # its name is what is chosen, but on Windows; what it is for is its label
            labels = [label for label, relation in found.relations() if relation & QAccessible.RelationFlag.Label]
            named = any(label.text(NAME).strip() for label in labels)
        if not named or found.role() in NOTHING:
            bad.append(f"{found.role()} {placed(widget) if isinstance(widget, QWidget) else widget}")
    return count, bad


def passed_by(window: Window) -> list[str]:
    """What of the window that is shown can have the keys, and neither Tab nor Shift+Tab comes to."""
    wanted = [
        widget
        for widget in controls_of(window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
        if widget.focusProxy() is None and not widget.visibleRegion().isEmpty()
    ]
    missed = []
    for forwards in (True, False):
        if forwards and window.pages.shows_canvas:  # from there Tab adds a layer: begin with what lies behind it
            behind = window.canvas.nextInFocusChain()
            while behind not in wanted:
                behind = behind.nextInFocusChain()
            behind.setFocus()
        come_to: list[QWidget] = []
        while (now := window.focusWidget()) not in come_to:
            come_to.append(now)
            window.focusNextPrevChild(forwards)
        missed += [f"{'Tab' if forwards else 'Shift+Tab'}: {placed(one)}" for one in wanted if one not in come_to]
    return missed


def test_all_that_has_the_keys_has_a_name_and_a_role(window: Window) -> None:
    roots: dict[str, tuple[int, list[str]]] = {}
    window.session.select(("conv1",))
    roots["canvas"] = silent(window)
    for title, dock in window.docks.items():
        window.docks.bring(title)
        window.docks.turns.finish(title)
        roots[title] = silent(dock)
    for page in PAGES:
        getattr(window.pages, f"show_{page}")()
        roots[page] = silent(window.pages.currentWidget())
    window.pages.show_labs()
    for title in LABS:
        window.pages.labs.show_lab(title)
        roots[title] = silent(window.pages.labs.lab)
    window.pages.show_studio()
    tabs = window.pages.studio.view.tabs
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        roots[f"studio {index}"] = silent(window.pages.studio)
    window.pages.show_keys(window.commands)
    roots["keys"] = silent(window.pages.keys)
    window.pages.show_canvas()
    for name in ("figure", "train a style", "block", "own code", "about"):
        dialog = dialog_of(window, name)
        roots[name] = silent(dialog)
        dialog.reject()
    window.canvas.search()
    roots["adding"] = silent(window.canvas.box)
    window.command_finder.ask()
    roots["commands"] = silent(window.command_finder)
    assert {name: bad for name, (_, bad) in roots.items() if bad} == {}
    empty = [name for name, (count, _) in roots.items() if not count]
    assert set(empty) <= {"Filters"}, "without weights there is one sentence; a walk that finds nothing shows nothing"
    assert sum(count for count, _ in roots.values()) > 400


def test_our_own_widgets_say_what_they_are(window: Window, qtbot: Any) -> None:
    window.session.select(("conv1",))
    qtbot.waitUntil(lambda: bool(window.inspector.views))
    formula = window.inspector.views[0]
    assert role_of(formula) == QAccessible.queryAccessibleInterface(formula).role() == Role.Equation
    window.pages.show_labs()
    window.pages.labs.show_lab("Intersection over union")
    sheet = next(w for w in window.pages.labs.lab.findChildren(QWidget) if w.accessibleName() == "Two boxes")
    assert QAccessible.queryAccessibleInterface(sheet).role() == Role.Graphic


def test_cards_say_whether_they_are_chosen_have_the_keys_and_are_in_view(window: Window) -> None:
    canvas = window.canvas
    window.activateWindow()
    canvas.setFocus()
    canvas.zoom_to_full()
    spoken = QAccessible.queryAccessibleInterface(canvas)
    assert isinstance(spoken, SpokenCanvas)
    cards = {entry[1]: spoken.child(index) for index, entry in enumerate(spoken.entries)}
    canvas.select(("conv1", "act1"))
    states = {id: card.state() for id, card in cards.items()}
    assert {id for id, state in states.items() if state.selected} == {"conv1", "act1"}
    assert {id for id, state in states.items() if state.focused} <= {"act1"}
    assert all(state.selectable and state.focusable for state in states.values())
    canvas.look_at(canvas.drawing.bounds(("input",)).center(), 1.0)
    assert not cards["input"].state().offscreen
    assert cards["fc3"].state().offscreen
    canvas.delete()
    assert cards["conv1"].state().invalid
    inside = [spoken.child(index) for index in range(spoken.childCount())]
    assert [spoken.indexOfChild(child) for child in inside] == list(range(len(inside)))
    assert all(child.object() is not canvas.viewport() for child in inside)


def test_notices_and_refusals_are_heard(window: Window, heard: list[Any]) -> None:
    window.notices.say("The file was read.")
    window.notices.say("The file cannot be read.", problem=True)
    said = [(event.message(), event.politeness().name) for event in heard
            if isinstance(event, QAccessibleAnnouncementEvent)]  # fmt: skip
    assert said == [("The file was read.", "Polite"), ("The file cannot be read.", "Assertive")]
    window.pages.show_keys(window.commands)
    page = window.pages.keys
    page.search.setText("Arrange automatically")
    page.table.selectRow(0)
    heard.clear()
    page.take("Ctrl+S")
    assert [event.message() for event in heard] == ["Ctrl+S is for “Save” already: choose other keys."]
    refusing = page.said.foregroundRole()
    page.take("Ctrl+J")
    assert page.said.foregroundRole() != refusing, "a refusal looks like one"


def test_what_a_search_has_found_is_heard_while_one_types(window: Window, heard: list[Any]) -> None:
    """Orca reads the item that an event says has the focus; the keys stay in the line."""
    window.command_finder.ask()
    box = window.command_finder

    def told() -> list[str]:
        rows = [event.child() for event in heard if event.type() == QAccessible.Event.Focus]
        heard.clear()
        return [
            box.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole) or box.list.item(row).text() for row in rows
        ]

    assert told()[-1] == box.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    QTest.keyClicks(box.line, "undo h")
    assert told()[-1].startswith("Undo history, ")
    QTest.keyClicks(box.line, "zzzzz")
    assert told()[-1] == "Nothing is called “undo hzzzzz”"
    for _ in range(7):
        QTest.keyClick(box.line, Qt.Key.Key_Backspace)
    heard.clear()
    QTest.keyClick(box.line, Qt.Key.Key_Down)
    assert told() == [box.list.item(1).data(Qt.ItemDataRole.AccessibleTextRole)]


def test_a_layer_that_undo_brings_back_is_heard(window: Window, heard: list[Any]) -> None:
    """Its selection comes back a moment before its card."""
    canvas = window.canvas
    canvas.setFocus()
    canvas.select(("conv1",))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    heard.clear()
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.selection == ("conv1",)
    QApplication.processEvents()
    spoken = QAccessible.queryAccessibleInterface(canvas)
    focused = [event.child() for event in heard if event.type() == QAccessible.Event.Focus]
    assert {spoken.entries[child] for child in focused} == {("card", "conv1")}


def test_tooltips_are_read_as_words(window: Window) -> None:
    """Screen readers read a tooltip as it is written; what could be markup is still shown as it was written."""
    window.pages.show_start()
    texts = [widget.toolTip() for widget in window.findChildren(QWidget) if widget.toolTip()]
    assert len(texts) > 40
    assert [text for text in texts if "<p" in text] == []
    assert plain_tip("a <b>file</b>").startswith("<p style")
    long = plain_tip("many words " * 30)
    assert max(map(len, long.split("\n"))) <= TIP
    assert " ".join(long.split()) == ("many words " * 30).strip()


def test_no_empty_row_of_tabs_takes_the_keys(window: Window) -> None:
    rows = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert rows
    window.pages.show_start()
    assert {tabs.focusPolicy() for tabs in rows} == {Qt.FocusPolicy.NoFocus}
    window.pages.show_canvas()
    assert {tabs.focusPolicy() for tabs in rows} == {Qt.FocusPolicy.TabFocus}


def test_what_the_network_sees_is_heard_but_not_of_each_frame(window: Window, heard: list[Any]) -> None:
    _ = window.predictions
    prediction = Prediction((Guess("tabby", 281, 0.62), Guess("tiger cat", 282, 0.2)))
    window.session.prediction_changed.emit(prediction)
    assert [event.message() for event in heard] == ["First guess: tabby, 62.0 %"]
    window.session.live = True
    window.session.prediction_changed.emit(prediction)
    assert len(heard) == 1


def test_a_value_that_arrows_change_is_heard(window: Window) -> None:
    """What Qt tells of a description that changes, a screen reader says of the widget that has the keys."""
    window.pages.show_labs()
    lab = window.pages.labs
    lab.show_lab("Intersection over union")
    assert lab.lab.sheet.accessibleDescription() == "A (2, 1, 4, 3); B (1, 2, 3, 4)", "no number twice"
    lab.show_lab("Boxes into targets")
    sheet = next(w for w in lab.lab.findChildren(QWidget) if w.accessibleName() == "Picture with boxes")
    spoken = QAccessible.queryAccessibleInterface(sheet)
    before = spoken.text(SAID)
    sheet.setFocus()
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    QTest.keyClick(sheet, Qt.Key.Key_Right)
    assert before
    assert spoken.text(SAID) != before
    assert spoken.rect().contains(sheet.mapToGlobal(QPoint(5, 5)))


def test_tab_comes_to_everything_and_leaves_it_again(window: Window) -> None:
    missed: dict[str, list[str]] = {}
    window.session.models_changed.emit((TRAINED,))
    window.session.select(("conv1",))
    for page in PAGES:
        getattr(window.pages, f"show_{page}")()
        missed[page] = passed_by(window)
    for title in ("Cost", "Dream", "Boxes", "History", "Outline"):
        window.docks.bring(title)
        window.docks.turns.finish(title)
        missed[title] = passed_by(window)
    window.session.select(("conv2",))
    QTest.qWait(20)
    missed["another layer"] = passed_by(window)
    for title in LABS:
        window.pages.show_lab(title)
        missed[title] = passed_by(window)
    window.pages.show_studio()
    missed["studio"] = passed_by(window)
    window.pages.show_keys(window.commands)
    missed["keys"] = passed_by(window)
    assert {name: found for name, found in missed.items() if found} == {}
