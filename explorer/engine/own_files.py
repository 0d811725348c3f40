"""Files of the user's own in the model library: listed where they lie, checked at each opening, never deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from explorer.engine import library
from explorer.engine.opening import Steps, open_file, parts
from explorer.engine.sources import hashed
from explorer.formats import folders, regular
from explorer.formats.atomic import replacing
from explorer.formats.regular import NotReadable
from explorer.formats.words import refusal, shown
from explorer.maths.records import ModelCard, Progress
from explorer.network.analysis import analyse, totals
from explorer.network.project import Project

LARGEST = 4_000_000
"""Bytes of the list."""
TASK = "a file of your own"


@dataclass(frozen=True)
class OwnFile:
    """What is remembered of one. digests: the SHA-256 of each file it consists of, by name; parameters of its network;
    size in bytes of its files."""

    name: str
    title: str
    path: str
    digests: dict[str, str]
    parameters: int
    size: int

    @property
    def card(self) -> ModelCard:
        """As the library shows it."""
        (_, sha256), *beside = self.digests.items()
        return ModelCard(
            name=self.name,
            title=self.title,
            task=TASK,
            parameters=self.parameters,
            size=self.size,
            source=self.path,
            licence="as you got it",
            trained_on="",
            sha256=sha256,
            installed=Path(self.path).is_file(),
            kind="file",
            beside=tuple(beside),
        )


def cards() -> tuple[ModelCard, ...]:
    """What is in the library, the user's own files first."""
    return (*(own.card for own in listed().values()), *library.cards())


def has(name: str) -> bool:
    """Whether the library has a trained network of this name, published or the user's own."""
    return name in library.ENTRIES or name in library.BY_WEIGHTS or name in listed()


def add(path: str | Path) -> Iterator[Progress | ModelCard]:
    """List a file with a network, which is read for that; its card comes last, the old one where it is there already.

    Raises a Refusal where the file cannot be read, CannotSave.
    """
    path = Path(path).absolute()
    project = None
    for step in open_file(path):
        if isinstance(step, Project):
            project = step
        elif isinstance(step, Progress):
            yield step
    assert project is not None  # a reader's last step
    digests = yield from _digests(path)
    known = listed()
    kept = {name: own for name, own in known.items() if own.path != str(path)}
    before = next((name for name in known if name not in kept), "")
    own = OwnFile(
        name=before or _free(path.stem, kept),
        title=shown(path.stem if project.title in ("", path.stem) else f"{project.title} · {path.name}", 80),
        path=str(path),
        digests=digests,
        parameters=totals(analyse(project.network)).parameters,
        size=sum(part.stat().st_size for part in parts(path)),
    )
    _write({**kept, own.name: own})
    yield own.card


def open_model(name: str, accepted: bool = False) -> Steps:
    """A trained network of the library, got where needed; its Project, without places, comes last.

    Raises also NotReadable where a file of the user's own is another one by now.
    """
    own = listed().get(name)
    if own is None:
        yield from library.open_model(name, accepted)
        return
    path = Path(own.path)
    if (yield from _digests(path)) != own.digests:
        reason = "was changed since it was added to the model library"
        raise NotReadable(refusal(path, reason, "open it as a file, and add it again if it is as it should be"))
    yield from open_file(path)


def remove(name: str, in_use: frozenset[str] = frozenset()) -> int:
    """Delete what was got of a model, see `library.remove`; a file of the user's own is only taken off the list."""
    known = listed()
    if name not in known:
        return library.remove(name, in_use)
    del known[name]
    _write(known)
    return 0


def _digests(path: Path) -> Generator[Progress, None, dict[str, str]]:
    """The SHA-256 of a file, and of what belongs to it, by name. Raises NotReadable."""
    found = {}
    for part in parts(path):
        digest = yield from hashed(part)
        if not digest:
            raise NotReadable(refusal(part, "was moved, renamed or deleted", "put it back, or remove it from the list"))
        found[part.name] = digest
    return found


def _free(stem: str, taken: dict[str, OwnFile]) -> str:
    """A name that the command line takes, and nothing else has."""
    name = re.sub(r"[^a-z0-9_.]+", "-", stem.lower()).strip("-.")[:60] or "own"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(n for n in names if n not in taken and n not in library.ENTRIES and n not in library.NAMES)


def listed() -> dict[str, OwnFile]:
    """The list by name; what is damaged in it is left out."""
    found: dict[str, OwnFile] = {}
    with suppress(OSError, ValueError):
        said = json.loads(regular.data(folders.own_models(), LARGEST))
        for one in said if isinstance(said, list) else []:
            with suppress(TypeError, KeyError, ValueError):
                own = OwnFile(**one)
                texts = (own.name, own.title, own.path, *own.digests, *own.digests.values())
                if own.digests and all(type(t) is str for t in texts) and type(own.parameters) is type(own.size) is int:
                    found[own.name] = own
    return found


def _write(known: dict[str, OwnFile]) -> None:
    data = json.dumps([asdict(own) for own in known.values()], indent=1).encode()
    with replacing(folders.own_models(), len(data)) as file:
        file.write(data)
