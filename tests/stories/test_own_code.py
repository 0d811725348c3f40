"""Someone opens code of their own, and is told that it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

CODE = """
from pathlib import Path
import torch
from torch import nn

class Net(nn.Sequential):
    def __init__(self):
        with open(Path(__file__).with_name("ran"), "a") as file:
            file.write("x")
        super().__init__(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 10))

def broken():
    raise RuntimeError("no such layer")
"""


def test_own_code_is_run_by_a_click_only(user, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(CODE)
    user.wait(lambda: user.session.worker.state == "ready", 60)
    recent = list(user.window.settings.recent)
    user.window.commands.run("Open own code…")
    dialog = user.window.files.own_code
    assert not dialog.run.isEnabled()
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(tmp_path),))
    QTest.mouseClick(dialog.browse, Qt.MouseButton.LeftButton)
    for field, text in ((dialog.code, "mine:Net"), (dialog.picture, "1×8×8")):
        field.clear()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not (tmp_path / "ran").exists(), "Enter runs nothing"
    QTest.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    user.wait(lambda: user.project.network.nodes, 60)
    assert [node.layer.kind for node in user.project.network.order] == ["Input", "Conv2d", "ReLU", "Flatten", "Linear"]
    assert user.project.title == "Net"
    assert user.window.windowTitle().startswith("Net")
    assert "Your own code mine:Net" in user.project.origin
    assert (tmp_path / "ran").read_text() == "x"
    assert user.window.settings.recent == recent, "nothing among the recent files would run it again"
    user.window.commands.run("Open own code…")
    dialog = user.window.files.own_code
    assert (dialog.code.text(), dialog.picture.text(), dialog.place.text()) == ("mine:Net", "1×8×8", str(tmp_path))
    assert (tmp_path / "ran").read_text() == "x"
    dialog.code.setText("mine:broken")
    QTest.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    user.wait(lambda: "RuntimeError: no such layer" in user.window.notices.text)
    assert user.project.title == "Net"
