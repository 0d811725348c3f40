"""Broken and hostile .pt2 files: each is refused in a sentence, and nothing in it runs."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.engine.opening import open_file
from explorer.engine.questions import OpenFile
from explorer.formats.exported import archive
from explorer.formats.regular import NotReadable
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.workspace.worker import Worker
from tests import test_checkpoint_files
from tests.exported_side import changed, graph_of, opened, saved, stored
from tests.exported_tricks import LOADED, hostile, table
from tests.in_place import put
from tests.worker_side import Switches, serve_switched

SENTENCE = 300


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 2, 3, 2, 1), nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.conv(x)).mean((2, 3)))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole file, without what torch says of the lines of code, so that it is short. The longer one: `whole`."""
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


def whole(small: Path) -> Path:
    """The file as torch saved it."""
    return small.with_name("whole.pt2")


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


def weights_table(members: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    table(members, "weights", change)


REFUSED = {
    "a weight": "has conv.weight in a pickle, which is not read",
    "a weight, within": "has conv.weight in a pickle, which is not read",
    "2.7, state": "its members lie in several folders",
    "2.7, constants": "its members lie in several folders",
    "2.7, inputs": "its members lie in several folders",
    "a library": "holds a compiled library",
}
"""What is said of those tricks; of all others our reader does not even look at what they have put in."""


def as_they_should(files: list[tuple[str, Path, Path]], small: Path) -> None:
    """Each trick is refused, or read as if it were not there, and none has run."""
    sound = opened(small).network
    for name, path, _ in files:
        if words := REFUSED.get(name):
            refused(path, words)
        else:
            assert opened(path).network == sound, name
    assert not [name for name, _, marker in files if marker.exists()]


def test_nothing_that_is_pickled_is_loaded_and_no_expression_computed(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = hostile(whole(small), tmp_path)
    as_they_should(files, small)
    old = tmp_path / "old.pt2"
    changed(small, old, lambda m: m.update({"serialized_exported_program.json": m["models/model.json"]}))
    refused(old, "PyTorch 2.8 or older")
    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)
    for name, path, marker in files:
        if name in ("a weight", "an object"):
            with suppress(Exception):
                torch.export.load(path)
            assert marker.exists(), "else the tricks prove nothing; the rest of them at night"


@pytest.mark.nightly
def test_torch_itself_falls_for_most_of_the_tricks(small: Path, tmp_path: Path) -> None:
    """S2: in a process of their own, as who opens such a file with torch would do it."""
    files = hostile(whole(small), tmp_path)
    as_they_should(files, small)
    environment = {k: v for k, v in os.environ.items() if k != "TORCH_FORCE_WEIGHTS_ONLY_LOAD"}
    command = [sys.executable, "-c", LOADED, *(str(path) for _, path, _ in files)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    ran = [name for name, _, marker in files if marker.exists()]
    print(f"{len(ran)} of {len(files)}: {ran}")
    assert len(ran) >= 7


def test_torch_s_switch_for_unsafe_loading_has_no_effect_when_it_is_set_at_the_start(
    qtbot: QtBot, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S9: the worker of the program, started with it, is asked to open all checkpoints and .pt2 files that would run
    something, and a sound one of each. With both of torch's switches set torch would load nothing at all."""
    monkeypatch.delenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", raising=False)
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    tricks = hostile(whole(small), tmp_path)
    checkpoints = test_checkpoint_files.hostile(tmp_path)
    torch.save({"0.weight": torch.zeros(2, 1, 3, 3), "0.bias": torch.zeros(2)}, tmp_path / "sound.pt")
    files = [path for path, _ in checkpoints] + [path for _, path, _ in tricks] + [small, tmp_path / "sound.pt"]
    ends: dict[Path, str] = {}
    worker = Worker(serve_switched)
    worker.start()
    for number, path in enumerate(files):
        said, done = partial(ends.__setitem__, path), partial(ends.__setitem__, path, "")
        worker.ask(f"lane {number}", OpenFile(str(path)), lambda _: None, said, done)
    switches: list[Any] = []
    worker.ask("switches", Switches(), switches.append, switches.append)
    qtbot.waitUntil(lambda: len(ends) == len(files) and bool(switches), timeout=240_000)
    worker.close()
    assert switches == [("loads", "refuses")]
    markers = [marker for _, marker in checkpoints] + [marker for _, _, marker in tricks]
    assert not [marker for marker in markers if marker.exists()]
    read = {path.name for path, sentence in ends.items() if not sentence}
    looked_past = {path.name for name, path, _ in tricks if name not in REFUSED}
    assert read == {small.name, "sound.pt"} | looked_past


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
