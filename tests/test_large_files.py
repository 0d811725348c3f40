"""A file of hundreds of megabytes is read, checked and kept piece by piece: the worker hears other questions between
two pieces, and one can stop it there. Pieces are counted, not seconds."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

from explorer.engine import library
from explorer.engine.answers import answer
from explorer.engine.questions import OpenFile
from explorer.formats import folders, in_pieces, project_file, stored_zip, tensors
from explorer.formats.checkpoint import broken, nested, stored, torch_files
from explorer.formats.darknet import weights
from explorer.formats.onnx import file, wire
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.network.project import Project
from tests.test_small_and_costly import in_little

STEP = 1 << 14
VALUES = np.random.default_rng(0).normal(size=(64, 1024)).astype(np.float32)
"""The one large table, a quarter of a megabyte: to a step here what 256 MB are to one of 16 MB."""


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(in_pieces, "STEP", STEP)
    for module in (tensors, stored, weights, file):
        monkeypatch.setattr(module, "PIECE", STEP // 4)
    monkeypatch.setattr(stored_zip, "CHUNK", STEP // 4)
    monkeypatch.setattr(broken, "PIECE", STEP // 16)  # numbers


def state() -> dict[str, torch.Tensor]:
    return {"fc.weight": torch.from_numpy(VALUES), "fc.bias": torch.zeros(64)}


def new(folder: Path) -> Path:
    torch.save(state(), folder / "new.pth")
    return folder / "new.pth"


def old(folder: Path) -> Path:
    torch.save(state(), folder / "old.pth", _use_new_zipfile_serialization=False)
    return folder / "old.pth"


def safetensors(folder: Path) -> Path:
    save_file(state(), folder / "a.safetensors")
    return folder / "a.safetensors"


def onnx_file(folder: Path, beside: bool = False, constant: bool = False, row: bool = False) -> Path:
    value = helper.make_tensor_value_info
    table = (
        helper.make_tensor("w", TensorProto.FLOAT, VALUES.shape, VALUES.ravel())
        if row
        else numpy_helper.from_array(VALUES, "w")
    )
    nodes = [helper.make_node("Flatten", ["x"], ["flat"]), helper.make_node("Gemm", ["flat", "w"], ["y"], transB=1)]
    model = helper.make_model(
        helper.make_graph(
            [helper.make_node("Constant", [], ["w"], value=table)] * constant + nodes,
            "net",
            [value("x", TensorProto.FLOAT, [1, 1, 32, 32])],
            [value("y", TensorProto.FLOAT, [1, 64])],
            [] if constant else [table],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
    )
    onnx.save(model, folder / "a.onnx", save_as_external_data=beside, location="a.data")
    return folder / "a.onnx"


def with_tables_beside(folder: Path) -> Path:
    return onnx_file(folder, beside=True)


def in_a_constant(folder: Path) -> Path:
    """As exporters wrote tables that are no parameters, and some all of them."""
    return onnx_file(folder, constant=True)


def as_floats(folder: Path) -> Path:
    """As helper.make_tensor writes a table, number by number."""
    return onnx_file(folder, constant=True, row=True)


def darknet(folder: Path) -> Path:
    text = "[net]\nheight=32\nwidth=32\nchannels=1\n[connected]\noutput=64\nactivation=linear\n[softmax]\n"
    (folder / "a.cfg").write_text(text)
    header = struct.pack("<3iQ", 0, 2, 0, 0)
    (folder / "a.weights").write_bytes(header + np.zeros(64, "<f4").tobytes() + VALUES.tobytes())
    return folder / "a.cfg"


def project(folder: Path) -> Path:
    *_, found = answer(OpenFile(str(darknet(folder))))
    assert isinstance(found, Project)
    project_file.write(folder / "a.cnnx", replace(found, title="a"))
    tensors.place(found.weights).unlink()
    return folder / "a.cnnx"


ONCE, TWICE, THRICE = VALUES.nbytes // STEP, 2 * VALUES.nbytes // STEP, 3 * VALUES.nbytes // STEP
KINDS: dict[Callable[[Path], Path], tuple[int, int]] = {
    new: (THRICE, TWICE),  # its checksum, its numbers, whether these are finite
    old: (TWICE, TWICE),
    safetensors: (TWICE, TWICE),
    onnx_file: (ONCE, TWICE),
    with_tables_beside: (ONCE, TWICE),
    in_a_constant: (ONCE, TWICE),
    as_floats: (ONCE, TWICE),
    darknet: (ONCE, TWICE),
    project: (ONCE, 0),
}
"""How often the whole is gone through while it is read, and while it is hashed and written into the store."""


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_between_pieces_other_questions_are_heard(make: Callable[[Path], Path], tmp_path: Path) -> None:
    path = make(tmp_path)
    steps = list(answer(OpenFile(str(path))))
    found = steps[-1]
    assert isinstance(found, Project)
    assert any(np.array_equal(value, VALUES) for value in tensors.read(found.weights).values())
    told = [step for step in steps if isinstance(step, Progress)]
    keeping = [step for step in told if step.text.startswith("Keeping the weights of")]
    reading = [step for step in told if step not in keeping]
    least = [count * 0.9 for count in KINDS[make]]  # the last piece of each comes with what is next
    assert len(reading) >= least[0]
    assert len(keeping) >= least[1]
    assert all(0 <= step.done <= step.total for step in told if step.total)
    assert len(told) < 8 * ONCE, "each step is a message to the window"


@pytest.mark.parametrize("zipped", [True, False], ids=["new", "old"])
def test_a_pickle_of_many_steps_is_gone_through_in_parts(zipped: bool, tmp_path: Path) -> None:
    """900,000 numbers beside the weights took twenty seconds without a stop."""
    torch.save({**state(), "seen": list(range(100_000))}, tmp_path / "long.pth", _use_new_zipfile_serialization=zipped)
    with open(tmp_path / "long.pth", "rb") as file:
        steps = list((torch_files.zipped if zipped else torch_files.old)(file, (tmp_path / "long.pth").stat().st_size))
    assert steps.count(nested.STEP) >= 2 * 100_000 // nested.A_STEP, "each number, and each value they became"


def test_the_numbers_behind_an_old_pickle_are_left_where_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "old.pth"
    torch.save({"w": torch.zeros(5_000_000)}, path, _use_new_zipfile_serialization=False)
    with open(path, "rb") as file, in_little(1_000_000):
        found = at_once(torch_files.old(file, path.stat().st_size))
    assert found["w"].count == 5_000_000


def test_a_description_as_large_as_tables_are_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parser and the checker get they copy four times, without a stop."""
    path = onnx_file(tmp_path, constant=True)
    monkeypatch.setattr(wire, "LEAST_CONSTANT", 1 << 20)
    monkeypatch.setattr(wire, "LARGEST", VALUES.nbytes)
    with pytest.raises(Refusal, match=r"a\.onnx.* has more than 262\.1 kB beside the tables.*initializers") as told:
        list(answer(OpenFile(str(path))))
    assert len(str(told.value)) <= 300


