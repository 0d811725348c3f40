"""A disk that does not answer, and the dialogs for files: the window paints on, and one still gets to one's files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from explorer.ui import careful_dialog
from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.careful_dialog import OPEN, CarefulDialog, listed
from explorer.ui.destinations import choose_destination
from explorer.workspace import disks
from explorer.workspace.disks import Watch, mounted, places, silent, under
from tests.hands import when_asked
from tests.test_silent_disk import SilentDisk
from tests.test_silent_disk import silent as silent_disk  # noqa: F401

KINDS = "Networks (*.cnnx *.onnx);;All files (*)"
ENTER = Qt.Key.Key_Return


@pytest.fixture
def far(silent_disk: SilentDisk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SilentDisk]:  # noqa: F811
    """The home folder lies on a disk that will fall silent; beside it one with two networks and a folder."""
    monkeypatch.setattr(disks, "LOOKING", 0.15)
    monkeypatch.setattr(disks, "OFTEN", 20)
    monkeypatch.setattr(disks, "_waiting", {})
    monkeypatch.setattr(disks, "_listable", {})
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


def names(dialog: CarefulDialog) -> list[str]:
    return [dialog.entries.item(row).text() for row in range(dialog.entries.count())]


def settled(dialog: CarefulDialog, folder: Path) -> None:
    till = time.monotonic() + 30
    while dialog.path.text() != str(folder) and time.monotonic() < till:
        QTest.qWait(5)
    assert dialog.path.text() == str(folder)


def test_where_all_disks_answer_it_is_the_system_s(
    far: SilentDisk, parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (begun.append(args[2]), ("/a", ""))[1])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: (begun.append(args[2]), "/b")[1])
    assert ask_file(parent, "Open network", str(far.path), KINDS) == "/a"
    assert ask_folder(parent, "Folder", "") == "/b"
    assert begun == [str(far.path), ""]


def test_the_window_paints_on_and_a_file_is_opened_elsewhere(
    far: SilentDisk, parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "LOOKING", 0.5)
    beats, at_once = QTimer(interval=5), []
    beat = [0]
    beats.timeout.connect(lambda: beat.__setitem__(0, beat[0] + 1))
    beats.start()

    def use(dialog: CarefulDialog) -> None:
        at_once.append(beat[0])
        near = tmp_path / "near"
        settled(dialog, near)
        assert dialog.windowTitle() == "Open network"
        assert dialog.told.text().startswith(f"“{far.path}” lies on a disk that does not answer")
        assert names(dialog) == ["deep", "a.cnnx", "b.onnx"]
        dialog.entries.setFocus()
        dialog.entries.setCurrentRow(0)
        QTest.keyClick(dialog.entries, ENTER)
        settled(dialog, near / "deep")
        QTest.keyClick(dialog.entries, Qt.Key.Key_Backspace)
        settled(dialog, near)
        dialog.kind.setCurrentIndex(1)
        dialog.kind.activated.emit(1)
        assert names(dialog) == ["deep", "a.cnnx", "b.onnx", "c.txt"]
        dialog.entries.setCurrentRow(1)
        assert dialog.name.text() == "a.cnnx"
        QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)

    far.fall_silent()
    when_asked(CarefulDialog, use)
    assert ask_file(parent, "Open network", "", KINDS) == str(tmp_path / "near" / "a.cnnx")
    assert at_once[0] >= 10, "half a second in which nothing was painted"


def test_a_silent_folder_in_the_dialog_is_refused_and_one_goes_on(
    far: SilentDisk, parent: QWidget, tmp_path: Path
) -> None:
    near = tmp_path / "near"

    def use(dialog: CarefulDialog) -> None:
        settled(dialog, near)
        assert not any(button.isDefault() for button in dialog.findChildren(QPushButton)), (
            "Enter would press it besides"
        )
        dialog.path.setText(str(far.path / "photos"))
        QTest.keyClick(dialog.path, ENTER)
        while not dialog.problem.text():
            QTest.qWait(5)
        assert "does not answer" in dialog.problem.text()
        assert names(dialog)[0] == "deep", "what was listed stays"
        for typed, told in (("nothing.cnnx", "was not found"), ("", "type its name")):
            dialog.name.setText(typed)
            dialog.take.click()
            while told not in dialog.problem.text():
                QTest.qWait(5)
        dialog.name.setText("deep/d.cnnx")
        QTest.keyClick(dialog.name, ENTER)

    far.fall_silent()
    when_asked(CarefulDialog, use)
    assert ask_file(parent, "Open network", str(far.path), KINDS) == str(near / "deep" / "d.cnnx")


def test_a_folder_is_chosen_and_escape_chooses_none(far: SilentDisk, parent: QWidget, tmp_path: Path) -> None:
    near = tmp_path / "near"

    def use(dialog: CarefulDialog) -> None:
        settled(dialog, near)
        assert names(dialog) == ["deep"]
        assert not dialog.name.isVisible()
        dialog.entries.setCurrentRow(0)
        QTest.keyClick(dialog.entries, ENTER)
        settled(dialog, near / "deep")
        assert dialog.hint.text() == "There is nothing of this kind here."
        dialog.take.click()

    far.fall_silent()

    def pick(dialog: CarefulDialog) -> None:
        settled(dialog, near)
        dialog.entries.setCurrentRow(0)
        dialog.take.click()

    when_asked(CarefulDialog, use)
    assert ask_folder(parent, "Folder of pictures", "") == str(near / "deep")
    when_asked(CarefulDialog, pick)
    assert ask_folder(parent, "Folder of pictures", "") == str(near / "deep"), "the one that is picked in the list"
    when_asked(CarefulDialog, lambda dialog: QTest.keyClick(dialog, Qt.Key.Key_Escape))
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

    def use(dialog: CarefulDialog) -> None:
        settled(dialog, near)
        assert dialog.name.text() == "net.cnnx"
        dialog.name.setText(typed)
        if replaced is not None:
            when_asked(QMessageBox, answer)
        QTest.keyClick(dialog.name, ENTER)
        if replaced is False:
            while not boxes:
                QTest.qWait(5)
            QTimer.singleShot(20, dialog.reject)

    far.fall_silent()
    when_asked(CarefulDialog, use)
    found = choose_destination(parent, "Save project", far.path / "net.cnnx", "Projects", (".cnnx",))
    assert found == (str(near / written) if written else "")
    assert boxes == ([] if replaced is None else ["a.cnnx is there already."])


def test_the_type_says_the_ending(far: SilentDisk, parent: QWidget, tmp_path: Path) -> None:
    def use(dialog: CarefulDialog) -> None:
        settled(dialog, tmp_path / "near")
        assert [dialog.kind.itemText(i) for i in range(2)] == ["CSV (*.csv)", "Markdown (*.md)"]
        dialog.kind.setCurrentIndex(1)
        dialog.name.setText("table")
        dialog.take.click()

    far.fall_silent()
    when_asked(CarefulDialog, use)
    found = choose_destination(parent, "Export", far.path / "net.csv", "Tables", (".csv", ".md"))
    assert found == str(tmp_path / "near" / "table.md")


def test_a_disk_that_falls_silent_while_the_system_s_dialog_is_open(
    far: SilentDisk, parent: QWidget, tmp_path: Path
) -> None:
    """Before one can walk there: Qt's dialog is closed, ours comes, with what one was about to do."""
    came: list[str] = []

    def first(dialog: QFileDialog) -> None:
        came.append("Qt's")
        far.only = ""
        far.fall_silent()

    def second(dialog: CarefulDialog) -> None:
        came.append("ours")
        settled(dialog, tmp_path / "near")
        dialog.reject()

    when_asked(QFileDialog, first)
    when_asked(CarefulDialog, second)
    assert choose_destination(parent, "Save project", tmp_path / "near" / "net.cnnx", "Projects", (".cnnx",)) == ""
    assert came == ["Qt's", "ours"]


