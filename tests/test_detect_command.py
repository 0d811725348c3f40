"""`cnn-explorer detect` for folders and videos, and the pictures and clips it draws."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.cli.commands import main
from explorer.formats.annotated import annotated
from explorer.formats.pictures import decode
from explorer.formats.video_files import VideoFileError
from explorer.maths.class_colours import class_colour
from explorer.maths.records import Guess
from explorer.maths.sentences import LONGEST
from tests.photos import photos
from tests.test_cli import failed
from tests.test_manners import CODE, ROOT, posix

MODEL = "yolo-fastest-1.1.cfg"


def said(capsys, *words: str) -> dict:
    assert main(["detect", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def folder(assets: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "in").mkdir(parents=True)
    for name, to in (("dog.jpg", "a.jpg"), ("scream.jpg", "in/b.jpg"), ("butterfly.jpg", "c.jpg")):
        shutil.copyfile(assets / "images" / name, folder / to)
    (folder / "broken.png").write_bytes(b"\x89PNG")
    return folder


# A folder


def test_each_picture_of_a_folder(assets: Path, folder: Path, tmp_path: Path, capsys) -> None:
    model, out = str(assets / MODEL), tmp_path / "out"
    found = said(capsys, model, str(folder), "-o", str(out))
    assert [one["picture"] for one in found["pictures"]] == ["a.jpg", "c.jpg", "in/b.jpg"]
    assert [one["picture"] for one in found["broken"]] == ["broken.png"]
    assert found["pictures"][0]["detections"]
    for one in found["pictures"]:
        assert one["detections"] == said(capsys, model, str(folder / one["picture"]))["detections"]
        before, after = decode(folder / one["picture"]), decode(out / one["written"])
        assert (before.pixels != after.pixels).any() == bool(one["detections"])
    assert sorted(file.name for file in out.rglob("*.*")) == ["a.png", "b.png", "c.png"]
    assert [one["written"] for one in found["pictures"]] == ["a.png", "c.png", "in/b.png"]
    assert main(["detect", model, str(folder), "--conf", "0.9"]) == 0
    lines, err = capsys.readouterr()
    assert "c.jpg: nothing found" in lines.splitlines()
    assert lines.splitlines()[-1].endswith("found in 3 pictures")
    assert err.startswith("1 of 4 files could not be read; the first: “broken.png”")


def test_where_nothing_is_drawn(assets: Path, folder: Path, tmp_path: Path, capsys) -> None:
    model, picture = str(assets / MODEL), str(folder / "a.jpg")
    inside = failed(capsys, "detect", model, str(folder), "-o", str(folder / "out"))
    assert "lies in the folder that is looked at" in inside
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert "or give --force" in failed(capsys, "detect", model, str(folder), "-o", str(tmp_path / "full"))
    assert "no name of a picture" in failed(capsys, "detect", model, picture, "-o", "out.txt")
    before = (folder / "a.jpg").read_bytes()
    assert "is what is looked at" in failed(capsys, "detect", model, picture, "-o", picture, "--force")
    (tmp_path / "other.jpg").symlink_to(picture)
    assert "is what is looked at" in failed(capsys, "detect", model, picture, "-o", str(tmp_path / "other.jpg"))
    assert (folder / "a.jpg").read_bytes() == before
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no pictures" in failed(capsys, "detect", model, str(empty))
    target = tmp_path / "full" / "x.jpg"
    for force in ([], ["--force"]):
        assert main(["detect", model, picture, "-o", str(target), *force]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == f"Written: {target}"
    assert decode(target).size == decode(picture).size


@posix
def test_ctrl_c_leaves_what_is_there(assets: Path, tmp_path: Path) -> None:
    photos(assets, tmp_path / "many", 300)
    out = tmp_path / "out"
    words = ["detect", str(assets / MODEL), str(tmp_path / "many"), "--json", "-o", str(out)]
    command = [sys.executable, "-c", CODE, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        began = time.monotonic()
        while not list(out.glob("*/*.png")) and time.monotonic() - began < 60:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        text, err = running.communicate()
        assert (running.returncode, err) == (130, "Stopped.\n")
    found = json.loads(text)["pictures"]
    assert 1 <= len(found) < 300
    assert len(list(out.rglob("*.png"))) in (len(found), len(found) - 1)


# A video


def clip(path: Path, frames: list[np.ndarray], every: float = 0.1) -> Path:
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    from explorer.workspace.video.clips import Clip

    made = Clip(str(path))
    for number, pixels in enumerate(frames):
        made.add(pixels, number * every)
    made.close()
    return path


def greys(count: int) -> list[np.ndarray]:
    return [np.full((48, 64, 3), 20 + 4 * number, np.uint8) for number in range(count)]


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".avi"])
def test_every_frame_comes_however_slow_one_is(tmp_path: Path, qapp, ending: str) -> None:
    from explorer.workspace.video.all_frames import all_frames

    path = clip(tmp_path / f"grey{ending}", greys(50))
    seen = []
    for frame in all_frames(str(path)):
        seen.append((frame.time, int(frame.pixels.mean())))
        time.sleep(0.015)  # longer than a tenth of a second at twenty times the speed
    assert len(seen) == 50
    assert [grey for _, grey in seen] == pytest.approx([20 + 4 * number for number in range(50)], abs=3)
    assert [at for at, _ in seen] == pytest.approx([number / 10 for number in range(50)], abs=0.02)
    assert frame.total == pytest.approx(5, abs=0.2)


def test_a_video_is_let_go_of_at_any_moment(tmp_path: Path, qapp, monkeypatch) -> None:
    """Also while Qt's thread is on its way into Python, which then takes its time."""
    from explorer.workspace.video.all_frames import _Reading, all_frames

    path = clip(tmp_path / "grey.mp4", greys(20))
    take = _Reading._take

    def slow(self: _Reading, frame: object) -> None:
        time.sleep(0.02)
        take(self, frame)

    monkeypatch.setattr(_Reading, "_take", slow)
    for last in range(12):
        frames = all_frames(str(path))
        for number, _ in enumerate(frames):
            if number == last:
                break
        frames.close()


