"""A disk that does not answer, such as a network drive whose other end is gone, keeps no window waiting and loses
nothing; neither does a pipe, or a folder, where a file should be."""

from __future__ import annotations

import builtins
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

from explorer.classics.catalogue import CLASSICS
from explorer.engine import library
from explorer.formats import answering, folders, home, kept_work, pictures, project_file, regular, tensors, unsaved
from explorer.formats.atomic import CannotSave, replacing
from explorer.formats.picture_names import picture_names
from explorer.formats.regular import NotReadable
from explorer.ui.own_code_dialog import OwnCodeDialog
from explorer.ui.teaching_dialog import CHOSEN, TeachingDialog, chosen_last
from explorer.ui.window import Window
from explorer.workspace import disk, recovery, saving, settings_file
from explorer.workspace import log_file as log_file_module
from explorer.workspace.exports import write_bytes
from explorer.workspace.settings import Settings
from tests.own_time import own_time
from tests.window_side import idle_window

ROOT = Path(__file__).resolve().parents[1]
SMALL = CLASSICS["lenet5"].project
SILENT = "does not answer"
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class SilentDisk:
    """A folder whose disk stops answering: whoever asks it then waits, until it answers again.

    asked: what was asked of it in the window's own thread meanwhile, which would be a frozen window. only: which calls
    wait, all where that is empty.
    """

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.only, self.asked = path, "", []
        path.mkdir()
        self._answers = threading.Event()
        self._answers.set()
        for module, name in (
            (os, "stat"),
            (os, "lstat"),
            (os, "scandir"),
            (os, "listdir"),
            (os, "open"),
            (os, "mkdir"),
            (os, "unlink"),
            (builtins, "open"),
        ):
            monkeypatch.setattr(module, name, self._waiting(name, getattr(module, name)))

    def fall_silent(self, only: str = "") -> None:
        self.only = only
        self._answers.clear()

    def come_back(self) -> None:
        self._answers.set()

    def _waiting(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wait(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if self.only in ("", name) and str(path).startswith(str(self.path)) and not self._answers.is_set():
                if threading.current_thread() is threading.main_thread():
                    self.asked.append(f"{name} {path}")
                else:
                    self._answers.wait(60)
            return call(path, *args, **kwargs)

        return wait


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentDisk]:
    monkeypatch.setattr(disk, "MOMENT", 0.005)
    monkeypatch.setattr(disk, "STARTING", 0.02)
    monkeypatch.setattr(answering, "_lately", {})
    for module, name in (
        (disk, "PATIENCE"), (disk, "WRITING"), (answering, "PATIENCE"), (saving, "PATIENCE"), (saving, "LOOK"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.2)
    found = SilentDisk(tmp_path / "far", monkeypatch)
    yield found
    found.come_back()


@contextmanager
def begun(qtbot: Any, silent: SilentDisk) -> Iterator[Window]:
    """The window, which ends once the disk is back."""
    window = idle_window(qtbot)
    yield window
    silent.come_back()
    window.close_now()
    window.session.close()


@pytest.fixture
def window(qtbot: Any, silent: SilentDisk) -> Iterator[Window]:
    Settings().file.clear()
    with begun(qtbot, silent) as window:
        yield window
    Settings().file.clear()


def dropped(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def opened(window: Window, silent: SilentDisk) -> Path:
    """A project of that disk is open, with an edit."""
    path = silent.path / "net.cnnx"
    project_file.write(path, SMALL)
    window.session._open(SMALL, str(path))
    window.session.document.edit("Rename", replace(SMALL, title="edited"))
    return path


def test_saving_tells_and_nothing_is_lost(window: Window, silent: SilentDisk, qtbot, tmp_path: Path) -> None:
    path, notices = opened(window, silent), window.notices
    silent.fall_silent()
    window.files.save()
    qtbot.waitUntil(lambda: SILENT in notices.text)
    assert notices.text.startswith("Not saved. The disk that “net.cnnx” lies on does not answer")
    silent.come_back()
    silent.fall_silent("open")  # it says what is there, and takes nothing
    window.files.save()
    qtbot.waitUntil(lambda: notices.text.startswith("“net.cnnx” is not saved yet"))
    assert window.files.unsaved
    other = tmp_path / "here.cnnx"
    window.session.save(str(other))
    qtbot.waitUntil(lambda: not window.files.unsaved)
    assert project_file.read(other).title == "edited"
    assert window.session.work["save"].text == "Saving net.cnnx", "that one is tried further"
    silent.come_back()
    qtbot.waitUntil(lambda: "save" not in window.session.work)
    assert project_file.read(path).title == "edited"
    assert window.session.document.path == str(other)
    assert silent.asked == []


def test_leaving_does_not_wait_for_ever(window: Window, silent: SilentDisk, qtbot) -> None:
    path = opened(window, silent)
    silent.fall_silent("open")
    window.session.save(str(path))
    window.close_now()
    assert not window.isVisible()
    assert silent.asked == []
    silent.come_back()
    assert project_file.read(path).title in ("edited", SMALL.title)


def test_files_are_opened_or_refused(window: Window, silent: SilentDisk, qtbot) -> None:
    path, picture = opened(window, silent), silent.path / "a.png"
    window.session.new()
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(picture))
    silent.fall_silent()
    failed: list[str] = []
    window.session.failed.connect(lambda _, sentence: failed.append(sentence))
    window.settings.reopens, window.settings.open_files = True, [str(path)]
    window.reopening.begin()
    qtbot.waitUntil(lambda: len(failed) == 1)
    window.files.open_path(str(path))  # the question goes to the worker
    window.picture._take(dropped(silent.path))
    qtbot.waitUntil(lambda: SILENT in window.picture.lane.problem.text())
    window.picture.videos.open_file(str(silent.path / "a.mp4"))
    page, data = window.pages.data_set, dropped(silent.path)
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
    page.dropEvent(drop)
    qtbot.waitUntil(lambda: SILENT in page.problem.text())
    dialog = OwnCodeDialog(window, "a:b", str(silent.path))
    assert not dialog.run.isEnabled()
    dialog.deleteLater()
    assert all(SILENT in sentence for sentence in failed)
    assert silent.asked == []


def test_a_training_whose_pictures_lie_there_begins_without_them(
    silent: SilentDisk, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(silent.path / "state"))
    window.settings.set_choice(CHOSEN, json.dumps([str(silent.path / "scream.jpg"), str(silent.path)]))
    silent.fall_silent()
    window.commands.run("Train a style…")
    dialog = window.findChild(TeachingDialog)
    assert dialog.style_button.text() == "Choose picture…"
    dialog.teaching.choose("scream.jpg", "photos")
    dialog.start.click()
    assert dialog.teaching.running, "it says itself where it cannot be kept"
    assert silent.asked == []
    silent.come_back()
    assert chosen_last(window.settings) == ("", str(silent.path)), "what was chosen is not forgotten for that"


def test_an_export_is_told(silent: SilentDisk, window: Window) -> None:
    silent.fall_silent("open")
    with pytest.raises(TimeoutError):
        write_bytes(str(silent.path / "a.png"), b"data")
    silent.come_back()
    write_bytes(str(silent.path / "b.png"), b"data")
    assert (silent.path / "b.png").read_bytes() == b"data"
    assert silent.asked == []


def test_unsaved_edits_of_a_file_there_are_offered(silent: SilentDisk, qtbot) -> None:
    place = folders.state() / "unsaved" / "1-a.unsaved"
    place.parent.mkdir(parents=True, exist_ok=True)
    unsaved.write(place, SMALL, str(silent.path / "net.cnnx"), "Far")
    silent.fall_silent()
    with begun(qtbot, silent) as window:
        qtbot.waitUntil(lambda: SILENT in window.notices.text)
        said = window.notices.text
        assert said.startswith("The program ended before “Far” was saved. Its last edit was a moment ago.")
        assert silent.asked == []


def test_edits_that_cannot_be_kept_are_told_and_leaving_does_not_wait(
    silent: SilentDisk, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk with the folders of the program's own falls silent while one works."""
    monkeypatch.setenv("XDG_STATE_HOME", str(silent.path / "state"))
    monkeypatch.setattr(recovery, "PATIENCE", 0.2)
    monkeypatch.setattr(recovery, "SOON", 50)
    window, opening, log_file = idle_window(qtbot), recovery.Opening("a.cnnx"), log_file_module.LogFile()
    silent.fall_silent()
    opening.begin()
    assert not opening.risky
    log_file.handle(logging.makeLogRecord({"msg": "it went wrong"}))
    window.session.document.edit("Rename", replace(SMALL, title="edited"))
    qtbot.waitUntil(lambda: SILENT in window.notices.text)
    assert window.notices.text.startswith("Unsaved edits are not kept for a crash: The disk that “unsaved” lies on")
    began = own_time()
    window.close_now()
    window.session.close()
    log_file.close()
    assert own_time() - began < 10
    assert silent.asked == []
    silent.come_back()
    qtbot.waitUntil(lambda: (silent.path / "state" / "cnn-explorer" / "log" / "explorer.log").exists())


def test_what_was_left_there_cannot_be_seen(silent: SilentDisk, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(silent.path / "state"))
    silent.fall_silent()
    with begun(qtbot, silent) as window:
        qtbot.waitUntil(lambda: SILENT in window.notices.text)
        assert window.notices.text.startswith("Whether unsaved edits were left behind cannot be seen. The disk that")
        assert silent.asked == []


FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", folders.VARIABLE)


@pytest.mark.parametrize(
    ("away", "told"),
    [
        ((), ""),
        (("HOME",), "Your home folder lies on a disk that does not answer: look whether it is connected"),
        (("XDG_CONFIG_HOME",), "The folder of settings lies on a disk that does not answer"),
        (
            ("XDG_STATE_HOME", "XDG_CACHE_HOME", folders.VARIABLE),
            "The folders of unsaved edits and the model library lie",
        ),
    ],
)
def test_the_program_s_own_folders_are_replaced_where_their_disk_is_silent(
    away: tuple[str, ...], told: str, silent: SilentDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "PATIENCE", 0.8)  # those that answer must have come to it, on a busy machine, too
    for name in FOLDERS:
        place = (silent.path if name in away else tmp_path) / name
        os.mkdir(place)
        monkeypatch.setenv(name, str(place))
    before = {name: os.environ[name] for name in FOLDERS}
    silent.fall_silent()
    said = home.stand_in.__wrapped__()
    assert said.startswith(told)
    assert bool(said) == bool(away)
    assert len(said) <= 300
    assert {name for name in FOLDERS if os.environ[name] != before[name]} == {*away}
    assert all(os.access(os.environ[name], os.W_OK) for name in away)
    assert silent.asked == []


def test_the_program_begins_where_the_disk_of_the_chosen_cache_folder_is_silent(
    silent: SilentDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "PATIENCE", 0.4)
    for name in (folders.VARIABLE, folders.STORE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folders.choose(silent.path / "cache")
    silent.fall_silent()
    home.store()
    assert silent.asked == []
    assert folders.STORE not in os.environ, "what is kept there is not lost: the disk may come back"


HUNG = """
import os, sys, time
far, asked = sys.argv[1], os.stat
def stat(path, *more, **words):
    if str(path).startswith(far):
        time.sleep(600)
    return asked(path, *more, **words)
os.stat = stat
from PySide6.QtCore import QSettings, QTimer
from explorer import start
from explorer.formats import home
from explorer.ui import application
from explorer.workspace.worker import Worker
home.PATIENCE = 0.5
Worker.start = lambda _: None
shown = application.after_paint
def leave(window):
    print(window.notices.text, flush=True)
    window.settings.ruler = True
    assert window.settings.file.settle(20)
    place = QSettings("cnn-explorer", "cnn-explorer").fileName()
    os.remove(place)
    os.mkfifo(place)
    window.settings.ruler = False
    window.close_now()
def soon(window):
    shown(window)
    QTimer.singleShot(0, lambda: leave(window))
application.after_paint = soon
sys.exit(start.main([]))
"""


def test_the_window_opens_without_a_home_that_answers(tmp_path: Path) -> None:
    """In a process of its own: whoever asks there waits for ten minutes; and, in the end, who would read settings from
    a pipe waits for ever."""
    environment = {name: value for name, value in os.environ.items() if name not in FOLDERS}
    environment |= {"HOME": str(tmp_path / "far"), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", HUNG, str(tmp_path / "far")]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("Your home folder lies on a disk that does not answer"), said.stderr
    assert "What was chosen last is not remembered: The disk that “cnn-explorer.conf” lies on" in said.stderr
    assert not (tmp_path / "far").exists()


def test_readers_do_not_wait_either(silent: SilentDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the worker and the command line ask."""
    monkeypatch.setenv(folders.VARIABLE, str(silent.path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(silent.path / "state"))
    silent.fall_silent()
    for ask, error in (
        (regular.size, NotReadable), (pictures.decode, pictures.PictureError), (picture_names, pictures.PictureError),
        (lambda path: replacing(path).__enter__(), CannotSave), (lambda _: folders.models(), CannotSave),
        (lambda _: library.cards(), CannotSave),
        (lambda _: unsaved.weights(), TimeoutError),
    ):  # fmt: skip
        said: list[BaseException] = []

        def run(ask: Callable[[Path], object] = ask, said: list[BaseException] = said) -> None:
            try:
                ask(silent.path / "a.png")
            except Exception as problem:
                said.append(problem)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
        assert [type(one) for one in said] == [error]
        assert SILENT in str(said[0])
        if error is not TimeoutError:
            assert "look whether it is connected" in str(said[0])


def test_the_newest_look_wins(silent: SilentDisk, qtbot, window: Window) -> None:
    said: list[object] = []
    look = disk.Look(window)
    silent.fall_silent()
    look.ask("a", lambda: os.path.exists(silent.path / "a"), said.append, said.append)
    look.ask("b", lambda: "b", said.append, said.append)
    qtbot.waitUntil(lambda: said == ["b"])
    silent.come_back()
    qtbot.wait(50)
    assert said == ["b"]


PIPES: dict[str, Callable[[], object]] = {
    "the note of the cache folder": lambda: (folders._note(), folders._chosen),
    "the user's own models": lambda: (folders.own_models(), _listed),
    "what a search found": lambda: (folders.searches() / "a", lambda: kept_work.read("a", {})),
    "weights": lambda: (tensors.place("a" * 64), lambda: tensors._is_good(tensors.place("a" * 64), "a" * 64)),
}


def _listed() -> object:
    from explorer.engine.own_files import listed

    return listed()


@pytest.mark.parametrize("name", PIPES)
def test_a_pipe_where_a_file_of_ours_should_be_is_passed_over(name: str, tmp_path: Path, monkeypatch) -> None:
    for variable in ("XDG_CONFIG_HOME", "CNN_EXPLORER_CACHE"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    path, read = PIPES[name]()
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(read()), daemon=True)
    thread.start()
    thread.join(20)
    assert [bool(one) for one in found] == [False]


START = """
from PySide6.QtCore import QTimer
from explorer.ui import application
from explorer.workspace.worker import Worker
Worker.start = lambda _: None
shown = application.after_paint
def soon(window):
    shown(window)
    print(window.notices.text, flush=True)
    window.settings.ruler = True
    print(type(window.settings)().ruler)
    QTimer.singleShot(0, window.close_now)
application.after_paint = soon
application.open_window()
"""


def test_the_program_starts_with_a_pipe_for_its_settings(tmp_path: Path) -> None:
    place = tmp_path / "cnn-explorer" / "cnn-explorer.conf"
    place.parent.mkdir()
    os.mkfifo(place)
    environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    command = [sys.executable, "-c", START]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    assert said.stdout == (
        "“cnn-explorer.conf” is a device or a pipe, not a file, so choices are not remembered: "
        "look after it in the folder of settings.\nTrue\n"
    ), said.stderr
    assert place.is_fifo()


def test_what_is_wrong_with_settings_is_told(tmp_path: Path, silent: SilentDisk, monkeypatch) -> None:
    fault, place = settings_file.fault.__wrapped__, tmp_path / "cnn-explorer" / "cnn-explorer.conf"
    assert fault(str(tmp_path)) == ""
    place.mkdir(parents=True)
    assert fault(str(tmp_path)).startswith("“cnn-explorer.conf” is a folder, not a file")
    silent.fall_silent()
    monkeypatch.setattr(settings_file, "PATIENCE", 0.05)
    assert fault(str(silent.path)).startswith("“cnn-explorer.conf” lies on a disk that does not answer")
    assert silent.asked == []
