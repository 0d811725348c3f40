"""The window offers the files that the worker can read; what it cannot read is told for what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.engine.opening import READERS, open_file
from explorer.formats.elsewhere import OTHERS
from explorer.maths.sentences import Refusal
from explorer.ui.file_kinds import ENDINGS

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
PAGE = b"\n<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


def said(path: Path, content: bytes) -> str:
    """What is said of a file with this content."""
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        list(open_file(path))
    return str(caught.value)


def test_the_window_knows_every_ending_that_is_read() -> None:
    assert sorted(ENDINGS) == sorted(ending for reader in READERS for ending in reader.endings)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_lies_in_the_place_of_a_file_is_told(ending: str, tmp_path: Path) -> None:
    """As people have it who clone without Git LFS, or save the page in which they were to sign in."""
    path = tmp_path / f"model{ending}"
    told = f"“{path.name}” is only a pointer of Git LFS to the file itself: fetch that: git lfs pull"
    assert said(path, POINTER) == told
    assert said(path, PAGE).startswith(f"“{path.name}” is a web page in the place of the file: download the file")


@pytest.mark.parametrize("ending", OTHERS)
def test_files_of_other_programs_are_told_with_the_way_here(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ending.upper()}"
    what, advice = OTHERS[ending]
    assert said(path, b"\x1c\0\0\0something") == f"“{path.name}” {what}: {advice}"


def test_a_photo_under_a_name_that_tells_nothing_is_told_to_be_one(tmp_path: Path) -> None:
    """A phone's HEIC dropped on the window, or a picture without an ending, is opened as a network."""
    heic = b"\0\0\0\x18ftypheic\0\0\0\0heic"
    assert said(tmp_path / "IMG_1.HEIC", heic).startswith("“IMG_1.HEIC” is a HEIC picture: save it as JPEG, PNG,")
    assert (
        said(tmp_path / "photo", b"\xff\xd8\xff\xe0\0\x10JFIF")
        == "“photo” is a picture: File ▸ Pictures ▸ Open picture… opens it"
    )


def test_what_nobody_knows_gets_the_list_of_what_is_read(tmp_path: Path) -> None:
    assert said(tmp_path / "notes.docx", b"words").endswith("a PyTorch checkpoint, a safetensors file")
