"""One forward pass, batch 1: our Program beside torchvision's module, as it comes and in channels_last.

Rounds take turns in one process, so that what else the machine does falls on all alike. Prints one JSON line:
medians in ms, and ours divided by each peer (goal: at most 1.0). Usage: python benchmarks/forward.py [NAME ...]
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import torch
from torchvision.models import get_model

from explorer.engine.library import ENTRIES
from explorer.engine.program import Program
from explorer.engine.trace import trace, weights
from explorer.engine.trained import BUILT_WITH

ROUNDS, WARM_UP = 30, 3


def module(name: str) -> tuple[torch.nn.Module, bool]:
    """torchvision's module, with trained weights where the model library has fetched them."""
    torch.manual_seed(0)
    built = get_model(name, weights=None, **BUILT_WITH.get(name, {})).eval()
    trained = name in ENTRIES and ENTRIES[name].file.is_file()
    if trained:
        built.load_state_dict(torch.load(ENTRIES[name].file, weights_only=True))
    return built, trained


def compare(name: str) -> dict[str, object]:
    eager, trained = module(name)
    last, _ = module(name)
    last = last.to(memory_format=torch.channels_last)
    network = trace(eager)
    program = Program(network, weights(eager, network))
    everything = tuple(network.nodes)
    x = torch.randn(1, 3, 224, 224)
    x_last = x.contiguous(memory_format=torch.channels_last)
    runs = {
        "ours": lambda: program.run(x)[0],
        "ours, every value kept": lambda: program.run(x, everything)[0],
        "eager": lambda: eager(x),
        "channels_last": lambda: last(x_last),
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
        "ours, every value kept / eager": round(medians["ours, every value kept"] / medians["eager"], 3),
        "greatest difference": difference,
    }


def main() -> None:
    names = sys.argv[1:] or ["mobilenet_v2", "resnet50"]
    result = {name: compare(name) for name in names}
    print(json.dumps({"benchmark": "forward", "threads": torch.get_num_threads(), **result}))


if __name__ == "__main__":
    main()
