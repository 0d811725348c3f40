"""What the model library knows of one network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from explorer.engine.sources import Source, place
from explorer.engine.trained import Trained
from explorer.formats import folders
from explorer.maths.records import ModelCard
from explorer.network.fed import Fed
from explorer.network.project import Recipe


@dataclass(frozen=True)
class Entry:
    """One trained network: what is said about it, where its files lie, and how these are read.

    source: of the file with its numbers; beside: of what else is needed to read them. fed: to further Inputs, at first.
    """

    card: ModelCard
    source: Source
    trained: Trained
    recipe: Recipe
    beside: tuple[Source, ...] = ()
    fed: Mapping[str, Fed] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of all its files, in the order they are read in."""
        return (self.source, *self.beside)

    @property
    def files(self) -> list[Path]:
        """Its files as they came: in the cache, which may not be there yet, or beside the program."""
        return [place(source, folders.where("models")) for source in self.sources]

    @property
    def file(self) -> Path:
        """The one with its numbers."""
        return self.files[0]

    @property
    def digits(self) -> str:
        """How its files' SHA-256 begin; that much is known beforehand of every entry."""
        return "-".join(source.digits[:8] for source in self.sources)
