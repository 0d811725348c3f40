"""Broken and hostile .pt2 files: each is refused in a sentence, and nothing in it runs."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.engine.opening import open_file
from explorer.formats.exported import archive
from explorer.formats.regular import NotReadable
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from tests.exported_side import changed, graph_of, opened, saved, stored
from tests.in_place import put

SENTENCE = 300


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 2, 3, 2, 1), nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).mean((2, 3)))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole file, without what torch says of the lines of code, so that it is short."""
    folder = tmp_path_factory.mktemp("exported")
    torch.manual_seed(0)

    def shorter(members: dict[str, bytes]) -> None:
        del members["data/sample_inputs/model.pt"]
        graph_of(members, _shorter)

    return changed(saved(Small(), folder / "whole.pt2", side=8), folder / "small.pt2", shorter)


def _shorter(document: dict[str, Any]) -> None:
    for node in document["graph_module"]["graph"]["nodes"]:
        node["metadata"] = {"nn_module_stack": node["metadata"]["nn_module_stack"]}
    document["graph_module"]["module_call_graph"] = []


def refused(path: Path, words: str = "") -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(Refusal) as caught:
        list(open_file(path))
    sentence = str(caught.value)
    assert len(sentence) <= SENTENCE
    assert sentence.isprintable()
    assert sentence.startswith(f"“{path.name}” ")
    assert ": " in sentence
    assert str(path.parent) not in sentence
    assert words in sentence, sentence
    return sentence


def said(path: Path) -> str:
    """The same; "" where the file is read."""
    try:
        list(open_file(path))
    except Refusal as error:
        return str(error)
    return ""


def test_the_small_one_opens(small: Path) -> None:
    kinds = [node.layer.kind for node in opened(small).network.nodes.values()]
    assert kinds == ["Input", "Conv2d", "ReLU", "GlobalAvgPool", "Linear"]


def test_it_is_known_by_what_is_in_it(small: Path, tmp_path: Path) -> None:
    (tmp_path / "other.pt").write_bytes(small.read_bytes())
    assert opened(tmp_path / "other.pt").network == opened(small).network


@pytest.mark.parametrize("most", [400, pytest.param(4000, marks=[pytest.mark.nightly, pytest.mark.timeout(3600)])])
def test_cut_anywhere(small: Path, tmp_path: Path, most: int) -> None:
    data = small.read_bytes()
    places = (
        random.Random(5).sample(range(len(data)), most) + list(range(0, 200)) + list(range(len(data) - 200, len(data)))
    )
    for place in places:
        put(tmp_path / "cut.pt2", data[:place])
        refused(tmp_path / "cut.pt2")


def test_changed_bytes(small: Path, tmp_path: Path) -> None:
    """A file that was changed is refused, or still a network: nothing else comes out."""
    data, chance = small.read_bytes(), random.Random(7)
    (tmp_path / "changed.pt2").write_bytes(data)
    whole = opened(tmp_path / "changed.pt2")
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(broken))
            kind = chance.random()
            if kind < 0.5:
                broken[place] ^= 1 << chance.randrange(8)
            elif kind < 0.75:
                del broken[place]
            else:
                broken[place:place] = bytes([chance.randrange(256)])
        put(tmp_path / "changed.pt2", broken)
        if sentence := said(tmp_path / "changed.pt2"):
            assert len(sentence) <= SENTENCE
        else:  # a time in the zip's directory, which nobody looks at
            assert opened(tmp_path / "changed.pt2") == whole


def test_changed_descriptions(small: Path, tmp_path: Path) -> None:
    """Of a description each part in its turn is taken away, or becomes something else; checksums are right."""
    with zipfile.ZipFile(small) as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith("model.json")))
    places = list(_places(json.loads(text)))
    chance = random.Random(3)
    outcomes = {"refused": 0, "read": 0}
    for place in chance.sample(places, 250):
        document = json.loads(text)
        holder = document
        for key in place[:-1]:
            holder = holder[key]
        odd = chance.choice([None, -1, 10**17, 10**30, "x", "../../etc/passwd", [], {}, True, 1.5, [[[[]]]], "del"])
        if odd == "del":
            del holder[place[-1]]
        else:
            holder[place[-1]] = odd

        def put(members: dict[str, bytes], document: Any = document) -> None:
            members["models/model.json"] = json.dumps(document).encode()

        path = changed(small, tmp_path / "changed.pt2", put)
        sentence = said(path)
        assert len(sentence) <= SENTENCE
        outcomes["refused" if sentence else "read"] += 1  # some is never looked at
    assert min(outcomes.values()) > 30


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(part, (*path, key))


