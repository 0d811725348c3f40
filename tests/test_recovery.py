"""Nothing lost: edits outlive a killed program, and a file that others write is not written over unasked."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLockFile, QSysInfo, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton, QToolButton

from explorer.formats import folders, project_file, tensors, unsaved
from explorer.formats.unsaved import NotUnsaved
from explorer.layers.dense import Input
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.recovering import told
from explorer.ui.window import Window
from explorer.workspace import recovery
from explorer.workspace.document import Document
from explorer.workspace.recovery import TRIES, Opening
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker
from tests.in_place import put

Open = Callable[[], Window]
ROOT = Path(__file__).resolve().parents[1]
FIRST = Project(Network({"a": Node("a", Input(3, 8, 8))}), {"a": (0.0, 0.0)}, title="First")


def test_weights_whose_store_goes_with_the_program_come_back_with_the_edits(tmp_path: Path, monkeypatch) -> None:
    """Where the cache cannot be written they were kept in a temporary folder alone, and the edits came back without."""
    file = tmp_path / f"edits{unsaved.SUFFIX}"
    monkeypatch.setenv(folders.STORE, str(tmp_path / "first"))
    before, sha = (tensors.keep({"a.weight": np.full(3, value, np.float32)}) for value in (1, 2))
    for weights in (before, sha, sha):
        unsaved.write(file, replace(FIRST, weights=weights), "", "First")
    assert len(list(tmp_path.glob("*.safetensors"))) == 1, "those from before are given up"
    shutil.rmtree(tmp_path / "first")
    monkeypatch.delenv(folders.STORE)
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    project = unsaved.read(file)
    assert tensors.read(project.weights)["a.weight"].tolist() == [2, 2, 2]
    unsaved.remove(file)
    assert [each.name for each in tmp_path.iterdir()] == ["cache"]


def test_what_a_kill_amid_giving_edits_up_leaves_goes_at_the_next_start(start, monkeypatch, tmp_path) -> None:
    """The edits go first, then their weights and their lock: what a kill between left of these lay there for good."""
    monkeypatch.setenv(folders.STORE, str(tmp_path))
    sha = tensors.keep({"a.weight": np.ones(3, np.float32)})
    kept, gone = (behind(replace(FIRST, weights=sha), name=name) for name in ("1-a", "2-b"))
    stale = gone.with_name(f"{gone.name}.lock")
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    stale.write_text(f"{ended.stdout.strip()}\npython\n{QSysInfo.machineHostName()}\n")
    alive = QLockFile(str(folder() / "3-c.unsaved.lock"))  # of a program that is about to write its edits
    alive.setStaleLockTime(0)
    assert alive.tryLock(0)
    gone.unlink()
    others = folder() / "notes.txt"
    others.write_text("none of ours")
    window = start()
    names = {each.name for each in folder().iterdir()}
    assert names == {kept.name, f"{kept.name}.lock", f"{kept.name}-{sha}.safetensors", "3-c.unsaved.lock", others.name}
    alive.unlock()
    assert window.isVisible()


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:-1] + b"x"])
def test_edits_come_back_where_the_weights_beside_them_are_damaged(tmp_path: Path, monkeypatch, damage) -> None:
    file = tmp_path / f"edits{unsaved.SUFFIX}"
    monkeypatch.setenv(folders.STORE, str(tmp_path / "first"))
    sha = tensors.keep({"a.weight": np.ones(3, np.float32)})
    unsaved.write(file, replace(FIRST, weights=sha), "", "First")
    (weights,) = tmp_path.glob("*.safetensors")
    weights.write_bytes(damage(weights.read_bytes()))
    monkeypatch.setenv(folders.STORE, str(tmp_path / "second"))
    assert unsaved.read(file) == replace(FIRST, weights=sha)
    with pytest.raises(tensors.WeightsError):
        tensors.read(sha)


@pytest.fixture
def start(qtbot, qapp) -> Iterator[Open]:
    """Start the program, as often as one likes."""
    windows = []

    def start() -> Window:
        window = Window(Session(Document(), IdleWorker()), Settings())
        windows.append(window)
        window.resize(1280, 800)
        window.show()
        window.complete()
        return window

    yield start
    for window in windows:
        window.close_now()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> int:
    """Milliseconds after which edits are kept in programs that begin now; `SOON`, with nobody who waits for it. Those
    of the program itself pass where it runs in a process of its own."""
    monkeypatch.setattr(recovery, "SOON", 200)
    return recovery.SOON


def folder() -> Path:
    return folders.state() / "unsaved"


def left() -> list[Path]:
    return sorted(folder().glob("*.unsaved"))


def edit(window: Window, id: str) -> Project:
    document = window.session.document
    node = Node(id, Input(1, 4, 4))
    project = document.project
    document.edit(f"Add {id}", replace(project.rewired(project.network.with_node(node)), title=project.title))
    return document.project


def button(window: Window, text: str) -> QPushButton:
    return next(b for b in window.notices.findChildren(QPushButton) if b.text() == text and b.isVisible())


def press(window: Window, text: str) -> None:
    QTest.mouseClick(button(window, text), Qt.MouseButton.LeftButton)


def behind(project: Project, path: str = "", name: str = "1-a") -> Path:
    """What a program that was killed left."""
    folder().mkdir(parents=True, exist_ok=True)
    unsaved.write(folder() / f"{name}.unsaved", project, path, project.title)
    return folder() / f"{name}.unsaved"


@pytest.mark.parametrize("change", [(b'"version":1', b'"version":99'), (b': 1, "path"', b': 2, "path"')])
def test_edits_of_a_newer_version_are_kept_for_it(change: tuple[bytes, bytes]) -> None:
    """Its user was told to delete them."""
    file = behind(FIRST)
    data = file.read_bytes().replace(*change)
    file.write_bytes(data)
    with pytest.raises(unsaved.NotUnsaved, match=r"newer CNN Explorer.*start that one to have the edits back"):
        unsaved.read(file)
    assert file.read_bytes() == data


def test_weights_that_unsaved_edits_name_stay_in_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was wrong: what was written in 1970 has not been used for half a century, once it is right."""
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path))
    needed, other = tensors.keep({"a": np.zeros(1)}), tensors.keep({"b": np.zeros(1)})
    behind(replace(FIRST, weights=needed))
    for sha in (needed, other):
        os.utime(tensors.path(sha), (0, 0))
    tensors.sweep(60, unsaved.weights)
    assert os.listdir(folders.weights()) == [f"{needed}.safetensors"]


