"""Every value of a network for one picture, beside what others do: ResNet-50, batch 1. One JSON line, ms.

plain: torchvision's module as it comes, which keeps nothing. hooks: a copy of what each leaf puts out, as tutorials do
it. captum: LayerActivation with a list of all leaves. torchlens: its trace of a forward pass, once a round of its
own, for it takes seconds. The greatest difference is between ours and what hooks copy, over all leaves that are
called once, of that leaf's largest value. Usage: python -m benchmarks.capture [NAME]
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.forward import module
from benchmarks.peers import absent, there
from benchmarks.turns import medians, milliseconds, ratios
from explorer.engine.memory import keep_freed
from explorer.engine.program import Program
from explorer.engine.trace import trace, weights

ROUNDS, SLOW_ROUNDS = 15, 3


def leaves(eager: nn.Module) -> dict[str, nn.Module]:
    return {name: part for name, part in eager.named_modules() if not list(part.children())}


def hooked(eager: nn.Module, x: Tensor) -> tuple[dict[str, Tensor], Counter[str]]:
    """A copy of what each leaf puts out, and how often each is called."""
    found, calls = dict[str, Tensor](), Counter[str]()

    def hear(name: str, value: Tensor) -> None:
        found[name] = value.detach().clone()
        calls[name] += 1

    handles = [
        part.register_forward_hook(lambda _m, _i, value, name=name: hear(name, value))
        for name, part in leaves(eager).items()
    ]
    with torch.inference_mode():
        eager(x)
    for handle in handles:
        handle.remove()
    return found, calls


def difference(ours: dict[str, Tensor], theirs: dict[str, Tensor], calls: Counter[str]) -> tuple[float, int]:
    """The greatest one, and of how many leaves."""
    both = [name for name in theirs if calls[name] == 1 and name in ours]
    worst = max(float((ours[name] - theirs[name]).abs().max() / theirs[name].abs().max()) for name in both)
    return worst, len(both)


def torchlens_s(eager: nn.Module, x: Tensor) -> Callable[[], Any] | None:
    """Its call, by whichever name it goes in this version; None where it is not there."""
    if not there("torchlens"):
        return None
    import torchlens

    call = torchlens.trace if hasattr(torchlens, "trace") else torchlens.log_forward_pass
    return lambda: call(eager, x)


def main() -> None:
    """Take turns and print."""
    warnings.filterwarnings("ignore")
    keep_freed()
    name = sys.argv[1] if len(sys.argv) > 1 else "resnet50"
    eager, trained = module(name)
    network = trace(eager)
    program, x = Program(network, weights(eager, network)), torch.randn(1, 3, 224, 224)
    everything = tuple(network.nodes)

    def plain() -> None:
        with torch.inference_mode():
            eager(x)

    runs: dict[str, Callable[[], Any]] = {
        "ours": lambda: program.run(x, everything), "plain": plain, "hooks": lambda: hooked(eager, x),
    }  # fmt: skip
    if there("captum"):
        from captum.attr import LayerActivation

        layers = LayerActivation(eager, list(leaves(eager).values()))

        def captum_s() -> None:
            with torch.no_grad():
                layers.attribute(x)

        runs["captum"] = captum_s
    found = medians(milliseconds(runs, ROUNDS))
    theirs, calls = hooked(module(name)[0], x)
    worst, compared = difference(program.run(x, everything)[1], theirs, calls)
    failed = {}
    if slow := torchlens_s(eager, x):
        try:
            found |= medians(milliseconds({"torchlens": slow}, SLOW_ROUNDS, 1))
        except Exception as error:  # a peer that breaks is told, and the others stay
            failed["torchlens"] = f"{type(error).__name__}: {str(error)[:160]}"
    print(json.dumps({
        "benchmark": "capture", "network": name, "trained": trained, "threads": torch.get_num_threads(), "ms": found,
        **ratios("ours", found, 4), "greatest difference": worst, "leaves compared": compared,
        "absent": absent(captum="captum", torchlens="torchlens"), "failed": failed,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