def test_a_file_of_the_library_is_read_piece_by_piece() -> None:
    steps = library.open_model("lenet5")
    next(step for step in steps if isinstance(step, Progress) and step.text.startswith("Reading"))
    with in_little(100_000):
        first = next(steps)
    assert isinstance(first, Progress)
    assert 0 < first.done < first.total == library.entry("lenet5").file.stat().st_size > 200_000
    assert isinstance(list(steps)[-1], Project)


def test_what_the_store_has_is_compared_in_pieces_too(tmp_path: Path) -> None:
    path = safetensors(tmp_path)
    first = list(answer(OpenFile(str(path))))
    tensors._checked.clear()  # as another start of the program
    again = list(answer(OpenFile(str(path))))
    assert again[-1] == first[-1]
    assert sum(isinstance(step, Progress) for step in again) > 3 * ONCE


@pytest.mark.parametrize("make", [new, darknet, project], ids=lambda make: make.__name__)
def test_stopped_at_any_piece_it_leaves_nothing_behind(make: Callable[[Path], Path], tmp_path: Path) -> None:
    path = make(tmp_path)
    count = sum(1 for _ in answer(OpenFile(str(path))))
    for kept in folders.weights().iterdir():
        kept.unlink()
    for taken in range(1, count - 1, 5):
        tensors._checked.clear()
        steps = answer(OpenFile(str(path)))
        for _ in range(taken):
            next(steps)
        steps.close()  # type: ignore[attr-defined]
        assert list(folders.weights().iterdir()) == []


def test_damage_at_the_end_is_told_and_nothing_kept(tmp_path: Path) -> None:
    path = project(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.rindex(VALUES.tobytes()[-8:])] ^= 1
    path.write_bytes(data)
    with pytest.raises(project_file.ProjectError, match="damaged"):
        list(answer(OpenFile(str(path))))
    assert list(folders.weights().iterdir()) == []
