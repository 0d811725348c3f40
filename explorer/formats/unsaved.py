"""Unsaved edits on the disk, so that a crash loses at most seconds: a line that says whose, then the description.

Weights are not in it: the store of weights has them already, named by their SHA-256. Where that store goes with the
program, they lie beside it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.formats import folders, project_json, strict_json
from explorer.formats.answering import in_time
from explorer.formats.atomic import replacing
from explorer.formats.regular import NotReadable, only_files, size
from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal
from explorer.network.project import Project

SUFFIX = ".unsaved"
HEAD = 1 << 16
"""Bytes of the first line, at most."""
MARK = "cnn-explorer-unsaved"
NEWER = "start that one to have the edits back; keep the file for it"
SHA = re.compile(rb"[0-9a-f]{64}")
BESIDE = re.compile(rf"(.+{re.escape(SUFFIX)})(?:-[0-9a-f]{{64}}\.safetensors|\.lock)")
"""What lies beside edits: their weights, and the lock that says whose they are."""


class NotUnsaved(Refusal):
    """A file does not hold unsaved edits; the message says what it is."""


@dataclass(frozen=True)
class Unsaved:
    """Edits that were not saved. file: where they lie. path: the project they were made on, "" for a new one.

    time: of the last edit in it, in seconds since 1970.
    """

    file: Path
    path: str
    title: str
    time: float


def write(file: Path, project: Project, path: str, title: str) -> None:
    """Keep `project` as unsaved edits of the project at `path`, with its weights where the store goes with the program.

    Raises CannotSave.
    """
    head = json.dumps({MARK: 1, "path": path, "title": title}).encode()[: HEAD - 1]
    description = project_json.dumped(project)
    with replacing(file, len(head) + 1 + len(description)) as out:
        out.write(head + b"\n" + description)
    if os.environ.get(folders.STORE) and project.weights:
        _keep_weights(file, project.weights)


def remove(file: Path) -> None:
    """Give edits up, and the weights that lie beside them. Raises OSError."""
    file.unlink(missing_ok=True)
    for weights in _beside(file):
        weights.unlink(missing_ok=True)


def gone(folder: Path) -> set[Path]:
    """Edits that are not there, but of which something is: their process was killed while it gave them up, or before it
    wrote them, unless it still has their lock. Raises OSError."""
    beside = [match[1] for each in os.listdir(folder) if (match := BESIDE.fullmatch(each))]
    return {folder / name for name in beside if not (folder / name).exists()}


def look(file: Path) -> Unsaved:
    """Whose edits these are, without reading them. Raises NotUnsaved."""
    path, title, _ = _opened(file, whole=False)
    return Unsaved(file, path, title, os.stat(file).st_mtime)


def read(file: Path) -> Project:
    """The edits; weights that lie beside them go into the store. Raises NotUnsaved."""
    _, _, description = _opened(file, whole=True)
    try:
        project = project_json.loaded(description)
    except project_json.NewerFormat as error:
        raise NotUnsaved(refusal(file, str(error), NEWER)) from error
    except strict_json.Fault as error:
        raise NotUnsaved(refusal(file, str(error), "it cannot be brought back: delete it")) from error
    with suppress(Refusal, OSError):  # the edits come back without them, too
        _take_weights(file, project.weights)
    return project


def _beside(file: Path, sha: str = "*") -> list[Path]:
    """The files of weights beside edits; by name, whether they are there or not, where that is known."""
    name = f"{file.name}-{sha}.safetensors"
    return list(file.parent.glob(name)) if sha == "*" else [file.with_name(name)]


def _keep_weights(file: Path, sha: str) -> None:
    """Copy weights out of the store, once, and remove those that the edits had before. Raises CannotSave."""
    from explorer.formats import tensors

    (target,) = _beside(file, sha)
    source = tensors.place(sha)
    if source.exists() and not target.exists():  # what comes with the program is in no store
        with open(source, "rb") as numbers, replacing(target, source.stat().st_size) as out:
            shutil.copyfileobj(numbers, out, tensors.PIECE)
    for other in _beside(file):
        if other != target:
            other.unlink(missing_ok=True)


def _take_weights(file: Path, sha: str) -> None:
    """Put weights that lie beside edits into the store. Raises WeightsError, CannotSave, OSError."""
    from explorer.formats import tensors

    (source,) = _beside(file, sha)
    if sha and source.exists():
        with open(source, "rb", opener=only_files) as numbers:
            tensors.keep_bytes(iter(lambda: numbers.read(tensors.PIECE), b""), sha, os.fstat(numbers.fileno()).st_size)


def weights() -> set[str]:
    """What all unsaved edits there are name by its SHA-256; the store may be the only one who has it.

    Raises TimeoutError where their disk does not answer."""
    found: set[str] = set()
    folder = folders.state() / "unsaved"
    for file in in_time(folder, lambda: list(folder.glob(f"*{SUFFIX}"))):
        with suppress(OSError, NotReadable):
            if size(file) <= HEAD + project_json.LARGEST:
                found.update(digits.decode() for digits in SHA.findall(file.read_bytes()))
    return found


def _opened(file: Path, whole: bool) -> tuple[str, str, bytes]:
    try:
        most = HEAD + project_json.LARGEST
        if size(file) > most:
            raise NotUnsaved(refusal(file, "is too large to be unsaved edits", "delete it"))
        with open(file, "rb") as source:
            line = source.readline(HEAD)
            rest = source.read(most) if whole else b""
        found = strict_json.parsed(line)
        version = found.get(MARK) if isinstance(found, dict) else None
        match found:
            case {"path": str(path), "title": str(title)} if version == 1:
                return path, title, rest
        if isinstance(version, int) and version > 1:
            raise NotUnsaved(refusal(file, "was written by a newer CNN Explorer", NEWER))
        raise NotUnsaved(refusal(file, "holds no unsaved edits of this program", "delete it"))
    except strict_json.Fault as error:
        raise NotUnsaved(refusal(file, f"holds no unsaved edits: it {error}", "delete it")) from error
    except NotReadable as error:
        raise NotUnsaved(str(error)) from error
    except OSError as error:
        raise NotUnsaved(refusal(file, f"cannot be read: {error.strerror}", "delete it")) from error
