"""Write a file so that a reader finds the old bytes or all of the new ones, whatever happens on the way."""

from __future__ import annotations

import errno
import os
import platform
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from explorer.formats.answering import CONNECTED, in_time
from explorer.formats.words import amount, refusal, shown
from explorer.maths.sentences import Refusal

HOST = f"{crc32(platform.node().encode()):08x}"
"""Marks our temporary files: another machine's process numbers say nothing here."""

TEMPORARY = re.compile(rf"\.cnn-explorer-{HOST}-(\d+)-[0-9a-f]+\.tmp")
DAY = 24 * 3600


class CannotSave(Refusal, OSError):
    """A file could not be written; the message names it, the reason and what to do. The old file is kept."""


@contextmanager
def replacing(path: str | Path, size: int = 0) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of `path` once the block ends without an exception.

    Links are followed, mode bits kept. size: bytes that will be written where known, for the message on
    a full disk. Raises CannotSave; the new bytes are on the disk itself when it does not.
    """
    try:
        target = in_time(path, lambda: _target(path))
        temp, file = _temporary(target)
    except (OSError, ValueError) as error:
        raise _refused(error, path, size) from error
    try:
        yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()
        _replace(temp, target)
        _settle(target.parent)
    except OSError as error:
        if isinstance(error, CannotSave):
            raise
        _discard(temp, file)  # before the message counts the free space
        raise _refused(error, path, size) from error
    finally:
        _discard(temp, file)


def sweep(folder: Path) -> None:
    """Remove temporary files that killed processes left in a folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            ours = TEMPORARY.fullmatch(entry.name)
            recent = ours and _alive(int(ours[1])) and time.time() - entry.stat().st_mtime < DAY
            with suppress(OSError):
                if ours and not recent and not _held(entry.path):
                    os.unlink(entry.path)


def _hold(file: BinaryIO) -> bool:
    """Lock a temporary file, which tells whether it is being written, whatever the clock says; whether it can be ours.
    The system takes the lock off with the file's last handle. A disk that knows no locks is used without."""
    if os.name == "nt":
        return True  # there an open file cannot be removed
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _held(path: str) -> bool:
    """Whether somebody writes this temporary file."""
    with open(path, "r+b") as file:  # some network disks lock only what may be written
        return not _hold(file)


def _target(path: str | Path) -> Path:
    """The file behind `path` and its links. Raises OSError where it cannot be replaced."""
    target = Path(os.path.realpath(path))
    try:
        there = os.lstat(target)
    except FileNotFoundError:
        return target
    if stat.S_ISLNK(there.st_mode):
        raise OSError(errno.ELOOP, "its link leads nowhere")
    if not stat.S_ISREG(there.st_mode):
        raise OSError(errno.EISDIR, "something is in the way")
    if not os.access(target, os.W_OK):  # os.replace would not mind
        raise PermissionError(errno.EACCES, "read-only")
    return target


def _temporary(target: Path) -> tuple[Path, BinaryIO]:
    """A new file beside `target`, with its mode bits and owner. Its name is short: the target's may be at the limit."""
    sweep(target.parent)
    temp = target.parent / f".cnn-explorer-{HOST}-{os.getpid()}-{secrets.token_hex(4)}.tmp"
    file = open(temp, "xb")  # noqa: SIM115 (closed by `replacing`)
    _hold(file)
    try:
        _like(target, file.fileno())
    except OSError:
        _discard(temp, file)
        raise
    return temp, file


def _like(target: Path, handle: int) -> None:
    """Give an open file the mode bits, and where we may the owner, of the file it will replace."""
    if not hasattr(os, "fchmod") or not target.exists():
        return
    there = os.stat(target)
    with suppress(PermissionError):
        os.fchown(handle, there.st_uid, there.st_gid)
    os.fchmod(handle, stat.S_IMODE(there.st_mode))


AGAIN = 5 if os.name == "nt" else 0
"""Times a file that may not be replaced is tried again: there a virus scanner may hold the old one for a moment."""


def _replace(temp: Path, target: Path) -> None:
    """os.replace, patiently."""
    for _ in range(AGAIN):
        try:
            return os.replace(temp, target)
        except PermissionError:
            time.sleep(0.1)
    os.replace(temp, target)


def _settle(folder: Path) -> None:
    """Write the folder's list of names to the disk, where the system can."""
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # a folder that may be written but not listed
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks cannot
            raise
    finally:
        os.close(handle)


def _discard(temp: Path, file: BinaryIO) -> None:
    with suppress(OSError):
        file.close()
    with suppress(OSError):
        os.unlink(temp)


def _alive(process: int) -> bool:
    """Whether a process of this machine runs. Where asking is not harmless (Windows) it is taken to run."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _refused(error: OSError | ValueError, path: str | Path, size: int) -> CannotSave:
    """The same failure as a sentence."""
    number = getattr(error, "errno", None)
    if number == errno.ETIMEDOUT:  # nothing more is asked of it
        reason, advice = "its disk does not answer", f"{CONNECTED}, or save it on another disk"
        return CannotSave(refusal(path, f"could not be saved, {reason}", advice))
    folder = Path(os.path.realpath(path)).parent if isinstance(error, OSError) else Path()
    if number in (errno.ENOSPC, errno.EDQUOT):
        room = [f"{amount(size)} needed"] * bool(size)
        with suppress(OSError):
            room.append(f"{amount(shutil.disk_usage(folder).free)} free")
        reason, advice = f"the disk is full ({', '.join(room)})", "free some space, or save it on another disk"
    elif number in (errno.EACCES, errno.EPERM, errno.EROFS):
        reason, advice = "the file or its folder is read-only", "save it in another folder"
    elif number in (errno.ENOENT, errno.ENOTDIR):
        reason, advice = f"the folder “{shown(folder.name, 60)}” is not there", "save it in another folder"
    elif number == errno.EISDIR:
        reason, advice = "a folder or device of this name is in the way", "choose another name"
    elif number == errno.ENAMETOOLONG or not isinstance(error, OSError):
        reason, advice = "the name is too long or has signs this disk does not allow", "choose another name"
    else:
        reason, advice = f"the system says “{error.strerror or error}”", "try again, or save it on another disk"
    return CannotSave(refusal(path, f"could not be saved, {reason}", advice))
