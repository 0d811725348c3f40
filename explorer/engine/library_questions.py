"""What the window can ask the worker about the model library."""

from __future__ import annotations

from explorer.maths.values import dataclass
from explorer.network.direction import Direction


@dataclass(frozen=True)
class Models:
    """What is in the model library? Answer: tuple[ModelCard, ...]."""


@dataclass(frozen=True)
class OpenModel:
    """Get a library model (download where needed). Answers: Progress …, then Project.

    accepted: what its licence forbids was agreed to. painted: pixels of the longer side that it is to paint in, where
    it paints, for a picture of this shape (width, height); 0 for what it came with, and no picture for its own shape.
    direction: which way its links run.
    """

    name: str
    accepted: bool = False
    painted: int = 0
    shape: tuple[int, int] | None = None
    direction: Direction = Direction.TOP_DOWN


@dataclass(frozen=True)
class GetModel:
    """Download a library model, or what is missing of it. Answers: Progress …"""

    name: str
    accepted: bool = False


@dataclass(frozen=True)
class AddModel:
    """List a file of the user's own in the library. Answers: Progress …, then its ModelCard."""

    path: str


@dataclass(frozen=True)
class RemoveModel:
    """Delete a library model's files, but not weights that are in use (by their SHA-256). Answer: bytes freed.

    A file of the user's own is only taken off the list.
    """

    name: str
    in_use: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cache:
    """Where are the library's files? Answer: CacheFolder."""


@dataclass(frozen=True)
class MoveCache:
    """Keep the library's files in another folder. Answers: Progress …, then CacheFolder."""

    folder: str
