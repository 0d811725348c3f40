"""The one place that turns an exception into a sentence for the user."""

from __future__ import annotations

import errno
from contextlib import suppress
from os import PathLike
from pathlib import Path, PurePath

LONGEST = 300
"""A sentence longer than this is not read."""


class Refusal(ValueError):
    """What the user gave cannot be used; the message is already a sentence they can act on."""


def sentence(error: BaseException, advice: str = "the log has the details") -> str:
    """What happened and what to do, in at most 300 characters of plain text.

    advice: what to do about an error nobody foresaw.
    """
    return shortened(_sentence(error, advice))


def shortened(text: str, longest: int = LONGEST) -> str:
    """One line of printable text, cut at `longest` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _sentence(error: BaseException, advice: str) -> str:
    if isinstance(error, Refusal):
        return str(error)
    if isinstance(error, OSError) and error.errno:
        return _system(error)
    text = str(error)
    if _no_memory(error):
        if "CUDA" in text or "HIP" in text or "MPS" in text:
            return (
                "The graphics card has not enough memory for this: take a smaller picture or network, or choose the "
                "CPU (in the Device menu, or with CUDA_VISIBLE_DEVICES= before a command)."
            )
        return "There is not enough memory for this: take a smaller picture or network, or close other programs."
    if device_lost(error):
        return (
            "The graphics card stopped answering: start the program again, or choose the CPU (in the Device menu, "
            "or with CUDA_VISIBLE_DEVICES= before a command)."
        )
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"Something unexpected went wrong ({shortened(what, 180)}): {advice}."


def device_lost(error: BaseException) -> bool:
    """Whether a graphics card cannot be used any more by the process that this happened in."""
    text = str(error)
    signs = ("CUDA error", "HIP error", "device-side assert", "unspecified launch failure", "MPS backend")
    return isinstance(error, RuntimeError) and not _no_memory(error) and any(sign in text for sign in signs)


def _no_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text


def _system(error: OSError) -> str:
    name = _name(error.filename)
    return {
        errno.ENOSPC: f"The disk is full, so {name} could not be written: free some space and try again.",
        errno.EDQUOT: f"Your disk quota is used up, so {name} could not be written: free some space and try again.",
        errno.EACCES: f"There is no permission to use {name}: choose another place, or change its permissions.",
        errno.EPERM: f"There is no permission to use {name}: choose another place, or change its permissions.",
        errno.EROFS: f"{name} lies on a disk that can only be read: choose another place.",
        errno.ENOENT: f"{name} is not there: it may have been moved, renamed or deleted.",
        errno.EISDIR: f"{name} is a folder, not a file: choose a file.",
        errno.ENOTDIR: f"A folder on the way to {name} is a file: choose another place.",
        errno.EEXIST: f"{name} already exists: choose another name.",
        errno.ETIMEDOUT: f"The disk that {name} lies on does not answer: look whether it is connected, then try again.",
        errno.ENAMETOOLONG: f"The name {name} is too long: choose a shorter one.",
    }.get(error.errno or 0, f"{name} could not be used: {error.strerror}.")


def _name(path: object) -> str:
    """The file's own name, without the folders that may tell who the user is."""
    text = path.decode(errors="replace") if isinstance(path, bytes) else str(path)
    if not isinstance(path, str | bytes | PathLike):
        return "the file"
    return f"“{shortened(PurePath(text).name or text, 80)}”"


def at_home(folder: Path, longest: int = 80) -> str:
    """A folder as people write it, with ~ for their own; only its end where it would be longer."""
    with suppress(ValueError, RuntimeError):
        folder = Path("~") / folder.relative_to(Path.home())
    return str(folder) if len(str(folder)) <= longest else f"…{str(folder)[1 - longest :]}"
