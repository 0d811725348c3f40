"""A student has the network draw what it looks for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from explorer.maths.records import Place


def test_start_pause_go_on_and_look(user, tmp_path) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    dock = user.window.docks["Dream"]
    dock.raise_()
    user.wait(lambda: dock.widget() is not None)
    panel = dock.widget()._panel
    assert "Select a layer" in panel.empty.sentence.text()
    assert not panel.begin.isEnabled()
    user.session.look_at(Place("conv2", 3, 4, 4))
    assert panel.empty.sentence.text() == "Start makes a picture for conv2, channel 3."
    steps = panel.form.editor("steps")
    steps.setFocus()
    steps.selectAll()
    QTest.keyClicks(steps, "5000")
    QTest.mouseClick(panel.begin, Qt.MouseButton.LeftButton)
    user.wait(lambda: panel.dreaming.result is not None, 60)
    first = panel.dreaming.result
    user.wait(lambda: panel.dreaming.result.step > first.step)
    assert panel.view.image.size().toTuple() == (32, 32)
    assert panel.words.text().startswith("conv2, channel 3 · step ")
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_Space)
    assert not panel.dreaming.running
    paused = panel.dreaming.result
    assert panel.pause.text() == "Go on"
    rate = panel.form.editor("rate")
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "0.2")
    assert panel.dreaming.result is paused, "it waits"
    QTest.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    user.wait(lambda: panel.dreaming.result.step > paused.step)
    rate.setFocus()
    QTest.keyClick(rate, Qt.Key.Key_End)
    QTest.keyClicks(rate, "5")  # while it runs
    user.wait(lambda: panel.dreaming.settings.rate == 0.25 and panel.dreaming.result.step > paused.step + 5)
    QTest.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    assert panel.dreaming.result.height > first.height
    panel.export_png(str(tmp_path / "made.png"))
    assert QImage(str(tmp_path / "made.png")).size().toTuple() == (32, 32)
    QTest.mouseClick(panel.use, Qt.MouseButton.LeftButton)
    user.wait(lambda: user.session.picture is not None)
    assert user.session.picture.name == "made for conv2, channel 3"
    user.session.open_network("vgg11", "VGG-11")
    user.wait(lambda: panel.dreaming.result is None)
    assert panel.view.image.isNull()


def test_what_cannot_be_made_is_said(user) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    user.session.look_at(Place("conv1", 0, 0, 0))
    dock = user.window.docks["Dream"]
    dock.raise_()
    user.wait(lambda: dock.widget() is not None)
    panel = dock.widget()._panel
    panel.form.editor("start").setCurrentText("picture")
    QTest.mouseClick(panel.begin, Qt.MouseButton.LeftButton)
    user.wait(lambda: "start from noise" in panel.lane.problem.text(), 60)
    assert not panel.dreaming.running
    assert panel.begin.isEnabled()
