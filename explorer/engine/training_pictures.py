"""The pictures a training sees: which one comes when, and which part of it, follows from the step's number alone.

So a training that was stopped and gone on with sees what an unbroken one would have seen.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.formats.picture_files import SUPPORTED, PictureError
from explorer.formats.picture_folder import pictures_in
from explorer.formats.pictures import decode
from explorer.formats.words import refusal
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal

NARROW = 4
"""A picture is read at so many times the side that is cut out: one so narrow still gives enough pixels."""


def names_in(folder: str) -> Generator[Progress, None, tuple[str, ...]]:
    """The pictures of a folder, also in folders inside it, by name. Raises PictureError where there is none."""
    names: tuple[str, ...] = ()
    for step in pictures_in(folder):
        if isinstance(step, int):
            yield Progress(f"Found {step:,} pictures")
        else:
            names = tuple(entry.path for entry in step)
    if not names:
        raise PictureError(refusal(folder, "has no pictures in it", f"choose a folder with {SUPPORTED} files"))
    return names


class TrainingPictures:
    """Squares cut out of a folder's pictures. broken: those that could not be read, with the reason."""

    def __init__(self, folder: str, names: Sequence[str], side: int, seed: int) -> None:
        self._folder, self._names, self._side, self._seed = Path(folder), names, side, seed
        self._orders: dict[int, NDArray[np.int64]] = {}
        self.broken: dict[str, str] = {}

    def batch(self, step: int, count: int) -> NDArray[np.float32]:
        """(count, 3, side, side) from 0 to 1, for the step of this number. Raises PictureError where none can be
        read."""
        return np.stack([self._square(step * count + place) for place in range(count)])

    def _square(self, place: int) -> NDArray[np.float32]:
        """The square at a place in the endless row of pictures; the next that can be read stands in for a broken
        one."""
        random = np.random.default_rng((self._seed, 1, place))
        for further in range(len(self._names)):
            name = self._name(place + further)
            if name in self.broken:
                continue
            try:
                return self._cut(decode(self._folder / name, NARROW * self._side).pixels, random)
            except Refusal as error:
                self.broken[name] = str(error)
        raise PictureError(refusal(self._folder, "has no picture that can be read", "choose another folder"))

    def _name(self, place: int) -> str:
        """Each picture comes once before any comes again, in an order of its own each time."""
        turn, index = divmod(place, len(self._names))
        if turn not in self._orders:
            self._orders = {turn: np.random.default_rng((self._seed, 0, turn)).permutation(len(self._names))}
        return self._names[int(self._orders[turn][index])]

    def _cut(self, pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.float32]:
        """A square of full height or width, mirrored half of the time."""
        height, width = pixels.shape[:2]
        scale = self._side / min(height, width)
        wide, high = (max(self._side, round(n * scale)) for n in (width, height))
        left, top = (int(random.integers(0, n - self._side + 1)) for n in (wide, high))
        whole = Image.fromarray(pixels).resize((wide, high), Image.Resampling.BILINEAR)
        cut = np.asarray(whole.crop((left, top, left + self._side, top + self._side)), np.float32)
        cut = cut[:, ::-1] if random.random() < 0.5 else cut
        return np.ascontiguousarray(cut.transpose(2, 0, 1)) / np.float32(255)
