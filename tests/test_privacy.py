"""P1 and P2 of docs/security.md, and W1's freeze: a camera is never on unseen, and nothing of it reaches the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMenu

from explorer.layers.dense import Input
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.log_file import start_log
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.video.camera import Camera
from explorer.workspace.worker import Worker
from tests.own_time import own_time
from tests.video_side import FakeCamera, serve_quick
from tests.window_side import idle_window

pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
FOLDERS = (
    "TMPDIR",
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "CNN_EXPLORER_CACHE",
)
MOST = 30_000
"""Milliseconds that a camera may take to be let go."""


class Told(FakeCamera):
    """Notes what the window said when the camera went on and off."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self.window, self.seen, self.released = window, [], 0.0

    def note(self, what: str) -> None:
        title, sign = self.window.windowTitle().startswith("● Camera on"), self.window.picture.bar.on.isVisible()
        self.seen.append((what, title, sign))

    def _close(self) -> None:
        super()._close()
        self.released = own_time()
        self.note("released")


@pytest.fixture
def window(qtbot, qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """With a log, unsaved edits and a worker, all in folders of its own."""
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    window = Window(Session(Document(), Worker(serve_quick)), Settings())
    window.resize(1280, 800)
    window.show()
    window.complete()
    start_log()
    window.session.document.edit("Begin", Project(Network({"in": Node("in", Input(3, 8, 8))})))
    qtbot.waitUntil(lambda: window.session.worker.state == "ready", timeout=60_000)
    yield window
    window.close_now()


def test_the_sign_is_there_from_before_the_first_frame_until_after_release(window: Window, qtbot) -> None:
    videos, live = window.picture.videos, window.picture.live
    assert not window.windowTitle().startswith("●")
    ends = {
        "stop": live.stop, "pause": lambda: camera.pause(), "another network": lambda: window.session.opened.emit(""),
        "unplug": lambda: camera._devices.videoInputsChanged.emit(), "another video": lambda: videos.open(FakeCamera),
        "minimise": window.showMinimized, "close": window.close_now,
    }  # fmt: skip
    for end, act in ends.items():
        camera = Told(window)
        videos.open(lambda camera=camera: camera)
        noted = live.shown.connect(lambda _, camera=camera: camera.note("frame"))
        for number in range(5):
            camera.send(number)
            qtbot.wait(10)
        qtbot.waitUntil(lambda camera=camera: len(camera.seen) >= 2)
        live.shown.disconnect(noted)
        began = own_time()
        act()
        qtbot.waitUntil(lambda camera=camera: not camera.open, timeout=MOST)
        assert all(title and sign for what, title, sign in camera.seen if what == "frame"), end
        if end != "pause":
            assert camera.released - began < 0.5, end
            assert camera.seen[-1][:2] == ("released", True), f"{end}: the sign went before the camera did"
        if end not in ("close", "another video"):
            assert not window.windowTitle().startswith("●"), end
            assert not window.picture.bar.on.isVisible(), end
        if end == "minimise":
            window.showNormal()
        assert not [link for link in links() if link.startswith("/dev/video")]


def links() -> list[str]:
    """What this process has open."""
    folder = Path("/proc/self/fd")
    return [os.readlink(one) for one in folder.iterdir() if one.is_symlink()] if folder.is_dir() else []


def test_no_camera_is_opened_unasked(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where one was used last time: the window begins, is left and comes back, and shows pages and panels."""
    window = idle_window(qtbot)
    opened = nobody_opens_a_camera(window, monkeypatch)
    window.pages.start.camera.click()
    assert opened == []  # the detector is fetched first
    window.picture.videos.open_camera()
    assert opened == ["Test camera"]
    window.close_now()
    window.session.close()


def nobody_opens_a_camera(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Go through the window without a click on a camera; then, which ones are opened from now on."""
    opened: list[str] = []
    monkeypatch.setattr(Camera, "play", lambda camera: opened.append(camera._name))
    Settings().set_choice("camera", "Test camera")
    Settings().reopens = True
    window.reopening.begin()
    window.showMinimized()
    window.showNormal()
    window.pages.show_library()
    window.build()
    for dock in window.docks.values():
        dock.raise_()
    window.picture.videos.fill_cameras(QMenu(window))
    window.session.opened.emit("")
    QApplication.processEvents()
    assert opened == []
    return opened


def test_five_hundred_frames_leave_no_pixels_anywhere(window: Window, qtbot, tmp_path: Path) -> None:
    """With a log, and with edits that are kept for a crash meanwhile."""
    frames_leave_nothing(window, qtbot, tmp_path, 500)


def frames_leave_nothing(window: Window, qtbot, tmp_path: Path, frames: int) -> None:
    """They are noise, which no file shrinks."""
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    image = QImage(noise.tobytes(), 64, 48, 192, QImage.Format.Format_RGB888)
    camera, sent = FakeCamera(), []
    window.picture.videos.open(lambda: camera)
    window.picture.live.shown.connect(sent.append)
    from PySide6.QtMultimedia import QVideoFrame

    for number in range(frames):
        image.setPixel(0, 0, number)  # a camera that stands still is another matter
        camera.input.sendVideoFrame(QVideoFrame(image))
        qtbot.wait(3)
        if number % 100 == 10:
            document = window.session.document
            more = document.project.network.with_node(Node(f"n{number}", Input(1, 4, 4)))
            document.edit("Add", document.project.rewired(more))
    qtbot.waitUntil(lambda: len(sent) > min(50, frames // 2))
    qtbot.waitUntil(lambda: any(tmp_path.rglob("*.unsaved")))
    window.picture.live.stop()
    qtbot.wait(100)
    assert window.session.picture is not None
    looks = (noise, window.session.picture.pixels)  # on its way Qt changes a frame a little
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    rows = [look[row, :, ::way].tobytes() for look in looks for row in (1, 20, 47) for way in (1, -1)]
    for path in found:
        data = path.read_bytes()
        assert not any(row[9:33] in data for row in rows), path
        assert len(data) < noise.size // 2, "a file as large as a picture that is packed, or a log with one"
    assert {path.suffix for path in found} <= {".unsaved", ".lock", ".log", ".conf", ".ini", ".json", ".tmp", ""}
    assert any(path.suffix == ".unsaved" for path in found), "else nothing was looked at"


def test_a_picture_that_stands_still_is_said_within_three_seconds(qtbot) -> None:
    """W1, with the true patience."""
    camera, said = FakeCamera(), []
    camera.said.connect(said.append)
    camera.play()
    began = own_time()
    while not said and own_time() - began < 5:
        camera.send(5)
        qtbot.wait(30)
    assert own_time() - began < 3.3
    assert "the same picture again and again" in said[0]
    camera.stop()


def test_unplugged_while_a_frame_is_on_its_way(qtbot) -> None:
    """W1: the frame is still sent, or not, and the camera is let go."""
    for number in range(20):
        camera, said = FakeCamera(), []
        camera.said.connect(said.append)
        camera.play()
        camera.send(number)
        camera._devices.videoInputsChanged.emit()
        camera.send(number)
        qtbot.waitUntil(lambda camera=camera: camera.state == "stopped")
        assert said == ["Test camera was unplugged: plug it in again, and start it."]
        assert not camera.open
