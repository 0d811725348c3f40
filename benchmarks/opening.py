"""Open torchvision's networks, beside torch.fx's symbolic_trace and ShapeProp: symbols and shapes, no numbers.

Both read the same module on the meta device, in turns, in one process, by the time that the process itself computes:
what else goes on on the machine does not count. Prints one JSON line: for each network the medians in ms of ours and of
torch's, ours divided by torch's, the same for the first time each, and the network with the worst ratio. Goal: 1.5.
Some are opened by torch.export, too, which has shapes and operators (goal: 0.1 of its time).
Usage: python -m benchmarks.opening [--all] [network …]
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import time
from collections.abc import Callable

import torch
from torch.fx import GraphModule, Tracer
from torch.fx.passes.shape_prop import ShapeProp
from torchvision.models.maxvit import PartitionAttentionLayer
from torchvision.models.swin_transformer import ShiftedWindowAttention, ShiftedWindowAttentionV2

from explorer.classics.others import ARCHITECTURES
from explorer.engine.trace import trace
from explorer.engine.trained import built

NAMES = ("resnet50", "mobilenet_v3_large", "convnext_tiny", "vit_b_16", "swin_t", "swin_v2_t", "maxvit_t")
ROUNDS = 5
EXPORTED = ("resnet50", "mobilenet_v3_large")
"""Those that torch.export opens, too."""


class Whole(Tracer):
    """torch's own tracer, with the attention of windows kept whole, where it cannot be traced."""

    def is_leaf_module(self, m: torch.nn.Module, module_qualified_name: str) -> bool:
        kept = (ShiftedWindowAttention, ShiftedWindowAttentionV2, PartitionAttentionLayer)
        return isinstance(m, kept) or super().is_leaf_module(m, module_qualified_name)


def main() -> None:
    """Time all in turns and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="every classifier of torchvision")
    options.add_argument("network", nargs="*", default=NAMES)
    chosen = options.parse_args()
    torch.set_num_threads(2)
    found = {name: timed(name) for name in (ARCHITECTURES if chosen.all else chosen.network)}
    print(json.dumps(found | {"worst": max(found, key=lambda name: found[name]["ratio"])}))


def timed(name: str) -> dict[str, float]:
    """Medians of one network."""
    module, x = built(name), torch.empty(1, 3, 224, 224, device="meta")
    empty = copy.deepcopy(module).to("meta")  # the tables of relative places are not on it, and torch's cannot mix

    def theirs() -> None:
        ShapeProp(GraphModule(empty, Whole().trace(empty))).propagate(x)

    runs: dict[str, Callable[[], object]] = {"ours": lambda: trace(module), "torch": theirs}
    times: dict[str, list[float]] = {who: [] for who in runs}
    for _ in range(ROUNDS + 1):
        for who, run in runs.items():
            start = time.process_time()
            run()
            times[who].append((time.process_time() - start) * 1000)
    export = {}
    if name in EXPORTED:
        taken = []
        for _ in range(ROUNDS):
            start = time.process_time()
            torch.export.export(empty, (x,))
            taken.append((time.process_time() - start) * 1000)
        export["torch.export"] = round(statistics.median(taken), 1)
    ours, torch_s = (statistics.median(found[1:]) for found in times.values())
    first = times["ours"][0] / times["torch"][0]
    return {
        "ours": round(ours, 1),
        "torch": round(torch_s, 1),
        "ratio": round(ours / torch_s, 2),
        "first": round(first, 2),
        **export,
    }


if __name__ == "__main__":
    main()
