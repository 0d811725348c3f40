"""A disk that does not answer, and the dialogs for files: the window paints on, and one still gets to one's files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from explorer.ui import asking_files
from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.choosing.file_dialog import FileDialog
from explorer.ui.destinations import choose_destination
from explorer.workspace import disks
from explorer.workspace.disks import mounted, places, silent, under
from explorer.workspace.settings import Settings
from tests.hands import when_asked
from tests.test_silent_disk import SilentDisk
from tests.test_silent_disk import silent as silent_disk  # noqa: F401

KINDS = "Networks (*.cnnx *.onnx);;All files (*)"
ENTER = Qt.Key.Key_Return


@pytest.fixture
def far(silent_disk: SilentDisk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SilentDisk]:  # noqa: F811
    """The home folder lies on a disk that will fall silent; beside it one with two networks and a folder."""
    monkeypatch.setattr(disks, "LOOKING", 0.15)
    monkeypatch.setattr(disks, "_waiting", {})
    monkeypatch.setattr(asking_files, "_of_desktop", False)
    Settings().file.clear()
    monkeypatch.setattr(disks, "mounted", lambda: [str(near), str(tmp_path / "far")])
    near = tmp_path / "near"
    (near / "deep").mkdir(parents=True)
    for name in ("a.cnnx", "b.onnx", "c.txt", ".hidden.cnnx", "deep/d.cnnx"):
        (near / name).write_text("x")
    monkeypatch.setenv("HOME", str(silent_disk.path))
    monkeypatch.chdir(near)
    yield silent_disk
    assert silent_disk.asked == [], "the window's thread asked the disk"


@pytest.fixture
def parent(qtbot: Any) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def names(dialog: FileDialog) -> list[str]:
    return [entry.name for entry in dialog.parts.table.entries.rows]


def go_to(dialog: FileDialog, row: int) -> None:
    """Walk to a row from above, by keys."""
    table = dialog.parts.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Home)
    for _ in range(row):
        QTest.keyClick(table, Qt.Key.Key_Down)


def settled(dialog: FileDialog, folder: Path) -> None:
    till = time.monotonic() + 30
    while dialog.parts.path.text() != str(folder) and time.monotonic() < till:
        QTest.qWait(5)
    assert dialog.parts.path.text() == str(folder)


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A desktop with a dialog of its own: the folders that it was asked to begin in."""
    begun: list[str] = []
    monkeypatch.setattr(asking_files, "_of_desktop", True)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (begun.append(args[2]), ("/a", ""))[1])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: (begun.append(args[2]), "/b")[1])
    return begun


def test_where_all_disks_answer_it_is_the_desktop_s(far: SilentDisk, parent: QWidget, desktop: list[str]) -> None:
    assert ask_file(parent, "Open network", str(far.path), KINDS) == "/a"
    assert ask_folder(parent, "Folder", "") == "/b"
    assert desktop == [str(far.path), ""]


def test_it_is_found_out_once_whether_the_desktop_has_one(
    far: SilentDisk, parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_files, "_of_desktop", None)
    far.fall_silent()
    when_asked(FileDialog, lambda dialog: dialog.reject())
    assert ask_file(parent, "Open network", "", KINDS) == ""
    assert asking_files._of_desktop is None, "Qt's own would have stood still"
    far.come_back()
    when_asked(FileDialog, lambda dialog: dialog.reject())
    assert ask_file(parent, "Open network", "", KINDS) == ""
    assert asking_files._of_desktop is False, "there is no desktop here"


def test_where_one_does_not_it_is_ours(far: SilentDisk, parent: QWidget, desktop: list[str], tmp_path: Path) -> None:
    told: list[str] = []

    def read(dialog: FileDialog) -> None:
        settled(dialog, tmp_path / "near")
        told.append(dialog.parts.told.text())
        dialog.reject()

    far.fall_silent()
    when_asked(FileDialog, read)
    assert ask_file(parent, "Open network", str(far.path), KINDS) == ""
    assert told == [f"“{far.path}” lies on a disk that does not answer: choose another folder."]
    assert desktop == []


