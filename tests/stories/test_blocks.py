"""A student builds a residual network from blocks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from explorer.network.analysis import faulty
from explorer.ui.offers import packed

OK = QDialogButtonBox.StandardButton.Ok


def test_a_block_is_one_form_and_one_step(user) -> None:
    user.window.build()
    user.add("input")
    user.add("conv2d")
    before = user.project.network
    user.window.palette_panel.search.setFocus()
    user.type("identityblock")
    user.press(Qt.Key.Key_Return)
    dialog = user.window.pages.block_dialog
    user.wait(dialog.isVisible)
    assert dialog.said.text().startswith("64×222×222 → 64×222×222\n10 layers, 45,")
    editor = dialog.form.editor("squeezed")
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "16")
    assert "4,544 parameters" in dialog.said.text()
    QTest.mouseClick(dialog.buttons.button(OK), Qt.MouseButton.LeftButton)
    assert user.project.network.nodes["identityblock1.conv1"].layer.channels == 16
    assert user.project.network.nodes["identityblock1.add"].inputs == ("identityblock1.bn3", "conv1")
    assert not faulty(user.document.facts)
    assert user.session.selection[-1] == "identityblock1.relu3"
    assert user.document.history.undo_text == "Add IdentityBlock"
    assert len(set(user.project.places.values())) == len(user.project.network.nodes)
    user.window.canvas.setFocus()
    user.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert user.project.network == before


def test_a_block_is_added_with_the_keys_alone(user) -> None:
    """What is typed replaces the first setting, what is refused finds room, and Enter adds."""
    user.window.build()
    user.add("input")
    user.window.canvas.setFocus()
    user.press(Qt.Key.Key_Tab)
    user.type("identityblock")
    user.press(Qt.Key.Key_Return)
    dialog = user.window.pages.block_dialog
    user.wait(dialog.isActiveWindow)
    editor = dialog.form.editor("squeezed")
    assert user.focus is editor
    high = editor.height()
    user.type("none")
    QApplication.processEvents()
    QApplication.processEvents()
    assert editor.height() == high
    assert dialog.form._problems["squeezed"].height() >= dialog.form._problems["squeezed"].heightForWidth(
        dialog.form._problems["squeezed"].width()
    )
    user.press(Qt.Key.Key_Return)
    assert dialog.isVisible(), "what is not taken is not added"
    user.press(Qt.Key.Key_Escape)
    editor.selectAll()
    user.type("16")
    user.press(Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert user.project.network.nodes["identityblock1.conv1"].layer.channels == 16


def test_a_block_that_does_not_fit_says_so(user) -> None:
    user.window.build()
    user.window.pages.add_layer("DenseBlock")
    assert "Select the layer" in user.window.notices.text
    for search in ("input", "flatten"):
        user.add(search)
    user.window.pages.add_layer("DenseBlock")
    dialog = user.window.pages.block_dialog
    assert "DenseBlock needs an image before it" in dialog.problem.text()
    assert not dialog.buttons.button(OK).isEnabled()
    dialog.reject()


def test_dropped_on_a_link_it_is_put_in(user) -> None:
    user.window.build()
    for search in ("input", "conv2d", "relu"):
        user.add(search)
    canvas = user.window.canvas
    canvas.fit()
    middle = (user.where("conv1", y=1.0) + user.where("relu1", y=0.0)) / 2
    data, button = packed("SqueezeExcite"), Qt.MouseButton.LeftButton
    rest = (Qt.DropAction.CopyAction, data, button, Qt.KeyboardModifier.NoModifier)
    enter, drop = QDragEnterEvent(middle, *rest), QDropEvent(QPointF(middle), *rest)
    QApplication.sendEvent(canvas.viewport(), enter)
    QApplication.sendEvent(canvas.viewport(), drop)
    dialog = user.window.pages.block_dialog
    user.wait(dialog.isVisible)
    dialog.accept()
    nodes = user.project.network.nodes
    assert nodes["relu1"].inputs == ("squeezeexcite1.scale",)
    assert nodes["squeezeexcite1.squeeze"].inputs == ("conv1",)
    assert not faulty(user.document.facts)
    assert user.document.facts["relu1"].shape == user.document.facts["conv1"].shape
