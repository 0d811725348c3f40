"""Project files: what is saved comes back, and nothing a file holds can do more than be refused with a sentence."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.formats import folders, project_json, regular, tensors
from explorer.formats.atomic import CannotSave
from explorer.formats.picture_files import PictureError
from explorer.formats.project_file import ProjectError, read, write
from explorer.formats.recipes import to_input
from explorer.formats.strict_json import Fault
from explorer.layers.activations import LeakyReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import PADDINGS, SCALINGS, Project, Recipe
from tests.in_place import put

SENTENCE = 300


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path_factory.mktemp("cache")))


def network(*nodes: Node) -> Network:
    return Network({node.id: node for node in nodes})


LENET = Project(
    network=network(
        Node("input1", Input(1, 28, 28)),
        Node("conv1", Conv2d(6, 5, padding="same", bias=False), ("input1",)),
        Node("conv2", Conv2d(16, (5, 3), (2, 1), (1, 2, 0, 3), padding_mode="reflect"), ("conv1",)),
        Node("pool", MaxPool2d(), ("conv2",)),
        Node("sum", Add(), ("pool", "pool")),
        Node("flat", Flatten(), ("sum",)),
        Node("fc", Linear(10), ("flat",)),
    ),
    places={"input1": (0.0, 0.0), "conv1": (120.5, -3.25), "fc": (1e6, 0.1)},
    recipe=Recipe(0.875, (0.1307,), (0.3081,), ("null", "eins", "zwei ✓", "<b>")),
    title="LeNet „klein“ 🙂",
    origin="by hand\nin two lines",
)


def test_a_file_from_before_there_was_a_choice_of_scaling(tmp_path: Path) -> None:
    older = project_json.dumped(LENET).replace(b',"scaling":"bilinear"', b"")
    assert b"scaling" not in older
    assert project_json.loaded(older) == LENET


def test_the_answer_of_a_network_with_several_ends(tmp_path: Path) -> None:
    write(tmp_path / "a.cnnx", replace(LENET, main="conv1"))
    assert read(tmp_path / "a.cnnx").main == "conv1"
    older = project_json.dumped(LENET).replace(b',"main":""', b"")
    assert b"main" not in older
    assert project_json.loaded(older) == LENET
    chosen = replace(LENET, main="conv1")
    assert chosen.rewired(LENET.network).main == "conv1"
    assert chosen.rewired(LENET.network.without(["conv1"])).main == ""


def weighted() -> Project:
    values = np.random.default_rng(1).normal(size=(6, 1, 5, 5)).astype(np.float32)
    return replace(LENET, weights=tensors.keep({"conv1.weight": values, "fc.bias": np.zeros(10, np.float32)}))


def refused(path: Path, *words: str) -> str:
    with pytest.raises(ProjectError) as caught:
        read(path)
    message = str(caught.value)
    assert len(message) <= SENTENCE
    assert message.isprintable()
    assert str(path.parent) not in message
    for word in (f"“{path.name}” ", *words, ": "):
        assert word in message, message
    return message


def zipped(path: Path, *members: tuple[str, bytes], **more: int) -> Path:
    with zipfile.ZipFile(path, "w", **more) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def described(**changes) -> dict:
    """A small valid description with changes; a value of ... takes the key out."""
    document = json.loads(project_json.dumped(Project(network(Node("in", Input()), Node("c", Conv2d(), ("in",))))))
    document |= changes
    return {key: value for key, value in document.items() if value is not ...}


# What is saved comes back


@pytest.mark.parametrize("project", [Project(), LENET], ids=["empty", "lenet"])
def test_comes_back(tmp_path: Path, project: Project) -> None:
    write(tmp_path / "a.cnnx", project)
    back = read(tmp_path / "a.cnnx")
    assert back == project
    assert list(back.network.nodes) == list(project.network.nodes)
    write(tmp_path / "b.cnnx", back)
    assert (tmp_path / "a.cnnx").read_bytes() == (tmp_path / "b.cnnx").read_bytes()


def test_saving_over_the_file_brings_back_weights_that_the_cache_lost(tmp_path: Path) -> None:
    project = replace(LENET, weights=tensors.keep({"fc.bias": np.arange(10, dtype=np.float32)}))
    write(tmp_path / "net.cnnx", project)
    shutil.rmtree(folders.weights())
    edited = replace(project, title="Edited")
    with pytest.raises(ProjectError, match="no longer in the cache"):
        write(tmp_path / "other.cnnx", edited)
    write(tmp_path / "net.cnnx", edited)
    shutil.rmtree(folders.weights())
    assert read(tmp_path / "net.cnnx") == edited
    assert tensors.read(edited.weights)["fc.bias"][9] == 9


def test_a_project_is_looked_at_without_its_weights(tmp_path: Path) -> None:
    project = replace(LENET, weights=tensors.keep({"fc.bias": np.arange(10, dtype=np.float32)}))
    write(tmp_path / "a.cnnx", project)
    shutil.rmtree(folders.weights())
    assert read(tmp_path / "a.cnnx", weights=False) == project
    assert not folders.weights().exists() or not any(folders.weights().iterdir())


def test_weights_come_back_into_an_empty_cache(tmp_path: Path) -> None:
    project = weighted()
    write(tmp_path / "a.cnnx", project)
    kept = tensors.read(project.weights)
    shutil.rmtree(folders.cache())
    with pytest.raises(tensors.WeightsError, match="no longer in the cache"):
        tensors.read(project.weights)
    back = read(tmp_path / "a.cnnx")
    assert back == project
    found = tensors.read(back.weights)
    assert found.keys() == kept.keys()
    assert all((found[name] == kept[name]).all() for name in kept)
    write(tmp_path / "b.cnnx", back)
    assert (tmp_path / "a.cnnx").read_bytes() == (tmp_path / "b.cnnx").read_bytes()


def test_any_zip_program_can_open_it(tmp_path: Path) -> None:
    project = weighted()
    write(tmp_path / "a.cnnx", project)
    with zipfile.ZipFile(tmp_path / "a.cnnx") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["project.json", "weights.safetensors"]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        document = json.loads(archive.read("project.json"))
        weights = archive.read("weights.safetensors")
    assert document["nodes"][1] == {
        "id": "conv1",
        "kind": "Conv2d",
        "settings": {
            "channels": 6,
            "kernel": 5,
            "stride": 1,
            "padding": "same",
            "dilation": 1,
            "groups": 1,
            "bias": False,
            "padding_mode": "zeros",
        },
        "inputs": ["input1"],
    }
    assert document["nodes"][2]["settings"]["padding"] == [1, 2, 0, 3]
    assert (document["format"], document["version"]) == ("cnn-explorer project", 1)
    # ... and make one: other order, other times, an indented description
    members = ("weights.safetensors", weights), ("project.json", json.dumps(document, indent=2).encode("utf-8-sig"))
    assert read(zipped(tmp_path / "b.cnnx", *members)) == project


def test_layers_described_alike_are_one_value_and_no_other() -> None:
    """Python holds −0 for 0, as it does 1 for True: what a file tells apart stays apart."""
    slopes = (0.0, 0.25, -0.0, 0.25, 0.0)
    chain = network(*(Node(str(n), LeakyReLU(slope)) for n, slope in enumerate(slopes)))
    data = project_json.dumped(Project(chain))
    found = project_json.loaded(data)
    assert project_json.dumped(found) == data
    layers = [node.layer for node in found.network.nodes.values()]
    assert [str(layer.slope) for layer in layers if isinstance(layer, LeakyReLU)] == list(map(str, slopes))
    assert layers[1] is layers[3]
    assert layers[0] is layers[4]
    assert layers[0] is not layers[2]


def test_links_may_form_a_loop(tmp_path: Path) -> None:
    """The canvas says what is wrong with it; half-built networks must be saved too."""
    looped = network(Node("a", Conv2d(), ("b",)), Node("b", Conv2d(), ("a", "a")), Node("c", Add()))
    write(tmp_path / "a.cnnx", Project(looped))
    assert read(tmp_path / "a.cnnx").network == looped


def test_places_of_nodes_that_are_gone_are_not_saved(tmp_path: Path) -> None:
    write(tmp_path / "a.cnnx", Project(network(Node("a", Input())), {"gone": (1, 2), "a": (3, 4)}))
    assert read(tmp_path / "a.cnnx").places == {"a": (3.0, 4.0)}


def values(metadata) -> st.SearchStrategy:
    """Any value a setting allows."""
    whole = st.integers(int(metadata["low"]), int(metadata["high"]))
    choices = st.sampled_from(metadata["choices"]) if metadata["choices"] else st.nothing()
    return {
        "number": whole,
        "numbers": whole | st.lists(whole, min_size=1, max_size=8).map(tuple),
        "pair": whole | st.tuples(whole, whole),
        "padding": choices | whole | st.tuples(whole, whole) | st.tuples(whole, whole, whole, whole),
        "switch": st.booleans(),
        "choice": choices,
        "fraction": st.floats(metadata["low"], metadata["high"])
        | st.one_of(st.just(n) for n in (0, 1) if metadata["low"] <= n <= metadata["high"]),
        "sizes": st.lists(st.tuples(*[st.floats(metadata["low"], metadata["high"]) | st.just(7)] * 2), min_size=1).map(
            tuple
        ),
    }[metadata["kind"]]


kinds = sorted(Layer.kinds.values(), key=lambda kind: kind.__name__)
built = {
    kind: st.builds(kind, **{f.name: values(f.metadata) for f in fields(kind) if f.metadata["kind"] != "text"})
    for kind in kinds
}
layers = st.sampled_from(kinds).flatmap(built.__getitem__)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs", "Cf", "Cn", "Co"]), min_size=1)
numbers = st.floats(allow_nan=False, allow_infinity=False)


padding = st.sampled_from(PADDINGS)


@st.composite
def projects(draw) -> Project:
    ids = draw(st.lists(names, unique=True, max_size=8))
    links = st.lists(st.sampled_from(ids), max_size=4).map(tuple) if ids else st.just(())
    recipe = st.builds(
        Recipe,
        st.just(0.0) | st.floats(0.01, 1),
        st.just((0.5, 0.25)),
        st.tuples(st.floats(1e-6, 9.0), st.integers(1, 9)),
        st.lists(texts, max_size=3).map(tuple),
        st.sampled_from(SCALINGS),
        least=st.floats(0, 1),
        overlap=st.floats(0, 1),
    ).flatmap(lambda recipe: st.just(recipe) if recipe.crop else st.builds(replace, st.just(recipe), padding=padding))
    return Project(
        network=network(*(Node(id, draw(layers), draw(links)) for id in ids)),
        places=draw(st.dictionaries(st.sampled_from(ids), st.tuples(*[st.floats(-1e9, 1e9)] * 2))) if ids else {},
        recipe=draw(recipe),
        title=draw(texts),
        origin=draw(texts),
        main=draw(st.sampled_from(["", *ids])),
    )


@settings(max_examples=300, deadline=None)
@given(projects())
def test_every_project_comes_back(project: Project) -> None:
    data = project_json.dumped(project)
    back = project_json.loaded(data)
    assert back == project
    assert project_json.dumped(back) == data


def test_every_setting_is_written() -> None:
    """A file means the same when a later version has other defaults."""
    kinds = [kind() for kind in Layer.kinds.values()]
    data = project_json.dumped(Project(network(*(Node(layer.kind, layer) for layer in kinds))))
    for node, layer in zip(json.loads(data)["nodes"], kinds, strict=True):
        assert node["settings"].keys() == {f.name for f in fields(layer)}, layer.kind  # fmt: skip


# Hostile and broken files


def conv(**changes) -> dict:
    return {"nodes": [{"id": "c", "kind": "Conv2d", "settings": {}, "inputs": []} | changes]}


DESCRIPTIONS: dict[str, tuple[dict, str]] = {
    "other format": ({"format": "cnn"}, "is no project: its “format” is not “cnn-explorer project”"),
    "no format": ({"format": ...}, "is no project"),
    "future": ({"version": 2, "nodes": "new"}, "a newer CNN Explorer (format 2; this one reads up to 1): open it with"),
    "version 0": ({"version": 0}, "version as a whole number"),
    "version true": ({"version": True}, "version as a whole number"),
    "version text": ({"version": "1"}, "version as a whole number"),
    "no version": ({"version": ...}, "version as a whole number"),
    "no nodes": ({"nodes": ...}, "lacks “nodes”"),
    "unknown key": ({"author": "me"}, "has an unknown “author”"),
    "nodes object": ({"nodes": {}}, "something else than a list of at most 100,000 at nodes"),
    "too many nodes": ({"nodes": [0] * 100_001}, "a list of at most 100,000 at nodes"),
    "title number": ({"title": 3}, "something else than a text of at most 10,000 characters at title"),
    "long title": ({"title": "x" * 10_001}, "a text of at most 10,000 characters at title"),
    "half a character": ({"title": "a\ud800"}, "a text of at most 10,000 characters at title"),
    "node list": ({"nodes": [[]]}, "something else than an object at nodes[0]"),
    "node without kind": ({"nodes": [{"id": "a", "settings": {}, "inputs": []}]}, "lacks “kind” in nodes[0]"),
    "node with more": (conv(color="red"), "an unknown “color” in nodes[0]"),
    "unknown kind": (conv(kind="Conv9d"), "at nodes[0] (“c”) a layer kind “Conv9d” that is not known here"),
    "kind list": (conv(kind=["Conv2d"]), "something else than a text of at most 10,000 characters at nodes[0].kind"),
    "class name": (conv(kind="Layer"), "a layer kind “Layer” that is not known"),
    "unknown setting": (conv(settings={"kernl": 3}), "a setting “kernl” that Conv2d does not have"),
    "dunder setting": (conv(settings={"__class__": 3}), "a setting “__class__” that Conv2d does not have"),
    "negative kernel": (conv(settings={"kernel": -1}), "Conv2d's kernel must be one or two whole numbers from 1"),
    "huge channels": (conv(settings={"channels": 10**9}), "Conv2d's channels must be a whole number from 1 to 65536"),
    "fraction kernel": (conv(settings={"kernel": 3.0}), "not '3.0'"),
    "kernel of 3": (conv(settings={"kernel": [1, 2, 3]}), "Conv2d's kernel must be"),
    "nested kernel": (conv(settings={"kernel": [[1], 2]}), "Conv2d's kernel must be"),
    "kernel null": (conv(settings={"kernel": None}), "Conv2d's kernel must be"),
    "kernel object": (conv(settings={"kernel": {}}), "Conv2d's kernel must be"),
    "bias number": (conv(settings={"bias": 1}), "Conv2d's bias must be true or false"),
    "padding text": (conv(settings={"padding": "SAME"}), "Conv2d's padding must be"),
    "padding mode": (conv(settings={"padding_mode": ["zeros"]}), "Conv2d's padding mode must be one of zeros"),
    "settings list": (conv(settings=[]), "something else than an object at nodes[0] (“c”).settings"),
    "dangling": (conv(inputs=["gone"]), "feeds “c” from “gone”, which is not there"),
    "inputs text": (conv(inputs="c"), "something else than a list of at most 100,000 at nodes[0].inputs"),
    "input number": (conv(inputs=[1]), "a text of at most 10,000 characters at nodes[0].inputs"),
    "twin ids": ({"nodes": conv()["nodes"] * 2}, "has two nodes called “c”"),
    "empty id": (conv(id=""), "an id that is empty, longer than 200"),
    "control id": (conv(id="a\x1b[31m"), "not printable"),
    "long id": (conv(id="x" * 201), "longer than 200 characters"),
    "stray main": ({"main": "x"}, "has as its “main” a node “x” that is not there"),
    "main number": ({"main": 1}, "something else than a text of at most 10,000 characters at main"),
    "stray place": ({"places": {"x": [0, 0]}}, "places a node “x” that is not there"),
    "place of 3": ({"places": {"c": [0, 0, 0]}}, "a list of at most 2 at places.“c”"),
    "place of 1": ({"places": {"c": [0]}}, "at places.“c” 1 numbers, not 2"),
    "place text": ({"places": {"c": ["0", 0]}}, "something else than a number at places.“c”[0]"),
    "place true": ({"places": {"c": [True, 0]}}, "something else than a number"),
    "places list": ({"places": []}, "something else than an object at places"),
    "scaling": (
        {"recipe": {"crop": 0, "mean": [0], "std": [1], "labels": [], "scaling": "lanczos"}},
        "a recipe.scaling “lanczos”, not bilinear or bicubic or corners or asymmetric",
    ),
    "padding": (
        {"recipe": {"crop": 0, "mean": [0], "std": [1], "labels": [], "padding": "around"}},
        "a recipe.padding “around”, not corner or letterbox",
    ),
    "padding and crop": (
        {"recipe": {"crop": 1, "mean": [0], "std": [1], "labels": [], "padding": "corner"}},
        "a recipe.crop of 1 with a recipe.padding, not 0",
    ),
    "least": (
        {"recipe": {"crop": 0, "mean": [0], "std": [1], "labels": [], "least": -0.5}},
        "a recipe.least of -0.5, not from 0 to 1",
    ),
    "overlap": (
        {"recipe": {"crop": 0, "mean": [0], "std": [1], "labels": [], "overlap": 45}},
        "a recipe.overlap of 45, not from 0 to 1",
    ),
    "recipe null": ({"recipe": None}, "something else than an object at recipe"),
    "crop 2": (
        {"recipe": {"crop": 2, "mean": [0], "std": [1], "labels": []}},
        "a recipe.crop of 2, not 0 and not from",
    ),
    "crop tiny": (
        {"recipe": {"crop": 1e-300, "mean": [0], "std": [1], "labels": []}},
        "a recipe.crop of 1e-300, not 0 and not from 0.01 to 1",
    ),
    "crop below": ({"recipe": {"crop": 0.009, "mean": [0], "std": [1], "labels": []}}, "a recipe.crop of 0.009, not 0"),
    "crop negative": ({"recipe": {"crop": -0.5, "mean": [0], "std": [1], "labels": []}}, "a recipe.crop of -0.5"),
    "std 0": ({"recipe": {"crop": 0, "mean": [0], "std": [0], "labels": []}}, "and those above 0"),
    "no mean": ({"recipe": {"crop": 0, "mean": [], "std": [], "labels": []}}, "as many numbers in recipe.mean"),
    "uneven": ({"recipe": {"crop": 0, "mean": [0, 0], "std": [1], "labels": []}}, "as many numbers in recipe.mean"),
    "label": (
        {"recipe": {"crop": 0, "mean": [0], "std": [1], "labels": [5]}},
        "a text of at most 10,000 characters at",
    ),
    "bypassed twice": ({"bypassed": ["c", "c"]}, "bypasses a node that is not there, or one twice"),
    "bypassed gone": ({"bypassed": ["x"]}, "bypasses a node that is not there, or one twice"),
    "bypassed input": (
        {"nodes": [{"id": "c", "kind": "Input", "settings": {}, "inputs": []}], "bypassed": ["c"]},
        "bypasses a node that cannot be: Input c cannot be bypassed, for it takes no input",
    ),
    "ablated gone": ({"ablations": {"x": [[0, 0]]}}, "switches channels off in a node “x” that is not there"),
    "ablated twice": ({"ablations": {"c": [[0, 0], [0, 2]]}}, "has a channel twice at ablations.“c”"),
    "ablated to 1": ({"ablations": {"c": [[0, 1]]}}, "something else than a channel and a factor that is not 1"),
    "ablated text": ({"ablations": {"c": [["0", 0]]}}, "something else than a channel and a factor"),
    "ablated below 0": ({"ablations": {"c": [[-1, 0]]}}, "has at ablations.“c” a pair that cannot be: "),
    "notes": (
        {"annotations": {str(n): {} for n in range(10_001)}},
        "has 10,001 notes and arrows, at most 10,000 are read",
    ),
    "weights name": ({"weights": "../../etc/passwd"}, "“weights” that are not 64 hexadecimal digits"),
    "weights newline": ({"weights": "0" * 64 + "\n"}, "“weights” that are not 64 hexadecimal digits"),
    "weights named": ({"weights": "0" * 64}, "weights that its description does not name, or the other way round"),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_hostile_descriptions(tmp_path: Path, name: str) -> None:
    changes, words = DESCRIPTIONS[name]
    data = json.dumps(described(**changes)).encode()
    refused(zipped(tmp_path / "a.cnnx", ("project.json", data)), words)


GOOD = json.dumps(described())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON (line 1, column 1)"),
        (b"null", "something else than an object at the top"),
        (b'{"format":', "not JSON"),
        (GOOD.encode() + b"x", "not JSON"),
        (GOOD.encode("utf-16"), "not UTF-8 text"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (GOOD.replace('"title": ""', '"title": "", "title": "x"').encode(), "has “title” twice in one place"),
        (GOOD.replace('"crop": 0.0', '"crop": NaN').encode(), "has NaN where a number is due"),
        (GOOD.replace('"crop": 0.0', '"crop": -Infinity').encode(), "has -Infinity where a number is due"),
        (GOOD.replace('"crop": 0.0', '"crop": 1e400').encode(), "has 1e400 where a number is due"),
        (GOOD.replace('"crop": 0.0', '"crop": ' + "9" * 5000).encode(), "(5000 digits) where a number is due"),
        (b" " * 16_000_001, "has a description of 16.0 MB, too large to be one"),
    ],
)
def test_hostile_json(tmp_path: Path, data: bytes, words: str) -> None:
    assert GOOD.encode() != data
    refused(zipped(tmp_path / "a.cnnx", ("project.json", data)), words)


def test_hostile_json_is_refused_fast(tmp_path: Path) -> None:
    """A million twin keys at the end of a million others: found without comparing each with each."""
    data = "{" + ",".join(f'"{i}":0' for i in range(1_000_000)) + ',"999999":0}'
    refused(zipped(tmp_path / "a.cnnx", ("project.json", data.encode())), "has “999999” twice")


def test_hostile_zips(tmp_path: Path) -> None:
    good, path = GOOD.encode(), tmp_path / "a.cnnx"
    one = ("project.json", good)
    assert read(zipped(path, one)).network.nodes.keys() == {"in", "c"}
    refused(zipped(path, ("project.json", bytes(10**7)), compression=zipfile.ZIP_DEFLATED), "compressed or encrypted")
    refused(zipped(path, ("other.json", good)), "holds something else than project.json and weights.safetensors")
    refused(zipped(path, ("../project.json", good)), "holds something else")
    refused(zipped(path, one, ("readme.txt", b"")), "holds something else")
    refused(zipped(path, one, ("a", b""), ("b", b"")), "its directory is not that of a project")
    refused(zipped(path, *[(str(i), b"") for i in range(3000)]), "its directory is not that of a project")
    with pytest.warns(UserWarning, match="Duplicate"):
        zipped(path, one, one)
    refused(path, "two of its members have the same name")
    refused(zipped(path), "its directory is not that of a project")
    data = zipped(path, one).read_bytes()
    path.write_bytes(data + b"more")
    refused(path, "its directory is not at its end")
    path.write_bytes(b"#!/bin/sh\n" + data)
    refused(path, "does not begin like a zip file")
    path.write_bytes(b"PK" + data)
    refused(path, "its directory is not that of a project")
    path.write_bytes(data.replace(b"project.json", b"project.jsoN", 1))
    refused(path, "a member has two names")
    path.write_bytes(data.replace(b'"Conv2d"', b'"Conv3d"'))
    refused(path, "a checksum is wrong")
    for content, words in ((b"", "is empty"), (b"P", "cut off"), (b"PK" + bytes(40), "not at its end")):
        path.write_bytes(content)
        refused(path, words)
    path.write_bytes(b"GIF89a" + bytes(100))
    refused(path, "does not begin like a zip file")


def test_overlapping_members(tmp_path: Path) -> None:
    """Two names for one and the same bytes, as zip bombs have."""
    path = zipped(tmp_path / "a.cnnx", ("project.json", GOOD.encode()), ("weights.safetensors", b""))
    data = path.read_bytes()
    start = data.index(b"PK\1\2")
    first = data[start : data.index(b"PK\1\2", start + 1)]
    twin = first.replace(b"project.json", b"project.jsoM")
    end = bytearray(data[-22:])
    end[12:16] = (2 * len(first)).to_bytes(4, "little")
    path.write_bytes(data[:start] + first + twin + end)
    refused(path, "two names")
    # one inside the other: the weights are claimed to lie within the description
    inner = zipped(tmp_path / "inner", ("weights.safetensors", b"x" * 40)).read_bytes()
    local, central = inner[: inner.index(b"PK\1\2")], bytearray(inner[inner.index(b"PK\1\2") : -22])
    outer = zipped(tmp_path / "outer", ("project.json", local + GOOD.encode())).read_bytes()
    start = outer.index(b"PK\1\2")
    central[42:46] = (30 + len("project.json")).to_bytes(4, "little")
    end = bytearray(outer[-22:])
    end[8:12] = bytes([2, 0, 2, 0])
    end[12:16] = (len(outer) - 22 - start + len(central)).to_bytes(4, "little")
    path.write_bytes(outer[:-22] + central + end)
    refused(path, "its members overlap")


def test_wrong_weights(tmp_path: Path) -> None:
    def project(weights: bytes, sha: str | None = None) -> Path:
        document = described(weights=sha or hashlib.sha256(weights).hexdigest())
        members = ("project.json", json.dumps(document).encode()), ("weights.safetensors", weights)
        return zipped(tmp_path / "a.cnnx", *members)

    kept = tensors.keep({"c.weight": np.ones((2, 2), np.float32)})
    good = tensors.path(kept).read_bytes()
    assert read(project(good)).weights == kept
    refused(
        project(good[:-1] + b"x", kept), "the weights are not those they are said to be"
    )  # the cache has the right ones
    shutil.rmtree(folders.cache())
    refused(project(good[:-1] + b"x", kept), "the weights are not those they are said to be")
    refused(project(b"not weights"), "the weights are no valid safetensors file")
    refused(project(b""), "the weights are no valid safetensors file")
    refused(project((10**12).to_bytes(8, "little") + b"{}"), "the weights are no valid safetensors file")
    head = b'{"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    refused(project(len(head).to_bytes(8, "little") + head + b"ab"), "numbers of type BF16, which is not read")
    refused(
        zipped(tmp_path / "b.cnnx", ("project.json", GOOD.encode()), ("weights.safetensors", good)), "does not name"
    )
    assert os.listdir(folders.weights()) == []


@pytest.mark.parametrize(
    ("count", "words"), [(100_001, "the weights hold 100,001 tensors"), (300_000, "name their tensors in 17.6 MB")]
)
def test_weights_of_endless_names(count: int, words: str) -> None:
    """A header of a million empty tensors took ten seconds and a gigabyte."""
    head = ",".join(f'"t{i}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for i in range(count))
    data = struct.pack("<Q", len(head) + 2) + f"{{{head}}}".encode()
    with pytest.raises(tensors.WeightsError, match=words):
        tensors.keep_bytes([data], hashlib.sha256(data).hexdigest(), len(data))
    assert os.listdir(folders.weights()) == []


@pytest.mark.parametrize("crop", [1e-5, 1e-300, float("nan"), float("inf"), -1.0, 2.0])
def test_a_crop_made_in_code_is_checked_too(crop: float) -> None:
    with pytest.raises(PictureError, match=r"crop is .*; it must be 0, or from 0.01 to 1"):
        to_input(np.zeros((3, 3, 3), np.uint8), Recipe(crop), (3, 8, 8))


SCALING = """
import numpy as np
from explorer.formats.recipes import to_input
from explorer.network.project import Recipe
for size in ((1, 1), (1, 30000), (30000, 1), (3, 2)):
    assert (to_input(np.full((*size, 3), 255, np.uint8), Recipe(0.01), (3, 2000, 1000)) == 1).all()
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def test_the_smallest_crop_takes_little_memory() -> None:
    """Scaled whole, each of these pictures has 20 gigapixels or more; a margin of one pixel of theirs has a million."""
    done = subprocess.run([sys.executable, "-c", SCALING], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 500_000  # kB; 160,000 of them are the picture and its numbers, three times


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.cnnx")
    refused(tmp_path / "pipe.cnnx", "is a device or a pipe")
    refused(tmp_path / "gone.cnnx", "was not found")
    (tmp_path / "folder.cnnx").mkdir()
    refused(tmp_path / "folder.cnnx", "is a folder")
    with open(tmp_path / "huge.cnnx", "wb") as huge:
        huge.truncate(10**11)
    refused(tmp_path / "huge.cnnx", "does not begin like a zip file")


@pytest.mark.parametrize("longer", [False, True])
def test_a_file_that_is_saved_anew_between_a_look_at_it_and_its_opening(tmp_path: Path, monkeypatch, longer) -> None:
    """Another window saves it in this moment: the new one is opened, whatever its size."""
    path, look = tmp_path / "a.cnnx", regular.size
    before, after = replace(weighted(), title="a" * 60), replace(weighted(), title="a" * (90 if longer else 3))
    write(path, before)

    def save_then(asked: Path) -> int:
        size = look(asked)
        write(path, after)
        return size

    monkeypatch.setattr(regular, "size", save_then)
    assert read(path) == after


def test_cut_anywhere(tmp_path: Path) -> None:
    write(tmp_path / "a.cnnx", weighted())
    data, cut = (tmp_path / "a.cnnx").read_bytes(), tmp_path / "cut.cnnx"
    for place in range(len(data)):
        put(cut, data[:place])
        refused(cut)


def test_flipped_bits(tmp_path: Path) -> None:
    """One to three bits anywhere: refused, or (in times and the like) the same project."""
    project = weighted()
    write(tmp_path / "a.cnnx", project)
    data, broken = (tmp_path / "a.cnnx").read_bytes(), tmp_path / "broken.cnnx"
    chance, refusals = random.Random(5), []
    for _ in range(3000):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        put(broken, changed)
        try:
            assert read(broken) == project
        except ProjectError as error:
            refusals.append(str(error))
    assert len(refusals) > 2500
    assert all(len(message) <= SENTENCE and message.startswith("“broken.cnnx” ") for message in refusals)


def test_changed_descriptions(tmp_path: Path) -> None:
    """Splices and digits within the JSON, with a right checksum: refused, or some valid project."""
    text = project_json.dumped(LENET).decode()
    pieces = [
        "10000000000",
        "-1",
        "null",
        "{}",
        "[]",
        '""',
        "true",
        "1e999",
        '"',
        "}",
        ",",
        "\\ud800",
        "0.5",
        '"id":"x",',
    ]
    chance, refusals = random.Random(6), 0
    for _ in range(3000):
        place, length = chance.randrange(len(text)), chance.choice([0, 1, 2, 10])
        changed = text[:place] + chance.choice(pieces) + text[place + length :]
        try:
            project_json.loaded(changed.encode())
        except Fault:
            refusals += 1
    assert refusals > 2000


# Saving


def test_what_could_not_be_opened_again_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "a.cnnx"
    write(path, LENET)
    before = path.read_bytes()
    for project, words in (
        (replace(LENET, places={"fc": (float("nan"), 0)}), "NaN where a number is due"),
        (replace(LENET, recipe=Recipe(0.001)), "a recipe.crop of 0.001"),
        (replace(LENET, title="a\ud800"), "a text of at most"),
        (replace(LENET, weights="0" * 64), "no longer in the cache"),
        (Project(network(Node("", Input()))), "an id that is empty"),
    ):
        with pytest.raises(ProjectError, match=words) as caught:
            write(path, project)
        assert str(caught.value).startswith("“a.cnnx” cannot be saved: ")
        assert len(str(caught.value)) <= SENTENCE
        assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.cnnx"]


def test_damaged_weights_in_the_cache_are_not_saved(tmp_path: Path) -> None:
    project = weighted()
    file = tensors.path(project.weights)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ProjectError, match="in the cache are damaged: get the model again"):
        write(tmp_path / "a.cnnx", project)
    assert weighted() == project  # keeping the right ones again repairs the cache
    write(tmp_path / "a.cnnx", project)
    assert read(tmp_path / "a.cnnx") == project