def test_the_window_paints_on_and_a_file_is_opened_elsewhere(
    far: SilentDisk, parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "LOOKING", 0.5)
    beats, at_once = QTimer(interval=5), []
    beat = [0]
    beats.timeout.connect(lambda: beat.__setitem__(0, beat[0] + 1))
    beats.start()

    def use(dialog: FileDialog) -> None:
        began = beat[0]
        near = tmp_path / "near"
        settled(dialog, near)
        at_once.append(beat[0] - began)
        assert dialog.windowTitle() == "Open network"
        assert "far" in dialog.parts.told.text()
        assert "does not answer" in dialog.parts.told.text()
        assert names(dialog) == ["deep", "a.cnnx", "b.onnx"]
        go_to(dialog, 0)
        QTest.keyClick(dialog.parts.table, ENTER)
        settled(dialog, near / "deep")
        QTest.keyClick(dialog.parts.table, Qt.Key.Key_Backspace)
        settled(dialog, near)
        dialog.parts.kind.setCurrentIndex(1)
        dialog.parts.kind.activated.emit(1)
        assert names(dialog) == ["deep", "a.cnnx", "b.onnx", "c.txt"]
        go_to(dialog, 1)
        assert dialog.parts.name.text() == "a.cnnx"
        QTest.mouseClick(dialog.parts.take, Qt.MouseButton.LeftButton)

    far.fall_silent()
    when_asked(FileDialog, use)
    assert ask_file(parent, "Open network", "", KINDS) == str(tmp_path / "near" / "a.cnnx")
    assert at_once[0] >= 10, "half a second in which nothing was painted"


def test_a_silent_folder_in_the_dialog_is_refused_and_one_goes_on(
    far: SilentDisk, parent: QWidget, tmp_path: Path
) -> None:
    near = tmp_path / "near"

    def use(dialog: FileDialog) -> None:
        settled(dialog, near)
        assert not any(button.isDefault() for button in dialog.findChildren(QPushButton)), (
            "Enter would press it besides"
        )
        dialog.parts.path.setText(str(far.path / "photos"))
        QTest.keyClick(dialog.parts.path, ENTER)
        while not dialog.parts.problem.text():
            QTest.qWait(5)
        assert "does not answer" in dialog.parts.problem.text()
        assert names(dialog)[0] == "deep", "what was listed stays"
        for typed, told in (("nothing.cnnx", "was not found"), ("", "type its name")):
            dialog.parts.name.setText(typed)
            dialog.parts.take.click()
            while told not in dialog.parts.problem.text():
                QTest.qWait(5)
        dialog.parts.name.setText("deep/d.cnnx")
        QTest.keyClick(dialog.parts.name, ENTER)

    far.fall_silent()
    when_asked(FileDialog, use)
    assert ask_file(parent, "Open network", str(far.path), KINDS) == str(near / "deep" / "d.cnnx")


def test_a_folder_is_chosen_and_escape_chooses_none(far: SilentDisk, parent: QWidget, tmp_path: Path) -> None:
    near = tmp_path / "near"

    def use(dialog: FileDialog) -> None:
        settled(dialog, near)
        assert names(dialog) == ["deep"]
        assert not dialog.parts.name.isVisible()
        go_to(dialog, 0)
        QTest.keyClick(dialog.parts.table, ENTER)
        settled(dialog, near / "deep")
        assert dialog.parts.hint.text() == "There are no folders in this one."
        dialog.parts.take.click()

    far.fall_silent()

    def pick(dialog: FileDialog) -> None:
        settled(dialog, near / "deep")  # the folder of last time
        QTest.keyClick(dialog.parts.table, Qt.Key.Key_Backspace)
        settled(dialog, near)
        go_to(dialog, 0)
        dialog.parts.take.click()

    when_asked(FileDialog, use)
    assert ask_folder(parent, "Folder of pictures", "") == str(near / "deep")
    when_asked(FileDialog, pick)
    assert ask_folder(parent, "Folder of pictures", "") == str(near / "deep"), "the one that is picked in the list"
    when_asked(FileDialog, lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape))
    assert ask_folder(parent, "Folder of pictures", "") == ""