def test_two_windows_that_share_their_settings_forget_nothing(qapp) -> None:
    """Each of two programs adds to a list of what was used lately; what the other one added stays."""
    settings = Settings()
    settings.clear_recent()
    settings.add_recent("first")
    assert settings.file.settle(10)
    code = "from explorer.workspace.settings import Settings; Settings().add_recent('of the other one')"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    settings.add_recent("second")
    assert settings.file.settle(10)
    assert settings.recent == ["second", "of the other one", "first"]


def test_edits_are_on_the_disk_soon_and_gone_when_they_are_saved_or_given_up(soon, start, qtbot, tmp_path) -> None:
    window = start()
    edit(window, "b")
    time.sleep(soon / 2000)
    last = edit(window, "c")  # does not put it off
    qtbot.waitUntil(lambda: len(left()) == 1)
    (file,) = left()
    assert unsaved.read(file) == last
    last = edit(window, "d")
    qtbot.waitUntil(lambda: unsaved.read(file) == last)
    with qtbot.waitSignal(window.session.saved):
        window.session.save(str(tmp_path / "a.cnnx"))
    qtbot.waitUntil(lambda: not left())
    edit(window, "e")
    qtbot.waitUntil(lambda: len(left()) == 1)
    window.session.document.undo()  # as it was saved
    qtbot.waitUntil(lambda: not left())
    edit(window, "f")
    qtbot.waitUntil(lambda: len(left()) == 1)
    window.close_now()
    assert list(folder().iterdir()) == []


