"""Read a folder's pictures ahead of the network, in threads: decoding lets Python go on meanwhile."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.formats.picture_folder import PictureEntry
from explorer.formats.pictures import decode
from explorer.formats.recipes import on_picture, to_input
from explorer.maths.sentences import Refusal
from explorer.network.project import Recipe

MOST_THREADS = 2
"""Pictures that are decoded at the same time: each may take 0.6 GB."""


@dataclass(frozen=True, eq=False)
class ReadPicture:
    """One picture as the network gets it, (C, H, W) float32; None where it cannot be read, for a reason.

    frame: left, top, across, down of its grid, width and height of the file; 0 of what cannot be read.
    """

    entry: PictureEntry
    input: NDArray[np.float32] | None
    frame: tuple[float, ...] = (0.0,) * 6
    problem: str = ""


def read_ahead(
    folder: str, entries: Sequence[PictureEntry], recipe: Recipe, shape: tuple[int, int, int], batch: int
) -> Iterator[list[ReadPicture]]:
    """The pictures in this order, `batch` at a time. Closing it waits for what is just being decoded."""
    threads = max(1, min(MOST_THREADS, (os.cpu_count() or 1) - 1))
    waiting: deque[Future[ReadPicture]] = deque()
    left = iter(entries)
    pool = ThreadPoolExecutor(threads, "read-ahead")
    try:
        while True:
            for entry in left:
                waiting.append(pool.submit(_read, folder, entry, recipe, shape))
                if len(waiting) >= 2 * batch:
                    break
            if not waiting:
                return
            yield [waiting.popleft().result() for _ in range(min(batch, len(waiting)))]
    finally:
        pool.shutdown(cancel_futures=True)


def _read(folder: str, entry: PictureEntry, recipe: Recipe, shape: tuple[int, int, int]) -> ReadPicture:
    try:
        picture = decode(Path(folder) / entry.path)
        image = to_input(picture.pixels, recipe, shape)
    except Refusal as error:
        return ReadPicture(entry, None, problem=str(error))
    height, width = picture.pixels.shape[:2]
    grid = on_picture(recipe, (width, height), picture.size, shape[2], shape[1])
    return ReadPicture(entry, image, (grid.left, grid.top, grid.across, grid.down, *picture.size))
