"""What a file seems to be before anybody opens it: by its name, its first bytes, and what it says quickly of itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from math import prod
from pathlib import Path

from explorer.engine.opening import fitting
from explorer.engine.questions import Glimpse
from explorer.formats import pictures, project_file, regular
from explorer.formats.answering import patiently, silences
from explorer.formats.checkpoint import safetensors_files
from explorer.formats.checkpoint.reading import is_safetensors
from explorer.formats.checkpoint.stored import NotRead
from explorer.formats.elsewhere import READ, another, in_place
from explorer.formats.picture_files import OTHERS, named
from explorer.formats.words import amount, shown
from explorer.maths.records import PICTURE_ENDINGS, VIDEO_ENDINGS, Glimpsed, Progress
from explorer.maths.sentences import Refusal
from explorer.maths.steps import saying
from explorer.network.project import SUFFIX

_before: tuple[Path, Callable[[float], bool]] | None = None
"""The folder of the file that was looked at last, and whether that ended within some seconds."""


def glimpse(question: Glimpse) -> Iterator[Progress | Glimpsed]:
    """Progress …, then Glimpsed. Raises NotReadable, and TimeoutError where the disk falls silent amid it."""
    path = Path(question.path)
    said = Progress(f"Looking at {shown(os.path.basename(path), 60)}")
    yield from saying(_alone(), said)
    yield (yield from saying(patiently(path, _looking(path, question.longest)), said))


def _alone() -> Generator[None, None, None]:
    """Wait for the file before, unless its disk is silent: nothing stops a picture that is being decoded, and of those
    that one walks by, all at once would take gigabytes."""
    if _before is not None:
        for silent in silences(*_before):
            if silent:
                return
            yield


def _looking(path: Path, longest: int) -> Callable[[], Glimpsed]:
    global _before
    ended = threading.Event()
    _before = path.parent, ended.wait

    def look() -> Glimpsed:
        try:
            return glimpsed(path, longest)
        finally:
            ended.set()

    return look


def glimpsed(path: Path, longest: int) -> Glimpsed:
    """What a file seems to be; longest: pixels of the longer side of a small picture. Raises NotReadable."""
    first, size = regular.head(path), regular.size(path)
    if wrong := in_place(first):
        return _not_for_us(*wrong, size)
    if first.startswith(READ) or path.suffix.lower() in PICTURE_ENDINGS:
        return _picture(path, size, longest)
    if reader := fitting(path, first):
        return Glimpsed(reader.what, (amount(size), *_facts(path, first, size)))
    if wrong := another(path, first):
        return _not_for_us(*wrong, size)
    video = path.suffix.lower() in VIDEO_ENDINGS
    return Glimpsed("a video" if video else named(first, OTHERS).partition(",")[0], (amount(size),))


def _not_for_us(reason: str, advice: str, size: int) -> Glimpsed:
    return Glimpsed(reason.removeprefix("is "), (amount(size), advice))


def _picture(path: Path, size: int, longest: int) -> Glimpsed:
    try:
        picture = pictures.decode(path, longest)
    except Refusal as refused:
        return Glimpsed("a picture", (amount(size), str(refused)))
    return Glimpsed("a picture", ("{} × {} pixels".format(*picture.size), amount(size)), picture)


def _facts(path: Path, first: bytes, size: int) -> tuple[str, ...]:
    """What a file with a network says of itself at its beginning; nothing where it is damaged."""
    with suppress(Refusal, NotRead, OSError):
        if path.suffix.lower() == SUFFIX:
            project = project_file.read(path, weights=False)
            return tuple(filter(None, (shown(project.title, 80), f"{len(project.network.nodes):,} layers")))
        if is_safetensors(path, first):
            with open(path, "rb", opener=regular.only_files) as file:
                tensors = safetensors_files.tensors(file, size)
            numbers = sum(prod(tensor.shape) for tensor in tensors.values())
            return f"{len(tensors):,} tensors", f"{numbers:,} numbers"
    return ()
