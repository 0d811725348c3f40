"""A video through the network: each frame with its own boxes, never too old, and nothing of it on the disk."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from explorer.formats.detections import Sighting, as_coco, as_csv
from explorer.layers.dense import Input
from explorer.maths.records import Guess, Picture
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.video.generated import Generated
from explorer.workspace.video.live import Live
from explorer.workspace.video.meter import Meter
from explorer.workspace.video.recording import Sightings
from tests.idle_side import IdleWorker
from tests.ready import ReadyWorker
from tests.video_side import PAUSE, FakeCamera, number_in, serve_quick, serve_refusing, serve_slow

pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
PROJECT = Project(Network({"in": Node("in", Input(3, 8, 8))}))


class Watched:
    """A session with a video in it, and what was shown: number in the pixels, number in the box, age in seconds."""

    def __init__(self, serve, qtbot) -> None:
        self.qtbot = qtbot
        self.session = Session(Document(), ReadyWorker(serve))
        self.session.worker.start()
        self.session.document.edit("Begin", PROJECT)
        self.live, self.camera = Live(self.session), FakeCamera()
        self.shown: list[tuple[int, int | None, float]] = []
        self.said: list[str] = []
        self.live.shown.connect(self._note)
        self.live.said.connect(self.said.append)
        qtbot.waitUntil(lambda: self.session.worker.state == "ready", timeout=30_000)

    def _note(self, frame) -> None:
        found = self.session.prediction
        label = int(found.top[0].label) if found else None
        self.shown.append((number_in(self.session.picture.pixels), label, time.monotonic() - frame.came))

    def send(self, numbers: range, every: int, enough: Callable[[], bool] = lambda: True) -> int:
        """Frames of these numbers, and more of them until there is enough of what is to come: the last one's number."""
        for number in range(numbers.start, 50 * numbers.stop):
            self.camera.send(number)
            self.qtbot.wait(every)
            if number >= numbers.stop - 1 and enough():
                return number
        raise AssertionError("still not enough")

    def close(self) -> None:
        self.live.stop()
        self.session.close()


@pytest.fixture
def watched(qtbot, request):
    watched = Watched(getattr(request, "param", serve_quick), qtbot)
    yield watched
    watched.close()


def test_frames_in_order_and_each_with_its_own_boxes(watched, qtbot) -> None:
    watched.live.open(watched.camera)
    last = watched.send(range(60), 10, lambda: sum(label is not None for _, label, _ in watched.shown) > 20)
    qtbot.waitUntil(lambda: watched.shown[-1][:2] == (last, last))
    numbers = [number for number, _, _ in watched.shown]
    assert numbers == sorted(numbers)
    answered = [(number, label) for number, label, _ in watched.shown if label is not None]
    assert len(answered) > 20
    assert all(number == label for number, label in answered)
    assert watched.said == []


def asked(session: Session) -> list[Any]:
    """The questions about frames."""
    return [job.question for job in session.worker._jobs.values() if job.lane == "live"]


def at_the_first_frame(qtbot) -> tuple[Session, Live]:
    """A camera was opened, and its first frame is shown in this very turn."""
    session = Session(Document(), IdleWorker())
    session.document.edit("Begin", PROJECT)
    live, camera = Live(session), FakeCamera()
    live.open(camera)
    camera.send(0)
    qtbot.waitUntil(lambda: session.picture is not None)
    return session, live


def test_a_frame_is_shown_before_the_network_is_written_out_for_the_worker(qtbot) -> None:
    session, live = at_the_first_frame(qtbot)
    assert number_in(session.picture.pixels) == 0
    assert not asked(session), "in the turn that showed the frame"
    qtbot.waitUntil(lambda: bool(asked(session)))
    (question,) = asked(session)
    assert number_in(question.frame.pixels) == 0
    live.stop()
    session.close()


def test_a_video_that_is_stopped_at_its_first_frame_asks_nothing(qtbot) -> None:
    session, live = at_the_first_frame(qtbot)
    live.stop()
    for _ in range(10):
        QApplication.processEvents()
    assert not asked(session)
    session.close()


