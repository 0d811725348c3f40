"""Tables of an ONNX file that lie in files beside it, as exporters write them for all but small networks.

What protocol buffers would copy several times is left where it lies; only its place is noted.
Source: https://onnx.ai/onnx/repo-docs/ExternalData.html
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from onnx import ModelProto, TensorProto

from explorer.formats.onnx.wire import LEAST
from explorer.formats.regular import NotReadable, only_files
from explorer.formats.words import refusal, shown

ADVICE = "export the network anew, or ask where it came from for a whole file"


@dataclass(frozen=True)
class Place:
    """Where the bytes of a table lie: in which file, from where, up to where."""

    path: Path
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes."""
        return self.end - self.start


def taken_in(path: Path, model: ModelProto, tensors: Iterable[TensorProto], most: int) -> dict[str, Place]:
    """Where the large tables of a model's graph lie, by name; small ones, and those elsewhere in it, are read into it.

    tensors: all that the model has, those of its graph first. most: bytes of all together. Raises NotReadable.
    """
    names = Counter(tensor.name for tensor in model.graph.initializer)
    found: dict[str, Place] = {}
    total = 0
    for number, tensor in enumerate(tensors):
        if tensor.data_location != TensorProto.EXTERNAL:
            continue
        where = {entry.key: entry.value for entry in tensor.external_data}
        file = beside(path, where.get("location", ""))
        start, length = (_whole(path, where.get(key, "0")) for key in ("offset", "length"))
        with open(file, "rb", opener=only_files) as opened:
            there = os.fstat(opened.fileno()).st_size
            length = length if "length" in where else there - start
            total += length
            if not 0 <= length <= there - start or total > most:
                reason = f"wants {length:,} bytes of “{shown(file.name, 60)}”, which has not as many"
                raise NotReadable(refusal(path, reason, "get both files again"))
            if number < len(model.graph.initializer) and names[tensor.name] == 1 and length >= LEAST:
                found[tensor.name] = Place(file, start, start + length)
            else:
                opened.seek(start)
                tensor.raw_data = opened.read(length)
        del tensor.external_data[:]
        tensor.data_location = TensorProto.DEFAULT
    return found


def beside(path: Path, name: str) -> Path:
    """A file with tensors, which must lie beside the model: a plain one, no link. Raises NotReadable."""
    said = f"“{shown(name, 60)}”"
    if not name or name in (".", "..") or set(name) & set("/\\:\0"):
        raise NotReadable(refusal(path, f"has its numbers in {said}, which is not a file beside it", ADVICE))
    file = path.parent / name
    try:
        there = os.lstat(file)
    except OSError as error:
        raise NotReadable(
            refusal(path, f"has its numbers in {said}, which is not there", "put it beside it")
        ) from error
    if not stat.S_ISREG(there.st_mode) or there.st_nlink != 1:
        raise NotReadable(
            refusal(path, f"has its numbers in {said}, which is a link or no file", "copy the file there")
        )
    return file


def _whole(path: Path, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotReadable(refusal(path, f"says {shown(text, 30)!r} where a place in a file is due", ADVICE))
    return int(text)
