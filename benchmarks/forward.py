"""One forward pass, batch 1: our Program beside torchvision's module and onnxruntime.

torchvision's module as it comes, in channels_last, and traced, frozen and optimised by torch.jit; the fastest of
these is "the best of torch". onnxruntime runs what torch exports, with as many threads, which do not spin between its
turns: they would take the others' time. Freed memory goes back to the system, as where people run torch; that the
worker keeps it is left out, for it would serve all of these in one process. Rounds take turns in it, so that what else
the machine does falls on all alike. Prints one JSON line: medians in ms, and ours divided by each peer.
Usage: python -m benchmarks.forward [NAME ...]
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torchvision.models import get_model

from benchmarks.peers import absent, there
from benchmarks.turns import medians, milliseconds
from explorer.engine.library import ENTRIES
from explorer.engine.program import Program
from explorer.engine.trace import trace, weights
from explorer.engine.trained import BUILT_WITH

ROUNDS, WARM_UP = 20, 3
NAMES = ("vgg16", "resnet50", "googlenet", "mobilenet_v2", "squeezenet1_0", "efficientnet_b0", "resnet18")
OF_TORCH = ("eager", "channels_last", "jit")


def module(name: str) -> tuple[torch.nn.Module, bool]:
    """torchvision's module, with trained weights where the model library has fetched them."""
    torch.manual_seed(0)
    built = get_model(name, weights=None, **BUILT_WITH.get(name, {})).eval()
    trained = name in ENTRIES and ENTRIES[name].file.is_file()
    if trained:
        built.load_state_dict(torch.load(ENTRIES[name].file, weights_only=True))
    return built, trained


def jit(eager: torch.nn.Module, x: torch.Tensor) -> Callable[[], object]:
    """Traced, frozen and optimised; its first runs choose kernels."""
    with torch.no_grad():
        made = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(eager, x)))
        made(x), made(x)
    return lambda: made(x)


def onnx(eager: torch.nn.Module, folder: str, x: torch.Tensor) -> Callable[[], object]:
    """What torch exports, in onnxruntime."""
    import onnxruntime

    from benchmarks.onnx_opening import written

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = str(written(eager, Path(folder) / "network.onnx"))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    fed = {session.get_inputs()[0].name: x.numpy()}
    return lambda: session.run(None, fed)


def compare(name: str) -> dict[str, object]:
    eager, trained = module(name)
    last, _ = module(name)
    last = last.to(memory_format=torch.channels_last)
    network = trace(eager)
    program = Program(network, weights(eager, network))
    everything = tuple(network.nodes)
    x = torch.randn(1, 3, 224, 224)
    x_last = x.contiguous(memory_format=torch.channels_last)
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: program.run(x)[0],
        "ours, every value kept": lambda: program.run(x, everything)[0],
        "eager": lambda: eager(x),
        "channels_last": lambda: last(x_last),
        "jit": jit(module(name)[0], x),
    }
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        if there("onnxruntime"):
            runs["onnxruntime"] = onnx(module(name)[0], folder, x)
        difference = float((program.run(x)[0] - eager(x)).abs().max())
        found = medians(milliseconds(runs, ROUNDS, WARM_UP))
    found["the best of torch"] = min(found[peer] for peer in OF_TORCH)
    return {
        "trained": trained, "ms": found,
        **{f"ours / {peer}": round(found["ours"] / found[peer], 3) for peer in found if not peer.startswith("ours")},
        "ours, every value kept / eager": round(found["ours, every value kept"] / found["eager"], 3),
        "greatest difference": difference,
    }  # fmt: skip


def main() -> None:
    warnings.filterwarnings("ignore")
    result = {name: compare(name) for name in sys.argv[1:] or NAMES}
    missing = absent(onnxruntime="onnxruntime")
    print(json.dumps({"benchmark": "forward", "threads": torch.get_num_threads(), **result, "absent": missing}))


if __name__ == "__main__":
    main()
