"""Pipes, sockets, devices, circles and odd names in every place that a file is read from: a sentence, or passed over.

The window's places are in stories/test_special_files, the program's own lists and weights in test_silent_disk.
"""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from explorer.cli.commands import main
from explorer.engine.opening import open_file
from explorer.formats import folders, pictures, regular, styled_files, unsaved, video_files
from explorer.formats.atomic import CannotSave
from explorer.formats.labels.reading import read
from explorer.formats.project_file import write
from explorer.maths.sentences import Refusal
from explorer.workspace import settings_file
from explorer.workspace.recovery import Recovery
from tests.special_files import KINDS, is_sentence, posix, soon, special_files
from tests.test_style import photo, project  # noqa: F401

pytestmark = posix
NO_FILES = ("pipe", "socket", "device", "folder", "circle")
"""What is not even a file of another kind."""


def refused(do) -> str:
    with pytest.raises(Refusal) as caught:
        soon(do)
    assert is_sentence(str(caught.value)), str(caught.value)
    return str(caught.value)


def test_readers_of_one_file(tmp_path: Path) -> None:
    for ending in (".cnnx", ".pt"):
        for path in special_files(tmp_path / ending, ending):
            refused(lambda path=path: list(open_file(path)))
    for path in special_files(tmp_path / "pictures", ".png"):
        refused(lambda path=path: pictures.decode(path))
    for path in special_files(tmp_path / "videos", ".mp4"):
        refused(lambda path=path: video_files.check(path))


READERS = {
    **{f"{ending} {look}": lambda path: list(open_file(path))
       for ending in (".cnnx", ".pt", ".safetensors", ".cfg", ".onnx", ".pt2") for look in (1, 2)},
    ".png 1": pictures.decode, ".xml 1": lambda path: list(read(path)), ".mp4 1": video_files.check,
    ".tif 1": styled_files.read,
}  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
def test_a_pipe_that_takes_a_file_s_place_right_after_the_look(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens one to read it waits until somebody writes: for ever."""
    ending, looks = kind.split()
    path, stat, left = tmp_path / f"a{ending}", os.stat, int(looks)
    path.write_bytes(b"PK\3\4" + bytes(5000))

    def swapped(what, *rest, **more):
        nonlocal left
        found = stat(what, *rest, **more)
        if str(what) == str(path):
            left -= 1
            if not left:
                path.unlink()
                os.mkfifo(path)
        return found

    monkeypatch.setattr(os, "stat", swapped)
    with pytest.raises(Refusal) as caught:
        soon(lambda: READERS[kind](path))
    assert left <= 0
    said = str(caught.value)
    assert is_sentence(said)
    assert path.name in said


def test_labels(tmp_path: Path) -> None:
    """As the folder, and all of them in one."""
    for ending in (".xml", ".txt", ".json"):
        for path in special_files(tmp_path / ending, ending):
            refused(lambda path=path: list(read(path)))
    refused(lambda: list(read(tmp_path / ".json")))  # nobody says which of them
    *_, found = soon(lambda: list(read(tmp_path / ".xml")))
    assert not [thing for one in found.pictures for thing in one.things]
    assert all(map(is_sentence, found.problems))
    (tmp_path / ".txt" / "photo.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    *_, found = soon(lambda: list(read(tmp_path / ".txt")))
    assert [one.path for one in found.pictures if one.things] == ["photo"]
    assert found.problems
    assert all(map(is_sentence, found.problems))


@pytest.mark.parametrize("kind", KINDS)
def test_settings(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "cnn-explorer" / settings_file.FILE
    place.parent.mkdir()
    KINDS[kind](place)
    said = soon(lambda: settings_file.fault.__wrapped__(str(tmp_path)))
    assert bool(said) == (kind in NO_FILES or (kind == "locked" and os.geteuid() != 0))
    assert not said or is_sentence(said)


def test_the_folder_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in special_files(tmp_path, ""):
        if not path.is_dir():
            monkeypatch.setenv(folders.VARIABLE, str(path))
            with pytest.raises(CannotSave) as caught:
                soon(folders.models)
            assert is_sentence(str(caught.value))


def test_unsaved_edits(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    from explorer.workspace.document import Document

    place = folders.state() / "unsaved"
    there = special_files(place, unsaved.SUFFIX)
    recovery = Recovery(Document(), lambda _: "")
    assert soon(recovery.left) == []
    assert soon(unsaved.weights) == set()
    recovery.close()
    assert all(os.path.lexists(path) for path in there), "nothing is deleted unasked"


def test_pictures_that_are_styled_one_after_the_other(
    project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "small.cnnx", project)
    Image.fromarray(photo(1).pixels).save(tmp_path / "style.png")
    there = special_files(tmp_path / "in", ".png")
    Image.fromarray(photo(2).pixels).save(tmp_path / "in" / "good.png")
    words = ["--model", str(tmp_path / "small.cnnx"), "--size", "32", "--steps", "1", "--json", "-o"]
    code = main(["style", str(tmp_path / "in"), str(tmp_path / "style.png"), *words, str(tmp_path / "out")])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [one["picture"] for one in told["pictures"]] == ["good.png"]
    assert len(told["broken"]) == len(there) - 1, "a folder is gone through"
    assert all(is_sentence(one["problem"]) for one in told["broken"])


def test_a_reader_that_does_not_look_first_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of these tests: without the look at what it is, a pipe is waited for."""
    os.mkfifo(tmp_path / "pipe.cnnx")
    monkeypatch.setattr(regular, "size", lambda _: 0)
    monkeypatch.setattr(regular, "only_files", os.open)
    with pytest.raises(AssertionError, match="it waits for ever"):
        soon(lambda: regular.head(tmp_path / "pipe.cnnx"), 0.2)
    os.close(os.open(tmp_path / "pipe.cnnx", os.O_WRONLY | os.O_NONBLOCK))  # so that the thread ends
