"""A camera's file under Linux: whether this program has it open, and what stands in the way where it has not.

Qt writes a line to its log where it cannot open a camera that it has listed, and no error comes of it.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

FOLDER = Path("/dev")
GONE = (errno.ENODEV, errno.ENXIO, errno.ENOENT)
DENIED = (errno.EACCES, errno.EPERM)


def forbidden() -> str:
    """A sentence on a camera that Linux keeps from this user, whom Qt then tells of none; "" where that is not so."""
    for device in sorted(FOLDER.glob("video*")):
        if not os.access(device, os.R_OK | os.W_OK):
            return _denied(str(device))
    return ""


def in_the_way(device: str, title: str) -> str:
    """Why a camera with this file was not opened, as a sentence; "" where it was, can be, or is no file.

    The file is opened for a moment, as Qt does, and only where this program does not have it: some cameras can be
    opened once.
    """
    if sys.platform != "linux" or not device.startswith(f"{FOLDER}/") or _ours(device):
        return ""
    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        if error.errno in DENIED:
            return _denied(device)
        if error.errno in GONE:
            return unplugged(title)
        if error.errno == errno.EBUSY:
            return f"Another program uses {title}: close that, and start the camera again."
        why = os.strerror(error.errno or 0)
        return f"{title} cannot be opened ({why}): unplug it, plug it in again and start it."
    return ""


def unplugged(title: str) -> str:
    """What is said of a camera that is there no more."""
    return f"{title} was unplugged: plug it in again, and start it."


def _denied(device: str) -> str:
    return (
        f"The system does not let you use the camera {device}: run “sudo usermod -aG video $USER”, log out and "
        "in, and start the camera again."
    )


def _ours(device: str) -> bool:
    """Whether one of this program's open files is the device."""
    for one in Path("/proc/self/fd").iterdir():
        try:
            if os.path.realpath(device) == os.readlink(one):
                return True
        except OSError:  # closed meanwhile, by another thread
            continue
    return False
