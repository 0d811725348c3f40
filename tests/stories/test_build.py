"""A student builds a network, changes a stride, undoes it, and makes a mistake."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from explorer.network.layer import described
from explorer.workspace.samples import samples

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def built(user):
    """From the start page's button, which gives the input: conv – relu – pool – flatten – linear, each by typing."""
    QTest.mouseClick(user.window.pages.start.build, Qt.MouseButton.LeftButton)
    assert list(user.project.network.nodes) == ["input1"] == [*user.session.selection]
    for search in ("conv", "relu", "maxpool", "flatten", "linear"):
        user.add(search)
    return user


def shapes(user) -> dict[str, str]:
    return {id: described(facts.shape or ()) for id, facts in user.document.facts.items()}


def test_build_by_typing(built) -> None:
    nodes = built.project.network.nodes
    assert [n.layer.kind for n in built.project.network.order] == [
        "Input", "Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear",
    ]  # fmt: skip
    assert nodes["linear1"].inputs == ("flatten1",)
    assert shapes(built) == {
        "input1": "3×224×224", "conv1": "64×222×222", "relu1": "64×222×222", "maxpool1": "64×111×111",
        "flatten1": "788,544", "linear1": "10",
    }  # fmt: skip
    assert not built.document.history.clean
    for _ in range(6):
        built.press(Qt.Key.Key_Z, CTRL)
    assert not built.project.network.nodes


def test_a_stride_changes_every_later_shape_and_formula(built) -> None:
    built.click_node("conv1")
    assert "⌊(224 + 2·0 − 3) / 1⌋ + 1 = 222" in formulas(built)
    assert built.window.inspector.sees.text() == "Sees 3×3 pixels, steps of 1, start 1"
    built.set_field("stride", "2")
    assert built.window.inspector.sees.text() == "Sees 3×3 pixels, steps of 2, start 1"
    assert shapes(built)["conv1"] == "64×111×111"
    assert shapes(built)["maxpool1"] == "64×55×55"
    assert shapes(built)["flatten1"] == "193,600"
    assert "⌊(224 + 2·0 − 3) / 2⌋ + 1 = 111" in formulas(built)
    built.click_node("linear1")
    assert "(193,600 + 1)·10 = 1,936,010" in formulas(built)
    built.press(Qt.Key.Key_Z, CTRL)
    assert shapes(built)["flatten1"] == "788,544"
    assert "(788,544 + 1)·10 = 7,885,450" in formulas(built)


def test_a_conflict_is_told_in_words(built) -> None:
    built.click_node("flatten1")
    built.press(Qt.Key.Key_Delete)
    problem = "needs a vector, got 64×111×111: put a Flatten before it"
    assert built.project.network.nodes["linear1"].inputs == ()
    assert built.window.notices.text == f"linear1 is not joined to maxpool1: {problem}."
    built.drag(built.where("maxpool1", 0.5, 1), built.where("linear1"))
    assert built.project.network.nodes["linear1"].inputs == ("maxpool1",), "who wants it nevertheless may"
    assert built.document.facts["linear1"].problem == problem
    built.click_node("linear1")
    assert problem in built.window.inspector.problem.text()
    for _ in range(2):
        built.press(Qt.Key.Key_Z, CTRL)
    assert not built.document.facts["linear1"].problem


def test_what_is_told_of_a_step_goes_with_it(built) -> None:
    """A deletion that leaves a link open is undone: nothing is open then. Done again, it is told again."""
    for _ in range(2):
        built.click_node("flatten1")
        built.press(Qt.Key.Key_Delete)
        assert built.window.notices.text.startswith("linear1 is not joined to maxpool1")
        x, y = built.project.places["linear1"]
        built.drag(built.where("linear1"), built.where("linear1", 0.9))
        assert built.project.places["linear1"] != (x, y)
        assert built.window.notices.text, "it is open wherever it lies"
        for _ in range(2):
            built.press(Qt.Key.Key_Z, CTRL)
        assert "flatten1" in built.project.network.nodes
        assert built.window.notices.text == ""


def test_undo_brings_back_what_was_selected_and_shows_it(built) -> None:
    built.click_node("relu1")
    built.press(Qt.Key.Key_Delete)
    built.window.canvas.frame(("linear1",))
    built.window.canvas.zoom_by(8)
    assert "relu1" not in built.session.selection
    built.press(Qt.Key.Key_Z, CTRL)
    assert built.session.selection == ("relu1",)
    canvas = built.window.canvas
    assert canvas.visible.contains(canvas.drawing.bounds(("relu1",)))
    built.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert built.session.selection == ()
    built.press(Qt.Key.Key_D, CTRL)  # nothing is selected: nothing happens
    built.click_node("conv1")
    built.press(Qt.Key.Key_D, CTRL)
    (copy,) = built.session.selection
    built.press(Qt.Key.Key_Z, CTRL)
    built.press(Qt.Key.Key_Y, CTRL)
    assert built.session.selection == (copy,)


