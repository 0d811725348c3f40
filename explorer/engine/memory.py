"""Memory of values that were let go: kept while there is work, and given back to the system afterwards.

The system clears each page before it hands it out; for a batch of values that takes longer than to compute them.
Only glibc can be told so; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Any

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Names of glibc's mallopt, see malloc.h."""
LARGEST, MOST = 1 << 30, (1 << 31) - 1
"""Bytes: from which on a block is asked of the system by itself, and how much is kept at the end of the heap."""
LARGEST_BEFORE = 1 << 25
"""The same in glibc before 2.35, which takes no more."""


def keep_freed() -> None:
    """Keep what is freed in this process, for the next values."""
    with suppress(OSError, AttributeError):
        libc = _glibc()
        libc.mallopt(MMAP_THRESHOLD, LARGEST) or libc.mallopt(MMAP_THRESHOLD, LARGEST_BEFORE)
        libc.mallopt(TRIM_THRESHOLD, MOST)


def give_back() -> None:
    """Give the system what is free; what comes next takes some hundredths of a second more, once."""
    with suppress(OSError, AttributeError):
        _glibc().malloc_trim(0)


def _glibc() -> Any:
    """Raises AttributeError or OSError where the system's library is another."""
    if sys.platform != "linux":
        raise OSError(sys.platform)
    libc = ctypes.CDLL(None)
    libc.gnu_get_libc_version  # noqa: B018  (musl has a mallopt by name alone)
    return libc
