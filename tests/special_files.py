"""What should be a file and is something else, or is called as no file should be: the same in every place."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

posix = pytest.mark.skipif(sys.platform == "win32", reason="such files are POSIX")


def _listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:  # its name may have 107 bytes
        before = os.getcwd()
        os.chdir(path.parent)
        try:
            server.bind(path.name)
        finally:
            os.chdir(before)


def _locked(path: Path) -> None:
    path.write_bytes(b"secret")
    path.chmod(0)


KINDS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo, "socket": _listening, "device": lambda path: path.symlink_to("/dev/zero"),
    "folder": lambda path: path.mkdir(), "locked": _locked, "empty": lambda path: path.write_bytes(b""),
    "circle": lambda path: path.symlink_to(path.name), "nowhere": lambda path: path.symlink_to("gone"),
    "two\nlines": lambda path: path.write_bytes(b"no"), "\udcff no text": lambda path: path.write_bytes(b"no"),
    "\u202egnp": lambda path: path.write_bytes(b"no"),
}  # fmt: skip
"""How each is made, by its name. Root may read what is locked; then it is a file of nonsense."""


def special_files(folder: Path, ending: str) -> list[Path]:
    """One of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}{ending}" for name in KINDS]
    for path, make in zip(paths, KINDS.values(), strict=True):
        make(path)
    return paths


def soon(do: Callable[[], T], seconds: float = 20) -> T:
    """What it gives back, or raises; fails where it waits, as for the other end of a pipe."""
    found: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            found.append(do())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it waits for ever"
    if raised:
        raise raised[0]
    return found[0]


def is_sentence(text: str) -> bool:
    """One line of text that can be read, and not too long."""
    return 10 < len(text) <= 300 and text.isprintable() and "Errno" not in text and "Traceback" not in text
