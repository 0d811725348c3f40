"""Groups on the canvas and in the outline, through real mouse and key events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from explorer.classics.catalogue import CLASSICS
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.windows import Conv2d
from explorer.maths.thumbnails import Thumbnails
from explorer.network.analysis import totals
from explorer.network.annotations import Note
from explorer.network.direction import Direction
from explorer.network.grouping import arrived
from explorer.network.groups import Groups
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.canvas.card import HEIGHT, WIDTH
from explorer.ui.canvas.group_card import GroupCard
from explorer.ui.canvas.scene import NetworkScene
from explorer.ui.panels.inspector import InspectorPanel
from explorer.ui.panels.outline import OutlinePanel
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.settings import Settings
from tests.settled import settled
from tests.window_side import window_on

Key, Held = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton
NODES = (
    Node("x", Input(4, 8, 8)),
    Node("a", Conv2d(4, 3, 1, 1), ("x",)),
    Node("b", ReLU(), ("a",)),
    Node("c", Conv2d(4, 3, 1, 1), ("b",)),
    Node("d", Add(), ("c", "a")),
    Node("e", ReLU(), ("d",)),
)


@pytest.fixture
def window(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """The window on NODES, at rest: cards are at their places at once. Nothing here asks the worker, so none runs."""
    network = Network({node.id: node for node in NODES})
    window = window_on(Project(network, arranged(network)))
    window.pages.show_canvas()
    window.canvas.drawing.glide.wanted = False
    window.canvas.fit()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    yield window
    window.close_now()
    window.deleteLater()


def project(window: Window) -> Project:
    return window.session.document.project


def selected(window: Window) -> set[str]:
    return set(window.session.selection)


def group_of(window: Window, name: str) -> str:
    return next(id for id, group in project(window).groups.groups.items() if group.name == name)


def made(window: Window, name: str, *ids: str, closed: bool = True) -> str:
    """A group of these layers, made by key and named by typing."""
    window.canvas.select(ids)
    press(window, Key.Key_G, Held.ControlModifier)
    QTest.keyClicks(window.focusWidget(), name)
    QTest.keyClick(window.focusWidget(), Key.Key_Return)
    if closed:
        press(window, Key.Key_O)
    return group_of(window, name)


def press(window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.keyClick(window.canvas, key, held)


def spot(window: Window, id: str, right: float = 0.5, down: float = 0.5) -> QPoint:
    x, y = window.canvas.drawing.nodes[id].place
    return window.canvas.viewportTransform().map(QPointF(x + right * WIDTH, y + down * HEIGHT)).toPoint()


def head(window: Window, id: str) -> QPoint:
    area = window.canvas.drawing.frames.head(id)
    return window.canvas.viewportTransform().map(QPointF(area.left() + 40, area.center().y())).toPoint()


def drag(window: Window, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.mousePress(window.canvas.viewport(), LEFT, held, start)
    for part in range(1, 6):
        QTest.mouseMove(window.canvas.viewport(), start + (end - start) * part / 5)
    QTest.mouseRelease(window.canvas.viewport(), LEFT, held, end)


def test_a_selection_becomes_a_named_group_and_comes_apart_again(window: Window) -> None:
    before = project(window)
    id = made(window, "body", "b", "c", closed=False)
    assert project(window).network is before.network
    assert project(window).groups.nodes(id) == ("b", "c")
    assert selected(window) == {"b", "c"}
    press(window, Key.Key_G, Held.ControlModifier | Held.ShiftModifier)
    assert not project(window).groups
    for _ in range(3):
        window.commands.run("Undo")
    assert project(window) == before


def test_what_is_in_no_group_is_told_how_to_get_into_one(window: Window) -> None:
    said: list[str] = []
    window.session.failed.connect(lambda _lane, why: said.append(why))
    window.canvas.select(("a",))
    press(window, Key.Key_O)
    press(window, Key.Key_G, Held.ControlModifier | Held.ShiftModifier)
    assert said == ["What is selected lies in no group: Ctrl+G makes one of it."] * 2


def test_a_name_is_typed_in_place_and_esc_keeps_the_old_one(window: Window) -> None:
    id = made(window, "body", "b", "c")
    press(window, Key.Key_F2)
    field = window.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "other")
    QTest.keyClick(field, Key.Key_Escape)
    assert project(window).groups.groups[id].name == "body"
    assert window.canvas.hasFocus()
    press(window, Key.Key_F2)
    QTest.keyClicks(window.focusWidget(), "other")
    QTest.keyClick(window.focusWidget(), Key.Key_Return)
    assert project(window).groups.groups[id].name == "other"
    assert window.session.document.history.undo_text == "Name other"


def test_a_name_that_is_being_typed_goes_to_the_network_it_is_for(window: Window) -> None:
    window.canvas.select(("b", "c"))
    press(window, Key.Key_G, Held.ControlModifier)
    field = window.focusWidget()
    QTest.keyClicks(field, "stem")
    before = field.pos()
    window.canvas.scroll_by(0, 24)
    assert field.pos().y() == before.y() - 24, "it stays over the name"
    tab, own = window.session.document.tab, project(window)
    window.session.open_project(own)  # which has a group of the same id
    assert field.isHidden()
    assert window.focusWidget() is window.canvas
    assert [group.name for group in project(window).groups.groups.values()] != ["stem"]
    assert [group.name for group in tab.project.groups.groups.values()] == ["stem"]


def test_a_group_is_made_named_and_closed_without_a_pause(window: Window, qtbot: Any) -> None:
    window.session.select(("c", "b"))
    press(window, Key.Key_G, Held.ControlModifier)
    QTest.keyClicks(window.focusWidget(), "body")
    QTest.keyClick(window.focusWidget(), Key.Key_Return)
    assert window.canvas.hasFocus()
    qtbot.waitUntil(lambda: window.inspector.title.text() == "body")
    assert "ReLU · Conv2d" in window.inspector.told.text(), "in the network's order, not as they were selected"
    QTest.keyClick(window.focusWidget(), Key.Key_O)
    assert group_of(window, "body") in window.canvas.drawing.nodes


def test_a_closed_group_is_one_card_with_its_sums(window: Window) -> None:
    id = made(window, "body", "b", "c")
    drawing = window.canvas.drawing
    assert drawing.nodes.keys() == {"x", "a", "d", "e", id}
    card = drawing.nodes[id].card
    assert isinstance(card, GroupCard)
    assert card.digest.facts.parameters == 4 * 4 * 9 + 4
    assert card.digest.kinds == (("ReLU", 1), ("Conv2d", 1))
    assert set(drawing.links.routes) == {("x", "a", 0), ("a", id, 0), (id, "d", 0), ("a", "d", 1), ("d", "e", 0)}
    assert card.spoken == ("Group body, closed, 2 layers, ReLU · Conv2d, 4×8×8 → 4×8×8, 148 parameters, 9,216 MACs")
    assert window.canvas.accessibleDescription() == card.spoken
    assert drawing.pixmaps.get(card, 1.0, 1.0, wait=True) is not None


def test_opening_is_no_edit_and_a_double_click_on_the_card_and_on_the_head_folds(window: Window) -> None:
    id = made(window, "body", "b", "c")
    steps = window.session.document.history.count
    places = dict(window.canvas.drawing.places)
    QTest.mouseDClick(window.canvas.viewport(), LEFT, Held.NoModifier, spot(window, id))
    assert set(window.canvas.drawing.nodes) == set(project(window).network.nodes)
    assert window.canvas.drawing.places["e"][1] > places["e"][1]
    QTest.mouseDClick(window.canvas.viewport(), LEFT, Held.NoModifier, head(window, id))
    assert window.canvas.drawing.places == places
    press(window, Key.Key_Return)
    assert "b" in window.canvas.drawing.nodes
    assert window.session.document.history.count == steps
    press(window, Key.Key_Return)  # a layer's settings now
    assert "b" in window.canvas.drawing.nodes


def test_a_card_is_selected_moved_copied_and_deleted_as_all_that_is_in_it(window: Window) -> None:
    id = made(window, "body", "b", "c")
    window.canvas.fit()
    QTest.mouseClick(window.canvas.viewport(), LEFT, Held.NoModifier, spot(window, "x"))
    assert selected(window) == {"x"}
    QTest.mouseClick(window.canvas.viewport(), LEFT, Held.ControlModifier, spot(window, id))
    assert selected(window) == {"x", "b", "c"}
    QTest.mouseClick(window.canvas.viewport(), LEFT, Held.NoModifier, spot(window, id))
    assert window.session.selection == ("b", "c")  # its outlet last: its maps are looked at
    x, _ = window.canvas.drawing.nodes[id].place
    drag(window, spot(window, id), spot(window, id) + QPoint(-160, 0))
    assert window.session.document.history.undo_text == "Move body"
    assert window.canvas.drawing.nodes[id].place[0] < x - 80
    assert window.canvas.drawing.nodes["d"].place == project(window).places["d"]
    press(window, Key.Key_O)
    assert project(window).places["b"][0] < x - 80  # what is in it has come along
    press(window, Key.Key_O)

    press(window, Key.Key_D, Held.ControlModifier)
    copy = project(window).groups.exactly(window.session.selection)
    assert project(window).groups.groups[copy].name == "body"
    assert copy != id
    assert project(window).network.nodes["conv1"].inputs == ("relu1",)
    press(window, Key.Key_Delete)
    assert copy not in project(window).groups.groups
    window.canvas.select((id,))
    press(window, Key.Key_Delete)
    assert not project(window).groups
    assert project(window).network.nodes["d"].inputs == ("a", "a")
    window.commands.run("Undo")
    assert project(window).groups.nodes(id) == ("b", "c")
    assert selected(window) == {"b", "c"}


def test_groups_are_pasted_from_text_and_wrong_ones_are_refused(window: Window) -> None:
    made(window, "inner", "b", "c")
    made(window, "outer", "a", "b", "c")
    press(window, Key.Key_C, Held.ControlModifier)
    text = json.loads(QGuiApplication.clipboard().text())
    assert [(group["name"], group["in"]) for group in text["groups"]] == [("outer", -1), ("inner", 0)]
    window.session.new()
    window.canvas.setFocus()
    window.canvas.paste()
    groups = project(window).groups
    assert [group.name for group in groups.groups.values()] == ["outer", "inner"]
    assert len(groups.nodes(group_of(window, "outer"))) == 3
    said: list[str] = []
    window.session.failed.connect(lambda _lane, why: said.append(why))
    for wrong in ({"in": 5}, {"nodes": ["nowhere"]}, {"name": ""}, {"closed": "no"}, {"nodes": []}):
        text["groups"][1].update({"name": "inner", "in": 0, "closed": True, "nodes": ["b", "c"], **wrong})
        QGuiApplication.clipboard().setText(json.dumps(text))
        before = project(window)
        window.canvas.paste()
        assert project(window) == before
        assert said.pop().startswith("The clipboard")


def test_alt_drag_copies_a_card(window: Window) -> None:
    id = made(window, "body", "b", "c")
    window.canvas.fit()
    drag(window, spot(window, id), spot(window, id) + QPoint(220, 0), Held.AltModifier)
    copy = project(window).groups.exactly(window.session.selection)
    assert copy not in ("", id)
    assert window.canvas.drawing.nodes[copy].place[0] > window.canvas.drawing.nodes[id].place[0]
    assert window.session.document.history.undo_text == "Duplicate body"


def test_an_open_group_is_selected_and_moved_by_its_head(window: Window) -> None:
    id = made(window, "body", "b", "c", closed=False)
    window.canvas.select(())
    window.canvas.fit()
    before = dict(project(window).places)
    drag(window, head(window, id), head(window, id) + QPoint(-120, 0))
    assert selected(window) == {"b", "c"}
    moved = {node for node, place in project(window).places.items() if place != before.get(node)}
    assert moved == {"b", "c"}
    assert window.canvas.drawing.spoken(id).startswith("Group body, open, 2 layers")


def test_arrows_walk_over_cards_and_esc_goes_up(window: Window) -> None:
    inner = made(window, "inner", "b", "c")
    outer = made(window, "outer", "b", "c", "d", closed=False)
    window.canvas.select(("a",))
    press(window, Key.Key_Down)
    assert window.canvas.drawing.chosen == {inner}
    press(window, Key.Key_Down)
    assert selected(window) == {"d"}
    press(window, Key.Key_Escape)
    assert project(window).groups.exactly(window.session.selection) == outer
    press(window, Key.Key_Escape)
    assert not selected(window)


def test_the_breadcrumb_names_the_groups_around_and_leads_to_them(window: Window) -> None:
    outer = made(window, "outer", "b", "c", "d", closed=False)
    made(window, "outer.inner", "b", "c", closed=False)
    crumbs = window.canvas.breadcrumb
    window.canvas.select(("x",))
    assert crumbs.isHidden()
    window.canvas.select(("b",))
    assert [button.text() for button in crumbs.buttons] == ["Network", "outer", "inner"]
    assert not crumbs.isHidden()
    above = crumbs.pos()
    window.notices.say("Bring it back?", actions={"Bring back": print}, asks="test")
    QTest.qWait(20)
    notice = window.notices.mapTo(window, window.notices.rect().bottomLeft()).y()
    assert crumbs.mapTo(window, crumbs.rect().topLeft()).y() > notice, "where one is is read below a notice"
    window.notices.withdraw("test")
    assert crumbs.pos() == above
    QTest.mouseClick(crumbs.buttons[1], LEFT)
    assert project(window).groups.exactly(window.session.selection) == outer
    QTest.mouseClick(crumbs.buttons[0], LEFT)
    assert crumbs.isHidden()


def test_finding_opens_the_way_to_a_layer_and_finds_groups(window: Window) -> None:
    made(window, "inner", "b", "c")
    outer = made(window, "outer", "b", "c", "d")
    window.commands.run("Find layer…")
    QTest.keyClicks(window.focusWidget(), "c")
    QTest.keyClick(window.focusWidget(), Key.Key_Return)
    assert "c" in window.canvas.drawing.nodes
    assert selected(window) == {"c"}
    window.commands.run("Close all")
    assert set(window.canvas.drawing.nodes) == {"x", "a", "e", outer}
    window.commands.run("Find layer…")
    QTest.keyClicks(window.focusWidget(), "inner")
    QTest.keyClick(window.focusWidget(), Key.Key_Return)
    assert selected(window) == {"b", "c"}
    assert group_of(window, "inner") in window.canvas.drawing.nodes


def test_wires_to_and_from_a_closed_group(window: Window) -> None:
    id = made(window, "body", "b", "c")
    window.canvas.fit()
    window.canvas.add_layer("Add", QPointF(*window.canvas.drawing.nodes["e"].place) + QPointF(-300, 300))
    window.canvas.fit()
    drag(window, spot(window, id, 0.5, 1), spot(window, "add1"))
    assert project(window).network.nodes["add1"].inputs == ("c",)
    drag(window, spot(window, "x", 0.5, 1), spot(window, id))  # the one layer in it that takes something
    assert project(window).network.nodes["b"].inputs == ("x",)
    window.commands.run("Undo")
    both = made(window, "both", "b", "d")  # two that take something from outside: which is meant?
    before = project(window)
    window.canvas.fit()
    drag(window, spot(window, "x", 0.5, 1), spot(window, both))
    assert project(window) == before


def test_a_link_into_a_group_is_cut_and_a_layer_dropped_on_it(window: Window) -> None:
    id = made(window, "block", "b", "c", "d")
    window.canvas.fit()
    before = project(window)
    window.canvas.select((), ("a", id, 0))
    press(window, Key.Key_Delete)
    assert project(window).network.nodes["b"].inputs == ()
    assert project(window).network.nodes["d"].inputs == ("c",)
    assert window.session.document.history.undo_text == "Unplug a from block"
    window.commands.run("Undo")
    assert project(window).network == before.network
    route = window.canvas.drawing.links.routes["a", id, 0]
    middle = QPointF((route[0][0] + route[-1][0]) / 2, (route[0][1] + route[-1][1]) / 2)
    window.canvas.add_layer("Identity", middle)
    network = project(window).network
    assert network.nodes["identity1"].inputs == ("a",)
    assert (network.nodes["b"].inputs, network.nodes["d"].inputs) == (("identity1",), ("c", "identity1"))


def test_colours_marks_and_thumbnails_reach_a_card(window: Window) -> None:
    id = made(window, "body", "b", "c")
    window.canvas.colour_by("parameters")
    drawing = window.canvas.drawing
    figures = drawing.colouring.figures
    assert figures[id].value == 148
    assert sum(figure.value for figure in figures.values()) == totals(window.session.document.facts).parameters
    window.session.document.edit("off", project(window).with_factors("c", {1: 0.0}))
    assert drawing.nodes[id].card.factors == (0.0,)
    pixels = np.zeros((1, 4, 4), np.uint8)
    drawing.show_films(Thumbnails(("c",), pixels, ((4, 4),), (0,), (False,)))
    assert drawing.nodes[id].end == "c"
    assert drawing.nodes[id].card.right < WIDTH - 40
    window.canvas.viewport().grab()
    window.canvas.minimap.redraw()
    window.canvas.minimap.grab()


def test_a_problem_inside_shows_on_the_card(window: Window) -> None:
    id = made(window, "body", "b", "c")
    broken = project(window).network.with_settings("c", kernel=99, padding=0)
    window.session.document.edit("break", project(window).rewired(broken))
    card = window.canvas.drawing.nodes[id].card
    assert card.broken
    assert card.problem.startswith("c: ")
    assert card.problem in window.canvas.drawing.spoken(id)
    window.status.problem_requested.emit("c")
    assert "c" in window.canvas.drawing.nodes  # the way to it is open


def test_the_inspector_writes_a_groups_sums_out(window: Window) -> None:
    id = made(window, "body", "a", "b", "c")
    inspector: InspectorPanel = window.inspector
    settled(window.session)
    assert (inspector.title.text(), inspector.subtitle.text()) == ("body", "Group of 3 layers")
    assert "148 (a) + 148 (c) = 296 parameters" in inspector.told.text()
    assert "4×8×8 → 4×8×8" in inspector.told.text()
    assert id in window.canvas.drawing.nodes


def test_the_parts_of_a_group_are_told_in_the_order_of_the_flow(window: Window) -> None:
    """A group within comes where its first layer does, not behind all layers."""
    made(window, "inner", "a", "b")
    made(window, "body", "a", "b", "c")
    settled(window.session)
    assert "148 (inner) + 148 (c) = 296 parameters" in window.inspector.told.text()


def test_levels_and_equal_groups_are_steps_to_undo(window: Window) -> None:
    window.session.open_network("resnet50", "ResNet-50")
    canvas = window.canvas
    canvas.drawing.glide.wanted = False
    assert 10 <= len(canvas.drawing.nodes) <= 40
    first = dict(canvas.drawing.places)
    window.commands.run("Open all")
    assert len(canvas.drawing.nodes) == 176
    window.commands.run("Close all")
    assert len(canvas.drawing.nodes) == 12
    canvas.fold_to(1)
    assert len(canvas.drawing.nodes) == 24
    window.commands.run("Put equal groups together")
    assert len(canvas.drawing.nodes) == 16
    titles = {item.card.title for item in canvas.drawing.nodes.values() if isinstance(item.card, GroupCard)}
    assert "layer3.1 … 5 ×5" in titles
    canvas.select((group_of(window, "layer3.1 … 5"),))
    settled(window.session)
    assert "5 × 1,117,184 = 5,585,920 parameters" in window.inspector.told.text()
    for _ in range(4):
        window.commands.run("Undo")
    assert canvas.drawing.places == first
    assert not window.session.document.history.can_undo


def test_cards_glide_to_their_places_and_are_there_at_once_where_motion_is_unwanted(
    window: Window, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = made(window, "body", "b", "c")
    drawing = window.canvas.drawing
    drawing.glide.wanted = True
    from explorer.ui.canvas import glide

    monkeypatch.setattr(glide, "TIME", 120)
    press(window, Key.Key_O)
    item = drawing.nodes["c"]
    assert item.pos() != QPointF(*item.place)
    qtbot.waitUntil(lambda: item.pos() == QPointF(*item.place))
    assert drawing.links.opacity() == 1.0
    Settings().less_motion = True
    press(window, Key.Key_O)
    assert drawing.nodes[id].pos() == QPointF(*drawing.nodes[id].place)


# The outline


@pytest.fixture
def outline(window: Window) -> OutlinePanel:
    made(window, "inner", "b", "c")
    made(window, "outer", "b", "c", "d")
    window.docks.bring("Outline")
    window.docks.turns.finish("Outline")
    QApplication.processEvents()
    panel = window.findChild(OutlinePanel)
    assert panel is not None
    return panel


def rows(panel: OutlinePanel, parent: QModelIndex | None = None) -> list[str]:
    parent = parent or QModelIndex()
    return [panel.model.index(row, 0, parent).data() for row in range(panel.model.rowCount(parent))]


def test_the_outline_lists_groups_and_layers_as_they_run(window: Window, outline: OutlinePanel) -> None:
    assert rows(outline) == ["x  Input", "a  Conv2d", "outer", "e  ReLU"]
    outer = outline.model.index_of(group_of(window, "outer"))
    assert rows(outline, outer) == ["inner", "d  Add"]
    said = outer.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == window.canvas.drawing.nodes[group_of(window, "outer")].card.spoken
    a = outline.model.index_of("a")
    assert a.data(Qt.ItemDataRole.AccessibleTextRole) == window.canvas.drawing.nodes["a"].card.spoken
    interface = QAccessible.queryAccessibleInterface(outline.tree)
    assert interface.role() in (QAccessible.Role.Tree, QAccessible.Role.Table)


def test_the_outline_selects_with_the_canvas_in_both_directions(window: Window, outline: OutlinePanel) -> None:
    tree = outline.tree
    window.canvas.select(("d",))
    assert tree.currentIndex().data() == "d  Add"
    window.canvas.select((group_of(window, "inner"),))
    assert [index.data() for index in tree.selectionModel().selectedRows()] == ["inner"]
    tree.setFocus()
    QTest.keyClick(tree, Key.Key_Down)
    assert selected(window) == {"d"}
    QTest.keyClicks(tree, "e")
    assert selected(window) == {"e"}
    tree.setCurrentIndex(outline.model.index_of(group_of(window, "outer")))
    assert selected(window) == {"b", "c", "d"}
    assert window.canvas.drawing.chosen == {group_of(window, "outer")}


def test_several_rows_of_the_outline_are_selected_together(window: Window, outline: OutlinePanel) -> None:
    tree = outline.tree
    tree.expandAll()

    def click(id: str, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
        at = tree.visualRect(outline.model.index_of(id)).center()
        QTest.mouseClick(tree.viewport(), LEFT, held, at)

    click("x")
    click("d", Held.ControlModifier)
    assert selected(window) == {"x", "d"}
    click(group_of(window, "inner"), Held.ControlModifier)
    assert selected(window) == {"x", "d", "b", "c"}
    click("x")
    click("e", Held.ShiftModifier)
    assert selected(window) == {"x", "a", "b", "c", "d", "e"}
    tree.setFocus()
    click("d")
    QTest.keyClick(tree, Key.Key_Down, Held.ShiftModifier)
    assert selected(window) == {"d", "e"}
    QTest.keyClick(tree, Key.Key_Delete)
    assert not {"d", "e"} & project(window).network.nodes.keys()
    window.commands.run("Undo")
    assert {"d", "e"} <= project(window).network.nodes.keys()


def test_the_outline_is_complete_for_the_keyboard(window: Window, outline: OutlinePanel) -> None:
    tree, outer = outline.tree, group_of(window, "outer")
    tree.setCurrentIndex(outline.model.index_of(outer))
    tree.setFocus()
    QTest.keyClick(tree, Key.Key_Return)
    assert outer in window.canvas.drawing.folding.groups.opened
    QTest.keyClick(tree, Key.Key_F2)
    field = tree.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "renamed")
    QTest.keyClick(field, Key.Key_Return)
    QApplication.processEvents()  # the field hands its text over behind this key
    assert project(window).groups.groups[outer].name == "renamed"
    QTest.keyClick(tree, Key.Key_Right)
    QTest.keyClick(tree, Key.Key_Down)
    QTest.keyClick(tree, Key.Key_Down)
    assert selected(window) == {"d"}
    QTest.keyClick(tree, Key.Key_Return)
    QApplication.processEvents()
    assert window.inspector.title.text() == "Add"
    tree.setFocus()
    QTest.keyClick(tree, Key.Key_Delete)
    assert "d" not in project(window).network.nodes
    assert rows(outline, outline.model.index_of(outer)) == ["inner"]


def test_the_outline_follows_edits_and_marks_problems(window: Window, outline: OutlinePanel) -> None:
    outer = outline.model.index_of(group_of(window, "outer"))
    outline.tree.expand(outer)
    window.canvas.add_layer("ReLU")
    assert "relu1  ReLU" in rows(outline)
    assert outline.tree.isExpanded(outline.model.index_of(group_of(window, "outer")))
    broken = project(window).network.with_settings("c", kernel=99, padding=0)
    window.session.document.edit("break", project(window).rewired(broken))
    for id in ("c", group_of(window, "inner"), group_of(window, "outer")):
        assert outline.model.index_of(id).data(Qt.ItemDataRole.ForegroundRole) is not None
    assert outline.model.index_of("a").data(Qt.ItemDataRole.ForegroundRole) is None
    window.session.new()
    assert rows(outline) == []
    assert not outline.hint.isHidden()


def test_a_problem_that_comes_and_goes_leaves_the_rest_of_the_window_alone(window: Window) -> None:
    """A button without words wanted another height: all was laid out and painted anew."""
    room, line = window.canvas.size(), window.status.sizeHint().height()
    window.canvas.edit("Unlink", project(window).rewired(project(window).network.without_link("x", "a")))
    QApplication.processEvents()
    assert "problem" in window.status._problems.text()
    assert (window.canvas.size(), window.status.sizeHint().height()) == (room, line)
    window.session.document.undo()
    QApplication.processEvents()
    assert window.status._problems.isHidden()
    assert (window.canvas.size(), window.status.sizeHint().height()) == (room, line)


def test_a_row_is_dropped_into_another_group(window: Window, outline: OutlinePanel) -> None:
    model, inner, outer = outline.model, group_of(window, "inner"), group_of(window, "outer")

    def drop(ids: list[str], into: str) -> None:
        data = model.mimeData([model.index_of(id) for id in ids])
        parent = model.index_of(into) if into else QModelIndex()
        if model.canDropMimeData(data, Qt.DropAction.MoveAction, -1, -1, parent):
            model.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, parent)

    drop(["a"], inner)
    assert project(window).groups.path("a") == (outer, inner)
    drop([outer], inner)  # not into itself
    assert project(window).groups.path("a") == (outer, inner)
    drop([inner], "")
    assert project(window).groups.path("a") == (inner,)
    assert window.canvas.drawing.nodes.keys() == {"x", inner, outer, "e"}
    drop(["d"], "")  # the last one: its group is gone
    assert outer not in project(window).groups.groups
    assert not model.canDropMimeData(QMimeData(), Qt.DropAction.MoveAction, -1, -1, QModelIndex())
    window.commands.run("Undo")
    assert rows(outline, model.index_of(outer)) == ["d  Add"]


def test_a_large_network_is_outlined_and_grouped(window: Window, outline: OutlinePanel) -> None:
    window.session.open_network("densenet121", "DenseNet-121")
    outline.following.finish()  # in turns of its own
    network = CLASSICS["densenet121"].project.network
    count = 0
    stack = [QModelIndex()]
    while stack:
        parent = stack.pop()
        for row in range(outline.model.rowCount(parent)):
            index = outline.model.index(row, 0, parent)
            assert outline.model.parent(index) == parent
            stack.append(index)
            count += 1
    assert count == len(network.nodes) + len(project(window).groups.groups)
    window.canvas.frame(("features.denseblock3.denselayer7.conv2",))
    assert "features.denseblock3.denselayer7.conv2" in window.canvas.drawing.nodes
    assert "features.denseblock1" in {project(window).groups.groups[id].name for id in project(window).groups.closed}


def test_undo_takes_copied_notes_out_of_the_selection(window: Window) -> None:
    """In the whole window, where the session hears of an undo before the canvas does."""
    note = Note((300.0, 0.0), (160.0, 48.0), "blue", "a note")
    window.session.document.edit("Note", project(window).annotated("note1", note))
    press(window, Key.Key_A, Held.ControlModifier)
    assert window.canvas.drawing.annotations.selected == ("note1",)
    press(window, Key.Key_D, Held.ControlModifier)
    assert window.canvas.drawing.annotations.selected == ("note2",)
    before = len(project(window).network.nodes)
    window.commands.run("Undo")
    assert len(project(window).network.nodes) == before - len(NODES)
    assert window.canvas.drawing.annotations.selected == ()
    window.commands.run("Redo")
    press(window, Key.Key_Delete)
    window.commands.run("Undo")
    window.commands.run("Undo")
    assert project(window).annotations == {"note1": note}


def test_channels_that_are_off_do_not_cover_a_groups_parameters(qapp: QApplication) -> None:
    scene = NetworkScene(Document(arrived(CLASSICS["resnet50"].project, Direction.TOP_DOWN)))
    closed = next(id for id in scene.nodes if id in scene.folding.groups.groups)
    plain = scene.nodes[closed].card
    assert isinstance(plain, GroupCard)

    def lower(card: GroupCard) -> QImage:
        """From the line with work and parameters on."""
        image = QImage(150, 64, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            card.paint(painter)
        return image.copy(0, 34, 150, 30)

    assert lower(replace(plain, factors=(0.0, 0.0))) == lower(plain)
    assert lower(replace(plain, conventions=replace(plain.conventions, counting="keras"))) != lower(plain)


def test_a_card_says_its_name_and_the_value_that_leaves_as_they_are_now(qapp: QApplication) -> None:
    nodes = (
        Node("x", Input(4, 8, 8)),
        Node("a", Conv2d(4, 3, 1, 1), ("x",)),
        Node("b", Conv2d(4, 3, 2, 1), ("a",)),
        Node("c", ReLU(), ("a",)),
    )
    network = Network({node.id: node for node in nodes})
    groups, group = Groups().grouped("block", ("a", "b"))
    document = Document(Project(network, groups=groups))
    scene = NetworkScene(document)

    def said() -> tuple[str, Any]:
        card = scene.nodes[group].card
        assert isinstance(card, GroupCard)
        return card.name, card.digest.facts.shape

    assert said() == ("block", (4, 8, 8))
    document.edit("Link", replace(document.project, network=network.with_node(Node("c", ReLU(), ("b",)))))
    assert said() == ("block", (4, 4, 4))  # nothing in it is another, but what is taken from it
    document.edit("Name", document.project.regrouped(document.project.groups.renamed(group, "stem")))
    assert said() == ("stem", (4, 4, 4))
    document.go(0)
    assert said() == ("block", (4, 8, 8))


def test_the_minimap_keeps_off_the_heads_of_groups(window: Window, qtbot: Any) -> None:
    """It lay on the name, and on the triangle that closes the group."""
    canvas, minimap = window.canvas, window.canvas.minimap
    ids = list(project(window).network.nodes)
    stage = made(window, "Stage", *ids[:3], closed=False)  # nothing is above it
    canvas.look_at(canvas.drawing.bounds().center(), 2.0)
    canvas.touched = True
    qtbot.waitUntil(minimap.isVisible)
    head = canvas.drawing.frames.head(stage)
    view, usual = canvas.visible, canvas.scene_area(QRectF(minimap.geometry()))
    lowest = QPointF(usual.center().x(), usual.bottom() - head.height() / 2)  # its cards are below the minimap
    canvas.look_at(head.center() - lowest + view.center(), canvas.zoom)
    minimap._choose()
    assert minimap.isVisible()
    assert not QRectF(minimap.geometry()).intersects(canvas.viewportTransform().mapRect(head))
