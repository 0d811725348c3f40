"""A student looks at one picture through two networks, and edits one of them without losing the other."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer.classics.catalogue import CLASSICS
from explorer.workspace.samples import samples

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_what_each_network_says_comes_back_with_its_tab(user) -> None:
    session, window = user.session, user.window
    session.open_model("lenet5")
    user.wait(lambda: user.project.title == "LeNet-5", 90)
    session.open_picture(str(samples()[0]))
    user.wait(lambda: session.prediction is not None, 60)
    first = session.prediction.top
    user.click_node("conv1")
    user.wait(lambda: session.maps is not None and session.maps.node == "conv1", 30)
    maps = session.maps.values.copy()

    session.open_project(CLASSICS["squeezenet1_1"].project)
    assert session.maps is None
    user.wait(lambda: session.prediction is not None and "predict" not in session.work, 60)
    assert session.prediction.top != first
    other = user.add("relu")
    assert window.isWindowModified()

    user.press(Qt.Key.Key_Tab, CTRL | SHIFT)
    assert other not in user.project.network.nodes
    assert not window.isWindowModified()
    assert session.selection == ("conv1",)
    user.wait(lambda: session.prediction is not None and session.prediction.top == first, 60)
    user.wait(lambda: session.maps is not None and session.maps.node == "conv1", 30)
    assert (session.maps.values == maps).all()

    user.press(Qt.Key.Key_M)  # the selected layer is bypassed: 1 channel goes on where 6 did
    user.wait(lambda: "predict" not in session.work, 30)
    assert user.document.facts["conv1"].shape == (1, 32, 32)
    user.press(Qt.Key.Key_M)
    user.wait(lambda: session.prediction is not None and session.prediction.top == first, 60)
