"""The file of settings: read once, then kept in memory, and written by a thread that a silent disk may keep for ever.

Qt's own `QSettings` writes in the thread that has something to remember, which would be the window's; and in PySide it
keeps Python's lock meanwhile, so that not even another thread may ask it for a disk that may be silent. So it only ever
sees a copy, in the system's folder for temporary files.
"""

from __future__ import annotations

import atexit
import logging
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer

from explorer.formats import answering, home
from explorer.maths.sentences import sentence
from explorer.workspace import disk
from explorer.workspace.background import Background

log = logging.getLogger(__name__)

FILE = "cnn-explorer.conf"
PATIENCE = 1.0
"""Seconds the start waits for the disk with the settings."""
GATHER = 0.2
"""Seconds from what is chosen until it is written, so that what is chosen with it is written with it."""
FRESH = 1.0
"""Seconds for which what was read is taken to be what is there: other windows of the program write there, too."""
LEAVING = 1.0
"""Seconds the end of the program waits for what was chosen last."""

WRITABLE = "look whether its disk is full, and whether you may write there"
INI = QSettings.Format.IniFormat
IN_A_FILE = os.name == "posix" and sys.platform != "darwin"
"""Whether this system keeps settings in such a file; otherwise in what does not fall silent."""

Values = dict[str, object]
Change = Callable[[Values], object]
"""What is done to the values, here and to those on the disk: it must not ask for anything else."""


class SettingsFile:
    """Values by name, those of a group as “group/name”: text, or the bytes in which Qt has a window's layout.

    Use it from the window's thread. A change holds at once, and is made on the disk to what other windows of the
    program left there meanwhile. What cannot be written holds as long as the program.

    problem: a sentence where it could not be written.
    """

    def __init__(self, path: str = "") -> None:
        """path: a file in Qt's INI format, "" for where the system keeps settings."""
        file = QSettings(path, INI) if path else _of_the_system()
        self.problem = ""
        self._path = path or (file.fileName() if IN_A_FILE else "")
        others = _all(file)  # such as those of whoever installed the program
        file.setFallbacksEnabled(False)
        self._values = _all(file)
        self._given = {name: value for name, value in others.items() if name not in self._values}
        self._looked = time.monotonic()
        self._changes: list[Change] = []  # made here, and not known to be on the disk
        self._lock = threading.Lock()
        self._writer = Background("settings")
        self._written, self._hurry = threading.Event(), threading.Event()
        self._written.set()
        atexit.register(self.leave)

    def value(self, name: str) -> object:
        """What is remembered under this name, None for nothing."""
        return self._values.get(name, self._given.get(name))

    def set(self, name: str, value: object) -> None:
        """Remember a value."""
        self.change(lambda values: values.update({name: value}))

    def remove(self, name: str) -> None:
        """Forget a value, or a group of them."""
        self.change(partial(_without, name))

    def clear(self) -> None:
        """Forget all."""
        self.change(dict.clear)

    def change(self, change: Change) -> None:
        """Change the values; for one that depends on others, such as a list that is added to."""
        with self._lock:
            change(self._values)
            self._changes.append(change)
        self._begin()

    def look(self) -> None:
        """Have read what other windows of the program remember by now, if that is not just done."""
        if time.monotonic() - self._looked > FRESH:
            self._looked = time.monotonic()
            self._begin()

    def settle(self, seconds: float) -> bool:
        """Wait at most so long until all is written that can be; says whether it is."""
        self._hurry.set()
        written = self._written.wait(seconds)
        self._hurry.clear()
        return written

    def stuck(self, seconds: float) -> bool:
        """Whether the disk has not answered for so long."""
        return self._writer.stuck(seconds)

    def leave(self) -> str:
        """The program ends: wait a moment for what is not written. Returns a sentence where that was in vain."""
        atexit.unregister(self.leave)
        return "" if self.settle(LEAVING) else f"What was chosen last is not remembered: {_silence()}"

    def _begin(self) -> None:
        with self._lock:
            if not self._written.is_set():
                return
            self._written.clear()
        self._writer.submit(self._write)

    def _write(self) -> None:
        """In a thread of its own."""
        self._hurry.wait(GATHER)
        with self._lock:
            changes = list(self._changes)
        problem, after = "", Values()
        try:
            after = _changed(self._path, changes)
        except Exception as error:  # the boundary: a full disk must not end what writes
            log.warning("settings: %s", error)
            problem = f"“{FILE}” cannot be written: {WRITABLE}."
        with self._lock:
            later = len(self._changes) > len(changes)
            if not problem:
                del self._changes[: len(changes)]
                for change in self._changes:
                    change(after)
                self._values = after
            self.problem = problem
            if not later:
                self._written.set()
        if later:
            self._writer.submit(self._write)


