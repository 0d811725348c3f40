"""Where the file of a trained network lies, and what it has to be: what all kinds of sources share."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from explorer.formats import regular
from explorer.formats.regular import NotReadable
from explorer.maths.records import Progress
from explorer.maths.resources import resources
from explorer.maths.sentences import Refusal, at_home

CHUNK = 1 << 22
"""Bytes hashed in one step."""


class DownloadError(Refusal):
    """A file could not be had; the message says why, and how to get it by other means."""


class Source(Protocol):
    """One file. kind: bundled, wheel or url; host: who is asked for it, "" where nobody is."""

    @property
    def kind(self) -> str: ...

    @property
    def host(self) -> str: ...

    @property
    def file(self) -> str:
        """The file's own name."""

    @property
    def digits(self) -> str:
        """How the file's SHA-256 begins: all 64 digits, or as many as its publisher names."""

    def sha256(self, folder: Path) -> str:
        """All 64 digits where they are known by now. folder: where the file is kept."""

    def accepts(self, digest: str, target: Path) -> bool:
        """Whether a file at `target` with this SHA-256 is the one."""

    def fetch(self, target: Path) -> Iterator[Progress]:
        """Put the file at `target`, whole or not at all. Raises DownloadError, CannotSave."""


class Known:
    """Of a source whose file's whole SHA-256 is known beforehand."""

    digits: str

    def sha256(self, folder: Path) -> str:
        return self.digits

    def accepts(self, digest: str, target: Path) -> bool:
        return digest == self.digits


@dataclass(frozen=True)
class Bundled(Known):
    """A file that comes with the program."""

    file: str
    digits: str
    kind = "bundled"
    host = ""

    def fetch(self, target: Path) -> Iterator[Progress]:
        yield Progress(f"Looking for {self.file}")
        raise DownloadError(f"{self.file} came with the program and is damaged or gone: install the program again.")


def place(source: Source, folder: Path) -> Path:
    """Where a source's file is: `folder`, the cache, or where the program keeps what comes with it."""
    return (resources() / "models" if source.kind == "bundled" else folder) / source.file


def hashed(path: Path, name: str = "") -> Generator[Progress, None, str]:
    """The SHA-256 of a file, "" where it cannot be read; name: what it will be called."""
    digest, done = hashlib.sha256(), 0
    with suppress(OSError, NotReadable):
        size = regular.size(path)
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                done += len(chunk)
                yield Progress(f"Checking {name or path.name}", done, size)
        return digest.hexdigest()
    return ""


def by_hand(name: str, folder: Path) -> str:
    """What to do where a download does not work: end of a sentence."""
    return f"or put the file {name} into {at_home(folder)}"
