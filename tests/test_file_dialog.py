"""Our own dialog for files, by keys and mouse: its list, the ways there, and what one types, pastes or drops."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.formats import answering
from explorer.ui.choosing import file_dialog
from explorer.ui.choosing import preview as preview_module
from explorer.ui.choosing.entries_table import EntriesTable
from explorer.ui.choosing.file_dialog import FOLDER, OPEN, SAVE, FileDialog
from explorer.ui.choosing.typed_paths import in_quotes, paths_of
from explorer.workspace import disk, disks, folder_entries
from explorer.workspace.folder_entries import Entry, FolderReader, in_order
from explorer.workspace.glimpses import glimpses
from explorer.workspace.settings import Settings
from tests.stories.test_accessible import check, controls_of
from tests.test_silent_disk import SilentDisk
from tests.test_silent_disk import silent as silent_disk  # noqa: F401

Key, LEFT, NONE = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ALT, CTRL, SHIFT = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Alt", "Control", "Shift"))
KINDS = (("Networks", (".cnnx", ".onnx")), ("All files", ("",)))
FILES = {"net2.cnnx": 2000, "net10.cnnx": 50, "Alpha.onnx": 300_000, "notes.txt": 7, ".secret.onnx": 1}
"""Names and bytes; each is older than the one before it."""
Make = Callable[..., FileDialog]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    for place, (name, size) in enumerate(FILES.items()):
        (tmp_path / name).write_bytes(bytes(size))
        os.utime(tmp_path / name, (1_700_000_000 - 86_400 * place,) * 2)
    (tmp_path / "zoo" / "deep").mkdir(parents=True)
    (tmp_path / "zoo" / "bird.onnx").touch()
    return tmp_path


@pytest.fixture
def make(room: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(disk, "MOMENT", 5.0)  # what is asked is answered at once, but for silent disks
    Settings().file.clear()

    def made(purpose: str = OPEN, **more: Any) -> FileDialog:
        dialog = FileDialog(None, "Files", purpose, str(room), kinds=() if purpose == FOLDER else KINDS, **more)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    yield made
    Settings().file.clear()


def names(dialog: FileDialog) -> list[str]:
    model = dialog.parts.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def press(dialog: FileDialog, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget() or dialog, key, held)


def shown(dialog: FileDialog) -> str:
    return dialog.parts.path.text()


def test_the_list_is_sorted_by_click_and_by_key(make: Make) -> None:
    dialog = make()
    press(dialog, Key.Key_Tab)  # from the name to the kind
    QTest.keyClicks(QApplication.focusWidget(), "All")
    assert names(dialog) == ["zoo", "Alpha.onnx", "net2.cnnx", "net10.cnnx", "notes.txt"], "folders first, 2 before 10"
    header = dialog.parts.table.horizontalHeader()
    size = header.sectionViewportPosition(1) + 5
    QTest.mouseClick(header.viewport(), LEFT, NONE, QPointF(size, 5).toPoint())
    assert names(dialog) == ["zoo", "notes.txt", "net10.cnnx", "net2.cnnx", "Alpha.onnx"]
    QTest.mouseClick(header.viewport(), LEFT, NONE, QPointF(size, 5).toPoint())
    assert names(dialog) == ["zoo", "Alpha.onnx", "net2.cnnx", "net10.cnnx", "notes.txt"]
    press(dialog, Key.Key_3, CTRL)
    assert names(dialog) == ["zoo", "notes.txt", "Alpha.onnx", "net10.cnnx", "net2.cnnx"], "the oldest first"
    press(dialog, Key.Key_1, CTRL)
    press(dialog, Key.Key_1, CTRL)
    assert names(dialog) == ["zoo", "notes.txt", "net10.cnnx", "net2.cnnx", "Alpha.onnx"]
    model = dialog.parts.table.model()
    day = datetime.fromtimestamp(1_700_000_000 - 2 * 86_400).strftime("%Y-%m-%d %H:%M")
    assert [model.index(4, column).data() for column in range(3)] == ["Alpha.onnx", "300.0 kB", day]
    assert model.index(0, 1).data() == "", "what a folder weighs nobody asks"


def test_many_chosen_files_stay_chosen_when_they_are_sorted(qtbot: Any) -> None:
    """In one go: row by row 100,000 took more than a minute. And the header asks no row whether it is chosen."""
    table = EntriesTable(several=True)
    qtbot.addWidget(table)
    table.show()
    table.show_entries([Entry(f"{number:04}", False, number % 7, 0.0, f"{number:04}") for number in range(2000)], False)
    table.clearSelection()
    table.selectAll()
    told: list[None] = []
    table.selectionModel().selectionChanged.connect(lambda *_: told.append(None))
    table.sort_by(1)
    assert len(table.picked) == 2000
    assert len(told) < 5
    asked: list[int] = []
    count = table.entries.rowCount
    table.entries.rowCount = lambda *parent: (asked.append(1), count(*parent))[1]  # type: ignore[method-assign]
    table.grab()
    assert len(asked) < 1000
    table.pick(["0003", "0004", "0010"])
    assert [entry.name for entry in table.picked] == ["0003", "0010", "0004"], "3 bytes, 3 bytes, 4 bytes"


def test_hidden_files_and_kinds(make: Make) -> None:
    dialog = make()
    assert names(dialog) == ["zoo", "Alpha.onnx", "net2.cnnx", "net10.cnnx"]
    press(dialog, Key.Key_H, CTRL)
    assert names(dialog) == ["zoo", ".secret.onnx", "Alpha.onnx", "net2.cnnx", "net10.cnnx"]
    QTest.mouseClick(dialog.parts.hidden, LEFT)
    assert ".secret.onnx" not in names(dialog)


def test_the_way_back_ahead_and_up(make: Make, room: Path) -> None:
    dialog = make()
    assert not dialog.parts.back.isEnabled()
    for typed in ("zoo", "deep"):
        QTest.keyClicks(dialog.parts.name, typed)
        press(dialog, Key.Key_Return)
        assert dialog.parts.name.text() == "", "it is no file's"
    assert shown(dialog) == str(room / "zoo" / "deep")
    for key, folder in (
        (Key.Key_Left, room / "zoo"), (Key.Key_Left, room), (Key.Key_Right, room / "zoo"), (Key.Key_Up, room),
        (Key.Key_Left, room / "zoo"), (Key.Key_Right, room),
    ):  # fmt: skip
        press(dialog, key, ALT)
        assert shown(dialog) == str(folder)
    assert not dialog.parts.ahead.isEnabled()
    (room / "later.onnx").touch()
    press(dialog, Key.Key_F5)
    assert "later.onnx" in names(dialog)


def test_the_way_leaves_out_a_folder_that_is_gone(make: Make, room: Path) -> None:
    """Back stood still at it, and what lay before was out of reach."""
    dialog, zoo, other = make(), room / "zoo", room / "other"
    other.mkdir()
    for folder in (zoo, other, zoo / "deep"):
        dialog.parts.path.setText(str(folder))
        QTest.keyClick(dialog.parts.path, Key.Key_Return)
        assert shown(dialog) == str(folder)
    other.rmdir()
    press(dialog, Key.Key_Left, ALT)
    assert shown(dialog) == str(zoo)
    assert "“other” is not there" in dialog.parts.problem.text(), "it is told, though one is elsewhere"
    press(dialog, Key.Key_Left, ALT)
    assert shown(dialog) == str(room)
    assert not dialog.parts.problem.text()
    for folder in (zoo, zoo / "deep"):
        press(dialog, Key.Key_Right, ALT)
        assert shown(dialog) == str(folder)
    assert not dialog.parts.ahead.isEnabled()


def test_no_way_leads_to_where_one_is(make: Make, room: Path) -> None:
    """A folder that is gone lay between two visits of one and the same: Back has nowhere to go."""
    dialog, other = make(), room / "other"
    other.mkdir()
    for folder in (other, room):
        dialog.parts.path.setText(str(folder))
        QTest.keyClick(dialog.parts.path, Key.Key_Return)
    other.rmdir()
    press(dialog, Key.Key_Left, ALT)
    assert shown(dialog) == str(room)
    assert "“other” is not there" in dialog.parts.problem.text()
    assert not dialog.parts.back.isEnabled()


def test_f5_asks_for_the_names_of_another_folder_anew(make: Make, room: Path) -> None:
    dialog = make()
    QTest.keyClicks(dialog.parts.name, "zoo/b")
    assert dialog.parts.name.offered.stringList() == ["zoo/bird.onnx"]
    (room / "zoo" / "bee.onnx").touch()
    dialog.parts.name.completer().popup().hide()
    press(dialog, Key.Key_F5)
    assert dialog.parts.name.offered.stringList() == ["zoo/bee.onnx", "zoo/bird.onnx"]


def test_places(make: Make, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(room / "zoo" / "deep"))
    monkeypatch.setattr("explorer.ui.choosing.layout.mounted", lambda: ["/"])
    Settings().add_lately(file_dialog.RECENT, str(room / "zoo"))
    dialog = make()
    places = dialog.parts.places
    assert [places.item(row).text() for row in range(places.count())] == ["Home", "Recent", "zoo", "Disks", "/"]
    QTest.mouseClick(places.viewport(), LEFT, NONE, places.visualItemRect(places.item(2)).center())
    assert shown(dialog) == str(room / "zoo")
    QTest.keyClick(places, Key.Key_Up)
    QTest.keyClick(places, Key.Key_Return)
    assert shown(dialog) == str(room / "zoo" / "deep"), "a heading is no place"


def test_the_folder_of_last_time(make: Make, room: Path, qtbot: Any) -> None:
    dialog = make()
    QTest.keyClicks(dialog.parts.name, "zoo/bird.onnx")
    press(dialog, Key.Key_Return)
    assert dialog.paths == (str(room / "zoo" / "bird.onnx"),)
    again = FileDialog(None, "Files", OPEN, "", kinds=KINDS)
    qtbot.addWidget(again)
    assert shown(again) == str(room / "zoo")


def test_names_are_completed(make: Make, room: Path) -> None:
    dialog = make()
    line, offered = dialog.parts.name, dialog.parts.name.offered
    QTest.keyClicks(line, "NE")
    assert offered.stringList() == ["net2.cnnx", "net10.cnnx"]
    popup = line.completer().popup()
    assert popup.isVisible()
    line.clear()
    QTest.keyClicks(line, "zoo/b")
    assert offered.stringList() == ["zoo/bird.onnx"]
    QTest.keyClick(popup, Key.Key_Down)
    QTest.keyClick(popup, Key.Key_Return)
    assert dialog.paths == (str(room / "zoo" / "bird.onnx"),)
    dialog = make(name="")
    press(dialog, Key.Key_L, CTRL)
    QTest.keyClicks(QApplication.focusWidget(), f"{room}/z")
    assert dialog.parts.path.offered.stringList() == [f"{room}/zoo/"]
    assert dialog.isVisible()


@pytest.mark.parametrize(("typed", "meant"), [
    ("a.onnx", ["/here/a.onnx"]), ("  ../b  ", ["/b"]), ("~/c", ["/home/ann/c"]), ('"d e.pt"', ["/here/d e.pt"]),
    ("'f.pt'", ["/here/f.pt"]), ('"a.png" "b c.png"', ["/here/a.png", "/here/b c.png"]),
    ("file:///x/a%20b", ["/x/a b"]),
    ("/x//y/", ["/x/y"]), ("", []), ('say "hi".txt', ['/here/say "hi".txt']), ("a' b", ["/here/a' b"]),
])  # fmt: skip
def test_what_is_typed(typed: str, meant: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert paths_of(typed, "/here") == meant


def test_files_are_pasted_and_dropped(make: Make, room: Path) -> None:
    dialog = make()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(room / "net2.cnnx"))])
    QGuiApplication.clipboard().setMimeData(data)
    press(dialog, Key.Key_V, CTRL)
    assert dialog.parts.name.text() == str(room / "net2.cnnx")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(room / "zoo"))])
    drop(dialog, dropped)
    assert shown(dialog) == str(room / "zoo")
    dropped.setUrls([QUrl.fromLocalFile(str(room / "Alpha.onnx"))])
    drop(dialog, dropped)
    assert dialog.paths == (str(room / "Alpha.onnx"),)


def drop(widget: QWidget, data: QMimeData) -> None:
    copy, at = Qt.DropAction.CopyAction, widget.rect().center()
    enter = QDragEnterEvent(at, copy, data, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, LEFT, NONE))


def test_typing_in_the_list_finds_a_name(make: Make) -> None:
    dialog = make()
    table = dialog.parts.table
    table.setFocus()
    QTest.keyClicks(table, "net1")
    assert [entry.name for entry in table.picked] == ["net10.cnnx"]
    assert dialog.parts.name.text() == "net10.cnnx"
    table._typed_at -= 2
    QTest.keyClicks(table, "n")
    assert [entry.name for entry in table.picked] == ["net2.cnnx"], "the next one, from above again"
    QTest.keyClick(table, Key.Key_Home)
    assert [entry.name for entry in table.picked] == ["zoo"]
    assert dialog.parts.name.text() == "net2.cnnx", "a folder is no file"
    QTest.keyClick(table, Key.Key_End)
    QTest.keyClick(table, Key.Key_Return)
    assert dialog.paths[0].endswith("net10.cnnx")


def test_several_are_chosen_where_that_is_allowed(make: Make, room: Path) -> None:
    dialog = make(several=True)
    table = dialog.parts.table
    table.setFocus()
    QTest.keyClick(table, Key.Key_End)
    QTest.keyClick(table, Key.Key_Up, SHIFT)
    assert dialog.parts.name.text() == '"net2.cnnx" "net10.cnnx"'
    QTest.mouseClick(dialog.parts.take, LEFT)
    assert dialog.paths == (str(room / "net2.cnnx"), str(room / "net10.cnnx"))
    dialog = make()
    dialog.parts.name.setText('"net2.cnnx" "net10.cnnx"')
    press(dialog, Key.Key_Return)
    assert dialog.parts.problem.text() == "One file can be opened here: choose one of them."
    assert in_quotes(["one"]) == "one"


@pytest.mark.parametrize("purpose", [SAVE, FOLDER])
def test_a_folder_is_made(make: Make, room: Path, purpose: str) -> None:
    dialog = make(purpose)
    press(dialog, Key.Key_N, CTRL | SHIFT)
    press(dialog, Key.Key_Escape)
    assert dialog.isVisible()
    press(dialog, Key.Key_N, CTRL | SHIFT)
    QTest.keyClicks(QApplication.focusWidget(), "zoo")
    press(dialog, Key.Key_Return)
    assert "zoo" in dialog.parts.problem.text()
    QTest.mouseClick(dialog.parts.new.button, LEFT)
    QTest.keyClicks(QApplication.focusWidget(), "fresh")
    press(dialog, Key.Key_Return)
    assert (room / "fresh").is_dir()
    assert shown(dialog) == str(room / "fresh")
    assert not make(OPEN).parts.new.isVisible()


def test_a_kind_changes_the_name_s_ending(make: Make) -> None:
    dialog = make(SAVE, name="net.cnnx")
    dialog.parts.kind.setFocus()
    QTest.keyClicks(dialog.parts.kind, "All")
    assert dialog.parts.name.text() == "net"


@pytest.mark.parametrize("purpose", [OPEN, SAVE, FOLDER])
def test_every_control_has_a_name_and_says_what_it_is_for(make: Make, purpose: str) -> None:
    controls = controls_of(make(purpose))
    assert len(controls) > 5
    check(controls)


def test_a_large_folder_is_shown_in_turns(tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "MOMENT", 0.0)
    made = folder_entries._entry
    monkeypatch.setattr(folder_entries, "_entry", lambda each: (time.sleep(0.0005), made(each))[1])  # a slow disk
    for number in range(1500):
        (tmp_path / f"{number}.png").touch()
    parent = QWidget()
    qtbot.addWidget(parent)
    reader, counts = FolderReader(parent), list[int]()
    reader.came.connect(lambda _folder, entries, _before: counts.append(len(entries)))
    reader.read(str(tmp_path), 5)
    qtbot.waitUntil(lambda: counts[-1:] == [1500], timeout=20_000)
    assert len(counts) >= 3
    assert counts == sorted(set(counts))


def test_links_are_followed_behind_the_others(
    silent_disk: SilentDisk,  # noqa: F811
    room: Path,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that leads to a silent disk keeps none of the others from being shown."""
    monkeypatch.setattr(answering, "PATIENCE", 1.0)
    monkeypatch.setattr(disks, "mounted", list)
    (room / "aside").mkdir()
    os.symlink(room / "zoo", room / "aside" / "a")
    os.symlink(room / "net2.cnnx", room / "aside" / "b.cnnx")
    dialog = FileDialog(None, "Files", OPEN, str(room / "aside"), kinds=KINDS)
    qtbot.addWidget(dialog)
    table = dialog.parts.table
    qtbot.waitUntil(lambda: [entry.folder for entry in table.entries.rows] == [True, False])
    assert table.entries.rows[1].size == 2000
    os.symlink(silent_disk.path, room / "aside" / "c")
    wait = os.stat
    monkeypatch.setattr(os, "stat", lambda path, *a, **k: wait(os.path.realpath(path), *a, **k))
    silent_disk.fall_silent()
    dialog.walk.read_again()
    qtbot.waitUntil(lambda: sorted(names(dialog)) == ["a", "b.cnnx", "c"])
    assert [entry.folder for entry in table.entries.rows if entry.name == "c"] == [None]


