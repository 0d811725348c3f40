"""Cameras that are not there, are taken away, stand still or send garbage; video files that are none.

There is no camera where tests run: `FakeCamera` is ours with Qt's own frame input in the camera's place.
"""

from __future__ import annotations

import builtins
import errno
import os
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt

from explorer.maths.sentences import Refusal
from explorer.workspace import disk
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.video import camera as cameras_module
from explorer.workspace.video import device_file
from explorer.workspace.video import file as file_module
from explorer.workspace.video.camera import Camera, cameras
from explorer.workspace.video.file import VideoFile
from explorer.workspace.video.live import Live
from explorer.workspace.video.multimedia import multimedia
from explorer.workspace.video.slides import Slides
from explorer.workspace.video.source import VideoError, VideoSource
from tests.idle_side import IdleWorker
from tests.video_side import Clock, FakeCamera, number_in, picture_of

QVideoFrame = pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError).QVideoFrame


class Heard:
    """What a source sent and said."""

    def __init__(self, source: VideoSource) -> None:
        self.frames: list = []
        self.said: list[str] = []
        source.arrived.connect(self.frames.append)
        source.said.connect(self.said.append)


@pytest.fixture
def fake(qtbot):
    camera = FakeCamera()
    camera.heard = Heard(camera)
    camera.play()
    yield camera
    camera.stop()


def send(qtbot, camera: FakeCamera, number: int, size: tuple[int, int] = (64, 48)) -> None:
    count = len(camera.heard.frames)
    camera.send(number, size)
    qtbot.waitUntil(lambda: len(camera.heard.frames) > count)


def test_a_camera_that_is_unplugged_is_said_and_let_go(qtbot, fake) -> None:
    send(qtbot, fake, 1)
    fake._devices.videoInputsChanged.emit()  # and it is not in the list
    qtbot.waitUntil(lambda: fake.state == "stopped")
    assert fake.heard.said == ["Test camera was unplugged: plug it in again, and start it."]
    assert not fake.open
    fake.play()  # plugged in again
    send(qtbot, fake, 2)
    assert [number_in(frame.read()) for frame in fake.heard.frames] == [1, 2]


def test_a_camera_that_pauses_is_let_go(qtbot, fake) -> None:
    """Qt stops the pictures of a camera that is made inactive, and keeps its device open."""
    send(qtbot, fake, 1)
    fake.pause()
    assert fake.state == "paused"
    assert fake._camera is None
    assert fake._session is None
    assert not fake.open
    fake.play()
    assert fake.open
    send(qtbot, fake, 2)
    assert [(frame.number, number_in(frame.read())) for frame in fake.heard.frames] == [(0, 1), (1, 2)]
    assert fake.heard.said == []


def test_a_camera_that_another_program_has(qtbot, fake) -> None:
    fake._camera.errorOccurred.emit(multimedia().QCamera.Error.CameraError, "Device or resource busy.")
    qtbot.waitUntil(lambda: fake.state == "stopped")
    (sentence,) = fake.heard.said
    assert sentence == (
        "Test camera cannot be used (Device or resource busy): close other programs that use it, and start it again."
    )


def test_a_camera_that_sends_no_more_is_noticed_within_two_seconds(qtbot, fake, monkeypatch) -> None:
    send(qtbot, fake, 1)
    clock = Clock(monkeypatch)
    assert clock.wait(fake, 5) <= 2
    assert fake.state == "stopped"
    (sentence,) = fake.heard.said
    assert "sends no pictures" in sentence
    assert not fake.open


def test_its_own_clock_notices_it_too(qtbot, fake, monkeypatch) -> None:
    monkeypatch.setattr(cameras_module, "SILENT", 0.3)
    send(qtbot, fake, 1)
    qtbot.waitUntil(lambda: fake.state == "stopped")
    assert "sends no pictures" in fake.heard.said[0]


def test_a_camera_that_wakes_up_slowly_is_waited_for_and_that_is_said(qtbot, monkeypatch) -> None:
    clock, camera = Clock(monkeypatch), FakeCamera()
    camera.heard = Heard(camera)
    camera.play()
    assert clock.wait(camera, 5) <= 2
    assert camera.heard.said == ["Test camera sends no pictures yet: some cameras take a few seconds to wake up."]
    clock.wait(camera, 3)
    assert camera.playing
    send(qtbot, camera, 1)
    assert camera.heard.said[1:] == [""], "it holds no longer"
    camera.pause()
    camera.play()
    waited = clock.wait(camera, 5) + clock.wait(camera, 9)
    assert cameras_module.WAKING < waited <= cameras_module.WAKING + 0.3
    assert camera.state == "stopped"
    assert [sentence.partition(":")[0] for sentence in camera.heard.said[2:]] == [
        "Test camera sends no pictures yet", "Test camera sends no pictures",
    ]  # fmt: skip


