"""Find, in what a node puts out for a batch of pictures, the places that belong to each channel's strongest."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import gcd

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.maths.top_places import TopPlaces
from explorer.network.cuts import EVERYWHERE, Window

Places = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]
"""Channels, values, pictures and places, (M,) each, as `TopPlaces.add` takes them."""
LANES = 32
"""Numbers of each step of torch's reductions on a CPU: four vectors of AVX2."""


class Strongest:
    """The `count` strongest places of each channel of some nodes, as batch after batch is seen.

    channels: how many rows each node has, one for each channel. tops: by node; they are parts of one table, which takes
    in all that a batch brought at once: node by node takes several times as long.
    """

    def __init__(self, channels: Mapping[str, int], count: int) -> None:
        ends = list(accumulate(channels.values()))
        self._all = TopPlaces.empty(ends[-1] if ends else 0, count)
        self._first = {node: end - channels[node] for node, end in zip(channels, ends, strict=True)}
        self.tops = {node: self._all.part(first, first + channels[node]) for node, first in self._first.items()}
        self._new: list[Places] = []

    def see(
        self,
        node: str,
        value: Tensor,
        pictures: NDArray[np.int32],
        window: Window = EVERYWHERE,
        *,
        row: int = 0,
        lowest: bool = False,
        each: int = 1,
    ) -> None:
        """Note what a node put out for pictures (N, C, …), numbered `pictures` (N,).

        window: the places looked at. row: of the node's, where its channels begin for these pictures. lowest: the
        weakest instead, whose values are taken negative. each: at most so many places of a picture. NaN is passed over.
        """
        top = self.tops[node].part(row, row + value.shape[1])
        for channels, values, whose, places in _entering(top, value, pictures, window, lowest, each):
            self._new.append((channels + self._first[node] + row, values, whose, places))

    def take_in(self) -> None:
        """Take what was seen of a batch into `tops`."""
        if self._new:
            self._all.add(*(np.concatenate(parts) for parts in zip(*self._new, strict=True)))
            self._new.clear()


def _entering(
    top: TopPlaces, value: Tensor, pictures: NDArray[np.int32], window: Window, lowest: bool, each: int
) -> list[Places]:
    """The places of a batch that belong to their channels' strongest, the best of each picture first.

    Only the maxima of rows are computed of everything; where one is among the strongest is looked for in those rows
    alone, which becomes rare once many pictures were seen.
    """
    maps = value.reshape(len(value), value.shape[1], value.shape[2] if value.dim() > 2 else 1, -1)
    width = maps.shape[3]
    (upper, lower), (left, right) = window
    part = maps[:, :, upper:lower, left:right]
    rows = _of_rows(part, lowest)
    peaks = rows.amax(1).cpu().numpy()
    if np.isnan(peaks).any():
        part = torch.nan_to_num(part, np.inf if lowest else -np.inf, np.inf, -np.inf)
        rows = _of_rows(part, lowest)
        peaks = rows.amax(1).cpu().numpy()
    n, c = np.nonzero(top.entering(peaks, pictures[:, None]))
    if not len(n):
        return []
    best = rows[torch.from_numpy(n), :, torch.from_numpy(c)].cpu().numpy()  # [M, H]
    found: list[Places] = []
    taken: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for turn in range(each):
        row = best.argmax(1)  # the uppermost of equal ones
        line = part[torch.from_numpy(n), torch.from_numpy(c), torch.from_numpy(row)].cpu().numpy()  # [M, W]
        line = -line if lowest else line
        every = np.arange(len(n))
        for other_row, other_column in taken:
            again = np.nonzero(other_row == row)[0]
            line[again, other_column[again]] = -np.inf
        column = line.argmax(1)
        place = (row + upper) * width + column + left
        found.append((c, line[every, column], pictures[n], place.astype(np.int32)))
        if turn == each - 1:
            break
        line[every, column] = -np.inf
        best[every, row] = line.max(1)
        more = top.entering(best.max(1), pictures[n], c)
        if not more.any():
            break
        n, c, best = n[more], c[more], best[more]
        taken = [(a[more], b[more]) for a, b in (*taken, (row, column))]
    return found


def _of_rows(part: Tensor, lowest: bool) -> Tensor:
    """(N, H, C): the maximum of each row of part (N, C, H, W), or where it is `lowest`, the minimum taken negative.

    torch is many times as fast where what lies together fills its lanes: so many pixels are seen as one.
    """
    strongest = torch.amin if lowest else torch.amax
    rows = part.permute(0, 2, 3, 1)
    n, height, width, channels = rows.shape
    pixels = LANES // gcd(LANES, channels) if part.stride(1) == 1 else 1
    whole = width - width % pixels
    found = []
    if whole:
        wide = strongest(rows[:, :, :whole].reshape(n, height, whole // pixels, -1), 2)
        found.append(strongest(wide.reshape(n, height, pixels, channels), 2))
    if whole < width:
        found.append(strongest(rows[:, :, whole:], 2))
    one = strongest(torch.stack(found), 0) if len(found) > 1 else found[0]
    return -one if lowest else one