@pytest.mark.parametrize(("typed", "replaced", "written"), [
    ("new", None, "new.cnnx"), ("new.cnnx", None, "new.cnnx"), ("a", True, "a.cnnx"), ("a.cnnx", False, ""),
])  # fmt: skip
def test_what_is_saved_gets_its_ending_and_what_is_there_is_asked_about(
    typed: str, replaced: bool | None, written: str, far: SilentDisk, parent: QWidget, tmp_path: Path
) -> None:
    near, boxes = tmp_path / "near", []

    def answer(box: QMessageBox) -> None:
        boxes.append(box.text())
        button = QMessageBox.StandardButton.Save if replaced else QMessageBox.StandardButton.Cancel
        box.button(button).click()

    def use(dialog: FileDialog) -> None:
        settled(dialog, near)
        assert dialog.parts.name.text() == "net.cnnx"
        dialog.parts.name.setText(typed)
        if replaced is not None:
            when_asked(QMessageBox, answer)
        QTest.keyClick(dialog.parts.name, ENTER)
        if replaced is False:
            while not boxes:
                QTest.qWait(5)
            QTimer.singleShot(20, dialog.reject)

    far.fall_silent()
    when_asked(FileDialog, use)
    found = choose_destination(parent, "Save project", far.path / "net.cnnx", "Projects", (".cnnx",))
    assert found == (str(near / written) if written else "")
    assert boxes == ([] if replaced is None else ["a.cnnx is there already."])


def test_the_type_says_the_ending(far: SilentDisk, parent: QWidget, tmp_path: Path) -> None:
    def use(dialog: FileDialog) -> None:
        settled(dialog, tmp_path / "near")
        assert [dialog.parts.kind.itemText(i) for i in range(2)] == ["CSV (*.csv)", "Markdown (*.md)"]
        dialog.parts.kind.setCurrentIndex(1)
        dialog.parts.name.setText("table")
        dialog.parts.take.click()

    far.fall_silent()
    when_asked(FileDialog, use)
    found = choose_destination(parent, "Export", far.path / "net.csv", "Tables", (".csv", ".md"))
    assert found == str(tmp_path / "near" / "table.md")


def test_who_waits_for_a_disk_is_not_joined_by_others(far: SilentDisk, qtbot: Any) -> None:
    far.fall_silent()
    assert silent(places()) == [str(far.path)]
    waiting = disks._waiting[str(far.path)]
    assert silent(places()) == [str(far.path)]
    assert disks._waiting[str(far.path)] is waiting, "each would keep a thread for as long as the disk does"
    far.come_back()
    qtbot.waitUntil(lambda: silent(places()) == [])


def test_disks_are_found_without_asking_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
        "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
        "40 27 0:40 / /home/ann rw shared:1 master:2 - nfs4 nas:/home rw,vers=4\n"
        "41 27 0:41 / /media/My\\040stick rw - vfat /dev/sdb1 rw\n"
        "42 27 0:42 / /net rw - autofs auto.net rw\n"
    )
    monkeypatch.setattr(disks, "MOUNTS", table)
    monkeypatch.setattr(disks.sys, "platform", "linux")
    assert mounted() == ["/", "/home/ann", "/media/My stick"]
    monkeypatch.setattr(disks, "MOUNTS", tmp_path / "none")
    assert mounted() == []


def test_what_lies_under_a_folder() -> None:
    assert under("/home/ann/a", ["/home/ann"])
    assert under("/home/ann", ["/home/ann"])
    assert under("/a", ["/"])
    assert not under("/home/anna", ["/home/ann"])
