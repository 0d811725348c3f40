"""The same work on a GPU: ours there and on the CPU, beside torch's modules there. One JSON line.

forward: ResNet-50, batches of 1 and 32, from a tensor in the host's memory to scores there, so that every run waits
for its end. style: an evaluation of style transfer with its slope, 512 pixels, VGG-16's trunk, beside the PyTorch
tutorial's recipe (see `benchmarks.style`). patches: pictures a second of the search for strongest places in
ResNet-50, batches of 16, beside the plain forward. frame: a camera's frame of 640 × 480 through MobileNetV2 to its
guesses, as the window asks for it. All numbers are float32, with TF32 off for all, as ours are. Where torch finds no
GPU, it says so and measures nothing.
Usage: python -m benchmarks.cuda [DEVICE]; another device than "cuda" is for trying the benchmark itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from benchmarks.turns import medians, milliseconds
from explorer.engine.memory import keep_freed

ROUNDS = 9
NONE = "no GPU at hand"


def forward(device: str, batches: tuple[int, ...] = (1, 32)) -> dict[str, Any]:
    from benchmarks.forward import module
    from explorer.engine.program import Program
    from explorer.engine.trace import trace, weights

    eager, _ = module("resnet50")
    network = trace(eager)
    held = weights(eager, network)
    there, here, eager = Program(network, held, device), Program(network, held), eager.to(device)
    found = {}
    for batch in batches:
        x = torch.randn(batch, 3, 224, 224)

        def plain(x: torch.Tensor = x) -> None:
            with torch.inference_mode():
                eager(x.to(device)).cpu()

        def ours(x: torch.Tensor = x) -> torch.Tensor:
            return there.run(x)[0].cpu()

        runs: dict[str, Callable[[], object]] = {
            "ours": ours, "eager": plain, "cpu": partial(here.run, x)
        }  # fmt: skip
        found[str(batch)] = medians(milliseconds(runs, ROUNDS))
    return found


def style(device: str, size: int = 512) -> dict[str, float]:
    from benchmarks.style import Peer
    from explorer.engine import library
    from explorer.engine.probes import program_of
    from explorer.engine.questions import PictureFile
    from explorer.engine.style_pictures import shown
    from explorer.engine.style_questions import StyleOf, StylePicture
    from explorer.engine.style_targets import checked, objective_for
    from explorer.maths.resources import resources
    from explorer.maths.steps import at_once
    from explorer.network.project import Project
    from explorer.probes.style import Style

    first, second = (PictureFile(str(resources() / "samples" / name)) for name in ("cat.jpg", "coffee.jpg"))
    *_, project = library.open_model("vgg16_trunk")
    assert isinstance(project, Project)
    runs: dict[str, Callable[[], object]] = {}

    def cost(objective: Any, content: torch.Tensor) -> float:
        return float(at_once(objective.known(content)).cost)

    for name, where in (("ours", device), ("cpu", "cpu")):
        question = StyleOf(project, first, (StylePicture(second),), Style(size=size), device=where)
        program = at_once(program_of(project, where))
        question = checked(question, program)
        content = shown(first, size).to(where)
        objective = at_once(objective_for(question, program, content))
        runs[name] = partial(cost, objective, content)
        if name == "ours":
            with torch.device(device):
                peer = Peer(question, program, content.to(device), shown(second, size).to(device))

            def theirs(peer: Peer = peer) -> float:
                with torch.device(device):
                    return float(peer.closure().detach())

            runs["peer"] = theirs
    return medians(milliseconds(runs, 3, 1))


def patches(device: str, batch: int = 16) -> dict[str, float]:
    from benchmarks.forward import module
    from benchmarks.patches import Ours, looked_at
    from explorer.engine.program import Program
    from explorer.engine.trace import trace, weights

    eager, _ = module("resnet50")
    network = trace(eager)
    held, nodes = weights(eager, network), looked_at(network)
    there, here = (Ours(Program(network, held, where), nodes) for where in (device, "cpu"))
    eager, x = eager.to(device), torch.randn(batch, 3, 224, 224)

    def plain() -> None:
        with torch.inference_mode():
            eager(x.to(device)).cpu()

    found = medians(milliseconds({"ours": lambda: there([x]), "eager": plain, "cpu": lambda: here([x])}, 5), 4)
    return {name: round(1000 * batch / taken, 1) for name, taken in found.items()}


def frame(device: str) -> dict[str, float]:
    import numpy as np

    from benchmarks.forward import module
    from benchmarks.scale_work import last
    from explorer.engine.questions import Pixels, Watch
    from explorer.engine.trace import trace, weights
    from explorer.formats import project_json, tensors
    from explorer.formats.recipes import to_input
    from explorer.network.project import Project, Recipe

    eager, _ = module("mobilenet_v2")
    network = trace(eager)
    recipe = Recipe(0.875, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    kept = tensors.keep({name: np.asarray(value) for name, value in weights(eager, network).items()})
    data = project_json.dumped(Project(network, weights=kept, recipe=recipe))
    pixels = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    eager = eager.to(device)

    def plain() -> None:
        x = torch.from_numpy(to_input(pixels, recipe, (3, 224, 224)))[None]
        with torch.inference_mode():
            eager(x.to(device)).softmax(1).topk(5)[0].cpu()

    def watched(where: str) -> float:
        found = milliseconds({"ours": lambda: last(Watch(data, Pixels(pixels), device=where))}, 30, 15)
        return medians(found)["ours"]

    return {"ours": watched(device), "eager": medians(milliseconds({"eager": plain}, 30, 5))["eager"],
            "cpu": watched("cpu")}  # fmt: skip


def main() -> None:
    """Measure all four, or say that there is no GPU."""
    device = sys.argv[1] if len(sys.argv) > 1 else "cuda"
    told: dict[str, Any] = {"benchmark": "cuda", "device": device}
    if device == "cuda" and not torch.cuda.is_available():
        print(json.dumps(told | {"none": NONE}))
        return
    keep_freed()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if device == "cuda":
        told["name"] = torch.cuda.get_device_name()
    for name, work in (("forward", forward), ("style", style), ("patches", patches), ("frame", frame)):
        try:
            told[name] = work(device)
        except Exception as error:  # the others are measured
            told.setdefault("failed", {})[name] = f"{type(error).__name__}: {str(error)[:200]}"
    print(json.dumps(told))


if __name__ == "__main__":
    main()
