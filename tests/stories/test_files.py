"""A student saves, comes back to, and must not lose what was built; and sets the window up to taste."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox

from explorer.formats import project_file
from explorer.maths.channels import statistics
from explorer.maths.records import FeatureMaps, Picture
from explorer.ui import theme
from explorer.ui.choosing.file_dialog import FileDialog
from explorer.workspace.settings import Settings
from tests.hands import press, when_asked
from tests.stories.conftest import User
from tests.window_side import idle_window

ALT, CTRL, SHIFT = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Alt", "Control", "Shift"))
Buttons = QMessageBox.StandardButton


@pytest.fixture(autouse=True)
def first_day(qapp) -> Iterator[None]:
    """Nothing is remembered from before."""
    Settings().file.clear()
    yield
    Settings().file.clear()
    theme.apply(qapp, "light")


@pytest.fixture
def alone(qtbot, qapp) -> Iterator[User]:
    """A window whose worker answers nothing: files are written without it. Two layers are built already."""
    theme.apply(qapp, "light")
    window = idle_window(qtbot)
    user = User(window, qtbot)
    build(user)
    yield user
    window.close_now()
    window.session.close()
    window.deleteLater()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def build(user: User) -> None:
    user.window.build()
    user.add("input")
    user.add("conv")


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with suppress(OSError), open(disk / "others", "ab", buffering=0) as file:
        while True:
            file.write(bytes(1024))


def write_to(path: Path, replace: bool = False) -> None:
    """Type a path into the next file dialog, and agree to replace what is there."""

    def type_name(dialog: FileDialog) -> None:
        line = dialog.parts.name
        line.selectAll()
        QTest.keyClicks(line, str(path))
        if replace:
            when_asked(QMessageBox, press(Buttons.Save))
        QTest.keyClick(line, Qt.Key.Key_Return)

    when_asked(FileDialog, type_name)


def plain(action: QAction) -> str:
    return action.text().partition("\t")[0].replace("&", "")


def open_menu(user: User, *titles: str) -> QMenu:
    """Walk into a menu by keys."""
    back(user)
    QTest.keyClick(user.window, Qt.Key(ord(titles[0][0])), ALT)
    for title in titles[1:]:
        walk_to(title)
        QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Right)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def walk_to(title: str) -> None:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    for _ in menu.actions():
        if menu.activeAction() and plain(menu.activeAction()) == title:
            return
        QTest.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction()
    assert plain(menu.activeAction()) == title


def choose(user: User, *titles: str) -> None:
    """Choose from the menu bar by keys."""
    open_menu(user, *titles[:-1])
    walk_to(titles[-1])
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Return)


def save_as(user: User, path: Path, replace: bool = False) -> None:
    """Ctrl+Shift+S, a name, Enter; returns when it is written."""
    write_to(path, replace)
    with user.qtbot.waitSignal(user.session.saved, timeout=10_000):
        user.press(Qt.Key.Key_S, CTRL | SHIFT)
    back(user)


def back(user: User) -> None:
    """After a dialog or a menu: off screen there is no window manager that makes the window active again."""
    user.window.activateWindow()
    user.qtbot.waitUntil(user.window.isActiveWindow)


def test_save_and_come_back(user, tmp_path, monkeypatch) -> None:
    build(user)
    save_as(user, tmp_path / "first & last")  # the ending is added
    assert not user.window.files.unsaved
    assert user.window.windowTitle().startswith("first & last[*]")
    user.click_node("conv1")
    user.set_field("stride", "2")
    assert user.window.isWindowModified()
    with user.qtbot.waitSignal(user.session.saved, timeout=10_000):
        user.press(Qt.Key.Key_S, CTRL)
    first = user.project
    assert not user.window.isWindowModified()
    user.set_field("stride", "3")
    save_as(user, tmp_path / "second.cnnx")
    user.press(Qt.Key.Key_N, CTRL)
    assert not user.project.network.nodes

    menu = open_menu(user, "File", "Open recent")
    assert [plain(a) for a in menu.actions()] == ["1 second.cnnx", "2 first  last.cnnx", "", "Clear list"]
    QTest.keyClick(menu, Qt.Key.Key_2)
    user.wait(lambda: user.project.network.nodes, 60)
    assert user.project == first
    assert not user.window.files.unsaved

    (tmp_path / "second.cnnx").unlink()
    with user.qtbot.waitSignal(user.session.failed, timeout=10_000):
        choose(user, "File", "Open recent", "2 second.cnnx")
    assert "“second.cnnx” was not found" in user.window.notices.text
    assert user.project == first
    assert Settings().recent == [str(tmp_path / "first & last.cnnx")]
    assert [b.accessibleName() for b in user.window.pages.start.recent] == ["Open first & last.cnnx"]

    monkeypatch.chdir(tmp_path)
    with user.qtbot.waitSignal(user.session.opened, timeout=10_000):
        user.window.files.open_path("first & last.cnnx")
    assert Settings().recent == [str(tmp_path / "first & last.cnnx")]
    assert user.document.path == str(tmp_path / "first & last.cnnx")
    choose(user, "File", "Open recent", "Clear list")
    assert Settings().recent == []
    open_menu(user, "File")
    assert not user.window.commands.menu("File/Open recent").menuAction().isEnabled()


def test_only_ten_recent_files_as_plain_text(alone) -> None:
    for number in range(12):
        alone.window.files.settings.add_recent(f"/somewhere/<b>{number}&.cnnx")
    menu = open_menu(alone, "File", "Open recent")
    texts = [a.text() for a in menu.actions()]
    assert texts[0] == "&1 <b>11&&.cnnx\t/somewhere"
    assert texts[9] == "&0 <b>2&&.cnnx\t/somewhere"
    assert len(texts) == 12


def test_save_as_never_replaces_unasked(alone, tmp_path) -> None:
    old = tmp_path / "net.cnnx"
    old.write_bytes(b"another student's work")
    came = when_asked(QMessageBox, press(Buttons.Cancel))

    def type_name(dialog: FileDialog) -> None:
        line = dialog.parts.name
        line.selectAll()
        QTest.keyClicks(line, str(tmp_path / "net"))  # without its ending
        QTest.keyClick(line, Qt.Key.Key_Return)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    when_asked(FileDialog, type_name)
    alone.press(Qt.Key.Key_S, CTRL | SHIFT)
    assert len(came) == 1
    assert old.read_bytes() == b"another student's work"
    assert alone.window.files.unsaved


def test_closing_can_be_cancelled(alone) -> None:
    project = alone.project
    came = when_asked(QMessageBox, lambda box: QTest.keyClick(box, Qt.Key.Key_Escape))
    alone.press(Qt.Key.Key_Q, CTRL)
    assert len(came) == 1
    assert alone.window.isVisible()
    assert alone.project is project
    assert alone.window.files.unsaved
    back(alone)
    alone.add("relu")  # and one goes on working
    alone.window.canvas.setFocus()
    alone.press(Qt.Key.Key_Z, CTRL)
    assert alone.project == project


def test_closing_without_saving(alone, tmp_path) -> None:
    came = when_asked(QMessageBox, press(Buttons.Discard))
    alone.press(Qt.Key.Key_Q, CTRL)
    assert len(came) == 1
    assert not alone.window.isVisible()
    assert not os.listdir(tmp_path)


def test_closing_and_saving(alone, tmp_path) -> None:
    project = alone.project

    def agree(box: QMessageBox) -> None:
        write_to(tmp_path / "net.cnnx")
        QTest.keyClick(box, Qt.Key.Key_Return)  # Save is what Enter means

    when_asked(QMessageBox, agree)
    alone.press(Qt.Key.Key_Q, CTRL)
    alone.wait(lambda: not alone.window.isVisible(), 10)
    assert project_file.read(tmp_path / "net.cnnx").network == project.network


def test_closing_and_saving_nowhere_loses_nothing(alone) -> None:
    project = alone.project

    def agree(box: QMessageBox) -> None:
        when_asked(FileDialog, lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape))
        QTest.keyClick(box, Qt.Key.Key_Return)

    when_asked(QMessageBox, agree)
    alone.press(Qt.Key.Key_Q, CTRL)
    assert alone.window.isVisible()
    assert alone.project is project
    assert alone.window.files.unsaved


def test_a_file_name_is_no_markup(alone, tmp_path) -> None:
    alone.document.saved(str(tmp_path / "<img src='file:x'><b>net.cnnx"), alone.project)
    alone.add("relu")
    said = []

    def read(box: QMessageBox) -> None:
        label = box.findChild(QLabel, "qt_msgbox_label")
        said.append((label.textFormat(), label.text()))
        box.reject()

    when_asked(QMessageBox, read)
    alone.press(Qt.Key.Key_W, CTRL)
    assert said == [(Qt.TextFormat.PlainText, "Save the changes to <img src='file:x'><b>net first?")]


def test_a_full_disk_loses_nothing(alone, small_disk, tmp_path) -> None:
    path = small_disk / "net.cnnx"
    save_as(alone, path)
    old = path.read_bytes()
    fill(small_disk)
    alone.add("relu")
    edited = alone.project
    with alone.qtbot.waitSignal(alone.session.failed, timeout=10_000):
        alone.press(Qt.Key.Key_S, CTRL)
    assert "“net.cnnx” could not be saved, the disk is full" in alone.window.notices.text
    assert alone.window.files.unsaved
    assert alone.project is edited
    assert path.read_bytes() == old

    when_asked(QMessageBox, lambda box: QTest.keyClick(box, Qt.Key.Key_Return))  # Save, and then close
    with alone.qtbot.waitSignal(alone.session.failed, timeout=10_000):
        alone.press(Qt.Key.Key_Q, CTRL)
    assert alone.window.isVisible()
    assert alone.window.files.unsaved
    back(alone)

    save_as(alone, tmp_path / "elsewhere.cnnx")
    assert alone.window.isVisible()  # what was to follow the failed save is forgotten
    assert not alone.window.files.unsaved
    assert project_file.read(tmp_path / "elsewhere.cnnx").network == edited.network
    assert sorted(os.listdir(small_disk)) == ["net.cnnx", "others"]


def looked_at(user: User) -> None:
    """A picture and its feature maps, as the worker would send them."""
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    user.session.picture_changed.emit(Picture(pixels, "noise", (64, 64), ()))
    values = pixels.transpose(2, 0, 1).astype(np.float32)
    low, high = values.min(axis=(1, 2)), values.max(axis=(1, 2))
    user.session.maps_changed.emit(FeatureMaps("conv1", values, values.astype(np.uint8), low, high, statistics(values)))


EXPORTS = {
    "net.png": lambda window: window.commands.run("Export canvas as picture…"),
    "net.svg": lambda window: window.commands.run("Export canvas as picture…"),
    "net.csv": lambda window: window.commands.run("Export summary…"),
    "layers.csv": lambda window: window.summary._choose_export(),
    "maps.npz": lambda window: window.activations.tools.export.click(),
    "maps.png": lambda window: window.activations.tools.export.click(),
    "seen.png": lambda window: window.picture._save(),
    "seen.jpg": lambda window: window.picture._save(),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_on_a_full_disk(alone, small_disk, name) -> None:
    window = alone.window
    looked_at(alone)

    def said() -> str:
        panels = (window.summary.failure, window.activations.lane.problem, window.picture.lane.problem)
        return window.notices.text + "".join(label.text() for label in panels)

    write_to(small_disk / name)
    EXPORTS[name](window)
    old = (small_disk / name).read_bytes()
    assert len(old) > 50
    assert said() in ("", f"Written: {name}")
    fill(small_disk)
    write_to(small_disk / name, replace=True)
    EXPORTS[name](window)
    assert said().startswith(f"“{name}” could not be saved, the disk is full")
    assert (small_disk / name).read_bytes() == old
    assert sorted(os.listdir(small_disk)) == sorted([name, "others"])


def test_an_export_into_a_folder_that_went_away(alone, tmp_path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    name = folder / "net.png"
    export, alone.window.canvas.export_picture = (
        alone.window.canvas.export_picture,
        lambda path: (
            folder.rmdir(),
            export(path),
        ),
    )  # pulled out between the dialog and the writing
    write_to(name)
    alone.window.commands.run("Export canvas as picture…")
    assert alone.window.notices.text.startswith("“net.png” could not be saved, the folder “stick” is not there")


def test_theme(alone, qapp) -> None:
    light = qapp.palette().window().color()
    canvas = alone.window.canvas.grab().toImage().pixelColor(5, 5)
    choose(alone, "View", "Theme", "Dark")
    assert qapp.palette().window().color().lightness() < light.lightness() - 50
    assert alone.window.canvas.grab().toImage().pixelColor(5, 5).lightness() < canvas.lightness() - 50
    assert Settings().theme == "dark"
    checked = [plain(a) for a in open_menu(alone, "View", "Theme").actions() if a.isChecked()]
    assert checked == ["Dark"]


def test_letters(alone) -> None:
    alone.click_node("conv1")
    alone.wait(lambda: alone.window.inspector.views)

    def formula() -> str:
        return alone.window.inspector.views[1].row.formula

    assert formula() == "⌊(n_H + 2·p − f) / s⌋ + 1"
    choose(alone, "View", "Letters in formulas", "torch's: H, P, K, S, C")
    assert formula() == "⌊(H + 2·P − K) / S⌋ + 1"
    assert Settings().conventions.letters == "torch"
    choose(alone, "View", "Letters in formulas", "The course's: n, p, f, s, n_C")
    assert formula() == "⌊(n_H + 2·p − f) / s⌋ + 1"
    assert Settings().conventions.letters == "course"


def test_devices(user) -> None:
    user.wait(lambda: user.session.devices, 60)
    menu = open_menu(user, "Device")
    (cpu,) = (a for a in menu.actions() if plain(a).startswith("CPU"))
    _, name, memory = plain(cpu).split(" · ")
    assert name
    assert int(memory.removesuffix(" GiB")) >= 1
    assert cpu.isCheckable()
    while menu.activeAction() is not cpu:
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert user.session.device == "cpu"
    assert Settings().device == "cpu"
    assert [plain(a).startswith("CPU") for a in user.window.status.devices.actions() if a.isChecked()] == [True]
