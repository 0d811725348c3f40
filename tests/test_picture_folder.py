"""Which pictures a folder holds, whatever else lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.formats import picture_folder
from explorer.formats.picture_files import PictureError
from explorer.formats.picture_folder import PictureEntry, pictures_in


def found(folder: Path) -> list[PictureEntry]:
    *_, last = pictures_in(folder)
    assert isinstance(last, list)
    return last


def touched(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def test_all_pictures_by_name_and_nothing_else(tmp_path: Path) -> None:
    touched(tmp_path, "b.JPG", "a/z.webp", "a/b/c.tiff", "a.png", "notes.txt", ".hidden.png", ".git/x.png", "photo")
    assert [one.path for one in found(tmp_path)] == ["a.png", "a/b/c.tiff", "a/z.webp", "b.JPG"]
    there = (tmp_path / "a/z.webp").stat()
    assert found(tmp_path)[2] == PictureEntry("a/z.webp", 8, there.st_mtime_ns)


def test_links_end_and_nothing_is_taken_twice(tmp_path: Path) -> None:
    touched(tmp_path, "in/one.png", "in/deep/two.png")
    touched(tmp_path.parent / f"{tmp_path.name}-beside", "three.png")
    (tmp_path / "in/deep/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "again.png").symlink_to("in/one.png")
    (tmp_path / "other").symlink_to(tmp_path.parent / f"{tmp_path.name}-beside", target_is_directory=True)
    (tmp_path / "nowhere.png").symlink_to("gone.png")
    os.link(tmp_path / "in/deep/two.png", tmp_path / "in/zwo.png")
    names = [one.path for one in found(tmp_path)]
    assert names == ["again.png", "in/zwo.png", "nowhere.png", "other/three.png"]


def test_a_pipe_called_like_a_picture_is_found_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert [one.path for one in found(tmp_path)] == ["pipe.png"]


def test_deep_folders_and_many_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touched(tmp_path, *(f"{'d/' * depth}x.png" for depth in (0, 64, 65)))
    assert len(found(tmp_path)) == 2
    monkeypatch.setattr(picture_folder, "BREATH", 2)
    touched(tmp_path, *(f"{i}.png" for i in range(9)))
    *counts, last = pictures_in(tmp_path)
    assert counts == sorted(counts)
    assert len(counts) > 4
    assert len(last) == 11
    monkeypatch.setattr(picture_folder, "MOST", 10)
    with pytest.raises(PictureError, match="more than 10 pictures: choose a folder inside it"):
        found(tmp_path)


@pytest.mark.parametrize(("name", "words"), [("gone", "was not found"), ("file.png", "is a file: choose the folder")])
def test_what_is_no_folder(tmp_path: Path, name: str, words: str) -> None:
    touched(tmp_path, "file.png")
    with pytest.raises(PictureError, match=words):
        found(tmp_path / name)