def test_no_room_for_the_project_or_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        large = {"w": np.arange(50_000, dtype=np.float32)}
        project = replace(LENET, weights=tensors.keep(large))
        write(disk / "a.cnnx", LENET)
        before = (disk / "a.cnnx").read_bytes()
        with pytest.raises(CannotSave, match=r"“a.cnnx” could not be saved, the disk is full \(20.\.. kB needed, 6"):
            write(disk / "a.cnnx", project)
        assert (disk / "a.cnnx").read_bytes() == before
        assert os.listdir(disk) == ["a.cnnx"]
        write(tmp_path / "a.cnnx", project)
        monkeypatch.setenv("CNN_EXPLORER_CACHE", str(disk))
        with pytest.raises(ProjectError, match="the disk is full"):
            read(tmp_path / "a.cnnx")
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_writing_that_fails_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    path = tmp_path / "a.cnnx"
    write(path, LENET)
    before = path.read_bytes()

    def fsync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(CannotSave, match=r"“a\.cnnx” could not be saved"):
        write(path, replace(LENET, title="new"))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.cnnx"]


# The weight store


def test_tensors_come_back_as_they_were() -> None:
    every = {
        "f32": np.arange(6, dtype=np.float32).reshape(2, 3).T,  # not contiguous
        "f16": np.array([1.5, -2], np.float16),
        "big": np.array([1, 2], ">f4"),
        "one": np.array(7.0, np.float32),
        "none": np.zeros((0, 3), np.float32),
        "count": np.array([3], np.int64),
    }
    sha = tensors.keep(every)
    assert tensors.keep(dict(reversed(every.items()))) == sha
    assert tensors.names_and_shapes(sha) == {name: value.shape for name, value in every.items()}
    back = tensors.read(sha)
    for name, value in every.items():
        assert back[name].shape == value.shape
        assert back[name].dtype == value.dtype.newbyteorder("=")
        assert (back[name] == value).all()
    assert tensors.read(sha, ["one"]).keys() == {"one"}
    with pytest.raises(tensors.WeightsError, match="cannot be read"):
        tensors.read(sha, ["gone"])
    assert tensors.path(sha).parent == folders.weights()


