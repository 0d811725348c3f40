"""A painter keeps her hands on the keys: they go on meaning the same, whatever she pressed last."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from explorer.ui.studio.gram_view import POINT
from explorer.ui.telling import PICKING
from tests.stories.test_studio import LEFT, made, pictures, view, write  # noqa: F401

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_space_pauses_what_was_just_started(user, view) -> None:  # noqa: F811
    """A button that was clicked has the keys: Space on Start would begin anew."""
    studio = view.studio
    write(view, "size", "32")
    write(view, "steps", "5000")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: studio.timeline.moment is not None, 60)
    user.press(Qt.Key.Key_Space)
    assert studio.state == "paused"
    assert len(studio.timeline.branches) == 1
    user.press(Qt.Key.Key_Space)
    assert studio.state == "running"
    QTest.mouseClick(view.run.stop, LEFT)
    user.press(Qt.Key.Key_Space)
    assert studio.state == "running"
    assert len(studio.timeline.branches) == 1, "it was gone on with"
    studio.stop()


def test_the_keys_have_a_place_after_rewind(user, view) -> None:  # noqa: F811
    moment = made(user, view)
    QTest.mouseClick(view.timeline.rewind, LEFT)
    assert view.studio.timeline.moment.step == 0
    assert QApplication.focusWidget() is view.timeline.strip
    user.press(Qt.Key.Key_End)
    assert view.studio.timeline.moment is moment
    user.window.pages.studio.setFocus()  # beside the view
    user.press(Qt.Key.Key_C)
    assert view.result.comparing
    QApplication.clipboard().clear()
    user.window.pages.studio.setFocus()
    user.press(Qt.Key.Key_C, CTRL)
    assert QApplication.clipboard().image().size().toTuple() == (32, 24)


def test_she_is_told_how_to_pick_layers_and_comes_back(user, view) -> None:  # noqa: F811
    notices = user.window.notices
    view.layers.pick.click()
    assert user.window.pages.shows_canvas
    assert notices.text == PICKING
    (back,) = [one for one in notices.findChildren(QPushButton) if one.text() == "Back to the studio"]
    back.click()
    assert user.window.pages.shows_studio
    assert not notices.text, "what is done needs no notice"


def test_a_number_of_the_gram_matrix_is_the_one_under_the_pointer(user, view) -> None:  # noqa: F811
    gram = view.gram
    view.tabs.setCurrentWidget(gram)
    user.wait(lambda: gram.gram.found is not None)
    QApplication.processEvents()
    before = gram.matrix.geometry()
    assert gram.hover.text() == POINT
    QTest.mouseMove(gram.matrix, QPoint(gram.matrix.width() // 2, gram.matrix.height() // 2))
    user.wait(lambda: gram.hover.text().startswith("Channels "))
    QApplication.processEvents()
    assert gram.matrix.geometry() == before, "it stays where it is pointed at"
    gram.by_hand.click()
    assert user.window.pages.labs.lab.title == "Style: the Gram matrix"