@pytest.fixture(scope="module")
def editing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, tuple[subprocess.Popen[str], Path]]]:
    """A program that edits what was saved, and one that edits what was not: both at once, for six seconds of edits take
    six seconds. Each has a folder of its own, with a file and its state."""
    running = {}
    for saved in (True, False):
        room = tmp_path_factory.mktemp("editing")
        project_file.write(room / "a.cnnx", FIRST)
        command = [sys.executable, "-m", "tests.editing_side", *([str(room / "a.cnnx")] if saved else [])]
        environment = os.environ | {"XDG_STATE_HOME": str(room)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
        running[saved] = process, room
    yield running
    for process, _ in running.values():
        process.kill()
        process.communicate()


@pytest.mark.parametrize("saved", [True, False])
def test_a_killed_program_loses_no_more_than_five_seconds(saved: bool, editing, start, qtbot, monkeypatch) -> None:
    process, room = editing[saved]
    monkeypatch.setenv("XDG_STATE_HOME", str(room))
    path = room / "a.cnnx"
    before = path.read_bytes()
    assert process.stdout is not None
    made: dict[int, float] = {}
    while not made or (max(made) < 60 or not left()):
        number, at = process.stdout.readline().split()
        made[int(number)] = float(at)
    other = start()
    assert "ended before" not in other.notices.text, "a living program's edits are its own"
    process.send_signal(signal.SIGKILL)
    killed = time.time()
    process.wait()
    rest = (line.split() for line in process.stdout.read().splitlines())
    made |= {int(number): float(at) for number, at in rest}
    window = start()
    assert ("ended before “a”" if saved else "ended before “Untitled”") in window.notices.text
    press(window, "Bring back")
    document = window.session.document
    qtbot.waitUntil(lambda: len(document.project.network.nodes) > 1)
    found = sum(id.startswith("x") for id in document.project.network.nodes)
    assert found >= max(number for number, at in made.items() if at < killed - 5)
    assert document.path == (str(path) if saved else "")
    assert window.files.unsaved
    assert window.notices.text == "", "what is open here is offered no more"
    window.recovering.offer_or_say()
    assert window.notices.text == "No unsaved edits were left behind."
    assert path.read_bytes() == before
    ours = document.project
    qtbot.waitUntil(lambda: [unsaved.read(file) for file in left()] == [ours])


def test_what_is_not_answered_is_offered_again_and_what_is_deleted_is_not(start) -> None:
    older, newer = behind(replace(FIRST, title="Older"), name="1-a"), behind(replace(FIRST, title="Newer"), name="1-b")
    os.utime(older, (time.time() - 7200,) * 2)
    window = start()
    assert window.notices.text == (
        "The program ended before “Newer” was saved. Its last edit was a moment ago. 1 other after it."
    )
    second = start()
    assert second.notices.text == "", "it is offered in one window"
    window.notices.hide()
    window.close_now()
    window = start()
    press(window, "Delete")
    assert window.notices.text == "The program ended before “Older” was saved. Its last edit was 2 hours ago."
    assert left() == [older]
    press(window, "Delete")
    assert window.notices.text == ""
    assert left() == []
    window.recovering.offer_or_say()
    assert window.notices.text == "No unsaved edits were left behind."
    assert not newer.exists()


def test_an_offer_waits_behind_other_notices(start, tmp_path) -> None:
    behind(FIRST)
    window = start()
    offer = window.notices.text
    window.notices.say("Saved a.cnnx")
    window.notices.findChild(QToolButton).click()
    assert window.notices.text == offer
    window.session.open_project(Project())
    assert window.notices.text == offer, "another network that is opened is no answer"
    path = tmp_path / "b.cnnx"
    project_file.write(path, FIRST)
    for _ in range(TRIES):
        Opening(str(path)).begin()
    window.recovering.open_first(str(path))
    assert window.notices.text.startswith("The program ended 3 times right after “b.cnnx” was opened")
    window.notices.findChild(QToolButton).click()
    assert window.notices.text == offer
    window.notices.findChild(QToolButton).click()
    assert window.notices.text == "", "it was closed, and is offered at the next start"
    window.recovering.offer_or_say()
    assert window.notices.text == offer
    press(window, "Delete")
    assert window.notices.text == ""


def test_they_come_back_beside_unsaved_edits(start, qtbot) -> None:
    behind(FIRST)
    window = start()
    edit(window, "mine")
    press(window, "Bring back")
    qtbot.waitUntil(lambda: window.session.document.project == FIRST)
    assert [tab.unsaved for tab in window.session.document.tabs] == [True, True]
    assert "mine" in window.session.document.tabs[0].project.network.nodes


def test_they_come_back_into_a_file_that_was_opened_meanwhile(start, qtbot, tmp_path) -> None:
    path = tmp_path / "a.cnnx"
    project_file.write(path, FIRST)
    place = folders.state() / "unsaved" / "1-a.unsaved"
    place.parent.mkdir(parents=True, exist_ok=True)
    edited = replace(FIRST, title="edited")
    unsaved.write(place, edited, str(path), "a")
    window = start()
    document = window.session.document
    open_in(window, path)
    mine = edit(window, "mine")
    press(window, "Bring back")
    qtbot.waitUntil(lambda: document.project == edited)
    assert [tab.path for tab in document.tabs] == [str(path)], "two tabs would save over each other"
    assert document.tab.unsaved
    document.undo()
    assert document.project == mine
    document.redo()
    with qtbot.waitSignal(window.session.saved):
        window.files.save()
    assert project_file.read(path) == edited
    assert not window.files.unsaved
    window.close_now()
    assert left() == [], "they are saved: at the next start nothing is offered"


def test_edits_that_cannot_be_read_do_not_hide_the_others(start, qtbot) -> None:
    """Those of a newer version are to be kept for it; older ones of ours could be had by deleting them only."""
    good, newer = behind(FIRST, name="1-a"), behind(replace(FIRST, title="Newer"), name="2-b")
    os.utime(good, (time.time() - 100,) * 2)
    data = newer.read_bytes().replace(b'"version":1', b'"version":99')
    newer.write_bytes(data)
    window = start()
    assert window.notices.text.startswith("The program ended before “Newer” was saved.")
    press(window, "Bring back")
    qtbot.waitUntil(lambda: "newer CNN Explorer" in window.notices.text)
    press(window, "Next")
    assert window.notices.text.startswith("The program ended before “First” was saved.")
    press(window, "Bring back")
    qtbot.waitUntil(lambda: window.session.document.project == FIRST)
    assert newer.read_bytes() == data


def test_its_file_was_saved_since_or_is_gone(start, tmp_path) -> None:
    path = tmp_path / "a.cnnx"
    file = behind(FIRST, str(path))
    assert start().notices.text.endswith("Its last edit was a moment ago, and its file is gone.")
    os.utime(file, (time.time() - 100,) * 2)
    project_file.write(path, FIRST)
    assert told(unsaved.look(file)) == "Its last edit was 1 minute ago, and its file was changed after that."
    os.utime(file, (time.time() + 7200,) * 2)  # the clock went back
    assert told(unsaved.look(file)) == "Its last edit is dated later than now by this computer's clock."


@pytest.mark.parametrize("hurt", ["empty", "cut", "foreign", "no head", "folder", "pipe", "deep", "huge head"])
def test_a_broken_file_is_no_danger(hurt: str, start, qtbot) -> None:
    file = behind(FIRST)
    whole = file.read_bytes()
    cut = whole[: whole.index(b"\n") + 20]
    contents = {
        "empty": b"", "cut": cut, "foreign": b"\x89PNG\r\n\x1a\n" * 9, "no head": whole[whole.index(b"\n") + 1 :],
        "deep": b"[" * 100_000, "huge head": b'{"a": "' + b"x" * 200_000 + b'"}\n',
    }  # fmt: skip
    file.unlink()
    if hurt == "folder":
        file.mkdir()
    elif hurt == "pipe":
        os.mkfifo(file)
    else:
        file.write_bytes(contents[hurt])
    with pytest.raises(NotUnsaved) as refused:
        unsaved.read(file)
    assert 20 < len(str(refused.value)) <= 300
    window = start()
    if hurt == "cut":
        press(window, "Bring back")
        qtbot.waitUntil(lambda: "delete it" in window.notices.text)
        press(window, "Delete")
        assert left() == []
    else:
        assert window.notices.text == ""
        assert left() == [file], "nothing is deleted unasked"


def test_edits_come_back_byte_for_byte_whatever_is_cut(tmp_path) -> None:
    file = tmp_path / "a.unsaved"
    unsaved.write(file, FIRST, "/somewhere/ä\n.cnnx", "a\tb")
    assert unsaved.read(file) == FIRST
    assert unsaved.look(file).path == "/somewhere/ä\n.cnnx"
    whole = file.read_bytes()
    for length in range(len(whole)):
        put(file, whole[:length])
        with pytest.raises(NotUnsaved):
            unsaved.read(file)


def test_a_full_disk_is_told_once_and_nothing_else_happens(soon, start, qtbot, monkeypatch) -> None:
    file = behind(FIRST)
    window = start()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(unsaved, "write", full)
    press(window, "Bring back")
    qtbot.waitUntil(lambda: window.session.document.project == FIRST)
    qtbot.waitUntil(lambda: "not kept for a crash" in window.notices.text)
    window.notices.hide()
    edit(window, "c")
    qtbot.wait(soon + 300)
    assert window.notices.text == ""
    assert left() == [file], "what was brought back is nowhere else yet"
    monkeypatch.undo()
    last = edit(window, "d")
    qtbot.waitUntil(lambda: left() != [file] and len(left()) == 1)
    assert [unsaved.read(file) for file in left()] == [last]


def test_a_file_that_ends_the_program_is_not_opened_a_fourth_time(start, tmp_path, qtbot) -> None:
    path = tmp_path / "a.cnnx"
    project_file.write(path, FIRST)
    for _ in range(TRIES):
        assert not Opening(str(path)).risky
        Opening(str(path)).begin()  # and then it was killed
    window = start()
    opened = []
    window.files.open_path = opened.append  # type: ignore[method-assign]
    window.recovering.open_first(str(path))
    assert opened == []
    assert window.notices.text.startswith("The program ended 3 times right after “a.cnnx” was opened")
    press(window, "Open it")
    assert opened == [str(path)]
    window.close_now()  # by its user
    assert not Opening(str(path)).risky
    window = start()
    window.files.open_path = opened.append  # type: ignore[method-assign]
    window.recovering.open_first(str(path))
    assert len(opened) == 2


def open_in(window: Window, path: Path) -> None:
    window.session._open(project_file.read(path), str(path))


def test_what_others_wrote_is_not_written_over_unasked(start, tmp_path, qtbot, monkeypatch) -> None:
    path, other = tmp_path / "a.cnnx", tmp_path / "b.cnnx"
    project_file.write(path, FIRST)
    window = start()
    open_in(window, path)
    asked: list[str] = []
    answer = [QMessageBox.StandardButton.Cancel]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or answer[0])
    mine = edit(window, "mine")
    with qtbot.waitSignal(window.session.saved):
        window.files.save()
    assert asked == []
    theirs = replace(FIRST, title="theirs, and longer")
    project_file.write(path, theirs)
    again = edit(window, "again")
    window.files.save()
    assert asked == ["a.cnnx was changed by another program since it was opened."]
    assert project_file.read(path) == theirs
    assert window.files.unsaved
    answer[0] = QMessageBox.StandardButton.SaveAll
    monkeypatch.setattr("explorer.ui.files.choose_destination", lambda *_: str(other))
    with qtbot.waitSignal(window.session.saved):
        window.files.save()
    assert project_file.read(path) == theirs
    assert project_file.read(other) == again != mine
    edit(window, "more")
    with qtbot.waitSignal(window.session.saved):
        window.files.save()  # b is ours alone
    assert len(asked) == 2
    project_file.write(other, theirs)
    last = edit(window, "last")
    answer[0] = QMessageBox.StandardButton.Save
    with qtbot.waitSignal(window.session.saved):
        window.files.save()
    assert project_file.read(other) == last
    other.unlink()
    edit(window, "one more")
    with qtbot.waitSignal(window.session.saved):
        window.files.save()  # nothing there that could be lost
    assert len(asked) == 3


def test_a_second_window_on_the_same_file_is_told(start, tmp_path) -> None:
    path, link = tmp_path / "a.cnnx", tmp_path / "link.cnnx"
    project_file.write(path, FIRST)
    link.symlink_to(path)
    first, second = start(), start()
    open_in(first, path)
    assert first.notices.text == ""
    open_in(second, link)
    assert "open in another window" in second.notices.text
    first.close_now()
    third = start()
    second.session.new()
    open_in(third, path)
    assert third.notices.text == ""