def test_the_same_picture_again_and_again_is_said_once(qtbot, fake, monkeypatch) -> None:
    clock = Clock(monkeypatch)
    frames = {number: QVideoFrame(picture_of(number)) for number in range(30)}
    assert clock.wait(fake, 9, lambda: fake.take(frames[5])) <= 3
    assert clock.wait(fake, 5, lambda: fake.take(frames[5])) >= 5, "said once"
    (sentence,) = fake.heard.said
    assert "the same picture again and again" in sentence
    assert fake.playing  # a lens cap is no reason to let go of it
    numbers = iter(frames)
    assert clock.wait(fake, 2, lambda: fake.take(frames[next(numbers)])) < 1
    assert fake.heard.said[1:] == [""], "it holds no longer"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a camera is no file")
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "The system does not let you use the camera {device}: run “sudo usermod"),
        (errno.EBUSY, "Another program uses Test camera: close that, and start the camera again."),
        (errno.ENODEV, "Test camera was unplugged: plug it in again, and start it."),
        (errno.EIO, "Test camera cannot be opened (Input/output error): unplug it, plug it in again and start it."),
    ],
)
def test_a_camera_that_is_listed_and_cannot_be_opened(fake, tmp_path, monkeypatch, number, words) -> None:
    """Qt tells its log, and nobody else."""
    device, opens = tmp_path / "video0", os.open
    clock = Clock(monkeypatch)
    monkeypatch.setattr(disk, "MOMENT", 10.0)  # by the real clock

    def refuse(path, *rest) -> int:
        if path == str(device):
            raise OSError(number, os.strerror(number))
        return opens(path, *rest)

    monkeypatch.setattr(device_file, "FOLDER", tmp_path)
    monkeypatch.setattr(FakeCamera, "_device", str(device))
    monkeypatch.setattr(os, "open", refuse)
    assert clock.wait(fake, 5) <= 2
    (sentence,) = fake.heard.said
    assert sentence.startswith(words.format(device=device))
    assert len(sentence) <= 300
    assert fake.state == "stopped"
    assert not fake.open


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a camera is no file")
def test_a_camera_whose_system_takes_its_time_keeps_no_window_waiting(qtbot, fake, tmp_path, monkeypatch) -> None:
    """To open one that is broken may take seconds; it may wake up meanwhile, and is let be then."""
    device, opens = tmp_path / "video0", os.open
    done = threading.Event()

    def wait(path, *rest) -> int:
        if path == str(device):
            done.wait(10)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return opens(path, *rest)

    monkeypatch.setattr(device_file, "FOLDER", tmp_path)
    monkeypatch.setattr(FakeCamera, "_device", str(device))
    monkeypatch.setattr(os, "open", wait)
    monkeypatch.setattr(disk, "MOMENT", 0.005)
    fake._look()
    assert fake.playing
    send(qtbot, fake, 1)
    done.set()
    qtbot.waitUntil(lambda: not fake._file._timer.isActive())
    assert fake.playing
    assert fake.heard.said == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a camera is no file")
def test_a_camera_that_this_program_has_open_is_not_opened_twice(tmp_path, monkeypatch) -> None:
    """Some can be opened once, and would say that they are busy: with us."""
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(device_file, "FOLDER", tmp_path)
    with device.open():
        monkeypatch.setattr(os, "open", None)
        assert device_file.in_the_way(str(device), "Camera") == ""
        with pytest.raises(TypeError):
            device_file.in_the_way(str(tmp_path / "other"), "Camera")
    monkeypatch.undo()
    monkeypatch.setattr(device_file, "FOLDER", tmp_path)
    assert device_file.in_the_way(str(device), "Camera") == "", "it can be"
    before = len(os.listdir("/proc/self/fd"))
    assert device_file.in_the_way("{some camera's UUID}", "Camera") == ""
    assert "unplugged" in device_file.in_the_way(str(tmp_path / "gone"), "Camera")
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_size_changes_in_mid_stream_and_garbage_is_left_out(qtbot, fake) -> None:
    kinds = multimedia()
    send(qtbot, fake, 1)
    send(qtbot, fake, 2, (30, 20))
    fake._sink.setVideoFrame(kinds.QVideoFrame())
    fake._sink.setVideoFrame(
        kinds.QVideoFrame(kinds.QVideoFrameFormat(QSize(0, 0), kinds.QVideoFrameFormat.PixelFormat.Format_YUV420P))
    )
    huge = kinds.QVideoFrameFormat(QSize(30_000, 30_000), kinds.QVideoFrameFormat.PixelFormat.Format_Y8)
    fake._sink.setVideoFrame(kinds.QVideoFrame(huge))
    send(qtbot, fake, 3)
    assert [(number_in(f.read()), f.read().shape) for f in fake.heard.frames] == [
        (1, (48, 64, 3)), (2, (20, 30, 3)), (3, (48, 64, 3)),
    ]  # fmt: skip
    assert [frame.number for frame in fake.heard.frames] == [0, 1, 2]