def test_what_is_read_again_keeps_the_choice(make: Make, room: Path) -> None:
    dialog = make()
    table = dialog.parts.table
    table.setFocus()
    QTest.keyClicks(table, "net10")
    (room / "Early.onnx").touch()
    press(dialog, Key.Key_F5)
    assert "Early.onnx" in names(dialog)
    assert [entry.name for entry in table.picked] == ["net10.cnnx"]


def test_order_of_names() -> None:
    assert sorted(("b10", "B9", "a", "Ä"), key=in_order) == ["a", "B9", "b10", "Ä"]
    assert Entry(".x", False, 0, 0, "").hidden


class Told:
    """Stands where the worker does: what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.hear: list[Callable[[object], object]] = []

    def ask(self, _lane: str, question: Any, hear: Callable[[object], object], _failed: object) -> None:
        self.asked.append(Path(question.path).name)
        self.hear.append(hear)


def test_a_preview_of_the_last_file_one_stays_on(make: Make, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.maths.records import Glimpsed

    told = Told()
    monkeypatch.setattr(glimpses(), "worker", told)
    monkeypatch.setattr(preview_module, "RESTING", 500)
    dialog = make()
    table, preview = dialog.parts.table, dialog.parts.preview
    table.setFocus()
    for _ in range(3):
        QTest.keyClick(table, Key.Key_Down)
        QTest.qWait(5)
    qtbot.waitUntil(lambda: bool(told.asked))
    assert told.asked == ["net2.cnnx"], "not of the folder, and not of what one walks by"
    QTest.keyClick(table, Key.Key_Down)
    told.hear[0](Glimpsed("a late one"))
    assert preview.what.text() == ""
    qtbot.waitUntil(lambda: len(told.asked) == 2)
    told.hear[1](Glimpsed("a CNN Explorer project", ("50 bytes",)))
    assert (preview.what.text(), preview.facts.text()) == ("A CNN Explorer project", "50 bytes")
    QTest.keyClick(table, Key.Key_Home)
    assert preview.what.text() == "", "of a folder nothing is told"


@pytest.mark.parametrize("name", [" lead.onnx", "trail.onnx ", "~", "file:x.onnx", "'q'", '"q"', "\udcff.onnx"])
def test_a_chosen_file_is_taken_whatever_it_is_called(make: Make, room: Path, name: str) -> None:
    """Names that look like paths, or that nobody can type, were not found."""
    if sys.platform != "linux":
        name = "file:x.onnx".replace(":", "_")
    (room / name).touch()
    dialog = make()
    dialog.parts.kind.setCurrentIndex(1)
    dialog.parts.kind.activated.emit(1)
    dialog.parts.table.pick([name])
    QTest.mouseClick(dialog.parts.take, LEFT)
    assert dialog.paths == (str(room / name),)
    assert not dialog.isVisible()


@pytest.mark.skipif(sys.platform != "linux", reason="names are texts")
def test_a_folder_whose_name_is_no_text_is_shown(make: Make, room: Path) -> None:
    """It was shown as another, so that none of its files was found."""
    folder = room / "\udcffx"
    folder.mkdir()
    (folder / "a.onnx").touch()
    dialog = make()
    dialog.walk.go(str(folder))
    dialog.parts.table.pick(["a.onnx"])
    QTest.mouseClick(dialog.parts.take, LEFT)
    assert dialog.paths == (str(folder / "a.onnx"),)


def test_what_is_no_folder_is_told(make: Make, room: Path) -> None:
    """A file was “not found” where a folder is asked for, and a new name where its folder is missing."""
    dialog = make(FOLDER)
    dialog.parts.path.setText(str(room / "notes.txt"))
    QTest.keyClick(dialog.parts.path, Key.Key_Return)
    assert dialog.parts.problem.text() == f"“{room / 'notes.txt'}” is a file: choose a folder."
    dialog.parts.path.setText(str(room / "none"))
    QTest.keyClick(dialog.parts.path, Key.Key_Return)
    assert dialog.parts.problem.text().startswith(f"“{room / 'none'}” was not found")
    dialog = make(SAVE)
    for typed, said in (
        ("none/new.cnnx", f"“{room / 'none'}” was not found"),
        ("notes.txt/new.cnnx", f"“{room / 'notes.txt'}” is a file"),
    ):
        dialog.parts.name.setText(typed)
        QTest.keyClick(dialog.parts.name, Key.Key_Return)
        assert dialog.parts.problem.text().startswith(said)
    assert dialog.isVisible()


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_late_answer_takes_nothing(
    make: Make, room: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    """Whoever went to another folder, or closed the dialog, while a disk was slow had the file all the same."""
    dialog, gate, heard, is_folder = make(SAVE), threading.Event(), threading.Event(), os.path.isdir

    def slow(path: str) -> bool:
        gate.wait(20)
        heard.set()
        return is_folder(path)

    monkeypatch.setattr(disk, "MOMENT", 0.0)
    monkeypatch.setattr(os.path, "isdir", slow)
    dialog.parts.name.setText("new.cnnx")
    QTest.keyClick(dialog.parts.name, Key.Key_Return)
    if elsewhere:
        dialog.walk.go(str(room / "zoo"))
        qtbot.waitUntil(lambda: shown(dialog) == str(room / "zoo"), timeout=20_000)
    else:
        dialog.reject()
    gate.set()
    assert heard.wait(20)
    QTest.qWait(20 * disk.OFTEN)
    assert dialog.paths == ()
    assert dialog.isVisible() == elsewhere


def test_a_folder_that_fails_half_read_stays_where_one_went_back_to(make: Make, room: Path) -> None:
    """The dialog left it by itself, for the one before."""
    dialog = make()
    walk = dialog.walk
    for folder in ("zoo", "zoo/..", "zoo"):
        walk.go(str(room / folder))
        assert shown(dialog) == str(room / folder)
    walk.go_back()
    here = shown(dialog)
    walk._reader.failed.emit(here, "Its disk does not answer.")
    assert shown(dialog) == here
    assert dialog.parts.problem.text() == "Its disk does not answer."


def test_links_told_before_they_are_followed_are_told_anew(
    tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links to files among the first entries of a large folder stayed in the list as folders."""
    for number in range(300):
        (tmp_path / f"{number}").symlink_to(__file__)
    parent, gate, made, seen = QWidget(), threading.Event(), folder_entries._entry, list[object]()
    qtbot.addWidget(parent)

    def slow(each: os.DirEntry[str]) -> Entry:
        seen.append(each)
        if len(seen) == 280:
            gate.wait(20)
        return made(each)

    monkeypatch.setattr(folder_entries, "_entry", slow)
    reader, known = FolderReader(parent), list[Entry]()

    def hear(_folder: str, entries: list[Entry], before: int) -> None:
        known[before:] = entries[before:]

    reader.came.connect(hear)
    reader.read(str(tmp_path), 20)
    qtbot.waitUntil(lambda: len(known) == 279, timeout=20_000)
    assert reader._reading is not None
    reading = reader._reading
    gate.set()
    assert reading.asked.answered(20)  # before anybody looks again
    qtbot.waitUntil(lambda: len(known) == 300)
    assert [entry.folder for entry in known] == 300 * [False]
