"""Pictures that are read ahead, from a folder whose disk falls silent amid the work, or takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.engine import reading_ahead
from explorer.engine.answers import answer
from explorer.engine.questions import Decode, PictureFile, Small
from explorer.engine.reading_ahead import ReadPicture, read_ahead
from explorer.formats import answering, pictures
from explorer.formats.picture_files import PictureError
from explorer.formats.picture_folder import PictureEntry
from explorer.maths.records import Progress
from explorer.maths.sentences import sentence
from explorer.network.project import Recipe

SHAPE = (3, 8, 8)


class Disk:
    """Lets a picture be decoded, or the folder be listed, only while it answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pictures, self.folder = threading.Event(), threading.Event()
        self.come_back()
        decode, look = reading_ahead.decode, answering.look_at

        def decoded(path: Path) -> object:
            self.pictures.wait(60)
            return decode(path)

        def look_at(folder: str) -> None:
            self.folder.wait(60)
            look(folder)

        monkeypatch.setattr(reading_ahead, "decode", decoded)
        monkeypatch.setattr(answering, "look_at", look_at)

    def come_back(self) -> None:
        self.pictures.set()
        self.folder.set()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    monkeypatch.setattr(answering, "BREATH", 0.01)
    monkeypatch.setattr(answering, "PATIENCE", 0.1)
    disk = Disk(monkeypatch)
    yield disk
    disk.come_back()


@pytest.fixture
def entries(tmp_path: Path) -> list[PictureEntry]:
    for number in range(6):
        Image.fromarray(np.full((8, 8, 3), 10 * number, np.uint8)).save(tmp_path / f"{number}.png")
    return [PictureEntry(f"{number}.png", 0, 0) for number in range(6)]


def begun(folder: Path, entries: list[PictureEntry]) -> Iterator[list[ReadPicture]]:
    return read_ahead(str(folder), entries, Recipe(), SHAPE, 2)


def test_they_come_in_their_order(disk: Disk, tmp_path: Path, entries: list[PictureEntry]) -> None:
    batches = [batch for batch in begun(tmp_path, entries) if batch]
    assert [[one.entry.path for one in batch] for batch in batches] == [
        ["0.png", "1.png"], ["2.png", "3.png"], ["4.png", "5.png"],
    ]  # fmt: skip
    found = [one.input for batch in batches for one in batch]
    assert [round(float(values.max()) * 255) for values in found if values is not None] == [0, 10, 20, 30, 40, 50]


def test_a_silent_disk_is_told_and_keeps_nobody(disk: Disk, tmp_path: Path, entries: list[PictureEntry]) -> None:
    reading = begun(tmp_path, entries)
    assert len(next(reading)) == 2
    disk.pictures.clear()
    disk.folder.clear()
    began, batches = time.monotonic(), []
    with pytest.raises(PictureError, match="lies on a disk that does not answer any more: look whether it") as told:
        batches.extend(reading)  # what was read ahead still comes
    assert batches.count([]) >= 5, "the worker hears nobody meanwhile"
    assert len(str(told.value)) <= 300
    assert time.monotonic() - began < 30, "those who read are not waited for"
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "read-ahead")


def test_a_picture_that_takes_long_is_waited_for(disk: Disk, tmp_path: Path, entries: list[PictureEntry]) -> None:
    disk.pictures.clear()  # the folder answers
    reading = begun(tmp_path, entries)
    till = time.monotonic() + 0.5
    while time.monotonic() < till:
        assert next(reading) == []
    disk.come_back()
    assert sum(map(len, reading)) == len(entries)


def test_closed_amid_it_leaves_no_thread(disk: Disk, tmp_path: Path, entries: list[PictureEntry]) -> None:
    before = {*threading.enumerate()}
    reading = begun(tmp_path, entries)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert {*threading.enumerate()} <= before


def test_closed_while_a_disk_falls_silent_it_keeps_nobody(
    disk: Disk, tmp_path: Path, entries: list[PictureEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "LONGEST", 0.05)
    disk.pictures.clear()
    reading = begun(tmp_path, entries)
    assert next(reading) == [], "nobody knows yet that it is silent"
    began = time.monotonic()
    reading.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 30, "those who read are not waited for"


def test_the_picture_one_looks_at_and_small_ones_keep_the_worker_no_longer(
    disk: Disk, tmp_path: Path, entries: list[PictureEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = pictures.decode

    def decoded(path: Path, longest: int | None = None) -> object:
        disk.pictures.wait(60)
        return decode(path, longest)

    monkeypatch.setattr(pictures, "decode", decoded)
    path = str(tmp_path / "3.png")
    (picture,) = answer(Decode(PictureFile(path)))
    assert picture.name == "3.png"
    assert [place for place, _ in answer(Small(((0, path), (5, path)), 8))] == [0, 5]
    disk.pictures.clear()
    disk.folder.clear()
    for question in (Decode(PictureFile(path)), Small(((0, path),), 8)):
        with pytest.raises(TimeoutError) as told:
            list(answer(question))
        assert "does not answer" in sentence(told.value)
        steps = answer(question)
        assert isinstance(next(steps), Progress), "other questions are heard meanwhile"
        steps.close()  # type: ignore[attr-defined]
