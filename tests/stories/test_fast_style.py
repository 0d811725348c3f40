"""A picture is painted: in a style that is chosen, mixed, or taken of another picture; compared, saved, and live."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.engine.library_questions import OpenModel
from explorer.layers.dense import Input
from explorer.network.fed import Numbers, Still, one_of
from explorer.network.grouping import arrived
from explorer.network.project import Project
from explorer.ui.pictures.feeding_tools import FeedingTools, NumbersRow, StillRow
from explorer.ui.teaching_dialog import TeachingDialog
from explorer.workspace import painted_size
from explorer.workspace.images import pixels_of
from tests import painting_side

LONG = 120
"""Seconds until a worker was begun anew, and more, on a busy machine."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def photo(assets: Path) -> str:
    return str(assets / "images" / "dog.jpg")


def opened(user, project, photo: str):
    """The panel, once the network has painted the photo."""
    user.session.open_project(arrived(project))
    user.session.open_picture(photo)
    user.wait(lambda: user.session.prediction is not None)
    return user.window.predictions


def row_of(panel, kind: type):
    (tools,) = panel.findChildren(FeedingTools)
    (row,) = tools.findChildren(kind)
    return row


def painted_anew(user, act) -> np.ndarray:
    """What is painted after something was done."""
    before = user.session.prediction
    act()
    user.wait(lambda: user.session.prediction not in (None, before) and "predict" not in user.session.work)
    return user.session.prediction.painted.pixels


def test_a_style_is_chosen_and_mixed(user, photo) -> None:
    panel = opened(user, painting_side.three_styles(), photo)
    page, row = panel.painted, row_of(panel, NumbersRow)
    assert panel.stack.currentWidget() is page
    red = user.session.prediction.painted.pixels.astype(float).mean((0, 1))
    assert red[0] > 140
    assert red[1] == red[2] == 128
    row.choice.setFocus()
    blue = painted_anew(user, lambda: [QTest.keyClick(row.choice, Qt.Key.Key_Down) for _ in range(2)])
    assert user.project.fed == {"styles": one_of(3, 2)}
    assert blue[..., 2].mean() > 140
    assert (blue[..., :2] == 128).all()
    QTest.mouseClick(row.mix, LEFT)
    row.sliders[0].setFocus()
    painted_anew(user, lambda: [QTest.keyClick(row.sliders[0], Qt.Key.Key_PageUp) for _ in range(3)])
    assert user.project.fed == {"styles": Numbers((0.3, 0.0, 1.0))}
    assert row.choice.currentText() == "mixture"
    user.document.undo()
    assert user.project.fed == {"styles": one_of(3, 2)}, "one drag is one step"
    user.document.undo()
    user.document.undo()
    assert user.project.fed == {"styles": one_of(3, 0)}
    assert row.choice.currentText() == "0"


