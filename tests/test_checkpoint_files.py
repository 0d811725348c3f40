"""Checkpoints: what is in them is what torch reads, nothing in them runs, what is broken is refused in a sentence."""

from __future__ import annotations

import argparse
import datetime
import io
import json
import os
import pickle
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from explorer.engine.opening import fitting
from explorer.formats.checkpoint.reading import Checkpoint, CheckpointError
from explorer.formats.checkpoint.reading import read as read_in_steps
from explorer.maths.steps import at_once
from tests.in_place import put
from tests.real_model import real_cache, real_model  # noqa: F401

SENTENCE = 300
SHAPES = {"conv.weight": (2, 1, 2, 2), "conv.bias": (2,), "fc.weight": (3, 2)}
STATE = {name: torch.arange(float(torch.Size(shape).numel())).reshape(shape) for name, shape in SHAPES.items()}


def new(path: Path) -> None:
    torch.save(STATE, path)


def old(path: Path) -> None:
    torch.save(OrderedDict(STATE), path, _use_new_zipfile_serialization=False)


def safetensors(path: Path) -> None:
    save_file(STATE, path)


FORMATS: dict[str, Callable[[Path], None]] = {"new.pt": new, "old.pth": old, "small.safetensors": safetensors}


def read(path: Path) -> Checkpoint:
    return at_once(read_in_steps(path))


def refused(path: Path, words: str = "") -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(CheckpointError) as caught:
        read(path)
    sentence = str(caught.value)
    assert len(sentence) <= SENTENCE
    assert sentence.isprintable()
    assert sentence.startswith(f"“{path.name}” ")
    assert ": " in sentence
    assert str(path.parent) not in sentence
    assert words in sentence
    return sentence


def zipped(path: Path, pickled: bytes, numbers: dict[str, bytes] | None = None, **members: bytes) -> Path:
    """A file as torch.save writes it, of parts that may be anything."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        for key, data in (numbers or {}).items():
            archive.writestr(f"archive/data/{key}", data)
        for name, data in members.items():
            archive.writestr(f"archive/{name}", data)
    return path


# Small pickles, written by hand

START, END = b"\x80\x02", b"."


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def number(value: int) -> bytes:
    data = value.to_bytes((value.bit_length() + 8) // 8 or 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def numbers(*values: int) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def storage(count: int, key: str = "0", kind: str = "FloatStorage") -> bytes:
    return b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(key) + text("cpu") + number(count) + b"tQ"


def tensor(count: int, offset: int, shape: bytes, strides: bytes, key: str = "0", kind: str = "FloatStorage") -> bytes:
    inner = storage(count, key, kind) + number(offset) + shape + strides + b"\x89ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + inner + b"tR"


def table(*pairs: tuple[str, bytes]) -> bytes:
    return START + b"}(" + b"".join(text(name) + value for name, value in pairs) + b"u" + END


# What is in a file is what torch reads


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_are_torch_s(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    found = read(tmp_path / name)
    assert {n: t.shape for n, t in found.tensors.items()} == SHAPES
    for tensor_name, values in at_once(found.arrays(list(STATE))).items():
        assert values.dtype == np.float32
        assert np.array_equal(values, STATE[tensor_name].numpy())


@pytest.mark.parametrize("old_format", [False, True])
@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
              torch.int8, torch.uint8, torch.bool],
)  # fmt: skip
def test_every_type_views_and_parameters(tmp_path: Path, dtype: torch.dtype, old_format: bool) -> None:
    base = (torch.arange(60) % 7).to(dtype).reshape(3, 4, 5)
    views = {
        "whole": base,
        "turned": base.permute(2, 0, 1),
        "part": base[1:, ::2, 3],
        "one": base[2, 3, 4],
        "none": base[:0],
    }
    if dtype.is_floating_point:
        views["parameter"] = nn.Parameter(base + 1)
    path = tmp_path / "views.pt"
    torch.save({"weights": views, "step": 3}, path, _use_new_zipfile_serialization=not old_format)
    found = read(path)
    assert found.within == "weights"
    assert {t.dtype for t in found.tensors.values()} == {str(dtype).removeprefix("torch.")}
    for name, values in at_once(found.arrays(list(views))).items():
        assert np.array_equal(values, views[name].detach().float().numpy())


def test_types_of_safetensors(tmp_path: Path) -> None:
    values = {
        f"x{i}": (torch.arange(6) - 2).to(d).reshape(2, 3)
        for i, d in enumerate((torch.bfloat16, torch.float16, torch.int8))
    }
    save_file(values, tmp_path / "a.safetensors", {"format": "pt"})
    for name, found in at_once(read(tmp_path / "a.safetensors").arrays(list(values))).items():
        assert np.array_equal(found, values[name].float().numpy())


@pytest.mark.parametrize("mark", [b"\x80", b"\x80\x02", b"PK"])
def test_a_safetensors_header_as_long_as_another_format_s_mark(tmp_path: Path, mark: bytes) -> None:
    """The first bytes are the header's length, in steps of eight: one file in 32 begins as a pickle does."""
    path, length = tmp_path / "a.safetensors", int.from_bytes(mark.ljust(2, b"\x01"), "little")
    save_file({"a": torch.ones(2)}, path, {"note": "x" * (length - len(_header({"note": ""})))})
    assert path.read_bytes().startswith(mark)
    assert read(path).tensors["a"].shape == (2,)
    assert fitting(path, path.read_bytes()[:512]).what == "a safetensors file"