def test_the_second_frame_of_a_clip_does_not_come_in_the_turn_of_the_first(qapp) -> None:
    clip, came = Generated(), []
    clip.arrived.connect(lambda frame: came.append(frame.number))
    clip.play()
    time.sleep(0.05)  # longer than a frame lasts: the window was busy
    while not came:
        QApplication.processEvents()
    assert came == [0]
    clip.stop()


@pytest.mark.parametrize("watched", [serve_slow], indirect=True)
def test_a_detector_ten_times_slower_than_the_video_is_never_more_than_two_turns_behind(watched, qtbot) -> None:
    times: list[float] = []
    watched.live.answered.connect(lambda *_: times.append(time.monotonic()))
    watched.live.open(watched.camera)
    watched.send(range(100), int(PAUSE * 100), lambda: len(times) > 5)
    answered = [one for one in watched.shown if one[1] is not None]
    assert len(answered) >= 5
    assert all(number == label for number, label, _ in answered)
    turn = max(after - before for before, after in pairwise(times))
    assert max(age for _, _, age in answered[1:]) < 2 * turn
    assert watched.live.meter.dropped > 50


@pytest.mark.parametrize("watched", [serve_slow], indirect=True)
def test_by_choice_frames_do_not_wait_and_boxes_say_their_age(watched, qtbot) -> None:
    watched.live.set_ahead(True)
    watched.live.open(watched.camera)
    behind = []
    watched.live.shown.connect(lambda _: behind.append(watched.live.behind))
    watched.send(range(80), int(PAUSE * 100), lambda: len(watched.shown) > 60)
    late = [(number - label, old) for (number, label, _), old in zip(watched.shown, behind, strict=True) if label]
    assert all((frames > 0) == (old > 0) for frames, old in late)
    assert max(frames for frames, _ in late) > 3
    assert max(old for _, old in late) > PAUSE / 2


def test_a_video_that_pauses_leaves_a_picture_like_any_other(watched, qtbot) -> None:
    pictures: list[Picture] = []
    watched.session.picture_changed.connect(pictures.append)
    watched.live.open(watched.camera)
    watched.send(range(5), 30)
    assert watched.session.live
    assert pictures == []  # nobody keeps thumbnails, attributions or patches up with a video
    watched.camera.pause()
    qtbot.waitUntil(lambda: not watched.session.live)
    assert [number_in(picture.pixels) for picture in pictures] == [4]
    assert not watched.camera.open
    assert watched.session.document.history.count == 1


def test_without_a_network_the_video_is_just_shown(watched, qtbot) -> None:
    watched.session.document.open(Project(), "")
    watched.live.open(watched.camera)
    watched.send(range(5), 20)
    assert [one[:2] for one in watched.shown] == [(n, None) for n in range(5)]


def test_another_picture_ends_the_video(qtbot) -> None:
    session = Session(Document(), IdleWorker())
    session.worker.start()
    live, camera = Live(session), FakeCamera()
    live.open(camera)
    camera.send(3)
    qtbot.waitUntil(lambda: session.picture is not None)
    other = Picture(session.picture.pixels, "other", (64, 48))
    session.picture = other
    session.picture_changed.emit(other)
    assert live.source is None
    assert not camera.open
    session.close()


def files_under(*folders: Path) -> set[str]:
    return {str(Path(at) / name) for folder in folders for at, _, names in os.walk(folder) for name in names}


