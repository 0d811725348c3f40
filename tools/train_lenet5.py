"""Train the gallery's LeNet-5 on handwritten digits: `python -m tools.train_lenet5 MNIST.npz`, three minutes.

The file has x (N, 28, 28) uint8, ink bright, and y (N,) uint8. Every seventh digit or so is kept for the test; the
same file gives the same split and, on the same machine, the same weights. Each digit is shown as the program would
show a picture of it, turned, scaled and moved a little, on dark or on bright ground: people write dark on bright.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save
from torch import Tensor, nn

from explorer.classics.catalogue import CLASSICS
from explorer.engine.trace import weights
from explorer.engine.weights import module
from explorer.formats.recipes import to_input
from explorer.network.analysis import analyse
from explorer.network.project import Recipe

TARGET = Path(__file__).resolve().parents[1] / "resources" / "models"
NAME, SIDE = "lenet5", 32
RECIPE = Recipe(crop=1.0, mean=(0.5,), std=(0.5,), labels=tuple("0123456789"))
TESTED, EPOCHS, BATCH, RATE, SEED = 1_500, 80, 100, 4e-3, 5


def main(path: str) -> None:
    """Train, test, write the weights and their card."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    x, y = digits(path)
    order = torch.randperm(len(x))
    test, train = order[:TESTED], order[TESTED:]
    net = network()
    learn(net, x[train], y[train])
    scores = {ground: right(net, sign * x[test], y[test]) for ground, sign in (("dark", 1), ("bright", -1))}
    data = save(dict(sorted(weights(net, CLASSICS[NAME].network).items())))
    (TARGET / f"{NAME}.safetensors").write_bytes(data)
    card = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "test": {"digits": TESTED, "right on dark ground": scores["dark"], "right on bright ground": scores["bright"]},
        "recipe": {"crop": RECIPE.crop, "mean": RECIPE.mean, "std": RECIPE.std, "labels": RECIPE.labels},
    }
    (TARGET / f"{NAME}.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(card["test"])


def digits(path: str) -> tuple[Tensor, Tensor]:
    """(N, 1, 32, 32) and (N,): every digit as the program feeds it."""
    with np.load(path, allow_pickle=False) as file:
        pictures, labels = file["x"], file["y"]
    inputs = [to_input(np.repeat(p[..., None], 3, 2), RECIPE, (1, SIDE, SIDE)) for p in pictures]
    return torch.from_numpy(np.stack(inputs)), torch.from_numpy(labels.astype(np.int64))


def network() -> nn.Sequential:
    """The classic, without its last softmax, which the loss brings."""
    built = CLASSICS[NAME].network
    facts = analyse(built)
    net = nn.Sequential()
    for node in list(built.nodes.values())[1:-1]:
        net.add_module(node.id, module(node, facts, {}, "cpu")[0].train().requires_grad_(True))
    return net


def learn(net: nn.Module, x: Tensor, y: Tensor) -> None:
    """Adam with one cycle of the learning rate (Smith & Topin 2017, arXiv:1708.07120)."""
    steps = len(x) // BATCH
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-3)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, epochs=EPOCHS, steps_per_epoch=steps)
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in torch.randperm(len(x))[: steps * BATCH].split(BATCH):
            optimiser.zero_grad()
            loss = F.cross_entropy(net(varied(x[batch])), y[batch])
            loss.backward()
            optimiser.step()
            cycle.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}", flush=True)


def varied(x: Tensor) -> Tensor:
    """Turned by up to 11°, scaled by up to a sixth, moved by up to two pixels; every other one bright for dark."""
    count = len(x)
    angle, scale = (torch.rand(count) - 0.5) * 0.4, 1 + (torch.rand(count) - 0.4) / 3
    turned = torch.stack([torch.cos(angle), -torch.sin(angle), torch.sin(angle), torch.cos(angle)], 1).view(-1, 2, 2)
    moved = (torch.rand(count, 2, 1) - 0.5) * (8 / SIDE)
    grid = F.affine_grid(torch.cat([turned * scale.view(-1, 1, 1), moved], 2), list(x.shape), align_corners=False)
    sign = torch.randint(0, 2, (count, 1, 1, 1)) * 2.0 - 1
    return sign * (F.grid_sample(x + 1, grid, align_corners=False) - 1)  # outside is ground, −1


def right(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Share of digits whose best guess is right."""
    with torch.inference_mode():
        return round(float((net(x).argmax(1) == y).double().mean()), 4)


if __name__ == "__main__":
    main(*sys.argv[1:])
