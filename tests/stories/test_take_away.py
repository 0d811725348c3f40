"""A student takes a network away, to go on with it in a program of their own."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import os
from pathlib import Path

import onnx
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices

from explorer.maths.records import Progress
from explorer.ui.controls.menu_letters import bare
from explorer.workspace.settings import Settings
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.stories.test_files import back, first_day, write_to  # noqa: F401

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def export(user, path: Path) -> None:
    """Ctrl+Shift+E, a name, Enter; returns when something is said about it."""
    user.window.notices.hide()
    write_to(path)
    user.press(Qt.Key.Key_E, CTRL | SHIFT)
    user.wait(lambda: user.window.notices.text)
    back(user)


def test_a_network_of_the_gallery(user, tmp_path: Path, monkeypatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    user.session.open_network("lenet5", "LeNet-5")
    export(user, tmp_path / "lenet.py")
    assert user.window.notices.text == "Written: lenet.py"
    assert "class LeNet5(nn.Module):" in (tmp_path / "lenet.py").read_text(encoding="utf-8")
    export(user, tmp_path / "lenet.onnx")
    assert user.window.notices.text == "Written: lenet.onnx, with random weights in 5 layers"
    onnx.checker.check_model(onnx.load(tmp_path / "lenet.onnx"), full_check=True)
    user.window.notices._buttons[0].click()
    assert [Path(url.toLocalFile()) for url in opened] == [tmp_path]
    assert Settings().folder("export") == str(tmp_path)
    (tmp_path / "lenet.py").write_text("mine")
    write_to(tmp_path / "lenet.py", replace=True)
    with user.qtbot.waitSignal(user.session.exported, timeout=10_000):
        user.press(Qt.Key.Key_E, CTRL | SHIFT)
    assert "class LeNet5(nn.Module):" in (tmp_path / "lenet.py").read_text(encoding="utf-8")


def test_keras_source(user, tmp_path: Path) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    write_to(tmp_path / "lenet.py")
    user.window.commands.run("Export Keras source…")
    user.wait(lambda: user.window.notices.text)
    assert user.window.notices.text == "Written: lenet.py"
    assert "from keras import" in (tmp_path / "lenet.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("ending", "words"),
    [(".mmd", "flowchart"), (".dot", "digraph"), (".md", "conv1"), (".safetensors", "conv1.weight")],
)
def test_for_people_and_other_programs(user, ending: str, words: str, tmp_path: Path, monkeypatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    user.session.open_network("lenet5", "LeNet-5")
    export(user, tmp_path / f"net{ending}")
    assert user.window.notices.text.startswith(f"Written: net{ending}")
    assert words.encode() in (tmp_path / f"net{ending}").read_bytes()
    user.window.notices._buttons[0].click()
    assert [Path(url.toLocalFile()) for url in opened] == [tmp_path]


@pytest.mark.parametrize(
    ("command", "name"), [("Export canvas as picture…", "net.png"), ("Export summary…", "layers.csv")]
)
def test_pictures_and_tables_say_where_they_are(user, command: str, name: str, tmp_path: Path, monkeypatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    user.session.open_network("lenet5", "LeNet-5")
    write_to(tmp_path / name)
    user.window.commands.run(command)
    user.wait(lambda: user.window.notices.text == f"Written: {name}")
    assert (tmp_path / name).stat().st_size > 100
    user.window.notices._buttons[0].click()
    assert [Path(url.toLocalFile()) for url in opened] == [tmp_path]


def test_a_trained_network_brings_its_weights(user, real_model, tmp_path: Path) -> None:
    user.window.files.open_model("mobilenet_v2")
    user.wait(lambda: len(user.project.network.nodes) > 100)
    export(user, tmp_path / "net.py")
    assert user.window.notices.text == "Written: net.py and net.safetensors"
    os.unlink(tmp_path / "net.py")
    export(user, tmp_path / "net.py")  # the weights are still there, and nobody was asked about them
    assert user.window.notices.text.startswith("“net.safetensors” is there already: choose another name")
    assert not (tmp_path / "net.py").exists()


def test_it_can_be_stopped(user, tmp_path: Path) -> None:
    user.session.open_network("vgg16", "VGG-16")  # 138 million random numbers take a while
    write_to(tmp_path / "vgg.safetensors")
    user.press(Qt.Key.Key_E, CTRL | SHIFT)
    user.wait(lambda: user.session.work.get("export", Progress("")).total)
    user.wait(user.window.status._stop.isVisible)
    user.window.status._stop.click()
    user.wait(lambda: "export" not in user.session.work)
    user.wait(lambda: not os.listdir(tmp_path))
    assert user.window.notices.text == ""


def test_what_cannot_run_is_told(user, tmp_path: Path) -> None:
    user.window.build()
    user.add("input")
    user.add("linear")
    export(user, tmp_path / "net.onnx")
    assert user.window.notices.text.startswith("The network cannot be written out yet. linear1: needs a vector")


def test_there_is_nothing_to_export_without_a_network(user) -> None:
    action = next(a for a in user.window.findChildren(QAction) if bare(a) == "Export…")
    assert not action.isEnabled()


@pytest.mark.parametrize(("chosen", "ending"), [("ONNX (*.onnx)", ".onnx"), ("Graphviz diagram (*.dot)", ".dot")])
def test_the_name_follows_the_type(user, chosen: str, ending: str) -> None:
    from PySide6.QtTest import QTest

    from explorer.ui.choosing.file_dialog import FileDialog
    from tests.hands import when_asked

    names: list[str] = []

    def choose(dialog: FileDialog) -> None:
        QTest.keyClicks(dialog.parts.kind, chosen[:3])
        assert dialog.parts.kind.currentText() == chosen
        names.append(dialog.parts.name.text())
        dialog.reject()

    user.session.open_network("lenet5", "LeNet-5")
    when_asked(FileDialog, choose)
    user.press(Qt.Key.Key_E, CTRL | SHIFT)
    assert names == [f"LeNet-5{ending}"]
