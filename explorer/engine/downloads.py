"""Fetch a file by its address, whole or not at all; what came before an interruption is kept, and gone on from.

What is kept is only ever the beginning of the file that the server itself says has not changed since (RFC 9110,
sections 13.1.5 and 14.2), and the whole is checked by its SHA-256. A publisher that names only the first digits
of that is believed once: the rest is written down, and decides from then on.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from explorer import __version__
from explorer.engine.sources import DownloadError, by_hand, hashed
from explorer.formats import regular
from explorer.formats.atomic import replacing
from explorer.formats.regular import NotReadable
from explorer.formats.words import amount, shown
from explorer.maths.records import Progress

if TYPE_CHECKING:
    from explorer.engine.transfer import Answer

SLACK = 600
"""Bytes by which a file may differ from its size: torchvision says megabytes with three decimals."""
ATTEMPTS = 5
"""How often a connection that breaks off is made again, as long as each brings something."""
POLL = 0.02
"""Seconds between two steps at least, however fast the pieces come."""
STALE = 7 * 24 * 3600
"""Seconds after which the beginning of a file is thrown away."""
TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What the system says of a lock that another one has."""
PART, TAG, RECORD = ".part", ".part-tag", ".sha256"
SMALL = 1 << 12
"""Bytes of the notes beside a file, at most."""


class Interrupted(DownloadError):
    """The connection ended too soon: what came is kept."""


@dataclass(frozen=True)
class Address:
    """Where a file lies in the web; size in bytes, to within SLACK; digits: how its SHA-256 begins."""

    url: str
    size: int
    digits: str
    kind = "url"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def file(self) -> str:
        return self.url.rpartition("/")[2]

    def sha256(self, folder: Path) -> str:
        with suppress(NotReadable):
            written = regular.data(folder / (self.file + RECORD), SMALL).decode("ascii", "replace").strip()
            if re.fullmatch("[0-9a-f]{64}", written) and written.startswith(self.digits):
                return written
        return self.digits

    def accepts(self, digest: str, target: Path) -> bool:
        """What is seen for the first time is written down."""
        if not digest or not digest.startswith(self.sha256(target.parent)):
            return False
        if self.sha256(target.parent) != digest:
            record = (digest + "\n").encode()
            with replacing(target.with_name(target.name + RECORD), len(record)) as file:
                file.write(record)
        return True

    def fetch(self, target: Path) -> Iterator[Progress]:
        return fetch(self, target)


def begun(address: Address, folder: Path) -> int:
    """How many bytes are here of a file whose download was interrupted."""
    with suppress(OSError):
        return (folder / (address.file + PART)).stat().st_size
    return 0


def forget(address: Address, folder: Path) -> None:
    """Take away what belongs to the file beside it."""
    for ending in (PART, TAG, RECORD):
        with suppress(FileNotFoundError):
            (folder / (address.file + ending)).unlink()


def fetch(address: Address, target: Path) -> Iterator[Progress]:
    """Download to `target`; closing the generator ends the connection and keeps what came. Raises DownloadError,
    CannotSave. Where another process is at it already, wait for it."""
    part = target.with_name(target.name + PART)
    file, waited = yield from _claimed(part)
    keep = False
    try:
        if waited and address.accepts((yield from hashed(target)), target):
            return
        yield from _all(address, file, target)
        digest = yield from hashed(part, address.file)
        if not address.accepts(digest, target):
            raise _refused(address, f"is not what it should be (its SHA-256 begins with {digest[:8]})")
        os.fsync(file.fileno())
        file.close()
        os.replace(part, target)
    except (Interrupted, GeneratorExit):
        keep = part.stat().st_size > 0 and bool(_known(target))
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(address, shutil.disk_usage(target.parent).free) from error
        raise
    finally:
        with suppress(OSError):  # what could not be written is thrown away
            file.close()
        for left in [] if keep else [part, part.with_name(target.name + TAG)]:
            with suppress(OSError):
                left.unlink()


def _claimed(part: Path) -> Generator[Progress, None, tuple[BinaryIO, bool]]:
    """The part, open and locked, and whether another process had it before."""
    waited = False
    while True:
        file = open(part, "a+b")  # noqa: SIM115 (closed by `fetch`)
        with suppress(FileNotFoundError):  # finished in this moment
            if _locked(file) and os.path.samestat(os.fstat(file.fileno()), part.stat()):
                if time.time() - part.stat().st_mtime > STALE:
                    file.truncate(0)
                return file, waited
        file.close()
        waited = True
        yield Progress(f"Waiting: {part.stem} is being downloaded already")
        time.sleep(POLL)


