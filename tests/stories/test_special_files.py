"""Somebody drops a pipe, a device, a circle or a file with an odd name on the window, or finds it among recent files.

Each gives one sentence, and the window goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QMenu

from tests.special_files import KINDS, is_sentence, posix, special_files

pytestmark = posix
ENDINGS = (".cnnx", ".mp4")
"""As pictures they are opened below."""


@pytest.fixture
def said(user) -> list[str]:
    """What the session and the video said could not be done."""
    found: list[str] = []
    user.session.failed.connect(lambda _, sentence: found.append(sentence))
    user.window.picture.live.said.connect(lambda sentence: found.append(sentence) if sentence else None)
    return found


def heard(user, said: list[str]) -> None:
    """One more sentence has come, about a file."""
    user.wait(lambda: said)
    (sentence,) = said
    assert is_sentence(sentence), sentence
    assert sentence.startswith("“"), sentence
    said.clear()


def test_dropped_on_the_window(user, said: list[str], tmp_path: Path) -> None:
    before = user.project
    for ending in ENDINGS:
        for path in special_files(tmp_path / ending, ending):
            user.drop(user.window, str(path))
            heard(user, said)
    assert user.project is before
    assert user.window.isVisible()


def test_named_when_the_program_is_started_and_among_the_recent_files(user, said: list[str], tmp_path: Path) -> None:
    files, settings = user.window.files, user.window.settings
    for path in special_files(tmp_path, ".cnnx"):
        user.window.recovering.open_first(str(path))
        heard(user, said)
        settings.add_recent(str(path))
        menu = QMenu()
        files.fill_recent(menu)
        menu.actions()[0].trigger()
        heard(user, said)
    assert len(settings.recent) <= len(KINDS), "a name of two lines is one file"


def test_as_a_folder_of_pictures_and_within_one(user, said: list[str], tmp_path: Path) -> None:
    folder, inside = user.window.picture.folder, tmp_path / "in"
    for path in special_files(tmp_path, ""):
        folder.open(str(path))
        heard(user, said)
    special_files(inside, ".png")
    Image.new("RGB", (8, 6)).save(inside / "\U0001f600.png")
    folder.open(str(inside))
    user.wait(lambda: user.session.picture is not None)
    assert user.session.picture.name == "\U0001f600.png"
    assert len(said) == len(KINDS)
    assert all(map(is_sentence, said))
