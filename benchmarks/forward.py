"""One forward pass, batch 1: our Program beside torchvision's module, plain and in channels_last, and onnxruntime.

Rounds take turns in one process, so that what else the machine does falls on all alike; all have as many threads, and
onnxruntime's do not spin while others compute. Prints one JSON line: medians in ms, and ours divided by each peer
(goals: at most 0.75 of eager; 1.15 of onnxruntime for VGG-16 and ResNet-50, 1.7 for smaller networks).
Usage: python -m benchmarks.forward [NAME ...]
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import onnxruntime
import torch
from torchvision.models import get_model

from benchmarks.onnx_opening import written
from explorer.engine.library import ENTRIES
from explorer.engine.program import Program
from explorer.engine.trace import trace, weights
from explorer.engine.trained import BUILT_WITH

NAMES = ("mobilenet_v2", "resnet50", "vgg16", "squeezenet1_0", "googlenet", "efficientnet_b0", "resnet18")
ROUNDS, WARM_UP = 30, 3


def module(name: str) -> tuple[torch.nn.Module, bool]:
    """torchvision's module, with trained weights where the model library has fetched them."""
    torch.manual_seed(0)
    built = get_model(name, weights=None, **BUILT_WITH.get(name, {})).eval()
    trained = name in ENTRIES and ENTRIES[name].file.is_file()
    if trained:
        built.load_state_dict(torch.load(ENTRIES[name].file, weights_only=True))
    return built, trained


def onnx(eager: torch.nn.Module) -> onnxruntime.InferenceSession:
    """onnxruntime's session for a module."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with tempfile.TemporaryDirectory() as folder:
        path = written(eager, Path(folder) / "network.onnx")
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def compare(name: str) -> dict[str, object]:
    eager, trained = module(name)
    last, _ = module(name)
    last = last.to(memory_format=torch.channels_last)
    network = trace(eager)
    program = Program(network, weights(eager, network))
    everything = tuple(network.nodes)
    x = torch.randn(1, 3, 224, 224)
    session = onnx(eager)
    entry = session.get_inputs()[0].name
    x_last = x.contiguous(memory_format=torch.channels_last)
    runs = {
        "ours": lambda: program.run(x)[0],
        "ours, every value kept": lambda: program.run(x, everything)[0],
        "eager": lambda: eager(x),
        "channels_last": lambda: last(x_last),
        "onnxruntime": lambda: session.run(None, {entry: x.numpy()}),
    }
    times: dict[str, list[float]] = {run: [] for run in runs}
    with torch.inference_mode():
        difference = float((runs["ours"]() - eager(x)).abs().max())
        for turn in range(WARM_UP + ROUNDS):
            for run, forward in runs.items():
                start = time.perf_counter()
                forward()
                if turn >= WARM_UP:
                    times[run].append(time.perf_counter() - start)
    medians = {run: statistics.median(taken) for run, taken in times.items()}
    return {
        "trained": trained,
        "ms": {run: round(1000 * median, 2) for run, median in medians.items()},
        "ours / eager": round(medians["ours"] / medians["eager"], 3),
        "ours / channels_last": round(medians["ours"] / medians["channels_last"], 3),
        "ours / onnxruntime": round(medians["ours"] / medians["onnxruntime"], 3),
        "ours, every value kept / eager": round(medians["ours, every value kept"] / medians["eager"], 3),
        "greatest difference": difference,
    }


def main() -> None:
    names = sys.argv[1:] or NAMES
    result = {name: compare(name) for name in names}
    print(json.dumps({"benchmark": "forward", "threads": torch.get_num_threads(), **result}))


if __name__ == "__main__":
    main()
