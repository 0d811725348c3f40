"""What is remembered, and written by a thread: other windows of the program, disks that are full or fall silent.

A pipe in the place of the file keeps Qt waiting as a disk does that does not answer, for as long as one likes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from PySide6.QtCore import QByteArray, QObject, QSettings

from explorer.formats import answering
from explorer.workspace import settings_file
from explorer.workspace.settings import Settings
from explorer.workspace.settings_file import Lateness, SettingsFile, Values
from tests.window_side import idle_window

LONG = 30.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_file, "GATHER", 0.0)


def on_disk(path: str) -> Values:
    file = QSettings(path, QSettings.Format.IniFormat)
    return {name: file.value(name) for name in file.allKeys()}


class Pipe:
    """In the place of a file: whoever opens it waits until it is let go, or is found to wait far too long."""

    def __init__(self, path: str) -> None:
        self.path, self.given_up = path, False
        os.remove(path)
        os.mkfifo(path)
        self._late = threading.Timer(LONG, self._give_up)
        self._late.start()

    def let_go(self) -> None:
        self._late.cancel()
        Path(f"{self.path}.new").touch()
        waiting = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)  # for writing alone it would wait for a reader
        os.replace(f"{self.path}.new", self.path)
        time.sleep(0.1)
        os.close(waiting)

    def _give_up(self) -> None:
        self.given_up = True
        self.let_go()


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    found = SettingsFile(str(tmp_path / "a.conf"))
    found.set("theme", "dark")
    assert found.settle(LONG)
    return found


NAMES = some.sampled_from(["theme", "folder/a", "folder/b", "recent", "choice/größe"])
TEXT = some.text(some.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
STEPS = some.lists(
    some.one_of(
        some.tuples(some.just("set"), NAMES, some.one_of(TEXT, some.binary(max_size=9).map(QByteArray))),
        some.tuples(some.just("remove"), some.sampled_from(["theme", "folder", "choice/größe", "fold"]), some.none()),
        some.tuples(some.just("clear"), some.none(), some.none()),
        some.tuples(some.just("add"), some.none(), TEXT),
        some.tuples(some.just("settle"), some.none(), some.none()),
    ),
    max_size=12,
)


@given(STEPS)
@example([("set", "theme", QByteArray(b""))])  # which equals None
@hypothesis_settings(max_examples=10, deadline=None)
def test_what_is_remembered_is_what_a_dictionary_would_hold(tmp_path_factory, steps: list[Any]) -> None:
    path = str(tmp_path_factory.mktemp("settings") / "a.conf")
    file, held = SettingsFile(path), Values()
    for what, name, value in steps:
        if what == "set":
            file.set(name, value)
            held[name] = value
        elif what == "remove":
            file.remove(name)
            held = {each: held[each] for each in held if each != name and not each.startswith(f"{name}/")}
        elif what == "clear":
            file.clear()
            held = {}
        elif what == "add":
            file.change(lambda values, more=value: values.update(recent=f"{more}|{values.get('recent', '')!r}"))
            held["recent"] = f"{value}|{held.get('recent', '')!r}"
        else:
            assert file.settle(LONG)
        assert {name: file.value(name) for name in held} == held
    assert file.settle(LONG)
    assert on_disk(path) == held
    assert {name: SettingsFile(path).value(name) for name in held} == held


def test_two_programs_add_to_one_list_and_see_what_the_other_chose(file: SettingsFile, tmp_path: Path, monkeypatch):
    other = SettingsFile(str(tmp_path / "a.conf"))
    for number in range(6):
        one = (file, other)[number % 2]
        one.change(lambda values, number=number: values.update(recent=f"{values.get('recent', '')}{number}"))
        assert one.settle(LONG)
    assert other.value("recent") == "012345"
    assert file.value("recent") == "01234"
    monkeypatch.setattr(settings_file, "FRESH", 0.0)
    file.look()
    assert file.settle(LONG)
    assert file.value("recent") == "012345"


def test_what_cannot_be_written_holds_for_now_and_is_written_later(tmp_path: Path, qtbot, monkeypatch) -> None:
    (tmp_path / "in the way").touch()
    monkeypatch.setattr(answering, "PATIENCE", 0.02)
    file, said, window = SettingsFile(str(tmp_path / "in the way" / "a.conf")), [], QObject()
    late = Lateness(file, said.append, window)
    file.set("theme", "dark")
    assert file.settle(LONG)
    file.set("ruler", "on")
    assert file.settle(LONG)
    assert (file.value("theme"), file.value("ruler")) == ("dark", "on")
    qtbot.waitUntil(lambda: bool(said))
    qtbot.wait(60)
    assert said == [
        "Choices are not remembered: “cnn-explorer.conf” cannot be written: look whether its disk is full, and "
        "whether you may write there."
    ]
    os.remove(tmp_path / "in the way")
    file.set("minimap", "off")
    assert file.settle(LONG)
    assert file.problem == ""
    there = on_disk(str(tmp_path / "in the way" / "a.conf"))
    assert there == {"theme": "dark", "ruler": "on", "minimap": "off"}
    assert late.parent() is window


def test_where_no_file_of_ours_is_written_the_system_is_asked_whether_it_kept_it(tmp_path: Path, monkeypatch) -> None:
    place = tmp_path / "folder"
    place.touch()
    kept = str(place / "a.conf")
    monkeypatch.setattr(settings_file, "IN_A_FILE", False)  # as on Windows and macOS
    monkeypatch.setattr(settings_file, "FRESH", 0.0)
    monkeypatch.setattr(settings_file, "_of_the_system", lambda: QSettings(kept, QSettings.Format.IniFormat))
    file = SettingsFile()
    file.set("theme", "dark")
    assert file.settle(LONG)
    assert file.problem.startswith("“cnn-explorer.conf” cannot be written")
    file.look()
    assert file.settle(LONG)
    assert file.value("theme") == "dark", "it holds as long as the program"
    place.unlink()
    file.set("ruler", "on")
    assert file.settle(LONG)
    assert (file.problem, on_disk(kept)) == ("", {"theme": "dark", "ruler": "on"})


def test_a_disk_that_falls_silent_keeps_nobody_waiting(file: SettingsFile, tmp_path: Path, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(settings_file, "LEAVING", 0.05)
    monkeypatch.setattr(answering, "PATIENCE", 0.05)
    said, window, pipe = [], QObject(), Pipe(str(tmp_path / "a.conf"))
    late = Lateness(file, said.append, window)
    file.set("theme", "light")
    assert file.value("theme") == "light"
    qtbot.waitUntil(lambda: bool(said))
    file.set("ruler", "on")
    assert said == [
        "Choices are not remembered: The disk that “cnn-explorer.conf” lies on does not answer: look whether it is "
        "connected, then try again."
    ]
    assert file.leave().startswith("What was chosen last is not remembered: The disk that “cnn-explorer.conf” lies on")
    assert not pipe.given_up
    pipe.let_go()
    assert file.settle(LONG), "it came back"
    assert on_disk(str(tmp_path / "a.conf")) == {"theme": "light", "ruler": "on"}
    assert file.leave() == ""
    assert late.parent() is window


@pytest.fixture
def silent() -> Iterator[Pipe]:
    """The file that windows have here."""
    path = QSettings("cnn-explorer", "cnn-explorer").fileName()
    Settings().file.clear()
    Settings().file.set("theme", "light")
    assert Settings().file.settle(LONG)
    pipe = Pipe(path)
    yield pipe
    pipe.let_go()
    Settings().file.clear()
    assert Settings().file.settle(LONG)


def test_one_works_on_in_the_window_and_leaves_it(silent: Pipe, qtbot, tmp_path: Path) -> None:
    window = idle_window(qtbot)
    window.set_theme("dark")
    window.toggle_ruler()
    window.toggle_minimap()
    window.settings.add_recent(str(tmp_path / "net.cnnx"))
    window.settings.set_shortcut("File/Save", "Ctrl+J")
    assert Settings().recent == [str(tmp_path / "net.cnnx")], "all parts of the window know"
    assert (Settings().theme, Settings().ruler, Settings().minimap) == ("dark", True, False)
    window.docks["Inspector"].hide()
    window.close_now()
    window.session.close()
    assert not Settings().layout("docks").isEmpty()
    assert Settings().file.stuck(0)
    assert not silent.given_up
