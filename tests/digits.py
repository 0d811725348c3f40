"""Class folders of real handwritten digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def digit_folders(assets: Path, folder: Path, each: int, misfiled: int = 0) -> list[str]:
    """PNG files of the last `each` digits of each class, those that LeNet-5 was not trained on, in a folder for each
    class; of each but the last, `misfiled` ones in the next class's folder. Their paths, sorted."""
    with np.load(assets / "mnist10k.npz", allow_pickle=False) as file:
        pixels, classes = file["x"], file["y"]
    made = []
    for digit in range(10):
        for rank, number in enumerate(np.nonzero(classes == digit)[0][-each:]):
            wrong = rank < misfiled and digit < 9
            made.append(f"{digit + wrong}/{digit} no {rank:03}.png")
            (folder / made[-1]).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels[number]).save(folder / made[-1])
    return sorted(made)