def _header(notes: dict[str, str]) -> str:
    """What safetensors writes before one tensor of two numbers."""
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    return json.dumps({"__metadata__": notes, "a": tensor}, separators=(",", ":"))


def test_the_real_mobilenet(real_model: Path) -> None:  # noqa: F811
    """Written in 2019, in the old format."""
    (path,) = (real_model / "models").glob("mobilenet*.pth")
    found, wanted = read(path), torch.load(path, weights_only=True)
    assert list(found.tensors) == list(wanted)
    assert all(
        np.array_equal(values, wanted[name].numpy()) for name, values in at_once(found.arrays(list(wanted))).items()
    )


@pytest.mark.parametrize(
    ("nested", "within", "others"),
    [
        ({"state_dict": STATE, "epoch": 3}, "state_dict", ()),
        ({"ema": STATE, "model": STATE, "optimizer": {"state": {0: {"exp_avg": torch.zeros(2)}}}}, "model", ("ema",)),
        ({"model_state_dict": STATE, "loss": 0.5, "args": [1, (2, None, True)]}, "model_state_dict", ()),
        ({"checkpoint": {"params": STATE}}, "checkpoint.params", ()),
    ],
)
def test_weights_are_found_where_programs_put_them(tmp_path: Path, nested: dict, within: str, others: tuple) -> None:
    torch.save(nested, tmp_path / "nested.pt")
    found = read(tmp_path / "nested.pt")
    assert (found.within, found.others) == (within, others)
    assert found.tensors.keys() == STATE.keys()


def noted() -> dict[str, object]:
    """What training programs put beside weights."""
    when = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
    return {
        "args": argparse.Namespace(lr=0.1, device=torch.device("cpu"), sizes=[(1, 2)], dtype=torch.float16),
        "best_acc1": torch.tensor(71.2),  # as PyTorch's example for ImageNet does
        "best_acc": np.float64(0.7), "curve": np.arange(4.0), "classes": np.array(["cat", "dog"]),
        "hyper_parameters": {"data": Path("/data"), "when": when, "took": datetime.timedelta(1), "ids": {1, 2}},
        "loops": defaultdict(int, a=1), "seen": Counter("abca"), "last": deque([1, 2], 5), "raw": b"\x00\xff",
        "settings": SimpleNamespace(a=1), "big": complex(1, 2), "kind": dict,
    }  # fmt: skip


@pytest.mark.parametrize("old_format", [False, True])
def test_what_training_programs_note_beside_the_weights_is_passed_over(tmp_path: Path, old_format: bool) -> None:
    path = tmp_path / "training.pth.tar"
    torch.save({**noted(), "state_dict": STATE}, path, _use_new_zipfile_serialization=not old_format)
    found = read(path)
    assert (found.within, found.others) == ("state_dict", ())
    assert all(
        np.array_equal(values, STATE[name].numpy()) for name, values in at_once(found.arrays(list(STATE))).items()
    )


@pytest.mark.parametrize("class_", ["omegaconf.dictconfig DictConfig", "mmengine.logging.history_buffer HistoryBuffer"])
def test_settings_of_other_programs_classes_are_passed_over(tmp_path: Path, class_: str) -> None:
    """They are no packages of ours, so the pickle is written by hand: NEWOBJ, and BUILD with the state."""
    made = "c{}\n{}\n".format(*class_.split()).encode() + b")\x81}(" + text("_content") + b"}ub"
    pickled = table(("config", made), ("model", b"}(" + text("a") + tensor(2, 0, numbers(2), numbers(1)) + b"u"))
    assert read(zipped(tmp_path / "config.pt", pickled, {"0": bytes(8)})).tensors["a"].shape == (2,)