def test_each_frame_of_a_video(assets: Path, tmp_path: Path, qapp, capsys, monkeypatch) -> None:
    """Also into a file that is named without a folder, which Qt would write elsewhere."""
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        dog = np.asarray(image.convert("RGB").resize((384, 288)))
    path = clip(tmp_path / "dog.mp4", [dog, np.zeros_like(dog), dog[:, ::-1].copy()])
    out = tmp_path / "boxes.mp4"
    model = str(assets / MODEL)
    monkeypatch.chdir(tmp_path)
    frames = said(capsys, model, "dog.mp4", "-o", "boxes.mp4")["frames"]
    assert [(one["frame"], one["time"]) for one in frames] == [(0, 0.0), (1, 0.1), (2, 0.2)]
    first, black, turned = ([each["label"] for each in one["detections"]] for one in frames)
    assert "dog" in first
    assert "dog" in turned
    assert black == []
    from explorer.workspace.video.all_frames import all_frames

    plain, drawn = (np.stack([frame.pixels for frame in all_frames(str(one))]).astype(int) for one in (path, out))
    changed = abs(plain - drawn).max((1, 2, 3))
    assert changed[0] > 100
    assert changed[1] < 60, "but for what coding changes"
    assert main(["detect", model, str(path)]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["0", "0"]
    assert lines[1].startswith("0:00.20: ")
    assert last.endswith("found in 3 frames")
    assert "or give --force" in failed(capsys, "detect", model, str(path), "-o", str(out))
    assert "no name of a clip" in failed(capsys, "detect", model, str(path), "-o", "out.png")
    assert "is what is looked at" in failed(capsys, "detect", model, str(path), "-o", str(path), "--force")


def test_what_is_no_video(assets: Path, tmp_path: Path, qapp, capsys) -> None:
    pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    from explorer.workspace.video.all_frames import all_frames

    model = str(assets / MODEL)
    assert "“none.mp4” was not found" in failed(capsys, "detect", model, str(tmp_path / "none.mp4"))
    (tmp_path / "list.mp4").write_text("#EXTM3U\nhttp://127.0.0.1:9/x.mp4\n")
    with pytest.raises(VideoFileError):
        next(all_frames(str(tmp_path / "list.mp4")))
    (tmp_path / "broken.avi").write_bytes(b"RIFF\0\0\0\0AVI " + bytes(100))
    sentence = failed(capsys, "detect", model, str(tmp_path / "broken.avi"))
    assert sentence.startswith("“broken.avi” cannot be played")
    assert len(sentence) <= LONGEST + 1
    path = clip(tmp_path / "grey.mp4", greys(5))
    nowhere = failed(capsys, "detect", model, str(path), "-o", str(tmp_path / "no folder" / "x.mp4"))
    assert "x.mp4" in nowhere or "clip" in nowhere
    assert not os.path.exists(tmp_path / "no folder")


def test_a_damaged_video_is_one_object_and_nothing_beside_it(tmp_path: Path, qapp) -> None:
    """FFmpeg writes to stderr by itself, a thousand lines for some files; whoever asks Qt for them still gets them."""
    path = clip(tmp_path / "grey.avi", [np.asarray(Image.effect_noise((64, 48), 90).convert("RGB")) for _ in range(8)])
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3 : len(whole) // 2 : 7] = bytes(len(range(len(whole) // 3, len(whole) // 2, 7)))
    path.write_bytes(whole)
    frames = "import sys; from explorer.workspace.video.all_frames import all_frames; list(all_frames(sys.argv[1]))"

    def done(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        call, env = [sys.executable, *words], os.environ | {"PYTHONPATH": str(ROOT), **variables}
        return subprocess.run(call, capture_output=True, text=True, timeout=110, env=env)

    quiet = done("-m", "explorer", "detect", "face-detector", str(path), "--json", QT_FFMPEG_DEBUG="")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert len(json.loads(quiet.stdout)["frames"]) > 0
    assert "Error at MB" in done("-c", frames, str(path), QT_FFMPEG_DEBUG="1").stderr


# What is drawn

sides = st.floats(-300, 500, allow_nan=False)
guesses = st.lists(
    st.builds(
        Guess, st.text(max_size=60), st.integers(0, 90), st.floats(0, 1), st.tuples(sides, sides, sides, sides)
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(guesses, st.integers(1, 200), st.integers(1, 200))
def test_whatever_boxes_there_are(found: list[Guess], width: int, height: int) -> None:
    pixels = np.full((height, width, 3), 128, np.uint8)
    drawn = annotated(pixels, found, (2 * width, 2 * height))
    assert drawn.shape == pixels.shape
    assert (pixels == 128).all(), "the picture itself is left as it is"


@pytest.mark.parametrize("ground", [0, 255])
def test_labels_are_seen_on_any_ground_and_beside_each_other(ground: int) -> None:
    pixels = np.full((240, 320, 3), ground, np.uint8)
    one, other = (Guess(name, number, 0.9, (100, 80, 200, 160)) for number, name in ((3, "cat"), (5, "dog")))
    drawn = annotated(pixels, [one, other], (320, 240))
    light = [(drawn == class_colour(number)).all(2) for number in (3, 5)]
    assert all(plate.sum() > 200 for plate in light), "neither plate hides the other"
    rows, columns = np.nonzero(light[0])
    inside = drawn[rows.min() : rows.min() + 12, columns.min() : columns.min() + 30]
    assert (inside.max(2) < 60).any(), "black letters on it"
    box = drawn[120, 95:105]
    assert (box == class_colour(3)).all(1).any()
    assert (box == 0).all(1).any()
    scaled = annotated(np.full((120, 160, 3), ground, np.uint8), [one], (320, 240))
    assert (scaled[60, 47:53] == class_colour(3)).all(1).any()
