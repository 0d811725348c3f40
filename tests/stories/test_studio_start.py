"""A painter tries another beginning amid the work, and finds back to what she had."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.stories.test_studio import CTRL, LEFT, pictures, step, view, write  # noqa: F401


def choose_start(view, name: str) -> None:  # noqa: F811
    """By the keys, past those that stand before it."""
    editor = view.form.editor("start")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Home)
    for _ in range(editor.findText(name)):
        QTest.keyClick(editor, Qt.Key.Key_Down)
    assert editor.currentText() == name


def rough(pixels: np.ndarray) -> float:
    """How far neighbouring pixels are apart: much in noise."""
    return float(np.abs(np.diff(pixels.astype(int), axis=1)).mean())


def test_another_start_acts_on_the_picture_that_grows_and_undo_goes_back(user, view) -> None:  # noqa: F811
    studio = view.studio
    write(view, "size", "32")
    write(view, "steps", "5000")
    QTest.mouseClick(view.run.start, LEFT)
    user.wait(lambda: studio.timeline.moment is not None and step(view) > 3, 60)
    first = studio.timeline.now.moments[0]
    choose_start(view, "noise")
    user.wait(lambda: studio.timeline.moment.made.settings.start == "noise", 60)
    moments = studio.timeline.now.moments
    place = next(i for i, one in enumerate(moments) if one.made.settings.start == "noise")
    before, noise = moments[place - 1 : place + 1]
    assert noise.step > before.step, "it is the next step, and not the first"
    assert rough(noise.picture) > 2 * rough(before.picture)
    assert len(studio.timeline.branches) == 1
    assert moments[0] is first, "one can rewind to before"
    costs = dict(zip(*studio.timeline.now.costs.lines["J"], strict=True))
    assert costs[noise.step] > costs[before.step]
    user.wait(lambda: step(view) > noise.step + 2, 60)
    write(view, "style_weight", "300")  # an edit of anything else begins nothing anew
    user.wait(lambda: studio.timeline.moment.made.settings.style_weight == 300, 60)
    assert studio.timeline.moment.result.costs.total < costs[noise.step]

    for _ in range(2):  # the weight, and the start
        user.press(Qt.Key.Key_Z, CTRL)
    assert studio.setup.settings.start == "content"
    user.wait(lambda: studio.timeline.branch == 1 and step(view) > before.step, 60)
    assert studio.state == "running"
    assert before in studio.timeline.now.moments
    assert noise not in studio.timeline.now.moments
    assert noise in studio.timeline.branches[0].moments, "nothing is lost"
    studio.pause()


def test_while_it_rests_the_button_says_what_another_start_will_do(user, view) -> None:  # noqa: F811
    studio, run = view.studio, view.run
    write(view, "size", "32")
    write(view, "steps", "3")
    QTest.mouseClick(run.start, LEFT)
    user.wait(lambda: studio.state == "done", 60)
    assert run.pause.text() == "Go on"
    choose_start(view, "style")
    assert run.pause.text() == "Go on from style"
    choose_start(view, "current")
    assert run.pause.text() == "Go on", "that is what it does"
    choose_start(view, "noise")
    QTest.mouseClick(view.timeline.rewind, LEFT)
    assert run.pause.text() == "Branch off here", "who goes back means that picture"
    QTest.mouseClick(view.timeline.newest, LEFT)
    assert run.pause.text() == "Go on"
    write(view, "seed", "4")
    assert run.pause.text() == "Go on from noise", "it is another noise"
    user.press(Qt.Key.Key_Z, CTRL)
    assert run.pause.text() == "Go on"
    write(view, "seed", "5")
    before = studio.timeline.moment
    user.wait(run.pause.isEnabled)
    QTest.mouseClick(run.pause, LEFT)
    user.wait(lambda: studio.state == "done" and step(view) > 4, 60)
    steps = [one.step for one in studio.timeline.now.moments]
    assert before.step + 1 in steps
    assert len(studio.timeline.branches) == 1
