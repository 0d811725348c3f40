"""Memory of values that were let go: kept while there is work, and given back to the system afterwards.

The system clears each page before it hands it out; for a batch of values that takes longer than to compute them. But
values of ever other sizes do not fit into each other's places, and what is kept grows with each: where it is much,
it goes back between two questions, too. Only glibc can be told so; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from contextlib import suppress
from typing import Any

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Names of glibc's mallopt, see malloc.h."""
LARGEST, MOST = 1 << 30, (1 << 31) - 1
"""Bytes: from which on a block is asked of the system by itself, and how much is kept at the end of the heap."""
LARGEST_BEFORE = 1 << 25
"""The same in glibc before 2.35, which takes no more."""
MUCH = 512 << 20
"""Bytes that may be kept and not used, or as many as are used where these are more."""
LOOKS, TURNS = 5.0, 60.0
"""Seconds between two looks at how much that is, which take some milliseconds where memory is in many pieces; and
between two times it is given back: a gigabyte of fresh pages takes half a second, a hundredth of that time."""


def keep_freed() -> None:
    """Keep what is freed in this process, for the next values."""
    with suppress(OSError, AttributeError):
        libc = _glibc()
        libc.mallopt(MMAP_THRESHOLD, LARGEST) or libc.mallopt(MMAP_THRESHOLD, LARGEST_BEFORE)
        libc.mallopt(TRIM_THRESHOLD, MOST)


def one_heap() -> None:
    """Have all threads of this process take memory from one heap; before there are others.

    glibc gives each thread one of its own. What one thread makes and another lets go, as a video's frames, leaves holes
    in each of them: in the window these grew by 30 MB an hour, and each frame had to fault its pages in anew.
    """
    with suppress(OSError, AttributeError):
        _glibc().mallopt(ARENA_MAX, 1)


def give_back() -> None:
    """Give the system what is free; what comes next takes some hundredths of a second more, once."""
    with suppress(OSError, AttributeError):
        _glibc().malloc_trim(0)


class Surplus:
    """What this process keeps and does not use. Called between two questions, it gives that back where it is much."""

    def __init__(self) -> None:
        self._looked = self._gave = time.monotonic()
        self._stays = 0  # bytes that seem unused and do not go back: Python's objects, compiled code

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOKS or now - self._gave < TURNS:
            return
        self._looked = now
        with suppress(OSError, AttributeError):
            used, kept = used_and_kept()
            self._stays = min(self._stays, kept)
            if kept - self._stays > max(MUCH, used):
                give_back()
                self._gave = time.monotonic()
                _, self._stays = used_and_kept()


def used_and_kept() -> tuple[int, int]:
    """Bytes that were asked of malloc and not let go, and those that this process holds of the system beside these,
    without files and shared memory. Raises AttributeError or OSError where the system does not say."""
    about: _Mallinfo = _glibc().mallinfo2()  # glibc 2.33 has it
    used = about.uordblks + about.hblkhd
    with open("/proc/self/statm", encoding="ascii") as file:
        _, resident, shared, *_ = map(int, file.read().split())
    return used, max(0, (resident - shared) * os.sysconf("SC_PAGE_SIZE") - used)


class _Mallinfo(ctypes.Structure):
    """glibc's struct mallinfo2, see malloc.h."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip

    hblkhd: int
    uordblks: int


def _glibc() -> Any:
    """Raises AttributeError or OSError where the system's library is another."""
    if sys.platform != "linux":
        raise OSError(sys.platform)
    libc = ctypes.CDLL(None)
    libc.gnu_get_libc_version  # noqa: B018  (musl has a mallopt by name alone)
    if hasattr(libc, "mallinfo2"):
        libc.mallinfo2.restype = _Mallinfo
    return libc
