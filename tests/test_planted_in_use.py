"""Planted faults, the third part: cameras, what is kept of edits, undo, old files, jobs side by side, large pictures.

Each is a fault that somebody could make, in the program itself wherever that is possible; the goal's own test sees it.
"""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from pytestqt.exceptions import TimeoutError as TookTooLong
from pytestqt.qtbot import QtBot

from explorer.engine.answers import answer
from explorer.formats import folders, project_file, project_json
from explorer.network.network import Network
from explorer.network.project import Project
from explorer.ui.window import Window
from explorer.workspace import recovery
from explorer.workspace.document import Document
from explorer.workspace.recovery import Opening
from explorer.workspace.session import Session
from explorer.workspace.video.camera import Camera
from explorer.workspace.video.live import Live
from explorer.workspace.worker import Worker
from tests import (
    test_camera,
    test_golden,
    test_jobs_together,
    test_killed,
    test_pictures,
    test_privacy,
    test_recovery,
    test_session,
    test_undo_memory,
    test_worker,
    worker_side,
)
from tests.idle_side import IdleWorker
from tests.video_side import FakeCamera
from tests.window_side import idle_window, window_on

seen = pytest.raises((AssertionError, pytest.fail.Exception, TookTooLong))


@pytest.fixture(autouse=True)
def short_patience() -> Iterator[None]:
    """What a fault keeps from coming is waited for in vain."""
    with pytest.MonkeyPatch.context() as patch:
        for wait in (QtBot.waitUntil, QtBot.waitSignal):
            patch.setitem(wait.__kwdefaults__, "timeout", 5000)
        yield


def nothing(*_: Any, **_more: Any) -> None:
    """Somebody forgot."""


# W1


