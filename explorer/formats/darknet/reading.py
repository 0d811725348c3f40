"""A Darknet network from its two files."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

from explorer.formats import regular
from explorer.formats.atomic import CannotSave
from explorer.formats.darknet.assembly import Assembly
from explorer.formats.darknet.labels import labels
from explorer.formats.darknet.layers import SECTIONS
from explorer.formats.darknet.sections import LARGEST, Fault, Section, parsed
from explorer.formats.darknet.weights import FLOAT
from explorer.formats.darknet.weights import read as read_weights
from explorer.formats.in_pieces import kept, told
from explorer.formats.regular import NotReadable
from explorer.formats.words import amount, refusal, shown
from explorer.layers.detection import Yolo
from explorer.maths.records import Progress
from explorer.network.project import Project, Recipe

CFG, WEIGHTS = ".cfg", ".weights"

CORRECT = "correct it, or choose another network"
BELONG = "choose the weights that belong to it"


def begins(head: bytes) -> bool:
    """Whether a file that begins so is a Darknet network's text, whatever its name."""
    lines = (b"".join(line.split()).lower() for line in head.removeprefix(b"\xef\xbb\xbf").splitlines())
    first = next((line for line in lines if line and not line.startswith((b"#", b";"))), b"")
    return first in (b"[net]", b"[network]")


def read(path: Path) -> Iterator[Progress | Project]:
    """The network of a .cfg, with the .weights of the same name beside it where there are some; or the other way round.

    Its Project, without places, comes last; without weights it says so. Raises NotReadable, whatever the files hold.
    """
    cfg, weights = path, path.with_suffix(WEIGHTS)
    if path.suffix.lower() == WEIGHTS:
        cfg, weights = path.with_suffix(CFG), path
        if not _is_there(cfg):
            advice = f"put {shown(cfg.name, 60)}, which says what its numbers are, into the same folder"
            raise NotReadable(refusal(path, "are weights without a network", advice))
    yield Progress(f"Reading {shown(cfg.name, 60)}")
    found = _network(cfg)
    origin, stored = "Its weights are random, for there is no file of weights beside it", ""
    if _is_there(weights):
        yield Progress(f"Reading {shown(weights.name, 60)}")
        origin, stored = yield from _kept(weights, found)
    heads = [node.layer for node in found.nodes.values() if isinstance(node.layer, Yolo)]
    classes = max((head.classes for head in heads), default=found.shape[0])
    names, whence = labels(cfg, classes)
    yield Project(
        found.network,
        weights=stored,
        recipe=Recipe(
            crop=0.0 if heads else 1.0,
            labels=names,
            scaling="corners",
            padding="letterbox" if heads and found.letterbox else "",
        ),
        title=path.stem,
        origin=f"Darknet network {shown(cfg.name, 60)}. {origin}. {whence}".strip(),
    )


def parts(path: Path) -> tuple[Path, ...]:
    """The files that `read` reads: the one asked for, and the other of the two where it is there."""
    other = path.with_suffix(CFG if path.suffix.lower() == WEIGHTS else WEIGHTS)
    return (path, other) if _is_there(other) else (path,)


def assembled(data: bytes) -> Assembly:
    """The network of a .cfg's text. Raises Fault."""
    net, *layers = parsed(data)
    assembly = Assembly(net)
    for section in layers:
        assembly.begin(section)
        _add(assembly, section)
        assembly.finish()
    return assembly


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # its name is longer than the system allows
        return False


def _add(assembly: Assembly, section: Section) -> None:
    if section.name not in SECTIONS:
        raise section.fault("such a layer is not known here")
    SECTIONS[section.name](assembly, section)


def _network(cfg: Path) -> Assembly:
    size = regular.size(cfg)
    try:
        if size > LARGEST:
            raise Fault(f"has {amount(size)}, far more than a Darknet network's text")
        with open(cfg, "rb", opener=regular.only_files) as file:
            return assembled(file.read(LARGEST + 1))
    except OSError as error:
        raise regular.unreadable(cfg, error) from error
    except Fault as error:
        raise NotReadable(refusal(cfg, str(error), CORRECT)) from error


def _kept(path: Path, found: Assembly) -> Generator[Progress, None, tuple[str, str]]:
    """Put the weights into the store: what is said of them, and what they are found by there."""
    try:
        size = FLOAT * sum(one.count for one in found.weights)
        trained = yield from told(read_weights(path, found.weights), f"Reading {shown(path.name, 60)}", size)
        stored = (yield from kept(trained.tensors, path.name)) if trained.tensors else ""
    except CannotSave as error:
        raise NotReadable(str(error)) from error
    except Fault as error:
        raise NotReadable(refusal(path, str(error), BELONG)) from error
    seen = f", trained on {trained.seen:,} pictures" if trained.seen else ""
    return f"Weights from {shown(path.name, 60)} (Darknet {trained.version}{seen})", stored
