"""The weight store: safetensors files in the cache, each named by the SHA-256 of its bytes; what comes with the program
is read where it lies."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from math import prod
from pathlib import Path

from safetensors import SafetensorError, safe_open

from explorer.formats import folders
from explorer.formats.atomic import CannotSave, replacing
from explorer.formats.atomic import sweep as sweep_temporaries
from explorer.formats.tensor_layout import Array, Buffer, laid_out
from explorer.formats.words import amount
from explorer.maths.resources import resources
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once

DTYPES = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"}
"""What numpy can hold."""

LARGEST_HEADER = 8_000_000
"""Bytes of names and shapes; ResNet-152, with many small layers, has 0.1 MB."""

MOST_TENSORS = 100_000

PIECE = 1 << 22
"""Bytes that are hashed or written in a step, between which the worker hears other questions."""
SETTLED = 1 << 25
"""Bytes after which the disk is waited for."""

DAY = 24 * 3600

_checked: dict[Path, tuple[int, int, int]] = {}
"""Files whose hash was checked by this process, with their size, time and number on the disk at that moment."""


class WeightsError(Refusal):
    """Weights are not in the store, or not what their name says; the message is a sentence for the user."""


def keep(tensors: Mapping[str, Array]) -> str:
    """Store tensors; returns the SHA-256 (hex) they are found by. Raises CannotSave."""
    return at_once(keeping(tensors))


def keeping(tensors: Mapping[str, Array]) -> Generator[int, None, str]:
    """As `keep`, in steps that say how many bytes were done: `twice` as many as the tensors have."""
    sha = yield from hashed(cut(laid_out(tensors)))
    if not (yield from _whether_there(sha)):
        size = sum(map(len, laid_out(tensors)))
        yield from _written(cut(laid_out(tensors)), sha, size)
    return sha


def twice(tensors: Mapping[str, Array]) -> int:
    """How many bytes are hashed and written, or compared, to keep tensors."""
    return 2 * sum(tensor.nbytes for tensor in tensors.values())


def keep_bytes(chunks: Iterable[Buffer], sha: str, size: int) -> None:
    """Store a safetensors file that comes in pieces, `size` bytes in all.

    All pieces are read and checked also where the store has the file. Raises WeightsError where they are not what
    `sha` says or no safetensors file, CannotSave where they cannot be kept.
    """
    at_once(keeping_bytes(chunks, sha, size))


def keeping_bytes(chunks: Iterable[Buffer], sha: str, size: int) -> Generator[int, None, None]:
    """As `keep_bytes`, in steps that say how many bytes were done; what the store has is hashed, too."""
    if not (yield from _whether_there(sha)):
        yield from _written(chunks, sha, size)
    elif (yield from hashed(chunks)) != sha:
        raise WeightsError("the weights are not those they are said to be")


def cut(parts: Iterable[Buffer]) -> Iterator[Buffer]:
    """The same bytes in smaller pieces."""
    for part in parts:
        whole = memoryview(part)
        for start in range(0, len(whole), PIECE):
            yield whole[start : start + PIECE]


def _written(chunks: Iterable[Buffer], sha: str, size: int) -> Generator[int, None, None]:
    target = place(sha)
    with replacing(target, size) as file:
        digest, waiting = hashlib.sha256(), 0
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
            waiting += len(chunk)
            if waiting >= SETTLED:  # what is left to the end is waited for then, all at once
                file.flush()
                os.fsync(file.fileno())
                waiting = 0
            yield len(chunk)
        if digest.hexdigest() != sha:
            raise WeightsError("the weights are not those they are said to be")
        file.flush()
        _shapes(Path(file.name))
    _remember(target)


def path(sha: str) -> Path:
    """The file of weights, checked against its hash once a process, and marked as used. Raises WeightsError."""
    if ours := _ours(sha):
        return ours
    try:
        file = place(sha)
        if file.stat() and not _is_good(file, sha):
            raise WeightsError(f"the weights {sha[:8]}… in the cache are damaged: get the model again")
        if time.time() - file.stat().st_mtime > DAY:
            os.utime(file)
        _remember(file)
    except FileNotFoundError as error:
        raise WeightsError(f"the weights {sha[:8]}… are no longer in the cache: get the model again") from error
    except CannotSave as error:
        raise WeightsError(str(error)) from error
    except OSError as error:
        raise WeightsError(f"the weights {sha[:8]}… cannot be read, the system says “{error.strerror}”") from error
    return file


def names_and_shapes(sha: str) -> dict[str, tuple[int, ...]]:
    """Each tensor's shape, from the file's header alone. Raises WeightsError."""
    return _shapes(path(sha))


def read(sha: str, names: Iterable[str] | None = None) -> dict[str, Array]:
    """The tensors called `names`, or all. Raises WeightsError."""
    file = path(sha)
    try:
        with safe_open(str(file), "numpy") as tensors:
            return {name: tensors.get_tensor(name) for name in (tensors.keys() if names is None else names)}
    except (SafetensorError, OSError, KeyError) as error:
        raise WeightsError(f"the weights {sha[:8]}… cannot be read: get the model again") from error


def pieces(sha: str, name: str, most: int) -> Iterator[Array]:
    """The numbers of one tensor in their order, each time at most so many, or one index of its first axis: what a large
    tensor takes in memory is bounded. Raises WeightsError."""
    file = path(sha)
    try:
        with safe_open(str(file), "numpy") as tensors:
            part = tensors.get_slice(name)
            shape = part.get_shape()
            step = max(1, most // max(1, prod(shape[1:])))
            for start in range(0, shape[0], step) if shape else ():
                yield part[start : min(start + step, shape[0])].ravel()
            if not shape:
                yield tensors.get_tensor(name).ravel()
    except (SafetensorError, OSError, KeyError) as error:
        raise WeightsError(f"the weights {sha[:8]}… cannot be read: get the model again") from error


def sweep(days: float, needed: Callable[[], Container[str]] = frozenset) -> None:
    """Remove weights that were not used for so many days, and what killed processes left.

    needed: says which stay all the same; asked where some are old, or seem so, for a clock was wrong.
    """
    sweep_temporaries(folders.weights())
    old = []
    for file in folders.weights().glob("*.safetensors"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > days * DAY:
                old.append(file)
    stay = needed() if old else ()
    for file in old:
        with suppress(OSError):
            if file.stem not in stay:
                file.unlink()


def place(sha: str) -> Path:
    if not re.fullmatch("[0-9a-f]{64}", sha):
        raise WeightsError("weights are found by 64 hexadecimal digits, their SHA-256")
    return folders.weights() / f"{sha}.safetensors"


def _shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """From the header alone, whose length, said by its first 8 bytes, is checked before it is parsed."""
    try:
        with open(file, "rb") as source:
            length = int.from_bytes(source.read(8), "little")
        if LARGEST_HEADER < length < os.path.getsize(file):
            raise WeightsError(f"the weights name their tensors in {amount(length)}, at most 8 MB are read")
        with safe_open(str(file), "numpy") as tensors:
            names = tensors.keys()
            if len(names) > MOST_TENSORS:
                raise WeightsError(f"the weights hold {len(names):,} tensors, at most {MOST_TENSORS:,} are read")
            parts = {name: tensors.get_slice(name) for name in names}
            strange = {part.get_dtype() for part in parts.values()} - DTYPES
            if strange:
                raise WeightsError(f"the weights hold numbers of type {min(strange)}, which is not read here")
            return {name: tuple(part.get_shape()) for name, part in parts.items()}
    except (SafetensorError, OSError) as error:
        raise WeightsError("the weights are no valid safetensors file") from error


def hashed(chunks: Iterable[Buffer]) -> Generator[int, None, str]:
    """The SHA-256 of bytes that come in pieces, in steps that say how many each has."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield len(chunk)
    return digest.hexdigest()