def test_the_pickles_of_python_2_are_read(tmp_path: Path) -> None:
    """Texts were bytes then, and an OrderedDict was made of a list of pairs."""
    one = tensor(2, 0, numbers(2), numbers(1))
    pickled = START + b"ccollections\nOrderedDict\n(](](U\x01a" + one + b"eetR" + END
    assert read(zipped(tmp_path / "two.pt", pickled, {"0": bytes(8)})).tensors["a"].shape == (2,)


# Nothing in a file runs


class Call:
    """Unpickling it calls a function."""

    def __init__(self, function: Callable, *given: object) -> None:
        self.reduced = function, given

    def __reduce__(self) -> tuple:
        return self.reduced


def shell(marker: Path) -> str:
    return f"touch {marker}"


PAYLOADS: dict[str, Callable[[Path], bytes]] = {
    "os": lambda m: pickle.dumps(Call(os.system, shell(m)), 2),
    "os-4": lambda m: pickle.dumps(Call(os.system, shell(m)), 4),
    "os-0": lambda m: pickle.dumps(Call(os.system, shell(m)), 0),
    "eval": lambda m: pickle.dumps(Call(eval, f"open({str(m)!r}, 'w')"), 2),
    "exec": lambda m: pickle.dumps(Call(exec, f"open({str(m)!r}, 'w')"), 2),
    "open": lambda m: pickle.dumps(Call(open, str(m), "w"), 2),
    "popen": lambda m: pickle.dumps(Call(subprocess.getoutput, shell(m)), 2),
    "nested": lambda m: pickle.dumps(Call(pickle.loads, pickle.dumps(Call(os.system, shell(m)))), 2),
    "in a state dict": lambda m: pickle.dumps(OrderedDict(a=1, b=[(Call(os.system, shell(m)),)]), 2),
    "inst": lambda m: b"(" + text(shell(m)) + b"iposix\nsystem\n.",
    "obj": lambda m: b"(cposix\nsystem\n" + text(shell(m)) + b"o.",
    "stack global": lambda m: b"\x80\x04" + text("posix") + text("system") + b"\x93" + text(shell(m)) + b"\x85R.",
    "load from bytes": lambda m: START + b"ctorch.storage\n_load_from_bytes\n" + in_bytes(inner(m)) + b"\x85R.",
    "fx": lambda m: START + b"ctorch.fx.graph_module\n_exec_with_source\n(" + text(f"open({str(m)!r}, 'w')") + b"}tR.",
    "build": lambda m: pickle.dumps(OrderedDict(a=WithState(m)), 2),
}  # fmt: skip


def in_bytes(data: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(data)) + data


def inner(marker: Path) -> bytes:
    buffer = io.BytesIO()
    torch.save(Call(os.system, shell(marker)), buffer)
    return buffer.getvalue()


class WithState:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return Call(os.system, shell(self.marker)).__reduce__()