class Marker:
    """Pickled, it writes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


def weights_table(members: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    table = json.loads(members["data/weights/model_weights_config.json"])
    change(table["config"])
    members["data/weights/model_weights_config.json"] = json.dumps(table).encode()


def test_nothing_that_is_pickled_is_loaded(small: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    pickled = pickle.dumps(Marker(marker))
    as_torch = io.BytesIO()
    torch.save(Marker(marker), as_torch)
    for data in (pickled, as_torch.getvalue()):

        def samples(members: dict[str, bytes], data: bytes = data) -> None:
            members["data/sample_inputs/model.pt"] = data

        assert opened(changed(small, tmp_path / "samples.pt2", samples)).network.nodes, "they are not looked at"

        def weight(members: dict[str, bytes], data: bytes = data) -> None:
            members["data/weights/weight_0"] = data
            weights_table(members, lambda config: config["conv.weight"].update(use_pickle=True))

        refused(changed(small, tmp_path / "weight.pt2", weight), "has conv.weight in a pickle, which is not read")

        def old(members: dict[str, bytes], data: bytes = data) -> None:
            members["serialized_exported_program.json"] = members["models/model.json"]
            members["serialized_state_dict.pt"] = data

        refused(changed(small, tmp_path / "old.pt2", old), "PyTorch 2.8 or older")

        def library(members: dict[str, bytes], data: bytes = data) -> None:
            members["data/aotinductor/model/model.so"] = data

        refused(changed(small, tmp_path / "library.pt2", library), "holds a compiled library")
    assert not marker.exists()
    pickle.loads(pickled)
    assert marker.exists(), "the marker works"


def test_expressions_are_not_computed(small: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    code = f"__import__('os').system('touch {marker}')"

    def sizes(document: dict[str, Any]) -> None:
        document["graph_module"]["graph"]["tensor_values"]["x"]["sizes"][0] = {
            "as_expr": {"expr_str": code, "hint": {"as_int": 1}}
        }
        document["range_constraints"] = {code: {"min_val": 1, "max_val": 2}}
        document["guards_code"] = [code]

    path = changed(small, tmp_path / "expression.pt2", lambda members: graph_of(members, sizes))
    assert opened(path).network == opened(small).network
    assert not marker.exists()


def first(document: dict[str, Any]) -> dict[str, Any]:
    """The convolution."""
    found: dict[str, Any] = document["graph_module"]["graph"]["nodes"][0]
    return found


def inputs(document: dict[str, Any]) -> list[Any]:
    found: list[Any] = document["graph_module"]["signature"]["input_specs"]
    return found


def set_target(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: first(document).update(target=name)


def set_argument(number: int, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: first(document)["inputs"][number].update(arg=value)


def set_name(name: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        inputs(document)[0]["parameter"]["parameter_name"] = name

    return change


GRAPHS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "os": (set_target("os.system"), "the operation os.system, which is none of torch's own"),
    "higher order": (set_target("torch.ops.higher_order.cond"), "which is none of torch's own"),
    "custom": (set_target("torch.ops.mine.conv.default"), "which is none of torch's own"),
    "dunder": (set_target("torch.ops.aten.__class__.default"), "the operation __class__.default, which is not read"),
    "file": (set_target("torch.ops.aten.from_file.default"), "from_file.default, which is not read here"),
    "chance": (set_target("torch.ops.aten.rand.default"), "rand.default, which is not read here"),
    "unknown": (set_target("torch.ops.aten.conv2d.nonsense"), "which this PyTorch does not know"),
    "attribute": (set_target("torch.ops.aten.conv2d.__doc__"), "which this PyTorch does not know"),
    "eval": (set_target("_operator.attrgetter"), "operator.attrgetter, which"),
    "number": (set_target(5), "the operation 5"),
    "graph": (set_argument(2, {"as_graph": {"name": "g", "graph": {}}}), "another kind, as_graph, which is not read"),
    "object": (set_argument(2, {"as_custom_obj": {"name": "o"}}), "another kind, as_custom_obj"),
    "unknown value": (set_argument(0, {"as_tensor": {"name": "gone"}}), "uses gone before it is there"),
    "huge": (set_argument(4, {"as_ints": [10**17, 1]}), ""),
    "huger": (set_argument(3, {"as_ints": [10**19, 1]}), "has a number that is too large"),
    "endless": (set_argument(3, {"as_ints": [10**40, 1]}), "(41 digits) where a number is due"),
    "float": (set_argument(3, {"as_ints": [1.5, 1]}), "an argument that is no int"),
    "text": (set_argument(3, {"as_string": "<a>(b)"}), "a word for an argument that is none"),
    "two": (set_argument(3, {"as_int": 1, "as_none": True}), "2 things where one is due"),
    "stride": (set_argument(3, {"as_ints": [0, 0]}), ""),
    "padding": (set_argument(3, {"as_ints": [-5, 1 << 40]}), ""),
    "no input": (lambda d: inputs(d).pop(), "has no input that a picture"),
    "no output": (lambda d: d["graph_module"]["signature"].update(output_specs=[]), "puts out nothing"),
    "twice": (lambda d: inputs(d).append(inputs(d)[0]), "an impossible name, “conv.weight”"),
    "path": (set_name("../../conv.weight"), "an impossible name"),
    "absolute": (set_name("/etc/passwd"), "an impossible name"),
    "method": (set_name("forward.weight"), ""),
    "markup": (set_name("<img src='file:///etc/passwd'>"), "an impossible name"),
    "long": (set_name("a." * 500 + "weight"), "has no readable parameter_name"),
    "object input": (lambda d: inputs(d).append({"custom_obj": {}}), "an input that is a custom_obj"),
    "version": (lambda d: d["schema_version"].update(major=99), "version 99 of torch.export's format"),
    "no version": (lambda d: d.pop("schema_version"), "lacks “schema_version”"),
    "list": (lambda d: d.update(graph_module=[]), "something else than an object for graph_module"),
    "many": (
        lambda d: d["graph_module"]["graph"].update(nodes=[first(d)] * 10_001),
        "something else than a list of at most 10,000",
    ),
    "value twice": (
        lambda d: d["graph_module"]["graph"]["nodes"].insert(1, first(d)),
        "has two values called conv2d",
    ),
    "shape": (
        lambda d: d["graph_module"]["graph"]["tensor_values"]["p_conv_weight"].update(sizes=[{"as_int": 54}]),
        "conv.weight has another shape than its graph says",
    ),
    "picture": (
        lambda d: d["graph_module"]["graph"]["tensor_values"]["x"].update(sizes=[{"as_int": 10**9}] * 4),
        "does not say the size of its picture",
    ),
    "value's shape": (
        lambda d: d["graph_module"]["graph"]["tensor_values"]["conv2d"].update(sizes=[{"as_int": 1}] * 4),
        "says another shape of the value behind conv than its operations give",
    ),
    "narrow": (
        lambda d: d["graph_module"]["graph"]["tensor_values"]["x"].update(sizes=[{"as_int": 1}] * 4),
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GRAPHS)
def test_hostile_graphs(small: Path, tmp_path: Path, name: str) -> None:
    change, words = GRAPHS[name]
    refused(changed(small, tmp_path / "hostile.pt2", lambda members: graph_of(members, change)), words)


def operations(*nodes: tuple[str, list[Any]]) -> Callable[[dict[str, Any]], None]:
    """The picture goes through these operations; an argument "%" is what the one before gave."""

    def change(document: dict[str, Any]) -> None:
        graph, value = document["graph_module"]["graph"], "x"
        graph["nodes"] = []
        for number, (target, args) in enumerate(nodes):
            given = [{"as_tensor": {"name": value}} if arg == "%" else arg for arg in args]
            value = f"v{number}"
            listed = target.startswith(("unbind", "split", "chunk"))
            gives = {"as_tensors": [{"name": value}]} if listed else {"as_tensor": {"name": value}}
            graph["nodes"].append(
                {
                    "target": f"torch.ops.aten.{target}",
                    "inputs": [{"name": "", "arg": arg, "kind": 1} for arg in given],
                    "outputs": [gives],
                    "metadata": {},
                }
            )
        document["graph_module"]["signature"]["output_specs"] = [
            {"user_output": {"arg": {"as_tensor": {"name": value}}}}
        ]

    return change


def repeated(*times: int) -> tuple[str, list[Any]]:
    return "repeat.default", ["%", {"as_ints": list(times)}]


BOMBS = {
    "pieces": operations(repeated(1, 1, 1000, 1000), ("unbind.int", ["%", {"as_int": 2}])),
    "splits": operations(repeated(1, 1, 10**5, 1), ("split.Tensor", ["%", {"as_int": 1}, {"as_int": 2}])),
    "chunks": operations(repeated(1, 1, 1, 10**8), ("chunk.default", ["%", {"as_int": 10**8}, {"as_int": 3}])),
    "repeats": operations(repeated(1, 10**6, 10**6, 10**6)),
    "made": operations(("zeros.default", [{"as_ints": [10**6, 10**6]}])),
    "filled": operations(("full.default", [{"as_ints": [1 << 40]}, {"as_int": 1}])),
    "view": operations(("view.default", ["%", {"as_ints": [-1, -1]}])),
    "written": operations(("zero_.default", ["%"])),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_take_all_memory_or_time(small: Path, tmp_path: Path, name: str) -> None:
    refused(changed(small, tmp_path / "bomb.pt2", lambda members: graph_of(members, BOMBS[name])))


def test_wrong_numbers(small: Path, tmp_path: Path) -> None:
    def edited(change: Callable[[dict[str, bytes]], None]) -> Path:
        return changed(small, tmp_path / "numbers.pt2", change)

    def table(**change: Any) -> Path:
        return edited(lambda m: weights_table(m, lambda config: config["conv.weight"].update(change)))

    def meta(**change: Any) -> Path:
        return edited(lambda m: weights_table(m, lambda c: c["conv.weight"]["tensor_meta"].update(change)))

    refused(edited(lambda m: m.update({"data/weights/weight_0": b"\0" * 215})), "no whole number of float32")
    refused(edited(lambda m: m.update({"data/weights/weight_0": b"\0" * 212})), "more numbers than the 53 it has")
    refused(edited(lambda m: m.update({"data/weights/weight_0": b"\0" * 220})), "more numbers than its tensors need")
    refused(edited(lambda m: m.pop("data/weights/weight_0")), "lacks the numbers of conv.weight")  # type: ignore[arg-type,return-value]
    refused(edited(lambda m: m.pop("data/weights/model_weights_config.json")), "lacks the numbers of")  # type: ignore[arg-type,return-value]
    refused(table(path_name="../../../etc/passwd"), "lacks the numbers of conv.weight")
    refused(table(path_name="model_weights_config.json"), "")
    refused(table(tensor_meta=None), "something else than an object for tensor_meta of conv.weight")
    refused(meta(dtype=10), "numbers of a type that is not read")
    refused(meta(dtype=[7]), "no whole number from 0 on for dtype")
    refused(meta(storage_offset={"as_int": 1}), "reaches beyond its numbers")
    refused(meta(strides=[{"as_int": 1 << 39}] * 4), "reaches beyond its numbers")
    refused(meta(strides=[{"as_int": 0}] * 4), "more numbers than its tensors need")
    refused(meta(sizes=[{"as_int": 1 << 20}] * 4), "more numbers than the 54 it has")
    refused(meta(sizes=[{"as_expr": {"expr_str": "1"}}] * 4), "lacks “as_int”")


def test_hostile_zips(small: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(small) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    root = next(iter(members)).partition("/")[0]
    bad = tmp_path / "zip.pt2"
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    refused(bad, "compressed or encrypted members")
    refused(stored(bad, {**members, "other/file": b""}), "its members lie in several folders")
    refused(stored(bad, {**members, f"{root}/models/second.json": b"{}"}), "it has 2 networks")
    refused(stored(bad, {name: d for name, d in members.items() if "models" not in name}), "it has no models/")
    refused(stored(bad, {**members, f"{root}/byteorder": b"big"}), "orders bytes the other way round")
    (tmp_path / "empty.pt2").write_bytes(b"")
    refused(tmp_path / "empty.pt2", "is empty")
    (tmp_path / "text.pt2").write_text("no zip")
    refused(tmp_path / "text.pt2")

    def document(data: bytes) -> Path:
        return stored(bad, {**members, f"{root}/models/model.json": data})

    refused(document(b"[" * 100_000), "nested too deeply")
    refused(document(b"{" + b'"a":{' * 50_000), "nested too deeply")
    refused(document(b'{"a": 1, "a": 2}'), "twice in one place")
    refused(document(b'{"a": NaN}'), "has NaN where a number is due")
    refused(document(b"\xff\xfe"), "not UTF-8 text")
    refused(document(b"{"), "not JSON")
    refused(document(b"[]"), "something else than an object for the top")
    refused(document(b" " * 32_000_001), "has a description of 32.0 MB")


def test_what_became_of_a_file_after_it_was_looked_at(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    path.write_bytes(small.read_bytes())
    found = at_once(archive.read(path))
    with path.open("r+b") as file:
        file.truncate(100)
    with pytest.raises(NotReadable, match=r"^“a\.pt2” ") as refused_:
        at_once(found.arrays())
    assert len(str(refused_.value)) <= SENTENCE
    path.unlink()
    with pytest.raises(NotReadable, match=r"^“a\.pt2” was not found"):
        at_once(found.arrays())
    with path.open("wb") as large:
        large.write(small.read_bytes())
        large.truncate(archive.LARGEST + 1)
    refused(path, "at most")
