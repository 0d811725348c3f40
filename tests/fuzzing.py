"""Bytes that nobody meant: what reads strangers' files, tried by a fuzzer that is led by what code it reaches.

`python -m tests.fuzzing [PARSER] [RUNS]` tries one parser, or all in turn, a million times each, and prints one JSON
line for each; it needs `pip install -e '.[nightly]'`. A parser may refuse with its own error, in a sentence of at most
300 characters; whatever else it raises ends the run, and the bytes are kept. `tests/test_fuzzing.py` tries a few
hundred by chance in every run of the tests.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.in_place import put

RUNS = 1_000_000
LONGEST = 1 << 16
"""Bytes of what is made up."""


@dataclass(frozen=True)
class Parser:
    """parse: reads bytes; refusals: the only errors it may raise; seeds: bytes that it reads, to begin with."""

    parse: Callable[[bytes], Any]
    refusals: tuple[type[Exception], ...]
    seeds: Callable[[], list[bytes]]

    def attempt(self, data: bytes) -> bool:
        """Whether the bytes are read; else they were refused as they should be."""
        try:
            self.parse(data)
        except self.refusals as error:
            if not 0 < len(str(error)) <= 300:
                raise AssertionError(f"no sentence of at most 300 characters: {error}") from error
            return False
        return True


def parsers() -> dict[str, Parser]:
    """Every parser by its name; what it needs is imported here, so that a fuzzer can look into it first."""
    import numpy as np

    from explorer.formats import fed_json, mask_files, project_json, strict_json, styled_files, training_file
    from explorer.formats.checkpoint import safetensors_files, stored, torch_files
    from explorer.formats.darknet import reading, sections, weights
    from explorer.formats.exported import reading as exported
    from explorer.formats.labels import coco, voc, yolo
    from explorer.formats.labels.problems import LabelError
    from explorer.formats.onnx import file as onnx_file
    from explorer.formats.regular import NotReadable
    from explorer.formats.stored_zip import NotStored, chunks, entries
    from explorer.maths.steps import at_once

    cfg = CFG.encode()
    wanted = reading.assembled(cfg).weights
    floats = np.zeros(sum(tensor.count for tensor in wanted), np.float32).tobytes()

    def on_file(read: Callable[[io.BytesIO, int], Any]) -> Callable[[bytes], Any]:
        return lambda data: read(io.BytesIO(data), len(data))

    def members(file: io.BytesIO, size: int) -> list[bytes]:
        return [b"".join(chunks(file, entry)) for entry in entries(file, size, 100).values()]

    def graph(data: bytes) -> object:
        return exported.graph(strict_json.parsed(data))

    feeding = _feeding()

    def fed(data: bytes) -> object:
        return fed_json.fed_of(strict_json.parsed(data), feeding.network)

    def labels(read: Callable[[Path], Any], name: str) -> Callable[[bytes], None]:
        def sound(data: bytes) -> None:
            *_, found = _in_a_file(read, name)(data)
            if any(not 0 < len(said) <= 300 for said in found.problems):
                raise AssertionError(f"no sentences of at most 300 characters: {found.problems}")
            if found.problems and not any(picture.things for picture in found.pictures):
                raise LabelError(found.problems[0])

        return sound

    def trained(path: Path) -> object:
        return training_file.read(path, {"a": (2, 3), "b": (-1,)})

    def zipped(file: io.BytesIO, size: int) -> object:
        return at_once(torch_files.zipped(file, size))

    def old(file: io.BytesIO, size: int) -> object:
        return at_once(torch_files.old(file, size))

    def onnx(path: Path) -> object:
        return at_once(onnx_file.read(path))

    refused = (stored.NotRead, strict_json.Fault)
    return {
        "cfg": Parser(reading.assembled, (sections.Fault,), lambda: [cfg]),
        "weights": Parser(
            on_file(lambda file, size: weights.taken(file, size, wanted)), (sections.Fault,),
            lambda: [b"\0\0\0\0\2\0\0\0\5\0\0\0" + bytes(8) + floats],
        ),
        "pickle": Parser(on_file(old), refused, lambda: [_checkpoint(zipped=False)]),
        "torch": Parser(on_file(zipped), refused, lambda: [_checkpoint(zipped=True)]),
        "safetensors": Parser(on_file(safetensors_files.tensors), refused, lambda: [_safetensors()]),
        "zip": Parser(on_file(members), (NotStored,), lambda: [_checkpoint(zipped=True)]),
        "pt2": Parser(graph, refused, lambda: [_exported()]),
        "document": Parser(project_json.loaded, (strict_json.Fault,), _documents),
        "fed": Parser(fed, (strict_json.Fault,), lambda: [json.dumps(fed_json.described_fed(feeding.fed)).encode()]),
        "style": Parser(styled_files.sheet_of, (strict_json.Fault,), _styled),
        "styled": Parser(lambda data: styled_files.text_in(io.BytesIO(data)), (strict_json.Fault,), _styled_pictures),
        "mask": Parser(mask_files.unpacked, (strict_json.Fault,), lambda: [_mask()]),
        "coco": Parser(labels(coco.read, "a.json"), (LabelError,), lambda: [COCO.encode()]),
        "voc": Parser(
            labels(lambda path: voc.read(path.parent, [path.name]), "a.xml"), (LabelError,), lambda: [VOC.encode()]
        ),
        "yolo": Parser(
            labels(lambda path: yolo.read(path.parent, [path.name]), "a.txt"), (LabelError,), lambda: [YOLO.encode()]
        ),
        "training": Parser(_in_a_file(trained, "a.training"), (NotReadable,), lambda: [_training()]),
        "onnx": Parser(_in_a_file(onnx, "a.onnx"), (NotReadable,), lambda: [_onnx()]),
    }  # fmt: skip


CFG = """[net]
width=32
height=32
channels=3
[convolutional]
batch_normalize=1
filters=2
size=3
stride=2
pad=1
activation=leaky
[maxpool]
size=2
stride=2
[route]
layers=-1
groups=2
group_id=1
[upsample]
stride=2
[convolutional]
filters=14
size=1
activation=linear
[yolo]
mask=0,1
anchors=1,2, 3,4
classes=2
num=2
"""


COCO = """{"images": [{"id": 1, "width": 64, "height": 48, "file_name": "a.jpg"}],
"categories": [{"id": 3, "name": "dog"}], "annotations": [
{"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 2.5, 10, 2e1], "iscrowd": 0, "area": 200},
{"id": 2, "image_id": 1, "category_id": 3, "bbox": [0, 0, 1, 1], "iscrowd": 1}]}
"""
VOC = """<annotation><filename>a.jpg</filename><size><width>64</width><height>48</height><depth>3</depth></size>
<object><name>dog</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>20</xmax><ymax>40</ymax>
</bndbox><part><name>head</name></part></object></annotation>
"""
YOLO = "0 0.5 0.5 0.25 0.125\n12 .5 1e-1 0.2 0.1\n"


def _in_a_file(read: Callable[[Path], Any], name: str) -> Callable[[bytes], Any]:
    """What `read` makes of bytes under this name, in a folder of their own."""
    folder = tempfile.TemporaryDirectory()

    def from_file(data: bytes) -> Any:
        path = Path(folder.name, name)
        put(path, data)
        found = read(path)
        return list(found) if isinstance(found, Iterator) else found

    return from_file


def _training() -> bytes:
    import numpy as np

    from explorer.formats.training_file import Training, write

    arrays = {"a": np.ones((2, 3), np.float32), "b": np.zeros(4, np.float32)}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "a"), Training(7, {"style": "wave", "size": 32}, arrays))
        return Path(folder, "a").read_bytes()


def _onnx() -> bytes:
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    def value(name: str, shape: list[int]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    weights = numpy_helper.from_array(np.ones((2, 1, 3, 3), np.float32), "w")
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3]),
        helper.make_node("Twice", ["y"], ["z"], domain="own"),
    ]
    graph = helper.make_graph(nodes, "net", [value("x", [1, 1, 5, 5])], [value("z", [1, 2, 3, 3])], [weights])
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
    body = [helper.make_node("Add", ["a", "a"], ["b"])]
    twice = helper.make_function("own", "Twice", ["a"], ["b"], body, sets[:1])
    return helper.make_model(graph, functions=[twice], opset_imports=sets, ir_version=9).SerializeToString()


def _checkpoint(zipped: bool) -> bytes:
    import torch

    file = io.BytesIO()
    state = {"epoch": 3, "state_dict": {"a.weight": torch.ones(2, 3), "a.bias": torch.zeros(2, dtype=torch.float16)}}
    torch.save(state, file, _use_new_zipfile_serialization=zipped)
    return file.getvalue()


def _safetensors() -> bytes:
    import numpy as np
    from safetensors.numpy import save

    return save({"a.weight": np.ones((2, 3), np.float32), "b": np.ones(1, np.int64)}, {"made": "here"})


def _exported() -> bytes:
    import zipfile

    import torch
    from torch import nn

    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2)).eval()
    file = io.BytesIO()
    torch.export.save(torch.export.export(net, (torch.rand(1, 1, 4, 4),)), file)
    with zipfile.ZipFile(file) as members:
        (name,) = (name for name in members.namelist() if re.search(r"/models/[^/]+\.json$", name))
        return members.read(name)


def _documents() -> list[bytes]:
    from explorer.classics.catalogue import CLASSICS
    from explorer.formats.project_json import dumped

    return [dumped(CLASSICS[name].project) for name in ("lenet5", "squeezenet1_0")]


def _feeding() -> Any:
    """A project whose two further Inputs are fed."""
    from explorer.layers.dense import Input
    from explorer.network.fed import Numbers, Still
    from explorer.network.network import Network, Node
    from explorer.network.project import Project

    nodes = {id: Node(id, Input(3, 8, 8)) for id in ("x", "y", "z")}
    return Project(Network(nodes), fed={"y": Numbers((0.5, -1.0, 2e9)), "z": Still(_mask(), "a.png")})


def _mask() -> bytes:
    import numpy as np

    from explorer.formats.mask_files import packed

    return packed(np.arange(60, dtype=np.uint8).reshape(6, 10))


def _sheets() -> list[Any]:
    from explorer.probes.style import Style, StyleSheet, WeightedLayer

    layers = (WeightedLayer("relu1", 2.0), WeightedLayer("relu2"))
    whole = StyleSheet(Style(), layers[:1], layers, "VGG", "ab" * 32, "dog.jpg", (("a.jpg", 1.0), ("b.jpg", 0.5)), 7,
                       (b"", _mask()))  # fmt: skip
    return [StyleSheet(Style()), whole]


def _styled() -> list[bytes]:
    from explorer.formats.styled_files import dumped

    return [dumped(sheet).encode() for sheet in _sheets()]


def _styled_pictures() -> list[bytes]:
    import numpy as np

    from explorer.formats import styled_files

    found = []
    with tempfile.TemporaryDirectory() as folder:
        for ending in (".png", ".tif"):
            for number, sheet in enumerate(_sheets()):
                path = Path(folder, f"{number}{ending}")
                styled_files.write(path, np.zeros((3, 4, 3), np.uint8), sheet)
                found.append(path.read_bytes())
    return found


def fuzz(name: str, runs: int, folder: str) -> None:
    """Try one parser in this process; ends it, with exit code 0 when nothing else than refusals came."""
    import atheris

    with atheris.instrument_imports(include=["explorer.formats", "explorer.layers", "explorer.network"]):
        parser = parsers()[name]
    seeds = Path(folder, "seeds")
    seeds.mkdir()
    for number, data in enumerate(parser.seeds()):
        assert parser.attempt(data), "a seed is refused"
        (seeds / str(number)).write_bytes(data)
    options = [f"-runs={runs}", f"-max_len={LONGEST}", "-seed=1", "-timeout=20", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(seeds)], parser.attempt)
    atheris.Fuzz()


def main() -> int:
    """Try the parsers one after the other; returns the exit code."""
    words = sys.argv[1:]
    if words[:1] == ["-one"]:
        fuzz(words[1], int(words[2]), words[3])
    unknown = [word for word in words if not word.isdigit() and word not in parsers()]
    if unknown:
        asked = {"-h", "--help"} & set(unknown)
        print(__doc__ if asked else f"There is no parser {unknown[0]}.", f"PARSER: {', '.join(parsers())}", sep="\n")
        return 0 if asked else 2
    names = [word for word in words if not word.isdigit()] or list(parsers())
    runs = next((int(word) for word in words if word.isdigit()), RUNS)
    failed = 0
    for name in names:
        folder = tempfile.mkdtemp(prefix=f"fuzzing-{name}-")
        start = time.monotonic()
        call = [sys.executable, "-m", "tests.fuzzing", "-one", name, str(runs), folder]
        done = subprocess.run(call, capture_output=True, text=True, errors="replace")
        counted = re.search(r"Done (\d+) runs", done.stderr)
        reached = re.findall(r"cov: (\d+) ft: (\d+)", done.stderr)
        result = {
            "parser": name, "runs": int(counted[1]) if counted else 0, "seconds": round(time.monotonic() - start),
            "edges": int(reached[-1][0]) if reached else 0, "exit": done.returncode,
        }  # fmt: skip
        print(json.dumps(result), flush=True)
        if done.returncode:
            failed = 1
            print((done.stdout + done.stderr)[-3000:], f"\nkept in {folder}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
