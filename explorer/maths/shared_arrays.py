"""Send records between two processes of ours with their arrays in shared memory.

A pipe moves bytes at about 1 GB/s and pickles them first; shared memory is one copy in and one out.

What one connection lends lies in a room of its own: all its blocks' names begin alike. So what a process had lent that
ended, or was never read by it, can be found and removed by the one that stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.maths.values import dataclass

if TYPE_CHECKING:  # imported late: the window can be on the screen before numpy is
    from multiprocessing.shared_memory import SharedMemory

    from numpy.typing import NDArray

SMALL = 1 << 16
"""Arrays of fewer bytes cross in the pipe, where they are quicker."""
BLOCKS = Path("/dev", "shm")
"""Where Linux lists the blocks that are there."""


@dataclass(frozen=True)
class _Lent:
    """An array that lies in the shared block `name` until it is collected."""

    name: str
    shape: tuple[int, ...]
    dtype: str


def room() -> str:
    """What the names of all blocks of a new connection begin with. macOS takes 30 letters, of which a count gets 10."""
    return f"cnnx-{os.getpid()}-{os.urandom(3).hex()}"


def names(room: str, side: str) -> Iterator[str]:
    """The names of blocks that one side of a connection lends. side: a letter that the other one has not."""
    return (f"{room}{side}{number}" for number in count())


def swept(room: str) -> None:
    """Remove the blocks of a connection that has ended, which nobody will collect.

    Windows does so by itself; where a system does not list its blocks (macOS), they go when the program ends."""
    from multiprocessing.shared_memory import SharedMemory

    for path in BLOCKS.glob(f"{room}*"):
        try:
            block = SharedMemory(path.name)
        except (OSError, ValueError):  # its maker ended before it had a size
            with suppress(OSError):
                path.unlink()
        else:
            block.close()
            block.unlink()


def lend(value: Any, names: Iterator[str]) -> Any:
    """`value` with every large array of its records (at any depth) put into shared memory, in blocks of these names."""
    return _mapped(value, partial(_put, names))


def collect(value: Any) -> Any:
    """The other side of `lend`: arrays back in place, shared blocks gone. Each may be collected once."""
    return _mapped(value, _take)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, _Lent) or _is_array(value):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(part, change) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        old = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        new = {name: _mapped(part, change) for name, part in old.items()}
        changed = {name: part for name, part in new.items() if part is not old[name]}
        return replace(value, **changed) if changed else value
    return value


def _is_array(value: Any) -> bool:
    kind = type(value)  # asked by name: importing numpy for this would cost the start of the window 0.1 s
    return (kind.__module__, kind.__name__) == ("numpy", "ndarray")


def _put(names: Iterator[str], array: NDArray[Any] | _Lent) -> NDArray[Any] | _Lent:
    if isinstance(array, _Lent) or array.nbytes < SMALL:
        return array
    from multiprocessing.shared_memory import SharedMemory

    import numpy as np

    block = SharedMemory(next(names), create=True, size=array.nbytes)
    if not _has_room(block):
        block.close()
        block.unlink()
        return array  # slower through the pipe, but there
    np.ndarray(array.shape, array.dtype, block.buf)[...] = array
    block.close()
    return _Lent(block.name, array.shape, array.dtype.str)


def _has_room(block: SharedMemory) -> bool:
    """Whether the memory a block promises is really there: writing where it is not ends the process on Linux."""
    if not hasattr(os, "posix_fallocate"):
        return True
    try:
        os.posix_fallocate(block._fd, 0, block.size)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True


def _take(lent: NDArray[Any] | _Lent) -> NDArray[Any]:
    if not isinstance(lent, _Lent):
        return lent
    from multiprocessing.shared_memory import SharedMemory

    import numpy as np

    block = SharedMemory(lent.name)
    try:
        return np.ndarray(lent.shape, np.dtype(lent.dtype), block.buf).copy()
    finally:
        block.close()
        block.unlink()