@cache
def _bundled() -> dict[str, Path]:
    """The files of weights that come with the program, by their SHA-256."""
    found = {}
    for file in (resources() / "models").glob("*.safetensors"):
        with suppress(OSError, ValueError, KeyError):  # an installation that is damaged
            found[json.loads(file.with_suffix(".json").read_text("utf-8"))["sha256"]] = file
    return found


def _ours(sha: str) -> Path | None:
    """The program's own file of these weights, where it is whole: nothing is kept for them."""
    file = _bundled().get(sha)
    return file if file is not None and _is_good(file, sha) else None


def _whether_there(sha: str) -> Generator[int, None, bool]:
    return _ours(sha) is not None or (yield from _whether_good(place(sha), sha))


def _is_good(file: Path, sha: str) -> bool:
    """Whether the store has this file, whole; its bytes are hashed once a process."""
    return at_once(_whether_good(file, sha))


def _whether_good(file: Path, sha: str) -> Generator[int, None, bool]:
    try:
        if _checked.get(file) == _stamp(file):
            return True
        if not file.is_file():  # a pipe would be waited for
            return False
        with open(file, "rb") as source:
            good = (yield from hashed(iter(lambda: source.read(PIECE), b""))) == sha
    except FileNotFoundError:
        return False
    if good:
        _remember(file)
    return good


def _stamp(file: Path) -> tuple[int, int, int]:
    there = file.stat()
    return there.st_size, there.st_mtime_ns, there.st_ino


def _remember(file: Path) -> None:
    _checked[file] = _stamp(file)