def test_who_waits_for_a_disk_is_not_joined_by_others(far: SilentDisk, qtbot: Any) -> None:
    far.fall_silent()
    assert silent(places()) == [str(far.path)]
    waiting = disks._waiting[str(far.path)]
    assert silent(places()) == [str(far.path)]
    fell: list[list[str]] = []

    def hear(gone: list[str]) -> bool:
        fell.append(gone)
        return len(fell) == 2  # till then a question stands before the dialog

    watch = Watch(places(), hear)
    qtbot.waitUntil(lambda: not watch._timer.isActive())
    assert disks._waiting[str(far.path)] is waiting, "each would keep a thread for as long as the disk does"
    assert fell == [[str(far.path)]] * 2
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


def test_many_files_and_links(tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(careful_dialog, "MOST", 3)
    for number in range(5):
        (tmp_path / f"{number}.cnnx").touch()
    os.symlink(tmp_path / "nowhere", tmp_path / "z")
    assert [entry.folder for entry in listed(str(tmp_path))] == [None, *[False] * 5]
    dialog = CarefulDialog(None, "Open", OPEN, [str(tmp_path / "gone"), str(tmp_path)], ["/far"], (("All", ("*",)),))  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    settled(dialog, tmp_path)
    assert names(dialog) == ["z", "0.cnnx", "1.cnnx"]
    assert dialog.hint.text() == "The first 3 of 6 are listed: type the name of another."