@pytest.mark.parametrize(
    ("forgotten", "test"),
    [
        ("_check_plug", test_camera.test_a_camera_that_is_unplugged_is_said_and_let_go),
        ("_starve", test_camera.test_a_camera_that_sends_no_more_is_noticed_within_two_seconds),
        ("_compare", test_camera.test_the_same_picture_again_and_again_is_said_once),
        ("_break", test_camera.test_a_camera_that_another_program_has),
        ("_close", test_camera.test_a_camera_that_pauses_is_let_go),
        ("_close", test_camera.test_on_and_off_a_hundred_times),
    ],
    ids=["unplugged", "silent", "frozen", "busy", "not let go", "never let go"],
)
def test_a_camera_that_is_not_looked_after(
    forgotten: str, test: Callable[..., None], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W1."""
    monkeypatch.setattr(Camera, forgotten, nothing)
    camera = FakeCamera()
    camera.heard = test_camera.Heard(camera)  # type: ignore[attr-defined]
    camera.play()
    given = {"qtbot": qtbot, "fake": camera, "monkeypatch": monkeypatch}
    with seen:
        test(**{name: given[name] for name in signature(test).parameters})
    monkeypatch.undo()
    camera.stop()


# P1 and P2


def too_early(live: Live) -> None:
    """The sign goes off, and then the camera."""
    source, live.source = live.source, None
    live.changed.emit()
    if source is not None:
        source.stop()


@pytest.fixture
def window(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """With folders of its own, as in test_privacy, and a worker that need not answer; nobody waits for `SOON`."""
    monkeypatch.setattr(recovery, "SOON", 200)
    monkeypatch.setattr(test_privacy, "MOST", 600)
    for name in test_privacy.FOLDERS:
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    window = idle_window(qtbot)
    yield window
    window.close_now()
    window.session.close()


@pytest.mark.parametrize("fault", ["the sign goes before the camera does", "another network goes on seeing"])
def test_a_camera_that_is_on_unseen(fault: str, window: Window, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1."""
    if fault == "the sign goes before the camera does":
        monkeypatch.setattr(Live, "stop", too_early)
    else:
        monkeypatch.setattr(Live, "close_camera", nothing)
    with seen:
        test_privacy.test_the_sign_is_there_from_before_the_first_frame_until_after_release(window, qtbot)
    monkeypatch.undo()
    window.picture.live.stop()


def test_a_camera_that_is_opened_unasked(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1: what was used last is taken up again."""
    monkeypatch.setattr(Window, "build", lambda window: window.picture.videos.open_camera())
    with seen:
        test_privacy.nobody_opens_a_camera(window, monkeypatch)


@pytest.mark.parametrize("kept", ["raw", "packed", "logged"])
def test_frames_that_are_kept_on_the_disk(
    kept: str, window: Window, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P2: for a crash, as the thumbnail of a recent file, to debug."""
    show = Live._show

    def planted(live: Live, frame: Any, picture: Any, found: Any) -> None:
        place = folders.state()
        place.mkdir(parents=True, exist_ok=True)
        if kept == "raw":
            (place / "last.tmp").write_bytes(picture.pixels[20:24].tobytes())
        elif kept == "packed":
            from PIL import Image

            Image.fromarray(picture.pixels).save(place / "last.tmp", format="png")
        else:
            with (place / "explorer.log").open("a", encoding="utf-8") as log:
                log.write(f"{picture.pixels.tobytes().hex()}\n")
        show(live, frame, picture, found)

    monkeypatch.setattr(Live, "_show", planted)
    with pytest.raises(AssertionError, match="a picture that is packed" if kept != "raw" else "last.tmp"):
        test_privacy.frames_leave_nothing(window, qtbot, tmp_path, 30)


# R5 and R7


PUT_OFF = """
import runpy, sys
from explorer.workspace import recovery
follow = recovery.Recovery._follow
def put_off(self, *rest):
    follow(self, *rest)
    if self.needed:
        self._soon.start()
recovery.Recovery._follow = put_off
sys.argv[0] = "tests.recovering_side"
runpy.run_module("tests.recovering_side", run_name="__main__")
"""


@pytest.mark.nightly
def test_edits_that_are_kept_once_nobody_types(qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R5: each edit puts off the keeping; who goes on working is never safe. In programs that are killed."""
    popen = test_killed.subprocess.Popen

    def planted(words: list[Any], **more: Any) -> Any:
        assert words[1:3] == ["-m", "tests.recovering_side"]
        return popen([sys.executable, "-c", PUT_OFF, *words[3:]], **more)

    monkeypatch.setattr(test_killed.subprocess, "Popen", planted)
    monkeypatch.setattr(test_killed, "AT_ONCE", 2)
    killing = test_killed.Killing(tmp_path, random.Random(5))
    with seen:
        test_killed.test_killed_while_editing(qapp, killing, tmp_path, monkeypatch, 1)


class Killed:
    """In the place of test_killed.Killing: two programs, one with a file; what they left is written here."""

    def __init__(self, path: Path, fault: str) -> None:
        self.room, self.saved = test_killed.Room(path / "state"), path / "a.cnnx"
        project_file.write(self.saved, Project())
        self.whole = self.saved.read_bytes()
        self.starts = {"": Project(), str(self.saved): project_file.read(self.saved)}
        self._fault = fault

    def edits(self) -> dict[int, tuple[dict[int, float], float, str]]:
        from explorer.formats import unsaved

        made = {number: 1000 + number / 10 for number in range(1, 71)}
        folder = folders.state() / "unsaved"
        folder.mkdir(parents=True)
        for number, path in enumerate(self.starts, 1):
            project = test_killed.after(15 if self._fault == "six seconds are lost" else 60, self.starts[path])
            if self._fault == "a place is lost":
                project = replace(project, places={})
            if number == 1 or self._fault != "one is not kept":
                other = "" if self._fault == "whose file is forgotten" else path
                unsaved.write(folder / f"{number}-a.unsaved", project, other, "T")
        if self._fault == "the file itself is written over":
            project_file.write(self.saved, test_killed.after(60, Project()))
        return {number: (made, 1007.0, path) for number, path in enumerate(self.starts, 1)}


FAULTS = ("six seconds are lost", "a place is lost", "one is not kept", "whose file is forgotten",
          "the file itself is written over")  # fmt: skip


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_edits_that_come_back_other_than_they_were(
    fault: str, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5: the check itself, on what programs could leave; a sound one passes."""
    monkeypatch.setattr(test_killed, "AT_ONCE", 2)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    killed: Any = Killed(tmp_path, fault)
    if fault:
        with seen:
            test_killed.test_killed_while_editing(qapp, killed, tmp_path, monkeypatch, 1)
    else:
        test_killed.test_killed_while_editing(qapp, killed, tmp_path, monkeypatch, 1)


@pytest.mark.parametrize("fault", ["not counted", "counted down at once"])
def test_a_file_that_ends_the_program_again_and_again(
    fault: str, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7."""
    begin = Opening.begin
    if fault == "not counted":
        monkeypatch.setattr(Opening, "begin", nothing)
    else:
        monkeypatch.setattr(Opening, "begin", lambda opening: (begin(opening), opening.went_well()))
    with seen:
        test_recovery.test_a_file_that_ends_the_program_is_not_opened_a_fourth_time(window_on, tmp_path, qtbot)


# R9 and R10


@pytest.mark.parametrize("shared", [True, False])
def test_a_history_that_shares_nothing(shared: bool, qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """R9: each step has nodes of its own, as where every edit took the network apart; with 60 of the steps."""
    edit = Document.edit

    def planted(document: Document, text: str, project: Project, merge: str = "") -> None:
        nodes = {id: copy.copy(node) for id, node in project.network.nodes.items()}
        edit(document, text, replace(project, network=Network(nodes)), merge)

    monkeypatch.setattr(test_undo_memory, "STEPS", 60)
    monkeypatch.setattr(test_undo_memory, "MOST", test_undo_memory.MOST / 100)
    if shared:
        test_undo_memory.test_ten_thousand_steps(qapp, monkeypatch)
    else:
        monkeypatch.setattr(Document, "edit", planted)
        with seen:
            test_undo_memory.test_ten_thousand_steps(qapp, monkeypatch)


@pytest.mark.parametrize("fault", ["a part is not read", "a part is not written"])
def test_a_part_of_old_files_that_is_lost(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R10."""
    read, write = project_file.read, project_file.write
    if fault == "a part is not read":
        monkeypatch.setattr(project_file, "read", lambda path: replace(read(path), bookmarks={}))
    else:
        monkeypatch.setattr(project_file, "write", lambda path, project: write(path, replace(project, bypassed={})))
    with seen:
        test_golden.test_a_project_of_november_2026_opens_as_it_was(tmp_path)


@pytest.mark.parametrize("fault", ["it is opened", "it is made one of today"])
def test_a_file_of_the_future_that_is_believed(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: whoever saves it then loses what this program does not know."""
    read = project_file.read
    if fault == "it is opened":
        monkeypatch.setattr(project_json, "_check_version", nothing)
    else:

        def planted(path: Path) -> Project:
            data = path.read_bytes()
            path.write_bytes(data[:-1])
            path.with_suffix(".bak").write_bytes(data)
            return read(path.with_suffix(".bak"))

        monkeypatch.setattr(project_file, "read", planted)
    with seen:
        test_golden.test_a_file_of_the_future_is_refused_and_left_as_it_is(tmp_path)


# U6


class Careless:
    """A worker of this process, whose cache knows a network by its layers alone."""

    state = "ready"

    def __init__(self, fault: str) -> None:
        self._fault = fault
        self._first: dict[Any, Project] = {}

    def ask(
        self,
        _lane: str,
        question: Any,
        hear: Callable[[Any], None],
        say: Callable[[str], None],
        end: Callable[[], None],
    ) -> None:
        if self._fault == "weights are mixed up":
            known = tuple(question.project.network.nodes)
            question = replace(question, project=self._first.setdefault(known, question.project))
        try:
            for step in answer(question):
                hear(step)
        except Exception as error:
            say(str(error))
        else:
            end()


@pytest.mark.parametrize("fault", ["", "weights are mixed up"])
def test_networks_that_are_taken_for_each_other(fault: str, tmp_path: Path) -> None:
    """U6."""
    worker: Any = Careless(fault)
    if fault:
        with seen:
            test_jobs_together.test_a_network_is_swapped_while_it_runs(worker, None, tmp_path, 2)
    else:
        test_jobs_together.test_a_network_is_swapped_while_it_runs(worker, None, tmp_path, 2)


# M3


@pytest.mark.parametrize("fault", ["the window takes it again", "the window is not told", "its process goes on"])
def test_a_graphics_card_that_is_used_again(fault: str, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """M3."""
    if fault == "its process goes on":
        worker = Worker(worker_side.serve_careless)
        worker.start()
        with seen:
            test_worker.test_a_graphics_card_that_is_lost_is_not_used_again(qtbot, worker, 1)
        worker.close()
        return
    if fault == "the window takes it again":
        monkeypatch.setattr(Session, "_show_devices", best)
    session = Session(Document(), IdleWorker())
    session.worker.start()
    if fault == "the window is not told":
        session.worker.device_lost.disconnect()
    with seen:
        test_session.test_a_lost_graphics_card_leaves_the_cpu(qtbot, session)
    session.close()


def best(session: Session, devices: Any) -> None:
    """Whatever happened, the best there is."""
    session.devices = devices
    session.set_device(devices[0].id)


# M5


@pytest.mark.nightly
def test_a_picture_of_which_a_copy_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M5: in the process that is measured."""
    wanted = "picture = decode(sys.argv[1])"
    assert wanted in test_pictures.MEASURE
    more = f"{wanted}\n    more = picture.pixels.astype('float32')"
    monkeypatch.setattr(test_pictures, "MEASURE", test_pictures.MEASURE.replace(wanted, more))
    with seen:
        test_pictures.test_memory_at_100_megapixels(tmp_path, "1.png", test_pictures.QUICK)


def test_a_picture_that_is_read_before_it_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M5."""
    monkeypatch.setattr(test_pictures, "decode", nothing)
    with seen:
        test_pictures.test_more_than_100_megapixels_is_refused(tmp_path)
