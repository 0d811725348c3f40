"""Files that cost far more than they weigh: what would take minutes or all memory is refused, soon and in little.

Each was a file that the program opened, for minutes or until the memory ended, before 2026-11-23.
"""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from onnx import helper
from PIL import Image

from explorer.engine.onnx import folding
from explorer.engine.opening import open_file
from explorer.formats import group_json, picture_parts, project_json
from explorer.formats.checkpoint import guessing
from explorer.formats.onnx import wire
from explorer.formats.pictures import decode
from explorer.formats.strict_json import Fault
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Concat
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.layer import described
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests import onnx_side
from tests.test_checkpoint_files import END, START, number, numbers, table, tensor, text, zipped

MB = 1_000_000
WEIGHT = tensor(4, 0, numbers(4), numbers(1))


def refused(path: Path, words: str, read: Callable[[Path], object] = lambda path: list(open_file(path))) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        read(path)
    assert path.name in str(caught.value)
    assert len(str(caught.value)) <= 300
    assert str(caught.value).isprintable()


@contextmanager
def in_little(most: int) -> Iterator[None]:
    """At most so many bytes of Python's at any moment."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


# Checkpoints


def test_keys_that_all_meet_in_one_place(tmp_path: Path) -> None:
    """Python's hash of a whole number is its rest modulo 2⁶¹ − 1: 240,000 such keys took a quarter of an hour."""
    keys = b"".join(number(i * (2**61 - 1)) + b"N" for i in range(1, 3000))
    pickled = START + b"}(" + text("w") + WEIGHT + text("meta") + b"}(" + keys + b"uu" + END
    refused(zipped(tmp_path / "keys.pt", pickled, {"0": bytes(16)}), "keys that are neither texts nor numbers")


def test_a_note_that_is_larger_than_the_weights(tmp_path: Path) -> None:
    """A GB of zeros, which a disk keeps as a hole, was read as the word for the order of bytes."""
    path = zipped(tmp_path / "note.pt", table(("w", WEIGHT)), {"0": bytes(16)}, byteorder=bytes(40 * MB))
    with in_little(10 * MB):
        refused(path, "orders bytes the other way round")


def test_a_layer_is_not_compared_with_all_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 small convolutions took minutes."""
    asked = 0
    is_vector = guessing._Chain._is_vector

    def counted(chain: guessing._Chain, id: str) -> bool:
        nonlocal asked
        asked += 1
        return is_vector(chain, id)

    monkeypatch.setattr(guessing._Chain, "_is_vector", counted)
    found = guessing.guessed({f"features.{i}.weight": (1 + i % 3, 1 + (i + 2) % 3, 1, 1) for i in range(400)})
    assert len(found.nodes) == 401
    assert asked < 4 * 400


# ONNX


def test_a_file_of_holes(tmp_path: Path) -> None:
    """Each zero was taken for a field, and kept: 150 MB of them took all memory."""
    with open(tmp_path / "holes.onnx", "wb") as file:
        file.truncate(60 * MB)
    with in_little(10 * MB):
        refused(tmp_path / "holes.onnx", "is no ONNX model")


@pytest.mark.parametrize("where", ["nodes", "attributes", "dims", "metadata"])
def test_parts_of_two_bytes(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an empty operator, of two bytes, the parser makes a hundred and more."""
    monkeypatch.setattr(wire, "LONG", 1000)
    monkeypatch.setattr(wire, "MOST_PARTS", 2000)
    model = onnx_side.model([helper.make_node("Relu", ["x"], ["y"])])
    (tmp_path / "sound.onnx").write_bytes(model.SerializeToString())
    assert list(open_file(tmp_path / "sound.onnx"))
    for _ in range(2001):
        if where == "nodes":
            model.graph.node.add()
        elif where == "attributes":
            model.graph.node[0].attribute.add()
        elif where == "dims":
            model.graph.node[0].attribute.add().t.dims.append(1)
        else:
            model.metadata_props.add()
    (tmp_path / "many.onnx").write_bytes(model.SerializeToString())
    refused(tmp_path / "many.onnx", "has more than .* parts beside its numbers")


