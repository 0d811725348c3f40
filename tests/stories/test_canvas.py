"""The canvas as one works on it: undo gives back what was there, copies reach a new network, nothing covers cards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.network.direction import Direction
from explorer.ui.canvas.node_item import NEAR
from explorer.ui.panels.history import HistoryPanel
from tests.stories.conftest import LEFT, User

Key, Held = Qt.Key, Qt.KeyboardModifier
CTRL, SHIFT = Held.ControlModifier, Held.ShiftModifier


@pytest.fixture
def chain(user: User) -> User:
    """An input and three layers, typed."""
    user.window.pages.show_canvas()
    for name in ("input", "conv2d", "relu", "maxpool2d"):
        user.add(name)
    return user


def test_undo_gives_back_places_and_what_was_selected(chain: User) -> None:
    canvas, session = chain.window.canvas, chain.session
    canvas.fit()
    chain.click_node("conv1")
    chain.click_node("relu1", CTRL)
    before = chain.project.places
    canvas.fit()
    start = chain.where("relu1", 0.3)
    chain.drag(start, start + (chain.where("relu1", 1.5) - start))
    moved = chain.project.places
    assert {id for id in before if moved[id] != before[id]} == {"conv1", "relu1"}
    chain.click_node("maxpool1")
    chain.press(Key.Key_Z, CTRL)
    assert chain.project.places == before
    assert session.selection == ("conv1", "relu1")
    chain.press(Key.Key_Y, CTRL)
    assert chain.project.places == moved
    assert session.selection == ("maxpool1",), "as it was when the move was undone"
    chain.press(Key.Key_G, CTRL)
    chain.type("end")
    chain.press(Key.Key_Return)
    assert [group.name for group in chain.project.groups.groups.values()] == ["end"]
    chain.click_node("input1")
    chain.press(Key.Key_Z, CTRL)
    assert not chain.project.groups, "made and named in one step"
    assert session.selection == ("maxpool1",)


def test_what_undo_moves_out_of_view_is_shown(chain: User) -> None:
    canvas = chain.window.canvas
    chain.click_node("maxpool1")
    for _ in range(3):
        chain.press(Key.Key_Right, Held.AltModifier)
    canvas.look_at(canvas.drawing.bounds(("input1",)).center(), 4.0)
    assert not canvas.visible.intersects(canvas.drawing.bounds(("maxpool1",)))
    chain.press(Key.Key_Z, CTRL)
    assert canvas.visible.intersects(canvas.drawing.bounds(("maxpool1",)))


def test_the_history_names_layers_is_walked_by_keys_and_dims_what_is_undone(chain: User) -> None:
    window = chain.window
    chain.click_node("conv1")
    for text in ("8", "16"):
        chain.set_field("channels", text)
    last = chain.project
    window.canvas.setFocus()
    chain.press(Key.Key_H, CTRL)
    chain.wait(lambda: isinstance(chain.focus, HistoryPanel))
    panel = chain.focus
    rows = [panel.model().index(row, 0).data() for row in range(panel.model().rowCount())]
    assert rows == [
        "As it was opened", "Add input1", "Add conv1", "Add relu1", "Add maxpool1", "Change channels of conv1",
    ]  # fmt: skip

    def ink(row: int) -> int:
        """How dark the darkest pixel of a row is."""
        room = panel.visualRect(panel.model().index(row, 0))
        image = panel.viewport().grab(room).toImage()
        return min(image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height()))

    done = ink(4)
    assert ink(2) == done
    for _ in range(3):
        chain.press(Key.Key_Up)
    assert list(chain.project.network.nodes) == ["input1", "conv1"]
    assert ink(4) > done + 20, "it is undone"
    assert ink(1) == done
    changes: list[object] = []
    chain.document.changed.connect(changes.append)
    at = panel.visualRect(panel.model().index(5, 0)).center()
    QTest.mouseClick(panel.viewport(), LEFT, Held.NoModifier, at)
    assert chain.project == last
    assert len(changes) == 1, "three steps, drawn once"
    chain.press(Key.Key_Home)
    assert not chain.project.network.nodes
    assert not window.canvas.drawing.nodes
    chain.press(Key.Key_End)
    assert chain.project == last
    assert window.canvas.drawing.nodes.keys() == last.network.nodes.keys()
    assert chain.session.selection == ("conv1",)


def test_layers_are_pasted_into_a_new_network_at_once(chain: User) -> None:
    chain.press(Key.Key_A, CTRL)
    chain.press(Key.Key_C, CTRL)
    chain.press(Key.Key_N, CTRL)
    assert not chain.project.network.nodes
    chain.press(Key.Key_V, CTRL)
    assert list(chain.project.network.nodes) == ["input1", "conv1", "relu1", "maxpool1"]
    canvas = chain.window.canvas
    assert chain.window.pages.shows_canvas
    assert canvas.visible.contains(canvas.drawing.bounds())


def test_layers_dropped_on_the_start_page_are_there(chain: User) -> None:
    chain.press(Key.Key_A, CTRL)
    chain.press(Key.Key_C, CTRL)
    data = QMimeData()
    data.setText(QGuiApplication.clipboard().text())
    chain.press(Key.Key_N, CTRL)
    window, copy, nothing = chain.window, Qt.DropAction.CopyAction, Held.NoModifier
    assert window.pages.currentWidget() is window.pages.start
    enter = QDragEnterEvent(window.rect().center(), copy, data, LEFT, nothing)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(window.rect().center()), copy, data, LEFT, nothing))
    assert window.pages.shows_canvas
    assert list(chain.project.network.nodes) == ["input1", "conv1", "relu1", "maxpool1"]


def test_a_foreign_text_is_refused_on_the_start_page(user: User) -> None:
    QGuiApplication.clipboard().setText("no layers")
    user.window.pages.show_start()
    user.press(Key.Key_V, CTRL)
    assert user.window.notices.text == "The clipboard holds no layers: copy some on the canvas first."
    assert user.window.pages.currentWidget() is user.window.pages.start


def test_a_picture_is_pasted_wherever_the_keys_are(chain: User) -> None:
    """The Picture panel offers Ctrl+V, and who reads that has the keys on the canvas."""
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    QGuiApplication.clipboard().setImage(image)
    before = chain.project
    chain.window.canvas.setFocus()
    chain.press(Key.Key_V, CTRL)
    chain.wait(lambda: chain.session.picture)
    assert chain.session.picture.pixels.shape == (30, 40, 3)
    assert (chain.project, chain.window.notices.text) == (before, "")


def test_what_has_a_problem_is_found_by_that_word(chain: User) -> None:
    chain.click_node("input1")
    chain.press(Key.Key_Delete)
    chain.press(Key.Key_F, CTRL)
    chain.type("problem")
    chain.press(Key.Key_Return)
    assert chain.session.selection == ("conv1",)


def test_a_layer_found_from_far_away_is_large_enough_to_be_read(chain: User) -> None:
    canvas = chain.window.canvas
    chain.document.edit("Move", chain.project.moved({"maxpool1": (0.0, 3000 * Direction.TOP_DOWN.step)}))
    canvas.fit()
    assert canvas.visible.contains(canvas.drawing.bounds())
    chain.press(Key.Key_F, CTRL)
    chain.type("relu")
    chain.press(Key.Key_Return)
    assert canvas.zoom > NEAR
    assert canvas.visible.contains(canvas.drawing.bounds(("relu1",)))
    canvas.zoom_by(4)
    close = canvas.zoom
    chain.press(Key.Key_F, CTRL)
    chain.type("conv1")
    chain.press(Key.Key_Return)
    assert canvas.zoom == close, "who sees enough stays as near"


def test_the_minimap_covers_no_network_that_is_nearly_all_in_view(chain: User) -> None:
    canvas = chain.window.canvas
    canvas.fit()
    QTest.qWait(150)
    canvas.zoom_by(4)
    assert not canvas.visible.contains(canvas.drawing.bounds())
    assert not canvas.minimap.isVisible()
    canvas.zoom_by(8)
    QApplication.processEvents()
    assert canvas.minimap.isVisible()
