"""Somebody drops a film on the window and sees boxes move, pauses it, looks inside, keeps a clip; then a camera."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from explorer.ui import destinations
from explorer.ui.controls.menu_letters import bare
from tests.stories.conftest import LEFT
from tests.video_side import FakeCamera, picture_of

pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
WALKERS = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
"""People in a street, 768 × 576, ten frames a second: Debian's package opencv-doc."""


class Film:
    """What was seen of a video: for each frame its number, its time, and what was found in it."""

    def __init__(self, user) -> None:
        self.user, self.live = user, user.window.picture.live
        self.shown: list = []
        self.live.shown.connect(lambda frame: self.shown.append((frame, user.session.prediction)))

    def more(self, count: int) -> None:
        goal = len(self.shown) + count
        self.user.wait(lambda: len(self.shown) >= goal)


def actions(menu: QMenu) -> dict:
    return {bare(action): action for action in menu.actions()}


@pytest.fixture
def walkers() -> str:
    if not WALKERS.exists():
        pytest.skip("Debian's opencv-doc is not here")
    return str(WALKERS)


def test_a_film_with_boxes(user, assets, walkers, tmp_path, monkeypatch) -> None:
    picture, session = user.window.picture, user.session
    user.drop(user.window, str(assets / "yolo-fastest-1.1.weights"))
    user.wait(lambda: user.project.network.nodes, 60)
    film = Film(user)
    user.drop(user.window, walkers)
    user.wait(lambda: session.prediction is not None and session.live, 60)
    film.more(10)
    found = [prediction for _, prediction in film.shown if prediction]
    assert sum(guess.label == "person" for prediction in found for guess in prediction.top) > 20
    numbers = [frame.number for frame, _ in film.shown]
    assert numbers == sorted(set(numbers))
    assert picture.bar.isVisible()
    assert picture.view.width() > 340, "boxes are told apart"
    user.wait(lambda: "frames/s" in picture.bar.numbers.text() and "network" in picture.bar.numbers.text())
    assert not picture.bar.on.isVisible()  # it is no camera

    user.click_node("conv9.leaky")  # its maps come with the frames
    user.wait(lambda: session.maps is not None and session.maps.node == "conv9.leaky")
    before = session.maps
    user.wait(lambda: session.maps is not before and session.live)
    assert user.document.history.clean

    picture.setFocus()
    user.press(Qt.Key.Key_Space)
    user.wait(lambda: not session.live)
    live, stays = film.shown[-1][1], session.picture
    user.wait(lambda: session.prediction is not live and session.prediction is not None)  # asked anew, of the still
    assert [(g.label, g.box) for g in session.prediction.top] == [(g.label, g.box) for g in live.top]
    assert session.picture is stays
    picture.bar.place.setValue(500)
    picture.live.source.seek(40.5)
    user.wait(lambda: abs(film.shown[-1][0].time - 40.5) < 0.3)
    assert picture.bar.time.text() == "0:40 / 1:19"

    clip, listed = tmp_path / "clip.mp4", tmp_path / "found.json"
    user.press(Qt.Key.Key_Space)
    user.wait(lambda: session.live)
    picture.keeping.recorder.start(str(clip))
    assert picture.recording.isVisible()
    film.more(8)
    assert picture.recording.text.text().startswith("● Recording 0:0")
    QTest.mouseClick(picture.recording.stop, LEFT)
    user.wait(lambda: picture.keeping.recorder.finished)
    assert clip.stat().st_size > 10_000
    user.wait(lambda: picture.recording.text.text() == "Written: clip.mp4")
    assert not picture.recording.stop.isVisible()
    picture.live.began.emit()
    assert not picture.recording.isVisible(), "what was written of another source is old news"
    picture.keeping.sightings.write(str(listed))
    coco = json.loads(listed.read_text())
    assert {"person"} <= {one["name"] for one in coco["categories"]}
    assert len(coco["images"]) >= 8
    snapshot = tmp_path / "walkers.png"
    monkeypatch.setattr(destinations, "choose_destination", lambda *_: str(snapshot))
    keep = QMenu()
    picture.keeping.fill(keep)
    actions(keep)["Snapshot with boxes…"].trigger()
    assert QImage(str(snapshot)).size() == picture.view.image.size()
    assert user.window.notices.text == "Written: walkers.png"
    drawn = picture.view.annotated()
    assert drawn.size() == picture.view.image.size()
    assert drawn != picture.view.image.convertToFormat(QImage.Format.Format_RGB32)

    QTest.mouseClick(picture.bar.stop, LEFT)
    assert picture.live.source is None
    assert not picture.bar.play.isVisible()
    assert session.picture is not None