def test_an_operator_with_thousands_of_results(tmp_path: Path) -> None:
    """Each result was taken down with all others."""
    names = [f"z{i}" for i in range(20_000)]
    model = onnx_side.model([helper.make_node("Split", ["x"], ["y", *names], axis=2)])
    (tmp_path / "split.onnx").write_bytes(model.SerializeToString())
    refused(tmp_path / "split.onnx", "Split with 20,001 results")


FROM_NOTHING: dict[str, tuple[list[tuple[str, list[str], dict[str, int]]], dict[str, list[int]]]] = {
    "ConstantOfShape": ([("ConstantOfShape", ["n"], {})], {"n": [1 << 16, 2]}),
    "Expand": ([("Expand", ["one", "n"], {})], {"one": [1], "n": [1 << 16]}),
    "Range": ([("Squeeze", ["n"], {}), ("Range", ["zero", "0", "one"], {})], {"n": [1 << 16], "zero": 0, "one": 1}),  # type: ignore[dict-item]
    "Tile": ([("Tile", ["one", "n"], {})], {"one": [1], "n": [1 << 16]}),
    "Sin": ([("ConstantOfShape", ["n"], {}), *(("Sin", [f"{i}"], {}) for i in range(40))], {"n": [1 << 12]}),
}
"""The last operator is the one that asks for too much."""