def test_weights_are_found_by_digits_only() -> None:
    for name in ("", "../x", "A" * 64, "0" * 63, "0" * 64 + "\n"):
        with pytest.raises(tensors.WeightsError, match="64 hexadecimal digits"):
            tensors.path(name)


def test_sweep_keeps_what_was_used() -> None:
    old, used = tensors.keep({"a": np.zeros(1)}), tensors.keep({"b": np.zeros(1)})
    for sha in (old, used):
        os.utime(tensors.path(sha), (0, 0))
    tensors.read(used)
    tensors.sweep(30)
    assert os.listdir(folders.weights()) == [f"{used}.safetensors"]
    tensors.sweep(0)
    with pytest.raises(tensors.WeightsError, match="no longer in the cache"):
        tensors.path(used)


def test_a_cache_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(CannotSave, match="set CNN_EXPLORER_CACHE to a folder you may write to"):
        folders.weights()
    with pytest.raises(tensors.WeightsError, match="CNN_EXPLORER_CACHE"):
        tensors.path("0" * 64)


def test_the_page_about_the_file_names_what_the_program_writes() -> None:
    page = (Path(__file__).resolve().parents[1] / "docs" / "project-file.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    described = json.loads(example)
    assert tuple(described) == project_json.KEYS
    sentence = page.partition("All keys must be there, but ")[2].partition(" may be left out")[0]
    assert re.findall(r"`(\w+)`", sentence) == list(project_json.WITHOUT)
    told = page.partition("All keys must be there")[2]
    assert [key for key in project_json.KEYS if f"**{key}**" not in told] == []
    written = json.loads(project_json.dumped(Project(recipe=Recipe(crop=0, padding="mean", shorter=8, longer=9))))
    assert [key for key in written["recipe"] if f"`{key}`" not in told] == []
    assert [key for key in written["recipe"] if key not in ("shorter", "longer")] == list(described["recipe"])
