"""A painter closes her network, and the picture she painted is not lost without a word."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from explorer.formats import folders, styled_files
from explorer.formats.pictures import decode
from tests.hands import press, when_asked
from tests.stories.test_studio import pictures, view, write  # noqa: F401

CTRL = Qt.KeyboardModifier.ControlModifier


def painted_once(user, view) -> None:  # noqa: F811
    """A picture with one step, that nobody kept."""
    write(view, "steps", "1")
    view.run.start.click()
    user.wait(lambda: view.studio.state == "done")
    assert view.studio.unkept is view.studio.timeline.moment


@pytest.mark.parametrize("button", ["Cancel", "Discard", "Save"])
def test_closing_asks_about_a_picture_that_nobody_kept(user, view, button: str) -> None:  # noqa: F811
    painted_once(user, view)
    studio, tab = view.studio, view.studio.tab
    asked = when_asked(QMessageBox, press(QMessageBox.StandardButton[button]))
    user.press(Qt.Key.Key_W, CTRL)
    assert len(asked) == 1
    assert "step 1" in asked[0].informativeText()
    if button == "Save":
        user.wait(lambda: tab not in user.session.document.tabs)
        (kept,) = folders.painted().glob("*.png")
        found = styled_files.read(str(kept))
        assert found.step == 1
        assert found.settings == studio.setup.settings
        assert np.array_equal(decode(str(kept)).pixels, studio.timeline.now.moments[-1].picture)
    else:
        assert (tab in user.session.document.tabs) is (button == "Cancel")
        assert not list(folders.painted().glob("*.png"))
        assert (studio.unkept is None) is (button == "Discard")


def test_the_window_asks_too_and_a_kept_picture_is_not_asked_about(user, view) -> None:  # noqa: F811
    painted_once(user, view)
    asked = when_asked(QMessageBox, lambda box: QTest.keyClick(box, Qt.Key.Key_Escape))
    user.window.close()
    assert len(asked) == 1
    assert user.window.isVisible()
    view.keeping.keep.click()
    user.wait(lambda: view.studio.unkept is None)
    tab = view.studio.tab
    user.window.files.close()
    assert tab not in user.session.document.tabs