def test_a_frame_that_cannot_be_read_is_passed_over(qtbot) -> None:
    session = Session(Document(), IdleWorker())
    live, camera = Live(session), FakeCamera()
    live.open(camera)
    camera._send(0.0, lambda: None)
    camera.send(7)
    qtbot.waitUntil(lambda: session.picture is not None)
    assert number_in(session.picture.pixels) == 7
    live.stop()
    session.close()


@pytest.mark.parametrize("answer", [Qt.PermissionStatus.Denied, Qt.PermissionStatus.Undetermined])
def test_a_system_that_does_not_allow_it(qtbot, monkeypatch, answer) -> None:
    class System:
        """What macOS and Windows ask the user, who says no; Linux never asks."""

        @staticmethod
        def instance() -> type[System]:
            return System

        @staticmethod
        def checkPermission(permission):
            return answer

        @staticmethod
        def requestPermission(permission, context, then) -> None:
            then(type("Permission", (), {"status": lambda self: Qt.PermissionStatus.Denied})())

    monkeypatch.setattr(cameras_module, "QCoreApplication", System)
    camera = FakeCamera()
    heard = Heard(camera)
    camera.play()
    qtbot.waitUntil(lambda: camera.state == "stopped")
    assert heard.said == [
        "The system does not let this program use the camera: allow it in the system's settings, under privacy, "
        "and start the camera again."
    ]
    assert camera.input is None  # nothing was opened


@pytest.mark.skipif(bool(os.path.exists("/dev/video0")), reason="there is a camera here")
def test_no_camera_at_all(qtbot) -> None:
    assert cameras() == ()
    camera = Camera("USB camera")
    heard = Heard(camera)
    camera.play()
    qtbot.waitUntil(lambda: camera.state == "stopped")
    assert heard.said == ["No camera was found: plug one in, and start it again."]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system asks")
def test_a_camera_that_linux_keeps_from_this_user(qtbot, tmp_path, monkeypatch) -> None:
    """Qt does not even list it: that none was found would send people to look for a plug."""
    for name in ("video0", "null"):
        (tmp_path / name).touch()
    allowed: dict[str, bool] = {}
    monkeypatch.setattr(device_file, "FOLDER", tmp_path)
    monkeypatch.setattr(os, "access", lambda path, _: allowed.get(Path(path).name, True))
    assert device_file.forbidden() == ""
    allowed["null"] = False
    assert device_file.forbidden() == ""
    allowed["video0"] = False
    camera = Camera("USB camera")
    heard = Heard(camera)
    monkeypatch.setattr(camera, "_found", lambda _: None)
    camera.play()
    qtbot.waitUntil(lambda: camera.state == "stopped")
    (sentence,) = heard.said
    assert sentence.startswith(f"The system does not let you use the camera {tmp_path / 'video0'}: run “sudo usermod")


def test_on_and_off_a_hundred_times(qtbot) -> None:
    camera = FakeCamera()
    heard = Heard(camera)
    files = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for number in range(100):
        camera.play()
        assert camera.open
        camera.send(number)
        qtbot.wait(1)
        camera.stop()
        assert not camera.open
        assert camera._camera is None
        assert camera._session is None
    assert heard.said == []
    if files:
        assert len(os.listdir("/proc/self/fd")) <= files + 5


def test_another_network_and_a_minimised_window_switch_the_camera_off(qtbot) -> None:
    session = Session(Document(), IdleWorker())
    live, camera = Live(session), FakeCamera()
    live.open(camera)
    assert live.camera_on
    assert live.warning == "● Camera on – "
    session.opened.emit("")
    assert not live.camera_on
    assert live.source is None
    assert not camera.open
    session.close()


def test_qt_multimedia_that_does_not_load_is_said_with_what_to_install(monkeypatch) -> None:
    real = builtins.__import__

    def without(name, *rest):
        if rest[2:3] and rest[2] and "QtMultimedia" in rest[2]:
            raise ImportError("libpulse.so.0: cannot open shared object file")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    camera = Camera("Camera")
    with pytest.raises(VideoError, match="sudo apt install libpulse0"):
        camera.play()
    assert camera.state == "stopped"