def test_five_hundred_frames_leave_nothing_on_the_disk(qtbot, tmp_path, monkeypatch) -> None:
    for name in ("TMPDIR", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "CNN_EXPLORER_CACHE"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    watched = Watched(serve_quick, qtbot)
    before = files_under(tmp_path)
    found = Sightings(watched.live)
    watched.live.open(watched.camera)
    last = watched.send(range(500), 3, lambda: len(found.found) > 50)
    qtbot.waitUntil(lambda: watched.shown[-1][0] == last)
    assert len(found.found) > 50
    assert files_under(tmp_path) == before
    watched.close()
    assert files_under(tmp_path) == before
    text = tmp_path / "found.csv"
    found.write(str(text))  # only when asked
    assert text.read_text().startswith("picture,time,label")


def test_a_generated_frame_is_the_same_whenever_it_is_made(qtbot) -> None:
    frames: dict[float, bytes] = {}
    source = Generated()
    source.arrived.connect(lambda frame: frames.setdefault(frame.time, frame.read().tobytes()))
    source.play()
    source.pause()
    source.seek(7.0)
    again = Generated()
    same: list[bool] = []
    again.arrived.connect(lambda frame: same.append(frames[frame.time] == frame.read().tobytes()))
    again.seek(7.0)
    again.seek(0.0)
    assert same == [True, True]
    assert len(set(frames.values())) == 2
    mirrored: list = []
    again.set_mirrored(True)
    again.arrived.disconnect()
    again.arrived.connect(lambda frame: mirrored.append(frame.read()[:, ::-1].tobytes()))
    again.seek(0.0)
    assert mirrored == [frames[0.0]]


def test_the_first_frame_comes_in_a_turn_of_its_own(qtbot) -> None:
    """Who opens a video has its buttons to show: both together take most of 16 ms."""
    source, times = Generated(), []
    source.arrived.connect(lambda frame: times.append(frame.time))
    source.play()
    assert times == []
    QApplication.processEvents()
    assert times == [], "the buttons are painted first"
    QApplication.processEvents()
    assert times == [0.0]
    source.stop()
    source.play()
    source.stop()
    QApplication.processEvents()
    assert times == [0.0], "it was let go of before"


def test_a_source_ends_where_it_does_not_loop(qtbot) -> None:
    source = Generated()
    times: list[float] = []
    source.arrived.connect(lambda frame: times.append(frame.time))
    source.set_loop(False)
    source.set_speed(4.0)
    source.seek(source.duration - 0.1)
    source.play()
    qtbot.waitUntil(lambda: source.state == "paused")
    assert times[-1] == pytest.approx(source.duration - 1 / source.rate)
    assert times == sorted(times)


def test_the_meter_forgets_after_a_second() -> None:
    meter = Meter()
    for i in range(16):
        meter.add("network", 10.0 + i, i / 8)
    assert meter.rate("network", 1.875) == 8
    assert meter.mean("network", 1.875) == 10 + (8 + 15) / 2
    assert meter.mean("network", 5.0) is None
    assert meter.mean("draw", 1.875) is None


def test_what_was_found_as_table_and_as_coco() -> None:
    dog, whole = Guess("dog", 16, 0.75, (1.0, 2.0, 11.0, 22.0)), Guess("=cmd", 3, 0.5)
    seen = [Sighting("a.avi", 4, 0.4, (64, 48), (dog, whole)), Sighting("a.avi", 6, 0.6, (64, 48), ())]
    rows = list(csv.DictReader(StringIO(as_csv(seen))))
    assert [(row["picture"], row["label"], row["score"], row["right"]) for row in rows] == [
        ("4", "dog", "0.750000", "11.00"), ("4", "'=cmd", "0.500000", ""),
    ]  # fmt: skip
    assert [(row["area"], row["points"], row["point scores"]) for row in rows] == [("200.00", "", ""), ("", "", "")]
    coco = json.loads(as_coco(seen))
    assert [image["id"] for image in coco["images"]] == [4, 6]
    (only,) = coco["annotations"]
    assert (only["bbox"], only["area"], only["image_id"], only["category_id"]) == ([1, 2, 10, 20], 200, 4, 16)
    assert coco["categories"] == [{"id": 16, "name": "dog"}]


@pytest.mark.parametrize("watched", [serve_refusing], indirect=True)
def test_where_the_network_does_not_run_the_video_goes_on_and_it_is_said(watched, qtbot) -> None:
    watched.live.open(watched.camera)
    watched.send(range(20), 30)
    assert [one[:2] for one in watched.shown] == [(number, None) for number in range(20)]
    assert watched.said == ["The network does not run."]  # not asked again with every frame
    watched.session.document.edit("Change", Project(Network({"in": Node("in", Input(3, 9, 9))})))
    watched.send(range(20, 30), 30)
    assert len(watched.said) == 2
