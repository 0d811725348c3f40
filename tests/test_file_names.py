"""X1: names that some system refuses or takes for something else; what is written says nothing of where it lies."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.formats import project_file
from explorer.layers.dense import Input
from explorer.maths.file_names import DEVICES, LONGEST, file_name
from explorer.network.network import Network, Node
from explorer.network.project import Project

PROJECT = Project(Network({"in": Node("in", Input(3, 8, 8))}), title="A net")
NAMES = (
    "CON", "nul", "COM1.tar", "aux.", "trailing dot.", "trailing space ", "x" * 250, "ä" * 120, "a\nb", "a\tb",
    "\\\\server\\share", "C:drive", "\\\\?\\long", "e\u0301", "\u00e9", "\u202egnp", "-rf", "%s{0}$HOME", "\udcff",
)  # fmt: skip
"""Nineteen."""


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_project_of_any_name_the_disk_takes_comes_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    project_file.write(path, PROJECT)
    assert project_file.read(path) == PROJECT
    project_file.write(path, PROJECT)
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_title_becomes_a_name_for_every_system(name: str) -> None:
    check(file_name(name))


@given(st.text(max_size=120))
def test_any_title_does(name: str) -> None:
    check(file_name(name))


def check(name: str) -> None:
    assert name
    assert len(name.encode()) <= LONGEST + 1
    assert not set(name) & set('/\\:*?"<>|\0\n\r\t')
    assert name.isprintable()
    assert name == name.strip(". ")
    assert name.split(".")[0].strip().upper() not in DEVICES


def test_equal_letters_give_equal_names() -> None:
    assert file_name("e\u0301") == file_name("\u00e9") == unicodedata.normalize("NFC", "e\u0301")
    assert file_name("con") == "_con"
    assert file_name("COM1.2") == "_COM1.2"
    assert file_name("console") == "console"
    assert file_name("...") == "Untitled"


def test_a_document_says_nothing_of_where_it_lies(tmp_path: Path) -> None:
    """No path of this machine; the names in it are those of a fixed list, with / between."""
    path = tmp_path / "secret folder" / "net.cnnx"
    path.parent.mkdir()
    project_file.write(path, PROJECT)
    data = path.read_bytes()
    for part in path.parts[1:]:
        assert part.encode() not in data
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["project.json"]


def test_a_change_of_case_alone_is_another_file_where_the_disk_says_so(tmp_path: Path) -> None:
    project_file.write(tmp_path / "net.cnnx", PROJECT)
    (tmp_path / "net.cnnx").rename(tmp_path / "Net.cnnx")
    assert project_file.read(tmp_path / "Net.cnnx") == PROJECT
    assert [path.name for path in tmp_path.iterdir()] == ["Net.cnnx"]