def test_the_sample_photos_play_through_a_classifier_that_is_opened_meanwhile(user) -> None:
    picture, session = user.window.picture, user.session
    film = Film(user)
    actions(user.window.commands.menu("Video"))["Play the sample photos"].trigger()
    film.more(5)
    assert session.prediction is None  # there is no network yet
    session.open_network("squeezenet1_1", "SqueezeNet")
    user.wait(lambda: session.prediction is not None, 60)
    assert len(session.prediction.top) == 5
    assert user.window.predictions.guesses.rowCount() == 5
    assert picture.live.source is not None  # the video plays on
    picture.bar.menu.aboutToShow.emit()
    speeds = actions(picture.bar.menu)["Speed"].menu()
    actions(speeds)["2 ×"].trigger()
    assert picture.live.source.speed == 2.0
    user.drop(picture, str(next(Path("resources/samples").resolve().glob("*.jpg"))))  # a picture ends it
    user.wait(lambda: picture.live.source is None)
    user.wait(lambda: session.prediction is not None and not session.live)


def test_keys_lead_through_a_film_and_its_ways_are_remembered(user) -> None:
    picture = user.window.picture
    film = Film(user)
    picture.videos.open_samples()
    film.more(1)
    picture.setFocus()
    user.press(Qt.Key.Key_Space)
    at = picture.live.source.time
    user.press(Qt.Key.Key_Right)
    assert picture.live.source.time == pytest.approx(at + 5, abs=0.05)
    user.press(Qt.Key.Key_Left)
    assert picture.live.source.time == pytest.approx(at, abs=0.05)
    picture.bar.menu.aboutToShow.emit()
    actions(picture.bar.menu)["Loop"].trigger()
    assert not picture.live.source.loop
    picture.videos.open_samples()
    assert not picture.live.source.loop
    for camera in (FakeCamera(), FakeCamera()):
        picture.videos.open(lambda camera=camera: camera)
        mirrored = camera.mirrored
        picture.bar.menu.aboutToShow.emit()
        actions(picture.bar.menu)["Mirror"].trigger()
        assert camera.mirrored is not mirrored
    assert not mirrored, "the second camera is as the first was left"
    picture.live.stop()


def test_from_the_start_to_boxes_in_one_click(user) -> None:
    """No network is opened first, and nothing is fetched."""
    start, session = user.window.pages.start, user.session
    assert start.isVisible()
    view, drawn = user.window.picture.view, []
    user.window.picture.live.shown.connect(lambda _: drawn.extend(view.outlines()))
    small = user.window.docks["Picture"].size()
    QTest.mouseClick(start.samples, LEFT)
    user.wait(lambda: drawn, 60)
    large = user.window.docks["Picture"].size()
    assert large.width() * large.height() > 2 * small.width() * small.height(), "one sees the boxes"
    assert view.width() > 340
    assert user.window.predictions.width() >= 180, "and who is found"
    assert user.project.title == "Tiny YOLOv2 for faces"
    assert {guess.label for guess, _ in drawn} == {"face"}
    assert view.rect().contains(drawn[0][1].center().toPoint())
    user.click_node("boxes")
    user.wait(lambda: session.maps is not None and session.maps.node == "boxes")
    assert user.window.inspector.form.editor("classes").text() == "0"
    assert user.document.history.clean
    user.window.docks.reset()
    user.wait(lambda: user.window.docks["Picture"].width() < 0.75 * large.width())


def test_the_same_with_a_camera(user, monkeypatch) -> None:
    """The camera opens behind the network, which it is seen by, and only for this click."""
    camera = FakeCamera()
    monkeypatch.setattr("explorer.workspace.video.camera.Camera", lambda name, size: camera)
    QTest.mouseClick(user.window.pages.start.camera, LEFT)
    assert not camera.open
    user.wait(lambda: user.project.network.nodes, 60)
    user.wait(lambda: camera.open)
    assert user.window.windowTitle().startswith("● Camera on – ")
    camera.send(7, (640, 480))
    user.wait(lambda: user.session.prediction is not None, 60)
    assert user.session.prediction.top == ()  # a plain colour has no face
    user.session.open_model("face-detector")
    user.wait(lambda: not camera.open)
    assert user.window.picture.live.source is None