def _locked(file: BinaryIO) -> bool:
    """Whether it is ours now; the system takes the lock off when its owner ends, however it ends.

    A disk that knows no locks, as some in networks, is used without.
    """
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1 << 40)  # a place beyond any content: others may read what is there
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in TAKEN
    return True


def _all(address: Address, file: BinaryIO, target: Path) -> Iterator[Progress]:
    """Ask until everything is here. Raises Interrupted where an attempt brings nothing more."""
    from explorer.engine.transfer import TransferError  # half the time that showing the library would take

    for attempt in range(ATTEMPTS):
        before = file.seek(0, os.SEEK_END)
        try:
            if (yield from _one(address, file, target)):
                return
            reason = "broke the connection off"
        except TransferError as error:
            reason = str(error)
        here = file.seek(0, os.SEEK_END)
        if here <= before or attempt == ATTEMPTS - 1:
            break
    if here and _known(target):
        advice = f"try again, which goes on from the {amount(here)} that are here"
    else:
        advice = f"try again when online, {by_hand(address.file, target.parent)}"
    raise Interrupted(f"{address.host} {reason}, so {address.file} is not complete: {advice}.")


def _one(address: Address, file: BinaryIO, target: Path) -> Generator[Progress, None, bool]:
    """One request; whether the file is complete now."""
    from explorer.engine.transfer import Transfer

    known = _known(target)
    have = file.seek(0, os.SEEK_END) if known else file.truncate(0)
    progress = Progress(f"Downloading {address.file}", have, address.size)
    headers = {"User-Agent": f"cnn-explorer/{__version__}", "Accept-Encoding": "identity"}
    transfer = Transfer(address.url, {**headers, "Range": f"bytes={have}-", "If-Range": known} if have else headers)
    try:
        yield progress
        while (answer := transfer.answer()) is None:
            yield progress
        have, total = _begin(address, answer, have)
        file.truncate(have)
        if (free := shutil.disk_usage(target.parent).free) < (total or address.size) - have:
            raise _full(address, free)
        target.with_name(target.name + TAG).write_text(_tag(answer), "ascii")
        said = 0.0
        while (piece := transfer.take()) != b"":
            if piece:
                file.write(piece)
                have += len(piece)
                if have > (total or address.size + SLACK):
                    raise _refused(address, f"sent more than the {amount(total or address.size)} that are due")
            if time.monotonic() - said > POLL:
                said = time.monotonic()
                yield Progress(progress.text, have, total or address.size)
        file.flush()
        return have == (total or have)
    finally:
        transfer.drop()


def _begin(address: Address, answer: Answer, have: int) -> tuple[int, int]:
    """From which byte on the server sends, and how many the file has, 0 where it does not say. Raises DownloadError."""
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("content-range", ""))
    if answer.status == 206 and span and int(span[1]) == have:
        total = int(span[2])
    elif answer.status == 416 and answer.headers.get("content-range") == f"bytes */{have}":
        total = have  # it was interrupted when all was here
    elif answer.status == 200:
        length = answer.headers.get("content-length", "")
        have, total = 0, int(length) if length.isdecimal() and len(length) < 16 else 0
    elif answer.status in (206, 416):
        raise _refused(address, "does not go on where the download was interrupted")
    else:
        raise _refused(address, f"does not give the file (it answers {answer.status})")
    if total and abs(total - address.size) > SLACK:
        raise _refused(address, f"has another file there ({amount(total)} in place of {amount(address.size)})")
    return have, total


def _tag(answer: Answer) -> str:
    """By what the server knows this version of the file again; "" where it does not say."""
    tag = answer.headers.get("etag", "")
    tag = tag if tag.startswith('"') else answer.headers.get("last-modified", "")  # a weak one says too little
    return tag if tag.isascii() and tag.isprintable() and len(tag) < 500 else ""


def _known(target: Path) -> str:
    """The tag of the part that is here."""
    with suppress(NotReadable):
        return regular.data(target.with_name(target.name + TAG), SMALL).decode("ascii", "replace").strip()
    return ""


def _full(address: Address, free: int) -> DownloadError:
    return DownloadError(
        f"The disk is too full for {address.file} ({amount(address.size)}, {amount(free)} free): free some space, "
        "or choose another folder for the cache."
    )


def _refused(address: Address, reason: str) -> DownloadError:
    return DownloadError(
        f"{address.host} {shown(reason, 120)}: nothing of {address.file[:60]} was kept; try again later."
    )
