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
from explorer.formats import folders, pictures, regular, unsaved, video_files
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
    with pytest.raises(AssertionError, match="it waits for ever"):
        soon(lambda: regular.head(tmp_path / "pipe.cnnx"), 0.2)
    os.close(os.open(tmp_path / "pipe.cnnx", os.O_WRONLY | os.O_NONBLOCK))  # so that the thread ends
