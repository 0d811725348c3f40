"""A training that was stopped, in a file: a safetensors file with all numbers, and what they belong to as JSON in it.

One file, so that numbers and what is said of them are always of the same moment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from explorer.formats.atomic import replacing
from explorer.formats.regular import NotReadable, size
from explorer.formats.strict_json import Fault, object_of, parsed
from explorer.formats.words import refusal

FORMAT = "cnn-explorer training"
VERSION = 1
LARGEST = 2_000_000_000
"""Bytes of a file that is read."""


@dataclass(frozen=True, eq=False)
class Training:
    """step: how many were done. about: what it is a training of, to be compared. arrays: all numbers, by name."""

    step: int
    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write(path: str | Path, training: Training) -> None:
    """Keep a training. Raises CannotSave."""
    said = {"format": FORMAT, "version": VERSION, "step": training.step, "about": dict(training.about)}
    arrays = {name: np.ascontiguousarray(training.arrays[name]) for name in sorted(training.arrays)}
    data = save(arrays, metadata={"training": json.dumps(said)})
    with replacing(path, len(data)) as file:
        file.write(data)


def read(path: str | Path, forms: Mapping[str, tuple[int, ...]]) -> Training:
    """The training in a file. forms: the shapes of the arrays it must have, −1 for any length; all are float32.

    Raises NotReadable.
    """
    advice = "train afresh, or choose another file"
    try:
        if size(path) > LARGEST:
            raise NotReadable(refusal(path, "is too large for a training", advice))
        with safe_open(str(path), "numpy") as file:
            said = object_of(parsed(str((file.metadata() or {}).get("training", "")).encode()), "the top")
            arrays = {name: file.get_tensor(name) for name in forms}
        step, about = said.get("step"), object_of(said.get("about"), "about")
        if said.get("format") != FORMAT or said.get("version") != VERSION or type(step) is not int or step < 0:
            raise Fault("is no training that is known here")
    except (SafetensorError, OSError, ValueError) as error:
        raise NotReadable(refusal(path, "is no training that was kept here", advice)) from error
    for name, form in forms.items():
        fits = len(form) == arrays[name].ndim and all(
            m in (-1, n) for m, n in zip(form, arrays[name].shape, strict=True)
        )
        if not fits or arrays[name].dtype != np.float32 or not np.isfinite(arrays[name]).all():
            raise NotReadable(refusal(path, "holds other numbers than a training of this network", advice))
    return Training(step, about, arrays)
