"""ONNX models for tests: made here, run by onnxruntime, and read by us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from explorer.engine.onnx.opening import network
from explorer.engine.onnx.reading import Reading
from explorer.engine.onnx.values import View, seen
from explorer.engine.program import Program
from explorer.formats.onnx import file
from explorer.formats.onnx.graph import graph
from explorer.formats.onnx.idioms import gathered

Arrays = Mapping[str, np.ndarray]


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


def read(path: Path) -> Reading:
    """What we read in a file."""
    return network(gathered(graph(file.read(path))))[0]


def values(reading: Reading, x: np.ndarray) -> list[np.ndarray]:
    """The outputs of a graph as we compute them, in the graph's own order of axes."""
    views = [reading.values[name] for name in reading.graph.outputs]
    program = Program(reading.network, reading.weights)
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


def runtime(path: Path, feeds: Arrays) -> list[np.ndarray]:
    """The outputs as onnxruntime computes them, operator by operator."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    found: list[np.ndarray] = onnxruntime.InferenceSession(str(path), options).run(None, dict(feeds))
    return found


def difference(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> float:
    """The largest difference of outputs of equal shapes, as part of the largest number."""
    assert [a.shape for a in ours] == [b.shape for b in theirs]
    finite = [(a.astype(np.float64), b.astype(np.float64)) for a, b in zip(ours, theirs, strict=True)]
    for a, b in finite:
        assert np.array_equal(np.isfinite(a), np.isfinite(b))
    return max(
        float(
            np.nanmax(np.abs(np.where(np.isfinite(b), a - b, 0))) / max(np.abs(b[np.isfinite(b)]).max(initial=0), 1e-6)
        )
        for a, b in finite
    )
