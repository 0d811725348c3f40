"""Reading an ONNX file as a network with shapes and weights, beside onnx's own loading and shape inference.

ours: the file checked, its idioms gathered, every layer and its weights placed, all shapes known. onnx: `onnx.load`,
then `infer_shapes`, which checks nothing. Rounds take turns in one process. Prints one JSON line: medians in ms, and
ours divided by onnx's (goal: 0.2). The files are exported here, in a temporary folder.
Usage: python -m benchmarks.onnx_opening [NAME ...]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import onnx
import torch
from torchvision.models import get_model

from explorer.engine.onnx.opening import network
from explorer.formats.onnx import file
from explorer.formats.onnx.graph import graph
from explorer.formats.onnx.idioms import gathered
from explorer.maths.steps import at_once
from explorer.network.analysis import analyse

ROUNDS, WARM_UP = 7, 1


def exported(name: str, folder: Path) -> Path:
    """A network of torchvision with random weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return written(get_model(name, weights=None).eval(), folder / f"{name}.onnx")


def written(module: torch.nn.Module, path: Path) -> Path:
    """A module in an ONNX file, as torch's older exporter writes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (torch.rand(1, 3, 224, 224),), str(path), dynamo=False)
    return path


def ours(path: Path) -> int:
    model = at_once(file.read(path))
    reading, _ = network(gathered(graph(model.proto, model.tables)))
    return len(analyse(reading.network))


def theirs(path: Path) -> int:
    return len(onnx.shape_inference.infer_shapes(onnx.load(str(path))).graph.value_info)


def compare(path: Path) -> dict[str, object]:
    runs: dict[str, Callable[[Path], int]] = {"ours": ours, "onnx": theirs}
    times: dict[str, list[float]] = {run: [] for run in runs}
    for turn in range(WARM_UP + ROUNDS):
        for run, once in runs.items():
            start = time.perf_counter()
            once(path)
            if turn >= WARM_UP:
                times[run].append(1000 * (time.perf_counter() - start))
    medians = {run: statistics.median(taken) for run, taken in times.items()}
    return {
        "MB": round(path.stat().st_size / 1e6, 1),
        "ms": {run: round(median, 1) for run, median in medians.items()},
        "ours / onnx": round(medians["ours"] / medians["onnx"], 3),
    }


def main() -> None:
    names = sys.argv[1:] or ["resnet50", "mobilenet_v2"]
    with tempfile.TemporaryDirectory() as folder:
        result = {name: compare(exported(name, Path(folder))) for name in names}
    print(json.dumps({"benchmark": "onnx_opening", **result}))


if __name__ == "__main__":
    main()
