"""A student who has never built a network is led through it, by mouse or by keys."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from explorer.classics.catalogue import CLASSICS
from explorer.classics.first_network import STEPS, Stand
from explorer.network.analysis import analyse
from explorer.ui.panels.first_network import FirstNetworkCard
from explorer.ui.pictures.drawing_pad import SIDE
from tests.stories.conftest import User

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SEVEN = ((0.28, 0.22), (0.72, 0.22), (0.45, 0.82))


@pytest.fixture
def card(user: User) -> FirstNetworkCard:
    user.window.pages.show_start()
    QTest.mouseClick(user.window.pages.start.walk, LEFT)
    user.wait(lambda: user.window.leading.card.isVisible())
    return user.window.leading.card


def build(user: User) -> None:
    """The first four steps."""
    add_picture(user)
    user.add("conv2d")
    user.add("maxpool")
    user.add("linear")


def add_picture(user: User) -> None:
    user.click_node(user.add("input"))
    user.wait(lambda: user.window.inspector.form is not None)
    for name, value in (("channels", "1"), ("height", "28"), ("width", "28")):
        user.set_field(name, value)


def test_five_steps_lead_to_a_network_that_answers(user: User, card: FirstNetworkCard) -> None:
    walk = card.walk
    assert walk.at == 0
    assert "Tab" in card.text.text()
    user.add("input")
    assert walk.at == 0  # a colour picture is none of a digit
    user.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    add_picture(user)
    assert walk.at == 1
    user.add("conv2d")
    assert walk.at == 2
    user.add("maxpool")
    assert walk.at == 3
    user.add("linear")
    assert walk.at == 3  # it has a problem, which is repaired
    user.session.select(("linear1",))
    repairs = user.window.inspector.repairs
    user.wait(repairs.isVisible)
    QTest.mouseClick(repairs.buttons[0], LEFT)
    assert "flatten1" in user.project.network.nodes
    assert walk.at == 4
    assert walk.done == (True, True, True, True, False)
    panel = user.window.picture
    panel.draw.setChecked(True)
    user.wait(panel.page.pad.isVisible)
    pad = panel.page.pad
    QTest.mousePress(pad, LEFT, NONE, on(pad, *SEVEN[0]))
    for (x0, y0), (x1, y1) in pairwise(SEVEN):
        for part in np.linspace(0.25, 1, 4):
            QTest.mouseMove(pad, on(pad, x0 + (x1 - x0) * part, y0 + (y1 - y0) * part))
    QTest.mouseRelease(pad, LEFT, NONE, on(pad, *SEVEN[-1]))
    user.wait(lambda: walk.finished, 60)
    assert user.session.prediction is not None
    assert "whole network" in card.note.text()
    QTest.mouseClick(card.next, LEFT)
    assert not card.isVisible()


def on(pad, x: float, y: float) -> QPoint:
    return pad.on_widget(QPointF(x * SIDE, y * SIDE)).toPoint()


def test_it_is_left_and_gone_back_to(user: User, card: FirstNetworkCard) -> None:
    build(user)
    assert card.walk.at == 3
    before = user.project
    card.setFocus()
    card.back.setFocus()
    user.press(Qt.Key.Key_Return)
    assert card.walk.at == 2
    assert card.note.text() == "Done."
    user.press(Qt.Key.Key_Escape)
    assert not card.isVisible()
    user.window.pages.show_start()
    user.window.leading.start()
    assert user.project == before
    assert card.isVisible()
    assert card.walk.at == 3
    user.window.pages.show_gallery()
    assert not card.isVisible()  # it is about the canvas
    user.window.pages.leave()
    assert card.isVisible()


def test_it_waits_while_another_network_is_in_front(user: User, card: FirstNetworkCard) -> None:
    add_picture(user)
    user.window.files.open_network("lenet5", "LeNet-5")
    user.wait(lambda: len(user.project.network.nodes) > 5)
    assert not card.isVisible()
    user.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert card.isVisible()
    assert card.walk.at == 1
    user.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    session = user.window.session
    session.close_tab(session.document.tabs[0])
    user.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    user.window.pages.show_canvas()
    assert not card.isVisible()


def test_it_ends_where_another_network_takes_its_place(user: User, card: FirstNetworkCard) -> None:
    user.window.files.open_network("lenet5", "LeNet-5")
    user.wait(lambda: bool(user.project.network.nodes))
    assert len(user.window.session.document.tabs) == 1
    assert not card.isVisible()
    user.window.leading.start()
    assert card.isVisible()


def test_undo_takes_a_step_back_from_the_list(user: User, card: FirstNetworkCard) -> None:
    build(user)
    user.window.canvas.setFocus()
    for _ in range(2):
        user.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert card.walk.done == (True, True, False, False, False)
    assert "2 of 5" in card.marks.accessibleName()


def test_what_is_shown_is_said(card: FirstNetworkCard) -> None:
    assert STEPS[0].title in card.accessibleDescription()
    for button in (card.back, card.next, card.close_button):
        assert button.toolTip()


def test_lenet_has_all_that_the_steps_ask_for() -> None:
    network = CLASSICS["lenet5"].network
    padded = network.with_settings("input", height=28, width=28)
    stand = Stand(padded, analyse(padded), ran=True)
    assert [step.done(stand) for step in STEPS] == [True] * 5
    assert not any(step.done(Stand(network, analyse(network))) for step in STEPS)  # 32×32
