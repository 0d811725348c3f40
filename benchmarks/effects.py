"""Ranking all channels of a middle layer of MobileNetV2 by what a class loses without them, beside the naive way.

Ours runs what lies behind the layer, for several channels at a time. The peers run torchvision's module from the
picture on, with a hook that sets a channel to zero: "hooks", once for each channel, as people write it down; "hooks,
batched", 32 of them at once. Rounds take turns in one process, the peers on some of the channels, spread over all, and
their time counted for all. Prints one JSON line: seconds of a whole ranking (median), and each peer's divided by ours.
Usage: python -m benchmarks.effects [LAYER] [ROUNDS] [cpu]
With "cpu" one thread computes and its own time is taken: for a machine that others use meanwhile.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.forward import module as built
from explorer.engine.effects import rank_channels
from explorer.engine.questions import Pixels, RankChannels
from explorer.engine.trace import trace, weights
from explorer.formats import tensors
from explorer.formats.recipes import to_input
from explorer.maths.effects import ChannelEffects
from explorer.network.project import Project

LAYER, ROUNDS = "features.10.conv.0.2", 5
AT_ONCE = 32
SOME = 64
"""Channels that the peers try in a round."""


class Hooks:
    """The naive way: torchvision's module, one channel of one of its layers set to zero."""

    def __init__(self, module: nn.Module, layer: str, x: Tensor, target: int) -> None:
        self.module, self.x, self.target = module, x, target
        self._off: Tensor | None = None
        module.get_submodule(layer).register_forward_hook(self._change)

    def _change(self, _module: nn.Module, _inputs: object, y: Tensor) -> Tensor:
        if self._off is not None:
            y[torch.arange(len(self._off)), self._off] = 0.0
        return y

    def shares(self, channels: list[int] | None, at_once: int = 1) -> list[float]:
        """The class's probability without each of the channels, or with all."""
        if channels is None:
            self._off = None
            return [float(self.module(self.x).softmax(1)[0, self.target])]
        found: list[float] = []
        for first in range(0, len(channels), at_once):
            self._off = torch.tensor(channels[first : first + at_once])
            y = self.module(self.x.expand(len(self._off), -1, -1, -1))
            found += y.double().softmax(1)[:, self.target].tolist()
        return found


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "cpu"]
    layer = words[0] if words else LAYER
    rounds = int(words[1]) if len(words) > 1 else ROUNDS
    clock = time.perf_counter
    if "cpu" in sys.argv:
        torch.set_num_threads(1)
        clock = time.process_time
    torch.manual_seed(0)
    module, trained = built("mobilenet_v2")
    network = trace(module)
    project = Project(network, weights=tensors.keep(weights(module, network)))
    source = Pixels(np.random.default_rng(0).integers(0, 255, (224, 224, 3)).astype(np.uint8))
    x = torch.from_numpy(to_input(source.pixels, project.recipe, (3, 224, 224)))[None]

    def ours() -> ChannelEffects:
        *_, found = rank_channels(RankChannels(project, source, layer))
        assert isinstance(found, ChannelEffects)
        return found

    found = ours()
    hooks = Hooks(module, layer, x, found.index)
    count = len(found.falls)
    channels = np.linspace(0, count - 1, min(SOME, count)).astype(int).tolist()
    times: dict[str, list[float]] = {"ours": [], "hooks": [], "hooks, batched": []}
    with torch.inference_mode():
        (whole,) = hooks.shares(None)
        theirs = whole - np.array(hooks.shares(channels, AT_ONCE))
        for _ in range(rounds):
            for name, run, all_of in (
                ("ours", ours, 1.0),
                ("hooks", lambda: hooks.shares(channels), count / len(channels)),
                ("hooks, batched", lambda: hooks.shares(channels, AT_ONCE), count / len(channels)),
            ):
                start = clock()
                run()
                times[name].append((clock() - start) * all_of)
    seconds = {name: statistics.median(taken) for name, taken in times.items()}
    print(json.dumps({
        "benchmark": "effects", "threads": torch.get_num_threads(), "trained": trained, "layer": layer,
        "channels": count, "silent": int((found.falls == 0).sum()), "clock": clock.__name__,
        "seconds": {name: round(s, 2) for name, s in seconds.items()},
        **{f"{name} / ours": round(s / seconds["ours"], 2) for name, s in seconds.items() if name != "ours"},
        "greatest difference": float(np.abs(theirs - found.falls[channels]).max()),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
