"""What becomes of a film's file while it plays: it is said, and what plays is what was opened, or nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.formats import video_files
from explorer.formats.video_files import VideoFileError
from explorer.workspace.video import file as file_module
from explorer.workspace.video.all_frames import all_frames
from explorer.workspace.video.file import VideoFile
from tests.test_camera import Heard
from tests.test_detect_command import clip

pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
FRAMES = 30


def noise(path: Path) -> bytes:
    """Three seconds of it, which no encoder makes small."""
    random = np.random.default_rng(1)
    frames = [random.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(FRAMES)]
    return clip(path, frames).read_bytes()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, qapp) -> bytes:
    return noise(tmp_path_factory.mktemp("film") / "film.avi")


@pytest.fixture(scope="module")
def matroska(tmp_path_factory: pytest.TempPathFactory, qapp) -> bytes:
    """Its length stands at its beginning."""
    return noise(tmp_path_factory.mktemp("film") / "film.mkv")


def replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    os.replace(other, path)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (
        os.unlink,
        "“film.avi” was deleted or moved while it plays: it plays on here until it is stopped",
    ),
    "replaced": (replaced, "“film.avi” was replaced by another file while it plays: open it again to see that one"),
}
ENDS: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (lambda path: os.truncate(path, path.stat().st_size // 3), "“film.avi” was cut short by another program"),
    "written over": (
        lambda path: path.write_bytes(os.urandom(path.stat().st_size + 9)),
        "“film.avi” was written over by another program while it played",
    ),
}


@pytest.fixture
def playing(film: bytes, tmp_path: Path, qtbot, monkeypatch: pytest.MonkeyPatch) -> Any:
    """It plays, and its disk is asked often."""
    monkeypatch.setattr(file_module, "OFTEN", 0.05)
    (tmp_path / "film.avi").write_bytes(film)
    source = VideoFile(str(tmp_path / "film.avi"))
    source.heard = Heard(source)  # type: ignore[attr-defined]
    source.play()
    qtbot.waitUntil(lambda: len(source.heard.frames) > 2, timeout=10_000)
    yield source
    source.stop()


@pytest.mark.parametrize("name", CHANGES)
def test_it_plays_on_and_says_what_became_of_its_file(name: str, playing, tmp_path: Path, qtbot) -> None:
    change, sentence = CHANGES[name]
    change(tmp_path / "film.avi")
    qtbot.waitUntil(lambda: bool(playing.heard.said))
    many = len(playing.heard.frames)
    qtbot.waitUntil(lambda: len(playing.heard.frames) > many + 4)
    assert playing.heard.said == [sentence], "and once"


@pytest.mark.parametrize("name", ["cut", "written over"])
def test_it_ends_where_what_comes_is_not_what_was_opened(name: str, playing, tmp_path: Path, qtbot) -> None:
    change, sentence = ENDS[name]
    change(tmp_path / "film.avi")
    qtbot.waitUntil(lambda: playing.state == "stopped")
    (said,) = playing.heard.said
    assert said.startswith(sentence)
    assert said.endswith("open it again when that is done, or choose another video")


def test_a_film_that_somebody_still_writes_or_touches_plays_on(playing, tmp_path: Path, qtbot) -> None:
    with (tmp_path / "film.avi").open("ab") as file:
        file.write(bytes(5000))
    os.utime(tmp_path / "film.avi", (5, 5))
    many = len(playing.heard.frames)
    qtbot.waitUntil(lambda: len(playing.heard.frames) > many + 4)
    assert playing.heard.said == []


class FailingDisk:
    """Reads of this file fail from some byte on, as a bad sector's do."""

    def __init__(self, path: str, good: int) -> None:
        self._file = Path(path).open("rb", buffering=0)  # noqa: SIM115 (closed below)
        self._good = good

    def __enter__(self) -> FailingDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int) -> bytes:
        if self._file.tell() + size > self._good:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._file.read(size)


FAILS = "“film.mkv” cannot be read, the system says “Input/output error”: look whether its disk is connected and sound"


@pytest.fixture
def failing(matroska: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A film of which a decoder gets two thirds, because the disk fails behind them."""
    path = tmp_path / "film.mkv"
    path.write_bytes(matroska[: 2 * len(matroska) // 3])
    monkeypatch.setattr(video_files, "BLOCK", 1 << 12)
    good = path.stat().st_size // 2
    monkeypatch.setattr(video_files, "open", lambda path, *_, **__: FailingDisk(path, good), raising=False)
    return path


def test_a_disk_that_fails_is_not_taken_for_the_end(failing: Path, qtbot) -> None:
    source = VideoFile(str(failing))
    heard = Heard(source)
    source.play()
    qtbot.waitUntil(lambda: source.state == "stopped", timeout=10_000)
    assert heard.said[0].startswith(FAILS)
    assert "MP4" not in heard.said[0], "another container would not help"


def test_a_command_says_so_too(failing: Path) -> None:
    with pytest.raises(VideoFileError, match=FAILS):
        list(all_frames(str(failing)))


def test_where_the_disk_is_sound_a_film_that_ends_too_soon_is_told_once(matroska: bytes, tmp_path: Path, qtbot) -> None:
    """Half a download: its header says how long it should be."""
    path = tmp_path / "film.mkv"
    path.write_bytes(matroska[: len(matroska) // 3])
    source = VideoFile(str(path))
    heard = Heard(source)
    source.play()
    qtbot.waitUntil(lambda: bool(heard.said), timeout=10_000)
    many = len(heard.frames)
    qtbot.waitUntil(lambda: len(heard.frames) > many + FRAMES // 2, timeout=10_000)  # it begins again, and ends again
    source.stop()
    assert len(heard.said) == 1
    assert "which is too soon: it is damaged, or was not copied whole" in heard.said[0]