@pytest.mark.skipif(Path("/dev/video0").exists(), reason="there is a camera here")
def test_where_there_is_no_camera_it_is_said(user) -> None:
    QTest.mouseClick(user.window.pages.start.camera, LEFT)
    user.wait(lambda: user.window.picture.bar.problem.isVisible(), 60)
    bar = user.window.picture.bar
    assert "No camera was found" in bar.problem.text()
    assert user.project.title == "Tiny YOLOv2 for faces"
    film = Film(user)
    QTest.mouseClick(bar.samples, LEFT)  # there is something to look at all the same
    user.wait(lambda: any(found and found.top for _, found in film.shown), 60)
    assert not bar.samples.isVisible()
    assert not bar.problem.isVisible()


def test_a_camera_says_that_it_is_on_until_it_is_off(user, monkeypatch) -> None:
    window = user.window
    camera = FakeCamera()
    window.picture.videos.open(lambda: camera)
    assert window.windowTitle().startswith("● Camera on – ")
    assert window.picture.bar.on.isVisible()
    for number in range(5):
        camera.send(number)
        QTest.qWait(20)
    user.wait(lambda: user.session.picture is not None)
    window.showMinimized()
    user.wait(lambda: not camera.open)
    assert "Camera" not in window.windowTitle()
    window.showNormal()
    assert not window.picture.bar.on.isVisible()
    again = FakeCamera()
    monkeypatch.setattr(again, "deleteLater", lambda: None)  # the same one comes back
    window.picture.videos.open(lambda: again)
    again._devices.videoInputsChanged.emit()  # it is unplugged
    user.wait(lambda: window.picture.live.source is None)
    assert window.picture.bar.problem.text() == "Test camera was unplugged: plug it in again, and start it."
    assert window.picture.bar.problem.isVisible()
    assert "Camera" not in window.windowTitle()
    QTest.mouseClick(window.picture.bar.again, LEFT)  # it is plugged in again
    assert window.picture.live.source is again
    assert again.open
    assert not window.picture.bar.again.isVisible()
    assert not window.picture.bar.problem.isVisible()
    window.picture.live.stop()
    assert picture_of(4).size().toTuple() == user.session.picture.size


@pytest.mark.skipif(Path("/dev/video0").exists(), reason="there is a camera here")
def test_the_menu_says_that_there_is_no_camera_and_opens_none(user) -> None:
    cameras = user.window.commands.menu("Video/Camera")
    cameras.aboutToShow.emit()
    (only,) = cameras.actions()
    assert bare(only) == "No camera was found: plug one in and open this menu again"
    assert not only.isEnabled()
    assert user.window.picture.live.source is None


def test_the_pictures_of_a_folder_play_as_a_film(user, assets) -> None:
    film = Film(user)
    user.window.picture.videos.open_folder(str(assets / "images"))
    user.wait(lambda: user.window.picture.live.source is not None)
    user.window.picture.live.source.set_speed(4.0)
    film.more(3)
    assert [round(frame.time) for frame, _ in film.shown[:3]] == [0, 1, 2]
    assert len({frame.read().shape for frame, _ in film.shown}) > 1
    user.window.picture.live.source.pause()
    high, wide, _ = film.shown[-1][0].read().shape
    assert user.window.picture.size_text.text() == f"{wide:,} × {high:,} pixels"
    user.window.picture.videos.open_folder(str(assets / "reference" / "nothing here"))
    user.wait(lambda: "was not found" in user.window.picture.lane.problem.text())


def test_what_is_no_film_is_said_under_the_picture(user, tmp_path) -> None:
    (tmp_path / "list.avi").write_bytes(b"ffconcat version 1.0\nfile '/etc/passwd'\n")
    user.drop(user.window, str(tmp_path / "list.avi"))
    assert "no video of a kind known here" in user.window.picture.bar.problem.text()
    assert not user.window.picture.bar.samples.isVisible(), "nobody asked for a camera"
    assert user.window.picture.live.source is None
