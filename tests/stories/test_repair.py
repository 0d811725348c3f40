"""A student makes a conflict, reads what is wrong, and has it repaired."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.network.analysis import faulty
from explorer.network.direction import CARD

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_linear_after_an_image_gets_its_flatten(user) -> None:
    user.window.build()
    for search in ("input", "conv", "linear"):
        user.add(search)
    inspector = user.window.inspector
    user.wait(lambda: inspector.repairs.buttons)
    assert "needs a vector" in inspector.problem.text()
    first = inspector.repairs.buttons[0]
    assert first.text() == "Put a Flatten before it"
    assert "linear1 then gives 10" in first.repair.effect
    assert first.height() >= first.heightForWidth(first.width())
    before = dict(user.project.places)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert not faulty(user.document.facts)
    assert user.document.history.undo_text == "Put a Flatten before it"
    assert user.project.network.nodes["linear1"].inputs == ("flatten1",)
    user.wait(lambda: not inspector.repairs.buttons)
    assert inspector.repairs.isHidden()
    x, y = user.project.places["flatten1"]
    assert before["conv1"][1] + CARD[1] < y
    assert y + CARD[1] < user.project.places["linear1"][1]  # which moved down
    assert x == before["conv1"][0]
    user.press(Qt.Key.Key_Z, CTRL)
    assert user.project.places == before
    user.wait(lambda: inspector.repairs.buttons)


def test_by_keyboard_on_a_classic(user) -> None:
    user.session.open_network("resnet18", "ResNet-18")
    user.click_node("layer2.0.downsample.0")
    user.set_field("channels", "100")
    problem = "layer2.0.add"
    assert faulty(user.document.facts) == [problem]
    user.click_node(problem)
    inspector = user.window.inspector
    user.wait(lambda: inspector.repairs.buttons)
    button = next(b for b in inspector.repairs.buttons if "128 filters in" in b.text())
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert not faulty(user.document.facts)
    assert user.document.facts[problem].shape == (128, 28, 28)