# Video files


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no video of a kind known here"),
        ("list.avi", b"ffconcat version 1.0\nfile '/etc/passwd'\n", "no video of a kind known here"),
        ("empty.mp4", b"", "no video of a kind known here"),
        ("photo.mp4", b"\xff\xd8\xff\xe0" + bytes(600), "no video of a kind known here"),
    ],
)
def test_what_is_no_video_is_refused_before_a_decoder_sees_it(tmp_path, name, data, words) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Refusal, match=words) as refused:
        VideoFile(str(tmp_path / name))
    assert len(str(refused.value)) <= 300
    assert name in str(refused.value)


def test_paths_that_are_no_files(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.avi")
    for path, words in (("gone.avi", "was not found"), ("", "is a folder"), ("pipe.avi", "no video of a kind")):
        with pytest.raises(Refusal, match=words):
            VideoFile(str(tmp_path / path))


def test_a_video_without_frames_and_one_of_noise_end_in_a_sentence(qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(file_module, "PATIENCE", 1.0)
    head = b"RIFF\x00\x10\x00\x00AVI "
    for name, data in (("none.avi", head + b"LIST\x04\x00\x00\x00hdrl"), ("noise.avi", head + os.urandom(5000))):
        (tmp_path / name).write_bytes(data)
        source = VideoFile(str(tmp_path / name))
        heard = Heard(source)
        source.play()
        qtbot.waitUntil(lambda source=source: source.state == "stopped")
        assert f"“{name}” cannot be played" in heard.said[0]


def test_what_was_recorded_plays_again_with_its_times(qtbot, tmp_path) -> None:
    from explorer.workspace.video.recording import Recorder

    path, recorder = str(tmp_path / "clip.mp4"), Recorder()
    said: list[str] = []
    recorder.said.connect(said.append)
    recorder.start(path)
    for number in range(20):
        recorder.add(picture_of(1000 * number, (320, 240)))
        qtbot.wait(30)
    recorder.stop()
    assert said == []
    qtbot.waitUntil(lambda: recorder.finished)
    source = VideoFile(path)
    heard = Heard(source)
    source.set_loop(False)
    source.play()
    qtbot.waitUntil(lambda: source.state == "paused", timeout=10_000)
    assert 10 <= len(heard.frames) <= 20
    assert 0.4 < heard.frames[-1].time < 5
    tones = [int(frame.read()[0, 0, 0]) for frame in heard.frames]
    assert all(after > before - 3 for before, after in pairwise(tones))  # it is compressed
    assert tones[-1] > 50
    source.stop()


def test_pictures_of_other_sizes_are_whole_in_a_clip() -> None:
    from explorer.workspace.video.recording import fitted

    high = fitted(picture_of(40_000, (60, 120)), (80, 60))
    assert high.size().toTuple() == (80, 60)
    colour = picture_of(40_000).pixelColor(0, 0)
    assert [high.pixelColor(x, 30).name() for x in (10, 40, 70)] == ["#000000", colour.name(), "#000000"]
    small = fitted(picture_of(40_000, (20, 15)), (80, 60))
    assert small.pixelColor(1, 1) == small.pixelColor(78, 58) == colour
    assert fitted(picture_of(3, (81, 61)), (80, 60)).pixelColor(79, 59) == picture_of(3).pixelColor(0, 0)


def test_pictures_play_one_by_one_and_a_broken_one_is_passed_over(staying_worker, qtbot, assets, tmp_path) -> None:
    session = Session(Document(), staying_worker)
    session.worker.start()
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    names = ["dog.jpg", "broken.jpg", "person.jpg"]
    paths = [str(assets / "images" / name) if name != "broken.jpg" else str(tmp_path / name) for name in names]
    slides = Slides(session, paths, "photos")
    heard = Heard(slides)
    slides.set_loop(False)
    slides.set_speed(4.0)
    slides.play()
    qtbot.waitUntil(lambda: slides.state == "paused", timeout=30_000)
    assert [frame.time for frame in heard.frames] == [0.0, 2.0]
    assert heard.frames[0].read().shape == (576, 768, 3)
    (sentence,) = heard.said
    assert sentence.startswith("Passed over: “broken.jpg”")
    slides.stop()
    session.close()


def test_a_container_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    from explorer.formats.video_files import check

    for number, head in enumerate((b"RIFF1234AVI LIST", b"\x00\x00\x00\x18ftypmp42", b"\x1a\x45\xdf\xa3", b"OggS\x00")):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(head + bytes(100))
        check(path)
