"""What is no network at all, under every name that a reader listens to: always a sentence, soon, and nothing runs.

What is hostile inside a format is tested beside its reader; docs/security.md has the list.
"""

from __future__ import annotations

import io
import os
import pickle
import re
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from safetensors.numpy import save_file

from explorer.engine.opening import READERS, open_file
from explorer.engine.trained import Torchvision
from explorer.formats import project_file
from explorer.layers.dense import Input
from explorer.maths.sentences import Refusal
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests import onnx_side
from tests.own_time import own_time

ENDINGS = [ending for reader in READERS for ending in reader.endings]
ROOT = Path(__file__).resolve().parents[1]
CFG = "[net]\nwidth=8\nheight=8\nchannels=1\n[convolutional]\nfilters=2\nsize=3\nstride=1\npad=1\nactivation=leaky\n"


def refused(path: Path) -> str:
    """What is said of a file: one sentence, that names it, within seconds."""
    start = own_time()
    with pytest.raises(Refusal) as caught:
        list(open_file(path))
    said = str(caught.value)
    assert own_time() - start < 20
    assert len(said) <= 300
    assert said.isprintable()
    assert ": " in said, "no word on what to do"
    return said


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_no_file_or_holds_nothing(ending: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"pipe{ending}")
    (tmp_path / f"folder{ending}").mkdir()
    (tmp_path / f"loop{ending}").symlink_to(f"loop{ending}")
    (tmp_path / f"nowhere{ending}").symlink_to("gone")
    (tmp_path / f"device{ending}").symlink_to("/dev/zero")
    for name, data in {"empty": b"", "byte": b"\0", "text": b"hello " * 500, "zeros": bytes(1 << 20)}.items():
        (tmp_path / f"{name}{ending}").write_bytes(data)
    with open(tmp_path / f"holes{ending}", "wb") as file:
        file.truncate(20 << 30)
    for path in tmp_path.iterdir():
        assert path.name in refused(path)
    assert f"missing{ending}" in refused(tmp_path / f"missing{ending}")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small sound file of each format, by its ending."""
    folder = tmp_path_factory.mktemp("sound")
    project_file.write(folder / "a.cnnx", Project(Network({"in": Node("in", Input(1, 4, 4))})))
    onnx.save(onnx_side.model([helper.make_node("Relu", ["x"], ["y"])]), str(folder / "a.onnx"))
    (folder / "a.cfg").write_text(CFG)
    torch.save({"conv.weight": torch.zeros(2, 1, 3, 3)}, folder / "a.pt")
    save_file({"conv.weight": np.zeros((2, 1, 3, 3), np.float32)}, folder / "a.safetensors")
    header = np.array([0, 2, 0], "<i4").tobytes() + bytes(8)
    (folder / "a.weights").write_bytes(header + np.zeros(20, "<f4").tobytes())
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_under_another_ones_name_is_read_or_refused(
    ending: str, sound: dict[str, bytes], tmp_path: Path
) -> None:
    for true, data in sound.items():
        path = tmp_path / f"really{true.replace('.', '-')}{ending}"
        path.write_bytes(data)
        try:
            list(open_file(path))
        except Refusal:
            assert path.name in refused(path)


NAMES = (
    "a\nb", "a\tb", "\x1b[31mred", "\u202egnp", "<img src='x'><h1>x", "x" * 230, "ä" * 110, "CON", " ",
    "%s%n{0}", "a;rm -rf ~", "\udcff", "…", "'\"", "-rf", "\u2066a\u2069b", "\u2028line", "e\u0301\u0321" * 40,
    "\ufeff", "file:%2f%2fetc%2fpasswd", "{a.__class__}", "\U0001f4a3" * 50, "~root", "NUL.txt ",
)  # fmt: skip


@pytest.mark.parametrize("ending", [".onnx", ".pt", ".safetensors", ".cfg", ".cnnx", ".pt2"])
def test_odd_names_are_told_as_plain_text(ending: str, tmp_path: Path) -> None:
    for name in NAMES:
        path = tmp_path / f"{name}{ending}"
        path.write_bytes(b"PK\x03\x04 no")
        refused(path)


@pytest.mark.parametrize("which", [".cfg", ".weights"])
def test_darknet_s_files_cut_at_every_byte_are_read_or_refused(
    which: str, sound: dict[str, bytes], tmp_path: Path
) -> None:
    for ending in (".cfg", ".weights"):
        (tmp_path / f"a{ending}").write_bytes(sound[ending])
    assert list(open_file(tmp_path / "a.cfg"))
    read = 0
    for end in range(len(sound[which])):
        (tmp_path / f"a{which}").write_bytes(sound[which][:end])
        try:
            list(open_file(tmp_path / "a.cfg"))
            read += 1
        except Refusal:
            refused(tmp_path / "a.cfg")
    assert read < len(sound[which]) / 4, "weights that are cut do not pass for whole ones"


class Touch:
    """Unpickling it makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.marker), "w")


def test_no_variable_of_the_environment_makes_loading_unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch's own switch for unsafe loading is there; the file of a model is one that would run something."""
    marker = tmp_path / "ran"
    buffer = io.BytesIO()
    torch.save(Touch(marker), buffer)
    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")  # torch asks for it at each loading
    with pytest.raises(pickle.UnpicklingError):
        Torchvision("squeezenet1_1", "IMAGENET1K_V1", 224).read(buffer.getvalue())
    assert not marker.exists()
    buffer.seek(0)
    with pytest.warns(UserWarning, match="TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"):
        torch.load(buffer)
    assert marker.exists(), "else neither the switch nor this file proves anything"


def test_every_goal_of_the_list_has_its_tests() -> None:
    """docs/security.md names tests that are there."""
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(\w+(?:/\w+)*)::(\w+)`", page)
    assert len(named) > 30
    for file, test in named:
        assert f"def {test}(" in (ROOT / "tests" / f"{file}.py").read_text("utf-8"), f"{file}::{test}"


GOALS = {"S": 9, "R": 10, "U": 6, "M": 6, "W": 1, "P": 4, "L": 4, "X": 2}
"""How many of each kind there are."""


def test_every_goal_has_a_row() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = re.findall(r"^\| ([A-Z]\d+) \|.*", page, re.M)
    assert sorted(rows) == sorted(f"{kind}{number + 1}" for kind, many in GOALS.items() for number in range(many))
    told = re.findall(r"^\| [A-Z]\d+ \| .+? \| (.+) \|$", page, re.M)
    assert len(told) == len(rows)
    assert all("`" in tests for tests in told)
