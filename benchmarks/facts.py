"""Shapes, parameters and MACs of all of ResNet-152 after an edit that changes every shape, beside its peers.

Peers: torchinfo on torchvision's module (a forward pass with real numbers, and one on the meta device), torch.fx's
ShapeProp on the meta device (shapes only), the module run on torch's FakeTensors and on the meta device (shapes only,
without telling them). Rounds take turns in one process. Prints one JSON line: medians in ms, and
ours divided by each. Goal: 0.01 of torchinfo, 0.05 of the fastest of the others.
Usage: python -m benchmarks.facts
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx import symbolic_trace
from torch.fx.passes.shape_prop import ShapeProp
from torchvision.models import resnet152

from benchmarks.peers import absent
from explorer.classics.catalogue import CLASSICS
from explorer.network import analysis
from explorer.network.analysis import analyse, totals

ROUNDS, WARM_UP = 9, 2
SIZES = (224, 192)
"""Sides of the picture, in turns, so that every shape changes each time."""


def main() -> None:
    """Time all in turns and print."""
    network = CLASSICS["resnet152"].network
    real = resnet152(weights=None).eval()
    with torch.device("meta"):
        meta = resnet152(weights=None).eval()
    traced = symbolic_trace(meta)
    before, known, turn = network, analyse(network), 0

    def ours(forget: bool) -> int:
        nonlocal before, known, turn
        turn += 1
        side = SIZES[turn % 2]
        edited = before.with_settings("input", height=side, width=side)
        if forget:  # as if no such layer had been seen before
            analysis._layer_facts.cache_clear()
        before, known = edited, analyse(edited, before, known)
        return totals(known).macs

    def x(device: str) -> torch.Tensor:
        return torch.empty(1, 3, SIZES[0], SIZES[0], device=device)

    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(True),
        "ours, seen before": lambda: ours(False),
        "ShapeProp, meta": lambda: ShapeProp(traced).propagate(x("meta")),
        "meta": lambda: meta(x("meta")),
        "FakeTensor": lambda: fake(false_x),
    }
    with FakeTensorMode():
        fake, false_x = resnet152(weights=None).eval(), x("cpu")
    missing = absent(torchinfo="torchinfo")
    if not missing:
        from torchinfo import summary

        runs["torchinfo"] = lambda: summary(real, input_data=x("cpu"), verbose=0, depth=9).total_mult_adds
        runs["torchinfo, meta"] = lambda: (
            summary(meta, input_data=x("meta"), verbose=0, depth=9, device="meta").total_mult_adds
        )
    times: dict[str, list[float]] = {run: [] for run in runs}
    with torch.inference_mode():
        for number in range(WARM_UP + ROUNDS):
            for run, once in runs.items():
                start = time.perf_counter()
                once()
                if number >= WARM_UP:
                    times[run].append(1000 * (time.perf_counter() - start))
    medians = {run: statistics.median(taken) for run, taken in times.items()}
    ratios = {run: round(medians["ours"] / medians[run], 5) for run in runs if not run.startswith("ours")}
    shown = {run: round(median, 2) for run, median in medians.items()}
    told = {"bench": "facts", "unit": "ms", "nodes": len(network.nodes), **shown}
    told["the fastest for shapes"] = min(shown[run] for run in ("ShapeProp, meta", "meta", "FakeTensor"))
    told["ours, 500 nodes"] = round(500 / len(network.nodes) * medians["ours"], 3)
    print(json.dumps({**told, "ours/": ratios, "absent": missing}))


if __name__ == "__main__":
    main()
