"""Find, in what a node puts out for a batch of pictures, the places that belong to each channel's strongest."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from explorer.maths.top_places import TopPlaces
from explorer.network.cuts import EVERYWHERE, Window


def take(
    top: TopPlaces,
    value: Tensor,
    pictures: NDArray[np.int32],
    window: Window = EVERYWHERE,
    *,
    lowest: bool = False,
    each: int = 1,
) -> None:
    """Take what a node put out for pictures (N, C, …), numbered `pictures` (N,), into its channels' strongest places.

    Only the maxima of rows are computed of everything; where one is among the strongest is looked for in those rows
    alone, which becomes rare once many pictures were seen. window: the places looked at. lowest: the weakest instead,
    whose values are taken negative. each: at most so many places of a picture. NaN is passed over.
    """
    maps = value.reshape(len(value), value.shape[1], value.shape[2] if value.dim() > 2 else 1, -1)
    width = maps.shape[3]
    (upper, lower), (left, right) = window
    part = maps[:, :, upper:lower, left:right]
    part = -part if lowest else part
    rows, peaks = _maxima(part)
    if peaks.isnan().any():
        part = torch.nan_to_num(part, -np.inf, np.inf, -np.inf)
        rows, peaks = _maxima(part)
    n, c = np.nonzero(top.entering(peaks.cpu().numpy(), pictures[:, None]))
    if not len(n):
        return
    best = rows[torch.from_numpy(n), torch.from_numpy(c)].cpu().numpy()  # [M, H]
    found: list[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]] = []
    taken: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for turn in range(each):
        row = best.argmax(1)  # the uppermost of equal ones
        line = part[torch.from_numpy(n), torch.from_numpy(c), torch.from_numpy(row)].cpu().numpy()  # [M, W]
        every = np.arange(len(n))
        for other_row, other_column in taken:
            again = np.nonzero(other_row == row)[0]
            line[again, other_column[again]] = -np.inf
        column = line.argmax(1)
        place = (row + upper) * width + column + left
        found.append((c, line[every, column], pictures[n], place.astype(np.int32)))
        line[every, column] = -np.inf
        best[every, row] = line.max(1)
        if turn == each - 1:
            break
        more = top.entering(best.max(1), pictures[n], c)
        if not more.any():
            break
        n, c, best = n[more], c[more], best[more]
        taken = [(a[more], b[more]) for a, b in (*taken, (row, column))]
    top.add(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _maxima(part: Tensor) -> tuple[Tensor, Tensor]:
    """(N, C, H) of rows, and (N, C) of whole maps. Pooling is many times as fast as amax where channels lie last."""
    rows = F.max_pool2d(part, (1, part.shape[3]))
    return rows.squeeze(3), F.max_pool2d(rows, (part.shape[2], 1)).flatten(1)
