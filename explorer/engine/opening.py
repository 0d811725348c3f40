"""Open a file from outside: its name and first bytes tell what it is, and the reader for that makes a Project of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.formats import project_file
from explorer.formats.checkpoint import reading
from explorer.formats.darknet import reading as darknet
from explorer.formats.elsewhere import another, in_place
from explorer.formats.exported import archive
from explorer.formats.in_pieces import told
from explorer.formats.regular import NotReadable, head, size
from explorer.formats.words import refusal, shown
from explorer.maths.records import Progress
from explorer.maths.weight_records import WeightReport
from explorer.network.project import SUFFIX, Project

ONNX = ".onnx"
Steps = Iterator[Progress | WeightReport | Project]


@dataclass(frozen=True)
class Reader:
    """One kind of file: whether a file, by its path and first bytes, is of it, and how it becomes a Project.

    what: as people call it, with its article. endings: of such files' names, in small letters.
    read yields Progress records, a WeightReport where it had to find out what weights belong to, and the Project,
    without places, last. It raises a Refusal whatever the file holds, runs nothing that is in it, and imports what it
    needs itself. parts: the files it reads, for that path and what lies beside it.
    """

    what: str
    endings: tuple[str, ...]
    fits: Callable[[Path, bytes], bool]
    read: Callable[[Path], Steps]
    parts: Callable[[Path], tuple[Path, ...]] = lambda path: (path,)


def _is_project(path: Path, head: bytes) -> bool:
    zipped = head.startswith(b"PK\x03\x04") and head[30:].startswith(project_file.DESCRIPTION.encode())
    return zipped or path.suffix.lower() == SUFFIX


def _project(path: Path) -> Steps:
    steps = project_file.reading(path)
    yield (yield from told(steps, f"Reading {shown(path.name, 60)}", size(path)))


def _is_onnx(path: Path, head: bytes) -> bool:
    return path.suffix.lower() == ONNX


def _onnx(path: Path) -> Steps:
    from explorer.engine.onnx.opening import read

    yield from read(path)


def _onnx_parts(path: Path) -> tuple[Path, ...]:
    from explorer.formats.onnx.beside import parts

    return parts(path)


def _exported(path: Path) -> Steps:
    from explorer.engine.exported.opening import read

    yield from read(path)


def _is_darknet(path: Path, head: bytes) -> bool:
    return path.suffix.lower() in (darknet.CFG, darknet.WEIGHTS) or darknet.begins(head)


def _checkpoint(path: Path) -> Steps:
    from explorer.engine.checkpoints import open_checkpoint

    yield from open_checkpoint(path)


READERS = (
    Reader("a CNN Explorer project", (SUFFIX,), _is_project, _project),
    Reader("an ONNX network", (ONNX,), _is_onnx, _onnx, _onnx_parts),
    Reader("a Darknet network", (darknet.CFG, darknet.WEIGHTS), _is_darknet, darknet.read, darknet.parts),
    Reader("a program of torch.export", (archive.SUFFIX,), archive.is_exported, _exported),
    Reader("a PyTorch checkpoint", reading.TORCH, reading.is_torch, _checkpoint),
    Reader("a safetensors file", reading.SAFETENSORS, reading.is_safetensors, _checkpoint),
)
"""Asked in this order; the first that fits reads the file."""


def open_file(path: str | Path) -> Steps:
    """The network in a file: what its reader yields, the Project last, without places where it has none.

    Raises a Refusal that names the file, the reason and what to do.
    """
    path = Path(path)
    yield from _reader(path).read(path)


def parts(path: Path) -> tuple[Path, ...]:
    """The files that a network consists of, itself first. Raises NotReadable."""
    return _reader(path).parts(path)


def fitting(path: Path, first: bytes) -> Reader | None:
    """The reader for a file, by its name and first bytes; None where there is none."""
    return next((reader for reader in READERS if reader.fits(path, first)), None)


def _reader(path: Path) -> Reader:
    first = head(path)
    if wrong := in_place(first):
        raise NotReadable(refusal(path, *wrong))
    if reader := fitting(path, first):
        return reader
    kinds = ", ".join(reader.what for reader in READERS)
    wrong = another(path, first) or ("is no file with a network that is known here", f"choose {kinds}")
    raise NotReadable(refusal(path, *wrong))