def test_the_table_behind_a_tab_shows_the_selection_when_it_comes_forward(built) -> None:
    window, table = built.window, built.window.summary.table
    for id in ("conv1", "relu1"):
        built.session.select((id,))
        for panel in ("Summary", "Activations"):
            window.docks[panel].raise_()
            QApplication.processEvents()
        assert [index.data() for index in table.selectionModel().selectedRows(0)] == [id]


def test_connect_by_dragging(user) -> None:
    user.window.build()
    user.add("input")
    user.session.select(())
    user.window.canvas.add_layer("ReLU")
    user.window.canvas.add_layer("Add")
    user.window.canvas.fit()
    before = user.project
    assert user.project.network.nodes["add1"].inputs == ("relu1",)
    user.drag(user.where("input1", 0.5, 1.0), user.where("add1", 0.5, 0.3))
    assert user.project.network.nodes["add1"].inputs == ("relu1", "input1")
    user.window.canvas.setFocus()
    user.press(Qt.Key.Key_Z, CTRL)
    assert user.project == before


def test_a_network_built_by_hand_runs_and_says_its_weights_are_random(built) -> None:
    built.click_node("input1")
    built.set_field("height", "32")
    built.click_node("input1")
    built.set_field("width", "32")
    built.session.open_picture(str(samples()[0]))
    built.wait(lambda: built.session.prediction is not None, 60)
    assert built.session.prediction.untrained == ("conv1", "linear1")
    assert "Random weights in 2 layers" in built.window.predictions.untrained.text()
    built.click_node("conv1")
    built.wait(lambda: built.session.maps is not None and built.session.maps.node == "conv1")
    assert built.session.maps.values.shape == (64, 30, 30)


def formulas(user) -> str:
    """The formulas as the inspector shows them."""
    return "\n".join(str(view.row) for view in user.window.inspector.views)


def test_a_letter_leads_to_where_it_comes_from(user) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    user.click_node("conv2")
    inspector, drawing = user.window.inspector, user.window.canvas.drawing
    user.wait(lambda: inspector.views)
    height = next(view for view in inspector.views if view.row.name == "height")

    def click(text: str) -> None:
        mark = next(mark for mark in height.marks() if mark.text == text)
        QTest.mouseClick(height, Qt.MouseButton.LeftButton, pos=mark.area.center().toPoint())

    click("f")
    assert inspector.form.editor("kernel").hasFocus()
    click("n_H")
    assert drawing.hover.id == "pool1"
    assert user.session.selection == ("conv2",)
    user.wait(lambda: drawing.hover.id == "", 5)
    height.asked.emit("n_H′")
    assert height.hasFocus()
    click("2")
    assert "Padding lies on both sides." in QToolTip.text()
    click("1")
    assert "The first position counts too" in QToolTip.text()


def test_a_lecturer_builds_with_the_keys_alone(user) -> None:
    """From the start page by a command, Enter into the settings, typing over them, Esc back, arrows on."""
    user.press(Qt.Key.Key_P, CTRL | Qt.KeyboardModifier.ShiftModifier)
    user.type("start building")
    user.press(Qt.Key.Key_Return)
    assert list(user.project.network.nodes) == ["input1"]
    canvas = user.window.canvas
    assert user.focus is canvas
    user.press(Qt.Key.Key_Return)
    for number in ("1", "32", "32"):
        user.type(number)
        user.press(Qt.Key.Key_Tab)
    assert shapes(user) == {"input1": "1×32×32"}
    user.press(Qt.Key.Key_Escape)
    assert user.focus is canvas
    user.add("conv")
    user.press(Qt.Key.Key_Return)
    user.type("6")
    user.press(Qt.Key.Key_Tab)
    user.type("50")
    assert user.window.status._problems.isVisible()
    assert user.window.inspector.form.editor("kernel").text() == "50"
    user.press(Qt.Key.Key_Backspace)
    user.press(Qt.Key.Key_Escape)
    assert user.focus is canvas
    user.press(Qt.Key.Key_Up)
    assert user.session.selection == ("input1",)
    assert shapes(user)["conv1"] == "6×28×28"


def test_a_problem_leaves_the_totals_readable(built) -> None:
    status = built.window.status
    built.press(Qt.Key.Key_P, CTRL | Qt.KeyboardModifier.ShiftModifier)
    built.type("projector")
    built.press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert status._ways.isVisible()
    built.click_node("maxpool1")
    built.set_field("kernel", "300")
    QApplication.processEvents()
    assert status._problems.isVisible()
    assert status._totals.width() >= status._totals.sizeHint().width()
    built.press(Qt.Key.Key_Z, CTRL)
    assert status._ways.isVisible()
