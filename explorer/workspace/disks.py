"""The disks that a dialog for files looks at, asked before it opens and while it is open.

Qt's looks in the window's own thread, at the home folder as soon as it is made, and waits as long as a disk does not
answer."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from explorer.formats.answering import Asked
from explorer.workspace import disk

LOOKING = 1.0
"""Seconds that a disk may take to show what is in its uppermost folder; the window paints meanwhile."""
OFTEN = 1000
"""Milliseconds from one look at the disks to the next while a dialog is open."""
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

_listable: dict[str, bool] = {}
"""Whether it was a folder, and could be listed, when it answered last."""
_waiting: dict[str, tuple[Asked[bool], float]] = {}
"""Who asks a folder and has not heard yet, and since when: it is not asked once more, or each would keep a thread."""


def places(start: str = "") -> list[str]:
    """What a dialog that begins in a folder looks at: that, the home folder, that of settings, and every disk."""
    home = os.path.expanduser("~")
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return list(dict.fromkeys(filter(None, (*_beginnings(start), settings, *mounted()))))


def beginnings(start: str, gone: Iterable[str]) -> list[str]:
    """Folders that one can begin in, the likeliest first, where these disks do not answer; all were asked before."""
    there = dict.fromkeys((*_beginnings(start), *mounted()))
    return [place for place in there if _listable.get(place) and not under(place, gone)]


def _beginnings(start: str) -> list[str]:
    try:
        here = os.getcwd()
    except OSError:  # it is gone
        here = ""
    return [start, os.path.expanduser("~"), here, tempfile.gettempdir(), os.path.abspath(os.sep)]


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


class Watch(QObject):
    """Looks at the same places again and again, without waiting, and calls `fell` with those that fell silent: once, or
    again and again for as long as that gives False back."""

    def __init__(self, places: Iterable[str], fell: Callable[[list[str]], object]) -> None:
        super().__init__()
        self._places, self._fell = list(places), fell
        self._timer = QTimer(self, interval=OFTEN)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()

    def _look(self) -> None:
        for place in self._places:
            _ask(place)
        if gone := [place for place in self._places if _is_late(place)]:
            if self._fell(gone) is not False:
                self.stop()


def _ask(place: str) -> None:
    if _answered(place):
        _waiting[place] = Asked(partial(_look_into, place)), time.monotonic()


def _answered(place: str) -> bool:
    """Whether whoever asked it last has heard, or nobody did."""
    if place in _waiting and _waiting[place][0].answered():
        _listable[place] = _waiting.pop(place)[0].answer()
    return place not in _waiting


def _is_late(place: str) -> bool:
    return not _answered(place) and time.monotonic() - _waiting[place][1] >= LOOKING


def _all_known(places: Iterable[str]) -> bool:
    return all(_answered(place) or _is_late(place) for place in places)


def _look_into(place: str) -> bool:
    """As a dialog does: what is the folder, and what is in it? An error is an answer, too."""
    try:
        os.stat(place)
        with os.scandir(place) as entries:
            next(entries, None)
    except (OSError, ValueError):
        return False
    return True


def _plain(escaped: str) -> str:
    """A path as it is: the system's table has spaces and the like as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), escaped)
