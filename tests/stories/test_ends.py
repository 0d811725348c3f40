"""Of a network with several ends, a student chooses which one is its answer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.workspace.samples import samples

TWO = Network(
    {
        "in": Node("in", Input(3, 8, 8)),
        "flat": Node("flat", Flatten(), ("in",)),
        "head": Node("head", Linear(3), ("flat",)),
        "side": Node("side", Linear(5), ("flat",)),
    }
)


def test_another_end_becomes_the_answer(user) -> None:
    user.session.open_project(Project(TWO, main="head"))
    user.session.open_picture(str(samples()[0]))
    user.wait(lambda: user.session.prediction and user.session.prediction.ends[:1] == ("head",))
    cards = user.window.canvas.scene().nodes
    assert (cards["head"].card.brief, cards["side"].card.answer) == ("answer · 3", False)
    assert "the network's answer" in cards["head"].card.spoken
    box = user.window.inspector.answer
    user.click_node("flat")
    user.wait(box.isHidden)
    user.click_node("side")
    user.wait(lambda: not box.isHidden())
    assert (box.isChecked(), box.isEnabled()) == (False, True)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert user.project.main == "side"
    assert (box.isChecked(), box.isEnabled()) == (True, False)
    assert (cards["side"].card.answer, cards["head"].card.answer) == (True, False)
    user.wait(lambda: user.session.prediction and user.session.prediction.ends[:1] == ("side",))
    assert len(user.session.prediction.top) == 5
    user.document.undo()
    assert (user.project.main, cards["head"].card.answer, box.isChecked()) == ("head", True, False)
    user.wait(lambda: user.session.prediction.ends[:1] == ("head",))
    user.window.commands.refresh()
    user.window.commands.run("Take this end as the answer")
    assert user.project.main == "side"
    user.session.select(("in",))
    user.wait(box.isHidden)