def test_it_is_compared_copied_resized_and_saved(user, photo, monkeypatch, tmp_path) -> None:
    panel = opened(user, painting_side.three_styles(), photo)
    view, page = panel.painted.view, panel.painted
    assert (view.image.width(), view.image.height()) == (48, 36), "in the photo's proportions"
    page.slider.setFocus()
    QTest.keyClick(page.slider, Qt.Key.Key_End)
    assert view.wipe == 1
    QTest.keyClick(page.slider, Qt.Key.Key_Home)
    middle = view.height() // 2
    QTest.mousePress(view, LEFT, NONE, QPoint(round(view.line), middle))
    QTest.mouseMove(view, QPoint(view.width() // 2, middle))
    QTest.mouseRelease(view, LEFT, NONE, QPoint(view.width() // 2, middle))
    assert view.wipe == pytest.approx(0.5, abs=0.02)
    assert page.slider.value() == pytest.approx(100, abs=4)
    QTest.mouseClick(page.copy, LEFT)
    assert QGuiApplication.clipboard().image().size() == view.image.size()
    page.sizes.setFocus()
    QTest.keyClicks(page.sizes, "320")
    user.wait(lambda: view.image.width() == 320)
    layer = user.project.network.nodes["input"].layer
    assert (layer.width, layer.height) == (320, 240)
    assert user.document.history.undo_text == "Paint 320 pixels, by input"
    asked = []
    with monkeypatch.context() as seen:
        seen.setattr(user.session, "ask", lambda lane, question, *_: asked.append(question))
        user.session.open_model("any-style")
    assert asked == [OpenModel("any-style", False, 320, user.session.picture.size)], "the library's are opened so, too"
    out = tmp_path / "painted.png"
    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(out))
    QTest.mouseClick(page.save, LEFT)
    assert out.stat().st_size > 10_000


def test_a_style_picture_is_chosen(user, photo, assets, monkeypatch) -> None:
    panel = opened(user, painting_side.like_another(), photo)
    row = row_of(panel, StillRow)
    scream = str(assets / "images" / "scream.jpg")
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (scream,))
    white = user.session.prediction.painted.pixels
    other = painted_anew(user, lambda: QTest.mouseClick(row.button, LEFT))
    fed = user.project.fed["style_image"]
    assert isinstance(fed, Still)
    assert fed.name == "scream.jpg"
    assert row.button.text() == "scream.jpg"
    assert not row.button.icon().isNull()
    assert other.mean() < white.mean()
    painted_anew(user, lambda: row.shown.trigger())
    assert user.project.fed["style_image"].name == "dog.jpg"
    user.click_node("style_image")
    inspected = row_of(user.window.inspector, StillRow)
    assert inspected.button.text() == "dog.jpg"
    user.click_node("colours")
    assert not user.window.inspector.findChildren(FeedingTools)[0].isVisible()


def test_live_the_painted_picture_is_shown(user, photo) -> None:
    panel = opened(user, painting_side.three_styles(), photo)
    picture = user.window.picture
    frames = []
    picture.live.shown.connect(lambda _: frames.append(pixels_of(picture.view.image)))
    picture.videos.open_samples()
    user.wait(lambda: len(frames) > 4 and user.session.prediction and user.session.live)
    assert (frames[-1][..., 1:] == 128).all(), "as it is painted, not as it came"
    assert frames[-1].shape == user.session.picture.pixels.shape
    assert panel.stack.currentWidget() is panel.painted
    picture.live.stop()
    user.wait(lambda: not user.session.live)


def test_a_network_is_trained_paused_and_opened(user, photo, assets, tmp_path, monkeypatch) -> None:
    """By the menu, with a small network as its judge; then it paints the photo that is shown."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("explorer.workspace.teaching.JUDGE", painting_side.judge())
    monkeypatch.setattr("explorer.workspace.teaching.EVERY", 2)
    style, folder = str(assets / "images" / "scream.jpg"), tmp_path / "photos"
    folder.mkdir()
    (folder / "dog.jpg").write_bytes(Path(photo).read_bytes())
    monkeypatch.setattr("explorer.ui.teaching_dialog.ask_file", lambda *_: style)
    monkeypatch.setattr("explorer.ui.teaching_dialog.ask_folder", lambda *_: str(folder))
    user.session.open_picture(photo)
    user.wait(lambda: user.session.picture is not None)
    user.window.commands.run("Train a style…")
    dialog = user.window.findChild(TeachingDialog)
    teaching = dialog.teaching
    assert not dialog.start.isEnabled()
    QTest.mouseClick(dialog.style_button, LEFT)
    QTest.mouseClick(dialog.folder_button, LEFT)
    assert (dialog.style_button.text(), dialog.folder_button.text()) == ("scream.jpg", "photos")
    for name, text in (("size", "32"), ("channels", "4"), ("batch", "1"), ("stroke", "32"), ("steps", "500")):
        editor = dialog.form.editor(name)
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    user.wait(lambda: teaching.forecast is not None and teaching.forecast.fits)
    assert dialog.foretold.text() == teaching.forecast.sentence
    assert dialog.foretold.text().startswith("500 steps take about ")
    QTest.mouseClick(dialog.start, LEFT)
    assert not dialog.foretold.text()
    expected = "What the network makes of dog.jpg stands here after its first step, and then anew every 20 steps."
    assert dialog.seen.currentWidget() is dialog.empty, "what will be seen is said before"
    assert dialog.empty.sentence.text() == expected
    user.wait(lambda: len(teaching.costs) > 3 and teaching.preview is not None, 60)
    user.wait(lambda: dialog.seen.currentWidget() is dialog.view)
    QTest.mouseClick(dialog.pause, LEFT)
    user.wait(lambda: teaching.begun and dialog.start.isEnabled())
    done = teaching.costs[-1].step
    assert dialog.start.text() == "Go on"
    editor = dialog.form.editor("steps")
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, str(done + 12))
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.mouseClick(dialog.start, LEFT)
    painted_size.remember(96)
    user.wait(lambda: user.project.title == "Style of scream", 60)
    (entry,) = (node.layer for node in user.project.network.nodes.values() if isinstance(node.layer, Input))
    assert (entry.width, entry.height) == (96, 72), "the size that was chosen last, in the photo's proportions"
    assert [cost.step for cost in teaching.costs] == list(range(1, done + 13)), "no step twice, none left out"
    assert not teaching.running
    dialog.close()
    user.wait(lambda: user.session.prediction is not None and user.session.prediction.painted is not None)


@pytest.mark.timeout(300)
def test_what_was_learned_outlives_the_worker_and_the_program(user, photo, assets, tmp_path, monkeypatch) -> None:
    """kill -9 amid a training, then another dialog, as of a program that begins anew: the end is that of one that was
    never broken off, number by number."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("explorer.workspace.teaching.JUDGE", painting_side.judge())
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "dog.jpg").write_bytes(Path(photo).read_bytes())
    few = {"size": 32, "channels": 4, "stroke": 32, "first": 0}
    user.window.settings.set_choice("fast style", json.dumps({**few, "steps": 100_000}))
    dialog = TeachingDialog(user.window, user.session, user.window.settings)
    dialog.show()
    monkeypatch.setattr("explorer.ui.teaching_dialog.ask_file", lambda *_: str(assets / "images" / "scream.jpg"))
    monkeypatch.setattr("explorer.ui.teaching_dialog.ask_folder", lambda *_: str(folder))
    for button in (dialog.style_button, dialog.folder_button, dialog.start):
        QTest.mouseClick(button, LEFT)
    teaching = dialog.teaching
    user.wait(lambda: len(teaching.costs) > 2, LONG)
    QTest.mouseClick(dialog.pause, LEFT)
    user.wait(lambda: teaching.kept >= 3, LONG)
    kept = teaching.kept
    QTest.mouseClick(dialog.start, LEFT)
    user.wait(lambda: teaching.costs[-1].step > kept, LONG)
    worker, process = user.session.worker, user.session.worker._process
    os.kill(process.pid, signal.SIGKILL)
    user.wait(lambda: worker._process is not process or not teaching.running, LONG)
    if teaching.running:  # it is asked again by itself, unless it was at fault
        QTest.mouseClick(dialog.pause, LEFT)
    assert teaching.kept == kept
    dialog.close()
    dialog.setParent(None)
    dialog.deleteLater()

    user.window.settings.set_choice("fast style", json.dumps({**few, "steps": kept + 4}))
    user.window.commands.run("Train a style…")
    dialog = user.window.findChild(TeachingDialog)
    teaching = dialog.teaching
    assert (dialog.style_button.text(), dialog.folder_button.text()) == ("scream.jpg", "photos")
    assert dialog.said.text() == f"{kept:,} steps of this training are kept: it can be gone on with."
    assert dialog.start.text() == "Go on"
    user.wait(lambda: dialog.start.isEnabled(), LONG)
    QTest.mouseClick(dialog.start, LEFT)
    user.wait(lambda: user.project.title == "Style of scream", LONG)
    assert [cost.step for cost in teaching.costs] == list(range(1, kept + 5))
    whole = []
    user.session.ask("teach", replace(teaching._question(), state=str(tmp_path / "whole"), heard=None), whole.append)
    user.wait(lambda: whole and isinstance(whole[-1], Project), LONG)
    assert whole[-1].weights == user.project.weights
    assert [cost.total for cost in teaching.costs] == pytest.approx([one.total for one in whole[:-1]], rel=1e-6)
    dialog.close()