@pytest.mark.parametrize("kind", FROM_NOTHING)
def test_constants_from_nothing(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 300 bytes asked for 2 GB, 500 MB at a time; here all is a thousandth."""
    monkeypatch.setattr(folding, "ROOM", 1 << 18)
    made, numbers = FROM_NOTHING[kind]
    nodes = [helper.make_node(what, names, [f"{i}"], **more) for i, (what, names, more) in enumerate(made)]
    last = f"{len(nodes) - 1}"
    nodes += [
        helper.make_node("Cast", [last], ["float"], to=1),
        helper.make_node("ReduceSum", ["float"], ["sum"], keepdims=0),
        helper.make_node("Add", ["x", "sum"], ["y"]),
    ]
    model = onnx_side.model(nodes, {name: np.array(value, np.int64) for name, value in numbers.items()})
    (tmp_path / "vast.onnx").write_bytes(model.SerializeToString())
    refused(tmp_path / "vast.onnx", rf"the operator {kind} .* at most 262.\d kB are for this file")


# Projects


def test_groups_in_groups_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies above each of 100,000 was noted for each, which took all memory; now it ends at the 101st."""
    monkeypatch.setattr(group_json, "Groups", None)
    groups = [
        {"id": str(i), "name": "g", "in": str(i - 1) if i else "", "closed": True, "nodes": [], "place": []}
        for i in range(5000)
    ]
    with pytest.raises(Fault, match="more than 100 groups in each other"):
        group_json.read_groups(groups, ["r"])


@pytest.mark.parametrize("place", [[1e308, -1e308], [0, -1.1e9]])
def test_places_that_qt_cannot_reckon_with(place: list[float]) -> None:
    """The window's small map ended in an error."""
    document = json.loads(project_json.dumped(Project(Network({"in": Node("in", Input(1, 4, 4))}))))
    document["places"] = {"in": place}
    with pytest.raises(Fault, match="farther than 1,000,000,000 units"):
        project_json.loaded(json.dumps(document).encode())
    document["places"] = {"in": [1e9, -1e9]}
    assert project_json.loaded(json.dumps(document).encode()).places == {"in": (1e9, -1e9)}


def test_channels_that_double_again_and_again() -> None:
    """With 2⁶⁰⁰⁰⁰ channels no card could be painted: Python writes out no number of more than 4,300 digits."""
    nodes = [Node("n0", Input(1, 4, 4))]
    nodes += [Node(f"n{i}", Concat(), (f"n{i - 1}",) * 2) for i in range(1, 60)]
    facts = analyse(Network({node.id: node for node in (*nodes, Node("end", ReLU(), ("n59",)))}))
    assert facts["n49"].shape == (2**49, 4, 4)
    assert described(facts["n49"].shape) == "562949953421312×4×4"
    assert (
        facts["n50"].problem == "gives more than 1,000,000,000,000,000 numbers along one axis, which no computer holds"
    )
    assert facts["end"].shape is None


# Pictures


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def picture(kind: str, **how: object) -> bytes:
    data = io.BytesIO()
    Image.new("L", (16, 16), 128).save(data, kind, **how)
    return data.getvalue()


def png(extra: bytes) -> bytes:
    return (whole := picture("PNG"))[:33] + extra + whole[33:]


def gif(extra: bytes) -> bytes:
    whole = picture("GIF")
    start = 13 + (3 << ((whole[10] & 7) + 1) if whole[10] & 0x80 else 0)
    return whole[:start] + extra + whole[start:]


def jpeg(extra: bytes = b"", scans: int = 0) -> bytes:
    whole = picture("JPEG", progressive=True)
    tables, end = whole.rfind(b"\xff\xc4"), whole.rfind(b"\xff\xd9")
    return whole[:2] + extra + whole[2:end] + whole[tables:end] * scans + whole[end:]


def tiff(order: str, places: int, big: bool = False) -> bytes:
    """A directory that says how many places of strips there are."""
    begin = {"<": b"II", ">": b"MM"}[order]
    if big:
        return begin + struct.pack(f"{order}HHHQQHHQQQ", 43, 8, 0, 16, 1, 273, 4, places, 64, 0) + bytes(64)
    return begin + struct.pack(f"{order}HIHHHIII", 42, 8, 1, 273, 4, places, 64, 0) + bytes(64)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.png": (lambda: png(chunk(b"prVt") * 200_001), "chunks"),
    "empty data.png": (lambda: png(chunk(b"IDAT") * 200_001), "chunks"),
    "behind.png": (lambda: picture("PNG")[:-12] + chunk(b"prVt") * 200_001 + chunk(b"IEND"), "chunks"),
    "comment.gif": (lambda: gif(b"\x21\xfe" + b"\x01a" * 3000 + b"\0"), "blocks"),
    "comments.gif": (lambda: gif(b"\x21\xfe\x01a\0" * 1500), "blocks"),
    "segments.jpg": (lambda: jpeg(b"\xff\xe5\0\2" * 10_001), "segments"),
    "filling.jpg": (lambda: jpeg(b"\xff" * 100_001), "bytes that mean nothing"),
    "scans.jpg": (lambda: jpeg(scans=100), "scans"),
    "a.tif": (lambda: tiff("<", 200_001), "strips or tiles"),
    "b.tif": (lambda: tiff(">", 1 << 31), "strips or tiles"),
    "big.tif": (lambda: tiff("<", 1 << 60, big=True), "strips or tiles"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_pictures_of_too_many_parts(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """20 MB of them took 13 to 25 s, and 850 MB of memory."""
    monkeypatch.setattr(picture_parts, "MOST_BLOCKS", 2500)
    make, what = BOMBS[name]
    (tmp_path / name).write_bytes(make())
    refused(tmp_path / name, f"has far more {what} than a picture needs", decode)


def test_pictures_of_many_parts_are_read(tmp_path: Path) -> None:
    """As many as cameras and scanners make, and more."""
    for name, data in {
        "a.png": png(chunk(b"prVt") * 1000), "b.gif": gif(b"\x21\xfe\x01a\0" * 1000), "e.jpg": jpeg(b"\xff" * 1000),
        "c.jpg": jpeg(b"\xff\xe5\0\2" * 500), "d.jpg": jpeg(scans=30),
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
        assert decode(tmp_path / name).pixels.shape == (16, 16, 3)


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", b"GIF8", b"GIF89a" + bytes(7), b"\xff\xd8", b"\xff\xd8\xff\xc0", b"II*\0", b"MM\0+"]
)
def test_what_is_cut_off_is_left_to_the_decoder(data: bytes) -> None:
    assert picture_parts.too_many(io.BytesIO(data)) == ""
    assert picture_parts.too_many(io.BytesIO(data + b"\xff" * 50)) == ""


def test_directories_in_zips_are_not_believed(tmp_path: Path) -> None:
    """Zip64: a count of 2⁶³ members, and a directory beyond the file's end."""
    with zipfile.ZipFile(tmp_path / "a.cnnx", "w") as archive:
        archive.writestr("project.json", "{}")
    whole = (tmp_path / "a.cnnx").read_bytes()
    end = struct.pack(
        "<4sQ2H2I4Q4sIQI", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 63, 1 << 63, 1 << 62, 1 << 62, b"PK\6\7", 0, 1 << 62, 1
    )
    (tmp_path / "a.cnnx").write_bytes(whole[:-22] + end + whole[-22:])
    refused(tmp_path / "a.cnnx", "its directory is not that of a project")


# Videos


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, where it begins, and its length, of each box of an MP4 that we look at."""
    while start < end:
        length, name = struct.unpack(">I4s", data[start : start + 8])
        yield name, start, length
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            yield from boxes(data, start + 8, start + length)
        start += length


def test_films_whose_tables_lie(tmp_path: Path, qapp) -> None:
    """Four thousand million edits, a clock that stands, boxes in boxes: what plays, or a sentence."""
    from explorer.workspace.video.all_frames import all_frames
    from tests.test_detect_command import clip, greys

    whole = clip(tmp_path / "whole.mp4", greys(10)).read_bytes()
    found = {name: (start, length) for name, start, length in boxes(whole, 0, len(whole))}

    def written(name: str, box: bytes, offset: int, number: bytes) -> Path:
        at = found[box][0] + 8 + offset
        (tmp_path / name).write_bytes(whole[:at] + number + whole[at + len(number) :])
        return tmp_path / name

    def edits(count: int, many: int) -> bytes:
        table = struct.pack(">I4sII", 16 + 12 * many, b"elst", 0, count) + struct.pack(">IiI", 1, 0, 1 << 16) * many
        table = struct.pack(">I4s", 8 + len(table), b"edts") + table
        data = bytearray(whole)
        for box in (b"trak", b"moov"):
            start, length = found[box]
            data[start : start + 4] = struct.pack(">I", length + len(table))
        at = found[b"trak"][0] + 8
        return bytes(data[:at]) + table + bytes(data[at:])

    (tmp_path / "edits.mp4").write_bytes(edits(100_000, 100_000))
    (tmp_path / "lie.mp4").write_bytes(edits((1 << 32) - 1, 1))
    deep = b""
    for _ in range(5000):
        deep = struct.pack(">I4s", 8 + len(deep), b"moov") + deep
    (tmp_path / "deep.mp4").write_bytes(whole[:28] + deep + whole[28:])
    paths = [tmp_path / name for name in ("edits.mp4", "lie.mp4", "deep.mp4")]
    paths += [
        written("clock.mp4", b"mvhd", 12, bytes(4)), written("times.mp4", b"stts", 4, b"\xff" * 4),
        written("lengths.mp4", b"stsz", 4, struct.pack(">II", 0, 0x0FFFFFFF)),
        written("turned.mp4", b"tkhd", 40, b"\x7f\xff\xff\xff" * 9),
        written("chunks.mp4", b"stsc", 8, struct.pack(">III", 1, (1 << 32) - 1, 1)),
    ]  # fmt: skip
    played, said = {}, []
    for path in paths:
        try:
            played[path.stem] = sum(1 for _ in all_frames(str(path)))
        except Refusal as error:
            said.append(path.name in str(error) and len(str(error)) <= 300)
    assert all(said)
    assert played["clock"] == played["edits"] == 10, "the test can see films that play"
    assert "deep" not in played
    assert max(played.values()) <= 10
