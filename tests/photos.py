"""As many photos as a test wants, cut out of the few real ones there are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def photos(assets: Path, folder: Path, count: int, longest: int = 400) -> list[Path]:
    """JPEG files of several sizes, each another part of a real photo; the same again for the same count."""
    random = np.random.default_rng(6)
    originals = []
    for path in sorted((assets / "images").glob("*.jpg")):
        with Image.open(path, formats=("JPEG",)) as image:
            originals.append(image.convert("RGB"))
    made = []
    for number in range(count):
        image = originals[number % len(originals)]
        share = 1 if number < len(originals) else random.uniform(0.3, 0.9)
        size = [max(1, int(side * share)) for side in image.size]
        left, top = (int(random.integers(0, whole - side + 1)) for whole, side in zip(image.size, size, strict=True))
        part = image.crop((left, top, left + size[0], top + size[1]))
        part.thumbnail((longest, longest))
        made.append(folder / f"{number // 10:02}" / f"{number:04}.jpg")
        made[-1].parent.mkdir(parents=True, exist_ok=True)
        part.save(made[-1], quality=92)
    return made