class Lateness(QObject):
    """Tells that what one chooses is not remembered, once for as long as that is so."""

    def __init__(self, file: SettingsFile, tell: Callable[[str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._file, self._tell, self._told = file, tell, False
        timer = QTimer(self, interval=round(1000 * answering.PATIENCE))
        timer.timeout.connect(self._look)
        timer.start()

    def _look(self) -> None:
        problem = _silence() if self._file.stuck(answering.PATIENCE) else self._file.problem
        if problem and not self._told:
            self._tell(f"Choices are not remembered: {problem}")
        self._told = bool(problem)


@cache
def shared(path: str) -> SettingsFile:
    """The one for this file: all that ask in this program have the same values."""
    return SettingsFile(path)


@cache
def fault(folder: str) -> str:
    """What is wrong with the files that Qt would read settings from. It would wait for a pipe, or for a disk that does
    not answer, before there is a window."""
    if sys.platform != "linux":  # elsewhere they are no files, or such that nobody else touches
        return ""
    files = [Path(folder) / "cnn-explorer" / FILE, Path(folder) / FILE]
    silent = "lies on a disk that does not answer"
    what = disk.at_once(lambda: next(filter(None, map(_odd, files)), ""), silent, PATIENCE)
    return what and f"“{FILE}” {what}, so choices are not remembered: look after it in the folder of settings."


def for_now() -> str:
    """A file for settings that last as long as the program."""
    return str(Path(home.room()) / FILE)


def _changed(path: str, changes: list[Change]) -> Values:
    """Change what is in the file, or, where that is "", what the system keeps otherwise; values after that. Raises
    OSError where it cannot be read or written."""
    if not path:
        own = _of_the_system()
        own.setFallbacksEnabled(False)  # what is remembered for all programs is not ours to change or keep
        return _applied(own, changes)[1]
    from tempfile import TemporaryDirectory  # nobody waits for these when the program starts

    from explorer.formats.atomic import replacing

    with _alone(Path(path).parent):
        try:
            old = Path(path).read_bytes()
        except FileNotFoundError:
            old = b""
        with TemporaryDirectory(prefix=home.prefix()) as room:
            copy = Path(room) / FILE
            copy.write_bytes(old)
            before, after = _applied(QSettings(str(copy), INI), changes)
            new = copy.read_bytes()
        if before != after:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, len(new)) as file:
                if not old and hasattr(os, "fchmod"):
                    os.fchmod(file.fileno(), 0o600)  # nobody else need know which files were used
                file.write(new)
        return after


def _applied(file: QSettings, changes: list[Change]) -> tuple[Values, Values]:
    """Values before and after. Raises OSError where they cannot be kept, which Qt says only if it is asked."""
    before = _all(file)
    after = dict(before)
    for change in changes:
        change(after)
    for name in before.keys() - after.keys():
        file.remove(name)
    for name, value in after.items():
        if name not in before or before[name] != value:  # empty bytes equal None
            file.setValue(name, value)
    file.sync()
    if file.status() == QSettings.Status.AccessError:
        raise OSError(f"{file.fileName()} cannot be written")
    return before, after


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other window of the program changes files there, where the disk knows how to lock a folder."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _of_the_system() -> QSettings:
    return QSettings("cnn-explorer", "cnn-explorer")


def _all(file: QSettings) -> Values:
    return {name: file.value(name) for name in file.allKeys()}


def _without(name: str, values: Values) -> None:
    for each in [each for each in values if f"{each}/".startswith(f"{name}/")]:
        del values[each]


def _silence() -> str:
    return sentence(answering.no_answer(FILE))


def _odd(file: Path) -> str:
    """What is wrong with what should be a file, "" where nothing is or it is not there."""
    try:
        kind = os.stat(file).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:  # such as a link in a circle: Qt would write nothing, and say nothing
        return f"cannot be read, the system says “{error.strerror}”"
    if not stat.S_ISREG(kind):
        return f"is {'a folder' if stat.S_ISDIR(kind) else 'a device or a pipe'}, not a file"
    return "" if os.access(file, os.R_OK) else "may not be read by you"
