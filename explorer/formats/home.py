"""Folders of the user's that lie on a disk which does not answer, or may not be written: the program begins with new
ones in their place.

A home folder on a network drive may be gone. Qt, fontconfig and torch look there, too, and whoever asks waits for ever.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from explorer.formats.answering import CONNECTED, Asked

PATIENCE = 3.0
"""Seconds the start waits for them, all together."""
WHAT = {
    "XDG_CONFIG_HOME": "settings", "XDG_STATE_HOME": "unsaved edits", "XDG_CACHE_HOME": "the model library",
    "CNN_EXPLORER_CACHE": "the model library", "XDG_DATA_HOME": "the gallery",
}  # fmt: skip
"""What is in them, by the variable that says where they are."""
YOUNG = 60
"""Seconds in which a folder that has no lock may still get it."""
HOME = "HOME"
USUAL = {"XDG_CONFIG_HOME": ".config", "XDG_STATE_HOME": ".local/state", "XDG_CACHE_HOME": ".cache",
         "XDG_DATA_HOME": ".local/share"}  # fmt: skip
"""Where they are in the home folder otherwise."""


@cache
def stand_in() -> str:
    """Put new folders in the place of those that do not answer, for this process and those it starts; they go when it
    ends. Returns a sentence that says so, "" where all answer. Call it before anything looks there."""
    if not hasattr(os, "statvfs"):  # Windows' network drives answer with an error by themselves
        return ""
    folders = _folders()
    together = Asked(lambda: [_look(folder) for folder in folders.values()])
    till = time.monotonic() + PATIENCE
    if together.answered(PATIENCE / 2):  # one thread for all, as long as all is well
        return ""
    asked = {name: Asked(partial(_look, folder)) for name, folder in folders.items()}
    silent = [name for name, one in asked.items() if not one.answered(max(0.0, till - time.monotonic()))]
    for name in silent:
        os.environ[name] = os.path.join(room(), name)
        os.mkdir(os.environ[name])
    return _told(silent) if silent else ""


def store() -> None:
    """Where nothing can be written into the cache, have weights kept in a new folder, for this process and those it
    starts: so what comes with the program runs for everybody. It goes when the program ends. A disk that does not
    answer may come back: who asks it later is told."""
    from explorer.formats import folders

    if os.environ.get(folders.STORE):
        return
    asked = Asked(folders.writable)
    with suppress(OSError):  # no temporary folder, either: who keeps weights is told
        if asked.answered(PATIENCE / 2) and not asked.answer():
            os.environ[folders.STORE] = os.path.join(room(), "weights")


def _folders() -> dict[str, str]:
    """Where they are, by variable."""
    home = os.path.expanduser("~")
    there = {name: os.environ.get(name) or os.path.join(home, usual) for name, usual in USUAL.items()}
    return {HOME: home, **there, **{name: os.environ[name] for name in WHAT if os.environ.get(name)}}


def _look(folder: str) -> bool:
    """Ask for something that the system does not know by heart of a network drive; True once there is an answer."""
    try:
        os.stat(folder)
        os.statvfs(folder)
    except (OSError, ValueError):  # it is not there, or not allowed
        return True
    return True


def _told(silent: list[str]) -> str:
    *most, last = dict.fromkeys(WHAT[name] for name in silent if name != HOME) or [""]
    lie = f"The folder of {last} lies" if not most else f"The folders of {', '.join(most)} and {last} lie"
    return (
        f"{'Your home folder lies' if HOME in silent else lie} on a disk that does not answer: {CONNECTED}, and start "
        "the program again. What is remembered and kept there is not here now, and what is kept instead goes when the "
        "program ends."
    )


@cache
def room() -> str:
    """A folder for what lasts as long as the program, and goes with it. A lock marks it as in use: what a program that
    was killed left is swept by the next."""
    from tempfile import TemporaryDirectory  # nobody waits for it where all is well

    folder = TemporaryDirectory(prefix=prefix(), ignore_cleanup_errors=True)
    _KEPT.append((folder, _locked(folder.name)))
    with suppress(ValueError):  # only a program's main thread hears the system
        _hear(folder.cleanup)
    return folder.name


def _hear(clean_up: Callable[[], None]) -> None:
    """Clean up where the system ends this process, as at a log-out; Python only does where it ends by itself."""
    import signal

    process = os.getpid()

    def end(number: int, _: object) -> None:
        if os.getpid() == process:  # a forked one has the folder of another
            clean_up()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)


_KEPT: list[object] = []
"""What lasts as long as the program."""


def sweep() -> None:
    """Remove rooms whose programs were killed. Where folders cannot be locked, as on Windows, none is."""
    import shutil
    import tempfile

    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{prefix()}????????"):
            with suppress(OSError):
                young = time.time() - folder.lstat().st_mtime < YOUNG
                handle = None if young else _locked(str(folder))
                if handle is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                    os.close(handle)


def prefix() -> str:
    """How folders of this machine's are called that go with the program."""
    from explorer.formats.atomic import HOST

    return f"cnn-explorer-{HOST}-"


def _locked(folder: str) -> int | None:
    """Lock a folder until its handle is closed, or the program ends; None where somebody has it, or nobody can.
    Raises OSError where it is no folder: a pipe that has its name would never answer."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