def hostile(folder: Path) -> list[tuple[Path, Path]]:
    """Files that run something, in every format a pickle comes in, each with the marker it would leave."""
    made = []
    for number, (name, payload) in enumerate(PAYLOADS.items()):
        for form in ("zip", "old", "magic", "bare"):
            marker = folder / f"ran-{number}-{form}"
            path = folder / f"{name}-{form}.pt".replace(" ", "-")
            data = payload(marker)
            if form == "zip":
                zipped(path, data, version=b"3\n", byteorder=b"little")
            elif form == "old":
                heads = [pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
                path.write_bytes(b"".join(heads) + data + pickle.dumps([], 2))
            else:
                path.write_bytes(data if form == "bare" else data + pickle.dumps(1001, 2))
            made.append((path, marker))
    return made


UNSAFE = """
import sys, torch
for path in sys.argv[1:]:
    try:
        torch.load(path, weights_only=False)
    except Exception:
        pass
"""


def test_nothing_runs(tmp_path: Path) -> None:
    files = hostile(tmp_path)
    for path, _ in files:
        refused(path)
    assert not any(marker.exists() for _, marker in files)
    environment = {k: v for k, v in os.environ.items() if k != "TORCH_FORCE_WEIGHTS_ONLY_LOAD"}
    subprocess.run([sys.executable, "-c", UNSAFE, *(str(path) for path, _ in files)], env=environment, check=True)
    assert sum(marker.exists() for _, marker in files) >= 28  # else these files prove nothing


class Strange:
    """Of no program that is known; what it holds may be what was meant."""


def test_what_else_is_not_weights(tmp_path: Path) -> None:
    torch.save(nn.Sequential(nn.Conv2d(1, 1, 1)), tmp_path / "module.pt")
    refused(tmp_path / "module.pt", "wants Python's torch.nn.modules.container.Sequential")
    zipped(tmp_path / "script.pt", table(), constants__pkl=b"", **{"constants.pkl": b"", "code/x.py": b""})
    assert "torch.jit.load" in refused(tmp_path / "script.pt", "is a TorchScript program")
    zipped(tmp_path / "program.pt2", b"", **{"models/model.json": b"{}", "archive_format": b"pt2"})
    assert "ends in .pt2" in refused(tmp_path / "program.pt2", "is a program that torch.export saved")
    torch.jit.script(nn.Sequential(nn.Conv2d(1, 1, 1))).save(tmp_path / "real.pt")
    assert "torch.jit.load" in refused(tmp_path / "real.pt", "is a TorchScript program")
    torch.save({"a": torch.zeros(2).to(torch.float8_e4m3fn)}, tmp_path / "eight.pt")
    refused(tmp_path / "eight.pt", "has numbers of a type that is not read here, such as float8: save them as float32")
    zipped(tmp_path / "quantised.pt", table(("a", b"ctorch._utils\n_rebuild_qtensor\n)R")))
    refused(tmp_path / "quantised.pt", "has numbers of bytes with a scale, as torch quantises them: save them as")
    torch.save({"args": Strange(), "model": STATE}, tmp_path / "strange.pt")
    refused(tmp_path / "strange.pt", f"wants Python's {__name__}.Strange")
    with tarfile.open(tmp_path / "tar.pt", "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("storages"))
    refused(tmp_path / "tar.pt", "is a tar file")
    yolo = START + b"}(" + text("model") + b"cultralytics.nn.tasks\nDetectionModel\n)\x81}bu."
    refused(zipped(tmp_path / "yolo.pt", yolo), "wants Python's ultralytics.nn.tasks.DetectionModel")
    for name, content in {"empty.pt": b"", "text.pt": b"hello " * 100, "zeros.pt": bytes(5000)}.items():
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name)
    (tmp_path / "folder.pt").mkdir()
    refused(tmp_path / "folder.pt", "is a folder")
    refused(tmp_path / "missing.pt", "was not found")
    os.mkfifo(tmp_path / "pipe.pt")
    refused(tmp_path / "pipe.pt", "is a device or a pipe")


# Sizes that lie

GOOD = tensor(4, 0, numbers(2, 2), numbers(2, 1))
DEEP = b"(" * 3000 + b")" + b"t" * 3000
LEAVES = b")" + b"".join(b"q" + bytes([i]) + b"h" + bytes([i]) + b"\x86" for i in range(60))

LYING: dict[str, tuple[bytes, str]] = {
    "more numbers than bytes": (table(("a", tensor(5, 0, numbers(5), numbers(1)))), "has 16 bytes where 20 are named"),
    "fewer": (table(("a", tensor(3, 0, numbers(3), numbers(1)))), "has 16 bytes where 12"),
    "2^31": (table(("a", tensor(1 << 31, 0, numbers(4), numbers(1)))), "bytes where"),
    "2^60": (table(("a", tensor(1 << 60, 0, numbers(4), numbers(1)))), "in a way PyTorch does not"),
    "stride 0": (table(("a", tensor(4, 0, numbers(10**6, 10**6), numbers(0, 0)))), "claims more numbers"),
    "overlapping": (table(("a", tensor(4, 0, numbers(10**5, 10**5), numbers(1, 1)))), "claims more numbers"),
    "vast": (table(("a", tensor(4, 0, numbers(*[2**2000] * 8), numbers(*[0] * 8)))), "claims more numbers"),
    "beyond the end": (table(("a", tensor(4, 2, numbers(2, 2), numbers(2, 1)))), "reaches beyond"),
    "far strides": (table(("a", tensor(4, 0, numbers(2), numbers(2**62)))), "reaches beyond"),
    "negative size": (table(("a", tensor(4, 0, numbers(-2, -2), numbers(2, 1)))), "whole numbers from 0"),
    "negative offset": (table(("a", tensor(4, -1, numbers(2), numbers(1)))), "whole numbers from 0"),
    "many axes": (table(("a", tensor(4, 0, numbers(*[1] * 99), numbers(*[1] * 99)))), "at most 8 whole numbers"),
    "sizes and strides": (table(("a", tensor(4, 0, numbers(2, 2), numbers(1)))), "at most 8 whole numbers"),
    "a size of true": (table(("a", tensor(4, 0, b"\x88\x85", numbers(1)))), "whole numbers from 0"),
    "no such numbers": (table(("a", tensor(4, 0, numbers(4), numbers(1), "7"))), "lacks the numbers “7”"),
    "other path": (table(("a", tensor(4, 0, numbers(4), numbers(1), "../data.pkl"))), "lacks the numbers"),
    "complex": (table(("a", tensor(2, 0, numbers(2), numbers(1), "0", "ComplexFloatStorage"))), "ComplexFloatStorage"),
    "FloatTensor": (table(("a", b"ctorch\nFloatTensor\n" + number(3 * 10**9) + b"\x85R")), "torch.FloatTensor"),
    "bytearray": (table(("a", b"c__builtin__\nbytearray\n" + number(2**36) + b"\x85R")), "bytearray"),
    "a storage is called": (table(("a", b"ctorch\nFloatStorage\n" + number(2**36) + b"\x85R")), "calls torch.Float"),
    "deep": (table(("a", GOOD), ("b", DEEP)), "nested too deeply"),
    "in itself": (START + b"}q\x00(" + text("a") + b"h\x00u.", "nested too deeply, or into itself"),
    "2^60 leaves": (table(("a", GOOD), ("b", LEAVES)), "nested too deeply"),
    "2^60 leaves as a key": (START + b"}" + LEAVES + b"Ns.", "keys that are neither texts nor numbers"),
    "endless": (START + b"N0" * 600_000 + END, "opcode b'0'"),
    "many steps": (START + b"]" + b"Na" * 600_000 + END, "more than 1,000,000 steps"),
    "tables over and over": (
        START + b"](" + b"(" + b"](" + (b"](" + text("k") + b"Ne") * 50_000 + b"eq\x00"
        + b"ccollections\nOrderedDict\nh\x00\x85R" * 60 + b"tt.", "tables of more than"),
    "nothing on the stack": (START + b"R.", "makes no sense"),
    "no such memory": (START + b"h\x05.", "makes no sense"),
    "no mark": (START + b"t.", "makes no sense"),
    "text cut off": (START + b"X\xff\xff\xff\xff.", "is cut off"),
    "no text": (START + b"X\x02\x00\x00\x00\xff\xfe.", "makes no sense"),
    "no end of line": (START + b"c" + b"a" * 900 + END, "is cut off"),
    "no end": (START + b"N", "is cut off"),
    "two values": (START + b"NN.", "ends in the middle"),
    "something behind": (table(("a", GOOD)) + b"N.", "something behind its pickle"),
    "only numbers": (START + b"K\x01.", "holds no table of weights"),
    "an empty table": (START + b"}.", "holds no table of weights"),
    "a strange name": (table(("a\x1b[31m", GOOD)), "impossible name"),
    "a long name": (table(("a" * 10_000, GOOD)), "impossible name"),
}  # fmt: skip


@pytest.mark.parametrize("case", LYING)
def test_sizes_that_lie(tmp_path: Path, case: str) -> None:
    pickled, words = LYING[case]
    refused(zipped(tmp_path / "lie.pt", pickled, {"0": bytes(16)}), words)


def test_the_honest_one_is_read(tmp_path: Path) -> None:
    assert read(zipped(tmp_path / "a.pt", table(("a", GOOD)), {"0": bytes(16)})).tensors["a"].shape == (2, 2)


def test_many_numbers(tmp_path: Path) -> None:
    """Tensors that share their numbers cost memory each."""
    path = tmp_path / "shared.pt"
    one = tensor(10**6, 0, numbers(10**6), numbers(1))
    refused(
        zipped(path, table(*((f"t{i}", one) for i in range(1001))), {"0": bytes(4 * 10**6)}), "more than 1,000,000,000"
    )


def test_zip_tricks(tmp_path: Path) -> None:
    path, good = tmp_path / "trick.pt", table(("a", GOOD))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", good)
        archive.writestr("archive/data/0", bytes(10**8))
    refused(path, "compressed or encrypted")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", good)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("archive/data.pkl", good)
    refused(path, "two of its members have the same name")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", good)
        archive.writestr("b/data.pkl", good)
    refused(path, "several folders")
    zipped(path, good, {"0": bytes(16)}, byteorder=b"big")
    refused(path, "orders bytes the other way round")
    zipped(path, good, {"0": bytes(16)})
    data = path.read_bytes()
    path.write_bytes(data.replace(b"archive/data/0", b"archive/data/1", 1))
    refused(path, "a member has two names")
    path.write_bytes(data.replace(bytes(16), b"\1" * 16, 1))
    refused(path, "a checksum is wrong")
    path.write_bytes(data + b"more")
    refused(path, "its directory is not at its end")
    with zipfile.ZipFile(path, "w") as archive:
        for i in range(60_000):
            archive.writestr(f"archive/data/{i}", b"")
    refused(path, "its directory is not that of a checkpoint")


def test_two_hundred_entries_on_one_record(tmp_path: Path) -> None:
    path = zipped(tmp_path / "overlap.pt", table(("a", GOOD)), {"0": bytes(16), "1": bytes(16)})
    data = path.read_bytes()
    start = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    second = data.index(b"PK\1\2", start + 4)
    place = data[start + 42 : start + 46]
    path.write_bytes(data[: second + 42] + place + data[second + 46 :])
    refused(path)


EIGHT = b'{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'
SAFETENSORS = {
    "not JSON": (b"{", "not JSON"),
    "twice": (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}', "twice"),
    "NaN": (b'{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}', "NaN where a number is due"),
    "hole": (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', "do not lie where they should"),
    "too long": (b'{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}', "is cut off, or has something behind"),
    "too short": (b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', "is cut off, or has something behind"),
    "lie": (b'{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,8]}}', "do not lie"),
    "negative": (b'{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}', "whole numbers from 0"),
    "a size of true": (b'{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,8]}}', "whole numbers from 0"),
    "axes": (b'{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}', "too long"),
    "type": (b'{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}', "F8_E4M3"),
    "type of a list": (b'{"a":{"dtype":[],"shape":[8],"data_offsets":[0,8]}}', "type"),
    "no type": (b'{"a":{"shape":[2],"data_offsets":[0,8]}}', "does not say type"),
    "no list": (b'{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}', "is no list"),
    "overlap": (b'{"a":' + EIGHT + b',"b":' + EIGHT + b"}", "do not lie"),
    "deep": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    "nothing": (b"{}", "is cut off, or has something behind"),
}  # fmt: skip


def entry(dtype: str = '"F32"', shape: str = "[2]", places: str = "[0,8]", more: str = "") -> bytes:
    """The description of one tensor of two numbers."""
    return f'{{"a":{{"dtype":{dtype},"shape":{shape},"data_offsets":{places}{more}}}}}'.encode()


NAME = b'"a"'
MORE_HEADERS = {
    "no places": b'{"a":{"dtype":"F32","shape":[2]}}',
    "no shape": b'{"a":{"dtype":"F32","data_offsets":[0,8]}}',
    "places of a word": entry(places='"08"'),
    "three places": entry(places="[0,4,8]"),
    "one place": entry(places="[8]"),
    "places the other way round": entry(places="[8,0]"),
    "a place below zero": entry(places="[-8,0]"),
    "a place of a fraction": entry(places="[0,8.0]"),
    "a place of true": entry(places="[false,8]"),
    "a place of nothing": entry(places="[null,8]"),
    "a place behind all": entry(places="[0,18446744073709551615]"),
    "a place of 40 digits": entry(places="[0," + "9" * 40 + "]"),
    "a place of 5,000 digits": entry(places="[0," + "9" * 5000 + "]"),
    "a size of a fraction": entry(shape="[2.0]"),
    "a size of a word": entry(shape='["2"]'),
    "a size of nothing": entry(shape="[null]"),
    "a size in a size": entry(shape="[[2]]"),
    "a size of 5,000 digits": entry(shape="[" + "9" * 5000 + "]"),
    "sizes that go round 2^64": entry(shape="[4294967296,4294967296,2]"),
    "a shape of an object": entry(shape="{}"),
    "an infinite size": entry(shape="[Infinity]"),
    "a size of 1e400": entry(shape="[1e400]"),
    "a type of nothing": entry(dtype="null"),
    "a type of a number": entry(dtype="32"),
    "a type in small letters": entry(dtype='"f32"'),
    "a type with a zero": entry(dtype='"F32\\u0000"'),
    "complex": entry(dtype='"C64"', shape="[1]"),
    "a tensor that is a list": b'{"a":[]}',
    "a tensor that is nothing": b'{"a":null}',
    "a tensor that is a number": b'{"a":8}',
    "a list on top": b"[]",
    "a word on top": NAME,
    "a number on top": b"8",
    "nothing on top": b"null",
    "not UTF-8": b'{"\xff":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    "half a character": entry().replace(NAME, b'"\\ud800"'),
    "an escape": entry().replace(NAME, b'"\\u001b[31m"'),
    "a long name": entry().replace(NAME, b'"' + b"a" * 10000 + b'"'),
    "two texts": entry() + entry(),
    "notes twice": b'{"__metadata__":{"a":"1","a":"2"},' + entry()[1:],
    "a comment": b"/* */" + entry(),
    "UTF-16": entry().decode().encode("utf-16"),
    "a mark of order": b"\xef\xbb\xbf" + entry(),
    "a key too many": entry(more=',"device":"cuda"'),
    "zeros": bytes(60),
}


@pytest.mark.parametrize("case", SAFETENSORS)
def test_headers_that_lie(tmp_path: Path, case: str) -> None:
    header, words = SAFETENSORS[case]
    path = tmp_path / "lie.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    refused(path, words)


def test_more_headers_that_lie(tmp_path: Path) -> None:
    path = tmp_path / "lie.safetensors"
    for header in MORE_HEADERS.values():
        put(path, len(header).to_bytes(8, "little") + header + bytes(8))
        refused(path)
    put(path, len(entry()).to_bytes(8, "little") + entry() + bytes(8))
    assert read(path).tensors["a"].shape == (2,)


def test_a_header_longer_than_the_file(tmp_path: Path) -> None:
    path = tmp_path / "long.safetensors"
    path.write_bytes((10**12).to_bytes(8, "little") + b"{" + bytes(100))
    refused(path, "cut off")
    path.write_bytes((9 * 10**6).to_bytes(8, "little") + b"{" + bytes(10**7))
    refused(path, "at most 8.0 MB are read")


# What is broken


@pytest.mark.parametrize("name", FORMATS)
def test_cut_at_every_byte(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    data, path = (tmp_path / name).read_bytes(), tmp_path / f"cut-{name}"
    for end in range(len(data)):
        put(path, data[:end])
        refused(path)


def mutated(data: bytes, dice: random.Random) -> bytes:
    place, other = dice.randrange(len(data)), dice.randrange(len(data))
    kind = dice.randrange(5)
    if kind == 0:
        return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :]
    if kind == 1:
        return data[:place] + data[other : other + dice.randrange(40)] + data[place + dice.randrange(40) :]
    if kind == 2:
        return data[:place] + data[place + 1 :]
    if kind == 3:
        return data[:place] + bytes([dice.randrange(256)]) + data[place:]
    return data[:place] + dice.choice([b"\xff" * 4, b"\x7f" * 8, b"1000000000"]) + data[place + 4 :]


@pytest.mark.parametrize("name", FORMATS)
def test_changed_bytes_are_read_or_refused(tmp_path: Path, name: str) -> None:
    FORMATS[name](tmp_path / name)
    data, path, dice = (tmp_path / name).read_bytes(), tmp_path / f"changed-{name}", random.Random(name)
    refusals = 0
    for _ in range(600):
        put(path, mutated(data, dice))
        try:
            for values in at_once((found := read(path)).arrays(list(found.tensors))).values():
                assert values.size <= 100
        except CheckpointError:
            refused(path)
            refusals += 1
    assert refusals > 100


@pytest.mark.parametrize("name", FORMATS)
def test_what_became_of_a_file_after_it_was_looked_at(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    FORMATS[name](path)
    found = read(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 8)
    with pytest.raises(CheckpointError, match=f"^“{name}” ") as refused_:
        at_once(found.arrays(list(found.tensors)))
    assert len(str(refused_.value)) <= SENTENCE
    path.unlink()
    with pytest.raises(CheckpointError, match=f"^“{name}” was not found"):
        at_once(found.arrays(list(found.tensors)))
