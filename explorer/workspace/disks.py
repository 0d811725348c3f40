"""The disks that the desktop's dialog for files looks at, asked before it opens: some of them look in the window's own
thread, and wait as long as a disk does not answer."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from explorer.formats.answering import Asked, look_at
from explorer.workspace import disk

LOOKING = 1.0
"""Seconds that a disk may take to show what is in its uppermost folder; the window paints meanwhile."""
MOST = 64
"""Disks that are asked; a computer with more has most of them for programs, not for people."""
MOUNTS = Path("/proc/self/mountinfo")
VOLUMES = "/Volumes"
"""Where macOS shows its disks."""
OF_THE_SYSTEM = frozenset((
    "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
    "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "ramfs", "rpc_pipefs", "securityfs", "squashfs",
    "sysfs", "tmpfs", "tracefs",
))  # fmt: skip
"""Kinds of what is no disk, or asking which would connect one that nobody wants now."""

_waiting: dict[str, tuple[Asked[None], float]] = {}
"""Who asks a folder and has not heard yet, and since when: it is not asked once more, or each would keep a thread."""


def places(start: str = "") -> list[str]:
    """What a dialog that begins in a folder looks at: that, the home folder, that of settings, and every disk."""
    home = os.path.expanduser("~")
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return list(dict.fromkeys(filter(None, (start, *_beginnings(), settings, *mounted()))))


def beginnings(start: str, recent: Iterable[str], gone: Iterable[str]) -> list[str]:
    """Folders that one can begin in, the likeliest first, where the disks of these do not answer. recent: folders of
    last time, which matter where nobody says where to begin."""
    there = dict.fromkeys(filter(None, (start, *(() if start else recent), *_beginnings())))
    return [place for place in there if not under(place, gone)]


def _beginnings() -> list[str]:
    try:
        here = os.getcwd()
    except OSError:  # it is gone
        here = ""
    return [os.path.expanduser("~"), here, tempfile.gettempdir(), os.path.abspath(os.sep)]


def mounted() -> list[str]:
    """Where disks are to be found, as far as the system says it without asking them."""
    if sys.platform == "darwin":
        return [VOLUMES]
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # Windows, whose own dialog asks network drives by itself
        return []
    found = (line.partition(" - ") for line in lines)
    where = [_plain(said.split(" ")[4]) for said, _, kind in found if kind.partition(" ")[0] not in OF_THE_SYSTEM]
    return list(dict.fromkeys(where))[:MOST]


def silent(asked: Iterable[str]) -> list[str]:
    """Those of these folders whose disk does not answer in time; the window goes on painting meanwhile."""
    together = list(asked)
    for place in together:
        _ask(place)
    till = time.monotonic() + disk.MOMENT
    for place in together:
        if not _answered(place):
            _waiting[place][0].answered(max(0.0, till - time.monotonic()))
    disk.painting_until(lambda: _all_known(together), LOOKING)
    return [place for place in together if not _answered(place)]


def under(path: str, places: Iterable[str]) -> bool:
    """Whether a path is one of these folders, or lies in one."""
    return any(path == place or path.startswith(place.rstrip(os.sep) + os.sep) for place in places)


def _ask(place: str) -> None:
    if _answered(place):
        _waiting[place] = Asked(partial(look_at, place)), time.monotonic()


def _answered(place: str) -> bool:
    """Whether whoever asked it last has heard, or nobody did."""
    if place in _waiting and _waiting[place][0].answered():
        del _waiting[place]
    return place not in _waiting


def _is_late(place: str) -> bool:
    return not _answered(place) and time.monotonic() - _waiting[place][1] >= LOOKING


def _all_known(places: Iterable[str]) -> bool:
    return all(_answered(place) or _is_late(place) for place in places)


def _plain(escaped: str) -> str:
    """A path as it is: the system's table has spaces and the like as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), escaped)
